/* Looking at the values: what is not sealed, what does not open, which keys are used. */
#include "base/text.h"
#include "lifecycle/vault_parts.h"
#include "sql/quote.h"

enum { PAGE = 2000, ROWS_SHOWN = 3 };

static const char *const problem_words[] = {[VAULT_PLAIN] = "plaintext",
                                            [VAULT_UNKNOWN] = "unknown key",
                                            [VAULT_DAMAGED] = "damaged",
                                            [VAULT_LOOKUP] = "lookup"};

typedef struct Found {
    VaultFinding finding;
    Text rows;
} Found;

typedef struct Look {
    Db *db;
    Arena *arena; /* of the result */
    const VaultRun *run;
    const VaultTable *table;
    VEC(Found) found;
    int64_t *key_uses; /* by index in run->keys */
    VaultCheck *check;
    Error *error;
} Look;

static void find(Look *look, VaultProblem problem, const char *key, const char *title)
{
    size_t i = 0;
    while (i < look->found.count && (look->found.at[i].finding.problem != problem ||
                                     strcmp(look->found.at[i].finding.key, key) != 0))
        i++;
    if (i == look->found.count)
        vec_add(look->arena, &look->found)->finding =
            (VaultFinding){.problem = problem,
                           .word = problem_words[problem],
                           .column = look->table->setting->name,
                           .key = arena_string(look->arena, key)};
    Found *found = &look->found.at[i];
    if (found->finding.count++ < ROWS_SHOWN)
        text_print(&found->rows, "%s%s", found->finding.count > 1 ? ", " : "", title);
}

static const char *print_finding(Arena *arena, const VaultFinding *finding)
{
    long long count = (long long)finding->count;
    const char *many = count == 1 ? "" : "s";
    const char *where = arena_print(arena, "%s: %lld value%s ", finding->column, count, many);
    switch (finding->problem) {
    case VAULT_PLAIN:
        return arena_print(arena, "%s%s not sealed: %s", where, count == 1 ? "is" : "are",
                           finding->rows);
    case VAULT_UNKNOWN:
        return arena_print(arena, "%sof key %s, which is not there: %s", where, finding->key,
                           finding->rows);
    case VAULT_DAMAGED:
        return arena_print(arena, "%s%s not open: changed, or of another row or column: %s", where,
                           count == 1 ? "does" : "do", finding->rows);
    case VAULT_LOOKUP:
        break;
    }
    return arena_print(arena, "%s%s not found by the lookup column: %s", where,
                       count == 1 ? "is" : "are", finding->rows);
}

static void end_findings(Look *look)
{
    for (size_t i = 0; i < look->found.count; i++) {
        Found *found = &look->found.at[i];
        VaultFinding *finding = vec_add(look->arena, &look->check->findings);
        if (found->finding.count > ROWS_SHOWN)
            text_print(&found->rows, " and %lld more",
                       (long long)(found->finding.count - ROWS_SHOWN));
        *finding = found->finding;
        finding->rows = arena_string(look->arena, text_string(&found->rows));
        finding->text = print_finding(look->arena, finding);
        text_done(&found->rows);
    }
    look->found.count = 0;
}

/* ---- with keys: every value ---- */

static void judge(Look *look, Arena *arena, const VaultRow *row)
{
    const VaultTable *table = look->table;
    const VaultKey *key = NULL;
    char id[VAULT_ID_SIZE];
    Bytes plain = {0}, bound = value_row(arena, table->place, row->ids, table->ids.count);
    Opening opening = value_open(arena, look->run->keys, bound, row->value, &plain, &key, id);
    const char *title = vault_row_title(arena, table, row);
    if (opening == OPEN_PLAIN)
        find(look, VAULT_PLAIN, "", title);
    else if (opening == OPEN_UNKNOWN)
        find(look, VAULT_UNKNOWN, id, title);
    else if (opening == OPEN_DAMAGED)
        find(look, VAULT_DAMAGED, "", title);
    else {
        look->key_uses[key - look->run->keys->at]++;
        if (table->lookup_sql &&
            (!row->lookup ||
             strcmp(row->lookup, value_lookup(arena, key, table->place, plain)) != 0))
            find(look, VAULT_LOOKUP, "", title);
        secret_wipe((void *)(uintptr_t)plain.at, plain.length);
    }
}

/* Pages, so that no snapshot is held for long and memory stays small. */
static Code judge_all(Look *look)
{
    Arena *arena = arena_new(), *before = NULL;
    const VaultRow *last = NULL;
    Code code = RUNG_OK;
    VaultRange range = {.condition =
                            arena_print(look->arena, "%s IS NOT NULL", look->table->column_sql),
                        .most = PAGE};
    for (;;) {
        VaultRowList rows = {0};
        range.after = last;
        code = look->run->options.cancelled && *look->run->options.cancelled
                   ? error_set(look->error, RUNG_INTERRUPTED, "the run was interrupted")
                   : vault_rows_read(look->db, arena, look->table, &range, &rows, look->error);
        for (size_t i = 0; !code && i < rows.count; i++)
            judge(look, arena, &rows.at[i]);
        arena_free(before);
        before = arena; /* `last` stands in it */
        if (code || rows.count < PAGE)
            break;
        last = &rows.at[rows.count - 1];
        arena = arena_new();
    }
    arena_free(before);
    return code;
}

/* ---- without: what is not sealed ---- */

static Code find_plain(Look *look)
{
    const VaultTable *table = look->table;
    VaultRowList rows = {0};
    int64_t count = 0;
    Code code = vault_count(look->db, table, table->unsealed, &count, look->error);
    if (code || !count)
        return code;
    code = vault_rows_read(look->db, look->arena, table,
                           &(VaultRange){.condition = table->unsealed, .most = ROWS_SHOWN}, &rows,
                           look->error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        find(look, VAULT_PLAIN, "", vault_row_title(look->arena, table, &rows.at[i]));
        secret_wipe((void *)(uintptr_t)rows.at[i].value.at, rows.at[i].value.length);
    }
    if (!code && look->found.count)
        look->found.at[0].finding.count = count;
    return code;
}

static Code count_values(Look *look)
{
    DbRows rows;
    const VaultTable *table = look->table;
    const char *sql = arena_print(look->arena, "SELECT count(%s), count(*) - count(%s) FROM %s",
                                  table->column_sql, table->column_sql, table->sql);
    Code code = db_query(look->db, look->arena, &(DbStatement){.sql = sql}, &rows, look->error);
    if (!code)
        *vec_add(look->arena, &look->check->columns) = (VaultUse){.column = table->setting->name,
                                                                  .values = db_number(&rows, 0, 0),
                                                                  .nulls = db_number(&rows, 0, 1)};
    return code;
}

Code vault_check(Db *db, Arena *arena, const VaultRun *run, VaultCheck *ret_check, Error *error)
{
    const VaultKeys *keys = run->keys;
    VaultTableList tables = {0};
    VaultCheck check = {0};
    Look look = {.db = db, .arena = arena, .run = run, .check = &check, .error = error};
    look.key_uses = arena_alloc_array(arena, keys ? keys->count : 1, sizeof *look.key_uses);
    Code code = vault_session(db, run, error);
    if (!code)
        code = vault_tables(db, arena, run, &tables, error);
    for (size_t i = 0; !code && i < tables.count; i++) {
        look.table = &tables.at[i];
        code = count_values(&look);
        if (!code)
            code = keys ? judge_all(&look) : find_plain(&look);
        end_findings(&look);
    }
    for (size_t i = 0; keys && i < keys->count; i++)
        *vec_add(arena, &check.keys) = (VaultKeyUse){.id = arena_string(arena, keys->at[i].id),
                                                     .values = look.key_uses[i],
                                                     .newest = i + 1 == keys->count};
    if (!code)
        *ret_check = check;
    return code;
}

/* ---- one value ---- */

static Code read_one(Db *db, Arena *arena, const VaultTable *table, const char *const *row,
                     VaultRowList *ret_rows, Error *error)
{
    /* a condition has no parameters; ids are compared as text, so that a wrong one is no error */
    Text condition = TEXT_EMPTY;
    text_print(&condition, "%s IS NOT NULL", table->column_sql);
    for (size_t i = 0; i < table->ids.count; i++) {
        const char *id = table->ids.at[i].sql;
        if (table->engine == ENGINE_SQLITE)
            text_print(&condition,
                       " AND CASE typeof(%s) WHEN 'blob' THEN 'x' || hex(%s) ELSE CAST(%s AS TEXT)"
                       " END = ",
                       id, id, id);
        else
            text_print(&condition, " AND %s::text = ", id);
        sql_add_constant(&condition, row[i]);
    }
    VaultRange range = {.condition = text_string(&condition), .most = 1};
    Code code = vault_rows_read(db, arena, table, &range, ret_rows, error);
    text_done(&condition);
    return code;
}

static Code open_one(Arena *arena, const VaultRun *run, const VaultTable *table,
                     const VaultRow *row, const char **ret_plain, Error *error)
{
    const VaultKey *key;
    char id[VAULT_ID_SIZE];
    Bytes plain = {0}, bound = value_row(arena, table->place, row->ids, table->ids.count);
    const char *title = vault_row_title(arena, table, row);
    switch (value_open(arena, run->keys, bound, row->value, &plain, &key, id)) {
    case OPEN_PLAIN:
        error_set(error, RUNG_MISMATCH, "%s: the value of the row with %s is not sealed",
                  table->setting->name, title);
        return error_hint(error, "`rung vault encrypt` seals it");
    case OPEN_UNKNOWN:
        return error_set(error, RUNG_MISMATCH,
                         "%s: the row with %s is sealed by key %s, which is not there",
                         table->setting->name, title, id);
    case OPEN_DAMAGED:
        return error_set(error, RUNG_MISMATCH,
                         "%s: the value of the row with %s does not open: it was changed, or it "
                         "belongs to another row or column",
                         table->setting->name, title);
    case OPENED:
        break;
    }
    *ret_plain = plain.at;
    if (!row->blob)
        return RUNG_OK;
    Text hex = TEXT_EMPTY;
    text_put(&hex, "\\x");
    for (size_t i = 0; i < plain.length; i++)
        text_print(&hex, "%02x", ((const unsigned char *)plain.at)[i]);
    *ret_plain = arena_string(arena, text_string(&hex));
    text_done(&hex);
    return RUNG_OK;
}

Code vault_decrypt(Db *db, Arena *arena, const VaultRun *run, const char *column,
                   const char *const *row, size_t row_count, const char **ret_plain, Error *error)
{
    VaultTableList tables = {0};
    VaultRowList rows = {0};
    const VaultTable *table = NULL;
    Code code = vault_session(db, run, error);
    if (!code)
        code = vault_tables(db, arena, run, &tables, error);
    if (code)
        return code;
    for (size_t i = 0; !table && i < tables.count; i++)
        if (strcmp(tables.at[i].setting->name, column) == 0)
            table = &tables.at[i];
    if (!table)
        return error_set(error, RUNG_UNKNOWN, "vault.columns has no \"%s\"", column);
    if (row_count != table->ids.count)
        return error_set(error, RUNG_USAGE, "%s: a row has %zu id%s, and %zu %s given", column,
                         table->ids.count, table->ids.count == 1 ? "" : "s", row_count,
                         row_count == 1 ? "is" : "are");
    code = read_one(db, arena, table, row, &rows, error);
    if (code)
        return code;
    if (!rows.count)
        return error_set(error, RUNG_UNKNOWN, "%s has no value in a row with %s", column,
                         vault_row_title(arena, table, &(VaultRow){.ids = row}));
    return open_one(arena, run, table, &rows.at[0], ret_plain, error);
}
