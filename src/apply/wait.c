/* Politeness: who is waited for, and how long to rest before the next attempt. */
#include "apply/runner.h"
#include "base/clock.h"

enum {
    FIRST_PAUSE_MS = 250,
    LONGEST_PAUSE_MS = 10000,
    WATCH_AFTER_US = 250000,
    WATCH_EVERY_US = 1000000
};

bool error_may_retry(const Error *error)
{
    static const char *const states[] = {"55P03", "40P01", "40001"};
    if (error->code != RUNG_FAILED)
        return false;
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(error->sqlstate, states[i]) == 0)
            return true;
    return false;
}

bool error_is_busy(const Error *error)
{
    return error->code == RUNG_FAILED &&
           strncmp(error->detail, "SQLITE_BUSY", strlen("SQLITE_BUSY")) == 0;
}

Code wait_busy(Runner *runner, int64_t *since_us, Error *error)
{
    int64_t now = clock_monotonic_us();
    if (runner_cancelled(runner))
        return runner_interrupted(error);
    if (!*since_us) {
        *since_us = now;
        runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0,
                    "waiting for another connection that keeps the file locked");
    }
    if (now - *since_us >= (int64_t)runner->options.lock_wait_ms * 1000)
        return lock_busy(runner, error);
    clock_sleep_ms(100);
    return RUNG_OK;
}

void retry_pause(Runner *runner, int attempt, const Error *error)
{
    int64_t pause = FIRST_PAUSE_MS;
    for (int i = 1; i < attempt && pause < LONGEST_PAUSE_MS; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE_MS)
        pause = LONGEST_PAUSE_MS;
    uint32_t random;
    random_bytes(&random, sizeof random);
    pause = pause / 2 + (int64_t)(random % (uint32_t)pause);
    runner_tell(runner, RUNG_EVENT_RETRY, NULL, attempt, runner->options.retries, pause * 1000,
                "%s%s%s; attempt %d of %d in %.1f s", error->message,
                runner->blockers ? ", held by " : "", runner->blockers ? runner->blockers : "",
                attempt + 1, runner->options.retries + 1, (double)pause / 1000);
    for (; pause > 0 && !runner_cancelled(runner); pause -= 100)
        clock_sleep_ms(pause < 100 ? pause : 100);
}

static Code watcher_open(Runner *runner, Error *error)
{
    DbOptions options = {.read_only = true, .application = "rung (watching)"};
    return runner->watcher ? RUNG_OK : db_open(runner->url, &options, &runner->watcher, error);
}

const char *watch_blockers(Runner *runner)
{
    static const char sql[] =
        "SELECT string_agg('pid ' || a.pid || ' (' || concat_ws(', ', 'user ' || a.usename,"
        " nullif(a.application_name, ''), a.state, 'transaction open for ' || round(extract(epoch"
        " FROM clock_timestamp() - a.xact_start))::text || ' s') || '): '"
        " || coalesce(nullif(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80), ''), '(query not"
        " visible)'), '; ' ORDER BY a.pid)"
        " FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1::int))";
    Error ignored;
    DbRows rows;
    if (watcher_open(runner, &ignored))
        return NULL;
    const char *pid = arena_print(runner->arena, "%d", db_backend_pid(runner->db));
    DbStatement statement = {.sql = sql, .params = &pid, .param_count = 1, .keep = true};
    if (db_query(runner->watcher, runner->arena, &statement, &rows, &ignored))
        return NULL;
    return rows.count ? db_cell(&rows, 0, 0) : NULL;
}

static void name_blockers(Runner *runner)
{
    runner->watched_us = clock_monotonic_us();
    const char *blockers = watch_blockers(runner);
    if (blockers && (!runner->blockers || strcmp(blockers, runner->blockers) != 0))
        runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0, "waiting for a lock held by %s",
                    blockers);
    if (blockers)
        runner->blockers = blockers;
}

/* ---- all waits of one transaction ----
 *
 * The server's lock_timeout is for each lock anew. Whoever needs what the transaction holds already
 * waits for the sum, so the sum is kept below it, too. */

enum { LOOK_EVERY_US = 100000, SLIGHT_US = 20000 };

/* pg_locks.waitstart is there from 14 on; before it, what is waited for now is waited for since the
 * last look. */
#define WAIT_QUERY(start)                                                                          \
    "SELECT (extract(epoch FROM a.xact_start) * 1e6)::int8,"                                       \
    " (extract(epoch FROM clock_timestamp()) * 1e6)::int8, l.pid IS NOT NULL,"                     \
    " (extract(epoch FROM " start ") * 1e6)::int8 FROM pg_stat_activity a LEFT JOIN pg_locks l"    \
    " ON l.pid = a.pid AND NOT l.granted AND l.locktype <> 'virtualxid'"                           \
    " WHERE a.pid = $1::int AND a.xact_start IS NOT NULL"

static Code patience_look(Runner *runner, int64_t *ret_now)
{
    static const char recent[] = WAIT_QUERY("l.waitstart"), old[] = WAIT_QUERY("NULL::timestamptz");
    Patience *patience = &runner->patience;
    Error ignored;
    DbRows rows;
    char pid[16];
    const char *param = pid;
    Code code = watcher_open(runner, &ignored);
    patience->blind = code != RUNG_OK;
    if (code)
        return code;
    patience->guesses = db_version(runner->watcher) < 140000;
    snprintf(pid, sizeof pid, "%d", db_backend_pid(runner->db));
    DbStatement statement = {
        .sql = patience->guesses ? old : recent, .params = &param, .param_count = 1, .keep = true};
    Arena *arena = arena_new();
    code = db_query(runner->watcher, arena, &statement, &rows, &ignored);
    if (!code && rows.count) {
        int64_t transaction = strtoll(db_cell(&rows, 0, 0), NULL, 10);
        int64_t now = strtoll(db_cell(&rows, 0, 1), NULL, 10);
        bool waits = db_cell(&rows, 0, 2)[0] == 't';
        const char *start = db_cell(&rows, 0, 3);
        if (transaction != patience->transaction)
            *patience = (Patience){
                .guesses = patience->guesses, .transaction = transaction, .looked = transaction};
        int64_t guess = patience->since ? patience->since : patience->looked;
        int64_t since = !waits ? 0 : start ? strtoll(start, NULL, 10) : guess;
        bool other = since != patience->since;
        if (patience->since && other)
            patience->waited += (since ? since : now) - patience->since;
        else if (other && since > patience->looked)
            patience->waited += since - patience->looked; /* perhaps for one that nobody saw */
        patience->since = since;
        patience->looked = *ret_now = now;
    } else
        code = RUNG_FAILED;
    arena_free(arena);
    return code;
}

/* What is left of lock_timeout for the wait that goes on; where that is all of it, the server keeps
 * the time itself. */
static bool patience_left(Runner *runner, int64_t *ret_left)
{
    int64_t now;
    const Patience *patience = &runner->patience;
    if (patience_look(runner, &now) || !patience->since ||
        (patience->waited < SLIGHT_US && !patience->guesses))
        return false;
    *ret_left = (int64_t)runner->options.lock_timeout_ms * 1000 - patience->waited -
                (now - patience->since);
    return true;
}

static void patience_watch(Runner *runner)
{
    int64_t left;
    if (runner->patience.endless || runner->patience.over || runner->patience.blind ||
        !runner->options.lock_timeout_ms || runner->options.observer ||
        !patience_left(runner, &left) || left > LOOK_EVERY_US)
        return;
    if (!runner->blockers)
        name_blockers(runner); /* afterwards nobody is in the way */
    if (left > 0) {            /* the next look would come too late */
        clock_sleep_ms(left / 1000 + 1);
        if (!patience_left(runner, &left) || left > 0)
            return;
    }
    runner->patience.over = true;
    db_cancel(runner->db);
}

void wait_judge(Runner *runner, Error *error)
{
    bool over = runner->patience.over;
    runner->patience.over = false;
    if (!over || error->code != RUNG_INTERRUPTED || runner_cancelled(runner))
        return;
    error->code = RUNG_FAILED;
    snprintf(error->sqlstate, sizeof error->sqlstate, "55P03");
    snprintf(
        error->message, sizeof error->message,
        "canceling statement due to lock timeout: the locks of its transaction were waited for "
        "for %d ms in all",
        runner->options.lock_timeout_ms);
    error->detail[0] = '\0';
}

void watch_statement(void *context)
{
    Runner *runner = context;
    int64_t now = clock_monotonic_us();
    const RunObserver *observer = runner->options.observer;
    if (observer && runner->db)
        observer->waiting(observer->context, runner->db);
    if (!runner->db || db_engine(runner->db) != ENGINE_POSTGRESQL)
        return;
    if (now - runner->statement_since_us >= WATCH_AFTER_US &&
        now - runner->watched_us >= WATCH_EVERY_US)
        name_blockers(runner);
    patience_watch(runner);
}
