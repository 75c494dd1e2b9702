/* Orders to erase. What becomes of them is read off their requests: nothing has to be told of a
 * purge that was killed, or that another one made. */
#include "lifecycle/order.h"
#include "base/fault.h"
#include "base/value.h"
#include "lifecycle/audit.h"

enum { ID_BYTES = 16 };

#define OPEN_ITEM                                                                                  \
    "(SELECT 1 FROM {work_order_item} i JOIN {erasure} e ON e.id = i.erasure WHERE i.work_order =" \
    " o.id AND e.state IN ('pending', 'purging')"
#define ERASED                                                                                     \
    "(SELECT count(*) FROM {work_order_item} i JOIN {erasure} e ON e.id = i.erasure WHERE"         \
    " i.work_order = o.id AND e.state = 'purged')"

/* An order to erase is read as it is, whether somebody wrote that down or not. */
#define COLUMNS                                                                                    \
    "o.id, o.kind, o.subject, CASE WHEN o.kind = 'export' OR o.state = 'done' THEN o.state WHEN"   \
    " NOT EXISTS " OPEN_ITEM ") THEN 'done' WHEN EXISTS " OPEN_ITEM " AND e.problem IS NOT NULL)"  \
    " THEN 'failed' WHEN EXISTS " OPEN_ITEM " AND e.run IS NOT NULL) THEN 'running' ELSE 'queued'" \
    " END, o.detached, o.total, CASE WHEN o.kind = 'export' OR o.state = 'done' THEN o.done "      \
    "ELSE " ERASED " END, {epoch o.created_at}, {epoch o.finished_at}, o.ordered_by, o.problem,"   \
    " o.subject_hash, o.key, h.path, h.sha256, h.bytes, {epoch h.expires_at}, h.status"
#define TABLES "{work_order} o LEFT JOIN {export_history} h ON h.id = o.export"

static Order read_row(const DbRows *rows, size_t row)
{
    const char *status = db_cell(rows, row, 17);
    return (Order){
        .id = db_cell(rows, row, 0),
        .kind = db_cell(rows, row, 1),
        .subject = db_cell(rows, row, 2),
        .state = db_cell(rows, row, 3),
        .detached = db_number(rows, row, 4) != 0,
        .total = db_number(rows, row, 5),
        .done = db_number(rows, row, 6),
        .created_at = db_number(rows, row, 7),
        .finished_at = db_number(rows, row, 8),
        .by = db_cell(rows, row, 9),
        .problem = db_cell(rows, row, 10),
        .hash = db_cell(rows, row, 11),
        .key = db_cell(rows, row, 12),
        .path = db_cell(rows, row, 13),
        .sha256 = db_cell(rows, row, 14),
        .bytes = db_number(rows, row, 15),
        .expires_at = db_number(rows, row, 16),
        .expired = status && strcmp(status, "completed") != 0,
    };
}

const char *order_id(Arena *arena)
{
    unsigned char bytes[ID_BYTES];
    random_bytes(bytes, sizeof bytes);
    return base64url_print(arena, bytes, sizeof bytes);
}

/* ---- looking ---- */

Code order_read(Life *life, Arena *arena, const char *id, const char *hash, Order *ret_order,
                Error *error)
{
    DbRows rows;
    Code code =
        LIFE(life, arena, &rows, error, "SELECT " COLUMNS " FROM " TABLES " WHERE o.id = $1", id);
    if (code)
        return code;
    Order order = rows.count ? read_row(&rows, 0) : (Order){0};
    if (!rows.count || (hash && (!order.hash || strcmp(order.hash, hash) != 0))) {
        error_set(error, RUNG_UNKNOWN, "there is no order %s", id);
        return error_hint(error, "`rung order list` shows those that are open; one that is done is "
                                 "kept for lifecycle.answers_keep");
    }
    *ret_order = order;
    return RUNG_OK;
}

Code order_open(Life *life, Arena *arena, OrderList *ret_list, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT " COLUMNS " FROM " TABLES " WHERE o.state IN ('queued', 'running')"
                     " ORDER BY o.created_at, o.id");
    for (size_t i = 0; !code && i < rows.count; i++)
        if (strcmp(db_cell(&rows, i, 3), "done") != 0)
            *vec_add(arena, ret_list) = read_row(&rows, i);
    return code;
}

Code order_problems(Life *life, Arena *arena, const char *id, OrderProblems *ret_list, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT e.key, e.problem, e.attempts FROM {work_order_item} i JOIN {erasure} e"
                     " ON e.id = i.erasure WHERE i.work_order = $1 AND e.state IN ('pending',"
                     " 'purging') AND e.problem IS NOT NULL ORDER BY e.id",
                     id);
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, ret_list) = (OrderProblem){.key = db_cell(&rows, i, 0),
                                                   .text = db_cell(&rows, i, 1),
                                                   .held = db_number(&rows, i, 2) == 0};
    return code;
}

/* ---- placing ---- */

typedef struct Placing {
    Arena *arena;
    const Subject *subject;
    const KeyNames *keys;
    const char *by;
    bool detached;
    OrderPlaced *placed;
    KeyNames hashes; /* of those whose erasure begins with it */
} Placing;

/* The order that the key of idempotency stands for. */
static Code find_placed(const Placing *placing, const char *answer, Error *error)
{
    Value *value;
    Code code = value_read("answer", answer, strlen(answer), &value, error);
    if (code)
        return code;
    placing->placed->id = arena_string(placing->arena, value_get_text(value_get(value, "order")));
    placing->placed->repeated = true;
    value_free(value);
    return placing->placed->id ? RUNG_OK
                               : error_set(error, RUNG_MISMATCH,
                                           "an answer of rung's table is not one of an order");
}

/* No hold comes in between: whoever adds one changes this row. */
static Code lock_holds(Life *life, Error *error)
{
    DbRows rows;
    Arena *arena = arena_new();
    Code code = life->engine == ENGINE_SQLITE
                    ? RUNG_OK
                    : LIFE(life, arena, &rows, error,
                           "SELECT number FROM {mark} WHERE name = 'holds' FOR SHARE");
    arena_free(arena);
    return code;
}

static Code find_held(Life *life, const Placing *placing, Error *error)
{
    PurgeReport report = {0};
    Code code = lock_holds(life, error);
    if (!code && placing->keys->count)
        code = purge_look(life, placing->arena, placing->subject, placing->keys, &report, error);
    for (size_t i = 0; !code && i < report.problems.count; i++)
        *vec_add(placing->arena, &placing->placed->problems) =
            (OrderProblem){.key = report.problems.at[i].key,
                           .text = report.problems.at[i].text,
                           .held = report.problems.at[i].held};
    return code;
}

static Code add_item(Life *life, Placing *placing, const char *id, const char *key, int64_t *total,
                     Error *error)
{
    int64_t erasure;
    const char *hash;
    bool begun;
    Code code = erasure_purging(life, placing->arena, placing->subject, key, &erasure, &hash,
                                &begun, error);
    if (code || !erasure)
        return code;
    if (begun)
        *vec_add(placing->arena, &placing->hashes) = hash;
    (*total)++;
    return LIFE(life, NULL, NULL, error,
                "INSERT INTO {work_order_item} (work_order, erasure) VALUES ($1, $2)", id,
                arena_print(placing->arena, "%lld", (long long)erasure));
}

/* The chain of the audit is locked from here on. */
static Code record(Life *life, const Placing *placing, int64_t total, Error *error)
{
    const Subject *subject = placing->subject;
    AuditEvent event = {.action = "request at once",
                        .policy = subject->policy->name,
                        .table = subject->table->title,
                        .subjects = 1};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < placing->hashes.count; i++) {
        event.subject_hash = placing->hashes.at[i];
        code = audit_add(life, &event, error);
    }
    event.action = "order";
    event.subjects = total;
    event.subject_hash = NULL;
    event.detail = arena_print(placing->arena, "order %s of %s", placing->placed->id, placing->by);
    return code ? code : audit_add(life, &event, error);
}

static Code insert_order(Life *life, Placing *placing, Error *error)
{
    int64_t total = 0;
    Code code = RUNG_OK;
    Arena *arena = placing->arena;
    const char *id = order_id(arena);
    placing->hashes.count = 0;
    for (size_t i = 0; !code && i < placing->keys->count; i++)
        code = add_item(life, placing, id, placing->keys->at[i], &total, error);
    if (!code)
        code =
            LIFE(life, NULL, NULL, error,
                 total ? "INSERT INTO {work_order} (id, kind, subject, state, total, created_at,"
                         " ordered_by, detached) VALUES ($1, 'erase', $2, 'queued', $3, {now},"
                         " $4, $5)"
                       : "INSERT INTO {work_order} (id, kind, subject, state, total, created_at,"
                         " ordered_by, detached, finished_at) VALUES ($1, 'erase', $2, 'done',"
                         " $3, {now}, $4, $5, {now})",
                 id, placing->subject->policy->name, arena_print(arena, "%lld", (long long)total),
                 placing->by, placing->detached ? "1" : "0");
    placing->placed->id = id;
    FAULT_POINT();
    if (!code)
        code = idempotency_end(life, arena_print(arena, "{\"order\":\"%s\"}", id), error);
    return code ? code : record(life, placing, total, error);
}

static Code place(Life *life, void *context, Error *error)
{
    Placing *placing = context;
    const char *answer;
    *placing->placed = (OrderPlaced){0};
    Code code = idempotency_begin(life, placing->arena, &answer, error);
    if (!code && answer)
        return find_placed(placing, answer, error);
    if (!code)
        code = find_held(life, placing, error);
    if (code || !placing->placed->problems.count)
        return code ? code : insert_order(life, placing, error);
    return error_set(error, RUNG_REFUSED, "some are held"); /* nothing stays, nor does the key */
}

Code order_place(Life *life, Arena *arena, const Subject *subject, const KeyNames *keys,
                 const char *by, bool detached, OrderPlaced *ret_placed, Error *error)
{
    Placing placing = {.arena = arena,
                       .subject = subject,
                       .keys = keys,
                       .by = by,
                       .detached = detached,
                       .placed = ret_placed};
    Code code = order_require(life, error);
    if (!code)
        code = purge_prepare(life, error);
    if (!code)
        code = life_transaction(life, place, &placing, error);
    FAULT_POINT();
    return code == RUNG_REFUSED && ret_placed->problems.count ? RUNG_OK : code;
}

Code order_detach(Life *life, const char *id, Error *error)
{
    return LIFE(life, NULL, NULL, error, "UPDATE {work_order} SET detached = 1 WHERE id = $1", id);
}

/* ---- the end ---- */

Code order_settle(Life *life, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                "UPDATE {work_order} AS o SET state = 'done', finished_at = {now}, done = " ERASED
                " WHERE o.kind = 'erase' AND o.state <> 'done' AND NOT EXISTS " OPEN_ITEM ")");
}

Code order_expire(Life *life, Error *error)
{
    Arena *arena = arena_new();
    const char *over = "(kind = 'erase' AND state = 'done' OR kind = 'export' AND state IN ('done',"
                       " 'failed') AND NOT EXISTS (SELECT 1 FROM {export_history} h WHERE h.id ="
                       " export AND h.status = 'completed')) AND finished_at <= {time {epoch"
                       " {now}} - $1}";
    int64_t keep = life->policy->answers_keep_ms / 1000;
    const char *seconds = arena_print(arena, "%lld", (long long)(keep > 86400 ? keep : 86400));
    Code code = LIFE(life, NULL, NULL, error,
                     arena_print(arena,
                                 "DELETE FROM {work_order_item} WHERE work_order IN (SELECT id FROM"
                                 " {work_order} WHERE %s)",
                                 over),
                     seconds);
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    arena_print(arena, "DELETE FROM {work_order} WHERE %s", over), seconds);
    arena_free(arena);
    return code;
}
