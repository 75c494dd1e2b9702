/* Carrying out retention: each policy in rounds of bounded size, each round as a purge of its rows
 * and of what is below them. */
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/claim.h"
#include "lifecycle/retain_parts.h"

enum {
    ROUND = 50000, /* rows of the policy's table that are listed at once */
    PASSES = 20,   /* that may be undone because something came in between */
    TRIES = 4,
};

/* ---- counting ---- */

Code retain_ask(RetainRun *run, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(run->life->db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

Code retain_count(RetainRun *run, Arena *arena, const char *table, const char *condition,
                  int64_t *ret_count, Error *error)
{
    DbRows rows;
    Code code = retain_ask(
        run, arena, arena_print(arena, "SELECT count(*) FROM %s AS t WHERE %s", table, condition),
        &rows, error);
    if (!code)
        *ret_count = db_number(&rows, 0, 0);
    return code;
}

const char *retain_free(const RetainRun *run, Arena *arena, const KeyTable *table,
                        const char *condition)
{
    Text text = TEXT_EMPTY;
    text_put(&text, condition);
    for (size_t i = 0; i < run->holds.count; i++)
        if (run->holds.at[i].table == table)
            text_print(&text, " AND (%s) IS NOT TRUE", run->holds.at[i].condition);
    return text_keep(&text, arena);
}

void retain_note_held(RetainRun *run, const char *reason, int64_t rows)
{
    RetainResult *result = run->result;
    size_t i = 0;
    while (i < result->held.count && strcmp(result->held.at[i].reason, reason) != 0)
        i++;
    if (!rows)
        return;
    if (i == result->held.count)
        vec_add(run->arena, &result->held)->reason = arena_string(run->arena, reason);
    result->held.at[i].rows += rows;
}

static const char *hold_reason(Arena *arena, const Hold *hold)
{
    const char *name = hold->policy ? arena_print(arena, "hold \"%s\"", hold->policy)
                                    : arena_print(arena, "hold %lld", (long long)hold->id);
    return arena_print(arena, "%s on %s%s%s", name, hold->table->title, hold->reason ? ": " : "",
                       hold->reason ? hold->reason : "");
}

/* A row with several holds counts under the first. */
Code retain_count_held(RetainRun *run, const char *table, const char *condition, Error *error)
{
    Arena *arena = arena_new();
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < run->holds.count; i++) {
        const Hold *hold = &run->holds.at[i];
        int64_t rows = 0;
        if (hold->table != run->rule->table)
            continue;
        code = retain_count(run, arena, table,
                            arena_print(arena, "%s AND (%s)", condition, hold->condition), &rows,
                            error);
        if (!code)
            retain_note_held(run, hold_reason(arena, hold), rows);
        condition = arena_print(arena, "%s AND (%s) IS NOT TRUE", condition, hold->condition);
    }
    arena_free(arena);
    return code;
}

Code retain_load_holds(RetainRun *run, Arena *arena, Error *error)
{
    Code code = run->options->dry_run ? RUNG_OK : batch_read_holds(&run->batch, error);
    run->holds = (HoldList){0};
    if (!code)
        code = hold_load(run->life, arena, &run->holds, error);
    return code;
}

/* ---- the list of a round ---- */

/* "t.a = k.c0 AND …" */
static const char *same_row(const Doom *doom, Arena *arena, const char *alias)
{
    const DoomTable *root = doom->root;
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < root->identity; i++)
        text_print(&text, "%st.%s = %s.c%zu", i ? " AND " : "",
                   life_name(arena, root->columns.at[i]), alias, i);
    return text_keep(&text, arena);
}

/* Rows that may not go, because of what is below them: they are left out of the rounds to come. */
static Code create_kept(RetainRun *run, const Doom *doom, Error *error)
{
    Arena *arena = arena_new();
    const char *columns = retain_cells(arena, "c", doom->root->identity);
    bool sqlite = run->life->engine == ENGINE_SQLITE;
    Code code = db_exec(run->life->db,
                        sqlite ? "DROP TABLE IF EXISTS temp.rung_kept"
                               : "DROP TABLE IF EXISTS pg_temp.rung_kept",
                        error);
    if (!code)
        code = db_exec(run->life->db,
                       arena_print(arena,
                                   "CREATE TEMPORARY TABLE rung_kept AS SELECT %s FROM %s WHERE"
                                   " 1 = 0",
                                   columns, doom->root->list),
                       error);
    if (!code)
        code = db_exec(run->life->db,
                       arena_print(arena, "CREATE INDEX %s ON rung_kept (%s)",
                                   sqlite ? "temp.rung_kept_row" : "rung_kept_row", columns),
                       error);
    arena_free(arena);
    return code;
}

static Code seed(RetainRun *run, Doom *doom, Error *error)
{
    DoomTable *root = doom->root;
    Arena *arena = arena_new();
    DbRows rows;
    const char *limit = run->options->dry_run ? "" : arena_print(arena, " LIMIT %d", ROUND);
    const char *sql = arena_print(
        arena,
        "INSERT INTO %s (s, %s) SELECT row_number() OVER (), x.* FROM (SELECT %s FROM %s AS t"
        " WHERE %s AND NOT EXISTS (SELECT 1 FROM rung_kept k WHERE %s)%s) x",
        root->list, retain_cells(arena, "c", root->columns.count),
        doom_columns(doom, root->columns.at, root->columns.count, "t"), root->table->sql,
        retain_free(run, arena, root->table, run->rule->due), same_row(doom, arena, "k"), limit);
    Code code = retain_ask(run, arena, sql, &rows, error);
    if (!code)
        root->listed = run->round = rows.changed;
    arena_free(arena);
    return code;
}

static Code keep(RetainRun *run, const Purge *purge, const PurgeBlocks *blocks, Error *error)
{
    Arena *arena = arena_new();
    const DoomTable *root = purge->doom->root;
    Text sql = TEXT_EMPTY;
    text_print(&sql, "INSERT INTO rung_kept SELECT %s FROM %s WHERE n <= %lld AND s IN (",
               retain_cells(arena, "c", root->identity), root->list, (long long)run->round);
    for (size_t i = 0; i < blocks->count; i++) {
        text_print(&sql, "%s%lld", i ? "," : "", (long long)blocks->at[i].s);
        retain_note_held(run, blocks->at[i].reason, 1);
    }
    text_char(&sql, ')');
    Code code = db_exec(run->life->db, text_string(&sql), error);
    text_done(&sql);
    arena_free(arena);
    return code;
}

/* Lists rows that are due, and what is below them, once nothing of it is held. */
static Code list_round(RetainRun *run, Purge *purge, Error *error)
{
    Code code = RUNG_OK;
    for (bool blocked = true; !code && blocked;) {
        PurgeBlocks blocks = {0};
        code = retain_load_holds(run, purge->arena, error);
        if (!code)
            code = doom_lists(purge->doom, error);
        if (!code)
            code = seed(run, purge->doom, error);
        if (!code)
            code = doom_grow(purge->doom, error);
        if (!code)
            code = purge_blocks(purge, &blocks, error);
        blocked = blocks.count > 0;
        if (!code && blocked)
            code = keep(run, purge, &blocks, error);
    }
    purge->condition = retain_free(run, purge->arena, run->rule->table, run->rule->due);
    return code;
}

static void add_counts(RetainRun *run, const Doom *doom)
{
    if (!doom->root)
        return; /* there was no plan */
    purge_add_counts(doom, run->arena, &run->result->tables);
    run->result->rows += doom->root->gone;
    run->done += doom->root->gone;
}

static Code delete_round(RetainRun *run, bool *ret_more, Error *error)
{
    Arena *arena = arena_new();
    Doom doom = {0};
    Purge purge = {.life = run->life,
                   .arena = arena,
                   .batch = &run->batch,
                   .doom = &doom,
                   .holds = &run->holds,
                   .policy = run->rule->policy->name};
    Code code = doom_plan(run->life, arena, run->rule->table, &doom, error);
    for (int i = 0; !code && (i == 0 || purge.again); i++) {
        purge.again = false;
        if (i == PASSES) {
            code = error_set(error, RUNG_FAILED, "rows come in below it faster than they go");
            break;
        }
        code = list_round(run, &purge, error);
        if (!code)
            purge_note_selected(&purge);
        if (!code && run->round)
            code = purge_delete(&purge, error);
        if (code && strcmp(error->sqlstate, "23503") == 0) {
            code = RUNG_OK; /* a row came in between that references one of these */
            purge.again = true;
        }
    }
    add_counts(run, &doom);
    *ret_more = run->round > 0;
    arena_free(arena);
    return code;
}

/* ---- one policy ---- */

/* The temporary table of kept rows has the form of the root's list, which is made for that. */
static Code start_rows(RetainRun *run, Error *error)
{
    Arena *arena = arena_new();
    Doom doom = {0};
    Code code = doom_plan(run->life, arena, run->rule->table, &doom, error);
    if (!code)
        code = doom_lists(&doom, error);
    if (!code)
        code = create_kept(run, &doom, error);
    if (!code)
        code = retain_load_holds(run, arena, error);
    if (!code)
        code = retain_count_held(run, run->rule->table->sql, run->rule->due, error);
    if (!code && !run->options->dry_run)
        code = retain_count(run, arena, run->rule->table->sql,
                            retain_free(run, arena, run->rule->table, run->rule->due), &run->total,
                            error);
    run->holds = (HoldList){0};
    arena_free(arena);
    return code;
}

static Code dry_delete(RetainRun *run, Error *error)
{
    Arena *arena = arena_new();
    Doom doom = {0};
    Purge purge = {.life = run->life, .arena = arena, .doom = &doom, .holds = &run->holds};
    Code code = doom_plan(run->life, arena, run->rule->table, &doom, error);
    if (!code)
        code = list_round(run, &purge, error);
    if (!code)
        code = purge_count(&purge, error);
    if (!code)
        add_counts(run, &doom);
    run->holds = (HoldList){0};
    arena_free(arena);
    return code;
}

static Code delete_rows(RetainRun *run, Error *error)
{
    Code code = start_rows(run, error);
    if (!code && run->options->dry_run)
        return dry_delete(run, error);
    for (bool more = true; !code && more;) {
        code = delete_round(run, &more, error);
        for (int i = 1; code && i < TRIES && life_is_passing(error) && more; i++) {
            clock_sleep_ms(200 << i);
            code = delete_round(run, &more, error);
        }
    }
    run->holds = (HoldList){0};
    return code;
}

static Code count_undated(RetainRun *run, Error *error)
{
    const RetainRule *rule = run->rule;
    Arena *arena = arena_new();
    Code code = RUNG_OK;
    if (rule->undated)
        code =
            retain_count(run, arena, rule->table->sql, rule->undated, &run->result->undated, error);
    arena_free(arena);
    return code;
}

static Code carry_out(RetainRun *run, Error *error)
{
    const RetainRule *rule = run->rule;
    Code code = count_undated(run, error);
    if (!code && rule->action == RETAIN_DELETE)
        code = delete_rows(run, error);
    else if (!code && rule->action == RETAIN_ANONYMISE)
        code = retain_anonymise(run, rule, error);
    else if (!code)
        code = retain_partitions(run, rule, error);
    if (!code)
        code = retain_zombies(run, rule, error);
    return code;
}

/* The last record of a policy: that it was looked at, whatever came of it. */
static Code note_run(RetainRun *run, Error *error)
{
    const RetainResult *result = run->result;
    Arena *arena = arena_new();
    int64_t held = 0;
    for (size_t i = 0; i < result->held.count; i++)
        held += result->held.at[i].rows;
    Code code = life_begin(run->life, error);
    if (!code)
        code = audit_add(
            run->life,
            &(AuditEvent){.action = result->problem ? "retain stopped" : "retain run",
                          .policy = run->rule->policy->name,
                          .table = run->rule->table->title,
                          .detail = arena_print(arena, "%lld rows, %lld held, %lld undated%s%s",
                                                (long long)result->rows, (long long)held,
                                                (long long)result->undated,
                                                result->problem ? "; stopped: " : "",
                                                result->problem ? result->problem : "")},
            error);
    if (!code)
        code = life_commit(run->life, error);
    arena_free(arena);
    return code ? life_rollback(run->life, code) : RUNG_OK;
}

static bool ends_everything(const Life *life, Code code)
{
    return code == RUNG_INTERRUPTED || code == RUNG_LOCKED || code == RUNG_MISMATCH ||
           code == RUNG_CONNECT || db_lost(life->db);
}

static Code run_rule(RetainRun *run, const RetainRule *rule, Error *error)
{
    *vec_add(run->arena, &run->report->results) = (RetainResult){
        .policy = rule->policy,
        .title = rule->table->title,
        .action = rule->action,
        .cutoff = rule->policy->keep.text && rule->age ? clock_print_utc(run->arena, rule->cutoff)
                                                       : NULL};
    run->result = &run->report->results.at[run->report->results.count - 1];
    run->rule = rule;
    run->done = run->total = run->round = 0;
    run->since_us = clock_monotonic_us();
    if (rule->action == RETAIN_KEPT)
        return RUNG_OK;
    Code code = carry_out(run, error);
    if (code && (run->options->dry_run || ends_everything(run->life, code)))
        return code;
    if (code) {
        run->result->problem = arena_string(run->arena, error->message);
        life_rollback(run->life, code);
        code = RUNG_OK;
    }
    if (!run->options->dry_run)
        code = note_run(run, error);
    run->report->rows += run->result->rows;
    return code;
}

/* ---- before anything is changed ---- */

/* The server reads the condition: what it refuses is an error of rung.yaml. */
static Code check_condition(RetainRun *run, const RetainRule *rule, const char *condition,
                            Error *error)
{
    Arena *arena = arena_new();
    Error failed;
    Code code = condition ? retain_ask(run, arena,
                                       arena_print(arena, "EXPLAIN SELECT 1 FROM %s AS t WHERE %s",
                                                   rule->table->sql, condition),
                                       NULL, &failed)
                          : RUNG_OK;
    if (code == RUNG_FAILED)
        retain_wrong(run->life, rule->policy, error, "its condition is refused: %s",
                     failed.message);
    else if (code)
        *error = failed;
    arena_free(arena);
    return code == RUNG_FAILED ? RUNG_CONFIG : code;
}

static Code refuse_below(const RetainRule *rule, const KeyTable *table, Error *error,
                         const char *why, const char *hint)
{
    error_set(error, RUNG_REFUSED, "retention of %s would remove rows of %s: %s",
              rule->table->title, table->title, why);
    return error_hint(error, "%s", hint);
}

/* What cascades must be neither a subject, nor a table whose rows are kept. */
static Code check_below(RetainRun *run, const RetainRule *rule, const Doom *doom, Error *error)
{
    const Lifecycle *policy = run->life->policy;
    KeyTable *table;
    Error ignored;
    for (size_t i = 0; i < policy->subjects.count; i++) {
        const SubjectPolicy *subject = &policy->subjects.at[i];
        const char *name = subject->table ? subject->table : subject->name;
        if (!key_graph_table(run->life->graph, name, &table, &ignored) && doom->of[table->index])
            return refuse_below(rule, table, error, "they are subjects, who did not ask",
                                "give the key between them another class than cascade");
    }
    for (size_t i = 0; i < policy->retention.count; i++) {
        const RetentionPolicy *kept = &policy->retention.at[i];
        if (kept->keep.text || (kept->when && !kept->age) || kept == rule->policy)
            continue;
        if (!key_graph_table(run->life->graph, kept->name, &table, &ignored) &&
            doom->of[table->index])
            return refuse_below(rule, table, error, "lifecycle.retention keeps them",
                                "give the key between them another class than cascade, or say how "
                                "long they are kept");
    }
    return RUNG_OK;
}

static Code check_rule(RetainRun *run, const RetainRule *rule, Error *error)
{
    Arena *arena = arena_new();
    Doom doom = {0};
    Code code = RUNG_OK;
    if (rule->action == RETAIN_DELETE)
        code = doom_plan(run->life, arena, rule->table, &doom, error);
    if (!code && rule->action == RETAIN_DELETE)
        code = check_below(run, rule, &doom, error);
    if (!code && rule->action != RETAIN_KEPT)
        code = check_condition(run, rule, rule->due, error);
    if (!code && rule->action == RETAIN_ANONYMISE)
        code = retain_check_columns(run, rule, error);
    if (!code && rule->action == RETAIN_DROP_PARTITIONS)
        code = retain_check_partitions(run, rule, error);
    arena_free(arena);
    return code;
}

typedef VEC(RetainRule) RuleList;

static Code read_rules(RetainRun *run, RuleList *ret_rules, Error *error)
{
    Life *life = run->life;
    const char *only = run->options->policy;
    DbRows rows;
    Code code = LIFE(life, run->arena, &rows, error, "SELECT {epoch {now}}");
    int64_t now = code ? 0 : db_number(&rows, 0, 0);
    for (size_t i = 0; !code && i < life->policy->retention.count; i++) {
        const RetentionPolicy *policy = &life->policy->retention.at[i];
        if (only && strcmp(only, policy->name) != 0)
            continue;
        RetainRule *rule = vec_add(run->arena, ret_rules);
        code = retain_rule(life, run->arena, policy, now, rule, error);
        if (!code)
            code = check_rule(run, rule, error);
    }
    return code;
}

/* ---- the whole ---- */

/* The progress of a policy is that of its rows, not of one list. */
static void tell(void *context, rung_event_type type, const char *text, int64_t done, int64_t total,
                 int64_t elapsed_us)
{
    const RetainRun *run = context;
    if (type == RUNG_EVENT_PROGRESS && total > 0) {
        done = run->done + run->round * done / total;
        total = run->total > done ? run->total : done;
        elapsed_us = clock_monotonic_us() - run->since_us;
    }
    run->outer->tell(run->outer->context, type, text, done, total, elapsed_us);
}

static Code each_rule(RetainRun *run, const RuleList *rules, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < rules->count; i++)
        code = run_rule(run, &rules->at[i], error);
    return code;
}

static Code dry(RetainRun *run, const RuleList *rules, Error *error)
{
    Life *life = run->life;
    Code code = db_exec(
        life->db, life->engine == ENGINE_SQLITE ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ",
        error);
    if (!code)
        code = each_rule(run, rules, error);
    return life_rollback(life, code);
}

static Code wet(RetainRun *run, const RuleList *rules, Error *error)
{
    Life *life = run->life;
    Error ignored;
    Code code = run->options->force ? RUNG_OK : clock_check(life, error);
    if (!code)
        code = batch_start(life, &run->batch, error);
    if (code)
        return code;
    code = clock_note(life, run->options->force, error);
    if (!code)
        code = each_rule(run, rules, error);
    if (!code)
        code = audit_anchor(life, error);
    batch_end(&run->batch);
    if (!code && life->engine == ENGINE_SQLITE)
        db_exec(life->db, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored);
    return code;
}

Code retain_run(Life *life, Arena *arena, const RetainOptions *options, RetainReport *ret_report,
                Error *error)
{
    Life inner = *life;
    RetainRun run = {
        .life = &inner, .outer = life, .arena = arena, .options = options, .report = ret_report};
    RuleList rules = {0};
    int64_t since = clock_monotonic_us();
    *ret_report = (RetainReport){0};
    inner.tell = life->tell ? tell : NULL;
    inner.context = &run;
    Code code = life_require(&inner, error);
    if (!code)
        code = purge_prepare(&inner, error);
    if (!code)
        code = read_rules(&run, &rules, error);
    if (!code)
        code = options->dry_run ? dry(&run, &rules, error) : wet(&run, &rules, error);
    ret_report->elapsed_us = clock_monotonic_us() - since;
    ret_report->batches = run.batch.count;
    ret_report->longest_us = run.batch.longest_us;
    return code;
}
