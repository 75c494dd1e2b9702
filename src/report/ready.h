/* Whether everything is ready, check by check. */
#ifndef REPORT_READY_H
#define REPORT_READY_H

#include "report/report.h"

typedef struct ReadyCheck {
    const char *name;
    bool ok;
    const char *detail; /* what is wrong and what to do, without names of files; NULL */
    const char *note;   /* more of it, for the machine's own people; NULL */
} ReadyCheck;
typedef VEC(ReadyCheck) ReadyList;

void report_ready(Report *report, const ReadyList *list);

#endif
