/* Reading SQLite's CREATE TABLE. */
#include "sql/definition.h"

typedef struct Parser {
    Arena *arena;
    Definition *definition;
    size_t at;
    Error *error;
} Parser;

/* ---- lists of names ---- */

bool names_equal(const Names *a, const Names *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->at[i], b->at[i]) != 0)
            return false;
    return true;
}

bool names_have(const Names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i], name) == 0)
            return true;
    return false;
}

void names_add(Arena *arena, Names *names, const char *name)
{
    *vec_add(arena, names) = name;
}

/* ---- the cursor ---- */

static const Token *token_at(const Parser *parser, size_t ahead)
{
    static const Token end = {.type = TOKEN_END, .text = ""};
    size_t at = parser->at + ahead, count = parser->definition->tokens.list.count;
    return at < count ? &parser->definition->tokens.list.at[at] : &end;
}

static void step(Parser *parser, size_t tokens)
{
    size_t left = parser->definition->tokens.list.count - parser->at;
    parser->at += tokens < left ? tokens : left;
}

static bool is_word(const Parser *parser, const char *keyword)
{
    return token_is(token_at(parser, 0), keyword);
}

static bool is_symbol(const Parser *parser, char symbol)
{
    return token_is_symbol(token_at(parser, 0), symbol);
}

static bool take_word(Parser *parser, const char *keyword)
{
    bool found = is_word(parser, keyword);
    parser->at += found;
    return found;
}

static bool take_symbol(Parser *parser, char symbol)
{
    bool found = is_symbol(parser, symbol);
    parser->at += found;
    return found;
}

/* Steps over one token, or over a parenthesis with all that is in it. */
static void take_any(Parser *parser)
{
    if (is_symbol(parser, '('))
        parser->at = form_close(&parser->definition->tokens, parser->at);
    else
        step(parser, 1);
}

static bool at_end(const Parser *parser)
{
    return token_at(parser, 0)->type == TOKEN_END;
}

static bool at_item_end(const Parser *parser)
{
    return at_end(parser) || is_symbol(parser, ',') || is_symbol(parser, ')');
}

static const char *take_name(Parser *parser)
{
    const char *name = form_name(parser->arena, token_at(parser, 0));
    parser->at += name != NULL;
    return name;
}

static const char *take_folded(Parser *parser)
{
    const char *name = take_name(parser);
    return name ? form_fold(parser->arena, name) : NULL;
}

static const char *print(const Parser *parser, size_t first, size_t last)
{
    return form_print(parser->arena, &parser->definition->tokens, first, last,
                      parser->definition->names);
}

static const char *written(const Parser *parser, size_t first, size_t last)
{
    const Token *tokens = parser->definition->tokens.list.at;
    if (first >= last)
        return "";
    const char *end = tokens[last - 1].text + tokens[last - 1].length;
    return arena_copy(parser->arena, tokens[first].text, (size_t)(end - tokens[first].text));
}

/* ---- constraints, of columns and of the table ---- */

static void take_conflict(Parser *parser)
{
    if (!is_word(parser, "ON") || !token_is(token_at(parser, 1), "CONFLICT"))
        return;
    step(parser, 3);
    parser->definition->conflicts = true;
}

/* (name COLLATE x DESC, …) */
static void take_columns(Parser *parser, Names *columns, Names *collations)
{
    if (!take_symbol(parser, '('))
        return;
    while (!at_end(parser) && !is_symbol(parser, ')')) {
        const char *name = take_folded(parser), *collation = NULL;
        while (!at_item_end(parser)) {
            if (take_word(parser, "COLLATE"))
                collation = take_folded(parser);
            else if (take_word(parser, "AUTOINCREMENT"))
                parser->definition->autoincrement = true;
            else
                take_any(parser);
        }
        names_add(parser->arena, columns, name ? name : "");
        if (collations)
            names_add(parser->arena, collations, collation);
        take_symbol(parser, ',');
    }
    take_symbol(parser, ')');
}

static DefinitionKey *add_key(Parser *parser, bool primary)
{
    DefinitionKey *key = vec_add(parser->arena, &parser->definition->keys);
    key->primary = primary;
    return key;
}

static void take_check(Parser *parser)
{
    size_t first = parser->at;
    take_any(parser);
    *vec_add(parser->arena, &parser->definition->checks) =
        (DefinitionCheck){print(parser, first, parser->at), written(parser, first, parser->at)};
}

/* Behind REFERENCES; what follows the list of columns is stepped over by the caller. */
static void take_reference(Parser *parser, Names columns)
{
    DefinitionReference *reference = vec_add(parser->arena, &parser->definition->references);
    reference->columns = columns;
    const char *table = take_folded(parser);
    reference->table = table ? table : "";
    take_columns(parser, &reference->targets, NULL);
}

/* ---- columns ---- */

static bool begins_constraint(const Parser *parser)
{
    static const char *const words[] = {"CONSTRAINT", "NOT",        "NULL",  "DEFAULT",
                                        "PRIMARY",    "UNIQUE",     "CHECK", "REFERENCES",
                                        "COLLATE",    "DEFERRABLE", "AS"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (is_word(parser, words[i]))
            return true;
    return is_word(parser, "GENERATED") && token_is(token_at(parser, 1), "ALWAYS");
}

static void take_type(Parser *parser, DefinitionColumn *column)
{
    size_t first = parser->at;
    while (!at_item_end(parser) && !begins_constraint(parser))
        take_any(parser);
    column->type = form_fold(parser->arena, print(parser, first, parser->at));
}

static bool is_constant(const Parser *parser, size_t first, size_t last)
{
    const Token *tokens = parser->definition->tokens.list.at;
    if (first == last)
        return false;
    if (last - first == 3 && token_is_symbol(&tokens[first], '(')) {
        first++;
        last--;
    }
    bool is_signed = token_is_symbol(&tokens[first], '-') || token_is_symbol(&tokens[first], '+');
    const Token *value = &tokens[first + is_signed];
    if (last - first != 1 + (size_t)is_signed)
        return false;
    if (is_signed || value->type == TOKEN_NUMBER)
        return value->type == TOKEN_NUMBER;
    return value->type == TOKEN_STRING || value->type == TOKEN_NAME ||
           (value->type == TOKEN_WORD && !form_is_keyword(value->text, value->length));
}

static void take_default(Parser *parser, DefinitionColumn *column)
{
    size_t first = parser->at;
    if (is_symbol(parser, '+') || is_symbol(parser, '-'))
        parser->at++;
    take_any(parser);
    const char *text = written(parser, first, parser->at);
    column->fallback = form_same_name(text, "NULL") ? NULL : text;
    column->fallback_constant = is_constant(parser, first, parser->at);
}

static void take_primary(Parser *parser, DefinitionColumn *column)
{
    take_word(parser, "KEY");
    bool descending = take_word(parser, "DESC");
    take_word(parser, "ASC");
    take_conflict(parser);
    if (take_word(parser, "AUTOINCREMENT"))
        parser->definition->autoincrement = true;
    column->primary_key = true;
    DefinitionKey *key = add_key(parser, true);
    names_add(parser->arena, &key->columns, column->folded);
    /* "INTEGER PRIMARY KEY DESC" is no rowid (SQLite manual, "CREATE TABLE" 5) */
    names_add(parser->arena, &key->collations, descending ? "" : NULL);
}

static void take_unique(Parser *parser, DefinitionColumn *column)
{
    take_conflict(parser);
    column->unique = true;
    DefinitionKey *key = add_key(parser, false);
    names_add(parser->arena, &key->columns, column->folded);
    names_add(parser->arena, &key->collations, NULL);
}

static void take_generated(Parser *parser, DefinitionColumn *column)
{
    take_any(parser);
    column->generated = true;
    column->stored = take_word(parser, "STORED");
    take_word(parser, "VIRTUAL");
}

/* ON DELETE SET DEFAULT: no default of the column. */
static bool take_action(Parser *parser)
{
    const Token *event = token_at(parser, 1);
    if (!is_word(parser, "ON") || !(token_is(event, "DELETE") || token_is(event, "UPDATE")))
        return false;
    step(parser, 2);
    step(parser, is_word(parser, "SET") || is_word(parser, "NO") ? 2 : 1);
    return true;
}

static void take_column_constraint(Parser *parser, DefinitionColumn *column)
{
    if (take_action(parser))
        return;
    if (take_word(parser, "CONSTRAINT")) {
        take_name(parser);
    } else if (take_word(parser, "DEFAULT")) {
        take_default(parser, column);
    } else if (is_word(parser, "NOT") && token_is(token_at(parser, 1), "NULL")) {
        step(parser, 2);
        take_conflict(parser);
        column->not_null = true;
    } else if (take_word(parser, "PRIMARY")) {
        take_primary(parser, column);
    } else if (take_word(parser, "UNIQUE")) {
        take_unique(parser, column);
    } else if (take_word(parser, "CHECK")) {
        take_check(parser);
        column->checked = true;
    } else if (take_word(parser, "REFERENCES")) {
        Names self = {0};
        names_add(parser->arena, &self, column->folded);
        take_reference(parser, self);
        column->references = true;
    } else if (take_word(parser, "COLLATE")) {
        column->collate = take_folded(parser);
    } else if (take_word(parser, "AS")) {
        take_generated(parser, column);
    } else {
        take_any(parser);
        take_conflict(parser);
    }
}

/* The definition's own name keeps its letters: it names a column of results. */
static const char *column_form(Parser *parser, const DefinitionColumn *column)
{
    Text text = TEXT_EMPTY;
    form_add_name(&text, column->name);
    if (column->last > column->first + 1)
        text_print(&text, " %s", print(parser, column->first + 1, column->last));
    const char *form = arena_copy(parser->arena, text_string(&text), text.length);
    text_done(&text);
    return form;
}

static Code take_column(Parser *parser)
{
    DefinitionColumn column = {.first = parser->at};
    column.name = take_name(parser);
    if (!column.name)
        return error_set(parser->error, RUNG_UNSUPPORTED, "a column without a name in %s",
                         parser->definition->name);
    column.folded = form_fold(parser->arena, column.name);
    take_type(parser, &column);
    column.rest = parser->at;
    while (!at_item_end(parser))
        take_column_constraint(parser, &column);
    column.last = parser->at;
    column.text = written(parser, column.first, column.last);
    column.form = column_form(parser, &column);
    *vec_add(parser->arena, &parser->definition->columns) = column;
    return RUNG_OK;
}

/* ---- the table ---- */

static bool begins_table_constraint(const Parser *parser)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (is_word(parser, words[i]))
            return true;
    return false;
}

static void take_table_constraint(Parser *parser)
{
    if (take_word(parser, "CONSTRAINT")) {
        take_name(parser);
    } else if (is_word(parser, "PRIMARY") || is_word(parser, "UNIQUE")) {
        DefinitionKey *key = add_key(parser, take_word(parser, "PRIMARY"));
        step(parser, 1);
        take_columns(parser, &key->columns, &key->collations);
        take_conflict(parser);
    } else if (take_word(parser, "CHECK")) {
        take_check(parser);
        take_conflict(parser);
    } else if (take_word(parser, "FOREIGN")) {
        Names columns = {0};
        take_word(parser, "KEY");
        take_columns(parser, &columns, NULL);
        take_word(parser, "REFERENCES");
        take_reference(parser, columns);
    } else {
        take_any(parser);
    }
}

/* One item between commas: SQLite lets several constraints stand without a comma between them. */
static void take_constraints(Parser *parser)
{
    size_t first = parser->at;
    while (!at_item_end(parser))
        take_table_constraint(parser);
    names_add(parser->arena, &parser->definition->constraints, print(parser, first, parser->at));
}

static Code take_items(Parser *parser)
{
    do {
        if (begins_table_constraint(parser)) {
            take_constraints(parser);
        } else {
            Code code = take_column(parser);
            if (code)
                return code;
        }
    } while (take_symbol(parser, ','));
    return take_symbol(parser, ')')
               ? RUNG_OK
               : error_set(parser->error, RUNG_UNSUPPORTED,
                           "CREATE TABLE %s is not understood at \"%.*s\"",
                           parser->definition->name, (int)token_at(parser, 0)->length,
                           token_at(parser, 0)->text);
}

static Code take_options(Parser *parser)
{
    Definition *definition = parser->definition;
    while (!at_end(parser) && !is_symbol(parser, ';')) {
        if (take_word(parser, "STRICT"))
            definition->strict = true;
        else if (take_word(parser, "WITHOUT") && take_word(parser, "ROWID"))
            definition->without_rowid = true;
        else if (!take_symbol(parser, ','))
            return error_set(parser->error, RUNG_UNSUPPORTED,
                             "CREATE TABLE %s has an option that is not known: \"%.*s\"",
                             definition->name, (int)token_at(parser, 0)->length,
                             token_at(parser, 0)->text);
    }
    if (definition->strict)
        names_add(parser->arena, &definition->options, "STRICT");
    if (definition->without_rowid)
        names_add(parser->arena, &definition->options, "WITHOUT ROWID");
    return RUNG_OK;
}

/* Which names of the table are columns must be known before any expression is printed. */
static void collect_names(Parser *parser)
{
    Definition *definition = parser->definition;
    size_t start = parser->at;
    bool item = true;
    map_set(definition->names, form_fold(parser->arena, definition->name), definition);
    while (!at_end(parser) && !is_symbol(parser, ')')) {
        if (item && !begins_table_constraint(parser)) {
            const char *name = take_folded(parser);
            if (name)
                map_set(definition->names, name, definition);
        }
        item = is_symbol(parser, ',');
        if (!is_symbol(parser, ')'))
            take_any(parser);
    }
    parser->at = start;
}

static void find_rowid(Definition *definition)
{
    if (definition->without_rowid)
        return;
    for (size_t i = 0; i < definition->keys.count; i++) {
        const DefinitionKey *key = &definition->keys.at[i];
        if (!key->primary || key->columns.count != 1)
            continue;
        const char *mark = key->collations.at[0];
        const DefinitionColumn *column = definition_column(definition, key->columns.at[0]);
        if (column && strcmp(column->type, "integer") == 0 && !(mark && !*mark))
            definition->rowid = column;
    }
}

/* name(argument, …) behind USING */
static void take_module(Parser *parser)
{
    Definition *definition = parser->definition;
    size_t first = parser->at;
    definition->is_virtual = true;
    definition->module_name = take_folded(parser);
    definition->module =
        form_print(parser->arena, &definition->tokens, first, definition->tokens.list.count, NULL);
    if (!take_symbol(parser, '('))
        return;
    while (!at_end(parser) && !is_symbol(parser, ')')) {
        size_t begin = parser->at;
        while (!at_item_end(parser))
            take_any(parser);
        names_add(parser->arena, &definition->arguments, written(parser, begin, parser->at));
        take_symbol(parser, ',');
    }
}

static Code take_head(Parser *parser)
{
    Definition *definition = parser->definition;
    take_word(parser, "CREATE");
    take_word(parser, "TEMP");
    take_word(parser, "TEMPORARY");
    definition->is_virtual = take_word(parser, "VIRTUAL");
    bool table = take_word(parser, "TABLE");
    if (take_word(parser, "IF"))
        step(parser, 2);
    if (token_is_symbol(token_at(parser, 1), '.'))
        step(parser, 2);
    definition->name_token = parser->at;
    definition->name = take_name(parser);
    if (table && definition->name)
        return RUNG_OK;
    return error_set(parser->error, RUNG_UNSUPPORTED, "this is no CREATE TABLE: %.80s",
                     definition->tokens.sql);
}

Code definition_read(Arena *arena, const char *sql, Definition *ret_definition, Error *error)
{
    Definition definition = {.names = map_new(arena)};
    Parser parser = {.arena = arena, .definition = &definition, .error = error};
    Code code = form_read(arena, sql, &definition.tokens, error);
    if (!code)
        code = take_head(&parser);
    if (code)
        return code;
    if (definition.is_virtual) {
        take_word(&parser, "USING");
        take_module(&parser);
    } else if (!take_symbol(&parser, '(')) {
        code = error_set(error, RUNG_UNSUPPORTED, "CREATE TABLE %s has no list of columns",
                         definition.name);
    } else {
        collect_names(&parser);
        code = take_items(&parser);
        if (!code)
            code = take_options(&parser);
    }
    if (code)
        return code;
    find_rowid(&definition);
    *ret_definition = definition;
    return RUNG_OK;
}

/* ---- questions ---- */

const DefinitionColumn *definition_column(const Definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->columns.count; i++)
        if (form_same_name(definition->columns.at[i].folded, name))
            return &definition->columns.at[i];
    return NULL;
}

Names definition_primary(const Definition *definition)
{
    for (size_t i = 0; i < definition->keys.count; i++)
        if (definition->keys.at[i].primary)
            return definition->keys.at[i].columns;
    return (Names){0};
}
