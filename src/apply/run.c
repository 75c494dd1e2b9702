/* Plans and passes. */
#include "apply/run.h"
#include "apply/runner.h"
#include "base/clock.h"
#include "base/file.h"

#include <stdarg.h>

/* ---- telling ---- */

void runner_tell(const Runner *runner, rung_event_type type, const Revision *revision, int64_t done,
                 int64_t total, int64_t elapsed_us, const char *format, ...)
{
    Text text = TEXT_EMPTY;
    va_list list;
    if (!runner->options.on_event)
        return;
    va_start(list, format);
    text_print_list(&text, format, list);
    va_end(list);
    rung_event event = {.type = type,
                        .revision = revision ? revision->id : NULL,
                        .text = text_string(&text),
                        .done = done,
                        .total = total,
                        .elapsed_us = elapsed_us,
                        .undo = runner->undo};
    runner->options.on_event(runner->options.context, &event);
    text_done(&text);
}

static void tell_server(void *context, const char *severity, const char *message)
{
    bool warning = strcmp(severity, "WARNING") == 0;
    runner_tell(context, warning ? RUNG_EVENT_WARNING : RUNG_EVENT_SERVER, NULL, 0, 0, 0, "%s",
                message);
}

bool runner_cancelled(const Runner *runner)
{
    return runner->options.cancelled && *runner->options.cancelled;
}

Code runner_interrupted(Error *error)
{
    return error_set(error, RUNG_INTERRUPTED, "interrupted");
}

void runner_start(Runner *runner, const Revision *revision)
{
    runner_tell(runner, RUNG_EVENT_START, revision, (int64_t)runner->summary->done.count,
                (int64_t)runner->total, 0, "%s", revision->message);
}

void runner_done(Runner *runner, const Revision *revision, int64_t elapsed_us)
{
    *vec_add(runner->arena, &runner->summary->done) = revision;
    runner_tell(runner, RUNG_EVENT_DONE, revision, (int64_t)runner->summary->done.count,
                (int64_t)runner->total, elapsed_us, "%s", revision->message);
}

/* ---- planning ---- */

static Code unknown_revision(const char *id, const char *what, Error *error)
{
    error_set(error, RUNG_MISMATCH, "the database %s revision %s, which no file in the folder has",
              what, id);
    return error_hint(error, "is the folder up to date with the branch that ran last? "
                             "`rung stamp REV --force` sets the mark to a known revision");
}

static Code plan_applied(RunPlan *plan, Error *error)
{
    size_t count = plan->history.heads.count;
    const char **ids = arena_alloc_array(plan->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = plan->history.heads.at[i].revision;
        if (!graph_find(plan->graph, ids[i]))
            return unknown_revision(ids[i], "is at", error);
    }
    return graph_applied(plan->graph, plan->arena, ids, count, &plan->applied, error);
}

/* The chain of a head covers everything below it: one comparison a head finds any edit. */
static const HistoryHead *edited_head(const RunPlan *plan)
{
    for (size_t i = 0; i < plan->history.heads.count; i++) {
        const HistoryHead *head = &plan->history.heads.at[i];
        if (strcmp(graph_find(plan->graph, head->revision)->chain, head->chain) != 0)
            return head;
    }
    return NULL;
}

/* The files whose text is not the one that the log saw, by the newest entry of each. */
Code run_edited(Db *db, const RunPlan *plan, RevisionList *ret_edited, Error *error)
{
    LogList log;
    RevisionList edited = {0};
    if (edited_head(plan)) {
        Code code = history_log(db, plan->arena, 0, &log, error);
        if (code)
            return code;
        const Map *hashes = history_hashes(&log, plan->arena);
        const RevisionList *all = graph_revisions(plan->graph);
        for (size_t i = 0; i < all->count; i++) {
            const char *hash = map_get(hashes, all->at[i]->id);
            if (plan->applied.has[i] && hash && strcmp(hash, all->at[i]->hash) != 0)
                *vec_add(plan->arena, &edited) = all->at[i];
        }
    }
    *ret_edited = edited;
    return RUNG_OK;
}

static Code plan_unedited(Db *db, const RunPlan *plan, Error *error)
{
    const HistoryHead *head = edited_head(plan);
    RevisionList edited;
    if (!head)
        return RUNG_OK;
    Code code = run_edited(db, plan, &edited, error);
    if (code)
        return code;
    const Revision *first = edited.count ? edited.at[0] : graph_find(plan->graph, head->revision);
    error_at(error, RUNG_MISMATCH, first->path, 0,
             edited.count ? "revision %s was edited after it ran%s"
                          : "the parents of revision %s were changed after it ran%s",
             first->id,
             edited.count > 1 ? arena_print(plan->arena, " (and %zu more)", edited.count - 1) : "");
    snprintf(error->revision, sizeof error->revision, "%s", first->id);
    return error_hint(error,
                      "restore the file, or, if the edit changes nothing that ran, accept it "
                      "with `rung stamp %s`",
                      head->revision);
}

static Code half_done(const RunPlan *plan, const JournalEntry *entry, const char *what,
                      Error *error)
{
    size_t done = 0;
    for (size_t i = 0; i < plan->history.journal.count; i++)
        done += plan->history.journal.at[i].done;
    error_set(error, RUNG_MISMATCH, "revision %s is half-done: %zu of %d steps of its %s",
              entry->revision, done, entry->steps, entry->undo ? "downgrade" : "upgrade");
    return error_hint(error, "%s", what);
}

/* A half-done revision comes first: nothing else may run before it is whole. */
static Code plan_resume(RunPlan *plan, Error *error)
{
    if (!plan->history.journal.count)
        return RUNG_OK;
    const JournalEntry *entry = &plan->history.journal.at[0];
    Revision *revision = graph_find(plan->graph, entry->revision);
    if (!revision)
        return unknown_revision(entry->revision, "has the half-done", error);
    if (entry->undo != plan->undo)
        return half_done(plan, entry,
                         entry->undo ? "finish it first: `rung downgrade` to where it was going"
                                     : "finish it first with `rung upgrade`",
                         error);
    size_t at = 0;
    while (at < plan->path.count && plan->path.at[at] != revision)
        at++;
    if (at == plan->path.count)
        return half_done(plan, entry, "it is not on the way to the given revision: finish it first",
                         error);
    memmove(plan->path.at + 1, plan->path.at, at * sizeof *plan->path.at);
    plan->path.at[0] = revision;
    plan->resumed = revision;
    return RUNG_OK;
}

static Code plan_read(Db *db, RunPlan *plan, Error *error)
{
    if (!db)
        return graph_applied(plan->graph, plan->arena, NULL, 0, &plan->applied, error);
    Code code = history_read(db, plan->arena, &plan->history, error);
    if (!code)
        code = plan_applied(plan, error);
    if (!code)
        code = plan_unedited(db, plan, error);
    return code;
}

Code run_plan(Db *db, Arena *arena, const Graph *graph, const char *target, bool undo,
              RunPlan *ret_plan, Error *error)
{
    RunPlan plan = {.arena = arena, .graph = graph, .undo = undo};
    Code code = plan_read(db, &plan, error);
    if (!code)
        code = undo ? graph_downgrade_path(graph, arena, &plan.applied, target, &plan.path, error)
                    : graph_upgrade_path(graph, arena, &plan.applied, target, &plan.path, error);
    if (!code)
        code = plan_resume(&plan, error);
    if (!code)
        *ret_plan = plan;
    return code;
}

/* ---- scripts ---- */

enum { KEPT_SIZE = 256 * 1024 };

/* Small scripts are kept from the check before the run; a large one is read again when it runs. */
Code runner_script(Runner *runner, size_t index, Script **ret_script, Error *error)
{
    Revision *revision = runner->plan.path.at[index];
    Script **script = &runner->scripts[revision->order];
    if (!*script) {
        Code code = script_load(revision, runner->url->engine, runner->undo, script, error);
        if (code)
            return code;
    }
    *ret_script = *script;
    return RUNG_OK;
}

void runner_script_ran(Runner *runner, size_t index)
{
    Script **script = &runner->scripts[runner->plan.path.at[index]->order];
    if (*script && (*script)->size > KEPT_SIZE) {
        script_free(*script);
        *script = NULL;
    }
}

static void scripts_free(Runner *runner)
{
    for (size_t i = 0; i < graph_revisions(runner->graph)->count; i++)
        script_free(runner->scripts[i]);
}

/* Everything is read and checked before the first statement runs. */
static Code scripts_check(Runner *runner, Error *error)
{
    for (size_t i = 0; i < runner->plan.path.count; i++) {
        Script *script;
        Code code = runner_script(runner, i, &script, error);
        if (code)
            return code;
        runner_script_ran(runner, i);
    }
    return RUNG_OK;
}

/* ---- connecting ---- */

static Code set_timeouts(Runner *runner, Error *error)
{
    if (db_engine(runner->db) != ENGINE_POSTGRESQL)
        return RUNG_OK;
    char *sql = arena_print(
        runner->arena,
        "SELECT set_config('lock_timeout', '%d', false), set_config('statement_timeout', '%d',"
        " false), set_config('synchronous_commit', 'off', false),"
        " set_config('idle_in_transaction_session_timeout', '0', false)",
        runner->options.lock_timeout_ms, runner->options.statement_timeout_ms);
    return db_exec(runner->db, sql, error);
}

static Code runner_open(Runner *runner, Error *error)
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

static void runner_close(Runner *runner)
{
    if (runner->options.active)
        *runner->options.active = NULL;
    db_close(runner->db);
    db_close(runner->watcher);
    runner->db = runner->watcher = NULL;
    runner->locked = false;
}

static Code runner_lock(Runner *runner, Error *error)
{
    if (db_engine(runner->db) == ENGINE_SQLITE || runner->locked)
        return RUNG_OK;
    Code code = lock_take(runner, error);
    if (!code)
        code = set_timeouts(runner, error);
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

/* True if what must be there before `revision` can run is there, or runs before it. */
static bool plan_reaches(const RunPlan *plan, const Revision *revision)
{
    const RevisionList *path = &plan->path;
    size_t needed = plan->undo ? revision->children.count : revision->parents.count;
    for (size_t i = 0; i < needed; i++) {
        const Revision *other = plan->undo ? revision->children.at[i] : revision->parents.at[i];
        bool ready = plan->applied.has[other->order] != plan->undo;
        for (size_t k = 0; !ready && k < path->count && path->at[k] != revision; k++)
            ready = path->at[k] == other;
        if (!ready)
            return false;
    }
    return true;
}

/* What is left of the goal, now that the database says what it says. */
static Code plan_again(Runner *runner, RunPlan *plan, Error *error)
{
    Code code = plan_read(runner->db, plan, error);
    for (size_t i = 0; !code && i < runner->goal.count; i++) {
        Revision *revision = runner->goal.at[i];
        if (plan->applied.has[revision->order] != runner->undo)
            continue;
        *vec_add(plan->arena, &plan->path) = revision;
        if (plan_reaches(plan, revision))
            continue;
        error_set(error, RUNG_MISMATCH, "another run moved the heads of this database");
        return error_hint(error, "look at `rung status`, then run the command again");
    }
    return code ? code : plan_resume(plan, error);
}

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

static Code one_pass(Runner *runner, bool *ret_done, Error *error)
{
    Code code = runner_plan(runner, error);
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

static void log_failure(Runner *runner, const Error *error)
{
    HistoryEvent event = {
        .event = "failed", .detail = error->message, .started_us = clock_monotonic_us()};
    Error ignored;
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    bool worth = error->code == RUNG_FAILED || error->code == RUNG_INVALID ||
                 error->code == RUNG_INTERRUPTED;
    if (!worth || db_lost(runner->db) || (!sqlite && !runner->locked))
        return;
    if (error->revision[0])
        event.revision = graph_find(runner->graph, error->revision);
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

/* SQLite: a file that others keep busy is waited for. */
static Code wait_busy(Runner *runner, int64_t *since_us, Error *error)
{
    int64_t now = clock_monotonic_us();
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
            log_failure(runner, error);
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

static char *new_run_id(Arena *arena)
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
                     .run_id = new_run_id(arena),
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
                     .run_id = new_run_id(arena),
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
