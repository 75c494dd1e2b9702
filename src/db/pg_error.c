/* What the server says about a failed statement, as an Error. */
#include "db/pg.h"

enum { CANCEL_LATE_US = 1000 * 1000 };

static void trim_lines(char *text)
{
    size_t length = strlen(text);
    while (length && text[length - 1] == '\n')
        text[--length] = '\0';
}

/* The line of a position that the server counts in characters, from 1. */
static int position_line(const DbStatement *statement, const char *position)
{
    long characters = position ? strtol(position, NULL, 10) : 0;
    size_t offset = 0;
    if (characters < 1)
        return 0;
    while (--characters && offset < statement->length)
        do
            offset++;
        while (offset < statement->length &&
               ((unsigned char)statement->sql[offset] & 0xC0) == 0x80);
    return db_line(statement->sql, offset);
}

static void set_detail(const PgApi *pq, const PGresult *result, Error *error)
{
    const char *detail = pq->resultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *context = pq->resultErrorField(result, PG_DIAG_CONTEXT);
    const char *query = pq->resultErrorField(result, PG_DIAG_INTERNAL_QUERY);
    Text text = TEXT_EMPTY;
    if (detail)
        text_print(&text, "%s\n", detail);
    if (query)
        text_print(&text, "in: %s\n", query);
    if (context)
        text_print(&text, "%s\n", context);
    if (text.length) {
        error_detail(error, "%s", text_string(&text));
        trim_lines(error->detail);
    }
    text_done(&text);
}

static Code failure_code(const Pg *pg, const char *sqlstate)
{
    /* 57014 is a statement_timeout and another session's pg_cancel_backend, too */
    bool cancelled = strcmp(sqlstate, "57014") == 0 && db_cancelled(&pg->db, CANCEL_LATE_US);
    return cancelled ? RUNG_INTERRUPTED : RUNG_FAILED;
}

/* Behind FATAL the server closes the connection; libpq may see that only later. */
static bool is_fatal(const PgApi *pq, const PGresult *result)
{
    const char *severity = pq->resultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

Code pg_failed(Pg *pg, const PGresult *result, const DbStatement *statement, Error *error)
{
    const PgApi *pq = pg->pq;
    const char *state = pq->resultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = pq->resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = pq->resultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (!message)
        message = pq->resultErrorMessage(result); /* libpq's own */
    error_set(error, failure_code(pg, state ? state : ""), "%s", message);
    trim_lines(error->message);
    pg->lost = pg->lost || is_fatal(pq, result);
    if (!error->message[0])
        error_set(error, error->code, "the server gave an answer that was not expected");
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s", state ? state : "");
    set_detail(pq, result, error);
    if (hint)
        error_hint(error, "%s", hint);
    error->line =
        position_line(statement, pq->resultErrorField(result, PG_DIAG_STATEMENT_POSITION));
    error_statement(error, statement->sql, statement->length);
    return error->code;
}

Code pg_broken(Pg *pg, bool have_reason, const DbStatement *statement, Error *error)
{
    Error broken;
    pg->lost = true;
    if (have_reason)
        error_set(&broken, RUNG_CONNECT,
                  "the connection to the database was lost while this "
                  "statement ran: %s",
                  error->message);
    else
        error_set(&broken, RUNG_CONNECT, "the connection to the database was lost");
    if (have_reason)
        memcpy(broken.sqlstate, error->sqlstate, sizeof broken.sqlstate);
    error_statement(&broken, statement->sql, statement->length);
    *error = broken;
    return RUNG_CONNECT;
}

Code pg_send_failed(Pg *pg, const DbStatement *statement, Error *error)
{
    error_set(error, RUNG_FAILED, "%s", pg->pq->errorMessage(pg->conn));
    trim_lines(error->message);
    if (!error->message[0])
        error_set(error, RUNG_FAILED, "the statement could not be sent");
    if (pg->lost || pg->pq->status(pg->conn) == CONNECTION_BAD)
        return pg_broken(pg, true, statement, error);
    error_statement(error, statement->sql, statement->length);
    return RUNG_FAILED;
}

Code pg_copy_failed(const DbStatement *statement, Error *error)
{
    error_set(error, RUNG_FAILED,
              "COPY from STDIN or to STDOUT is not possible here: the data "
              "would have to come from or go to the client");
    error_hint(error, "use INSERT, or COPY with a file on the server");
    error_statement(error, statement->sql, statement->length);
    return RUNG_FAILED;
}
