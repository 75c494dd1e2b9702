/* Catalogs, and the plans between them, as text. */
#ifndef REPORT_CATALOG_H
#define REPORT_CATALOG_H

#include "plan/plan.h"
#include "report/report.h"

typedef enum { DIFF_SQL, DIFF_JSON, DIFF_SUMMARY } DiffFormat;

/* The difference; as SQL and as a summary it is empty when there is none. */
void report_diff(Report *report, const Plan *plan, DiffFormat format);

/* "+ table public.users", "~ column public.users.email: type": one difference in a line, without a
 * newline; false, and nothing is added, for one that only goes along with another. */
bool report_change(const Plan *plan, const Change *change, Text *text);

/* "3 tables, 7 indexes, 12 policies, 2 changed, 1 dropped": what a plan does. */
void report_created(const Plan *plan, Text *text);

/* The questions as comments, then the statements. */
void report_plan_sql(const Plan *plan, Text *text);

/* The questions alone, as comments; nothing when there are none. */
void report_prechecks(const Plan *plan, Text *text);

/* The statements alone, with their notes, an empty line between those of different objects. */
void report_steps(const Plan *plan, Text *text);

/* Sections of a revision file, each headed by `heading` and a title, that prove what the plan did.
 */
void report_checks(const Plan *plan, const char *heading, Text *text);

/* What apply did, and how long it took. */
void report_applied(Report *report, const Plan *plan, int64_t elapsed_us);

/* A plan from nothing: the schema as one SQL file. */
void report_dump(Report *report, const Plan *plan);

/* "column public.users.email": how people call an object. */
const char *report_object(Arena *arena, const Object *object);

/* "Operator classes" */
const char *report_kinds(Arena *arena, KindId kind);

/* The schema as a document for people. */
void report_markdown(Report *report, const Catalog *catalog);

/* "column public.users.email: why" */
const char *report_refusal(Arena *arena, const Refusal *refusal);

#endif
