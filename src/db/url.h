/* Database URLs. A password is kept apart from everything that is shown. */
#ifndef DB_URL_H
#define DB_URL_H

#include "base/arena.h"
#include "base/engine.h"
#include "base/error.h"

typedef struct DbUrl {
    Engine engine;
    const char *conninfo; /* PostgreSQL: for libpq, with the password. Never shown. */
    const char *database; /* PostgreSQL: in place of the one that conninfo names; NULL: that one */
    const char *path;     /* SQLite: the file's path, or ":memory:" */
    const char *shown;    /* the URL with "***" in place of the password */
} DbUrl;

/* Accepts postgresql://, postgres:// (anything libpq takes behind it), the same with a SQLAlchemy
 * driver suffix (postgresql+psycopg2://), sqlite:path, sqlite:///relative, sqlite:////absolute,
 * sqlite::memory:, sqlite://. Relative paths are taken below `folder`. RUNG_CONFIG otherwise;
 * the message never holds the password. */
Code db_url_read(Arena *arena, const char *text, const char *folder, DbUrl *ret_url, Error *error);

#endif
