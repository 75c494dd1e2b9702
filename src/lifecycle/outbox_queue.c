/* The way of a message: pending, sending, then sent; or failed, when the other side refuses it for
 * good, or dead, when it was tried often enough. */
#include "base/hash.h"
#include "base/text.h"
#include "lifecycle/outbox.h"

enum { LONGEST_WAIT = 6 * 3600, LONGEST_ASKED = 86400, ERROR_LIMIT = 500 };

#define COLUMNS                                                                                    \
    "id, request, event, channel, state, message_id, subject, subject_hash, key, address,"         \
    " payload, {epoch created_at}, {epoch due_at}, {epoch next_attempt_at}, {epoch sent_at},"      \
    " attempts, last_error"

static OutboxMessage read_row(const DbRows *rows, size_t row)
{
    return (OutboxMessage){
        .id = db_number(rows, row, 0),
        .request = db_number(rows, row, 1),
        .event = db_cell(rows, row, 2),
        .channel = db_cell(rows, row, 3),
        .state = db_cell(rows, row, 4),
        .message_id = db_cell(rows, row, 5),
        .subject = db_cell(rows, row, 6),
        .hash = db_cell(rows, row, 7),
        .key = db_cell(rows, row, 8),
        .address = db_cell(rows, row, 9),
        .payload = db_cell(rows, row, 10),
        .created_at = db_number(rows, row, 11),
        .due_at = db_number(rows, row, 12),
        .next_attempt_at = db_number(rows, row, 13),
        .sent_at = db_number(rows, row, 14),
        .attempts = db_number(rows, row, 15),
        .error = db_cell(rows, row, 16),
    };
}

static const char *number(Arena *arena, int64_t value)
{
    return arena_print(arena, "%lld", (long long)value);
}

/* ---- taking ---- */

/* Rows of one request wait for each other: nobody learns of the end before the beginning. */
#define IS_DUE                                                                                     \
    "((o.state = 'pending' AND o.next_attempt_at <= {now}) OR (o.state = 'sending' AND"            \
    " o.held_until < {now}))"
#define IS_FIRST                                                                                   \
    "NOT EXISTS (SELECT 1 FROM {outbox} b WHERE b.request = o.request AND b.channel = o.channel"   \
    " AND b.id < o.id AND b.state IN ('pending', 'sending'))"

typedef struct Taking {
    Arena *arena;
    const char *channel;
    int64_t limit;
    OutboxList list;
    int64_t wait;
} Taking;

static Code find_wait(Life *life, Taking *taking, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, taking->arena, &rows, error,
                     "SELECT min(CASE o.state WHEN 'pending' THEN {epoch o.next_attempt_at} ELSE"
                     " {epoch o.held_until} + 1 END) - {epoch {now}} FROM {outbox} o WHERE"
                     " o.channel = $1 AND o.state IN ('pending', 'sending') AND " IS_FIRST,
                     taking->channel);
    if (!code) {
        int64_t wait = db_number(&rows, 0, 0);
        taking->wait = !db_cell(&rows, 0, 0) ? -1 : wait > 0 ? wait : 0;
    }
    return code;
}

static Code take(Life *life, void *context, Error *error)
{
    Taking *taking = context;
    Arena *arena = taking->arena;
    DbRows rows;
    const char *sql = arena_print(
        arena,
        "UPDATE {outbox} SET state = 'sending', holder = $1, attempts = attempts + 1, held_until ="
        " {time {epoch {now}} + %lld} WHERE id IN (SELECT o.id FROM {outbox} o WHERE o.channel ="
        " $2 AND o.state IN ('pending', 'sending') AND " IS_DUE " AND " IS_FIRST
        " ORDER BY o.next_attempt_at, o.id LIMIT %lld%s) RETURNING " COLUMNS,
        (long long)(life->notify->lease_ms + 999) / 1000, (long long)taking->limit,
        life->engine == ENGINE_SQLITE ? "" : " FOR UPDATE OF o SKIP LOCKED");
    taking->list = (OutboxList){0};
    Code code = LIFE(life, arena, &rows, error, sql, life->run, taking->channel);
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, &taking->list) = read_row(&rows, i);
    return code;
}

/* Looking first costs SQLite no write lock. */
static Code is_any_due(Life *life, const Taking *taking, bool *ret_due, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, taking->arena, &rows, error,
                     "SELECT 1 FROM {outbox} o WHERE o.channel = $1 AND o.state IN ('pending',"
                     " 'sending') AND " IS_DUE " LIMIT 1",
                     taking->channel);
    *ret_due = !code && rows.count;
    return code;
}

Code outbox_take(Life *life, Arena *arena, const char *channel, int64_t limit, OutboxList *ret_list,
                 int64_t *ret_wait, Error *error)
{
    Taking taking = {.arena = arena, .channel = channel, .limit = limit};
    bool due;
    Code code = is_any_due(life, &taking, &due, error);
    if (!code && due)
        code = life_transaction(life, take, &taking, error);
    if (!code)
        code = find_wait(life, &taking, error);
    if (code)
        return code;
    *ret_list = taking.list;
    *ret_wait = taking.wait;
    return RUNG_OK;
}

/* ---- what became of it ---- */

static Code lost(int64_t id, Error *error)
{
    error_set(error, RUNG_LOCKED, "message %lld is another's by now", (long long)id);
    return error_hint(error, "the lease was over before it was sent; notify.lease is longer");
}

#define IS_OURS " WHERE id = CAST($1 AS bigint) AND state = 'sending' AND holder = $2"

Code outbox_done(Life *life, int64_t id, const char *holder, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "UPDATE {outbox} SET state = 'sent', sent_at = {now}, ended_at = {now},"
                     " address = NULL, key = NULL, payload = '{}', last_error = NULL, holder ="
                     " NULL, held_until = NULL" IS_OURS,
                     number(arena, id), holder);
    arena_free(arena);
    return code || rows.changed ? code : lost(id, error);
}

/* Twice as long each time, and not all at the same moment: between a half and one and a half. */
static int64_t wait_after(const Life *life, int64_t attempts, int64_t least)
{
    int64_t wait = life->notify->backoff_ms, longest = (int64_t)LONGEST_WAIT * 1000;
    uint32_t random;
    for (int64_t i = 1; i < attempts && wait < longest; i++)
        wait *= 2;
    wait = wait < longest ? wait : longest;
    random_bytes(&random, sizeof random);
    wait = wait / 2 + (int64_t)((uint64_t)wait * random / UINT32_MAX);
    wait = (wait + 999) / 1000;
    least = least < LONGEST_ASKED ? least : LONGEST_ASKED;
    return wait > least ? wait : least;
}

/* At most ERROR_LIMIT bytes, whole characters. */
static const char *cut(Arena *arena, const char *reason)
{
    size_t length = strlen(reason);
    if (length > ERROR_LIMIT)
        for (length = ERROR_LIMIT; length && ((unsigned char)reason[length] & 0xC0) == 0x80;)
            length--;
    return arena_copy(arena, reason, length);
}

typedef struct Failing {
    Arena *arena;
    int64_t id;
    const char *holder;
    const OutboxFailure *failure;
    const char *state;
    int64_t wait;
} Failing;

static Code fail(Life *life, void *context, Error *error)
{
    Failing *failing = context;
    const OutboxFailure *failure = failing->failure;
    Arena *arena = failing->arena;
    const char *id = number(arena, failing->id);
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error, "SELECT attempts FROM {outbox}" IS_OURS, id,
                     failing->holder);
    if (code || !rows.count)
        return code ? code : lost(failing->id, error);
    int64_t attempts = db_number(&rows, 0, 0), most = failure->attempts;
    if (!most || most > life->notify->attempts)
        most = life->notify->attempts;
    failing->state = failure->final ? "failed" : attempts >= most ? "dead" : "pending";
    bool again = strcmp(failing->state, "pending") == 0;
    failing->wait = again ? wait_after(life, attempts, failure->wait) : 0;
    code = LIFE(life, arena, &rows, error,
                arena_print(arena,
                            "UPDATE {outbox} SET state = $3, last_error = $4, holder = NULL,"
                            " held_until = NULL, next_attempt_at = {time {epoch {now}} + %lld},"
                            " ended_at = %s" IS_OURS,
                            (long long)failing->wait, again ? "NULL" : "{now}"),
                id, failing->holder, failing->state, cut(arena, failure->reason));
    return code || rows.changed ? code : lost(failing->id, error);
}

Code outbox_fail(Life *life, int64_t id, const char *holder, const OutboxFailure *failure,
                 Arena *arena, const char **ret_state, int64_t *ret_wait, Error *error)
{
    Failing failing = {.arena = arena, .id = id, .holder = holder, .failure = failure};
    Code code = life_transaction(life, fail, &failing, error);
    if (code)
        return code;
    *ret_state = failing.state;
    *ret_wait = failing.wait;
    return RUNG_OK;
}

Code outbox_release(Life *life, int64_t id, const char *holder, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "UPDATE {outbox} SET state = 'pending', attempts = attempts - 1, holder ="
                     " NULL, held_until = NULL" IS_OURS,
                     number(arena, id), holder);
    arena_free(arena);
    return code || rows.changed ? code : lost(id, error);
}

Code outbox_retry(Life *life, int64_t id, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    const char *text = number(arena, id);
    Code code = LIFE(life, arena, &rows, error,
                     "UPDATE {outbox} SET state = 'pending', attempts = 0, ended_at = NULL,"
                     " next_attempt_at = {now} WHERE id = CAST($1 AS bigint) AND state IN"
                     " ('pending', 'failed', 'dead')",
                     text);
    bool changed = !code && rows.changed;
    if (!code && !changed)
        code = LIFE(life, arena, &rows, error,
                    "SELECT state FROM {outbox} WHERE id = CAST($1 AS bigint)", text);
    if (!code && !changed && !rows.count) {
        error_set(error, RUNG_UNKNOWN, "there is no message %s", text);
        code = error_hint(error, "`rung outbox list` has the numbers");
    } else if (!code && !changed)
        code = error_set(error, RUNG_REFUSED, "message %s is %s", text,
                         strcmp(db_cell(&rows, 0, 0), "sent") == 0 ? "sent" : "being sent now");
    arena_free(arena);
    return code;
}

/* ---- looking ---- */

#define COUNT_OF(states)                                                                           \
    "SELECT state, count(*), min({epoch created_at}) FROM {outbox} WHERE state IN (" states        \
    ") GROUP BY state"

/* What was sent is many rows: it is counted only when it is wanted. */
static Code read_counts(Life *life, bool all, OutboxCounts *ret_counts, Error *error)
{
    Arena *arena = arena_new();
    OutboxCounts counts = {0};
    DbRows rows;
    Code code =
        LIFE(life, arena, &rows, error,
             all ? COUNT_OF("'pending', 'sending'") " UNION ALL " COUNT_OF(
                       "'failed', 'dead'") " UNION ALL " COUNT_OF("'sent'")
                 : COUNT_OF("'pending', 'sending'") " UNION ALL " COUNT_OF("'failed', 'dead'"));
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *state = db_cell(&rows, i, 0);
        bool pending = strcmp(state, "pending") == 0, sending = strcmp(state, "sending") == 0;
        int64_t oldest = db_number(&rows, i, 2);
        *(pending                        ? &counts.pending
          : sending                      ? &counts.sending
          : strcmp(state, "failed") == 0 ? &counts.failed
          : strcmp(state, "dead") == 0   ? &counts.dead
                                         : &counts.sent) = db_number(&rows, i, 1);
        if ((pending || sending) && (!counts.oldest_at || oldest < counts.oldest_at))
            counts.oldest_at = oldest;
    }
    if (!code)
        *ret_counts = counts;
    arena_free(arena);
    return code;
}

Code outbox_count(Life *life, OutboxCounts *ret_counts, Error *error)
{
    *ret_counts = (OutboxCounts){0};
    if (!life->notify || !life->notify->line)
        return RUNG_OK;
    return read_counts(life, false, ret_counts, error);
}

Code outbox_list(Life *life, Arena *arena, bool all, int64_t limit, OutboxList *ret_list,
                 OutboxCounts *ret_counts, Error *error)
{
    DbRows rows = {0};
    const char *which = all ? "" : " WHERE state <> 'sent'";
    const char *sql =
        limit ? arena_print(arena, "SELECT " COLUMNS " FROM {outbox}%s ORDER BY id DESC LIMIT %lld",
                            which, (long long)limit)
              : arena_print(arena, "SELECT " COLUMNS " FROM {outbox}%s ORDER BY id DESC", which);
    Code code = LIFE(life, arena, &rows, error, sql);
    for (size_t i = rows.count; !code && i > 0; i--)
        *vec_add(arena, ret_list) = read_row(&rows, i - 1);
    return code ? code : read_counts(life, all, ret_counts, error);
}
