/* What the pages for admins share, whatever the configuration. */
#ifndef SERVE_DASHBOARD_H
#define SERVE_DASHBOARD_H

#include "serve/events.h"
#include "serve/session.h"

#include <pthread.h>

struct Dashboard {
    Sessions *sessions;
    Events *events;
    pthread_mutex_t lock;
    char *audit; /* what the last check of the chain said, as JSON; NULL: none yet */
    int64_t audit_us;
};

Dashboard *dashboard_new(Shared *shared);
void dashboard_free(Dashboard *dashboard);

#endif
