/* Archives of all rows that belong to a subject. */
#ifndef LIFECYCLE_EXPORT_H
#define LIFECYCLE_EXPORT_H

#include "lifecycle/guard.h"

typedef struct ExportResult {
    int64_t id; /* in rung's table export_history */
    const char *path;
    char sha256[HASH_HEX_SIZE];
    int64_t tables, rows, bytes, elapsed_us;
    KeyNames left_out; /* keys whose rows are those of other subjects */
} ExportResult;

/* Writes everything that references the row, directly or through others, as one moment of the
 * database, into one archive in `folder`, which is made if it is missing. What is half-done has
 * another name; a run that ends early is known by its history. RUNG_UNKNOWN when there is no such
 * row. Outside of a transaction; `life->graph` is loaded. */
Code export_run(Life *life, Arena *arena, const Subject *subject, const char *key,
                const char *folder, ExportResult *ret_result, Error *error);

typedef struct ExportRow {
    int64_t id;
    const char *subject, *hash, *status, *path, *by, *problem; /* path, problem: NULL: none */
    int64_t rows, bytes, started_at, finished_at, expires_at;
    bool missing; /* its archive should be there */
} ExportRow;

typedef struct ExportList {
    VEC(ExportRow) rows;       /* newest first */
    VEC(const char *) unknown; /* archives in the folder that the history does not know */
    int64_t removed;           /* export_expire: archives */
} ExportList;

/* The history and the folder: what a run that ended early left behind is settled first. At most
 * `limit` rows, 0: all. */
Code export_list(Life *life, Arena *arena, const char *folder, int64_t limit, ExportList *ret_list,
                 Error *error);

/* Removes the archives whose time is over, each before its row says so. What the history does not
 * know is left alone. */
Code export_expire(Life *life, Arena *arena, const char *folder, ExportList *ret_list,
                   Error *error);

#endif
