/* The queue of requests that need the database. */
#include "serve/pool.h"
#include "base/clock.h"
#include "serve/count.h"
#include "serve/deliver.h"
#include "serve/route.h"

#include <pthread.h>
#include <time.h>

enum { QUEUE_LIMIT = 256, LINGER_US = 1000 * 1000 };

typedef enum { WORKER_NONE, WORKER_RUNS, WORKER_ENDED } WorkerState;

typedef struct Worker {
    Pool *pool;
    pthread_t thread;
    WorkerState state;
    rung *project;    /* of the service; under the lock */
    Service *service; /* NULL: none yet */
} Worker;

struct Pool {
    pthread_mutex_t lock;
    pthread_cond_t changed, late; /* for the workers, for the thread that looks at the time */
    pthread_t watch;
    bool watches, watch_sleeps;
    int64_t timeout_us;
    Request *first, *last;
    size_t waiting, idle;
    size_t running, size, most; /* workers */
    size_t project;             /* of the first one, in Service.projects */
    bool stopping;
    Worker workers[];
};

/* Under the lock. */
static Request *take_first(Pool *pool)
{
    Request *request = pool->first;
    if (request) {
        pool->first = request->next;
        pool->last = pool->first ? pool->last : NULL;
        pool->waiting--;
        counts_wait(request, -1);
    }
    return request;
}

/* ---- workers ---- */

/* The next requests go by another service, or by none. */
static void set_service(Worker *worker, Service *service)
{
    Pool *pool = worker->pool;
    pthread_mutex_lock(&pool->lock);
    Service *old = worker->service;
    worker->service = service ? service_take(service) : NULL;
    worker->project =
        service ? service->projects[pool->project + (size_t)(worker - pool->workers)] : NULL;
    pthread_mutex_unlock(&pool->lock);
    service_drop(old);
}

/* Waits until `end_us`; false: it is over. */
static bool wait_until(Pool *pool, pthread_cond_t *condition, int64_t end_us)
{
    struct timespec until = {.tv_sec = end_us / 1000000, .tv_nsec = end_us % 1000000 * 1000};
    return pthread_cond_timedwait(condition, &pool->lock, &until) == 0;
}

/* NULL: it ends. One too many stays a little, for what comes in bursts. */
static Request *next_request(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    int64_t end = clock_monotonic_us() + LINGER_US;
    bool waited = false;
    pool->idle++;
    while (!pool->first && !pool->stopping && (!waited || pool->running <= pool->size))
        if (pool->running > pool->size)
            waited = !wait_until(pool, &pool->changed, end);
        else
            pthread_cond_wait(&pool->changed, &pool->lock);
    pool->idle--;
    Request *request = take_first(pool);
    pool->running -= !request;
    pthread_mutex_unlock(&pool->lock);
    return request;
}

static void run(Worker *worker, Request *request)
{
    if (worker->service != request->service) /* there is a new configuration */
        set_service(worker, request->service);
    request->project = worker->project;
    route_run(request);
    request->project = NULL;
}

static void *work(void *context)
{
    Worker *worker = context;
    Pool *pool = worker->pool;
    Request *request;
    while ((request = next_request(pool)) != NULL) {
        counts_work(request, 1);
        run(worker, request);
        counts_work(request, -1);
        if (strcmp(request->method, "GET") != 0)
            deliver_wake(request->service->shared->deliver);
        request->done(request);
    }
    rung_disconnect(worker->project);
    set_service(worker, NULL);
    pthread_mutex_lock(&pool->lock);
    worker->state = WORKER_ENDED;
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Under the lock. One that ended a moment ago is not waited for but for its last steps. */
static bool start_worker(Pool *pool)
{
    size_t i = 0;
    while (i < pool->most && pool->workers[i].state == WORKER_RUNS)
        i++;
    if (i == pool->most || pool->running == pool->most)
        return false;
    Worker *worker = &pool->workers[i];
    if (worker->state == WORKER_ENDED)
        pthread_join(worker->thread, NULL);
    *worker = (Worker){.pool = pool};
    if (pthread_create(&worker->thread, NULL, work, worker) != 0)
        return false;
    worker->state = WORKER_RUNS;
    pool->running++;
    return true;
}

/* ---- those who wait too long ---- */

static void answer_late(Pool *pool, Request *request)
{
    pthread_mutex_unlock(&pool->lock);
    answer_busy(request, 503, 1, "No connection to the database became free in time.");
    request->done(request);
    pthread_mutex_lock(&pool->lock);
}

/* The first one waits longest. */
static void *watch(void *context)
{
    Pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        int64_t end = pool->first ? pool->first->queued_us + pool->timeout_us : 0;
        pool->watch_sleeps = !pool->first;
        if (pool->first && clock_monotonic_us() >= end)
            answer_late(pool, take_first(pool));
        else if (pool->first)
            wait_until(pool, &pool->late, end);
        else
            pthread_cond_wait(&pool->late, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* ---- the pool ---- */

Code pool_start(const rung_serve_pool *settings, size_t first, Pool **ret_pool, Error *error)
{
    size_t most = settings->size + settings->overflow;
    Pool *pool = calloc(1, sizeof *pool + most * sizeof pool->workers[0]);
    pthread_condattr_t monotonic;
    if (!pool)
        arena_exhausted();
    pool->size = settings->size;
    pool->most = most;
    pool->project = first;
    pool->timeout_us = (int64_t)settings->timeout_ms * 1000;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &monotonic);
    pthread_cond_init(&pool->late, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_lock(&pool->lock);
    pool->watches = pthread_create(&pool->watch, NULL, watch, pool) == 0;
    bool started = pool->watches && start_worker(pool);
    pthread_mutex_unlock(&pool->lock);
    if (!started) {
        pool_stop(pool);
        return error_set(error, RUNG_LIMIT, "no thread can be started");
    }
    *ret_pool = pool;
    return RUNG_OK;
}

bool pool_add(Pool *pool, Request *request)
{
    bool wakes_watch = false;
    pthread_mutex_lock(&pool->lock);
    bool taken = pool->waiting < QUEUE_LIMIT && !pool->stopping;
    if (taken) {
        request->next = NULL;
        request->queued_us = clock_monotonic_us();
        if (pool->last)
            pool->last->next = request;
        else
            pool->first = request;
        pool->last = request;
        pool->waiting++;
        counts_wait(request, 1);
        if (pool->waiting > pool->idle)
            start_worker(pool);
        wakes_watch = pool->watch_sleeps;
        pool->watch_sleeps = false;
    }
    pthread_mutex_unlock(&pool->lock);
    if (taken)
        pthread_cond_signal(&pool->changed);
    if (wakes_watch)
        pthread_cond_signal(&pool->late);
    return taken;
}

void pool_cancel(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->most; i++)
        if (pool->workers[i].project)
            rung_cancel(pool->workers[i].project);
    pthread_mutex_unlock(&pool->lock);
}

void pool_stop(Pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_cond_signal(&pool->late);
    pthread_mutex_unlock(&pool->lock);
    if (pool->watches)
        pthread_join(pool->watch, NULL);
    for (size_t i = 0; i < pool->most; i++) {
        pthread_mutex_lock(&pool->lock);
        bool started = pool->workers[i].state != WORKER_NONE;
        pthread_mutex_unlock(&pool->lock);
        if (started)
            pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    pthread_cond_destroy(&pool->late);
    free(pool);
}
