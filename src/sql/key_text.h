/* The text of foreign keys with another ON DELETE: of a CREATE TABLE of SQLite, or of what
 * PostgreSQL's pg_get_constraintdef prints. */
#ifndef SQL_KEY_TEXT_H
#define SQL_KEY_TEXT_H

#include "base/error.h"
#include "base/vec.h"

/* The same text; the foreign key that is the one at `position` (from 0) has this ON DELETE, as in
 * "CASCADE", or NULL: none. All else of it stays as it is written. RUNG_FAILED if it has no such
 * key. */
Code key_text_set_action(Arena *arena, const char *sql, size_t position, const char *action,
                         const char **ret_sql, Error *error);

/* The same text without that foreign key. Its columns stay. */
Code key_text_remove(Arena *arena, const char *sql, size_t position, const char **ret_sql,
                     Error *error);

/* "ALTER TABLE … DROP CONSTRAINT …" of PostgreSQL. */
const char *key_drop_print(Arena *arena, const char *schema, const char *table, const char *name);

/* "CREATE INDEX … ON … (…)"; `schema` and `name` may be NULL. */
const char *key_index_print(Arena *arena, const char *name, const char *schema, const char *table,
                            const char *const *columns, size_t count);

#endif
