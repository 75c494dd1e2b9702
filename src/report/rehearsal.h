/* What a rehearsal saw. */
#ifndef REPORT_REHEARSAL_H
#define REPORT_REHEARSAL_H

#include "prove/rehearse.h"
#include "report/report.h"

typedef struct RehearsalReport {
    const Rehearsal *rehearsal; /* NULL: nothing is pending */
    Engine engine;
    const char *target, *scratch;
    const TableSizeList *sizes;
    const AppQueryList *queries;
    int64_t budget_us;
} RehearsalReport;

/* Text, Markdown, or the document when report->json. True if a hazard is over the budget. */
bool report_rehearsal(Report *report, const RehearsalReport *what, bool markdown);

/* "ACCESS EXCLUSIVE on public.users and 3 more: rewrites it": those that others notice, with
 * `before` in front of each and `between` two of them. Returns how many there are. */
size_t report_effects(const EffectList *effects, const char *before, const char *between,
                      Text *text);
#endif
