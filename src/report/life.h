/* What the lifecycle has to say: requests, holds, the audit. Times are UTC. */
#ifndef REPORT_LIFE_H
#define REPORT_LIFE_H

#include "lifecycle/audit.h"
#include "lifecycle/erasure.h"
#include "lifecycle/hold.h"
#include "lifecycle/survey.h"
#include "report/report.h"

/* Rung's tables are there, so many subjects guarded, so many requests taken over. */
void report_erase_init(Report *report, size_t subjects, int64_t adopted);

/* So many subjects are not guarded any more. */
void report_erase_unguard(Report *report, size_t subjects);

/* One request, as it is now. JSON has requested_at, deletion_date, days_remaining, message, state,
 * subject, key. */
void report_erasure(Report *report, const Erasure *erasure);

/* There is a row, and nobody asked. */
void report_no_erasure(Report *report, const char *subject, const char *key);

void report_erasures(Report *report, const ErasureList *list);

/* `verb` is "held" or "released". */
void report_hold(Report *report, const char *verb, const HoldEntry *entry);

/* `list`: those in force as conditions, of which the policies are shown. */
void report_holds(Report *report, const HoldEntryList *entries, const HoldList *list);

void report_audit_check(Report *report, const AuditCheck *check);
void report_audit_log(Report *report, const AuditRecordList *list);

/* The head that the file outside has now; `path` NULL: there is no such file. */
void report_audit_anchor(Report *report, const char *path, const AuditCheck *check);

void report_survey(Report *report, const Survey *survey);

#endif
