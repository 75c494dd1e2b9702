/* A list of names, as many as there are admins that ever signed out of this process. */
#include "serve/logout.h"
#include "base/arena.h"
#include "base/map.h"

#include <pthread.h>

struct Logouts {
    pthread_mutex_t lock;
    Arena *arena;
    Map *times; /* of name to int64_t */
};

Logouts *logouts_new(void)
{
    Logouts *logouts = calloc(1, sizeof *logouts);
    if (!logouts)
        arena_exhausted();
    pthread_mutex_init(&logouts->lock, NULL);
    logouts->arena = arena_new();
    logouts->times = map_new(logouts->arena);
    return logouts;
}

void logouts_free(Logouts *logouts)
{
    if (!logouts)
        return;
    pthread_mutex_destroy(&logouts->lock);
    arena_free(logouts->arena);
    free(logouts);
}

void logouts_add(Logouts *logouts, const char *name, int64_t now_us)
{
    pthread_mutex_lock(&logouts->lock);
    int64_t *time = map_get(logouts->times, name);
    if (!time) {
        time = arena_alloc(logouts->arena, sizeof *time);
        map_set(logouts->times, name, time);
    }
    *time = now_us;
    pthread_mutex_unlock(&logouts->lock);
}

bool logouts_refuses(Logouts *logouts, const char *name, int64_t issued_us)
{
    pthread_mutex_lock(&logouts->lock);
    const int64_t *time = map_get(logouts->times, name);
    bool refused = time && issued_us <= *time;
    pthread_mutex_unlock(&logouts->lock);
    return refused;
}
