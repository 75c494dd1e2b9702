/* What every part of a run uses: telling the caller, and the scripts of the path. */
#include "apply/runner.h"
#include "base/clock.h"

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

/* ---- scripts ---- */

enum { KEPT_SIZE = 256 * 1024 };

bool script_is_large(const Script *script)
{
    return script->size > KEPT_SIZE;
}

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
    if (*script && script_is_large(*script)) {
        script_free(*script);
        *script = NULL;
    }
}

void scripts_free(Runner *runner)
{
    for (size_t i = 0; i < graph_revisions(runner->graph)->count; i++)
        script_free(runner->scripts[i]);
}

Code scripts_check(Runner *runner, Error *error)
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

static const ScriptStep *step_at(const Script *script, size_t command)
{
    for (size_t i = 0; i < script->steps.count; i++) {
        const ScriptStep *step = &script->steps.at[i];
        if (command >= step->first && command < step->first + step->count)
            return step;
    }
    return NULL;
}

static Code command_run(Runner *runner, const Script *script, const Command *command, Error *error)
{
    const RunObserver *observer = runner->options.observer;
    const ScriptStep *step = step_at(script, (size_t)(command - script->commands.at));
    Code code = observer
                    ? observer->before(observer->context, runner->db, script, step, command, error)
                    : RUNG_OK;
    if (code)
        return code;
    runner->statement_since_us = clock_monotonic_us();
    code = db_query(runner->db, runner->plan.arena,
                    &(DbStatement){.sql = command->sql, .length = command->length}, NULL, error);
    if (observer)
        observer->after(observer->context, runner->db, script, step, command, code ? error : NULL);
    return code;
}

Code commands_run(Runner *runner, const Script *script, size_t first, size_t count, Error *error)
{
    for (size_t i = first; i < first + count; i++) {
        const Command *command = &script->commands.at[i];
        if (command->notice) {
            runner_tell(runner, RUNG_EVENT_SERVER, script->revision, 0, 0, 0, "%s",
                        command->notice);
            continue;
        }
        Code code = command_run(runner, script, command, error);
        if (code) {
            script_locate(script, command, error);
            return code;
        }
    }
    return RUNG_OK;
}
