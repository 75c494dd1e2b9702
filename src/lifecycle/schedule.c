/* Jobs of rung.yaml, and what the database knows of them. */
#include "lifecycle/schedule.h"
#include "base/text.h"
#include "lifecycle/schedule_parts.h"

#include <unistd.h>

enum { FRESH_SECONDS = 60 };

static const struct {
    const char *name;
    const char *cron; /* that holds when rung.yaml says nothing; NULL: it does not run then */
} kinds[JOB_COUNT] = {
    [JOB_PURGE] = {"purge", "0 2 * * *"},
    [JOB_RETAIN] = {"retain", NULL},
    [JOB_EXPORT_EXPIRE] = {"export-expire", NULL},
    [JOB_AUDIT_VERIFY] = {"audit-verify", NULL},
    [JOB_AUDIT_ANCHOR] = {"audit-anchor", NULL},
    [JOB_ALERTS] = {"alerts", NULL},
    [JOB_ORPHANS] = {"orphans", NULL},
    [JOB_VAULT_ROTATE] = {"vault-rotate", NULL},
};

const char *job_name(JobType type)
{
    return kinds[type].name;
}

/* ---- rung.yaml ---- */

static Code unknown_job(const SchedulePolicy *policy, const char *path, Error *error)
{
    Arena *arena = arena_new();
    Text names = TEXT_EMPTY;
    for (size_t i = 0; i < JOB_COUNT; i++)
        text_print(&names, "%s%s", i ? ", " : "", kinds[i].name);
    error_at(error, RUNG_CONFIG, path, policy->line, "lifecycle.schedule: there is no job \"%s\"",
             policy->name);
    error_hint(error, "there are %s", text_keep(&names, arena));
    arena_free(arena);
    return RUNG_CONFIG;
}

/* Puts the place before an error of the expression or the zone. */
static Code place_error(const SchedulePolicy *policy, const char *path, const char *cron,
                        Error *error)
{
    Error inner = *error;
    if (cron)
        error_at(error, RUNG_CONFIG, path, policy->line, "lifecycle.schedule.%s: \"%.80s\": %s",
                 policy->name, cron, inner.message);
    else
        error_at(error, RUNG_CONFIG, path, policy->line, "lifecycle.schedule.%s: %s", policy->name,
                 inner.message);
    if (*inner.hint)
        error_hint(error, "%s", inner.hint);
    return RUNG_CONFIG;
}

static Code add_job(Arena *arena, JobType type, const SchedulePolicy *policy, const char *path,
                    JobList *list, Error *error)
{
    Job job = {.type = type,
               .name = kinds[type].name,
               .written = policy->cron ? policy->cron : kinds[type].cron,
               .zone_name = policy->zone};
    bool never = strcmp(policy->catch_up, "never") == 0;
    if (!never && strcmp(policy->catch_up, "once") != 0)
        return error_at(error, RUNG_CONFIG, path, policy->line,
                        "lifecycle.schedule.%s: catch_up is once or never, not \"%s\"",
                        policy->name, policy->catch_up);
    if (!job.written)
        return error_at(error, RUNG_CONFIG, path, policy->line,
                        "lifecycle.schedule.%s has no cron: when does it run?", policy->name);
    if (strcmp(job.written, "off") == 0)
        return RUNG_OK;
    job.catches_up = !never;
    if (cron_read(job.written, &job.cron, error))
        return place_error(policy, path, job.written, error);
    if (zone_load(arena, policy->zone, &job.zone, error))
        return place_error(policy, path, NULL, error);
    *vec_add(arena, list) = job;
    return RUNG_OK;
}

static const SchedulePolicy *find_policy(const Lifecycle *policy, const char *name)
{
    for (size_t i = 0; i < policy->schedule.count; i++)
        if (strcmp(policy->schedule.at[i].name, name) == 0)
            return &policy->schedule.at[i];
    return NULL;
}

Code schedule_jobs(Arena *arena, const Lifecycle *policy, const char *path, JobList *ret_list,
                   Error *error)
{
    JobList list = {0};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < policy->schedule.count; i++) {
        size_t type = 0;
        while (type < JOB_COUNT && strcmp(kinds[type].name, policy->schedule.at[i].name) != 0)
            type++;
        if (type == JOB_COUNT)
            code = unknown_job(&policy->schedule.at[i], path, error);
    }
    for (JobType type = 0; !code && type < JOB_COUNT; type++) {
        SchedulePolicy standard = {.name = kinds[type].name, .zone = "UTC", .catch_up = "once"};
        const SchedulePolicy *said = find_policy(policy, kinds[type].name);
        if (said || (kinds[type].cron && policy->subjects.count))
            code = add_job(arena, type, said ? said : &standard, path, &list, error);
    }
    if (!code)
        *ret_list = list;
    return code;
}

/* ---- the tables ---- */

int64_t schedule_lease_seconds(const Life *life)
{
    int ms = life->policy->schedule_lease_ms;
    return ms < 2000 ? 2 : (ms + 999) / 1000;
}

const char *schedule_number(Arena *arena, int64_t number)
{
    return arena_print(arena, "%lld", (long long)number);
}

const char *schedule_holder(Arena *arena, const Life *life)
{
    return arena_print(arena, "%s process %lld run %s", life->actor, (long long)getpid(),
                       life->run);
}

Code schedule_require(Life *life, Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    Code code = life_require(life, error);
    if (!code)
        code = LIFE(life, arena, &rows, error,
                    life->engine == ENGINE_SQLITE
                        ? "SELECT name FROM sqlite_schema WHERE name = 'rung_job_run'"
                        : "SELECT to_regclass('rung.job_run')");
    if (!code && (!rows.count || !db_cell(&rows, 0, 0))) {
        error_set(error, RUNG_UNKNOWN, "this database has no tables for the schedule yet");
        code = error_hint(error, "run `rung erase init` again: it adds them");
    }
    arena_free(arena);
    return code;
}

static JobRun read_run(const DbRows *rows)
{
    return (JobRun){.slot = db_number(rows, 0, 0),
                    .state = db_cell(rows, 0, 1),
                    .holder = db_cell(rows, 0, 2),
                    .started_at = db_number(rows, 0, 3),
                    .finished_at = db_number(rows, 0, 4),
                    .lease_until = db_number(rows, 0, 5),
                    .counts = db_cell(rows, 0, 6),
                    .problem = db_cell(rows, 0, 7),
                    .forced = db_number(rows, 0, 8) > 0};
}

/* The last run, and the counts. */
static Code read_job(Life *life, Arena *arena, int64_t now, JobStatus *status, Error *error)
{
    const Job *job = status->job;
    DbRows rows;
    int64_t seen = now;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT {epoch seen_at}, missed, skipped, runs, failures, {epoch"
                     " succeeded_at}, cron, zone FROM {job} WHERE name = $1",
                     job->name);
    if (code)
        return code;
    if (rows.count) {
        status->known = strcmp(db_cell(&rows, 0, 6), job->written) == 0 &&
                        strcmp(db_cell(&rows, 0, 7), job->zone_name) == 0;
        seen = status->known ? db_number(&rows, 0, 0) : now;
        status->missed = db_number(&rows, 0, 1);
        status->skipped = db_number(&rows, 0, 2);
        status->runs = db_number(&rows, 0, 3);
        status->failures = db_number(&rows, 0, 4);
        status->succeeded_at = db_number(&rows, 0, 5);
    }
    code = LIFE(life, arena, &rows, error,
                "SELECT {epoch slot}, state, holder, {epoch started_at}, {epoch finished_at},"
                " {epoch lease_until}, counts, problem, CASE WHEN forced THEN 1 ELSE 0 END FROM"
                " {job_run} WHERE job = $1 AND state IN ('running', 'succeeded', 'failed') ORDER"
                " BY CASE state WHEN 'running' THEN 0 ELSE 1 END, id DESC LIMIT 1",
                job->name);
    if (code)
        return code;
    status->last = rows.count ? read_run(&rows) : (JobRun){0};
    bool running = rows.count && strcmp(status->last.state, "running") == 0;
    int64_t next = cron_next(&job->cron, job->zone, seen);
    status->due = running ? status->last.lease_until <= now : next <= now;
    status->next_at = next > now ? next : cron_next(&job->cron, job->zone, now);
    return RUNG_OK;
}

/* How long nothing can be due because of this job. */
static int64_t quiet_seconds(const JobStatus *status, int64_t now)
{
    const JobRun *last = &status->last;
    if (status->due)
        return 0;
    if (last->state && strcmp(last->state, "running") == 0)
        return last->lease_until - now;
    return status->next_at - now;
}

static Code read_beat(Life *life, Arena *arena, ScheduleStatus *status, Error *error)
{
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error,
                     "SELECT value, {epoch at} FROM {mark} WHERE name = 'scheduler'");
    if (!code && rows.count && db_cell(&rows, 0, 1)) {
        status->holder = db_cell(&rows, 0, 0);
        status->beat_at = db_number(&rows, 0, 1);
        status->fresh = status->beat_at > status->now - FRESH_SECONDS;
    }
    return code;
}

Code schedule_status(Life *life, Arena *arena, const JobList *jobs, ScheduleStatus *ret_status,
                     Error *error)
{
    ScheduleStatus status = {.seconds = -1};
    DbRows rows;
    Code code = LIFE(life, arena, &rows, error, "SELECT {epoch {now}}");
    if (!code) {
        status.now = db_number(&rows, 0, 0);
        code = read_beat(life, arena, &status, error);
    }
    for (size_t i = 0; !code && i < jobs->count; i++) {
        JobStatus *job = vec_add(arena, &status.jobs);
        job->job = &jobs->at[i];
        code = read_job(life, arena, status.now, job, error);
        int64_t quiet = code ? 0 : quiet_seconds(job, status.now);
        if (status.seconds < 0 || quiet < status.seconds)
            status.seconds = quiet;
    }
    if (!code)
        *ret_status = status;
    return code;
}

/* A slot of the last minute still counts: two services of which one has the new expression already
 * do not take each other's slots away. */
Code schedule_note(Life *life, const ScheduleStatus *status, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < status->jobs.count; i++) {
        const Job *job = status->jobs.at[i].job;
        if (status->jobs.at[i].known)
            continue;
        code = LIFE(life, NULL, NULL, error,
                    "INSERT INTO {job} AS j (name, cron, zone, seen_at) VALUES ($1, $2, $3, {now})"
                    " ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, zone = excluded.zone,"
                    " seen_at = CASE WHEN j.seen_at > {time {epoch {now}} - 60} THEN j.seen_at ELSE"
                    " {time {epoch {now}} - 60} END WHERE j.cron <> excluded.cron OR j.zone <>"
                    " excluded.zone",
                    job->name, job->written, job->zone_name);
    }
    return code;
}

Code schedule_beat(Life *life, Error *error)
{
    Arena *arena = arena_new();
    Code code = LIFE(life, NULL, NULL, error,
                     "INSERT INTO {mark} (name, value, at) VALUES ('scheduler', $1, {now}) ON"
                     " CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
                     schedule_holder(arena, life));
    arena_free(arena);
    return code;
}
