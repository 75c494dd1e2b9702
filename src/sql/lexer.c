/* One pass over SQL text. A byte table tells blanks, name characters and digits apart; each kind
 * of token that needs more has a function that moves `at` behind it. */
#include "sql/lexer.h"

enum { BLANK = 1, START = 2, DIGIT = 4, DOLLAR = 8, INSIDE = START | DIGIT | DOLLAR };

/* clang-format off */
#define S8 START, START, START, START, START, START, START, START
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, BLANK, BLANK, BLANK, BLANK, BLANK, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    BLANK, 0, 0, 0, DOLLAR, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, 0, 0, 0, 0, 0, 0,
    0, START, START, START, START, START, START, START, S8, S8, START, START, START, 0, 0, 0, 0, START,
    0, START, START, START, START, START, START, START, S8, S8, START, START, START, 0, 0, 0, 0, 0,
    S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8, S8,
};
#undef S8
/* clang-format on */

static unsigned class_at(const Lexer *lexer, const char *at)
{
    return at < lexer->end ? classes[(unsigned char)*at] : 0;
}

static char byte_at(const Lexer *lexer, const char *at)
{
    if (at >= lexer->end)
        return '\0';
    return *at;
}

void lexer_start(Lexer *lexer, Engine engine, const char *file, int line, const char *text,
                 size_t length)
{
    *lexer = (Lexer){.engine = engine, .file = file, .line = line};
    lexer->at = text;
    lexer->end = length ? text + length : text;
}

static void skip_blanks(Lexer *lexer)
{
    const char *at = lexer->at;
    while (at < lexer->end && (classes[(unsigned char)*at] & BLANK)) {
        lexer->line += *at == '\n';
        at++;
    }
    lexer->at = at;
}

static Code refuse_open(const Lexer *lexer, const Token *token, const char *what, const char *close,
                        Error *error)
{
    error_at(error, RUNG_REVISION, lexer->file, token->line, "unterminated %s", what);
    error_hint(error, "it begins here and has no closing %s", close);
    size_t length = (size_t)(lexer->end - token->text);
    error_statement(error, token->text, length < 80 ? length : 80);
    return RUNG_REVISION;
}

/* Behind the closing `quote`; doubled quotes stay inside. */
static bool skip_quoted(Lexer *lexer, char quote, bool backslashes)
{
    const char *at = lexer->at, *end = lexer->end;
    int line = lexer->line;
    for (; at < end; at++) {
        if (*at == '\n')
            line++;
        else if (*at == '\\' && backslashes) {
            if (++at < end && *at == '\n')
                line++;
        } else if (*at == quote) {
            if (at + 1 == end || at[1] != quote)
                break;
            at++;
        }
    }
    lexer->line = line;
    lexer->at = at < end ? at + 1 : end;
    return at < end;
}

/* PostgreSQL joins constants that are separated by blanks with a newline among them; line comments
 * count as blanks. The second part follows the rules of the first, so E'' rules go on. */
static bool continues(Lexer *lexer)
{
    const char *at = lexer->at;
    int line = lexer->line;
    bool newline = false;
    for (;;) {
        while (class_at(lexer, at) & BLANK) {
            newline = newline || *at == '\n' || *at == '\r';
            line += *at == '\n';
            at++;
        }
        if (byte_at(lexer, at) != '-' || byte_at(lexer, at + 1) != '-')
            break;
        while (at < lexer->end && *at != '\n' && *at != '\r')
            at++;
    }
    if (!newline || byte_at(lexer, at) != '\'')
        return false;
    lexer->at = at + 1;
    lexer->line = line;
    return true;
}

/* `prefix` bytes stand before the quote. */
static Code read_string(Lexer *lexer, Token *token, size_t prefix, Error *error)
{
    bool backslashes = lexer->engine == ENGINE_POSTGRESQL && prefix == 1 &&
                       (*token->text == 'e' || *token->text == 'E');
    token->type = TOKEN_STRING;
    lexer->at = token->text + prefix + 1;
    do {
        if (!skip_quoted(lexer, '\'', backslashes))
            return refuse_open(lexer, token, "string", "'", error);
    } while (lexer->engine == ENGINE_POSTGRESQL && continues(lexer));
    return RUNG_OK;
}

static Code read_name(Lexer *lexer, Token *token, size_t prefix, Error *error)
{
    char open = token->text[prefix], close = open;
    if (open == '[')
        close = ']';
    token->type = TOKEN_NAME;
    lexer->at = token->text + prefix + 1;
    bool closed;
    if (close == ']') {
        const char *at = memchr(lexer->at, ']', (size_t)(lexer->end - lexer->at));
        closed = at != NULL;
        for (const char *byte = lexer->at; byte < (at ? at : lexer->end); byte++)
            lexer->line += *byte == '\n';
        lexer->at = at ? at + 1 : lexer->end;
    } else {
        closed = skip_quoted(lexer, close, false);
    }
    return closed ? RUNG_OK
                  : refuse_open(lexer, token, "quoted name", (char[2]){close, '\0'}, error);
}

static void read_line_comment(Lexer *lexer, Token *token)
{
    const char *at = token->text;
    bool postgresql = lexer->engine == ENGINE_POSTGRESQL; /* ends at a bare carriage return too */
    while (at < lexer->end && *at != '\n' && !(postgresql && *at == '\r'))
        at++;
    token->type = TOKEN_COMMENT;
    lexer->at = at;
}

static Code read_block_comment(Lexer *lexer, Token *token, Error *error)
{
    const char *at = token->text + 2, *end = lexer->end;
    size_t depth = 1;
    token->type = TOKEN_COMMENT;
    while (at < end && depth > 0) {
        if (*at == '*' && byte_at(lexer, at + 1) == '/') {
            depth--;
            at += 2;
        } else if (*at == '/' && byte_at(lexer, at + 1) == '*' &&
                   lexer->engine == ENGINE_POSTGRESQL) {
            depth++;
            at += 2;
        } else {
            lexer->line += *at == '\n';
            at++;
        }
    }
    lexer->at = at;
    return depth == 0 ? RUNG_OK : refuse_open(lexer, token, "comment", "*/", error);
}

/* $$…$$ and $tag$…$tag$, $1, or a lone dollar sign. */
static Code read_dollar(Lexer *lexer, Token *token, Error *error)
{
    const char *at = token->text + 1;
    if (class_at(lexer, at) & DIGIT) {
        while (class_at(lexer, at) & DIGIT)
            at++;
        token->type = TOKEN_PARAM;
        lexer->at = at;
        return RUNG_OK;
    }
    while (class_at(lexer, at) & (START | DIGIT))
        at++;
    if (byte_at(lexer, at) != '$') {
        lexer->at = token->text + 1;
        return RUNG_OK;
    }
    size_t tag = (size_t)(at + 1 - token->text);
    lexer->at = at + 1;
    token->type = TOKEN_STRING;
    const char *close = memmem(lexer->at, (size_t)(lexer->end - lexer->at), token->text, tag);
    const char *stop = close ? close : lexer->end;
    for (at = lexer->at; (at = memchr(at, '\n', (size_t)(stop - at))); at++)
        lexer->line++;
    lexer->at = close ? close + tag : lexer->end;
    if (close)
        return RUNG_OK;
    char shown[70];
    snprintf(shown, sizeof shown, "%.*s", tag < 64 ? (int)tag : 64, token->text);
    return refuse_open(lexer, token, "dollar-quoted string", shown, error);
}

/* ?1, :name, @name, $name; Tcl's $a::b(c) belongs to the name, as in tokenize.c. */
static void read_sqlite_param(Lexer *lexer, Token *token)
{
    const char *at = token->text + 1;
    if (*token->text == '?') {
        while (class_at(lexer, at) & DIGIT)
            at++;
    } else {
        while ((class_at(lexer, at) & INSIDE) ||
               (byte_at(lexer, at) == ':' && byte_at(lexer, at + 1) == ':'))
            at += *at == ':' ? 2 : 1;
        if (at == token->text + 1) { /* a lone sign */
            lexer->at = at;
            return;
        }
        if (byte_at(lexer, at) == '(') {
            const char *close = at;
            while (close < lexer->end && *close != ')' && !(classes[(unsigned char)*close] & BLANK))
                close++;
            at = byte_at(lexer, close) == ')' ? close + 1 : at;
        }
    }
    token->type = TOKEN_PARAM;
    lexer->at = at;
}

/* Loose on purpose: 1_000, 0xFF and what newer versions allow is one number too. */
static void read_number(Lexer *lexer, Token *token)
{
    const char *at = token->text;
    bool hex = *at == '0' && (byte_at(lexer, at + 1) | 32) == 'x';
    for (;; at++) {
        if ((class_at(lexer, at) & (START | DIGIT)) || byte_at(lexer, at) == '.')
            continue;
        char sign = byte_at(lexer, at);
        if ((sign == '+' || sign == '-') && !hex && at > token->text && (at[-1] | 32) == 'e' &&
            (class_at(lexer, at + 1) & DIGIT))
            continue;
        break;
    }
    token->type = TOKEN_NUMBER;
    lexer->at = at;
}

/* The bytes before the quote of a prefixed constant or name (E'', U&"", x''), or 0. */
static size_t prefix_length(const Lexer *lexer, const char *text)
{
    char letter = (char)(*text | 32), next = byte_at(lexer, text + 1);
    if (next == '\'') {
        bool known = lexer->engine == ENGINE_SQLITE
                         ? letter == 'x'
                         : letter == 'e' || letter == 'b' || letter == 'x' || letter == 'n';
        return known ? 1 : 0;
    }
    if (next == '&' && letter == 'u' && lexer->engine == ENGINE_POSTGRESQL) {
        char quote = byte_at(lexer, text + 2);
        return quote == '\'' || quote == '"' ? 2 : 0;
    }
    return 0;
}

static Code read_word(Lexer *lexer, Token *token, Error *error)
{
    size_t prefix = prefix_length(lexer, token->text);
    if (prefix > 0)
        return token->text[prefix] == '"' ? read_name(lexer, token, prefix, error)
                                          : read_string(lexer, token, prefix, error);
    const char *at = token->text + 1;
    while (at < lexer->end && (classes[(unsigned char)*at] & INSIDE))
        at++;
    token->type = TOKEN_WORD;
    lexer->at = at;
    return RUNG_OK;
}

static Code read_symbol(Lexer *lexer, Token *token, Error *error)
{
    char byte = *token->text, next = byte_at(lexer, token->text + 1);
    bool sqlite = lexer->engine == ENGINE_SQLITE;
    token->type = TOKEN_SYMBOL;
    lexer->at = token->text + 1;
    switch (byte) {
    case '\'':
        return read_string(lexer, token, 0, error);
    case '"':
        return read_name(lexer, token, 0, error);
    case '[':
    case '`':
        return sqlite ? read_name(lexer, token, 0, error) : RUNG_OK;
    case '-':
        if (next == '-')
            read_line_comment(lexer, token);
        return RUNG_OK;
    case '/':
        return next == '*' ? read_block_comment(lexer, token, error) : RUNG_OK;
    case '$':
        if (!sqlite)
            return read_dollar(lexer, token, error);
        read_sqlite_param(lexer, token);
        return RUNG_OK;
    case ':':
        if (next == ':')
            lexer->at++;
        else if (sqlite)
            read_sqlite_param(lexer, token);
        return RUNG_OK;
    case '?':
    case '@':
        if (sqlite)
            read_sqlite_param(lexer, token);
        return RUNG_OK;
    case '.':
        if (class_at(lexer, lexer->at) & DIGIT)
            read_number(lexer, token);
        return RUNG_OK;
    default:
        return RUNG_OK;
    }
}

Code lexer_next(Lexer *lexer, Token *ret_token, Error *error)
{
    skip_blanks(lexer);
    Token token = {.type = TOKEN_END, .text = lexer->at, .line = lexer->line};
    Code code = RUNG_OK;
    if (lexer->at < lexer->end) {
        unsigned class = classes[(unsigned char)*lexer->at];
        if (class & START)
            code = read_word(lexer, &token, error);
        else if (class & DIGIT)
            read_number(lexer, &token);
        else
            code = read_symbol(lexer, &token, error);
    }
    token.length = (size_t)(lexer->at - token.text);
    if (code == RUNG_OK)
        *ret_token = token;
    return code;
}

bool token_is(const Token *token, const char *keyword)
{
    if (token->type != TOKEN_WORD)
        return false;
    for (size_t i = 0; i < token->length; i++) {
        char byte = token->text[i];
        if (byte >= 'a' && byte <= 'z')
            byte = (char)(byte - 32);
        if (byte != keyword[i] || keyword[i] == '\0')
            return false;
    }
    return keyword[token->length] == '\0';
}

bool token_is_symbol(const Token *token, char symbol)
{
    return token->type == TOKEN_SYMBOL && token->length == 1 && *token->text == symbol;
}
