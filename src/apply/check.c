/* Checks: queries whose answer says whether a revision did what it promised. */
#include "apply/runner.h"
#include "base/text.h"

static bool is_true(const char *cell)
{
    return cell && (strcmp(cell, "t") == 0 || strcmp(cell, "true") == 0 || strcmp(cell, "1") == 0);
}

#define PLANNER(flag)                                                                              \
    "SELECT set_config('enable_seqscan', '" flag "', true), set_config('enable_sort', '" flag      \
    "', true), set_config('jit', 'off', true)"

/* The plan of a query, one line a row. */
static Code read_plan(Db *db, Arena *arena, const Check *check, DbRows *ret_rows, Error *error)
{
    bool sqlite = db_engine(db) == ENGINE_SQLITE;
    char *sql = arena_print(arena, "%s%.*s", sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ",
                            (int)check->length, check->sql);
    if (!sqlite) {
        /* a small table is read and sorted whole whatever its indexes: ask what serves otherwise */
        Code code = db_exec(db, PLANNER("off"), error);
        if (code)
            return code;
    }
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
    if (!sqlite && !code)
        code = db_exec(db, PLANNER("on"), error);
    return code;
}

/* True if `name` stands in `line` as a whole word. */
static bool names_index(const char *line, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(line, name); at; at = strstr(at + 1, name)) {
        char before = at == line ? ' ' : at[-1], after = at[length];
        if (strchr(" \"(", before) && (after == '\0' || strchr(" \"()", after)))
            return true;
    }
    return false;
}

static void judge_plan(Arena *arena, const DbRows *rows, CheckResult *result)
{
    Text plan = TEXT_EMPTY;
    for (size_t i = 0; i < rows->count; i++) {
        const char *line = db_cell(rows, i, rows->columns - 1);
        if (line && names_index(line, result->check->uses_index))
            result->passed = true;
        text_print(&plan, "%s%s", i ? "; " : "", line ? line + strspn(line, " ") : "");
    }
    if (!result->passed)
        result->reason = arena_print(arena, "the plan does not use it: %.400s", text_string(&plan));
    text_done(&plan);
}

static void judge_rows(Arena *arena, const DbRows *rows, CheckResult *result)
{
    if (!rows->columns) {
        result->reason = "it is not a query";
        return;
    }
    if (result->check->none) {
        result->passed = rows->count == 0;
        if (!result->passed)
            result->reason = arena_print(arena,
                                         "%zu row%s came back, none was expected; the first "
                                         "begins with %.100s",
                                         rows->count, rows->count == 1 ? "" : "s",
                                         db_cell(rows, 0, 0) ? db_cell(rows, 0, 0) : "NULL");
        return;
    }
    if (rows->count != 1) {
        result->reason = arena_print(arena, "the query returned %zu rows, not one", rows->count);
        return;
    }
    const char *value = db_cell(rows, 0, 0);
    result->passed = is_true(value);
    result->found = rows->columns > 1 ? db_cell(rows, 0, 1) : NULL;
    result->expected = rows->columns > 2 ? db_cell(rows, 0, 2) : NULL;
    if (!result->passed)
        result->reason =
            arena_print(arena, "the query returned %.100s, not true", value ? value : "NULL");
}

Code check_run(Db *db, Arena *arena, const Script *script, const Check *check,
               CheckResult *ret_result, Error *error)
{
    CheckResult result = {.check = check};
    DbRows rows;
    Code code =
        check->uses_index
            ? read_plan(db, arena, check, &rows, error)
            : db_query(db, arena, &(DbStatement){.sql = check->sql, .length = check->length}, &rows,
                       error);
    if (code == RUNG_FAILED) {
        Command command = {.sql = check->sql, .length = check->length, .line = check->line};
        script_locate(script, &command, error);
    }
    if (code)
        return code;
    result.rows = rows;
    if (check->uses_index)
        judge_plan(arena, &rows, &result);
    else
        judge_rows(arena, &rows, &result);
    *ret_result = result;
    return RUNG_OK;
}

Code checks_pass(Runner *runner, Script *script, Error *error)
{
    for (size_t i = 0; i < script->checks.count; i++) {
        const Check *check = &script->checks.at[i];
        CheckResult result;
        Code code = check_run(runner->db, runner->plan.arena, script, check, &result, error);
        if (code)
            return code;
        if (result.passed)
            continue;
        error_set(error, RUNG_INVALID, "check \"%s\" failed: %s", check->title, result.reason);
        error_hint(error, "the revision was rolled back; nothing of its last transaction is in the "
                          "database");
        Command command = {.sql = check->sql, .length = check->length, .line = check->line};
        script_locate(script, &command, error);
        return RUNG_INVALID;
    }
    return RUNG_OK;
}
