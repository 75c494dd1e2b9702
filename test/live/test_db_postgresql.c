/* What only a PostgreSQL connection can do, refuse or suffer. */
#include "test_db.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char *server_folder(void)
{
    return getenv("PGHOST");
}

static void notices_arrive_while_the_statement_runs(void **state)
{
    Fixture *f = *state;
    int64_t start = clock_monotonic_us();
    run(f, "DO $$ BEGIN RAISE NOTICE 'Fixed %', 't'; PERFORM pg_sleep(0.6); "
           "RAISE WARNING 'second' USING DETAIL = 'more', HINT = 'do'; END $$");
    int64_t end = clock_monotonic_us();
    assert_int_equal(f->heard.notices, 2);
    assert_string_equal(f->heard.last, "WARNING: second\nmore\ndo");
    assert_true(f->heard.first_us - start < 400000);
    assert_true(end - f->heard.first_us > 400000);
    assert_in_range(f->heard.waits, 3, 8);
}

static void notices_arrive_while_the_queue_is_drained(void **state)
{
    Fixture *f = *state;
    queue(f, "DO $$ BEGIN RAISE NOTICE 'early'; END $$", 1);
    queue(f, "SELECT pg_sleep(0.6)", 2);
    drained(f);
    assert_int_equal(f->heard.notices, 1);
    assert_true(clock_monotonic_us() - f->heard.first_us > 400000);
    assert_true(f->heard.waits >= 3);
}

static void errors_have_what_the_server_says(void **state)
{
    Fixture *f = *state;
    fails(f,
          "DO $$ BEGIN\n RAISE 'no %', 'way' USING DETAIL = 'because', HINT = 'do not', ERRCODE = "
          "'P0042';\nEND $$",
          RUNG_FAILED);
    assert_string_equal(f->error.message, "no way");
    assert_string_equal(f->error.sqlstate, "P0042");
    assert_string_equal(f->error.hint, "do not");
    holds(f->error.detail, "because\n");
    holds(f->error.detail, "line 2 at RAISE");
}

static void copy_with_the_client_is_refused(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a int)");
    run(f, "INSERT INTO t SELECT generate_series(1, 200000)");
    fails(f, "COPY t FROM STDIN", RUNG_FAILED);
    holds(f->error.message, "COPY from STDIN");
    assert_true(f->error.hint[0] != '\0');
    fails(f, "COPY t TO STDOUT", RUNG_FAILED);
    fails(f, "COPY (SELECT generate_series(1, 20000000)) TO STDOUT", RUNG_FAILED);
    holds(f->error.message, "to STDOUT");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "200000");
}

static void copy_in_the_queue_is_refused_and_file_copies_work(void **state)
{
    Fixture *f = *state;
    size_t tag = 0;
    run(f, "CREATE TABLE t (a int)");
    queue(f, "BEGIN", 1);
    queue(f, "INSERT INTO t VALUES (1)", 2);
    queue(f, "-- data:\n /* a /* nested */ one */ copy t from stdin", 3);
    queue(f, "COMMIT", 4);
    assert_int_equal(db_drain(f->db, &tag, &f->error), RUNG_FAILED);
    assert_int_equal(tag, 3);
    holds(f->error.message, "COPY from STDIN");
    assert_true(db_in_transaction(f->db));
    run(f, "ROLLBACK");
    queue(f, "COPY (SELECT generate_series(1, 10)) TO PROGRAM 'cat >/dev/null'", 1);
    queue(f, "COPY t FROM PROGRAM 'seq 5'", 2);
    queue(f, "INSERT INTO t VALUES (6)", 3);
    drained(f);
    assert_string_equal(value(f, "SELECT sum(a) FROM t"), "21");
}

/* Both directions fill at once: long texts go up while rows and notices come down. */
static void full_buffers_do_not_deadlock(void **state)
{
    enum { LONG = 100 * 1000 };
    Fixture *f = *state;
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT repeat('x', 100000) FROM generate_series(1, 20) /*");
    for (int i = 0; i < LONG; i++)
        text_char(&sql, 'y');
    text_put(&sql, "*/");
    const char *noisy =
        "DO $$ BEGIN FOR i IN 1..200 LOOP RAISE NOTICE '%', repeat('z', 500); END LOOP; END $$";
    for (int i = 0; i < 100; i++) {
        assert_int_equal(queue(f, text_string(&sql), 1), RUNG_OK);
        assert_int_equal(queue(f, noisy, 2), RUNG_OK);
    }
    drained(f);
    assert_int_equal(f->heard.notices, 20000);
    text_done(&sql);
}

static void kill_backend(Fixture *f, Db *victim)
{
    rows_of(f, arena_print(f->arena, "SELECT pg_terminate_backend(%d)", db_backend_pid(victim)),
            NULL, 0);
}

typedef struct Killer {
    Fixture *fixture;
    Db *victim;
    pthread_t thread;
} Killer;

static void *kill_later(void *argument)
{
    Killer *killer = argument;
    clock_sleep_ms(300);
    kill_backend(killer->fixture, killer->victim);
    return NULL;
}

static void kill_soon(Killer *killer, Fixture *f, Db *victim)
{
    *killer = (Killer){.fixture = f, .victim = victim};
    assert_int_equal(pthread_create(&killer->thread, NULL, kill_later, killer), 0);
}

static void a_killed_backend_is_a_lost_connection(void **state)
{
    Fixture *f = *state;
    Killer killer;
    Db *victim = open_another(f);
    kill_soon(&killer, f, victim);
    assert_int_equal(db_exec(victim, "SELECT pg_sleep(20)", &f->error), RUNG_CONNECT);
    pthread_join(killer.thread, NULL);
    assert_true(db_lost(victim));
    holds(f->error.message, "connection to the database was lost");
    holds(f->error.message, "terminating connection");
    holds(f->error.statement, "pg_sleep(20)");
    assert_string_equal(f->error.sqlstate, "57P01");
    assert_int_equal(db_exec(victim, "SELECT 1", &f->error), RUNG_CONNECT);
    assert_int_equal(db_queue(victim, &(DbStatement){.sql = "SELECT 1"}, &f->error), RUNG_CONNECT);
    assert_int_equal(db_drain(victim, NULL, &f->error), RUNG_CONNECT);
    assert_false(db_in_transaction(victim));
    db_cancel(victim);
    db_close(victim);
}

static void an_idle_backend_that_is_killed_is_noticed_by_the_next_statement(void **state)
{
    Fixture *f = *state;
    Db *victim = open_another(f);
    kill_backend(f, victim);
    clock_sleep_ms(100);
    assert_int_equal(db_exec(victim, "SELECT 42", &f->error), RUNG_CONNECT);
    assert_true(db_lost(victim));
    holds(f->error.statement, "SELECT 42");
    db_close(victim);
}

static void a_backend_killed_in_a_queue_names_the_statement(void **state)
{
    Fixture *f = *state;
    Killer killer;
    size_t tag = 0;
    Db *victim = open_another(f);
    kill_soon(&killer, f, victim);
    for (size_t i = 1; i <= 20; i++) {
        DbStatement statement = {.sql = i == 7 ? "SELECT pg_sleep(20)" : "SELECT 1", .tag = i};
        assert_int_equal(db_queue(victim, &statement, &f->error), RUNG_OK);
    }
    assert_int_equal(db_drain(victim, &tag, &f->error), RUNG_CONNECT);
    pthread_join(killer.thread, NULL);
    assert_int_equal(tag, 7);
    assert_true(db_lost(victim));
    holds(f->error.statement, "pg_sleep");
    db_close(victim);
}

static void a_connection_lost_below_a_large_statement_is_reported(void **state)
{
    Fixture *f = *state;
    Db *victim = open_another(f);
    size_t length = 50 * 1000 * 1000;
    char *sql = malloc(length);
    memset(sql, ' ', length);
    kill_backend(f, victim);
    clock_sleep_ms(100);
    DbStatement statement = {.sql = sql, .length = length};
    assert_int_equal(db_query(victim, f->arena, &statement, NULL, &f->error), RUNG_CONNECT);
    assert_true(db_lost(victim));
    db_close(victim);
    free(sql);
}

static void a_statement_timeout_is_not_an_interruption(void **state)
{
    Fixture *f = *state;
    run(f, "SET statement_timeout = '50ms'");
    fails(f, "SELECT pg_sleep(10)", RUNG_FAILED);
    assert_string_equal(f->error.sqlstate, "57014");
}

static void kept_statements_survive_discard(void **state)
{
    Fixture *f = *state;
    DbStatement kept = {.sql = "SELECT 5", .keep = true};
    const char *forget[] = {"DISCARD ALL", "-- all\nDEALLOCATE ALL"};
    for (size_t i = 0; i < COUNT(forget); i++) {
        assert_int_equal(db_query(f->db, f->arena, &kept, NULL, &f->error), RUNG_OK);
        run(f, forget[i]);
        assert_int_equal(db_query(f->db, f->arena, &kept, NULL, &f->error), RUNG_OK);
        assert_int_equal(queue(f, forget[i], 1), RUNG_OK);
        assert_int_equal(db_queue(f->db, &kept, &f->error), RUNG_OK);
        drained(f);
    }
}

static void the_session_is_known(void **state)
{
    Fixture *f = *state;
    assert_true(db_version(f->db) >= 130000);
    assert_int_equal(db_engine(f->db), ENGINE_POSTGRESQL);
    assert_string_equal(value(f, "SELECT pg_backend_pid()"),
                        arena_print(f->arena, "%d", db_backend_pid(f->db)));
    assert_string_equal(value(f, "SHOW application_name"), "rung");
    assert_string_equal(value(f, "SHOW client_encoding"), "UTF8");
    Db *named = open_with(f, (DbOptions){.application = "rung lock"});
    assert_string_equal(
        value(f, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rung lock'"),
        "1");
    db_close(named);
}

static void refused(Fixture *f, const char *url, Code code, const char *message, const char *hint)
{
    DbUrl bad;
    Db *db = NULL;
    f->error = (Error){0};
    assert_int_equal(db_url_read(f->arena, url, "", &bad, &f->error), RUNG_OK);
    Code got = db_open(&bad, NULL, &db, &f->error);
    if (got != code)
        fail_msg("%s: %s: %s", url, error_code_name(got), f->error.message);
    assert_null(db);
    holds(f->error.message, message);
    holds(f->error.hint, hint);
}

static void refusals_to_connect_are_told_in_words(void **state)
{
    Fixture *f = *state;
    const char *at = server_folder();
    const char *base = arena_print(f->arena, "host=%s", at);
    refused(f, arena_print(f->arena, "postgresql:///nowhere?user=postgres&%s", base), RUNG_CONNECT,
            "no such database", "createdb");
    holds(f->error.message, "\"nowhere\"");
    assert_string_equal(f->error.sqlstate, "3D000");
    refused(f, arena_print(f->arena, "postgresql:///postgres?user=nobody_here&%s", base),
            RUNG_CONNECT, "no such role", "CREATE ROLE");
    holds(f->error.message, "\"nobody_here\"");
    refused(f, "postgresql://u@127.0.0.1:1/d", RUNG_CONNECT, "127.0.0.1:1,", "running");
    holds(f->error.message, "nothing listens");
    refused(f, "postgresql:///d?host=/nowhere/at/all&user=u", RUNG_CONNECT, "/nowhere/at/all",
            "socket");
    refused(f, "postgresql://u@no-such-host.invalid/d", RUNG_CONNECT, "no-such-host.invalid",
            "typing error");
    refused(f, "postgresql://u:hunter22@h/d?nonsense=1", RUNG_CONFIG, "nonsense", "");
    assert_null(strstr(f->error.message, "hunter22"));
}

/* A role that needs a password, by one line in front of the server's pg_hba.conf. */
static void passwords_are_checked_and_never_told(void **state)
{
    Fixture *f = *state;
    const char *path = path_join(f->arena, getenv("RUNG_TEST_PGDATA"), "pg_hba.conf");
    char *before;
    size_t length;
    assert_int_equal(file_read(f->arena, path, 1 << 20, &before, &length, &f->error), RUNG_OK);
    run(f, "DROP ROLE IF EXISTS rung_test_locked");
    run(f, "CREATE ROLE rung_test_locked LOGIN PASSWORD 'p@ss/w:rd%'");
    FILE *file = fopen(path, "w");
    fprintf(file, "local all rung_test_locked scram-sha-256\n%s", before);
    fclose(file);
    value(f, "SELECT pg_reload_conf()");
    clock_sleep_ms(200);
    Fixture good = {.arena = f->arena};
    read_url(&good,
             arena_print(f->arena,
                         "postgresql://rung_test_locked:p%%40ss%%2Fw%%3Ard%%25@/postgres?host=%s",
                         server_folder()));
    db_close(open_another(&good));
    refused(f,
            arena_print(f->arena, "postgresql://rung_test_locked:hunter%%4022@/postgres?host=%s",
                        server_folder()),
            RUNG_CONNECT, "password is wrong", "PGPASSWORD");
    assert_string_equal(f->error.sqlstate, "28P01");
    assert_null(strstr(f->error.message, "hunter"));
    assert_null(strstr(f->error.detail, "hunter"));
    refused(f,
            arena_print(f->arena, "postgresql:///postgres?user=rung_test_locked&host=%s",
                        server_folder()),
            RUNG_CONNECT, "password is needed", "PGPASSWORD");
    file = fopen(path, "w");
    fputs(before, file);
    fclose(file);
    value(f, "SELECT pg_reload_conf()");
    run(f, "DROP ROLE rung_test_locked");
}

/* A server of our own making, on a unix socket in the test's folder. */
static int listen_in(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static void a_server_that_does_not_answer_is_given_up(void **state)
{
    Fixture *f = *state;
    int fd = listen_in(f->folder);
    int64_t start = clock_monotonic_us();
    refused(f, arena_print(f->arena, "postgresql:///d?user=u&connect_timeout=1&host=%s", f->folder),
            RUNG_CONNECT, "no answer", "connect_timeout");
    assert_in_range(clock_monotonic_us() - start, 900000, 4000000);
    close(fd);
}

/* AuthenticationOk, ParameterStatus server_version, ReadyForQuery (manual, "Message Formats"). */
static void *answer_as_version_12(void *argument)
{
    static const char hello[] = "R\0\0\0\10\0\0\0\0"
                                "S\0\0\0\30server_version\00012.4\0"
                                "Z\0\0\0\5I";
    char startup[1024];
    int fd = accept(*(int *)argument, NULL, NULL);
    if (fd < 0 || read(fd, startup, sizeof startup) <= 0 || write(fd, hello, sizeof hello - 1) <= 0)
        return NULL;
    while (read(fd, startup, sizeof startup) > 0)
        ;
    close(fd);
    return NULL;
}

static void servers_before_13_are_refused(void **state)
{
    Fixture *f = *state;
    pthread_t thread;
    int fd = listen_in(f->folder);
    assert_int_equal(pthread_create(&thread, NULL, answer_as_version_12, &fd), 0);
    refused(
        f,
        arena_print(
            f->arena,
            "postgresql:///d?user=u&sslmode=disable&gssencmode=disable&connect_timeout=5&host=%s",
            f->folder),
        RUNG_UNSUPPORTED, "PostgreSQL 12.4", "");
    pthread_join(thread, NULL);
    close(fd);
}

static void of_several_hosts_the_one_that_answers_is_taken(void **state)
{
    Fixture *f = *state;
    Fixture good = {.arena = f->arena};
    read_url(&good, arena_print(f->arena, "postgresql:///postgres?user=postgres&host=%s,%s",
                                f->folder, server_folder()));
    Db *db = open_another(&good);
    run_on(db, "SELECT 1");
    db_close(db);
}

static void rows_that_nobody_wants_are_not_gathered(void **state)
{
    Fixture *f = *state;
    struct rusage before;
    getrusage(RUSAGE_SELF, &before);
    run(f, "SELECT repeat('x', 1000) FROM generate_series(1, 800000)");
    assert_int_equal(queue(f, "SELECT repeat('x', 1000) FROM generate_series(1, 800000)", 1),
                     RUNG_OK);
    drained(f);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    assert_in_range(usage.ru_maxrss - before.ru_maxrss, 0,
                    500 * 1024); /* KiB; ASan keeps 256 MiB freed */
}

/* In a process of its own, which finds a file that is no library in place of libpq. */
static int open_without_libpq(void)
{
    DbUrl url;
    Db *db = NULL;
    Error error = {0};
    Arena *arena = arena_new();
    bool good = db_url_read(arena, "postgresql://h/d", "", &url, &error) == RUNG_OK &&
                db_open(&url, NULL, &db, &error) == RUNG_UNSUPPORTED &&
                strstr(error.message, "cannot be loaded") && strstr(error.hint, "libpq5");
    arena_free(arena);
    return good ? 0 : 1;
}

static void a_missing_libpq_is_told_with_its_package(void **state)
{
    Fixture *f = *state;
    char self[512] = {0};
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    assert_int_equal(
        file_write_new(path_join(f->arena, f->folder, "libpq.so.5"), "no", 2, &f->error), RUNG_OK);
    assert_int_equal(
        system(arena_print(f->arena, "LD_LIBRARY_PATH='%s' '%s' without-libpq", f->folder, self)),
        0);
}

/* ---- connections that are kept ---- */

static void a_begin_travels_with_the_next_statement(void **state)
{
    Fixture *f = *state;
    run(f, "CREATE TABLE t (a integer)");
    assert_int_equal(db_begin(f->db, "BEGIN", &f->error), RUNG_OK);
    assert_true(db_in_transaction(f->db));
    assert_string_equal(value(f, "SELECT 7"), "7");
    assert_string_equal(value(f, "SELECT now() = statement_timestamp()"), "f");
    run(f, "INSERT INTO t VALUES (1)");
    run(f, "ROLLBACK");
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "0");

    assert_int_equal(db_begin(f->db, "BEGIN", &f->error), RUNG_OK);
    run(f, "ROLLBACK"); /* nothing came */
    assert_false(db_in_transaction(f->db));
    assert_int_equal(db_begin(f->db, "BEGIN", &f->error), RUNG_OK);
    fails(f, "SELECT 1 / 0", RUNG_FAILED);
    assert_string_equal(f->error.sqlstate, "22012");
    assert_true(db_in_transaction(f->db));
    run(f, "ROLLBACK");

    assert_int_equal(db_begin(f->db, "BEGIN", &f->error), RUNG_OK);
    assert_int_equal(queue(f, "INSERT INTO t VALUES (2)", 1), RUNG_OK);
    assert_int_equal(queue(f, "COMMIT", 2), RUNG_OK);
    drained(f);
    assert_string_equal(value(f, "SELECT count(*) FROM t"), "1");
    assert_int_equal(db_begin(f->db, "BEGINN", &f->error), RUNG_OK);
    fails(f, "SELECT 1", RUNG_FAILED);
    assert_string_equal(value(f, "SELECT 8"), "8");
}

static void an_ended_session_is_seen_without_a_statement(void **state)
{
    Fixture *f = *state;
    Db *idle = open_another(f);
    run_on(idle, "LISTEN news");
    run(f, "NOTIFY news");
    assert_true(db_alive(idle));
    run(f, arena_print(f->arena, "SELECT pg_terminate_backend(%d, 10000)", db_backend_pid(idle)));
    assert_false(db_alive(idle));
    assert_true(db_lost(idle));
    db_close(idle);
    assert_true(db_alive(f->db));
}

static void a_reset_leaves_nothing(void **state)
{
    Fixture *f = *state;
    DbStatement kept = {.sql = "SELECT 5", .keep = true};
    Db *db = open_another(f);
    assert_int_equal(db_query(db, f->arena, &kept, NULL, &f->error), RUNG_OK);
    run_on(db, "SET lock_timeout = '7s'");
    run_on(db, "SELECT pg_advisory_lock(77)");
    run_on(db, "CREATE TEMPORARY TABLE rest (a integer)");
    run_on(db, "BEGIN");
    assert_true(db_reset(db));
    assert_false(db_in_transaction(db));
    assert_string_equal(value(f, "SELECT pg_try_advisory_lock(77)"), "t");
    DbRows rows;
    DbStatement show = {.sql = "SELECT current_setting('lock_timeout'), to_regclass('rest')"};
    assert_int_equal(db_query(db, f->arena, &show, &rows, &f->error), RUNG_OK);
    assert_string_equal(db_cell(&rows, 0, 0), "0");
    assert_null(db_cell(&rows, 0, 1));
    assert_int_equal(db_query(db, f->arena, &kept, NULL, &f->error), RUNG_OK);
    db_close(db);
}

enum { SETTLERS = 8, COMMITS = 50 };

static void *settle(void *context)
{
    Db *db = context;
    Error error;
    for (int i = 0; i < COMMITS; i++)
        if (db_exec(db, "INSERT INTO t VALUES (1)", &error) || db_settle(db, &error))
            return "failed";
    return NULL;
}

/* More commits than writes, and nobody is forgotten; one whose message fails harms no other. */
static void threads_settle_together(void **state)
{
    Fixture *f = *state;
    pthread_t threads[SETTLERS];
    Db *dbs[SETTLERS];
    run(f, "CREATE TABLE t (a integer)");
    for (int i = 0; i < SETTLERS; i++) {
        dbs[i] = open_another(f);
        run_on(dbs[i], arena_print(f->arena, "SET search_path = %s", f->schema));
        run_on(dbs[i], "SET synchronous_commit = off");
    }
    run_on(dbs[0], "SET default_transaction_read_only = on"); /* its INSERT fails */
    for (int i = 0; i < SETTLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, settle, dbs[i]), 0);
    for (int i = 0; i < SETTLERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_int_equal(failed != NULL, i == 0);
    }
    assert_string_equal(value(f, "SELECT count(*) FROM t"),
                        arena_print(f->arena, "%d", (SETTLERS - 1) * COMMITS));
    assert_int_equal(db_settle(f->db, &f->error), RUNG_OK);
    for (int i = 0; i < SETTLERS; i++)
        db_close(dbs[i]);
}

int main(int argc, char **argv UNUSED)
{
    if (argc > 1)
        return open_without_libpq();
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, postgresql_start, fixture_done)
        CASE(rows_that_nobody_wants_are_not_gathered), /* first: it looks at the peak */
        CASE(notices_arrive_while_the_statement_runs),
        CASE(notices_arrive_while_the_queue_is_drained),
        CASE(errors_have_what_the_server_says),
        CASE(copy_with_the_client_is_refused),
        CASE(copy_in_the_queue_is_refused_and_file_copies_work),
        CASE(full_buffers_do_not_deadlock),
        CASE(a_killed_backend_is_a_lost_connection),
        CASE(an_idle_backend_that_is_killed_is_noticed_by_the_next_statement),
        CASE(a_backend_killed_in_a_queue_names_the_statement),
        CASE(a_connection_lost_below_a_large_statement_is_reported),
        CASE(a_statement_timeout_is_not_an_interruption),
        CASE(kept_statements_survive_discard),
        CASE(the_session_is_known),
        CASE(a_begin_travels_with_the_next_statement),
        CASE(an_ended_session_is_seen_without_a_statement),
        CASE(a_reset_leaves_nothing),
        CASE(threads_settle_together),
        CASE(refusals_to_connect_are_told_in_words),
        CASE(passwords_are_checked_and_never_told),
        CASE(a_server_that_does_not_answer_is_given_up),
        CASE(servers_before_13_are_refused),
        CASE(of_several_hosts_the_one_that_answers_is_taken),
        CASE(a_missing_libpq_is_told_with_its_package),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
