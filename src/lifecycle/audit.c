/* Writing and checking the chain of the audit. The seal is computed by the server on PostgreSQL and
 * here on SQLite, over the same text. */
#include "lifecycle/audit.h"
#include "base/file.h"
#include "base/text.h"

#define COLUMNS                                                                                    \
    "actor, action, policy, table_name, row_count, subjects, subject_hash, run, detail, hash"

enum { AUDIT_PAGE = 10000, ANCHOR_LIMIT = 64 * 1024 * 1024 };

static void seal_all(const char *before, const char *const *fields, size_t count,
                     char ret_hex[HASH_HEX_SIZE])
{
    Hash hash;
    hash_start(&hash);
    hash_add_field(&hash, before);
    for (size_t i = 0; i < count; i++)
        hash_add_field(&hash, fields[i]);
    hash_finish(&hash, ret_hex);
}

static Code add_sqlite(Life *life, Arena *arena, const AuditEvent *event, Error *error)
{
    char hash[HASH_HEX_SIZE];
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT number + 1, coalesce(value, ''), strftime('%Y-%m-%dT%H:%M:%f', 'now')"
                     " || '000Z' FROM {mark} WHERE name = 'audit'");
    if (code)
        return code;
    const char *fields[] = {db_cell(&rows, 0, 0),
                            db_cell(&rows, 0, 2),
                            life->actor,
                            event->action,
                            event->policy,
                            event->table,
                            arena_print(arena, "%lld", (long long)event->rows),
                            arena_print(arena, "%lld", (long long)event->subjects),
                            event->subject_hash,
                            life->run,
                            event->detail,
                            hash};
    seal_all(db_cell(&rows, 0, 1), fields, COUNT(fields) - 1, hash);
    code = life_query(life, NULL,
                      "INSERT INTO {audit} (seq, at, " COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6,"
                      " $7, $8, $9, $10, $11, $12)",
                      fields, COUNT(fields), NULL, error);
    if (!code)
        code =
            LIFE(life, NULL, NULL, error,
                 "UPDATE {mark} SET number = $1, value = $2 WHERE name = 'audit'", fields[0], hash);
    return code;
}

/* The values of rung.audit_add, in their order. */
enum { AUDIT_PARAMS = 9 };

static void fill(const Life *life, Arena *arena, const AuditEvent *event,
                 const char *ret_params[AUDIT_PARAMS])
{
    const char *params[AUDIT_PARAMS] = {life->actor,
                                        event->action,
                                        event->policy,
                                        event->table,
                                        arena_print(arena, "%lld", (long long)event->rows),
                                        arena_print(arena, "%lld", (long long)event->subjects),
                                        event->subject_hash,
                                        life->run,
                                        event->detail};
    memcpy(ret_params, params, sizeof params);
}

#define CALL "rung.audit_add($1, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9)"

Code audit_add(Life *life, const AuditEvent *event, Error *error)
{
    Arena *arena = arena_new();
    const char *params[AUDIT_PARAMS];
    Code code;
    fill(life, arena, event, params);
    if (life->engine == ENGINE_SQLITE)
        code = add_sqlite(life, arena, event, error);
    else
        code = life_query(life, arena, "SELECT " CALL, params, COUNT(params), NULL, error);
    arena_free(arena);
    return code;
}

Code audit_add_last(Life *life, const AuditEvent *event, Error *error)
{
    Code code = life->last ? audit_add(life, life->last, error) : RUNG_OK;
    life->last = event;
    return code;
}

/* All writers of the audit wait for one row until the transaction that has it ends: it ends before
 * its WAL is on the disk, so that many are written at once. */
static Code commit_postgresql(Life *life, Arena *arena, const AuditEvent *event, Error *error)
{
    const char *params[AUDIT_PARAMS];
    fill(life, arena, event, params);
    const DbStatement statements[] = {
        {.sql = "SELECT set_config('synchronous_commit', 'off', true), " CALL,
         .params = params,
         .param_count = COUNT(params),
         .keep = life->keep},
        {.sql = "COMMIT", .keep = life->keep},
    };
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < COUNT(statements); i++)
        code = db_queue(life->db, &statements[i], error);
    code = db_drain(life->db, NULL, error);
    return code ? code : db_settle(life->db, error);
}

Code audit_commit(Life *life, const AuditEvent *event, Error *error)
{
    Arena *arena = arena_new();
    Code code;
    if (life->engine == ENGINE_POSTGRESQL) {
        code = commit_postgresql(life, arena, event, error);
    } else {
        code = add_sqlite(life, arena, event, error);
        if (!code)
            code = db_exec(life->db, "COMMIT", error);
    }
    arena_free(arena);
    return code;
}

/* ---- looking whether it is whole ---- */

/* A line of the file outside. */
typedef struct Anchor {
    int64_t seq;
    const char *hash;
} Anchor;

typedef struct Walk {
    int64_t next; /* number that the next record must have */
    char before[HASH_HEX_SIZE];
    AuditCheck *check;
    Arena *arena;
    VEC(Anchor) anchors; /* by number */
    size_t anchor;       /* the first that was not met yet */
} Walk;

static bool broken(Walk *walk, int64_t seq, const char *reason)
{
    walk->check->broken = seq;
    walk->check->reason = reason;
    return false;
}

static int compare_anchors(const void *a, const void *b)
{
    int64_t x = ((const Anchor *)a)->seq, y = ((const Anchor *)b)->seq;
    return (x > y) - (x < y);
}

/* Lines "SEQ HASH". Runs that end at the same time may write them in another order, and one that
 * was torn by a crash is none. */
static void read_anchors(Walk *walk, const char *text)
{
    while (text && *text) {
        char *end;
        int64_t seq = strtoll(text, &end, 10);
        while (*end == ' ')
            end++;
        size_t length = strcspn(end, " \r\n");
        if (seq > 0 && length == HASH_HEX_SIZE - 1)
            *vec_add(walk->arena, &walk->anchors) =
                (Anchor){seq, arena_copy(walk->arena, end, length)};
        text = end + strcspn(end, "\n");
        text += *text == '\n';
    }
    if (walk->anchors.count)
        qsort(walk->anchors.at, walk->anchors.count, sizeof *walk->anchors.at, compare_anchors);
}

static bool check_anchors(Walk *walk, int64_t seq, const char *hash)
{
    for (; walk->anchor < walk->anchors.count; walk->anchor++) {
        const Anchor *anchor = &walk->anchors.at[walk->anchor];
        if (anchor->seq > seq)
            break;
        if (strcmp(anchor->hash, hash) != 0)
            return broken(walk, seq,
                          "the file outside has another hash for it: the chain was written anew");
        walk->check->anchored = seq;
    }
    return true;
}

static bool check_row(Walk *walk, const DbRows *rows, size_t row)
{
    const char *fields[12];
    char hash[HASH_HEX_SIZE];
    int64_t seq = db_number(rows, row, 0);
    for (size_t i = 0; i < COUNT(fields); i++)
        fields[i] = db_cell(rows, row, i);
    if (seq != walk->next)
        return broken(walk, walk->next, "it was removed");
    seal_all(walk->before, fields, COUNT(fields) - 1, hash);
    if (!fields[11] || strcmp(hash, fields[11]) != 0)
        return broken(walk, seq, "it was changed, or one in front of it was");
    if (!check_anchors(walk, seq, hash))
        return false;
    memcpy(walk->before, hash, sizeof hash);
    walk->next++;
    walk->check->records++;
    return true;
}

static Code read_anchor(Life *life, Arena *arena, const char **ret_text, Error *error)
{
    char *data;
    size_t length;
    *ret_text = NULL;
    if (!life->anchor || !file_exists(life->anchor))
        return RUNG_OK;
    Code code = file_read(arena, life->anchor, ANCHOR_LIMIT, &data, &length, error);
    if (!code)
        *ret_text = data;
    return code;
}

/* What stands at the end must be what the mark says, and nothing outside may be newer. */
static Code check_end(Life *life, Walk *walk, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, walk->arena, &rows, error,
                     "SELECT number, coalesce(value, '') FROM {mark} WHERE name = 'audit'");
    if (code)
        return code;
    int64_t last = rows.count ? db_number(&rows, 0, 0) : 0;
    if (!rows.count || last != walk->next - 1 || strcmp(db_cell(&rows, 0, 1), walk->before) != 0)
        broken(walk, walk->next, "the records at the end were removed");
    else if (walk->anchor < walk->anchors.count)
        broken(walk, walk->anchors.at[walk->anchor].seq,
               "the file outside knows it, the database does not: the end "
               "was removed, or an older backup restored");
    return RUNG_OK;
}

#define AT "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

static Code walk_chain(Life *life, Walk *walk, Error *error)
{
    Code code = RUNG_OK;
    for (bool more = true, whole = true; !code && more && whole;) {
        Arena *page = arena_new();
        DbRows rows;
        code = LIFE(life, page, &rows, error,
                    life->engine == ENGINE_SQLITE
                        ? "SELECT seq, at, " COLUMNS " FROM {audit} WHERE seq > CAST($1 AS INTEGER)"
                          " ORDER BY seq LIMIT 10000"
                        : "SELECT seq, " AT ", " COLUMNS " FROM {audit} WHERE seq > $1::bigint"
                          " ORDER BY seq LIMIT 10000",
                    arena_print(page, "%lld", (long long)walk->next - 1));
        for (size_t i = 0; !code && whole && i < rows.count; i++)
            whole = check_row(walk, &rows, i);
        more = !code && rows.count == AUDIT_PAGE;
        arena_free(page);
    }
    return code || walk->check->broken ? code : check_end(life, walk, error);
}

/* What is anchored was committed before: the file is read first, then the table at one moment. */
Code audit_verify(Life *life, Arena *arena, AuditCheck *ret_check, Error *error)
{
    Walk walk = {.next = 1, .check = ret_check, .arena = arena};
    const char *text;
    *ret_check = (AuditCheck){0};
    Code code = read_anchor(life, arena, &text, error);
    if (!code)
        code = db_exec(life->db,
                       life->engine == ENGINE_SQLITE
                           ? "BEGIN"
                           : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                       error);
    if (code)
        return code;
    read_anchors(&walk, text);
    code = life_rollback(life, walk_chain(life, &walk, error));
    ret_check->head = arena_string(arena, walk.before);
    return code;
}

Code audit_log(Life *life, Arena *arena, size_t limit, AuditRecordList *ret_list, Error *error)
{
    DbRows rows;
    const char *at = life->engine == ENGINE_SQLITE ? "at" : AT;
    const char *last = limit ? arena_print(arena, " LIMIT %zu", limit) : "";
    const char *sql = arena_print(
        arena, "SELECT seq, %s, " COLUMNS " FROM {audit} ORDER BY seq DESC%s", at, last);
    Code code = life_query(life, arena, sql, NULL, 0, &rows, error);
    for (size_t i = code ? 0 : rows.count; i-- > 0;)
        *vec_add(arena, ret_list) = (AuditRecord){
            .seq = db_number(&rows, i, 0),
            .at = db_cell(&rows, i, 1),
            .actor = db_cell(&rows, i, 2),
            .action = db_cell(&rows, i, 3),
            .policy = db_cell(&rows, i, 4),
            .table = db_cell(&rows, i, 5),
            .rows = db_number(&rows, i, 6),
            .subjects = db_number(&rows, i, 7),
            .subject_hash = db_cell(&rows, i, 8),
            .run = db_cell(&rows, i, 9),
            .detail = db_cell(&rows, i, 10),
            .hash = db_cell(&rows, i, 11),
        };
    return code;
}

Code audit_anchor(Life *life, Error *error)
{
    DbRows rows;
    Arena *arena = arena_new();
    const char *text = NULL;
    Code code = RUNG_OK;
    if (!life->anchor)
        goto done;
    code = LIFE(life, arena, &rows, error,
                "SELECT number, value FROM {mark} WHERE name = 'audit' AND number > 0");
    if (!code)
        code = read_anchor(life, arena, &text, error);
    if (code || !rows.count)
        goto done;
    const char *line = arena_print(arena, "%s %s\n", db_cell(&rows, 0, 0), db_cell(&rows, 0, 1));
    size_t length = strlen(line), have = text ? strlen(text) : 0;
    if (have >= length && strcmp(text + have - length, line) == 0)
        goto done;
    if (have && text[have - 1] != '\n') /* torn by a crash */
        line = arena_print(arena, "\n%s", line);
    code = file_append(life->anchor, line, strlen(line), error);
done:
    arena_free(arena);
    return code;
}
