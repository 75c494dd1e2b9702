/* Connections of either engine: what is the same for both, and the way to the driver. */
#include "db/driver.h"
#include "base/clock.h"
#include "base/fault.h"

enum { WAITING_US = 100 * 1000 };

static const DbDriver *const drivers[ENGINE_COUNT] = {
    [ENGINE_POSTGRESQL] = &pg_driver,
    [ENGINE_SQLITE] = &sqlite_driver,
};

Code db_open(const DbUrl *url, const DbOptions *options, Db **ret_db, Error *error)
{
    static const DbOptions none = {0};
    Db *db = NULL;
    Code code = drivers[url->engine]->open(url, options ? options : &none, &db, error);
    if (code)
        return code;
    db->driver = drivers[url->engine];
    db->engine = url->engine;
    *ret_db = db;
    return RUNG_OK;
}

void db_close(Db *db)
{
    if (db)
        db->driver->close(db);
}

Engine db_engine(const Db *db)
{
    return db->engine;
}

int db_version(const Db *db)
{
    return db->version;
}

bool db_lost(const Db *db)
{
    return db->driver->lost(db);
}

bool db_alive(Db *db)
{
    return !db->queued && !db->begin && db->driver->alive(db);
}

bool db_reset(Db *db)
{
    db->begin = NULL;
    return db->driver->reset(db);
}

bool db_in_transaction(const Db *db)
{
    return db->begin || db->driver->in_transaction(db);
}

int db_backend_pid(const Db *db)
{
    return db->driver->backend_pid(db);
}

void db_cancel(Db *db)
{
    atomic_store(&db->cancelled_us, clock_monotonic_us());
    db->driver->cancel(db);
}

/* A NUL byte would end the text early in both client libraries, and silently so. */
static Code statement_check(const DbStatement *statement, DbStatement *ret_checked, Error *error)
{
    *ret_checked = *statement;
    if (!statement->length)
        ret_checked->length = strlen(statement->sql);
    const char *nul = memchr(statement->sql, '\0', ret_checked->length);
    if (!nul)
        return RUNG_OK;
    error_set(error, RUNG_FAILED, "the statement holds a NUL byte");
    error->line = db_line(statement->sql, (size_t)(nul - statement->sql));
    error_statement(error, statement->sql, (size_t)(nul - statement->sql));
    return RUNG_FAILED;
}

/* The queue is empty: how did it end? */
static Code ended(Db *db, size_t *ret_tag, Error *error)
{
    db->queued = false;
    if (!db->failed)
        return RUNG_OK;
    db->failed = false;
    if (ret_tag)
        *ret_tag = db->failed_tag;
    *error = db->failure;
    return error->code;
}

static void queue_begin(Db *db)
{
    DbStatement begin = {.sql = db->begin, .length = strlen(db->begin)};
    db->begin = NULL;
    db->queued = true;
    db->driver->queue(db, &begin);
}

static Code query_with_begin(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows,
                             Error *error)
{
    queue_begin(db);
    if (db->failed)
        db->driver->drain(db);
    else
        db->driver->finish(db, arena, statement, ret_rows);
    return ended(db, NULL, error);
}

Code db_query(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows, Error *error)
{
    DbStatement checked;
    Code code = statement_check(statement, &checked, error);
    if (code)
        return code;
    if (db->queued)
        return error_set(error, RUNG_FAILED, "a statement was run before the queue was drained");
    db_start(db);
    FAULT_POINT();
    code = db->begin ? query_with_begin(db, arena, &checked, ret_rows, error)
                     : db->driver->query(db, arena, &checked, ret_rows, error);
    FAULT_POINT();
    return code;
}

Code db_begin(Db *db, const char *sql, Error *error)
{
    if (!db->driver->finish || db->queued || db->begin)
        return db_exec(db, sql, error);
    db->begin = sql;
    return RUNG_OK;
}

Code db_exec(Db *db, const char *sql, Error *error)
{
    return db_query(db, NULL, &(DbStatement){.sql = sql}, NULL, error);
}

Code db_queue(Db *db, const DbStatement *statement, Error *error)
{
    DbStatement checked;
    Error wrong;
    FAULT_POINT();
    if (!db->failed) {
        if (!db->queued)
            db_start(db);
        if (db->begin)
            queue_begin(db);
        db->queued = true;
        if (statement_check(statement, &checked, &wrong))
            db_queue_fail(db, statement->tag, &wrong);
        else
            db->driver->queue(db, &checked);
    }
    FAULT_POINT();
    if (!db->failed)
        return RUNG_OK;
    *error = db->failure;
    return error->code;
}

Code db_drain(Db *db, size_t *ret_tag, Error *error)
{
    FAULT_POINT();
    if (db->queued)
        db->driver->drain(db);
    FAULT_POINT();
    return ended(db, ret_tag, error);
}

Code db_settle(Db *db, Error *error)
{
    FAULT_POINT();
    return db->driver->settle ? db->driver->settle(db, error) : RUNG_OK;
}

void db_queue_fail(Db *db, size_t tag, const Error *error)
{
    if (db->failed)
        return;
    db->failed = true;
    db->failed_tag = tag;
    db->failure = *error;
}

void db_start(Db *db)
{
    db->started_us = db->waited_us = clock_monotonic_us();
}

int db_tick(Db *db)
{
    if (!db->options.waiting)
        return -1;
    int64_t left = db->waited_us + WAITING_US - clock_monotonic_us();
    if (left <= 0) {
        db->options.waiting(db->options.context);
        db->waited_us = clock_monotonic_us();
        left = WAITING_US;
    }
    return (int)(left / 1000) + 1;
}

bool db_cancelled(const Db *db, int64_t late_us)
{
    int64_t cancelled = atomic_load(&db->cancelled_us);
    return cancelled && cancelled >= db->started_us - late_us;
}

int db_line(const char *sql, size_t offset)
{
    int line = 1;
    for (const char *end = sql + offset; (sql = memchr(sql, '\n', (size_t)(end - sql)));)
        sql++, line++;
    return line;
}
