/* The PostgreSQL driver: one statement at a time by the extended protocol, which takes exactly one
 * statement from a text. */
#include "db/pg.h"
#include "base/clock.h"

#include <poll.h>

/* libpq would wait for data forever. */
static void copy_in_end(Pg *pg)
{
    while (pg->pq->putCopyEnd(pg->conn, "no data") == 0)
        if (!pg_wait(pg, true) || !pg->pq->consumeInput(pg->conn))
            return;
}

static void copy_out_end(Pg *pg)
{
    char unused[256], *data = NULL;
    pg->pq->cancel(pg->cancel, unused, sizeof unused);
    for (int got; (got = pg->pq->getCopyData(pg->conn, &data, 1)) >= 0;) {
        if (got > 0)
            pg->pq->freemem(data);
        else if (!pg_wait(pg, false) || !pg->pq->consumeInput(pg->conn))
            return;
    }
}

/* The number of rows that a statement changed; a SELECT's count is not one. */
static int64_t rows_changed(const PgApi *pq, PGresult *result)
{
    static const char *const verbs[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"};
    const char *status = pq->cmdStatus(result);
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (strncmp(status, verbs[i], strlen(verbs[i])) == 0)
            return strtoll(pq->cmdTuples(result), NULL, 10);
    return 0;
}

void pg_rows(const PgApi *pq, PGresult *result, Arena *arena, DbRows *ret_rows)
{
    DbRows rows = {.changed = rows_changed(pq, result)};
    if (pq->resultStatus(result) == PGRES_TUPLES_OK) {
        int row_count = pq->ntuples(result), column_count = pq->nfields(result);
        rows.count = (size_t)row_count;
        rows.columns = (size_t)column_count;
        const char **names = arena_alloc_array(arena, rows.columns, sizeof *names);
        const char **cells = arena_alloc_array(arena, rows.count * rows.columns, sizeof *cells);
        rows.names = names;
        rows.cells = cells;
        for (int column = 0; column < column_count; column++)
            *names++ = arena_string(arena, pq->fname(result, column));
        for (int row = 0; row < row_count; row++)
            for (int column = 0; column < column_count; column++, cells++)
                if (!pq->getisnull(result, row, column))
                    *cells = arena_copy(arena, pq->getvalue(result, row, column),
                                        (size_t)pq->getlength(result, row, column));
    }
    *ret_rows = rows;
}

static Code result_read(Pg *pg, PGresult *result, Arena *arena, const DbStatement *statement,
                        DbRows *ret_rows, Error *error)
{
    switch (pg->pq->resultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        if (ret_rows)
            pg_rows(pg->pq, result, arena, ret_rows);
        return RUNG_OK;
    case PGRES_SINGLE_TUPLE: /* thrown away */
        return RUNG_OK;
    case PGRES_COPY_IN:
        copy_in_end(pg);
        return pg_copy_failed(statement, error);
    case PGRES_COPY_OUT:
        copy_out_end(pg);
        return pg_copy_failed(statement, error);
    case PGRES_COPY_BOTH: /* replication connections only */
        pg->lost = true;
        return pg_copy_failed(statement, error);
    default:
        return pg_failed(pg, result, statement, error);
    }
}

/* Reads until nothing more is to come. The first failure counts: what follows it is its echo. */
static Code results_read(Pg *pg, Arena *arena, const DbStatement *statement, DbRows *ret_rows,
                         Error *error)
{
    Code code = RUNG_OK;
    PGresult *result;
    if (!ret_rows)
        pg->pq->setSingleRowMode(pg->conn);
    while (!pg->lost && (result = pg_result(pg))) {
        Error another;
        Code next = result_read(pg, result, arena, statement, ret_rows, &another);
        if (next && !code) {
            code = next;
            *error = another;
        }
        pg->pq->clear(result);
    }
    if (pg->lost || pg->pq->status(pg->conn) == CONNECTION_BAD)
        code = pg_broken(pg, code != RUNG_OK, statement, error);
    return code;
}

Code pg_query(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows, Error *error)
{
    Pg *pg = (Pg *)db;
    if (pg->lost)
        return pg_broken(pg, false, statement, error);
    PgKept *kept = pg_kept(pg, statement);
    if (kept && !kept->ready) {
        if (!pg_send_prepare(pg, statement, kept))
            return pg_send_failed(pg, statement, error);
        Code code = results_read(pg, NULL, statement, NULL, error);
        if (code)
            return code;
        kept->ready = true;
    }
    if (!pg_send_execute(pg, statement, kept))
        return pg_send_failed(pg, statement, error);
    return results_read(pg, arena, statement, ret_rows, error);
}

static void pg_close(Db *db)
{
    Pg *pg = (Pg *)db;
    if (pg->cancel)
        pg->pq->freeCancel(pg->cancel);
    pg->pq->finish(pg->conn);
    text_done(&pg->text);
    arena_free(pg->arena);
    free(pg);
}

static Code pg_open(const DbUrl *url, const DbOptions *options, Db **ret_db, Error *error)
{
    static const DbStatement read_only = {.sql = "SET default_transaction_read_only = on",
                                          .length =
                                              sizeof "SET default_transaction_read_only = on" - 1};
    const PgApi *pq;
    Code code = pg_api_load(&pq, error);
    if (code)
        return code;
    Pg *pg = calloc(1, sizeof(Pg));
    if (!pg)
        return error_set(error, RUNG_LIMIT, "no memory for a connection");
    pg->pq = pq;
    pg->db.options = *options;
    pg->arena = arena_new();
    pg->kept = map_new(pg->arena);
    code = pg_connect(pg, url, options, error);
    if (!code && options->read_only) {
        db_start(&pg->db);
        code = pg_query(&pg->db, NULL, &read_only, NULL, error);
    }
    if (code)
        pg_close(&pg->db);
    else
        *ret_db = &pg->db;
    return code;
}

static bool pg_lost(const Db *db)
{
    const Pg *pg = (const Pg *)db;
    return pg->lost || pg->pq->status(pg->conn) == CONNECTION_BAD;
}

static bool pg_in_transaction(const Db *db)
{
    const Pg *pg = (const Pg *)db;
    PGTransactionStatusType status = pg->pq->transactionStatus(pg->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* A server that ended the session said so, and what it said waits in the socket. */
static bool pg_alive(Db *db)
{
    Pg *pg = (Pg *)db;
    enum { READS = 8 };
    for (int i = 0; i < READS && !pg_lost(db); i++) {
        struct pollfd fd = {.fd = pg->pq->socket(pg->conn), .events = POLLIN};
        int ready = fd.fd < 0 ? -1 : poll(&fd, 1, 0);
        if (ready == 0)
            return true;
        if (ready < 0 || !pg->pq->consumeInput(pg->conn))
            break;
        pg->pq->isBusy(pg->conn); /* takes in what came: a notice, a changed setting */
    }
    pg->lost = true;
    return false;
}

static bool pg_reset(Db *db)
{
    static const DbStatement rollback = {.sql = "ROLLBACK", .length = 8};
    static const DbStatement discard = {.sql = "DISCARD ALL", .length = 11};
    Error ignored;
    db_start(db);
    if (!pg_lost(db) && pg_in_transaction(db))
        pg_query(db, NULL, &rollback, NULL, &ignored);
    return !pg_lost(db) && !pg_query(db, NULL, &discard, NULL, &ignored);
}

static int pg_backend_pid(const Db *db)
{
    const Pg *pg = (const Pg *)db;
    return pg->pq->backendPID(pg->conn);
}

/* PQcancel is safe in a signal handler (manual, "Canceling Queries in Progress"). */
static void pg_cancel(Db *db)
{
    const Pg *pg = (const Pg *)db;
    char unused[256];
    if (pg->cancel)
        pg->pq->cancel(pg->cancel, unused, sizeof unused);
}

const DbDriver pg_driver = {
    .open = pg_open,
    .close = pg_close,
    .lost = pg_lost,
    .alive = pg_alive,
    .reset = pg_reset,
    .in_transaction = pg_in_transaction,
    .backend_pid = pg_backend_pid,
    .cancel = pg_cancel,
    .query = pg_query,
    .queue = pg_queue,
    .drain = pg_drain,
    .finish = pg_finish,
    .settle = pg_settle,
};
