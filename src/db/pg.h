/* Shared by the files of the PostgreSQL driver. */
#ifndef DB_PG_H
#define DB_PG_H

#include "base/map.h"
#include "base/text.h"
#include "db/driver.h"
#include "db/pg_symbols.h"

/* A statement prepared under a name. */
typedef struct PgKept {
    char name[24];
    bool ready; /* the server has it, or its Parse is in the queue */
} PgKept;

/* One sent statement whose result has not been read. */
typedef struct PgQueued {
    DbStatement statement; /* without its parameters */
    size_t bytes;
    PgKept *prepared; /* this only prepares it */
    Arena *arena;     /* of its rows, and where they go; NULL: they are thrown away */
    DbRows *rows;
} PgQueued;

enum { PG_SERVER_SIZE = 96 };
enum { PG_QUEUE_MAX = 512, PG_QUEUE_BYTES = 1024 * 1024, PG_FLUSH_EVERY = 128 };

typedef struct Pg {
    Db db;
    const PgApi *pq;
    PGconn *conn;
    PGcancel *cancel;
    bool lost;
    char server[PG_SERVER_SIZE]; /* of pg_settle.c; "": not asked for yet */

    Arena *arena; /* of `kept` */
    Map *kept;    /* statement text → PgKept */
    unsigned kept_count;
    Text text; /* the statement that is sent, with a NUL behind it */

    bool pipeline;
    PgQueued queue[PG_QUEUE_MAX + 1]; /* a ring */
    size_t first, count, bytes, unflushed;
} Pg;

/* pg_connect.c: fills conn and cancel. */
Code pg_connect(Pg *pg, const DbUrl *url, const DbOptions *options, Error *error);

/* pg_wait.c: libpq never blocks here, so notices are heard and `waiting` is called meanwhile. */
PGresult *pg_result(Pg *pg); /* as PQgetResult */
bool pg_flush(Pg *pg);       /* sends all that is buffered */
bool pg_wait(Pg *pg, bool writing);

/* pg_send.c: each puts one message into libpq's buffer; false if libpq refuses it. */
PgKept *pg_kept(Pg *pg, const DbStatement *statement); /* NULL if it is not to be kept */
bool pg_send_prepare(Pg *pg, const DbStatement *statement, PgKept *kept);
bool pg_send_execute(Pg *pg, const DbStatement *statement, const PgKept *kept);
bool pg_begins(const DbStatement *statement, const char *word); /* behind blanks and comments */

/* pg_error.c: each fills `error` and returns its code. */
Code pg_failed(Pg *pg, const PGresult *result, const DbStatement *statement, Error *error);
Code pg_send_failed(Pg *pg, const DbStatement *statement, Error *error);
Code pg_copy_failed(const DbStatement *statement, Error *error);

/* The same when the connection is gone; keeps the reason that `error` may hold already. */
Code pg_broken(Pg *pg, bool have_reason, const DbStatement *statement, Error *error);

/* pg_queue.c */
void pg_queue(Db *db, const DbStatement *statement);
void pg_drain(Db *db);
void pg_finish(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows);

/* pg_settle.c */
Code pg_settle(Db *db, Error *error);

/* pg.c */
void pg_rows(const PgApi *pq, PGresult *result, Arena *arena, DbRows *ret_rows);
Code pg_query(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows, Error *error);

#endif
