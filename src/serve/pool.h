/* Workers: threads that use the database, each with a project of its own. */
#ifndef SERVE_POOL_H
#define SERVE_POOL_H

#include "serve/service.h"

typedef struct Pool Pool;

/* Starts the threads. */
Code pool_start(size_t workers, Pool **ret_pool, Error *error);

/* Runs the request's route, and then its `done`, on a worker. False when too many wait. */
bool pool_add(Pool *pool, Request *request);

/* Stops what the workers do now; they answer that. From any thread. */
void pool_cancel(Pool *pool);

/* Ends the threads when the queue is empty. */
void pool_stop(Pool *pool);

#endif
