/* Database URLs: the accepted forms, what is shown of them, and refusals that keep the secret. */
#include "db/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static Arena *arena;

static int arena_setup(void **state)
{
    *state = arena = arena_new();
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static DbUrl read_url(const char *text)
{
    DbUrl url = {0};
    Error error = {0};
    if (db_url_read(arena, text, "conf", &url, &error))
        fail_msg("%s: %s", text, error.message);
    return url;
}

static void check_postgresql(const char *text, const char *conninfo, const char *shown)
{
    DbUrl url = read_url(text);
    assert_int_equal(url.engine, ENGINE_POSTGRESQL);
    assert_string_equal(url.conninfo, conninfo);
    assert_string_equal(url.shown, shown);
    assert_null(url.path);
}

static void check_sqlite(const char *text, const char *path)
{
    DbUrl url = read_url(text);
    assert_int_equal(url.engine, ENGINE_SQLITE);
    assert_string_equal(url.path, path);
    assert_string_equal(url.shown, arena_print(arena, "sqlite:%s", path));
    assert_null(url.conninfo);
}

/* No piece of five bytes of a password may stand in what is said about a bad URL. */
static void check_refused(const char *text, const char *reason, const char *secret)
{
    DbUrl url = {.path = "untouched"};
    Error error = {0};
    if (db_url_read(arena, text, "conf", &url, &error) != RUNG_CONFIG)
        fail_msg("accepted: %s", text);
    assert_string_equal(url.path, "untouched");
    if (!strstr(error.message, reason))
        fail_msg("%s: %s", text, error.message);
    assert_true(error.hint[0] != '\0');
    for (size_t i = 0; secret && i + 5 <= strlen(secret); i++) {
        const char *piece = arena_copy(arena, secret + i, 5);
        assert_null(strstr(error.message, piece));
        assert_null(strstr(error.hint, piece));
        assert_null(strstr(error.detail, piece));
    }
}

static void postgresql_urls_go_to_libpq_as_they_are(void **state UNUSED)
{
    check_postgresql("postgresql://", "postgresql://", "postgresql://");
    check_postgresql("postgresql:///shop", "postgresql:///shop", "postgresql:///shop");
    check_postgresql("postgresql://ann@db.example:5433/shop?sslmode=require",
                     "postgresql://ann@db.example:5433/shop?sslmode=require",
                     "postgresql://ann@db.example:5433/shop?sslmode=require");
    check_postgresql("postgresql://h1:1,h2:2,[::1]:3/shop", "postgresql://h1:1,h2:2,[::1]:3/shop",
                     "postgresql://h1:1,h2:2,[::1]:3/shop");
    check_postgresql("postgresql://%2Frun%2Fpg/shop", "postgresql://%2Frun%2Fpg/shop",
                     "postgresql://%2Frun%2Fpg/shop");
}

static void the_scheme_has_short_names_and_driver_suffixes(void **state UNUSED)
{
    check_postgresql("postgres://h/d", "postgresql://h/d", "postgresql://h/d");
    check_postgresql("postgresql+psycopg2://u:pw@h/d", "postgresql://u:pw@h/d",
                     "postgresql://u:***@h/d");
    check_postgresql("postgresql+asyncpg://h/d", "postgresql://h/d", "postgresql://h/d");
    check_sqlite("sqlite+aiosqlite:///a.db", "conf/a.db");
    check_sqlite("sqlite3:a.db", "conf/a.db");
}

static void passwords_are_not_shown(void **state UNUSED)
{
    check_postgresql("postgresql://ann:s3cr%40t@h/d", "postgresql://ann:s3cr%40t@h/d",
                     "postgresql://ann:***@h/d");
    check_postgresql("postgresql://ann:a:b?c#d&e=f'\"$@h/d", "postgresql://ann:a:b?c#d&e=f'\"$@h/d",
                     "postgresql://ann:***@h/d");
    check_postgresql("postgresql://:only@h/d", "postgresql://:only@h/d", "postgresql://:***@h/d");
    check_postgresql("postgresql://ann:@h/d", "postgresql://ann:@h/d", "postgresql://ann@h/d");
    check_postgresql("postgresql://ann:\xC3\xA4\xE2\x82\xAC@h/d",
                     "postgresql://ann:\xC3\xA4\xE2\x82\xAC@h/d", "postgresql://ann:***@h/d");
}

static void passwords_among_the_parameters_are_not_shown(void **state UNUSED)
{
    check_postgresql("postgresql://h/d?user=ann&password=p%26w&sslmode=disable",
                     "postgresql://h/d?user=ann&password=p%26w&sslmode=disable",
                     "postgresql://h/d?user=ann&password=***&sslmode=disable");
    check_postgresql("postgresql://h/d?%70assword=hidden", "postgresql://h/d?%70assword=hidden",
                     "postgresql://h/d?%70assword=***");
    check_postgresql("postgresql://h/d?Password=hidden", "postgresql://h/d?Password=hidden",
                     "postgresql://h/d?Password=***");
    check_postgresql("postgresql:///d?sslpassword=hidden&host=/tmp",
                     "postgresql:///d?sslpassword=hidden&host=/tmp",
                     "postgresql:///d?sslpassword=***&host=/tmp");
}

static void sqlite_paths_are_relative_to_the_folder(void **state UNUSED)
{
    check_sqlite("sqlite:dev.db", "conf/dev.db");
    check_sqlite("sqlite:data/dev.db", "conf/data/dev.db");
    check_sqlite("sqlite:/var/dev.db", "/var/dev.db");
    check_sqlite("sqlite:///dev.db", "conf/dev.db");
    check_sqlite("sqlite:////var/dev.db", "/var/dev.db");
    check_sqlite("sqlite:file:dev.db?mode=ro", "file:dev.db?mode=ro");
}

static void sqlite_escapes_count_only_behind_slashes(void **state UNUSED)
{
    check_sqlite("sqlite:///my%20file.db", "conf/my file.db");
    check_sqlite("sqlite:my%20file.db", "conf/my%20file.db");
    check_sqlite("sqlite:what?.db", "conf/what?.db");
}

static void sqlite_in_memory_has_three_spellings(void **state UNUSED)
{
    check_sqlite("sqlite::memory:", ":memory:");
    check_sqlite("sqlite://", ":memory:");
    check_sqlite("sqlite:///:memory:", ":memory:");
}

static void a_folder_may_be_missing(void **state UNUSED)
{
    DbUrl url;
    Error error;
    assert_int_equal(db_url_read(arena, "sqlite:a.db", NULL, &url, &error), RUNG_OK);
    assert_string_equal(url.path, "a.db");
    assert_int_equal(db_url_read(arena, "sqlite:a.db", ".", &url, &error), RUNG_OK);
    assert_string_equal(url.path, "a.db");
}

static void what_is_no_url_is_refused(void **state UNUSED)
{
    check_refused("", "empty", NULL);
    check_refused("dev.db", "does not begin with", NULL);
    check_refused("host=db password=hunter22", "does not begin with", "hunter22");
    check_refused("hunter22:x", "does not begin with", "hunter22");
    check_refused("mysql://root:hunter22@h/d", "no driver for mysql", "hunter22");
    check_refused("postgresql:shop", "// is missing", NULL);
    check_refused("sqlite:", "empty", NULL);
    check_refused("sqlite://host/a.db", "no host", NULL);
    check_refused("sqlite:///a.db?mode=ro", "no parameters", NULL);
    check_refused("sqlite:///a%00.db", "two hexadecimal digits", NULL);
    check_refused("sqlite:a\nb", "control character", NULL);
    check_refused("sqlite:a\xFF", "UTF-8", NULL);
}

static void a_password_that_is_not_escaped_is_refused_and_not_told(void **state UNUSED)
{
    check_refused("postgresql://ann:hunt@er22@h/d", "holds an @", "hunt@er22");
    check_refused("postgresql://ann:hunter/22@h/d", "holds an @", "hunter/22");
    check_refused("postgresql://ann:hunter22/d", "port is not a number", "hunter22");
    check_refused("postgresql://ann:hunter22?x=1", "port is not a number", "hunter22");
    check_refused("postgresql://ann:12345?hunter22/x@h/d", "not NAME=VALUE", "hunter22");
    check_refused("postgresql://ann:100%hunter@h/d", "two hexadecimal digits", "100%hunter");
    check_refused("postgresql://ann:hunter22%00@h/d", "two hexadecimal digits", "hunter22");
    check_refused("postgresql://h/d?password=hunter=22", "not NAME=VALUE", "hunter=22");
    check_refused("postgresql://h?options=a@b&password=hunter22", "holds an @", "hunter22");
    check_refused("postgresql://h:5432?options=a@b/d&password=hunter22", "holds an @", "hunter22");
    check_refused("postgresql://[::1/d", "port is not a number", NULL);
    check_refused("postgresql://ann:hunter22@[::1]x/d", "port is not a number", "hunter22");
    check_refused("postgresql://ann:hunter22@[]/d", "port is not a number", "hunter22");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
        CASE(postgresql_urls_go_to_libpq_as_they_are),
        CASE(the_scheme_has_short_names_and_driver_suffixes),
        CASE(passwords_are_not_shown),
        CASE(passwords_among_the_parameters_are_not_shown),
        CASE(sqlite_paths_are_relative_to_the_folder),
        CASE(sqlite_escapes_count_only_behind_slashes),
        CASE(sqlite_in_memory_has_three_spellings),
        CASE(a_folder_may_be_missing),
        CASE(what_is_no_url_is_refused),
        CASE(a_password_that_is_not_escaped_is_refused_and_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
