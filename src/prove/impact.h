/* What new columns and indexes take, from the rows of a scratch database. */
#ifndef PROVE_IMPACT_H
#define PROVE_IMPACT_H

#include "base/vec.h"
#include "db/db.h"
#include "plan/plan.h"

typedef struct Impact {
    const Object *object; /* a column of a table that was there, or an index */
    const char *table;
    double bytes;       /* a row; of an index: an entry */
    bool partial;       /* the index has entries for some rows only */
    const char *method; /* of an index */
} Impact;

typedef VEC(Impact) ImpactList;

/* Measures what the plan creates: pg_column_size (manual, "System Administration Functions") and
 * the layout of a B-tree entry (src/include/access/itup.h); on SQLite the length of the values. */
Code impact_measure(Db *db, Arena *arena, const Plan *plan, ImpactList *ret_impacts, Error *error);

#endif
