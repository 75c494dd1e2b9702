/* The erasure ledger: its lines, what a database knows of them, and what comes back with a backup,
 * on both engines. */
#include "test_db.h"
#include "lifecycle/erasure.h"
#include "lifecycle/ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static SubjectPolicy users = {.name = "users",
                              .table = "users",
                              .key = "id",
                              .requested_at = "asked",
                              .grace = {"30d", 0, 30 * 86400}};
static SubjectPolicy odd = {.name = "odd \"ones\"", .table = "Odd \"Table\"", .key = "ké y"};

typedef struct World {
    Life life;
    Lifecycle policy;
    SubjectPolicy subjects[2];
    int warnings;
    char last[400];
} World;

static void hear(void *context, rung_event_type type, const char *text, int64_t done UNUSED,
                 int64_t total UNUSED, int64_t elapsed_us UNUSED)
{
    World *world = context;
    world->warnings += type == RUNG_EVENT_WARNING;
    if (type == RUNG_EVENT_WARNING)
        snprintf(world->last, sizeof world->last, "%s", text);
}

static void ok(Code code, const Error *error)
{
    if (code)
        fail_msg("%s: %s (%s)", error_code_name(code), error->message, error->detail);
}

static const char *ledger_path(Fixture *f)
{
    return path_join(f->arena, f->folder, "ledger");
}

/* A worker of its own: another run on the same database. */
static World *open_world(Fixture *f, const char *run)
{
    Error error = {0};
    World *world = arena_alloc(f->arena, sizeof *world);
    world->subjects[0] = users;
    world->subjects[1] = odd;
    world->policy.subjects.at = world->subjects;
    world->policy.subjects.count = 2;
    world->life = (Life){.db = f->db,
                         .engine = f->engine,
                         .arena = f->arena,
                         .policy = &world->policy,
                         .path = "rung.yaml",
                         .actor = "me@here",
                         .run = run,
                         .secret = "0123456789abcdef0123456789abcdef",
                         .ledger = ledger_path(f),
                         .tell = hear,
                         .context = world};
    ok(life_graph(&world->life, &error), &error);
    return world;
}

static World *begin(Fixture *f)
{
    Error error = {0};
    int64_t adopted;
    bool sqlite = f->engine == ENGINE_SQLITE;
    run(f, sqlite ? "CREATE TABLE users (id INTEGER PRIMARY KEY, asked TEXT)"
                  : "CREATE TABLE users (id bigint PRIMARY KEY, asked timestamptz)");
    run(f, "CREATE TABLE \"Odd \"\"Table\"\"\" (\"ké y\" text PRIMARY KEY)");
    run(f, "INSERT INTO users (id) VALUES (1), (2), (3), (4), (5)");
    run(f, "INSERT INTO \"Odd \"\"Table\"\"\" VALUES ('a'), ('Ünï'), ('it''s')");
    World *world = open_world(f, "run-1");
    ok(erasure_init(&world->life, &adopted, &error), &error);
    return world;
}

static void append(World *world, const char *subject, const char *key)
{
    Error error = {0};
    char hash[HASH_HEX_SIZE];
    const char *hashes[] = {hash};
    life_hash(&world->life, subject, key, hash);
    ok(ledger_append(&world->life, subject, hashes, 1, &error), &error);
}

static void know(World *world)
{
    Error error = {0};
    ok(life_begin(&world->life, &error), &error);
    ok(ledger_know(&world->life, &error), &error);
    ok(life_commit(&world->life, &error), &error);
}

/* What the purge does to a request: the claim, the ledger, what it knows, the end. */
static void purge(Fixture *f, World *world, const char *subject, const char *key, const char *table)
{
    const char *rung = f->engine == ENGINE_SQLITE ? "rung_" : "rung.";
    run(f,
        arena_print(f->arena, "UPDATE %serasure SET state = 'purging', run = '%s' WHERE key = '%s'",
                    rung, world->life.run, key));
    append(world, subject, key);
    know(world);
    run(f, arena_print(f->arena, "DELETE FROM %s = '%s'", table, key));
    run(f,
        arena_print(f->arena, "UPDATE %serasure SET state = 'purged', key = NULL WHERE key = '%s'",
                    rung, key));
}

static void request(Fixture *f, World *world, size_t subject, const char *key)
{
    Error error = {0};
    Subject found;
    Erasure erasure;
    bool repeated;
    ok(subject_find(&world->life, &world->subjects[subject], &found, &error), &error);
    ok(erasure_request(&world->life, f->arena, &found, key, false, &erasure, &repeated, &error),
       &error);
}

static LedgerState state_of(World *world)
{
    Error error = {0};
    LedgerState state;
    ok(ledger_state(&world->life, &state, &error), &error);
    return state;
}

static const char *text_of(Fixture *f)
{
    Error error = {0};
    char *data;
    size_t length;
    ok(file_read(f->arena, ledger_path(f), 1 << 20, &data, &length, &error), &error);
    return data;
}

static void write_text(Fixture *f, const char *text)
{
    Error error = {0};
    ok(file_write(ledger_path(f), text, strlen(text), &error), &error);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* ---- lines ---- */

static void an_erasure_is_remembered_once_a_run(void **state)
{
    Fixture *f = *state;
    World *world = begin(f);
    struct stat about;
    append(world, "users", "1");
    append(world, "users", "1");
    append(world, "users", "2");
    World *resumed = open_world(f, "run-1");
    append(resumed, "users", "1");
    assert_int_equal(count_lines(text_of(f)), 2);
    append(open_world(f, "run-2"), "users", "1");
    append(world, "users", "3"); /* it reads what the others wrote */
    assert_int_equal(count_lines(text_of(f)), 4);
    assert_int_equal(state_of(world).entries, 4);
    assert_null(strstr(text_of(f), "\"key\""));
    assert_int_equal(stat(ledger_path(f), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void without_a_file_nothing_is_asked_of_it(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    World *world = begin(f);
    world->life.ledger = NULL;
    append(world, "users", "1");
    know(world);
    ok(ledger_require(&world->life, &error), &error);
    assert_int_equal(state_of(world).standing, LEDGER_NONE);
    assert_false(file_exists(ledger_path(f)));
}

static void a_torn_line_is_cut_off(void **state)
{
    Fixture *f = *state;
    World *world = begin(f);
    append(world, "users", "1");
    const char *whole = text_of(f);
    append(world, "users", "2");
    const char *both = text_of(f);
    for (size_t length = strlen(whole) + 1; length < strlen(both); length += 37) {
        write_text(f, arena_copy(f->arena, both, length));
        World *next = open_world(f, "run-1");
        assert_int_equal(state_of(next).entries, 1);
        append(next, "users", "2");
        assert_int_equal(count_lines(text_of(f)), 2);
        assert_int_equal(state_of(next).entries, 2);
        assert_int_equal(next->warnings, 1);
        holds(next->last, "not written to its end");
    }
}

static void refuses_file(Fixture *f, const char *text, int line, const char *words)
{
    Error error = {0};
    char hash[HASH_HEX_SIZE];
    const char *hashes[] = {hash};
    LedgerState state;
    write_text(f, text);
    World *world = open_world(f, "run-9");
    life_hash(&world->life, "users", "5", hash);
    assert_int_equal(ledger_state(&world->life, &state, &error), RUNG_MISMATCH);
    holds(error.message, words);
    assert_int_equal(error.line, line);
    assert_int_equal(ledger_append(&world->life, "users", hashes, 1, &error), RUNG_MISMATCH);
    assert_string_equal(text_of(f), text);
}

static void a_line_that_was_changed_or_removed_is_found(void **state)
{
    Fixture *f = *state;
    World *world = begin(f);
    append(world, "users", "1");
    size_t one = strlen(text_of(f));
    append(world, "users", "2");
    size_t two = strlen(text_of(f));
    append(world, "users", "3");
    const char *all = text_of(f);
    for (size_t i = 0; i < two; i += 7) { /* a bit of any byte */
        char *text = arena_string(f->arena, all);
        text[i] = text[i] == 'x' ? 'y' : 'x';
        if (text[i] != '\n' && all[i] != '\n')
            refuses_file(f, text, i < one ? 1 : 2, "not what was written");
    }
    refuses_file(f, all + one, 1, "removed or moved");
    refuses_file(f, arena_print(f->arena, "%.*s%s", (int)one, all, all + two), 2,
                 "removed or moved");
    refuses_file(
        f,
        arena_print(f->arena, "%.*s%.*s%s", (int)(two - one), all + one, (int)one, all, all + two),
        1, "removed or moved");
    refuses_file(f, arena_print(f->arena, "%s{}\n", all), 4, "no entry");
    refuses_file(f, arena_print(f->arena, "\n%s", all), 1, "no entry");
    write_text(f, all);
    World *other = open_world(f, "run-9");
    other->life.secret = "another key of thirty-two characters";
    Error error = {0};
    LedgerState state_now;
    assert_int_equal(ledger_state(&other->life, &state_now, &error), RUNG_MISMATCH);
    holds(error.message, "another key");
}

static void several_workers_write_one_chain(void **state)
{
    enum { WORKERS = 4, EACH = 50 };
    Fixture *f = *state;
    World *world = begin(f);
    pid_t workers[WORKERS];
    append(world, "users", "-1"); /* the workers ask the database nothing: its id is known now */
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = fork();
        if (workers[i])
            continue;
        Error error = {0};
        char hash[HASH_HEX_SIZE];
        const char *hashes[] = {hash};
        world->life.run = arena_print(f->arena, "worker-%d", i);
        for (int k = 0; k < EACH; k++) {
            life_hash(&world->life, "users", arena_print(f->arena, "%d", k), hash);
            if (ledger_append(&world->life, "users", hashes, 1, &error))
                _exit(1);
        }
        _exit(0);
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(state_of(open_world(f, "reader")).entries, WORKERS * EACH + 1);
}

/* What was read is not read again by the same run. */
static void a_long_ledger_is_read_once(void **state)
{
    enum { EACH = 500 };
    Fixture *f = *state;
    Error error = {0};
    World *world = begin(f);
    int batches = getenv("RUNG_TEST_FULL") ? 200 : 20;
    static char hash[EACH][HASH_HEX_SIZE];
    const char *hashes[EACH];
    int64_t start = clock_monotonic_us();
    for (int i = 0; i < batches; i++) {
        for (int k = 0; k < EACH; k++) {
            life_hash(&world->life, "users", arena_print(f->arena, "%d", i * EACH + k), hash[k]);
            hashes[k] = hash[k];
        }
        ok(ledger_append(&world->life, "users", hashes, EACH, &error), &error);
    }
    print_message("%d lines: written in %.2f s", batches * EACH,
                  (double)(clock_monotonic_us() - start) / 1e6);
    start = clock_monotonic_us();
    assert_int_equal(state_of(open_world(f, "reader")).entries, batches * EACH);
    print_message(", read in %.2f s\n", (double)(clock_monotonic_us() - start) / 1e6);
}

/* ---- what the database knows ---- */

static void set_back(Fixture *f, const char *number, const char *hash)
{
    run(f, arena_print(f->arena, "UPDATE %smark SET number = %s, value = %s WHERE name = 'ledger'",
                       f->engine == ENGINE_SQLITE ? "rung_" : "rung.", number, hash));
}

static void a_database_is_level_behind_or_ahead(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    World *world = begin(f);
    assert_int_equal(state_of(world).standing, LEDGER_LEVEL);
    request(f, world, 0, "1");
    purge(f, world, "users", "1", "users WHERE id");
    request(f, world, 0, "2");
    purge(f, world, "users", "2", "users WHERE id");
    LedgerState now = state_of(world);
    assert_int_equal(now.standing, LEDGER_LEVEL);
    assert_int_equal(now.known, 2);
    const char *all = text_of(f);

    /* a backup from before both */
    run(f, f->engine == ENGINE_SQLITE ? "DELETE FROM rung_erasure" : "DELETE FROM rung.erasure");
    set_back(f, "0", "NULL");
    now = state_of(open_world(f, "later"));
    assert_int_equal(now.standing, LEDGER_BEHIND);
    assert_int_equal(now.missing, 2);
    assert_int_equal(ledger_require(&world->life, &error), RUNG_MISMATCH);
    holds(error.message, "2 erasures");
    holds(error.hint, "rung erase replay");
    assert_int_equal(ledger_know(&world->life, &error), RUNG_MISMATCH);

    set_back(f, "2", "'another'");
    assert_int_equal(state_of(world).standing, LEDGER_AHEAD);
    assert_int_equal(ledger_require(&world->life, &error), RUNG_MISMATCH);
    holds(error.message, "not the one");
    ok(file_remove(ledger_path(f), &error), &error);
    assert_int_equal(ledger_require(&world->life, &error), RUNG_MISMATCH);
    holds(error.message, "0 of the 2");
    write_text(f, all);
}

static void a_worker_that_ended_between_two_steps_is_no_restore(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    const char *rung = f->engine == ENGINE_SQLITE ? "rung_" : "rung.";
    World *world = begin(f);
    request(f, world, 0, "1");
    run(f, arena_print(f->arena, "UPDATE %serasure SET state = 'purging', run = 'run-1'", rung));
    append(world, "users", "1");
    assert_int_equal(state_of(world).standing, LEDGER_LEVEL);
    run(f, "DELETE FROM users WHERE id = 1");
    run(f, arena_print(f->arena, "UPDATE %serasure SET state = 'purged', key = NULL", rung));
    ok(ledger_require(&world->life, &error), &error);
    /* the same key came back and was erased again by another run: that one is missing */
    run(f, arena_print(f->arena, "UPDATE %serasure SET run = 'run-0'", rung));
    assert_int_equal(state_of(world).standing, LEDGER_BEHIND);
}

static void another_database_keeps_its_rows(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    LedgerReplay replay;
    World *world = begin(f);
    append(world, "users", "1");
    run(f, f->engine == ENGINE_SQLITE
               ? "UPDATE rung_mark SET value = 'another' WHERE name = 'database'"
               : "UPDATE rung.mark SET value = 'another' WHERE name = 'database'");
    World *other = open_world(f, "other");
    assert_int_equal(state_of(other).standing, LEDGER_LEVEL);
    ok(ledger_replay(&other->life, false, &replay, &error), &error);
    assert_int_equal(replay.entries, 0);
    assert_int_equal(replay.others, 1);
    ok(ledger_replay(&other->life, true, &replay, &error), &error);
    assert_int_equal(replay.again, 1);
}

/* ---- after a restore ---- */

static const char *states(Fixture *f)
{
    const char *rung = f->engine == ENGINE_SQLITE ? "rung_" : "rung.";
    DbRows rows = rows_of(f,
                          arena_print(f->arena,
                                      "SELECT key, state, coalesce(run, '-') FROM %serasure"
                                      " ORDER BY id",
                                      rung),
                          NULL, 0);
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < rows.count; i++)
        text_print(&text, "%s %s %s;", db_cell(&rows, i, 0), db_cell(&rows, i, 1),
                   db_cell(&rows, i, 2));
    const char *copy = arena_string(f->arena, text_string(&text));
    text_done(&text);
    return copy;
}

static void what_a_backup_brings_back_is_erased_again(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    LedgerReplay replay;
    World *world = begin(f);
    Subject subject;
    Erasure erasure;
    request(f, world, 0, "2");
    request(f, world, 0, "3");
    ok(subject_find(&world->life, &world->subjects[0], &subject, &error), &error);
    ok(erasure_cancel(&world->life, f->arena, &subject, "3", &erasure, &error), &error);
    /* the backup is of now; these lines come afterwards */
    append(world, "users", "1");
    append(world, "users", "2");
    append(world, "users", "3");
    append(world, "users", "77");
    append(world, "odd \"ones\"", "Ünï");
    ok(ledger_replay(&world->life, false, &replay, &error), &error);
    assert_int_equal(replay.entries, 5);
    assert_int_equal(replay.again, 4);
    assert_int_equal(replay.absent, 1);
    assert_string_equal(states(f), "2 purging -;3 cancelled -;1 purging -;3 purging -;"
                                   "Ünï purging -;");
    assert_int_equal(state_of(world).standing, LEDGER_LEVEL);
    assert_string_equal(value(f, "SELECT count(*) FROM users WHERE asked IS NOT NULL"), "3");
    assert_string_equal(value(f, f->engine == ENGINE_SQLITE
                                     ? "SELECT count(*) FROM rung_audit WHERE action = 'replay'"
                                     : "SELECT count(*) FROM rung.audit WHERE action = 'replay'"),
                        "4");
    run(f, "DELETE FROM users WHERE id IN (1, 2, 3)"); /* the guards let them go */
    ok(ledger_replay(&world->life, false, &replay, &error), &error);
    assert_int_equal(replay.entries, 0);
}

static void a_subject_that_is_not_in_the_file_is_named(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    LedgerReplay replay;
    World *world = begin(f);
    append(world, "people", "1");
    assert_int_equal(ledger_replay(&world->life, false, &replay, &error), RUNG_CONFIG);
    holds(error.message, "people");
    assert_int_equal(state_of(world).standing, LEDGER_BEHIND);
}

/* More than a page, and with RUNG_TEST_FULL a million rows. */
static void a_large_table_takes_seconds(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    LedgerReplay replay;
    World *world = begin(f);
    int rows = getenv("RUNG_TEST_FULL") ? 1000000 : 120000, step = rows / 100 - 3;
    run(f, arena_print(f->arena,
                       f->engine == ENGINE_SQLITE
                           ? "INSERT INTO users (id) WITH RECURSIVE n (i) AS (SELECT 6 UNION ALL"
                             " SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n"
                           : "INSERT INTO users (id) SELECT generate_series(6, %d)",
                       rows));
    for (int i = 0; i < 100; i++)
        append(world, "users", arena_print(f->arena, "%d", i * step + 1));
    append(world, "users", "-1"); /* so that it reads to the end */
    int64_t start = clock_monotonic_us();
    ok(ledger_replay(&world->life, false, &replay, &error), &error);
    print_message("%d rows: %.2f s\n", rows, (double)(clock_monotonic_us() - start) / 1e6);
    assert_int_equal(replay.rows, rows);
    assert_int_equal(replay.again, 100);
    assert_int_equal(replay.absent, 1);
    assert_true(clock_monotonic_us() - start < 60 * 1000000);
}

/* rung's schema is one of a database: this test has a database of its own. */
static int own_start(void **state)
{
    Error error = {0};
    int failed = postgresql_start(state);
    Fixture *f = *state;
    const char *server = getenv("RUNG_TEST_POSTGRESQL");
    const char *name = arena_print(f->arena, "rung_ledger_%d", (int)getpid());
    const char *query = strchr(server, '?');
    run(f, arena_print(f->arena, "DROP DATABASE IF EXISTS %s", name));
    run(f, arena_print(f->arena, "CREATE DATABASE %s", name));
    db_close(f->db);
    const char *slash = query;
    while (slash && slash > server && *slash != '/')
        slash--;
    read_url(f, arena_print(f->arena, "%.*s/%s%s", (int)(slash - server), server, name, query));
    if (db_open(&f->url, NULL, &f->db, &error))
        fail_msg("%s", error.message);
    return failed;
}

static int own_done(void **state)
{
    Fixture *f = *state;
    Error error = {0};
    db_close(f->db);
    read_url(f, getenv("RUNG_TEST_POSTGRESQL"));
    f->db = open_another(f);
    run(f, arena_print(f->arena, "DROP DATABASE rung_ledger_%d", (int)getpid()));
    db_exec(f->db, "SELECT 1", &error);
    return fixture_done(state);
}

#define ON_BOTH(name)                                                                              \
    cmocka_unit_test_setup_teardown(name, sqlite_start, fixture_done),                             \
        cmocka_unit_test_setup_teardown(name, own_start, own_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(an_erasure_is_remembered_once_a_run),
        ON_BOTH(without_a_file_nothing_is_asked_of_it),
        ON_BOTH(a_torn_line_is_cut_off),
        ON_BOTH(a_line_that_was_changed_or_removed_is_found),
        ON_BOTH(several_workers_write_one_chain),
        ON_BOTH(a_long_ledger_is_read_once),
        ON_BOTH(a_database_is_level_behind_or_ahead),
        ON_BOTH(a_worker_that_ended_between_two_steps_is_no_restore),
        ON_BOTH(another_database_keeps_its_rows),
        ON_BOTH(what_a_backup_brings_back_is_erased_again),
        ON_BOTH(a_subject_that_is_not_in_the_file_is_named),
        ON_BOTH(a_large_table_takes_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
