/* What the two files of hazards share. */
#ifndef REPORT_HAZARDS_FORMS_H
#define REPORT_HAZARDS_FORMS_H

#include "report/hazards.h"

/* "1 error, 2 warnings, …" */
void hazards_summary(const HazardReport *hazards, Text *text);

void hazards_json(Report *report, const HazardReport *hazards);
void hazards_junit(Report *report, const HazardReport *hazards);
void hazards_sarif(Report *report, const HazardReport *hazards);

#endif
