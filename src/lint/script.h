/* One section of a revision as its statements, and the transactions in which rung runs them: one,
 * unless a statement cannot run in it, is a backfill, or has `-- rung:commit` in front of it. */
#ifndef LINT_SCRIPT_H
#define LINT_SCRIPT_H

#include "lint/effects.h"
#include "lint/tree.h"
#include "sql/classify.h"
#include "sql/split.h"

/* `-- rung:ignore RULE [until=DATE] REASON` */
typedef struct LintIgnore {
    const char *rule, *until, *reason; /* NULL, and a reason of "", when it is not there */
    int line;
    size_t offset; /* of the statement behind it, in LintScript.text */
    bool whole;    /* it stands above the sections: for all statements of the file */
    bool used;
} LintIgnore;

typedef struct LintStatement {
    const char *sql; /* NUL-terminated only if it was translated */
    size_t length;
    size_t offset; /* in LintScript.text */
    int line;
    SqlFacts facts;
    Tree tree;          /* PostgreSQL; NULL when it could not be parsed, or is only rows */
    const char *reason; /* why it could not be parsed; NULL: it was, or need not be */
    size_t transaction; /* those with one number run in one */
    bool outside;       /* it runs alone, without a transaction */
    bool backfill;
    Effects effects; /* PostgreSQL */
} LintStatement;

typedef struct LintScript {
    Engine engine;
    bool translated; /* PostgreSQL's SQL, as SQLite gets it */
    const char *text;
    size_t length;
    int line;       /* of its first line */
    size_t notices; /* lines `-- rung:notice` */
    VEC(LintStatement) statements;
    VEC(LintIgnore) ignores;
} LintScript;

/* Reads what `source` holds. With `translate` it is PostgreSQL's SQL for SQLite. RUNG_REVISION with
 * file and line for text that cannot be cut into statements or, in part, be translated. */
Code lint_script_read(Arena *arena, const SqlSource *source, bool translate, LintScript *ret_script,
                      Error *error);

/* Adds the `-- rung:ignore` lines of `text`, each like `ignore`, whose line is the text's first. */
void lint_script_ignores(Arena *arena, LintScript *script, const char *text, size_t length,
                         LintIgnore ignore);

#endif
