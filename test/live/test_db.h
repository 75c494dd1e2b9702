/* What the tests of connections share: opening, and statements that must succeed or fail. */
#ifndef TEST_LIVE_TEST_DB_H
#define TEST_LIVE_TEST_DB_H

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "db/db.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct Heard {
    int notices, waits;
    char last[200];
    int64_t first_us; /* when the first notice came */
} Heard;

typedef struct Fixture {
    Engine engine;
    Arena *arena;
    char folder[64];
    DbUrl url;
    Db *db;
    const char *schema; /* PostgreSQL: of this test alone */
    Heard heard;
    Error error; /* of the last fails() */
} Fixture;

static inline void hear_notice(void *context, const char *severity, const char *message)
{
    Heard *heard = context;
    if (heard->notices++ == 0)
        heard->first_us = clock_monotonic_us();
    snprintf(heard->last, sizeof heard->last, "%s: %s", severity, message);
}

static inline void hear_wait(void *context)
{
    ((Heard *)context)->waits++;
}

static inline Db *open_with(Fixture *f, DbOptions options)
{
    Db *db = NULL;
    Error error = {0};
    options.notice = hear_notice;
    options.waiting = hear_wait;
    options.context = &f->heard;
    if (db_open(&f->url, &options, &db, &error))
        fail_msg("%s (%s)", error.message, error.detail);
    return db;
}

static inline Db *open_another(Fixture *f)
{
    return open_with(f, (DbOptions){0});
}

static inline void read_url(Fixture *f, const char *text)
{
    Error error = {0};
    if (db_url_read(f->arena, text, "", &f->url, &error))
        fail_msg("%s", error.message);
}

static inline DbRows rows_of(Fixture *f, const char *sql, const char *const *params, size_t count)
{
    DbRows rows = {0};
    Error error = {0};
    DbStatement statement = {.sql = sql, .params = params, .param_count = count};
    if (db_query(f->db, f->arena, &statement, &rows, &error))
        fail_msg("%s: %s", sql, error.message);
    return rows;
}

static inline void run_on(Db *db, const char *sql)
{
    Error error = {0};
    if (db_exec(db, sql, &error))
        fail_msg("%s: %s", sql, error.message);
}

static inline void run(Fixture *f, const char *sql)
{
    run_on(f->db, sql);
}

/* The one value of a query. */
static inline const char *value(Fixture *f, const char *sql)
{
    DbRows rows = rows_of(f, sql, NULL, 0);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.columns, 1);
    return db_cell(&rows, 0, 0);
}

static inline void fails(Fixture *f, const char *sql, Code code)
{
    f->error = (Error){0};
    Code got = db_query(f->db, f->arena, &(DbStatement){.sql = sql}, NULL, &f->error);
    if (got != code)
        fail_msg("%s: %s: %s", sql, error_code_name(got), f->error.message);
}

static inline Code queue(Fixture *f, const char *sql, size_t tag)
{
    return db_queue(f->db, &(DbStatement){.sql = sql, .tag = tag}, &f->error);
}

static inline void drained(Fixture *f)
{
    Error error = {0};
    if (db_drain(f->db, NULL, &error))
        fail_msg("%s in %s", error.message, error.statement);
}

static inline void holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

static inline int fixture_done(void **state)
{
    Fixture *f = *state;
    Error error;
    if (f->schema &&
        (db_exec(f->db, "ROLLBACK", &error) ||
         db_exec(f->db, arena_print(f->arena, "DROP SCHEMA %s CASCADE", f->schema), &error)))
        return 1;
    db_close(f->db);
    if (f->folder[0] && system(arena_print(f->arena, "rm -rf '%s'", f->folder)) != 0)
        return 1;
    arena_free(f->arena);
    free(f);
    return 0;
}

static inline Fixture *fixture_new(Engine engine)
{
    Fixture *f = calloc(1, sizeof(Fixture));
    f->engine = engine;
    f->arena = arena_new();
    snprintf(f->folder, sizeof f->folder, "/tmp/rung-test-XXXXXX");
    if (!mkdtemp(f->folder))
        abort();
    return f;
}

static inline int sqlite_start(void **state)
{
    Fixture *f = *state = fixture_new(ENGINE_SQLITE);
    read_url(f, arena_print(f->arena, "sqlite:%s/test.db", f->folder));
    f->db = open_another(f);
    return 0;
}

static inline int postgresql_start(void **state)
{
    Fixture *f = *state = fixture_new(ENGINE_POSTGRESQL);
    const char *server = getenv("RUNG_TEST_POSTGRESQL");
    if (!server)
        fail_msg("run this by test/with-postgresql");
    const char *schema = arena_print(f->arena, "rung_test_%d", (int)getpid());
    read_url(f, arena_print(f->arena, "%s&options=-csearch_path%%3D%s", server, schema));
    f->db = open_another(f);
    run(f, arena_print(f->arena, "DROP SCHEMA IF EXISTS %s CASCADE", schema));
    run(f, arena_print(f->arena, "CREATE SCHEMA %s", schema));
    f->schema = schema;
    f->heard = (Heard){0};
    return 0;
}

/* Calls db_cancel after a while. */
typedef struct Canceller {
    Db *db;
    pthread_t thread;
} Canceller;

static inline void *cancel_later(void *argument)
{
    clock_sleep_ms(300);
    db_cancel(((Canceller *)argument)->db);
    return NULL;
}

static inline void cancel_soon(Canceller *canceller, Db *db)
{
    canceller->db = db;
    assert_int_equal(pthread_create(&canceller->thread, NULL, cancel_later, canceller), 0);
}

#endif
