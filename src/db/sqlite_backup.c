/* A copy of an SQLite database, page by page. */
#include "base/clock.h"
#include "db/sqlite.h"

enum { STEP_PAGES = 2048, RETRY_MS = 20 };

static Code backup_failed(sqlite3 *copy, const char *path, int result, Error *error)
{
    const char *words = result == sqlite3_errcode(copy) ? sqlite3_errmsg(copy) : NULL;
    return error_set(error, RUNG_FILE, "the backup %s cannot be written: %s", path,
                     words ? words : sqlite3_errstr(result));
}

/* Locks of others are waited for as a statement waits for them. */
static int copy_pages(Sqlite *sqlite, sqlite3_backup *backup)
{
    int64_t since = 0;
    for (;;) {
        int result = sqlite3_backup_step(backup, STEP_PAGES);
        if (db_cancelled(&sqlite->db, 0))
            return SQLITE_INTERRUPT;
        if (result == SQLITE_OK)
            since = 0;
        else if (result == SQLITE_BUSY || result == SQLITE_LOCKED) {
            since = since ? since : clock_monotonic_us();
            if (clock_monotonic_us() - since > (int64_t)sqlite->busy_ms * 1000)
                return result;
            clock_sleep_ms(RETRY_MS);
        } else
            return result;
    }
}

static Code copy_all(Sqlite *sqlite, sqlite3 *copy, const char *path, Error *error)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", sqlite->conn, "main");
    if (!backup)
        return backup_failed(copy, path, sqlite3_errcode(copy), error);
    db_start(&sqlite->db);
    int result = copy_pages(sqlite, backup), finished = sqlite3_backup_finish(backup);
    if (result == SQLITE_INTERRUPT)
        return error_set(error, RUNG_INTERRUPTED, "the backup was interrupted");
    if (result == SQLITE_DONE && finished == SQLITE_OK)
        return RUNG_OK;
    return backup_failed(copy, path, result == SQLITE_DONE ? finished : result, error);
}

Code db_backup(Db *db, const char *path, Error *error)
{
    sqlite3 *copy = NULL;
    if (db->engine != ENGINE_SQLITE)
        return error_set(error, RUNG_UNSUPPORTED, "PostgreSQL has pg_dump for backups");
    int result = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    Code code = result ? backup_failed(copy, path, result, error)
                       : copy_all((Sqlite *)db, copy, path, error);
    sqlite3_close(copy);
    return code;
}
