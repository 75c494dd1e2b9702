/* Mermaid's erDiagram. */
#include "report/erd.h"

typedef struct Writer {
    Types *types;
    Text *text;
} Writer;

const char *erd_marks(Arena *arena, const Entity *entity, const TypedColumn *column)
{
    bool primary = false, foreign = false, unique = false;
    for (size_t i = 0; i < entity->keys.count; i++) {
        const TypedKey *key = &entity->keys.at[i];
        primary |= key->primary && list_has(&key->columns, column->name);
        unique |= !key->primary && key->unique && key->columns.count == 1 &&
                  list_has(&key->columns, column->name);
    }
    for (size_t i = 0; i < entity->relations.count; i++)
        foreign |= list_has(&entity->relations.at[i].columns, column->name);
    return arena_print(arena, "%s%s%s%s%s", primary ? "PK" : "", primary && foreign ? ", " : "",
                       foreign ? "FK" : "", unique && (primary || foreign) ? ", " : "",
                       unique ? "UK" : "");
}

/* ---- words ---- */

/* Inside quotes: Mermaid has no escape for a quote but the names of HTML's entities. */
static void add_quoted(Writer *writer, const char *words)
{
    text_char(writer->text, '"');
    for (const char *at = words; *at; at++)
        if (*at == '"')
            text_put(writer->text, "#quot;");
        else if (*at == '#')
            text_put(writer->text, "#35;");
        else
            text_char(writer->text, *at == '\n' || *at == '\r' ? ' ' : *at);
    text_char(writer->text, '"');
}

/* A comment is not read for entities. */
static void add_remark(Writer *writer, const char *name, const char *comment)
{
    text_put(writer->text, " \"");
    const char *parts[] = {name, name && comment ? ": " : NULL, comment};
    for (size_t i = 0; i < COUNT(parts); i++)
        for (const char *at = parts[i]; at && *at; at++)
            text_char(writer->text, *at == '"' ? '\'' : *at == '\n' || *at == '\r' ? ' ' : *at);
    text_char(writer->text, '"');
}

/* "character varying(20)[]" is "character_varying(20)[]". */
static void add_type(Writer *writer, const char *type)
{
    for (const char *at = type; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || (at > type && strchr("()[]_-", *at));
        if (plain || byte < 0x80 || byte >= 0xc0)
            text_char(writer->text, plain ? *at : '_');
    }
}

static const char *title_of(Writer *writer, const Entity *entity)
{
    return schema_is_standard(entity->schema)
               ? entity->name
               : arena_print(writer->types->arena, "%s.%s", entity->schema, entity->name);
}

/* ---- tables ---- */

static void name_tables(Writer *writer)
{
    Map *taken = map_new(writer->types->arena);
    for (size_t i = 0; i < writer->types->schemas.count; i++)
        for (size_t k = 0; k < writer->types->schemas.at[i].tables.count; k++) {
            Entity *entity = writer->types->schemas.at[i].tables.at[k];
            const char *made = identifier_make(writer->types->arena, title_of(writer, entity));
            entity->word = identifier_unique(writer->types->arena, taken, made);
        }
}

static void add_column(Writer *writer, const Entity *entity, const TypedColumn *column)
{
    const char *marks = erd_marks(writer->types->arena, entity, column);
    const char *name = identifier_make(writer->types->arena, column->name);
    if (strlen(name) == 2 && strstr("PK FK UK", name)) /* it would be read as a mark */
        name = arena_print(writer->types->arena, "%s_", name);
    bool renamed = strcmp(name, column->name) != 0;
    text_put(writer->text, "        ");
    add_type(writer, column->type.sql);
    text_print(writer->text, " %s%s%s", name, *marks ? " " : "", marks);
    if (renamed || column->comment)
        add_remark(writer, renamed ? column->name : NULL, column->comment);
    text_char(writer->text, '\n');
}

static void add_table(Writer *writer, const Entity *entity)
{
    const char *title = title_of(writer, entity);
    if (entity->comment) {
        text_put(writer->text, "    %% ");
        for (const char *at = entity->comment; *at; at++)
            text_char(writer->text, *at == '\n' || *at == '\r' ? ' ' : *at);
        text_char(writer->text, '\n');
    }
    text_print(writer->text, "    %s", entity->word);
    if (strcmp(title, entity->word) != 0) {
        text_char(writer->text, '[');
        add_quoted(writer, title);
        text_char(writer->text, ']');
    }
    text_put(writer->text, " {\n");
    for (size_t i = 0; i < entity->columns.count; i++)
        add_column(writer, entity, &entity->columns.at[i]);
    text_put(writer->text, "    }\n");
}

/* One row, or none where the key may be NULL, has many rows, or one where the columns are a key. */
static void add_relations(Writer *writer, const Entity *entity)
{
    for (size_t i = 0; i < entity->relations.count; i++) {
        const Relation *relation = &entity->relations.at[i];
        if (relation->target->type != ENTITY_TABLE)
            continue;
        text_print(writer->text, "    %s %s--%s %s : ", relation->target->word,
                   relation->required ? "||" : "|o", relation->one_to_one ? "o|" : "o{",
                   entity->word);
        add_quoted(writer, relation->name);
        text_char(writer->text, '\n');
    }
}

void erd_mermaid(Types *types, Text *text)
{
    Writer writer = {types, text};
    text_put(text, "erDiagram\n");
    name_tables(&writer);
    for (size_t i = 0; i < types->schemas.count; i++)
        for (size_t k = 0; k < types->schemas.at[i].tables.count; k++)
            add_table(&writer, types->schemas.at[i].tables.at[k]);
    for (size_t i = 0; i < types->schemas.count; i++)
        for (size_t k = 0; k < types->schemas.at[i].tables.count; k++)
            add_relations(&writer, types->schemas.at[i].tables.at[k]);
}
