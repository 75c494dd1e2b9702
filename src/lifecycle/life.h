/* What every part of the lifecycle works with: a database, the policy, and what rung keeps there.
 */
#ifndef LIFECYCLE_LIFE_H
#define LIFECYCLE_LIFE_H

#include "base/crypto.h"
#include "lifecycle/graph.h"
#include "lifecycle/notify.h"
#include "rung/event.h"

#include <signal.h>

typedef struct Life Life;

/* A key of idempotency, whose it is, and what was asked with it: idempotency.h. */
typedef struct LifeOnce {
    const char *key, *scope, *payload;
} LifeOnce;

struct Life {
    Db *db;
    Engine engine;
    Arena *arena;                   /* for what lasts as long as this */
    const Lifecycle *policy;        /* of rung.yaml */
    const Notify *notify;           /* of rung.yaml; NULL: nobody is told of anything */
    const char *path;               /* of rung.yaml, for errors */
    const char *actor;              /* "user@host" */
    const char *run;                /* an id of its own */
    KeyGraph *graph;                /* after life_graph */
    const char *secret;             /* of the keyed hashes */
    const char *ledger, *anchor;    /* files, as they can be opened; NULL: none */
    struct LedgerSeen *ledger_seen; /* of ledger.c: what it read already */
    bool keep; /* its statements are few and come again: each is prepared once a connection */
    const struct AuditEvent *last; /* of audit_add_last: life_commit writes it; NULL */
    const LifeOnce *once;          /* NULL: it is done as often as it is asked for */
    _Atomic int *cancelled;
    void (*tell)(void *context, rung_event_type type, const char *text, int64_t done, int64_t total,
                 int64_t elapsed_us);
    void *context;

    /* What says, between long statements outside of transactions, that a worker lives; NULL:
     * nothing. */
    Code (*beat)(Life *life, Error *error);
    void *worker;
};

/* ---- rung's own tables ---- */

/* Whether they are there. */
Code life_present(Db *db, bool *ret_present, Error *error);

/* RUNG_UNKNOWN with the command that creates them when they are not. */
Code life_require(Life *life, Error *error);

/* Creates them in the transaction that is open; `present`: only those that came later. */
Code life_create(Life *life, bool present, Error *error);

/* One statement for both engines: {erasure} is one of rung's tables, {now} the database's time,
 * {epoch X} seconds since 1970 of a time that it keeps, {time X} such seconds as it keeps them, $1
 * a parameter. What stands in quotes stays as it is. `arena` and `ret_rows` may be NULL. */
Code life_query(Life *life, Arena *arena, const char *text, const char *const *params, size_t count,
                DbRows *ret_rows, Error *error);
const char *life_text(Life *life, Arena *arena, const char *text);

/* `LIFE(life, arena, &rows, error, "SELECT …", a, b)`. */
#define LIFE(life, arena, ret_rows, error, ...)                                                    \
    life_query((life), (arena), ((const char *const[]){__VA_ARGS__})[0],                           \
               ((const char *const[]){__VA_ARGS__}) + 1,                                           \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *) - 1, (ret_rows),        \
               (error))

/* ---- transactions ---- */

/* Begins to write. SQLite takes the lock at once, so that nothing is read that another changes. */
Code life_begin(Life *life, Error *error);
Code life_commit(Life *life, Error *error);
Code life_rollback(Life *life, Code code); /* gives `code` back; nothing if none is open */

/* Runs `work` in a transaction of its own, and again a few times when that fails for a passing
 * reason; it must be able to begin anew. */
typedef Code LifeWork(Life *life, void *context, Error *error);
Code life_transaction(Life *life, LifeWork *work, void *context, Error *error);

/* Whether the statement that failed may well succeed when it is tried again: a deadlock, a lock
 * that was not given in time, a serialization failure, SQLITE_BUSY. */
bool life_is_passing(const Error *error);

/* ---- the rest ---- */

Code life_graph(Life *life, Error *error); /* loaded and classified */

/* The keyed hash that stands for the row `key` of a subject. */
void life_hash(const Life *life, const char *subject, const char *key, char ret_hex[HASH_HEX_SIZE]);

const SubjectPolicy *life_subject(const Life *life, const char *name); /* or NULL */

/* Adds "name", as sql_add_name does; into `arena`. */
const char *life_name(Arena *arena, const char *name);

/* The time `from` and so many calendar months (of the 31st the last day, where a month is shorter)
 * and seconds later, in UTC whatever the session's time zone; all are SQL, as rung keeps times. */
const char *life_later(const Life *life, Arena *arena, const char *from, const char *months,
                       const char *seconds);

/* `t."id" = …`: whether the column of the row `alias` has this value; `value` is SQL of a text, a
 * parameter or a constant. The column may be SQLite's rowid. */
const char *life_equals(const Life *life, Arena *arena, const char *alias, const KeyTable *table,
                        const char *column, const char *value);

/* A text as a constant of SQL. */
const char *life_constant(Arena *arena, const char *text);

/* RUNG_INTERRUPTED after the caller was cancelled. */
Code life_check_cancelled(const Life *life, Error *error);

#endif
