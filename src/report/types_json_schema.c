/* JSON Schema, draft 2020-12: one definition for each table, view and composite type. */
#include "report/types.h"
#include "base/value.h"

static const struct {
    const char *type, *format;
} words[SCALAR_COUNT] = {
    [SCALAR_BOOLEAN] = {"boolean", NULL},
    [SCALAR_SMALLINT] = {"integer", NULL},
    [SCALAR_INTEGER] = {"integer", NULL},
    [SCALAR_BIGINT] = {"integer", NULL},
    [SCALAR_REAL] = {"number", NULL},
    [SCALAR_DOUBLE] = {"number", NULL},
    [SCALAR_DECIMAL] = {"number", NULL},
    [SCALAR_TEXT] = {"string", NULL},
    [SCALAR_BYTES] = {"string", NULL},
    [SCALAR_UUID] = {"string", "uuid"},
    [SCALAR_DATE] = {"string", "date"},
    [SCALAR_TIME] = {"string", NULL},      /* "time" asks for a zone */
    [SCALAR_TIMESTAMP] = {"string", NULL}, /* so does "date-time" */
    [SCALAR_TIMESTAMP_ZONED] = {"string", "date-time"},
    [SCALAR_INTERVAL] = {"string", NULL},
};

static const char *entity_title(Arena *arena, const Entity *entity)
{
    return schema_is_standard(entity->schema)
               ? entity->name
               : arena_print(arena, "%s.%s", entity->schema, entity->name);
}

/* "#/$defs/NAME": a JSON pointer (RFC 6901) as a URI's fragment (RFC 3986). */
static Value *reference(Arena *arena, const Entity *entity)
{
    Text text = TEXT_EMPTY;
    text_put(&text, "#/$defs/");
    for (const char *at = entity_title(arena, entity); *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || strchr("-._!$&'()*+,;=:@", *at);
        if (*at == '~' || *at == '/')
            text_put(&text, *at == '~' ? "~0" : "~1");
        else
            text_print(&text, plain ? "%c" : "%%%02X", byte);
    }
    Value *value = value_text(text_string(&text));
    text_done(&text);
    return value;
}

/* ---- one value ---- */

static void set_choices(Value *value, const List *choices, bool nullable)
{
    Value *list = value_array();
    for (size_t i = 0; i < choices->count; i++)
        value_append(list, value_text(choices->at[i]));
    if (nullable)
        value_append(list, value_text(NULL));
    value_set(value, "enum", list);
}

static void set_type(Value *value, const char *type, bool nullable)
{
    if (!nullable) {
        value_set_text(value, "type", type);
        return;
    }
    Value *both = value_array();
    value_append(both, value_text(type));
    value_append(both, value_text("null"));
    value_set(value, "type", both);
}

static void set_limits(Value *value, const TypeUse *type)
{
    if (type->scalar == SCALAR_SMALLINT || type->scalar == SCALAR_INTEGER) {
        int64_t most = type->scalar == SCALAR_SMALLINT ? INT16_MAX : INT32_MAX;
        value_set_int(value, "minimum", -most - 1);
        value_set_int(value, "maximum", most);
    }
    if (type->length)
        value_set_int(value, "maxLength", type->length);
}

static void set_scalar(Value *value, const TypeUse *type, bool nullable)
{
    const char *word = words[type->scalar].type;
    bool is_enum = type->named && type->named->type == ENTITY_ENUM;
    if (is_enum)
        word = "string";
    if (!word)
        return; /* any value */
    set_type(value, word, nullable);
    if (words[type->scalar].format)
        value_set_text(value, "format", words[type->scalar].format);
    set_limits(value, type);
    if (type->choices.count)
        set_choices(value, &type->choices, nullable);
    else if (is_enum)
        set_choices(value, &type->named->values, nullable);
}

static void fill_value(Arena *arena, Value *value, const TypeUse *type, bool nullable)
{
    if (type->is_array) {
        TypeUse one = *type;
        Value *items = value_object();
        one.is_array = false;
        fill_value(arena, items, &one, true);
        set_type(value, "array", nullable);
        value_set(value, "items", items);
        return;
    }
    if (!type->named || type->named->type == ENTITY_ENUM) {
        set_scalar(value, type, nullable);
        return;
    }
    if (!nullable) {
        value_set(value, "$ref", reference(arena, type->named));
        return;
    }
    Value *any = value_array(), *one = value_object(), *null = value_object();
    value_set(one, "$ref", reference(arena, type->named));
    value_set_text(null, "type", "null");
    value_append(any, one);
    value_append(any, null);
    value_set(value, "anyOf", any);
}

/* ---- tables ---- */

static Value *column_value(Arena *arena, const TypedColumn *column)
{
    Value *value = value_object();
    if (column->comment)
        value_set_text(value, "description", column->comment);
    fill_value(arena, value, &column->type, column->nullable);
    if (column->generated)
        value_set_bool(value, "readOnly", true);
    return value;
}

/* Required is what an INSERT cannot leave out. */
static Value *entity_value(Arena *arena, const Entity *entity)
{
    Value *value = value_object(), *properties = value_object(), *required = value_array();
    if (entity->comment)
        value_set_text(value, "description", entity->comment);
    value_set_text(value, "type", "object");
    for (size_t i = 0; i < entity->columns.count; i++) {
        const TypedColumn *column = &entity->columns.at[i];
        value_set(properties, column->name, column_value(arena, column));
        if (!column->nullable && !column->automatic)
            value_append(required, value_text(column->name));
    }
    value_set(value, "properties", properties);
    value_set(value, "required", required);
    value_set_bool(value, "additionalProperties", false);
    return value;
}

void types_json_schema(Types *types, Text *text)
{
    Value *document = value_object(), *definitions = value_object();
    value_set_text(document, "$schema", "https://json-schema.org/draft/2020-12/schema");
    value_set_text(document, "$comment",
                   "Written by rung types --lang json-schema from the database's schema.");
    for (size_t i = 0; i < types->schemas.count; i++) {
        const TypedSchema *schema = &types->schemas.at[i];
        const EntityList *lists[] = {&schema->tables, &schema->views, &schema->composites};
        for (size_t k = 0; k < COUNT(lists); k++)
            for (size_t n = 0; n < lists[k]->count; n++)
                value_set(definitions, entity_title(types->arena, lists[k]->at[n]),
                          entity_value(types->arena, lists[k]->at[n]));
    }
    value_set(document, "$defs", definitions);
    value_write(document, true, text);
    text_char(text, '\n');
    value_free(document);
}
