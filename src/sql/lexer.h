/* SQL text as tokens, without a copy, in one pass.
 *
 * PostgreSQL's rules are those of src/backend/parser/scan.l with standard_conforming_strings on:
 * nested comments, E'', U&'', B''/X'', dollar quotes. SQLite's are those of src/tokenize.c:
 * [name], `name`, comments that do not nest, no dollar quotes. */
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

#include "base/engine.h"
#include "base/error.h"

typedef enum {
    TOKEN_END,
    TOKEN_COMMENT, /* with its newline excluded */
    TOKEN_WORD,    /* keyword or unquoted name */
    TOKEN_NAME,    /* quoted name, with its quotes */
    TOKEN_STRING,  /* any string constant, with prefix and quotes */
    TOKEN_NUMBER,
    TOKEN_PARAM,  /* $1, ?1, :name */
    TOKEN_SYMBOL, /* one operator or punctuation character; "::" is one token */
} TokenType;

typedef struct Token {
    TokenType type;
    const char *text;
    size_t length;
    int line; /* 1-based, counted from the lexer's first line */
} Token;

typedef struct Lexer {
    Engine engine;
    const char *file; /* for errors */
    const char *at, *end;
    int line;
} Lexer;

void lexer_start(Lexer *lexer, Engine engine, const char *file, int line, const char *text,
                 size_t length);

/* The next token, TOKEN_END at the end. RUNG_REVISION with file and the line where it began for an
 * unterminated string, quoted name, dollar quote or comment. */
Code lexer_next(Lexer *lexer, Token *ret_token, Error *error);

/* Case-insensitive comparison of a TOKEN_WORD with an upper-case keyword. */
bool token_is(const Token *token, const char *keyword);
bool token_is_symbol(const Token *token, char symbol);

#endif
