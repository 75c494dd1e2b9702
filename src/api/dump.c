/* dump: a schema as text that rebuilds it. */
#include "api/side.h"
#include "report/catalog.h"
#include "source/empty.h"

static Code dump_side(Verb *verb, Side *side, Error *error)
{
    Plan *plan;
    Code code = sides_load(verb, side, NULL, error);
    if (code)
        return code;
    Catalog *empty;
    code = source_empty(verb->arena, side->engine, side->catalog->version, &empty, error);
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

static Code verb_dump(Verb *verb, Error *error)
{
    Side side = {0};
    Code code = side_find(verb, NULL, &side, error);
    if (!code)
        code = dump_side(verb, &side, error);
    side_done(&side);
    return code;
}
VERB(dump)
