/* One connection to a database of either engine.
 *
 * Statements go one at a time, as text that is not changed. A queue lets many travel together:
 * PostgreSQL receives them in pipeline mode (libpq manual, "Pipeline Mode"), SQLite runs each at
 * once. Values are always parameters. A connection belongs to one thread; db_cancel alone may be
 * called from a signal handler. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/arena.h"
#include "base/engine.h"
#include "base/error.h"
#include "db/url.h"

typedef struct Db Db;

typedef struct DbOptions {
    bool read_only;
    bool must_exist;         /* SQLite: do not create the file */
    int busy_timeout_ms;     /* SQLite: how long to wait for another's lock; 0: 5 s, < 0: not */
    const char *application; /* PostgreSQL application_name; NULL: "rung" */

    /* PostgreSQL's notices, while the statement still runs; DETAIL and HINT are further lines. */
    void (*notice)(void *context, const char *severity, const char *message);

    /* About every 100 ms while a statement runs; it may use other connections, never this one. */
    void (*waiting)(void *context);
    void *context;
} DbOptions;

/* Opens a connection. RUNG_CONNECT with the reason in words (host, user, database; never the
 * password); RUNG_UNSUPPORTED for PostgreSQL before 13, SQLite before 3.37, or when the client
 * library cannot be loaded. libpq is loaded here, when the first URL needs it. */
Code db_open(const DbUrl *url, const DbOptions *options, Db **ret_db, Error *error);

/* Closes; what was not committed is rolled back. NULL is accepted. */
void db_close(Db *db);

Engine db_engine(const Db *db);
int db_version(const Db *db); /* PQserverVersion (150018), sqlite3_libversion_number */
bool db_lost(const Db *db);   /* the connection is dead */

/* Whether a connection that did nothing for a while is of use still, as far as that is seen without
 * asking the server: it has not hung up, and SQLite's file is the one that stands at its path. */
bool db_alive(Db *db);
bool db_in_transaction(const Db *db); /* a transaction block is open, failed or not */
int db_backend_pid(const Db *db);     /* PostgreSQL; 0 for SQLite */

/* Stops the statement that runs, from another thread or from a signal handler. SQLite may roll back
 * the whole transaction then (its manual, sqlite3_interrupt): ask db_in_transaction. */
void db_cancel(Db *db);

typedef struct DbStatement {
    const char *sql;
    size_t length;             /* 0: strlen(sql) */
    const char *const *params; /* text; NULL is SQL NULL */
    size_t param_count;        /* $1… on PostgreSQL, ?1… on SQLite */
    bool all_null;             /* SQLite: all parameters are NULL, however many there are */
    bool keep;                 /* constant text used often: prepare once per connection */
    size_t tag;                /* the caller's number for it, given back when it fails */
} DbStatement;

typedef struct DbRows {
    size_t count, columns;
    const char *const *names; /* of the columns */
    const char *const *cells; /* row after row; NULL is SQL NULL; PostgreSQL's text output */
    int64_t changed;          /* rows inserted, updated or deleted */
} DbRows;

static inline const char *db_cell(const DbRows *rows, size_t row, size_t column)
{
    return rows->cells[row * rows->columns + column];
}

/* A cell as a number; NULL is 0. */
static inline int64_t db_number(const DbRows *rows, size_t row, size_t column)
{
    const char *cell = db_cell(rows, row, column);
    return cell ? strtoll(cell, NULL, 10) : 0;
}

/* Runs one statement and waits. The queue must be empty. `ret_rows` may be NULL (and `arena` too);
 * its rows are in `arena`. RUNG_FAILED with SQLSTATE, detail, hint and the beginning of the
 * statement (SQLite: no SQLSTATE, and the detail begins with the extended result code's name, like
 * SQLITE_BUSY); RUNG_CONNECT when the connection was lost; RUNG_INTERRUPTED after db_cancel.
 * Error.line is the line inside `sql` where the server places the error, or 0. COPY from STDIN or
 * to STDOUT, a NUL byte and a second statement in the text are refused. */
Code db_query(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows, Error *error);

/* Begins a transaction by `sql`, which stays where it is. On PostgreSQL it travels with the next
 * statement, and fails with it; db_in_transaction is true at once. */
Code db_begin(Db *db, const char *sql, Error *error);

/* db_query for constant text without parameters or rows. */
Code db_exec(Db *db, const char *sql, Error *error);

/* Adds a statement to the queue; its rows are thrown away. It may be sent and executed at once.
 * Once one failed, the rest is refused with the same error until db_drain. The text must stay
 * where it is until db_drain; the values need not. On PostgreSQL, what stands outside of BEGIN and
 * COMMIT is one transaction up to db_drain, and CREATE INDEX CONCURRENTLY, VACUUM and their like
 * are refused by the server: they need db_query. */
Code db_queue(Db *db, const DbStatement *statement, Error *error);

/* Waits until everything queued is done. On failure `ret_tag` (may be NULL) is the failed
 * statement's tag, nothing behind it was executed, and a transaction that was open is open still,
 * failed on PostgreSQL: the caller rolls back. After RUNG_CONNECT the tag is that of the first
 * statement without an answer; what was executed from there on is not known. */
Code db_drain(Db *db, size_t *ret_tag, Error *error);

/* Takes back what earlier statements left in the session: settings, temporary tables, advisory
 * locks, an open transaction. SQLite cannot: false, and it is to be closed. */
bool db_reset(Db *db);

/* PostgreSQL: waits until what was committed with synchronous_commit off is as safe as what the
 * session's own setting commits. Threads of a process wait together for one write. */
Code db_settle(Db *db, Error *error);

/* ---- watching ---- */

typedef enum {
    DB_TOUCH_READ,
    DB_TOUCH_WRITE, /* INSERT, UPDATE, DELETE */
    DB_TOUCH_INDEX, /* CREATE INDEX on it */
    DB_TOUCH_ALTER,
    DB_TOUCH_DROP,
} DbTouchType;

/* A table that a statement touches, told when the statement is prepared; often more than once. */
typedef void DbTouch(void *context, const char *table, DbTouchType type);

/* SQLite: tells it of every statement from now on; `touch` NULL ends it. Nothing on PostgreSQL. */
void db_watch(Db *db, DbTouch *touch, void *context);

/* ---- backups ---- */

/* SQLite: copies the whole database into the file `path`, which is empty or not there yet, by the
 * backup API (SQLite manual, "Online Backup"): as the transaction that is open sees it, or as one
 * moment of its own. RUNG_UNSUPPORTED on PostgreSQL, which has programs for it. */
Code db_backup(Db *db, const char *path, Error *error);

/* How PostgreSQL's own programs reach the same database. */
typedef struct DbClient {
    const char *conninfo; /* "host=db user=app dbname=app": nothing secret is in it */
    const char *password; /* for PGPASSWORD; NULL: none */
    const char *database; /* NULL: the URL names none */
} DbClient;

/* `database` in place of the one that the URL names; NULL: that one. Connects to nothing. */
Code db_client(const DbUrl *url, const char *database, Arena *arena, DbClient *ret_client,
               Error *error);

#endif
