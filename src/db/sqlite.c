/* The SQLite driver. A queued statement is executed at once: nothing travels. */
#include "db/sqlite.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/vec.h"

enum { OLDEST = 3037000, BUSY_MS = 5000, BUSY_STEP_MS = 20, PROGRESS_STEPS = 1000 };
enum { LARGEST = 1000 * 1000 * 1000 };

static int busy_wait(void *argument, int count)
{
    Sqlite *sqlite = argument;
    int64_t now = clock_monotonic_us();
    if (count == 0)
        sqlite->busy_since_us = now;
    if (db_cancelled(&sqlite->db, 0) ||
        now - sqlite->busy_since_us >= (int64_t)sqlite->busy_ms * 1000)
        return 0;
    db_tick(&sqlite->db);
    clock_sleep_ms(count < BUSY_STEP_MS ? count + 1 : BUSY_STEP_MS);
    return 1;
}

static int progress(void *argument)
{
    Sqlite *sqlite = argument;
    db_tick(&sqlite->db);
    return 0;
}

/* Reads the first bytes by SQLite's own file handle, without a lock: opening the file a second
 * time would drop this process's locks on it when it is closed (POSIX). */
static bool is_database(sqlite3 *conn)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic] = {0};
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(conn, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        !file || !file->pMethods)
        return true;
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK || size == 0)
        return true;
    file->pMethods->xRead(file, head, sizeof head, 0); /* what is missing stays zero */
    return memcmp(head, magic, sizeof magic) == 0;
}

static void configure(Sqlite *sqlite)
{
    sqlite3 *conn = sqlite->conn;
    sqlite3_busy_handler(conn, busy_wait, sqlite);
    if (sqlite->db.options.waiting)
        sqlite3_progress_handler(conn, PROGRESS_STEPS, progress, sqlite);
    sqlite3_db_config(conn, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(conn, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    /* a column that is not there is an error, not a string (SQLite manual, "Quirks" 8) */
    sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

static int open_flags(const DbOptions *options, const char *path)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (strncmp(path, "file:", 5) == 0)
        flags |= SQLITE_OPEN_URI;
    if (options->read_only)
        return flags | SQLITE_OPEN_READONLY;
    return flags | SQLITE_OPEN_READWRITE | (options->must_exist ? 0 : SQLITE_OPEN_CREATE);
}

static void sqlite_close(Db *db)
{
    Sqlite *sqlite = (Sqlite *)db;
    for (size_t i = 0; i < sqlite->kept_list.count; i++)
        sqlite3_finalize(sqlite->kept_list.at[i]);
    sqlite3_close(sqlite->conn);
    text_done(&sqlite->text);
    arena_free(sqlite->arena);
    free(sqlite);
}

static Code sqlite_open(const DbUrl *url, const DbOptions *options, Db **ret_db, Error *error)
{
    if (sqlite3_libversion_number() < OLDEST)
        return error_set(error, RUNG_UNSUPPORTED,
                         "the SQLite library is %s; rung needs 3.37 or later",
                         sqlite3_libversion());
    Sqlite *sqlite = calloc(1, sizeof(Sqlite));
    if (!sqlite)
        return error_set(error, RUNG_LIMIT, "no memory for a connection");
    sqlite->arena = arena_new();
    sqlite->kept = map_new(sqlite->arena);
    sqlite->path = arena_string(sqlite->arena, url->path);
    sqlite->db.options = *options;
    sqlite->db.version = sqlite3_libversion_number();
    sqlite->busy_ms = options->busy_timeout_ms ? options->busy_timeout_ms : BUSY_MS;
    Code code = RUNG_OK;
    int result = SQLITE_CANTOPEN; /* read-only, a folder could be opened */
    if (!options->read_only || !folder_exists(url->path))
        result = sqlite3_open_v2(url->path, &sqlite->conn, open_flags(options, url->path), NULL);
    if (!result && !is_database(sqlite->conn))
        result = SQLITE_NOTADB;
    if (result) {
        code = sqlite_open_failed(sqlite, result, error);
        sqlite_close(&sqlite->db);
        return code;
    }
    configure(sqlite);
    *ret_db = &sqlite->db;
    return RUNG_OK;
}

static Code refuse(const DbStatement *statement, Error *error, const char *reason, const char *hint)
{
    error_set(error, RUNG_FAILED, "%s", reason);
    error_statement(error, statement->sql, statement->length);
    return error_hint(error, "%s", hint);
}

/* Whether only blanks, comments and semicolons stand between `tail` and `end`. */
static bool rest_is_empty(Sqlite *sqlite, const char *tail, const char *end)
{
    while (tail < end) {
        sqlite3_stmt *more = NULL;
        const char *next = NULL;
        int result = sqlite3_prepare_v2(sqlite->conn, tail, (int)(end - tail), &more, &next);
        sqlite3_finalize(more);
        if (result || more || next <= tail)
            return false;
        tail = next;
    }
    return true;
}

static Code prepare(Sqlite *sqlite, const DbStatement *statement, sqlite3_stmt **ret_stmt,
                    Error *error)
{
    if (statement->length > LARGEST)
        return error_set(error, RUNG_LIMIT, "a statement of %zu bytes is more than SQLite accepts",
                         statement->length);
    sqlite3_stmt *stmt = NULL;
    const char *tail = NULL;
    int result = sqlite3_prepare_v3(sqlite->conn, statement->sql, (int)statement->length,
                                    statement->keep ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, &tail);
    if (result)
        return sqlite_failed(sqlite, result, statement, error);
    if (!rest_is_empty(sqlite, tail, statement->sql + statement->length)) {
        sqlite3_finalize(stmt);
        return refuse(statement, error, "the text holds more than one statement",
                      "each statement is executed alone");
    }
    *ret_stmt = stmt;
    return RUNG_OK;
}

/* A kept statement is looked up by its text; any other is prepared, for the caller to finalize. */
static Code obtain(Sqlite *sqlite, const DbStatement *statement, sqlite3_stmt **ret_stmt,
                   Error *error)
{
    if (!statement->keep)
        return prepare(sqlite, statement, ret_stmt, error);
    text_clear(&sqlite->text);
    text_add(&sqlite->text, statement->sql, statement->length);
    *ret_stmt = map_get(sqlite->kept, text_string(&sqlite->text));
    if (*ret_stmt)
        return RUNG_OK;
    Code code = prepare(sqlite, statement, ret_stmt, error);
    if (!code && *ret_stmt) {
        map_set(sqlite->kept, text_string(&sqlite->text), *ret_stmt);
        *vec_add(sqlite->arena, &sqlite->kept_list) = *ret_stmt;
    }
    return code;
}

/* Which of the values a parameter stands for: $3 the third, although SQLite numbers $-parameters in
 * the order in which they appear (its manual, "Parameters"). */
static size_t value_of(sqlite3_stmt *stmt, int parameter, size_t count)
{
    const char *name = sqlite3_bind_parameter_name(stmt, parameter);
    if (name && name[0] == '$') {
        char *end;
        unsigned long number = strtoul(name + 1, &end, 10);
        if (!*end && number >= 1 && number <= count)
            return number - 1;
    }
    return (size_t)parameter - 1;
}

static Code bind(Sqlite *sqlite, sqlite3_stmt *stmt, const DbStatement *statement, Error *error)
{
    int wanted = sqlite3_bind_parameter_count(stmt);
    if (statement->all_null)
        return RUNG_OK; /* sqlite3_bind: what is not bound is NULL */
    if ((size_t)wanted != statement->param_count) {
        refuse(statement, error, "", "outside quotes ?, :name, @name and $name stand for values");
        snprintf(error->message, sizeof error->message,
                 "the statement has %d parameters, but %zu values are given", wanted,
                 statement->param_count);
        return RUNG_FAILED;
    }
    for (int i = 0; i < wanted; i++) {
        const char *value = statement->params[value_of(stmt, i + 1, statement->param_count)];
        int result = sqlite3_bind_text(stmt, i + 1, value, -1, SQLITE_STATIC);
        if (result)
            return sqlite_failed(sqlite, result, statement, error);
    }
    return RUNG_OK;
}

static const char *print_blob(Arena *arena, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, 2 * length + 4), *put = text;
    *put++ = 'x', *put++ = '\'';
    for (size_t i = 0; i < length; i++)
        *put++ = digits[bytes[i] >> 4], *put++ = digits[bytes[i] & 15];
    *put = '\'';
    return text;
}

static const char *read_cell(Arena *arena, sqlite3_stmt *stmt, int column)
{
    int type = sqlite3_column_type(stmt, column);
    if (type == SQLITE_NULL)
        return NULL;
    if (type == SQLITE_BLOB) {
        const void *bytes = sqlite3_column_blob(stmt, column);
        return print_blob(arena, bytes, (size_t)sqlite3_column_bytes(stmt, column));
    }
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return arena_copy(arena, text ? text : "", (size_t)sqlite3_column_bytes(stmt, column));
}

/* Runs to the end; collects rows if `ret_rows` is not NULL. */
static int step_all(Sqlite *sqlite, sqlite3_stmt *stmt, Arena *arena, DbRows *ret_rows)
{
    VEC(const char *) cells = {0};
    size_t count = 0;
    int result;
    sqlite3_int64 before = sqlite3_total_changes64(sqlite->conn);
    for (; (result = sqlite3_step(stmt)) == SQLITE_ROW; count++)
        for (int column = 0; ret_rows && column < sqlite3_column_count(stmt); column++)
            *vec_add(arena, &cells) = read_cell(arena, stmt, column);
    if (result != SQLITE_DONE || !ret_rows)
        return result;
    /* a statement may be compiled anew by its first step, so its columns are read now */
    size_t columns = (size_t)sqlite3_column_count(stmt);
    const char **names = arena_alloc_array(arena, columns, sizeof *names);
    for (size_t column = 0; column < columns; column++)
        names[column] = arena_string(arena, sqlite3_column_name(stmt, (int)column));
    *ret_rows = (DbRows){
        .count = columns ? count : 0, .columns = columns, .names = names, .cells = cells.at};
    if (sqlite3_total_changes64(sqlite->conn) != before)
        ret_rows->changed = sqlite3_changes64(sqlite->conn);
    return SQLITE_DONE;
}

static Code sqlite_query(Db *db, Arena *arena, const DbStatement *statement, DbRows *ret_rows,
                         Error *error)
{
    Sqlite *sqlite = (Sqlite *)db;
    sqlite3_stmt *stmt = NULL;
    Code code = obtain(sqlite, statement, &stmt, error);
    if (code)
        return code;
    if (!stmt) { /* a comment */
        if (ret_rows)
            *ret_rows = (DbRows){0};
        return RUNG_OK;
    }
    code = bind(sqlite, stmt, statement, error);
    if (!code) {
        int result = step_all(sqlite, stmt, arena, ret_rows);
        if (result != SQLITE_DONE)
            code = sqlite_failed(sqlite, result, statement, error);
    }
    if (statement->keep) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
    } else
        sqlite3_finalize(stmt);
    return code;
}

static void sqlite_queue(Db *db, const DbStatement *statement)
{
    Error error;
    if (sqlite_query(db, NULL, statement, NULL, &error))
        db_queue_fail(db, statement->tag, &error);
}

static void sqlite_drain(Db *db UNUSED)
{
}

static bool sqlite_lost(const Db *db UNUSED)
{
    return false;
}

/* Another file may stand at the path now: a restored one. */
static bool sqlite_alive(Db *db)
{
    int moved = 0;
    return sqlite3_file_control(((Sqlite *)db)->conn, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
               SQLITE_OK &&
           !moved;
}

static bool sqlite_reset(Db *db UNUSED)
{
    return false;
}

static bool sqlite_in_transaction(const Db *db)
{
    return !sqlite3_get_autocommit(((const Sqlite *)db)->conn);
}

static int sqlite_backend_pid(const Db *db UNUSED)
{
    return 0;
}

static void sqlite_cancel(Db *db)
{
    sqlite3_interrupt(((Sqlite *)db)->conn);
}

const DbDriver sqlite_driver = {
    .open = sqlite_open,
    .close = sqlite_close,
    .lost = sqlite_lost,
    .alive = sqlite_alive,
    .reset = sqlite_reset,
    .in_transaction = sqlite_in_transaction,
    .backend_pid = sqlite_backend_pid,
    .cancel = sqlite_cancel,
    .query = sqlite_query,
    .queue = sqlite_queue,
    .drain = sqlite_drain,
};
