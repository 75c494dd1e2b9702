/* The thread that runs what lifecycle.schedule says is due, each job on a thread of its own while
 * it runs. Several services may do so beside each other: rung_schedule gives each slot to one. */
#ifndef SERVE_SCHEDULER_H
#define SERVE_SCHEDULER_H

#include "serve/service.h"

typedef struct Scheduler Scheduler;

Code scheduler_start(const rung_options *options, Scheduler **ret_scheduler, Error *error);

/* It reads rung.yaml anew, and looks what is due. From any thread. */
void scheduler_reload(Scheduler *scheduler);

/* Whether it could reach the database lately: what /readyz calls a fresh heartbeat. From any
 * thread; true also when nothing is scheduled. */
bool scheduler_is_fresh(Scheduler *scheduler);

/* Begins nothing more, from now on; what runs gets some seconds to end, and is then handed over
 * between two transactions. scheduler_end waits for that, and frees it. NULL is accepted. */
void scheduler_stop(Scheduler *scheduler);
void scheduler_end(Scheduler *scheduler);

#endif
