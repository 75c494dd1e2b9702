/* Connecting to PostgreSQL, and the reasons for which it fails, in words. */
#include "db/pg.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>

enum { TIMEOUT_SECONDS = 10, OLDEST_SERVER = 130000 };

/* The first row that fits counts. The texts are libpq's and the server's; a server that speaks
 * another language still sends the SQLSTATE. */
static const struct {
    const char *sqlstate, *text; /* NULL: any */
    const char *reason, *hint;
} reasons[] = {
    {"28P01", NULL, "the password is wrong",
     "set the password in the URL, PGPASSWORD or ~/.pgpass"},
    {NULL, "no password supplied", "a password is needed",
     "set the password in the URL, PGPASSWORD or ~/.pgpass"},
    {"28000", "does not exist", "there is no such role",
     "create it with CREATE ROLE … LOGIN, or name another user in the URL"},
    {"28000", "not permitted to log in", "the role may not log in", "ALTER ROLE … LOGIN"},
    {"28000", NULL, "the server does not admit this user from here",
     "see the server's pg_hba.conf, and whether it asks for SSL (?sslmode=require)"},
    {"3D000", NULL, "there is no such database", "create it with createdb or CREATE DATABASE"},
    {"42501", NULL, "the user may not connect to this database",
     "GRANT CONNECT ON DATABASE … TO …"},
    {"53300", NULL, "the server has no free connection",
     "end idle sessions, or raise max_connections"},
    {"57P03", NULL, "the server is starting up or shutting down", "try again in a moment"},
    {NULL, "expected authentication request", "what answers there is no PostgreSQL server",
     "are host and port right?"},
    {NULL, "server closed the connection", "the connection was closed at once",
     "is that a PostgreSQL server? if so, its log says why"},
    {NULL, "could not translate host name", "the host name is unknown",
     "look for a typing error in the URL's host"},
    {NULL, "Connection refused", "nothing listens there",
     "is the server running, and are host and port right?"},
    {NULL, "No such file or directory", "no server listens on this socket",
     "is the server running, and are the socket's folder and the port right?"},
    {NULL, "Permission denied", "the socket may not be opened", "look at the socket's permissions"},
};

/* Replaces every `secret` in `text` by `shown`. */
static void replace_all(Text *text, const char *secret, const char *shown)
{
    if (!secret || !*secret)
        return;
    Text out = TEXT_EMPTY;
    const char *at = text_string(text);
    for (const char *found; (found = strstr(at, secret)); at = found + strlen(secret)) {
        text_add(&out, at, (size_t)(found - at));
        text_put(&out, shown);
    }
    text_put(&out, at);
    text_done(text);
    *text = out;
}

/* libpq's words without secrets, blanks at the end and the server's LOCATION lines. */
static Text cleaned(const char *message, const DbUrl *url, const PQconninfoOption *parts)
{
    Text text = TEXT_EMPTY;
    while (*message) {
        size_t length = strcspn(message, "\n");
        if (strncmp(message, "LOCATION:", 9) != 0 && length) {
            if (text.length)
                text_char(&text, '\n');
            text_add(&text, message, length);
        }
        message += length + (message[length] == '\n');
    }
    replace_all(&text, url->conninfo, url->shown);
    for (; parts && parts->keyword; parts++)
        if (parts->dispchar[0] == '*')
            replace_all(&text, parts->val, "***");
    return text;
}

/* Finds "SEVERITY:  28P01: " (PQERRORS_VERBOSE). */
static void find_sqlstate(const char *text, char ret_state[6])
{
    ret_state[0] = '\0';
    for (; (text = strstr(text, ":  ")); text += 3)
        if (strspn(text + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && text[8] == ':') {
            memcpy(ret_state, text + 3, 5);
            ret_state[5] = '\0';
            return;
        }
}

static const char *part(const PQconninfoOption *parts, const char *keyword)
{
    for (; parts && parts->keyword; parts++)
        if (strcmp(parts->keyword, keyword) == 0)
            return parts->val;
    return NULL;
}

static const char *or_empty(const char *string)
{
    return string ? string : "";
}

static Code connect_failed(const Pg *pg, const DbUrl *url, const PQconninfoOption *parts,
                           const char *reason, Error *error)
{
    const PgApi *pq = pg->pq;
    Text text = cleaned(pg->conn ? pq->errorMessage(pg->conn) : "out of memory", url, parts);
    const char *said = text_string(&text), *hint = NULL;
    char state[6];
    find_sqlstate(said, state);
    for (size_t i = 0; i < COUNT(reasons) && !reason; i++)
        if ((!reasons[i].sqlstate || strcmp(reasons[i].sqlstate, state) == 0) &&
            (!reasons[i].text || strstr(said, reasons[i].text))) {
            reason = reasons[i].reason;
            hint = reasons[i].hint;
        }
    const char *host = or_empty(pq->host(pg->conn));
    error_set(error, RUNG_CONNECT,
              "cannot connect to PostgreSQL at %s%s%s, database \"%s\", user \"%s\": %s", host,
              *host == '/' ? ", port " : ":", or_empty(pq->port(pg->conn)),
              or_empty(pq->db(pg->conn)), or_empty(pq->user(pg->conn)), reason ? reason : said);
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s", state);
    if (text.length)
        error_detail(error, "%s", said);
    if (hint)
        error_hint(error, "%s", hint);
    text_done(&text);
    return RUNG_CONNECT;
}

/* Seconds, as libpq reads them; 0: no limit. */
static int connect_timeout(const PQconninfoOption *parts)
{
    const char *text = part(parts, "connect_timeout");
    if (!text)
        text = getenv("PGCONNECT_TIMEOUT");
    long seconds = text ? strtol(text, NULL, 10) : TIMEOUT_SECONDS;
    return seconds <= 0 ? 0 : seconds > 3600 ? 3600 : (int)seconds;
}

/* PQconnectdb prints the server's notices to stderr before anyone could ask it not to; so the
 * steps are made here. `ret_late` is set when the time was over. */
static void connect_steps(Pg *pg, int seconds, bool *ret_late)
{
    const PgApi *pq = pg->pq;
    int64_t end = clock_monotonic_us() + (int64_t)seconds * 1000000;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
        struct pollfd fd = {.fd = pq->socket(pg->conn),
                            .events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left = (end - clock_monotonic_us()) / 1000 + 1;
        int ready = left > 0 || !seconds ? poll(&fd, 1, seconds ? (int)left : -1) : 0;
        if (ready == 0 && (*ret_late = end < clock_monotonic_us()))
            return;
        if (ready > 0 || (ready < 0 && errno != EINTR))
            step = pq->connectPoll(pg->conn);
    }
}

static void notice_receive(void *argument, const PGresult *result)
{
    const Pg *pg = argument;
    if (!pg->db.options.notice)
        return;
    const char *severity = pg->pq->resultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = pg->pq->resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = pg->pq->resultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = pg->pq->resultErrorField(result, PG_DIAG_MESSAGE_HINT);
    Text text = TEXT_EMPTY;
    text_put(&text, message ? message : or_empty(pg->pq->resultErrorMessage(result)));
    if (detail)
        text_print(&text, "\n%s", detail);
    if (hint)
        text_print(&text, "\n%s", hint);
    pg->db.options.notice(pg->db.options.context, severity ? severity : "NOTICE",
                          text_string(&text));
    text_done(&text);
}

static Code connect_start(Pg *pg, const DbUrl *url, const DbOptions *options,
                          const PQconninfoOption *parts, Error *error)
{
    const PgApi *pq = pg->pq;
    int seconds = connect_timeout(parts);
    char timeout[16];
    snprintf(timeout, sizeof timeout, "%d", seconds);
    /* what stands in front of dbname is a default, what stands behind it is law */
    const char *keys[] = {options->application ? "application_name" : "fallback_application_name",
                          "connect_timeout",
                          "keepalives_idle",
                          "keepalives_interval",
                          "keepalives_count",
                          "dbname",
                          "client_encoding",
                          "dbname", /* a second one is a name and nothing else */
                          NULL};
    /* a server that vanished without a word is noticed within two minutes, not two hours */
    const char *values[] = {options->application ? options->application : "rung",
                            timeout,
                            "60",
                            "10",
                            "6",
                            url->conninfo,
                            "UTF8",
                            url->database,
                            NULL};
    const char *hosts = part(parts, "host");
    bool several = strchr(or_empty(hosts ? hosts : getenv("PGHOST")), ',') != NULL;
    bool late = false;
    /* among several hosts only libpq itself can leave one that does not answer for the next */
    pg->conn =
        several ? pq->connectdbParams(keys, values, 1) : pq->connectStartParams(keys, values, 1);
    if (!pg->conn)
        return connect_failed(pg, url, parts, NULL, error);
    pq->setNoticeReceiver(pg->conn, notice_receive, pg);
    if (!several && pq->status(pg->conn) != CONNECTION_BAD) {
        pq->setErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
        connect_steps(pg, seconds, &late);
        pq->setErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
    }
    if (pq->status(pg->conn) == CONNECTION_OK && !late)
        return RUNG_OK;
    connect_failed(pg, url, parts, late ? "no answer" : NULL, error);
    if (late)
        error_hint(error,
                   "waited %d s (connect_timeout); are host and port right, or is a firewall "
                   "in between?",
                   seconds);
    return RUNG_CONNECT;
}

Code pg_connect(Pg *pg, const DbUrl *url, const DbOptions *options, Error *error)
{
    char *wrong = NULL;
    PQconninfoOption *parts = pg->pq->conninfoParse(url->conninfo, &wrong);
    Code code;
    if (!parts) {
        Text text = cleaned(or_empty(wrong), url, NULL);
        code = error_set(error, RUNG_CONFIG, "the database URL %s is wrong: %s", url->shown,
                         text_string(&text));
        text_done(&text);
        pg->pq->freemem(wrong);
        return code;
    }
    code = connect_start(pg, url, options, parts, error);
    pg->pq->conninfoFree(parts);
    if (code)
        return code;
    pg->db.version = pg->pq->serverVersion(pg->conn);
    if (pg->db.version < OLDEST_SERVER) {
        error_set(error, RUNG_UNSUPPORTED, "the server is PostgreSQL %d.%d; rung needs 13 or later",
                  pg->db.version / 10000, pg->db.version % 10000);
        return error_hint(error, "upgrade the server first: PostgreSQL itself maintains a version "
                                 "for five years");
    }
    pg->pq->setnonblocking(pg->conn, 1);
    pg->cancel = pg->pq->getCancel(pg->conn);
    return RUNG_OK;
}
