/* The frame of the proof: one transaction, never committed. */
#include "base/text.h"
#include "prove/isolation_parts.h"
#include "sql/quote.h"

#include <stdarg.h>

const char *cell_word(CellState state)
{
    static const char *const words[] = {"ok", "LEAK", "no policy", "no right", "not proven", "-"};
    return words[state];
}

const char *reach_word(Reach reach)
{
    static const char *const words[] = {"select", "insert", "update", "delete"};
    return words[reach];
}

/* ---- what the parts share ---- */

const char *proof_text(Proof *proof, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *text = arena_print_list(proof->arena, format, list);
    va_end(list);
    return text;
}

IsolationFinding *proof_find(Proof *proof, bool counts, const char *kind, const char *object)
{
    IsolationFinding *finding = vec_add(proof->arena, &proof->result->findings);
    *finding = (IsolationFinding){.counts = counts, .kind = kind, .object = object};
    return finding;
}

Code proof_ask(Proof *proof, const char *sql, const char *const *params, size_t count,
               const char **ret_cell, Error *error)
{
    DbRows rows;
    DbStatement statement = {.sql = sql, .params = params, .param_count = count};
    Code code = db_query(proof->db, proof->arena, &statement, &rows, error);
    if (!code)
        *ret_cell = rows.count ? db_cell(&rows, 0, 0) : NULL;
    return code;
}

bool proof_takes(const Proof *proof, const FillTable *table)
{
    const char *full = table->schema
                           ? arena_print(proof->arena, "%s.%s", table->schema, table->plain)
                           : arena_print(proof->arena, "main.%s", table->plain);
    return source_filter_takes(&proof->options->filter, table->schema, full, table->plain);
}

const char *proof_where(Proof *proof, const FillTable *table, size_t column, TenantId tenant)
{
    Text text = TEXT_EMPTY;
    sql_add_name(&text, table->columns.at[column].name);
    text_print(&text, " = %s", proof->tenants.constants[tenant]);
    return text_keep(&text, proof->arena);
}

/* ---- who the session is ---- */

static const char *value_of(Proof *proof, const TenantSetting *setting, TenantId tenant)
{
    static const char place[] = "{tenant}";
    Text text = TEXT_EMPTY;
    const char *at = setting->value;
    if ((int)tenant == TENANT_NOBODY)
        return "";
    for (const char *next; (next = strstr(at, place)); at = next + strlen(place)) {
        text_add(&text, at, (size_t)(next - at));
        text_put(&text, proof->tenants.values[tenant]);
    }
    text_put(&text, at);
    return text_keep(&text, proof->arena);
}

Code proof_tell(Proof *proof, TenantId tenant, Error *error)
{
    Code code = RUNG_OK;
    const TenantSettingList *settings = &proof->result->settings;
    for (size_t i = 0; !code && i < settings->count; i++) {
        const char *ignored;
        const char *params[] = {settings->at[i].name, value_of(proof, &settings->at[i], tenant)};
        code = proof_ask(proof, "SELECT set_config($1, $2, true)", params, 2, &ignored, error);
    }
    return code;
}

static Code become(Proof *proof, Error *error)
{
    if (!proof->options->role)
        return RUNG_OK;
    Text text = TEXT_EMPTY;
    text_put(&text, "SET LOCAL ROLE ");
    sql_add_name(&text, proof->options->role);
    Code code = db_query(proof->db, NULL, &(DbStatement){.sql = text_string(&text)}, NULL, error);
    text_done(&text);
    if (code && !db_lost(proof->db))
        error_hint(error, "connect as a superuser, or as a member of %s", proof->options->role);
    return code;
}

static void run_try(Proof *proof, const Try *try, Attempt *attempt)
{
    Error ignored;
    DbRows *rows = &attempt->rows;
    DbStatement statement = {
        .sql = try->sql, .params = try->params, .param_count = try->param_count};
    attempt->failed =
        db_query(proof->db, proof->arena, &statement, rows, &attempt->error) != RUNG_OK;
    if (attempt->failed)
        return;
    attempt->changed = rows->changed;
    attempt->cell = rows->count && rows->columns ? db_cell(rows, 0, 0) : NULL;
    if (!try->after)
        return;
    if (db_engine(proof->db) == ENGINE_POSTGRESQL &&
        (db_exec(proof->db, "SET LOCAL ROLE NONE", &ignored) ||
         proof_tell(proof, TENANT_A, &ignored)))
        return;
    if (proof_ask(proof, try->after, NULL, 0, &attempt->after, &ignored))
        attempt->after = NULL;
}

Code proof_try(Proof *proof, const Try *try, Attempt *ret_attempt, Error *error)
{
    *ret_attempt = (Attempt){0};
    Code code = db_exec(proof->db, "SAVEPOINT rung_try", error);
    if (!code && !try->untold)
        code = proof_tell(proof, try->tenant, error);
    if (!code)
        code = become(proof, error);
    if (!code)
        run_try(proof, try, ret_attempt);
    if (db_lost(proof->db)) {
        if (!code)
            *error = ret_attempt->error;
        return RUNG_CONNECT;
    }
    if (code)
        return code;
    code = db_exec(proof->db, "ROLLBACK TO rung_try", error);
    if (!code)
        code = db_exec(proof->db, "RELEASE rung_try", error);
    if (!code && ret_attempt->failed && ret_attempt->error.code == RUNG_INTERRUPTED) {
        *error = ret_attempt->error;
        code = RUNG_INTERRUPTED;
    }
    return code;
}

/* ---- the proof ---- */

static bool is_proven(const IsolationCell *cell)
{
    return cell->state == CELL_OK || cell->state == CELL_NO_RIGHT || cell->state == CELL_NONE;
}

size_t isolation_count(const Isolation *isolation)
{
    size_t count = 0;
    for (size_t i = 0; i < isolation->tables.count; i++)
        for (Reach reach = 0; reach < REACH_COUNT; reach++)
            count += !is_proven(&isolation->tables.at[i].cells[reach]);
    for (size_t i = 0; i < isolation->queries.count; i++)
        count += !is_proven(&isolation->queries.at[i].cell);
    for (size_t i = 0; i < isolation->findings.count; i++)
        count += isolation->findings.at[i].counts;
    return count;
}

static Code begin(Proof *proof, Error *error)
{
    if (db_engine(proof->db) == ENGINE_SQLITE)
        return db_exec(proof->db, "BEGIN IMMEDIATE", error);
    Code code = db_exec(proof->db, "BEGIN", error);
    const char *sql = arena_print(
        proof->arena,
        "SELECT set_config('lock_timeout', '%dms', true), set_config('statement_timeout', '%dms',"
        " true), set_config('row_security', 'on', true)",
        proof->options->lock_timeout_ms, proof->options->statement_timeout_ms);
    if (!code)
        code = db_query(proof->db, proof->arena, &(DbStatement){.sql = sql}, NULL, error);
    return code;
}

static Code find_role(Proof *proof, Error *error)
{
    const char *params[] = {proof->options->role};
    const char *found = NULL;
    Code code = proof_ask(proof,
                          "SELECT coalesce((SELECT rolname FROM pg_roles WHERE rolname = $1)"
                          ", CASE WHEN $1::text IS NULL THEN current_user::text END)",
                          params, 1, &found, error);
    if (!code && !found)
        code = error_set(error, RUNG_UNKNOWN, "there is no role \"%s\"", proof->options->role);
    proof->result->role = found;
    return code;
}

static Code check_column(Proof *proof, Error *error)
{
    if (proof->tenants.values[TENANT_A])
        return RUNG_OK;
    error_set(error, RUNG_UNKNOWN, "no table has a column \"%s\"", proof->options->column);
    return error_hint(error, "--tenant-column names the column that says whose a row is");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const IsolationTable *)a)->name, ((const IsolationTable *)b)->name);
}

/* A role that may do nothing proves nothing. */
static void find_no_right(Proof *proof)
{
    Isolation *result = proof->result;
    for (size_t i = 0; i < result->tables.count; i++)
        for (Reach reach = 0; reach < REACH_COUNT; reach++) {
            CellState state = result->tables.at[i].cells[reach].state;
            if (state != CELL_NO_RIGHT && state != CELL_NONE)
                return;
        }
    IsolationFinding *finding = proof_find(proof, true, "no-right", result->role);
    finding->what =
        proof_text(proof, "it has no right on any table that has %s", proof->options->column);
    finding->fix = "name the application's role by --role, or GRANT it what it needs";
}

static Code prove_tables(Proof *proof, Error *error)
{
    Isolation *result = proof->result;
    Code code = matrix_prove(proof, error);
    if (result->tables.count)
        qsort(result->tables.at, result->tables.count, sizeof *result->tables.at, compare_names);
    if (!code)
        find_no_right(proof);
    return code ? code : ways_find(proof, error);
}

static Code prove(Proof *proof, Error *error)
{
    bool postgresql = db_engine(proof->db) == ENGINE_POSTGRESQL;
    Code code = postgresql ? find_role(proof, error) : RUNG_OK;
    if (!code)
        code =
            tenants_read(proof->db, proof->arena, proof->options->column, &proof->tenants, error);
    if (!code)
        code = check_column(proof, error);
    if (!code && postgresql)
        code = settings_find(proof, error);
    if (code)
        return code;
    return proof->options->queries ? app_queries_prove(proof, error) : prove_tables(proof, error);
}

Code isolation_prove(Db *db, Arena *arena, const IsolationOptions *options,
                     Isolation *ret_isolation, Error *error)
{
    Error ignored;
    Proof proof = {.db = db, .arena = arena, .options = options, .result = ret_isolation};
    *ret_isolation = (Isolation){0};
    Code code = begin(&proof, error);
    if (!code)
        code = prove(&proof, error);
    if (!db_lost(db) && db_in_transaction(db)) {
        Code ended = db_exec(db, "ROLLBACK", code ? &ignored : error);
        code = code ? code : ended;
    }
    return code;
}
