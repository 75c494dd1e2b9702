/* A list of edits, sorted when the text is printed. */
#include "sql/rewrite.h"

#include "base/text.h"

static void add_edit(Rewrite *rewrite, size_t offset, size_t length, const char *text)
{
    RewriteEdit *edit = vec_add(rewrite->arena, &rewrite->edits);
    *edit = (RewriteEdit){offset, length, rewrite->edits.count, text};
}

static void check_comment(Rewrite *rewrite, const Token *comment)
{
    const char *end = comment->text + comment->length;
    size_t behind = (size_t)(end - rewrite->sql);
    bool nested =
        comment->text[1] == '*' && memmem(comment->text + 2, comment->length - 2, "/*", 2) != NULL;
    bool bare_return = comment->text[1] == '-' && behind < rewrite->length && *end == '\r' &&
                       !(behind + 1 < rewrite->length && end[1] == '\n');
    if (nested || bare_return)
        add_edit(rewrite, (size_t)(comment->text - rewrite->sql), comment->length, " ");
}

Code rewrite_start(Rewrite *rewrite, Arena *arena, const char *sql, size_t length, Error *error)
{
    *rewrite = (Rewrite){.arena = arena, .sql = sql, .length = length};
    Lexer lexer;
    lexer_start(&lexer, ENGINE_POSTGRESQL, "", 1, sql, length);
    size_t depth = 0;
    for (;;) {
        Token token;
        if (lexer_next(&lexer, &token, error) != RUNG_OK)
            return RUNG_REVISION;
        if (token.type == TOKEN_COMMENT) {
            check_comment(rewrite, &token);
            continue;
        }
        bool opens = token_is_symbol(&token, '(') || token_is_symbol(&token, '[');
        bool closes = token_is_symbol(&token, ')') || token_is_symbol(&token, ']');
        depth -= closes && depth > 0;
        RewriteToken *added = vec_add(arena, &rewrite->tokens);
        *added = (RewriteToken){token, depth};
        depth += opens;
        if (token.type == TOKEN_END)
            return RUNG_OK;
    }
}

size_t rewrite_find(const Rewrite *rewrite, int location)
{
    if (location < 0)
        return REWRITE_NONE;
    size_t low = 0, high = rewrite->tokens.count;
    const char *text = rewrite->sql + location;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rewrite->tokens.at[middle].token.text < text)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < rewrite->tokens.count && rewrite->tokens.at[low].token.text == text;
    return found ? low : REWRITE_NONE;
}

const Token *rewrite_token(const Rewrite *rewrite, size_t index)
{
    size_t last = rewrite->tokens.count - 1;
    return &rewrite->tokens.at[index < last ? index : last].token;
}

static size_t depth_at(const Rewrite *rewrite, size_t index)
{
    size_t last = rewrite->tokens.count - 1;
    return rewrite->tokens.at[index < last ? index : last].depth;
}

bool rewrite_is(const Rewrite *rewrite, size_t index, const char *keyword)
{
    return token_is(rewrite_token(rewrite, index), keyword);
}

bool rewrite_is_symbol(const Rewrite *rewrite, size_t index, char symbol)
{
    return token_is_symbol(rewrite_token(rewrite, index), symbol);
}

size_t rewrite_seek(const Rewrite *rewrite, size_t from, size_t depth, const char *keyword)
{
    for (size_t i = from; i < rewrite->tokens.count; i++)
        if (rewrite->tokens.at[i].depth == depth && rewrite_is(rewrite, i, keyword))
            return i;
    return REWRITE_NONE;
}

size_t rewrite_partner(const Rewrite *rewrite, size_t index)
{
    size_t depth = depth_at(rewrite, index), i = index + 1;
    while (i + 1 < rewrite->tokens.count && rewrite->tokens.at[i].depth > depth)
        i++;
    return i;
}

size_t rewrite_element_end(const Rewrite *rewrite, size_t index)
{
    size_t depth = depth_at(rewrite, index), i = index;
    for (; i + 2 < rewrite->tokens.count; i++) {
        const RewriteToken *next = &rewrite->tokens.at[i + 1];
        if (next->depth < depth || (next->depth == depth && token_is_symbol(&next->token, ',')))
            break;
    }
    return i;
}

static size_t start_of(const Rewrite *rewrite, size_t index)
{
    return (size_t)(rewrite_token(rewrite, index)->text - rewrite->sql);
}

static size_t end_of(const Rewrite *rewrite, size_t index)
{
    return start_of(rewrite, index) + rewrite_token(rewrite, index)->length;
}

void rewrite_replace(Rewrite *rewrite, size_t first, size_t last, const char *text)
{
    size_t start = start_of(rewrite, first);
    add_edit(rewrite, start, end_of(rewrite, last) - start, text);
}

void rewrite_remove(Rewrite *rewrite, size_t first, size_t last)
{
    size_t start = start_of(rewrite, first), before = start;
    size_t floor = first > 0 ? end_of(rewrite, first - 1) : 0;
    while (before > floor && strchr(" \t\r\n", rewrite->sql[before - 1]))
        before--;
    if (before == floor)
        start = before;
    add_edit(rewrite, start, end_of(rewrite, last) - start, "");
}

void rewrite_cut(Rewrite *rewrite, size_t first, size_t last)
{
    size_t start = start_of(rewrite, first);
    add_edit(rewrite, start, start_of(rewrite, last + 1) - start, "");
}

void rewrite_before(Rewrite *rewrite, size_t index, const char *text)
{
    add_edit(rewrite, start_of(rewrite, index), 0, text);
}

void rewrite_behind(Rewrite *rewrite, size_t index, const char *text)
{
    add_edit(rewrite, end_of(rewrite, index), 0, text);
}

/* By place; at one place insertions first, then the longest. */
static int compare_edits(const void *left, const void *right)
{
    const RewriteEdit *one = left, *other = right;
    if (one->offset != other->offset)
        return one->offset < other->offset ? -1 : 1;
    if ((one->length == 0) != (other->length == 0))
        return one->length == 0 ? -1 : 1;
    if (one->length != other->length)
        return one->length > other->length ? -1 : 1;
    return one->order < other->order ? -1 : 1;
}

const char *rewrite_print(Rewrite *rewrite, Arena *arena, size_t first, size_t last)
{
    size_t at = start_of(rewrite, first), end = end_of(rewrite, last);
    if (rewrite->edits.count > 1)
        qsort(rewrite->edits.at, rewrite->edits.count, sizeof *rewrite->edits.at, compare_edits);
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < rewrite->edits.count; i++) {
        const RewriteEdit *edit = &rewrite->edits.at[i];
        if (edit->offset < at || edit->offset + edit->length > end)
            continue;
        text_add(&text, rewrite->sql + at, edit->offset - at);
        text_put(&text, edit->text);
        at = edit->offset + edit->length;
    }
    text_add(&text, rewrite->sql + at, end - at);
    const char *statement = arena_copy(arena, text_string(&text), text.length);
    text_done(&text);
    return statement;
}
