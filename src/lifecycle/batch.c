/* The lease, and the transactions under it. */
#include "lifecycle/batch.h"
#include "base/clock.h"
#include "base/fault.h"

enum { FIRST_SIZE = 256, LARGEST_SIZE = 1000000 };

Code batch_lost(Error *error)
{
    error_set(error, RUNG_LOCKED,
              "another worker took over, because this one was silent for longer "
              "than its lease; nothing of it was committed since");
    return error_hint(error, "raise lifecycle.purge.lease if the machine is slow");
}

static const char *seconds(Arena *arena, const Life *life)
{
    int ms = life->policy->purge.lease_ms;
    return arena_print(arena, "%d", ms < 2000 ? 2 : (ms + 999) / 1000);
}

/* ---- measures ---- */

void batch_note_selected(Batch *batch, const char *policy, const char *table, int64_t rows)
{
    measure_add(&batch->measures, "rows_selected", policy, table, rows);
}

/* What the server wrote since it was looked at, whoever made it do so. */
static void note_wal(Batch *batch, int64_t position)
{
    if (batch->wal && position > batch->wal)
        measure_add(&batch->measures, "wal_bytes", "", "", position - batch->wal);
    batch->wal = position;
}

#define WAL "pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"

static void look_at_wal(Batch *batch)
{
    Arena *arena = arena_new();
    DbRows rows;
    Error ignored;
    if (batch->life->engine == ENGINE_POSTGRESQL && !db_in_transaction(batch->life->db) &&
        !LIFE(batch->life, arena, &rows, &ignored, "SELECT " WAL) && rows.count)
        note_wal(batch, db_number(&rows, 0, 0));
    arena_free(arena);
}

/* ---- the lease ---- */

static Code held_by_another(Life *life, Arena *arena, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT value, {epoch at} - {epoch {now}} FROM {mark} WHERE name = 'purge'");
    if (code)
        return code;
    const char *who = rows.count ? db_cell(&rows, 0, 0) : NULL;
    if (!who) {
        error_set(error, RUNG_LOCKED, "another connection writes to this database at the moment");
        return error_hint(error, "no purge has the lease; run this again");
    }
    const char *left = db_cell(&rows, 0, 1) ? db_cell(&rows, 0, 1) : "0";
    error_set(error, RUNG_LOCKED, "%s removes rows of this database at the moment", who);
    return error_hint(error, "if it is dead, its lease ends in %s s; then run this again", left);
}

static Code renew(Batch *batch, Error *error);

/* Lists of many rows take long: the lease is renewed while they are made. */
static Code beat(Life *life, Error *error)
{
    Batch *batch = life->worker;
    int64_t now = clock_monotonic_us();
    if (now - batch->renewed_us < (int64_t)life->policy->purge.lease_ms * 1000 / 4)
        return RUNG_OK;
    return renew(batch, error);
}

Code batch_start(Life *life, Batch *ret_batch, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, NULL, NULL, error,
                     "INSERT INTO {mark} (name) VALUES ('purge') ON CONFLICT DO NOTHING");
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    life->engine == ENGINE_SQLITE
                        ? "UPDATE {mark} SET number = number + 1, value = $1, at = {now} + $2 WHERE"
                          " name = 'purge' AND (value IS NULL OR at < {now}) RETURNING number"
                        : "UPDATE {mark} SET number = number + 1, value = $1, at = now() +"
                          " make_interval(secs => $2::double precision) WHERE name = 'purge' AND"
                          " (value IS NULL OR at < now()) RETURNING number",
                    arena_print(arena, "%s run %s", life->actor, life->run), seconds(arena, life));
    if (code ? life_is_passing(error) : !rows.count)
        code = held_by_another(life, arena, error);
    else if (!code)
        *ret_batch = (Batch){.life = life,
                             .epoch = db_number(&rows, 0, 0),
                             .size = FIRST_SIZE,
                             .renewed_us = clock_monotonic_us(),
                             .measures = {.life = life}};
    if (!code) {
        life->worker = ret_batch;
        life->beat = beat;
        look_at_wal(ret_batch);
    }
    arena_free(arena);
    return code;
}

static const char *epoch_text(Arena *arena, const Batch *batch)
{
    return arena_print(arena, "%lld", (long long)batch->epoch);
}

void batch_end(Batch *batch)
{
    Error ignored;
    Arena *arena = arena_new();
    if (batch->life)
        batch->life->beat = NULL;
    if (batch->life && !db_lost(batch->life->db)) {
        look_at_wal(batch);
        measure_write(&batch->measures, true);
        LIFE(batch->life, NULL, NULL, &ignored,
             "UPDATE {mark} SET value = NULL, at = NULL WHERE name = 'purge' AND number = $1",
             epoch_text(arena, batch));
    }
    arena_free(arena);
}

/* Says that this worker lives. The row stays locked until the transaction ends. */
static Code renew(Batch *batch, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code =
        LIFE(batch->life, arena, &rows, error,
             batch->life->engine == ENGINE_SQLITE
                 ? "UPDATE {mark} SET at = {now} + $2 WHERE name = 'purge' AND number = $1 AND"
                   " value IS NOT NULL"
                 : "UPDATE {mark} SET at = clock_timestamp() + make_interval(secs =>"
                   " $2::double precision) WHERE name = 'purge' AND number = $1 AND value IS"
                   " NOT NULL",
             epoch_text(arena, batch), seconds(arena, batch->life));
    if (!code && rows.changed != 1)
        code = batch_lost(error);
    if (!code)
        batch->renewed_us = clock_monotonic_us();
    arena_free(arena);
    return code;
}

/* ---- transactions ---- */

/* `lock` keeps them as they are until the transaction ends. */
static Code read_holds(Batch *batch, bool lock, int64_t *ret_number, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    lock = lock && batch->life->engine == ENGINE_POSTGRESQL;
    Code code = LIFE(batch->life, arena, &rows, error,
                     lock ? "SELECT number FROM {mark} WHERE name = 'holds' FOR SHARE"
                          : "SELECT number FROM {mark} WHERE name = 'holds'");
    if (!code)
        *ret_number = rows.count ? db_number(&rows, 0, 0) : 0;
    arena_free(arena);
    return code;
}

Code batch_read_holds(Batch *batch, Error *error)
{
    return read_holds(batch, false, &batch->holds, error);
}

static Code begin(Batch *batch, bool bounded, bool *stale, Error *error)
{
    Life *life = batch->life;
    int64_t holds = 0;
    Code code = life_begin(life, error);
    batch->open = !code;
    if (!code && life->engine == ENGINE_POSTGRESQL) {
        Arena *arena = arena_new();
        code = db_exec(life->db,
                       arena_print(arena, "SET LOCAL statement_timeout = %d",
                                   bounded ? 2 * life->policy->purge.batch_time_ms : 0),
                       error);
        arena_free(arena);
    }
    if (!code)
        code = renew(batch, error);
    if (!code)
        code = read_holds(batch, true, &holds, error);
    *stale = !code && holds != batch->holds;
    return code;
}

Code batch_begin(Batch *batch, bool bounded, bool *ret_stale, Error *error)
{
    Code code = life_check_cancelled(batch->life, error);
    batch->started_us = clock_monotonic_us();
    *ret_stale = false;
    FAULT_POINT();
    if (!code)
        code = begin(batch, bounded, ret_stale, error);
    if (code || *ret_stale)
        life_rollback(batch->life, code);
    return code;
}

Code batch_commit(Batch *batch, const AuditEvent *event, Error *error)
{
    FAULT_POINT();
    Code code = audit_add(batch->life, event, error);
    FAULT_POINT();
    if (!code)
        code = life_commit(batch->life, error);
    FAULT_POINT();
    int64_t took = clock_monotonic_us() - batch->started_us;
    batch->longest_us = took > batch->longest_us ? took : batch->longest_us;
    batch->took_us = took;
    batch->count += !code;
    if (!code) {
        measure_batch(&batch->measures, took);
        measure_write(&batch->measures, false);
    }
    return code;
}

void batch_adapt(Batch *batch, int64_t done)
{
    int64_t wanted = (int64_t)batch->life->policy->purge.batch_time_ms * 1000;
    int64_t took = clock_monotonic_us() - batch->started_us;
    if (took > wanted * 3 / 2)
        batch->size = batch->size * wanted / took;
    else if (took < wanted / 2 && done >= batch->size)
        batch->size *= 2;
    if (batch->size < 1)
        batch->size = 1;
    if (batch->size > LARGEST_SIZE)
        batch->size = LARGEST_SIZE;
}

bool batch_took_too_long(const Error *error)
{
    return strcmp(error->sqlstate, "57014") == 0 && error->code != RUNG_INTERRUPTED;
}

/* ---- giving way ---- */

typedef struct Pressure {
    const char *name; /* label of the measure */
    const char *text;
} Pressure;

/* What is over its limit; NULL: nothing. */
static Code find_pressure(Batch *batch, Arena *arena, const Pressure **ret_pressure, Error *error)
{
    static const Pressure pressures[] = {
        {"standby_lag", "a standby is behind"},
        {"lock_waiters", "sessions wait for locks"},
        {"wal_kept", "replication slots keep too much WAL"},
    };
    Life *life = batch->life;
    DbRows rows;
    Code code = LIFE(
        life, arena, &rows, error,
        "SELECT CASE"
        " WHEN $1::bigint > 0 AND (SELECT max(extract(epoch FROM replay_lag)) * 1000 FROM"
        " pg_stat_replication) > $1::bigint THEN 1"
        " WHEN $2::bigint > 0 AND (SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
        " 'Lock' AND datname = current_database()) > $2::bigint THEN 2"
        " WHEN $3::bigint > 0 AND NOT pg_is_in_recovery() AND (SELECT max(pg_wal_lsn_diff("
        "pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots) > $3::bigint * 1048576 THEN"
        " 3 ELSE 0 END, " WAL,
        arena_print(arena, "%d", life->policy->purge.max_lag_ms),
        arena_print(arena, "%d", life->policy->purge.max_waiters),
        arena_print(arena, "%d", life->policy->purge.max_wal_mb));
    int64_t which = code ? 0 : db_number(&rows, 0, 0);
    if (code)
        return code;
    note_wal(batch, db_number(&rows, 0, 1));
    *ret_pressure = which ? &pressures[which - 1] : NULL;
    return RUNG_OK;
}

static Code give_way(Batch *batch, Arena *arena, const Pressure *pressure, const Pressure *told,
                     Error *error)
{
    const Life *life = batch->life;
    int64_t since = clock_monotonic_us();
    if (life->tell && pressure != told)
        life->tell(life->context, RUNG_EVENT_WAIT,
                   arena_print(arena, "pausing: %s", pressure->text), 0, 0, 0);
    clock_sleep_ms(1000);
    Code code = renew(batch, error);
    measure_add(&batch->measures, "throttle_us", "", pressure->name, clock_monotonic_us() - since);
    if (!code)
        measure_write(&batch->measures, false);
    return code;
}

static void rest(Batch *batch)
{
    int64_t percent = batch->life->policy->purge.rest;
    clock_sleep_ms(batch->took_us * percent / 100 / 1000);
    batch->took_us = 0;
}

Code batch_yield(Batch *batch, Error *error)
{
    Life *life = batch->life;
    const Pressure *pressure = NULL, *told = NULL;
    Code code = RUNG_OK;
    rest(batch);
    if (life->engine == ENGINE_SQLITE ||
        (batch->looked_us && clock_monotonic_us() - batch->looked_us < 1000000))
        return RUNG_OK;
    Arena *arena = arena_new();
    do {
        if (pressure)
            code = give_way(batch, arena, pressure, told, error);
        told = pressure;
        if (!code)
            code = life_check_cancelled(life, error);
        if (!code)
            code = find_pressure(batch, arena, &pressure, error);
    } while (!code && pressure);
    batch->looked_us = clock_monotonic_us();
    arena_free(arena);
    return code;
}
