/* The backfill directive and the statement of one batch. */
#include "sql/backfill.h"

#include "check.h"

static Code backfill_of(void **state, Engine engine, const char *directive, const char *sql,
                        Backfill *ret_backfill, Error *error)
{
    return backfill_read(*state, engine, "f.sql", 7, directive, sql, strlen(sql), ret_backfill,
                         error);
}

static void expect_print(void **state, const char *directive, const char *sql, const char *first,
                         const char *next)
{
    static const char *const low[] = {"$1", "$2"}, *const high[] = {"$3", "$4"};
    Backfill backfill;
    Error error = {0};
    if (backfill_of(state, ENGINE_POSTGRESQL, directive, sql, &backfill, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    size_t length = strlen(sql);
    assert_string_equal(backfill_print(*state, &backfill, sql, length, NULL, high), first);
    assert_string_equal(backfill_print(*state, &backfill, sql, length, low, high), next);
}

static void expect_error(void **state, const char *directive, const char *sql, const char *message)
{
    Backfill backfill;
    Error error = {0};
    assert_int_equal(backfill_of(state, ENGINE_POSTGRESQL, directive, sql, &backfill, &error),
                     RUNG_REVISION);
    assert_string_equal(error.message, message);
    assert_string_equal(error.file, "f.sql");
    assert_int_equal(error.line, 7);
    assert_true(error.hint[0] != '\0');
}

static void options_are_read(void **state)
{
    Backfill backfill;
    Error error;
    const char *sql = "UPDATE \"My T\" SET a = 1";
    assert_int_equal(backfill_of(state, ENGINE_POSTGRESQL,
                                 " table=public.\"My T\"  key=a,\"B c\" batch=25 pause=2s", sql,
                                 &backfill, &error),
                     RUNG_OK);
    assert_string_equal(backfill.table, "public.\"My T\"");
    assert_int_equal(backfill.keys.count, 2);
    assert_string_equal(backfill.keys.at[1], "\"B c\"");
    assert_int_equal(backfill.batch, 25);
    assert_int_equal(backfill.pause_ms, 2000);
    assert_string_equal(backfill.alias, "\"My T\"");
    assert_int_equal(
        backfill_of(state, ENGINE_POSTGRESQL, "key=id table=t", "DELETE FROM t", &backfill, &error),
        RUNG_OK);
    assert_int_equal(backfill.batch, 1000);
    assert_int_equal(backfill.pause_ms, 0);
}

static void the_range_joins_the_condition(void **state)
{
    expect_print(state, "table=t key=id", "UPDATE t SET a = 1 WHERE b OR c -- why",
                 "UPDATE t SET a = 1\nWHERE (b OR c\n) AND (t.id <= $3)",
                 "UPDATE t SET a = 1\nWHERE (b OR c\n) AND (t.id > $1 AND t.id <= $3)");
    expect_print(state, "table=t key=id", "update t set a = 1",
                 "update t set a = 1\nWHERE (t.id <= $3)",
                 "update t set a = 1\nWHERE (t.id > $1 AND t.id <= $3)");
    expect_print(state, "table=t key=a,b", "DELETE FROM s.t AS x WHERE x.c RETURNING x.a",
                 "DELETE FROM s.t AS x\nWHERE (x.c\n) AND ((x.a, x.b) <= ($3, $4))\nRETURNING x.a",
                 "DELETE FROM s.t AS x\nWHERE (x.c\n) AND ((x.a, x.b) > ($1, $2) AND (x.a, x.b) <= "
                 "($3, $4))\nRETURNING x.a");
}

static void where_of_subqueries_is_not_taken(void **state)
{
    expect_print(state, "table=t key=id",
                 "UPDATE ONLY t u SET a = (SELECT 1 FROM s WHERE true) FROM r "
                 "WHERE u.b IN (SELECT 1 WHERE 'WHERE' = \"where\") RETURNING 1 -- x",
                 "UPDATE ONLY t u SET a = (SELECT 1 FROM s WHERE true) FROM r\nWHERE (u.b IN "
                 "(SELECT 1 WHERE 'WHERE' = \"where\")\n) AND (u.id <= $3)\nRETURNING 1 -- x",
                 "UPDATE ONLY t u SET a = (SELECT 1 FROM s WHERE true) FROM r\nWHERE (u.b IN "
                 "(SELECT 1 WHERE 'WHERE' = \"where\")\n) AND (u.id > $1 AND u.id <= $3)\n"
                 "RETURNING 1 -- x");
}

static void comments_inside_the_condition_stay_harmless(void **state)
{
    expect_print(state, "table=t key=id", "DELETE FROM t /* a */ WHERE -- first\n b -- second\n",
                 "DELETE FROM t\nWHERE (b\n) AND (t.id <= $3)",
                 "DELETE FROM t\nWHERE (b\n) AND (t.id > $1 AND t.id <= $3)");
}

static void wrong_options_are_refused(void **state)
{
    const char *sql = "UPDATE t SET a = 1";
    expect_error(state, "table=t", sql, "the backfill names no key");
    expect_error(state, "key=id", sql, "the backfill names no table");
    expect_error(state, "table=t key=id size=4", sql, "unknown backfill option \"size\"");
    expect_error(state, "table=t key=id fast", sql, "\"fast\" is no backfill option");
    expect_error(state, "table=t key=id key=id", sql, "the backfill option \"key\" is given twice");
    expect_error(state, "table=t table=t", sql, "the backfill option \"table\" is given twice");
    expect_error(state, "table=t key=id batch=0", sql, "the backfill's batch \"0\" is wrong");
    expect_error(state, "table=t key=id batch=1000001", sql,
                 "the backfill's batch \"1000001\" is wrong");
    expect_error(state, "table=t key=id batch=ten", sql, "the backfill's batch \"ten\" is wrong");
    expect_error(state, "table=t key=id batch=", sql, "the backfill's batch \"\" is wrong");
    expect_error(state, "table=t key=id pause=soon", sql, "the backfill's pause \"soon\" is wrong");
    expect_error(state, "table=t key=a,,b", sql, "\"\" is no column name in the backfill's key");
    expect_error(state, "table=t key=t.id", sql,
                 "\"t.id\" is no column name in the backfill's key");
    expect_error(state, "table=t;x key=id", sql, "\"t;x\" is no table name");
    expect_error(state, "table=t key=id--x", sql,
                 "\"id--x\" is no column name in the backfill's key");
    expect_error(state, "table=t/**/ key=id", sql, "\"t/**/\" is no table name");
    expect_error(state, "table= key=id", sql, "\"\" is no table name");
}

static void wrong_statements_are_refused(void **state)
{
    const char *directive = "table=t key=id";
    expect_error(state, directive, "INSERT INTO t VALUES (1)",
                 "this statement is no UPDATE or DELETE");
    expect_error(state, directive, "WITH a AS (SELECT 1) UPDATE t SET b = 1",
                 "a backfill's statement cannot begin with WITH");
    expect_error(state, directive, "UPDATE u SET a = 1",
                 "the backfill is for table \"t\", but its statement changes \"u\"");
    expect_error(state, "table=a.t key=id", "UPDATE b.t SET a = 1",
                 "the backfill is for table \"a.t\", but its statement changes \"t\"");
    expect_error(state, directive, "UPDATE \"T\" SET a = 1",
                 "the backfill is for table \"t\", but its statement changes \"T\"");
    expect_error(state, directive, "UPDATE t a b", "the UPDATE has no SET");
    expect_error(state, directive, "DELETE FROM t AS (x)", "the alias of the table cannot be read");
    expect_error(state, directive, "UPDATE (", "the table of this statement cannot be read");
    expect_error(state, directive, "DELETE FROM t WHERE CURRENT OF c",
                 "a backfill's statement cannot use a cursor");
    expect_error(state, directive, "DELETE FROM t WHERE a LIMIT 5",
                 "a backfill's statement cannot have LIMIT");
    expect_error(state, directive, "DELETE FROM t WHERE", "the WHERE is empty");
    expect_error(state, directive, "DELETE FROM t WHERE RETURNING a", "the WHERE is empty");
}

static void sqlite_names_compare_without_case(void **state)
{
    Backfill backfill;
    Error error;
    assert_int_equal(backfill_of(state, ENGINE_SQLITE, "table=Users key=\"my id\"",
                                 "update main.USERS set a = 1", &backfill, &error),
                     RUNG_OK);
    assert_string_equal(backfill.alias, "USERS");
}

RUN_TESTS(TEST(options_are_read), TEST(the_range_joins_the_condition),
          TEST(where_of_subqueries_is_not_taken), TEST(comments_inside_the_condition_stay_harmless),
          TEST(wrong_options_are_refused), TEST(wrong_statements_are_refused),
          TEST(sqlite_names_compare_without_case))
