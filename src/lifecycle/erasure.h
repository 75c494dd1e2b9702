/* Requests to be erased: pending, then purging and purged, or cancelled. */
#ifndef LIFECYCLE_ERASURE_H
#define LIFECYCLE_ERASURE_H

#include "lifecycle/guard.h"

typedef struct Erasure {
    int64_t id;
    const char *subject, *key; /* key: NULL once it is purged */
    const char *hash;
    const char *state;               /* "pending", "purging", "purged", "cancelled" */
    int64_t requested_at, due_at;    /* seconds since 1970 */
    int64_t claimed_at, finished_at; /* 0: not */
    int64_t now;                     /* of the database */
    int64_t attempts;
    const char *by, *problem; /* problem: NULL: none */
    const char *table;        /* after erasure_tables: as holds name it; NULL: not known */
} Erasure;
typedef VEC(Erasure) ErasureList;

/* How many days are left, rounded up; 0 when it is due. */
int64_t erasure_days(const Erasure *erasure);

/* Creates rung's tables if they are missing, mends the guards (those of what is no subject any more
 * go), and takes over the requests
 * that stand in the column `requested_at` already; `ret_adopted` says how many. One transaction. */
Code erasure_init(Life *life, int64_t *ret_adopted, Error *error);

/* Removes the guards, for a revision that drops or rebuilds what they are on; audited. The requests
 * and rung's tables stay. One transaction. */
Code erasure_unguard(Life *life, Error *error);

/* Asks for the row's erasure after the grace period, or at once. Asked again it changes nothing and
 * gives what was asked first. RUNG_UNKNOWN when there is no such row. */
Code erasure_request(Life *life, Arena *arena, const Subject *subject, const char *key,
                     bool at_once, Erasure *ret_erasure, bool *ret_repeated, Error *error);

/* Takes the request back. RUNG_UNKNOWN when there is none; RUNG_REFUSED when the purge has begun.
 */
Code erasure_cancel(Life *life, Arena *arena, const Subject *subject, const char *key,
                    Erasure *ret_erasure, Error *error);

/* The key as the database writes it, and whether there is such a row. */
Code erasure_key(Life *life, Arena *arena, const Subject *subject, const char *asked,
                 const char **ret_key, bool *ret_present, Error *error);
/* In the transaction that is open the row's request, a new one if it has none, becomes "purging",
 * whose run is not known: from then on it cannot be taken back. `ret_id` is 0 when there is no such
 * row; `ret_begun` is false when it was so already. */
Code erasure_purging(Life *life, Arena *arena, const Subject *subject, const char *key,
                     int64_t *ret_id, const char **ret_hash, bool *ret_begun, Error *error);

/* For a row that was erased before and is back, from a backup: in the transaction that is open its
 * request, a new one if it has none, becomes "purging", whose run is not known. `ret_again` is
 * false when it was so already or there is no row. */
Code erasure_again(Life *life, Arena *arena, const Subject *subject, const char *key,
                   bool *ret_again, Error *error);

typedef struct ErasurePart {
    int64_t limit, offset; /* limit 0: all */
} ErasurePart;

/* The requests of one row, by its key or its keyed hash, or with key NULL those of a state (NULL:
 * the open ones; "": all), or a part of them; oldest first. `part` NULL: all. */
Code erasure_list(Life *life, Arena *arena, const char *subject, const char *key, const char *state,
                  const ErasurePart *part, ErasureList *ret_list, Error *error);

/* Says of each in which table its row is; the graph is loaded. */
void erasure_tables(const Life *life, Arena *arena, ErasureList *list);

#endif
