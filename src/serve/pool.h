/* Workers: threads that use the database, each with a project of its own. */
#ifndef SERVE_POOL_H
#define SERVE_POOL_H

#include "serve/service.h"

typedef struct Pool Pool;

/* A thread starts when a request would wait, up to size + overflow. Above size a thread, with its
 * connection, ends as soon as nothing waits. The first one uses projects[first] of the service. */
Code pool_start(const rung_serve_pool *settings, size_t first, Pool **ret_pool, Error *error);

/* Runs the request's route, and then its `done`, on a worker. Who waits longer than the settings
 * want is answered 503. False when too many wait. */
bool pool_add(Pool *pool, Request *request);

/* Stops what the workers do now; they answer that. From any thread. */
void pool_cancel(Pool *pool);

/* Ends the threads when the queue is empty. */
void pool_stop(Pool *pool);

#endif
