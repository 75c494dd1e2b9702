/* x = ANY (ARRAY[…]) is x IN (…), and x <> ALL (ARRAY[…]) is x NOT IN (…): the same answers, NULL
 * among them (PostgreSQL manual, "Row and Array Comparisons"). It is how PostgreSQL prints an IN.
 */
#include "base/text.h"
#include "sql/reader.h"
#include "sql/translator.h"

typedef struct AnyEdit {
    const char *from, *to;   /* from the operator to the closing parenthesis */
    const char *word;        /* IN, NOT IN */
    const char *items, *end; /* between the brackets */
} AnyEdit;

static bool is_operator(char byte)
{
    return strchr("+-*/<>=~!@#%^&|`?", byte) != NULL && byte;
}

/* Whether the operator before `word` is exactly `operator`; where it begins. */
static const char *operator_before(const char *sql, const char *word, const char *operator)
{
    size_t length = strlen(operator);
    while (word > sql && strchr(" \t\r\n", word[-1]))
        word--;
    if ((size_t)(word - sql) <= length || memcmp(word - length, operator, length) != 0 ||
        is_operator(word[-(ptrdiff_t)length - 1]))
        return NULL;
    return word - length;
}

static bool skip_brackets(Reader *reader, AnyEdit *edit)
{
    size_t depth = 1;
    if (!reader_symbol(reader, '['))
        return false;
    edit->items = reader->token.text;
    for (; reader->token.type != TOKEN_END; reader_step(reader)) {
        depth += token_is_symbol(&reader->token, '[');
        depth -= token_is_symbol(&reader->token, ']');
        if (depth)
            continue;
        edit->end = reader->token.text;
        reader_step(reader);
        return true;
    }
    return false;
}

/* "::text[]" behind the inner parenthesis */
static bool skip_cast(Reader *reader)
{
    if (reader->token.length != 2 || memcmp(reader->token.text, "::", 2) != 0)
        return false;
    do
        reader_step(reader);
    while (reader->token.type == TOKEN_WORD || reader->token.type == TOKEN_NAME ||
           token_is_symbol(&reader->token, '.'));
    reader_parentheses(reader);
    return reader_symbol(reader, '[') && reader_symbol(reader, ']');
}

/* Behind ANY or ALL: (ARRAY[…]) or ((ARRAY[…])::type[]). */
static bool read_array(Reader *reader, AnyEdit *edit)
{
    if (!reader_symbol(reader, '('))
        return false;
    bool inner = reader_symbol(reader, '(');
    if (!reader_word(reader, "ARRAY") || !skip_brackets(reader, edit))
        return false;
    if (inner && (!reader_symbol(reader, ')') || !skip_cast(reader)))
        return false;
    if (!token_is_symbol(&reader->token, ')'))
        return false;
    reader_step(reader);
    edit->to = reader->behind;
    return true;
}

static bool read_edit(const char *sql, Reader *reader, AnyEdit *edit)
{
    bool any = token_is(&reader->token, "ANY");
    if (!any && !token_is(&reader->token, "ALL"))
        return false;
    edit->from = operator_before(sql, reader->token.text, any ? "=" : "<>");
    edit->word = any ? "IN" : "NOT IN";
    reader_step(reader);
    return edit->from && read_array(reader, edit);
}

const char *translate_any(Arena *arena, const char *sql, size_t length, size_t *ret_length)
{
    Reader reader;
    Text text = TEXT_EMPTY;
    const char *at = sql;
    *ret_length = length;
    if (!memmem(sql, length, "ARRAY", 5) && !memmem(sql, length, "array", 5))
        return sql;
    reader_start(&reader, ENGINE_POSTGRESQL, sql, length);
    while (reader.token.type != TOKEN_END) {
        AnyEdit edit;
        Reader before = reader;
        if (!read_edit(sql, &reader, &edit)) {
            reader = before;
            reader_step(&reader);
            continue;
        }
        text_add(&text, at, (size_t)(edit.from - at));
        text_print(&text, "%s (%.*s)", edit.word, (int)(edit.end - edit.items), edit.items);
        at = edit.to;
    }
    const char *edited = sql;
    if (at != sql) {
        text_add(&text, at, (size_t)(sql + length - at));
        *ret_length = text.length;
        edited = arena_string(arena, text_string(&text));
    }
    text_done(&text);
    return edited;
}
