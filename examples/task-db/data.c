/* The application's own reads and writes, through sqlite3 or libpq. */
#define _POSIX_C_SOURCE 200809L
#include "data.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both engines take $1 …, numbered in the order in which they stand, as SQLite counts them. Values
 * are always bound, never written into SQL. Each statement that touches tasks compares user_id with
 * the user of the token: there is no other way to a task. */
#define TASK "id, title, description, status, priority, created_at, updated_at, completed_at"

const char *const statements[SQL_COUNT] = {
    [SQL_USER] = "SELECT name FROM \"user\" WHERE id = $1 AND is_active",
    /* lower() on both sides: LIKE of SQLite does not tell case, that of PostgreSQL does */
    [SQL_LIST] = ("SELECT " TASK " FROM task WHERE user_id = $1 AND deleted_at IS NULL"
                  " AND (CAST($2 AS TEXT) IS NULL OR status = $2)"
                  " AND (CAST($3 AS TEXT) IS NULL OR lower(title) LIKE lower($3) ESCAPE '!')"
                  " ORDER BY created_at DESC, id DESC"),
    [SQL_READ] = "SELECT " TASK " FROM task WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL",
    [SQL_CREATE] = ("INSERT INTO task (user_id, title, description, status, priority, created_at,"
                    " updated_at, completed_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
                    " RETURNING " TASK),
    /* one statement, so that two changes at once never mix what each has read */
    [SQL_CHANGE] = ("UPDATE task SET title = COALESCE($1, title), description ="
                    " CASE WHEN CAST($2 AS TEXT) = 'set' THEN $3 ELSE description END,"
                    " status = COALESCE($4, status), priority = COALESCE($5, priority),"
                    " completed_at = CASE COALESCE($4, status) WHEN 'Completed' THEN"
                    " COALESCE(completed_at, $6) END, updated_at = $6"
                    " WHERE id = $7 AND user_id = $8 AND deleted_at IS NULL RETURNING " TASK),
    /* the row stays, marked */
    [SQL_DELETE] = ("UPDATE task SET deleted_at = $1, updated_at = $1"
                    " WHERE id = $2 AND user_id = $3 AND deleted_at IS NULL RETURNING id"),
};

/* What the application asks of a database: all that differs between the engines. */
typedef struct Engine {
    void *(*open)(const char *url);
    /* The rows, an array of objects. NULL, and told on stderr, when the database refused. */
    json_t *(*query)(void *db, const char *sql, const char *const *values, int count);
    void (*close)(void *db);
} Engine;

/* Times are kept in UTC, as text of this form on both engines. */
static json_t *cell_json(const char *name, const char *text)
{
    size_t length = strlen(name);
    json_t *value = NULL;
    if (text && strcmp(name, "id") == 0)
        value = json_integer(strtoll(text, NULL, 10));
    else if (text && length > 3 && strcmp(name + length - 3, "_at") == 0 && strlen(text) > 11)
        value = json_sprintf("%.10sT%sZ", text, text + 11);
    else if (text)
        value = json_string(text);
    return value ? value : json_null();
}

static void *sqlite_connect(const char *url)
{
    sqlite3 *db = NULL;
    char name[4096];
    const char *path = url + strlen("sqlite:");
    bool slashes = strncmp(path, "///", 3) == 0; /* with escapes, as in SQLite's own file: */
    snprintf(name, sizeof name, "%s%s", slashes ? "file:" : "", slashes ? path + 3 : path);
    /* without SQLITE_OPEN_CREATE: the file is there since the upgrade, or it is the wrong one */
    int code = sqlite3_open_v2(name, &db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(db, 5000);
        /* WAL: readers do not wait for the writer. The file keeps it; if an instance beside this
         * one is in the way, the next start sets it. */
        sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        code = sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK)
        return db;
    fprintf(stderr, "sqlite: %s\n", db ? sqlite3_errmsg(db) : "no memory");
    sqlite3_close(db);
    return NULL;
}

static json_t *sqlite_query(void *db, const char *sql, const char *const *values, int count)
{
    sqlite3_stmt *statement = NULL;
    json_t *rows = json_array();
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    for (int i = 0; code == SQLITE_OK && i < count; i++)
        code = sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        json_t *row = json_object();
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *name = sqlite3_column_name(statement, i);
            const char *text = (const char *)sqlite3_column_text(statement, i);
            json_object_set_new(row, name, cell_json(name, text));
        }
        json_array_append_new(rows, row);
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
        json_decref(rows);
        rows = NULL;
    }
    sqlite3_finalize(statement);
    return rows;
}

static void sqlite_close(void *db)
{
    sqlite3_close(db);
}

static void *postgresql_connect(const char *url)
{
    /* the URL wins over what stands before it, and what stands behind it over the URL */
    const char *const names[] = {"connect_timeout", "options", "dbname", "client_encoding", NULL};
    const char *const values[] = {"10", "-c statement_timeout=10s", url, "UTF8", NULL};
    PGconn *db = PQconnectdbParams(names, values, 1);
    if (PQstatus(db) == CONNECTION_OK)
        return db;
    fprintf(stderr, "postgresql: %s", PQerrorMessage(db));
    PQfinish(db);
    return NULL;
}

static json_t *postgresql_query(void *db, const char *sql, const char *const *values, int count)
{
    /* A connection that ended while it was idle is made anew before anything is sent on it: the
     * first look may find the server's last words, the second finds the end. */
    for (int i = 0; i < 2 && PQstatus(db) == CONNECTION_OK; i++)
        PQconsumeInput(db);
    if (PQstatus(db) != CONNECTION_OK)
        PQreset(db);
    PGresult *result = PQexecParams(db, sql, count, NULL, values, NULL, NULL, 0);
    /* Lost meanwhile: a read is asked again; of a write nobody knows whether it was done. */
    if (PQstatus(db) != CONNECTION_OK && strncmp(sql, "SELECT ", 7) == 0) {
        PQclear(result);
        PQreset(db);
        result = PQexecParams(db, sql, count, NULL, values, NULL, NULL, 0);
    }
    json_t *rows = NULL;
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        rows = json_array();
        for (int i = 0; i < PQntuples(result); i++) {
            json_t *row = json_object();
            for (int j = 0; j < PQnfields(result); j++) {
                const char *name = PQfname(result, j);
                const char *text = PQgetisnull(result, i, j) ? NULL : PQgetvalue(result, i, j);
                json_object_set_new(row, name, cell_json(name, text));
            }
            json_array_append_new(rows, row);
        }
    } else
        fprintf(stderr, "postgresql: %s", PQerrorMessage(db));
    PQclear(result);
    return rows;
}

static void postgresql_close(void *db)
{
    PQfinish(db);
}

static const Engine engines[] = {{sqlite_connect, sqlite_query, sqlite_close},
                                 {postgresql_connect, postgresql_query, postgresql_close}};

static struct {
    const Engine *engine;
    pthread_mutex_t lock;
    void *idle[DATA_CONNECTIONS];
    int count;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

json_t *data_query(int number, const char *const *values, int count)
{
    pthread_mutex_lock(&pool.lock);
    void *db = pool.idle[--pool.count];
    pthread_mutex_unlock(&pool.lock);
    json_t *rows = pool.engine->query(db, statements[number], values, count);
    pthread_mutex_lock(&pool.lock);
    pool.idle[pool.count++] = db;
    pthread_mutex_unlock(&pool.lock);
    return rows;
}

void data_close(void)
{
    while (pool.count > 0)
        pool.engine->close(pool.idle[--pool.count]);
}

bool data_open(const char *url)
{
    pool.engine = &engines[strncmp(url, "sqlite:", 7) != 0];
    setenv("PGDATESTYLE", "ISO", 1); /* libpq asks for it again when it connects again */
    while (pool.count < DATA_CONNECTIONS) {
        void *db = pool.engine->open(url);
        if (!db)
            return false;
        pool.idle[pool.count++] = db;
    }
    /* the tables are where this program looks for them */
    json_t *rows = data_query(SQL_USER, (const char *[]){""}, 1);
    json_decref(rows);
    return rows != NULL;
}
