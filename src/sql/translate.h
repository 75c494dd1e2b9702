/* One PostgreSQL statement as SQLite would have it, where a faithful translation exists.
 *
 * Edits are made in the original text at the places the parse tree names; comments and layout
 * stay. `doc/sqlite.md` lists what is translated, what is enforced by an added CHECK, what is
 * dropped with a notice (COMMENT ON, row-level security), and what is refused. */
#ifndef SQL_TRANSLATE_H
#define SQL_TRANSLATE_H

#include "base/error.h"
#include "base/vec.h"

typedef struct SqlTranslation {
    VEC(const char *) statements; /* none when the statement is dropped */
    const char *notice;           /* what was dropped and why; NULL: nothing was */
} SqlTranslation;

/* `file` and `line` say where the statement stands. RUNG_REVISION naming the statement, the part
 * that has no translation, and the section to write instead (`-- rung:up sqlite`).
 * `heading` is that section's heading, for the hint. */
Code sql_translate(Arena *arena, const char *file, int line, const char *heading, const char *sql,
                   size_t length, SqlTranslation *ret_translation, Error *error);

#endif
