/* SQLite's plans as scripts: what stands around the steps. */
#include "lite.h"

static const char *script(Arena *arena, const char *from, const char *to)
{
    Text text = TEXT_EMPTY;
    plan_print(lite_plan(arena, from, to, NULL), &text);
    const char *copy = arena_string(arena, text_string(&text));
    text_done(&text);
    return copy;
}

static void nothing_to_do_is_no_script(void **state)
{
    assert_string_equal(script(*state, "CREATE TABLE t (a)", "CREATE TABLE t (a)"), "");
}

static void a_change_in_place_is_one_transaction(void **state)
{
    assert_string_equal(script(*state, "CREATE TABLE t (a, b)", "CREATE TABLE t (a, c)"),
                        "BEGIN IMMEDIATE;\n"
                        "-- loses data: t.b: its values\n"
                        "ALTER TABLE t DROP COLUMN b;\n"
                        "ALTER TABLE t ADD COLUMN c;\n"
                        "COMMIT;\n");
}

static void a_rebuild_has_foreign_keys_off_before_it_begins(void **state)
{
    const char *text = script(*state, "CREATE TABLE t (a)", "CREATE TABLE t (a DEFAULT 1)");
    const char *off = strstr(text, "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n");
    assert_non_null(off);
    assert_non_null(strstr(off, "COMMIT;\n"));
    assert_non_null(strstr(off, "PRAGMA foreign_keys = ON;\n"));
    assert_lacks(text, "foreign_key_check");
}

static void broken_keys_stop_the_script_before_its_end(void **state)
{
    const char *child = "CREATE TABLE c (p REFERENCES p)";
    const char *text =
        script(*state, arena_print(*state, "CREATE TABLE p (id INTEGER PRIMARY KEY, a)\n%s", child),
               arena_print(*state, "CREATE TABLE p (id INTEGER PRIMARY KEY, a UNIQUE)\n%s", child));
    const char *before = strstr(text, "CREATE TEMP TABLE rung_before");
    const char *after = strstr(text, "INSERT INTO rung_after");
    assert_non_null(before);
    assert_non_null(after);
    assert_true(before < strstr(text, "DROP TABLE p;") && strstr(text, "DROP TABLE p;") < after);
    assert_true(after < strstr(text, "COMMIT;"));
}

static void keys_that_lead_to_no_unique_columns_are_not_looked_up(void **state)
{
    const char *rest =
        "CREATE TABLE x (a)\nCREATE TABLE c (p REFERENCES p)\nCREATE TABLE m (a REFERENCES x (a))";
    const char *text =
        script(*state, arena_print(*state, "CREATE TABLE p (id INTEGER PRIMARY KEY)\n%s", rest),
               arena_print(*state, "CREATE TABLE p (id INTEGER PRIMARY KEY, b UNIQUE)\n%s", rest));
    assert_contains(text, "FROM (SELECT 'c' AS name) AS t, pragma_foreign_key_check(t.name)");
}

static void prechecks_stop_the_script_by_name(void **state)
{
    const char *text = script(*state, "CREATE TABLE t (a)", "CREATE TABLE t (a NOT NULL)");
    assert_contains(text, "c1 CONSTRAINT \"t.a: rows that are NULL\" CHECK (c1 = 0)");
    assert_contains(text, "(SELECT count(*) FROM t WHERE a IS NULL)");
    assert_true(strstr(text, "rung_check") < strstr(text, "CREATE TABLE new_t"));
}

RUN_TESTS(TEST(nothing_to_do_is_no_script), TEST(a_change_in_place_is_one_transaction),
          TEST(a_rebuild_has_foreign_keys_off_before_it_begins),
          TEST(broken_keys_stop_the_script_before_its_end),
          TEST(keys_that_lead_to_no_unique_columns_are_not_looked_up),
          TEST(prechecks_stop_the_script_by_name))
