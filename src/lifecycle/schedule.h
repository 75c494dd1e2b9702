/* Jobs that run by themselves: which, when, and who runs one now. A slot of a job is run by one
 * worker, whoever asks. A worker that runs it has a lease, and says that it lives. */
#ifndef LIFECYCLE_SCHEDULE_H
#define LIFECYCLE_SCHEDULE_H

#include "lifecycle/cron.h"
#include "lifecycle/life.h"

typedef enum {
    JOB_PURGE,
    JOB_RETAIN,
    JOB_EXPORT_EXPIRE,
    JOB_AUDIT_VERIFY,
    JOB_AUDIT_ANCHOR,
    JOB_ALERTS,
    JOB_ORPHANS,
    JOB_VAULT_ROTATE,
    JOB_COUNT
} JobType;

typedef struct Job {
    JobType type;
    const char *name, *written; /* written: the expression, as in rung.yaml */
    Cron cron;
    const char *zone_name;
    const Zone *zone;
    bool catches_up;
} Job;
typedef VEC(Job) JobList;

/* The jobs that run, in the order of JobType: those of lifecycle.schedule, and purge when there are
 * subjects. RUNG_CONFIG with the line for an unknown job, expression or zone. */
Code schedule_jobs(Arena *arena, const Lifecycle *policy, const char *path, JobList *ret_list,
                   Error *error);

const char *job_name(JobType type);

/* ---- what is known of them ---- */

/* Times are seconds since 1970 UTC; 0: none. */
typedef struct JobRun {
    int64_t slot, started_at, finished_at, lease_until;
    const char *state;  /* "running", "succeeded", "failed"; NULL: it never ran */
    const char *holder; /* of one that runs; NULL: it was handed over */
    const char *counts; /* JSON object; NULL */
    const char *problem;
    bool forced;
} JobRun;

typedef struct JobStatus {
    const Job *job;
    int64_t next_at; /* the next slot */
    bool known;      /* it was seen before: without that nothing is due */
    bool due;        /* `rung schedule run` would run it now, or settle what was missed */
    JobRun last;
    int64_t missed, skipped, runs, failures, succeeded_at;
} JobStatus;

typedef struct ScheduleStatus {
    int64_t now;
    VEC(JobStatus) jobs;
    const char *holder; /* of the scheduler that spoke last; NULL: none did */
    int64_t beat_at;
    bool fresh;      /* it spoke within the last minute */
    int64_t seconds; /* until something may be due; 0: now; -1: there are no jobs */
} ScheduleStatus;

/* RUNG_UNKNOWN with what to do when the tables are not there. */
Code schedule_require(Life *life, Error *error);

Code schedule_status(Life *life, Arena *arena, const JobList *jobs, ScheduleStatus *ret_status,
                     Error *error);

/* Notes jobs that were not seen before, and those whose expression is another now: their slots
 * count from now on. */
Code schedule_note(Life *life, const ScheduleStatus *status, Error *error);

/* Says that a scheduler lives. */
Code schedule_beat(Life *life, Error *error);

/* ---- running one ---- */

typedef struct JobClaim {
    const Job *job;
    bool taken; /* it is ours; false: nothing is to be run */
    int64_t id, epoch, slot;
    bool took_over;          /* from a worker that died, or handed it over */
    int64_t missed, skipped; /* slots that this call counted */
} JobClaim;

/* Takes the latest slot that is due, or what another worker left; counts the others. With `forced`
 * it is the present moment: RUNG_LOCKED when the job runs already. */
Code schedule_claim(Life *life, const Job *job, bool forced, JobClaim *ret_claim, Error *error);

/* Says that the worker lives. RUNG_LOCKED: another one took over. */
Code schedule_renew(Life *life, const JobClaim *claim, Error *error);

/* Writes down how it ended, and counts the slots that came meanwhile as skipped. RUNG_LOCKED:
 * another worker took over. */
Code schedule_finish(Life *life, JobClaim *claim, bool succeeded, const char *counts,
                     const char *problem, Error *error);

/* Leaves it to whoever comes next, at once; `died`: it counts as one worker that died. */
Code schedule_hand_over(Life *life, const JobClaim *claim, bool died, Error *error);

int64_t schedule_lease_seconds(const Life *life);

#endif
