/* SQLite's plans as a script for sqlite3.
 *
 * Plain SQL cannot ask a question and stop: a row for a temporary table whose CHECK refuses it
 * does. Its name is what sqlite3 prints. PRAGMA foreign_keys has no effect inside a transaction
 * (SQLite manual, "Foreign Key Support" 2), and BEGIN fails inside one. */
#include "plan/sqlite.h"
#include "sql/quote.h"

static void add_check(Text *text, const char *column, const char *title, const char *condition)
{
    text_print(text, "%s CONSTRAINT ", column);
    sql_add_name(text, title);
    text_print(text, " CHECK (%s %s)", column, condition);
}

static void print_prechecks(const Plan *plan, Text *text)
{
    size_t count = plan->prechecks.count;
    if (!count)
        return;
    text_put(text, "-- stops here if rows are in the way\nCREATE TEMP TABLE rung_check (");
    for (size_t i = 0; i < count; i++) {
        const char *column = arena_print(plan->arena, "c%zu", i + 1);
        text_put(text, i ? ",\n    " : "\n    ");
        add_check(text, column, plan->prechecks.at[i].title, "= 0");
    }
    text_put(text, "\n);\nINSERT INTO rung_check VALUES (");
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s(%s)", i ? ",\n    " : "\n    ", plan->prechecks.at[i].sql);
    text_put(text, "\n);\nDROP TABLE temp.rung_check;\n");
}

static void print_before(const Plan *plan, Text *text)
{
    text_print(text, "CREATE TEMP TABLE rung_before AS SELECT count(*) AS broken\nFROM %s;\n",
               lite_key_check(plan->arena, plan->from));
}

static void print_after(const Plan *plan, Text *text)
{
    text_put(text, "-- stops here if a row's foreign key leads nowhere that led somewhere before\n"
                   "CREATE TEMP TABLE rung_after (\n    ");
    add_check(text, "more", "foreign keys: PRAGMA foreign_key_check lists the rows", "<= 0");
    text_print(text,
               "\n);\nINSERT INTO rung_after SELECT count(*) - (SELECT broken FROM rung_before)\n"
               "FROM %s;\nDROP TABLE temp.rung_after;\nDROP TABLE temp.rung_before;\n",
               lite_key_check(plan->arena, plan->to));
}

void lite_print(const Plan *plan, Text *text)
{
    bool keys = plan->rebuilds &&
                (lite_has_keys(plan->arena, plan->from) || lite_has_keys(plan->arena, plan->to));
    if (plan->rebuilds)
        text_put(text, "-- for sqlite3 -bail, which stops at the first error\n"
                       "PRAGMA foreign_keys = OFF;\n");
    text_put(text, "BEGIN IMMEDIATE;\n");
    print_prechecks(plan, text);
    if (keys)
        print_before(plan, text);
    for (size_t i = 0; i < plan->steps.count; i++)
        plan_print_step(&plan->steps.at[i], text);
    if (keys)
        print_after(plan, text);
    text_put(text, "COMMIT;\n");
    if (plan->rebuilds)
        text_put(text, "-- where they are to be off, leave this out\nPRAGMA foreign_keys = ON;\n");
}
