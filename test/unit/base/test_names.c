/* Near names and lists of names in messages. */
#include "check.h"

#include "base/names.h"

static size_t distance(const char *a, const char *b)
{
    return name_distance(a, strlen(a), b, strlen(b));
}

static void distance_counts_edits(void **state)
{
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("abc", "abc"), 0);
    assert_int_equal(distance("abc", "ABC"), 0);
    assert_int_equal(distance("abc", "abd"), 1);
    assert_int_equal(distance("abc", "abcd"), 1);
    assert_int_equal(distance("abc", "bc"), 1);
    assert_int_equal(distance("check", "chekc"), 1);
    assert_int_equal(distance("20250101", "20260110"), 2);
    assert_int_equal(distance("upgrade", "downgrade"), 4);
}

static void distance_is_symmetric_and_bounded(void **state)
{
    char long_name[200];
    memset(long_name, 'a', sizeof long_name);
    assert_int_equal(name_distance(long_name, 127, "", 0), 127);
    assert_int_equal(name_distance(long_name, 127, long_name, 120), 7);
    assert_true(name_distance(long_name, 128, "a", 1) == SIZE_MAX);
    assert_true(name_distance("a", 1, long_name, 128) == SIZE_MAX);
    assert_int_equal(distance("ladder", "addle"), distance("addle", "ladder"));
}

static void nearest_names_come_first_and_are_three(void **state)
{
    Near near;
    near_start(&near, "20250103", 8);
    const char *const names[] = {"20250111", "20250104", "other", "20250105", "20250103a", "2025"};
    for (size_t i = 0; i < COUNT(names); i++)
        near_offer(&near, names[i]);
    assert_int_equal(near.count, 3);
    assert_string_equal(near.names[0], "20250104");
    assert_string_equal(near.names[1], "20250105");
    assert_string_equal(near.names[2], "20250103a");
}

static void far_names_are_not_near(void **state)
{
    Near near;
    near_start(&near, "up", 2);
    near_offer(&near, "down");
    near_offer(&near, "check");
    assert_int_equal(near.count, 0);
    near_offer(&near, "upp");
    assert_int_equal(near.count, 1);
}

static void lists_are_cut_after_twenty(void **state)
{
    const char *names[25];
    for (size_t i = 0; i < COUNT(names); i++)
        names[i] = arena_print(*state, "n%zu", i);
    Text text = TEXT_EMPTY;
    names_print(&text, names, 1, "or");
    assert_string_equal(text_string(&text), "n0");
    text_clear(&text);
    names_print(&text, names, 3, "or");
    assert_string_equal(text_string(&text), "n0, n1 or n2");
    text_clear(&text);
    names_print(&text, names, 25, "and");
    assert_non_null(strstr(text_string(&text), "n18, n19 and 5 more"));
    text_done(&text);
}

RUN_TESTS(TEST(distance_counts_edits), TEST(distance_is_symmetric_and_bounded),
          TEST(nearest_names_come_first_and_are_three), TEST(far_names_are_not_near),
          TEST(lists_are_cut_after_twenty))
