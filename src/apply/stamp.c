/* Marking revisions as applied without running them: the heads move, and the log says so for each
 * revision whose mark or text changes. */
#include "apply/runner.h"

typedef struct Stamp {
    Runner *runner;
    const RevisionList *heads;
    bool forget_unknown;
    RevisionSet before, after;
} Stamp;

static Arena *arena_of(const Stamp *stamp)
{
    return stamp->runner->plan.arena;
}

static Code read_before(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    History *history = &runner->plan.history;
    Code code = history_read(runner->db, arena_of(stamp), history, error);
    if (code)
        return code;
    if (history->journal.count && !stamp->forget_unknown) {
        error_set(error, RUNG_MISMATCH, "revision %s is half-done",
                  history->journal.at[0].revision);
        return error_hint(error, "finish it with `rung upgrade`; --force drops its journal, and "
                                 "what its steps did stays");
    }
    const char **known = arena_alloc_array(arena_of(stamp), history->heads.count + 1, sizeof *known);
    size_t count = 0;
    for (size_t i = 0; i < history->heads.count; i++) {
        const char *id = history->heads.at[i].revision;
        if (graph_find(runner->graph, id))
            known[count++] = id;
        else if (!stamp->forget_unknown) {
            error_set(error, RUNG_MISMATCH,
                      "the database is at revision %s, which no file in the folder has", id);
            return error_hint(error, "--force forgets it");
        }
    }
    return graph_applied(runner->graph, arena_of(stamp), known, count, &stamp->before, error);
}

static Code compute_after(Stamp *stamp, Error *error)
{
    const char **ids = arena_alloc_array(arena_of(stamp), stamp->heads->count + 1, sizeof *ids);
    for (size_t i = 0; i < stamp->heads->count; i++)
        ids[i] = stamp->heads->at[i]->id;
    return graph_applied(stamp->runner->graph, arena_of(stamp), ids, stamp->heads->count,
                         &stamp->after, error);
}

static Code record(Stamp *stamp, HistoryEvent event, Error *error)
{
    Runner *runner = stamp->runner;
    return history_record(runner->db, arena_of(stamp), runner->run_id, runner->actor, &event,
                          error);
}

/* One entry for each revision whose mark or accepted text changes. */
static Code record_marks(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    const RevisionList *all = graph_revisions(runner->graph);
    LogList log;
    Code code = history_log(runner->db, arena_of(stamp), 0, &log, error);
    if (code)
        return code;
    const Map *hashes = history_hashes(&log, arena_of(stamp));
    for (size_t i = 0; !code && i < all->count; i++) {
        const char *hash = map_get(hashes, all->at[i]->id);
        bool was = stamp->before.has[i], is = stamp->after.has[i];
        if (is && (!was || !hash || strcmp(hash, all->at[i]->hash) != 0))
            code = record(stamp, (HistoryEvent){.event = "stamp", .revision = all->at[i]}, error);
        else if (was && !is)
            code = record(stamp, (HistoryEvent){.event = "unstamp", .revision = all->at[i]}, error);
        else
            continue;
        if (!code)
            *vec_add(runner->arena, &runner->summary->done) = all->at[i];
    }
    return code;
}

static Code move_heads(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    const History *history = &runner->plan.history;
    RevisionList heads = {0};
    graph_set_heads(runner->graph, arena_of(stamp), &stamp->after, &heads);
    const char **remove = arena_alloc_array(arena_of(stamp), history->heads.count + 1, sizeof *remove);
    HistoryHead *add = arena_alloc_array(arena_of(stamp), heads.count + 1, sizeof *add);
    for (size_t i = 0; i < history->heads.count; i++)
        remove[i] = history->heads.at[i].revision;
    for (size_t i = 0; i < heads.count; i++)
        add[i] = (HistoryHead){heads.at[i]->id, heads.at[i]->chain};
    for (size_t i = 0; i < heads.count; i++)
        *vec_add(runner->arena, &runner->summary->current) = heads.at[i];
    return record(stamp,
                  (HistoryEvent){.event = "heads",
                                 .remove = remove,
                                 .remove_count = history->heads.count,
                                 .add = add,
                                 .add_count = heads.count,
                                 .detail = history->journal.count ? "journal dropped" : NULL},
                  error);
}

static Code drop_journal(Stamp *stamp, Error *error)
{
    bool sqlite = db_engine(stamp->runner->db) == ENGINE_SQLITE;
    if (!stamp->runner->plan.history.journal.count)
        return RUNG_OK;
    return db_exec(stamp->runner->db,
                   sqlite ? "DELETE FROM rung_journal" : "DELETE FROM rung.journal", error);
}

Code stamp_pass(Runner *runner, const RevisionList *heads, bool forget_unknown, Error *error)
{
    Stamp stamp = {.runner = runner, .heads = heads, .forget_unknown = forget_unknown};
    bool sqlite = db_engine(runner->db) == ENGINE_SQLITE;
    Code code = sqlite ? lease_begin(runner, false, error) : db_exec(runner->db, "BEGIN", error);
    if (code)
        return code;
    if (!sqlite)
        code = db_exec(runner->db, "SET LOCAL synchronous_commit TO DEFAULT", error);
    if (!code)
        code = read_before(&stamp, error);
    if (!code)
        code = compute_after(&stamp, error);
    if (!code)
        code = record_marks(&stamp, error);
    if (!code)
        code = drop_journal(&stamp, error);
    if (!code)
        code = move_heads(&stamp, error);
    if (!code)
        code = sqlite ? lease_commit(runner, false, error) : db_exec(runner->db, "COMMIT", error);
    if (code && !db_lost(runner->db) && db_in_transaction(runner->db)) {
        Error ignored;
        db_exec(runner->db, "ROLLBACK", &ignored);
    }
    return code;
}
