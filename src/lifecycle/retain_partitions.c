/* Partitions by time on PostgreSQL: those that are wholly over are dropped, those to come are made.
 *
 * One that is dropped is detached first. Where the server can do that without holding others up
 * (DETACH CONCURRENTLY) it cannot be one transaction: the audit gets a record before, by which the
 * next run finds what was left between the two, and ends it. */
#include "base/clock.h"
#include "base/text.h"
#include "lifecycle/retain_parts.h"
#include "sql/partition.h"
#include "sql/quote.h"

enum { TRIES = 8, PAUSE_MS = 100, DAY = 86400 };

typedef struct Part {
    const char *sql, *title;
    const char *oid; /* NULL: it is to be made */
    const char *bounds;
    const char *lower, *upper; /* as the server prints them; NULL: none */
    bool standard;             /* the default partition */
    bool over;                 /* wholly before the cutoff */
    bool pending;              /* a DETACH CONCURRENTLY was interrupted */
} Part;
typedef VEC(Part) PartList;

/* ---- what there is ---- */

/* A time as a value of the column, for a bound: seconds since 1970 if it holds numbers. */
static const char *bound(const RetainRule *rule, Arena *arena, int64_t seconds)
{
    const char *type = rule->age->type, *utc = clock_print_utc(arena, seconds);
    if (strcmp(type, "date") == 0)
        return arena_copy(arena, utc, 10);
    if (strstr(type, "with time zone"))
        return arena_print(arena, "%.10s %.8s+00", utc, utc + 11);
    if (strncmp(type, "timestamp", 9) == 0)
        return arena_print(arena, "%.10s %.8s", utc, utc + 11);
    return arena_print(arena, "%lld", (long long)seconds);
}

/* The upper bound is not in the partition: equal to the cutoff it is over, too. A date's day ends
 * before the next one, which is the bound. */
static Code read_parts(RetainRun *run, const RetainRule *rule, Arena *arena, PartList *ret_list,
                       Error *error)
{
    DbRows rows;
    const char *cutoff = bound(rule, arena, rule->cutoff);
    const char *params[] = {rule->table->sql, cutoff};
    const char *sql = arena_print(
        arena,
        "SELECT format('%%I.%%I', n.nspname, c.relname), CASE WHEN n.nspname = 'public' THEN"
        " c.relname ELSE n.nspname || '.' || c.relname END, x.bounds, x.lower, x.upper, x.bounds ="
        " 'DEFAULT', coalesce(CASE WHEN x.upper NOT IN ('MAXVALUE', 'MINVALUE') THEN"
        " CAST(x.upper AS %s) <= CAST($2 AS %s) END, false),"
        " coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false), c.oid"
        " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid ="
        " c.relnamespace CROSS JOIN LATERAL (SELECT b, substring(b FROM 'FROM "
        "\\(''?([^'')]*)''?\\)'),"
        " substring(b FROM 'TO \\(''?([^'')]*)''?\\)') FROM (SELECT pg_get_expr(c.relpartbound,"
        " c.oid)) y(b)) x(bounds, lower, upper) WHERE i.inhparent = to_regclass($1) ORDER BY"
        " x.bounds",
        rule->age->type, rule->age->type);
    Code code =
        db_query(run->life->db, arena,
                 &(DbStatement){.sql = sql, .params = params, .param_count = 2}, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++)
        *vec_add(arena, ret_list) = (Part){.sql = db_cell(&rows, i, 0),
                                           .title = db_cell(&rows, i, 1),
                                           .bounds = db_cell(&rows, i, 2),
                                           .lower = db_cell(&rows, i, 3),
                                           .upper = db_cell(&rows, i, 4),
                                           .standard = *db_cell(&rows, i, 5) == 't',
                                           .over = rule->due && *db_cell(&rows, i, 6) == 't',
                                           .pending = *db_cell(&rows, i, 7) == 't',
                                           .oid = db_cell(&rows, i, 8)};
    return code;
}

static Code check_key(RetainRun *run, const RetainRule *rule, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    const char *params[] = {rule->table->sql, rule->age->name};
    Code code = db_query(
        run->life->db, arena,
        &(DbStatement){.sql = "SELECT 1 FROM pg_partitioned_table p JOIN pg_attribute a ON"
                              " a.attrelid = p.partrelid AND a.attnum = p.partattrs[0] WHERE"
                              " p.partrelid = to_regclass($1) AND p.partstrat = 'r' AND"
                              " p.partnatts = 1 AND a.attname = $2",
                       .params = params,
                       .param_count = 2},
        &rows, error);
    if (!code && !rows.count) {
        code =
            retain_wrong(run->life, rule->policy, error,
                         "the table is not partitioned by ranges of \"%s\" alone", rule->age->name);
        error_hint(error, "then: delete removes its rows one by one");
    }
    arena_free(arena);
    return code;
}

Code retain_check_partitions(RetainRun *run, const RetainRule *rule, Error *error)
{
    static const char *const periods[] = {"day", "week", "month", "year"};
    const RetentionPolicy *policy = rule->policy;
    if (run->life->engine == ENGINE_SQLITE) {
        error_at(error, RUNG_UNSUPPORTED, run->life->path, policy->line,
                 "lifecycle.retention.%s: SQLite has no partitions", policy->name);
        return error_hint(error, "then: delete does the same, row by row");
    }
    size_t i = 0;
    while (i < COUNT(periods) && strcmp(periods[i], policy->period) != 0)
        i++;
    if (i == COUNT(periods)) {
        retain_wrong(run->life, policy, error, "there is no period \"%s\"", policy->period);
        return error_hint(error, "day, week, month or year");
    }
    if (!rule->age || policy->ahead < 0 || policy->ahead > 1000) {
        retain_wrong(run->life, policy, error, "drop_partitions goes by the age of the rows");
        return error_hint(error, "age: the column that the table is partitioned by; ahead: 0 to "
                                 "1000");
    }
    for (i = 0; rule->due && i < rule->table->below.count; i++) {
        const TableKey *key = rule->table->below.at[i];
        if (!key->declared)
            continue;
        error_set(error, RUNG_REFUSED, "%s references %s, whose partitions are to be dropped",
                  key->title, rule->table->title);
        return error_hint(error, "drop this key, or delete the rows: then: delete");
    }
    return check_key(run, rule, error);
}

/* ---- statements that ask for strong locks ---- */

static int64_t pause_of(int tries)
{
    unsigned char byte;
    random_bytes(&byte, 1);
    return (PAUSE_MS << tries) * (128 + byte) / 256;
}

typedef Code Locking(RetainRun *run, const RetainRule *rule, const Part *part, void *context,
                     Error *error);

/* Tries again, later each time, and never at the same moment as others. */
static Code with_locks(RetainRun *run, const RetainRule *rule, const Part *part, Locking *work,
                       void *context, Error *error)
{
    Code code = work(run, rule, part, context, error);
    for (int i = 0; code && i < TRIES && life_is_passing(error); i++) {
        life_rollback(run->life, code);
        clock_sleep_ms(pause_of(i));
        code = life_check_cancelled(run->life, error);
        if (!code)
            code = work(run, rule, part, context, error);
    }
    return life_rollback(run->life, code);
}

static Code exec(RetainRun *run, Text *sql, Error *error)
{
    Code code = db_exec(run->life->db, text_string(sql), error);
    text_done(sql);
    return code;
}

/* Begins a transaction of this worker; again when the holds have changed meanwhile. */
static Code begin(RetainRun *run, Error *error)
{
    bool stale = true;
    Code code = RUNG_OK;
    while (!code && stale) {
        code = retain_load_holds(run, run->arena, error);
        if (!code)
            code = batch_begin(&run->batch, false, &stale, error);
    }
    return code;
}

/* ---- dropping ---- */

/* Whether rows of it must stay; it says so in the report. `last`: what is held now counts. */
static Code find_staying(RetainRun *run, const RetainRule *rule, const Part *part, bool *ret_stays,
                         int64_t *ret_rows, Error *error)
{
    Arena *arena = arena_new();
    int64_t others = 0, all = 0;
    int64_t held = 0;
    Code code = retain_count(run, arena, part->sql, "true", &all, error);
    for (size_t i = 0; !code && i < run->holds.count; i++) {
        int64_t rows = 0;
        const Hold *hold = &run->holds.at[i];
        if (hold->table != rule->table)
            continue;
        code = retain_count(run, arena, part->sql, arena_print(arena, "(%s)", hold->condition),
                            &rows, error);
        held += rows;
        if (!code)
            retain_note_held(run,
                             arena_print(arena, "%s in partition %s",
                                         hold->reason   ? hold->reason
                                         : hold->policy ? hold->policy
                                                        : "a hold",
                                         part->title),
                             rows);
    }
    if (!code && rule->policy->when)
        code = retain_count(run, arena, part->sql,
                            arena_print(arena, "(%s\n) IS NOT TRUE", rule->policy->when), &others,
                            error);
    if (!code)
        retain_note_held(
            run, arena_print(arena, "partition %s has rows without the condition", part->title),
            others);
    *ret_stays = held + others > 0;
    *ret_rows = all;
    arena_free(arena);
    return code;
}

static void note_partition(RetainRun *run, const Part *part, int64_t rows, bool made)
{
    *vec_add(run->arena, &run->result->partitions) =
        (RetainPartition){.title = arena_string(run->arena, part->title),
                          .bounds = arena_string(run->arena, part->bounds),
                          .rows = rows,
                          .made = made};
    run->result->rows += rows;
}

static Code commit(RetainRun *run, const RetainRule *rule, const Part *part, const char *action,
                   int64_t rows, Error *error)
{
    return batch_commit(&run->batch,
                        &(AuditEvent){.action = action,
                                      .policy = rule->policy->name,
                                      .table = part->title,
                                      .rows = rows,
                                      .detail = part->bounds},
                        error);
}

/* Detaches it if it is attached yet, and drops it: one transaction with its record. One that was
 * detached by itself goes back if a row of it is held by now. */
static Code drop(RetainRun *run, const RetainRule *rule, const Part *part, void *context,
                 Error *error)
{
    const bool *attached = context;
    bool stays = false;
    int64_t rows = 0;
    Text sql = TEXT_EMPTY;
    Code code = begin(run, error);
    if (code)
        return code;
    if (*attached) {
        sql_add_detach(&sql, rule->table->sql, part->sql, false);
        code = exec(run, &sql, error);
    } else {
        text_print(&sql, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", part->sql);
        code = exec(run, &sql, error);
    }
    if (!code)
        code = find_staying(run, rule, part, &stays, &rows, error);
    if (!code && stays && *attached)
        return life_rollback(run->life, RUNG_OK);
    sql = TEXT_EMPTY;
    if (stays)
        sql_add_attach(&sql, rule->table->sql, part->sql, part->bounds);
    else
        sql_add_drop_table(&sql, part->sql);
    if (!code)
        code = exec(run, &sql, error);
    else
        text_done(&sql);
    if (!code)
        code = commit(run, rule, part, stays ? "attach partition" : "drop partition",
                      stays ? 0 : rows, error);
    if (!code && !stays)
        note_partition(run, part, rows, false);
    return code;
}

/* What gave way in the middle is ended, not begun anew. */
static Code is_pending(RetainRun *run, const Part *part, bool *ret_pending, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = db_query(
        run->life->db, arena,
        &(DbStatement){.sql = "SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1) AND"
                              " inhdetachpending",
                       .params = &part->sql,
                       .param_count = 1},
        &rows, error);
    if (!code)
        *ret_pending = rows.count > 0;
    arena_free(arena);
    return code;
}

static Code detach_concurrently(RetainRun *run, const RetainRule *rule, const Part *part,
                                void *context UNUSED, Error *error)
{
    Text sql = TEXT_EMPTY;
    bool pending = false;
    Code code = is_pending(run, part, &pending, error);
    if (code)
        return code;
    if (pending)
        sql_add_detach_end(&sql, rule->table->sql, part->sql);
    else
        sql_add_detach(&sql, rule->table->sql, part->sql, true);
    return exec(run, &sql, error);
}

/* What is about to happen is written down before; by the oid another table of the same name is not
 * taken for it. */
static Code announce(RetainRun *run, const RetainRule *rule, const Part *part, Error *error)
{
    Part told = *part;
    Code code = begin(run, error);
    told.bounds = arena_print(run->arena, "%s %s", part->oid, part->bounds);
    if (!code)
        code = commit(run, rule, &told, "detach partition", 0, error);
    return life_rollback(run->life, code);
}

static Code drop_one(RetainRun *run, const RetainRule *rule, const Part *part, bool concurrently,
                     Error *error)
{
    bool stays = false, attached = !concurrently;
    int64_t rows = 0;
    Code code = retain_load_holds(run, run->arena, error);
    if (!code && !part->pending)
        code = find_staying(run, rule, part, &stays, &rows, error);
    if (code || stays)
        return code;
    if (run->options->dry_run) {
        note_partition(run, part, rows, false);
        return RUNG_OK;
    }
    if (concurrently && !part->pending)
        code = announce(run, rule, part, error);
    if (!code && concurrently)
        code = with_locks(run, rule, part, detach_concurrently, NULL, error);
    return code ? code : with_locks(run, rule, part, drop, &attached, error);
}

/* Partitions that an earlier run detached and did not drop. */
static Code end_detached(RetainRun *run, const RetainRule *rule, Arena *arena, Error *error)
{
    DbRows rows;
    bool attached = false;
    Code code =
        LIFE(run->life, arena, &rows, error,
             "SELECT DISTINCT a.table_name, substr(a.detail, strpos(a.detail, ' ') + 1), "
             "format('%I.%I', n.nspname, c.relname) FROM"
             " {audit} a JOIN pg_class c ON c.relkind IN ('r', 'p') AND NOT c.relispartition JOIN"
             " pg_namespace n ON n.oid = c.relnamespace AND a.table_name = CASE WHEN n.nspname ="
             " 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END WHERE a.action ="
             " 'detach partition' AND split_part(a.detail, ' ', 1) = c.oid::text AND a.policy = $1 "
             "AND NOT EXISTS (SELECT 1 FROM {audit} b WHERE"
             " b.policy = a.policy AND b.table_name = a.table_name AND b.seq > a.seq AND b.action"
             " IN ('drop partition', 'attach partition', 'detach partition'))",
             rule->policy->name);
    for (size_t i = 0; !code && i < rows.count && !run->options->dry_run; i++) {
        Part part = {.title = db_cell(&rows, i, 0),
                     .bounds = db_cell(&rows, i, 1),
                     .sql = db_cell(&rows, i, 2)};
        code = with_locks(run, rule, &part, drop, &attached, error);
    }
    return code;
}

/* ---- making those to come ---- */

static const char *part_name(const RetainRule *rule, Arena *arena, int64_t start)
{
    const char *period = rule->policy->period, *utc = clock_print_utc(arena, start);
    if (strcmp(period, "year") == 0)
        return arena_print(arena, "%s_p%.4s", rule->table->name, utc);
    if (strcmp(period, "month") == 0)
        return arena_print(arena, "%s_p%.4s_%.2s", rule->table->name, utc, utc + 5);
    return arena_print(arena, "%s_p%.4s_%.2s_%.2s", rule->table->name, utc, utc + 5, utc + 8);
}

/* Whether the period is covered: by one partition, or by several. RUNG_REFUSED when rows of it
 * stand in the default partition, which would refuse the new one. */
static Code look(RetainRun *run, const RetainRule *rule, Arena *arena, const Part *wanted,
                 const PartList *parts, bool *ret_covered, Error *error)
{
    const char *type = rule->age->type, *column = life_name(arena, rule->age->name);
    const char *range[] = {wanted->lower, wanted->upper};
    *ret_covered = false;
    for (size_t i = 0; i < parts->count; i++) {
        const Part *part = &parts->at[i];
        DbRows rows;
        const char *sql =
            part->standard
                ? arena_print(arena,
                              "SELECT EXISTS (SELECT 1 FROM %s t WHERE t.%s >= CAST($1 AS %s) AND"
                              " t.%s < CAST($2 AS %s))",
                              part->sql, column, type, column, type)
                : arena_print(arena, "SELECT CAST($1 AS %s) < %s AND %s < CAST($2 AS %s)", type,
                              !part->upper || strcmp(part->upper, "MAXVALUE") == 0
                                  ? "'infinity'"
                                  : arena_print(arena, "CAST(%s AS %s)",
                                                life_constant(arena, part->upper), type),
                              !part->lower || strcmp(part->lower, "MINVALUE") == 0
                                  ? "'-infinity'"
                                  : arena_print(arena, "CAST(%s AS %s)",
                                                life_constant(arena, part->lower), type),
                              type);
        Code code =
            db_query(run->life->db, arena,
                     &(DbStatement){.sql = sql, .params = range, .param_count = 2}, &rows, error);
        bool found = !code && *db_cell(&rows, 0, 0) == 't';
        if (code)
            return code;
        if (found && part->standard)
            return error_set(error, RUNG_REFUSED,
                             "the default partition %s has rows from %s to %s: the partition for "
                             "them cannot be made",
                             part->title, wanted->lower, wanted->upper);
        *ret_covered = *ret_covered || found;
    }
    return RUNG_OK;
}

static Code make(RetainRun *run, const RetainRule *rule, const Part *part, void *context UNUSED,
                 Error *error)
{
    Text sql = TEXT_EMPTY;
    Code code = begin(run, error);
    if (code)
        return code;
    sql_add_partition(&sql, rule->table->sql, part->sql, part->bounds);
    code = exec(run, &sql, error);
    return code ? code : commit(run, rule, part, "create partition", 0, error);
}

static Part part_wanted(const RetainRule *rule, Arena *arena, int ahead)
{
    const char *period = rule->policy->period;
    int64_t from = retain_period(period, rule->now, ahead);
    Part part = {.lower = bound(rule, arena, from),
                 .upper = bound(rule, arena, retain_period(period, rule->now, ahead + 1))};
    const char *name = part_name(rule, arena, from), *schema = rule->table->schema;
    Text text = TEXT_EMPTY;
    sql_add_qualified(&text, schema, name);
    part.sql = arena_string(arena, text_string(&text));
    text_clear(&text);
    sql_add_range(&text, part.lower, part.upper);
    part.bounds = arena_string(arena, text_string(&text));
    part.title = strcmp(schema, "public") == 0 ? name : arena_print(arena, "%s.%s", schema, name);
    text_done(&text);
    return part;
}

static Code make_ahead(RetainRun *run, const RetainRule *rule, Arena *arena, const PartList *parts,
                       Error *error)
{
    Code code = RUNG_OK;
    for (int i = 0; !code && rule->policy->ahead && i <= rule->policy->ahead; i++) {
        bool covered = false;
        Part part = part_wanted(rule, arena, i);
        code = look(run, rule, arena, &part, parts, &covered, error);
        if (code || covered)
            continue;
        if (!run->options->dry_run)
            code = with_locks(run, rule, &part, make, NULL, error);
        if (!code)
            note_partition(run, &part, 0, true);
    }
    return code;
}

Code retain_partitions(RetainRun *run, const RetainRule *rule, Error *error)
{
    Arena *arena = arena_new();
    PartList parts = {0};
    bool standard = false;
    Code code = end_detached(run, rule, arena, error);
    if (!code)
        code = read_parts(run, rule, arena, &parts, error);
    if (!code)
        code = make_ahead(run, rule, arena, &parts, error);
    for (size_t i = 0; i < parts.count; i++)
        standard = standard || parts.at[i].standard;
    for (size_t i = 0; !code && i < parts.count; i++)
        if ((parts.at[i].over && !parts.at[i].standard) || parts.at[i].pending)
            code = drop_one(
                run, rule, &parts.at[i],
                (db_version(run->life->db) >= 140000 && !standard) || parts.at[i].pending, error);
    run->holds = (HoldList){0};
    arena_free(arena);
    return code;
}
