/* Effects that happen once, however often they are asked for with the same key
 * (draft-ietf-httpapi-idempotency-key-header-07). What was answered is kept in the transaction of
 * the effect: there is one exactly if there is the other. */
#ifndef LIFECYCLE_IDEMPOTENCY_H
#define LIFECYCLE_IDEMPOTENCY_H

#include "lifecycle/erasure.h"

/* RUNG_MISMATCH with the command that creates the tables of orders and answers when they are
 * missing. */
Code order_require(Life *life, Error *error);
Code order_present(Life *life, bool *ret_present, Error *error);

/* In the transaction that is open, before anything else of it: what was answered to life->once the
 * first time, as JSON, or NULL: it is new, or there is no key. RUNG_USAGE when the key was used for
 * another request, RUNG_LOCKED while that is under way. What is refused after it has to be rolled
 * back. */
Code idempotency_begin(Life *life, Arena *arena, const char **ret_answer, Error *error);

/* At its end: keeps the answer. Nothing without a key. */
Code idempotency_end(Life *life, const char *answer, Error *error);

/* Runs `work`, which fills `erasure`, in a transaction; with a key that was used before it is not
 * run, and `erasure` is as it was then, but with `key`. */
Code idempotency_erasure(Life *life, LifeWork *work, void *context, const char *key, Arena *arena,
                         Erasure *erasure, Error *error);

/* Forgets what is older than lifecycle.answers_keep, in the transaction that is open. */
Code idempotency_expire(Life *life, Error *error);

#endif
