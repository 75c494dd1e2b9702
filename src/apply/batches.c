/* A backfill: key ranges in order, one transaction each, with the journal's row in it. */
#include "apply/runner.h"
#include "base/clock.h"
#include "base/text.h"

typedef struct Fill {
    Runner *runner;
    const Script *script;
    size_t index;
    const Backfill *backfill;
    const Command *command;
    bool sqlite;
    const char **low;  /* the last key that is done; NULL: none */
    const char **high; /* of this batch */
    int64_t rows, total, batch_rows, since_us, first_rows;
} Fill;

static Code ask(Fill *fill, Arena *arena, const char *sql, const char *const *params, size_t count,
                DbRows *ret_rows, Error *error)
{
    Code code = db_query(fill->runner->db, arena,
                         &(DbStatement){.sql = sql, .params = params, .param_count = count},
                         ret_rows, error);
    if (code == RUNG_FAILED)
        script_locate(fill->script, fill->command, error);
    return code;
}

/* "a, b", or with `format` "quote(a), quote(b)". */
static void add_keys(const Fill *fill, Text *text, const char *format)
{
    for (size_t i = 0; i < fill->backfill->keys.count; i++) {
        const char *key = fill->backfill->keys.at[i];
        text_put(text, i ? ", " : "");
        for (const char *s = format; *s; s++)
            if (*s == '@')
                text_put(text, key);
            else
                text_char(text, *s);
    }
}

/* Rows without a key would be passed over in silence: refuse them. */
static Code refuse_null_keys(Fill *fill, Arena *arena, Error *error)
{
    Text sql = TEXT_EMPTY;
    DbRows rows;
    text_print(&sql, "SELECT 1 FROM %s WHERE ", fill->backfill->table);
    for (size_t i = 0; i < fill->backfill->keys.count; i++) {
        text_print(&sql, "%s%s IS NULL", i ? " OR " : "", fill->backfill->keys.at[i]);
        if (fill->sqlite)
            text_print(&sql, " OR typeof(%s) = 'real'", fill->backfill->keys.at[i]);
    }
    text_put(&sql, " LIMIT 1");
    Code code = ask(fill, arena, text_string(&sql), NULL, 0, &rows, error);
    text_done(&sql);
    if (code || !rows.count)
        return code;
    error_set(error, RUNG_FAILED,
              "the backfill key of %s is NULL%s in some rows, which no batch "
              "would reach",
              fill->backfill->table, fill->sqlite ? " or a floating-point number" : "");
    error_hint(error, "choose a key that is NOT NULL, the primary key for example");
    script_locate(fill->script, fill->command, error);
    return RUNG_FAILED;
}

/* An estimate is enough for the progress, but an empty statistic is none. */
static Code count_rows(Fill *fill, Arena *arena, Error *error)
{
    DbRows rows;
    const char *table = fill->backfill->table;
    if (!fill->sqlite) {
        Code code =
            ask(fill, arena, "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass($1)",
                &table, 1, &rows, error);
        if (code)
            return code;
        fill->total = rows.count ? strtoll(db_cell(&rows, 0, 0), NULL, 10) : 0;
        if (fill->total > 0)
            return RUNG_OK;
    }
    Code code = ask(fill, arena, arena_print(arena, "SELECT count(*) FROM %s", table), NULL, 0,
                    &rows, error);
    if (!code)
        fill->total = strtoll(db_cell(&rows, 0, 0), NULL, 10);
    return code;
}

/* The key at the end of the next batch, and how many rows it has; none: `high` is NULL. */
static Code next_range(Fill *fill, Arena *arena, Error *error)
{
    const Backfill *backfill = fill->backfill;
    size_t keys = backfill->keys.count;
    Text sql = TEXT_EMPTY;
    DbRows rows;
    text_put(&sql, "WITH batch AS (SELECT ");
    add_keys(fill, &sql, "@");
    text_print(&sql, " FROM %s", backfill->table);
    if (fill->low) {
        text_put(&sql, " WHERE (");
        add_keys(fill, &sql, "@");
        text_put(&sql, ") > (");
        for (size_t i = 0; i < keys; i++) {
            text_put(&sql, i ? ", " : "");
            if (fill->sqlite)
                text_put(&sql, fill->low[i]);
            else
                text_print(&sql, "$%zu", i + 1);
        }
        text_put(&sql, ")");
    }
    text_put(&sql, " ORDER BY ");
    add_keys(fill, &sql, "@");
    text_print(&sql, " LIMIT %lld) SELECT (SELECT count(*) FROM batch), ",
               (long long)backfill->batch);
    add_keys(fill, &sql, fill->sqlite ? "quote(@)" : "@::text");
    text_put(&sql, " FROM batch ORDER BY ");
    add_keys(fill, &sql,
             "batch.@ DESC"); /* not the text that is selected: '9' stands behind '10' */
    text_put(&sql, " LIMIT 1");
    Code code = ask(fill, arena, text_string(&sql), fill->sqlite ? NULL : fill->low,
                    fill->low && !fill->sqlite ? keys : 0, &rows, error);
    text_done(&sql);
    if (code)
        return code;
    fill->high = NULL;
    if (rows.count) {
        fill->batch_rows = strtoll(db_cell(&rows, 0, 0), NULL, 10);
        fill->high = arena_alloc_array(fill->runner->plan.arena, keys, sizeof(char *));
        for (size_t i = 0; i < keys; i++)
            fill->high[i] = arena_string(fill->runner->plan.arena, db_cell(&rows, 0, i + 1));
    }
    return RUNG_OK;
}

/* The statement for (low, high]: constants on SQLite, parameters on PostgreSQL. */
static Code change_range(Fill *fill, Arena *arena, Error *error)
{
    size_t keys = fill->backfill->keys.count, count = 0;
    const char **low = arena_alloc_array(arena, keys, sizeof *low);
    const char **high = arena_alloc_array(arena, keys, sizeof *high);
    const char **params = arena_alloc_array(arena, 2 * keys, sizeof *params);
    for (size_t i = 0; fill->low && i < keys; i++) {
        params[count++] = fill->low[i];
        low[i] = fill->sqlite ? fill->low[i] : arena_print(arena, "$%zu", count);
    }
    for (size_t i = 0; i < keys; i++) {
        params[count++] = fill->high[i];
        high[i] = fill->sqlite ? fill->high[i] : arena_print(arena, "$%zu", count);
    }
    const char *sql = backfill_print(arena, fill->backfill, fill->command->sql,
                                     fill->command->length, fill->low ? low : NULL, high);
    return ask(fill, arena, sql, params, fill->sqlite ? 0 : count, NULL, error);
}

static Code write_journal(Fill *fill, bool done, const char **position, Error *error)
{
    DbStatement statement = journal_statement(fill->runner, fill->script, fill->index, done, NULL,
                                              position, fill->backfill->keys.count, fill->rows);
    return db_query(fill->runner->db, fill->runner->plan.arena, &statement, NULL, error);
}

static Code begin(Fill *fill, Error *error)
{
    return fill->sqlite ? lease_begin(fill->runner, true, error)
                        : db_exec(fill->runner->db, "BEGIN", error);
}

static Code commit(Fill *fill, Error *error)
{
    Runner *runner = fill->runner;
    runner->committing = (Committing){.type = COMMITS_STEP,
                                      .revision = fill->script->revision,
                                      .step = (int)fill->index + 1,
                                      .done = !fill->high,
                                      .rows = fill->rows};
    Code code =
        fill->sqlite ? lease_commit(runner, true, error) : db_exec(runner->db, "COMMIT", error);
    if (!code || !db_lost(runner->db))
        runner->committing = (Committing){0};
    return code;
}

static Code undo(Fill *fill, Code code)
{
    Error ignored;
    if (code && !db_lost(fill->runner->db) && db_in_transaction(fill->runner->db))
        db_exec(fill->runner->db, "ROLLBACK", &ignored);
    return code;
}

static Code one_batch(Fill *fill, Arena *arena, Error *error)
{
    fill->runner->statement_since_us = clock_monotonic_us();
    Code code = begin(fill, error);
    if (!code)
        code = next_range(fill, arena, error);
    if (!code && fill->high) {
        code = change_range(fill, arena, error);
        fill->rows += fill->batch_rows;
    }
    if (!code)
        code = write_journal(fill, !fill->high, fill->high ? fill->high : fill->low, error);
    if (!code)
        code = commit(fill, error);
    if (!code && fill->high)
        fill->low = fill->high;
    return undo(fill, code);
}

static void tell(Fill *fill)
{
    int64_t total = fill->total > fill->rows ? fill->total : fill->rows;
    runner_tell(fill->runner, RUNG_EVENT_PROGRESS, fill->script->revision, fill->rows, total,
                clock_monotonic_us() - fill->since_us, "%s", fill->backfill->table);
}

static Code fill_all(Fill *fill, Error *error)
{
    Code code = RUNG_OK;
    do {
        Arena *arena = arena_new();
        code = runner_cancelled(fill->runner) ? runner_interrupted(error)
                                              : one_batch(fill, arena, error);
        arena_free(arena);
        if (!code)
            tell(fill);
        for (int rest = fill->backfill->pause_ms; !code && fill->high && rest > 0; rest -= 100) {
            if (runner_cancelled(fill->runner))
                break;
            clock_sleep_ms(rest < 100 ? rest : 100);
        }
    } while (!code && fill->high);
    return code;
}

Code backfill_run(Runner *runner, Script *script, size_t step_index, const JournalEntry *entry,
                  Error *error)
{
    const ScriptStep *step = &script->steps.at[step_index];
    Fill fill = {.runner = runner,
                 .script = script,
                 .index = step_index,
                 .backfill = step->backfill,
                 .command = &script->commands.at[step->first],
                 .sqlite = db_engine(runner->db) == ENGINE_SQLITE,
                 .since_us = clock_monotonic_us()};
    runner->rest_ms = fill.backfill->pause_ms;
    if (entry && entry->position.count == fill.backfill->keys.count) {
        fill.low = entry->position.at;
        fill.rows = entry->rows_done;
        runner_tell(runner, RUNG_EVENT_NOTICE, script->revision, fill.rows, 0, 0,
                    "the backfill of %s goes on behind key %s, %lld rows are done",
                    fill.backfill->table, fill.low[0], (long long)fill.rows);
    }
    Arena *arena = arena_new();
    Code code = refuse_null_keys(&fill, arena, error);
    if (!code)
        code = count_rows(&fill, arena, error);
    arena_free(arena);
    return code ? code : fill_all(&fill, error);
}
