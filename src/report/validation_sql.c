/* Checks as a script for psql or sqlite3: a line with PASS or FAIL each. */
#include "report/report.h"
#include "sql/quote.h"

typedef struct Out {
    Text *text;
    bool sqlite;
} Out;

static void add_constant(Out *out, const char *text)
{
    sql_add_constant(out->text, text);
}

/* "PASS  title: found/expected" of a query with one row. */
static void put_truth(Out *out, const Check *check, size_t columns)
{
    const char *names = columns > 2 ? "ok, found, expected" : columns > 1 ? "ok, found" : "ok";
    text_print(
        out->text,
        "WITH answer (%s%s) AS (\n%.*s\n)\nSELECT coalesce((SELECT CASE WHEN ok THEN 'PASS' ELSE "
        "'FAIL' END || '  ' || ",
        names, columns > 3 ? ", more" : "", (int)check->length, check->sql);
    add_constant(out, check->title);
    if (columns > 1)
        text_put(out->text, " || ': ' || found");
    if (columns > 2)
        text_put(out->text, " || '/' || expected");
    text_put(out->text, " FROM answer), 'FAIL  ' || ");
    add_constant(out, check->title);
    text_put(out->text, ");\n");
}

static void put_none(Out *out, const Check *check)
{
    text_print(out->text, "SELECT CASE WHEN count(*) = 0 THEN 'PASS' ELSE 'FAIL' END || '  ' || ");
    add_constant(out, check->title);
    text_print(out->text, " FROM (\n%.*s\n) AS answer;\n", (int)check->length, check->sql);
}

/* A plan cannot be asked for inside a query: a function of this session does it. */
static void put_plan(Out *out, const Check *check)
{
    if (out->sqlite) {
        text_print(out->text, "SELECT '      ' || ");
        add_constant(out, check->title);
        text_print(out->text, " || ': the plan below must name %s';\nEXPLAIN QUERY PLAN %.*s;\n",
                   check->uses_index, (int)check->length, check->sql);
        return;
    }
    Text query = TEXT_EMPTY;
    text_add(&query, check->sql, check->length);
    text_put(out->text, "SELECT CASE WHEN pg_temp.rung_plan(");
    add_constant(out, text_string(&query));
    text_put(out->text, ") LIKE ");
    add_constant(out, "%");
    text_put(out->text, " || ");
    add_constant(out, check->uses_index);
    text_put(out->text, " || '%' THEN 'PASS' ELSE 'FAIL' END || '  ' || ");
    add_constant(out, check->title);
    text_put(out->text, ";\n");
    text_done(&query);
}

static void put_check(Out *out, const Check *check, size_t columns)
{
    text_char(out->text, '\n');
    if (check->uses_index)
        put_plan(out, check);
    else if (check->none)
        put_none(out, check);
    else
        put_truth(out, check, columns);
}

static const char plan_function[] =
    "\nCREATE FUNCTION pg_temp.rung_plan(query text) RETURNS text LANGUAGE plpgsql AS $$\n"
    "DECLARE line text; whole text := '';\n"
    "BEGIN\n"
    "    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', "
    "true);\n"
    "    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP\n"
    "        whole := whole || line || E'\\n';\n"
    "    END LOOP;\n"
    "    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true);\n"
    "    RETURN whole;\n"
    "END $$;\n";

void report_validation_sql(Report *report, Engine engine, const Revision *revision,
                           const RevisionChecks *own, const CheckList *generated)
{
    Out out = {&report->text, engine == ENGINE_SQLITE};
    bool plans = false;
    for (size_t i = 0; i < own->results.count; i++)
        plans |= own->results.at[i].check->uses_index != NULL;
    text_print(out.text, "-- checks of revision %s%s%s, for %s\n", revision->id,
               revision->message[0] ? ": " : "", revision->message,
               out.sqlite ? "sqlite3" : "psql -X -q -A -t");
    text_put(out.text,
             "-- Each line that it prints begins with PASS or FAIL. Nothing is changed.\n");
    if (plans && !out.sqlite)
        text_put(out.text, plan_function);
    for (size_t i = 0; i < own->results.count; i++)
        put_check(&out, own->results.at[i].check, own->results.at[i].rows.columns);
    for (size_t i = 0; i < generated->count; i++)
        put_check(&out, &generated->at[i], 1);
}
