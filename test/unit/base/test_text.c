/* Text buffers: growth, the limit, and the failure that sticks. */
#include "check.h"
#include "base/text.h"

static void everything_is_appended(void **state UNUSED)
{
    Text text = TEXT_EMPTY;
    assert_string_equal(text_string(&text), "");
    text_put(&text, "a");
    text_add(&text, "bcd", 2);
    text_char(&text, 'd');
    text_print(&text, "%d-%s", 42, "x");
    assert_string_equal(text_string(&text), "abcd42-x");
    assert_int_equal(text.length, 8);
    text_clear(&text);
    assert_string_equal(text_string(&text), "");
    text_put(&text, "again");
    assert_string_equal(text_string(&text), "again");
    text_done(&text);
    assert_string_equal(text_string(&text), "");
}

static void it_grows_by_any_step(void **state UNUSED)
{
    Text text = TEXT_EMPTY;
    for (int i = 0; i < 3000; i++)
        text_print(&text, "%04d%*s", i, i % 70, "");
    assert_false(text.failed);
    assert_int_equal(strlen(text_string(&text)), text.length);
    assert_memory_equal(text_string(&text), "0000", 4);
    text_done(&text);
}

static void a_limit_fails_and_sticks(void **state UNUSED)
{
    Text text = {.limit = 5};
    text_put(&text, "12345");
    assert_false(text.failed);
    text_char(&text, '6');
    assert_true(text.failed);
    text_clear(&text);
    assert_false(text.failed);
    text_put(&text, "1234");
    text_print(&text, "%d", 56);
    text_put(&text, "");
    assert_true(text.failed);
    assert_string_equal(text_string(&text), "1234");
    assert_null(text_take(&text));
    assert_null(text.data);
}

static void taking_hands_over(void **state UNUSED)
{
    Text text = TEXT_EMPTY;
    char *nothing = text_take(&text);
    assert_string_equal(nothing, "");
    text_put(&text, "mine");
    char *taken = text_take(&text);
    assert_string_equal(taken, "mine");
    assert_null(text.data);
    free(taken);
    free(nothing);
}

RUN_TESTS(TEST(everything_is_appended), TEST(it_grows_by_any_step), TEST(a_limit_fails_and_sticks),
          TEST(taking_hands_over))
