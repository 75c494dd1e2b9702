/* The transitions of requests that the purge makes, and the clock that they depend on. */
#include "lifecycle/claim.h"
#include "base/clock.h"
#include "base/value.h"

enum {
    CLOCK_BACK = 300,         /* seconds that it may go back: what NTP corrects */
    CLOCK_AHEAD = 25 * 86400, /* that it may jump ahead while nobody looked */
    CLOCK_APART = 300,        /* between the server and this machine */
    FIRST_RETRY = 60,         /* seconds; each time four times as long */
    LONGEST_RETRY = 86400
};

/* ---- the clock ---- */

static Code wrong_clock(Error *error, const char *what, long long seconds)
{
    error_set(error, RUNG_MISMATCH, "the clock cannot be right: it is %lld s %s", seconds, what);
    return error_hint(error, "nothing was removed; if it is right, run this once with --force");
}

Code clock_check(Life *life, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT {epoch at}, {epoch {now}} FROM {mark} WHERE name = 'clock'");
    if (!code && rows.count) {
        int64_t now = db_number(&rows, 0, 1);
        int64_t seen = db_cell(&rows, 0, 0) ? db_number(&rows, 0, 0) : now;
        int64_t here = clock_wall_us() / 1000000;
        if (now < seen - CLOCK_BACK)
            code = wrong_clock(error, "behind what it was when the last purge ran", seen - now);
        else if (now > seen + CLOCK_AHEAD)
            code = wrong_clock(error, "ahead of what it was when the last purge ran", now - seen);
        else if (now > here + CLOCK_APART || now < here - CLOCK_APART)
            code = wrong_clock(error, "away from the clock of this machine",
                               now > here ? now - here : here - now);
    }
    arena_free(arena);
    return code;
}

Code clock_note(Life *life, bool anew, Error *error)
{
    return LIFE(life, NULL, NULL, error,
                anew ? "UPDATE {mark} SET at = {now} WHERE name = 'clock'"
                     : "UPDATE {mark} SET at = {now} WHERE name = 'clock' AND (at IS NULL OR at <"
                       " {now})");
}

/* ---- claiming ---- */

/* Those of a state, into `list`; the ones that an earlier run left behind are known to be begun. */
static Code claim(Batch *batch, Arena *arena, const Subject *subject, const char *order, bool fresh,
                  int64_t limit, ClaimList *list, Error *error)
{
    Life *life = batch->life;
    DbRows rows;
    const char *which =
        fresh ? "state = 'pending' AND due_at <= {now}"
              : "state = 'purging' AND coalesce(run, '') <> $1"; /* none: rung erase replay */
    const char *sql = arena_print(
        arena,
        "UPDATE {erasure} SET state = 'purging', claimed_at = coalesce(claimed_at, {now}), run ="
        " $1, problem = NULL WHERE id IN (SELECT id FROM {erasure} WHERE subject = $2 AND %s AND"
        " coalesce(run, '') <> $1 AND (retry_at IS NULL OR retry_at <= {now})%s ORDER BY due_at,"
        " id LIMIT %lld%s) AND %s RETURNING id, key, subject_hash, attempts",
        which,
        order ? " AND id IN (SELECT erasure FROM {work_order_item} WHERE work_order = $3)" : "",
        (long long)(limit - (int64_t)list->count),
        life->engine == ENGINE_SQLITE ? "" : " FOR UPDATE SKIP LOCKED", which);
    const char *params[] = {life->run, subject->policy->name, order};
    Code code = life_query(life, arena, sql, params, order ? 3 : 2, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, list) = (Claim){.id = db_number(&rows, i, 0),
                                        .key = db_cell(&rows, i, 1),
                                        .hash = db_cell(&rows, i, 2),
                                        .attempts = db_number(&rows, i, 3),
                                        .fresh = fresh};
    return code;
}

Code claim_due(Batch *batch, Arena *arena, const Subject *subject, const char *order, int64_t limit,
               ClaimList *ret_list, Error *error)
{
    ClaimList list = {0};
    bool stale;
    Code code = batch_read_holds(batch, error);
    do {
        if (!code)
            code = batch_begin(batch, false, &stale, error);
        if (!code && stale)
            code = batch_read_holds(batch, error);
    } while (!code && stale);
    if (!code)
        code = claim(batch, arena, subject, order, false, limit, &list, error);
    if (!code && (int64_t)list.count < limit)
        code = claim(batch, arena, subject, order, true, limit, &list, error);
    if (!code)
        code = clock_note(batch->life, false, error);
    if (!code && list.count)
        code = batch_commit(batch,
                            &(AuditEvent){.action = "claim",
                                          .policy = subject->policy->name,
                                          .table = subject->table->title,
                                          .subjects = (int64_t)list.count},
                            error);
    else if (!code)
        code = life_commit(batch->life, error);
    if (code)
        return life_rollback(batch->life, code);
    *ret_list = list;
    return RUNG_OK;
}

/* ---- what cannot go ---- */

static Code change(Batch *batch, const Subject *subject, Claim *item, const char *action,
                   const char *sql, const char *problem, const char *extra, Error *error)
{
    Arena *arena = arena_new();
    Life *life = batch->life;
    const char *id = arena_print(arena, "%lld", (long long)item->id);
    const char *params[] = {id, life->run, problem, extra};
    DbRows rows;
    Code code = life_begin(life, error);
    if (!code)
        code = life_query(life, NULL, sql, params, extra ? 4 : 3, &rows, error);
    if (!code && rows.changed != 1)
        code = batch_lost(error);
    if (!code)
        code = audit_add(life,
                         &(AuditEvent){.action = action,
                                       .policy = subject->policy->name,
                                       .table = subject->table->title,
                                       .subjects = 1,
                                       .subject_hash = item->hash,
                                       .detail = problem},
                         error);
    if (!code)
        code = life_commit(life, error);
    item->out = true;
    arena_free(arena);
    return code ? life_rollback(life, code) : RUNG_OK;
}

Code claim_block(Batch *batch, const Subject *subject, Claim *claim, const char *reason,
                 Error *error)
{
    return change(batch, subject, claim, "held",
                  claim->fresh
                      ? "UPDATE {erasure} SET state = 'pending', claimed_at = NULL, problem ="
                        " $3 WHERE id = $1 AND run = $2 AND state = 'purging'"
                      : "UPDATE {erasure} SET problem = $3 WHERE id = $1 AND run = $2 AND"
                        " state = 'purging'",
                  reason, NULL, error);
}

Code claim_fail(Batch *batch, const Subject *subject, Claim *claim, const char *problem,
                Error *error)
{
    Arena *arena = arena_new();
    int64_t wait = FIRST_RETRY;
    for (int64_t i = 0; i < claim->attempts && wait < LONGEST_RETRY; i++)
        wait *= 4;
    wait = wait > LONGEST_RETRY ? LONGEST_RETRY : wait;
    Code code =
        change(batch, subject, claim, "failed",
               "UPDATE {erasure} SET attempts = attempts + 1, problem = $3, retry_at = {time"
               " {epoch {now}} + $4} WHERE id = $1 AND run = $2 AND state = 'purging'",
               problem, arena_print(arena, "%lld", (long long)wait), error);
    arena_free(arena);
    return code;
}

/* ---- for the lists ---- */

Code claim_list(Life *life, const ClaimList *list, size_t first, size_t last, Error *error)
{
    bool sqlite = life->engine == ENGINE_SQLITE;
    Arena *arena = arena_new();
    Text json = TEXT_EMPTY;
    Value *array = value_array();
    for (size_t i = first; i < last; i++) {
        if (list->at[i].out)
            continue;
        Value *row = value_array();
        value_append(row, value_text(arena_print(arena, "%zu", i + 1)));
        value_append(row, value_text(arena_print(arena, "%lld", (long long)list->at[i].id)));
        value_append(row, value_text(list->at[i].hash));
        value_append(row, value_text(list->at[i].key));
        value_append(array, row);
    }
    value_write(array, false, &json);
    Code code = db_exec(life->db,
                        sqlite ? "DROP TABLE IF EXISTS temp.rung_subjects"
                               : "DROP TABLE IF EXISTS pg_temp.rung_subjects",
                        error);
    if (!code)
        code = db_exec(life->db,
                       "CREATE TEMPORARY TABLE rung_subjects (s bigint PRIMARY KEY, request bigint,"
                       " hash text, key text)",
                       error);
    const char *text = text_string(&json);
    DbStatement insert = {
        .sql = sqlite ? "INSERT INTO rung_subjects SELECT json_extract(value, '$[0]'),"
                        " json_extract(value, '$[1]'), json_extract(value, '$[2]'),"
                        " json_extract(value, '$[3]') FROM json_each(?1)"
                      : "INSERT INTO rung_subjects SELECT (v->>0)::bigint, (v->>1)::bigint, v->>2,"
                        " v->>3 FROM json_array_elements($1::json) v",
        .params = &text,
        .param_count = 1};
    if (!code)
        code = db_query(life->db, arena, &insert, NULL, error);
    if (!code && !sqlite)
        code = db_exec(life->db, "ANALYZE rung_subjects", error);
    value_free(array);
    text_done(&json);
    arena_free(arena);
    return code;
}
