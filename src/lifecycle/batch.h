/* Transactions of bounded time, one after the other, by one worker at a time. */
#ifndef LIFECYCLE_BATCH_H
#define LIFECYCLE_BATCH_H

#include "lifecycle/audit.h"
#include "lifecycle/measure.h"

/* The right to remove rows, and how much is done at once. A worker that was silent for longer than
 * the lease loses it to the next one; its own transactions fail from then on, because each looks
 * whether the epoch is still its own. */
typedef struct Batch {
    Life *life;
    int64_t epoch;
    int64_t holds; /* how often the holds had changed when they were read */
    int64_t size;  /* listed rows in one transaction */
    bool open;     /* a transaction of its own */
    int64_t started_us, longest_us, count, looked_us, renewed_us;
    int64_t took_us; /* the last one; 0: it was rested for */
    int64_t wal;     /* PostgreSQL: where it was when it was looked at; 0: not yet */
    Measures measures;
} Batch;

/* Takes the lease. RUNG_LOCKED, naming who has it, when another worker does. */
Code batch_start(Life *life, Batch *ret_batch, Error *error);

/* RUNG_LOCKED: what was to be changed belongs to another worker by now. */
Code batch_lost(Error *error);

/* So many rows of the table were chosen for removal. */
void batch_note_selected(Batch *batch, const char *policy, const char *table, int64_t rows);

/* Gives the lease back; nothing if it was lost. */
void batch_end(Batch *batch);

/* How often the holds have changed, into `holds`: the ones that are read behind it are the newest.
 */
Code batch_read_holds(Batch *batch, Error *error);

/* Begins a transaction: the lease is ours, the holds are those that were read (else `ret_stale` and
 * no transaction). With `bounded`, a statement that takes too long is stopped (PostgreSQL). */
Code batch_begin(Batch *batch, bool bounded, bool *ret_stale, Error *error);

/* Adds the one record of this transaction to the audit and commits. */
Code batch_commit(Batch *batch, const AuditEvent *event, Error *error);

/* Fits the size to the time that the last transaction took; it did `done` listed rows. */
void batch_adapt(Batch *batch, int64_t done);
bool batch_took_too_long(const Error *error); /* it was stopped for that */

/* Rests as lifecycle.purge.rest says, and waits while the server has enough to do: standbys behind,
 * sessions waiting for locks, WAL that slots keep. Asks at most once a second. */
Code batch_yield(Batch *batch, Error *error);

#endif
