/* The erasure ledger: a file outside of the database and its backups that remembers what was
 * erased, so that a backup which is restored does not bring it back. It only grows, one JSON object
 * a line, and each line is sealed with the key and chained to the line before it. It holds no key
 * of a row, only keyed hashes. Several databases may share one file: each knows its own lines by
 * the id in rung's table `mark`, which its copies have too. */
#ifndef LIFECYCLE_LEDGER_H
#define LIFECYCLE_LEDGER_H

#include "lifecycle/life.h"

typedef enum {
    LEDGER_NONE,   /* rung.yaml names no file */
    LEDGER_LEVEL,  /* the database knows all that it was told */
    LEDGER_BEHIND, /* restored: rows that were erased may be there again */
    LEDGER_AHEAD,  /* the file is not the one it was: missing, shorter, or another */
} LedgerStanding;

typedef struct LedgerState {
    LedgerStanding standing;
    int64_t entries; /* lines of the file, of all databases */
    int64_t known;   /* lines that the database knows of */
    int64_t missing; /* BEHIND: erasures that it does not know */
    int64_t others;  /* lines of other databases */
} LedgerState;

/* Remembers the erasures of the rows with these keyed hashes: after their claim is committed,
 * before the first row is deleted. It is on the disk when this returns. What this run said already
 * is not said twice. A last line that was not written to its end is cut off, and an event says so.
 * Nothing without a file. RUNG_MISMATCH when a line is not what was written. */
Code ledger_append(Life *life, const char *subject, const char *const *hashes, size_t count,
                   Error *error);

/* The database has, in the transaction that is open, what the file says: sets its mark to the end.
 * RUNG_MISMATCH as ledger_require. */
Code ledger_know(Life *life, Error *error);

/* An erasure that the database has under way, or carried out in the same run, is no missing one:
 * its worker ended between ledger_append and ledger_know. RUNG_MISMATCH when a line of the file is
 * not what was written. */
Code ledger_state(Life *life, LedgerState *ret_state, Error *error);

/* RUNG_MISMATCH, with the command, when the database is not level with its ledger. */
Code ledger_require(Life *life, Error *error);

/* In words, what ledger_require refuses; NULL: nothing. */
const char *ledger_reason(const Life *life, const LedgerState *state, Arena *arena);

typedef struct LedgerReplay {
    int64_t entries; /* that the database did not know */
    int64_t rows;    /* that were looked at */
    int64_t again;   /* rows whose erasure is under way now */
    int64_t already; /* whose erasure was under way */
    int64_t absent;  /* entries without a row: nothing to do */
    int64_t others;  /* entries of other databases, left alone */
} LedgerReplay;

/* After a restore: finds the rows that the database does not know to be erased, and makes them
 * "purging", so that the purge removes them again. A transaction for each page of rows; what was
 * interrupted is done again from the beginning. With `every` also the entries of other databases,
 * for a backup from before rung's tables were made. `life->graph` is loaded. */
Code ledger_replay(Life *life, bool every, LedgerReplay *ret_replay, Error *error);

#endif
