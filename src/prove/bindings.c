/* A value stands behind a comparison, in a list behind IN, or in the VALUES of an INSERT. */
#include "prove/bindings.h"
#include "base/text.h"
#include "sql/lexer.h"

typedef struct Reader {
    Arena *arena;
    Engine engine;
    VEC(Token) tokens;
    VEC(const char *) stored; /* the columns of INSERT INTO t (…) */
    VEC(const char *) named;  /* parameters with a name, at their numbers */
    size_t set, where;        /* SET and WHERE of an UPDATE; SIZE_MAX: none */
} Reader;

static const Token *token_at(const Reader *reader, size_t at)
{
    static const Token end = {.type = TOKEN_END, .text = "", .length = 0};
    return at < reader->tokens.count ? &reader->tokens.at[at] : &end;
}

static bool is_symbol(const Reader *reader, size_t at, char symbol)
{
    return token_is_symbol(token_at(reader, at), symbol);
}

static bool is_word(const Reader *reader, size_t at, const char *word)
{
    const Token *token = token_at(reader, at);
    return token->type == TOKEN_WORD && token_is(token, word);
}

static bool is_name(const Reader *reader, size_t at)
{
    TokenType type = token_at(reader, at)->type;
    return type == TOKEN_WORD || type == TOKEN_NAME;
}

static bool is_value(const Reader *reader, size_t at)
{
    TokenType type = token_at(reader, at)->type;
    return type == TOKEN_PARAM || type == TOKEN_STRING || type == TOKEN_NUMBER;
}

/* Without quotes; doubled ones become one. */
static const char *plain(Arena *arena, const Token *token, char quote)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 1; i + 1 < token->length; i++) {
        text_char(&text, token->text[i]);
        i += token->text[i] == quote && token->text[i + 1] == quote;
    }
    return text_keep(&text, arena);
}

static const char *name_at(const Reader *reader, size_t at)
{
    const Token *token = token_at(reader, at);
    if (token->type == TOKEN_WORD)
        return arena_copy(reader->arena, token->text, token->length);
    return plain(reader->arena, token, token->text[0]);
}

/* A column, and what stands in front of it. */
static void set_column(const Reader *reader, size_t at, Binding *binding)
{
    binding->column = name_at(reader, at);
    if (at >= 2 && is_symbol(reader, at - 1, '.') && is_name(reader, at - 2))
        binding->owner = name_at(reader, at - 2);
}

/* ---- parameters ---- */

static size_t number_of(Reader *reader, const Token *token, size_t *largest, const char **ret_name)
{
    Arena *arena = reader->arena;
    const char *word = arena_copy(arena, token->text, token->length);
    size_t number = 0;
    *ret_name = "";
    if (word[1] >= '0' && word[1] <= '9')
        number = (size_t)strtoul(word + 1, NULL, 10);
    else if (!word[1])
        number = *largest + 1;
    else {
        *ret_name = word + 1;
        for (size_t i = 0; !number && i < reader->named.count; i++)
            if (reader->named.at[i] && strcmp(reader->named.at[i], word) == 0)
                number = i;
        number = number ? number : *largest + 1;
    }
    *largest = number > *largest ? number : *largest;
    while (reader->named.count <= number && number < 1000)
        *vec_add(arena, &reader->named) = NULL;
    if (**ret_name && number < reader->named.count)
        reader->named.at[number] = word;
    return number;
}

/* ---- what stands in front ---- */

/* The opening parenthesis in whose list `at` stands, and how many commas are in front of it there.
 */
static size_t opening(const Reader *reader, size_t at, size_t *ret_commas)
{
    size_t depth = 0;
    *ret_commas = 0;
    while (at--) {
        if (is_symbol(reader, at, ')'))
            depth++;
        else if (is_symbol(reader, at, '(') && depth-- == 0)
            return at;
        else if (!depth && is_symbol(reader, at, ','))
            ++*ret_commas;
    }
    return SIZE_MAX;
}

static void read_listed(Reader *reader, size_t at, Binding *binding)
{
    size_t commas, open = opening(reader, at, &commas);
    if (open == SIZE_MAX && commas < reader->stored.count) { /* INSERT … SELECT ?, … */
        binding->type = BIND_STORED;
        binding->column = reader->stored.at[commas];
    }
    if (open == SIZE_MAX || !open)
        return;
    if (is_word(reader, open - 1, "IN")) {
        size_t column = open - 2;
        column -= is_word(reader, column, "NOT");
        if (open >= 2 && is_name(reader, column)) {
            binding->type = is_word(reader, open - 2, "NOT") ? BIND_UNKNOWN : BIND_EQUAL;
            set_column(reader, column, binding);
        }
    } else if (commas < reader->stored.count &&
               (is_word(reader, open - 1, "VALUES") || is_symbol(reader, open - 1, ','))) {
        binding->type = BIND_STORED;
        binding->column = reader->stored.at[commas];
    }
}

static bool is_comparison(const Reader *reader, size_t at)
{
    return is_symbol(reader, at, '=') || is_symbol(reader, at, '<') || is_symbol(reader, at, '>') ||
           is_symbol(reader, at, '!');
}

static BindType comparison(const Reader *reader, size_t first, size_t last)
{
    bool equal = false, less = false, more = false, not = false;
    for (size_t i = first; i <= last; i++) {
        equal |= is_symbol(reader, i, '=');
        less |= is_symbol(reader, i, '<');
        more |= is_symbol(reader, i, '>');
        not |= is_symbol(reader, i, '!');
    }
    if (not || (less && more))
        return BIND_UNKNOWN;
    return equal ? BIND_EQUAL : less ? BIND_LESS : BIND_MORE;
}

/* user_id = ? */
static bool read_compared(Reader *reader, size_t at, Binding *binding)
{
    size_t first = at;
    while (first && is_comparison(reader, first - 1))
        first--;
    if (first == at || !first || !is_name(reader, first - 1))
        return false;
    binding->type = comparison(reader, first, at - 1);
    set_column(reader, first - 1, binding);
    if (reader->set < at && at < reader->where)
        binding->type = BIND_STORED;
    return true;
}

/* ? = user_id */
static bool read_reversed(Reader *reader, size_t at, Binding *binding)
{
    size_t last = at;
    while (is_comparison(reader, last + 1))
        last++;
    if (last == at || !is_name(reader, last + 1))
        return false;
    BindType type = comparison(reader, at + 1, last);
    size_t name = last + 1;
    while (is_symbol(reader, name + 1, '.') && is_name(reader, name + 2))
        name += 2;
    binding->type = type == BIND_LESS ? BIND_MORE : type == BIND_MORE ? BIND_LESS : type;
    set_column(reader, name, binding);
    return true;
}

static void read_word(Reader *reader, size_t at, Binding *binding)
{
    static const struct {
        const char *word;
        BindType type;
    } rows[] = {{"LIKE", BIND_LIKE},    {"ILIKE", BIND_LIKE},    {"GLOB", BIND_LIKE},
                {"IS", BIND_EQUAL},     {"BETWEEN", BIND_EQUAL}, {"LIMIT", BIND_LIMIT},
                {"OFFSET", BIND_OFFSET}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (at && is_word(reader, at - 1, rows[i].word) && !is_word(reader, at - 2, "NOT")) {
            binding->type = rows[i].type;
            if (at >= 2 && is_name(reader, at - 2) && rows[i].type < BIND_STORED)
                set_column(reader, at - 2, binding);
        }
    if (at >= 4 && is_word(reader, at - 1, "AND") && is_word(reader, at - 3, "BETWEEN")) {
        binding->type = BIND_EQUAL;
        if (is_name(reader, at - 4))
            set_column(reader, at - 4, binding);
    }
}

static void read_value(Reader *reader, size_t at, size_t *largest, Bindings *bindings)
{
    const Token *token = token_at(reader, at);
    Binding *binding = vec_add(reader->arena, &bindings->list);
    *binding = (Binding){.name = ""};
    if (token->type == TOKEN_PARAM)
        binding->param = number_of(reader, token, largest, &binding->name);
    else
        binding->constant = token->type == TOKEN_STRING && token->text[0] == '\''
                                ? plain(reader->arena, token, '\'')
                                : arena_copy(reader->arena, token->text, token->length);
    if (at && (is_symbol(reader, at - 1, '(') || is_symbol(reader, at - 1, ',') ||
               is_word(reader, at - 1, "SELECT")))
        read_listed(reader, at, binding);
    if (!binding->column && !read_compared(reader, at, binding) &&
        !read_reversed(reader, at, binding))
        read_word(reader, at, binding);
}

/* ---- the whole ---- */

static Code read_tokens(Reader *reader, const char *sql, Error *error)
{
    Lexer lexer;
    Token token;
    Code code;
    lexer_start(&lexer, reader->engine, "a query", 1, sql, strlen(sql));
    while (!(code = lexer_next(&lexer, &token, error)) && token.type != TOKEN_END)
        if (token.type != TOKEN_COMMENT)
            *vec_add(reader->arena, &reader->tokens) = token;
    return code;
}

/* INSERT INTO "t" (a, b), and the SET of an UPDATE. */
static void read_frame(Reader *reader)
{
    size_t at = 0;
    while (at < reader->tokens.count && !is_word(reader, at, "INTO"))
        at++;
    for (at++; is_name(reader, at) || is_symbol(reader, at, '.'); at++)
        ;
    if (at < reader->tokens.count && is_symbol(reader, at, '('))
        for (at++; at < reader->tokens.count && !is_symbol(reader, at, ')'); at++)
            if (is_name(reader, at))
                *vec_add(reader->arena, &reader->stored) = name_at(reader, at);
    reader->set = reader->where = SIZE_MAX;
    for (size_t i = 0; i < reader->tokens.count; i++)
        if (reader->set == SIZE_MAX && is_word(reader, i, "SET"))
            reader->set = i;
        else if (reader->set != SIZE_MAX && reader->where == SIZE_MAX &&
                 is_word(reader, i, "WHERE"))
            reader->where = i;
}

/* FROM task AS t, UPDATE task t, … */
static void read_alias(Reader *reader, size_t at, Bindings *bindings)
{
    static const char *const keywords[] = {"WHERE", "SET",   "ON",     "JOIN",  "LEFT",  "INNER",
                                           "CROSS", "GROUP", "ORDER",  "LIMIT", "USING", "NATURAL",
                                           "RIGHT", "FULL",  "VALUES", "UNION"};
    size_t alias = at + 1 + is_word(reader, at + 1, "AS");
    if (!is_name(reader, at) || !is_name(reader, alias))
        return;
    for (size_t i = 0; i < COUNT(keywords); i++)
        if (is_word(reader, alias, keywords[i]))
            return;
    *vec_add(reader->arena, &bindings->aliases) = name_at(reader, at);
    *vec_add(reader->arena, &bindings->aliases) = name_at(reader, alias);
}

Code bindings_read(Arena *arena, Engine engine, const char *sql, Bindings *ret_bindings,
                   Error *error)
{
    Reader reader = {.arena = arena, .engine = engine};
    Code code = read_tokens(&reader, sql, error);
    if (code)
        return code;
    read_frame(&reader);
    for (size_t i = 0; i < reader.tokens.count; i++) {
        ret_bindings->writes |= is_word(&reader, i, "INSERT") || is_word(&reader, i, "UPDATE") ||
                                is_word(&reader, i, "DELETE") || is_word(&reader, i, "REPLACE");
        ret_bindings->inserts |= is_word(&reader, i, "INSERT");
        read_alias(&reader, i, ret_bindings);
        if (is_value(&reader, i))
            read_value(&reader, i, &ret_bindings->params, ret_bindings);
        else if (is_name(&reader, i))
            *vec_add(arena, &ret_bindings->words) = name_at(&reader, i);
        if (is_name(&reader, i) && is_word(&reader, i + 1, "IS") && is_word(&reader, i + 2, "NULL"))
            *vec_add(arena, &ret_bindings->nulls) = name_at(&reader, i);
    }
    return RUNG_OK;
}
