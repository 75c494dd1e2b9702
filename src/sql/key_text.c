#include "sql/key_text.h"
#include "sql/form.h"
#include "sql/quote.h"

/* A foreign key in the tokens of a statement; the places are of tokens, each end behind the last.
 */
typedef struct KeyPlace {
    size_t references;
    size_t target_end;   /* of the table and its columns, MATCH and ON UPDATE */
    size_t end;          /* of all its clauses */
    VEC(size_t) deletes; /* where ON DELETE begins */
} KeyPlace;

static const Token *token_at(const SqlTokens *tokens, size_t at)
{
    static const Token none = {.type = TOKEN_END, .text = ""};
    return at < tokens->list.count ? &tokens->list.at[at] : &none;
}

/* Behind ON DELETE SET NULL (a, b). */
static size_t action_end(const SqlTokens *tokens, size_t at)
{
    at += 2;
    bool two = token_is(token_at(tokens, at), "SET") || token_is(token_at(tokens, at), "NO");
    at += two ? 2 : 1;
    return token_is_symbol(token_at(tokens, at), '(') ? form_close(tokens, at) : at;
}

static void read_clauses(Arena *arena, const SqlTokens *tokens, size_t at, KeyPlace *place)
{
    for (place->target_end = at;; place->end = at) {
        const Token *token = token_at(tokens, at), *next = token_at(tokens, at + 1);
        if (token_is(token, "ON") && token_is(next, "DELETE")) {
            *vec_add(arena, &place->deletes) = at;
            at = action_end(tokens, at);
        } else if (token_is(token, "ON"))
            place->target_end = at = action_end(tokens, at);
        else if (token_is(token, "MATCH"))
            place->target_end = at += 2;
        else if (token_is(token, "NOT") && token_is(next, "DEFERRABLE"))
            at += 2;
        else if (token_is(token, "DEFERRABLE"))
            at += 1;
        else if (token_is(token, "INITIALLY"))
            at += 2;
        else
            break;
    }
    place->end = at;
}

static Code find_key(Arena *arena, const SqlTokens *tokens, size_t position, KeyPlace *ret_place,
                     Error *error)
{
    size_t at = 0;
    KeyPlace place = {0};
    for (;; at++) {
        if (at >= tokens->list.count)
            return error_set(error, RUNG_FAILED, "the text has no foreign key number %zu",
                             position + 1);
        if (token_is(token_at(tokens, at), "REFERENCES") && position-- == 0)
            break;
    }
    place.references = at++;
    at++;
    while (token_is_symbol(token_at(tokens, at), '.'))
        at += 2;
    if (token_is_symbol(token_at(tokens, at), '('))
        at = form_close(tokens, at);
    read_clauses(arena, tokens, at, &place);
    *ret_place = place;
    return RUNG_OK;
}

static size_t offset_behind(const SqlTokens *tokens, size_t at)
{
    const Token *token = &tokens->list.at[at - 1];
    return (size_t)(token->text - tokens->sql) + token->length;
}

Code key_text_set_action(Arena *arena, const char *sql, size_t position, const char *action,
                         const char **ret_sql, Error *error)
{
    SqlTokens tokens;
    KeyPlace place;
    Text text = TEXT_EMPTY;
    Code code = form_read(arena, sql, &tokens, error);
    if (!code)
        code = find_key(arena, &tokens, position, &place, error);
    if (code)
        return code;
    size_t from = 0, insert = offset_behind(&tokens, place.target_end);
    for (size_t i = 0; i <= place.deletes.count; i++) {
        bool last = i == place.deletes.count;
        size_t to = last ? strlen(sql) : offset_behind(&tokens, place.deletes.at[i]);
        if (action && insert >= from && insert <= to) {
            text_add(&text, sql + from, insert - from);
            text_print(&text, " ON DELETE %s", action);
            from = insert;
            action = NULL;
        }
        text_add(&text, sql + from, to - from);
        from = last ? to : offset_behind(&tokens, action_end(&tokens, place.deletes.at[i]));
    }
    *ret_sql = arena_string(arena, text_string(&text));
    text_done(&text);
    return RUNG_OK;
}

/* CONSTRAINT name, FOREIGN KEY (…) and the comma before them belong to it. */
static size_t key_start(const SqlTokens *tokens, size_t references)
{
    size_t at = references;
    bool whole = at > 0 && token_is_symbol(token_at(tokens, at - 1), ')');
    if (whole) {
        size_t open = at - 1;
        while (open > 0 && form_close(tokens, open) != at)
            open--;
        whole = open > 1 && token_is(token_at(tokens, open - 1), "KEY") &&
                token_is(token_at(tokens, open - 2), "FOREIGN");
        if (whole)
            at = open - 2;
    }
    if (at > 2 && token_is(token_at(tokens, at - 2), "CONSTRAINT"))
        at -= 2;
    return whole && token_is_symbol(token_at(tokens, at - 1), ',') ? at - 1 : at;
}

Code key_text_remove(Arena *arena, const char *sql, size_t position, const char **ret_sql,
                     Error *error)
{
    SqlTokens tokens;
    KeyPlace place;
    Code code = form_read(arena, sql, &tokens, error);
    if (!code)
        code = find_key(arena, &tokens, position, &place, error);
    if (code)
        return code;
    size_t from = offset_behind(&tokens, key_start(&tokens, place.references));
    *ret_sql =
        arena_print(arena, "%.*s%s", (int)from, sql, sql + offset_behind(&tokens, place.end));
    return RUNG_OK;
}

const char *key_drop_print(Arena *arena, const char *schema, const char *table, const char *name)
{
    Text text = TEXT_EMPTY;
    text_put(&text, "ALTER TABLE ");
    sql_add_qualified(&text, schema, table);
    text_put(&text, " DROP CONSTRAINT ");
    sql_add_name(&text, name);
    return text_keep(&text, arena);
}

const char *key_index_print(Arena *arena, const char *name, const char *schema, const char *table,
                            const char *const *columns, size_t count)
{
    Text text = TEXT_EMPTY;
    text_put(&text, "CREATE INDEX ");
    if (name) {
        sql_add_identifier(&text, name);
        text_char(&text, ' ');
    }
    text_put(&text, "ON ");
    if (schema)
        sql_add_qualified(&text, schema, table);
    else
        sql_add_identifier(&text, table);
    for (size_t i = 0; i < count; i++) {
        text_put(&text, i ? ", " : " (");
        sql_add_identifier(&text, columns[i]);
    }
    text_char(&text, ')');
    return text_keep(&text, arena);
}
