/* What stands in the way of a deployment, asked of the target; nothing there is changed. An error
 * among the findings stops a deployment, a warning is told. */
#ifndef PROVE_PREFLIGHT_H
#define PROVE_PREFLIGHT_H

#include "prove/rehearse.h"

typedef struct PreflightOptions {
    const DbUrl *url;
    int old_transaction_ms;    /* transactions of others that are older are told */
    int lock_timeout_ms;       /* how long a lock of another session may be held; 0: 2 s */
    const char *backup_folder; /* where a backup goes, there or not yet; NULL: none is made */
    _Atomic int *cancelled;
} PreflightOptions;

/* What can be asked without knowing the revisions: old transactions, prepared ones, replication,
 * invalid indexes, another run of rung, room for the backup, whether it can be written at all. */
Code preflight_target(Db *db, Arena *arena, const PreflightOptions *options, HazardList *findings,
                      Error *error);

/* What the rehearsal saw held against the target: sessions whose locks are in the way for as long
 * as a statement would wait, the role's rights, room for what is rewritten. `db` NULL, for a file
 * that is not there yet: nothing to ask. */
Code preflight_rehearsed(Db *db, Arena *arena, const PreflightOptions *options,
                         const Rehearsal *rehearsal, const TableSizeList *sizes,
                         HazardList *findings, Error *error);

/* Names of the indexes that are invalid, as SQL; PostgreSQL only. */
Code preflight_invalid_indexes(Db *db, Arena *arena, DbRows *ret_rows, Error *error);

/* ---- preflight_locks.c ---- */

/* Asks for at most as long as a statement of the run would wait: who is still in the way then is an
 * error. PostgreSQL: by the locks that the rehearsal saw; SQLite: whoever has the file. */
Code preflight_locks(Db *db, Arena *arena, const PreflightOptions *options,
                     const Rehearsal *rehearsal, HazardList *findings, Error *error);

/* Free bytes for this user where `path` is, or would be; below 0: not known. */
double preflight_room(Arena *arena, const char *path);

#endif
