/* One pass on SQLite: consecutive revisions share a transaction, a savepoint each, because a
 * commit costs the disk two round trips. A failure rolls back to its savepoint and commits what
 * came before. The history is written at the transaction's end: each change of the schema makes
 * SQLite compile the statements for it anew. */
#include "apply/runner.h"
#include "base/clock.h"

typedef struct Group {
    Runner *runner;
    VEC(HistoryEvent) done; /* not written yet */
    int64_t violations;     /* of foreign keys, before the group; -1: they are enforced */
} Group;

static Code run_text(Runner *runner, const char *sql, Error *error)
{
    return db_query(runner->db, runner->plan.arena, &(DbStatement){.sql = sql, .keep = true}, NULL,
                    error);
}

/* ---- one revision in its savepoint ---- */

static Code run_inside(Group *group, Script *script, HistoryEvent *ret_event, Error *error)
{
    Runner *runner = group->runner;
    HistoryEvent event = {.event = script->undo ? "downgrade" : "upgrade",
                          .started_us = clock_monotonic_us(),
                          .statements = (int64_t)script->statements};
    Code code = commands_run(runner, script, 0, script->commands.count, error);
    if (!code)
        code = foreign_keys_check(runner, script, group->violations, error);
    if (!code)
        code = checks_pass(runner, script, error);
    if (code)
        return code;
    history_move(runner->plan.arena, &runner->plan.applied, script->revision, script->undo, &event);
    event.ended_us = clock_monotonic_us();
    event.ended_us += event.ended_us == event.started_us; /* 0 would mean: not known */
    *ret_event = event;
    return RUNG_OK;
}

static Code run_savepoint(Group *group, Script *script, Error *error)
{
    Runner *runner = group->runner;
    HistoryEvent event;
    Error ignored;
    Code code = run_text(runner, "SAVEPOINT rung", error);
    if (code)
        return code;
    code = run_inside(group, script, &event, error);
    if (!code)
        code = run_text(runner, "RELEASE rung", error);
    if (!code)
        *vec_add(runner->plan.arena, &group->done) = event;
    else if (db_in_transaction(runner->db)) {
        run_text(runner, "ROLLBACK TO rung", &ignored);
        run_text(runner, "RELEASE rung", &ignored);
    }
    return code;
}

/* ---- groups ---- */

static bool same_heads(const History *a, const History *b)
{
    if (a->heads.count != b->heads.count)
        return false;
    for (size_t i = 0; i < a->heads.count; i++)
        if (strcmp(a->heads.at[i].revision, b->heads.at[i].revision) != 0)
            return false;
    return true;
}

static bool same_journal(const History *a, const History *b)
{
    if (a->journal.count != b->journal.count)
        return false;
    for (size_t i = 0; i < a->journal.count; i++) {
        const JournalEntry *one = &a->journal.at[i], *other = &b->journal.at[i];
        if (strcmp(one->revision, other->revision) != 0 || one->step != other->step ||
            one->undo != other->undo || one->done != other->done ||
            one->rows_done != other->rows_done)
            return false;
    }
    return true;
}

/* Someone may have been faster between the plan and the lock. */
static Code still_as_planned(Runner *runner, Error *error)
{
    History now;
    Code code = history_read(runner->db, runner->plan.arena, &now, error);
    if (code)
        return code;
    const History *then = &runner->plan.history;
    if (same_heads(&now, then) && same_journal(&now, then))
        return RUNG_OK;
    runner->moved = true;
    return error_set(error, RUNG_MISMATCH, "another run moved the heads of this database");
}

static Code group_begin(Group *group, bool first, bool keys_off, bool more, Error *error)
{
    Runner *runner = group->runner;
    Code code = foreign_keys_enforce(runner, !keys_off, error);
    if (!code)
        code = lease_begin(runner, more, error);
    if (code)
        return code;
    if (first)
        code = still_as_planned(runner, error);
    group->violations = -1;
    return !code && keys_off ? foreign_keys_count(runner, &group->violations, error) : code;
}

static Code record_done(Group *group, Error *error)
{
    Runner *runner = group->runner;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < group->done.count; i++)
        code = history_record(runner->db, runner->plan.arena, runner->run_id, runner->actor,
                              &group->done.at[i], error);
    if (code && db_in_transaction(runner->db)) {
        Error ignored;
        db_exec(runner->db, "ROLLBACK", &ignored);
    }
    return code;
}

static void tell_done(Group *group)
{
    for (size_t i = 0; i < group->done.count; i++) {
        const HistoryEvent *event = &group->done.at[i];
        runner_done(group->runner, event->revision, event->ended_us - event->started_us);
    }
    group->done.count = 0;
}

/* Commits what is whole. After a failure inside, the failure stays the answer. */
static Code group_end(Group *group, Code code, bool more, Error *error)
{
    Runner *runner = group->runner;
    Error second;
    if (!db_in_transaction(runner->db))
        return code ? code
                    : error_set(error, RUNG_FAILED, "SQLite ended the transaction by itself");
    if (runner->moved) {
        db_exec(runner->db, "ROLLBACK", &second);
        return code;
    }
    Code end = record_done(group, code ? &second : error);
    if (!end)
        end = lease_commit(runner, more && !code, code ? &second : error);
    if (!end)
        tell_done(group);
    foreign_keys_enforce(runner, true, &second);
    return code ? code : end;
}

/* How many revisions from `first` share one transaction. A large one has its own, so that one at a
 * time is in memory. */
static Code group_length(Runner *runner, size_t first, size_t *ret_count, bool *ret_keys_off,
                         Error *error)
{
    size_t count = 0;
    for (size_t i = first; i < runner->plan.path.count; i++) {
        Script *script;
        Code code = runner_script(runner, i, &script, error);
        if (code)
            return code;
        bool steps = !script_is_simple(script) || runner->plan.resumed == script->revision;
        bool large = script_is_large(script);
        if (count && (steps || large || script->foreign_keys_off != *ret_keys_off))
            break;
        *ret_keys_off = script->foreign_keys_off;
        count++;
        if (steps) {
            *ret_count = 0; /* not a group: it has transactions of its own */
            return RUNG_OK;
        }
        if (large)
            break;
    }
    *ret_count = count;
    return RUNG_OK;
}

static Code run_group(Runner *runner, size_t first, size_t count, bool keys_off, Error *error)
{
    Group group = {.runner = runner};
    bool more = first + count < runner->plan.path.count;
    Code code = group_begin(&group, first == 0, keys_off, more, error);
    if (code && (!runner->db || !db_in_transaction(runner->db)))
        return code;
    for (size_t i = first; !code && i < first + count; i++) {
        Script *script;
        code = runner_cancelled(runner) ? runner_interrupted(error)
                                        : runner_script(runner, i, &script, error);
        if (!code) {
            runner_start(runner, script->revision);
            code = run_savepoint(&group, script, error);
        }
        if (!code)
            runner_script_ran(runner, i);
    }
    return group_end(&group, code, more, error);
}

/* Takes the lock for several transactions, before the first of them. */
static Code lock_steps(Runner *runner, Error *error)
{
    Error ignored;
    Code code = lease_begin(runner, true, error);
    if (code)
        return code;
    code = still_as_planned(runner, error);
    if (!code)
        return lease_commit(runner, true, error);
    if (db_in_transaction(runner->db))
        db_exec(runner->db, "ROLLBACK", &ignored);
    return code;
}

static Code run_steps(Runner *runner, size_t index, bool keys_off, Error *error)
{
    Script *script;
    Error ignored;
    Code code = index == 0 ? lock_steps(runner, error) : RUNG_OK;
    if (!code)
        code = runner_script(runner, index, &script, error);
    if (!code)
        code = foreign_keys_enforce(runner, !keys_off, error);
    if (!code) {
        runner_start(runner, script->revision);
        code = steps_run(runner, script, error);
    }
    if (runner->db)
        foreign_keys_enforce(runner, true, &ignored);
    return code;
}

Code pass_sqlite(Runner *runner, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < runner->plan.path.count;) {
        size_t count = 0;
        bool keys_off = false;
        code = group_length(runner, i, &count, &keys_off, error);
        if (!code)
            code = count ? run_group(runner, i, count, keys_off, error)
                         : run_steps(runner, i, keys_off, error);
        i += count ? count : 1;
    }
    return code;
}
