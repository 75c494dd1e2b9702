/* What the files of the export share. */
#ifndef LIFECYCLE_EXPORT_PARTS_H
#define LIFECYCLE_EXPORT_PARTS_H

#include "base/text.h"
#include "lifecycle/export.h"

/* How the values of a column stand in JSON. */
typedef enum {
    CODING_PLAIN,  /* as PostgreSQL's row_to_json, or as SQLite stores them */
    CODING_TEXT,   /* exact numbers that a reader might round: as text */
    CODING_BASE64, /* bytes */
    CODING_JSON,   /* JSON as it is */
} ExportCoding;

typedef struct ExportColumn {
    const char *name, *type;
    ExportCoding coding;
} ExportColumn;

/* A table of the archive. Its rows are listed in a temporary table: `rung_k1`… tell them apart,
 * `rung_t1`… are the values that rows below reference. */
typedef struct ExportSet {
    KeyTable *table;
    const char *list; /* name of the temporary table */
    KeyNames keys;    /* columns, quoted */
    KeyNames targets; /* columns, not quoted */
    VEC(ExportColumn) columns;
    int64_t fresh, next; /* rows that the last level added, and this one */
    int64_t rows, bytes;
    const char *file; /* in the archive */
    char sha256[HASH_HEX_SIZE];
} ExportSet;

typedef struct Export {
    Life *life;
    Arena *arena;
    const Subject *subject;
    const char *key; /* as the database writes it */
    char hash[HASH_HEX_SIZE];
    ExportSet **sets;       /* by KeyTable.index; NULL: nothing of it */
    VEC(ExportSet *) order; /* by name */
    const bool *people;     /* by KeyTable.index: rows of it are subjects */
    KeyNames left_out;
    int64_t rows, started_us, wall_us;
    const char *path, *work; /* the archive, and the folder that it is made in */
    int lock;                /* on a file in that folder; -1: none */
} Export;

/* Fills the lists, in the transaction that is open. */
Code export_collect(Export *export, Error *error);

/* Writes the rows of one list as JSON lines into the file `path`. */
Code export_write(Export *export, ExportSet *set, const char *path, Error *error);

/* The folder that it is made in, new; the archive made of it; and its end. */
Code export_prepare(Export *export, const char *folder, Error *error);
Code export_pack(Export *export, ExportResult *result, Error *error);
void export_clean(Export *export);

/* The file's SHA-256 and size. */
Code export_hash(const char *path, char ret_hex[HASH_HEX_SIZE], int64_t *ret_bytes, Error *error);

/* "….work": where the archive `path` is made. */
const char *export_work(Arena *arena, const char *path);

/* History: a row that runs, and its end; in a transaction of their own. */
Code export_begin(Export *export, int64_t *ret_id, Error *error);
Code export_end(Export *export, const ExportResult *result, Error *error);
void export_fail(Export *export, int64_t id, const Error *why);

/* Rows of runs that ended without saying so become "failed", and what they left is removed, also in
 * `folder` what had no row yet. */
Code export_settle(Life *life, Arena *arena, const char *folder, Error *error);

#endif
