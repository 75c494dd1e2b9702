/* From two sides to the plan between them: what diff, apply, autogenerate and check share. */
#ifndef API_COMPARE_H
#define API_COMPARE_H

#include "api/side.h"
#include "plan/plan.h"

/* The options that the arguments name: ignored kinds, online. */
Code compare_options(Verb *verb, PlanOptions *options, Error *error);

/* Loads both sides where that was not done yet, and plans; `down`: the way back. What was said of
 * renames (by --rename and in the schema files of `to`) counts; `options` is completed. */
Code compare_sides(Verb *verb, Side *from, Side *to, bool down, PlanOptions *options,
                   Plan **ret_plan, Error *error);

/* Tells each refusal by name. RUNG_REFUSED with this hint. */
Code compare_refuse(Verb *verb, const Plan *plan, const char *hint, Error *error);

/* ---- rename.c ---- */

/* The renames as keys of the catalogs. RUNG_USAGE when --rename names what is not there; a comment
 * in a file whose old name is gone already says nothing any more. */
Code renames_find(Verb *verb, const Catalog *from, const Catalog *to, const SchemaFiles *files,
                  PlanOptions *options, Error *error);

/* Asks at a terminal whether what goes and what comes with the same shape is one thing with a new
 * name; verb->renamed is set, and verb->asked holds it, where the answer is yes. Where nobody can
 * be asked, it tells how to say so. */
Code renames_ask(Verb *verb, const Plan *plan, Error *error);

/* The same for the way back. */
void renames_turn(Arena *arena, PlanOptions *options);

#endif
