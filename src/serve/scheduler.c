/* It asks `rung schedule beat` what is due, which says at the same time that it lives, and sleeps
 * until that changes. */
#include "serve/scheduler.h"
#include "base/clock.h"

#include <pthread.h>
#include <time.h>

enum {
    BEAT_SECONDS = 10, /* how often it says that it lives */
    FRESH_SECONDS = 60,
    RETRY_SECONDS = 1, /* and each time twice as long */
    GRACE_SECONDS = 2,
    MOST_JOBS = 16,
    NAME_SIZE = 32
};

typedef struct Running {
    Scheduler *scheduler;
    char name[NAME_SIZE];
    pthread_t thread;
    rung *project; /* under the lock; NULL: not begun, or over */
    bool used, over;
} Running;

struct Scheduler {
    rung_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping, reloading, woken;
    int64_t fresh_us; /* when it last reached the database */
    Running running[MOST_JOBS];
    bool complained; /* the last beat failed, and that is in the log */
};

static void complain(const char *what, const rung_error *error)
{
    fprintf(stderr, "scheduler: %s: %s\n", what, error ? rung_error_message(error) : "no message");
    if (error && *rung_error_hint(error))
        fprintf(stderr, "scheduler:   hint: %s\n", rung_error_hint(error));
}

/* ---- one job ---- */

static void log_runs(const rung_result *result)
{
    Arena *arena = arena_new();
    const char *text = rung_result_text(result);
    Value *document = NULL;
    Error ignored;
    if (value_read("runs", text, strlen(text), &document, &ignored))
        document = NULL;
    const Value *runs = value_get(document, "runs");
    for (size_t i = 0; i < value_count(runs); i++) {
        const Value *run = value_at(runs, i);
        const char *problem = value_get_text(value_get(run, "problem"));
        const char *slot = value_get_text(value_get(run, "slot"));
        fprintf(stderr, "scheduler: %s %s: %s in %s, %lld missed, %lld skipped%s%s\n",
                value_get_text(value_get(run, "job")), slot ? slot : "",
                value_get_text(value_get(run, "state")),
                clock_print_duration(arena, value_get_int(value_get(run, "elapsed_us"))),
                (long long)value_get_int(value_get(run, "missed")),
                (long long)value_get_int(value_get(run, "skipped")), problem ? ": " : "",
                problem ? problem : "");
    }
    value_free(document);
    arena_free(arena);
}

static bool set_project(Running *job, rung *project)
{
    Scheduler *scheduler = job->scheduler;
    pthread_mutex_lock(&scheduler->lock);
    job->project = project;
    bool stopping = scheduler->stopping;
    pthread_mutex_unlock(&scheduler->lock);
    return !stopping;
}

static void *run_job(void *context)
{
    Running *job = context;
    Scheduler *scheduler = job->scheduler;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {"run", job->name};
    rung *project = NULL;
    rung_result *result = NULL;
    rung_error *error = NULL;
    arguments.json = true;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    if (!rung_open(&scheduler->options, &project, &error) && set_project(job, project))
        rung_schedule(project, &arguments, &result, &error);
    if (error)
        complain(job->name, error);
    log_runs(result);
    set_project(job, NULL);
    rung_error_free(error);
    rung_result_free(result);
    rung_close(project);
    pthread_mutex_lock(&scheduler->lock);
    job->over = true;
    scheduler->woken = true;
    pthread_cond_signal(&scheduler->changed);
    pthread_mutex_unlock(&scheduler->lock);
    return NULL;
}

/* True when there are none any more. */
static bool collect_jobs(Scheduler *scheduler)
{
    bool none = true;
    for (size_t i = 0; i < MOST_JOBS; i++) {
        Running *job = &scheduler->running[i];
        pthread_mutex_lock(&scheduler->lock);
        bool over = job->used && job->over;
        pthread_mutex_unlock(&scheduler->lock);
        if (over) {
            pthread_join(job->thread, NULL);
            job->used = job->over = false;
        }
        none = none && !job->used;
    }
    return none;
}

static void begin_job(Scheduler *scheduler, const char *name)
{
    Running *free_one = NULL;
    for (size_t i = 0; i < MOST_JOBS; i++) {
        Running *job = &scheduler->running[i];
        if (job->used && strcmp(job->name, name) == 0)
            return;
        if (!job->used && !free_one)
            free_one = job;
    }
    if (!free_one || strlen(name) >= NAME_SIZE)
        return;
    *free_one = (Running){.scheduler = scheduler};
    snprintf(free_one->name, sizeof free_one->name, "%s", name);
    free_one->used = pthread_create(&free_one->thread, NULL, run_job, free_one) == 0;
}

/* ---- what is due ---- */

/* Begins what is due; the seconds until more may be. */
static int64_t begin_due(Scheduler *scheduler, const Value *schedule)
{
    const Value *jobs = value_get(schedule, "jobs");
    int64_t seconds = value_get_int(value_get(schedule, "seconds"));
    for (size_t i = 0; i < value_count(jobs); i++) {
        const Value *job = value_at(jobs, i);
        const char *name = value_get_text(value_get(job, "name"));
        if (name && value_get_bool(value_get(job, "due")))
            begin_job(scheduler, name);
    }
    if (seconds < 0 || seconds > BEAT_SECONDS)
        return BEAT_SECONDS;
    return seconds < 1 ? 1 : seconds;
}

/* The seconds until it should be asked again; 0: it failed. */
static int64_t beat(Scheduler *scheduler, rung *project)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Value *schedule = NULL;
    Error ignored;
    int64_t seconds = 0;
    arguments.json = true;
    arguments.revision = "beat";
    rung_code code = rung_schedule(project, &arguments, &result, &error);
    const char *text = rung_result_text(result);
    if (code && !scheduler->complained)
        complain("it cannot be asked what is due", error);
    scheduler->complained = code != RUNG_OK;
    if (!code && !value_read("schedule", text, strlen(text), &schedule, &ignored)) {
        pthread_mutex_lock(&scheduler->lock);
        scheduler->fresh_us = clock_monotonic_us();
        pthread_mutex_unlock(&scheduler->lock);
        seconds = begin_due(scheduler, schedule);
        value_free(schedule);
    }
    rung_error_free(error);
    rung_result_free(result);
    return seconds;
}

/* ---- the thread ---- */

static void wait_seconds(Scheduler *scheduler, int64_t seconds)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&scheduler->lock);
    while (!scheduler->woken && !failed)
        failed = pthread_cond_timedwait(&scheduler->changed, &scheduler->lock, &until);
    scheduler->woken = false;
    pthread_mutex_unlock(&scheduler->lock);
}

/* `ret_reloading`: rung.yaml is to be read anew. */
static bool goes_on(Scheduler *scheduler, bool *ret_reloading)
{
    pthread_mutex_lock(&scheduler->lock);
    bool stopping = scheduler->stopping;
    *ret_reloading = scheduler->reloading;
    scheduler->reloading = false;
    pthread_mutex_unlock(&scheduler->lock);
    return !stopping;
}

static void cancel_jobs(Scheduler *scheduler)
{
    pthread_mutex_lock(&scheduler->lock);
    for (size_t i = 0; i < MOST_JOBS; i++)
        if (scheduler->running[i].project)
            rung_cancel(scheduler->running[i].project);
    pthread_mutex_unlock(&scheduler->lock);
}

/* What runs is left to end, and then stopped, as often as it takes: a job may be between two
 * statements. */
static void end_jobs(Scheduler *scheduler)
{
    int64_t since_us = clock_monotonic_us();
    while (!collect_jobs(scheduler)) {
        if (clock_monotonic_us() - since_us >= GRACE_SECONDS * 1000000LL)
            cancel_jobs(scheduler);
        wait_seconds(scheduler, 1);
    }
}

static rung *open_project(Scheduler *scheduler)
{
    rung *project = NULL;
    rung_error *error = NULL;
    if (rung_open(&scheduler->options, &project, &error)) {
        complain("rung.yaml", error);
        project = NULL;
    }
    rung_error_free(error);
    return project;
}

static void *run(void *context)
{
    Scheduler *scheduler = context;
    rung *project = NULL;
    bool reloading;
    int64_t retry = RETRY_SECONDS;
    while (goes_on(scheduler, &reloading)) {
        rung *anew = !project || reloading ? open_project(scheduler) : NULL;
        if (anew) { /* else the old one stays */
            rung_close(project);
            project = anew;
        }
        collect_jobs(scheduler);
        int64_t seconds = project ? beat(scheduler, project) : 0;
        wait_seconds(scheduler, seconds ? seconds : retry);
        retry = seconds ? RETRY_SECONDS : retry < BEAT_SECONDS ? retry * 2 : retry;
    }
    end_jobs(scheduler);
    rung_close(project);
    return NULL;
}

Code scheduler_start(const rung_options *options, Scheduler **ret_scheduler, Error *error)
{
    Scheduler *scheduler = calloc(1, sizeof *scheduler);
    pthread_condattr_t monotonic;
    if (!scheduler)
        arena_exhausted();
    scheduler->options = *options;
    scheduler->fresh_us = clock_monotonic_us();
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&scheduler->lock, NULL);
    pthread_cond_init(&scheduler->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&scheduler->thread, NULL, run, scheduler) != 0) {
        free(scheduler);
        return error_set(error, RUNG_LIMIT, "no thread can be started");
    }
    *ret_scheduler = scheduler;
    return RUNG_OK;
}

static void wake(Scheduler *scheduler, bool *flag)
{
    pthread_mutex_lock(&scheduler->lock);
    *flag = scheduler->woken = true;
    pthread_cond_signal(&scheduler->changed);
    pthread_mutex_unlock(&scheduler->lock);
}

void scheduler_reload(Scheduler *scheduler)
{
    if (scheduler)
        wake(scheduler, &scheduler->reloading);
}

void scheduler_stop(Scheduler *scheduler)
{
    if (scheduler)
        wake(scheduler, &scheduler->stopping);
}

bool scheduler_is_fresh(Scheduler *scheduler)
{
    pthread_mutex_lock(&scheduler->lock);
    int64_t since_us = clock_monotonic_us() - scheduler->fresh_us;
    pthread_mutex_unlock(&scheduler->lock);
    return since_us < FRESH_SECONDS * 1000000LL;
}

void scheduler_end(Scheduler *scheduler)
{
    if (!scheduler)
        return;
    scheduler_stop(scheduler);
    pthread_join(scheduler->thread, NULL);
    pthread_mutex_destroy(&scheduler->lock);
    pthread_cond_destroy(&scheduler->changed);
    free(scheduler);
}
