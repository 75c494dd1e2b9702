/* Tables × verbs. Each thing is tried for real, as the role, on rows made for it. What a statement
 * without a WHERE would reach is asked of the policies themselves, since trying it would touch
 * everybody's rows: their expressions are evaluated on the other tenant's row. */
#include "base/text.h"
#include "prove/isolation_parts.h"
#include "sql/quote.h"

typedef struct Target {
    const FillTable *table;
    size_t index, column; /* of the tables; of the tenant column */
    bool right[REACH_COUNT], policy[REACH_COUNT];
    bool root;                      /* the tenant column references it: its rows are the tenants */
    bool guarded;                   /* policies hold for the role */
    const char *using[REACH_COUNT]; /* what the policies ask of a row that is there */
    const char *check[REACH_COUNT]; /* and of one that is stored */
    const char *names[REACH_COUNT]; /* of the permissive policies */
    Attempt untold, reset;          /* what a session without a tenant sees */
    IsolationCell cells[REACH_COUNT];
} Target;

typedef struct Matrix {
    Proof *proof;
    VEC(Target) targets;
} Matrix;

static const char *word_of(Reach reach)
{
    static const char *const words[] = {"SELECT", "INSERT", "UPDATE", "DELETE"};
    return words[reach];
}

static Target *target_of(Matrix *matrix, const FillTable *table)
{
    for (size_t i = 0; i < matrix->targets.count; i++)
        if (matrix->targets.at[i].table == table)
            return &matrix->targets.at[i];
    return NULL;
}

/* A leak stays one; "ok" gives way to anything else. */
static void judge(Target *target, Reach reach, CellState state, const char *why)
{
    IsolationCell *cell = &target->cells[reach];
    bool worse = state == CELL_LEAK ? cell->state != CELL_LEAK : cell->state == CELL_OK;
    if (worse)
        *cell = (IsolationCell){state, why};
}

/* With the policies that let it through. */
static void judge_leak(Matrix *matrix, Target *target, Reach reach, const char *why)
{
    const char *names = target->names[reach];
    if (!target->guarded)
        why = "no policy holds, so the rows of another tenant are reached";
    else if (names)
        why = proof_text(matrix->proof, "%s (%s: %s)", why,
                         strchr(names, ',') ? "policies" : "policy", names);
    judge(target, reach, CELL_LEAK, why);
}

/* ---- what the catalog says of a table ---- */

/* $1 the table, $2 the role. Column rights count: the role may then do it to some columns. */
static const char rights_sql[] =
    "SELECT u AND (has_table_privilege($2, t, 'SELECT') OR has_any_column_privilege($2, t,"
    " 'SELECT')), u AND (has_table_privilege($2, t, 'INSERT') OR has_any_column_privilege($2, t,"
    " 'INSERT')), u AND (has_table_privilege($2, t, 'UPDATE') OR has_any_column_privilege($2, t,"
    " 'UPDATE')), u AND has_table_privilege($2, t, 'DELETE') FROM (SELECT c.oid AS t,"
    " has_schema_privilege($2, c.relnamespace, 'USAGE') AS u FROM pg_class c WHERE c.oid ="
    " $1::regclass) x";

/* One of the permissive ones, all of the restrictive ones. */
#define ANY_OF(expression)                                                                         \
    "string_agg(CASE WHEN p.polpermissive THEN '(' || pg_get_expr(" expression                     \
    ", p.polrelid) || ')' END, ' OR ' ORDER BY p.oid)"
#define ALL_OF(expression)                                                                         \
    "string_agg(CASE WHEN NOT p.polpermissive THEN '(' || pg_get_expr(" expression                 \
    ", p.polrelid) || ')' END, ' AND ' ORDER BY p.oid)"
#define STORED "coalesce(p.polwithcheck, p.polqual)"
#define POLICIES                                                                                   \
    ANY_OF("p.polqual") ", " ALL_OF("p.polqual") ", " ANY_OF(STORED) ", " ALL_OF(STORED)

/* For each verb: is there a permissive policy for the role, what do they ask of a row that is there
 * and of one that is stored, what are they called? $1 the table, $2 the role. */
static const char policies_sql[] =
    "SELECT v.verb, bool_or(p.polpermissive), " POLICIES
    ", string_agg(CASE WHEN p.polpermissive THEN quote_ident(p.polname) END, ', ' ORDER BY"
    " p.polname) FROM (VALUES (0, 'r'), (1, 'a'), (2, 'w'), (3, 'd')) v(verb, cmd)"
    " JOIN pg_policy p ON p.polcmd::text IN ('*', v.cmd) AND p.polrelid = $1::regclass AND"
    " (0 = ANY (p.polroles) OR EXISTS (SELECT FROM unnest(p.polroles) r WHERE r <> 0 AND"
    " pg_has_role($2, r, 'USAGE'))) GROUP BY v.verb";

static bool is_true(const char *cell)
{
    return cell && cell[0] == 't';
}

/* One of the permissive, and all of the restrictive ones. */
static const char *both(Proof *proof, const char *some, const char *all)
{
    return some && all ? proof_text(proof, "(%s) AND %s", some, all) : some;
}

static Code read_policies(Matrix *matrix, Target *target, Error *error)
{
    DbRows rows;
    Proof *proof = matrix->proof;
    const char *params[] = {target->table->name, proof->result->role};
    DbStatement statement = {.sql = policies_sql, .params = params, .param_count = 2};
    Code code = db_query(proof->db, proof->arena, &statement, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        int verb = db_cell(&rows, i, 0)[0] - '0';
        target->policy[verb] = is_true(db_cell(&rows, i, 1));
        target->using[verb] = both(proof, db_cell(&rows, i, 2), db_cell(&rows, i, 3));
        target->check[verb] = both(proof, db_cell(&rows, i, 4), db_cell(&rows, i, 5));
        target->names[verb] = db_cell(&rows, i, 6);
    }
    return code;
}

static Code read_target(Matrix *matrix, Target *target, Error *error)
{
    DbRows rows;
    Attempt active;
    Proof *proof = matrix->proof;
    const char *params[] = {target->table->name, proof->result->role};
    DbStatement statement = {.sql = rights_sql, .params = params, .param_count = 2};
    Code code = db_query(proof->db, proof->arena, &statement, &rows, error);
    for (Reach reach = 0; !code && reach < REACH_COUNT; reach++) {
        target->right[reach] = is_true(db_cell(&rows, 0, reach));
        if (!target->right[reach])
            target->cells[reach].state = CELL_NO_RIGHT;
    }
    Text text = TEXT_EMPTY;
    text_put(&text, "SELECT row_security_active(to_regclass(");
    sql_add_constant(&text, target->table->name);
    text_put(&text, ")::oid)");
    Try try = {.sql = text_string(&text), .untold = true};
    if (!code)
        code = proof_try(proof, &try, &active, error);
    target->guarded = !code && is_true(active.cell);
    text_done(&text);
    return code || !target->guarded ? code : read_policies(matrix, target, error);
}

/* The tenant column; else what it references, which holds the tenants themselves. */
static bool find_tenant(Proof *proof, const FillTable *table, size_t *ret_column, bool *ret_root)
{
    *ret_root = false;
    if (tenants_column(table, proof->options->column, ENGINE_POSTGRESQL, ret_column))
        return true;
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.at[i].is_tenant) {
            *ret_column = i;
            *ret_root = true;
            return true;
        }
    return false;
}

/* One may sign up: that a tenant is inserted tells nothing. What the role may not touch at all is
 * somebody else's business. */
static bool is_root_asked(Target *target)
{
    bool any = false;
    for (Reach reach = 0; reach < REACH_COUNT; reach++)
        any |= target->right[reach] && reach != REACH_INSERT;
    target->right[REACH_INSERT] = false;
    target->cells[REACH_INSERT].state = CELL_NONE;
    return any;
}

static Code read_targets(Matrix *matrix, Error *error)
{
    Code code = RUNG_OK;
    Proof *proof = matrix->proof;
    for (size_t i = 0; !code && i < proof->tenants.tables.count; i++) {
        Target found = {.table = &proof->tenants.tables.at[i], .index = i};
        if (!find_tenant(proof, found.table, &found.column, &found.root) ||
            !proof_takes(proof, found.table))
            continue;
        code = read_target(matrix, &found, error);
        if (!code && (!found.root || is_root_asked(&found)))
            *vec_add(proof->arena, &matrix->targets) = found;
    }
    return code;
}

/* ---- insert: tried before each row is stored ---- */

/* Columns that the role may not give a value. */
static Code ask_columns(Matrix *matrix, const FillTable *table, bool **ret_left_out, Error *error)
{
    Code code = RUNG_OK;
    Proof *proof = matrix->proof;
    bool *left_out = arena_alloc_array(proof->arena, table->columns.count + 1, sizeof *left_out);
    for (size_t i = 0; !code && i < table->columns.count; i++) {
        const char *allowed;
        const char *params[] = {proof->result->role, table->name, table->columns.at[i].name};
        code = proof_ask(proof, "SELECT has_column_privilege($1, $2::regclass, $3, 'INSERT')",
                         params, 3, &allowed, error);
        left_out[i] = !code && !is_true(allowed);
    }
    *ret_left_out = left_out;
    return code;
}

static Code try_insert(Matrix *matrix, const FillTable *table, const char *const *values,
                       TenantId owner, Error *error)
{
    Attempt attempt;
    Proof *proof = matrix->proof;
    Target *target = target_of(matrix, table);
    if (!target || !target->right[REACH_INSERT])
        return RUNG_OK;
    bool *left_out;
    Code code = ask_columns(matrix, table, &left_out, error);
    if (code)
        return code;
    Try try = {.sql = tenants_insert(proof->arena, ENGINE_POSTGRESQL, table, values, left_out),
               .tenant = TENANT_B};
    try.after = proof_text(proof, "SELECT 1 FROM %s WHERE %s LIMIT 1", table->name,
                           proof_where(proof, table, target->column, owner));
    code = proof_try(proof, &try, &attempt, error);
    if (code)
        return code;
    bool stored = !attempt.failed && attempt.after;
    if (owner == TENANT_A && stored)
        judge_leak(matrix, target, REACH_INSERT, "a row of another tenant can be inserted");
    else if (owner == TENANT_B && attempt.failed &&
             (!target->guarded || target->policy[REACH_INSERT]))
        judge(target, REACH_INSERT, CELL_UNPROVEN,
              proof_text(proof, "not even a row of its own can be inserted: %s",
                         attempt.error.message));
    else if (owner == TENANT_A && attempt.failed && strcmp(attempt.error.sqlstate, "42501") != 0)
        judge(target, REACH_INSERT, CELL_UNPROVEN,
              arena_string(proof->arena, attempt.error.message));
    return RUNG_OK;
}

typedef struct Draft {
    Matrix *matrix;
    TenantId owner;
} Draft;

static Code see_draft(void *context, const FillTable *table, const char *const *values,
                      Error *error)
{
    Draft *draft = context;
    return try_insert(draft->matrix, table, values, draft->owner, error);
}

/* ---- rows ---- */

static Code make_rows(Matrix *matrix, TenantId tenant, bool *ret_all, Error *error)
{
    Code code = RUNG_OK;
    Tenants *tenants = &matrix->proof->tenants;
    *ret_all = true;
    for (size_t i = 0; !code && i < matrix->targets.count; i++) {
        code = tenants_make(tenants, matrix->targets.at[i].index, tenant, error);
        *ret_all &= tenants->rows[tenant][matrix->targets.at[i].index].values != NULL;
    }
    return code;
}

static Code make_drafted(Matrix *matrix, TenantId tenant, Error *error)
{
    bool all;
    Draft draft = {matrix, tenant};
    Tenants *tenants = &matrix->proof->tenants;
    tenants->draft = see_draft;
    tenants->context = &draft;
    Code code = proof_tell(matrix->proof, tenant, error);
    if (!code)
        code = make_rows(matrix, tenant, &all, error);
    tenants->draft = NULL;
    return code;
}

/* ---- nobody ---- */

static Code look_as_nobody(Matrix *matrix, bool untold, Error *error)
{
    Code code = RUNG_OK;
    Proof *proof = matrix->proof;
    for (size_t i = 0; !code && i < matrix->targets.count; i++) {
        Target *target = &matrix->targets.at[i];
        if (!target->right[REACH_SELECT] || !target->guarded)
            continue;
        Try try = {.tenant = (TenantId)TENANT_NOBODY, .untold = untold};
        try.sql = proof_text(proof, "SELECT count(*) FROM %s WHERE %s", target->table->name,
                             proof_where(proof, target->table, target->column, TENANT_B));
        code = proof_try(proof, &try, untold ? &target->untold : &target->reset, error);
    }
    return code;
}

static void find_nobody(Matrix *matrix, const Target *target, const Attempt *attempt,
                        const char *when)
{
    Proof *proof = matrix->proof;
    bool sees = !attempt->failed && attempt->cell && strcmp(attempt->cell, "0") != 0;
    bool fails = attempt->failed && strcmp(attempt->error.sqlstate, "42501") != 0;
    if ((!sees && !fails) || target->cells[REACH_SELECT].state == CELL_LEAK)
        return;
    IsolationFinding *finding =
        proof_find(proof, sees, sees ? "unset" : "error-unset", target->table->name);
    finding->what = fails ? proof_text(proof, "%s gets an error: %s", when, attempt->error.message)
                          : proof_text(proof, "%s sees rows", when);
    finding->fix = "in the policies: nullif(current_setting('NAME', true), '')";
}

/* Before anything was told, with rows that are taken back. A policy that needs a tenant for them
 * leaves nothing to look at. */
static Code look_untold(Matrix *matrix, Error *error)
{
    bool all;
    Proof *proof = matrix->proof;
    if (!proof->result->settings.count)
        return RUNG_OK;
    Code code = db_exec(proof->db, "SAVEPOINT rung_untold", error);
    if (!code)
        code = make_rows(matrix, TENANT_B, &all, error);
    if (!code)
        code = look_as_nobody(matrix, true, error);
    if (!code)
        code = db_exec(proof->db, "ROLLBACK TO rung_untold", error);
    tenants_forget(&proof->tenants);
    return code;
}

/* ---- select, update, delete ---- */

static Code attempt_as_b(Matrix *matrix, const char *sql, Attempt *ret_attempt, Error *error)
{
    return proof_try(matrix->proof, &(Try){.sql = sql, .tenant = TENANT_B}, ret_attempt, error);
}

static bool reached(const Attempt *attempt)
{
    return attempt->failed ? strncmp(attempt->error.sqlstate, "23", 2) == 0 : attempt->changed > 0;
}

/* It must reach its own row: else that it does not reach the other's says nothing. */
static void judge_own(Matrix *matrix, Target *target, Reach reach, const Attempt *attempt, bool own)
{
    if (own || (target->guarded && !target->policy[reach]))
        return;
    judge(target, reach, CELL_UNPROVEN,
          attempt->failed
              ? proof_text(matrix->proof, "not even its own row is reached: %s",
                           attempt->error.message)
              : "not even its own row is reached: is the tenant told as the policies expect it?");
}

static Code try_select(Matrix *matrix, Target *target, Error *error)
{
    Attempt own = {0}, other;
    Proof *proof = matrix->proof;
    const char *sql = proof_text(proof, "SELECT count(*) FROM %s WHERE ", target->table->name);
    const char *where = proof_where(proof, target->table, target->column, TENANT_A);
    Code code = attempt_as_b(matrix, proof_text(proof, "%s%s", sql, where), &other, error);
    where = proof_where(proof, target->table, target->column, TENANT_B);
    if (!code)
        code = attempt_as_b(matrix, proof_text(proof, "%s%s", sql, where), &own, error);
    if (code)
        return code;
    if (!other.failed && strcmp(other.cell, "0") != 0)
        judge_leak(matrix, target, REACH_SELECT, "the rows of another tenant are seen");
    judge_own(matrix, target, REACH_SELECT, &own, !own.failed && strcmp(own.cell, "0") != 0);
    return RUNG_OK;
}

/* What the policies say of a row, when no WHERE asks for more. `ROW(…)::t` needs no right on the
 * table. */
static Code ask_policies(Matrix *matrix, Target *target, const char *expression, TenantId whose,
                         TenantId owner, Attempt *ret_attempt, Error *error)
{
    Text text = TEXT_EMPTY;
    Proof *proof = matrix->proof;
    const char **values = proof->tenants.rows[whose][target->index].values;
    text_print(&text, "SELECT %s FROM (SELECT (ROW(", expression);
    for (size_t i = 0; i < target->table->columns.count; i++)
        text_print(&text, "%s%s", i ? ", " : "",
                   i == target->column ? proof->tenants.constants[owner] : values[i]);
    text_print(&text, ")::%s).*) AS ", target->table->name);
    sql_add_name(&text, target->table->plain);
    Code code = attempt_as_b(matrix, text_string(&text), ret_attempt, error);
    text_done(&text);
    return code;
}

static Code try_plain(Matrix *matrix, Target *target, Reach reach, Error *error)
{
    Attempt attempt;
    Proof *proof = matrix->proof;
    if (!target->guarded || !target->using[reach])
        return RUNG_OK;
    Code code =
        ask_policies(matrix, target, target->using[reach], TENANT_A, TENANT_A, &attempt, error);
    if (code)
        return code;
    if (attempt.failed)
        judge(target, reach, CELL_UNPROVEN, arena_string(proof->arena, attempt.error.message));
    else if (is_true(attempt.cell))
        judge_leak(matrix, target, reach,
                   proof_text(proof, "the policies let a plain %s reach the rows of another tenant",
                              word_of(reach)));
    return RUNG_OK;
}

/* An UPDATE that reads nothing is not held by the policies for SELECT. */
static Code try_plain_move(Matrix *matrix, Target *target, Error *error)
{
    Attempt own = {0}, moved = {0};
    const char *allowed, *check = target->check[REACH_UPDATE];
    const char *params[] = {matrix->proof->result->role, target->table->name,
                            target->table->columns.at[target->column].name};
    if (!target->guarded || !target->using[REACH_UPDATE] || !check || target->root)
        return RUNG_OK;
    Code code =
        proof_ask(matrix->proof, "SELECT has_column_privilege($1, $2::regclass, $3, 'UPDATE')",
                  params, 3, &allowed, error);
    if (!code && !is_true(allowed))
        return RUNG_OK;
    if (!code)
        code = ask_policies(matrix, target, target->using[REACH_UPDATE], TENANT_B, TENANT_B, &own,
                            error);
    if (!code)
        code = ask_policies(matrix, target, check, TENANT_B, TENANT_A, &moved, error);
    if (!code && !own.failed && is_true(own.cell) && !moved.failed && is_true(moved.cell))
        judge_leak(
            matrix, target, REACH_UPDATE,
            "an UPDATE can move a row to another tenant: WITH CHECK does not ask whose it is");
    return code;
}

/* A column that may be given the value it has; SIZE_MAX: none. */
static Code find_column(Matrix *matrix, const Target *target, size_t *ret_column, Error *error)
{
    Code code = RUNG_OK;
    Proof *proof = matrix->proof;
    size_t found = SIZE_MAX;
    for (size_t i = 0; !code && i < target->table->columns.count; i++) {
        const FillColumn *column = &target->table->columns.at[i];
        const char *allowed;
        const char *params[] = {proof->result->role, target->table->name, column->name};
        if (column->given || column->computed || i == target->column)
            continue;
        code = proof_ask(proof, "SELECT has_column_privilege($1, $2::regclass, $3, 'UPDATE')",
                         params, 3, &allowed, error);
        if (!code && is_true(allowed)) {
            found = i;
            if (!column->key)
                break;
        }
    }
    *ret_column = found;
    return code;
}

static const char *update_text(Matrix *matrix, const Target *target, size_t column,
                               const char *value, TenantId whose)
{
    Text text = TEXT_EMPTY;
    Proof *proof = matrix->proof;
    text_print(&text, "UPDATE %s SET ", target->table->name);
    sql_add_name(&text, target->table->columns.at[column].name);
    text_print(&text, " = %s WHERE %s", value,
               proof_where(proof, target->table, target->column, whose));
    return text_keep(&text, proof->arena);
}

/* From one tenant to the other, in both directions. */
static Code try_moves(Matrix *matrix, Target *target, Error *error)
{
    Attempt attempt;
    Proof *proof = matrix->proof;
    const char *const *constants = proof->tenants.constants;
    const char *sql = update_text(matrix, target, target->column, constants[TENANT_B], TENANT_A);
    Code code = attempt_as_b(matrix, sql, &attempt, error);
    if (code)
        return code;
    if (reached(&attempt))
        judge_leak(matrix, target, REACH_UPDATE, "the rows of another tenant can be taken over");
    if (target->root) /* its key keeps it from becoming another */
        return RUNG_OK;
    sql = update_text(matrix, target, target->column, constants[TENANT_A], TENANT_B);
    Try try = {.sql = sql, .tenant = TENANT_B};
    try.after = proof_text(proof, "SELECT 1 FROM %s WHERE %s OFFSET 1 LIMIT 1", target->table->name,
                           proof_where(proof, target->table, target->column, TENANT_A));
    code = proof_try(proof, &try, &attempt, error);
    if (!code && (attempt.failed ? strcmp(attempt.error.sqlstate, "23505") == 0
                                 : attempt.changed > 0 && attempt.after))
        judge_leak(
            matrix, target, REACH_UPDATE,
            "an UPDATE can move a row to another tenant: WITH CHECK does not ask whose it is");
    return code;
}

static Code try_update(Matrix *matrix, Target *target, Error *error)
{
    size_t column;
    Attempt own = {0}, other = {0};
    Tenants *tenants = &matrix->proof->tenants;
    Code code = find_column(matrix, target, &column, error);
    size_t used = column == SIZE_MAX ? target->column : column;
    for (TenantId whose = 0; !code && whose < TENANT_COUNT; whose++) {
        const char *value = tenants->rows[whose][target->index].values[used];
        code = attempt_as_b(matrix, update_text(matrix, target, used, value, whose),
                            whose == TENANT_A ? &other : &own, error);
    }
    if (code)
        return code;
    if (reached(&other))
        judge_leak(matrix, target, REACH_UPDATE, "the rows of another tenant can be changed");
    code = try_moves(matrix, target, error);
    if (!code)
        code = try_plain(matrix, target, REACH_UPDATE, error);
    if (!code)
        code = try_plain_move(matrix, target, error);
    if (target->right[REACH_SELECT])
        judge_own(matrix, target, REACH_UPDATE, &own, reached(&own));
    return code;
}

static Code try_delete(Matrix *matrix, Target *target, Error *error)
{
    Attempt own = {0}, other = {0};
    Proof *proof = matrix->proof;
    Code code = RUNG_OK;
    for (TenantId whose = 0; !code && whose < TENANT_COUNT; whose++) {
        const char *sql = proof_text(proof, "DELETE FROM %s WHERE %s", target->table->name,
                                     proof_where(proof, target->table, target->column, whose));
        code = attempt_as_b(matrix, sql, whose == TENANT_A ? &other : &own, error);
    }
    if (code)
        return code;
    if (reached(&other))
        judge_leak(matrix, target, REACH_DELETE, "the rows of another tenant can be deleted");
    code = try_plain(matrix, target, REACH_DELETE, error);
    if (target->right[REACH_SELECT])
        judge_own(matrix, target, REACH_DELETE, &own, reached(&own));
    return code;
}

static Code try_target(Matrix *matrix, Target *target, Error *error)
{
    Code code = RUNG_OK;
    const Tenants *tenants = &matrix->proof->tenants;
    for (TenantId tenant = 0; tenant < TENANT_COUNT; tenant++) {
        const TenantRow *row = &tenants->rows[tenant][target->index];
        for (Reach reach = 0; !row->values && reach < REACH_COUNT; reach++)
            judge(target, reach, CELL_UNPROVEN,
                  proof_text(matrix->proof, "no row could be made: %s",
                             row->reason ? row->reason : "its keys lead back to it"));
        if (!row->values)
            return RUNG_OK;
    }
    if (target->right[REACH_SELECT])
        code = try_select(matrix, target, error);
    if (!code && target->right[REACH_UPDATE])
        code = try_update(matrix, target, error);
    if (!code && target->right[REACH_DELETE])
        code = try_delete(matrix, target, error);
    for (Reach reach = 0; reach < REACH_COUNT; reach++)
        if (target->right[reach] && target->guarded && !target->policy[reach])
            judge(target, reach, CELL_NO_POLICY, "the role may, and no policy says which rows");
    return code;
}

static void keep_cells(Matrix *matrix)
{
    Proof *proof = matrix->proof;
    for (size_t i = 0; i < matrix->targets.count; i++) {
        const Target *target = &matrix->targets.at[i];
        IsolationTable *table = vec_add(proof->arena, &proof->result->tables);
        table->name = target->table->name;
        memcpy(table->cells, target->cells, sizeof table->cells);
    }
}

Code matrix_prove(Proof *proof, Error *error)
{
    Matrix matrix = {.proof = proof};
    Code code = read_targets(&matrix, error);
    if (!code)
        code = look_untold(&matrix, error);
    if (!code)
        code = make_drafted(&matrix, TENANT_B, error);
    if (!code)
        code = make_drafted(&matrix, TENANT_A, error);
    for (size_t i = 0; !code && i < matrix.targets.count; i++)
        code = try_target(&matrix, &matrix.targets.at[i], error);
    if (!code && proof->result->settings.count)
        code = look_as_nobody(&matrix, false, error);
    for (size_t i = 0; !code && i < matrix.targets.count; i++) {
        const Target *target = &matrix.targets.at[i];
        find_nobody(&matrix, target, &target->untold, "a session that was never told a tenant");
        find_nobody(&matrix, target, &target->reset,
                    "a session whose tenant was reset, which leaves '',");
    }
    keep_cells(&matrix);
    return code ? code : views_prove(proof, error);
}
