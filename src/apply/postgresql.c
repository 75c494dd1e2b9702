/* One pass on PostgreSQL: revisions that are one transaction travel in a pipeline, several at a
 * time when there are many; the last one of a pass is committed synchronously and so settles all
 * before it. */
#include "apply/runner.h"
#include "base/clock.h"

enum { MANY = 24, BATCH = 16 };

/* What a tag of the queue stands for. */
typedef struct Sent {
    Script *script;
    const Command *command; /* NULL: a statement of rung's own */
} Sent;

typedef struct Batch {
    Runner *runner;
    VEC(Sent) sent;
    VEC(Script *) scripts; /* whose COMMIT is in the queue, in order */
    VEC(size_t) commits;   /* the tags of these */
    int64_t since_us;
} Batch;

bool script_is_simple(const Script *script)
{
    return script->steps.count == 0 ||
           (script->steps.count == 1 && script->steps.at[0].type == STEP_TRANSACTION);
}

static Code send(Batch *batch, Script *script, const Command *command, DbStatement statement,
                 Error *error)
{
    statement.tag = batch->sent.count;
    *vec_add(batch->runner->plan.arena, &batch->sent) = (Sent){script, command};
    return db_queue(batch->runner->db, &statement, error);
}

static Code send_text(Batch *batch, Script *script, const char *sql, Error *error)
{
    return send(batch, script, NULL, (DbStatement){.sql = sql, .keep = true}, error);
}

static void batch_clear(Batch *batch)
{
    batch->sent.count = batch->scripts.count = batch->commits.count = 0;
    batch->since_us = clock_monotonic_us();
}

/* Which statement failed, and which revisions were committed before it. */
static Code batch_failed(Batch *batch, Code code, size_t tag, Error *error)
{
    Runner *runner = batch->runner;
    const Sent *failed = tag < batch->sent.count ? &batch->sent.at[tag] : NULL;
    for (size_t i = 0; i < batch->commits.count; i++) {
        if (db_lost(runner->db)) {
            /* the answer is in the history: only the last one asked about matters */
            runner->committing =
                (Committing){.type = COMMITS_REVISION, .revision = batch->scripts.at[i]->revision};
        } else if (batch->commits.at[i] < tag)
            runner_done(runner, batch->scripts.at[i]->revision, 0);
    }
    if (failed && failed->command)
        script_locate(failed->script, failed->command, error);
    else if (failed && !error->revision[0]) {
        const Revision *revision = failed->script->revision;
        error->line = 0; /* of a statement that is not in the file */
        snprintf(error->revision, sizeof error->revision, "%s", revision->id);
        snprintf(error->file, sizeof error->file, "%s", revision->path);
    }
    batch_clear(batch);
    return code;
}

/* Waits for everything sent. */
static Code batch_drain(Batch *batch, Error *error)
{
    Runner *runner = batch->runner;
    size_t tag = SIZE_MAX;
    Code code = db_drain(runner->db, &tag, error);
    if (code)
        return batch_failed(batch, code, tag, error);
    int64_t elapsed = clock_monotonic_us() - batch->since_us;
    for (size_t i = 0; i < batch->scripts.count; i++)
        runner_done(runner, batch->scripts.at[i]->revision,
                    batch->scripts.count == 1 ? elapsed : 0);
    batch_clear(batch);
    return RUNG_OK;
}

/* A queue call that fails has its reason in an earlier statement: db_drain names it. */
static Code queue_failed(Batch *batch, Error *error)
{
    Code code = batch_drain(batch, error);
    return code ? code : error->code;
}

static Code send_commands(Batch *batch, Script *script, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < script->commands.count; i++) {
        const Command *command = &script->commands.at[i];
        if (command->notice) {
            code = batch_drain(batch, error);
            if (!code)
                runner_tell(batch->runner, RUNG_EVENT_SERVER, script->revision, 0, 0, 0, "%s",
                            command->notice);
            continue;
        }
        code = send(batch, script, command,
                    (DbStatement){.sql = command->sql, .length = command->length}, error);
    }
    return code;
}

/* What a revision set for the session ends with it; the lock and the timeouts stay. */
static Code reset_session(Runner *runner, Error *error)
{
    static const char *const statements[] = {"RESET SESSION AUTHORIZATION", "RESET ALL",
                                             "UNLISTEN *", "DEALLOCATE ALL", "DISCARD TEMP"};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < COUNT(statements); i++)
        code = db_exec(runner->db, statements[i], error);
    return code ? code : runner_settings(runner, error);
}

static Code send_record(Batch *batch, Script *script, Error *error)
{
    Runner *runner = batch->runner;
    HistoryEvent event = {.event = script->undo ? "downgrade" : "upgrade",
                          .statements = (int64_t)script->statements};
    history_move(runner->plan.arena, &runner->plan.applied, script->revision, script->undo, &event);
    return send(batch, script, NULL,
                history_record_statement(runner->plan.arena, runner->run_id, runner->actor, &event),
                error);
}

static Code send_commit(Batch *batch, Script *script, Error *error)
{
    Code code = send_text(batch, script, "COMMIT", error);
    *vec_add(batch->runner->plan.arena, &batch->scripts) = script;
    *vec_add(batch->runner->plan.arena, &batch->commits) = batch->sent.count - 1;
    return code;
}

/* One revision, whole, as one transaction; `settle` makes its commit reach the disk. */
static Code send_revision(Batch *batch, Script *script, bool settle, Error *error)
{
    Runner *runner = batch->runner;
    Code code = send_text(batch, script, "BEGIN", error);
    if (!code && settle)
        code = send_text(batch, script, "SET LOCAL synchronous_commit TO DEFAULT", error);
    if (!code)
        code = send_commands(batch, script, error);
    if (!code && script->checks.count) {
        /* the answers are needed before the COMMIT */
        code = batch_drain(batch, error);
        if (!code)
            code = checks_pass(runner, script, error);
        if (code)
            return code;
    }
    for (size_t i = 0; !code && script->sets_session && i < COUNT(own_role); i++)
        code = send_text(batch, script, own_role[i], error);
    if (!code)
        code = send_record(batch, script, error);
    if (!code)
        code = send_commit(batch, script, error);
    return code ? queue_failed(batch, error) : RUNG_OK;
}

static Code run_simple(Batch *batch, Script *script, bool last, Error *error)
{
    Runner *runner = batch->runner;
    bool many = runner->plan.path.count > MANY;
    if (!many || script->checks.count)
        runner_start(runner, script->revision);
    int64_t start = runner->statement_since_us = clock_monotonic_us();
    Code code = send_revision(batch, script, last, error);
    if (batch->scripts.count == 1)
        batch->since_us = start; /* a check or a notice on the way drained the batch */
    if (!code && (last || !many || script->sets_session || script_is_large(script) ||
                  batch->scripts.count >= BATCH))
        code = batch_drain(batch, error);
    if (!code && script->sets_session)
        code = reset_session(runner, error);
    return code;
}

static Code run_one(Batch *batch, Script *script, bool last, Error *error)
{
    Runner *runner = batch->runner;
    if (script_is_simple(script) && runner->plan.resumed != script->revision &&
        !runner->options.observer)
        return run_simple(batch, script, last, error);
    Code code = batch_drain(batch, error);
    if (code)
        return code;
    runner_start(runner, script->revision);
    code = steps_run(runner, script, error);
    if (!code && script->sets_session)
        code = reset_session(runner, error);
    return code;
}

Code pass_postgresql(Runner *runner, Error *error)
{
    Batch batch = {.runner = runner, .since_us = clock_monotonic_us()};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < runner->plan.path.count; i++) {
        Script *script;
        if (runner_cancelled(runner))
            code = runner_interrupted(error);
        if (!code)
            code = runner_script(runner, i, &script, error);
        if (!code)
            code = run_one(&batch, script, i + 1 == runner->plan.path.count, error);
        if (!code && !batch.scripts.count)
            runner_script_ran(runner, i);
    }
    /* what is under way came before whatever stopped the loop, and so does its failure */
    Error earlier, ignored;
    if (batch_drain(&batch, &earlier)) {
        *error = earlier;
        code = error->code;
    }
    if (code && !db_lost(runner->db) && db_in_transaction(runner->db))
        db_exec(runner->db, "ROLLBACK", &ignored);
    if (code && !db_lost(runner->db))
        reset_session(runner, &ignored); /* a step that is committed may have set something */
    return code;
}
