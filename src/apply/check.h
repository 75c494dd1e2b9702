/* Checks: queries whose answer says whether a revision did what it promised. */
#ifndef APPLY_CHECK_H
#define APPLY_CHECK_H

#include "apply/script.h"
#include "db/db.h"

typedef struct CheckResult {
    const Check *check;
    bool passed;
    const char *found, *expected; /* second and third column; NULL: not given */
    const char *reason;           /* why it failed, in words; NULL when it passed */
    DbRows rows;                  /* what the query answered, or its plan */
} CheckResult;

/* Runs one check in the transaction that is open. A query that fails is a failed check on SQLite
 * and an error on PostgreSQL, where the transaction is lost: use a savepoint around it. */
Code check_run(Db *db, Arena *arena, const Script *script, const Check *check,
               CheckResult *ret_result, Error *error);

#endif
