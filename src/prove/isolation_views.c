/* Views that have the tenant column: read, changed and emptied as the other tenant. */
#include "base/text.h"
#include "prove/isolation_parts.h"
#include "sql/quote.h"

/* $1 the column, $2 the role. */
static const char views_sql[] =
    "SELECT format('%I.%I', n.nspname, c.relname), n.nspname, c.relname,"
    " has_any_column_privilege($2, c.oid, 'SELECT'), pg_relation_is_updatable(c.oid, true) & 4 > 0"
    " AND has_column_privilege($2, c.oid, $1, 'UPDATE'), pg_relation_is_updatable(c.oid, true) & 16"
    " > 0 AND has_table_privilege($2, c.oid, 'DELETE') FROM pg_class c JOIN pg_namespace n ON n.oid"
    " = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'v' AND c.oid >="
    " 16384 AND n.nspname NOT IN ('rung', 'pg_catalog', 'information_schema') AND a.attname = $1 "
    "AND"
    " NOT a.attisdropped AND has_schema_privilege($2, n.oid, 'USAGE') ORDER BY 1";

static const char *statement(Proof *proof, const FillTable *view, Reach reach)
{
    const char *where = proof_where(proof, view, 0, TENANT_A);
    if (reach == REACH_SELECT)
        return proof_text(proof, "SELECT count(*) FROM %s WHERE %s", view->name, where);
    if (reach == REACH_DELETE)
        return proof_text(proof, "DELETE FROM %s WHERE %s", view->name, where);
    return proof_text(proof, "UPDATE %s SET %s WHERE %s", view->name, where, where);
}

static Code try_view(Proof *proof, const FillTable *view, Reach reach, IsolationCell *cell,
                     Error *error)
{
    Attempt attempt;
    Try try = {.sql = statement(proof, view, reach), .tenant = TENANT_B};
    Code code = proof_try(proof, &try, &attempt, error);
    if (code)
        return code;
    bool refused =
        attempt.failed && reach != REACH_SELECT && strcmp(attempt.error.sqlstate, "42501") == 0;
    bool reached = reach == REACH_SELECT
                       ? !attempt.failed && strcmp(attempt.cell, "0") != 0
                       : attempt.changed > 0 || strncmp(attempt.error.sqlstate, "23", 2) == 0;
    if (reached)
        *cell =
            (IsolationCell){CELL_LEAK, "the rows of another tenant are reached through the view"};
    else if (attempt.failed && !refused)
        *cell = (IsolationCell){CELL_UNPROVEN, arena_string(proof->arena, attempt.error.message)};
    else
        *cell = (IsolationCell){CELL_OK, NULL};
    return RUNG_OK;
}

Code views_prove(Proof *proof, Error *error)
{
    DbRows rows;
    static const Reach asked[] = {REACH_SELECT, REACH_UPDATE, REACH_DELETE};
    const char *params[] = {proof->options->column, proof->result->role};
    DbStatement query = {.sql = views_sql, .params = params, .param_count = 2};
    Code code = db_query(proof->db, proof->arena, &query, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        FillTable view = {.name = db_cell(&rows, i, 0),
                          .schema = db_cell(&rows, i, 1),
                          .plain = db_cell(&rows, i, 2)};
        vec_add(proof->arena, &view.columns)->name = proof->options->column;
        IsolationTable table = {.name = view.name};
        bool any = false;
        table.cells[REACH_INSERT].state = CELL_NONE;
        for (size_t k = 0; !code && k < COUNT(asked); k++) {
            bool right = db_cell(&rows, i, 3 + k)[0] == 't';
            table.cells[asked[k]].state = CELL_NONE;
            any |= right;
            if (right && proof_takes(proof, &view))
                code = try_view(proof, &view, asked[k], &table.cells[asked[k]], error);
        }
        if (any && proof_takes(proof, &view))
            *vec_add(proof->arena, &proof->result->tables) = table;
    }
    return code;
}
