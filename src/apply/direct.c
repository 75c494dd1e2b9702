/* Statements that no revision holds, run as if one did: the same lock, the same log. */
#include "apply/runner.h"
#include "base/clock.h"

typedef struct Direct {
    Runner *runner;
    const DirectRun *what;
    size_t next;        /* the statement that comes next */
    bool committed;     /* something of it */
    int64_t violations; /* SQLite: of foreign keys, before the run */
} Direct;

static Code ask(Direct *direct, const DirectQuestion *question, Error *error)
{
    DbRows rows;
    Runner *runner = direct->runner;
    Code code = db_query(runner->db, runner->plan.arena, &(DbStatement){.sql = question->sql},
                         &rows, error);
    if (code)
        return code;
    const char *count = rows.count && rows.columns ? db_cell(&rows, 0, 0) : NULL;
    if (count && strcmp(count, "0") == 0)
        return RUNG_OK;
    error_set(error, RUNG_FAILED, "%s: %s", question->title, count ? count : "no answer");
    error_statement(error, question->sql, strlen(question->sql));
    return error_hint(error, "these rows would make a statement fail; nothing was changed");
}

static Code ask_all(Direct *direct, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < direct->what->question_count; i++)
        code = ask(direct, &direct->what->questions[i], error);
    return code;
}

/* Under the lock, before anything is written. */
static Code ask_still(Direct *direct, Error *error)
{
    direct->runner->planned = true;
    return direct->what->still && direct->next == 0
               ? direct->what->still(direct->what->context, error)
               : RUNG_OK;
}

static Code run_statement(Direct *direct, Error *error)
{
    const char *sql = direct->what->statements[direct->next].sql;
    Runner *runner = direct->runner;
    if (runner_cancelled(runner))
        return runner_interrupted(error);
    runner->statement_since_us = clock_monotonic_us();
    Code code = db_query(runner->db, runner->plan.arena, &(DbStatement){.sql = sql}, NULL, error);
    if (code) {
        error_statement(error, sql, strlen(sql));
        return code;
    }
    direct->next++;
    return RUNG_OK;
}

/* Up to the next statement that cannot share this transaction. */
static Code run_segment(Direct *direct, Error *error)
{
    const DirectRun *what = direct->what;
    Code code = RUNG_OK;
    for (size_t first = direct->next; !code && direct->next < what->count;) {
        const DirectStatement *statement = &what->statements[direct->next];
        if (statement->outside || (statement->commit_before && direct->next > first))
            break;
        code = run_statement(direct, error);
    }
    return code;
}

static Code record(Direct *direct, int64_t start_us, Error *error)
{
    Runner *runner = direct->runner;
    HistoryEvent event = {.event = direct->what->event,
                          .detail = direct->what->detail,
                          .started_us = start_us,
                          .statements = (int64_t)direct->what->count};
    return history_record(runner->db, runner->plan.arena, runner->run_id, runner->actor, &event,
                          error);
}

/* ---- PostgreSQL ---- */

static Code transaction_postgresql(Direct *direct, Error *error)
{
    Runner *runner = direct->runner;
    bool first = direct->next == 0;
    Code code = db_exec(runner->db, "BEGIN", error);
    if (!code)
        code = db_exec(runner->db, "SET LOCAL synchronous_commit TO DEFAULT", error);
    if (!code && first)
        code = ask_all(direct, error);
    if (!code)
        code = run_segment(direct, error);
    if (!code && direct->next == direct->what->count)
        code = record(direct, 0, error);
    return code ? code : db_exec(runner->db, "COMMIT", error);
}

static Code pass_postgresql_direct(Direct *direct, Error *error)
{
    const DirectRun *what = direct->what;
    Code code = runner_lock(direct->runner, error);
    bool recorded = false;
    if (!code)
        code = ask_still(direct, error);
    while (!code && !recorded) {
        bool outside = direct->next < what->count && what->statements[direct->next].outside;
        if (outside && direct->next > 0)
            code = run_statement(direct, error);
        else {
            code = transaction_postgresql(direct, error);
            recorded = direct->next == what->count;
            if (!code && outside)
                code = run_statement(direct, error); /* the questions had a transaction alone */
        }
        direct->committed |= !code;
    }
    return code;
}

/* ---- SQLite ---- */

static Code check_keys(Direct *direct, Error *error)
{
    DbRows rows;
    Runner *runner = direct->runner;
    if (!direct->what->keys_off)
        return RUNG_OK;
    Code code = db_query(runner->db, runner->plan.arena,
                         &(DbStatement){.sql = "PRAGMA foreign_key_check"}, &rows, error);
    if (code || (int64_t)rows.count <= direct->violations)
        return code;
    size_t last = rows.count - 1;
    error_set(error, RUNG_FAILED,
              "the change leaves %lld rows whose foreign key leads nowhere, for example in \"%s\", "
              "which references \"%s\"",
              (long long)rows.count - (long long)direct->violations, db_cell(&rows, last, 0),
              db_cell(&rows, last, 2));
    return error_hint(error, "PRAGMA foreign_key_check lists them; the change was rolled back");
}

static Code pass_sqlite_direct(Direct *direct, Error *error)
{
    Runner *runner = direct->runner;
    const DirectRun *what = direct->what;
    int64_t start = clock_monotonic_us();
    Code code = foreign_keys_enforce(runner, !what->keys_off, error);
    if (!code)
        code = lease_begin(runner, false, error);
    if (!code)
        code = ask_still(direct, error);
    if (!code && what->keys_off)
        code = foreign_keys_count(runner, &direct->violations, error);
    if (!code)
        code = ask_all(direct, error);
    while (!code && direct->next < what->count)
        code = run_statement(direct, error);
    if (!code)
        code = check_keys(direct, error);
    if (!code)
        code = record(direct, start, error);
    return code ? code : lease_commit(runner, false, error);
}

/* ---- both ---- */

static Code run_passes(Direct *direct, Error *error)
{
    Runner *runner = direct->runner;
    Error ignored;
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    int64_t busy_since_us = 0;
    for (int attempt = 0;;) {
        Code code =
            sqlite ? pass_sqlite_direct(direct, error) : pass_postgresql_direct(direct, error);
        if (code && runner->db && !db_lost(runner->db) && db_in_transaction(runner->db))
            db_exec(runner->db, "ROLLBACK", &ignored);
        if (code) {
            wait_judge(runner, error);
            code = error->code;
        }
        if (!code || direct->committed)
            return code;
        direct->next = 0;
        if (sqlite && error_is_busy(error) && wait_busy(runner, &busy_since_us, error) == RUNG_OK)
            continue;
        if (!error_may_retry(error) || attempt >= runner->options.retries)
            return code;
        retry_pause(runner, ++attempt, error);
    }
}

Code run_direct(const DbUrl *url, const DirectRun *what, const RunOptions *options, Arena *arena,
                int64_t *ret_elapsed_us, Error *error)
{
    RunSummary summary = {0};
    Runner runner = {.url = url,
                     .options = *options,
                     .arena = arena,
                     .run_id = runner_new_id(arena),
                     .actor = history_actor(arena),
                     .plan = {.arena = arena_new()},
                     .summary = &summary};
    Direct direct = {.runner = &runner, .what = what};
    int64_t start = clock_monotonic_us();
    Code code = runner_open(&runner, error);
    if (!code)
        code = run_passes(&direct, error);
    if (code && direct.committed && !error->hint[0])
        error_hint(error,
                   "%zu of %zu statements are committed and stay; run the same command "
                   "again for the rest",
                   direct.next, what->count);
    if (code && runner.db)
        runner_log_failure(&runner, error);
    if (runner.db) {
        lock_release(&runner);
        lease_release(&runner);
    }
    arena_free(runner.plan.arena);
    runner_close(&runner);
    *ret_elapsed_us = clock_monotonic_us() - start;
    return code;
}
