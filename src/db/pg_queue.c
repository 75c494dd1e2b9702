/* Statements that travel together, in libpq's pipeline mode. The number and the bytes of those
 * under way are bounded; neither side can wait for the other to read, since pg_wait polls for
 * both directions. */
#include "db/pg.h"

static DbStatement without_params(const DbStatement *statement)
{
    DbStatement copy = *statement;
    copy.params = NULL;
    copy.param_count = 0;
    return copy;
}

static PgQueued *queue_push(Pg *pg, const DbStatement *statement, PgKept *prepared)
{
    PgQueued *queued = &pg->queue[(pg->first + pg->count++) % COUNT(pg->queue)];
    *queued = (PgQueued){
        .statement = without_params(statement), .prepared = prepared, .bytes = statement->length};
    for (size_t i = 0; i < statement->param_count; i++)
        queued->bytes += statement->params[i] ? strlen(statement->params[i]) : 0;
    pg->bytes += queued->bytes;
    pg->unflushed++;
    return queued;
}

static void queue_pop(Pg *pg)
{
    pg->bytes -= pg->queue[pg->first].bytes;
    pg->first = (pg->first + 1) % COUNT(pg->queue);
    pg->count--;
}

static bool is_failure(ExecStatusType status)
{
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_NONFATAL_ERROR;
}

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* Waits for the oldest statement's result. */
static void queue_read(Pg *pg)
{
    const PgApi *pq = pg->pq;
    PgQueued *oldest = &pg->queue[pg->first];
    Error error;
    bool failed = false, done = true;
    if (!oldest->rows)
        pq->setSingleRowMode(pg->conn); /* thrown away, so they need not be gathered */
    for (PGresult *result; (result = pg_result(pg));) {
        ExecStatusType status = pq->resultStatus(result);
        if (is_failure(status) && !failed) {
            pg_failed(pg, result, &oldest->statement, &error);
            failed = true;
        } else if (oldest->rows)
            pg_rows(pq, result, oldest->arena, oldest->rows);
        done = done && !is_failure(status) && status != PGRES_PIPELINE_ABORTED;
        pg->lost = pg->lost || is_copy(status); /* libpq has no way out; queue_alone prevents it */
        pq->clear(result);
        if (pg->lost)
            break;
    }
    if (pg->lost || pq->status(pg->conn) == CONNECTION_BAD) {
        pg_broken(pg, failed, &oldest->statement, &error);
        failed = true;
    }
    if (failed)
        db_queue_fail(&pg->db, oldest->statement.tag, &error);
    if (oldest->prepared && !done)
        oldest->prepared->ready = false;
    queue_pop(pg);
}

/* Asks the server for the results so far, at intervals: it must never idle while we fill up. */
static void queue_keep_moving(Pg *pg)
{
    bool full = pg->count >= PG_QUEUE_MAX || pg->bytes >= PG_QUEUE_BYTES;
    if (pg->unflushed >= PG_FLUSH_EVERY || (full && pg->unflushed)) {
        pg->pq->sendFlushRequest(pg->conn);
        pg->pq->flush(pg->conn);
        pg->unflushed = 0;
    }
    if (full)
        while (pg->count && !pg->lost &&
               (pg->count > PG_QUEUE_MAX / 2 || pg->bytes > PG_QUEUE_BYTES / 2))
            queue_read(pg);
}

/* The statement that could not be sent failed, unless the connection broke before. */
static void queue_send_failed(Pg *pg, const DbStatement *statement)
{
    Error error;
    Code code = pg_send_failed(pg, statement, &error);
    if (code == RUNG_CONNECT && pg->count)
        db_queue_fail(&pg->db, pg->queue[pg->first].statement.tag, &error);
    else
        db_queue_fail(&pg->db, statement->tag, &error);
}

static void queue_finish(Pg *pg)
{
    const PgApi *pq = pg->pq;
    if (!pg->lost)
        pq->pipelineSync(pg->conn);
    while (pg->count && !pg->lost)
        queue_read(pg);
    bool synced = false;
    for (int empty = 0; !synced && !pg->lost && empty < 2;) {
        PGresult *result = pg_result(pg);
        synced = pq->resultStatus(result) == PGRES_PIPELINE_SYNC;
        empty += !result;
        pq->clear(result);
        pg->lost = pg->lost || pq->status(pg->conn) == CONNECTION_BAD;
    }
    if (!pg->lost && !pq->exitPipelineMode(pg->conn))
        pg->lost = true;
    for (; pg->count; queue_pop(pg))
        if (pg->queue[pg->first].prepared)
            pg->queue[pg->first].prepared->ready = false;
    pg->unflushed = 0;
    pg->pipeline = false;
}

/* A COPY must not be in a pipeline: libpq could not leave the copy mode again. */
static void queue_alone(Pg *pg, Arena *arena, const DbStatement *statement, DbRows *ret_rows)
{
    Error error;
    if (pg->pipeline)
        queue_finish(pg);
    if (!pg->db.failed && pg_query(&pg->db, arena, statement, ret_rows, &error))
        db_queue_fail(&pg->db, statement->tag, &error);
}

static void queue_add(Pg *pg, Arena *arena, const DbStatement *statement, DbRows *ret_rows)
{
    if (pg->lost || pg_begins(statement, "copy")) {
        queue_alone(pg, arena, statement, ret_rows);
        return;
    }
    if (!pg->pipeline && !pg->pq->enterPipelineMode(pg->conn)) {
        queue_send_failed(pg, statement);
        return;
    }
    pg->pipeline = true;
    PgKept *kept = pg_kept(pg, statement);
    if (kept && !kept->ready) {
        if (!pg_send_prepare(pg, statement, kept)) {
            queue_send_failed(pg, statement);
            return;
        }
        kept->ready = true;
        queue_push(pg,
                   &(DbStatement){
                       .sql = statement->sql, .length = statement->length, .tag = statement->tag},
                   kept);
    }
    if (!pg_send_execute(pg, statement, kept)) {
        queue_send_failed(pg, statement);
        return;
    }
    PgQueued *queued = queue_push(pg, statement, NULL);
    queued->arena = arena;
    queued->rows = ret_rows;
    queue_keep_moving(pg);
}

void pg_queue(Db *db, const DbStatement *statement)
{
    queue_add((Pg *)db, NULL, statement, NULL);
}

void pg_drain(Db *db)
{
    Pg *pg = (Pg *)db;
    if (pg->pipeline)
        queue_finish(pg);
}

void pg_finish(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows)
{
    queue_add((Pg *)db, arena, statement, ret_rows);
    pg_drain(db);
}
