/* Sealing a column, or sealing it anew: batches by the order of the ids. Which rows are done is
 * seen by their values, so a run that was killed is simply run again. */
#include "apply/runner.h"
#include "base/clock.h"
#include "lifecycle/vault_parts.h"
#include "source/source.h"

enum {
    FIRST_BATCH = 100,
    SHORTEST_BATCH = 10,
    LONGEST_BATCH = 10000,
    BATCH_US = 100000,
    QUIET_US = 500000, /* a run that is over before needs no progress */
    PASSES = 3,
    PAUSE_MS = 100
};

typedef struct Pass {
    Db *db;
    const VaultRun *run;
    const VaultTable *table;
    const char *condition; /* of the rows that there is something to do with */
    Arena *arena;          /* of `last` */
    const VaultRow *last;  /* behind which the next batch begins; NULL: from the beginning */
    int64_t batch;
    int64_t done, total, since_us;
} Pass;

static void tell(const VaultRun *run, const rung_event *event)
{
    if (run->options.on_event)
        run->options.on_event(run->options.context, event);
}

static bool is_cancelled(const VaultRun *run)
{
    return run->options.cancelled && *run->options.cancelled;
}

static void tell_progress(const Pass *pass)
{
    rung_event event = {.type = RUNG_EVENT_PROGRESS,
                        .text = pass->table->setting->name,
                        .done = pass->done,
                        .total = pass->total > pass->done ? pass->total : pass->done,
                        .elapsed_us = clock_monotonic_us() - pass->since_us};
    if (event.elapsed_us >= QUIET_US)
        tell(pass->run, &event);
}

static bool is_equal(Bytes a, Bytes b)
{
    return a.length == b.length && (!a.length || memcmp(a.at, b.at, a.length) == 0);
}

static void wipe(Bytes bytes)
{
    secret_wipe((void *)(uintptr_t)bytes.at, bytes.length);
}

/* ---- one row ---- */

static Code no_key(const VaultTable *table, const char *title, const char *id, Error *error)
{
    error_set(error, RUNG_MISMATCH, "%s: the row with %s is sealed by key %s, which is not there",
              table->setting->name, title, id);
    return error_hint(error, "the key file has lost it, or is another one: the value needs it");
}

/* What is to be written for a row: a plain value sealed, a sealed one opened and sealed again. */
static Code seal_row(const Pass *pass, Arena *arena, VaultRow *row, Error *error)
{
    const VaultTable *table = pass->table;
    const VaultKey *newest = vault_keys_newest(pass->run->keys), *key;
    char id[VAULT_ID_SIZE];
    Bytes bound = value_row(arena, table->place, row->ids, table->ids.count);
    row->plain = row->value;
    switch (value_open(arena, pass->run->keys, bound, row->value, &row->plain, &key, id)) {
    case OPEN_UNKNOWN:
        return no_key(table, vault_row_title(arena, table, row), id, error);
    case OPEN_DAMAGED:
        error_set(error, RUNG_MISMATCH,
                  "%s: the value of the row with %s does not open: it was changed, or it belongs "
                  "to another row or column",
                  table->setting->name, vault_row_title(arena, table, row));
        return error_hint(error, "`rung vault check` lists every such row");
    case OPENED:
    case OPEN_PLAIN:
        break;
    }
    row->sealed = value_seal(arena, newest, bound, row->plain);
    if (table->lookup_sql)
        row->new_lookup = value_lookup(arena, newest, table->place, row->plain);
    return RUNG_OK;
}

/* A value is gone for good if what was written is not what is stored: look before the COMMIT. */
static Code verify(const Pass *pass, Arena *arena, const VaultRowList *rows, Error *error)
{
    const VaultTable *table = pass->table;
    Bytes *stored = arena_alloc_array(arena, rows->count, sizeof *stored);
    Code code = vault_rows_stored(pass->db, arena, table, rows, stored, error);
    for (size_t i = 0; !code && i < rows->count; i++) {
        const VaultRow *row = &rows->at[i];
        const VaultKey *key;
        char id[VAULT_ID_SIZE];
        Bytes plain = {0}, bound = value_row(arena, table->place, row->ids, table->ids.count);
        bool good = stored[i].at && value_open(arena, pass->run->keys, bound, stored[i], &plain,
                                               &key, id) == OPENED;
        if (!good || !is_equal(plain, row->plain)) {
            code = error_set(error, RUNG_REFUSED,
                             "%s: the row with %s does not keep what is written into it",
                             table->setting->name, vault_row_title(arena, table, row));
            error_hint(error, "a trigger or a rule changes the column; nothing of this batch was "
                              "committed");
        }
        if (plain.at)
            wipe(plain);
    }
    return code;
}

/* ---- one batch ---- */

static Code write_batch(Pass *pass, Arena *arena, const VaultRow *first, VaultRowList *ret_rows,
                        Error *error)
{
    bool lite = pass->table->engine == ENGINE_SQLITE;
    VaultRange range = {.condition = pass->condition,
                        .after = first,
                        .inclusive = true,
                        .lock = true,
                        .most = pass->batch};
    Code code = db_exec(pass->db, lite ? "BEGIN IMMEDIATE" : "BEGIN", error);
    if (!code)
        code = vault_rows_read(pass->db, arena, pass->table, &range, ret_rows, error);
    for (size_t i = 0; !code && i < ret_rows->count; i++)
        code = seal_row(pass, arena, &ret_rows->at[i], error);
    if (!code && ret_rows->count)
        code = vault_rows_write(pass->db, arena, pass->table, ret_rows, error);
    if (!code && ret_rows->count)
        code = verify(pass, arena, ret_rows, error);
    if (!code)
        code = db_exec(pass->db, "COMMIT", error);
    for (size_t i = 0; i < ret_rows->count; i++) {
        wipe(ret_rows->at[i].value);
        if (ret_rows->at[i].plain.at)
            wipe(ret_rows->at[i].plain);
    }
    return vault_undo(pass->db, code);
}

static void keep_place(Pass *pass, const VaultRow *row)
{
    size_t count = pass->table->ids.count;
    VaultRow *last = arena_alloc(pass->arena, sizeof *last);
    const char **ids = arena_alloc_array(pass->arena, count, sizeof *ids);
    const char **constants = arena_alloc_array(pass->arena, count, sizeof *constants);
    for (size_t i = 0; i < count; i++) {
        ids[i] = arena_string(pass->arena, row->ids[i]);
        constants[i] = row->constants ? arena_string(pass->arena, row->constants[i]) : NULL;
    }
    *last = (VaultRow){.ids = ids, .constants = constants};
    pass->last = last;
}

/* The way to the first row of a batch may be long: it is gone without a transaction that keeps
 * others from writing. */
static Code one_batch(Pass *pass, Arena *arena, bool *ret_more, Error *error)
{
    VaultRowList first = {0}, rows = {0};
    VaultRange range = {.condition = pass->condition, .after = pass->last, .most = 1};
    Code code = vault_rows_read(pass->db, arena, pass->table, &range, &first, error);
    *ret_more = !code && first.count;
    if (code || !first.count)
        return code;
    int64_t since = clock_monotonic_us();
    wipe(first.at[0].value);
    code = write_batch(pass, arena, &first.at[0], &rows, error);
    if (code)
        return code;
    int64_t took = clock_monotonic_us() - since;
    keep_place(pass, rows.count ? &rows.at[rows.count - 1] : &first.at[0]);
    pass->done += (int64_t)rows.count;
    if (took < BATCH_US / 2 && (int64_t)rows.count == pass->batch && pass->batch < LONGEST_BATCH)
        pass->batch *= 2;
    else if (took > BATCH_US && pass->batch > SHORTEST_BATCH)
        pass->batch /= 2;
    return RUNG_OK;
}

static bool may_retry(const Error *error)
{
    return error_may_retry(error) || error_is_busy(error);
}

/* Others that hold a row, or the file, are waited for; the batch begins anew. */
static Code retry_batch(Pass *pass, bool *ret_more, Error *error)
{
    for (int attempt = 1;; attempt++) {
        Arena *arena = arena_new();
        Code code = is_cancelled(pass->run)
                        ? error_set(error, RUNG_INTERRUPTED, "the run was interrupted")
                        : one_batch(pass, arena, ret_more, error);
        arena_free(arena);
        if (!code || !may_retry(error) || attempt > pass->run->options.retries)
            return code;
        tell(pass->run, &(rung_event){.type = RUNG_EVENT_RETRY,
                                      .text = error->message,
                                      .done = attempt,
                                      .total = pass->run->options.retries});
        clock_sleep_ms(PAUSE_MS * (attempt < 10 ? attempt : 10));
    }
}

/* Rows that others write behind its back while it runs are met by the next pass. */
static Code run_passes(Pass *pass, Error *error)
{
    Code code = vault_count(pass->db, pass->table, pass->condition, &pass->total, error);
    bool any = pass->total > 0;
    for (int i = 0; !code && any && i < PASSES; i++) {
        int64_t before = pass->done;
        bool more = true;
        pass->last = NULL;
        while (!code && more) {
            code = retry_batch(pass, &more, error);
            if (!code && more)
                tell_progress(pass);
        }
        any = pass->done > before;
    }
    return code;
}

/* ---- all columns ---- */

static Code run_column(Db *db, Arena *arena, const VaultRun *run, const VaultTable *table,
                       const char *condition, VaultSummary *summary, Error *error)
{
    Pass pass = {.db = db,
                 .run = run,
                 .table = table,
                 .condition = condition,
                 .arena = arena_new(),
                 .batch = FIRST_BATCH,
                 .since_us = clock_monotonic_us()};
    Code code = run_passes(&pass, error);
    *vec_add(arena, &summary->columns) =
        (VaultDone){.column = table->setting->name,
                    .changed = pass.done,
                    .elapsed_us = clock_monotonic_us() - pass.since_us};
    summary->changed += pass.done;
    arena_free(pass.arena);
    return code;
}

/* The longest value that is to be sealed must have room, or the first long one would stop a run in
 * the middle. */
static Code check_room(Db *db, Arena *arena, const VaultRun *run, const VaultTable *table,
                       Error *error)
{
    DbRows rows;
    if (!table->limit)
        return RUNG_OK;
    const char *sql = arena_print(arena,
                                  "SELECT coalesce(max(octet_length(%s::text)), 0) FROM %s"
                                  " WHERE %s",
                                  table->column_sql, table->sql, table->unsealed);
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    if (code)
        return code;
    size_t longest = (size_t)strtoull(db_cell(&rows, 0, 0), NULL, 10);
    size_t needed = value_sealed_length(longest);
    if (needed <= (size_t)table->limit)
        return RUNG_OK;
    error_at(error, RUNG_CONFIG, run->config, table->setting->line,
             "vault.columns: %s: a value of %zu bytes has %zu characters when it is sealed, and "
             "varchar(%lld) has room for %lld",
             table->setting->name, longest, needed, (long long)table->limit,
             (long long)table->limit);
    return error_hint(error, "ALTER TABLE %s ALTER COLUMN %s TYPE text", table->sql,
                      table->column_sql);
}

Code vault_keys_known(Db *db, const VaultTableList *tables, const VaultRun *run, Error *error)
{
    Arena *arena = arena_new();
    Text known = TEXT_EMPTY;
    Code code = RUNG_OK;
    for (size_t i = 0; i < run->keys->count; i++)
        text_print(&known, "%s'%s'", i ? ", " : "", run->keys->at[i].id);
    for (size_t i = 0; !code && i < tables->count; i++) {
        const VaultTable *table = &tables->at[i];
        VaultRowList rows = {0};
        VaultRange range = {.condition = arena_print(arena, "%s AND %s NOT IN (%s)", table->sealed,
                                                     table->key_id, text_string(&known)),
                            .most = 1};
        code = vault_rows_read(db, arena, table, &range, &rows, error);
        if (!code && rows.count) {
            const char *value = rows.at[0].value.at;
            code = no_key(table, vault_row_title(arena, table, &rows.at[0]),
                          arena_copy(arena, value + 4, VAULT_ID_SIZE - 1), error);
        }
    }
    text_done(&known);
    arena_free(arena);
    return code;
}

/* Nothing is changed before all of it may be. */
static Code prepare(Db *db, Arena *arena, const VaultRun *run, VaultTableList *ret_tables,
                    Error *error)
{
    Code code = vault_session(db, run, error);
    if (!code)
        code = vault_tables(db, arena, run, ret_tables, error);
    for (size_t i = 0; !code && i < ret_tables->count; i++)
        code = check_room(db, arena, run, &ret_tables->at[i], error);
    return code ? code : vault_keys_known(db, ret_tables, run, error);
}

/* A table whose rowids VACUUM may change (SQLite manual, VACUUM); NULL: there is none. */
static Code find_numbered(Db *db, Arena *arena, const char **ret_table, Error *error)
{
    static const char sql[] =
        "SELECT t.name FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table' AND"
        " NOT t.wr AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS (SELECT 1 FROM"
        " pragma_table_info(t.name) i WHERE i.pk > 0 AND upper(i.type) = 'INTEGER' AND (SELECT"
        " count(*) FROM pragma_table_info(t.name) k WHERE k.pk > 0) = 1) ORDER BY t.name";
    DbRows rows;
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    *ret_table = NULL;
    for (size_t i = 0; !code && !*ret_table && i < rows.count; i++)
        if (!source_is_history(db_cell(&rows, i, 0)))
            *ret_table = db_cell(&rows, i, 0);
    return code;
}

/* secure_delete zeroes what is deleted. It does not zero the room in a page that rows have left
 * when SQLite spread them over its neighbours: copies of them stay there. */
static Code rewrite_file(Db *db, Arena *arena, const VaultRun *run, Error *error)
{
    const char *table, *why = NULL;
    Error failure;
    Code code = find_numbered(db, arena, &table, error);
    if (code)
        return code;
    if (table)
        why =
            arena_print(arena, "%s has no INTEGER PRIMARY KEY: it could change its rowids", table);
    else if (db_exec(db, "VACUUM", &failure) != RUNG_OK)
        why = failure.message;
    if (why)
        tell(run, &(rung_event){.type = RUNG_EVENT_WARNING,
                                .text = arena_print(
                                    arena,
                                    "pages of the file may still hold values as they were before: "
                                    "run VACUUM, which was not done because %s",
                                    why)});
    return RUNG_OK;
}

/* What was overwritten stands in pages and in the WAL still. */
static Code finish(Db *db, Arena *arena, const VaultRun *run, bool rotate, int64_t changed,
                   Error *error)
{
    DbRows rows;
    if (!changed || db_engine(db) != ENGINE_SQLITE)
        return RUNG_OK;
    Code code = rotate ? RUNG_OK : rewrite_file(db, arena, run, error);
    if (code)
        return code;
    DbStatement statement = {.sql = "PRAGMA wal_checkpoint(TRUNCATE)"};
    code = db_query(db, arena, &statement, &rows, error);
    if (!code && rows.count && strcmp(db_cell(&rows, 0, 0), "0") != 0)
        tell(run, &(rung_event){.type = RUNG_EVENT_WARNING,
                                .text = "the WAL holds what was there before, for a reader that is "
                                        "not at its end: PRAGMA wal_checkpoint(TRUNCATE) empties "
                                        "it then"});
    return code;
}

static const char *other_key(Arena *arena, const VaultRun *run, const VaultTable *table)
{
    return arena_print(arena, "%s AND %s <> '%s'", table->sealed, table->key_id,
                       vault_keys_newest(run->keys)->id);
}

static Code run_all(Db *db, Arena *arena, const VaultRun *run, bool rotate,
                    VaultSummary *ret_summary, Error *error)
{
    VaultTableList tables = {0};
    VaultSummary summary = {0};
    int64_t since = clock_monotonic_us();
    Code code = prepare(db, arena, run, &tables, error);
    for (size_t i = 0; !code && i < tables.count; i++) {
        const VaultTable *table = &tables.at[i];
        const char *condition = rotate ? other_key(arena, run, table)
                                : table->lookup_sql
                                    ? arena_print(arena, "(%s) OR (%s AND %s IS NULL)",
                                                  table->unsealed, table->sealed, table->lookup_sql)
                                    : table->unsealed;
        code = run_column(db, arena, run, table, condition, &summary, error);
    }
    if (!code)
        code = finish(db, arena, run, rotate, summary.changed, error);
    summary.elapsed_us = clock_monotonic_us() - since;
    *ret_summary = summary;
    return code;
}

Code vault_encrypt(Db *db, Arena *arena, const VaultRun *run, VaultSummary *ret_summary,
                   Error *error)
{
    return run_all(db, arena, run, false, ret_summary, error);
}

Code vault_rotate(Db *db, Arena *arena, const VaultRun *run, VaultSummary *ret_summary,
                  Error *error)
{
    return run_all(db, arena, run, true, ret_summary, error);
}

Code vault_is_mixed(Db *db, Arena *arena, const VaultRun *run, bool *ret_mixed, Error *error)
{
    VaultTableList tables = {0};
    bool mixed = false;
    Code code = prepare(db, arena, run, &tables, error);
    for (size_t i = 0; !code && !mixed && i < tables.count; i++) {
        const VaultTable *table = &tables.at[i];
        DbRows rows;
        const char *sql = arena_print(arena, "SELECT 1 FROM %s WHERE %s LIMIT 1", table->sql,
                                      other_key(arena, run, table));
        code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
        mixed = !code && rows.count;
    }
    if (!code)
        *ret_mixed = mixed;
    return code;
}
