/* The thread that carries out what was ordered and not waited for, also by a process that died. */
#ifndef SERVE_JOBS_H
#define SERVE_JOBS_H

#include "serve/service.h"

typedef struct Jobs Jobs;

Code jobs_start(Service *service, Jobs **ret_jobs, Error *error);

/* Something was ordered. From any thread. */
void jobs_wake(Jobs *jobs);

/* There is a new configuration. */
void jobs_renew(Jobs *jobs, Service *service);

/* Stops what runs: the next process takes it up. NULL is accepted. */
void jobs_stop(Jobs *jobs);

#endif
