/* diff: from one schema to another. */
#include "api/side.h"
#include "report/catalog.h"

/* ---- the options ---- */

static Code unknown_word(Error *error, const char *option, const char *word, const char *known)
{
    error_set(error, RUNG_USAGE, "--%s does not know \"%s\"", option, word);
    return error_hint(error, "one of %s", known);
}

/* The index of `word` in a list that NULL ends; `word` NULL: 0. */
static Code read_word(const char *option, const char *word, const char *const *words,
                      const char *known, size_t *ret_index, Error *error)
{
    size_t index = 0;
    while (word && words[index] && strcmp(words[index], word) != 0)
        index++;
    if (word && !words[index])
        return unknown_word(error, option, word, known);
    *ret_index = index;
    return RUNG_OK;
}

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

static Code read_renames(Arena *arena, const rung_names *names, PlanOptions *options, Error *error)
{
    Rename *renames = arena_alloc_array(arena, names->count + 1, sizeof *renames);
    for (size_t i = 0; i < names->count; i++) {
        const char *text = names->at[i], *middle = strchr(text, '=');
        if (!middle || middle == text || !middle[1]) {
            error_set(error, RUNG_USAGE, "--rename: \"%s\" is not OLD=NEW", text);
            return error_hint(error, "--rename users.mail=users.email, --rename clients=customers");
        }
        renames[i] = (Rename){arena_copy(arena, text, (size_t)(middle - text)), middle + 1};
    }
    options->renames = renames;
    options->rename_count = names->count;
    return RUNG_OK;
}

static Code read_options(Verb *verb, PlanOptions *ret_options, Error *error)
{
    static const char *const losses[] = {"allow", "refuse", NULL};
    static const char *const orders[] = {"ignore", "report", "rebuild", NULL};
    const rung_arguments *arguments = verb->arguments;
    PlanOptions options = {.online = arguments->online};
    size_t loss = 0, order = 0;
    Code code = read_word("data-loss", arguments->data_loss, losses, "allow, refuse", &loss, error);
    if (!code)
        code = read_word("column-order", arguments->column_order, orders, "ignore, report, rebuild",
                         &order, error);
    if (!code)
        code = read_ignored(&arguments->ignored, &options, error);
    if (!code)
        code = read_renames(verb->arena, &arguments->renames, &options, error);
    options.refuse_loss = loss == 1;
    options.column_order = (ColumnOrder)order;
    if (!code)
        *ret_options = options;
    return code;
}

static Code read_format(const rung_arguments *arguments, DiffFormat *ret_format, Error *error)
{
    static const char *const formats[] = {"sql", "json", "summary", NULL};
    const char *word = !arguments->format && arguments->json ? "json" : arguments->format;
    size_t format = 0;
    Code code = read_word("format", word, formats, "sql, json, summary", &format, error);
    if (!code)
        *ret_format = (DiffFormat)format;
    return code;
}

/* ---- the verb ---- */

/* Each by name; nothing is printed that leaves a difference unsaid. */
static Code refuse(Verb *verb, const Plan *plan, Error *error)
{
    size_t count = plan->refusals.count;
    for (size_t i = 0; i < count; i++)
        verb_tell(verb, RUNG_EVENT_WARNING, "%s",
                  report_refusal(verb->arena, &plan->refusals.at[i]));
    error_set(error, RUNG_REFUSED, "%zu difference%s cannot be turned into SQL", count,
              count == 1 ? "" : "s");
    return error_hint(error, "each is named above; --ignore KIND leaves a kind of object as it is");
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
        code = sides_load(verb, from, to, error);
    if (code)
        return code;
    bool down = verb->arguments->down;
    code = plan_make(verb->arena, down ? to->catalog : from->catalog,
                     down ? from->catalog : to->catalog, &options, &plan, error);
    if (!code && plan->refusals.count)
        code = refuse(verb, plan, error);
    if (!code)
        report_diff(&verb->report, plan, format);
    return code;
}

static Code verb_diff(Verb *verb, Error *error)
{
    Side from = {0}, to = {0};
    Code code = side_find(verb, verb->arguments->from, &from, error);
    if (!code)
        code = side_find(verb, verb->arguments->to, &to, error);
    if (!code)
        code = diff_sides(verb, &from, &to, error);
    side_done(&from);
    side_done(&to);
    return code;
}
VERB(diff)
