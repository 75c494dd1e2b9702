/* Errors: filling, cutting, and the table of codes. */
#include "check.h"
#include "base/error.h"

static void setting_replaces_all_that_was_there(void **state UNUSED)
{
    Error error;
    memset(&error, 'x', sizeof error);
    assert_int_equal(error_set(&error, RUNG_FAILED, "no %s", "way"), RUNG_FAILED);
    assert_string_equal(error.message, "no way");
    assert_string_equal(error.detail, "");
    assert_string_equal(error.hint, "");
    assert_string_equal(error.sqlstate, "");
    assert_string_equal(error.file, "");
    assert_string_equal(error.revision, "");
    assert_string_equal(error.statement, "");
    assert_int_equal(error.line, 0);
}

static void a_message_may_quote_the_one_it_replaces(void **state UNUSED)
{
    Error error;
    error_set(&error, RUNG_FILE, "inner");
    error_set(&error, RUNG_CONFIG, "outer: %s", error.message);
    assert_string_equal(error.message, "outer: inner");
    error_at(&error, RUNG_CONFIG, "f.sql", 3, "at %s", error.message);
    assert_string_equal(error.message, "at outer: inner");
    error_at(&error, RUNG_CONFIG, error.file, 4, "again");
    assert_string_equal(error.file, "f.sql");
    assert_int_equal(error.line, 4);
}

static void additions_keep_the_code(void **state UNUSED)
{
    Error error;
    error_at(&error, RUNG_REVISION, NULL, 0, "m");
    assert_string_equal(error.file, "");
    assert_int_equal(error_hint(&error, "do %d", 1), RUNG_REVISION);
    assert_int_equal(error_detail(&error, "see %d", 2), RUNG_REVISION);
    assert_string_equal(error.hint, "do 1");
    assert_string_equal(error.detail, "see 2");
}

static void what_does_not_fit_ends_in_dots(void **state)
{
    Error error;
    char *large = arena_print(*state, "%0*d", 5000, 7);
    error_at(&error, RUNG_FAILED, large, 1, "%s", large);
    error_hint(&error, "%s", large);
    error_detail(&error, "%s", large);
    error_statement(&error, large, 5000);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_string_equal(error.message + sizeof error.message - 4, "...");
    assert_string_equal(error.hint + sizeof error.hint - 4, "...");
    assert_string_equal(error.detail + sizeof error.detail - 4, "...");
    assert_string_equal(error.file + sizeof error.file - 4, "...");
    assert_string_equal(error.statement + sizeof error.statement - 4, "...");
}

static void a_statement_that_fits_is_whole(void **state)
{
    Error error;
    size_t fits = sizeof error.statement - 1;
    char *text = arena_print(*state, "%0*d", (int)fits, 7);
    error_set(&error, RUNG_FAILED, "m");
    error_statement(&error, text, fits);
    assert_string_equal(error.statement, text);
    error_statement(&error, "SELECT 1; more", 8);
    assert_string_equal(error.statement, "SELECT 1");
}

static void every_code_has_name_exit_status_and_text(void **state UNUSED)
{
    for (int code = 0; code < RUNG_CODE_COUNT; code++) {
        assert_true(error_code_name((Code)code)[0] != '\0');
        assert_true(error_code_doc((Code)code)[0] != '\0');
        assert_in_range(error_code_exit((Code)code), 0, 6);
    }
    assert_string_equal(error_code_name(RUNG_LOCKED), "LOCKED");
    assert_int_equal(error_code_exit(RUNG_LOCKED), 5);
    assert_int_equal(error_code_exit(RUNG_OK), 0);
    assert_int_equal(error_code_exit(RUNG_CODE_COUNT), 1);
}

RUN_TESTS(TEST(setting_replaces_all_that_was_there), TEST(a_message_may_quote_the_one_it_replaces),
          TEST(additions_keep_the_code), TEST(what_does_not_fit_ends_in_dots),
          TEST(a_statement_that_fits_is_whole), TEST(every_code_has_name_exit_status_and_text))
