/* The two database engines, as every room names them. */
#ifndef BASE_ENGINE_H
#define BASE_ENGINE_H

#include "base/base.h"

typedef enum { ENGINE_POSTGRESQL, ENGINE_SQLITE, ENGINE_COUNT } Engine;

/* "postgresql", "sqlite": as written in section headings and in --json. */
const char *engine_name(Engine engine);

/* "PostgreSQL", "SQLite": in messages. */
const char *engine_title(Engine engine);

/* Reads a name of `length` bytes, also the usual short ones (postgres, pg, sqlite3). */
bool engine_read(const char *name, size_t length, Engine *ret_engine);

#endif
