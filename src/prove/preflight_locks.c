/* Who is in the way of the locks that the revisions take. */
#include "base/clock.h"
#include "prove/preflight.h"

enum { STANDARD_MS = 2000, LOOK_MS = 100, BRIEF_MS = 250 };

typedef struct Waiting {
    Db *db;
    Arena *arena;
    const PreflightOptions *options;
    HazardList *findings;
    EffectList wanted;
    int64_t end_us;
} Waiting;

static int patience_ms(const PreflightOptions *options)
{
    return options->lock_timeout_ms ? options->lock_timeout_ms : STANDARD_MS;
}

/* False when the time is over, or somebody does not want to wait. */
static bool rest(const Waiting *waiting)
{
    bool cancelled = waiting->options->cancelled && *waiting->options->cancelled;
    if (cancelled || clock_monotonic_us() >= waiting->end_us)
        return false;
    clock_sleep_ms(LOOK_MS);
    return true;
}

static Hazard *add(Waiting *waiting, const char *what)
{
    Hazard *hazard = vec_add(waiting->arena, waiting->findings);
    *hazard = (Hazard){.rule = "lock-in-the-way", .severity = SEVERITY_ERROR, .what = what};
    return hazard;
}

/* ---- PostgreSQL ---- */

static void collect(Waiting *waiting, const Rehearsal *rehearsal)
{
    for (size_t i = 0; i < rehearsal->observed.count; i++) {
        const Observed *observed = &rehearsal->observed.at[i];
        for (size_t k = 0; !observed->undo && k < observed->effects.count; k++) {
            const Effect *effect = &observed->effects.at[k];
            if (effect->mode < LOCK_SHARE_UPDATE_EXCLUSIVE)
                continue;
            Effect *wanted = effect_of(waiting->arena, &waiting->wanted, effect->relation);
            if (wanted->mode < effect->mode)
                wanted->mode = effect->mode;
        }
    }
}

/* Autovacuum gives way, unless it is there against wraparound (manual, "Routine Vacuuming"). */
static const char holders[] =
    "SELECT l.mode, coalesce(round(1000 * extract(epoch FROM clock_timestamp() -"
    " coalesce(a.xact_start, p.prepared)))::int8, 0), coalesce('the prepared transaction '"
    " || quote_literal(p.gid), 'pid ' || l.pid || ' (' || concat_ws(', ', 'user ' || a.usename,"
    " nullif(a.application_name, ''), a.state) || ')'), "
    "coalesce(nullif(left(regexp_replace(a.query,"
    " '\\s+', ' ', 'g'), 80), ''), ''), coalesce('ROLLBACK PREPARED ' || quote_literal(p.gid),"
    " 'SELECT pg_terminate_backend(' || l.pid || ')')"
    " FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
    " LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || "
    "p.transaction"
    " WHERE l.locktype = 'relation' AND l.granted AND l.relation = to_regclass($1)"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.pid IS DISTINCT FROM pg_backend_pid() AND NOT (a.backend_type = 'autovacuum worker'"
    " AND a.query NOT LIKE '%(to prevent wraparound)%') ORDER BY 2 DESC";

/* Who holds it for at least `least_ms`; `told` NULL: only counted. */
static Code look_at(Waiting *waiting, const Effect *wanted, int64_t least_ms, bool tell,
                    size_t *count, Error *error)
{
    DbRows rows;
    DbStatement statement = {
        .sql = holders, .params = &wanted->relation, .param_count = 1, .keep = true};
    Code code = db_query(waiting->db, waiting->arena, &statement, &rows, error);
    for (size_t i = 0; !code && i < rows.count; i++) {
        LockMode held = lock_find(db_cell(&rows, i, 0));
        int64_t age_ms = strtoll(db_cell(&rows, i, 1), NULL, 10);
        if (!lock_conflicts(wanted->mode, held) || age_ms < least_ms)
            continue;
        ++*count;
        if (!tell)
            continue;
        Hazard *hazard =
            add(waiting, arena_print(waiting->arena, "%s holds %s on %s for %s: %s",
                                     db_cell(&rows, i, 2), lock_name(held), wanted->relation,
                                     clock_print_duration(waiting->arena, age_ms * 1000),
                                     db_cell(&rows, i, 3)));
        hazard->why = arena_print(waiting->arena,
                                  "the revisions need %s there, and whoever comes behind them "
                                  "waits as well",
                                  lock_name(wanted->mode));
        hazard->fix =
            arena_print(waiting->arena, "end that transaction, or %s", db_cell(&rows, i, 4));
    }
    return code;
}

static Code look(Waiting *waiting, int64_t least_ms, bool tell, size_t *ret_count, Error *error)
{
    Code code = RUNG_OK;
    *ret_count = 0;
    for (size_t i = 0; !code && i < waiting->wanted.count; i++)
        code = look_at(waiting, &waiting->wanted.at[i], least_ms, tell, ret_count, error);
    return code;
}

static Code wait_for_sessions(Waiting *waiting, Error *error)
{
    size_t count;
    Code code;
    do
        code = look(waiting, BRIEF_MS, false, &count, error);
    while (!code && count && rest(waiting));
    if (!code && count)
        code = look(waiting, patience_ms(waiting->options), true, &count, error);
    return code;
}

/* ---- SQLite ---- */

/* Nobody waits behind us: without patience, and undone at once. */
static Code wait_for_file(Waiting *waiting, Error *error)
{
    Db *db;
    DbOptions options = {.must_exist = true, .busy_timeout_ms = -1};
    Error busy, ignored;
    Code code = db_open(waiting->options->url, &options, &db, error);
    if (code)
        return code;
    do
        code = db_exec(db, "BEGIN EXCLUSIVE", &busy);
    while (code && strncmp(busy.detail, "SQLITE_BUSY", 11) == 0 && rest(waiting));
    if (!code)
        db_exec(db, "ROLLBACK", &ignored);
    db_close(db);
    if (!code)
        return RUNG_OK;
    const char *path = waiting->options->url->path;
    Hazard *hazard =
        add(waiting, arena_print(waiting->arena, "another connection keeps %s locked: %s", path,
                                 busy.message));
    hazard->why = "the revisions need the file for themselves";
    hazard->fix =
        arena_print(waiting->arena, "end its transaction; `fuser %s` names who has it open", path);
    return RUNG_OK;
}

Code preflight_locks(Db *db, Arena *arena, const PreflightOptions *options,
                     const Rehearsal *rehearsal, HazardList *findings, Error *error)
{
    Waiting waiting = {.db = db, .arena = arena, .options = options, .findings = findings};
    waiting.end_us = clock_monotonic_us() + (int64_t)patience_ms(options) * 1000;
    if (db_engine(db) == ENGINE_SQLITE)
        return wait_for_file(&waiting, error);
    collect(&waiting, rehearsal);
    return wait_for_sessions(&waiting, error);
}
