/* The splitter: a walk over the tokens that knows only parentheses and the two kinds of body that
 * hold semicolons.
 *
 * A BEGIN ATOMIC body ends at the END that stands where a statement would begin, a trigger body at
 * the `; END ;` that sqlite3_complete looks for: so CASE … END inside them needs no counting, and
 * columns called "end" do no harm. */
#include "sql/split.h"

#include "base/names.h"
#include "sql/lexer.h"

typedef enum { BODY_NONE, BODY_OPEN, BODY_CLOSED } Body;

/* How far the first words of a statement agree with one that may have a body. */
typedef enum { HEAD_FIRST, HEAD_CREATE, HEAD_OR, HEAD_BODY, HEAD_COPY, HEAD_OTHER } Head;

typedef struct Splitter {
    Arena *arena;
    const SqlSource *source;
    Lexer lexer;
    SqlPieces *pieces;
    Error *error;
    SqlPiece piece;     /* the statement under way */
    bool inside;        /* it has a token */
    Token last, before; /* its last two tokens */
    Head head;
    Body body;
    int body_line;
    size_t depth;
    int depth_line;
} Splitter;

static const char *const directives[] = {"backfill", "commit", "ignore", "notice"};
static const char *const headings[] = {"up", "down", "check", "revision", "parents", "message"};

static Code fail(const Splitter *splitter, int line, const char *message, const char *hint)
{
    error_at(splitter->error, RUNG_REVISION, splitter->source->file, line, "%s", message);
    return error_hint(splitter->error, "%s", hint);
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static Code refuse_directive(const Splitter *splitter, int line, const char *word, size_t length)
{
    const char *file = splitter->source->file;
    Near near;
    near_start(&near, word, length);
    for (size_t i = 0; i < COUNT(directives); i++)
        near_offer(&near, directives[i]);
    for (size_t i = 0; i < COUNT(headings); i++) {
        near_offer(&near, headings[i]);
        if (is_word(word, length, headings[i])) {
            error_at(splitter->error, RUNG_REVISION, file, line,
                     "the heading \"-- rung:%s\" stands inside SQL", headings[i]);
            return error_hint(splitter->error, "a heading begins in the first column of its line");
        }
    }
    error_at(splitter->error, RUNG_REVISION, file, line, "unknown directive \"-- rung:%.*s\"",
             length < 60 ? (int)length : 60, word);
    if (near.count > 0)
        return error_hint(splitter->error, "did you mean \"-- rung:%s\"?", near.names[0]);
    return error_hint(splitter->error,
                      "known are \"-- rung:backfill\", \"-- rung:commit\", \"-- rung:ignore\" "
                      "and \"-- rung:notice\"");
}

static bool begins_line(const Splitter *splitter, const char *at)
{
    while (at > splitter->source->text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return at == splitter->source->text || at[-1] == '\n' || at[-1] == '\r';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\f' || byte == '\v';
}

/* The text behind "rung:" of a comment `-- rung:…`, without blanks around it; NULL: none. */
static const char *directive_text(const Token *comment, size_t *ret_length)
{
    const char *at = comment->text, *end = at + comment->length;
    if (at[1] != '-')
        return NULL;
    for (at += 2; at < end && is_blank(*at);)
        at++;
    if (end - at < 5 || memcmp(at, "rung:", 5) != 0)
        return NULL;
    for (at += 5; at < end && is_blank(*at);)
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    *ret_length = (size_t)(end - at);
    return at;
}

static Code add_notice(Splitter *splitter, const Token *comment, const char *directive)
{
    if (strlen(directive) == strlen("notice"))
        return fail(splitter, comment->line, "a notice without a text",
                    "write \"-- rung:notice\" and the text to show");
    SqlPiece *piece = vec_add(splitter->arena, splitter->pieces);
    piece->offset = (size_t)(comment->text - splitter->source->text);
    piece->line = piece->directive_line = comment->line;
    piece->directive = directive;
    return RUNG_OK;
}

static Code take_comment(Splitter *splitter, const Token *comment)
{
    size_t length, word = 0;
    const char *text = directive_text(comment, &length);
    if (!text || !begins_line(splitter, comment->text))
        return RUNG_OK;
    while (word < length && !is_blank(text[word]))
        word++;
    bool notice = is_word(text, word, "notice"), ignore = is_word(text, word, "ignore");
    if (!notice && !ignore && !is_word(text, word, "backfill") && !is_word(text, word, "commit"))
        return refuse_directive(splitter, comment->line, text, word);
    if (splitter->inside)
        return fail(splitter, comment->line, "a directive stands inside a statement",
                    "is the semicolon of the statement before it missing?");
    if (ignore)
        return RUNG_OK; /* lint alone reads it, in the text between the statements */
    size_t rest = word;
    while (rest < length && is_blank(text[rest]))
        rest++;
    const char *directive =
        arena_print(splitter->arena, "%.*s%s%.*s", (int)word, text, rest < length ? " " : "",
                    (int)(length - rest), text + rest);
    if (notice)
        return add_notice(splitter, comment, directive);
    if (splitter->piece.directive)
        return fail(splitter, comment->line, "two directives for one statement", "remove one");
    splitter->piece.directive = directive;
    splitter->piece.directive_line = comment->line;
    return RUNG_OK;
}

static void follow_head(Splitter *splitter, const Token *token)
{
    bool postgresql = splitter->source->engine == ENGINE_POSTGRESQL;
    bool has_body = postgresql ? token_is(token, "FUNCTION") || token_is(token, "PROCEDURE")
                               : token_is(token, "TRIGGER");
    switch (splitter->head) {
    case HEAD_FIRST:
        splitter->head = token_is(token, "CREATE")               ? HEAD_CREATE
                         : postgresql && token_is(token, "COPY") ? HEAD_COPY
                                                                 : HEAD_OTHER;
        break;
    case HEAD_CREATE:
    case HEAD_OR:
        if (has_body)
            splitter->head = HEAD_BODY;
        else if (postgresql ? token_is(token, "OR") || token_is(token, "REPLACE")
                            : token_is(token, "TEMP") || token_is(token, "TEMPORARY"))
            splitter->head = HEAD_OR;
        else
            splitter->head = HEAD_OTHER;
        break;
    default:
        break;
    }
}

/* Only for statements whose head may have a body, outside parentheses. */
static void follow_body(Splitter *splitter, const Token *token)
{
    bool postgresql = splitter->source->engine == ENGINE_POSTGRESQL;
    const Token *last = &splitter->last;
    if (splitter->body == BODY_NONE) {
        if (postgresql ? token_is(token, "ATOMIC") && token_is(last, "BEGIN")
                       : token_is(token, "BEGIN")) {
            splitter->body = BODY_OPEN;
            splitter->body_line = token->line;
        }
    } else if (splitter->body == BODY_OPEN && postgresql) {
        if (token_is(token, "END") && (token_is_symbol(last, ';') || token_is(last, "ATOMIC")))
            splitter->body = BODY_CLOSED;
    }
}

/* `; END` is behind us in a trigger's body. */
static bool trigger_ended(const Splitter *splitter)
{
    return splitter->source->engine == ENGINE_SQLITE && token_is(&splitter->last, "END") &&
           token_is_symbol(&splitter->before, ';');
}

static void end_statement(Splitter *splitter)
{
    if (splitter->inside) {
        SqlPiece *piece = vec_add(splitter->arena, splitter->pieces);
        *piece = splitter->piece;
        const Token *last = &splitter->last;
        piece->length =
            (size_t)(last->text + last->length - splitter->source->text) - piece->offset;
        splitter->piece = (SqlPiece){0};
    }
    splitter->inside = false;
    splitter->head = HEAD_FIRST;
    splitter->body = BODY_NONE;
    splitter->last = splitter->before = (Token){0};
}

static void start_statement(Splitter *splitter, const Token *token)
{
    splitter->inside = true;
    splitter->piece.offset = (size_t)(token->text - splitter->source->text);
    splitter->piece.line = token->line;
}

static Code take_symbol(Splitter *splitter, const Token *token, bool *ret_ends)
{
    switch (*token->text) {
    case '(':
        if (splitter->depth++ == 0)
            splitter->depth_line = token->line;
        break;
    case ')':
        splitter->depth -= splitter->depth > 0;
        break;
    case ';':
        *ret_ends =
            splitter->depth == 0 && (splitter->body != BODY_OPEN || trigger_ended(splitter));
        break;
    case '\\':
        return fail(splitter, token->line, "a psql command (\"\\\") is not SQL",
                    "remove it: rung sends the statements to the server itself");
    case '.':
        if (!splitter->inside && splitter->source->engine == ENGINE_SQLITE)
            return fail(splitter, token->line, "a command of the sqlite3 shell is not SQL",
                        "remove it: rung runs the statements itself");
        break;
    default:
        break;
    }
    return RUNG_OK;
}

static Code take_token(Splitter *splitter, const Token *token)
{
    bool ends = false;
    if (token->type == TOKEN_SYMBOL && take_symbol(splitter, token, &ends) != RUNG_OK)
        return RUNG_REVISION;
    if (ends) {
        end_statement(splitter);
        return RUNG_OK;
    }
    if (!splitter->inside)
        start_statement(splitter, token);
    if (token->type == TOKEN_WORD && splitter->depth == 0) {
        if (splitter->head < HEAD_BODY)
            follow_head(splitter, token);
        else if (splitter->head == HEAD_BODY)
            follow_body(splitter, token);
        else if (splitter->head == HEAD_COPY && token_is(token, "STDIN") &&
                 token_is(&splitter->last, "FROM"))
            return fail(splitter, token->line, "COPY … FROM STDIN needs its data from a client",
                        "write INSERT statements");
    } else if (splitter->head < HEAD_BODY) {
        splitter->head = HEAD_OTHER;
    }
    splitter->before = splitter->last;
    splitter->last = *token;
    return RUNG_OK;
}

static Code finish(Splitter *splitter)
{
    if (splitter->depth > 0)
        return fail(splitter, splitter->depth_line, "a parenthesis is never closed",
                    "it opens on this line; everything behind it is inside");
    if (splitter->body == BODY_OPEN && !trigger_ended(splitter))
        return fail(splitter, splitter->body_line, "the body that begins here has no END",
                    "a body ends with \"; END;\"");
    end_statement(splitter);
    if (splitter->piece.directive)
        return fail(splitter, splitter->piece.directive_line, "no statement follows this directive",
                    "it stands in front of one UPDATE or DELETE");
    return RUNG_OK;
}

static Code refuse_nul(const Splitter *splitter, const char *nul)
{
    int line = splitter->source->line;
    for (const char *at = splitter->source->text; at < nul; at++)
        line += *at == '\n';
    return fail(splitter, line, "a NUL byte in the SQL text", "save the file as UTF-8 text");
}

Code sql_split(Arena *arena, const SqlSource *source, SqlPieces *ret_pieces, Error *error)
{
    SqlPieces pieces = {0};
    Splitter splitter = {.arena = arena, .source = source, .pieces = &pieces, .error = error};
    const char *nul = source->length ? memchr(source->text, '\0', source->length) : NULL;
    if (nul)
        return refuse_nul(&splitter, nul);
    lexer_start(&splitter.lexer, source->engine, source->file, source->line, source->text,
                source->length);
    for (;;) {
        Token token;
        Code code = lexer_next(&splitter.lexer, &token, error);
        if (code == RUNG_OK && token.type == TOKEN_END)
            code = finish(&splitter);
        else if (code == RUNG_OK)
            code = token.type == TOKEN_COMMENT ? take_comment(&splitter, &token)
                                               : take_token(&splitter, &token);
        if (code != RUNG_OK)
            return code;
        if (token.type == TOKEN_END)
            break;
    }
    *ret_pieces = pieces;
    return RUNG_OK;
}
