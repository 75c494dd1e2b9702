/* A few rows in every table of a scratch database, so that what fails only on rows fails there.
 *
 * Values are made up from types, from the constants in CHECK constraints and partition bounds, and
 * from the rows that foreign keys reference; never from anybody's data. What cannot be filled is
 * named. */
#ifndef PROVE_FILL_H
#define PROVE_FILL_H

#include "prove/fill_values.h"

typedef struct Unfilled {
    const char *table, *reason;
} Unfilled;

typedef VEC(Unfilled) UnfilledList;

/* At most `wanted` rows in each table that has none. Errors of single rows are no failure. */
Code fill_tables(Db *db, Arena *arena, size_t wanted, UnfilledList *ret_unfilled, Error *error);

/* One row in `table`, in the transaction that is open: columns with `fixed` get that, the others
 * what fits, as made up for row `row`. `ret_values` gets the row as it was stored: SQL constants in
 * the order of the columns. A failure says why no row fits, and leaves the transaction as it was.
 */
Code fill_one(Db *db, Arena *arena, const FillTableList *tables, FillTable *table, size_t row,
              const char **ret_values, Error *error);

#endif
