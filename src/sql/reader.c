/* Reading statements by words. */
#include "sql/reader.h"

enum { NAME_LIMIT = 63 }; /* NAMEDATALEN - 1 */

void reader_start(Reader *reader, Engine engine, const char *sql, size_t length)
{
    *reader = (Reader){0};
    lexer_start(&reader->lexer, engine, "", 1, sql, length);
    reader->token.text = sql;
    reader_step(reader);
}

void reader_step(Reader *reader)
{
    Error ignored;
    reader->behind = reader->token.text + reader->token.length;
    if (token_is_symbol(&reader->token, '('))
        reader->depth++;
    else if (token_is_symbol(&reader->token, ')'))
        reader->depth -= reader->depth > 0;
    do {
        if (lexer_next(&reader->lexer, &reader->token, &ignored) != RUNG_OK)
            reader->token =
                (Token){.type = TOKEN_END, .text = reader->lexer.at = reader->lexer.end};
    } while (reader->token.type == TOKEN_COMMENT);
}

bool reader_word(Reader *reader, const char *keyword)
{
    bool same = token_is(&reader->token, keyword);
    if (same)
        reader_step(reader);
    return same;
}

bool reader_symbol(Reader *reader, char symbol)
{
    bool same = token_is_symbol(&reader->token, symbol);
    if (same)
        reader_step(reader);
    return same;
}

bool reader_parentheses(Reader *reader)
{
    size_t depth = reader->depth;
    if (!reader_symbol(reader, '('))
        return false;
    while (reader->depth > depth && reader->token.type != TOKEN_END)
        reader_step(reader);
    return true;
}

static char *fold_word(Arena *arena, Engine engine, const Token *token)
{
    char *name = arena_copy(arena, token->text, token->length);
    if (engine == ENGINE_POSTGRESQL)
        for (char *at = name; *at; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at = (char)(*at + 32);
    return name;
}

/* The text between the quotes, each doubled closing quote as one. */
static char *unquote(Arena *arena, const char *text, size_t length)
{
    char close = *text;
    if (close == '[')
        close = ']';
    char *name = arena_copy(arena, text + 1, length - 2), *to = name;
    for (const char *from = name; *from; from++) {
        *to++ = *from;
        if (*from == close && from[1] == close)
            from++;
    }
    *to = '\0';
    return name;
}

static unsigned read_hex(const char *text, size_t digits)
{
    unsigned number = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = (char)(text[i] | 32);
        if (digit >= '0' && digit <= '9')
            number = number * 16 + (unsigned)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            number = number * 16 + (unsigned)(digit - 'a') + 10;
        else
            return 0;
    }
    return number;
}

static char *put_utf8(char *to, unsigned point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xC0 | point >> 6);
        *to++ = (char)(0x80 | (point & 63));
    } else if (point < 0x10000) {
        *to++ = (char)(0xE0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 63));
        *to++ = (char)(0x80 | (point & 63));
    } else {
        *to++ = (char)(0xF0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 63));
        *to++ = (char)(0x80 | (point >> 6 & 63));
        *to++ = (char)(0x80 | (point & 63));
    }
    return to;
}

/* \0041 and \+000041 of U&"…"; an escape is never shorter than its character in UTF-8. */
static void resolve_unicode(char *name)
{
    char *to = name;
    for (const char *from = name; *from;) {
        bool wide = from[0] == '\\' && from[1] == '+';
        size_t digits = wide ? 6 : 4, skip = wide ? 2 : 1;
        unsigned point = 0;
        if (*from == '\\' && strnlen(from + skip, digits) == digits)
            point = read_hex(from + skip, digits);
        if (point > 0 && point < 0x110000) {
            to = put_utf8(to, point);
            from += skip + digits;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

static void cut_name(char *name)
{
    if (strlen(name) <= NAME_LIMIT)
        return;
    size_t length = NAME_LIMIT;
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    name[length] = '\0';
}

const char *reader_name(Reader *reader, Arena *arena)
{
    const Token *token = &reader->token;
    Engine engine = reader->lexer.engine;
    char *name;
    if (token->type == TOKEN_WORD) {
        name = fold_word(arena, engine, token);
    } else if (token->type == TOKEN_NAME) {
        size_t prefix = token->text[0] == '"' || engine == ENGINE_SQLITE ? 0 : 2;
        name = unquote(arena, token->text + prefix, token->length - prefix);
        if (prefix > 0)
            resolve_unicode(name);
    } else {
        return NULL;
    }
    if (engine == ENGINE_POSTGRESQL)
        cut_name(name);
    reader_step(reader);
    return name;
}

bool reader_qualified(Reader *reader, Arena *arena, const char **ret_schema, const char **ret_name)
{
    *ret_schema = NULL;
    *ret_name = reader_name(reader, arena);
    while (*ret_name && reader_symbol(reader, '.')) {
        const char *next = reader_name(reader, arena);
        if (!next)
            break;
        *ret_schema = *ret_name;
        *ret_name = next;
    }
    return *ret_name != NULL;
}

static char escaped(char byte)
{
    switch (byte) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    default:
        return byte;
    }
}

const char *token_value(Arena *arena, const Token *token)
{
    const char *text = token->text;
    size_t length = token->length;
    if (*text == '$') {
        size_t tag = (size_t)((const char *)memchr(text + 1, '$', length - 1) - text) + 1;
        return arena_copy(arena, text + tag, length - 2 * tag);
    }
    bool escapes = *text == 'e' || *text == 'E';
    while (*text != '\'') {
        text++;
        length--;
    }
    if (!escapes)
        return unquote(arena, text, length);
    char *value = arena_copy(arena, text + 1, length - 2), *to = value;
    for (const char *from = value; *from; from++) {
        if (*from == '\\' && from[1]) {
            *to++ = escaped(*++from);
        } else {
            *to++ = *from;
            from += *from == '\'' && from[1] == '\'';
        }
    }
    *to = '\0';
    return value;
}
