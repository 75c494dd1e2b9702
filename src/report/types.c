/* What SQL types are in no engine's words, and what the languages share. */
#include "report/types.h"
#include "sql/form.h"

static const TypesLanguage languages[] = {
    {"ts", NULL, types_ts},
    {"c", NULL, types_c},
    {"python", "dataclass", types_python},
    {"python", "sqlmodel", types_sqlmodel},
    {"json-schema", NULL, types_json_schema},
};

const TypesLanguage *types_language_at(size_t index)
{
    return index < COUNT(languages) ? &languages[index] : NULL;
}

/* ---- types ---- */

/* As PostgreSQL's format_type names them, and as people declare them for SQLite. What is none of
 * these but has a text form that clients hand on (networks, ranges, geometry) is TEXT. */
static const struct {
    const char *name;
    Scalar scalar;
} scalars[] = {
    {"boolean", SCALAR_BOOLEAN},
    {"bool", SCALAR_BOOLEAN},
    {"smallint", SCALAR_SMALLINT},
    {"int2", SCALAR_SMALLINT},
    {"integer", SCALAR_INTEGER},
    {"int", SCALAR_INTEGER},
    {"int4", SCALAR_INTEGER},
    {"bigint", SCALAR_BIGINT},
    {"int8", SCALAR_BIGINT},
    {"oid", SCALAR_BIGINT},
    {"real", SCALAR_REAL},
    {"float4", SCALAR_REAL},
    {"double precision", SCALAR_DOUBLE},
    {"double", SCALAR_DOUBLE},
    {"float", SCALAR_DOUBLE},
    {"float8", SCALAR_DOUBLE},
    {"numeric", SCALAR_DECIMAL},
    {"decimal", SCALAR_DECIMAL},
    {"text", SCALAR_TEXT},
    {"character varying", SCALAR_TEXT},
    {"varchar", SCALAR_TEXT},
    {"nvarchar", SCALAR_TEXT},
    {"character", SCALAR_TEXT},
    {"char", SCALAR_TEXT},
    {"bpchar", SCALAR_TEXT},
    {"\"char\"", SCALAR_TEXT},
    {"name", SCALAR_TEXT},
    {"citext", SCALAR_TEXT},
    {"money", SCALAR_TEXT},
    {"xml", SCALAR_TEXT},
    {"inet", SCALAR_TEXT},
    {"cidr", SCALAR_TEXT},
    {"macaddr", SCALAR_TEXT},
    {"macaddr8", SCALAR_TEXT},
    {"bit", SCALAR_TEXT},
    {"bit varying", SCALAR_TEXT},
    {"tsvector", SCALAR_TEXT},
    {"tsquery", SCALAR_TEXT},
    {"jsonpath", SCALAR_TEXT},
    {"pg_lsn", SCALAR_TEXT},
    {"point", SCALAR_TEXT},
    {"line", SCALAR_TEXT},
    {"lseg", SCALAR_TEXT},
    {"box", SCALAR_TEXT},
    {"path", SCALAR_TEXT},
    {"polygon", SCALAR_TEXT},
    {"circle", SCALAR_TEXT},
    {"int4range", SCALAR_TEXT},
    {"int8range", SCALAR_TEXT},
    {"numrange", SCALAR_TEXT},
    {"tsrange", SCALAR_TEXT},
    {"tstzrange", SCALAR_TEXT},
    {"daterange", SCALAR_TEXT},
    {"int4multirange", SCALAR_TEXT},
    {"int8multirange", SCALAR_TEXT},
    {"nummultirange", SCALAR_TEXT},
    {"tsmultirange", SCALAR_TEXT},
    {"tstzmultirange", SCALAR_TEXT},
    {"datemultirange", SCALAR_TEXT},
    {"regclass", SCALAR_TEXT},
    {"regtype", SCALAR_TEXT},
    {"vector", SCALAR_TEXT},
    {"ltree", SCALAR_TEXT},
    {"hstore", SCALAR_TEXT},
    {"bytea", SCALAR_BYTES},
    {"blob", SCALAR_BYTES},
    {"uuid", SCALAR_UUID},
    {"date", SCALAR_DATE},
    {"time", SCALAR_TIME},
    {"time without time zone", SCALAR_TIME},
    {"time with time zone", SCALAR_TIME},
    {"timestamp", SCALAR_TIMESTAMP},
    {"timestamp without time zone", SCALAR_TIMESTAMP},
    {"datetime", SCALAR_TIMESTAMP},
    {"timestamp with time zone", SCALAR_TIMESTAMP_ZONED},
    {"timestamptz", SCALAR_TIMESTAMP_ZONED},
    {"interval", SCALAR_INTERVAL},
    {"json", SCALAR_JSON},
    {"jsonb", SCALAR_JSON},
    {"void", SCALAR_VOID},
    {"record", SCALAR_RECORD},
};

Scalar scalar_find(const char *name)
{
    for (size_t i = 0; i < COUNT(scalars); i++)
        if (strcmp(scalars[i].name, name) == 0)
            return scalars[i].scalar;
    return SCALAR_UNKNOWN;
}

/* ---- lists ---- */

bool list_same(const List *a, const List *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!list_has(b, a->at[i]))
            return false;
    return true;
}

List list_copy(Arena *arena, const char *const *at, size_t count)
{
    List list = {arena_alloc_array(arena, count + 1, sizeof(char *)), count};
    for (size_t i = 0; i < count; i++)
        list.at[i] = arena_string(arena, at[i]);
    return list;
}

/* ---- entities ---- */

const TypedColumn *entity_column(const Entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->columns.count; i++)
        if (strcmp(entity->columns.at[i].name, name) == 0)
            return &entity->columns.at[i];
    return NULL;
}

const TypedKey *entity_primary(const Entity *entity)
{
    for (size_t i = 0; i < entity->keys.count; i++)
        if (entity->keys.at[i].primary)
            return &entity->keys.at[i];
    return NULL;
}

bool entity_is_key(const Entity *entity, const List *columns)
{
    for (size_t i = 0; i < entity->keys.count; i++)
        if (entity->keys.at[i].unique && list_same(&entity->keys.at[i].columns, columns))
            return true;
    return false;
}

bool schema_is_standard(const char *name)
{
    return strcmp(name, "public") == 0;
}

TypedSchema *types_schema(Types *types, const char *name)
{
    for (size_t i = 0; i < types->schemas.count; i++)
        if (strcmp(types->schemas.at[i].name, name) == 0)
            return &types->schemas.at[i];
    TypedSchema *schema = vec_add(types->arena, &types->schemas);
    schema->name = name;
    return schema;
}

static int by_schema(const void *a, const void *b)
{
    return strcmp(((const TypedSchema *)a)->name, ((const TypedSchema *)b)->name);
}

static int by_entity(const void *a, const void *b)
{
    return strcmp((*(Entity *const *)a)->name, (*(Entity *const *)b)->name);
}

static int by_relation(const void *a, const void *b)
{
    return strcmp(((const Relation *)a)->name, ((const Relation *)b)->name);
}

static void sort_entities(EntityList *list)
{
    if (list->count)
        qsort(list->at, list->count, sizeof list->at[0], by_entity);
}

static void finish_relations(Entity *entity)
{
    for (size_t i = 0; i < entity->relations.count; i++) {
        Relation *relation = &entity->relations.at[i];
        relation->one_to_one = entity_is_key(entity, &relation->columns);
        relation->required = true;
        for (size_t k = 0; k < relation->columns.count; k++) {
            const TypedColumn *column = entity_column(entity, relation->columns.at[k]);
            relation->required &= column && !column->nullable;
        }
    }
    if (entity->relations.count)
        qsort(entity->relations.at, entity->relations.count, sizeof entity->relations.at[0],
              by_relation);
}

Types *types_read(Arena *arena, const Catalog *catalog, const Map *lite)
{
    Types *types = arena_alloc(arena, sizeof *types);
    types->arena = arena;
    types->engine = catalog->engine;
    if (catalog->engine == ENGINE_SQLITE)
        types_read_sqlite(types, catalog, lite);
    else
        types_read_postgresql(types, catalog);
    if (types->schemas.count)
        qsort(types->schemas.at, types->schemas.count, sizeof types->schemas.at[0], by_schema);
    for (size_t i = 0; i < types->schemas.count; i++) {
        TypedSchema *schema = &types->schemas.at[i];
        EntityList *lists[] = {&schema->tables, &schema->views, &schema->enums,
                               &schema->composites};
        for (size_t k = 0; k < COUNT(lists); k++)
            sort_entities(lists[k]);
        for (size_t k = 0; k < schema->tables.count; k++)
            finish_relations(schema->tables.at[k]);
    }
    return types;
}

/* ---- text ---- */

void text_add_quoted(Text *text, const char *string)
{
    text_char(text, '"');
    for (const char *at = string; *at; at++)
        if (*at == '\n')
            text_put(text, "\\n");
        else if (*at == '"' || *at == '\\')
            text_print(text, "\\%c", *at);
        else if ((unsigned char)*at < 0x20 || *at == 0x7f)
            text_print(text, "\\u%04x", (unsigned char)*at);
        else
            text_char(text, *at);
    text_char(text, '"');
}

/* Behind a constant only a cast may stand: :: and the words of a type. */
static bool only_casts(Lexer *lexer)
{
    Token token;
    Error ignored;
    bool first = true;
    for (; !lexer_next(lexer, &token, &ignored); first = false) {
        if (token.type == TOKEN_END)
            return true;
        if (first && !(token.type == TOKEN_SYMBOL && token.length == 2))
            return false;
        if (token.type == TOKEN_STRING || token.type == TOKEN_PARAM)
            return false;
        if (token.type == TOKEN_SYMBOL && token.length == 1 && !strchr(":.(),[]", *token.text))
            return false;
    }
    return false;
}

static bool constant_fits(const Token *token, Scalar scalar)
{
    bool is_word = token_is(token, "TRUE") || token_is(token, "FALSE");
    switch (scalar) {
    case SCALAR_BOOLEAN:
        return (token->type == TOKEN_WORD && is_word) ||
               (token->type == TOKEN_NUMBER && token->length == 1 && *token->text <= '1');
    case SCALAR_SMALLINT:
    case SCALAR_INTEGER:
    case SCALAR_BIGINT:
        return token->type == TOKEN_NUMBER && strspn(token->text, "0123456789") >= token->length &&
               token->length < 16;
    case SCALAR_REAL:
    case SCALAR_DOUBLE:
        return token->type == TOKEN_NUMBER && strspn(token->text, "0123456789.") >= token->length &&
               *token->text != '.' && token->text[token->length - 1] != '.';
    case SCALAR_TEXT:
        return token->type == TOKEN_STRING && *token->text == '\'';
    default:
        return false;
    }
}

bool constant_read(Arena *arena, Engine engine, const char *sql, Scalar scalar,
                   const char **ret_text)
{
    Lexer lexer;
    Token token;
    Error ignored;
    lexer_start(&lexer, engine, "", 1, sql, strlen(sql));
    Code code = lexer_next(&lexer, &token, &ignored);
    bool negative = !code && token_is_symbol(&token, '-');
    if (negative)
        code = lexer_next(&lexer, &token, &ignored);
    if (code || (negative && token.type != TOKEN_NUMBER) || !constant_fits(&token, scalar) ||
        !only_casts(&lexer))
        return false;
    if (scalar == SCALAR_BOOLEAN)
        *ret_text = token_is(&token, "TRUE") || *token.text == '1' ? "true" : "false";
    else if (scalar == SCALAR_TEXT)
        *ret_text = form_name(arena, &token);
    else
        *ret_text =
            arena_print(arena, "%s%.*s", negative ? "-" : "", (int)token.length, token.text);
    return true;
}

/* ---- identifiers ---- */

char *identifier_make(Arena *arena, const char *name)
{
    bool digit = *name >= '0' && *name <= '9';
    char *made = arena_print(arena, "%s%s", digit || !*name ? "_" : "", name), *to = made;
    for (const char *at = made; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '_';
        if (plain || byte < 0x80 || byte >= 0xc0) /* one for each character */
            *to++ = plain ? *at : '_';
    }
    *to = '\0';
    return made;
}

const char *identifier_unique(Arena *arena, Map *taken, const char *identifier)
{
    const char *name = identifier;
    for (int number = 2; map_get(taken, name); number++)
        name = arena_print(arena, "%s_%d", identifier, number);
    map_set(taken, name, taken);
    return arena_string(arena, name);
}
