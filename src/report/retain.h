/* What retention removed, or would remove, and rows that have lost those above them. */
#ifndef REPORT_RETAIN_H
#define REPORT_RETAIN_H

#include "lifecycle/retain.h"
#include "report/report.h"

/* `dry`: nothing was changed. */
void report_retain(Report *report, const RetainReport *retain, bool dry);

/* One line for each policy; `last` has as many. */
void report_policies(Report *report, const Lifecycle *policy, const RetainLast *last);

void report_orphans(Report *report, const RetainLooseList *list);

#endif
