/* What each engine's file provides to db.c. A driver's own struct begins with a Db. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

#include <stdatomic.h>

typedef struct DbDriver {
    Code (*open)(const DbUrl *url, const DbOptions *options, Db **ret_db, Error *error);
    void (*close)(Db *db);
    bool (*lost)(const Db *db);
    bool (*alive)(Db *db);
    bool (*reset)(Db *db);
    bool (*in_transaction)(const Db *db);
    int (*backend_pid)(const Db *db);
    void (*cancel)(Db *db); /* safe in a signal handler */

    /* `statement->length` is set, and the text holds no NUL byte. */
    Code (*query)(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows,
                  Error *error);

    /* Failures go to db_queue_fail, of the first failed statement only; drain empties the queue
     * in any case. */
    void (*queue)(Db *db, const DbStatement *statement);
    void (*drain)(Db *db);

    Code (*settle)(Db *db, Error *error); /* NULL: nothing is to be done */

    /* Both for one more statement, with its rows. NULL: a BEGIN need not travel with another. */
    void (*finish)(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows);
} DbDriver;

struct Db {
    const DbDriver *driver;
    Engine engine;
    DbOptions options;
    int version;

    int64_t started_us, waited_us; /* the statement that runs; the last call of `waiting` */
    _Atomic int64_t cancelled_us;  /* the last db_cancel; 0: never */

    const char *begin; /* of db_begin, not sent yet; NULL */
    bool queued;       /* since the last drain */
    bool failed;       /* one of the queue, and then: */
    size_t failed_tag;
    Error failure;
};

extern const DbDriver pg_driver, sqlite_driver;

/* Remembers the first failure of the queue. */
void db_queue_fail(Db *db, size_t tag, const Error *error);

/* Every statement begins with the first; the second calls options.waiting when 100 ms have
 * passed and returns the milliseconds until the next call, or -1 if nobody wants one. */
void db_start(Db *db);
int db_tick(Db *db);

/* Whether db_cancel was meant for the statement that runs: it came after its beginning, or at most
 * `late_us` before, for a cancel takes its time on the way to a server. */
bool db_cancelled(const Db *db, int64_t late_us);

/* The line in which byte `offset` of a statement stands, 1-based. */
int db_line(const char *sql, size_t offset);

#endif
