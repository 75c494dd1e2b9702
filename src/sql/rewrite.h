/* Edits in the text of one PostgreSQL statement, placed by its tokens; what no edit touches stays
 * as it was written, comments too. */
#ifndef SQL_REWRITE_H
#define SQL_REWRITE_H

#include "base/vec.h"
#include "sql/lexer.h"

typedef struct RewriteToken {
    Token token;
    size_t depth; /* open parentheses and brackets before it; a closing one has its partner's */
} RewriteToken;

typedef struct RewriteEdit {
    size_t offset, length, order;
    const char *text;
} RewriteEdit;

typedef struct Rewrite {
    Arena *arena;
    const char *sql;
    size_t length;
    VEC(RewriteToken) tokens; /* comments left out; the last one is TOKEN_END */
    VEC(RewriteEdit) edits;
} Rewrite;

enum { REWRITE_NONE = INT32_MAX }; /* no token */

/* Reads the tokens. Comments that SQLite would end elsewhere (nested ones, and line comments that a
 * bare carriage return ends) are replaced by a blank. Fails as lexer_next does. */
Code rewrite_start(Rewrite *rewrite, Arena *arena, const char *sql, size_t length, Error *error);

/* The index of the token at a byte offset of the parse tree, or REWRITE_NONE. */
size_t rewrite_find(const Rewrite *rewrite, int location);

const Token *rewrite_token(const Rewrite *rewrite, size_t index);

/* The token, and whether it is this word or symbol. Indexes behind the end are TOKEN_END. */
bool rewrite_is(const Rewrite *rewrite, size_t index, const char *keyword);
bool rewrite_is_symbol(const Rewrite *rewrite, size_t index, char symbol);

/* The first token from `from` on that is the keyword and stands at `depth`, or REWRITE_NONE. */
size_t rewrite_seek(const Rewrite *rewrite, size_t from, size_t depth, const char *keyword);

/* The partner of the parenthesis or bracket at `index`. */
size_t rewrite_partner(const Rewrite *rewrite, size_t index);

/* The last token of the list element that `index` belongs to: before the comma or the closing
 * parenthesis of its depth, or the last token of all. */
size_t rewrite_element_end(const Rewrite *rewrite, size_t index);

/* Edits of the tokens first to last, both included. An edit inside another one has no effect. */
void rewrite_replace(Rewrite *rewrite, size_t first, size_t last, const char *text);
void rewrite_remove(Rewrite *rewrite, size_t first, size_t last); /* with the blanks before */
void rewrite_cut(Rewrite *rewrite, size_t first, size_t last);    /* up to the next token */
void rewrite_before(Rewrite *rewrite, size_t index, const char *text);
void rewrite_behind(Rewrite *rewrite, size_t index, const char *text);

/* The tokens first to last and all between them, edited, in `arena`. */
const char *rewrite_print(Rewrite *rewrite, Arena *arena, size_t first, size_t last);

#endif
