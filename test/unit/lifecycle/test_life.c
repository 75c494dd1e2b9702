/* Statements for both engines, and the keyed hash. */
#include "check.h"
#include "lifecycle/life.h"

#include <string.h>

static void assert_text(Arena *arena, const char *text, const char *postgresql, const char *sqlite)
{
    Life life = {.engine = ENGINE_POSTGRESQL};
    assert_string_equal(life_text(&life, arena, text), postgresql);
    life.engine = ENGINE_SQLITE;
    assert_string_equal(life_text(&life, arena, text), sqlite);
}

static void words_in_braces_are_each_engines_own(void **state)
{
    assert_text(*state, "SELECT $1 FROM {erasure}", "SELECT $1 FROM rung.erasure",
                "SELECT ?1 FROM rung_erasure");
    assert_text(*state, "{epoch at}", "floor(extract(epoch FROM at))::bigint", "at");
    assert_text(*state, "{time 5}", "to_timestamp((5)::double precision)", "CAST(5 AS INTEGER)");
    assert_text(*state, "{epoch {now}}", "floor(extract(epoch FROM now()))::bigint",
                "CAST(strftime('%s', 'now') AS INTEGER)");
}

static void what_stands_in_quotes_stays(void **state)
{
    static const char *const texts[] = {"'{now} $1'", "\"{a} $2\"", "'it''s {now}' \"\"\"$\"",
                                        "'\"' || '{b}' = x", "\"'\" '$1'"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_text(*state, texts[i], texts[i], texts[i]);
    assert_text(*state, "{epoch '}'}", "floor(extract(epoch FROM '}'))::bigint", "'}'");
    assert_text(*state, "'{now}'{now}", "'{now}'now()",
                "'{now}'CAST(strftime('%s', 'now') AS INTEGER)");
}

static void a_brace_that_is_not_closed_stays(void **state)
{
    assert_text(*state, "a { b", "a { b", "a { b");
    assert_text(*state, "it's {now", "it's {now", "it's {now");
}

static void a_hash_depends_on_key_subject_and_row(void **state UNUSED)
{
    Life life = {.secret = "0123456789abcdef0123456789abcdef"};
    Life other = {.secret = "0123456789abcdef0123456789abcdeg"};
    char a[HASH_HEX_SIZE], b[HASH_HEX_SIZE];
    life_hash(&life, "users", "12", a);
    life_hash(&life, "users", "12", b);
    assert_string_equal(a, b);
    life_hash(&life, "users1", "2", b);
    assert_string_not_equal(a, b);
    life_hash(&other, "users", "12", b);
    assert_string_not_equal(a, b);
}

static void passing_errors_are_known(void **state UNUSED)
{
    assert_true(life_is_passing(&(Error){.sqlstate = "40P01"}));
    assert_true(life_is_passing(&(Error){.detail = "SQLITE_BUSY_SNAPSHOT"}));
    assert_false(life_is_passing(&(Error){.sqlstate = "23505"}));
    assert_false(life_is_passing(&(Error){.detail = "SQLITE_CONSTRAINT"}));
}

RUN_TESTS(TEST(words_in_braces_are_each_engines_own), TEST(what_stands_in_quotes_stays),
          TEST(a_brace_that_is_not_closed_stays), TEST(a_hash_depends_on_key_subject_and_row),
          TEST(passing_errors_are_known))
