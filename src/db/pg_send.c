/* Sending statements. A large one is written past libpq, which would copy it twice. */
#include "db/pg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <strings.h>
#include <sys/socket.h>

enum { LARGE = 1024 * 1024, LARGEST = 1000 * 1000 * 1000 };

/* The text with a NUL behind it, until the next call. */
static const char *terminated(Pg *pg, const DbStatement *statement)
{
    text_clear(&pg->text);
    text_add(&pg->text, statement->sql, statement->length);
    return pg->text.failed ? NULL : text_string(&pg->text);
}

bool pg_begins(const DbStatement *statement, const char *word)
{
    const char *at = statement->sql, *end = at + statement->length;
    int depth = 0;
    for (; at < end; at++) {
        bool two = end - at > 1;
        if (two && at[0] == '/' && at[1] == '*')
            depth++, at++;
        else if (two && depth && at[0] == '*' && at[1] == '/')
            depth--, at++;
        else if (depth)
            continue;
        else if (two && at[0] == '-' && at[1] == '-') {
            at = memchr(at, '\n', (size_t)(end - at));
            if (!at)
                return false;
        } else if (!strchr(" \t\r\n\f\v;", *at))
            break;
    }
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && strncasecmp(at, word, length) == 0;
}

PgKept *pg_kept(Pg *pg, const DbStatement *statement)
{
    if (pg_begins(statement, "discard") || pg_begins(statement, "deallocate"))
        pg->kept = map_new(pg->arena); /* the names are never used twice, so the rest may stay */
    const char *sql = statement->keep ? terminated(pg, statement) : NULL;
    if (!sql)
        return NULL;
    PgKept *kept = map_get(pg->kept, sql);
    if (!kept) {
        kept = arena_alloc(pg->arena, sizeof(PgKept));
        map_set(pg->kept, sql, kept);
    }
    return kept;
}

bool pg_send_prepare(Pg *pg, const DbStatement *statement, PgKept *kept)
{
    const char *sql = terminated(pg, statement);
    snprintf(kept->name, sizeof kept->name, "rung_%u", ++pg->kept_count);
    return sql && pg->pq->sendPrepare(pg->conn, kept->name, sql, 0, NULL);
}

/* Writes to the socket itself. Input is read only while output is stuck: the answer to what is
 * being written must not reach libpq before libpq knows that something was asked. */
static bool write_socket(Pg *pg, const char *bytes, size_t length)
{
    while (length) {
        ssize_t put = send(pg->pq->socket(pg->conn), bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put > 0) {
            bytes += put;
            length -= (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!pg_wait(pg, true) || !pg->pq->consumeInput(pg->conn))
                return false;
        } else if (errno != EINTR)
            return false;
    }
    return true;
}

/* A Parse message for the unnamed statement, as PQsendQueryParams would send it (manual, "Message
 * Formats"); libpq sends the rest of the extended query and ignores the ParseComplete. libpq's own
 * way holds the text in its output buffer and, for error messages, once more. */
static bool send_large(Pg *pg, const DbStatement *statement)
{
    char head[6] = {'P'};
    static const char tail[3] = {0}; /* the text's NUL; no parameter types */
    uint32_t size = htonl((uint32_t)(sizeof head - 1 + statement->length + sizeof tail));
    memcpy(head + 1, &size, sizeof size);
    if (!pg_flush(pg))
        return false;
    if (!write_socket(pg, head, sizeof head) ||
        !write_socket(pg, statement->sql, statement->length) ||
        !write_socket(pg, tail, sizeof tail)) {
        pg->lost = true; /* half a message: nothing can follow it */
        return false;
    }
    return pg->pq->sendQueryPrepared(pg->conn, "", (int)statement->param_count, statement->params,
                                     NULL, NULL, 0);
}

bool pg_send_execute(Pg *pg, const DbStatement *statement, const PgKept *kept)
{
    const PgApi *pq = pg->pq;
    int params = (int)statement->param_count;
    if (kept)
        return pq->sendQueryPrepared(pg->conn, kept->name, params, statement->params, NULL, NULL,
                                     0);
    if (statement->length >= LARGE && statement->length < LARGEST && !pq->sslInUse(pg->conn) &&
        !pq->gssEncInUse(pg->conn))
        return send_large(pg, statement);
    const char *sql = terminated(pg, statement);
    bool sent =
        sql && pq->sendQueryParams(pg->conn, sql, params, NULL, statement->params, NULL, NULL, 0);
    if (pg->text.room > LARGE)
        text_done(&pg->text);
    return sent;
}
