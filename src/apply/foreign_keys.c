/* SQLite's foreign keys around a table rebuild.
 *
 * DROP TABLE with enforcement on deletes rows of other tables by cascade, and PRAGMA foreign_keys
 * has no effect inside a transaction (SQLite manual, "Foreign Key Support" 5 and 6): it is turned
 * off before, and what the revision leaves behind is checked before the commit. */
#include "apply/runner.h"

Code foreign_keys_enforce(Runner *runner, bool on, Error *error)
{
    runner->keys_off = !on;
    return db_exec(runner->db, on ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF", error);
}

static Code violations(Runner *runner, DbRows *ret_rows, Error *error)
{
    return db_query(runner->db, runner->plan.arena,
                    &(DbStatement){.sql = "PRAGMA foreign_key_check"}, ret_rows, error);
}

Code foreign_keys_count(Runner *runner, int64_t *ret_count, Error *error)
{
    DbRows rows;
    Code code = violations(runner, &rows, error);
    if (code)
        return code;
    *ret_count = (int64_t)rows.count;
    if (rows.count)
        runner_tell(runner, RUNG_EVENT_WARNING, NULL, 0, 0, 0,
                    "%zu rows had a foreign key that leads nowhere before this run", rows.count);
    return RUNG_OK;
}

Code foreign_keys_check(Runner *runner, const Script *script, int64_t before, Error *error)
{
    DbRows rows;
    if (before < 0)
        return RUNG_OK;
    Code code = violations(runner, &rows, error);
    if (code || (int64_t)rows.count <= before)
        return code;
    size_t last = rows.count - 1;
    error_at(error, RUNG_FAILED, script->revision->path, 0,
             "revision %s leaves %lld rows whose foreign key leads nowhere, for example in \"%s\", "
             "which references \"%s\"",
             script->revision->id, (long long)rows.count - (long long)before,
             db_cell(&rows, last, 0), db_cell(&rows, last, 2));
    snprintf(error->revision, sizeof error->revision, "%s", script->revision->id);
    return error_hint(error, "PRAGMA foreign_key_check lists them; the revision was rolled back");
}
