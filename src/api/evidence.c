/* One revision, run behind its ancestors. */
#include "api/evidence.h"
#include "report/catalog.h"

/* The generated checks are written like those of a file, and read like them. */
static Code read_generated(Verb *verb, const Plan *plan, CheckList *ret_checks, Error *error)
{
    Text text = TEXT_EMPTY;
    Revision *revision;
    SectionList sections = {0};
    text_put(&text, "-- rung:revision generated\n-- rung:parents\n\n-- rung:up\nSELECT 1;\n");
    report_checks(plan, "-- rung:check", &text);
    const char *data = arena_string(verb->arena, text_string(&text));
    Code code =
        revision_read(verb->arena, "generated_checks.sql", data, text.length, &revision, error);
    text_done(&text);
    if (code)
        return code;
    revision_checks(verb->arena, revision, plan->to->engine, &sections);
    for (size_t i = 0; i < sections.count; i++) {
        const Section *section = sections.at[i];
        const char *sql = arena_copy(verb->arena, data + section->offset, section->length);
        size_t length = strlen(sql);
        while (length && strchr(" \n;", sql[length - 1]))
            length--;
        *vec_add(verb->arena, ret_checks) =
            (Check){.title = section->title, .none = section->none, .sql = sql, .length = length};
    }
    return RUNG_OK;
}

static Code find_result(Evidence *evidence, Error *error)
{
    const Rehearsal *rehearsal = evidence->rehearsing.rehearsal;
    for (size_t i = 0; rehearsal && i < rehearsal->revisions.count; i++)
        if (rehearsal->revisions.at[i].revision == evidence->revision)
            evidence->result = &rehearsal->revisions.at[i];
    if (evidence->result && evidence->result->up_failed) {
        *error = *evidence->result->up_failed;
        return error->code;
    }
    return evidence->result
               ? RUNG_OK
               : error_set(error, RUNG_FAILED, "revision %s could not be run in scratch",
                           evidence->revision->id);
}

Code evidence_gather(Verb *verb, const char *revision, bool only_change, Evidence *ret_evidence,
                     Error *error)
{
    Evidence *evidence = ret_evidence;
    Code code = verb_url(verb, error);
    if (!code)
        code = verb_graph(verb, error);
    if (!code)
        code = graph_resolve(verb->graph, revision, &evidence->revision, error);
    if (code)
        return code;
    const char **named = arena_alloc(verb->arena, sizeof *named);
    named[0] = evidence->revision->id;
    evidence->rehearsing =
        (Rehearsing){.verb = verb,
                     .named = named,
                     .named_count = 1,
                     .from_nothing = true,
                     .options = {.only_change = only_change, .budget_us = INT64_MAX}};
    code = rehearsing_run(&evidence->rehearsing, error);
    if (!code)
        code = find_result(evidence, error);
    if (!code)
        code = read_generated(verb, evidence->result->change, &evidence->generated, error);
    return code;
}

void evidence_done(Evidence *evidence)
{
    rehearsing_done(&evidence->rehearsing);
}
