/* deploy: the checklist of a change as a run, and its log. */
#include "api/deploy.h"
#include "base/clock.h"
#include "base/file.h"

#include <stdarg.h>

/* ---- the checklist ---- */

static void tell(const Deploy *deploy, rung_event_type type, const char *text, int64_t elapsed_us)
{
    const rung *project = deploy->verb->project;
    rung_event event = {.type = type, .text = text, .elapsed_us = elapsed_us};
    if (project->on_event)
        project->on_event(project->context, &event);
}

static void tell_task(const Deploy *deploy, const DeployTask *task)
{
    static const rung_event_type types[] = {RUNG_EVENT_TASK_DONE, RUNG_EVENT_TASK_FAILED,
                                            RUNG_EVENT_TASK_SKIPPED};
    tell(deploy, types[task->state],
         task->detail ? arena_print(deploy->verb->arena, "%s: %s", task->name, task->detail)
                      : task->name,
         task->elapsed_us);
}

static Code run_task(Deploy *deploy, const char *name, DeployStep *step, bool always, Error *error)
{
    DeployTask task = {.name = name};
    int64_t start = clock_monotonic_us();
    tell(deploy, RUNG_EVENT_TASK, name, 0);
    Code code = step(deploy, &task, error);
    if (!code && !always && deploy->verb->project->cancelled)
        code = error_set(error, RUNG_INTERRUPTED, "interrupted");
    task.elapsed_us = clock_monotonic_us() - start;
    if (code) {
        task.state = TASK_FAILED;
        task.detail = arena_string(deploy->verb->arena, error->message);
    }
    *vec_add(deploy->verb->arena, &deploy->report.tasks) = task;
    tell_task(deploy, &task);
    return code;
}

Code deploy_task(Deploy *deploy, const char *name, DeployStep *step, Error *error)
{
    return run_task(deploy, name, step, false, error);
}

Code deploy_task_always(Deploy *deploy, const char *name, DeployStep *step, Error *error)
{
    return run_task(deploy, name, step, true, error);
}

void deploy_next(Deploy *deploy, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    *vec_add(deploy->verb->arena, &deploy->report.next) =
        arena_print_list(deploy->verb->arena, format, list);
    va_end(list);
}

/* ---- the question ---- */

static Code confirm(Deploy *deploy, Error *error)
{
    Verb *verb = deploy->verb;
    const RevisionList *path = &deploy->plan.path;
    Text question = TEXT_EMPTY;
    bool asked;
    if (verb->arguments->yes)
        return RUNG_OK;
    for (size_t i = 0; i < path->count; i++)
        text_print(&question, "  %s  %s\n", path->at[i]->id, path->at[i]->message);
    text_print(&question, "Run %s on %s%s?", path->count == 1 ? "this revision" : "these revisions",
               verb->project->url.shown, deploy->report.backup.path ? "" : ", without a backup");
    bool yes = verb_ask(verb, text_string(&question), &asked);
    text_done(&question);
    return yes ? RUNG_OK : error_set(error, RUNG_INTERRUPTED, "nothing was changed");
}

/* Before anything is done: later nobody would hear the question. */
static Code can_be_asked(const Verb *verb, Error *error)
{
    if (verb->arguments->yes || verb->arguments->dry_run || verb->project->on_ask)
        return RUNG_OK;
    error_set(error, RUNG_USAGE, "revisions would run, and nobody confirms it");
    return error_hint(error, "look with --dry-run, then say --yes");
}

/* ---- the order ---- */

static Code look(Deploy *deploy, Error *error)
{
    Code code = deploy_task(deploy, "preflight", deploy_preflight, error);
    if (code || !deploy->plan.path.count)
        return code;
    code = deploy_task(deploy, "rehearse", deploy_rehearse, error);
    if (!code)
        code = deploy_task(deploy, "locks and rights", deploy_locks, error);
    return code;
}

/* The backup comes last of what only looks: the less is written behind it, the more it is worth. */
static Code run_all(Deploy *deploy, Error *error)
{
    deploy->report.outcome = DEPLOY_REFUSED;
    Code code = look(deploy, error);
    if (code)
        return code;
    if (!deploy->plan.path.count)
        deploy->report.outcome = DEPLOY_NOTHING;
    else if (deploy->verb->arguments->dry_run)
        deploy->report.outcome = DEPLOY_REHEARSED;
    if (deploy->report.outcome != DEPLOY_REFUSED)
        return RUNG_OK;
    code = deploy_task(deploy, "backup", deploy_backup, error);
    if (!code)
        code = confirm(deploy, error);
    if (!code && deploy->verb->project->config.deploy.before)
        code = deploy_task(deploy, "before", deploy_before, error);
    return code ? code : deploy_change(deploy, error);
}

/* ---- the log ---- */

static Code read_format(const Verb *verb, DeployFormat *ret_file, DeployFormat *ret_shown,
                        Error *error)
{
    static const char *const formats[] = {"text", "json", "markdown", NULL};
    const rung_arguments *arguments = verb->arguments;
    size_t format;
    Code code = verb_read_word("format", arguments->format, formats, "text, json, markdown",
                               &format, error);
    if (code)
        return code;
    const char *path = arguments->output;
    size_t length = path ? strlen(path) : 0;
    bool json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    *ret_file = arguments->format ? (DeployFormat)format : json ? DEPLOY_JSON : DEPLOY_MARKDOWN;
    *ret_shown = arguments->json ? DEPLOY_JSON : path ? DEPLOY_TEXT : (DeployFormat)format;
    return RUNG_OK;
}

/* Where the database is now; after a failure it is asked, never guessed. */
static void find_current(Deploy *deploy)
{
    Verb *verb = deploy->verb;
    RunPlan plan;
    NameList unknown;
    Error ignored;
    deploy->report.current = deploy->report.from;
    if (!deploy->changed)
        return;
    db_close(verb->db);
    verb->db = NULL;
    if (verb_survey(verb, &plan, &unknown, &ignored) == RUNG_OK)
        graph_set_heads(verb->graph, verb->arena, &plan.applied, &deploy->report.current);
}

static Code write_log(Deploy *deploy, DeployFormat format, Error *error)
{
    Text text = TEXT_EMPTY;
    const char *path = deploy->verb->arguments->output;
    report_deploy(&text, &deploy->report, format);
    Code code = file_write(path, text_string(&text), text.length, error);
    text_done(&text);
    return code;
}

/* The verb's code stays what it is: a log that cannot be written is told. */
static Code finish(Deploy *deploy, Code code, DeployFormat file, DeployFormat shown, Error *error)
{
    Verb *verb = deploy->verb;
    Error lost;
    find_current(deploy);
    if (code)
        deploy->report.error = *error;
    if (verb->arguments->output && write_log(deploy, file, &lost)) {
        if (code)
            verb_tell(verb, RUNG_EVENT_WARNING, "the log is not written: %s", lost.message);
        else {
            *error = lost;
            code = lost.code;
        }
    }
    report_deploy(&verb->report.text, &deploy->report, shown);
    verb->report.count = deploy->summary.done.count;
    verb->reports_failure = true;
    return code;
}

/* Messages only: stdout is for one document. */
static void pass_messages(void *context, const rung_event *event)
{
    const rung *project = context;
    bool message = event->type == RUNG_EVENT_NOTICE || event->type == RUNG_EVENT_WARNING ||
                   event->type == RUNG_EVENT_SERVER || event->type == RUNG_EVENT_WAIT ||
                   event->type == RUNG_EVENT_RETRY;
    if (message && project->on_event)
        project->on_event(project->context, event);
}

static Code run_quietly(Deploy *deploy, bool quiet, Error *error)
{
    rung *project = deploy->verb->project, kept = *project;
    if (quiet) {
        project->on_event = pass_messages;
        project->context = &kept;
    }
    Code code = run_all(deploy, error);
    project->on_event = kept.on_event;
    project->context = kept.context;
    return code;
}

static Code verb_deploy(Verb *verb, Error *error)
{
    DeployFormat file, shown;
    Deploy *deploy = arena_alloc(verb->arena, sizeof *deploy);
    int64_t start = clock_monotonic_us();
    deploy->verb = deploy->rehearsing.verb = verb;
    Code code = read_format(verb, &file, &shown, error);
    if (!code)
        code = rehearsing_read(&deploy->rehearsing, error);
    if (!code)
        code = verb_graph(verb, error);
    if (!code)
        code = can_be_asked(verb, error);
    if (code)
        return code;
    deploy->report.target = verb->project->target.name;
    deploy->report.url = &verb->project->url;
    deploy->report.server = "not created yet";
    deploy->report.actor = history_actor(verb->arena);
    deploy->report.started = clock_print_iso(verb->arena, clock_wall_us());
    code = run_quietly(deploy, shown != DEPLOY_TEXT, error);
    deploy->report.elapsed_us = clock_monotonic_us() - start;
    code = finish(deploy, code, file, shown, error);
    rehearsing_done(&deploy->rehearsing);
    return code;
}
VERB(deploy)
