/* The steps of a rehearsal. */
#include "prove/rehearse.h"
#include "base/clock.h"
#include "source/source.h"
#include "sql/quote.h"

enum { ROWS_EACH = 4 };

typedef struct Stage {
    Scratch *scratch;
    const RehearsalOptions *options;
    Arena *arena;
    DbUrl url;
    Observer *observer;
    Rehearsal *rehearsal;
    Catalog *now; /* what the database holds; NULL: it must be looked at */
    Db *db;       /* for looking */
} Stage;

/* On PostgreSQL one connection looks all the time: a new session reads the catalogs anew. On SQLite
 * an open file may be in the way of a statement. */
static Code stage_open(Stage *stage, Error *error)
{
    DbOptions options = {0};
    return stage->db ? RUNG_OK : db_open(&stage->url, &options, &stage->db, error);
}

static void stage_close(Stage *stage, bool last)
{
    Error ignored;
    if (stage->db && !db_lost(stage->db) && db_in_transaction(stage->db))
        db_exec(stage->db, "ROLLBACK", &ignored);
    if (last || stage->url.engine == ENGINE_SQLITE) {
        db_close(stage->db);
        stage->db = NULL;
    }
}

/* ---- the stage is set ---- */

static Code run_statement(Stage *stage, Db *db, const char *sql, Error *error)
{
    Code code;
    do
        code = db_query(db, stage->arena, &(DbStatement){.sql = sql}, NULL, error);
    while (code && scratch_add_role(stage->scratch, error));
    return code;
}

/* Extensions may bring objects in the way of nobody: what cannot be restored ends the rehearsal. */
static Code restore(Stage *stage, Db *db, Error *error)
{
    Catalog *empty;
    Plan *plan;
    Code code = RUNG_OK;
    if (!stage->options->start)
        return RUNG_OK;
    code = source_database(db, stage->arena, "scratch", NULL, &empty, error);
    if (!code)
        code = plan_make(stage->arena, empty, stage->options->start, NULL, &plan, error);
    for (size_t i = 0; !code && i < plan->steps.count; i++) {
        code = run_statement(stage, db, plan->steps.at[i].sql, error);
        if (code)
            error_hint(error, "the target's schema could not be restored in a scratch database, so "
                              "nothing was rehearsed");
    }
    return code;
}

static Code fill(Stage *stage, Db *db, Error *error)
{
    stage->rehearsal->unfilled.count = 0;
    return fill_tables(db, stage->arena, ROWS_EACH, &stage->rehearsal->unfilled, error);
}

static Code count_filled(Stage *stage, Db *db, Error *error)
{
    Rows *rows;
    Code code = rows_read(db, stage->arena, &rows, error);
    if (!code)
        rows_count(rows, &stage->rehearsal->filled, &stage->rehearsal->tables);
    return code;
}

/* Whether timestamps are rewritten hangs on it (src/backend/commands/tablecmds.c,
 * ATColumnChangeRequiresRewrite). */
static Code set_time_zone(Stage *stage, Error *error)
{
    Text sql = TEXT_EMPTY;
    text_put(&sql, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO %L', "
                   "current_database(), ");
    sql_add_constant(&sql, stage->options->time_zone);
    text_put(&sql, "); END $$");
    Code code = db_exec(stage->db, text_string(&sql), error);
    text_done(&sql);
    return code;
}

static Code set_stage(Stage *stage, Error *error)
{
    RunSummary ignored;
    Code code = scratch_create(stage->scratch, true, &stage->url, error);
    if (!code)
        code = stage_open(stage, error);
    Db *db = stage->db;
    if (!code && stage->url.engine == ENGINE_POSTGRESQL)
        code = db_exec(db, "SET check_function_bodies = off", error);
    if (!code && stage->options->time_zone)
        code = set_time_zone(stage, error);
    if (!code)
        code = restore(stage, db, error);
    if (!code && !stage->options->only_change)
        code = fill(stage, db, error);
    if (!code)
        code = count_filled(stage, db, error);
    if (!code && stage->url.engine == ENGINE_POSTGRESQL && !stage->options->only_change)
        code = rates_measure(db, &stage->rehearsal->rates, error);
    if (!code)
        code = queries_start(db, stage->arena, stage->options->queries, error);
    stage_close(stage, false);
    if (!code && stage->options->heads->count)
        code = run_stamp(&stage->url, stage->options->graph, stage->options->heads, false,
                         &stage->options->run, stage->arena, &ignored, error);
    return code;
}

/* ---- looking ---- */

static Code look(Stage *stage, Catalog **ret_catalog, Rows **ret_rows, Error *error)
{
    Code code = stage_open(stage, error);
    if (!code)
        code = source_database(stage->db, stage->arena, "scratch", NULL, ret_catalog, error);
    if (!code && ret_rows)
        code = rows_read(stage->db, stage->arena, ret_rows, error);
    stage_close(stage, false);
    return code;
}

static Code look_at_rows(Stage *stage, Rows **ret_rows, Error *error)
{
    Code code = stage_open(stage, error);
    if (!code)
        code = rows_read(stage->db, stage->arena, ret_rows, error);
    stage_close(stage, false);
    return code;
}

static Code fill_new(Stage *stage, Error *error)
{
    Code code = stage_open(stage, error);
    if (!code)
        code = fill(stage, stage->db, error);
    stage_close(stage, false);
    return code;
}

static void visit(void *context, Db *db, const Observed *observed)
{
    Stage *stage = context;
    if (!observed->undo)
        queries_look(db, stage->arena, stage->options->queries, observed);
}

/* ---- one revision ---- */

static const Error *kept_error(Stage *stage, const Error *error)
{
    Error *copy = arena_alloc(stage->arena, sizeof *copy);
    *copy = *error;
    return copy;
}

/* A run in the scratch database; a role that it needs is created there. */
static const Error *run(Stage *stage, const char *target, bool undo, bool observed,
                        int64_t *ret_elapsed_us)
{
    Error error;
    RunSummary summary;
    RunOptions options = stage->options->run;
    options.observer = observed ? observer_hooks(stage->observer) : NULL;
    options.on_event = NULL;
    Code code;
    do
        code = run_to(&stage->url, stage->options->graph, target, undo, &options, stage->arena,
                      &summary, &error);
    while (code && scratch_add_role(stage->scratch, &error));
    *ret_elapsed_us = summary.elapsed_us;
    return code ? kept_error(stage, &error) : NULL;
}

/* The target that undoes this revision and nothing else; NULL when there is none. */
static const char *way_back(Stage *stage, const Revision *revision)
{
    Error ignored;
    RunPlan plan;
    const char *target = revision->parents.count == 1   ? revision->parents.at[0]->id
                         : revision->parents.count == 0 ? "base"
                                                        : "-1";
    if (stage_open(stage, &ignored))
        return NULL;
    Code code =
        run_plan(stage->db, stage->arena, stage->options->graph, target, true, &plan, &ignored);
    stage_close(stage, false);
    return !code && plan.path.count == 1 && plan.path.at[0] == revision ? target : NULL;
}

static Code compare(Stage *stage, Catalog *from, Catalog *to, const Plan **ret_plan, Error *error)
{
    Plan *plan;
    Code code = plan_make(stage->arena, from, to, NULL, &plan, error);
    *ret_plan = code ? NULL : plan;
    return code;
}

static void count_observed(Stage *stage, size_t *first, size_t *count)
{
    const ObservedList *list = observer_list(stage->observer);
    *count = list->count - *first;
}

static bool has_down(const Stage *stage, const Revision *revision)
{
    return revision_section(revision, SECTION_DOWN, stage->url.engine) != NULL;
}

/* Down, and up again. */
static Code there_and_back(Stage *stage, RevisionRehearsal *result, Catalog *before, Rows *rows,
                           Catalog *behind, Error *error)
{
    Catalog *back = NULL, *again = NULL;
    Rows *rows_back = NULL;
    int64_t unused;
    const char *target = way_back(stage, result->revision);
    if (!result->has_down || !target) {
        result->down_skipped = !result->has_down ? "there is no down section"
                                                 : "other revisions stand beside or on it";
        return RUNG_OK;
    }
    result->down = observer_list(stage->observer)->count;
    result->down_failed = run(stage, target, true, true, &result->down_us);
    count_observed(stage, &result->down, &result->down_count);
    if (result->down_failed)
        return RUNG_OK;
    Code code = look(stage, &back, &rows_back, error);
    if (!code)
        code = compare(stage, back, before, &result->left, error);
    if (code)
        return code;
    rows_compare(stage->arena, rows, rows_back, &result->losses);
    result->again_failed = run(stage, result->revision->id, false, false, &unused);
    if (result->again_failed)
        return RUNG_OK;
    code = look(stage, &again, NULL, error);
    stage->now = code ? NULL : again;
    return code ? code : compare(stage, again, behind, &result->differs, error);
}

/* Each check passed when the revision was committed: what it answered is kept. */
static Code answer_checks(Stage *stage, RevisionRehearsal *result, Error *error)
{
    Code code = script_load_checks((Revision *)(uintptr_t)result->revision, stage->url.engine,
                                   &result->script, error);
    if (!code)
        code = stage_open(stage, error);
    if (!code)
        code = db_exec(stage->db, "BEGIN", error);
    for (size_t i = 0; !code && i < result->script->checks.count; i++)
        code = check_run(stage->db, stage->arena, result->script, &result->script->checks.at[i],
                         vec_add(stage->arena, &result->checks), error);
    if (!code)
        code = db_exec(stage->db, "ROLLBACK", error);
    if (!code && !stage->options->only_change && !result->without_rows) /* new tables, too */
        code = fill(stage, stage->db, error);
    if (!code && !stage->options->only_change)
        code = impact_measure(stage->db, stage->arena, result->change, &result->impacts, error);
    stage_close(stage, false);
    return code;
}

/* Checks, keys and partitions that rows which were made up do not satisfy: those of the target may.
 * A NULL where a column must have a value is none of these: any row has it. */
static bool is_about_rows(const Error *error)
{
    static const char *const states[] = {"23514", "23505", "23503", "23P01"};
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(error->sqlstate, states[i]) == 0)
            return true;
    return strncmp(error->detail, "SQLITE_CONSTRAINT_", 18) == 0 &&
           strncmp(error->detail, "SQLITE_CONSTRAINT_NOTNULL", 25) != 0;
}

/* The same once more, on empty tables. */
static Code run_without_rows(Stage *stage, RevisionRehearsal *result, Rows **ret_rows, Error *error)
{
    result->without_rows = result->up_failed->message;
    Code code = stage_open(stage, error);
    if (!code)
        code = rows_remove(stage->db, stage->arena, error);
    stage_close(stage, false);
    if (!code)
        code = look_at_rows(stage, ret_rows, error);
    if (code)
        return code;
    result->up = observer_list(stage->observer)->count;
    result->up_failed = run(stage, result->revision->id, false, true, &result->up_us);
    return RUNG_OK;
}

static Code rehearse_revision(Stage *stage, RevisionRehearsal *result, Error *error)
{
    Catalog *before = NULL, *behind = NULL;
    Rows *rows = NULL;
    Code code = stage->now ? look_at_rows(stage, &rows, error) : look(stage, &before, &rows, error);
    if (code)
        return code;
    before = stage->now ? stage->now : before;
    stage->now = NULL;
    result->up = observer_list(stage->observer)->count;
    result->has_down = has_down(stage, result->revision);
    result->up_failed = run(stage, result->revision->id, false, true, &result->up_us);
    if (result->up_failed && is_about_rows(result->up_failed))
        code = run_without_rows(stage, result, &rows, error);
    count_observed(stage, &result->up, &result->up_count);
    if (code || result->up_failed)
        return code;
    code = look(stage, &behind, NULL, error);
    stage->now = behind;
    if (!code)
        code = compare(stage, before, behind, &result->change, error);
    if (!code)
        code = answer_checks(stage, result, error);
    if (!code && !stage->options->only_change)
        code = there_and_back(stage, result, before, rows, behind, error);
    return code;
}

/* What leads to the revisions that are looked at. */
static Code run_unseen(Stage *stage, Error *error)
{
    int64_t unused;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < stage->options->unseen; i++) {
        const Error *failed = run(stage, stage->options->path->at[i]->id, false, false, &unused);
        if (failed) {
            *error = *failed;
            code = error->code;
        }
    }
    if (!code && !stage->options->only_change)
        code = fill_new(stage, error);
    return code;
}

static bool has_ended(const RevisionRehearsal *result)
{
    return result->up_failed || result->down_failed || result->again_failed;
}

static Code rehearse_all(Stage *stage, Error *error)
{
    const RevisionList *path = stage->options->path;
    Code code = RUNG_OK;
    if (stage->options->unseen)
        code = run_unseen(stage, error);
    for (size_t i = stage->options->unseen; !code && i < path->count; i++) {
        RevisionRehearsal *result = vec_add(stage->arena, &stage->rehearsal->revisions);
        result->revision = path->at[i];
        code = rehearse_revision(stage, result, error);
        if (code || has_ended(result))
            break; /* what stands on it cannot be judged */
        if (i + 1 < path->count && !stage->options->only_change)
            code = fill_new(stage, error);
    }
    return code;
}

Code rehearse(Scratch *scratch, const RehearsalOptions *options, Arena *arena,
              Rehearsal **ret_rehearsal, Error *error)
{
    Stage stage = {.scratch = scratch, .options = options, .arena = arena};
    int64_t start = clock_monotonic_us();
    stage.rehearsal = arena_alloc(arena, sizeof *stage.rehearsal);
    Code code = set_stage(&stage, error);
    if (!code)
        code = observer_open(arena, &stage.url, &stage.observer, error);
    if (!code) {
        observer_visit(stage.observer, visit, &stage);
        code = rehearse_all(&stage, error);
    }
    if (stage.observer)
        stage.rehearsal->observed = *observer_list(stage.observer);
    observer_close(stage.observer);
    stage_close(&stage, true);
    if (code) {
        rehearsal_done(stage.rehearsal);
        return code;
    }
    stage.rehearsal->elapsed_us = clock_monotonic_us() - start;
    rehearsal_judge(stage.rehearsal, options, arena);
    *ret_rehearsal = stage.rehearsal;
    return RUNG_OK;
}

void rehearsal_done(Rehearsal *rehearsal)
{
    for (size_t i = 0; rehearsal && i < rehearsal->revisions.count; i++)
        script_free(rehearsal->revisions.at[i].script);
}
