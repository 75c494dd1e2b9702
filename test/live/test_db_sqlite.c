/* What only an SQLite connection can do, refuse or suffer. */
#include "test_db.h"

#include <sys/stat.h>

static void refused(Fixture *f, const char *path, DbOptions options, const char *message,
                    const char *detail)
{
    DbUrl url;
    Db *db = NULL;
    f->error = (Error){0};
    assert_int_equal(
        db_url_read(f->arena, arena_print(f->arena, "sqlite:%s", path), "", &url, &f->error),
        RUNG_OK);
    Code got = db_open(&url, &options, &db, &f->error);
    if (got != RUNG_CONNECT)
        fail_msg("%s: %s: %s", path, error_code_name(got), f->error.message);
    assert_null(db);
    holds(f->error.message, path);
    holds(f->error.message, message);
    holds(f->error.detail, detail);
}

static const char *in_folder(Fixture *f, const char *name)
{
    return path_join(f->arena, f->folder, name);
}

static void refusals_to_open_are_told_in_words(void **state)
{
    Fixture *f = *state;
    const DbOptions plain = {0}, existing = {.must_exist = true},
                    reading = {.read_only = true, .must_exist = true};
    refused(f, in_folder(f, "no/such/folder.db"), plain, "there is no folder", "SQLITE_CANTOPEN");
    holds(f->error.hint, "folder");
    refused(f, in_folder(f, "absent.db"), existing, "does not exist", "SQLITE_CANTOPEN");
    assert_false(file_exists(in_folder(f, "absent.db")));
    refused(f, in_folder(f, "absent.db"), reading, "does not exist", "SQLITE_CANTOPEN");
    refused(f, f->folder, plain, "is a folder", "SQLITE_CANTOPEN");
    refused(f, f->folder, reading, "is a folder", "SQLITE_CANTOPEN");
    refused(f, "/proc/version/x.db", plain, "there is no folder", "SQLITE_CANTOPEN");
    refused(f, "/proc/x.db", plain, "cannot be opened", "SQLITE_CANTOPEN");
}

static void other_files_are_no_databases(void **state)
{
    Fixture *f = *state;
    const char *texts[] = {"-- rung:revision 1\nCREATE TABLE t (a int);\n", "no"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *path = in_folder(f, i ? "short" : "text");
        assert_int_equal(file_write_new(path, texts[i], strlen(texts[i]), &f->error), RUNG_OK);
        refused(f, path, (DbOptions){0}, "is not a SQLite database", "SQLITE_NOTADB");
        assert_true(f->error.hint[0] != '\0');
    }
    assert_int_equal(file_write_new(in_folder(f, "empty"), "", 0, &f->error), RUNG_OK);
    read_url(f, arena_print(f->arena, "sqlite:%s", in_folder(f, "empty")));
    db_close(open_another(f));
}

static void a_damaged_database_is_told_as_one(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a text)");
    run(f, "INSERT INTO t VALUES (hex(randomblob(20000)))");
    FILE *file = fopen(f->url.path, "r+");
    assert_non_null(file);
    fseek(file, 100, SEEK_SET);
    for (int i = 0; i < 8000; i++)
        fputc(0x5A, file);
    fclose(file);
    Db *other = open_another(f);
    assert_int_equal(db_exec(other, "SELECT count(*) FROM t", &f->error), RUNG_FAILED);
    holds(f->error.message, f->url.path);
    assert_string_equal(f->error.detail, "SQLITE_CORRUPT");
    db_close(other);
}

static void foreign_keys_are_on(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE a (id integer PRIMARY KEY)");
    run(f, "CREATE TABLE b (a_id integer REFERENCES a (id))");
    fails(f, "INSERT INTO b VALUES (1)", RUNG_FAILED);
    assert_string_equal(f->error.detail, "SQLITE_CONSTRAINT_FOREIGNKEY");
    assert_string_equal(f->error.sqlstate, "");
    holds(f->error.message, "FOREIGN KEY");
}

static void errors_name_the_extended_code(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a integer NOT NULL UNIQUE CHECK (a > 0))");
    run(f, "INSERT INTO t VALUES (1)");
    fails(f, "INSERT INTO t VALUES (1)", RUNG_FAILED);
    assert_string_equal(f->error.detail, "SQLITE_CONSTRAINT_UNIQUE");
    holds(f->error.message, "t.a");
    fails(f, "INSERT INTO t VALUES (NULL)", RUNG_FAILED);
    assert_string_equal(f->error.detail, "SQLITE_CONSTRAINT_NOTNULL");
    fails(f, "INSERT INTO t VALUES (0)", RUNG_FAILED);
    assert_string_equal(f->error.detail, "SQLITE_CONSTRAINT_CHECK");
    fails(f, "SELECT nonsense FROM t", RUNG_FAILED);
    assert_string_equal(f->error.detail, "");
}

static void a_busy_database_is_waited_for(void **state)
{
    Fixture *f = *state;
    Db *other = open_with(f, (DbOptions){.busy_timeout_ms = 400});
    run(f, "CREATE TABLE t (a int)");
    run(f, "BEGIN IMMEDIATE");
    int64_t start = clock_monotonic_us();
    f->heard = (Heard){0};
    assert_int_equal(db_exec(other, "INSERT INTO t VALUES (1)", &f->error), RUNG_FAILED);
    int64_t waited = clock_monotonic_us() - start;
    assert_in_range(waited, 390000, 3000000);
    assert_in_range(f->heard.waits, 2, 5);
    holds(f->error.message, "locked by another connection");
    holds(f->error.message, f->url.path);
    assert_string_equal(f->error.detail, "SQLITE_BUSY");
    run(f, "COMMIT");
    run_on(other, "INSERT INTO t VALUES (1)");
    db_close(other);
}

static void a_cancel_ends_the_wait_for_a_lock(void **state)
{
    Fixture *f = *state;
    Canceller canceller;
    Db *other = open_another(f);
    run(f, "BEGIN IMMEDIATE");
    int64_t start = clock_monotonic_us();
    cancel_soon(&canceller, other);
    assert_int_equal(db_exec(other, "BEGIN IMMEDIATE", &f->error), RUNG_INTERRUPTED);
    pthread_join(canceller.thread, NULL);
    assert_true(clock_monotonic_us() - start < 2000000);
    run(f, "ROLLBACK");
    run_on(other, "BEGIN IMMEDIATE");
    db_close(other);
}

static void a_cancel_between_statements_stops_nothing(void **state)
{
    Fixture *f = *state;
    db_cancel(f->db);
    assert_string_equal(value(f, "SELECT 1"), "1");
}

static void a_full_disk_is_told(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a text)");
    value(f, "PRAGMA max_page_count = 10");
    fails(f, "INSERT INTO t VALUES (hex(randomblob(200000)))", RUNG_FAILED);
    holds(f->error.message, "full disk");
    assert_string_equal(f->error.detail, "SQLITE_FULL");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "0");
}

static void blobs_and_numbers_come_back_as_text(void **state)
{
    Fixture *f = *state;
    DbRows rows = rows_of(f, "SELECT x'00fFa0', x'', 1.5, -9223372036854775808", NULL, 0);
    assert_string_equal(db_cell(&rows, 0, 0), "x'00ffa0'");
    assert_string_equal(db_cell(&rows, 0, 1), "x''");
    assert_string_equal(db_cell(&rows, 0, 2), "1.5");
    assert_string_equal(db_cell(&rows, 0, 3), "-9223372036854775808");
}

static void a_variable_without_a_value_is_refused(void **state)
{
    Fixture *f = *state;
    fails(f, "SELECT :name", RUNG_FAILED);
    holds(f->error.message, "1 parameters, but 0 values");
}

static void triggers_are_one_statement(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int)");
    run(f, "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = 2; DELETE FROM t WHERE a = "
           "9; END; ");
    run(f, "INSERT INTO t VALUES (1)");
    assert_string_equal(value(f, "SELECT a FROM t"), "2");
}

static void memory_databases_live_as_long_as_the_connection(void **state)
{
    Fixture *f = *state;
    db_close(f->db);
    read_url(f, "sqlite::memory:");
    f->db = open_another(f);
    run(f, "CREATE TABLE t (a int)");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "0");
    assert_int_equal(db_engine(f->db), ENGINE_SQLITE);
    assert_true(db_version(f->db) >= 3037000);
    assert_int_equal(db_backend_pid(f->db), 0);
    assert_false(db_lost(f->db));
}

static void opening_and_asking_is_fast(void **state)
{
    enum { TIMES = 50 };
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int)");
    int64_t best = INT64_MAX;
    for (int i = 0; i < TIMES; i++) {
        int64_t start = clock_monotonic_us();
        Db *db = open_another(f);
        run_on(db, "SELECT count(*) FROM t");
        db_close(db);
        int64_t took = clock_monotonic_us() - start;
        best = took < best ? took : best;
    }
    printf("open, one query, close: %d us\n", (int)best);
    assert_true(best < 3000); /* with the sanitizers; 1 ms without */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, sqlite_start, fixture_done)
        CASE(refusals_to_open_are_told_in_words),
        CASE(other_files_are_no_databases),
        CASE(a_damaged_database_is_told_as_one),
        CASE(foreign_keys_are_on),
        CASE(errors_name_the_extended_code),
        CASE(a_busy_database_is_waited_for),
        CASE(a_cancel_ends_the_wait_for_a_lock),
        CASE(a_cancel_between_statements_stops_nothing),
        CASE(a_full_disk_is_told),
        CASE(blobs_and_numbers_come_back_as_text),
        CASE(a_variable_without_a_value_is_refused),
        CASE(triggers_are_one_statement),
        CASE(memory_databases_live_as_long_as_the_connection),
        CASE(opening_and_asking_is_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
