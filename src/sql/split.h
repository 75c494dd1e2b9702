/* A script as statements, with the directives that stand in front of them. */
#ifndef SQL_SPLIT_H
#define SQL_SPLIT_H

#include "base/engine.h"
#include "base/error.h"
#include "base/vec.h"

/* Where a piece of SQL stands in the user's files. */
typedef struct SqlSource {
    Engine engine;    /* whose lexical rules hold */
    const char *file; /* for errors */
    int line;         /* of the first byte of `text` */
    const char *text; /* not changed, not copied */
    size_t length;
} SqlSource;

typedef struct SqlPiece {
    size_t offset; /* of its first token in SqlSource.text: comments before it are left out */
    size_t length; /* up to the end of its last token, the semicolon excluded */
    const char *directive; /* "backfill table=t …" or "commit" of the `-- rung:…` line before it,
                              one blank behind the word; NULL: none */
    int line, directive_line;
} SqlPiece;

typedef VEC(SqlPiece) SqlPieces;

/* Splits at semicolons that stand outside parentheses, quotes, comments, BEGIN ATOMIC bodies
 * (PostgreSQL) and trigger bodies (SQLite). Statements of blanks and comments only are dropped.
 * A `-- rung:notice TEXT` line becomes a piece of its own with length 0 and its directive;
 * `-- rung:ignore` lines are comments here.
 * RUNG_REVISION with file and line: unterminated text, a parenthesis or body that is never closed,
 * a NUL byte, a psql `\` command, an unknown directive, one inside a statement or that no statement
 * follows, COPY … FROM STDIN (its data would follow). */
Code sql_split(Arena *arena, const SqlSource *source, SqlPieces *ret_pieces, Error *error);

#endif
