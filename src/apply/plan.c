/* What a run has before it, by what the database says of itself. */
#include "apply/runner.h"

static Code unknown_revision(const char *id, const char *what, Error *error)
{
    error_set(error, RUNG_MISMATCH, "the database %s revision %s, which no file in the folder has",
              what, id);
    return error_hint(error, "is the folder up to date with the branch that ran last? "
                             "`rung stamp REV --force` sets the mark to a known revision");
}

static Code plan_applied(RunPlan *plan, Error *error)
{
    size_t count = plan->history.heads.count;
    const char **ids = arena_alloc_array(plan->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = plan->history.heads.at[i].revision;
        if (!graph_find(plan->graph, ids[i]))
            return unknown_revision(ids[i], "is at", error);
    }
    return graph_applied(plan->graph, plan->arena, ids, count, &plan->applied, error);
}

/* The chain of a head covers everything below it: one comparison a head finds any edit. */
static const HistoryHead *edited_head(const RunPlan *plan)
{
    for (size_t i = 0; i < plan->history.heads.count; i++) {
        const HistoryHead *head = &plan->history.heads.at[i];
        if (strcmp(graph_find(plan->graph, head->revision)->chain, head->chain) != 0)
            return head;
    }
    return NULL;
}

/* The files whose text is not the one that the log saw, by the newest entry of each. */
Code run_edited(Db *db, const RunPlan *plan, RevisionList *ret_edited, Error *error)
{
    LogList log;
    RevisionList edited = {0};
    if (edited_head(plan)) {
        Code code = history_log(db, plan->arena, 0, &log, error);
        if (code)
            return code;
        const Map *hashes = history_hashes(&log, plan->arena);
        const RevisionList *all = graph_revisions(plan->graph);
        for (size_t i = 0; i < all->count; i++) {
            const char *hash = map_get(hashes, all->at[i]->id);
            if (plan->applied.has[i] && hash && strcmp(hash, all->at[i]->hash) != 0)
                *vec_add(plan->arena, &edited) = all->at[i];
        }
    }
    *ret_edited = edited;
    return RUNG_OK;
}

static Code plan_unedited(Db *db, const RunPlan *plan, Error *error)
{
    const HistoryHead *head = edited_head(plan);
    RevisionList edited;
    if (!head)
        return RUNG_OK;
    Code code = run_edited(db, plan, &edited, error);
    if (code)
        return code;
    const Revision *first = edited.count ? edited.at[0] : graph_find(plan->graph, head->revision);
    error_at(error, RUNG_MISMATCH, first->path, 0,
             edited.count ? "revision %s was edited after it ran%s"
                          : "the parents of revision %s were changed after it ran%s",
             first->id,
             edited.count > 1 ? arena_print(plan->arena, " (and %zu more)", edited.count - 1) : "");
    snprintf(error->revision, sizeof error->revision, "%s", first->id);
    return error_hint(error,
                      "restore the file, or, if the edit changes nothing that ran, accept it "
                      "with `rung stamp %s`",
                      head->revision);
}

static Code half_done(const RunPlan *plan, const JournalEntry *entry, const char *what,
                      Error *error)
{
    size_t done = 0;
    for (size_t i = 0; i < plan->history.journal.count; i++)
        done += plan->history.journal.at[i].done;
    error_set(error, RUNG_MISMATCH, "revision %s is half-done: %zu of %d steps of its %s",
              entry->revision, done, entry->steps, entry->undo ? "downgrade" : "upgrade");
    return error_hint(error, "%s", what);
}

/* A half-done revision comes first: nothing else may run before it is whole. */
static Code plan_resume(RunPlan *plan, Error *error)
{
    if (!plan->history.journal.count)
        return RUNG_OK;
    const JournalEntry *entry = &plan->history.journal.at[0];
    Revision *revision = graph_find(plan->graph, entry->revision);
    if (!revision)
        return unknown_revision(entry->revision, "has the half-done", error);
    if (entry->undo != plan->undo)
        return half_done(plan, entry,
                         entry->undo ? "finish it first: `rung downgrade` to where it was going"
                                     : "finish it first with `rung upgrade`",
                         error);
    size_t at = 0;
    while (at < plan->path.count && plan->path.at[at] != revision)
        at++;
    if (at == plan->path.count)
        return half_done(plan, entry, "it is not on the way to the given revision: finish it first",
                         error);
    memmove(plan->path.at + 1, plan->path.at, at * sizeof *plan->path.at);
    plan->path.at[0] = revision;
    plan->resumed = revision;
    return RUNG_OK;
}

static Code plan_read(Db *db, RunPlan *plan, Error *error)
{
    if (!db)
        return graph_applied(plan->graph, plan->arena, NULL, 0, &plan->applied, error);
    Code code = history_read(db, plan->arena, &plan->history, error);
    if (!code)
        code = plan_applied(plan, error);
    if (!code)
        code = plan_unedited(db, plan, error);
    return code;
}

Code run_plan(Db *db, Arena *arena, const Graph *graph, const char *target, bool undo,
              RunPlan *ret_plan, Error *error)
{
    RunPlan plan = {.arena = arena, .graph = graph, .undo = undo};
    Code code = plan_read(db, &plan, error);
    if (!code)
        code = undo ? graph_downgrade_path(graph, arena, &plan.applied, target, &plan.path, error)
                    : graph_upgrade_path(graph, arena, &plan.applied, target, &plan.path, error);
    if (!code)
        code = plan_resume(&plan, error);
    if (!code)
        *ret_plan = plan;
    return code;
}

/* True if what must be there before `revision` can run is there, or runs before it. */
static bool plan_reaches(const RunPlan *plan, const Revision *revision)
{
    const RevisionList *path = &plan->path;
    size_t needed = plan->undo ? revision->children.count : revision->parents.count;
    for (size_t i = 0; i < needed; i++) {
        const Revision *other = plan->undo ? revision->children.at[i] : revision->parents.at[i];
        bool ready = plan->applied.has[other->order] != plan->undo;
        for (size_t k = 0; !ready && k < path->count && path->at[k] != revision; k++)
            ready = path->at[k] == other;
        if (!ready)
            return false;
    }
    return true;
}

Code plan_again(Runner *runner, RunPlan *plan, Error *error)
{
    Code code = plan_read(runner->db, plan, error);
    for (size_t i = 0; !code && i < runner->goal.count; i++) {
        Revision *revision = runner->goal.at[i];
        if (plan->applied.has[revision->order] != runner->undo)
            continue;
        *vec_add(plan->arena, &plan->path) = revision;
        if (plan_reaches(plan, revision))
            continue;
        error_set(error, RUNG_MISMATCH, "another run moved the heads of this database");
        return error_hint(error, "look at `rung status`, then run the command again");
    }
    return code ? code : plan_resume(plan, error);
}
