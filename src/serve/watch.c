/* One thread, which sleeps most of the time. */
#include "serve/watch.h"
#include "base/clock.h"

#include <pthread.h>

enum { KNOWN_US = 1000000 };

struct Watch {
    rung_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    rung *project; /* while it looks; under the lock */
    bool wanted, stopping, looked;
    int64_t looked_us;

    char *json;
    int64_t known_us, known_at;
    bool ready;
};

static void report(rung_code code, const rung_error *error)
{
    if (code && code != RUNG_FOUND && code != RUNG_INTERRUPTED)
        fprintf(stderr, "check: %s: %s\n", rung_code_name(code),
                error ? rung_error_message(error) : "no message");
    else if (code == RUNG_FOUND)
        fprintf(stderr, "check: `rung check` finds something\n");
}

/* The library keeps the verdict where `rung ready` finds it. */
static void look(Watch *watch)
{
    rung *project = NULL;
    rung_error *error = NULL;
    rung_result *result = NULL;
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_code code = rung_open(&watch->options, &project, &error);
    pthread_mutex_lock(&watch->lock);
    watch->project = project;
    bool stopping = watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    if (!code && !stopping)
        code = rung_check(project, &arguments, &result, &error);
    report(code, error);
    pthread_mutex_lock(&watch->lock);
    watch->project = NULL;
    pthread_mutex_unlock(&watch->lock);
    rung_result_free(result);
    rung_error_free(error);
    rung_close(project);
}

static void *work(void *context)
{
    Watch *watch = context;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping) {
        if (!watch->wanted) {
            pthread_cond_wait(&watch->changed, &watch->lock);
            continue;
        }
        pthread_mutex_unlock(&watch->lock);
        look(watch);
        pthread_mutex_lock(&watch->lock);
        watch->wanted = false;
        watch->looked = true;
        watch->looked_us = clock_monotonic_us();
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

Code watch_start(const rung_options *options, Watch **ret_watch, Error *error)
{
    Watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        arena_exhausted();
    watch->options = *options;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->changed, NULL);
    if (pthread_create(&watch->thread, NULL, work, watch) != 0) {
        free(watch);
        return error_set(error, RUNG_LIMIT, "no thread can be started");
    }
    *ret_watch = watch;
    return RUNG_OK;
}

void watch_stop(Watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    if (watch->project)
        rung_cancel(watch->project);
    pthread_cond_signal(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_mutex_destroy(&watch->lock);
    pthread_cond_destroy(&watch->changed);
    free(watch->json);
    free(watch);
}

void watch_look(Watch *watch, int64_t seconds)
{
    pthread_mutex_lock(&watch->lock);
    if (seconds && !watch->wanted &&
        (!watch->looked || clock_monotonic_us() - watch->looked_us >= seconds * 1000000)) {
        watch->wanted = true;
        pthread_cond_signal(&watch->changed);
    }
    pthread_mutex_unlock(&watch->lock);
}

char *watch_known(Watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    bool known = watch->json && clock_monotonic_us() - watch->known_us < KNOWN_US;
    char *json = known ? strdup(watch->json) : NULL;
    pthread_mutex_unlock(&watch->lock);
    return json;
}

void watch_know(Watch *watch, const char *json, bool ready)
{
    char *copy = strdup(json);
    pthread_mutex_lock(&watch->lock);
    char *old = watch->json;
    watch->json = copy;
    watch->known_us = clock_monotonic_us();
    watch->known_at = clock_wall_us() / 1000000;
    watch->ready = ready;
    pthread_mutex_unlock(&watch->lock);
    free(old);
}

int64_t watch_last(Watch *watch, bool *ret_ready)
{
    pthread_mutex_lock(&watch->lock);
    int64_t at = watch->known_at;
    *ret_ready = watch->ready;
    pthread_mutex_unlock(&watch->lock);
    return at;
}
