/* Reads a live SQLite database: what sqlite_schema says, in one read transaction. */
#include "source/source.h"
#include "sql/definition.h"

typedef struct Reading {
    Arena *arena;
    Catalog *catalog;
    const SourceFilter *filter;
    DbRows rows;      /* of sqlite_schema: type, name, tbl_name, sql */
    Map *shadows;     /* tables that belong to a virtual one, in lower case */
    Map *relations;   /* tables and views by their names in lower case */
    Map *definitions; /* tables by the same */
    Error *error;
} Reading;

/* What apply/history_sqlite.sql creates. */
static const char *const history_tables[] = {"rung_heads", "rung_log", "rung_journal", "rung_lock"};

/* ---- what is left out ---- */

static bool matches(const char *pattern, const char *name)
{
    for (; *pattern && *pattern != '*'; pattern++, name++)
        if (!*name || (*pattern != '?' && *pattern != *name))
            return false;
    if (!*pattern)
        return !*name;
    for (;; name++) {
        if (matches(pattern + 1, name))
            return true;
        if (!*name)
            return false;
    }
}

static bool is_excluded(const Reading *reading, const char *name)
{
    const SourceFilter *filter = reading->filter;
    const char *qualified = arena_print(reading->arena, "main.%s", name);
    for (size_t i = 0; filter && i < filter->excluded_count; i++)
        if (matches(filter->excluded[i], name) || matches(filter->excluded[i], qualified))
            return true;
    return false;
}

static bool is_left_out(const Reading *reading, const char *name, const char *table)
{
    const char *folded = form_fold(reading->arena, table);
    for (size_t i = 0; i < COUNT(history_tables); i++)
        if (strcmp(folded, history_tables[i]) == 0)
            return true;
    return map_get(reading->shadows, folded) || is_excluded(reading, name) ||
           (strcmp(name, table) != 0 && is_excluded(reading, table));
}

/* Only virtual tables have shadow tables, and asking for the list makes SQLite look at each view.
 */
static Code read_shadows(Reading *reading, Db *db)
{
    static const DbStatement query = {
        .sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"};
    DbRows rows;
    bool needed = false;
    reading->shadows = map_new(reading->arena);
    for (size_t i = 0; i < reading->rows.count && !needed; i++)
        needed = strncmp(db_cell(&reading->rows, i, 3), "CREATE VIRTUAL TABLE", 20) == 0;
    if (!needed)
        return RUNG_OK;
    Code code = db_query(db, reading->arena, &query, &rows, reading->error);
    for (size_t i = 0; !code && i < rows.count; i++)
        map_set(reading->shadows, form_fold(reading->arena, db_cell(&rows, i, 0)), reading);
    return code;
}

static Code read_rows(Reading *reading, Db *db)
{
    static const DbStatement query = {
        .sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema "
               "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"};
    Error ignored;
    Code code = db_exec(db, "BEGIN", reading->error);
    if (code)
        return code;
    code = db_query(db, reading->arena, &query, &reading->rows, reading->error);
    if (!code)
        code = read_shadows(reading, db);
    db_exec(db, "ROLLBACK", &ignored);
    return code;
}

/* ---- objects ---- */

static List as_list(const Names *names)
{
    return (List){names->at, names->count};
}

static Code add_table(Reading *reading, const char *name, const char *sql)
{
    Object *object;
    Arena *arena = reading->arena;
    Definition *definition = arena_alloc(arena, sizeof *definition);
    Code code = catalog_add(reading->catalog, KIND_LITE_TABLE, NULL, name, NULL, NULL, &object,
                            reading->error);
    if (code)
        return code;
    LiteTable *table = CATALOG_AS(LiteTable, object);
    table->sql = sql;
    code = definition_read(arena, sql, definition, reading->error);
    if (code == RUNG_UNSUPPORTED) { /* of a newer SQLite: compared as it stands */
        table->module = sql;
        definition = NULL;
    } else if (code) {
        return code;
    }
    if (definition) {
        table->is_virtual = definition->is_virtual;
        table->module = definition->module;
        table->columns =
            (List){arena_alloc_array(arena, definition->columns.count + 1, sizeof(char *)),
                   definition->columns.count};
        for (size_t i = 0; i < definition->columns.count; i++)
            table->columns.at[i] = definition->columns.at[i].form;
        table->constraints = as_list(&definition->constraints);
        table->options = as_list(&definition->options);
        map_set(reading->definitions, form_fold(arena, name), definition);
    }
    map_set(reading->relations, form_fold(arena, name), object);
    return RUNG_OK;
}

static Code add_view(Reading *reading, const char *name, const char *sql)
{
    Object *object;
    SqlTokens tokens;
    Code code = catalog_add(reading->catalog, KIND_LITE_VIEW, NULL, name, NULL, NULL, &object,
                            reading->error);
    if (!code)
        code = form_read(reading->arena, sql, &tokens, reading->error);
    if (code)
        return code;
    LiteView *view = CATALOG_AS(LiteView, object);
    view->sql = sql;
    view->form = form_print(reading->arena, &tokens, 0, tokens.list.count, NULL);
    map_set(reading->relations, form_fold(reading->arena, name), object);
    return RUNG_OK;
}

/* Names behind `.` are columns, unless `main` stands before it; those behind AS are new ones. */
static bool may_name_relation(const SqlTokens *tokens, size_t at)
{
    const Token *token = &tokens->list.at[at];
    if (token->type != TOKEN_WORD && token->type != TOKEN_NAME)
        return false;
    if (at > 0 && token_is(token - 1, "AS"))
        return false;
    return at < 2 || !token_is_symbol(token - 1, '.') || token_is(token - 2, "MAIN");
}

static void add_needs(Reading *reading, Object *object, const SqlTokens *tokens)
{
    for (size_t i = 2; i < tokens->list.count; i++) {
        if (!may_name_relation(tokens, i))
            continue;
        const char *name = form_name(reading->arena, &tokens->list.at[i]);
        Object *needed = map_get(reading->relations, form_fold(reading->arena, name));
        if (needed)
            catalog_need(reading->catalog, object, needed);
    }
}

static Code add_index(Reading *reading, const char *name, Object *table, const char *sql)
{
    Object *object;
    SqlTokens tokens;
    Code code = catalog_add(reading->catalog, KIND_LITE_INDEX, NULL, name, NULL, table, &object,
                            reading->error);
    if (!code)
        code = form_read(reading->arena, sql, &tokens, reading->error);
    if (code)
        return code;
    const Definition *definition =
        map_get(reading->definitions, form_fold(reading->arena, table->name));
    LiteIndex *index = CATALOG_AS(LiteIndex, object);
    index->sql = sql;
    index->form = form_print(reading->arena, &tokens, 0, tokens.list.count,
                             definition ? definition->names : NULL);
    catalog_need(reading->catalog, object, table);
    return RUNG_OK;
}

static Code add_trigger(Reading *reading, const char *name, Object *table, const char *sql)
{
    Object *object;
    SqlTokens tokens;
    Code code = catalog_add(reading->catalog, KIND_LITE_TRIGGER, NULL, name, NULL, table, &object,
                            reading->error);
    if (!code)
        code = form_read(reading->arena, sql, &tokens, reading->error);
    if (code)
        return code;
    LiteTrigger *trigger = CATALOG_AS(LiteTrigger, object);
    trigger->sql = sql;
    trigger->form = form_print(reading->arena, &tokens, 0, tokens.list.count, NULL);
    catalog_need(reading->catalog, object, table);
    add_needs(reading, object, &tokens);
    return RUNG_OK;
}

/* ---- passes: what has a table comes behind the tables ---- */

static Code add_row(Reading *reading, size_t row, bool relations)
{
    const char *type = db_cell(&reading->rows, row, 0), *name = db_cell(&reading->rows, row, 1);
    const char *table = db_cell(&reading->rows, row, 2), *sql = db_cell(&reading->rows, row, 3);
    bool is_table = strcmp(type, "table") == 0, is_view = strcmp(type, "view") == 0;
    if (relations != (is_table || is_view) || is_left_out(reading, name, table))
        return RUNG_OK;
    if (is_table)
        return add_table(reading, name, sql);
    if (is_view)
        return add_view(reading, name, sql);
    Object *parent = map_get(reading->relations, form_fold(reading->arena, table));
    if (!parent)
        return RUNG_OK;
    return (strcmp(type, "index") == 0 ? add_index : add_trigger)(reading, name, parent, sql);
}

static Code add_view_needs(Reading *reading)
{
    Object *object;
    CATALOG_EACH(reading->catalog, KIND_LITE_VIEW, object)
    {
        SqlTokens tokens;
        Code code =
            form_read(reading->arena, CATALOG_AS(LiteView, object)->sql, &tokens, reading->error);
        if (code)
            return code;
        add_needs(reading, object, &tokens);
    }
    return RUNG_OK;
}

static void add_key_needs(Reading *reading)
{
    Object *object;
    CATALOG_EACH(reading->catalog, KIND_LITE_TABLE, object)
    {
        const Definition *definition =
            map_get(reading->definitions, form_fold(reading->arena, object->name));
        for (size_t i = 0; definition && i < definition->references.count; i++) {
            Object *needed = map_get(reading->relations, definition->references.at[i].table);
            if (needed)
                catalog_need(reading->catalog, object, needed);
        }
    }
}

static Code fill(Reading *reading)
{
    Code code = RUNG_OK;
    reading->relations = map_new(reading->arena);
    reading->definitions = map_new(reading->arena);
    for (size_t i = 0; !code && i < reading->rows.count; i++)
        code = add_row(reading, i, true);
    for (size_t i = 0; !code && i < reading->rows.count; i++)
        code = add_row(reading, i, false);
    if (code)
        return code;
    add_key_needs(reading);
    code = add_view_needs(reading);
    catalog_finish(reading->catalog);
    return code;
}

Code source_sqlite(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                   Catalog **ret_catalog, Error *error)
{
    Reading reading = {.arena = arena, .filter = filter, .error = error};
    Code code = read_rows(&reading, db);
    if (code)
        return code;
    reading.catalog = catalog_new(arena, ENGINE_SQLITE, name);
    reading.catalog->version = db_version(db);
    code = fill(&reading);
    if (!code)
        *ret_catalog = reading.catalog;
    else
        catalog_drop(reading.catalog);
    return code;
}
