/* The schedule: what runs when, and what became of it. Times are UTC. */
#ifndef REPORT_SCHEDULE_H
#define REPORT_SCHEDULE_H

#include "lifecycle/outbox.h"
#include "lifecycle/schedule.h"
#include "report/report.h"

void report_schedule(Report *report, const ScheduleStatus *status);

/* One job that `rung schedule run` looked at. */
typedef struct ScheduleRun {
    JobClaim claim;
    bool ended;            /* it ran to its end */
    bool succeeded, found; /* found: it succeeded, and somebody should look */
    const char *counts, *problem;
    OutboxAlertList alerts; /* of the job alerts */
    int64_t elapsed_us;
} ScheduleRun;
typedef VEC(ScheduleRun) ScheduleRunList;
void report_schedule_runs(Report *report, const ScheduleRunList *list, const ScheduleStatus *then);

/* The next slots of some jobs, each with what the clocks of its zone show. */
typedef struct SchedulePreview {
    const Job *job;
    int64_t slot;
} SchedulePreview;
typedef VEC(SchedulePreview) SchedulePreviewList;
void report_schedule_preview(Report *report, const SchedulePreviewList *list);

#endif
