/* Figures for pages that are open, by server-sent events: one thread asks the database, as long as
 * somebody listens, and says to all what changed. */
#ifndef SERVE_EVENTS_H
#define SERVE_EVENTS_H

#include "serve/service.h"

typedef struct Events Events;
typedef struct Listener Listener;

Events *events_new(Shared *shared);

/* Ends the answers of all listeners; those of a page come again. */
void events_restart(Events *events);

/* The same for good. */
void events_stop(Events *events);
void events_free(Events *events);

/* The answer to `request`, whose session lasts as long; NULL when there are too many. It belongs to
 * the response. */
Listener *events_listen(Request *request);
struct MHD_Response *events_response(Listener *listener);

#endif
