/* Two sides, one plan. */
#include "api/compare.h"
#include "report/catalog.h"
#include "source/snapshot.h"

static Code read_ignored(const rung_names *names, PlanOptions *options, Error *error)
{
    for (size_t i = 0; i < names->count; i++) {
        KindId kind = kind_find(names->at[i]);
        if (kind == KIND_COUNT) {
            error_set(error, RUNG_USAGE, "--ignore: there is no kind of object \"%s\"",
                      names->at[i]);
            return error_hint(error, "kinds are named as in SQL: index, policy, default privilege");
        }
        options->ignored[kind] = true;
    }
    return RUNG_OK;
}

Code compare_options(Verb *verb, PlanOptions *options, Error *error)
{
    options->online = verb->arguments->online || verb->project->target.online;
    return read_ignored(&verb->arguments->ignored, options, error);
}

/* Planning gives new names in the catalog that it starts from, and a side may be compared again: it
 * works on a copy then. A snapshot is one. */
static Code copy_catalog(Verb *verb, Catalog **catalog, Error *error)
{
    Text text = TEXT_EMPTY;
    snapshot_write(*catalog, &text);
    Code code = snapshot_read(verb->arena, (*catalog)->name, text_string(&text), text.length,
                              catalog, error);
    text_done(&text);
    return code;
}

Code compare_sides(Verb *verb, Side *from, Side *to, bool down, PlanOptions *options,
                   Plan **ret_plan, Error *error)
{
    Code code = compare_options(verb, options, error);
    if (!code && (!from->catalog || !to->catalog || from->engine != to->engine))
        code = sides_load(verb, from, to, error);
    if (!code)
        code = renames_find(verb, from->catalog, to->catalog, &to->files, options, error);
    if (code)
        return code;
    if (!from->catalog->owned || !to->catalog->owned)
        options->ignored[KIND_DEFAULT_PRIVILEGE] = true;
    if (down)
        renames_turn(verb->arena, options);
    Catalog *start = down ? to->catalog : from->catalog;
    Catalog *end = down ? from->catalog : to->catalog;
    if (options->rename_count)
        code = copy_catalog(verb, &start, error);
    return code ? code : plan_make(verb->arena, start, end, options, ret_plan, error);
}

Code compare_refuse(Verb *verb, const Plan *plan, const char *hint, Error *error)
{
    size_t count = plan->refusals.count;
    for (size_t i = 0; i < count; i++)
        verb_tell(verb, RUNG_EVENT_WARNING, "%s",
                  report_refusal(verb->arena, &plan->refusals.at[i]));
    error_set(error, RUNG_REFUSED, "%zu difference%s cannot be turned into SQL", count,
              count == 1 ? "" : "s");
    return error_hint(error, "each is named above; %s", hint);
}
