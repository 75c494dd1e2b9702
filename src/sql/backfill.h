/* `-- rung:backfill table=… key=… batch=… pause=…`: an UPDATE or DELETE cut into key ranges. */
#ifndef SQL_BACKFILL_H
#define SQL_BACKFILL_H

#include "base/engine.h"
#include "base/error.h"
#include "base/vec.h"

typedef struct Backfill {
    const char *table;                      /* as written, perhaps schema-qualified and quoted */
    VEC(const char *) keys;                 /* as written, in order */
    int64_t batch;                          /* rows a batch, 1 to 1,000,000; default 1000 */
    int pause_ms;                           /* between batches; default 0 */
    size_t head, where, where_length, tail; /* the statement's parts: [0,head) before WHERE,
                                   [where, +where_length) its condition (length 0: none), [tail,…)
                                   RETURNING and behind */
    const char *alias; /* how the target table is called inside the statement */
} Backfill;

/* `directive` is the text behind "backfill". RUNG_REVISION with file and line for an unknown,
 * missing or wrong option, and for a statement that is not one UPDATE or DELETE of that table. */
Code backfill_read(Arena *arena, Engine engine, const char *file, int line, const char *directive,
                   const char *sql, size_t length, Backfill *ret_backfill, Error *error);

/* The statement for one range. `low` and `high` are SQL text of row values ("$1" parameters or
 * constants), one for each key; `low` NULL: from the beginning. The range is (low, high]. */
char *backfill_print(Arena *arena, const Backfill *backfill, const char *sql, size_t length,
                     const char *const *low, const char *const *high);

#endif
