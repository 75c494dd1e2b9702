/* Catalogs, and the plans between them, as text. */
#ifndef REPORT_CATALOG_H
#define REPORT_CATALOG_H

#include "plan/plan.h"
#include "report/report.h"

typedef enum { DIFF_SQL, DIFF_JSON, DIFF_SUMMARY } DiffFormat;

/* The difference; as SQL and as a summary it is empty when there is none. */
void report_diff(Report *report, const Plan *plan, DiffFormat format);

/* A plan from nothing: the schema as one SQL file. */
void report_dump(Report *report, const Plan *plan);

/* "column public.users.email": how people call an object. */
const char *report_object(Arena *arena, const Object *object);

/* "column public.users.email: why" */
const char *report_refusal(Arena *arena, const Refusal *refusal);

#endif
