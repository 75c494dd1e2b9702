/* SQLite's statements without their layout: the form in which two of them are compared.
 *
 * Blanks and comments do not count, keywords are in upper case, and a name is quoted only where it
 * must be. Names in tables and indexes are in lower case, as SQLite compares them; the text of
 * views and triggers keeps its letters, because they name the columns of a result. */
#ifndef SQL_FORM_H
#define SQL_FORM_H

#include "base/map.h"
#include "base/text.h"
#include "base/vec.h"
#include "sql/lexer.h"

/* A statement's tokens, comments left out; they point into `sql`. */
typedef struct SqlTokens {
    const char *sql;
    VEC(Token) list;
} SqlTokens;

/* RUNG_REVISION for text that no SQLite database could hold. */
Code form_read(Arena *arena, const char *sql, SqlTokens *ret_tokens, Error *error);

/* ASCII letters in lower case: how SQLite compares names. */
char *form_fold(Arena *arena, const char *name);
bool form_same_name(const char *a, const char *b);

/* True for every word that SQLite's grammar knows (its manual, "SQLite Keywords"). */
bool form_is_keyword(const char *word, size_t length);

/* The name that a token stands for, not quoted; NULL if it can be none. SQLite takes 'name' for a
 * name too where only a name can stand. */
const char *form_name(Arena *arena, const Token *token);

/* A name as it appears in a form: quoted only where it must be. */
void form_add_name(Text *text, const char *name);

/* The tokens first to last-1. `names` NULL: letters are kept. Otherwise they are not, except in
 * "quoted" words that are none of `names` (in lower case): SQLite takes those for strings. */
const char *form_print(Arena *arena, const SqlTokens *tokens, size_t first, size_t last,
                       const Map *names);

/* Behind the parenthesis that opens at `at`. */
size_t form_close(const SqlTokens *tokens, size_t at);

#endif
