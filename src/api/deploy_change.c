/* The second half of a deployment: commands, revisions, checks, and the way back. */
#include "api/deploy.h"
#include "base/process.h"
#include "sql/quote.h"

enum { OUTPUT_LIMIT = 64 * 1024 };

/* ---- commands ---- */

static const char *last_id(const Deploy *deploy)
{
    const RevisionList *path = &deploy->plan.path;
    return path->count ? path->at[path->count - 1]->id : "";
}

static Code command_failed(const char *command, int status, const char *output, Error *error)
{
    error_set(error, RUNG_FAILED, "exit %d: %s", status, command);
    if (*output)
        error_detail(error, "%s", output);
    return RUNG_FAILED;
}

/* `always`: whoever asked to stop. */
static Code run_command(Deploy *deploy, DeployTask *task, const char *command, bool always,
                        Error *error)
{
    Verb *verb = deploy->verb;
    Arena *arena = verb->arena;
    int status;
    const char *output;
    const char *backup = deploy->report.backup.path;
    const char *words[] = {"/bin/sh", "-c", command, NULL};
    const char *variables[] = {
        arena_print(arena, "RUNG_TARGET=%s", deploy->report.target),
        arena_print(arena, "RUNG_REVISION=%s", last_id(deploy)),
        arena_print(arena, "RUNG_STEP=%s", task->name),
        arena_print(arena, "RUNG_OUTCOME=%s", report_outcome(deploy->report.outcome)),
        arena_print(arena, "RUNG_BACKUP=%s", backup ? backup : "")};
    Process process = {.words = words,
                       .variables = variables,
                       .variable_count = COUNT(variables),
                       .folder = verb->project->config.folder,
                       .limit = OUTPUT_LIMIT,
                       .cancelled = always ? NULL : &verb->project->cancelled};
    Code code = process_run(arena, &process, &status, &output, error);
    if (code)
        return code;
    task->detail = command;
    task->output = *output ? output : NULL;
    if (*output)
        verb_tell(verb, RUNG_EVENT_SERVER, "%s", output);
    return status ? command_failed(command, status, output, error) : RUNG_OK;
}

Code deploy_before(Deploy *deploy, DeployTask *task, Error *error)
{
    return run_command(deploy, task, deploy->verb->project->config.deploy.before, false, error);
}

static Code maintenance_on(Deploy *deploy, DeployTask *task, Error *error)
{
    return run_command(deploy, task, deploy->verb->project->config.deploy.maintenance_on, false,
                       error);
}

static Code maintenance_off(Deploy *deploy, DeployTask *task, Error *error)
{
    return run_command(deploy, task, deploy->verb->project->config.deploy.maintenance_off, true,
                       error);
}

static Code after(Deploy *deploy, DeployTask *task, Error *error)
{
    return run_command(deploy, task, deploy->verb->project->config.deploy.after, false, error);
}

/* ---- revisions ---- */

/* A connection that looks on would keep SQLite's journal mode as it is. */
static void disconnect(Verb *verb)
{
    verb->project->active[0] = NULL;
    db_close(verb->db);
    verb->db = NULL;
}

static DeployRevision *row_of(Deploy *deploy, const Revision *revision)
{
    for (size_t i = 0; i < deploy->report.revisions.count; i++)
        if (deploy->report.revisions.at[i].revision == revision)
            return &deploy->report.revisions.at[i];
    return NULL;
}

static Code upgrade(Deploy *deploy, DeployTask *task, Error *error)
{
    Verb *verb = deploy->verb;
    RunOptions options = verb_run_options(verb);
    disconnect(verb);
    deploy->changed = true;
    Code code = run_to(&verb->project->url, verb->graph, last_id(deploy), false, &options,
                       verb->arena, &deploy->summary, error);
    for (size_t i = 0; i < deploy->summary.done.count; i++) {
        DeployRevision *row = row_of(deploy, deploy->summary.done.at[i]);
        if (row)
            row->applied = true;
    }
    task->detail = arena_print(verb->arena, "%zu revision%s", deploy->summary.done.count,
                               deploy->summary.done.count == 1 ? "" : "s");
    return code;
}

static Code validate(Deploy *deploy, DeployTask *task, Error *error)
{
    bool absent;
    Verb *verb = deploy->verb;
    const CheckResult *first = NULL;
    size_t count = 0, failed = 0;
    ValidationList *validation = &deploy->report.validation;
    Code code = verb_connect(verb, &absent, error);
    if (!code)
        code = verb_validate_list(verb, &deploy->plan.path, validation, error);
    for (size_t i = 0; !code && i < validation->count; i++)
        for (size_t k = 0; k < validation->at[i].results.count; k++) {
            const CheckResult *result = &validation->at[i].results.at[k];
            count++;
            failed += !result->passed;
            if (!result->passed && !first)
                first = result;
        }
    if (code)
        return code;
    task->detail = arena_print(verb->arena, "%zu check%s", count, count == 1 ? "" : "s");
    if (!failed)
        return RUNG_OK;
    error_set(error, RUNG_INVALID, "%zu of %zu checks failed: %s", failed, count,
              first->check->title);
    if (first->reason)
        error_detail(error, "%s", first->reason);
    return RUNG_INVALID;
}

/* ---- the way back ---- */

static bool same_revisions(const RevisionList *path, const RunSummary *summary)
{
    size_t found = 0;
    for (size_t i = 0; i < path->count; i++)
        for (size_t k = 0; k < summary->done.count; k++)
            found += path->at[i] == summary->done.at[k];
    return found == path->count && found == summary->done.count;
}

/* The target of a downgrade that undoes what this run applied, and nothing else; NULL: there is
 * none. */
static const char *way_back(Deploy *deploy)
{
    bool absent;
    RunPlan plan;
    Error ignored;
    Verb *verb = deploy->verb;
    const RevisionList *from = &deploy->report.from;
    const char *target = from->count == 0 ? "base"
                         : from->count == 1
                             ? from->at[0]->id
                             : arena_print(verb->arena, "-%zu", deploy->summary.done.count);
    disconnect(verb);
    Code code = verb_connect(verb, &absent, &ignored);
    if (!code)
        code = run_plan(verb->db, verb->arena, verb->graph, target, true, &plan, &ignored);
    disconnect(verb);
    return !code && same_revisions(&plan.path, &deploy->summary) ? target : NULL;
}

static Code roll_back(Deploy *deploy, DeployTask *task, Error *error)
{
    Verb *verb = deploy->verb;
    RunSummary undone = {0};
    RunOptions options = verb_run_options(verb);
    const char *target = way_back(deploy);
    if (!target)
        return error_set(error, RUNG_MISMATCH,
                         "no downgrade undoes the revisions of this run and nothing else");
    Code code = run_to(&verb->project->url, verb->graph, target, true, &options, verb->arena,
                       &undone, error);
    for (size_t i = 0; i < undone.done.count; i++) {
        DeployRevision *row = row_of(deploy, undone.done.at[i]);
        if (row)
            row->undone = true;
    }
    task->detail = arena_print(verb->arena, "down to %s", target);
    return code;
}

static const DeployRevision *first_unproven(const Deploy *deploy)
{
    for (size_t i = 0; i < deploy->report.revisions.count; i++)
        if (deploy->report.revisions.at[i].applied && deploy->report.revisions.at[i].unproven)
            return &deploy->report.revisions.at[i];
    return NULL;
}

static void say_restore(Deploy *deploy)
{
    const Backup *backup = &deploy->report.backup;
    const char *target = way_back(deploy);
    if (backup->path)
        deploy_next(deploy, "to go back to the backup: %s", backup->restore);
    if (backup->path && backup->note)
        deploy_next(deploy, "%s", backup->note);
    if (target && !first_unproven(deploy))
        deploy_next(deploy, "to undo the revisions: rung downgrade %s", target);
    else if (target)
        deploy_next(deploy,
                    "to undo the revisions and lose what their down does not restore: rung "
                    "downgrade %s",
                    target);
}

/* A check failed. What this run committed goes again if the rehearsal proved that nothing is lost;
 * otherwise somebody has to decide. */
static void go_back(Deploy *deploy, Error *error)
{
    Error failed;
    const DeployRevision *unproven = first_unproven(deploy);
    if (!deploy->summary.done.count) {
        deploy->report.outcome = DEPLOY_REFUSED;
        return;
    }
    if (!unproven && !deploy_task_always(deploy, "roll back", roll_back, &failed)) {
        deploy->report.outcome = DEPLOY_ROLLED_BACK;
        error_hint(error,
                   "it was rolled back to where it was before; correct the revisions, or the "
                   "rows that the check found");
        return;
    }
    deploy->report.outcome = DEPLOY_LEFT;
    if (unproven)
        error_hint(error, "it was not rolled back: the down of %s is not proven, %s",
                   unproven->revision->id, unproven->unproven);
    else
        error_hint(error, "the way back failed, too: %s", failed.message);
    say_restore(deploy);
}

static void stop(Deploy *deploy)
{
    bool begun = deploy->summary.done.count > 0;
    deploy->report.outcome = begun ? DEPLOY_STOPPED : DEPLOY_REFUSED;
    if (!begun)
        return;
    deploy_next(deploy, "to go on: rung deploy, once the cause is gone; it begins behind what is "
                        "committed");
    say_restore(deploy);
}

/* ---- behind it ---- */

static void find(Deploy *deploy, const char *rule, Severity severity, const char *what,
                 const char *why, const char *fix)
{
    *vec_add(deploy->verb->arena, &deploy->report.found) =
        (Hazard){.rule = rule, .severity = severity, .what = what, .why = why, .fix = fix};
}

static bool was_invalid(const Deploy *deploy, const char *name)
{
    for (size_t i = 0; i < deploy->invalid.count; i++)
        if (strcmp(db_cell(&deploy->invalid, i, 0), name) == 0)
            return true;
    return false;
}

static Code find_invalid(Deploy *deploy, Error *error)
{
    DbRows rows = {0};
    Verb *verb = deploy->verb;
    Code code = db_engine(verb->db) == ENGINE_POSTGRESQL
                    ? preflight_invalid_indexes(verb->db, verb->arena, &rows, error)
                    : RUNG_OK;
    for (size_t i = 0; !code && i < rows.count; i++)
        if (!was_invalid(deploy, db_cell(&rows, i, 0)))
            find(deploy, "invalid-index", SEVERITY_ERROR,
                 arena_print(verb->arena, "the index %s is invalid now", db_cell(&rows, i, 0)),
                 "it is kept up to date and never used",
                 arena_print(verb->arena, "REINDEX INDEX CONCURRENTLY %s", db_cell(&rows, i, 0)));
    return code;
}

static Code find_history(Deploy *deploy, Error *error)
{
    RunPlan plan;
    LogList log;
    Verb *verb = deploy->verb;
    Code code = run_plan(verb->db, verb->arena, verb->graph, last_id(deploy), false, &plan, error);
    if (!code)
        code = history_log(verb->db, verb->arena, 0, &log, error);
    if (code)
        return code;
    int64_t broken = history_verify(&log);
    if (plan.path.count)
        find(deploy, "pending", SEVERITY_ERROR,
             arena_print(verb->arena, "%zu revisions are pending still", plan.path.count), NULL,
             "rung status");
    if (broken)
        find(deploy, "history", SEVERITY_ERROR,
             arena_print(verb->arena, "entry %lld of the history log was changed, moved or removed",
                         (long long)broken),
             NULL, "rung history --log");
    return RUNG_OK;
}

static const char *analyze(Deploy *deploy, const Object *table)
{
    Text text = TEXT_EMPTY;
    text_put(&text, "ANALYZE ");
    if (table->schema) {
        sql_add_identifier(&text, table->schema);
        text_char(&text, '.');
    }
    sql_add_identifier(&text, table->name);
    return text_keep(&text, deploy->verb->arena);
}

/* What a new index on a table with rows is good for the planner learns from ANALYZE. */
static void find_unanalyzed(Deploy *deploy, const Plan *plan)
{
    HazardList *found = &deploy->report.found;
    for (size_t i = 0; plan && i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        const Object *object = change->object, *table = object->parent;
        bool index = object->kind == KIND_INDEX || object->kind == KIND_LITE_INDEX;
        if (!index || change->type != CHANGE_CREATE || !table ||
            !catalog_find(plan->from, table->key))
            continue;
        const char *fix = analyze(deploy, table);
        bool said = false;
        for (size_t k = 0; k < found->count; k++)
            said |= found->at[k].fix && strcmp(found->at[k].fix, fix) == 0;
        if (!said)
            find(deploy, "analyze", SEVERITY_NOTE,
                 arena_print(deploy->verb->arena, "%s has a new index", table->name),
                 "the planner uses it well when it knows the values", fix);
    }
}

static Code verify(Deploy *deploy, DeployTask *task, Error *error)
{
    size_t first = deploy->report.found.count, errors = 0;
    const HazardList *found = &deploy->report.found;
    for (size_t i = 0; deploy->rehearsal && i < deploy->rehearsal->revisions.count; i++)
        find_unanalyzed(deploy, deploy->rehearsal->revisions.at[i].change);
    Code code = find_history(deploy, error);
    if (!code)
        code = find_invalid(deploy, error);
    for (size_t i = first; !code && i < found->count; i++) {
        bool note = found->at[i].severity == SEVERITY_NOTE;
        errors += !note;
        verb_tell(deploy->verb, note ? RUNG_EVENT_NOTICE : RUNG_EVENT_WARNING, "%s: %s",
                  found->at[i].what, found->at[i].fix);
        if (!note && errors == 1)
            error_set(error, RUNG_FOUND, "%s", found->at[i].what);
    }
    task->detail = "nothing is pending, the history is whole, no index became invalid";
    return errors ? error->code : code;
}

/* ---- all of it ---- */

static Code change_revisions(Deploy *deploy, Error *error)
{
    Code code = deploy_task(deploy, "upgrade", upgrade, error);
    if (!code)
        code = deploy_task(deploy, "validate", validate, error);
    if (code == RUNG_INVALID)
        go_back(deploy, error);
    else if (code)
        stop(deploy);
    if (code)
        return code;
    deploy->report.outcome = DEPLOY_UNFINISHED;
    code = deploy_task(deploy, "post-checks", verify, error);
    if (!code)
        deploy->report.outcome = DEPLOY_DONE;
    return code;
}

/* Users are let in again whatever happened; `error` keeps the first failure. */
static Code leave_maintenance(Deploy *deploy, Code code, Error *error)
{
    Error failed;
    const char *command = deploy->verb->project->config.deploy.maintenance_off;
    if (!command)
        return code;
    Code left = deploy_task_always(deploy, "maintenance off", maintenance_off, &failed);
    if (!left)
        return code;
    deploy_next(deploy, "maintenance mode was not left: %s", command);
    if (code)
        return code;
    deploy->report.outcome = DEPLOY_UNFINISHED;
    *error = failed;
    error_hint(error, "the revisions are applied; leave maintenance mode by hand");
    return left;
}

Code deploy_change(Deploy *deploy, Error *error)
{
    const Config *config = &deploy->verb->project->config;
    Code code = RUNG_OK;
    if (config->deploy.maintenance_on)
        code = deploy_task(deploy, "maintenance on", maintenance_on, error);
    if (!code)
        code = change_revisions(deploy, error);
    code = leave_maintenance(deploy, code, error);
    if (code || !config->deploy.after)
        return code;
    code = deploy_task(deploy, "after", after, error);
    if (code) {
        deploy->report.outcome = DEPLOY_UNFINISHED;
        error_hint(error,
                   "the revisions are applied: what comes behind them is to be done by hand");
    }
    return code;
}
