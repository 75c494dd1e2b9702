/* Slots: who takes one, and what became of it. Each change is one transaction, under the lock of
 * the job's row (PostgreSQL) or of the whole database (SQLite). */
#include "base/fault.h"
#include "lifecycle/schedule_parts.h"

enum {
    LATE = 600,      /* seconds; a slot that is older was missed */
    MOST_DEATHS = 5, /* workers that one slot may take with it */
    KEPT_DAYS = 90
};

typedef struct Work {
    const Job *job;
    bool forced;
    Arena *arena; /* of one try */
    int64_t now, seen;
    JobClaim *claim;

    /* how it ended */
    bool succeeded;
    const char *counts, *problem;
} Work;

/* ---- the job's row ---- */

static Code lock_job(Life *life, Work *work, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, work->arena, &rows, error,
                     life->engine == ENGINE_SQLITE
                         ? "SELECT {epoch seen_at}, {epoch {now}} FROM {job} WHERE name = $1"
                         : "SELECT {epoch seen_at}, {epoch clock_timestamp()} FROM {job} WHERE name"
                           " = $1 FOR UPDATE",
                     work->job->name);
    if (!code && !rows.count)
        return error_set(error, RUNG_UNKNOWN, "the job %s is not known to the database",
                         work->job->name);
    if (!code) {
        work->seen = db_number(&rows, 0, 0);
        work->now = db_number(&rows, 0, 1);
    }
    return code;
}

/* Slots that nobody runs: one row for all of them, and the counter. */
static Code settle(Life *life, Work *work, const char *state, int64_t slot, int64_t count,
                   Error *error)
{
    bool missed = strcmp(state, "missed") == 0;
    if (!count)
        return RUNG_OK;
    Code code = LIFE(life, NULL, NULL, error,
                     "INSERT INTO {job_run} (job, slot, state, slots) VALUES ($1, {time $2}, $3,"
                     " $4) ON CONFLICT DO NOTHING",
                     work->job->name, schedule_number(work->arena, slot), state,
                     schedule_number(work->arena, count));
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    missed ? "UPDATE {job} SET missed = missed + $2 WHERE name = $1"
                           : "UPDATE {job} SET skipped = skipped + $2 WHERE name = $1",
                    work->job->name, schedule_number(work->arena, count));
    if (missed)
        work->claim->missed += count;
    else
        work->claim->skipped += count;
    return code;
}

static Code see(Life *life, Work *work, int64_t slot, Error *error)
{
    if (!slot)
        return RUNG_OK;
    return LIFE(life, NULL, NULL, error,
                "UPDATE {job} SET seen_at = {time $2} WHERE name = $1 AND seen_at < {time $2}",
                work->job->name, schedule_number(work->arena, slot));
}

/* All slots up to now, which nobody runs. */
static Code settle_all(Life *life, Work *work, const char *state, Error *error)
{
    CronSlots slots = cron_slots(&work->job->cron, work->job->zone, work->seen, work->now);
    Code code = settle(life, work, state, slots.last, slots.count, error);
    return code ? code : see(life, work, slots.last, error);
}

/* ---- taking one ---- */

static Code take_new(Life *life, Work *work, int64_t slot, Error *error)
{
    DbRows rows;
    JobClaim *claim = work->claim;
    Code code =
        LIFE(life, work->arena, &rows, error,
             "INSERT INTO {job_run} (job, slot, state, forced, holder, lease_until, heartbeat_at,"
             " started_at) VALUES ($1, {time $2}, 'running', $3, $4, {time {epoch {now}} + $5},"
             " {now}, {now}) ON CONFLICT DO NOTHING RETURNING id, epoch",
             work->job->name, schedule_number(work->arena, slot), work->forced ? "1" : "0",
             schedule_holder(work->arena, life),
             schedule_number(work->arena, schedule_lease_seconds(life)));
    if (code || !rows.count)
        return code;
    claim->taken = true;
    claim->slot = slot;
    claim->id = db_number(&rows, 0, 0);
    claim->epoch = db_number(&rows, 0, 1);
    return RUNG_OK;
}

static Code take_over(Life *life, Work *work, const char *id, int64_t slot, Error *error)
{
    DbRows rows;
    JobClaim *claim = work->claim;
    Code code =
        LIFE(life, work->arena, &rows, error,
             "UPDATE {job_run} SET epoch = epoch + 1, deaths = deaths + CASE WHEN holder IS NULL"
             " THEN 0 ELSE 1 END, holder = $2, lease_until = {time {epoch {now}} + $3},"
             " heartbeat_at = {now} WHERE id = $1 RETURNING epoch",
             id, schedule_holder(work->arena, life),
             schedule_number(work->arena, schedule_lease_seconds(life)));
    if (code)
        return code;
    claim->taken = claim->took_over = true;
    claim->slot = slot;
    claim->id = strtoll(id, NULL, 10);
    claim->epoch = db_number(&rows, 0, 0);
    return settle_all(life, work, "missed", error);
}

static Code give_up(Life *life, Work *work, const char *id, Error *error)
{
    Code code =
        LIFE(life, NULL, NULL, error,
             "UPDATE {job_run} SET state = 'failed', finished_at = {now}, lease_until ="
             " NULL, problem = $2 WHERE id = $1",
             id, arena_print(work->arena, "%d workers died while they ran it", MOST_DEATHS));
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    "UPDATE {job} SET runs = runs + 1, failures = failures + 1 WHERE name = $1",
                    work->job->name);
    return code ? code : settle_all(life, work, "missed", error);
}

static Code is_running(const Work *work, const char *holder, Error *error)
{
    error_set(error, RUNG_LOCKED, "%s runs already: %s has it", work->job->name,
              holder ? holder : "another worker");
    return error_hint(error, "`rung schedule list` shows since when");
}

/* `ret_done`: a run that is there already decides. */
static Code look_at_running(Life *life, Work *work, bool *ret_done, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, work->arena, &rows, error,
                     "SELECT id, {epoch slot}, holder, {epoch lease_until}, deaths FROM {job_run}"
                     " WHERE job = $1 AND state = 'running'",
                     work->job->name);
    *ret_done = !code && rows.count;
    if (code || !rows.count)
        return code;
    if (db_number(&rows, 0, 3) > work->now) {
        if (work->forced)
            return is_running(work, db_cell(&rows, 0, 2), error);
        return settle_all(life, work, "skipped", error);
    }
    if (db_number(&rows, 0, 4) + (db_cell(&rows, 0, 2) != NULL) >= MOST_DEATHS)
        return give_up(life, work, db_cell(&rows, 0, 0), error);
    return take_over(life, work, db_cell(&rows, 0, 0), db_number(&rows, 0, 1), error);
}

static Code take_due(Life *life, Work *work, Error *error)
{
    const Job *job = work->job;
    CronSlots slots = cron_slots(&job->cron, job->zone, work->seen, work->now);
    if (!slots.count)
        return RUNG_OK;
    Code code = see(life, work, slots.last, error);
    if (!code && !job->catches_up && slots.last < work->now - LATE)
        return settle(life, work, "missed", slots.last, slots.count, error);
    if (!code)
        code = settle(life, work, "missed", slots.before, slots.count - 1, error);
    return code ? code : take_new(life, work, slots.last, error);
}

static Code claim(Life *life, void *context, Error *error)
{
    Work *work = context;
    bool done = false;
    *work->claim = (JobClaim){.job = work->job};
    Code code = lock_job(life, work, error);
    if (!code)
        code = look_at_running(life, work, &done, error);
    if (code || done)
        return code;
    if (!work->forced)
        return take_due(life, work, error);
    code = take_new(life, work, work->now, error);
    if (!code && !work->claim->taken) {
        error_set(error, RUNG_LOCKED, "%s has run in this second already", work->job->name);
        code = error_hint(error, "run it again");
    }
    return code;
}

Code schedule_claim(Life *life, const Job *job, bool forced, JobClaim *ret_claim, Error *error)
{
    Work work = {.job = job, .forced = forced, .arena = arena_new(), .claim = ret_claim};
    Code code = life_transaction(life, claim, &work, error);
    arena_free(work.arena);
    FAULT_POINT();
    return code;
}

/* ---- while it runs ---- */

static Code lost(const JobClaim *claim, Error *error)
{
    error_set(error, RUNG_LOCKED,
              "another worker took %s over, because this one was silent for longer than its lease",
              claim->job->name);
    return error_hint(error, "raise lifecycle.schedule_lease if the machine is slow");
}

static Code change(Life *life, const JobClaim *claim, const char *sql, const char *value,
                   Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error, sql, schedule_number(arena, claim->id),
                     schedule_number(arena, claim->epoch), value);
    if (!code && rows.changed != 1)
        code = lost(claim, error);
    arena_free(arena);
    return code;
}

Code schedule_renew(Life *life, const JobClaim *claim, Error *error)
{
    Arena *arena = arena_new();
    Code code = change(life, claim,
                       "UPDATE {job_run} SET heartbeat_at = {now}, lease_until = {time {epoch"
                       " {now}} + $3} WHERE id = $1 AND epoch = $2 AND state = 'running'",
                       schedule_number(arena, schedule_lease_seconds(life)), error);
    arena_free(arena);
    return code;
}

Code schedule_hand_over(Life *life, const JobClaim *claim, bool died, Error *error)
{
    return change(life, claim,
                  "UPDATE {job_run} SET holder = CASE $3 WHEN 'died' THEN holder END, lease_until ="
                  " {now} WHERE id = $1 AND epoch = $2 AND state = 'running'",
                  died ? "died" : "", error);
}

/* ---- the end ---- */

static Code finish(Life *life, void *context, Error *error)
{
    Work *work = context;
    Arena *arena = work->arena;
    DbRows rows;
    Code code = lock_job(life, work, error);
    work->claim->skipped = 0;
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    "UPDATE {job_run} SET state = $3, finished_at = {now}, lease_until = NULL,"
                    " counts = $4, problem = $5 WHERE id = $1 AND epoch = $2 AND state = 'running'",
                    schedule_number(arena, work->claim->id),
                    schedule_number(arena, work->claim->epoch),
                    work->succeeded ? "succeeded" : "failed", work->counts, work->problem);
    if (!code && rows.changed != 1)
        code = lost(work->claim, error);
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    work->succeeded
                        ? "UPDATE {job} SET runs = runs + 1, succeeded_at = {now} WHERE name = $1"
                        : "UPDATE {job} SET runs = runs + 1, failures = failures + 1 WHERE name ="
                          " $1",
                    work->job->name);
    if (!code)
        code = settle_all(life, work, "skipped", error);
    if (!code)
        code = LIFE(life, NULL, NULL, error,
                    "DELETE FROM {job_run} WHERE job = $1 AND state <> 'running' AND slot < {time"
                    " {epoch {now}} - $2}",
                    work->job->name, schedule_number(arena, KEPT_DAYS * 86400));
    return code;
}

Code schedule_finish(Life *life, JobClaim *claim, bool succeeded, const char *counts,
                     const char *problem, Error *error)
{
    Work work = {.job = claim->job,
                 .arena = arena_new(),
                 .claim = claim,
                 .succeeded = succeeded,
                 .counts = counts,
                 .problem = problem};
    FAULT_POINT();
    Code code = life_transaction(life, finish, &work, error);
    arena_free(work.arena);
    return code;
}
