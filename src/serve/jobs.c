/* Carries out orders: when it is woken, at the start, and now and then. */
#include "serve/jobs.h"

#include <pthread.h>
#include <time.h>

enum { PAUSE_SECONDS = 30, FIRST_PAUSE_SECONDS = 1 };

struct Jobs {
    Service *service; /* under the lock: that of SIGHUP takes its place between two rounds */
    Service *next;    /* NULL: none */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    unsigned woken;
    char told[256]; /* the last failure; it is logged once */
};

/* ---- one round ---- */

static void tell(Jobs *jobs, rung_code code, const rung_error *error)
{
    const char *message = error ? rung_error_message(error) : "no message";
    if (strncmp(jobs->told, message, sizeof jobs->told - 1) == 0)
        return;
    snprintf(jobs->told, sizeof jobs->told, "%s", message);
    fprintf(stderr, "jobs: %s: %s\n", rung_code_name(code), message);
}

/* The project of the newest configuration. */
static rung *take_project(Jobs *jobs)
{
    Service *old = NULL;
    pthread_mutex_lock(&jobs->lock);
    if (jobs->next) {
        old = jobs->service;
        jobs->service = jobs->next;
        jobs->next = NULL;
    }
    rung *project = jobs->service->errands;
    pthread_mutex_unlock(&jobs->lock);
    service_drop(old);
    return project;
}

/* True when nothing is left that another round could do soon. */
static bool run(Jobs *jobs)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    const char *words[] = {"run"};
    arguments.json = true;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    rung_code code = rung_order(take_project(jobs), &arguments, &result, &error);
    if (code && code != RUNG_FOUND && code != RUNG_LOCKED && code != RUNG_INTERRUPTED)
        tell(jobs, code, error);
    else
        *jobs->told = '\0';
    rung_error_free(error);
    rung_result_free(result);
    return !code;
}

/* ---- the thread ---- */

/* Until it is woken or so many seconds are over; false: it is the end. */
static bool wait(Jobs *jobs, unsigned seen, int seconds)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping && jobs->woken == seen && !failed)
        failed = pthread_cond_timedwait(&jobs->changed, &jobs->lock, &until);
    bool stopping = jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return !stopping;
}

static void *work(void *context)
{
    Jobs *jobs = context;
    int pause = FIRST_PAUSE_SECONDS;
    unsigned seen = 0;
    bool more = true;
    while (more) {
        pthread_mutex_lock(&jobs->lock);
        bool anew = jobs->woken != seen;
        seen = jobs->woken;
        pthread_mutex_unlock(&jobs->lock);
        bool done = run(jobs);
        pause = done ? PAUSE_SECONDS : anew ? FIRST_PAUSE_SECONDS : pause * 2;
        pause = pause > PAUSE_SECONDS ? PAUSE_SECONDS : pause;
        more = wait(jobs, seen, pause);
    }
    return NULL;
}

Code jobs_start(Service *service, Jobs **ret_jobs, Error *error)
{
    pthread_condattr_t attributes;
    Jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        arena_exhausted();
    jobs->service = service_take(service);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&jobs->thread, NULL, work, jobs) != 0) {
        service_drop(service);
        free(jobs);
        return error_set(error, RUNG_LIMIT, "no thread can be started");
    }
    *ret_jobs = jobs;
    return RUNG_OK;
}

void jobs_wake(Jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->woken++;
    pthread_cond_signal(&jobs->changed);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_renew(Jobs *jobs, Service *service)
{
    pthread_mutex_lock(&jobs->lock);
    Service *old = jobs->next;
    jobs->next = service_take(service);
    pthread_mutex_unlock(&jobs->lock);
    service_drop(old);
    jobs_wake(jobs);
}

void jobs_stop(Jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    rung_cancel(jobs->service->errands);
    pthread_cond_signal(&jobs->changed);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    service_drop(jobs->service);
    service_drop(jobs->next);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->changed);
    free(jobs);
}
