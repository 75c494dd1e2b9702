/* Statements outside a transaction: did an interrupted one take effect? The catalog knows.
 *
 * CREATE INDEX CONCURRENTLY leaves an invalid index behind when it is stopped (PostgreSQL manual,
 * "Building Indexes Concurrently"); the server process of a dead client goes on building, so a
 * builder that still works is waited for. */
#include "apply/runner.h"
#include "base/clock.h"
#include "base/text.h"
#include "sql/quote.h"

static Code ask(Runner *runner, const char *sql, const char *const *params, size_t count,
                DbRows *ret_rows, Error *error)
{
    return db_query(runner->db, runner->plan.arena,
                    &(DbStatement){.sql = sql, .params = params, .param_count = count}, ret_rows,
                    error);
}

typedef struct IndexState {
    const char *oid; /* NULL: there is none of this name */
    bool valid, building;
} IndexState;

/* An index stands in the schema of its table, or where the search path finds the name. */
static Code index_state(Runner *runner, const SqlFacts *facts, IndexState *ret_state, Error *error)
{
    static const char sql[] =
        "SELECT c.oid, i.indisvalid, EXISTS (SELECT 1 FROM pg_stat_progress_create_index p"
        " WHERE p.index_relid = c.oid AND p.pid <> pg_backend_pid())"
        " FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relname = $1 AND CASE WHEN $2::text IS NOT NULL THEN n.nspname = $2"
        " WHEN $3::text IS NOT NULL THEN i.indrelid = to_regclass($3)"
        " ELSE pg_table_is_visible(c.oid) END";
    Text relation = TEXT_EMPTY;
    DbRows rows;
    *ret_state = (IndexState){0};
    if (facts->relation)
        sql_add_qualified(&relation, facts->relation_schema, facts->relation);
    const char *params[] = {facts->name, facts->schema,
                            facts->relation ? text_string(&relation) : NULL};
    Code code = ask(runner, sql, params, COUNT(params), &rows, error);
    if (!code && rows.count)
        *ret_state = (IndexState){db_cell(&rows, 0, 0), strcmp(db_cell(&rows, 0, 1), "t") == 0,
                                  strcmp(db_cell(&rows, 0, 2), "t") == 0};
    text_done(&relation);
    return code;
}

/* Drops an invalid index that an attempt of ours left behind. */
static Code index_drop_invalid(Runner *runner, const SqlFacts *facts, const char *oid, Error *error)
{
    DbRows rows;
    Text sql = TEXT_EMPTY;
    Code code = ask(runner,
                    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid ="
                    " c.oid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid AND"
                    " NOT i.indisvalid",
                    &oid, 1, &rows, error);
    if (code || !rows.count)
        return code;
    text_put(&sql, "DROP INDEX CONCURRENTLY ");
    sql_add_qualified(&sql, db_cell(&rows, 0, 0), db_cell(&rows, 0, 1));
    runner_tell(runner, RUNG_EVENT_NOTICE, NULL, 0, 0, 0,
                "dropping the invalid index %s that an interrupted attempt left behind",
                facts->name);
    code = db_exec(runner->db, text_string(&sql), error);
    text_done(&sql);
    return code;
}

/* ---- before ---- */

static Code index_before(Runner *runner, const SqlFacts *facts, const char **ret_before,
                         Error *error)
{
    IndexState state;
    if (!facts->name)
        return RUNG_OK; /* the server chooses a name: a broken attempt is found by its invalidity */
    Code code = index_state(runner, facts, &state, error);
    if (code)
        return code;
    if (state.oid && !state.valid && facts->if_exists) {
        error_set(error, RUNG_FAILED, "an invalid index %s is there already%s", facts->name,
                  state.building ? ", and another session is building it" : "");
        return error_hint(error,
                          "IF NOT EXISTS would take it for a good one: drop it first with "
                          "DROP INDEX CONCURRENTLY %s",
                          facts->name);
    }
    *ret_before = state.oid ? state.oid : "none";
    return RUNG_OK;
}

Code outside_before(Runner *runner, const ScriptStep *step, const char **ret_before, Error *error)
{
    if (step->facts->outside == OUTSIDE_CREATE_INDEX)
        return index_before(runner, step->facts, ret_before, error);
    return RUNG_OK;
}

/* ---- settle ---- */

static Code settle_create_index(Runner *runner, const SqlFacts *facts, const char *before,
                                bool *ret_done, Error *error)
{
    IndexState state;
    bool told = false;
    for (;;) {
        if (!facts->name)
            return RUNG_OK;
        Code code = index_state(runner, facts, &state, error);
        if (code)
            return code;
        if (!state.building)
            break;
        if (runner_cancelled(runner))
            return runner_interrupted(error);
        if (!told)
            runner_tell(runner, RUNG_EVENT_WAIT, NULL, 0, 0, 0,
                        "the session of the interrupted run still builds index %s", facts->name);
        told = true;
        clock_sleep_ms(200);
    }
    bool ours = state.oid && (!before || strcmp(state.oid, before) != 0);
    if (ours && state.valid)
        *ret_done = true;
    else if (ours)
        return index_drop_invalid(runner, facts, state.oid, error);
    return RUNG_OK;
}

static Code settle_drop_index(Runner *runner, const SqlFacts *facts, bool *ret_done, Error *error)
{
    IndexState state;
    Code code = index_state(runner, facts, &state, error);
    if (!code)
        *ret_done = state.oid == NULL;
    return code;
}

/* One row when the object is there. */
static Code exists(Runner *runner, const char *sql, const SqlFacts *facts, const char *extra,
                   bool *ret_there, Error *error)
{
    DbRows rows;
    const char *params[] = {facts->name, extra};
    Code code = ask(runner, sql, params, extra ? 2 : 1, &rows, error);
    if (!code)
        *ret_there = rows.count > 0;
    return code;
}

static Code settle_add_value(Runner *runner, const SqlFacts *facts, bool *ret_done, Error *error)
{
    Text type = TEXT_EMPTY;
    DbRows rows;
    sql_add_qualified(&type, facts->schema, facts->name);
    const char *params[] = {text_string(&type), facts->value};
    Code code =
        ask(runner, "SELECT 1 FROM pg_enum WHERE enumtypid = to_regtype($1) AND enumlabel = $2",
            params, COUNT(params), &rows, error);
    if (!code)
        *ret_done = rows.count > 0;
    text_done(&type);
    return code;
}

/* A partition that is being detached is finished by another statement (PostgreSQL manual, ALTER
 * TABLE, DETACH PARTITION … FINALIZE). */
static Code settle_detach(Runner *runner, const SqlFacts *facts, bool *ret_done, Error *error)
{
    Text child = TEXT_EMPTY, parent = TEXT_EMPTY, sql = TEXT_EMPTY;
    DbRows rows;
    sql_add_qualified(&child, facts->schema, facts->name);
    sql_add_qualified(&parent, facts->relation_schema, facts->relation);
    const char *params[] = {text_string(&child), text_string(&parent)};
    Code code = ask(runner,
                    "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass($1) AND"
                    " inhparent = to_regclass($2)",
                    params, COUNT(params), &rows, error);
    if (!code && !rows.count)
        *ret_done = true;
    else if (!code && strcmp(db_cell(&rows, 0, 0), "t") == 0) {
        text_print(&sql, "ALTER TABLE %s DETACH PARTITION %s FINALIZE", text_string(&parent),
                   text_string(&child));
        code = db_exec(runner->db, text_string(&sql), error);
        *ret_done = !code;
    }
    text_done(&child);
    text_done(&parent);
    text_done(&sql);
    return code;
}

/* REINDEX CONCURRENTLY leaves invalid copies named …_ccnew or …_ccold (PostgreSQL manual, REINDEX);
 * only those of the relation at hand that nobody builds are ours to drop. */
static Code settle_reindex(Runner *runner, const SqlFacts *facts, Error *error)
{
    static const char sql[] =
        "SELECT n.nspname, c.relname, c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'"
        " AND i.indrelid IN (to_regclass($1), (SELECT indrelid FROM pg_index WHERE indexrelid ="
        " to_regclass($1)))"
        " AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.relid = "
        "i.indrelid)";
    Text name = TEXT_EMPTY;
    DbRows rows;
    if (!facts->name)
        return RUNG_OK;
    sql_add_qualified(&name, facts->schema, facts->name);
    const char *param = text_string(&name);
    Code code = ask(runner, sql, &param, 1, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        SqlFacts left = {.name = db_cell(&rows, i, 1)};
        code = index_drop_invalid(runner, &left, db_cell(&rows, i, 2), error);
    }
    text_done(&name);
    return code;
}

static const char *existence_query(const SqlFacts *facts)
{
    static const struct {
        const char *kind, *sql;
    } queries[] = {
        {"database", "SELECT 1 FROM pg_database WHERE datname = $1"},
        {"tablespace", "SELECT 1 FROM pg_tablespace WHERE spcname = $1"},
        {"subscription", "SELECT 1 FROM pg_stat_subscription WHERE subname = $1"},
    };
    for (size_t i = 0; facts->kind && i < COUNT(queries); i++)
        if (strcmp(facts->kind, queries[i].kind) == 0)
            return queries[i].sql;
    return NULL;
}

Code outside_settle(Runner *runner, const ScriptStep *step, const char *before, bool *ret_done,
                    Error *error)
{
    const SqlFacts *facts = step->facts;
    bool there = false;
    *ret_done = false;
    switch (facts->outside) {
    case OUTSIDE_CREATE_INDEX:
        return settle_create_index(runner, facts, before, ret_done, error);
    case OUTSIDE_DROP_INDEX:
        return settle_drop_index(runner, facts, ret_done, error);
    case OUTSIDE_ADD_VALUE:
        return settle_add_value(runner, facts, ret_done, error);
    case OUTSIDE_DETACH_PARTITION:
        return settle_detach(runner, facts, ret_done, error);
    case OUTSIDE_REINDEX:
        return settle_reindex(runner, facts, error);
    case OUTSIDE_CREATE:
    case OUTSIDE_DROP: {
        const char *query = existence_query(facts);
        if (!query || !facts->name)
            break;
        Code code = exists(runner, query, facts, NULL, &there, error);
        *ret_done = there == (facts->outside == OUTSIDE_CREATE);
        return code;
    }
    case OUTSIDE_REPEATABLE:
    case OUTSIDE_PRAGMA:
    case OUTSIDE_NO:
        return RUNG_OK; /* running it twice is the same as once */
    }
    error_set(error, RUNG_MISMATCH,
              "%s was started by a run that was interrupted, and rung cannot tell whether it took "
              "effect",
              facts->command);
    return error_hint(error, "look, undo it by hand if it did, delete its row from rung.journal, "
                             "and run the same command again");
}

void outside_clean(Runner *runner, const ScriptStep *step, const char *before)
{
    IndexState state;
    Error ignored;
    const SqlFacts *facts = step->facts;
    if (facts->outside == OUTSIDE_REINDEX)
        settle_reindex(runner, facts, &ignored);
    if (facts->outside != OUTSIDE_CREATE_INDEX || !facts->name)
        return;
    if (index_state(runner, facts, &state, &ignored) || !state.oid || state.valid || state.building)
        return;
    if (!before || strcmp(state.oid, before) != 0)
        index_drop_invalid(runner, facts, state.oid, &ignored);
}
