/* Removing rows: those of subjects whose erasure is due, and what is below them. */
#ifndef LIFECYCLE_PURGE_H
#define LIFECYCLE_PURGE_H

#include "lifecycle/batch.h"
#include "lifecycle/doom.h"
#include "lifecycle/erasure.h"
#include "lifecycle/hold.h"

typedef struct PurgeTable {
    const char *title;
    int64_t gone, nulled; /* rows removed, and rows whose reference was set to NULL */
} PurgeTable;
typedef VEC(PurgeTable) PurgeTables;

/* A subject that could not be erased. */
typedef struct PurgeProblem {
    const char *subject, *key;
    const char *text;
    bool held; /* by a hold, or by rows with the class restrict; else it failed */
} PurgeProblem;

typedef struct PurgeReport {
    PurgeTables tables; /* with rows only; children first */
    VEC(PurgeProblem) problems;
    int64_t subjects;            /* erased, or with a dry run: that would be */
    int64_t batches, longest_us; /* transactions, and the longest of them */
    int64_t elapsed_us;
    int64_t wal_bytes; /* that the server wrote meanwhile, others' too; 0: not known */
} PurgeReport;

typedef struct PurgeOptions {
    const char *subject;     /* of rung.yaml; NULL: all */
    bool dry_run;            /* count only: in one snapshot, nothing is changed */
    bool force;              /* the clock is right although it seems not to be */
    const char *const *keys; /* dry run: of `subject`, in place of those that are due; NULL */
    size_t key_count;
    const char *order; /* the requests of this order alone; NULL */
} PurgeOptions;

/* Erases every subject that is due. What fails or is held stays, is in the report, and holds nobody
 * else up. RUNG_REFUSED when the keys below a subject have no clear classes, RUNG_LOCKED when
 * another worker is at it, RUNG_MISMATCH when the clock cannot be right. After any other error what
 * was committed stays, and the next run goes on. */
Code purge_run(Life *life, Arena *arena, const PurgeOptions *options, PurgeReport *ret_report,
               Error *error);

/* In the transaction that is open: who of these rows could not be erased now, and why. */
Code purge_look(Life *life, Arena *arena, const Subject *subject, const KeyNames *keys,
                PurgeReport *ret_report, Error *error);

/* ---- for what removes other rows in the same way ---- */

typedef struct Purge Purge;

/* What is done in the transaction that removes the root's rows with n from $1 to $2. */
typedef Code PurgeFinish(Purge *purge, const char *const range[2], int64_t *ret_subjects,
                         Error *error);

struct Purge {
    Life *life;
    Arena *arena; /* of the pass */
    Batch *batch;
    Doom *doom;
    const HoldList *holds;
    const char *policy;    /* subject, or policy of retention: for the audit */
    const char *condition; /* that rows of the root must still meet when they go; NULL */
    PurgeFinish *finish;   /* NULL: nothing is done */
    void *context;
    bool again;          /* something came in between: the lists are not right any more */
    bool touched;        /* something was committed */
    int64_t unit, units; /* progress: listed rows times keys */
    int64_t rows, since_us;
};

/* Removes what is listed, and what is below it. `again` is set when the lists must be made anew. */
Code purge_delete(Purge *purge, Error *error);

/* Root rows (their s) that may not go, with the reason; each once. */
typedef struct PurgeBlock {
    int64_t s;
    const char *reason;
} PurgeBlock;
typedef VEC(PurgeBlock) PurgeBlocks;
Code purge_blocks(Purge *purge, PurgeBlocks *ret_blocks, Error *error);

/* Settings of the session without which nothing may be removed. */
Code purge_prepare(Life *life, Error *error);

/* Counts what is listed and what is below it as gone, and removes nothing. */
Code purge_count(Purge *purge, Error *error);

/* Notes what is listed as chosen for removal. */
void purge_note_selected(const Purge *purge);

/* Adds what is gone to `tables`; names are in `arena`. */
void purge_add_counts(const Doom *doom, Arena *arena, PurgeTables *tables);

#endif
