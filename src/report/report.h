/* Results as text for people and as JSON. A report is one or the other, as it was asked for. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "apply/check.h"
#include "apply/run.h"
#include "base/text.h"
#include "base/value.h"
#include "plan/plan.h"

typedef struct Report {
    bool json;
    bool verbose;
    Text text;
    size_t count; /* revisions that were run, written or listed */
} Report;

/* Ends a report: `value` is written as the document and freed. */
void report_document(Report *report, Value *value);

/* "PostgreSQL 15.18", in `buffer`. */
const char *report_server(Engine engine, int version, char *buffer, size_t size);

/* "(head, current)" and the like, from what is known of a revision. */
typedef struct RevisionMarks {
    const Graph *graph;
    const RevisionSet *applied; /* NULL: not known */
} RevisionMarks;

/* One line a revision, in the order given; `empty` is said when there is none. */
void report_revisions(Report *report, const RevisionMarks *marks, const RevisionList *list,
                      const char *empty);

/* One revision with its text. */
void report_show(Report *report, const RevisionMarks *marks, const Revision *revision,
                 const char *body, size_t length);

typedef struct StatusReport {
    const char *target;
    const DbUrl *url;
    int server_version;
    const RunPlan *plan; /* what `upgrade heads` would run */
    RevisionList heads;  /* of the folder */
    RevisionList current;
    RevisionList edited;
    VEC(const char *) unknown; /* ids in the database that no file has */
    size_t files;
} StatusReport;
void report_status(Report *report, const StatusReport *status);

/* What check found: one line each. */
typedef struct Finding {
    const char *kind; /* "pending", "unknown", "edited", "half-done", "log", "heads", "drift",
                         "schema", "lifecycle" */
    const char *revision, *text;
} Finding;
typedef VEC(Finding) FindingList;
void report_findings(Report *report, const FindingList *findings, const char *good);

void report_log(Report *report, const LogList *log);

/* `verb` is "applied" or "undone"; `now` is where the database is. */
void report_run(Report *report, const RunSummary *summary, const char *verb,
                const RevisionList *now);

/* The plan of --dry-run: revisions, steps, statements. */
void report_plan_start(Report *report, Value **ret_list);
void report_plan_revision(Report *report, Value *list, const Script *script);
void report_plan_end(Report *report, Value *list, size_t count);

typedef struct RevisionChecks {
    const Revision *revision;
    VEC(CheckResult) results;
} RevisionChecks;
typedef VEC(RevisionChecks) ValidationList;

/* Those that a plan gave, beside a revision's own: told by their number, and one by one when they
 * fail. */
typedef struct GeneratedChecks {
    const Plan *plan;
    VEC(CheckResult) results;
} GeneratedChecks;

/* Returns how many failed. `generated` may be NULL; `plans`: those of uses-index checks are shown.
 */
size_t report_validation(Report *report, const ValidationList *validation,
                         const GeneratedChecks *generated, bool plans);

/* The same checks as a script that psql or sqlite3 runs without rung. Nothing is changed by it. */
void report_validation_sql(Report *report, Engine engine, const Revision *revision,
                           const RevisionChecks *own, const CheckList *generated);
Value *report_check_values(const ValidationList *validation);

/* Files that were written, and the revision that was marked as applied (NULL: none). */
typedef struct WrittenReport {
    VEC(const char *) paths;
    const char *revision; /* id of the new revision; NULL: none */
    bool stamped;
    const char *nothing; /* said when no file was written */
} WrittenReport;
void report_written(Report *report, const WrittenReport *written);

#endif
