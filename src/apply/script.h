/* One direction of one revision, ready to run on one engine: its statements, cut into steps at
 * those that cannot share a transaction. */
#ifndef APPLY_SCRIPT_H
#define APPLY_SCRIPT_H

#include "base/vec.h"
#include "revision/revision.h"
#include "sql/backfill.h"
#include "sql/classify.h"

/* A statement, or a notice for people (then `notice` is set and `sql` is NULL). */
typedef struct Command {
    const char *sql;
    size_t length;
    const char *notice;
    int line;          /* in the revision's file */
    bool sets_session; /* its effect outlives the transaction, and ends with the session */
} Command;

typedef enum {
    STEP_TRANSACTION, /* any number of statements, in one transaction */
    STEP_OUTSIDE,     /* one statement that runs outside a transaction */
    STEP_BACKFILL,    /* one statement, in batches, each its own transaction */
} StepType;

typedef struct ScriptStep {
    StepType type;
    size_t first, count; /* of Script.commands */
    bool apart;          /* what stands before it is committed first */
    SqlFacts *facts;     /* OUTSIDE */
    Backfill *backfill;  /* BACKFILL */
    char hash[HASH_HEX_SIZE];
} ScriptStep;

typedef struct Check {
    const char *title;
    bool none;              /* passes when no row comes back */
    const char *uses_index; /* passes when the plan of the query uses this index; NULL: no */
    const char *sql;
    size_t length;
    int line;
} Check;
typedef VEC(Check) CheckList;

typedef struct Script {
    Arena *arena;
    Revision *revision;
    Engine engine;
    bool undo;
    VEC(Command) commands;
    VEC(ScriptStep)
    steps;             /* one when everything shares a transaction; none when there is nothing */
    CheckList checks;  /* of an upgrade */
    size_t statements; /* commands that are not notices */
    size_t size;       /* of the file in bytes */
    bool sets_session; /* a SET outlives the transaction */
    bool foreign_keys_off;   /* SQLite: a table is dropped or the script says PRAGMA foreign_keys */
    bool foreign_keys_named; /* the script has its own PRAGMA foreign_keys, which rung replaces */
} Script;

/* Reads the revision's file again and prepares it; `ret_script` is freed with script_free.
 * RUNG_MISMATCH if the file is not the one that the graph read; RUNG_REVISION with file and line:
 * no section for this engine and direction, a statement that has no translation, one that ends the
 * transaction, COPY … FROM STDIN. */
Code script_load(Revision *revision, Engine engine, bool undo, Script **ret_script, Error *error);
void script_free(Script *script);

/* Only the checks, without the statements. */
Code script_load_checks(Revision *revision, Engine engine, Script **ret_script, Error *error);

/* "2 transactions and CREATE INDEX CONCURRENTLY": for the plan. */
const char *step_title(const Script *script, const ScriptStep *step, Arena *arena);

/* Puts file, line, revision and statement into an error of `command`. */
void script_locate(const Script *script, const Command *command, Error *error);

#endif
