/* Rows of the step journal, written in the transaction that they speak of. */
#include "apply/runner.h"
#include "base/text.h"

static const char upsert_postgresql[] =
    "INSERT INTO rung.journal (revision, step, direction, steps, step_hash, state, before,"
    " position, rows_done, run) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (revision, step) DO UPDATE SET state = excluded.state,"
    " before = coalesce(journal.before, excluded.before), position = excluded.position,"
    " rows_done = excluded.rows_done, run = excluded.run, step_hash = excluded.step_hash,"
    " steps = excluded.steps, at = clock_timestamp()";

static const char upsert_sqlite[] =
    "INSERT INTO rung_journal (revision, step, direction, steps, step_hash, state, before,"
    " position, rows_done, run, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
    " strftime('%Y-%m-%dT%H:%M:%SZ')) ON CONFLICT (revision, step) DO UPDATE SET"
    " state = excluded.state, before = coalesce(rung_journal.before, excluded.before),"
    " position = excluded.position, rows_done = excluded.rows_done, run = excluded.run,"
    " step_hash = excluded.step_hash, steps = excluded.steps, at = excluded.at";

/* Keys as netstrings, so that any key can be told from its neighbours. */
static const char *position_text(Runner *runner, const char *const *position, size_t keys)
{
    if (!position)
        return NULL;
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < keys; i++)
        text_print(&text, "%zu:%s,", strlen(position[i]), position[i]);
    return text_keep(&text, runner->plan.arena);
}

DbStatement journal_statement(Runner *runner, const Script *script, size_t step, bool done,
                              const char *before, const char *const *position, size_t keys,
                              int64_t rows)
{
    Arena *arena = runner->plan.arena;
    const char *values[] = {script->revision->id,
                            arena_print(arena, "%zu", step + 1),
                            script->undo ? "down" : "up",
                            arena_print(arena, "%zu", script->steps.count),
                            script->steps.at[step].hash,
                            done ? "done" : "started",
                            before,
                            position_text(runner, position, keys),
                            arena_print(arena, "%lld", (long long)rows),
                            runner->run_id};
    const char **params = arena_alloc(arena, sizeof values);
    memcpy(params, values, sizeof values);
    return (DbStatement){.sql = db_engine(runner->db) == ENGINE_SQLITE ? upsert_sqlite
                                                                       : upsert_postgresql,
                         .params = params,
                         .param_count = COUNT(values),
                         .keep = true};
}

bool journal_has(const Runner *runner, const Committing *committing)
{
    for (size_t i = 0; i < runner->plan.history.journal.count; i++) {
        const JournalEntry *entry = &runner->plan.history.journal.at[i];
        if (strcmp(entry->revision, committing->revision->id) == 0 &&
            entry->step == committing->step)
            return entry->done == committing->done && entry->rows_done == committing->rows;
    }
    return false;
}

DbStatement journal_clear_statement(const Runner *runner, const Script *script)
{
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    const char **params = arena_alloc(runner->plan.arena, sizeof *params);
    params[0] = script->revision->id;
    return (DbStatement){.sql = sqlite ? "DELETE FROM rung_journal WHERE revision = ?1"
                                       : "DELETE FROM rung.journal WHERE revision = $1",
                         .params = params,
                         .param_count = 1};
}
