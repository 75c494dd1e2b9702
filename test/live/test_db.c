/* What a connection promises on both engines (db/db.h). Every test runs on each. */
#include "test_db.h"

#include <signal.h>
#include <sys/time.h>

static bool pg(const Fixture *f)
{
    return f->engine == ENGINE_POSTGRESQL;
}

static void rows_come_back_as_text_and_null(void **state)
{
    Fixture *f = *state;
    DbRows rows =
        rows_of(f, "SELECT 7 AS a, 'x' AS b, NULL AS c UNION ALL SELECT 8, '', 'z'", NULL, 0);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.columns, 3);
    assert_string_equal(rows.names[1], "b");
    assert_string_equal(db_cell(&rows, 0, 0), "7");
    assert_null(db_cell(&rows, 0, 2));
    assert_string_equal(db_cell(&rows, 1, 1), "");
    assert_string_equal(db_cell(&rows, 1, 2), "z");
}

static void a_query_without_rows_still_has_columns(void **state)
{
    DbRows rows = rows_of(*state, "SELECT 1 AS one WHERE 1 = 0", NULL, 0);
    assert_int_equal(rows.count, 0);
    assert_int_equal(rows.columns, 1);
    assert_string_equal(rows.names[0], "one");
}

static void values_are_parameters(void **state)
{
    Fixture *f = *state;
    const char *params[] = {"it's; --", NULL};
    run(f, "CREATE TABLE t (a text, b text)");
    const char *insert = pg(f) ? "INSERT INTO t VALUES ($1, $2)" : "INSERT INTO t VALUES (?1, ?2)";
    assert_int_equal(rows_of(f, insert, params, 2).changed, 1);
    assert_string_equal(value(f, "SELECT a FROM t WHERE b IS NULL"), "it's; --");
    f->error = (Error){0};
    DbStatement few = {.sql = insert, .params = params, .param_count = 1};
    assert_int_equal(db_query(f->db, f->arena, &few, NULL, &f->error), RUNG_FAILED);
    holds(f->error.message, "parameters");
}

static void numbered_parameters_stand_in_any_order(void **state)
{
    const char *params[] = {"first", "second"};
    DbRows rows = rows_of(*state, "SELECT CAST($2 AS text), CAST($1 AS text)", params, 2);
    assert_string_equal(db_cell(&rows, 0, 0), "second");
    assert_string_equal(db_cell(&rows, 0, 1), "first");
}

static void changed_rows_are_counted(void **state)
{
    Fixture *f = *state;
    assert_int_equal(rows_of(f, "CREATE TABLE t (a int)", NULL, 0).changed, 0);
    assert_int_equal(rows_of(f, "INSERT INTO t VALUES (1), (2), (3)", NULL, 0).changed, 3);
    assert_int_equal(rows_of(f, "UPDATE t SET a = a + 1 WHERE a > 1", NULL, 0).changed, 2);
    assert_int_equal(rows_of(f, "UPDATE t SET a = 0 WHERE a > 9", NULL, 0).changed, 0);
    assert_int_equal(rows_of(f, "SELECT * FROM t", NULL, 0).changed, 0);
    DbRows rows = rows_of(f, "DELETE FROM t RETURNING a", NULL, 0);
    assert_int_equal(rows.changed, 3);
    assert_int_equal(rows.count, 3);
}

static void two_statements_in_one_text_are_refused(void **state)
{
    Fixture *f = *state;
    fails(f, "CREATE TABLE t (a int); CREATE TABLE u (a int)", RUNG_FAILED);
    fails(f, "SELECT 1; nonsense", RUNG_FAILED);
    fails(f, "SELECT a FROM t", RUNG_FAILED);
    run(f, "CREATE TABLE t (a int); -- and no more\n ; /* really */ ");
}

static void empty_statements_do_nothing(void **state)
{
    Fixture *f = *state;
    assert_int_equal(rows_of(f, "-- only a comment", NULL, 0).count, 0);
    assert_int_equal(rows_of(f, " ; ", NULL, 0).columns, 0);
    assert_int_equal(queue(f, "/* nothing */", 0), RUNG_OK);
    drained(f);
}

static void a_length_ends_the_text(void **state)
{
    Fixture *f = *state;
    DbStatement statement = {.sql = "SELECT 1 nonsense; really", .length = 8};
    DbRows rows;
    assert_int_equal(db_query(f->db, f->arena, &statement, &rows, &f->error), RUNG_OK);
    assert_string_equal(db_cell(&rows, 0, 0), "1");
}

static void a_nul_byte_is_refused(void **state)
{
    Fixture *f = *state;
    DbStatement statement = {.sql = "SELECT\n1\0; DROP TABLE t", .length = 22, .tag = 9};
    assert_int_equal(db_query(f->db, f->arena, &statement, NULL, &f->error), RUNG_FAILED);
    holds(f->error.message, "NUL");
    assert_int_equal(f->error.line, 2);
    assert_int_equal(db_queue(f->db, &statement, &f->error), RUNG_FAILED);
    size_t tag = 0;
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_FAILED);
    assert_int_equal(tag, 9);
}

static void errors_name_line_and_statement(void **state)
{
    Fixture *f = *state;
    fails(f, "SELECT '\xC3\xA4\xC3\xB6\n\xE2\x82\xAC',\n   no_such_column\n", RUNG_FAILED);
    holds(f->error.message, "no_such_column");
    assert_int_equal(f->error.line, 3);
    holds(f->error.statement, "SELECT '");
    assert_string_equal(f->error.sqlstate, pg(f) ? "42703" : "");
    assert_string_equal(value(f, "SELECT 1"), "1");
}

static void long_statements_are_cut_in_errors(void **state)
{
    Fixture *f = *state;
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT no_such_function(");
    for (int i = 0; i < 1000; i++)
        text_put(&sql, "1, ");
    text_put(&sql, "1)");
    fails(f, text_string(&sql), RUNG_FAILED);
    assert_int_equal(strlen(f->error.statement), sizeof f->error.statement - 1);
    holds(f->error.statement, "...");
    text_done(&sql);
}

static void transactions_are_known(void **state)
{
    Fixture *f = *state;
    assert_false(db_in_transaction(f->db));
    run(f, "BEGIN");
    assert_true(db_in_transaction(f->db));
    fails(f, "SELECT * FROM nowhere", RUNG_FAILED);
    assert_true(db_in_transaction(f->db));
    run(f, "ROLLBACK");
    assert_false(db_in_transaction(f->db));
}

static void closing_rolls_back(void **state)
{
    Fixture *f = *state;
    Db *other = open_another(f);
    run(f, "CREATE TABLE t (a int)");
    run_on(other, "BEGIN");
    run_on(other, "INSERT INTO t VALUES (1)");
    db_close(other);
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "0");
    db_close(NULL);
}

static void kept_statements_can_be_repeated_and_fail(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int PRIMARY KEY, b text)");
    DbStatement insert = {.sql = pg(f) ? "INSERT INTO t VALUES ($1::int, $2)"
                                       : "INSERT INTO t VALUES (?1, ?2)",
                          .keep = true,
                          .param_count = 2};
    for (int i = 0; i < 50; i++) {
        const char *params[] = {arena_print(f->arena, "%d", i / 2 * 2), "x"};
        insert.params = params;
        Code code = db_query(f->db, f->arena, &insert, NULL, &f->error);
        assert_int_equal(code, i % 2 ? RUNG_FAILED : RUNG_OK);
    }
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "25");
    DbStatement wrong = {.sql = "SELECT * FROM later", .keep = true};
    assert_int_equal(db_query(f->db, f->arena, &wrong, NULL, &f->error), RUNG_FAILED);
    run(f, "CREATE TABLE later (a int)");
    DbRows rows;
    assert_int_equal(db_query(f->db, f->arena, &wrong, &rows, &f->error), RUNG_OK);
    assert_string_equal(rows.names[0], "a");
}

static void many_statements_can_be_queued(void **state)
{
    enum { MANY = 20000 };
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int, b text)");
    assert_int_equal(queue(f, "BEGIN", 0), RUNG_OK);
    DbStatement insert = {.sql = pg(f) ? "INSERT INTO t VALUES ($1::int, $2) RETURNING a"
                                       : "INSERT INTO t VALUES (?1, ?2) RETURNING a",
                          .param_count = 2};
    int64_t start = clock_monotonic_us();
    for (int i = 1; i <= MANY; i++) {
        const char *params[] = {arena_print(f->arena, "%d", i), i % 3 ? "some text" : NULL};
        insert.params = params;
        insert.keep = i % 2;
        insert.tag = (size_t)i;
        assert_int_equal(db_queue(f->db, &insert, &f->error), RUNG_OK);
        if (i % 100 == 0)
            assert_int_equal(queue(f, "SELECT * FROM t WHERE a > 15000", 0), RUNG_OK);
    }
    assert_int_equal(queue(f, "COMMIT", 0), RUNG_OK);
    drained(f);
    printf("%s: %d queued statements in %.0f ms\n", engine_title(f->engine), MANY,
           (double)(clock_monotonic_us() - start) / 1e3);
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "20000");
    assert_string_equal(value(f, "SELECT sum(a) FROM t"), "200010000");
}

static void a_failure_in_the_queue_keeps_what_was_committed_before(void **state)
{
    Fixture *f = *state;
    size_t tag = 0;
    run(f, "CREATE TABLE t (a int PRIMARY KEY)");
    queue(f, "BEGIN", 1);
    queue(f, "INSERT INTO t VALUES (1)", 2);
    queue(f, "COMMIT", 3);
    queue(f, "BEGIN", 4);
    queue(f, "INSERT INTO t VALUES (2)", 5);
    queue(f, "INSERT INTO t\nVALUES (1)", 6);
    queue(f, "INSERT INTO t VALUES (3)", 7);
    queue(f, "COMMIT", 8);
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_FAILED);
    assert_int_equal(tag, 6);
    holds(f->error.statement, "INSERT INTO t\nVALUES (1)");
    assert_true(db_in_transaction(f->db));
    assert_false(db_lost(f->db));
    run(f, "ROLLBACK");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "1");
    drained(f);
    assert_int_equal(queue(f, "INSERT INTO t VALUES (2)", 9), RUNG_OK);
    drained(f);
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "2");
}

static void a_failed_queue_refuses_more_until_it_is_drained(void **state)
{
    Fixture *f = *state;
    size_t tag = 0;
    int refused = 0;
    run(f, "CREATE TABLE t (a int)");
    queue(f, "BEGIN", 1);
    queue(f, "SELECT no_such_column", 2);
    for (int i = 0; i < 2000; i++)
        refused += queue(f, "INSERT INTO t VALUES (1)", 3) != RUNG_OK;
    assert_true(refused >= 1000);
    holds(f->error.message, "no_such_column");
    assert_int_equal(queue(f, "COMMIT", 4), RUNG_FAILED);
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_FAILED);
    assert_int_equal(tag, 2);
    run(f, "ROLLBACK");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "0");
}

static void a_kept_statement_behind_a_failure_is_prepared_again(void **state)
{
    Fixture *f = *state;
    DbStatement kept = {.sql = "INSERT INTO t VALUES (5)", .keep = true};
    run(f, "CREATE TABLE t (a int)");
    queue(f, "SELECT no_such_column", 1);
    db_queue(f->db, &kept, &f->error);
    assert_int_equal(db_drain(f->db, NULL, &f->error), RUNG_FAILED);
    assert_int_equal(db_queue(f->db, &kept, &f->error), RUNG_OK);
    drained(f);
    assert_int_equal(db_query(f->db, f->arena, &kept, NULL, &f->error), RUNG_OK);
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "2");
}

static void a_query_before_the_drain_is_refused(void **state)
{
    Fixture *f = *state;
    queue(f, "SELECT 1", 1);
    fails(f, "SELECT 2", RUNG_FAILED);
    holds(f->error.message, "drained");
    drained(f);
    assert_string_equal(value(f, "SELECT 2"), "2");
}

/* One statement of 20 MB with a value, a second one in the queue, and one that fails. */
static void large_statements_work(void **state)
{
    enum { LARGE = 20 * 1024 * 1024 };
    Fixture *f = *state;
    Text sql = TEXT_EMPTY;
    char *filler = malloc(LARGE);
    memset(filler, 'x', LARGE);
    run(f, "CREATE TABLE t (a text, b text)");
    text_put(&sql, "INSERT INTO t VALUES ('");
    text_add(&sql, filler, LARGE);
    text_put(&sql, pg(f) ? "', $1)" : "', ?1)");
    const char *params[] = {"small"};
    DbStatement insert = {.sql = text_string(&sql), .params = params, .param_count = 1};
    DbRows rows;
    if (db_query(f->db, f->arena, &insert, &rows, &f->error))
        fail_msg("%s", f->error.message);
    assert_int_equal(rows.changed, 1);
    assert_int_equal(queue(f, "SELECT 1", 0), RUNG_OK);
    assert_int_equal(db_queue(f->db, &insert, &f->error), RUNG_OK);
    assert_int_equal(queue(f, "SELECT 1", 0), RUNG_OK);
    drained(f);
    assert_string_equal(value(f, "SELECT sum(length(a)) FROM t WHERE b = 'small'"), "41943040");
    size_t tag = 0;
    queue(f, "SELECT no_such_column", 4);
    assert_int_equal(db_queue(f->db, &insert, &f->error), RUNG_FAILED);
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_FAILED);
    assert_int_equal(tag, 4);
    text_put(&sql, "\n nonsense");
    fails(f, text_string(&sql), RUNG_FAILED);
    assert_int_equal(f->error.line, 2);
    assert_string_equal(value(f, "SELECT 1"), "1");
    text_done(&sql);
    free(filler);
}

static const char *endless(const Fixture *f)
{
    return pg(f) ? "SELECT pg_sleep(30)"
                 : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) "
                   "FROM n";
}

static void a_cancel_stops_the_statement(void **state)
{
    Fixture *f = *state;
    Canceller canceller;
    int64_t start = clock_monotonic_us();
    cancel_soon(&canceller, f->db);
    fails(f, endless(f), RUNG_INTERRUPTED);
    pthread_join(canceller.thread, NULL);
    assert_true(clock_monotonic_us() - start < 5000000);
    assert_true(f->heard.waits >= 1);
    assert_string_equal(value(f, "SELECT 1"), "1");
}

static void a_cancel_stops_the_queue(void **state)
{
    Fixture *f = *state;
    Canceller canceller;
    size_t tag = 0;
    queue(f, "SELECT 1", 1);
    cancel_soon(&canceller, f->db);
    queue(f, endless(f), 2);
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_INTERRUPTED);
    pthread_join(canceller.thread, NULL);
    assert_int_equal(tag, 2);
    assert_string_equal(value(f, "SELECT 1"), "1");
}

static Db *signalled;

static void cancel_signalled(int number UNUSED)
{
    db_cancel(signalled);
}

static void a_signal_handler_may_cancel(void **state)
{
    Fixture *f = *state;
    const struct sigaction action = {.sa_handler = cancel_signalled};
    const struct itimerval soon = {.it_value.tv_usec = 200000};
    struct sigaction before;
    signalled = f->db;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    fails(f, endless(f), RUNG_INTERRUPTED);
    sigaction(SIGALRM, &before, NULL);
    assert_string_equal(value(f, "SELECT 1"), "1");
}

static void a_read_only_connection_changes_nothing(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int)");
    Db *reader = open_with(f, (DbOptions){.read_only = true});
    f->error = (Error){0};
    assert_int_equal(db_exec(reader, "CREATE TABLE u (a int)", &f->error), RUNG_FAILED);
    holds(f->error.message, "read-only");
    run_on(reader, "SELECT * FROM t");
    db_close(reader);
}

#define EACH(C)                                                                                    \
    C(rows_come_back_as_text_and_null)                                                             \
    C(a_query_without_rows_still_has_columns)                                                      \
    C(values_are_parameters)                                                                       \
    C(numbered_parameters_stand_in_any_order)                                                      \
    C(changed_rows_are_counted)                                                                    \
    C(two_statements_in_one_text_are_refused)                                                      \
    C(empty_statements_do_nothing)                                                                 \
    C(a_length_ends_the_text)                                                                      \
    C(a_nul_byte_is_refused)                                                                       \
    C(errors_name_line_and_statement)                                                              \
    C(long_statements_are_cut_in_errors)                                                           \
    C(transactions_are_known)                                                                      \
    C(closing_rolls_back)                                                                          \
    C(kept_statements_can_be_repeated_and_fail)                                                    \
    C(many_statements_can_be_queued)                                                               \
    C(a_failure_in_the_queue_keeps_what_was_committed_before)                                      \
    C(a_failed_queue_refuses_more_until_it_is_drained)                                             \
    C(a_kept_statement_behind_a_failure_is_prepared_again)                                         \
    C(a_query_before_the_drain_is_refused)                                                         \
    C(large_statements_work)                                                                       \
    C(a_cancel_stops_the_statement)                                                                \
    C(a_cancel_stops_the_queue)                                                                    \
    C(a_signal_handler_may_cancel)                                                                 \
    C(a_read_only_connection_changes_nothing)

int main(void)
{
    const struct CMUnitTest tests[] = {
#define POSTGRESQL_CASE(name) {"postgresql: " #name, name, postgresql_start, fixture_done, NULL},
#define SQLITE_CASE(name)     {"sqlite: " #name, name, sqlite_start, fixture_done, NULL},
        EACH(POSTGRESQL_CASE) EACH(SQLITE_CASE)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
