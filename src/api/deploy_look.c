/* The first half of a deployment: preflight, rehearsal, locks and rights, backup. The target is
 * only read. */
#include "api/deploy.h"
#include "api/side.h"
#include "base/file.h"

/* ---- findings ---- */

static void tell_hazard(Deploy *deploy, const Hazard *hazard)
{
    rung_event_type type =
        hazard->severity == SEVERITY_NOTE ? RUNG_EVENT_NOTICE : RUNG_EVENT_WARNING;
    verb_tell(deploy->verb, type, "%s%s%s%s%s%s", hazard->what, hazard->why ? "; " : "",
              hazard->why ? hazard->why : "", hazard->fix ? "\n  " : "", hazard->fix ? "do: " : "",
              hazard->fix ? hazard->fix : "");
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Those from `first` on are told; errors among them end it, unless --force is said. */
static Code judge(Deploy *deploy, DeployTask *task, size_t first, Code code, Error *error)
{
    const HazardList *found = &deploy->report.found;
    const Hazard *worst = NULL;
    size_t errors = 0, warnings = 0;
    for (size_t i = first; i < found->count; i++) {
        const Hazard *hazard = &found->at[i];
        tell_hazard(deploy, hazard);
        warnings += hazard->severity == SEVERITY_WARNING;
        errors += hazard->severity == SEVERITY_ERROR;
        if (hazard->severity == SEVERITY_ERROR && !worst)
            worst = hazard;
    }
    bool forced = errors && deploy->verb->arguments->force;
    if (errors || warnings)
        task->detail =
            arena_print(deploy->verb->arena, "%zu error%s, %zu warning%s%s", errors, plural(errors),
                        warnings, plural(warnings), forced ? ", and --force was said" : "");
    if (!errors || forced)
        return RUNG_OK;
    if (errors == 1 && strcmp(worst->rule, "another-run") == 0)
        code = RUNG_LOCKED;
    error_set(error, code, "%s%s", worst->what,
              errors > 1 ? arena_print(deploy->verb->arena, "; and %zu more", errors - 1) : "");
    return error_hint(error, "%s%s--force goes on all the same", worst->fix ? worst->fix : "",
                      worst->fix ? "; " : "");
}

/* ---- preflight ---- */

static void find_half_done(Deploy *deploy)
{
    if (!deploy->plan.resumed)
        return;
    Hazard *hazard = vec_add(deploy->verb->arena, &deploy->report.found);
    *hazard = (Hazard){.rule = "half-done",
                       .severity = SEVERITY_WARNING,
                       .revision = deploy->plan.resumed->id,
                       .what = arena_print(deploy->verb->arena, "revision %s is half-done",
                                           deploy->plan.resumed->id),
                       .why = "it is finished first"};
}

static Code ask_target(Deploy *deploy, Error *error)
{
    char version[64];
    Verb *verb = deploy->verb;
    Code code = RUNG_OK;
    if (!verb->db)
        return RUNG_OK;
    deploy->report.server =
        arena_string(verb->arena, report_server(db_engine(verb->db), db_version(verb->db), version,
                                                sizeof version));
    if (db_engine(verb->db) == ENGINE_POSTGRESQL)
        code = preflight_invalid_indexes(verb->db, verb->arena, &deploy->invalid, error);
    if (!code)
        code = preflight_target(verb->db, verb->arena, &deploy->preflight, &deploy->report.found,
                                error);
    return code;
}

static void set_options(Deploy *deploy)
{
    Verb *verb = deploy->verb;
    const Config *config = &verb->project->config;
    deploy->preflight = (PreflightOptions){.url = &verb->project->url,
                                           .old_transaction_ms = config->deploy.old_transaction_ms,
                                           .lock_timeout_ms = verb->project->target.lock_timeout_ms,
                                           .cancelled = &verb->project->cancelled};
    if (!verb->arguments->no_backup)
        deploy->preflight.backup_folder =
            path_join(verb->arena, config->folder, config->backup.directory);
}

/* Edited and unknown revisions are no findings: nothing can run on them. */
Code deploy_preflight(Deploy *deploy, DeployTask *task, Error *error)
{
    bool absent;
    Verb *verb = deploy->verb;
    const char *wanted = verb->arguments->revision ? verb->arguments->revision : "head";
    Code code = verb_connect(verb, &absent, error);
    if (!code)
        code = run_plan(verb->db, verb->arena, verb->graph, wanted, false, &deploy->plan, error);
    if (code)
        return code;
    graph_set_heads(verb->graph, verb->arena, &deploy->plan.applied, &deploy->report.from);
    for (size_t i = 0; i < deploy->plan.path.count; i++)
        *vec_add(verb->arena, &deploy->report.revisions) = (DeployRevision){
            .revision = deploy->plan.path.at[i], .unproven = "it was not rehearsed"};
    if (!deploy->plan.path.count) {
        task->detail = "nothing is pending";
        return RUNG_OK;
    }
    set_options(deploy);
    find_half_done(deploy);
    code = ask_target(deploy, error);
    return code ? code : judge(deploy, task, 0, RUNG_FOUND, error);
}

/* ---- rehearsal ---- */

/* What had no rows could lose none. */
static bool was_empty(const Rehearsal *rehearsal, const RevisionRehearsal *result, Engine engine)
{
    if (engine == ENGINE_SQLITE) /* which tables a statement touched is not known */
        return rehearsal->unfilled.count > 0;
    for (size_t i = 0; i < rehearsal->unfilled.count; i++)
        for (size_t k = result->up; k < result->up + result->up_count; k++) {
            const EffectList *effects = &rehearsal->observed.at[k].effects;
            for (size_t j = 0; j < effects->count; j++)
                if (strcmp(effects->at[j].relation, rehearsal->unfilled.at[i].table) == 0)
                    return true;
        }
    return false;
}

static const char *why_unproven(Deploy *deploy, const RevisionRehearsal *result)
{
    Arena *arena = deploy->verb->arena;
    if (result->up_failed)
        return "up fails in the rehearsal";
    if (result->down_skipped)
        return result->down_skipped;
    if (result->down_failed)
        return arena_print(arena, "down fails: %s", result->down_failed->message);
    if (!result->left || result->left->changes.count)
        return "down does not restore the schema";
    if (result->losses.count) {
        const Loss *loss = &result->losses.at[0];
        return arena_print(arena, "down does not restore the %s of %s%s%s",
                           loss->column ? "values" : "rows", loss->table, loss->column ? "." : "",
                           loss->column ? loss->column : "");
    }
    if (result->again_failed || !result->differs || result->differs->changes.count)
        return "up behind down does not end in the same schema";
    if (was_empty(deploy->rehearsal, result, deploy->verb->project->url.engine))
        return "a table had no rows in the rehearsal";
    return NULL;
}

static void keep_proofs(Deploy *deploy)
{
    for (size_t i = 0; i < deploy->report.revisions.count; i++)
        for (size_t k = 0; k < deploy->rehearsal->revisions.count; k++) {
            const RevisionRehearsal *result = &deploy->rehearsal->revisions.at[k];
            if (result->revision == deploy->report.revisions.at[i].revision)
                deploy->report.revisions.at[i].unproven = why_unproven(deploy, result);
        }
}

Code deploy_rehearse(Deploy *deploy, DeployTask *task, Error *error)
{
    Verb *verb = deploy->verb;
    HazardList *found = &deploy->report.found;
    size_t first = found->count;
    deploy->rehearsing.heads = deploy->report.from;
    deploy->rehearsing.path = deploy->plan.path;
    deploy->rehearsing.path_given = true;
    Code code = rehearsing_run(&deploy->rehearsing, error);
    deploy->rehearsal = deploy->rehearsing.rehearsal;
    if (code && code != RUNG_INTERRUPTED && verb->arguments->force) {
        task->state = TASK_SKIPPED;
        task->detail = arena_print(verb->arena, "it could not be done, and --force was said: %s",
                                   error->message);
        error->code = RUNG_OK;
        return RUNG_OK;
    }
    if (code)
        return code;
    keep_proofs(deploy);
    for (size_t i = 0; i < deploy->rehearsal->hazards.count; i++)
        *vec_add(verb->arena, found) = deploy->rehearsal->hazards.at[i];
    return judge(deploy, task, first, RUNG_HAZARD, error);
}

Code deploy_locks(Deploy *deploy, DeployTask *task, Error *error)
{
    Verb *verb = deploy->verb;
    size_t first = deploy->report.found.count;
    if (!deploy->rehearsal || !verb->db) {
        task->state = TASK_SKIPPED;
        task->detail =
            verb->db ? "without a rehearsal they are not known" : "the database is not there yet";
        return RUNG_OK;
    }
    Code code = preflight_rehearsed(verb->db, verb->arena, &deploy->preflight, deploy->rehearsal,
                                    &deploy->rehearsing.sizes, &deploy->report.found, error);
    return code ? code : judge(deploy, task, first, RUNG_FOUND, error);
}

/* ---- backup ---- */

static Code skip_backup(DeployTask *task, const char *why)
{
    task->state = TASK_SKIPPED;
    task->detail = why;
    return RUNG_OK;
}

Code deploy_backup(Deploy *deploy, DeployTask *task, Error *error)
{
    Verb *verb = deploy->verb;
    const DbUrl *url = &verb->project->url;
    const Config *config = &verb->project->config;
    if (verb->arguments->no_backup)
        return skip_backup(task, "--no-backup was said");
    if (!verb->db || (url->engine == ENGINE_SQLITE && strcmp(url->path, ":memory:") == 0))
        return skip_backup(task, "there is nothing to save yet");
    BackupOptions options = {.folder = deploy->preflight.backup_folder,
                             .name = deploy->report.target,
                             .cancelled = &verb->project->cancelled};
    Code code = RUNG_OK;
    if (config->scratch.binaries)
        options.binaries = path_join(verb->arena, config->folder, config->scratch.binaries);
    if (verb->arguments->verify_backup && url->engine == ENGINE_POSTGRESQL)
        code = verb_scratch(verb, url->engine, db_version(verb->db), &options.scratch, error);
    if (!code)
        code = backup_make(verb->db, url, &options, verb->arena, &deploy->report.backup, error);
    if (!code)
        task->detail = arena_print(verb->arena, "%s, %s", deploy->report.backup.path,
                                   deploy->report.backup.verified);
    return code;
}
