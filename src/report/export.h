/* Exports, and erasures that a restore undid. */
#ifndef REPORT_EXPORT_H
#define REPORT_EXPORT_H

#include "lifecycle/export.h"
#include "lifecycle/ledger.h"
#include "report/report.h"

void report_export(Report *report, const ExportResult *result);

/* `expired`: the rows are those that were removed. */
void report_exports(Report *report, const ExportList *list, bool expired);

void report_replay(Report *report, const LedgerReplay *replay);

#endif
