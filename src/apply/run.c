/* Passes: plan, lock, run, and again until nothing is left or something fails for good. */
#include "apply/runner.h"
#include "base/clock.h"
#include "base/file.h"

/* ---- connecting ---- */

static void tell_server(void *context, const char *severity, const char *message)
{
    bool warning = strcmp(severity, "WARNING") == 0;
    const RunObserver *observer = ((const Runner *)context)->options.observer;
    if (observer) {
        observer->notice(observer->context, severity, message);
        return;
    }
    runner_tell(context, warning ? RUNG_EVENT_WARNING : RUNG_EVENT_SERVER, NULL, 0, 0, 0, "%s",
                message);
}

Code runner_settings(Runner *runner, Error *error)
{
    char *sql = arena_print(
        runner->arena,
        "SELECT set_config('lock_timeout', '%d', false), set_config('statement_timeout', '%d',"
        " false), set_config('synchronous_commit', 'off', false),"
        " set_config('idle_in_transaction_session_timeout', '0', false)",
        runner->options.lock_timeout_ms, runner->options.statement_timeout_ms);
    return db_exec(runner->db, sql, error);
}

Code runner_open(Runner *runner, Error *error)
{
    DbOptions options = {.notice = tell_server,
                         .waiting = watch_statement,
                         .busy_timeout_ms = 200,
                         .context = runner};
    Code code = db_open(runner->url, &options, &runner->db, error);
    if (!code && runner->options.active)
        *runner->options.active = runner->db;
    return code;
}

void runner_close(Runner *runner)
{
    if (runner->options.active)
        *runner->options.active = NULL;
    db_close(runner->db);
    db_close(runner->watcher);
    runner->db = runner->watcher = NULL;
    runner->locked = false;
}

Code runner_lock(Runner *runner, Error *error)
{
    if (db_engine(runner->db) == ENGINE_SQLITE || runner->locked)
        return RUNG_OK;
    Code code = lock_take(runner, error);
    if (!code)
        code = runner_settings(runner, error);
    if (!code && !runner->plan.history.present) {
        History history;
        code = history_read(runner->db, runner->plan.arena, &history, error);
        if (!code && !history.present) {
            runner->committing.type = COMMITS_HISTORY;
            code = history_create(runner->db, error);
        }
        if (!code || !db_lost(runner->db))
            runner->committing = (Committing){0};
    }
    return code;
}

/* ---- passes ---- */

/* Plans from what the database says now. */
static Code runner_plan(Runner *runner, Error *error)
{
    arena_free(runner->plan.arena);
    runner->plan = (RunPlan){.arena = arena_new()};
    RunPlan plan = {.arena = runner->plan.arena, .graph = runner->graph, .undo = runner->undo};
    Code code = runner->planned ? plan_again(runner, &plan, error)
                                : run_plan(runner->db, runner->plan.arena, runner->graph,
                                           runner->target, runner->undo, &plan, error);
    if (code)
        return code;
    for (size_t i = 0; !runner->planned && i < plan.path.count; i++)
        *vec_add(runner->arena, &runner->goal) = plan.path.at[i];
    runner->planned = true;
    runner->plan = plan;
    return RUNG_OK;
}

/* What looks half-done or moved may be another run at work: look again when it has ended. */
static Code plan_behind_lock(Runner *runner, Error *error)
{
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    Error first = *error, ignored;
    Code code = sqlite ? lease_begin(runner, false, error) : runner_lock(runner, error);
    if (!code)
        code = runner_plan(runner, error);
    else if (code == RUNG_FAILED) {
        *error = first; /* a file that may not be written, for example */
        code = first.code;
    }
    if (sqlite && runner->db && db_in_transaction(runner->db))
        db_exec(runner->db, "ROLLBACK", &ignored);
    return code;
}

static Code one_pass(Runner *runner, bool *ret_done, Error *error)
{
    Code code = runner_plan(runner, error);
    if (code == RUNG_MISMATCH && !runner->locked && !runner->lease)
        code = plan_behind_lock(runner, error);
    *ret_done = false;
    if (code)
        return code;
    if (!runner->plan.path.count) {
        *ret_done = true;
        return RUNG_OK;
    }
    runner->total = runner->goal.count;
    code = scripts_check(runner, error);
    bool was_locked = runner->locked || db_engine(runner->db) == ENGINE_SQLITE;
    if (!code)
        code = runner_lock(runner, error);
    if (code || !was_locked)
        return code; /* the next pass plans again, under the lock */
    if (runner->plan.resumed) {
        runner->summary->resumed = true;
        runner_tell(runner, RUNG_EVENT_NOTICE, runner->plan.resumed, 0, 0, 0,
                    "resuming revision %s where it stopped", runner->plan.resumed->id);
    }
    return db_engine(runner->db) == ENGINE_SQLITE ? pass_sqlite(runner, error)
                                                  : pass_postgresql(runner, error);
}

/* What the history says was committed, and no answer to its COMMIT came. */
static void tell_committed(Runner *runner)
{
    for (size_t i = 0; i < runner->goal.count; i++) {
        const Revision *revision = runner->goal.at[i];
        bool told = runner->plan.applied.has[revision->order] == runner->undo;
        for (size_t k = 0; !told && k < runner->summary->done.count; k++)
            told = runner->summary->done.at[k] == revision;
        if (!told)
            runner_done(runner, revision, 0);
    }
}

static bool was_committed(const Runner *runner, const Committing *committing)
{
    switch (committing->type) {
    case COMMITS_REVISION:
        return runner->plan.applied.has[committing->revision->order] != runner->undo;
    case COMMITS_STEP:
        return journal_has(runner, committing);
    case COMMITS_HISTORY:
    case COMMITS_NOTHING:
        break;
    }
    return false;
}

/* "a step of revision 005" */
static const char *what_was_committed(const Runner *runner, const Committing *committing)
{
    if (committing->type == COMMITS_NOTHING)
        return "what was under way";
    return arena_print(runner->arena, "%srevision %s",
                       committing->type == COMMITS_STEP ? "a step of " : "",
                       committing->revision->id);
}

static Code open_again(Runner *runner, const Error *lost, Error *error)
{
    for (int attempt = 0; runner_open(runner, error); attempt++) {
        if (attempt == 20 || runner_cancelled(runner)) {
            *error = *lost;
            return lost->code;
        }
        clock_sleep_ms(250);
    }
    return RUNG_OK;
}

/* After a lost connection: connect again, wait until the old session is gone (the lock says so),
 * and let the history tell what was committed. */
static Code reconnect(Runner *runner, Error *error)
{
    Error lost = *error;
    Committing committing = runner->committing;
    runner_close(runner);
    runner->committing = (Committing){0};
    Code code = open_again(runner, &lost, error);
    if (!code)
        code = runner_plan(runner, error);
    if (!code)
        code = runner_lock(runner, error);
    if (!code)
        code = runner_plan(runner, error);
    if (code)
        return code;
    tell_committed(runner);
    if (committing.type == COMMITS_HISTORY)
        return RUNG_OK; /* it is there, or runner_lock created it once more */
    const char *what = what_was_committed(runner, &committing);
    if (was_committed(runner, &committing)) {
        runner_tell(runner, RUNG_EVENT_WARNING, committing.revision, 0, 0, 0,
                    "the connection was lost while %s was being committed; the history says that "
                    "it was",
                    what);
        return RUNG_OK;
    }
    *error = lost;
    error_hint(error,
               "the history says that %s was not committed: nothing of it is in the database, "
               "unless a resumable step is named by `rung status`; run the same command again",
               what);
    return lost.code;
}

enum { LOG_WAIT_MS = 2000 };

void runner_log_failure(Runner *runner, const Error *error)
{
    HistoryEvent event = {
        .event = "failed", .detail = error->message, .started_us = clock_monotonic_us()};
    Error ignored;
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    bool worth = error->code == RUNG_FAILED || error->code == RUNG_INVALID ||
                 error->code == RUNG_INTERRUPTED;
    if (!worth || !runner->planned || db_lost(runner->db) || (!sqlite && !runner->locked))
        return;
    if (error->revision[0] && runner->graph)
        event.revision = graph_find(runner->graph, error->revision);
    if (runner->options.lock_wait_ms > LOG_WAIT_MS)
        runner->options.lock_wait_ms = LOG_WAIT_MS; /* the user waits for the error */
    if (sqlite && lease_begin(runner, false, &ignored))
        return;
    if (!sqlite && db_exec(runner->db, "BEGIN", &ignored))
        return;
    if (!sqlite)
        db_exec(runner->db, "SET LOCAL synchronous_commit TO DEFAULT", &ignored);
    Code code = history_record(runner->db, runner->plan.arena, runner->run_id, runner->actor,
                               &event, &ignored);
    if (sqlite && !code)
        lease_commit(runner, false, &ignored);
    else
        db_exec(runner->db, code ? "ROLLBACK" : "COMMIT", &ignored);
}

static Code run_passes(Runner *runner, Error *error)
{
    int attempt = 0;
    int64_t busy_since_us = 0;
    for (;;) {
        bool done = false;
        size_t before = runner->summary->done.count;
        runner->blockers = NULL;
        runner->watched_us = 0;
        Code code =
            runner_cancelled(runner) ? runner_interrupted(error) : one_pass(runner, &done, error);
        if (code) {
            wait_judge(runner, error);
            code = error->code;
        }
        if (runner->summary->done.count > before) {
            attempt = 0;
            busy_since_us = 0;
        }
        if (!code && done)
            return RUNG_OK;
        if (!code)
            continue;
        if (error_is_busy(error) && !(code = wait_busy(runner, &busy_since_us, error)))
            continue;
        if (runner->moved) {
            runner->moved = false;
            continue;
        }
        if (runner->db && db_lost(runner->db)) {
            code = reconnect(runner, error);
            if (!code)
                continue;
        } else if (error_may_retry(error) && attempt < runner->options.retries) {
            retry_pause(runner, ++attempt, error);
            continue;
        } else if (error_may_retry(error) && runner->blockers)
            error_hint(error, "tried %d times; it waited for %s", attempt + 1, runner->blockers);
        if (runner->db)
            runner_log_failure(runner, error);
        return code;
    }
}

static Code stamp_under_lock(Runner *runner, const RevisionList *heads, bool forget_unknown,
                             Error *error)
{
    Code code = history_read(runner->db, runner->plan.arena, &runner->plan.history, error);
    if (!code)
        code = runner_lock(runner, error);
    return code ? code : stamp_pass(runner, heads, forget_unknown, error);
}

/* An SQLite file that is not there yet: what will be refused is refused before it is created, and
 * where nothing is to be run it is not. */
static Code plan_new_file(Runner *runner, bool *ret_needed, Error *error)
{
    const char *path = runner->url->path;
    *ret_needed = true;
    if (runner->url->engine != ENGINE_SQLITE || strcmp(path, ":memory:") == 0 ||
        strncmp(path, "file:", 5) == 0 || file_exists(path) || folder_exists(path))
        return RUNG_OK;
    Code code = runner_plan(runner, error);
    *ret_needed = runner->plan.path.count > 0;
    return code ? code : scripts_check(runner, error);
}

char *runner_new_id(Arena *arena)
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    return arena_print(arena, "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
                       b[4], b[5], b[6], b[7], b[8], b[9]);
}

Code run_to(const DbUrl *url, const Graph *graph, const char *target, bool undo,
            const RunOptions *options, Arena *arena, RunSummary *ret_summary, Error *error)
{
    RunSummary summary = {0};
    Runner runner = {.url = url,
                     .graph = graph,
                     .target = target,
                     .undo = undo,
                     .options = *options,
                     .arena = arena,
                     .run_id = runner_new_id(arena),
                     .actor = history_actor(arena),
                     .summary = &summary};
    bool needed;
    int64_t start = clock_monotonic_us();
    runner.scripts =
        arena_alloc_array(arena, graph_revisions(graph)->count + 1, sizeof *runner.scripts);
    Code code = plan_new_file(&runner, &needed, error);
    if (!code && needed)
        code = runner_open(&runner, error);
    if (!code && needed)
        code = run_passes(&runner, error);
    if (!code)
        graph_set_heads(graph, arena, &runner.plan.applied, &summary.current);
    if (runner.db) {
        lock_release(&runner);
        lease_release(&runner);
    }
    scripts_free(&runner);
    arena_free(runner.plan.arena);
    runner_close(&runner);
    summary.elapsed_us = clock_monotonic_us() - start;
    *ret_summary = summary;
    return code;
}

Code run_stamp(const DbUrl *url, const Graph *graph, const RevisionList *heads, bool forget_unknown,
               const RunOptions *options, Arena *arena, RunSummary *ret_summary, Error *error)
{
    RunSummary summary = {0};
    Runner runner = {.url = url,
                     .graph = graph,
                     .options = *options,
                     .arena = arena,
                     .run_id = runner_new_id(arena),
                     .actor = history_actor(arena),
                     .plan = {.arena = arena_new()},
                     .summary = &summary};
    Code code = runner_open(&runner, error);
    if (!code)
        code = stamp_under_lock(&runner, heads, forget_unknown, error);
    lock_release(&runner);
    arena_free(runner.plan.arena);
    runner_close(&runner);
    *ret_summary = summary;
    return code;
}
