/* Foreign keys in the text of a table: what ON DELETE says is changed, and nothing else. */
#include "check.h"
#include "sql/key_text.h"

static void becomes(Arena *arena, const char *sql, size_t position, const char *action,
                    const char *expected)
{
    const char *got = NULL;
    Error error = {0};
    if (key_text_set_action(arena, sql, position, action, &got, &error))
        fail_msg("%s", error.message);
    assert_string_equal(got, expected);
}

static void leaves(Arena *arena, const char *sql, size_t position, const char *expected)
{
    const char *got = NULL;
    Error error = {0};
    if (key_text_remove(arena, sql, position, &got, &error))
        fail_msg("%s", error.message);
    assert_string_equal(got, expected);
}

static void constraints_of_postgresql_keep_their_rest(void **state)
{
    becomes(*state, "FOREIGN KEY (a) REFERENCES t(b)", 0, "CASCADE",
            "FOREIGN KEY (a) REFERENCES t(b) ON DELETE CASCADE");
    becomes(*state,
            "FOREIGN KEY (a, \" ON DELETE \") REFERENCES \"S \".\"t(\"(b, c) MATCH FULL ON UPDATE "
            "CASCADE ON DELETE SET NULL (a) DEFERRABLE INITIALLY DEFERRED NOT VALID",
            0, "CASCADE",
            "FOREIGN KEY (a, \" ON DELETE \") REFERENCES \"S \".\"t(\"(b, c) MATCH FULL ON UPDATE "
            "CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID");
    becomes(*state, "FOREIGN KEY (a) REFERENCES t(b) DEFERRABLE", 0, "SET NULL",
            "FOREIGN KEY (a) REFERENCES t(b) ON DELETE SET NULL DEFERRABLE");
    becomes(*state, "FOREIGN KEY (a) REFERENCES t(b) ON DELETE CASCADE NOT VALID", 0, NULL,
            "FOREIGN KEY (a) REFERENCES t(b) NOT VALID");
}

static const char table[] =
    "CREATE TABLE t (\n  a INT REFERENCES p -- first\n, b INT CONSTRAINT x REFERENCES [p p] (id) "
    "ON "
    "DELETE NO ACTION ON UPDATE CASCADE NOT NULL CHECK (b > 0), c INT CHECK (c > 0) REFERENCES p,\n"
    "  CONSTRAINT y FOREIGN KEY (a, b) REFERENCES q (a, b) DEFERRABLE INITIALLY DEFERRED, UNIQUE "
    "(a))";

static void keys_of_sqlite_are_counted(void **state)
{
    becomes(*state, table, 0, "CASCADE",
            "CREATE TABLE t (\n  a INT REFERENCES p ON DELETE CASCADE -- first\n, b INT CONSTRAINT "
            "x REFERENCES [p p] (id) ON DELETE NO ACTION ON UPDATE CASCADE NOT NULL CHECK (b > 0), "
            "c INT CHECK (c > 0) REFERENCES p,\n  CONSTRAINT y FOREIGN KEY (a, b) REFERENCES q (a, "
            "b) DEFERRABLE INITIALLY DEFERRED, UNIQUE (a))");
    becomes(*state,
            "CREATE TABLE t (b INT REFERENCES p ON DELETE NO ACTION ON UPDATE CASCADE NOT "
            "NULL)",
            0, "CASCADE",
            "CREATE TABLE t (b INT REFERENCES p ON UPDATE CASCADE ON DELETE CASCADE NOT NULL)");
    becomes(*state, "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES q DEFERRABLE)", 0,
            "RESTRICT",
            "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES q ON DELETE RESTRICT DEFERRABLE)");
}

static void a_key_goes_with_its_name(void **state)
{
    leaves(*state, "CREATE TABLE t (a INT REFERENCES p ON DELETE CASCADE NOT NULL)", 0,
           "CREATE TABLE t (a INT NOT NULL)");
    leaves(*state, "CREATE TABLE t (a INT CONSTRAINT \"x y\" REFERENCES p (id) NOT DEFERRABLE, b)",
           0, "CREATE TABLE t (a INT, b)");
    leaves(*state, "CREATE TABLE t (a INT CHECK (a > 0) REFERENCES p)", 0,
           "CREATE TABLE t (a INT CHECK (a > 0))");
    leaves(*state,
           "CREATE TABLE t (a INT, CONSTRAINT y FOREIGN KEY (a) REFERENCES q (a) MATCH FULL, "
           "UNIQUE (a))",
           0, "CREATE TABLE t (a INT, UNIQUE (a))");
    leaves(*state, "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES q) STRICT", 0,
           "CREATE TABLE t (a INT) STRICT");
}

static void a_key_that_is_not_there_is_an_error(void **state)
{
    const char *got = "kept";
    Error error = {0};
    assert_int_equal(key_text_set_action(*state, table, 4, "CASCADE", &got, &error), RUNG_FAILED);
    assert_int_equal(key_text_remove(*state, "CREATE TABLE t (a)", 0, &got, &error), RUNG_FAILED);
    assert_string_equal(got, "kept");
}

static void statements_quote_their_names(void **state)
{
    const char *columns[] = {"a", "select"};
    assert_string_equal(key_drop_print(*state, "s", "t\"t", "k"),
                        "ALTER TABLE \"s\".\"t\"\"t\" DROP CONSTRAINT \"k\"");
    assert_string_equal(key_index_print(*state, NULL, "s", "t", columns, 2),
                        "CREATE INDEX ON \"s\".\"t\" (a, \"select\")");
    assert_string_equal(key_index_print(*state, "ix", NULL, "t t", columns, 1),
                        "CREATE INDEX ix ON \"t t\" (a)");
}

RUN_TESTS(TEST(constraints_of_postgresql_keep_their_rest), TEST(keys_of_sqlite_are_counted),
          TEST(a_key_goes_with_its_name), TEST(a_key_that_is_not_there_is_an_error),
          TEST(statements_quote_their_names))
