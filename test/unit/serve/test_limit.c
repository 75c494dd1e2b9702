/* How often something may be tried. */
#include "serve/limit.h"

#include "check.h"

enum { SECOND = 1000000 };

static void tries_are_used_up_and_come_back(void **state)
{
    Limit *limit = limit_new(3, 10);
    int64_t now = 1000 * (int64_t)SECOND;
    for (int i = 0; i < 3; i++)
        assert_int_equal(limit_take(limit, "a", now), 0);
    assert_int_equal(limit_take(limit, "a", now), 10);
    assert_int_equal(limit_take(limit, "a", now + 4 * SECOND), 6);
    assert_int_equal(limit_take(limit, "b", now), 0);
    assert_int_equal(limit_take(limit, "a", now + 10 * SECOND), 0);
    assert_int_equal(limit_take(limit, "a", now + 10 * SECOND), 10);
    for (int i = 0; i < 3; i++)
        assert_int_equal(limit_take(limit, "a", now + 1000 * SECOND), 0);
    assert_int_not_equal(limit_take(limit, "a", now + 1000 * SECOND), 0);
    limit_free(limit);
}

static void what_was_right_does_not_count(void **state)
{
    Limit *limit = limit_new(2, 60);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(limit_take(limit, "a", SECOND), 0);
        limit_return(limit, "a");
    }
    limit_return(limit, "a");
    assert_int_equal(limit_take(limit, "a", SECOND), 0);
    assert_int_equal(limit_take(limit, "a", SECOND), 0);
    assert_int_equal(limit_take(limit, "a", SECOND), 60);
    limit_free(limit);
}

static void rates_can_be_changed(void **state)
{
    Limit *limit = limit_new(1, 1);
    int64_t now = SECOND;
    limit_set_rate(limit, 10, 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(limit_take(limit, "a", now), 0);
    assert_int_equal(limit_take(limit, "a", now), 1);
    assert_int_equal(limit_take(limit, "a", now + SECOND / 10), 0);
    assert_int_equal(limit_take(limit, "a", now + SECOND / 10), 1);
    limit_set_rate(limit, 0, 20);
    for (int i = 0; i < 100; i++)
        assert_int_equal(limit_take(limit, "a", now + SECOND), 0);
    limit_free(limit);
}

RUN_TESTS(TEST(rates_can_be_changed), TEST(tries_are_used_up_and_come_back),
          TEST(what_was_right_does_not_count))
