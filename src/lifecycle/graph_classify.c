/* Which key each entry of lifecycle.relations means, and what it says of it. */
#include "lifecycle/graph_parts.h"
#include "base/names.h"
#include "sql/form.h"

#include <ctype.h>

typedef struct Named {
    VEC(TableKey *) keys;
} Named;

typedef struct Classifying {
    KeyGraph *graph;
    const Lifecycle *lifecycle;
    const char *path;
    Arena *scratch;
    Map *names;  /* every way to write a key: Named */
    Map *tables; /* every way to write a table: KeyTable */
    Error *error;
} Classifying;

/* Names as they are compared: SQLite's in lower case, no blanks behind commas. */
static const char *plain(const Classifying *classifying, const char *name)
{
    char *text = classifying->graph->engine == ENGINE_SQLITE
                     ? form_fold(classifying->scratch, name)
                     : arena_string(classifying->scratch, name);
    char *to = text;
    for (const char *from = text; *from; from++)
        if (!(*from == ' ' && to > text && to[-1] == ','))
            *to++ = *from;
    *to = '\0';
    return text;
}

static void add_name(Classifying *classifying, const char *name, TableKey *key)
{
    name = plain(classifying, name);
    Named *named = map_get(classifying->names, name);
    if (!named) {
        named = arena_alloc(classifying->scratch, sizeof *named);
        map_set(classifying->names, name, named);
    }
    for (size_t i = 0; i < named->keys.count; i++)
        if (named->keys.at[i] == key)
            return;
    *vec_add(classifying->scratch, &named->keys) = key;
}

/* Of the table "t" in the schema "s": "t" and "s.t", with the columns or the constraint behind. */
static void add_names(Classifying *classifying, TableKey *key)
{
    Arena *scratch = classifying->scratch;
    const char *tables[] = {key->from->title, key->from->name, NULL, key->from_partition};
    if (key->from->schema)
        tables[2] = arena_print(scratch, "%s.%s", key->from->schema, key->from->name);
    for (size_t i = 0; i < COUNT(tables); i++) {
        if (!tables[i])
            continue;
        add_name(classifying, graph_key_title(scratch, tables[i], &key->columns), key);
        if (key->name)
            add_name(classifying, arena_print(scratch, "%s.%s", tables[i], key->name), key);
    }
}

static void add_table(Classifying *classifying, KeyTable *table)
{
    map_set(classifying->tables, plain(classifying, table->name), table);
    if (table->schema)
        map_set(classifying->tables,
                arena_print(classifying->scratch, "%s.%s", table->schema, table->name), table);
}

/* The table whose name, with a dot behind, begins the relation's; of several the longest. */
static KeyTable *table_of(const Classifying *classifying, const char *name, const char **ret_rest)
{
    for (size_t i = strlen(name); i-- > 0;) {
        if (name[i] != '.')
            continue;
        KeyTable *table = map_get(classifying->tables, arena_copy(classifying->scratch, name, i));
        if (table) {
            *ret_rest = name + i + 1;
            return table;
        }
    }
    return NULL;
}

/* ---- errors ---- */

static Code refuse_several(const Classifying *classifying, const RelationPolicy *policy,
                           const Named *named)
{
    const TableKey *key = named->keys.at[0], *other = named->keys.at[1];
    error_at(classifying->error, RUNG_CONFIG, classifying->path, policy->line,
             "lifecycle.relations: %s is the name of several foreign keys", policy->name);
    if (key->from != other->from)
        return error_hint(classifying->error, "write the schema: %s.%s, %s.%s",
                          key->from->schema ? key->from->schema : "main", policy->name,
                          other->from->schema ? other->from->schema : "main", policy->name);
    return error_hint(classifying->error, "name the constraint: %s.%s, %s.%s", key->from->title,
                      key->name ? key->name : "(without a name)", other->from->title,
                      other->name ? other->name : "(without a name)");
}

static Code refuse_missing(const Classifying *classifying, const RelationPolicy *policy,
                           const KeyTable *table)
{
    Near near;
    near_start(&near, policy->name, strlen(policy->name));
    for (size_t i = 0; i < classifying->graph->keys.count; i++)
        near_offer(&near, classifying->graph->keys.at[i]->title);
    error_at(classifying->error, RUNG_CONFIG, classifying->path, policy->line,
             "lifecycle.relations: the table %s has no foreign key %s", table->title, policy->name);
    if (near.count)
        return error_hint(classifying->error, "the nearest name is %s", near.names[0]);
    return error_hint(classifying->error, "only class retain may be without a foreign key");
}

/* ---- one relation ---- */

static bool read_columns(const Classifying *classifying, const KeyTable *table, const char *list,
                         KeyNames *ret_columns)
{
    Arena *arena = classifying->graph->arena;
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        const char *name = arena_copy(classifying->scratch, at, length);
        const KeyColumn *column = NULL;
        for (size_t i = 0; !column && i < table->columns.count; i++)
            if (strcmp(plain(classifying, table->columns.at[i].name), name) == 0)
                column = &table->columns.at[i];
        if (!column)
            return false;
        *vec_add(arena, ret_columns) = column->name;
        at += length + (at[length] == ',');
    }
    return ret_columns->count > 0;
}

/* Class retain does nothing, and so needs no key: "table.column" becomes one, for the drawing. */
static Code add_undeclared(Classifying *classifying, const RelationPolicy *policy, KeyTable *from,
                           const char *rest)
{
    KeyGraph *graph = classifying->graph;
    const Lifecycle *lifecycle = classifying->lifecycle;
    KeyNames columns = {0};
    Error unknown;
    TableKey *key = arena_alloc(graph->arena, sizeof *key);
    *key = (TableKey){.from = from,
                      .action = 'a',
                      .update = 'a',
                      .validated = true,
                      .relation = RELATION_RETAIN,
                      .policy = policy};
    if (!read_columns(classifying, from, rest, &columns))
        return refuse_missing(classifying, policy, from);
    if (!lifecycle->subjects.count ||
        key_graph_table(graph, lifecycle->subjects.at[0].table, &key->to, &unknown))
        return RUNG_OK;
    key->columns = columns;
    if (columns.count == 1)
        *vec_add(graph->arena, &key->targets) = lifecycle->subjects.at[0].key;
    else
        key->targets = key->to->primary;
    GraphReading reading = {.arena = graph->arena, .graph = graph};
    graph_add_key(&reading, key, from->title);
    *vec_add(graph->arena, &key->to->below) = key;
    *vec_add(graph->arena, &from->above) = key;
    return RUNG_OK;
}

static Code classify(Classifying *classifying, const RelationPolicy *policy)
{
    RelationClass relation = relation_read(policy);
    const char *name = plain(classifying, policy->name), *rest = NULL;
    const Named *named = map_get(classifying->names, name);
    KeyTable *table = table_of(classifying, name, &rest);
    if (relation == RELATION_NONE) {
        error_at(classifying->error, RUNG_CONFIG, classifying->path, policy->line,
                 "lifecycle.relations: %s has no class that rung knows", policy->name);
        return error_hint(classifying->error, "cascade, set_null, retain or restrict");
    }
    if (named && named->keys.count > 1)
        return refuse_several(classifying, policy, named);
    if (named) {
        named->keys.at[0]->relation = relation;
        named->keys.at[0]->policy = policy;
        return RUNG_OK;
    }
    if (!table) {
        *vec_add(classifying->graph->arena, &classifying->graph->absent) = policy;
        return RUNG_OK;
    }
    if (relation == RELATION_RETAIN)
        return add_undeclared(classifying, policy, table, rest);
    return refuse_missing(classifying, policy, table);
}

Code key_graph_classify(KeyGraph *graph, const Lifecycle *lifecycle, const char *path, Error *error)
{
    Arena *scratch = arena_new();
    Classifying classifying = {.graph = graph,
                               .lifecycle = lifecycle,
                               .path = path,
                               .scratch = scratch,
                               .names = map_new(scratch),
                               .tables = map_new(scratch),
                               .error = error};
    Code code = RUNG_OK;
    for (size_t i = 0; i < graph->keys.count; i++)
        add_names(&classifying, graph->keys.at[i]);
    for (size_t i = 0; i < graph->tables.count; i++)
        add_table(&classifying, graph->tables.at[i]);
    for (size_t i = 0; !code && i < lifecycle->relations.count; i++)
        code = classify(&classifying, &lifecycle->relations.at[i]);
    arena_free(scratch);
    return code;
}
