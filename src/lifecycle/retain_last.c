/* What the audit says of the last run of a policy. */
#include "lifecycle/audit.h"
#include "lifecycle/retain.h"

Code retain_last(Life *life, Arena *arena, const char *policy, RetainLast *ret_last, Error *error)
{
    DbRows rows;
    const char *at = life->engine == ENGINE_SQLITE
                         ? "at"
                         : "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    const char *sql =
        arena_print(arena,
                    "SELECT %s, detail, actor FROM {audit} WHERE action = 'retain run'"
                    " AND policy = $1 ORDER BY seq DESC LIMIT 1",
                    at);
    *ret_last = (RetainLast){0};
    Code code = life_query(life, arena, sql, &policy, 1, &rows, error);
    if (code || !rows.count)
        return code;
    ret_last->at = arena_print(arena, "%.19sZ", db_cell(&rows, 0, 0));
    ret_last->detail = db_cell(&rows, 0, 1);
    ret_last->actor = db_cell(&rows, 0, 2);
    return RUNG_OK;
}
