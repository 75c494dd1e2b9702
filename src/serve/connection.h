/* Connections, and how long each may take to ask. libmicrohttpd ends only those that say nothing at
 * all; one byte each second would keep it waiting for ever. */
#ifndef SERVE_CONNECTION_H
#define SERVE_CONNECTION_H

#include "base/base.h"

#include <microhttpd.h>

typedef struct Connections Connections;

/* `most`: when there are nearly that many, the one that waits longest for its request makes room. A
 * request has to be complete after `milliseconds`. */
Connections *connections_new(size_t most, int milliseconds);
void connections_free(Connections *connections);

/* Counts one that is about to come; false when there is no room for it, which there may be soon.
 * And: it did not come. */
bool connections_admit(Connections *connections);
void connections_forget(Connections *connections);

/* As settings say now. */
void connections_set_time(Connections *connections, int milliseconds);

/* For MHD_OPTION_NOTIFY_CONNECTION, with the Connections as its context. */
void connections_notify(void *context, struct MHD_Connection *connection, void **record,
                        enum MHD_ConnectionNotificationCode what);

/* The request is complete, or is answered; and: the next one may come. */
void connection_work(Connections *connections, struct MHD_Connection *connection);
void connection_wait(Connections *connections, struct MHD_Connection *connection);

/* Waits for a second, less when there is something to do, and ends those whose request took too
 * long, and those whose client has gone before it was complete: libmicrohttpd keeps these. To be
 * called again and again, by one thread. */
void connections_sweep(Connections *connections);

/* Lets the sweep that waits return. */
void connections_wake(Connections *connections);

#endif
