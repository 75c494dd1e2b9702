/* One revision for people: the summary and the guide of a review pack. Every fact in them comes
 * from a run of it in scratch. */
#ifndef REPORT_DOSSIER_H
#define REPORT_DOSSIER_H

#include "prove/rehearse.h"
#include "report/report.h"

typedef struct Dossier {
    Engine engine;
    int version; /* of the scratch server, as db_version gives it; 0: SQLite */
    const Revision *revision;
    const Rehearsal *rehearsal;
    const RevisionRehearsal *result;
    const CheckList *generated;
    const Script *up, *down;    /* `down` NULL: there is none */
    const TableSizeList *sizes; /* of the target; empty: not known */
    const char *options;        /* " --target prod": how rung is called for this target */
} Dossier;

/* Tables with what hangs on them, counts of the rest, times, checks: a page of plain text. */
void report_summary(const Dossier *dossier, Text *text);

/* The guide, in Markdown. The same revision gives the same bytes on the same server. */
void report_guide(const Dossier *dossier, Text *text);

/* "under a second", "2 to 20 s": a duration that does not change from run to run. */
const char *report_rough_time(Arena *arena, double seconds);

#endif
