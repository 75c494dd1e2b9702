/* Reads a live SQLite database: what sqlite_schema says, in one read transaction. */
#include "source/source.h"
#include "sql/definition.h"

typedef struct Reference {
    Object *from;
    const char *to;
} Reference;

typedef struct Reading {
    Arena *arena;
    Catalog *catalog;
    const SourceFilter *filter;
    DbRows rows;    /* of sqlite_schema: type, name, tbl_name, sql */
    Map *shadows;   /* tables that belong to a virtual one, in lower case */
    Map *relations; /* tables and views by their names in lower case */
    Map *names;     /* by the same: a Map of the table's columns */
    VEC(Reference) references;
    Arena *scratch; /* for one row of sqlite_schema */
    Error *error;
} Reading;

/* What apply/history_sqlite.sql and the scripts of lifecycle create. */
bool source_is_history(const char *name)
{
    static const char *const tables[] = {"rung_heads",  "rung_log",        "rung_journal",
                                         "rung_lock",   "rung_mark",       "rung_erasure",
                                         "rung_hold",   "rung_audit",      "rung_export_history",
                                         "rung_outbox", "rung_work_order", "rung_work_order_item",
                                         "rung_answer", "rung_job",        "rung_job_run",
                                         "rung_total",  "rung_measure"};
    for (size_t i = 0; i < COUNT(tables); i++)
        if (strcmp(name, tables[i]) == 0)
            return true;
    return false;
}

/* ---- what is left out ---- */

static bool is_excluded(const Reading *reading, const char *name)
{
    SourceFilter filter = {0};
    if (reading->filter) { /* schemas are PostgreSQL's */
        filter.excluded = reading->filter->excluded;
        filter.excluded_count = reading->filter->excluded_count;
    }
    const char *qualified = arena_print(reading->scratch, "main.%s", name);
    return !source_filter_takes(&filter, NULL, qualified, name);
}

static bool is_left_out(const Reading *reading, const char *name, const char *table)
{
    const char *folded = form_fold(reading->scratch, table);
    return source_is_history(folded) || map_get(reading->shadows, folded) ||
           is_excluded(reading, name) || (strcmp(name, table) != 0 && is_excluded(reading, table));
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

static List copy_list(Arena *arena, const Names *names)
{
    List list = {arena_alloc_array(arena, names->count + 1, sizeof(char *)), names->count};
    for (size_t i = 0; i < names->count; i++)
        list.at[i] = arena_string(arena, names->at[i]);
    return list;
}

static void fill_table(Reading *reading, LiteTable *table, const Definition *definition)
{
    Arena *arena = reading->arena;
    Names columns = {0};
    Map *names = map_new(arena);
    map_set(names, form_fold(reading->scratch, table->head.name), table);
    for (size_t i = 0; i < definition->columns.count; i++) {
        names_add(reading->scratch, &columns, definition->columns.at[i].form);
        map_set(names, definition->columns.at[i].folded, table);
    }
    table->is_virtual = definition->is_virtual;
    table->module = arena_string(arena, definition->module);
    table->columns = copy_list(arena, &columns);
    table->constraints = copy_list(arena, &definition->constraints);
    table->options = copy_list(arena, &definition->options);
    map_set(reading->names, form_fold(reading->scratch, table->head.name), names);
    for (size_t i = 0; i < definition->references.count; i++)
        *vec_add(arena, &reading->references) =
            (Reference){&table->head, arena_string(arena, definition->references.at[i].table)};
}

static Code add_table(Reading *reading, const char *name, const char *sql)
{
    Object *object;
    Definition definition;
    Code code = catalog_add(reading->catalog, KIND_LITE_TABLE, NULL, name, NULL, NULL, &object,
                            reading->error);
    if (code)
        return code;
    LiteTable *table = CATALOG_AS(LiteTable, object);
    table->sql = sql;
    map_set(reading->relations, form_fold(reading->scratch, name), object);
    code = definition_read(reading->scratch, sql, &definition, reading->error);
    if (code == RUNG_UNSUPPORTED) { /* of a newer SQLite: compared as it stands */
        table->module = sql;
        return RUNG_OK;
    }
    if (!code)
        fill_table(reading, table, &definition);
    return code;
}

static const char *form_of(Reading *reading, const SqlTokens *tokens, const Map *names)
{
    return arena_string(reading->arena,
                        form_print(reading->scratch, tokens, 0, tokens->list.count, names));
}

static Code add_view(Reading *reading, const char *name, const char *sql)
{
    Object *object;
    SqlTokens tokens;
    Code code = catalog_add(reading->catalog, KIND_LITE_VIEW, NULL, name, NULL, NULL, &object,
                            reading->error);
    if (!code)
        code = form_read(reading->scratch, sql, &tokens, reading->error);
    if (code)
        return code;
    LiteView *view = CATALOG_AS(LiteView, object);
    view->sql = sql;
    view->form = form_of(reading, &tokens, NULL);
    map_set(reading->relations, form_fold(reading->scratch, name), object);
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
        const char *name = form_name(reading->scratch, &tokens->list.at[i]);
        Object *needed = map_get(reading->relations, form_fold(reading->scratch, name));
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
        code = form_read(reading->scratch, sql, &tokens, reading->error);
    if (code)
        return code;
    LiteIndex *index = CATALOG_AS(LiteIndex, object);
    index->sql = sql;
    index->form = form_of(reading, &tokens,
                          map_get(reading->names, form_fold(reading->scratch, table->name)));
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
        code = form_read(reading->scratch, sql, &tokens, reading->error);
    if (code)
        return code;
    LiteTrigger *trigger = CATALOG_AS(LiteTrigger, object);
    trigger->sql = sql;
    trigger->form = form_of(reading, &tokens, NULL);
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
    Object *parent = map_get(reading->relations, form_fold(reading->scratch, table));
    if (!parent || strncmp(name, "rung_guard_", 11) == 0) /* lifecycle/guard.c makes these */
        return RUNG_OK;
    return (strcmp(type, "index") == 0 ? add_index : add_trigger)(reading, name, parent, sql);
}

static Code add_view_needs(Reading *reading)
{
    Object *object;
    Code code = RUNG_OK;
    CATALOG_EACH(reading->catalog, KIND_LITE_VIEW, object)
    {
        SqlTokens tokens;
        reading->scratch = arena_new();
        code =
            form_read(reading->scratch, CATALOG_AS(LiteView, object)->sql, &tokens, reading->error);
        if (!code)
            add_needs(reading, object, &tokens);
        arena_free(reading->scratch);
        if (code)
            break;
    }
    return code;
}

static void add_key_needs(Reading *reading)
{
    for (size_t i = 0; i < reading->references.count; i++) {
        const Reference *reference = &reading->references.at[i];
        Object *needed = map_get(reading->relations, reference->to);
        if (needed)
            catalog_need(reading->catalog, reference->from, needed);
    }
}

static Code fill(Reading *reading)
{
    Code code = RUNG_OK;
    reading->relations = map_new(reading->arena);
    reading->names = map_new(reading->arena);
    for (size_t i = 0; !code && i < 2 * reading->rows.count; i++) {
        reading->scratch = arena_new();
        code = add_row(reading, i % reading->rows.count, i < reading->rows.count);
        arena_free(reading->scratch);
    }
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
