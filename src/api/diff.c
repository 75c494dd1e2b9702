/* diff: from one schema to another. */
#include "api/compare.h"
#include "report/catalog.h"

static Code read_options(Verb *verb, PlanOptions *ret_options, Error *error)
{
    static const char *const losses[] = {"allow", "refuse", NULL};
    static const char *const orders[] = {"ignore", "report", "rebuild", NULL};
    const rung_arguments *arguments = verb->arguments;
    size_t loss = 0, order = 0;
    Code code =
        verb_read_word("data-loss", arguments->data_loss, losses, "allow, refuse", &loss, error);
    if (!code)
        code = verb_read_word("column-order", arguments->column_order, orders,
                              "ignore, report, rebuild", &order, error);
    if (!code)
        *ret_options = (PlanOptions){.refuse_loss = loss == 1, .column_order = (ColumnOrder)order};
    return code;
}

static Code read_format(const rung_arguments *arguments, DiffFormat *ret_format, Error *error)
{
    static const char *const formats[] = {"sql", "json", "summary", NULL};
    const char *word = !arguments->format && arguments->json ? "json" : arguments->format;
    size_t format = 0;
    Code code = verb_read_word("format", word, formats, "sql, json, summary", &format, error);
    if (!code)
        *ret_format = (DiffFormat)format;
    return code;
}

static Code diff_sides(Verb *verb, Side *from, Side *to, Error *error)
{
    Plan *plan;
    PlanOptions options;
    DiffFormat format;
    Code code = read_options(verb, &options, error);
    if (!code)
        code = read_format(verb->arguments, &format, error);
    if (!code)
        code = compare_sides(verb, from, to, verb->arguments->down, &options, &plan, error);
    if (!code && plan->refusals.count)
        code = compare_refuse(verb, plan, "--ignore KIND leaves a kind of object as it is", error);
    if (!code)
        report_diff(&verb->report, plan, format);
    return code;
}

static Code find_sides(Verb *verb, Side *from, Side *to, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    Code code = arguments->from ? side_find(verb, arguments->from, from, error)
                                : side_target(verb, from, error);
    from->may_be_absent = !arguments->from;
    if (code)
        return code;
    return arguments->to ? side_find(verb, arguments->to, to, error) : side_schema(verb, to, error);
}

static Code verb_diff(Verb *verb, Error *error)
{
    Side from = {0}, to = {0};
    Code code = find_sides(verb, &from, &to, error);
    if (!code)
        code = diff_sides(verb, &from, &to, error);
    side_done(&from);
    side_done(&to);
    return code;
}
VERB(diff)
