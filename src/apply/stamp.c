/* Marking revisions as applied without running them: the heads move, and the log says so for each
 * revision whose mark or text changes. */
#include "apply/runner.h"

typedef struct Stamp {
    Runner *runner;
    const RevisionList *heads;
    bool forget_unknown;
    RevisionSet before, after;
    Text *text; /* NULL: it is done, not printed */
    Engine engine;
    LogEntry last; /* the newest log entry, for the text */
} Stamp;

static Arena *arena_of(const Stamp *stamp)
{
    return stamp->runner->plan.arena;
}

static Code read_before(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    History *history = &runner->plan.history;
    Code code = runner->db ? history_read(runner->db, arena_of(stamp), history, error) : RUNG_OK;
    if (code)
        return code;
    if (history->journal.count && !stamp->forget_unknown) {
        error_set(error, RUNG_MISMATCH, "revision %s is half-done",
                  history->journal.at[0].revision);
        return error_hint(error, "finish it with `rung upgrade`; --force drops its journal, and "
                                 "what its steps did stays");
    }
    const char **known =
        arena_alloc_array(arena_of(stamp), history->heads.count + 1, sizeof *known);
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
    if (!stamp->text)
        return history_record(runner->db, arena_of(stamp), runner->run_id, runner->actor, &event,
                              error);
    text_put(stamp->text, history_record_text(arena_of(stamp), stamp->engine, runner->run_id,
                                              runner->actor, &event, &stamp->last));
    return RUNG_OK;
}

/* One entry for each revision whose mark or accepted text changes. */
static Code record_marks(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    const RevisionList *all = graph_revisions(runner->graph);
    LogList log = {0};
    Code code = RUNG_OK;
    if (runner->plan.history.present)
        code = history_log(runner->db, arena_of(stamp), 0, &log, error);
    if (code)
        return code;
    if (log.count)
        stamp->last = log.at[log.count - 1];
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

static bool heads_stay(const History *history, const RevisionList *heads)
{
    size_t same = 0;
    for (size_t i = 0; i < history->heads.count; i++)
        for (size_t k = 0; k < heads->count; k++)
            same += strcmp(history->heads.at[i].revision, heads->at[k]->id) == 0 &&
                    strcmp(history->heads.at[i].chain, heads->at[k]->chain) == 0;
    return same == heads->count && same == history->heads.count;
}

static Code move_heads(Stamp *stamp, Error *error)
{
    Runner *runner = stamp->runner;
    const History *history = &runner->plan.history;
    RevisionList heads = {0};
    graph_set_heads(runner->graph, arena_of(stamp), &stamp->after, &heads);
    const char **remove =
        arena_alloc_array(arena_of(stamp), history->heads.count + 1, sizeof *remove);
    HistoryHead *add = arena_alloc_array(arena_of(stamp), heads.count + 1, sizeof *add);
    for (size_t i = 0; i < history->heads.count; i++)
        remove[i] = history->heads.at[i].revision;
    for (size_t i = 0; i < heads.count; i++)
        add[i] = (HistoryHead){heads.at[i]->id, heads.at[i]->chain};
    for (size_t i = 0; i < heads.count; i++)
        *vec_add(runner->arena, &runner->summary->current) = heads.at[i];
    if (!history->journal.count && heads_stay(history, &heads))
        return RUNG_OK;
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
    const char *sql =
        stamp->engine == ENGINE_SQLITE ? "DELETE FROM rung_journal" : "DELETE FROM rung.journal";
    const History *history = &stamp->runner->plan.history;
    if (!history->journal.count)
        return RUNG_OK;
    runner_tell(stamp->runner, RUNG_EVENT_WARNING, NULL, 0, 0, 0,
                "the journal of the half-done revision %s is dropped; what its steps did stays",
                history->journal.at[0].revision);
    if (!stamp->text)
        return db_exec(stamp->runner->db, sql, error);
    text_print(stamp->text, "%s;\n", sql);
    return RUNG_OK;
}

static Code record_all(Stamp *stamp, Error *error)
{
    Code code = compute_after(stamp, error);
    if (!code)
        code = record_marks(stamp, error);
    if (!code)
        code = drop_journal(stamp, error);
    return code ? code : move_heads(stamp, error);
}

static void print_script(Engine engine, bool history_present, const char *marks, Text *text)
{
    print_heading(engine, history_present, text);
    text_print(text, "\n%s%sCOMMIT;\n", print_begin(engine), marks);
}

Code stamp_pass(Runner *runner, const RevisionList *heads, bool forget_unknown, Error *error)
{
    Stamp stamp = {.runner = runner,
                   .heads = heads,
                   .forget_unknown = forget_unknown,
                   .engine = db_engine(runner->db)};
    bool sqlite = stamp.engine == ENGINE_SQLITE;
    Code code = sqlite ? lease_begin(runner, false, error) : db_exec(runner->db, "BEGIN", error);
    if (code)
        return code;
    if (!sqlite)
        code = db_exec(runner->db, "SET LOCAL synchronous_commit TO DEFAULT", error);
    if (!code)
        code = read_before(&stamp, error);
    if (!code)
        code = record_all(&stamp, error);
    if (!code)
        code = sqlite ? lease_commit(runner, false, error) : db_exec(runner->db, "COMMIT", error);
    if (code && runner->db && !db_lost(runner->db) && db_in_transaction(runner->db)) {
        Error ignored;
        db_exec(runner->db, "ROLLBACK", &ignored);
    }
    return code;
}

Code run_print_stamp(Db *db, Engine engine, const Graph *graph, const RevisionList *heads,
                     bool forget_unknown, Arena *arena, Text *text, Error *error)
{
    RunSummary summary = {0};
    Text marks = TEXT_EMPTY;
    Runner runner = {.db = db,
                     .graph = graph,
                     .arena = arena,
                     .run_id = "printed",
                     .actor = history_actor(arena),
                     .plan = {.arena = arena},
                     .summary = &summary};
    Stamp stamp = {.runner = &runner,
                   .heads = heads,
                   .forget_unknown = forget_unknown,
                   .text = &marks,
                   .engine = engine};
    Code code = read_before(&stamp, error);
    if (!code)
        code = record_all(&stamp, error);
    if (!code && marks.length)
        print_script(engine, runner.plan.history.present, text_string(&marks), text);
    text_done(&marks);
    return code;
}
