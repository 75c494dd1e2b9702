/* How many wait to be erased, and what needs somebody. */
#ifndef LIFECYCLE_SURVEY_H
#define LIFECYCLE_SURVEY_H

#include "lifecycle/outbox.h"

typedef struct SubjectSurvey {
    const char *name;
    int64_t pending; /* requests, those that are due too */
    int64_t ready;   /* of these: due */
    int64_t purging;
    int64_t failing; /* of all: failed, and will be tried again */
    int64_t held;    /* of all: due, and kept by a hold or by rows that restrict it */
    int64_t next_due_at;
    double days; /* that remain to the pending ones on average; below 0: over */
} SubjectSurvey;

typedef struct SurveyAlert {
    const char *kind; /* of survey_alert_kind */
    const char *text;
    const char *doc;  /* what it means */
    const char *hint; /* what to do */
} SurveyAlert;

typedef struct Survey {
    VEC(SubjectSurvey) subjects;
    SubjectSurvey all;
    int64_t holds, policies;
    int64_t last_purge_at; /* seconds since 1970, when one ended well; 0: never */
    OutboxCounts outbox;
    VEC(SurveyAlert) alerts;
} Survey;

/* Every kind of alert, with what it means and what to do; NULL behind the last. */
typedef struct SurveyAlertKind {
    const char *kind, *doc, *hint;
} SurveyAlertKind;
const SurveyAlertKind *survey_alert_kind(size_t index);

/* Adds one; `kind` is constant, `text` in `arena`. */
void survey_alert(Arena *arena, Survey *survey, const char *kind, const char *text);

/* What should have been done by now, what grows, and what the last look of a check found. */
Code survey_over_time(Life *life, Arena *arena, Survey *survey, Error *error);

/* Reads all of it; rung's tables are there. */
Code survey_read(Life *life, Arena *arena, Survey *ret_survey, Error *error);

/* What was not delivered: an alert. */
Code survey_outbox(Life *life, Arena *arena, Survey *survey, Error *error);

/* What is wrong with one subject's guards, and requests whose row is gone: of these an alert. */
Code survey_subject(Life *life, Arena *arena, const Subject *subject, Survey *survey, Error *error);

#endif
