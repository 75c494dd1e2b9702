/* The figures of the lifecycle for those who watch it: one statement, which reads what is open and
 * what was added up, and nothing else. */
#ifndef LIFECYCLE_METRICS_H
#define LIFECYCLE_METRICS_H

#include "lifecycle/life.h"

typedef struct QueueFigures {
    const char *subject;
    int64_t pending;     /* open requests that have not begun */
    int64_t overdue;     /* due, not erased, and not held */
    int64_t purging;     /* begun */
    int64_t failing;     /* failed, and will be tried again */
    int64_t held;        /* due, and kept */
    int64_t overdue_for; /* seconds that the oldest of `overdue` is due */
} QueueFigures;

/* Records of the audit that are alike. */
typedef struct TotalFigures {
    const char *action, *policy, *table; /* "" where the record has none */
    int64_t events, rows, subjects;
    int64_t at; /* the last one: seconds since 1970 */
} TotalFigures;

/* See lifecycle/measure.h. */
typedef struct MeasureFigures {
    const char *name, *policy, *label;
    int64_t number, at;
} MeasureFigures;

typedef struct Metrics {
    VEC(QueueFigures) queues;
    VEC(TotalFigures) totals;
    VEC(MeasureFigures) measures;
    int64_t holds;
    int64_t audit_records;
    int64_t heartbeat; /* of the scheduler: seconds since 1970; 0: none */
    int64_t now;       /* of the database */
} Metrics;

/* Only the database of `life` is used. RUNG_UNKNOWN with the command when tables are missing. */
Code metrics_read(Life *life, Arena *arena, Metrics *ret_metrics, Error *error);

/* When all of the policy ended well the last time, by the audit; 0: never. */
int64_t metrics_purged_at(const Metrics *metrics, const char *subject);
int64_t metrics_retained_at(const Metrics *metrics, const char *policy);

/* The number of a measure, and when it was written; 0 and 0 if it never was. */
int64_t metrics_measure(const Metrics *metrics, const char *name, const char *label,
                        int64_t *ret_at);

/* RUNG_UNKNOWN, naming the command, when the database has rung's tables, and not those of this
 * file, because it was prepared by an earlier version. */
Code metrics_require(Life *life, Error *error);

#endif
