/* Mail and webhooks that wait to be sent, or were. */
#ifndef REPORT_OUTBOX_H
#define REPORT_OUTBOX_H

#include "lifecycle/outbox.h"
#include "report/report.h"

/* Without addresses. JSON has messages and counts. */
void report_outbox(Report *report, const OutboxList *list, const OutboxCounts *counts);

/* `sent`: what was sent is counted, too. */
Value *outbox_counts_value(const OutboxCounts *counts, bool sent);

/* For who sends them: JSON alone has what stands in them. `wait` seconds until the next; -1: none.
 */
void report_outbox_taken(Report *report, const OutboxList *list, const char *holder,
                         int64_t lease_seconds, int64_t wait);

/* What became of one. */
void report_outbox_state(Report *report, int64_t id, const char *state, int64_t wait);

/* An alert is told. */
void report_outbox_alert(Report *report, const char *mark);

void report_outbox_tended(Report *report, int64_t reminders);

#endif
