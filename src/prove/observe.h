/* What each statement of a run does to relations that others use, as the server itself tells it:
 * locks from pg_locks; rewrites from relation file numbers; scans, key validation and index builds
 * from the server's own DEBUG1 messages (src/backend/commands/tablecmds.c, catalog/index.c) and
 * from pg_stat_xact_all_tables. A statement with CONCURRENTLY waits behind another session's
 * snapshot while its locks are read.
 *
 * Relations that the transaction itself created are left out: nobody else uses them. */
#ifndef PROVE_OBSERVE_H
#define PROVE_OBSERVE_H

#include "apply/run.h"
#include "lint/hazard.h"

typedef struct Observed {
    const Revision *revision;
    bool undo;
    size_t step;         /* of the script; statements of one step share a transaction */
    bool outside;        /* it had no transaction block */
    int line;            /* in the revision's file */
    const char *sql;     /* as written */
    const char *command; /* "ALTER TABLE" */
    bool changes_rows;
    EffectList effects; /* on relations that were there before; SQLite knows no locks on them */
    EffectList held;    /* the blocking locks that earlier statements of the transaction took */
    int64_t elapsed_us;
    const char *failed; /* the server's words; NULL: it succeeded */
} Observed;

typedef VEC(Observed) ObservedList;

typedef struct Observer Observer;

/* Looks on from a second connection to the same database. */
Code observer_open(Arena *arena, const DbUrl *url, Observer **ret_observer, Error *error);
void observer_close(Observer *observer); /* NULL is accepted */

/* For RunOptions.observer. */
const RunObserver *observer_hooks(Observer *observer);

/* In the order in which they ran. */
const ObservedList *observer_list(const Observer *observer);

/* Called behind each statement that succeeded, in its transaction. */
typedef void ObserverVisit(void *context, Db *db, const Observed *observed);
void observer_visit(Observer *observer, ObserverVisit *visit, void *context);

#endif
