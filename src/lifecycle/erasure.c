/* Requests and their cancelling. Both lock the subject's row first, then the request: the purge
 * does so too. */
#include "lifecycle/erasure.h"
#include "base/text.h"
#include "lifecycle/audit.h"
#include "lifecycle/outbox.h"
#include "lifecycle/idempotency.h"
#include "lifecycle/hold.h"

#define COLUMNS                                                                                    \
    "id, subject, key, subject_hash, state, {epoch requested_at}, {epoch due_at},"                 \
    " {epoch claimed_at}, {epoch finished_at}, {epoch {now}}, attempts, requested_by, problem"

static Erasure read_row(const DbRows *rows, size_t row)
{
    return (Erasure){
        .id = db_number(rows, row, 0),
        .subject = db_cell(rows, row, 1),
        .key = db_cell(rows, row, 2),
        .hash = db_cell(rows, row, 3),
        .state = db_cell(rows, row, 4),
        .requested_at = db_number(rows, row, 5),
        .due_at = db_number(rows, row, 6),
        .claimed_at = db_number(rows, row, 7),
        .finished_at = db_number(rows, row, 8),
        .now = db_number(rows, row, 9),
        .attempts = db_number(rows, row, 10),
        .by = db_cell(rows, row, 11),
        .problem = db_cell(rows, row, 12),
    };
}

int64_t erasure_days(const Erasure *erasure)
{
    int64_t left = erasure->due_at - erasure->now;
    return left > 0 ? (left + 86399) / 86400 : 0;
}

/* ---- the row itself ---- */

static Code no_row(const Subject *subject, const char *key, Error *error)
{
    error_set(error, RUNG_UNKNOWN, "%s has no row with the %s \"%s\"", subject->table->title,
              subject->key->name, key);
    return RUNG_UNKNOWN;
}

/* The text is no value of the column's type. */
static bool is_no_value(Code code, const Error *error)
{
    return code && strncmp(error->sqlstate, "22", 2) == 0;
}

/* Locks the row and gives its key as the database writes it; NULL: there is none. A key that is no
 * value of its type is no row either. */
static Code lock_row(Life *life, Arena *arena, const Subject *subject, const char *key,
                     const char **ret_key, Error *error)
{
    DbRows rows;
    const char *column = life_name(arena, subject->key->name);
    bool sqlite = life->engine == ENGINE_SQLITE;
    const char *sql = arena_print(
        arena, "SELECT CAST(t.%s AS text) FROM %s t WHERE %s%s", column, subject->table->sql,
        life_equals(life, arena, "t", subject->table, subject->key->name, "$1"),
        sqlite ? "" : " FOR UPDATE");
    Code code = LIFE(life, arena, &rows, error, sql, key);
    if (is_no_value(code, error))
        return no_row(subject, key, error);
    if (code)
        return code;
    *ret_key = rows.count ? db_cell(&rows, 0, 0) : NULL;
    return RUNG_OK;
}

/* Brings the column that shows the request in step with it. */
static Code set_column(Life *life, Arena *arena, const Subject *subject, const char *key,
                       bool requested, Error *error)
{
    if (!subject->requested_at)
        return RUNG_OK;
    const char *value = "NULL";
    if (requested)
        value = arena_print(arena,
                            "(SELECT %s FROM {erasure} WHERE subject = $2 AND key = $3 AND state IN"
                            " ('pending', 'purging'))",
                            subject_stamp(life, subject, "requested_at", arena));
    const char *sql =
        arena_print(arena, "UPDATE %s AS t SET %s = %s WHERE %s", subject->table->sql,
                    life_name(arena, subject->requested_at->name), value,
                    life_equals(life, arena, "t", subject->table, subject->key->name, "$1"));
    const char *params[] = {key, subject->policy->name, key};
    return life_query(life, NULL, sql, params, requested ? 3 : 1, NULL, error);
}

/* The last of its transaction. */
static Code record(Life *life, Arena *arena, const Subject *subject, const char *action,
                   const char *hash, Error *error)
{
    AuditEvent *event = arena_alloc(arena, sizeof *event);
    *event = (AuditEvent){.action = action,
                          .policy = subject->policy->name,
                          .table = subject->table->title,
                          .subjects = 1,
                          .subject_hash = hash};
    return audit_add_last(life, event, error);
}

/* ---- the usual case, in one statement ---- */

/* PostgreSQL: the row is locked, then its request made or changed, then the column that shows it.
 * Each takes what the one before it gives, and the guards of the row see its request (PostgreSQL
 * manual, "Visibility of Data Changes"). Without a row in the answer nothing was done, and why is
 * found out step by step. */
static const char *in_one(Life *life, Arena *arena, const Subject *subject, const char *change,
                          const char *value)
{
    const char *table = subject->table->sql, *column = life_name(arena, subject->key->name);
    const char *is_row = life_equals(life, arena, "t", subject->table, subject->key->name, "$2");
    const char *show = "";
    if (subject->requested_at)
        show = arena_print(arena, ", shown AS (UPDATE %s AS t SET %s = %s FROM changed WHERE %s)",
                           table, life_name(arena, subject->requested_at->name), value, is_row);
    return arena_print(arena,
                       "WITH locked AS (SELECT 1 FROM %s t WHERE %s AND CAST(t.%s AS text) = $2 FOR"
                       " UPDATE), changed AS (%s)%s SELECT " COLUMNS " FROM changed",
                       table, is_row, column, change, show);
}

/* ---- requesting ---- */

static Code open_request(Life *life, Arena *arena, const Subject *subject, const char *key,
                         DbRows *ret_rows, Error *error)
{
    return LIFE(life, arena, ret_rows, error,
                "SELECT " COLUMNS " FROM {erasure} WHERE subject = $1 AND key = $2 AND state IN"
                " ('pending', 'purging')",
                subject->policy->name, key);
}

static Code insert_request(Life *life, Arena *arena, const Subject *subject, const char *key,
                           const char *from, bool at_once, Error *error)
{
    char hash[HASH_HEX_SIZE];
    const SubjectPolicy *policy = subject->policy;
    life_hash(life, policy->name, key, hash);
    const char *sql = arena_print(
        arena,
        "INSERT INTO {erasure} (subject, key, subject_hash, state, requested_at, due_at,"
        " requested_by) VALUES ($1, $2, $3, 'pending', %s, %s, $4)",
        from, life_later(life, arena, from, "$5", "$6"));
    return LIFE(life, NULL, NULL, error, sql, policy->name, key, hash, life->actor,
                arena_print(arena, "%d", at_once ? 0 : policy->grace.months),
                arena_print(arena, "%lld", at_once ? 0LL : (long long)policy->grace.seconds));
}

typedef struct Requesting {
    Arena *arena;
    const Subject *subject;
    const char *key; /* as it was asked for */
    bool at_once;
    Erasure *erasure;
    bool *repeated;
} Requesting;

static Code begin_request(Life *life, const Requesting *requesting, const char *key, DbRows *rows,
                          Error *error)
{
    Arena *arena = requesting->arena;
    const Subject *subject = requesting->subject;
    const char *now = life->engine == ENGINE_SQLITE ? "{now}" : "date_trunc('second', {now})";
    Code code = insert_request(life, arena, subject, key, life_text(life, arena, now),
                               requesting->at_once, error);
    if (!code)
        code = set_column(life, arena, subject, key, true, error);
    if (!code)
        code = open_request(life, arena, subject, key, rows, error);
    if (!code)
        code = outbox_add(life, subject, OUTBOX_REQUESTED, db_number(rows, 0, 0), error);
    return code ? code
                : record(life, arena, subject, requesting->at_once ? "request at once" : "request",
                         db_cell(rows, 0, 3), error);
}

/* The same for a key that is written as the database writes it, and a row without a request. */
static Code request_in_one(Life *life, const Requesting *requesting, DbRows *rows, Error *error)
{
    Arena *arena = requesting->arena;
    const Subject *subject = requesting->subject;
    const SubjectPolicy *policy = subject->policy;
    char hash[HASH_HEX_SIZE];
    life_hash(life, policy->name, requesting->key, hash);
    const char *change = arena_print(
        arena,
        "INSERT INTO {erasure} (subject, key, subject_hash, state, requested_at, due_at,"
        " requested_by) SELECT $1, $2, $3, 'pending', n.at, %s, $4 FROM locked, (SELECT"
        " date_trunc('second', {now}) AS at) n ON CONFLICT (subject, key) WHERE state IN"
        " ('pending', 'purging') DO NOTHING RETURNING *",
        life_later(life, arena, "n.at", "$5", "$6"));
    const char *value =
        subject->requested_at ? subject_stamp(life, subject, "changed.requested_at", arena) : NULL;
    bool at_once = requesting->at_once;
    Code code = LIFE(life, arena, rows, error, in_one(life, arena, subject, change, value),
                     policy->name, requesting->key, hash, life->actor,
                     arena_print(arena, "%d", at_once ? 0 : policy->grace.months),
                     arena_print(arena, "%lld", at_once ? 0LL : (long long)policy->grace.seconds));
    if (code || !rows->count)
        return is_no_value(code, error) ? no_row(subject, requesting->key, error) : code;
    code = outbox_add(life, subject, OUTBOX_REQUESTED, db_number(rows, 0, 0), error);
    if (code)
        return code;
    return record(life, arena, subject, at_once ? "request at once" : "request",
                  db_cell(rows, 0, 3), error);
}

/* A request that is pending becomes due now. */
static Code hurry(Life *life, const Requesting *requesting, const char *key, DbRows *rows,
                  Error *error)
{
    DbRows changed;
    Code code = LIFE(life, requesting->arena, &changed, error,
                     "UPDATE {erasure} SET due_at = {now} WHERE id = CAST($1 AS bigint) AND due_at"
                     " > {now} RETURNING id",
                     db_cell(rows, 0, 0));
    if (code || !changed.count)
        return code;
    code = open_request(life, requesting->arena, requesting->subject, key, rows, error);
    return code ? code
                : record(life, requesting->arena, requesting->subject, "request at once",
                         db_cell(rows, 0, 3), error);
}

static Code request_in_steps(Life *life, const Requesting *requesting, Error *error)
{
    const Subject *subject = requesting->subject;
    Arena *arena = requesting->arena;
    DbRows rows;
    const char *key = NULL;
    Code code = lock_row(life, arena, subject, requesting->key, &key, error);
    if (!code && !key)
        code = no_row(subject, requesting->key, error);
    if (!code)
        code = open_request(life, arena, subject, key, &rows, error);
    if (code)
        return code;
    *requesting->repeated = rows.count > 0;
    if (!rows.count)
        code = begin_request(life, requesting, key, &rows, error);
    else if (requesting->at_once && strcmp(db_cell(&rows, 0, 4), "pending") == 0)
        code = hurry(life, requesting, key, &rows, error);
    if (!code)
        *requesting->erasure = read_row(&rows, 0);
    return code;
}

static Code request(Life *life, void *context, Error *error)
{
    const Requesting *requesting = context;
    DbRows rows = {0};
    Code code = life->engine == ENGINE_POSTGRESQL ? request_in_one(life, requesting, &rows, error)
                                                  : RUNG_OK;
    if (code)
        return code;
    if (!rows.count)
        return request_in_steps(life, requesting, error);
    *requesting->repeated = false;
    *requesting->erasure = read_row(&rows, 0);
    return RUNG_OK;
}

Code erasure_request(Life *life, Arena *arena, const Subject *subject, const char *key,
                     bool at_once, Erasure *ret_erasure, bool *ret_repeated, Error *error)
{
    Requesting requesting = {arena, subject, key, at_once, ret_erasure, ret_repeated};
    *ret_repeated = false;
    return idempotency_erasure(life, request, &requesting, key, arena, ret_erasure, error);
}

/* ---- a row that is back ---- */

static const char *now_text(Life *life, Arena *arena)
{
    return life_text(life, arena,
                     life->engine == ENGINE_SQLITE ? "{now}" : "date_trunc('second', now())");
}

/* The row's request, a new one if it has none, becomes "purging", whose run is not known. */
Code erasure_purging(Life *life, Arena *arena, const Subject *subject, const char *asked,
                     int64_t *ret_id, const char **ret_hash, bool *ret_begun, Error *error)
{
    DbRows rows;
    const char *key = NULL;
    *ret_id = 0;
    *ret_begun = false;
    Code code = lock_row(life, arena, subject, asked, &key, error);
    if (!code && key)
        code = open_request(life, arena, subject, key, &rows, error);
    if (code || !key)
        return code;
    *ret_begun = !rows.count || strcmp(db_cell(&rows, 0, 4), "purging") != 0;
    if (!rows.count)
        code = insert_request(life, arena, subject, key, now_text(life, arena), true, error);
    if (!code && *ret_begun)
        code = LIFE(life, arena, NULL, error,
                    "UPDATE {erasure} SET state = 'purging', claimed_at = {now}, run = NULL, due_at"
                    " = CASE WHEN due_at > {now} THEN {now} ELSE due_at END, attempts = 0, retry_at"
                    " = NULL, problem = NULL WHERE subject = $1 AND key = $2 AND state = 'pending'",
                    subject->policy->name, key);
    if (!code && *ret_begun)
        code = set_column(life, arena, subject, key, true, error);
    if (!code && *ret_begun)
        code = open_request(life, arena, subject, key, &rows, error);
    if (!code) {
        *ret_id = db_number(&rows, 0, 0);
        *ret_hash = db_cell(&rows, 0, 3);
    }
    return code;
}

Code erasure_again(Life *life, Arena *arena, const Subject *subject, const char *asked,
                   bool *ret_again, Error *error)
{
    int64_t id;
    const char *hash = NULL;
    Code code = erasure_purging(life, arena, subject, asked, &id, &hash, ret_again, error);
    if (code || !*ret_again)
        return code;
    return audit_add(life,
                     &(AuditEvent){.action = "replay",
                                   .policy = subject->policy->name,
                                   .table = subject->table->title,
                                   .subjects = 1,
                                   .subject_hash = hash},
                     error);
}

/* ---- cancelling ---- */

/* Nothing was pending: why? */
static Code not_cancelled(Life *life, Arena *arena, const Subject *subject, const char *key,
                          Error *error)
{
    DbRows rows;
    Code code = open_request(life, arena, subject, key, &rows, error);
    if (code)
        return code;
    if (rows.count) {
        error_set(error, RUNG_REFUSED, "the erasure of %s %s has begun and cannot be cancelled",
                  subject->policy->name, key);
        return error_hint(error, "`rung erase status %s:%s` says how far it is",
                          subject->policy->name, key);
    }
    error_set(error, RUNG_UNKNOWN, "nobody asked for the erasure of %s %s", subject->policy->name,
              key);
    return error_hint(error, "`rung erase list` shows the open requests");
}

static Code cancel_in_one(Life *life, const Requesting *requesting, DbRows *rows, Error *error)
{
    Arena *arena = requesting->arena;
    const Subject *subject = requesting->subject;
    const char *sql = in_one(life, arena, subject,
                             "UPDATE {erasure} AS e SET state = 'cancelled', finished_at = {now},"
                             " problem = NULL FROM locked WHERE e.subject = $1 AND e.key = $2 AND"
                             " e.state = 'pending' RETURNING e.*",
                             "NULL");
    Code code =
        LIFE(life, arena, rows, error, sql, requesting->subject->policy->name, requesting->key);
    return is_no_value(code, error) ? no_row(subject, requesting->key, error) : code;
}

static Code cancel_in_steps(Life *life, const Requesting *requesting, DbRows *ret_rows,
                            Error *error)
{
    const Subject *subject = requesting->subject;
    Arena *arena = requesting->arena;
    DbRows rows;
    const char *key = NULL;
    Code code = lock_row(life, arena, subject, requesting->key, &key, error);
    if (!code && !key)
        key = requesting->key;
    if (!code)
        code = LIFE(
            life, arena, &rows, error,
            "UPDATE {erasure} SET state = 'cancelled', finished_at = {now}, problem = NULL WHERE"
            " subject = $1 AND key = $2 AND state = 'pending' RETURNING " COLUMNS,
            subject->policy->name, key);
    if (!code && !rows.count)
        code = not_cancelled(life, arena, subject, key, error);
    if (!code)
        code = set_column(life, arena, subject, key, false, error);
    if (!code)
        *ret_rows = rows;
    return code;
}

static Code cancel(Life *life, void *context, Error *error)
{
    const Requesting *requesting = context;
    DbRows rows = {0};
    Code code =
        life->engine == ENGINE_POSTGRESQL ? cancel_in_one(life, requesting, &rows, error) : RUNG_OK;
    if (!code && !rows.count)
        code = cancel_in_steps(life, requesting, &rows, error);
    if (code)
        return code;
    *requesting->erasure = read_row(&rows, 0);
    code = outbox_add(life, requesting->subject, OUTBOX_CANCELLED, requesting->erasure->id, error);
    if (code)
        return code;
    return record(life, requesting->arena, requesting->subject, "cancel", requesting->erasure->hash,
                  error);
}

Code erasure_cancel(Life *life, Arena *arena, const Subject *subject, const char *key,
                    Erasure *ret_erasure, Error *error)
{
    Requesting requesting = {
        .arena = arena, .subject = subject, .key = key, .erasure = ret_erasure};
    return idempotency_erasure(life, cancel, &requesting, key, arena, ret_erasure, error);
}

/* ---- looking ---- */

Code erasure_key(Life *life, Arena *arena, const Subject *subject, const char *asked,
                 const char **ret_key, bool *ret_present, Error *error)
{
    DbRows rows;
    const char *column = subject->key->name;
    const char *sql = arena_print(arena, "SELECT CAST(t.%s AS text) FROM %s t WHERE %s",
                                  life_name(arena, column), subject->table->sql,
                                  life_equals(life, arena, "t", subject->table, column, "$1"));
    Code code = LIFE(life, arena, &rows, error, sql, asked);
    *ret_present = !code && rows.count;
    *ret_key = *ret_present ? db_cell(&rows, 0, 0) : asked;
    if (is_no_value(code, error) || *ret_present || life->engine == ENGINE_SQLITE)
        return is_no_value(code, error) ? RUNG_OK : code;
    sql = arena_print(arena, "SELECT CAST(CAST($1::text AS %s) AS text)", subject->key->type);
    if (!code)
        code = LIFE(life, arena, &rows, error, sql, asked);
    if (!code)
        *ret_key = db_cell(&rows, 0, 0);
    return code;
}

Code erasure_list(Life *life, Arena *arena, const char *subject, const char *key, const char *state,
                  const ErasurePart *part, ErasureList *ret_list, Error *error)
{
    DbRows rows;
    char hash[HASH_HEX_SIZE] = "";
    VEC(const char *) params = {0};
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT " COLUMNS " FROM {erasure} WHERE 1 = 1");
    if (subject) {
        *vec_add(arena, &params) = subject;
        text_print(&sql, " AND subject = $%zu", params.count);
    }
    if (key) {
        life_hash(life, subject ? subject : "", key, hash);
        *vec_add(arena, &params) = hash;
        *vec_add(arena, &params) = key;
        text_print(&sql, " AND subject_hash IN ($%zu, $%zu)", params.count - 1, params.count);
    } else if (state && !*state) {
        text_put(&sql, "");
    } else if (state) {
        *vec_add(arena, &params) = state;
        text_print(&sql, " AND state = $%zu", params.count);
    } else {
        text_put(&sql, " AND state IN ('pending', 'purging')");
    }
    text_put(&sql, " ORDER BY due_at, id");
    if (part && part->limit)
        text_print(&sql, " LIMIT %lld OFFSET %lld", (long long)part->limit,
                   (long long)part->offset);
    Code code = life_query(life, arena, text_string(&sql), params.at, params.count, &rows, error);
    text_done(&sql);
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, ret_list) = read_row(&rows, i);
    return code;
}

/* NULL when rung.yaml or the database knows the subject no more. */
static const char *table_of(const Life *life, Arena *arena, const char *subject)
{
    KeyTable *table;
    Error ignored;
    const SubjectPolicy *policy = life_subject(life, subject);
    return policy && !key_graph_table(life->graph, policy->table, &table, &ignored)
               ? hold_table_name(table, arena)
               : NULL;
}

void erasure_tables(const Life *life, Arena *arena, ErasureList *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->at[i].table = table_of(life, arena, list->at[i].subject);
}

/* ---- beginning ---- */

/* What stood in the column before rung knew of it: each is a request of that time. */
static Code adopt(Life *life, Arena *arena, const Subject *subject, int64_t *adopted, Error *error)
{
    DbRows rows;
    if (!subject->requested_at)
        return RUNG_OK;
    const char *key = life_name(arena, subject->key->name);
    const char *at = life_name(arena, subject->requested_at->name);
    bool sqlite = life->engine == ENGINE_SQLITE;
    bool number_column = sqlite && strncasecmp(subject->requested_at->type, "int", 3) == 0;
    bool zone = !sqlite && !strstr(subject->requested_at->type, "with time zone");
    const char *time = sqlite && !number_column
                           ? arena_print(arena, "CAST(strftime('%%s', %s) AS INTEGER)", at)
                       : zone ? arena_print(arena, "(%s::timestamp AT TIME ZONE 'UTC')", at)
                              : at;
    const char *sql = arena_print(
        arena,
        "SELECT CAST(%s AS text), {epoch %s} FROM %s u WHERE %s IS NOT NULL AND NOT EXISTS (SELECT "
        "1"
        " FROM {erasure} e WHERE e.subject = $1 AND e.key = CAST(u.%s AS text) AND e.state IN"
        " ('pending', 'purging'))",
        key, time, subject->table->sql, at, key);
    Code code = LIFE(life, arena, &rows, error, sql, subject->policy->name);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *seconds = db_cell(&rows, i, 1);
        if (!seconds) {
            error_set(error, RUNG_FAILED, "%s.%s of the row %s is no time that SQLite reads",
                      subject->table->title, subject->requested_at->name, db_cell(&rows, i, 0));
            return error_hint(error, "write it as YYYY-MM-DD HH:MM:SS, or set it to NULL");
        }
        code = insert_request(life, arena, subject, db_cell(&rows, i, 0),
                              life_text(life, arena, arena_print(arena, "{time %s}", seconds)),
                              false, error);
        if (!code)
            code = set_column(life, arena, subject, db_cell(&rows, i, 0), true, error);
    }
    if (!code && rows.count)
        code = audit_add(life,
                         &(AuditEvent){.action = "adopt",
                                       .policy = subject->policy->name,
                                       .table = subject->table->title,
                                       .subjects = (int64_t)rows.count},
                         error);
    if (!code)
        *adopted += (int64_t)rows.count;
    return code;
}

/* The guards of a table know one subject. */
static Code check_alone(const Life *life, const Subject *subjects, size_t count, Error *error)
{
    const Subject *last = &subjects[count - 1];
    for (size_t i = 0; i + 1 < count; i++)
        if (subjects[i].table == last->table)
            return error_at(error, RUNG_CONFIG, life->path, last->policy->line,
                            "lifecycle.subjects.%s: its table is that of the subject %s already",
                            last->policy->name, subjects[i].policy->name);
    return RUNG_OK;
}

static Code init(Life *life, void *context, Error *error)
{
    int64_t *adopted = context;
    bool present;
    size_t count = life->policy->subjects.count;
    Arena *arena = arena_new();
    Subject *subjects = arena_alloc_array(arena, count + 1, sizeof *subjects);
    Code code = life_present(life->db, &present, error);
    *adopted = 0;
    if (!code)
        code = life_create(life, present, error);
    if (!code && present) /* tables that were made before databases had an id in the ledger */
        code = LIFE(life, NULL, NULL, error,
                    life->engine == ENGINE_SQLITE
                        ? "INSERT INTO {mark} (name, value) VALUES ('database',"
                          " lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING"
                        : "INSERT INTO {mark} (name, value) VALUES ('database',"
                          " gen_random_uuid()::text) ON CONFLICT DO NOTHING");
    for (size_t i = 0; !code && i < count; i++) {
        code = subject_find(life, &life->policy->subjects.at[i], &subjects[i], error);
        if (!code)
            code = check_alone(life, subjects, i + 1, error);
        if (!code)
            code = adopt(life, arena, &subjects[i], adopted, error);
        if (!code)
            code = guard_install(life, &subjects[i], error);
    }
    if (!code)
        code = guard_remove_others(life, subjects, count, error);
    if (!code)
        code = audit_add(
            life,
            &(AuditEvent){.action = "init", .detail = arena_print(arena, "%zu guarded", count)},
            error);
    arena_free(arena);
    return code;
}

Code erasure_init(Life *life, int64_t *ret_adopted, Error *error)
{
    int64_t adopted;
    Code code = life_transaction(life, init, &adopted, error);
    if (!code)
        *ret_adopted = adopted;
    return code;
}

static Code unguard(Life *life, void *context, Error *error)
{
    Code code = guard_remove_others(life, NULL, 0, error);
    return code ? code : audit_add(life, &(AuditEvent){.action = "unguard"}, error);
}

Code erasure_unguard(Life *life, Error *error)
{
    return life_transaction(life, unguard, NULL, error);
}
