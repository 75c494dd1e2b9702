/* Claiming requests that are due: from then on they cannot be cancelled. */
#ifndef LIFECYCLE_CLAIM_H
#define LIFECYCLE_CLAIM_H

#include "lifecycle/purge.h"

typedef struct Claim {
    int64_t id;
    const char *key, *hash;
    bool fresh; /* it was pending until now: nothing is removed yet, nor in the ledger */
    int64_t attempts;
    bool out; /* of this run: blocked, failed or done */
} Claim;
typedef VEC(Claim) ClaimList;

/* Takes what is due, and what an earlier run did not end, of one order if that is not NULL; at most
 * `limit`. One transaction, in which due date and state are looked at again. */
Code claim_due(Batch *batch, Arena *arena, const Subject *subject, const char *order, int64_t limit,
               ClaimList *ret_list, Error *error);

/* Puts one back, because nothing of it may go: to pending if nothing is gone yet. */
Code claim_block(Batch *batch, const Subject *subject, Claim *claim, const char *reason,
                 Error *error);

/* It failed: it is tried again later, each time after a longer while. */
Code claim_fail(Batch *batch, const Subject *subject, Claim *claim, const char *problem,
                Error *error);

/* Fills the temporary table rung_subjects with those of [first, last) that are not out: s is the
 * index
 * + 1. */
Code claim_list(Life *life, const ClaimList *list, size_t first, size_t last, Error *error);

/* RUNG_MISMATCH when the clock went back, or ahead further than grace periods are long, since it
 * was last seen, or when it differs from this machine's. */
Code clock_check(Life *life, Error *error);

/* Remembers the time as the latest seen; with `anew` also when it went back. */
Code clock_note(Life *life, bool anew, Error *error);

#endif
