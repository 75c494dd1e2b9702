/* SQLite's plans: what is altered, what is rebuilt, and in which order. */
#include "lite.h"

static void equal_catalogs_need_nothing(void **state)
{
    assert_string_equal(
        lite_steps(*state, "CREATE TABLE t (a INT)\nCREATE VIEW v AS SELECT a FROM t",
                   "CREATE TABLE T(\"a\" int)\nCREATE VIEW v AS select a FROM t", NULL),
        "");
}

static void alter_table_does_what_it_can(void **state)
{
    static const struct {
        const char *from, *to, *steps;
    } cases[] = {
        {"(a)", "(a, b TEXT DEFAULT 'x')", "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x';\n"},
        {"(a)", "(a, b NOT NULL DEFAULT -1)", "ALTER TABLE t ADD COLUMN b NOT NULL DEFAULT -1;\n"},
        {"(a)", "(a, b AS (a + 1))", "ALTER TABLE t ADD COLUMN b AS (a + 1);\n"},
        {"(a)", "(a, b REFERENCES p)", "ALTER TABLE t ADD COLUMN b REFERENCES p;\n"},
        {"(a)", "(b, a)", "ALTER TABLE t ADD COLUMN b;\n"},
        {"(a, b)", "(a)", "ALTER TABLE t DROP COLUMN b;\n"},
        {"(a, b)", "(a, c)", "ALTER TABLE t DROP COLUMN b;\nALTER TABLE t ADD COLUMN c;\n"},
        {"(a, b)", "(A, b)", "ALTER TABLE t RENAME COLUMN a TO A;\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(lite_steps(*state,
                                       arena_print(*state, "CREATE TABLE t %s", cases[i].from),
                                       arena_print(*state, "CREATE TABLE t %s", cases[i].to), NULL),
                            cases[i].steps);
}

static void what_alter_table_refuses_is_a_rebuild(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"(a)", "(a, b UNIQUE)"},
        {"(a)", "(a, b PRIMARY KEY)"},
        {"(a)", "(a, b NOT NULL)"},
        {"(a)", "(a, b AS (a) STORED)"},
        {"(a)", "(a, b DEFAULT CURRENT_DATE)"},
        {"(a)", "(a, b DEFAULT (1 + 1))"},
        {"(a)", "(a, b DEFAULT 1 REFERENCES p)"},
        {"(a) STRICT", "(a, b INTEGER DEFAULT 'x') STRICT"},
        {"(a, b UNIQUE)", "(a)"},
        {"(a, b, CHECK (b > 0))", "(a)"},
        {"(a, /* , */ b)", "(a)"},
        {"(a)", "(b)"},
        {"(a TEXT)", "(a VARCHAR(255))"},
        {"(a TEXT)", "(a TEXT COLLATE NOCASE)"},
        {"(a TEXT) ", "(a TEXT) STRICT"},
        {"(a, UNIQUE (a))", "(a, UNIQUE (a) ON CONFLICT FAIL)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Plan *plan = lite_plan(*state, arena_print(*state, "CREATE TABLE t %s", cases[i].from),
                               arena_print(*state, "CREATE TABLE t %s", cases[i].to), NULL);
        if (!plan->rebuilds)
            fail_msg("%s to %s is no rebuild", cases[i].from, cases[i].to);
    }
}

static void a_rebuild_keeps_rowids_sequence_indexes_and_triggers(void **state)
{
    assert_string_equal(
        lite_steps(
            *state,
            "CREATE TABLE t (a)\nCREATE INDEX i ON t (a)\nCREATE TRIGGER r AFTER INSERT ON t "
            "BEGIN SELECT 1; END\nCREATE VIEW v AS SELECT a FROM t",
            "CREATE TABLE t (a NOT NULL)\nCREATE INDEX i ON t (a)\nCREATE TRIGGER r AFTER "
            "INSERT ON t BEGIN SELECT 1; END\nCREATE VIEW v AS SELECT a FROM t",
            NULL),
        "PRAGMA legacy_alter_table = ON;\n"
        "CREATE TABLE new_t (a NOT NULL);\n"
        "INSERT INTO new_t (rowid, a)\nSELECT rowid, a FROM t;\n"
        "DROP TABLE t;\n"
        "ALTER TABLE new_t RENAME TO t;\n"
        "PRAGMA legacy_alter_table = OFF;\n"
        "CREATE INDEX i ON t (a);\n"
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;\n");
    assert_contains(lite_steps(*state, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
                               "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a UNIQUE)",
                               NULL),
                    "INSERT INTO sqlite_sequence (name, seq)\n"
                    "SELECT 'new_t', seq FROM sqlite_sequence WHERE name = 't';\n");
}

static void rowids_are_copied_under_a_name_that_is_free(void **state)
{
    assert_contains(lite_steps(*state, "CREATE TABLE t (rowid, a)",
                               "CREATE TABLE t (rowid, a, oid UNIQUE)", NULL),
                    "(_rowid_, rowid, a)\nSELECT _rowid_, rowid, a FROM");
    assert_contains(lite_steps(*state, "CREATE TABLE t (a)",
                               "CREATE TABLE t (id INTEGER PRIMARY KEY, a)", NULL),
                    "(id, a)\nSELECT rowid, a FROM");
    assert_contains(lite_steps(*state, "CREATE TABLE t (k TEXT PRIMARY KEY, a)",
                               "CREATE TABLE t (k TEXT PRIMARY KEY, a) WITHOUT ROWID", NULL),
                    "(k, a)\nSELECT k, a FROM");
}

static void order_of_columns_counts_when_it_is_asked_for(void **state)
{
    const char *from = "CREATE TABLE t (a, b)", *to = "CREATE TABLE t (b, a)";
    PlanOptions options = {.column_order = COLUMN_ORDER_REBUILD};
    assert_string_equal(lite_steps(*state, from, to, NULL), "");
    assert_contains(lite_steps(*state, from, to, &options), "SELECT rowid, b, a FROM t");
    options.column_order = COLUMN_ORDER_REPORT;
    Plan *plan = lite_plan(*state, from, to, &options);
    assert_int_equal(plan->refusals.count, 1);
    assert_contains(plan->refusals.at[0].reason, "another order");
}

static void views_and_triggers_step_aside_for_a_dropped_column(void **state)
{
    const char *rest = "CREATE VIEW v AS SELECT a FROM t\nCREATE VIEW w AS SELECT a FROM v\n"
                       "CREATE VIEW x AS SELECT 1\nCREATE VIEW broken AS SELECT 1 FROM nowhere";
    assert_string_equal(
        lite_steps(*state, arena_print(*state, "CREATE TABLE t (a, b)\n%s", rest),
                   arena_print(*state, "CREATE TABLE t (a)\n%s", rest), NULL),
        "DROP VIEW broken;\nDROP VIEW v;\nDROP VIEW w;\nALTER TABLE t DROP COLUMN b;\n"
        "CREATE VIEW broken AS SELECT 1 FROM nowhere;\nCREATE VIEW v AS SELECT a FROM t;\n"
        "CREATE VIEW w AS SELECT a FROM v;\n");
}

static void renames_are_done_by_name_and_rewrite_what_holds_it(void **state)
{
    const Rename renames[] = {{"users", "members"}, {"mail", "members/email"}};
    PlanOptions options = {.renames = renames, .rename_count = COUNT(renames)};
    assert_string_equal(
        lite_steps(*state,
                   "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT CHECK (mail > ''))\n"
                   "CREATE INDEX i ON users (mail)\n"
                   "CREATE TABLE posts (u REFERENCES users (id), users)",
                   "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT CHECK (email > ''))\n"
                   "CREATE INDEX i ON members (email)\n"
                   "CREATE TABLE posts (u REFERENCES members (id), users)",
                   &options),
        "ALTER TABLE users RENAME TO members;\n"
        "ALTER TABLE members RENAME COLUMN mail TO email;\n");
}

static void a_rename_of_nothing_is_refused(void **state)
{
    const Rename renames[] = {{"x", "t/nothing"}, {"nobody", "t"}};
    PlanOptions options = {.renames = renames, .rename_count = COUNT(renames)};
    Plan *plan =
        lite_plan(*state, "CREATE TABLE t (a)", "CREATE TABLE t (a)\nCREATE TABLE u (a)", &options);
    assert_int_equal(plan->refusals.count, 2);
}

static void losses_are_told_and_refused_when_asked(void **state)
{
    const char *from = "CREATE TABLE t (a, b)\nCREATE TABLE gone (a)", *to = "CREATE TABLE t (a)";
    PlanOptions options = {.refuse_loss = true};
    Plan *plan = lite_plan(*state, from, to, NULL);
    assert_true(plan->steps.at[0].loses_data);
    assert_string_equal(plan->steps.at[0].note, "gone: its rows");
    assert_string_equal(plan->steps.at[1].note, "t.b: its values");
    plan = lite_plan(*state, from, to, &options);
    assert_int_equal(plan->refusals.count, 2);
}

static void kinds_that_are_ignored_stay_as_they_are(void **state)
{
    PlanOptions options = {0};
    options.ignored[KIND_LITE_TRIGGER] = true;
    const char *steps = lite_steps(
        *state, "CREATE TABLE t (a)\nCREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TABLE t (a UNIQUE)\nCREATE TRIGGER s AFTER INSERT ON t BEGIN SELECT 2; END",
        &options);
    assert_contains(steps, "CREATE TRIGGER r ");
    assert_lacks(steps, "CREATE TRIGGER s ");
}

static void a_key_is_never_numbered_in_silence(void **state)
{
    const char *key = "CREATE TABLE t (a INTEGER PRIMARY KEY)";
    assert_contains(lite_steps(*state, "CREATE TABLE t (a INTEGER)", key, NULL),
                    "SELECT ifnull(a, 'no key') FROM t");
    assert_contains(lite_steps(*state, "CREATE TABLE t (a INTEGER NOT NULL)", key, NULL),
                    "SELECT a FROM t");
}

static bool has_check(const Plan *plan, const char *title)
{
    for (size_t i = 0; i < plan->prechecks.count; i++)
        if (strcmp(plan->prechecks.at[i].title, title) == 0)
            return true;
    return false;
}

static void rows_are_asked_before_the_first_step(void **state)
{
    static const struct {
        const char *from, *to, *title;
    } cases[] = {
        {"(a)", "(a NOT NULL)", "t.a: rows that are NULL"},
        {"(a)", "(a, b NOT NULL)", "t.b: rows, which would have no value"},
        {"(a)", "(a UNIQUE)", "t: values of (a) that stand in several rows"},
        {"(a UNIQUE)", "(a UNIQUE COLLATE NOCASE)", "t: values of (a) that stand in several rows"},
        {"(a)", "(a CHECK (a > 0))", "t: rows that CHECK (a > 0) refuses"},
        {"(a)", "(a, b CHECK (b IS NOT NULL))", "t: rows that CHECK (b IS NOT NULL) refuses"},
        {"(a)", "(a REFERENCES p)", "t: rows without their row of p"},
        {"(a TEXT)", "(a INT) STRICT", "t.a: values that are no int"},
        {"(a INTEGER)", "(a REAL)", "t.a: integers that a real number cannot hold"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *parent = "CREATE TABLE p (id INTEGER PRIMARY KEY)\nCREATE TABLE t ";
        Plan *plan = lite_plan(*state, arena_print(*state, "%s%s", parent, cases[i].from),
                               arena_print(*state, "%s%s", parent, cases[i].to), NULL);
        if (!has_check(plan, cases[i].title))
            fail_msg("%s is not asked", cases[i].title);
    }
    Plan *same = lite_plan(*state, "CREATE TABLE t (a NOT NULL UNIQUE CHECK (a > 0))",
                           "CREATE TABLE t (a NOT NULL UNIQUE CHECK (a > 0) DEFAULT 1)", NULL);
    assert_int_equal(same->prechecks.count, 0);
}

static void changes_are_listed_once_each(void **state)
{
    Plan *plan = lite_plan(
        *state, "CREATE TABLE t (a)\nCREATE TABLE gone (a)\nCREATE INDEX i ON t (a)",
        "CREATE TABLE t (a UNIQUE)\nCREATE TABLE fresh (a)\nCREATE INDEX i ON t (a)", NULL);
    assert_int_equal(plan->changes.count, 4);
    assert_int_equal(plan->changes.at[0].type, CHANGE_CREATE);
    assert_int_equal(plan->changes.at[1].type, CHANGE_ALTER);
    assert_int_equal(plan->changes.at[1].fields, field_bit(KIND_LITE_TABLE, "columns"));
    assert_int_equal(plan->changes.at[2].type, CHANGE_DROP);
    assert_true(plan->changes.at[3].caused);
}

static void virtual_tables_carry_their_rows_over(void **state)
{
    const char *steps = lite_steps(*state, "CREATE VIRTUAL TABLE f USING fts5 (a, b)",
                                   "CREATE VIRTUAL TABLE f USING fts5 (a, c)", NULL);
    assert_contains(steps, "INSERT INTO new_f (rowid, a)\nSELECT rowid, a FROM f;\n");
    const char *content = "CREATE TABLE t (a, b)\nCREATE VIRTUAL TABLE f USING fts5";
    steps = lite_steps(*state, arena_print(*state, "%s (a, content=t)", content),
                       arena_print(*state, "%s (a, b, content=t)", content), NULL);
    assert_contains(steps, "INSERT INTO f (f) VALUES ('rebuild');\n");
    assert_lacks(steps, "new_f");
}

RUN_TESTS(TEST(equal_catalogs_need_nothing), TEST(alter_table_does_what_it_can),
          TEST(what_alter_table_refuses_is_a_rebuild),
          TEST(a_rebuild_keeps_rowids_sequence_indexes_and_triggers),
          TEST(rowids_are_copied_under_a_name_that_is_free),
          TEST(order_of_columns_counts_when_it_is_asked_for),
          TEST(views_and_triggers_step_aside_for_a_dropped_column),
          TEST(renames_are_done_by_name_and_rewrite_what_holds_it),
          TEST(a_rename_of_nothing_is_refused), TEST(losses_are_told_and_refused_when_asked),
          TEST(kinds_that_are_ignored_stay_as_they_are), TEST(a_key_is_never_numbered_in_silence),
          TEST(rows_are_asked_before_the_first_step), TEST(changes_are_listed_once_each),
          TEST(virtual_tables_carry_their_rows_over))
