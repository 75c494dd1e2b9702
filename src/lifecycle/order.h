/* Orders: erasures of several subjects, and exports that a subject asks for. One transaction says
 * what is to be done; it is carried out behind that, by whoever comes first, once. */
#ifndef LIFECYCLE_ORDER_H
#define LIFECYCLE_ORDER_H

#include "lifecycle/export.h"
#include "lifecycle/idempotency.h"
#include "lifecycle/purge.h"

typedef struct Order {
    const char *id;      /* cannot be guessed */
    const char *kind;    /* "erase", "export" */
    const char *subject; /* of rung.yaml */
    const char *state;   /* "queued", "running", "done", "failed" */
    bool detached;       /* who ordered was told to ask for it later */
    int64_t total, done; /* subjects, and those that are erased or exported */
    int64_t created_at, finished_at;
    const char *by, *problem; /* problem: NULL: none */

    /* exports */
    const char *hash, *key;    /* key: NULL once it is carried out */
    const char *path, *sha256; /* of the archive; NULL: there is none */
    int64_t bytes, expires_at;
    bool expired; /* its archive is removed */
} Order;
typedef VEC(Order) OrderList;

/* A subject of an order that cannot go now. */
typedef struct OrderProblem {
    const char *key, *text;
    bool held; /* else it failed, and is tried again */
} OrderProblem;
typedef VEC(OrderProblem) OrderProblems;

/* One order. RUNG_UNKNOWN when there is none, or it is not that of `hash` (NULL: anybody's). */
Code order_read(Life *life, Arena *arena, const char *id, const char *hash, Order *ret_order,
                Error *error);

/* Those that are not done, oldest first. */
Code order_open(Life *life, Arena *arena, OrderList *ret_list, Error *error);

/* A new id. */
const char *order_id(Arena *arena);

/* ---- erasing ---- */

typedef struct OrderPlaced {
    const char *id;         /* NULL: it was refused, see `problems` */
    bool repeated;          /* it was placed before, with the same key of idempotency */
    OrderProblems problems; /* who is held */
} OrderPlaced;

/* All rows of `keys` (as the database writes them) are to be erased now, or when one of them is
 * held, none, and nothing is changed. Keys without a row do not count. One transaction; from then
 * on nothing of it can be taken back. `detached`: whoever orders is told to ask for it later. */
Code order_place(Life *life, Arena *arena, const Subject *subject, const KeyNames *keys,
                 const char *by, bool detached, OrderPlaced *ret_placed, Error *error);

/* Whoever ordered is told to ask for it later. */
Code order_detach(Life *life, const char *id, Error *error);

/* Subjects of the order that were tried and stay. */
Code order_problems(Life *life, Arena *arena, const char *id, OrderProblems *ret_list,
                    Error *error);

/* Orders whose requests have all come to their end are done. In the transaction that is open. */
Code order_settle(Life *life, Error *error);

/* Removes what is over for longer than lifecycle.answers_keep; in that transaction, too. */
Code order_expire(Life *life, Error *error);

/* ---- exporting ---- */

/* Orders an export of the row; one that is open already is given again. `ret_id` is NULL when it
 * was asked for too often: `ret_wait` says for how many seconds. RUNG_UNKNOWN: no such row. */
Code order_export(Life *life, Arena *arena, const Subject *subject, const char *key,
                  const char **ret_id, int64_t *ret_wait, Error *error);

/* Makes the archive in `folder`; nothing when another process is at it. What fails for good is in
 * the order, and no error. */
Code order_export_run(Life *life, Arena *arena, const char *id, const char *folder, Error *error);

#endif
