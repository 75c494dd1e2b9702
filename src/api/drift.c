/* check with a schema file: the newest revision is replayed in a scratch database, and everything
 * is compared with it. */
#include "api/drift.h"
#include "report/catalog.h"

typedef struct Drift {
    Verb *verb;
    FindingList *findings;
    Side database, revision, schema;
} Drift;

static void add_finding(Drift *drift, const char *kind, const char *text)
{
    *vec_add(drift->verb->arena, drift->findings) = (Finding){.kind = kind, .text = text};
}

static void add_findings(Drift *drift, const Plan *plan, const char *kind, const char *where)
{
    Arena *arena = drift->verb->arena;
    for (size_t i = 0; i < plan->changes.count; i++) {
        Text line = TEXT_EMPTY;
        if (report_change(plan, &plan->changes.at[i], &line))
            add_finding(drift, kind, arena_print(arena, "%s  (%s)", text_string(&line), where));
        text_done(&line);
    }
    if (!plan->changes.count)
        for (size_t i = 0; i < plan->refusals.count; i++)
            add_finding(drift, kind, report_refusal(arena, &plan->refusals.at[i]));
}

static Code compare(Drift *drift, Side *from, Side *to, const char *kind, const char *where,
                    Error *error)
{
    PlanOptions options = {0};
    Plan *plan;
    Code code = compare_sides(drift->verb, from, to, false, &options, &plan, error);
    if (!code)
        add_findings(drift, plan, kind, where);
    return code;
}

/* What the revisions make; nothing, when there are none. */
static void set_revision(Drift *drift, const RevisionList *heads)
{
    bool any = heads->count > 0;
    drift->revision = (Side){.said = any ? heads->at[0]->id : "no revision",
                             .type = any ? SIDE_REVISION : SIDE_EMPTY,
                             .engine = drift->database.engine,
                             .engine_known = true,
                             .revision = any ? heads->at[0] : NULL};
}

static Code compare_all(Drift *drift, const RunPlan *plan, Error *error)
{
    RevisionList heads = {0};
    bool at_head = drift->verb->db && !plan->path.count;
    graph_heads(drift->verb->graph, drift->verb->arena, &heads);
    set_revision(drift, &heads);
    drift->schema.engine = drift->database.engine;
    drift->schema.engine_known = true;
    Code code = RUNG_OK;
    if (heads.count > 1)
        return code; /* it is one of the findings */
    if (!heads.count)
        return drift->verb->db ? compare(drift, &drift->database, &drift->schema, "drift",
                                         "wanted by the schema file", error)
                               : RUNG_OK;
    if (at_head)
        code = compare(drift, &drift->revision, &drift->database, "drift",
                       "the database against the revisions", error);
    return code ? code
                : compare(drift, &drift->revision, &drift->schema, "schema",
                          "the schema file against the revisions", error);
}

Code drift_find(Verb *verb, const RunPlan *plan, FindingList *findings, Error *error)
{
    Drift drift = {.verb = verb, .findings = findings};
    Code code = side_target(verb, &drift.database, error);
    if (!code)
        code = side_schema(verb, &drift.schema, error);
    if (!code)
        code = compare_all(&drift, plan, error);
    side_done(&drift.database);
    side_done(&drift.revision);
    side_done(&drift.schema);
    return code;
}
