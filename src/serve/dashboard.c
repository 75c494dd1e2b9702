/* The dashboard's beginning and end. */
#include "serve/dashboard.h"

Dashboard *dashboard_new(Shared *shared)
{
    Dashboard *dashboard = calloc(1, sizeof *dashboard);
    if (!dashboard)
        arena_exhausted();
    pthread_mutex_init(&dashboard->lock, NULL);
    dashboard->sessions = sessions_new();
    dashboard->events = events_new(shared);
    return dashboard;
}

void dashboard_free(Dashboard *dashboard)
{
    if (!dashboard)
        return;
    events_free(dashboard->events);
    sessions_free(dashboard->sessions);
    pthread_mutex_destroy(&dashboard->lock);
    free(dashboard->audit);
    free(dashboard);
}
