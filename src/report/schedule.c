/* The schedule for people and as JSON. */
#include "report/schedule.h"
#include "base/clock.h"

/* ---- parts ---- */

/* "2025-12-15 10:00:00" */
static void put_time(Text *text, int64_t seconds)
{
    Arena *arena = arena_new();
    const char *time = clock_print_utc(arena, seconds);
    text_print(text, "%.10s %.8s", time, time + 11);
    arena_free(arena);
}

static void set_time(Value *value, const char *key, int64_t seconds)
{
    Arena *arena = arena_new();
    value_set_text(value, key, seconds ? clock_print_utc(arena, seconds) : NULL);
    arena_free(arena);
}

/* The counts of a run, read; the caller frees it. An object without members when there are none. */
static Value *read_counts(const char *counts)
{
    Value *value = NULL;
    Error ignored;
    if (!counts || value_read("counts", counts, strlen(counts), &value, &ignored))
        return value_object();
    return value;
}

static bool is_time(const char *key)
{
    size_t length = strlen(key);
    return length > 3 && strcmp(key + length - 3, "_us") == 0;
}

/* ": deleted 12, subjects 3"; what is 0 is left out. */
static void put_counts(Text *text, const char *counts)
{
    Value *value = read_counts(counts);
    const char *key;
    const Value *number;
    size_t shown = 0;
    for (size_t i = 0; value_entry(value, i, &key, &number); i++)
        if (value_get_int(number) && !is_time(key))
            text_print(text, "%s%s %lld", shown++ ? ", " : ": ", key,
                       (long long)value_get_int(number));
    value_free(value);
}

static void put_elapsed(Text *text, int64_t us)
{
    Arena *arena = arena_new();
    text_print(text, " in %s", clock_print_duration(arena, us));
    arena_free(arena);
}

/* ---- list ---- */

static Value *run_value(const JobRun *run)
{
    Value *value = value_object();
    set_time(value, "slot", run->slot);
    value_set_text(value, "state", run->state);
    value_set_bool(value, "forced", run->forced);
    value_set_text(value, "holder", run->holder);
    set_time(value, "lease_until", run->lease_until);
    set_time(value, "started_at", run->started_at);
    set_time(value, "finished_at", run->finished_at);
    if (run->finished_at)
        value_set_int(value, "duration_s", run->finished_at - run->started_at);
    value_set(value, "counts", read_counts(run->counts));
    value_set_text(value, "problem", run->problem);
    return value;
}

static Value *job_value(const JobStatus *status)
{
    Value *value = value_object();
    value_set_text(value, "name", status->job->name);
    value_set_text(value, "cron", status->job->written);
    value_set_text(value, "zone", status->job->zone_name);
    set_time(value, "next_at", status->next_at == ZONE_NEVER ? 0 : status->next_at);
    value_set_bool(value, "due", status->due);
    value_set(value, "last", status->last.state ? run_value(&status->last) : value_text(NULL));
    set_time(value, "succeeded_at", status->succeeded_at);
    value_set_int(value, "runs", status->runs);
    value_set_int(value, "failures", status->failures);
    value_set_int(value, "missed", status->missed);
    value_set_int(value, "skipped", status->skipped);
    return value;
}

static void put_schedule_json(Report *report, const ScheduleStatus *status)
{
    Value *document = value_object(), *jobs = value_array(), *scheduler = value_object();
    set_time(document, "now", status->now);
    value_set_text(scheduler, "holder", status->holder);
    set_time(scheduler, "at", status->beat_at);
    value_set_bool(scheduler, "fresh", status->fresh);
    value_set(document, "scheduler", scheduler);
    value_set_int(document, "seconds", status->seconds);
    for (size_t i = 0; i < status->jobs.count; i++)
        value_append(jobs, job_value(&status->jobs.at[i]));
    value_set(document, "jobs", jobs);
    report_document(report, document);
}

static void put_last(Text *text, const JobStatus *status)
{
    const JobRun *last = &status->last;
    if (!last->state)
        text_put(text, "  it has not run yet");
    else {
        text_put(text, last->forced ? "  last, forced, at " : "  last ");
        put_time(text, last->slot);
        text_print(text, " %s", last->state);
    }
    if (last->finished_at) {
        text_print(text, " in %lld s", (long long)(last->finished_at - last->started_at));
        put_counts(text, last->counts);
    } else if (last->state)
        text_print(text, " by %s", last->holder ? last->holder : "nobody: it was handed over");
    if (status->missed || status->skipped)
        text_print(text, "; %lld missed, %lld skipped", (long long)status->missed,
                   (long long)status->skipped);
    text_char(text, '\n');
    if (last->problem)
        text_print(text, "  %s\n", last->problem);
}

void report_schedule(Report *report, const ScheduleStatus *status)
{
    Text *text = &report->text;
    report->count = status->jobs.count;
    if (report->json) {
        put_schedule_json(report, status);
        return;
    }
    if (!status->jobs.count)
        text_put(text, "nothing is scheduled\n");
    for (size_t i = 0; i < status->jobs.count; i++) {
        const JobStatus *job = &status->jobs.at[i];
        text_print(text, "%-13s %-15s %s, ", job->job->name, job->job->written,
                   job->job->zone_name);
        text_put(text, job->due ? "due now; next " : "next ");
        if (job->next_at == ZONE_NEVER)
            text_put(text, "never");
        else {
            put_time(text, job->next_at);
            text_put(text, " UTC");
        }
        text_char(text, '\n');
        put_last(text, job);
    }
    if (status->holder && !status->fresh) {
        text_put(text, "the service ran last at ");
        put_time(text, status->beat_at);
        text_put(text, " UTC\n");
    }
}

/* ---- run ---- */

static const char *state_of(const ScheduleRun *run)
{
    if (!run->ended)
        return run->claim.taken ? "handed over" : "not run";
    return run->succeeded ? "succeeded" : "failed";
}

static void put_runs_json(Report *report, const ScheduleRunList *list)
{
    Value *document = value_object(), *runs = value_array();
    for (size_t i = 0; i < list->count; i++) {
        const ScheduleRun *run = &list->at[i];
        Value *value = value_object();
        value_set_text(value, "job", run->claim.job->name);
        set_time(value, "slot", run->claim.slot);
        value_set_text(value, "state", state_of(run));
        value_set_bool(value, "took_over", run->claim.took_over);
        value_set_int(value, "missed", run->claim.missed);
        value_set_int(value, "skipped", run->claim.skipped);
        value_set_int(value, "elapsed_us", run->elapsed_us);
        value_set(value, "counts", read_counts(run->counts));
        value_set_text(value, "problem", run->problem);
        value_append(runs, value);
    }
    value_set(document, "runs", runs);
    report_document(report, document);
}

static void put_run(Text *text, const ScheduleRun *run)
{
    text_print(text, "%-13s ", run->claim.job->name);
    if (run->claim.slot) {
        put_time(text, run->claim.slot);
        text_put(text, " UTC ");
    }
    text_put(text, state_of(run));
    if (run->ended) {
        put_elapsed(text, run->elapsed_us);
        put_counts(text, run->counts);
    }
    if (run->claim.took_over)
        text_put(text, "; taken over from another worker");
    if (run->claim.missed)
        text_print(text, "; %lld missed", (long long)run->claim.missed);
    if (run->claim.skipped)
        text_print(text, "; %lld skipped", (long long)run->claim.skipped);
    text_char(text, '\n');
    if (run->problem)
        text_print(text, "  %s\n", run->problem);
}

void report_schedule_runs(Report *report, const ScheduleRunList *list, const ScheduleStatus *then)
{
    const JobStatus *next = NULL;
    report->count = list->count;
    if (report->json) {
        put_runs_json(report, list);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        put_run(&report->text, &list->at[i]);
    if (list->count)
        return;
    for (size_t i = 0; i < then->jobs.count; i++)
        if (!next || then->jobs.at[i].next_at < next->next_at)
            next = &then->jobs.at[i];
    text_put(&report->text, "nothing is due");
    if (next && next->next_at != ZONE_NEVER) {
        text_print(&report->text, "; the next is %s at ", next->job->name);
        put_time(&report->text, next->next_at);
        text_put(&report->text, " UTC");
    }
    text_char(&report->text, '\n');
}

/* ---- preview ---- */

/* "2026-03-29T03:00:00+02:00" */
static const char *local_time(Arena *arena, const Job *job, int64_t slot)
{
    int64_t until;
    int offset = zone_offset(job->zone, slot, &until);
    int away = offset < 0 ? -offset : offset;
    return arena_print(arena, "%.19s%c%02d:%02d", clock_print_utc(arena, slot + offset),
                       offset < 0 ? '-' : '+', away / 3600, away / 60 % 60);
}

void report_schedule_preview(Report *report, const SchedulePreviewList *list)
{
    Arena *arena = arena_new();
    Value *document = value_object(), *slots = value_array();
    report->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const Job *job = list->at[i].job;
        const char *local = local_time(arena, job, list->at[i].slot);
        if (report->json) {
            Value *value = value_object();
            value_set_text(value, "job", job->name);
            set_time(value, "slot", list->at[i].slot);
            value_set_text(value, "local", local);
            value_append(slots, value);
            continue;
        }
        text_print(&report->text, "%-13s ", job->name);
        put_time(&report->text, list->at[i].slot);
        text_put(&report->text, " UTC");
        if (strcmp(job->zone_name, "UTC") != 0)
            text_print(&report->text, "  %s %s", local, job->zone_name);
        text_char(&report->text, '\n');
    }
    value_set(document, "slots", slots);
    if (report->json)
        report_document(report, document);
    else
        value_free(document);
    if (!report->json && !list->count)
        text_put(&report->text, "nothing is scheduled\n");
    arena_free(arena);
}
