/* What counts beside a statement itself: its transaction, what was made before, what is ignored. */
#include "judge.h"

static const char orders[] =
    "CREATE TABLE customers (id bigint PRIMARY KEY, email text);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, state text, n bigint);\n"
    "CREATE VIEW open_orders AS SELECT id FROM orders;\n";

static void expect_on(Arena *arena, Judge how, const char *sql, const char *expected)
{
    how.arena = arena;
    const char *found = list_hazards(arena, judge(&how, sql));
    if (strcmp(found, expected) != 0)
        fail_msg("\n%s\nfound:    %s\nexpected: %s", sql, found, expected);
}

static void expect(void **state, const char *sql, const char *expected)
{
    Judge how = {.engine = ENGINE_POSTGRESQL, .given = orders, .today = "2026-06-30"};
    expect_on(*state, how, sql, expected);
}

static void locks_last_until_the_commit(void **state)
{
    expect(state,
           "ALTER TABLE orders ADD COLUMN a text;\nALTER TABLE customers ADD CHECK (id > 0);\n"
           "-- rung:commit\nALTER TABLE customers ADD CHECK (id > 1);",
           "2 check-validated-at-once, 2 work-under-exclusive, 4 check-validated-at-once");
    expect(state,
           "ALTER TABLE orders ADD COLUMN a text;\nVACUUM orders;\n"
           "ALTER TABLE customers ADD CHECK (id > 0);",
           "3 check-validated-at-once");
    expect(
        state,
        "ALTER TABLE orders ADD COLUMN a text;\nCREATE INDEX CONCURRENTLY i ON customers (email);",
        "2 concurrently-splits");
}

static void a_lock_that_the_statement_takes_itself_is_told_once(void **state)
{
    expect(state,
           "ALTER TABLE orders ADD COLUMN a text;\nALTER TABLE orders ALTER COLUMN state SET NOT "
           "NULL;",
           "2 not-null-scans, 2 several-alters");
}

static void tables_of_this_file_are_nobodys(void **state)
{
    expect(state,
           "CREATE TABLE t (id bigint PRIMARY KEY, a text);\nCREATE INDEX i ON t (a);\n"
           "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\nALTER TABLE t ADD CHECK (a <> '');\n"
           "-- rung:commit\nUPDATE t SET a = 'x';\nALTER TABLE t RENAME COLUMN a TO b;\n"
           "ALTER TABLE t ADD COLUMN c serial;\nTRUNCATE t;\nDROP TABLE t;",
           "8 prefer-identity");
    expect(state, "CREATE TEMP TABLE t (a text);\nCREATE INDEX i ON t (a);\nDELETE FROM t;", "");
}

static void quoted_names_and_schemas_are_told_apart(void **state)
{
    expect(state, "CREATE TABLE \"Orders\" (a text);\nCREATE INDEX i ON \"Orders\" (a);", "");
    expect(state, "CREATE SCHEMA s;\nCREATE TABLE s.orders (a text);\nDROP TABLE s.orders;", "");
    expect(state, "CREATE SCHEMA s;\nCREATE TABLE s.orders (a text);\nDROP TABLE orders;",
           "3 drop-table");
}

static void few_rows_are_no_alarm(void **state)
{
    expect(state, "UPDATE orders SET state = 'x' WHERE id = 1;", "");
    expect(state, "UPDATE orders SET state = 'x' WHERE id IN (1, 2, 3) AND state = 'y';", "");
    expect(state, "UPDATE orders SET state = 'x' WHERE state = 'y';", "1 rows-unbatched");
    expect(state, "DELETE FROM orders WHERE id = 1 OR state = 'y';", "1 rows-unbatched");
    expect(state, "INSERT INTO orders (id) VALUES (1);", "");
    expect(state, "-- rung:backfill table=orders key=id\nDELETE FROM orders WHERE state = 'y';",
           "");
}

static void a_view_of_the_old_name_keeps_the_application_going(void **state)
{
    expect(state,
           "ALTER TABLE orders RENAME TO purchases;\n"
           "CREATE VIEW orders AS SELECT * FROM purchases;",
           "");
    expect(state,
           "ALTER TABLE orders RENAME TO purchases;\n-- rung:commit\n"
           "CREATE VIEW orders AS SELECT * FROM purchases;",
           "1 rename-table");
}

static void what_is_proved_is_believed(void **state)
{
    Judge how = {.engine = ENGINE_POSTGRESQL,
                 .given =
                     "CREATE TABLE t (a text, b varchar(10), CONSTRAINT c CHECK (a IS NOT NULL));"};
    expect_on(*state, how, "ALTER TABLE t ALTER COLUMN a SET NOT NULL;", "");
    expect_on(*state, how, "ALTER TABLE t ALTER COLUMN b SET NOT NULL;", "1 not-null-scans");
    expect_on(*state, how,
              "ALTER TABLE t DROP CONSTRAINT c;\nALTER TABLE t ALTER COLUMN a SET NOT NULL;",
              "2 not-null-scans, 2 several-alters");
    expect_on(*state, how, "ALTER TABLE t ALTER COLUMN b TYPE varchar(20);", "");
    expect_on(*state, how, "ALTER TABLE t ALTER COLUMN b TYPE varchar(5);",
              "1 type-change-rewrites");
}

static void ignoring_needs_a_reason_and_ends(void **state)
{
    expect(state, "-- rung:ignore drop-table nobody reads it\nDROP TABLE orders;", "");
    expect(state, "-- rung:ignore drop-table\nDROP TABLE orders;",
           "1 ignore-without-reason, 2 drop-table");
    expect(state, "-- rung:ignore drop-table until=2026-06-30 soon\nDROP TABLE orders;", "");
    expect(state, "-- rung:ignore drop-table until=2026-06-29 soon\nDROP TABLE orders;",
           "1 ignore-expired, 2 drop-table");
    expect(state, "-- rung:ignore drop-table until=soon really\nDROP TABLE orders;",
           "1 ignore-without-reason, 2 drop-table");
    expect(state, "-- rung:ignore\nSELECT 1;", "1 ignore-without-reason");
    expect(state, "-- rung:ignore drop-column no\nDROP TABLE orders;\n-- rung:ignore drop-table no",
           "1 ignore-unused, 2 drop-table, 3 ignore-unused");
    expect(state,
           "-- rung:ignore drop-table a\n-- rung:ignore drop-cascade b\nDROP TABLE orders CASCADE;",
           "");
    expect(state, "-- rung:ignore sqlite-affinity for the other engine\nSELECT 1;", "");
}

static void text_that_cannot_be_read_is_a_finding(void **state)
{
    expect(state, "CREATE TABLE t (a text;", "1 unreadable");
    expect(state, "SELECT 'x", "1 unreadable");
    expect(state, "SELEC 1;\nDROP TABLE orders;", "1 not-parsed, 2 drop-table");
    expect(state, "", "");
}

static void sqlite_knows_what_came_before(void **state)
{
    Judge how = {.engine = ENGINE_SQLITE,
                 .given = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, \"B c\" TEXT) STRICT;\n"
                          "CREATE INDEX i ON t (\"b C\");\nCREATE TRIGGER g AFTER INSERT ON t "
                          "BEGIN SELECT 1; END;"};
    expect_on(*state, how, "ALTER TABLE t DROP COLUMN \"B C\";",
              "1 sqlite-drop-column-used, 1 drop-column");
    expect_on(*state, how, "DROP INDEX i;\nALTER TABLE t DROP COLUMN \"B C\";", "2 drop-column");
    expect_on(*state, how,
              "CREATE TABLE n (id INTEGER PRIMARY KEY) STRICT;\nDROP TABLE t;\nALTER TABLE n "
              "RENAME TO T;",
              "2 sqlite-foreign-keys, 2 sqlite-rebuild-loses");
    expect_on(*state, how, "ALTER TABLE T ADD COLUMN z TEXT NOT NULL;", "1 sqlite-required-column");
}

RUN_TESTS(TEST(locks_last_until_the_commit),
          TEST(a_lock_that_the_statement_takes_itself_is_told_once),
          TEST(tables_of_this_file_are_nobodys), TEST(quoted_names_and_schemas_are_told_apart),
          TEST(few_rows_are_no_alarm), TEST(a_view_of_the_old_name_keeps_the_application_going),
          TEST(what_is_proved_is_believed), TEST(ignoring_needs_a_reason_and_ends),
          TEST(text_that_cannot_be_read_is_a_finding), TEST(sqlite_knows_what_came_before))
