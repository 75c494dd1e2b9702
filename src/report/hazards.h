/* Hazards, whoever found them, in the forms that people and their pipelines read. */
#ifndef REPORT_HAZARDS_H
#define REPORT_HAZARDS_H

#include "lint/hazard.h"
#include "report/report.h"

typedef enum {
    HAZARDS_TEXT,
    HAZARDS_JSON,
    HAZARDS_MARKDOWN,
    HAZARDS_JUNIT,
    HAZARDS_SARIF,
    HAZARDS_GITHUB
} HazardFormat;

/* A rule that was asked, for the forms that list them. */
typedef struct HazardRule {
    const char *name, *title, *why, *fix;
    Severity severity;
} HazardRule;

typedef struct HazardReport {
    const char *verb; /* "lint" */
    const HazardList *hazards;
    VEC(const char *) files; /* that were judged, each once */
    VEC(HazardRule) rules;
    size_t statements, ignored;
    bool strict; /* every hazard stands in the way, not only errors */
} HazardReport;

/* The index of `format` in "text, json, markdown, junit, sarif, github" is its HazardFormat. */
extern const char *const hazard_formats[];
extern const char hazard_format_words[];

/* Writes all of them, and the counts. */
void report_hazards(Report *report, const HazardReport *hazards, HazardFormat format);

/* What a report of something else says of those that it found: the worst first, without the
 * statements; and as JSON. */
void report_hazard_list(const HazardList *hazards, bool markdown, Text *text);
Value *report_hazard_values(const HazardList *hazards);

size_t hazards_count(const HazardList *hazards, Severity severity);

/* Whether one of them stands in the way. */
bool hazards_stop(const HazardReport *hazards);

#endif
