/* A C header, which C++ takes too: a struct for each table, view and composite type, an enum with
 * its texts for each enum. */
#include "report/types.h"

typedef struct Writer {
    Types *types;
    Arena *arena;
    Text *text;
    Map *taken; /* what stands in the file's own scope */
} Writer;

/* `pointer`: NULL is told by the value itself. */
static const struct {
    const char *word;
    bool pointer;
} words[SCALAR_COUNT] = {
    [SCALAR_UNKNOWN] = {"char *", true},
    [SCALAR_BOOLEAN] = {"bool ", false},
    [SCALAR_SMALLINT] = {"int16_t ", false},
    [SCALAR_INTEGER] = {"int32_t ", false},
    [SCALAR_BIGINT] = {"int64_t ", false},
    [SCALAR_REAL] = {"float ", false},
    [SCALAR_DOUBLE] = {"double ", false},
    [SCALAR_DECIMAL] = {"char *", true},
    [SCALAR_TEXT] = {"char *", true},
    [SCALAR_BYTES] = {"unsigned char *", true},
    [SCALAR_UUID] = {"char *", true},
    [SCALAR_DATE] = {"char *", true},
    [SCALAR_TIME] = {"char *", true},
    [SCALAR_TIMESTAMP] = {"char *", true},
    [SCALAR_TIMESTAMP_ZONED] = {"char *", true},
    [SCALAR_INTERVAL] = {"char *", true},
    [SCALAR_JSON] = {"char *", true},
    [SCALAR_VOID] = {"char *", true},
    [SCALAR_RECORD] = {"char *", true},
    [SCALAR_NAMED] = {"char *", true},
};

/* Of C17 and C++23, and what the headers define. */
static const char *const reserved[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "int8_t",
    "int16_t",
    "int32_t",
    "int64_t",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "size_t",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "strcmp",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "uint8_t",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};

static const char head[] =
    "/* Written by `rung types --lang c` from the database's schema. Do not edit.\n"
    " *\n"
    " * A struct is a row. What may be NULL is a pointer that is NULL then, or has a flag in front "
    "of\n"
    " * it. Times, decimals, UUIDs and documents are texts as the database prints them. An array "
    "is a\n"
    " * pointer with a count; its elements cannot be NULL. No name is a typedef: a table may be "
    "called\n"
    " * as a function of the C library is. */\n"
    "#ifndef DATABASE_TYPES_H\n"
    "#define DATABASE_TYPES_H\n"
    "\n"
    "#include <stdbool.h>\n"
    "#include <stddef.h>\n"
    "#include <stdint.h>\n"
    "#include <string.h>\n";

/* ---- names ---- */

static Map *map_with_reserved(Arena *arena)
{
    Map *map = map_new(arena);
    for (size_t i = 0; i < COUNT(reserved); i++)
        map_set(map, reserved[i], map);
    return map;
}

/* "class" becomes "class_". */
static const char *take_identifier(Writer *writer, Map *taken, const char *name)
{
    const char *made = identifier_make(writer->arena, name);
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (strcmp(reserved[i], made) == 0)
            made = arena_print(writer->arena, "%s_", made);
    return identifier_unique(writer->arena, taken, made);
}

static const char *upper(Arena *arena, const char *name)
{
    char *made = arena_string(arena, name);
    for (char *at = made; *at; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return made;
}

static void name_entities(Writer *writer, const EntityList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        Entity *entity = list->at[i];
        const char *name = schema_is_standard(entity->schema)
                               ? entity->name
                               : arena_print(writer->arena, "%s_%s", entity->schema, entity->name);
        entity->word = take_identifier(writer, writer->taken, name);
    }
}

/* ---- words ---- */

static void add_string(Text *text, const char *string)
{
    text_char(text, '"');
    for (const char *at = string; *at; at++)
        if (strchr("\"\\?", *at)) /* ?: no trigraphs */
            text_print(text, "\\%c", *at);
        else if ((unsigned char)*at < 0x20 || *at == 0x7f)
            text_print(text, "\\%03o", (unsigned char)*at);
        else
            text_char(text, *at);
    text_char(text, '"');
}

/* Neither opens nor ends a comment, and no line ends in a backslash. */
static void add_words(Text *text, const char *said)
{
    for (const char *at = said; *at; at++) {
        text_char(text, *at == '\n' ? ' ' : *at);
        if ((*at == '*' && at[1] == '/') || (*at == '/' && at[1] == '*'))
            text_char(text, ' ');
    }
}

static void add_comment(Text *text, const char *comment)
{
    if (!comment)
        return;
    text_put(text, "/* ");
    add_words(text, comment);
    text_put(text, " */\n");
}

/* ---- enums ---- */

typedef VEC(const char *) NameList;

static const char *take_function(Writer *writer, const Entity *entity, const char *verb)
{
    return take_identifier(writer, writer->taken,
                           arena_print(writer->arena, "%s_%s", entity->word, verb));
}

static void add_to_text(Writer *writer, const Entity *entity, const NameList *names)
{
    Text *text = writer->text;
    text_print(text, "\nstatic inline const char *%s(enum %s value)\n{\n    switch (value) {\n",
               take_function(writer, entity, "text"), entity->word);
    for (size_t i = 0; i < names->count; i++) {
        text_print(text, "    case %s:\n        return ", names->at[i]);
        add_string(text, entity->values.at[i]);
        text_put(text, ";\n");
    }
    text_put(text, "    }\n    return NULL;\n}\n");
}

static void add_from_text(Writer *writer, const Entity *entity, const NameList *names)
{
    Text *text = writer->text;
    text_print(text, "\nstatic inline bool %s(const char *text, enum %s *ret_value)\n{\n",
               take_function(writer, entity, "read"), entity->word);
    for (size_t i = 0; i < names->count; i++) {
        text_put(text, "    if (strcmp(text, ");
        add_string(text, entity->values.at[i]);
        text_print(text, ") == 0) {\n        *ret_value = %s;\n        return true;\n    }\n",
                   names->at[i]);
    }
    text_put(text, "    return false;\n}\n");
}

static void add_enum(Writer *writer, const Entity *entity)
{
    Text *text = writer->text;
    NameList names = {0};
    text_char(text, '\n');
    add_comment(text, entity->comment);
    text_print(text, "enum %s {\n", entity->word);
    for (size_t i = 0; i < entity->values.count; i++) {
        const char *made = arena_print(writer->arena, "%s_%s", entity->word, entity->values.at[i]);
        const char *name = take_identifier(writer, writer->taken, upper(writer->arena, made));
        *vec_add(writer->arena, &names) = name;
        text_print(text, "    %s,\n", name);
    }
    text_put(text, "};\n");
    add_to_text(writer, entity, &names);
    add_from_text(writer, entity, &names);
}

/* ---- structs ---- */

static bool is_enum(const TypeUse *type)
{
    return type->named && type->named->type == ENTITY_ENUM && type->named->values.count;
}

/* "int32_t " or "char *": what stands in front of the name. With `enum` a column may have the name
 * of its type, in C++ too. */
static const char *word_of(Writer *writer, const TypeUse *type, bool *ret_pointer)
{
    *ret_pointer = !is_enum(type) && (type->named || words[type->scalar].pointer);
    if (is_enum(type))
        return arena_print(writer->arena, "enum %s ", type->named->word);
    if (type->named && type->named->type != ENTITY_ENUM)
        return arena_print(writer->arena, "struct %s *", type->named->word);
    return words[type->scalar].word;
}

static void add_remark(Text *text, const TypedColumn *column)
{
    text_put(text, " /* ");
    add_words(text, column->type.sql);
    for (size_t i = 0; i < column->type.choices.count; i++) {
        text_put(text, i ? " | " : ": ");
        add_words(text, column->type.choices.at[i]);
    }
    text_put(text, column->nullable ? ", or NULL" : "");
    if (column->comment) {
        text_put(text, ": ");
        add_words(text, column->comment);
    }
    text_put(text, " */\n");
}

static void add_column(Writer *writer, Map *taken, const TypedColumn *column)
{
    Text *text = writer->text;
    bool pointer, is_array = column->type.is_array;
    const char *word = word_of(writer, &column->type, &pointer);
    const char *name = take_identifier(writer, taken, column->name);
    if (column->nullable && !pointer && !is_array)
        text_print(text, "    bool %s;\n",
                   take_identifier(writer, taken, arena_print(writer->arena, "has_%s", name)));
    text_print(text, "    %s%s%s;", word, is_array ? "*" : "", name);
    add_remark(text, column);
    bool is_bytes = column->type.scalar == SCALAR_BYTES;
    if (is_array || is_bytes)
        text_print(
            text, "    size_t %s;\n",
            take_identifier(writer, taken,
                            arena_print(writer->arena, is_array ? "%s_count" : "%s_size", name)));
}

static void add_struct(Writer *writer, const Entity *entity)
{
    Text *text = writer->text;
    Map *taken = map_with_reserved(writer->arena);
    text_char(text, '\n');
    add_comment(text, entity->comment);
    text_print(text, "struct %s {\n", entity->word);
    for (size_t i = 0; i < entity->columns.count; i++)
        add_column(writer, taken, &entity->columns.at[i]);
    if (!entity->columns.count)
        text_put(text, "    char none; /* it has no columns */\n");
    text_put(text, "};\n");
}

void types_c(Types *types, Text *text)
{
    Writer writer = {types, types->arena, text, map_with_reserved(types->arena)};
    text_put(text, head);
    for (size_t i = 0; i < types->schemas.count; i++) {
        const TypedSchema *schema = &types->schemas.at[i];
        name_entities(&writer, &schema->tables);
        name_entities(&writer, &schema->views);
        name_entities(&writer, &schema->enums);
        name_entities(&writer, &schema->composites);
    }
    for (size_t i = 0; i < types->schemas.count; i++)
        for (size_t k = 0; k < types->schemas.at[i].enums.count; k++)
            if (types->schemas.at[i].enums.at[k]->values.count)
                add_enum(&writer, types->schemas.at[i].enums.at[k]);
    for (size_t i = 0; i < types->schemas.count; i++) {
        const TypedSchema *schema = &types->schemas.at[i];
        const EntityList *lists[] = {&schema->composites, &schema->tables, &schema->views};
        for (size_t k = 0; k < COUNT(lists); k++)
            for (size_t n = 0; n < lists[k]->count; n++)
                add_struct(&writer, lists[k]->at[n]);
    }
    text_put(text, "\n#endif\n");
}
