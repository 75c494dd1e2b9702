/* Verbs that look: current, history, heads, branches, show, status, check, validate. */
#include "api/cascade.h"
#include "api/drift.h"
#include "api/life.h"
#include "api/vault.h"
#include "base/file.h"
#include "lifecycle/fingerprint.h"
#include "lifecycle/measure.h"

static void set_heads(const Verb *verb, const RevisionSet *set, RevisionList *ret_heads)
{
    graph_set_heads(verb->graph, verb->arena, set, ret_heads);
}

/* ---- current ---- */

static Code verb_current(Verb *verb, Error *error)
{
    RunPlan plan;
    NameList unknown;
    RevisionList current = {0};
    Code code = verb_survey(verb, &plan, &unknown, error);
    if (code)
        return code;
    for (size_t i = 0; i < unknown.count; i++)
        verb_tell(verb, RUNG_EVENT_WARNING,
                  "the database is at revision %s, which no file in the folder has", unknown.at[i]);
    for (size_t i = 0; i < plan.history.journal.count && i < 1; i++)
        verb_tell(verb, RUNG_EVENT_WARNING, "revision %s is half-done: `rung status` says how far",
                  plan.history.journal.at[i].revision);
    set_heads(verb, &plan.applied, &current);
    RevisionMarks marks = {verb->graph, &plan.applied};
    report_revisions(&verb->report, &marks, &current, "nothing is applied");
    return RUNG_OK;
}
VERB(current)

/* ---- history ---- */

static Code log_history(Verb *verb, Error *error)
{
    bool absent;
    LogList log = {0};
    History history = {0};
    Code code = verb_connect(verb, &absent, error);
    if (!code && !absent)
        code = history_read(verb->db, verb->arena, &history, error);
    if (!code && history.present)
        code = history_log(verb->db, verb->arena, verb->arguments->limit, &log, error);
    if (!code)
        report_log(&verb->report, &log);
    return code;
}

static Code verb_history(Verb *verb, Error *error)
{
    RevisionList newest = {0};
    if (verb->arguments->log)
        return log_history(verb, error);
    Code code = verb_graph(verb, error);
    if (code)
        return code;
    const RevisionList *all = graph_revisions(verb->graph);
    size_t limit = verb->arguments->limit;
    for (size_t i = all->count; i > 0 && (!limit || newest.count < limit); i--)
        *vec_add(verb->arena, &newest) = all->at[i - 1];
    RevisionMarks marks = {verb->graph, NULL};
    report_revisions(&verb->report, &marks, &newest, "there are no revisions");
    return RUNG_OK;
}
VERB(history)

/* ---- heads, branches, show ---- */

static Code verb_heads(Verb *verb, Error *error)
{
    RevisionList heads = {0};
    Code code = verb_graph(verb, error);
    if (code)
        return code;
    graph_heads(verb->graph, verb->arena, &heads);
    RevisionMarks marks = {verb->graph, NULL};
    report_revisions(&verb->report, &marks, &heads, "there are no revisions");
    return RUNG_OK;
}
VERB(heads)

static Code verb_branches(Verb *verb, Error *error)
{
    RevisionList forks = {0};
    Code code = verb_graph(verb, error);
    if (code)
        return code;
    graph_forks(verb->graph, verb->arena, &forks);
    RevisionMarks marks = {verb->graph, NULL};
    report_revisions(&verb->report, &marks, &forks, "the history is one line: no forks, no merges");
    return RUNG_OK;
}
VERB(branches)

static Code verb_show(Verb *verb, Error *error)
{
    Revision *revision;
    char *data;
    size_t length;
    const char *id = verb->arguments->revision ? verb->arguments->revision : "head";
    Code code = verb_graph(verb, error);
    if (!code)
        code = graph_resolve(verb->graph, id, &revision, error);
    if (!code)
        code = file_read(verb->arena, revision->path, REVISION_SIZE_LIMIT, &data, &length, error);
    if (code)
        return code;
    RevisionMarks marks = {verb->graph, NULL};
    report_show(&verb->report, &marks, revision, data, length);
    return RUNG_OK;
}
VERB(show)

/* ---- status ---- */

static Code verb_status(Verb *verb, Error *error)
{
    RunPlan plan;
    NameList unknown;
    StatusReport status = {0};
    verb->tidy = true;
    if (verb->arguments->lifecycle)
        return life_status(verb, error);
    Code code = verb_survey(verb, &plan, &unknown, error);
    if (!code && verb->db)
        code = run_edited(verb->db, &plan, &status.edited, error);
    if (code)
        return code;
    verb_tell_unused(verb);
    status.target = verb->project->target.name;
    status.url = &verb->project->url;
    status.server_version = verb->db ? db_version(verb->db) : 0;
    status.plan = &plan;
    status.files = graph_revisions(verb->graph)->count;
    for (size_t i = 0; i < unknown.count; i++)
        *vec_add(verb->arena, &status.unknown) = unknown.at[i];
    graph_heads(verb->graph, verb->arena, &status.heads);
    set_heads(verb, &plan.applied, &status.current);
    report_status(&verb->report, &status);
    return RUNG_OK;
}
VERB(status)

/* ---- check ---- */

static void find(Verb *verb, FindingList *findings, const char *kind, const char *revision,
                 const char *text)
{
    *vec_add(verb->arena, findings) = (Finding){kind, revision, text};
}

static void find_revisions(Verb *verb, FindingList *findings, const char *kind,
                           const RevisionList *list)
{
    for (size_t i = 0; i < list->count; i++)
        find(verb, findings, kind, list->at[i]->id,
             arena_print(verb->arena, "%s  %s (%s)", list->at[i]->id, list->at[i]->message,
                         list->at[i]->path));
}

static Code find_log(Verb *verb, const RunPlan *plan, FindingList *findings, Error *error)
{
    LogList log;
    if (!plan->history.present)
        return RUNG_OK;
    Code code = history_log(verb->db, verb->arena, 0, &log, error);
    if (code)
        return code;
    int64_t broken = history_verify(&log);
    if (broken)
        find(verb, findings, "log", NULL,
             arena_print(verb->arena, "entry %lld of the history log was changed, moved or removed",
                         (long long)broken));
    return RUNG_OK;
}

/* What came of it is remembered, with the schema that it holds for. */
static void store_drift(Verb *verb, const RunPlan *plan, int64_t count)
{
    Life life;
    Error ignored;
    const char *fingerprint;
    if (!verb->db || plan->path.count || !verb->project->config.lifecycle.line ||
        life_peek(verb, false, &life, &ignored) ||
        fingerprint_read(verb->db, verb->arena, &fingerprint, &ignored))
        return;
    measure_store(&life, "drift", count, &(Measure){.label = fingerprint}, 1);
}

static Code find_drift(Verb *verb, const RunPlan *plan, FindingList *findings, Error *error)
{
    int64_t count = 0;
    Code code = drift_find(verb, plan, findings, error);
    for (size_t i = 0; !code && i < findings->count; i++)
        count += strcmp(findings->at[i].kind, "drift") == 0;
    if (!code)
        store_drift(verb, plan, count);
    return code;
}

static Code verb_check(Verb *verb, Error *error)
{
    RunPlan plan;
    NameList unknown;
    RevisionList edited = {0}, heads = {0};
    FindingList findings = {0};
    Code code = verb_survey(verb, &plan, &unknown, error);
    if (!code && verb->db)
        code = run_edited(verb->db, &plan, &edited, error);
    if (!code && verb->db)
        code = find_log(verb, &plan, &findings, error);
    if (code)
        return code;
    for (size_t i = 0; i < unknown.count; i++)
        find(verb, &findings, "unknown", unknown.at[i],
             arena_print(verb->arena, "%s is applied, and no file has it", unknown.at[i]));
    if (plan.history.journal.count)
        find(verb, &findings, "half-done", plan.history.journal.at[0].revision,
             arena_print(verb->arena, "%s stopped between its steps",
                         plan.history.journal.at[0].revision));
    find_revisions(verb, &findings, "edited", &edited);
    find_revisions(verb, &findings, "pending", &plan.path);
    graph_heads(verb->graph, verb->arena, &heads);
    if (heads.count > 1)
        find_revisions(verb, &findings, "head", &heads);
    code = cascade_find(verb, &findings, error);
    bool schema = verb->project->config.schema != NULL;
    if (!code && schema)
        code = find_drift(verb, &plan, &findings, error);
    if (!code)
        code = life_find(verb, &findings, error);
    if (!code && verb->db)
        code = vault_find(verb, &findings, error);
    if (code)
        return code;
    report_findings(&verb->report, &findings,
                    schema ? "ok: nothing is pending, unknown, edited or half-done; schema file, "
                             "revisions and database agree"
                           : "ok: nothing is pending, unknown, edited or half-done");
    return findings.count ? RUNG_FOUND : RUNG_OK;
}
VERB(check)
