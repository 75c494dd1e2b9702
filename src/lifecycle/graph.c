/* The graph of keys: reading it, and finding tables in it. */
#include "lifecycle/graph_parts.h"
#include "base/names.h"
#include "sql/form.h"
#include "sql/quote.h"

#include <stdlib.h>

/* ---- building ---- */

const char *graph_table_title(Arena *arena, const char *schema, const char *name)
{
    if (!schema || strcmp(schema, "public") == 0)
        return arena_string(arena, name);
    return arena_print(arena, "%s.%s", schema, name);
}

const char *graph_key_title(Arena *arena, const char *table, const KeyNames *columns)
{
    Text text = TEXT_EMPTY;
    text_put(&text, table);
    for (size_t i = 0; i < columns->count; i++)
        text_print(&text, "%s%s", i ? "," : ".", columns->at[i]);
    return text_keep(&text, arena);
}

KeyTable *graph_add_table(GraphReading *reading, const char *schema, const char *name)
{
    Arena *arena = reading->arena;
    Text text = TEXT_EMPTY;
    KeyTable *table = arena_alloc(arena, sizeof *table);
    table->schema = arena_string(arena, schema);
    table->name = arena_string(arena, name);
    table->title = graph_table_title(arena, schema, name);
    sql_add_qualified(&text, schema, name);
    table->sql = arena_string(arena, text_string(&text));
    text_done(&text);
    table->rows = table->bytes = -1;
    *vec_add(arena, &reading->graph->tables) = table;
    return table;
}

void graph_add_key(GraphReading *reading, TableKey *key, const char *table)
{
    Arena *arena = reading->arena;
    key->title = graph_key_title(arena, table, &key->columns);
    key->nullable = true;
    for (size_t i = 0; i < key->columns.count; i++) {
        const KeyColumn *column = key_table_column(key->from, key->columns.at[i]);
        key->nullable = key->nullable && column && !column->not_null;
    }
    *vec_add(arena, &reading->graph->keys) = key;
}

/* ---- order ---- */

static int compare_tables(const void *a, const void *b)
{
    const KeyTable *x = *(KeyTable *const *)a, *y = *(KeyTable *const *)b;
    int order = x->schema && y->schema ? strcmp(x->schema, y->schema) : 0;
    return order ? order : strcmp(x->name, y->name);
}

static int compare_keys(const void *a, const void *b)
{
    const TableKey *x = *(TableKey *const *)a, *y = *(TableKey *const *)b;
    int order = strcmp(x->title, y->title);
    return order ? order : strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

static void set_order(KeyGraph *graph)
{
    if (graph->tables.count)
        qsort(graph->tables.at, graph->tables.count, sizeof *graph->tables.at, compare_tables);
    if (graph->keys.count)
        qsort(graph->keys.at, graph->keys.count, sizeof *graph->keys.at, compare_keys);
    for (size_t i = 0; i < graph->tables.count; i++)
        graph->tables.at[i]->index = i;
    for (size_t i = 0; i < graph->keys.count; i++) {
        TableKey *key = graph->keys.at[i];
        *vec_add(graph->arena, &key->to->below) = key;
        *vec_add(graph->arena, &key->from->above) = key;
    }
}

/* At one moment, and without the time that the server takes to compile long queries. */
static Code begin(Db *db, Error *error)
{
    if (db_engine(db) == ENGINE_SQLITE)
        return db_exec(db, "BEGIN", error);
    Code code = db_exec(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    return code ? code : db_exec(db, "SET LOCAL jit = off", error);
}

static Code read_graph(GraphReading *reading)
{
    Error ignored;
    bool alone = !db_in_transaction(reading->db) && !reading->only;
    Code code = alone ? begin(reading->db, reading->error) : RUNG_OK;
    if (code)
        return code;
    code = reading->graph->engine == ENGINE_SQLITE ? graph_read_sqlite(reading)
                                                   : graph_read_postgresql(reading);
    if (alone)
        db_exec(reading->db, "ROLLBACK", &ignored);
    return code;
}

static Code load(Db *db, Arena *arena, const char *only, KeyGraph **ret_graph, Error *error)
{
    KeyGraph *graph = arena_alloc(arena, sizeof *graph);
    GraphReading reading = {.arena = arena,
                            .db = db,
                            .graph = graph,
                            .tables = map_new(arena),
                            .only = only,
                            .error = error};
    graph->arena = arena;
    graph->engine = db_engine(db);
    Code code = read_graph(&reading);
    if (code)
        return code;
    set_order(graph);
    key_graph_components(graph);
    *ret_graph = graph;
    return RUNG_OK;
}

Code key_graph_load(Db *db, Arena *arena, KeyGraph **ret_graph, Error *error)
{
    return load(db, arena, NULL, ret_graph, error);
}

Code key_graph_load_table(Db *db, Arena *arena, const char *name, KeyGraph **ret_graph,
                          Error *error)
{
    return load(db, arena, name, ret_graph, error);
}

/* ---- looking ---- */

const KeyColumn *key_table_column(const KeyTable *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i].name, name) == 0)
            return &table->columns.at[i];
    return NULL;
}

static bool is_called(const KeyGraph *graph, const KeyTable *table, const char *name)
{
    if (graph->engine == ENGINE_SQLITE)
        return form_same_name(table->name, name);
    if (strcmp(table->name, name) == 0)
        return true;
    size_t length = strlen(table->schema);
    return strncmp(name, table->schema, length) == 0 && name[length] == '.' &&
           strcmp(name + length + 1, table->name) == 0;
}

static Code refuse_several(const char *name, const KeyTable *first, const KeyTable *second,
                           Error *error)
{
    error_set(error, RUNG_UNKNOWN, "several schemas have a table %s: %s and %s", name,
              first->schema, second->schema);
    return error_hint(error, "write %s.%s or %s.%s", first->schema, first->name, second->schema,
                      second->name);
}

static Code refuse_unknown(const KeyGraph *graph, const char *name, Error *error)
{
    Near near;
    near_start(&near, name, strlen(name));
    for (size_t i = 0; i < graph->tables.count; i++)
        near_offer(&near, graph->tables.at[i]->title);
    error_set(error, RUNG_UNKNOWN, "there is no table %s", name);
    if (near.count)
        error_hint(error, "the nearest name is %s", near.names[0]);
    return error->code;
}

Code key_graph_table(const KeyGraph *graph, const char *name, KeyTable **ret_table, Error *error)
{
    KeyTable *found = NULL;
    for (size_t i = 0; i < graph->tables.count; i++) {
        KeyTable *table = graph->tables.at[i];
        if (!is_called(graph, table, name))
            continue;
        if (found)
            return refuse_several(name, found, table, error);
        found = table;
    }
    if (!found)
        return refuse_unknown(graph, name, error);
    *ret_table = found;
    return RUNG_OK;
}
