/* Running a scheduled job. */
#ifndef API_SCHEDULE_H
#define API_SCHEDULE_H

#include "api/life.h"
#include "report/schedule.h"

/* Runs what was claimed, as its verb does, and says meanwhile that the worker lives. How it ended
 * is in the database and in `run`; its texts are in the verb's arena. An error comes when it did
 * not end: RUNG_INTERRUPTED and RUNG_CONNECT leave it to the next worker, RUNG_LOCKED means that
 * another one took over. */
Code schedule_work(Verb *verb, Life *life, ScheduleRun *run, Error *error);

#endif
