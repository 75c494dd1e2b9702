/* schedule: jobs that run by themselves. */
#include "api/schedule.h"
#include "base/clock.h"

enum { PREVIEW_SLOTS = 5, PREVIEW_LIMIT = 100000 };

static Code read_jobs(Verb *verb, const char *name, JobList *ret_list, Error *error)
{
    const Config *config = &verb->project->config;
    JobList list = {0}, all = {0};
    Code code = schedule_jobs(verb->arena, &config->lifecycle, config->path, &all, error);
    for (size_t i = 0; !code && i < all.count; i++)
        if (!name || strcmp(all.at[i].name, name) == 0)
            *vec_add(verb->arena, &list) = all.at[i];
    if (code)
        return code;
    if (name && !list.count) {
        error_set(error, RUNG_UNKNOWN, "no job \"%s\" is scheduled", name);
        return error_hint(error, "lifecycle.schedule in rung.yaml says which jobs run and when");
    }
    *ret_list = list;
    return RUNG_OK;
}

static Code open_schedule(Verb *verb, const char *name, bool writes, JobList *ret_jobs,
                          Life *ret_life, Error *error)
{
    Code code = read_jobs(verb, name, ret_jobs, error);
    if (!code)
        code = life_connect(verb, writes, ret_life, error);
    return code ? code : schedule_require(ret_life, error);
}

/* ---- looking ---- */

static Code show_schedule(Verb *verb, const char *name, bool speaks, Error *error)
{
    JobList jobs;
    Life life;
    ScheduleStatus status;
    Code code = open_schedule(verb, name, speaks, &jobs, &life, error);
    verb->tidy = true; /* the service asks all the time, on one connection */
    if (!code && speaks)
        code = schedule_beat(&life, error);
    if (!code)
        code = schedule_status(&life, verb->arena, &jobs, &status, error);
    if (!code && speaks)
        code = schedule_note(&life, &status, error);
    if (!code)
        report_schedule(&verb->report, &status);
    return code;
}

static Code list(Verb *verb, const char *name, Error *error)
{
    return show_schedule(verb, name, false, error);
}

static Code beat(Verb *verb, const char *name, Error *error)
{
    return show_schedule(verb, name, true, error);
}

static Code preview(Verb *verb, const char *name, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    JobList jobs;
    SchedulePreviewList slots = {0};
    int64_t since = clock_wall_us() / 1000000;
    size_t limit = arguments->limit ? arguments->limit : PREVIEW_SLOTS;
    if (arguments->after && !clock_read_utc(arguments->after, &since))
        return error_set(error, RUNG_USAGE, "--after \"%s\" is no time in UTC", arguments->after);
    if (limit > PREVIEW_LIMIT)
        return error_set(error, RUNG_USAGE, "--limit: at most %d", PREVIEW_LIMIT);
    Code code = read_jobs(verb, name, &jobs, error);
    for (size_t i = 0; !code && i < jobs.count; i++) {
        const Job *job = &jobs.at[i];
        int64_t slot = since;
        for (size_t k = 0; k < limit; k++) {
            slot = cron_next(&job->cron, job->zone, slot);
            if (slot == ZONE_NEVER)
                break;
            *vec_add(verb->arena, &slots) = (SchedulePreview){job, slot};
        }
    }
    if (!code)
        report_schedule_preview(&verb->report, &slots);
    return code;
}

/* ---- running ---- */

static Code run_job(Verb *verb, Life *life, const Job *job, bool forced, ScheduleRunList *runs,
                    Error *error)
{
    ScheduleRun run = {0};
    Code code = schedule_claim(life, job, forced, &run.claim, error);
    if (!code && run.claim.taken) {
        verb_tell(verb, RUNG_EVENT_NOTICE, "%s runs, for %s", job->name,
                  clock_print_utc(verb->arena, run.claim.slot));
        code = schedule_work(verb, life, &run, error);
    }
    if (run.claim.taken || run.claim.missed || run.claim.skipped)
        *vec_add(verb->arena, runs) = run;
    return code;
}

static bool is_bad(const ScheduleRunList *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->at[i].ended && (runs->at[i].found || !runs->at[i].succeeded))
            return true;
    return false;
}

static Code run_due(Verb *verb, const char *name, Error *error)
{
    JobList jobs;
    Life life;
    ScheduleStatus status;
    ScheduleRunList runs = {0};
    bool forced = verb->arguments->at_once;
    if (forced && !name)
        return error_set(error, RUNG_USAGE, "--now: which job?");
    Code code = open_schedule(verb, name, true, &jobs, &life, error);
    if (!code)
        code = schedule_status(&life, verb->arena, &jobs, &status, error);
    if (!code)
        code = schedule_note(&life, &status, error);
    for (size_t i = 0; !code && i < status.jobs.count; i++)
        if (forced || status.jobs.at[i].due)
            code = run_job(verb, &life, status.jobs.at[i].job, forced, &runs, error);
    if (code)
        return code;
    report_schedule_runs(&verb->report, &runs, &status);
    return is_bad(&runs) ? RUNG_FOUND : RUNG_OK;
}

static Code verb_schedule(Verb *verb, Error *error)
{
    static const LifeAction actions[] = {
        {"list", -1, list}, {"run", -1, run_due}, {"preview", -1, preview}, {"beat", -1, beat}};
    return life_run(verb, actions, COUNT(actions), "a job", error);
}
VERB(schedule)
