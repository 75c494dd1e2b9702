/* CHECKs and indexes, read from their text as far as types need them. */
#include "report/types.h"
#include "sql/form.h"

typedef struct Expression {
    Arena *arena;
    Engine engine;
    VEC(Token) tokens;
} Expression;

static bool tokens_read(Arena *arena, Engine engine, const char *sql, Expression *ret_expression)
{
    Lexer lexer;
    Token token;
    Error ignored;
    Expression expression = {.arena = arena, .engine = engine};
    lexer_start(&lexer, engine, "", 1, sql, strlen(sql));
    for (;;) {
        if (lexer_next(&lexer, &token, &ignored))
            return false;
        if (token.type == TOKEN_END)
            break;
        if (token.type != TOKEN_COMMENT)
            *vec_add(arena, &expression.tokens) = token;
    }
    *ret_expression = expression;
    return expression.tokens.count > 0;
}

static bool is_one_of(const Token *token, const char *const *words)
{
    for (; *words; words++)
        if (token_is(token, *words))
            return true;
    return false;
}

static bool is_cast(const Token *token)
{
    static const char *const types[] = {"TEXT", "CHARACTER", "VARYING", "VARCHAR", "BPCHAR", NULL};
    return (token->type == TOKEN_SYMBOL && token->length == 2 && *token->text == ':') ||
           is_one_of(token, types);
}

static const char *name_of(Arena *arena, Engine engine, const Token *token)
{
    const char *name = form_name(arena, token);
    return engine == ENGINE_SQLITE ? form_fold(arena, name) : name;
}

/* ---- which texts ---- */

/* Only tests that are true for the texts named, joined by OR: nothing else can widen or narrow
 * them. */
static bool choices_read(const Expression *expression, CheckFact *fact)
{
    static const char *const words[] = {"CHECK", "IN", "ANY", "ARRAY", "OR", "IS", "NULL", NULL};
    VEC(const char *) found = {0};
    for (size_t i = 0; i < expression->tokens.count; i++) {
        const Token *token = &expression->tokens.at[i];
        if (is_cast(token) || (token->type == TOKEN_WORD && is_one_of(token, words)))
            continue;
        if (token->type == TOKEN_SYMBOL && token->length == 1 && strchr("()[],=", *token->text))
            continue;
        if (token->type == TOKEN_STRING && *token->text == '\'') {
            *vec_add(expression->arena, &found) = form_name(expression->arena, token);
            continue;
        }
        if (token->type != TOKEN_WORD && token->type != TOKEN_NAME)
            return false;
        const char *name = name_of(expression->arena, expression->engine, token);
        if (fact->column && strcmp(fact->column, name) != 0)
            return false;
        fact->column = name;
    }
    fact->choices = (List){found.at, found.count};
    return fact->column && found.count;
}

/* ---- how long ---- */

/* length(NAME) <= NUMBER, whatever parentheses and casts stand around it. */
static bool length_read(const Expression *expression, CheckFact *fact)
{
    static const char *const functions[] = {"LENGTH", "CHAR_LENGTH", "CHARACTER_LENGTH", NULL};
    const Token *left[6];
    size_t count = 0;
    for (size_t i = 0; i < expression->tokens.count; i++) {
        const Token *token = &expression->tokens.at[i];
        if (token_is_symbol(token, '(') || token_is_symbol(token, ')') || is_cast(token) ||
            token_is(token, "CHECK"))
            continue;
        if (count == COUNT(left))
            return false;
        left[count++] = token;
    }
    if (count != 5 || !is_one_of(left[0], functions) || !token_is_symbol(left[2], '<') ||
        !token_is_symbol(left[3], '=') || left[4]->type != TOKEN_NUMBER || left[4]->length > 9)
        return false;
    if (left[1]->type != TOKEN_WORD && left[1]->type != TOKEN_NAME)
        return false;
    fact->column = name_of(expression->arena, expression->engine, left[1]);
    fact->length = strtoll(left[4]->text, NULL, 10);
    return true;
}

bool check_read(Arena *arena, Engine engine, const char *sql, CheckFact *ret_fact)
{
    Expression expression;
    CheckFact length = {0}, choices = {0};
    if (!tokens_read(arena, engine, sql, &expression))
        return false;
    bool is_length = length_read(&expression, &length);
    if (!is_length && !choices_read(&expression, &choices))
        return false;
    *ret_fact = is_length ? length : choices;
    return true;
}

/* ---- indexes ---- */

/* CREATE [UNIQUE] INDEX name ON table [USING method] ( columns ) [INCLUDE ( … )]. */
bool index_read(Arena *arena, Engine engine, const char *sql, List *ret_columns)
{
    Expression expression;
    VEC(const char *) names = {0};
    size_t at = 0;
    if (!tokens_read(arena, engine, sql, &expression))
        return false;
    size_t count = expression.tokens.count;
    const Token *tokens = expression.tokens.at;
    while (at < count && !token_is_symbol(&tokens[at], '('))
        at++;
    for (at++; at + 1 < count; at += 2) {
        if (tokens[at].type != TOKEN_WORD && tokens[at].type != TOKEN_NAME)
            return false;
        *vec_add(arena, &names) = name_of(arena, engine, &tokens[at]);
        if (token_is_symbol(&tokens[at + 1], ')'))
            break;
        if (!token_is_symbol(&tokens[at + 1], ','))
            return false;
    }
    for (size_t i = at; i < count; i++)
        if (token_is(&tokens[i], "WHERE") || token_is(&tokens[i], "NULLS"))
            return false;
    *ret_columns = (List){names.at, names.count};
    return at + 1 < count && names.count;
}
