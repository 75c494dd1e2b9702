/* What the files of the vault share, and nobody else. */
#ifndef LIFECYCLE_VAULT_PARTS_H
#define LIFECYCLE_VAULT_PARTS_H

#include "lifecycle/vault.h"
#include "lifecycle/vault_value.h"

typedef struct VaultId {
    const char *name;
    const char *sql;  /* quoted */
    const char *type; /* PostgreSQL, as SQL */
} VaultId;

/* A column of the vault, as it is in the database. */
typedef struct VaultTable {
    const VaultColumn *setting;
    Engine engine;
    const char *schema, *table, *column; /* schema NULL on SQLite */
    const char *sql;                     /* the table, quoted */
    const char *column_sql, *lookup_sql; /* quoted; lookup_sql NULL: none */
    VEC(VaultId) ids;
    bool bytes;    /* PostgreSQL: bytea */
    int64_t limit; /* PostgreSQL: characters of a varchar(n); 0: no limit */
    Bytes place;   /* what its values are bound to */
    /* conditions, of rows whose value is not NULL */
    const char *sealed, *unsealed;
    const char *key_id; /* expression: of a sealed value */
} VaultTable;

typedef VEC(VaultTable) VaultTableList;

/* All columns of the configuration; see vault_encrypt for the errors. RUNG_MISMATCH for one that is
 * not in the database. */
Code vault_tables(Db *db, Arena *arena, const VaultRun *run, VaultTableList *ret_tables,
                  Error *error);

/* Session settings that the statements rely on. */
Code vault_session(Db *db, const VaultRun *run, Error *error);

typedef struct VaultRow {
    const char *const *ids;       /* text */
    const char *const *constants; /* SQLite: the same as SQL */
    Bytes value;                  /* as stored; points to writable memory of the arena */
    bool blob;
    const char *lookup; /* as stored; NULL: NULL, or there is no such column */
    const char *sealed; /* what is written */
    const char *new_lookup;
    Bytes plain; /* of what is written */
} VaultRow;

typedef VEC(VaultRow) VaultRowList;

typedef struct VaultRange {
    const char *condition;
    const VaultRow *after; /* NULL: from the beginning */
    bool inclusive;        /* `after` is in it */
    bool lock;             /* PostgreSQL: nobody else changes them until the transaction ends */
    int64_t most;
} VaultRange;

/* Rows in the order of their ids. RUNG_REFUSED with the row for what is neither text nor bytes. */
Code vault_rows_read(Db *db, Arena *arena, const VaultTable *table, const VaultRange *range,
                     VaultRowList *ret_rows, Error *error);

/* Writes `sealed` and `new_lookup` of each. */
Code vault_rows_write(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                      Error *error);

/* What is stored now, row by row in the same order; NULL bytes for a row that is not there. */
Code vault_rows_stored(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                       Bytes *ret_stored, Error *error);

Code vault_count(Db *db, const VaultTable *table, const char *condition, int64_t *ret_count,
                 Error *error);

/* "id 4", "(org 1, id 7)": for messages. */
char *vault_row_title(Arena *arena, const VaultTable *table, const VaultRow *row);

/* RUNG_MISMATCH with the first row whose key is not there. */
Code vault_keys_known(Db *db, const VaultTableList *tables, const VaultRun *run, Error *error);

/* ROLLBACK, if a transaction is open; returns `code`. */
Code vault_undo(Db *db, Code code);

#endif
