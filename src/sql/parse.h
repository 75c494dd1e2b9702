/* The parse tree of one PostgreSQL statement, from libpg_query, which is loaded when first needed.
 *
 * Its grammar is PostgreSQL 15's: what it refuses may be right on a newer server. The tree is
 * advice; what is executed is always the original text. */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "base/arena.h"
#include "base/error.h"

#include <pg_query/pg_query.pb-c.h>

/* The tree is in `arena`; locations in it are byte offsets in `sql`. RUNG_REVISION when it is not
 * one statement of UTF-8 text that the grammar knows, or when it is nested too deeply for a
 * recursive walk; RUNG_UNSUPPORTED when the library cannot be loaded. The error has no place yet.
 */
Code sql_parse(Arena *arena, const char *sql, size_t length, const PgQuery__Node **ret_statement,
               Error *error);

#endif
