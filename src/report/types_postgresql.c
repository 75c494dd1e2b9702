/* PostgreSQL's catalog as types. The catalog was read with an empty search_path: what is not the
 * server's own stands there with its schema. */
#include "report/types.h"
#include "sql/form.h"

typedef struct Reader {
    Types *types;
    const Catalog *catalog;
    Arena *arena;
    Map *entities; /* by "schema.name", as SQL */
} Reader;

/* ---- names ---- */

/* One part of a name as SQL, not quoted; *ret_end is behind it. */
static const char *take_name(Arena *arena, const char *sql, const char **ret_end)
{
    Token token = {.type = TOKEN_WORD, .text = sql};
    if (*sql == '"') {
        token.type = TOKEN_NAME;
        for (token.length = 1; sql[token.length]; token.length++)
            if (sql[token.length] == '"' && sql[++token.length] != '"')
                break;
    } else
        token.length = strcspn(sql, ".(");
    *ret_end = sql + token.length;
    return form_name(arena, &token);
}

static const char *entity_key(Arena *arena, const char *schema, const char *name)
{
    return arena_print(arena, "%s\x1f%s", schema ? schema : "", name);
}

/* "schema"."name" as SQL prints it; the schema is NULL when none stands there. */
static const char *split_name(Arena *arena, const char *sql, const char **ret_schema)
{
    const char *end, *name = take_name(arena, sql, &end);
    *ret_schema = NULL;
    if (*end == '.') {
        *ret_schema = name;
        name = take_name(arena, end + 1, &end);
    }
    return name;
}

static Entity *find_entity(const Reader *reader, const char *sql)
{
    const char *schema, *name = split_name(reader->arena, sql, &schema);
    return map_get(reader->entities, entity_key(reader->arena, schema, name));
}

/* ---- types ---- */

/* "character varying(20)[]" is "character varying", 20, an array. */
static char *strip_type(Arena *arena, const char *sql, TypeUse *type)
{
    char *name = arena_string(arena, sql);
    size_t length = strlen(name);
    while (length > 2 && strcmp(name + length - 2, "[]") == 0) {
        name[length -= 2] = '\0';
        type->is_array = true;
    }
    bool quoted = false;
    for (char *at = name; *at; at++) {
        quoted ^= *at == '"';
        char *end = *at == '(' && !quoted ? strchr(at, ')') : NULL;
        if (end) {
            type->length = strtoll(at + 1, NULL, 10);
            memmove(at, end + 1, strlen(end + 1) + 1);
            break;
        }
    }
    return name;
}

static TypeUse read_type(const Reader *reader, const char *sql);

static TypeUse read_domain(const Reader *reader, const Object *object)
{
    const Domain *domain = CATALOG_AS(const Domain, object);
    TypeUse type = read_type(reader, domain->base);
    for (size_t i = 0; i < object->children.count; i++) {
        const Object *child = object->children.at[i];
        CheckFact fact;
        if (child->kind != KIND_DOMAIN_CONSTRAINT ||
            !check_read(reader->arena, ENGINE_POSTGRESQL,
                        CATALOG_AS(const DomainConstraint, child)->definition, &fact) ||
            !form_same_name(fact.column, "value"))
            continue;
        if (fact.choices.count)
            type.choices = fact.choices;
        if (fact.length)
            type.length = fact.length;
    }
    return type;
}

static bool is_multirange(const Reader *reader, const char *name)
{
    const Object *object;
    CATALOG_EACH(reader->catalog, KIND_RANGE, object)
    {
        const char *multirange = CATALOG_AS(const Range, object)->multirange;
        if (multirange && strcmp(multirange, name) == 0)
            return true;
    }
    return false;
}

/* What has a schema in front of it: a type of this database, or of an extension. */
static void read_own_type(const Reader *reader, const char *name, TypeUse *type)
{
    const char *schema, *base = split_name(reader->arena, name, &schema);
    const Object *domain = catalog_find_name(reader->catalog, KIND_DOMAIN, schema, base);
    if (domain) {
        TypeUse resolved = read_domain(reader, domain);
        resolved.is_array |= type->is_array;
        *type = resolved;
        return;
    }
    type->named = map_get(reader->entities, entity_key(reader->arena, schema, base));
    if (type->named)
        type->scalar = SCALAR_NAMED;
    else if (catalog_find_name(reader->catalog, KIND_RANGE, schema, base) ||
             is_multirange(reader, name))
        type->scalar = SCALAR_TEXT;
    else
        type->scalar = scalar_find(base);
}

static TypeUse read_type(const Reader *reader, const char *sql)
{
    TypeUse type = {0};
    const char *name = strip_type(reader->arena, sql, &type);
    type.scalar = strncmp(name, "interval ", 9) == 0 ? SCALAR_INTERVAL : scalar_find(name);
    if (type.scalar == SCALAR_UNKNOWN)
        read_own_type(reader, name, &type);
    if (type.scalar != SCALAR_TEXT || strcmp(name, "bit") == 0 || strcmp(name, "bit varying") == 0)
        type.length = 0;
    type.sql = strncmp(sql, "public.", 7) == 0 ? sql + 7 : sql;
    return type;
}

/* A column of a domain takes NULL only if the domain does, and need not be given if it has a
 * default. */
static const Domain *domain_of(const Reader *reader, const char *sql)
{
    const char *schema, *name = split_name(reader->arena, sql, &schema);
    const Object *object = strstr(sql, "[]") || !schema
                               ? NULL
                               : catalog_find_name(reader->catalog, KIND_DOMAIN, schema, name);
    return object ? CATALOG_AS(const Domain, object) : NULL;
}

/* ---- tables ---- */

static int by_position(const void *a, const void *b)
{
    const Column *left = *(const Column *const *)a, *right = *(const Column *const *)b;
    return left->position < right->position ? -1 : left->position > right->position;
}

static const char *default_of(const Object *table, const char *name)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_DEFAULT &&
            strcmp(table->children.at[i]->name, name) == 0)
            return CATALOG_AS(const Default, table->children.at[i])->value;
    return NULL;
}

static void add_column(const Reader *reader, Entity *entity, const Column *column)
{
    TypedColumn *typed = vec_add(reader->arena, &entity->columns);
    typed->name = column->head.name;
    typed->comment = column->head.comment;
    typed->type = read_type(reader, column->type);
    typed->value = default_of(column->head.parent, column->head.name);
    typed->nullable = !column->not_null;
    for (const Domain *domain = domain_of(reader, column->type); domain;
         domain = domain_of(reader, domain->base)) {
        typed->nullable &= !domain->not_null;
        if (!typed->value)
            typed->value = domain->value;
    }
    typed->generated =
        column->generated || (column->identity && strcmp(column->identity, "ALWAYS") == 0);
    typed->automatic = typed->value || typed->generated || column->identity;
}

static void add_columns(const Reader *reader, const Object *table, Entity *entity)
{
    VEC(const Column *) columns = {0};
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_COLUMN)
            *vec_add(reader->arena, &columns) = CATALOG_AS(const Column, table->children.at[i]);
    if (columns.count)
        qsort(columns.at, columns.count, sizeof columns.at[0], by_position);
    for (size_t i = 0; i < columns.count; i++)
        add_column(reader, entity, columns.at[i]);
}

static void add_check(const Reader *reader, Entity *entity, const Constraint *constraint)
{
    CheckFact fact;
    if (!check_read(reader->arena, ENGINE_POSTGRESQL, constraint->definition, &fact))
        return;
    for (size_t i = 0; i < entity->columns.count; i++) {
        TypeUse *type = &entity->columns.at[i].type;
        if (strcmp(entity->columns.at[i].name, fact.column) != 0 || type->scalar != SCALAR_TEXT ||
            type->is_array)
            continue;
        if (fact.choices.count)
            type->choices = fact.choices;
        if (fact.length && (!type->length || fact.length < type->length))
            type->length = fact.length;
    }
}

static void add_constraint(const Reader *reader, const Object *object, Entity *entity)
{
    const Constraint *constraint = CATALOG_AS(const Constraint, object);
    switch (*constraint->type) {
    case 'p':
    case 'u':
        *vec_add(reader->arena, &entity->keys) = (TypedKey){.name = object->name,
                                                            .columns = constraint->columns,
                                                            .primary = *constraint->type == 'p',
                                                            .unique = true};
        break;
    case 'f': {
        const Entity *target = find_entity(reader, constraint->target);
        if (target)
            *vec_add(reader->arena, &entity->relations) =
                (Relation){.name = object->name,
                           .columns = constraint->columns,
                           .target_columns = constraint->target_columns,
                           .target = target};
        break;
    }
    case 'c':
        add_check(reader, entity, constraint);
        break;
    default:
        break;
    }
}

static void add_index(const Reader *reader, const Object *object, Entity *entity)
{
    const Index *index = CATALOG_AS(const Index, object);
    List columns;
    if (!index->is_invalid && strcmp(index->method, "btree") == 0 &&
        index_read(reader->arena, ENGINE_POSTGRESQL, index->definition, &columns))
        *vec_add(reader->arena, &entity->keys) = (TypedKey){
            .name = object->name, .columns = columns, .unique = index->is_unique, .is_index = true};
}

static void fill_table(const Reader *reader, const Object *table, Entity *entity)
{
    add_columns(reader, table, entity);
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *child = table->children.at[i];
        if (child->kind == KIND_CONSTRAINT)
            add_constraint(reader, child, entity);
        else if (child->kind == KIND_INDEX)
            add_index(reader, child, entity);
    }
}

/* ---- views, enums, composite types ---- */

/* `name type`, with COLLATE … behind it where it is not the type's. */
static void fill_view(const Reader *reader, const Object *view, Entity *entity)
{
    const List *columns = view->kind == KIND_VIEW
                              ? &CATALOG_AS(const View, view)->columns
                              : &CATALOG_AS(const MaterializedView, view)->columns;
    for (size_t i = 0; i < columns->count; i++) {
        TypedColumn *typed = vec_add(reader->arena, &entity->columns);
        const char *end;
        char *type = arena_string(reader->arena, columns->at[i]);
        typed->name = take_name(reader->arena, type, &end);
        if (*type != '"') {
            size_t length = strcspn(type, " ");
            typed->name = arena_copy(reader->arena, type, length);
            end = type + length;
        }
        char *collate = strstr(type + (end - type), " COLLATE ");
        if (collate)
            *collate = '\0';
        typed->type = read_type(reader, *end == ' ' ? end + 1 : end);
        typed->nullable = true;
    }
    for (size_t i = 0; i < view->children.count; i++)
        for (size_t k = 0; k < entity->columns.count; k++)
            if (view->children.at[i]->kind == KIND_VIEW_COLUMN &&
                strcmp(view->children.at[i]->name, entity->columns.at[k].name) == 0)
                entity->columns.at[k].comment = view->children.at[i]->comment;
}

static int by_attribute(const void *a, const void *b)
{
    const Attribute *left = *(const Attribute *const *)a, *right = *(const Attribute *const *)b;
    return left->position < right->position ? -1 : left->position > right->position;
}

static void fill_composite(const Reader *reader, const Object *composite, Entity *entity)
{
    VEC(const Attribute *) attributes = {0};
    for (size_t i = 0; i < composite->children.count; i++)
        if (composite->children.at[i]->kind == KIND_ATTRIBUTE)
            *vec_add(reader->arena, &attributes) =
                CATALOG_AS(const Attribute, composite->children.at[i]);
    if (attributes.count)
        qsort(attributes.at, attributes.count, sizeof attributes.at[0], by_attribute);
    for (size_t i = 0; i < attributes.count; i++)
        *vec_add(reader->arena, &entity->columns) =
            (TypedColumn){.name = attributes.at[i]->head.name,
                          .comment = attributes.at[i]->head.comment,
                          .type = read_type(reader, attributes.at[i]->type),
                          .nullable = true};
}

/* ---- functions ---- */

/* The parts of "integer, text[]" or "a integer, b \"x, y\"", at commas that stand for themselves.
 */
static List split_parts(Arena *arena, const char *text)
{
    VEC(const char *) parts = {0};
    const char *start = text;
    bool quoted = false;
    int depth = 0;
    for (const char *at = text;; at++) {
        quoted ^= *at == '"';
        depth += !quoted && *at == '(' ? 1 : !quoted && *at == ')' ? -1 : 0;
        if (*at && (*at != ',' || quoted || depth))
            continue;
        if (at > start)
            *vec_add(arena, &parts) = arena_copy(arena, start, (size_t)(at - start));
        if (!*at)
            break;
        start = at[1] == ' ' ? at + 2 : at + 1;
    }
    return (List){parts.at, parts.count};
}

/* The result is "SETOF type", "TABLE(name type, …)", a type, or nothing for a procedure. */
static void add_result(const Reader *reader, Routine *routine, const char *result)
{
    if (!result) {
        routine->result = (TypeUse){.scalar = SCALAR_VOID, .sql = "void"};
        return;
    }
    if (strncmp(result, "TABLE(", 6) == 0) {
        char *inner = arena_copy(reader->arena, result + 6, strlen(result + 6) - 1);
        List parts = split_parts(reader->arena, inner);
        for (size_t i = 0; i < parts.count; i++) {
            RoutineArgument *column = vec_add(reader->arena, &routine->columns);
            const char *end = parts.at[i];
            column->name = *end == '"' ? take_name(reader->arena, end, &end)
                                       : arena_copy(reader->arena, end, strcspn(end, " "));
            end = *parts.at[i] == '"' ? end : parts.at[i] + strcspn(parts.at[i], " ");
            column->type = read_type(reader, *end == ' ' ? end + 1 : end);
        }
        routine->is_set = true;
        routine->result = (TypeUse){.scalar = SCALAR_RECORD, .sql = result};
        return;
    }
    routine->is_set = strncmp(result, "SETOF ", 6) == 0;
    routine->result = read_type(reader, routine->is_set ? result + 6 : result);
}

/* Where the list of arguments in "CREATE OR REPLACE FUNCTION name(…)" begins and ends. */
static const char *arguments_of(Arena *arena, const char *definition)
{
    const char *start = NULL;
    bool quoted = false;
    int depth = 0;
    for (const char *at = definition; *at; at++) {
        quoted ^= *at == '"';
        if (quoted || (*at != '(' && *at != ')'))
            continue;
        if (*at == '(' && depth++ == 0)
            start = at + 1;
        if (*at == ')' && --depth == 0)
            return arena_copy(arena, start, (size_t)(at - start));
    }
    return "";
}

/* OUT and INOUT arguments are the columns of the result. Only the definition has their types:
 * "OUT name type", "INOUT name type DEFAULT value". */
static void add_out_columns(const Reader *reader, Routine *routine, const Function *function)
{
    List parts = split_parts(reader->arena, arguments_of(reader->arena, function->definition));
    for (size_t i = 0; i < parts.count && i < function->arguments.count; i++) {
        const char *said = function->arguments.at[i], *part = parts.at[i];
        if (!strchr("ob", *said) || !said[2])
            continue;
        part += strncmp(part, "INOUT ", 6) == 0 ? 6 : strncmp(part, "OUT ", 4) == 0 ? 4 : 0;
        if (*part == '"')
            take_name(reader->arena, part, &part);
        else
            part += strcspn(part, " ");
        char *type = arena_string(reader->arena, part + (*part == ' '));
        char *value = strstr(type, " DEFAULT ");
        if (value)
            *value = '\0';
        *vec_add(reader->arena, &routine->columns) =
            (RoutineArgument){.name = said + 2, .type = read_type(reader, type)};
    }
}

/* `arguments` has a mode and a name each; `address` has the types of those that are given. */
static void add_routine(const Reader *reader, const Function *function)
{
    TypedSchema *schema = types_schema(reader->types, function->head.schema);
    Routine *routine = vec_add(reader->arena, &schema->routines);
    List types = split_parts(reader->arena, function->head.address ? function->head.address : "");
    routine->name = function->head.name;
    routine->comment = function->head.comment;
    add_result(reader, routine, function->result);
    if (routine->result.scalar == SCALAR_RECORD && !routine->columns.count && function->definition)
        add_out_columns(reader, routine, function);
    for (size_t i = 0, given = 0; i < function->arguments.count && given < types.count; i++) {
        const char *said = function->arguments.at[i];
        if (!strchr("ibv", *said))
            continue;
        *vec_add(reader->arena, &routine->arguments) = (RoutineArgument){
            .name = said + 2,
            .type = read_type(reader, types.at[given]),
            .optional = (int64_t)(types.count - given) <= function->defaults,
        };
        given++;
    }
}

static void add_routines(const Reader *reader)
{
    const Object *object;
    CATALOG_EACH(reader->catalog, KIND_FUNCTION, object)
    {
        const Function *function = CATALOG_AS(const Function, object);
        const char *result = function->result ? function->result : "";
        if (strcmp(result, "trigger") != 0 && strcmp(result, "event_trigger") != 0)
            add_routine(reader, function);
    }
}

/* ---- all of it ---- */

static bool is_partition(const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_PARTITION)
            return true;
    return false;
}

static EntityList *list_of(TypedSchema *schema, EntityType type)
{
    switch (type) {
    case ENTITY_TABLE:
        return &schema->tables;
    case ENTITY_VIEW:
        return &schema->views;
    case ENTITY_ENUM:
        return &schema->enums;
    case ENTITY_COMPOSITE:
        break;
    }
    return &schema->composites;
}

static const struct {
    KindId kind;
    EntityType type;
    void (*fill)(const Reader *reader, const Object *object, Entity *entity);
} readers[] = {
    {KIND_TABLE, ENTITY_TABLE, fill_table},
    {KIND_VIEW, ENTITY_VIEW, fill_view},
    {KIND_MATERIALIZED_VIEW, ENTITY_VIEW, fill_view},
    {KIND_ENUM, ENTITY_ENUM, NULL},
    {KIND_COMPOSITE, ENTITY_COMPOSITE, fill_composite},
};

static void add_entities(Reader *reader, size_t row)
{
    const Object *object;
    CATALOG_EACH(reader->catalog, readers[row].kind, object)
    {
        if (readers[row].kind == KIND_TABLE && is_partition(object))
            continue;
        Entity *entity = arena_alloc(reader->arena, sizeof *entity);
        entity->type = readers[row].type;
        entity->schema = object->schema;
        entity->name = object->name;
        entity->comment = object->comment;
        if (readers[row].kind == KIND_ENUM)
            entity->values = CATALOG_AS(const Enum, object)->values;
        TypedSchema *schema = types_schema(reader->types, object->schema);
        *vec_add(reader->arena, list_of(schema, entity->type)) = entity;
        map_set(reader->entities, entity_key(reader->arena, object->schema, object->name), entity);
    }
}

/* Names first: columns and keys name what stands anywhere. */
void types_read_postgresql(Types *types, const Catalog *catalog)
{
    Reader reader = {types, catalog, types->arena, map_new(types->arena)};
    const Object *object;
    for (size_t i = 0; i < COUNT(readers); i++)
        add_entities(&reader, i);
    for (size_t i = 0; i < COUNT(readers); i++)
        CATALOG_EACH(catalog, readers[i].kind, object)
        {
            Entity *entity =
                map_get(reader.entities, entity_key(types->arena, object->schema, object->name));
            if (entity && readers[i].fill)
                readers[i].fill(&reader, object, entity);
        }
    add_routines(&reader);
}
