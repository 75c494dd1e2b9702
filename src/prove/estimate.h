/* How long work on a table of the target's size would take: sizes from the target, rates from the
 * machine on which the rehearsal runs. An order of magnitude, said as a bracket. */
#ifndef PROVE_ESTIMATE_H
#define PROVE_ESTIMATE_H

#include "base/vec.h"
#include "db/db.h"

typedef struct TableSize {
    const char *name;  /* as SQL, with its schema */
    double rows, heap; /* heap in bytes; all of it with indexes and TOAST in `total` */
    double total;
} TableSize;

typedef VEC(TableSize) TableSizeList;

/* What PostgreSQL's statistics say (pg_class.reltuples, manual "pg_class"); nothing is counted. */
Code sizes_read(Db *db, Arena *arena, TableSizeList *ret_sizes, Error *error);

/* Bytes and rows a second. */
typedef struct Rates {
    double rewrite, scan, index, keys;
} Rates;

/* Measures them in a table of its own, which is gone afterwards. About 0.1 s. */
Code rates_measure(Db *db, Rates *ret_rates, Error *error);

/* Seconds that `work` (lint/hazard.h) takes on this table; 0 for none. A real machine takes between
 * a third and three times that. */
double work_seconds(const Rates *rates, const TableSize *size, unsigned work);

/* NULL: not known. */
const TableSize *size_of(const TableSizeList *sizes, const char *name);

#endif
