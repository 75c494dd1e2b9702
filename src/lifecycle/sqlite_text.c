#include "lifecycle/sqlite_text.h"
#include "sql/form.h"
#include "sql/reader.h"

/* The token of the parenthesis that `close` closes. */
static size_t open_of(const SqlTokens *tokens, size_t close)
{
    for (size_t depth = 0, i = close;; i--) {
        depth += token_is_symbol(&tokens->list.at[i], ')');
        if (token_is_symbol(&tokens->list.at[i], '(') && --depth == 0)
            return i;
        if (i == 0)
            return 0;
    }
}

/* CONSTRAINT name stands in front of REFERENCES, or of the FOREIGN KEY (…) before it. */
static const char *constraint_name(Arena *arena, const SqlTokens *tokens, size_t references)
{
    const Token *list = tokens->list.at;
    size_t at = references;
    if (at > 2 && token_is_symbol(&list[at - 1], ')')) {
        at = open_of(tokens, at - 1);
        if (at < 4 || !token_is(&list[at - 1], "KEY") || !token_is(&list[at - 2], "FOREIGN"))
            return NULL;
        at -= 2;
    }
    return at > 2 && token_is(&list[at - 2], "CONSTRAINT") ? form_name(arena, &list[at - 1]) : NULL;
}

/* From REFERENCES to the end of its column or constraint. */
static void read_deferral(const SqlTokens *tokens, size_t at, KeyText *text)
{
    const Token *list = tokens->list.at;
    for (at++; at < tokens->list.count; at++) {
        if (token_is_symbol(&list[at], '('))
            at = form_close(tokens, at) - 1;
        else if (token_is_symbol(&list[at], ',') || token_is_symbol(&list[at], ')') ||
                 token_is(&list[at], "REFERENCES"))
            return;
        else if (token_is(&list[at], "DEFERRABLE") && !token_is(&list[at - 1], "NOT"))
            text->deferrable = true;
        else if (token_is(&list[at], "DEFERRED"))
            text->deferred = text->deferrable;
    }
}

Code key_texts_read(Arena *arena, const char *sql, KeyTexts *ret_texts, Error *error)
{
    SqlTokens tokens;
    KeyTexts texts = {0};
    Code code = form_read(arena, sql, &tokens, error);
    for (size_t i = 0; !code && i < tokens.list.count; i++) {
        if (!token_is(&tokens.list.at[i], "REFERENCES"))
            continue;
        KeyText *text = vec_add(arena, &texts);
        text->name = constraint_name(arena, &tokens, i);
        read_deferral(&tokens, i, text);
    }
    if (!code)
        *ret_texts = texts;
    return code;
}

bool trigger_swallows(const char *sql)
{
    Reader reader;
    Arena *arena = arena_new();
    const char *schema, *name;
    bool swallows = false;
    reader_start(&reader, ENGINE_SQLITE, sql, strlen(sql));
    reader_word(&reader, "CREATE");
    if (!reader_word(&reader, "TEMP"))
        reader_word(&reader, "TEMPORARY");
    reader_word(&reader, "TRIGGER");
    if (reader_word(&reader, "IF")) {
        reader_word(&reader, "NOT");
        reader_word(&reader, "EXISTS");
    }
    reader_qualified(&reader, arena, &schema, &name);
    reader_word(&reader, "BEFORE");
    bool deletes = reader_word(&reader, "DELETE");
    while (deletes && !swallows && reader.token.type != TOKEN_END) {
        if (reader_word(&reader, "RAISE"))
            swallows = reader_symbol(&reader, '(') && reader_word(&reader, "IGNORE");
        else
            reader_step(&reader);
    }
    arena_free(arena);
    return swallows;
}
