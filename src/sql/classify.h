/* What a statement is, as far as running it needs to know.
 *
 * It is judged by its tokens, not by a parser: a grammar knows one version of PostgreSQL, and a
 * data revision of 100 MB need not be parsed. What the words of a statement cannot tell (whether a
 * procedure commits, whether a table is partitioned) stays unknown. */
#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

#include "base/arena.h"
#include "base/engine.h"
#include "base/error.h"

/* Why a statement cannot run inside a transaction block, and how an interrupted one is settled. */
typedef enum {
    OUTSIDE_NO,               /* it can */
    OUTSIDE_CREATE_INDEX,     /* CREATE INDEX CONCURRENTLY */
    OUTSIDE_DROP_INDEX,       /* DROP INDEX CONCURRENTLY */
    OUTSIDE_REINDEX,          /* REINDEX … CONCURRENTLY, SCHEMA, DATABASE, SYSTEM */
    OUTSIDE_DETACH_PARTITION, /* ALTER TABLE … DETACH PARTITION … CONCURRENTLY */
    OUTSIDE_ADD_VALUE,        /* ALTER TYPE … ADD VALUE: only where a later statement uses it */
    OUTSIDE_REPEATABLE,       /* VACUUM, CLUSTER without a table, ALTER SYSTEM, CHECKPOINT-like */
    OUTSIDE_CREATE,           /* CREATE DATABASE, TABLESPACE, SUBSCRIPTION */
    OUTSIDE_DROP,             /* DROP of the same */
    OUTSIDE_PRAGMA,           /* SQLite: PRAGMA, ATTACH, DETACH */
} Outside;

typedef struct SqlFacts {
    bool parsed;         /* its first words are those of a statement that rung knows */
    const char *command; /* "CREATE INDEX", "ALTER TABLE": for people and for the log */
    Outside outside;
    bool controls_transaction; /* BEGIN, COMMIT, ROLLBACK, SAVEPOINT, PREPARE TRANSACTION … */
    bool sets_session;         /* SET without LOCAL, RESET, DISCARD, LISTEN, PREPARE, set_config */
    bool copies_from_client;   /* COPY … FROM STDIN / TO STDOUT */
    bool drops_table;          /* DROP TABLE: SQLite runs it with foreign keys off */
    bool changes_rows;         /* UPDATE, DELETE, INSERT, MERGE */
    bool returns_rows;         /* SELECT, VALUES, TABLE, SHOW, EXPLAIN, … RETURNING */
    const char *kind;   /* of the object named below: "index", "database", "pragma", …; or NULL */
    const char *schema; /* as the server would fold it; NULL: by search_path */
    const char *name;   /* the index, partition, database, type … ; NULL: not known */
    const char *relation; /* CREATE INDEX, DETACH: the table */
    const char *relation_schema;
    const char *value; /* ADD VALUE: the label */
    bool if_exists;    /* IF EXISTS or IF NOT EXISTS was written */
} SqlFacts;

/* Never fails: what is not known gives its first word and nothing else. Strings are in `arena`. */
Code sql_classify(Arena *arena, Engine engine, const char *sql, size_t length, SqlFacts *ret_facts,
                  Error *error);

/* True if a string constant of `sql` (or a dollar-quoted body) holds `label` as a whole word. */
bool sql_mentions(Engine engine, const char *sql, size_t length, const char *label);

#endif
