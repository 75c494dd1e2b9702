/* What the statements on tables, columns and constraints share. */
#ifndef PLAN_PG_TABLE_H
#define PLAN_PG_TABLE_H

#include "plan/planner.h"

/* "name=value" options as SQL, each with `prefix`; `more`: others stand before them. */
void add_options(Text *text, const char *prefix, const List *options, bool value, bool more);

/* ALTER … SET and RESET from one list of options to another. */
void write_options(Planner *planner, const char *alter, const char *prefix, const List *old,
                   const List *new);
void write_server_options(Planner *planner, const char *alter, const List *old, const List *new);

/* The columns in their order. */
void table_columns(const Planner *planner, const Object *table, ObjectList *ret_columns);

/* The column as CREATE TABLE and ADD COLUMN say it; `value` is its default or NULL. */
void column_add(Planner *planner, Text *text, const Column *column, const char *value, bool typed);

/* What a column has that they cannot say. */
void column_settings(Planner *planner, const Column *column);

/* ---- pg_not_null.c: the same of its NOT NULL ---- */
void not_null_add(Planner *planner, Text *text, const Column *column);
void not_null_settings(Planner *planner, const Column *column);
void alter_not_null(Planner *planner, const Pair *pair);

/* "CONSTRAINT name PRIMARY KEY (…)", and what it cannot say. */
void constraint_add(Text *text, const Constraint *constraint);
void constraint_settings(Planner *planner, const Constraint *constraint);

/* " CASCADE" for a composite type that typed tables have. */
const char *cascade_of(const Object *type);

/* The expression behind USING, or NULL when the server converts by itself. */
const char *conversion_of(Planner *planner, const Pair *column);

#endif
