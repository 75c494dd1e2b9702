/* A cursor over the tokens of one statement, comments left out, for code that reads by words. */
#ifndef SQL_READER_H
#define SQL_READER_H

#include "base/arena.h"
#include "sql/lexer.h"

typedef struct Reader {
    Lexer lexer;
    Token token;        /* the current one; TOKEN_END at the end and where the text is broken */
    const char *behind; /* the end of the token before it */
    size_t depth;       /* open parentheses before it */
} Reader;

void reader_start(Reader *reader, Engine engine, const char *sql, size_t length);
void reader_step(Reader *reader);

/* Steps over the word or symbol if it is the current token. */
bool reader_word(Reader *reader, const char *keyword);
bool reader_symbol(Reader *reader, char symbol);

/* Steps over a parenthesis and all up to its partner, if the current token opens one. */
bool reader_parentheses(Reader *reader);

/* One name as the server would store it: PostgreSQL folds unquoted ones to lower case and keeps
 * 63 bytes. NULL, and no step, when the current token is no name. */
const char *reader_name(Reader *reader, Arena *arena);

/* name, schema.name or database.schema.name; `ret_schema` NULL when there is none. False, and both
 * NULL, when the current token is no name. */
bool reader_qualified(Reader *reader, Arena *arena, const char **ret_schema, const char **ret_name);

/* The value of a TOKEN_STRING: quotes removed, '' and the simple escapes of E'' resolved. */
const char *token_value(Arena *arena, const Token *token);

#endif
