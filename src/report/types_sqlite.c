/* SQLite's catalog as types: what the statements declare. */
#include "report/types.h"
#include "sql/definition.h"

typedef struct Reader {
    Types *types;
    const Catalog *catalog;
    Arena *arena;
    TypedSchema *schema;
    Map *tables; /* entities by their names in lower case */
} Reader;

/* ---- types ---- */

/* Behind the words that people declare come the rules of SQLite's manual, "Datatypes In SQLite",
 * 3.1. */
static Scalar scalar_by_affinity(const char *type)
{
    static const struct {
        const char *part;
        Scalar scalar;
    } rules[] = {
        {"int", SCALAR_BIGINT},  {"char", SCALAR_TEXT},   {"clob", SCALAR_TEXT},
        {"text", SCALAR_TEXT},   {"blob", SCALAR_BYTES},  {"real", SCALAR_DOUBLE},
        {"floa", SCALAR_DOUBLE}, {"doub", SCALAR_DOUBLE},
    };
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strstr(type, rules[i].part))
            return rules[i].scalar;
    return SCALAR_DECIMAL;
}

/* `sql` in lower case. */
static TypeUse read_type(Arena *arena, const char *sql)
{
    TypeUse type = {.sql = *sql ? sql : "any"};
    if (!*sql || strcmp(sql, "any") == 0)
        return type;
    char *name = arena_string(arena, sql), *modifier = strchr(name, '(');
    if (modifier) {
        type.length = strtoll(modifier + 1, NULL, 10);
        *modifier = '\0';
    }
    for (size_t length = strlen(name); length && name[length - 1] == ' ';)
        name[--length] = '\0';
    type.scalar = scalar_find(name);
    if (type.scalar == SCALAR_UNKNOWN)
        type.scalar = scalar_by_affinity(name);
    if (type.scalar == SCALAR_SMALLINT || type.scalar == SCALAR_INTEGER)
        type.scalar = SCALAR_BIGINT;
    if (type.scalar == SCALAR_REAL)
        type.scalar = SCALAR_DOUBLE;
    if (type.scalar != SCALAR_TEXT)
        type.length = 0;
    return type;
}

/* ---- tables ---- */

/* The columns as the table writes them: a list has them in lower case. */
static List read_columns(Arena *arena, const Entity *entity, const Names *folded)
{
    List list = list_copy(arena, folded->at, folded->count);
    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < entity->columns.count; k++)
            if (form_same_name(list.at[i], entity->columns.at[k].name))
                list.at[i] = entity->columns.at[k].name;
    return list;
}

/* A primary key counts as NOT NULL, although SQLite takes NULL in one that is not an INTEGER. */
static void add_column(Reader *reader, Entity *entity, const Definition *definition,
                       const DefinitionColumn *column)
{
    Names primary = definition_primary(definition);
    TypedColumn *typed = vec_add(reader->arena, &entity->columns);
    typed->name = column->name;
    typed->type = read_type(reader->arena, column->type);
    typed->value = column->fallback;
    typed->nullable = !column->not_null && !names_have(&primary, column->folded);
    typed->generated = column->generated;
    typed->automatic = column->fallback || column->generated || column == definition->rowid;
}

static void add_checks(Reader *reader, Entity *entity, const Definition *definition)
{
    CheckFact fact;
    for (size_t i = 0; i < definition->checks.count; i++) {
        if (!check_read(reader->arena, ENGINE_SQLITE, definition->checks.at[i].text, &fact))
            continue;
        for (size_t k = 0; k < entity->columns.count; k++) {
            TypeUse *type = &entity->columns.at[k].type;
            if (!form_same_name(entity->columns.at[k].name, fact.column) ||
                type->scalar != SCALAR_TEXT)
                continue;
            if (fact.choices.count)
                type->choices = fact.choices;
            if (fact.length && (!type->length || fact.length < type->length))
                type->length = fact.length;
        }
    }
}

static const char *join(Arena *arena, const List *list)
{
    const char *joined = "";
    for (size_t i = 0; i < list->count; i++)
        joined = arena_print(arena, "%s%s_", joined, list->at[i]);
    return joined;
}

/* They have no names in the schema: those that PostgreSQL would give. */
static void add_keys(Reader *reader, Entity *entity, const Definition *definition)
{
    for (size_t i = 0; i < definition->keys.count; i++) {
        const DefinitionKey *key = &definition->keys.at[i];
        List columns = read_columns(reader->arena, entity, &key->columns);
        const char *name = key->primary ? arena_print(reader->arena, "%s_pkey", entity->name)
                                        : arena_print(reader->arena, "%s_%skey", entity->name,
                                                      join(reader->arena, &columns));
        *vec_add(reader->arena, &entity->keys) =
            (TypedKey){.name = name, .columns = columns, .primary = key->primary, .unique = true};
    }
}

static void add_relations(Reader *reader, Entity *entity, const Definition *definition)
{
    for (size_t i = 0; i < definition->references.count; i++) {
        const DefinitionReference *reference = &definition->references.at[i];
        Entity *target = map_get(reader->tables, reference->table);
        if (!target)
            continue;
        List columns = read_columns(reader->arena, entity, &reference->columns);
        List targets = read_columns(reader->arena, target, &reference->targets);
        const TypedKey *primary = entity_primary(target);
        if (!targets.count && primary)
            targets = primary->columns;
        *vec_add(reader->arena, &entity->relations) =
            (Relation){.name = arena_print(reader->arena, "%s_%sfkey", entity->name,
                                           join(reader->arena, &columns)),
                       .columns = columns,
                       .target_columns = targets,
                       .target = target};
    }
}

static void add_indexes(Reader *reader, const Object *table, Entity *entity)
{
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *child = table->children.at[i];
        List columns;
        if (child->kind != KIND_LITE_INDEX ||
            !index_read(reader->arena, ENGINE_SQLITE, CATALOG_AS(const LiteIndex, child)->sql,
                        &columns))
            continue;
        Names folded = {columns.at, columns.count, columns.count};
        *vec_add(reader->arena, &entity->keys) = (TypedKey){
            .name = child->name,
            .columns = read_columns(reader->arena, entity, &folded),
            .unique = strncmp(CATALOG_AS(const LiteIndex, child)->form, "CREATE UNIQUE ", 14) == 0,
            .is_index = true};
    }
}

/* ---- all of it ---- */

static Entity *add_entity(Reader *reader, const Object *object, EntityType type)
{
    Entity *entity = arena_alloc(reader->arena, sizeof *entity);
    entity->type = type;
    entity->schema = reader->schema->name;
    entity->name = object->name;
    *vec_add(reader->arena,
             type == ENTITY_TABLE ? &reader->schema->tables : &reader->schema->views) = entity;
    return entity;
}

/* Of a view or a virtual table. */
static void add_lite_columns(Reader *reader, const Map *lite, const Object *object, Entity *entity)
{
    const LiteColumns *columns = map_get(lite, form_fold(reader->arena, object->name));
    for (size_t i = 0; columns && i < columns->names.count; i++)
        *vec_add(reader->arena, &entity->columns) = (TypedColumn){
            .name = columns->names.at[i],
            .type = read_type(reader->arena, form_fold(reader->arena, columns->types.at[i])),
            .nullable = true};
}

void types_read_sqlite(Types *types, const Catalog *catalog, const Map *lite)
{
    Reader reader = {types, catalog, types->arena, types_schema(types, "public"),
                     map_new(types->arena)};
    Map *definitions = map_new(types->arena);
    const Object *object;
    CATALOG_EACH(catalog, KIND_LITE_TABLE, object)
    {
        Entity *entity = add_entity(&reader, object, ENTITY_TABLE);
        Definition *definition = arena_alloc(types->arena, sizeof *definition);
        Error ignored;
        map_set(reader.tables, form_fold(types->arena, object->name), entity);
        if (!CATALOG_AS(const LiteTable, object)->sql ||
            definition_read(types->arena, CATALOG_AS(const LiteTable, object)->sql, definition,
                            &ignored) ||
            definition->is_virtual) {
            add_lite_columns(&reader, lite, object, entity);
            continue;
        }
        map_set(definitions, object->name, definition);
        for (size_t i = 0; i < definition->columns.count; i++)
            add_column(&reader, entity, definition, &definition->columns.at[i]);
        add_checks(&reader, entity, definition);
        add_keys(&reader, entity, definition);
        add_indexes(&reader, object, entity);
    }
    CATALOG_EACH(catalog, KIND_LITE_TABLE, object)
    {
        const Definition *definition = map_get(definitions, object->name);
        if (definition)
            add_relations(&reader, map_get(reader.tables, form_fold(types->arena, object->name)),
                          definition);
    }
    CATALOG_EACH(catalog, KIND_LITE_VIEW, object)
    add_lite_columns(&reader, lite, object, add_entity(&reader, object, ENTITY_VIEW));
}
