/* The rows of a scratch database, to see what a way there and back loses. There are few of them:
 * whole values are kept. */
#ifndef PROVE_ROWS_H
#define PROVE_ROWS_H

#include "base/vec.h"
#include "db/db.h"

typedef struct Rows Rows;

/* Every ordinary table that is no partition, but those of rung. */
Code rows_read(Db *db, Arena *arena, Rows **ret_rows, Error *error);

/* Empties these tables. */
Code rows_remove(Db *db, Arena *arena, Error *error);

typedef struct Loss {
    const char *table;  /* as SQL, with its schema */
    const char *column; /* NULL: whole rows */
    size_t lost, of;    /* rows, or values that are not NULL */
} Loss;

typedef VEC(Loss) LossList;

/* What was there before and is not after. Columns are matched by name; a row that is lost is not
 * counted again for its columns. */
void rows_compare(Arena *arena, const Rows *before, const Rows *after, LossList *ret_losses);

/* How many tables have at least one row, of all. */
void rows_count(const Rows *rows, size_t *ret_filled, size_t *ret_all);

#endif
