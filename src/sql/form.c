/* Normal forms, token by token. */
#include "sql/form.h"

#include <strings.h>

/* sqlite3's tool/mkkeywordhash.c, in the order of bsearch. */
/* clang-format off */
static const char *const keywords[] = {
    "ABORT", "ACTION", "ADD", "AFTER", "ALL", "ALTER", "ALWAYS", "ANALYZE", "AND", "AS", "ASC",
    "ATTACH", "AUTOINCREMENT", "BEFORE", "BEGIN", "BETWEEN", "BY", "CASCADE", "CASE", "CAST",
    "CHECK", "COLLATE", "COLUMN", "COMMIT", "CONFLICT", "CONSTRAINT", "CREATE", "CROSS",
    "CURRENT", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "DATABASE", "DEFAULT",
    "DEFERRABLE", "DEFERRED", "DELETE", "DESC", "DETACH", "DISTINCT", "DO", "DROP", "EACH",
    "ELSE", "END", "ESCAPE", "EXCEPT", "EXCLUDE", "EXCLUSIVE", "EXISTS", "EXPLAIN", "FAIL",
    "FILTER", "FIRST", "FOLLOWING", "FOR", "FOREIGN", "FROM", "FULL", "GENERATED", "GLOB",
    "GROUP", "GROUPS", "HAVING", "IF", "IGNORE", "IMMEDIATE", "IN", "INDEX", "INDEXED",
    "INITIALLY", "INNER", "INSERT", "INSTEAD", "INTERSECT", "INTO", "IS", "ISNULL", "JOIN", "KEY",
    "LAST", "LEFT", "LIKE", "LIMIT", "MATCH", "MATERIALIZED", "NATURAL", "NO", "NOT", "NOTHING",
    "NOTNULL", "NULL", "NULLS", "OF", "OFFSET", "ON", "OR", "ORDER", "OTHERS", "OUTER", "OVER",
    "PARTITION", "PLAN", "PRAGMA", "PRECEDING", "PRIMARY", "QUERY", "RAISE", "RANGE", "RECURSIVE",
    "REFERENCES", "REGEXP", "REINDEX", "RELEASE", "RENAME", "REPLACE", "RESTRICT", "RETURNING",
    "RIGHT", "ROLLBACK", "ROW", "ROWS", "SAVEPOINT", "SELECT", "SET", "TABLE", "TEMP",
    "TEMPORARY", "THEN", "TIES", "TO", "TRANSACTION", "TRIGGER", "UNBOUNDED", "UNION", "UNIQUE",
    "UPDATE", "USING", "VACUUM", "VALUES", "VIEW", "VIRTUAL", "WHEN", "WHERE", "WINDOW", "WITH",
    "WITHOUT",
};
/* clang-format on */

enum { KEYWORD_LIMIT = 24 };

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static char upper(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 32) : byte;
}

static int by_keyword(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

bool form_is_keyword(const char *word, size_t length)
{
    char wanted[KEYWORD_LIMIT];
    if (length >= sizeof wanted)
        return false;
    for (size_t i = 0; i < length; i++)
        wanted[i] = upper(word[i]);
    wanted[length] = '\0';
    return bsearch(wanted, keywords, COUNT(keywords), sizeof keywords[0], by_keyword) != NULL;
}

Code form_read(Arena *arena, const char *sql, SqlTokens *ret_tokens, Error *error)
{
    SqlTokens tokens = {.sql = sql};
    Lexer lexer;
    Token token;
    size_t length = strlen(sql);
    lexer_start(&lexer, ENGINE_SQLITE, "", 1, sql, length);
    vec_reserve(arena, &tokens.list, length / 4 + 8);
    for (;;) {
        Code code = lexer_next(&lexer, &token, error);
        if (code)
            return code;
        if (token.type == TOKEN_END)
            break;
        if (token.type != TOKEN_COMMENT)
            *vec_add(arena, &tokens.list) = token;
    }
    *ret_tokens = tokens;
    return RUNG_OK;
}

/* ---- names ---- */

char *form_fold(Arena *arena, const char *name)
{
    char *folded = arena_string(arena, name);
    for (char *at = folded; *at; at++)
        *at = lower(*at);
    return folded;
}

bool form_same_name(const char *a, const char *b)
{
    for (; *a && lower(*a) == lower(*b); a++, b++)
        ;
    return lower(*a) == lower(*b);
}

const char *form_name(Arena *arena, const Token *token)
{
    if (token->type == TOKEN_WORD)
        return arena_copy(arena, token->text, token->length);
    if ((token->type != TOKEN_NAME && token->type != TOKEN_STRING) || token->length < 2 ||
        (token->type == TOKEN_STRING && *token->text != '\''))
        return NULL;
    char close = *token->text;
    if (close == '[')
        return arena_copy(arena, token->text + 1, token->length - 2);
    char *name = arena_copy(arena, token->text + 1, token->length - 2), *to = name;
    for (const char *from = name; *from; from++) {
        *to++ = *from;
        from += *from == close && from[1] == close;
    }
    *to = '\0';
    return name;
}

static bool is_plain(const char *name)
{
    if (!*name || (*name >= '0' && *name <= '9') || *name == '$')
        return false;
    for (const char *at = name; *at; at++) {
        char byte = lower(*at);
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
              byte == '$' || (unsigned char)byte > 127))
            return false;
    }
    return !form_is_keyword(name, strlen(name));
}

static void add_quoted(Text *text, const char *name)
{
    text_char(text, '"');
    for (; *name; name++) {
        if (*name == '"')
            text_char(text, '"');
        text_char(text, *name);
    }
    text_char(text, '"');
}

void form_add_name(Text *text, const char *name)
{
    if (is_plain(name))
        text_put(text, name);
    else
        add_quoted(text, name);
}

/* ---- tokens ---- */

static void add_word(Text *text, const Token *token, bool fold)
{
    bool keyword = form_is_keyword(token->text, token->length);
    for (size_t i = 0; i < token->length; i++)
        text_char(text, keyword ? upper(token->text[i])
                        : fold  ? lower(token->text[i])
                                : token->text[i]);
}

static void add_name_token(Text *text, Arena *arena, const Token *token, const Map *names,
                           bool certain)
{
    const char *name = form_name(arena, token);
    const char *folded = names ? form_fold(arena, name) : name;
    if (names && !certain && *token->text == '"' && !map_get(names, folded))
        add_quoted(text, name);
    else
        form_add_name(text, folded);
}

static bool is_one_of(const Token *token, const char *symbols)
{
    return token->type == TOKEN_SYMBOL && token->length == 1 && strchr(symbols, *token->text);
}

/* Two symbols that are one operator: SQLite reads them as one only if nothing is between them. */
static bool is_operator(const Token *left, const Token *right)
{
    static const char *const operators[] = {"<=", ">=", "<>", "!=", "==", "||", "<<", ">>", "->"};
    if (left->type != TOKEN_SYMBOL || right->type != TOKEN_SYMBOL ||
        left->text + left->length != right->text)
        return false;
    for (size_t i = 0; i < COUNT(operators); i++)
        if (*left->text == operators[i][0] && *right->text == operators[i][1])
            return true;
    return false;
}

/* DEFAULT word and DEFAULT "word" are strings; TRUE and FALSE are not. */
static bool is_default_word(const SqlTokens *tokens, size_t first, size_t at)
{
    const Token *token = &tokens->list.at[at];
    return at > first && token_is(token - 1, "DEFAULT") && !token_is(token, "TRUE") &&
           !token_is(token, "FALSE");
}

/* Where only a name can stand, "word" is one. */
static bool is_name_place(const Token *before)
{
    static const char *const words[] = {"CONSTRAINT", "COLLATE", "INDEX", "TABLE", "ON", "EXISTS"};
    for (size_t i = 0; before && i < COUNT(words); i++)
        if (token_is(before, words[i]))
            return true;
    return false;
}

/* Behind REFERENCES table (columns), or 0 if that is not what begins at `at`. */
static size_t reference_end(const SqlTokens *tokens, size_t at)
{
    if (!token_is(&tokens->list.at[at], "REFERENCES"))
        return 0;
    bool list = at + 2 < tokens->list.count && token_is_symbol(&tokens->list.at[at + 2], '(');
    return list ? form_close(tokens, at + 2) : at + 2;
}

static void add_token(Text *text, Arena *arena, const Token *token, const Map *names, bool certain)
{
    if (token->type == TOKEN_WORD)
        add_word(text, token, names != NULL);
    else if (token->type == TOKEN_NAME)
        add_name_token(text, arena, token, names, certain);
    else
        text_add(text, token->text, token->length);
}

static bool is_tight(const Token *before, const Token *token)
{
    bool call = before && token_is_symbol(token, '(') &&
                (before->type == TOKEN_NAME ||
                 (before->type == TOKEN_WORD && !form_is_keyword(before->text, before->length)));
    return !before || call || is_one_of(token, "),.") || is_one_of(before, "(.") ||
           is_operator(before, token);
}

const char *form_print(Arena *arena, const SqlTokens *tokens, size_t first, size_t last,
                       const Map *names)
{
    Text text = TEXT_EMPTY;
    size_t certain = 0;
    for (size_t i = first; i < last; i++) {
        const Token *token = &tokens->list.at[i];
        const Token *before = i > first ? token - 1 : NULL;
        if (!is_tight(before, token))
            text_char(&text, ' ');
        if (names && is_default_word(tokens, first, i) && token->type == TOKEN_NAME)
            text_add(&text, token->text, token->length);
        else
            add_token(&text, arena, token, is_default_word(tokens, first, i) ? NULL : names,
                      i < certain || is_name_place(before));
        size_t end = reference_end(tokens, i);
        certain = end ? end : certain;
    }
    const char *form = arena_copy(arena, text_string(&text), text.length);
    text_done(&text);
    return form;
}

size_t form_close(const SqlTokens *tokens, size_t at)
{
    size_t depth = 0;
    for (; at < tokens->list.count; at++) {
        depth += token_is_symbol(&tokens->list.at[at], '(');
        if (token_is_symbol(&tokens->list.at[at], ')') && --depth == 0)
            return at + 1;
    }
    return at;
}
