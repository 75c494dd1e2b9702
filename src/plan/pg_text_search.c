/* Text search: parsers, templates, dictionaries, configurations. */
#include "plan/planner.h"

void create_text_search_parser(Planner *planner, const Object *object)
{
    create_defined(planner, object, &CATALOG_AS(TextSearchParser, object)->definition, NULL);
}

void alter_text_search_parser(Planner *planner, const Pair *pair)
{
}

void create_text_search_template(Planner *planner, const Object *object)
{
    create_defined(planner, object, &CATALOG_AS(TextSearchTemplate, object)->definition, NULL);
}

void alter_text_search_template(Planner *planner, const Pair *pair)
{
}

/* ---- dictionaries ---- */

void create_text_search_dictionary(Planner *planner, const Object *object)
{
    const TextSearchDictionary *dictionary = CATALOG_AS(TextSearchDictionary, object);
    List template = {
        &(const char *){arena_print(planner->arena, "TEMPLATE = %s", dictionary->template)}, 1};
    create_defined(planner, object, &template, &dictionary->options);
}

/* "name = value": the length of its name. */
static size_t option_length(const char *option)
{
    const char *end = option[0] == '"' ? strstr(option + 1, "\" = ") : strstr(option, " = ");
    return end ? (size_t)(end - option) + (option[0] == '"') : strlen(option);
}

static bool has_option(const List *options, const char *option)
{
    size_t length = option_length(option);
    for (size_t i = 0; i < options->count; i++)
        if (option_length(options->at[i]) == length && strncmp(options->at[i], option, length) == 0)
            return true;
    return false;
}

/* All of the new options, so that they end in this order; a name alone takes one away. */
void alter_text_search_dictionary(Planner *planner, const Pair *pair)
{
    const List *old = &CATALOG_AS(TextSearchDictionary, pair->old)->options;
    const List *new = &CATALOG_AS(TextSearchDictionary, pair->new)->options;
    const char *between = "";
    if (!is_changed(pair, "options"))
        return;
    Text *text = sql_start(planner, "ALTER %s (", address_of(planner, pair->new));
    for (size_t i = 0; i < old->count; i++)
        if (!has_option(new, old->at[i])) {
            text_print(text, "%s%.*s", between, (int)option_length(old->at[i]), old->at[i]);
            between = ", ";
        }
    text_put(text, new->count ? between : "");
    add_list(text, new, ", ");
    text_char(text, ')');
    sql_end(planner);
}

/* ---- configurations ---- */

/* Mappings are "token WITH dictionary, dictionary". */
static size_t token_length(const char *mapping)
{
    const char *end =
        mapping[0] == '"' ? strstr(mapping + 1, "\" WITH ") : strstr(mapping, " WITH ");
    return (size_t)(end - mapping) + (mapping[0] == '"');
}

static const char *find_token(const List *mappings, const char *mapping)
{
    size_t length = token_length(mapping);
    for (size_t i = 0; i < mappings->count; i++)
        if (token_length(mappings->at[i]) == length &&
            strncmp(mappings->at[i], mapping, length) == 0)
            return mappings->at[i];
    return NULL;
}

/* Whether `mapping` is one of those that `verb` is for. */
static bool is_for(const char *verb, const List *old, const char *mapping)
{
    const char *before = find_token(old, mapping);
    return verb[1] == 'D' ? !before : before && strcmp(before, mapping) != 0;
}

/* One statement for all token types that get the same dictionaries. */
static void write_mappings(Planner *planner, const Object *object, const char *verb,
                           const List *old, const List *new)
{
    bool *done = arena_alloc_array(planner->arena, new->count + 1, sizeof *done);
    for (size_t i = 0; i < new->count; i++) {
        if (done[i] || !is_for(verb, old, new->at[i]))
            continue;
        const char *with = new->at[i] + token_length(new->at[i]);
        Text *text =
            sql_start(planner, "ALTER %s\n    %s MAPPING FOR ", address_of(planner, object), verb);
        for (size_t k = i; k < new->count; k++) {
            size_t length = token_length(new->at[k]);
            if (!is_for(verb, old, new->at[k]) || strcmp(new->at[k] + length, with) != 0)
                continue;
            text_print(text, "%s%.*s", k > i ? ", " : "", (int)length, new->at[k]);
            done[k] = true;
        }
        text_put(text, with);
        sql_end(planner);
    }
}

void create_text_search_configuration(Planner *planner, const Object *object)
{
    const TextSearchConfiguration *configuration = CATALOG_AS(TextSearchConfiguration, object);
    List parser = {
        &(const char *){arena_print(planner->arena, "PARSER = %s", configuration->parser)}, 1};
    create_defined(planner, object, &parser, NULL);
    write_mappings(planner, object, "ADD", &(List){0}, &configuration->mappings);
}

void alter_text_search_configuration(Planner *planner, const Pair *pair)
{
    const List *old = &CATALOG_AS(TextSearchConfiguration, pair->old)->mappings;
    const List *new = &CATALOG_AS(TextSearchConfiguration, pair->new)->mappings;
    const char *between = "";
    Text *text =
        sql_start(planner, "ALTER %s\n    DROP MAPPING FOR ", address_of(planner, pair->new));
    for (size_t i = 0; i < old->count; i++)
        if (!find_token(new, old->at[i])) {
            text_print(text, "%s%.*s", between, (int)token_length(old->at[i]), old->at[i]);
            between = ", ";
        }
    if (*between)
        sql_end(planner);
    write_mappings(planner, pair->new, "ALTER", old, new);
    write_mappings(planner, pair->new, "ADD", old, new);
}
