/* The queue of requests that need the database. */
#include "serve/pool.h"
#include "serve/route.h"

#include <pthread.h>

enum { QUEUE_LIMIT = 256 };

typedef struct Worker {
    Pool *pool;
    pthread_t thread;
    rung *project;    /* of the service; under the lock */
    Service *service; /* NULL: none yet */
} Worker;

struct Pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Request *first, *last;
    size_t waiting, count;
    bool stopping;
    Worker workers[];
};

static Request *next_request(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->stopping)
        pthread_cond_wait(&pool->changed, &pool->lock);
    Request *request = pool->first;
    if (request) {
        pool->first = request->next;
        pool->last = pool->first ? pool->last : NULL;
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->lock);
    return request;
}

/* The next requests go by another service, or by none. */
static void set_service(Worker *worker, Service *service)
{
    Pool *pool = worker->pool;
    pthread_mutex_lock(&pool->lock);
    Service *old = worker->service;
    worker->service = service ? service_take(service) : NULL;
    worker->project = service ? service->projects[worker - pool->workers] : NULL;
    pthread_mutex_unlock(&pool->lock);
    service_drop(old);
}

static void run(Worker *worker, Request *request)
{
    if (worker->service != request->service) /* there is a new configuration */
        set_service(worker, request->service);
    request->project = worker->project;
    request->route->run(request);
    request->project = NULL;
}

static void *work(void *context)
{
    Worker *worker = context;
    Request *request;
    while ((request = next_request(worker->pool)) != NULL) {
        run(worker, request);
        request->done(request);
    }
    set_service(worker, NULL);
    return NULL;
}

Code pool_start(size_t workers, Pool **ret_pool, Error *error)
{
    Pool *pool = calloc(1, sizeof *pool + workers * sizeof pool->workers[0]);
    if (!pool)
        arena_exhausted();
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    for (size_t i = 0; i < workers; i++) {
        pool->workers[i].pool = pool;
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0) {
            pool_stop(pool);
            return error_set(error, RUNG_LIMIT, "no thread can be started");
        }
        pool->count++;
    }
    *ret_pool = pool;
    return RUNG_OK;
}

bool pool_add(Pool *pool, Request *request)
{
    pthread_mutex_lock(&pool->lock);
    bool taken = pool->waiting < QUEUE_LIMIT && !pool->stopping;
    if (taken) {
        request->next = NULL;
        if (pool->last)
            pool->last->next = request;
        else
            pool->first = request;
        pool->last = request;
        pool->waiting++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

void pool_cancel(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->count; i++)
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
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->count; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    free(pool);
}
