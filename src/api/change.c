/* Verbs that change the database: upgrade, downgrade, stamp. */
#include "api/project.h"

/* ---- upgrade and downgrade ---- */

/* After a failure the user wants to know what stands. */
static void tell_what_stands(Verb *verb, const RunSummary *summary, bool undo)
{
    size_t done = summary->done.count;
    if (done)
        verb_tell(verb, RUNG_EVENT_NOTICE, "%zu revision%s %s before the failure and stay%s so",
                  done, done == 1 ? " was" : "s were", undo ? "undone" : "applied",
                  done == 1 ? "s" : "");
}

static Code run(Verb *verb, const char *target, bool undo, Error *error)
{
    RunSummary summary;
    RunOptions options = verb_run_options(verb);
    Code code = verb_url(verb, error);
    if (!code)
        code = verb_graph(verb, error);
    if (code)
        return code;
    verb_tell_unused(verb);
    code = run_to(&verb->project->url, verb->graph, target, undo, &options, verb->arena, &summary,
                  error);
    if (code) {
        tell_what_stands(verb, &summary, undo);
        return code;
    }
    report_run(&verb->report, &summary, undo ? "undone" : "applied", &summary.current);
    return RUNG_OK;
}

static Code show_plan(Verb *verb, const char *target, bool undo, Error *error)
{
    RunPlan plan;
    Value *list;
    Code code = verb_plan(verb, target, undo, &plan, error);
    if (code)
        return code;
    report_plan_start(&verb->report, &list);
    for (size_t i = 0; !code && i < plan.path.count; i++) {
        Script *script;
        code = script_load(plan.path.at[i], verb->project->url.engine, undo, &script, error);
        if (!code) {
            report_plan_revision(&verb->report, list, script);
            script_free(script);
        }
    }
    if (code)
        value_free(list);
    else
        report_plan_end(&verb->report, list, plan.path.count);
    return code;
}

/* FROM:TO needs no database: FROM says where it is. */
static Code range_plan(Verb *verb, const char *from, const char *to, bool undo, RunPlan *ret_plan,
                       Error *error)
{
    RunPlan plan = {.arena = verb->arena, .undo = undo};
    Revision *revision = NULL;
    Code code = verb_graph(verb, error);
    if (!code)
        code = verb_url(verb, error);
    if (!code && *from && strcmp(from, "base") != 0)
        code = graph_resolve(verb->graph, from, &revision, error);
    if (!code)
        code = graph_applied(verb->graph, verb->arena, revision ? &revision->id : NULL,
                             revision ? 1 : 0, &plan.applied, error);
    if (!code)
        code = undo ? graph_downgrade_path(verb->graph, verb->arena, &plan.applied, to, &plan.path,
                                           error)
                    : graph_upgrade_path(verb->graph, verb->arena, &plan.applied, to, &plan.path,
                                         error);
    plan.graph = verb->graph;
    plan.history.present = plan.applied.count > 0;
    if (!code)
        *ret_plan = plan;
    return code;
}

/* On SQLite the seal of a log entry is written into the script: it needs the entry before it, and
 * a script for a range fits the database that the target names. */
static Code last_entry(Verb *verb, const RunPlan *plan, LogList *ret_log, Error *error)
{
    bool absent = true;
    History history = plan->history;
    Code code = RUNG_OK;
    if (verb->project->url.engine != ENGINE_SQLITE || !history.present)
        return RUNG_OK;
    if (!verb->db) {
        code = verb_connect(verb, &absent, error);
        if (!code && !absent)
            code = history_read(verb->db, verb->arena, &history, error);
    }
    if (!code && verb->db && history.present)
        code = history_log(verb->db, verb->arena, 1, ret_log, error);
    return code;
}

static Code print_sql(Verb *verb, const char *target, bool undo, Error *error)
{
    RunPlan plan;
    LogEntry last = {0};
    LogList log = {0};
    const char *colon = strchr(target, ':');
    Code code = colon ? range_plan(verb, arena_copy(verb->arena, target, (size_t)(colon - target)),
                                   colon[1] ? colon + 1 : "head", undo, &plan, error)
                      : verb_plan(verb, target, undo, &plan, error);
    if (!code)
        code = last_entry(verb, &plan, &log, error);
    if (log.count)
        last = log.at[0];
    if (!code)
        code = run_print(verb->project->url.engine, &plan.applied, &plan.path, undo,
                         plan.history.present, &last, verb->arena, &verb->report.text, error);
    verb->report.count = code ? 0 : plan.path.count;
    return code;
}

static Code change(Verb *verb, const char *target, bool undo, Error *error)
{
    if (verb->arguments->sql)
        return print_sql(verb, target, undo, error);
    if (verb->arguments->dry_run)
        return show_plan(verb, target, undo, error);
    return run(verb, target, undo, error);
}

static Code verb_upgrade(Verb *verb, Error *error)
{
    return change(verb, verb->arguments->revision ? verb->arguments->revision : "head", false,
                  error);
}

static Code verb_downgrade(Verb *verb, Error *error)
{
    if (!verb->arguments->revision) {
        error_set(error, RUNG_USAGE, "downgrade needs to know how far");
        return error_hint(error, "`rung downgrade -1` undoes the last revision, `rung downgrade "
                                 "base` all of them");
    }
    return change(verb, verb->arguments->revision, true, error);
}

VERB(upgrade)
VERB(downgrade)

/* ---- stamp ---- */

static Code stamp_heads(Verb *verb, const char *text, RevisionList *ret_heads, Error *error)
{
    RevisionList heads = {0};
    Code code = RUNG_OK;
    if (strcmp(text, "heads") == 0)
        graph_heads(verb->graph, verb->arena, &heads);
    else if (strcmp(text, "base") != 0) {
        Revision *revision;
        code = graph_resolve(verb->graph, text, &revision, error);
        if (!code)
            *vec_add(verb->arena, &heads) = revision;
    }
    *ret_heads = heads;
    return code;
}

static Code print_stamp(Verb *verb, const RevisionList *heads, Error *error)
{
    bool absent;
    Code code = verb_connect(verb, &absent, error);
    if (code)
        return code;
    return run_print_stamp(verb->db, verb->project->url.engine, verb->graph, heads,
                           verb->arguments->force, verb->arena, &verb->report.text, error);
}

static Code verb_stamp(Verb *verb, Error *error)
{
    RevisionList heads;
    RunSummary summary;
    RunOptions options = verb_run_options(verb);
    if (!verb->arguments->revision) {
        error_set(error, RUNG_USAGE, "stamp needs a revision");
        return error_hint(error,
                          "`rung stamp head` marks everything as applied, without running it");
    }
    Code code = verb_url(verb, error);
    if (!code)
        code = verb_graph(verb, error);
    if (!code)
        code = stamp_heads(verb, verb->arguments->revision, &heads, error);
    if (!code && verb->arguments->sql)
        return print_stamp(verb, &heads, error);
    if (!code)
        code = run_stamp(&verb->project->url, verb->graph, &heads, verb->arguments->force, &options,
                         verb->arena, &summary, error);
    if (!code)
        report_run(&verb->report, &summary, "stamped", &summary.current);
    return code;
}

VERB(stamp)
