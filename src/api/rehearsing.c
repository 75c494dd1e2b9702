/* Which revisions are rehearsed, and on which schema. */
#include "api/rehearsing.h"
#include "api/side.h"
#include "base/clock.h"
#include "source/source.h"

enum { STATEMENT_TIMEOUT_MS = 30000 };

/* ---- what is rehearsed ---- */

static bool is_listed(const RevisionList *list, const Revision *revision)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i] == revision)
            return true;
    return false;
}

static Code resolve_named(Rehearsing *rehearsing, RevisionList *named, Error *error)
{
    Verb *verb = rehearsing->verb;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < rehearsing->named_count; i++) {
        Revision *revision;
        code = graph_resolve(verb->graph, rehearsing->named[i], &revision, error);
        if (!code && !is_listed(named, revision))
            *vec_add(verb->arena, named) = revision;
    }
    return code;
}

/* Revisions that are applied already, or that a snapshot's database may have: from the beginning,
 * on an empty database. */
static Code path_from_nothing(Rehearsing *rehearsing, const RevisionList *named, Error *error)
{
    Verb *verb = rehearsing->verb;
    const RevisionList *all = graph_revisions(verb->graph);
    RevisionSet none = {.has = arena_alloc_array(verb->arena, all->count + 1, sizeof(bool)),
                        .count = all->count};
    RevisionSet wanted = none;
    wanted.has = arena_alloc_array(verb->arena, all->count + 1, sizeof(bool));
    for (size_t i = 0; i < named->count; i++) {
        RevisionList path = {0};
        Code code =
            graph_upgrade_path(verb->graph, verb->arena, &none, named->at[i]->id, &path, error);
        if (code)
            return code;
        for (size_t k = 0; k < path.count; k++)
            wanted.has[path.at[k]->order] = true;
    }
    RevisionList before = {0};
    for (size_t i = 0; i < all->count; i++)
        if (wanted.has[i])
            *vec_add(verb->arena, is_listed(named, all->at[i]) ? &rehearsing->path : &before) =
                all->at[i];
    rehearsing->from_nothing = true;
    rehearsing->options.unseen = before.count;
    for (size_t i = 0; i < rehearsing->path.count; i++)
        *vec_add(verb->arena, &before) = rehearsing->path.at[i];
    rehearsing->path = before;
    return RUNG_OK;
}

static Code find_path(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    RunPlan plan;
    RevisionList named = {0};
    bool pending = !rehearsing->from_nothing;
    Code code = pending ? verb_plan(verb, "heads", false, &plan, error) : verb_graph(verb, error);
    if (!code)
        code = resolve_named(rehearsing, &named, error);
    if (code)
        return code;
    for (size_t i = 0; pending && i < named.count; i++)
        pending &= !plan.applied.has[named.at[i]->order];
    if (!pending)
        return path_from_nothing(rehearsing, &named, error);
    graph_set_heads(verb->graph, verb->arena, &plan.applied, &rehearsing->heads);
    for (size_t i = 0; i < plan.path.count; i++) {
        *vec_add(verb->arena, &rehearsing->path) = plan.path.at[i];
        if (named.count && plan.path.at[i] == named.at[named.count - 1])
            break;
    }
    return RUNG_OK;
}

/* The target is a snapshot: what it has applied is what the first of the named revisions stands on.
 */
static Code path_from_snapshot(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    RevisionList named = {0};
    const RevisionList *all;
    if (!rehearsing->named_count) {
        error_set(error, RUNG_USAGE, "--from needs the revisions that are rehearsed on it");
        return error_hint(error, "a snapshot does not say which ones are applied: name the others");
    }
    Code code = verb_graph(verb, error);
    if (!code)
        code = resolve_named(rehearsing, &named, error);
    if (code)
        return code;
    all = graph_revisions(verb->graph);
    for (size_t i = 0; i < all->count; i++)
        if (is_listed(&named, all->at[i]))
            *vec_add(verb->arena, &rehearsing->path) = all->at[i];
    const Revision *first = rehearsing->path.at[0];
    for (size_t i = 0; i < first->parents.count; i++)
        *vec_add(verb->arena, &rehearsing->heads) = first->parents.at[i];
    return RUNG_OK;
}

static Code read_snapshot(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    Code code = side_find(verb, verb->arguments->from, &rehearsing->side, error);
    if (!code)
        code = sides_load(verb, &rehearsing->side, NULL, error);
    if (code)
        return code;
    rehearsing->options.start = rehearsing->side.catalog;
    rehearsing->version = rehearsing->side.catalog->version;
    rehearsing->engine = rehearsing->side.catalog->engine;
    return RUNG_OK;
}

/* ---- the target, read only ---- */

static Code read_time_zone(Rehearsing *rehearsing, Error *error)
{
    DbRows rows;
    Verb *verb = rehearsing->verb;
    Code code =
        db_query(verb->db, verb->arena, &(DbStatement){.sql = "SHOW timezone"}, &rows, error);
    if (!code)
        rehearsing->options.time_zone = db_cell(&rows, 0, 0);
    return code;
}

static Code read_target(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    if (!verb->db)
        return RUNG_OK; /* sizes are then those of an empty database */
    rehearsing->version = db_version(verb->db);
    Code code = RUNG_OK;
    if (db_engine(verb->db) == ENGINE_POSTGRESQL)
        code = sizes_read(verb->db, verb->arena, &rehearsing->sizes, error);
    if (!code && db_engine(verb->db) == ENGINE_POSTGRESQL)
        code = read_time_zone(rehearsing, error);
    if (!code && !rehearsing->from_nothing)
        code = source_database(verb->db, verb->arena, "the target", NULL,
                               &rehearsing->options.start, error);
    return code;
}

static Code ask_one(Verb *verb, const Precheck *precheck, const Revision *revision,
                    Rehearsal *rehearsal)
{
    Error failed, ignored;
    DbRows rows;
    Code code = db_exec(verb->db, "SAVEPOINT rung_ask", &failed);
    if (!code)
        code =
            db_query(verb->db, verb->arena, &(DbStatement){.sql = precheck->sql}, &rows, &failed);
    if (code && db_lost(verb->db))
        return code;
    if (code)
        db_exec(verb->db, "ROLLBACK TO rung_ask", &ignored);
    db_exec(verb->db, "RELEASE rung_ask", &ignored);
    const char *count = !code && rows.count ? db_cell(&rows, 0, 0) : NULL;
    if (count && strcmp(count, "0") == 0)
        return RUNG_OK;
    if (code && strcmp(failed.sqlstate, "42P01") != 0 && strcmp(failed.sqlstate, "42703") != 0 &&
        failed.sqlstate[0])
        count = NULL;
    else if (code)
        return RUNG_OK; /* an earlier pending revision makes it: there are no rows yet */
    Hazard *hazard = vec_add(verb->arena, &rehearsal->hazards);
    *hazard = (Hazard){.rule = count ? "rows-in-the-way" : "rows-not-asked",
                       .severity = count ? SEVERITY_ERROR : SEVERITY_WARNING,
                       .file = revision->path,
                       .revision = revision->id,
                       .statement = precheck->sql};
    hazard->what = count ? arena_print(verb->arena, "%s: %s in the target", precheck->title, count)
                         : arena_print(verb->arena, "%s: could not be asked: %s", precheck->title,
                                       failed.message);
    hazard->why = count ? "the revision fails on them" : NULL;
    return RUNG_OK;
}

/* Would the rows that are there let each revision through? The target is only asked. */
static Code ask_target(Rehearsing *rehearsing, Rehearsal *rehearsal, Error *error)
{
    Verb *verb = rehearsing->verb;
    if (!verb->db || rehearsing->from_nothing)
        return RUNG_OK;
    Code code = db_exec(verb->db,
                        db_engine(verb->db) == ENGINE_SQLITE ? "BEGIN" : "BEGIN READ ONLY", error);
    for (size_t i = 0; !code && i < rehearsal->revisions.count; i++) {
        const RevisionRehearsal *result = &rehearsal->revisions.at[i];
        for (size_t k = 0; !code && result->change && k < result->change->prechecks.count; k++)
            code = ask_one(verb, &result->change->prechecks.at[k], result->revision, rehearsal);
    }
    Error ignored;
    if (!db_lost(verb->db))
        db_exec(verb->db, "ROLLBACK", &ignored);
    return code;
}

/* ---- running it ---- */

static Code run_it(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    Scratch *scratch;
    RehearsalOptions *options = &rehearsing->options;
    options->graph = verb->graph;
    options->heads = &rehearsing->heads;
    options->path = &rehearsing->path;
    options->sizes = &rehearsing->sizes;
    options->queries = &rehearsing->queries;
    options->sizes_known = !verb->arguments->from;
    options->run = (RunOptions){.statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                .cancelled = &verb->project->cancelled,
                                .active = &verb->project->active[1]};
    Code code = verb_scratch(verb, rehearsing->engine, rehearsing->version, &scratch, error);
    if (!code)
        code = rehearse(scratch, options, verb->arena, &rehearsing->rehearsal, error);
    if (!code)
        code = ask_target(rehearsing, rehearsing->rehearsal, error);
    return code;
}

static Code read_budget(Rehearsing *rehearsing, Error *error)
{
    const char *text = rehearsing->verb->arguments->budget;
    int ms = rehearsing->verb->project->config.lint.budget_ms;
    if (text && !clock_read_duration_ms(text, &ms))
        return error_set(error, RUNG_USAGE, "--budget takes a duration like 500ms or 2s, not %s",
                         text);
    rehearsing->options.budget_us = (int64_t)ms * 1000;
    return RUNG_OK;
}

Code rehearsing_read(Rehearsing *rehearsing, Error *error)
{
    Verb *verb = rehearsing->verb;
    Code code = read_budget(rehearsing, error);
    if (!code && !verb->arguments->from)
        code = verb_url(verb, error);
    if (!code && verb->arguments->queries)
        code = queries_read(verb->arena, verb->project->url.engine, verb->arguments->queries,
                            &rehearsing->queries, error);
    return code;
}

Code rehearsing_run(Rehearsing *rehearsing, Error *error)
{
    rehearsing->verb->apart = true;
    rehearsing->engine = rehearsing->verb->project->url.engine;
    bool snapshot = rehearsing->verb->arguments->from != NULL;
    Code code = rehearsing->path_given ? RUNG_OK
                : snapshot             ? path_from_snapshot(rehearsing, error)
                                       : find_path(rehearsing, error);
    if (!code)
        code = snapshot ? read_snapshot(rehearsing, error) : read_target(rehearsing, error);
    if (!code && rehearsing->path.count > rehearsing->options.unseen)
        code = run_it(rehearsing, error);
    return code;
}

void rehearsing_done(Rehearsing *rehearsing)
{
    rehearsal_done(rehearsing->rehearsal);
    side_done(&rehearsing->side);
}
