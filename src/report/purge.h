/* What a purge removed, or would remove. */
#ifndef REPORT_PURGE_H
#define REPORT_PURGE_H

#include "lifecycle/purge.h"
#include "report/report.h"

/* `dry`: nothing was removed. */
void report_purge(Report *report, const PurgeReport *purge, bool dry);

#endif
