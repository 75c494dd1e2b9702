/* Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): what is done once for a key. The
 * library keeps the answers; here is known what is under way. */
#ifndef SERVE_ONCE_H
#define SERVE_ONCE_H

#include "serve/service.h"

typedef struct Flights Flights;

Flights *flights_new(void);
void flights_free(Flights *flights);

/* Reads the header of a route that takes it. False when that answers the request: 400 for one that
 * is wrong, or missing although it is required, 409 when a request with the same key is under way.
 */
bool once_take(Request *request);

/* The request is over. */
void once_release(Request *request);

/* Hands the key to a verb; nothing without one. */
void once_set(const Request *request, rung_arguments *arguments);

#endif
