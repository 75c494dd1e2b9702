/* Enums as text with a CHECK. */
#include "source/enums.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sql/reader.h"

/* ---- CREATE TYPE ---- */

bool enums_take(EnumTypes *types, Arena *arena, const char *sql, size_t length)
{
    Reader reader;
    const char *schema, *name;
    reader_start(&reader, ENGINE_POSTGRESQL, sql, length);
    if (!reader_word(&reader, "CREATE") || !reader_word(&reader, "TYPE") ||
        !reader_qualified(&reader, arena, &schema, &name) || !reader_word(&reader, "AS") ||
        !reader_word(&reader, "ENUM") || !token_is_symbol(&reader.token, '('))
        return false;
    Text labels = TEXT_EMPTY;
    for (reader_step(&reader); reader.token.type == TOKEN_STRING; reader_step(&reader)) {
        text_put(&labels, labels.length ? ", " : "");
        sql_add_constant(&labels, token_value(arena, &reader.token));
        reader_step(&reader);
        if (!token_is_symbol(&reader.token, ','))
            break;
    }
    *vec_add(arena, &types->list) = (EnumType){name, arena_string(arena, text_string(&labels))};
    text_done(&labels);
    return true;
}

/* ---- statements that use them ---- */

typedef struct Edit {
    const char *from, *to; /* what is replaced; equal: an insertion */
    const char *text;
} Edit;

typedef struct Replace {
    const EnumTypes *types;
    Arena *arena;
    const char *end; /* of the statement */
    VEC(Edit) edits; /* in the order of the text */
} Replace;

/* The enum that stands at the reader, which steps behind it; NULL, and no step: none does. */
static const EnumType *read_type(Replace *replace, Reader *reader)
{
    Reader start = *reader;
    const char *schema, *name;
    if (reader_qualified(reader, replace->arena, &schema, &name) &&
        !token_is_symbol(&reader->token, '[') && !token_is(&reader->token, "ARRAY"))
        for (size_t i = 0; i < replace->types->list.count; i++)
            if (strcmp(replace->types->list.at[i].name, name) == 0)
                return &replace->types->list.at[i];
    *reader = start;
    return NULL;
}

static void add_edit(Replace *replace, const char *from, const char *to, const char *text)
{
    *vec_add(replace->arena, &replace->edits) = (Edit){from, to, text};
}

/* 'good'::mood is the constant alone. */
static bool skip_cast(Replace *replace, Reader *reader)
{
    const char *start = reader->token.text;
    if (reader->token.length != 2 || memcmp(start, "::", 2) != 0)
        return false;
    Reader type = *reader;
    reader_step(&type);
    if (!read_type(replace, &type))
        return false;
    add_edit(replace, start, type.behind, "");
    *reader = type;
    return true;
}

/* From a column's name to the end of its definition. */
static void read_column(Replace *replace, Reader *reader)
{
    size_t depth = reader->depth;
    const char *column = reader_name(reader, replace->arena), *start = reader->token.text;
    const EnumType *type = column ? read_type(replace, reader) : NULL;
    if (type)
        add_edit(replace, start, reader->behind, "text");
    while (reader->token.type != TOKEN_END && reader->depth >= depth &&
           !(reader->depth == depth &&
             (token_is_symbol(&reader->token, ',') || token_is_symbol(&reader->token, ')'))))
        if (!skip_cast(replace, reader))
            reader_step(reader);
    if (!type)
        return;
    Text check = TEXT_EMPTY;
    text_put(&check, " CHECK (");
    sql_add_name(&check, column);
    text_print(&check, " IN (%s))", type->labels);
    add_edit(replace, reader->behind, reader->behind,
             arena_string(replace->arena, text_string(&check)));
    text_done(&check);
}

static void read_columns(Replace *replace, Reader *reader)
{
    do
        read_column(replace, reader);
    while (reader_symbol(reader, ','));
}

static void read_rest(Replace *replace, Reader *reader)
{
    while (reader->token.type != TOKEN_END)
        if (!skip_cast(replace, reader))
            reader_step(reader);
}

static void read_alter(Replace *replace, Reader *reader)
{
    while (reader->token.type != TOKEN_END) {
        if (skip_cast(replace, reader))
            continue;
        if (!reader_word(reader, "ADD") || !reader_word(reader, "COLUMN")) {
            reader_step(reader);
            continue;
        }
        if (reader_word(reader, "IF")) {
            reader_word(reader, "NOT");
            reader_word(reader, "EXISTS");
        }
        read_column(replace, reader);
    }
}

static void read_statement(Replace *replace, Reader *reader)
{
    bool creates = reader_word(reader, "CREATE");
    if (!creates && reader_word(reader, "ALTER") && reader_word(reader, "TABLE")) {
        read_alter(replace, reader);
        return;
    }
    if (creates)
        reader_word(reader, "UNLOGGED");
    if (creates && reader_word(reader, "TABLE")) {
        while (reader->token.type != TOKEN_END && !token_is_symbol(&reader->token, '('))
            reader_step(reader);
        if (reader_symbol(reader, '('))
            read_columns(replace, reader);
    }
    read_rest(replace, reader);
}

const char *enums_replace(const EnumTypes *types, Arena *arena, const char *sql, size_t length,
                          size_t *ret_length)
{
    Replace replace = {.types = types, .arena = arena, .end = sql + length};
    Reader reader;
    *ret_length = length;
    if (!types->list.count)
        return sql;
    reader_start(&reader, ENGINE_POSTGRESQL, sql, length);
    read_statement(&replace, &reader);
    if (!replace.edits.count)
        return sql;
    Text text = TEXT_EMPTY;
    const char *at = sql;
    for (size_t i = 0; i < replace.edits.count; i++) {
        const Edit *edit = &replace.edits.at[i];
        text_add(&text, at, (size_t)(edit->from - at));
        text_put(&text, edit->text);
        at = edit->to;
    }
    text_add(&text, at, (size_t)(replace.end - at));
    *ret_length = text.length;
    return text_keep(&text, arena);
}
