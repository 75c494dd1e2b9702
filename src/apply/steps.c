/* A revision of several steps. Each step leaves a row in the journal, in its own transaction where
 * it has one; the last transaction checks, writes the history and clears the journal. */
#include "apply/runner.h"
#include "base/clock.h"

typedef struct Steps {
    Runner *runner;
    Script *script;
    int64_t started_us;
    const char *started_at; /* of the first step, when resumed */
    int64_t violations;     /* SQLite: see foreign_keys_check */
} Steps;

static const JournalEntry *journal_entry(const Runner *runner, const Script *script, size_t step)
{
    for (size_t i = 0; i < runner->plan.history.journal.count; i++) {
        const JournalEntry *entry = &runner->plan.history.journal.at[i];
        if (strcmp(entry->revision, script->revision->id) == 0 && entry->step == (int)step + 1)
            return entry;
    }
    return NULL;
}

/* What already ran must still be what the file says. */
static Code same_as_before(const Runner *runner, const Script *script, Error *error)
{
    for (size_t i = 0; i < runner->plan.history.journal.count; i++) {
        const JournalEntry *entry = &runner->plan.history.journal.at[i];
        if (strcmp(entry->revision, script->revision->id) != 0)
            continue;
        size_t step = (size_t)entry->step - 1;
        if (step < script->steps.count &&
            strcmp(script->steps.at[step].hash, entry->step_hash) == 0)
            continue;
        const Command *command =
            step < script->steps.count ? &script->commands.at[script->steps.at[step].first] : NULL;
        error_at(error, RUNG_MISMATCH, script->revision->path, command ? command->line : 0,
                 "step %d of revision %s already ran, and its text has changed since", entry->step,
                 script->revision->id);
        snprintf(error->revision, sizeof error->revision, "%s", script->revision->id);
        return error_hint(error, "restore the statements that ran; those that did not run yet may "
                                 "be changed");
    }
    return RUNG_OK;
}

static Code steps_begin(Runner *runner, Error *error)
{
    return db_engine(runner->db) == ENGINE_SQLITE ? lease_begin(runner, true, error)
                                                  : db_exec(runner->db, "BEGIN", error);
}

static Code steps_commit(Runner *runner, bool last, Committing committing, Error *error)
{
    runner->committing = committing;
    Code code = db_engine(runner->db) == ENGINE_SQLITE ? lease_commit(runner, !last, error)
                                                       : db_exec(runner->db, "COMMIT", error);
    if (!code || !db_lost(runner->db))
        runner->committing = (Committing){0};
    return code;
}

static Committing committing_step(const Steps *steps, size_t index, bool done)
{
    return (Committing){.type = COMMITS_STEP,
                        .revision = steps->script->revision,
                        .step = (int)index + 1,
                        .done = done};
}

static Code steps_failed(Runner *runner, Code code)
{
    Error ignored;
    if (!db_lost(runner->db)) {
        db_drain(runner->db, NULL, &ignored);
        if (db_in_transaction(runner->db))
            db_exec(runner->db, "ROLLBACK", &ignored);
    }
    return code;
}

static Code set_own_role(Steps *steps, Error *error)
{
    Code code = RUNG_OK;
    if (!steps->script->sets_session || db_engine(steps->runner->db) != ENGINE_POSTGRESQL)
        return RUNG_OK;
    for (size_t i = 0; !code && i < COUNT(own_role); i++)
        code = db_exec(steps->runner->db, own_role[i], error);
    return code;
}

static Code step_commands(Steps *steps, const ScriptStep *step, Error *error)
{
    return commands_run(steps->runner, steps->script, step->first, step->count, error);
}

static Code journal_write(Steps *steps, size_t index, bool done, const char *before, Error *error)
{
    DbStatement statement =
        journal_statement(steps->runner, steps->script, index, done, before, NULL, 0, 0);
    return db_query(steps->runner->db, steps->runner->plan.arena, &statement, NULL, error);
}

/* The journal's row in a transaction of its own. */
static Code journal_commit(Steps *steps, size_t index, bool done, const char *before, Error *error)
{
    Code code = steps_begin(steps->runner, error);
    if (!code)
        code = set_own_role(steps, error);
    if (!code)
        code = journal_write(steps, index, done, before, error);
    if (!code)
        code = steps_commit(steps->runner, false, committing_step(steps, index, done), error);
    return code ? steps_failed(steps->runner, code) : RUNG_OK;
}

static Code run_transaction(Steps *steps, size_t index, Error *error)
{
    Runner *runner = steps->runner;
    Code code = steps_begin(runner, error);
    if (!code)
        code = step_commands(steps, &steps->script->steps.at[index], error);
    if (!code)
        code = foreign_keys_check(runner, steps->script, steps->violations, error);
    if (!code)
        code = set_own_role(steps, error);
    if (!code)
        code = journal_write(steps, index, true, NULL, error);
    if (!code)
        code = steps_commit(runner, false, committing_step(steps, index, true), error);
    return code ? steps_failed(runner, code) : RUNG_OK;
}

/* A concurrent index waits for old snapshots; nobody queues behind it, so it may wait. */
static Code set_lock_timeout(Runner *runner, int ms, Error *error)
{
    if (db_engine(runner->db) == ENGINE_SQLITE)
        return RUNG_OK;
    return db_exec(
        runner->db,
        arena_print(runner->plan.arena, "SELECT set_config('lock_timeout', '%d', false)", ms),
        error);
}

static bool waits_politely(Outside outside)
{
    return outside == OUTSIDE_CREATE_INDEX || outside == OUTSIDE_DROP_INDEX ||
           outside == OUTSIDE_REINDEX || outside == OUTSIDE_DETACH_PARTITION;
}

/* Some PRAGMAs and VACUUM need an SQLite file for themselves. */
static Code run_patiently(Steps *steps, const ScriptStep *step, Error *error)
{
    int64_t busy_since_us = 0;
    Code code;
    do
        code = step_commands(steps, step, error);
    while (code && error_is_busy(error) &&
           !(code = wait_busy(steps->runner, &busy_since_us, error)));
    return code;
}

static Code execute_outside(Steps *steps, const ScriptStep *step, const char *before, Error *error)
{
    Runner *runner = steps->runner;
    bool patient = waits_politely(step->facts->outside);
    Error ignored;
    Code code = patient ? set_lock_timeout(runner, 0, error) : RUNG_OK;
    runner->patience.endless = patient;
    if (!code)
        code = run_patiently(steps, step, error);
    runner->patience.endless = false;
    if (code && !db_lost(runner->db))
        outside_clean(runner, step, before);
    if (patient && !db_lost(runner->db))
        set_lock_timeout(runner, runner->options.lock_timeout_ms, code ? &ignored : error);
    return code;
}

static Code run_outside(Steps *steps, size_t index, const JournalEntry *entry, Error *error)
{
    const ScriptStep *step = &steps->script->steps.at[index];
    const char *before = entry ? entry->before : NULL;
    bool done = false;
    Code code = RUNG_OK;
    if (entry)
        code = outside_settle(steps->runner, step, before, &done, error);
    else {
        code = outside_before(steps->runner, step, &before, error);
        if (!code)
            code = journal_commit(steps, index, false, before, error);
    }
    if (!code && !done)
        code = execute_outside(steps, step, before, error);
    else if (code && !error->line)
        script_locate(steps->script, &steps->script->commands.at[step->first], error);
    if (!code)
        code = journal_commit(steps, index, true, before, error);
    return code;
}

/* The last step shares its transaction with the checks and the history. */
static Code run_finish(Steps *steps, const ScriptStep *last, Error *error)
{
    Runner *runner = steps->runner;
    Script *script = steps->script;
    HistoryEvent event = {.event = script->undo ? "downgrade" : "upgrade",
                          .statements = (int64_t)script->statements,
                          .started = steps->started_at,
                          .started_us = steps->started_us};
    Code code = steps_begin(runner, error);
    if (!code && db_engine(runner->db) == ENGINE_POSTGRESQL)
        code = db_exec(runner->db, "SET LOCAL synchronous_commit TO DEFAULT", error);
    if (!code && last)
        code = step_commands(steps, last, error);
    if (!code)
        code = foreign_keys_check(runner, script, steps->violations, error);
    if (!code)
        code = checks_pass(runner, script, error);
    if (!code)
        code = set_own_role(steps, error);
    if (!code) {
        DbStatement clear = journal_clear_statement(runner, script);
        code = db_query(runner->db, runner->plan.arena, &clear, NULL, error);
    }
    if (!code) {
        history_move(runner->plan.arena, &runner->plan.applied, script->revision, script->undo,
                     &event);
        code = history_record(runner->db, runner->plan.arena, runner->run_id, runner->actor, &event,
                              error);
    }
    if (!code) {
        bool last_of_all = runner->plan.path.at[runner->plan.path.count - 1] == script->revision;
        Committing whole = {.type = COMMITS_REVISION, .revision = script->revision};
        code = steps_commit(runner, last_of_all, whole, error);
    }
    return code ? steps_failed(runner, code) : RUNG_OK;
}

/* What a step set for the session ended with the session that ran it: a later one needs it again.
 */
static Code set_again(Steps *steps, const ScriptStep *step, Error *error)
{
    const Command *commands = steps->script->commands.at;
    Code code = RUNG_OK;
    for (size_t i = step->first; !code && i < step->first + step->count; i++) {
        if (!commands[i].sets_session || db_engine(steps->runner->db) != ENGINE_POSTGRESQL)
            continue;
        code = db_query(steps->runner->db, steps->runner->plan.arena,
                        &(DbStatement){.sql = commands[i].sql, .length = commands[i].length}, NULL,
                        error);
        if (code)
            script_locate(steps->script, &commands[i], error);
    }
    return code;
}

static Code run_step(Steps *steps, size_t index, Error *error)
{
    Runner *runner = steps->runner;
    const ScriptStep *step = &steps->script->steps.at[index];
    const JournalEntry *entry = journal_entry(runner, steps->script, index);
    if (entry && entry->done)
        return set_again(steps, step, error);
    runner_tell(runner, RUNG_EVENT_STEP, steps->script->revision, (int64_t)index + 1,
                (int64_t)steps->script->steps.count, 0, "%s",
                step_title(steps->script, step, runner->plan.arena));
    switch (step->type) {
    case STEP_OUTSIDE:
        return run_outside(steps, index, entry, error);
    case STEP_BACKFILL:
        return backfill_run(runner, steps->script, index, entry, error);
    case STEP_TRANSACTION:
        break;
    }
    return run_transaction(steps, index, error);
}

Code steps_run(Runner *runner, Script *script, Error *error)
{
    Steps steps = {
        .runner = runner, .script = script, .started_us = clock_monotonic_us(), .violations = -1};
    const JournalEntry *first = journal_entry(runner, script, 0);
    size_t count = script->steps.count;
    bool ends_inside = count && script->steps.at[count - 1].type == STEP_TRANSACTION;
    steps.started_at = first ? first->at : clock_print_iso(runner->plan.arena, clock_wall_us());
    Code code = same_as_before(runner, script, error);
    if (!code && script->foreign_keys_off && db_engine(runner->db) == ENGINE_SQLITE)
        code = foreign_keys_count(runner, &steps.violations, error);
    for (size_t i = 0; !code && i < count - ends_inside; i++) {
        if (runner_cancelled(runner))
            return runner_interrupted(error);
        code = run_step(&steps, i, error);
    }
    if (!code)
        code = run_finish(&steps, ends_inside ? &script->steps.at[count - 1] : NULL, error);
    if (!code)
        runner_done(runner, script->revision, clock_monotonic_us() - steps.started_us);
    return code;
}
