/* dump: a schema as text that rebuilds it. */
#include "api/side.h"
#include "report/catalog.h"
#include "source/empty.h"
#include "source/snapshot.h"

static Code dump_sql(Verb *verb, Side *side, Error *error)
{
    Plan *plan;
    Catalog *empty;
    Code code = source_empty(verb->arena, side->engine, side->catalog->version, &empty, error);
    if (!code)
        code = plan_make(verb->arena, empty, side->catalog, NULL, &plan, error);
    if (code)
        return code;
    for (size_t i = 0; i < plan->refusals.count; i++)
        verb_tell(verb, RUNG_EVENT_WARNING, "%s",
                  report_refusal(verb->arena, &plan->refusals.at[i]));
    if (plan->refusals.count)
        return error_set(error, RUNG_REFUSED, "%zu object%s cannot be written as SQL",
                         plan->refusals.count, plan->refusals.count == 1 ? "" : "s");
    report_dump(&verb->report, plan);
    return RUNG_OK;
}

static Code dump_side(Verb *verb, Side *side, size_t format, Error *error)
{
    Code code = sides_load(verb, side, NULL, error);
    if (code)
        return code;
    verb->report.count = side->catalog->count;
    if (format == 0)
        return dump_sql(verb, side, error);
    snapshot_write(side->catalog, &verb->report.text);
    return RUNG_OK;
}

static Code verb_dump(Verb *verb, Error *error)
{
    static const char *const formats[] = {"sql", "json", NULL};
    const rung_arguments *arguments = verb->arguments;
    const char *word = !arguments->format && arguments->json ? "json" : arguments->format;
    Side side = {0};
    size_t format;
    Code code = verb_read_word("format", word, formats, "sql, json", &format, error);
    if (!code)
        code = side_target(verb, &side, error);
    if (!code)
        code = dump_side(verb, &side, format, error);
    side_done(&side);
    return code;
}
VERB(dump)
