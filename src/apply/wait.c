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

void watch_statement(void *context)
{
    Runner *runner = context;
    int64_t now = clock_monotonic_us();
    const RunObserver *observer = runner->options.observer;
    if (observer && runner->db)
        observer->waiting(observer->context, runner->db);
    if (!runner->db || db_engine(runner->db) != ENGINE_POSTGRESQL)
        return;
    if (now - runner->statement_since_us < WATCH_AFTER_US ||
        now - runner->watched_us < WATCH_EVERY_US)
        return;
    runner->watched_us = now;
    const char *blockers = watch_blockers(runner);
    if (blockers && (!runner->blockers || strcmp(blockers, runner->blockers) != 0))
        runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0, "waiting for a lock held by %s",
                    blockers);
    if (blockers)
        runner->blockers = blockers;
}
