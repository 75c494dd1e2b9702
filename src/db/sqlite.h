/* Shared by the files of the SQLite driver. */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include "base/map.h"
#include "base/text.h"
#include "base/vec.h"
#include "db/driver.h"

#include <sqlite3.h>

typedef struct Sqlite {
    Db db;
    sqlite3 *conn;
    const char *path;
    int busy_ms;
    int64_t busy_since_us;
    Arena *arena;                  /* of `path` and `kept` */
    Map *kept;                     /* statement text → sqlite3_stmt */
    VEC(sqlite3_stmt *) kept_list; /* the same, for the end: virtual tables have statements too */
    Text text;
    DbTouch *touch; /* NULL: nobody watches */
    void *touch_context;
} Sqlite;

/* sqlite_error.c: each fills `error` from the connection's last error and returns its code.
 * `result` is an extended result code; its name begins Error.detail. */
Code sqlite_open_failed(const Sqlite *sqlite, int result, Error *error);
Code sqlite_failed(const Sqlite *sqlite, int result, const DbStatement *statement, Error *error);

#endif
