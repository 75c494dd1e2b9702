/* Which tables a statement touches, by SQLite's authorizer (manual, "Compile-Time Authorization
 * Callbacks"). Nothing is denied. */
#include "db/sqlite.h"

/* The two texts of each action are in the order of sqlite3.h. */
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    Sqlite *sqlite = context;
    switch (action) {
    case SQLITE_READ:
        sqlite->touch(sqlite->touch_context, first, DB_TOUCH_READ);
        break;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        sqlite->touch(sqlite->touch_context, first, DB_TOUCH_WRITE);
        break;
    case SQLITE_CREATE_INDEX:
        sqlite->touch(sqlite->touch_context, second, DB_TOUCH_INDEX);
        break;
    case SQLITE_ALTER_TABLE:
        sqlite->touch(sqlite->touch_context, second, DB_TOUCH_ALTER);
        break;
    case SQLITE_DROP_TABLE:
        sqlite->touch(sqlite->touch_context, first, DB_TOUCH_DROP);
        break;
    default:
        break;
    }
    return SQLITE_OK;
}

void db_watch(Db *db, DbTouch *touch, void *context)
{
    if (db->engine != ENGINE_SQLITE)
        return;
    Sqlite *sqlite = (Sqlite *)(void *)db;
    sqlite->touch = touch;
    sqlite->touch_context = context;
    sqlite3_set_authorizer(sqlite->conn, touch ? authorize : NULL, sqlite);
}
