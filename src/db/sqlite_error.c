/* SQLite's result codes in words, with the file they are about and what to do. */
#include "db/sqlite.h"
#include "base/file.h"

/* clang-format off */
#define RESULTS(R)                                                                                 \
    R(ERROR) R(INTERNAL) R(PERM) R(ABORT) R(BUSY) R(LOCKED) R(NOMEM) R(READONLY) R(INTERRUPT)      \
    R(IOERR) R(CORRUPT) R(NOTFOUND) R(FULL) R(CANTOPEN) R(PROTOCOL) R(EMPTY) R(SCHEMA) R(TOOBIG)   \
    R(CONSTRAINT) R(MISMATCH) R(MISUSE) R(NOLFS) R(AUTH) R(FORMAT) R(RANGE) R(NOTADB)              \
    R(ERROR_MISSING_COLLSEQ) R(ERROR_RETRY) R(ERROR_SNAPSHOT)                                      \
    R(IOERR_READ) R(IOERR_SHORT_READ) R(IOERR_WRITE) R(IOERR_FSYNC) R(IOERR_DIR_FSYNC)             \
    R(IOERR_TRUNCATE) R(IOERR_FSTAT) R(IOERR_UNLOCK) R(IOERR_RDLOCK) R(IOERR_DELETE)               \
    R(IOERR_NOMEM) R(IOERR_ACCESS) R(IOERR_CHECKRESERVEDLOCK) R(IOERR_LOCK) R(IOERR_CLOSE)         \
    R(IOERR_DIR_CLOSE) R(IOERR_SHMOPEN) R(IOERR_SHMSIZE) R(IOERR_SHMLOCK) R(IOERR_SHMMAP)          \
    R(IOERR_SEEK) R(IOERR_DELETE_NOENT) R(IOERR_MMAP) R(IOERR_GETTEMPPATH) R(IOERR_CONVPATH)       \
    R(IOERR_VNODE) R(IOERR_AUTH) R(IOERR_BEGIN_ATOMIC) R(IOERR_COMMIT_ATOMIC)                      \
    R(IOERR_ROLLBACK_ATOMIC) R(IOERR_DATA) R(IOERR_CORRUPTFS)                                      \
    R(LOCKED_SHAREDCACHE) R(LOCKED_VTAB) R(BUSY_RECOVERY) R(BUSY_SNAPSHOT) R(BUSY_TIMEOUT)         \
    R(CANTOPEN_NOTEMPDIR) R(CANTOPEN_ISDIR) R(CANTOPEN_FULLPATH) R(CANTOPEN_CONVPATH)              \
    R(CANTOPEN_SYMLINK) R(CORRUPT_VTAB) R(CORRUPT_SEQUENCE) R(CORRUPT_INDEX)                       \
    R(READONLY_RECOVERY) R(READONLY_CANTLOCK) R(READONLY_ROLLBACK) R(READONLY_DBMOVED)             \
    R(READONLY_CANTINIT) R(READONLY_DIRECTORY) R(ABORT_ROLLBACK)                                   \
    R(CONSTRAINT_CHECK) R(CONSTRAINT_COMMITHOOK) R(CONSTRAINT_FOREIGNKEY) R(CONSTRAINT_FUNCTION)   \
    R(CONSTRAINT_NOTNULL) R(CONSTRAINT_PRIMARYKEY) R(CONSTRAINT_TRIGGER) R(CONSTRAINT_UNIQUE)      \
    R(CONSTRAINT_VTAB) R(CONSTRAINT_ROWID) R(CONSTRAINT_PINNED) R(CONSTRAINT_DATATYPE)             \
    R(AUTH_USER)
/* clang-format on */

static const struct {
    int result;
    const char *name;
} names[] = {
#define RESULT_ROW(name) {SQLITE_##name, "SQLITE_" #name},
    RESULTS(RESULT_ROW)
#undef RESULT_ROW
};

/* What concerns the file, not the statement. */
static const struct {
    int result; /* an extended code goes before its primary one */
    const char *reason, *hint;
} reasons[] = {
    {SQLITE_BUSY_SNAPSHOT, "changed since this transaction began to read it", "run it again"},
    {SQLITE_BUSY, "locked by another connection",
     "another program has a transaction open; end it and try again"},
    {SQLITE_READONLY_DIRECTORY, "in a folder that may not be written",
     "SQLite needs to create a journal beside the file; look at the folder's permissions"},
    {SQLITE_READONLY_DBMOVED, "moved or deleted while it was open", "run it again"},
    {SQLITE_READONLY, "read-only", "look at the permissions of the file and its folder"},
    {SQLITE_FULL, "on a full disk", "make room and run it again"},
    {SQLITE_NOTADB, "not a SQLite database",
     "look at the path; an encrypted database is not supported"},
    {SQLITE_CORRUPT, "damaged", "see what PRAGMA integrity_check says; restore a backup"},
};

static void set_detail(const Sqlite *sqlite, int result, Error *error)
{
    const char *name = NULL;
    for (size_t i = 0; i < COUNT(names) && !name; i++)
        if (names[i].result == result)
            name = names[i].name;
    if (name && result != SQLITE_ERROR) /* that one says nothing */
        error_detail(error, "%s", name);
    else if (!name)
        error_detail(error, "SQLITE code %d", result);
    int number = sqlite3_system_errno(sqlite->conn);
    int primary = result & 0xFF;
    if (number && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL))
        error_detail(error, "%s: %s", name ? name : "SQLite", strerror(number));
}

/* False if `result` does not concern the file. */
static bool set_file_reason(const Sqlite *sqlite, Code code, int result, Error *error)
{
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].result == result || reasons[i].result == (result & 0xFF)) {
            error_set(error, code, "the SQLite database %s is %s", sqlite->path, reasons[i].reason);
            error_hint(error, "%s", reasons[i].hint);
            return true;
        }
    return false;
}

static Code cannot_open(const Sqlite *sqlite, Error *error)
{
    Arena *arena = arena_new();
    const char *folder = path_folder(arena, sqlite->path);
    int number = sqlite3_system_errno(sqlite->conn);
    if (folder_exists(sqlite->path))
        error_set(error, RUNG_CONNECT, "the SQLite database %s is a folder", sqlite->path);
    else if (!folder_exists(folder)) {
        error_set(error, RUNG_CONNECT,
                  "the SQLite database %s cannot be opened: there is no folder %s", sqlite->path,
                  folder);
        error_hint(error, "create the folder, or look at the path in the URL");
    } else if (!file_exists(sqlite->path) && sqlite->db.options.must_exist) {
        error_set(error, RUNG_CONNECT, "the SQLite database %s does not exist", sqlite->path);
        error_hint(error, "look at the path in the URL");
    } else {
        error_set(error, RUNG_CONNECT, "the SQLite database %s cannot be opened: %s", sqlite->path,
                  number ? strerror(number) : sqlite3_errmsg(sqlite->conn));
        error_hint(error, "look at the permissions of the file and its folder");
    }
    arena_free(arena);
    return RUNG_CONNECT;
}

Code sqlite_open_failed(const Sqlite *sqlite, int result, Error *error)
{
    if ((result & 0xFF) == SQLITE_CANTOPEN)
        cannot_open(sqlite, error);
    else if (!set_file_reason(sqlite, RUNG_CONNECT, result, error))
        error_set(error, RUNG_CONNECT, "the SQLite database %s cannot be opened: %s", sqlite->path,
                  sqlite3_errmsg(sqlite->conn));
    set_detail(sqlite, result, error);
    return RUNG_CONNECT;
}

static int error_line(const Sqlite *sqlite, const DbStatement *statement)
{
#if SQLITE_VERSION_NUMBER >= 3038000
    int offset = sqlite3_error_offset(sqlite->conn);
    if (offset >= 0 && (size_t)offset <= statement->length)
        return db_line(statement->sql, (size_t)offset);
#endif
    return 0;
}

Code sqlite_failed(const Sqlite *sqlite, int result, const DbStatement *statement, Error *error)
{
    int primary = result & 0xFF;
    if (primary == SQLITE_INTERRUPT || (primary == SQLITE_BUSY && db_cancelled(&sqlite->db, 0)))
        error_set(error, RUNG_INTERRUPTED, "the statement was interrupted");
    else if (!set_file_reason(sqlite, RUNG_FAILED, result, error))
        error_set(error, RUNG_FAILED, "%s", sqlite3_errmsg(sqlite->conn));
    error->line = error_line(sqlite, statement);
    set_detail(sqlite, result, error);
    error_statement(error, statement->sql, statement->length);
    return error->code;
}
