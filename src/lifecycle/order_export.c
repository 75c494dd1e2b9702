/* Orders to export. A lock beside the archives says who makes one: it ends with the process. */
#include "base/fault.h"
#include "base/file.h"
#include "base/value.h"
#include "lifecycle/audit.h"
#include "lifecycle/order.h"

#include <unistd.h>

enum { DAY = 86400 };

/* ---- placing ---- */

typedef struct Placing {
    Arena *arena;
    const Subject *subject;
    const char *key;
    char hash[HASH_HEX_SIZE];
    const char *id;
    int64_t wait;
} Placing;

static Code find_open(Life *life, Placing *placing, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, placing->arena, &rows, error,
                     "SELECT id FROM {work_order} WHERE kind = 'export' AND subject_hash = $1 AND"
                     " state IN ('queued', 'running')",
                     placing->hash);
    if (!code && rows.count)
        placing->id = db_cell(&rows, 0, 0);
    return code;
}

/* How long until one more may be asked for. */
static Code find_wait(Life *life, Placing *placing, Error *error)
{
    DbRows rows;
    int most = life->policy->exports_a_day;
    Code code = LIFE(life, placing->arena, &rows, error,
                     arena_print(placing->arena,
                                 "SELECT {epoch created_at} + %d - {epoch {now}} FROM {work_order}"
                                 " WHERE kind = 'export' AND subject_hash = $1 AND created_at >"
                                 " {time {epoch {now}} - %d} ORDER BY created_at DESC LIMIT %d",
                                 DAY, DAY, most > 0 ? most : 1),
                     placing->hash);
    if (!code && most > 0 && rows.count == (size_t)most)
        placing->wait = db_number(&rows, rows.count - 1, 0);
    if (!code && (most <= 0 || (rows.count == (size_t)most && placing->wait <= 0)))
        placing->wait = most <= 0 ? DAY : 1;
    return code;
}

static Code insert_order(Life *life, Placing *placing, Error *error)
{
    DbRows rows;
    const char *id = order_id(placing->arena);
    Code code = LIFE(life, placing->arena, &rows, error,
                     "INSERT INTO {work_order} (id, kind, subject, subject_hash, key, state,"
                     " created_at, ordered_by) VALUES ($1, 'export', $2, $3, $4, 'queued', {now},"
                     " 'the subject') ON CONFLICT DO NOTHING",
                     id, placing->subject->policy->name, placing->hash, placing->key);
    if (!code && !rows.changed) { /* another one came in at the same time: it is found then */
        code = error_set(error, RUNG_FAILED, "another export was ordered meanwhile");
        snprintf(error->sqlstate, sizeof error->sqlstate, "40001");
    }
    placing->id = id;
    return code;
}

static Code record(Life *life, const Placing *placing, Error *error)
{
    return audit_add(life,
                     &(AuditEvent){.action = "order export",
                                   .policy = placing->subject->policy->name,
                                   .table = placing->subject->table->title,
                                   .subjects = 1,
                                   .subject_hash = placing->hash,
                                   .detail = arena_print(placing->arena, "order %s", placing->id)},
                     error);
}

static Code keep_answer(Life *life, const Placing *placing, Error *error)
{
    return idempotency_end(life, arena_print(placing->arena, "{\"order\":\"%s\"}", placing->id),
                           error);
}

static Code find_answered(Placing *placing, const char *answer, Error *error)
{
    Value *value;
    Code code = value_read("answer", answer, strlen(answer), &value, error);
    if (code)
        return code;
    placing->id = arena_string(placing->arena, value_get_text(value_get(value, "order")));
    value_free(value);
    return RUNG_OK;
}

static Code place(Life *life, void *context, Error *error)
{
    Placing *placing = context;
    const char *answer;
    placing->id = NULL;
    placing->wait = 0;
    Code code = idempotency_begin(life, placing->arena, &answer, error);
    if (!code && answer)
        return find_answered(placing, answer, error);
    if (!code)
        code = find_open(life, placing, error);
    if (!code && placing->id)
        return keep_answer(life, placing, error);
    if (!code)
        code = find_wait(life, placing, error);
    if (!code && placing->wait) /* nothing stays, nor does the key */
        code = error_set(error, RUNG_REFUSED, "it was asked for too often");
    if (code)
        return code;
    code = insert_order(life, placing, error);
    if (!code)
        code = keep_answer(life, placing, error);
    return code ? code : record(life, placing, error);
}

Code order_export(Life *life, Arena *arena, const Subject *subject, const char *asked,
                  const char **ret_id, int64_t *ret_wait, Error *error)
{
    Placing placing = {.arena = arena, .subject = subject};
    bool present;
    Code code = order_require(life, error);
    if (!code)
        code = erasure_key(life, arena, subject, asked, &placing.key, &present, error);
    if (!code && !present)
        code = error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\"",
                         subject->table->title, subject->key->name, asked);
    if (code)
        return code;
    life_hash(life, subject->policy->name, placing.key, placing.hash);
    code = life_transaction(life, place, &placing, error);
    if (code == RUNG_REFUSED && placing.wait)
        code = RUNG_OK;
    if (!code) {
        *ret_id = placing.id;
        *ret_wait = placing.wait;
    }
    return code;
}

/* ---- carrying out ---- */

static Code set_running(Life *life, const char *id, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                "UPDATE {work_order} SET state = 'running' WHERE id = $1 AND state = 'queued'", id);
}

static Code set_done(Life *life, Arena *arena, const char *id, const ExportResult *result,
                     Error *error)
{
    return LIFE(life, NULL, NULL, error,
                "UPDATE {work_order} SET state = 'done', done = 1, key = NULL, export = $2,"
                " finished_at = {now} WHERE id = $1 AND state IN ('queued', 'running')",
                id, arena_print(arena, "%lld", (long long)result->id));
}

static Code set_failed(Life *life, const char *id, const char *problem, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                "UPDATE {work_order} SET state = 'failed', key = NULL, problem = $2, finished_at ="
                " {now} WHERE id = $1 AND state IN ('queued', 'running')",
                id, problem);
}

/* It may well succeed when it is tried again. */
static bool ends_later(const Life *life, Code code, const Error *error)
{
    return code == RUNG_INTERRUPTED || code == RUNG_CONNECT || code == RUNG_LOCKED ||
           code == RUNG_FILE || db_lost(life->db) || life_is_passing(error);
}

static Code make_archive(Life *life, Arena *arena, const Order *order, const char *folder,
                         Error *error)
{
    Subject subject;
    ExportResult result;
    const SubjectPolicy *policy = life_subject(life, order->subject);
    if (!policy)
        return set_failed(life, order->id, "lifecycle.subjects does not have it any more", error);
    Code code = set_running(life, order->id, error);
    if (!code)
        code = subject_find(life, policy, &subject, error);
    if (!code)
        code = export_run(life, arena, &subject, order->key, folder, &result, error);
    FAULT_POINT();
    if (!code)
        return set_done(life, arena, order->id, &result, error);
    if (ends_later(life, code, error))
        return code;
    const char *problem = arena_string(arena, error->message);
    return set_failed(life, order->id, problem, error);
}

Code order_export_run(Life *life, Arena *arena, const char *id, const char *folder, Error *error)
{
    int fd = -1;
    Order order;
    const char *lock = arena_print(arena, "%s/%s.lock", folder, id);
    Code code = folder_make(folder, error);
    if (!code)
        code = file_lock(lock, false, &fd, error);
    if (code || fd < 0)
        return code;
    code = order_read(life, arena, id, NULL, &order, error); /* under the lock */
    if (!code && order.key)
        code = make_archive(life, arena, &order, folder, error);
    if (!code)
        unlink(lock); /* who has it open already finds that it is done */
    close(fd);
    return code;
}
