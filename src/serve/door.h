/* Where connections come in: one thread accepts them and hands them to a daemon. libmicrohttpd's
 * own accepting cannot be ended without a race (MHD_quiesce_daemon aborts when a thread of its pool
 * leaves the socket at the same time), and its own limit is never reached (its threads lock each
 * other out there). */
#ifndef SERVE_DOOR_H
#define SERVE_DOOR_H

#include "base/error.h"
#include "serve/connection.h"

typedef struct Door Door;

enum { DOOR_LIMIT = 2 };

/* Nobody comes in before door_open, nor more than there is room for. RUNG_LIMIT when there is no
 * thread. */
Code door_new(Connections *connections, Door **ret_door, Error *error);
void door_free(Door *door); /* closes it; NULL is accepted */

/* Whoever comes to socket number `index` goes to `daemon` from now on. */
void door_open(Door *door, size_t index, int fd, struct MHD_Daemon *daemon);

/* Nobody comes in any more when this returns. */
void door_close(Door *door);

#endif
