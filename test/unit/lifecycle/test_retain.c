/* The calendar of retention. */
#include "lifecycle/retain.h"
#include "base/clock.h"
#include "check.h"

static int64_t at(const char *text)
{
    int64_t seconds = 0;
    assert_true(clock_read_utc(text, &seconds));
    return seconds;
}

static void assert_cutoff(const char *now, const char *keep, const char *expected)
{
    ClockAge age;
    assert_true(clock_read_age(keep, &age));
    assert_int_equal(retain_cutoff(at(now), &age), at(expected));
}

static void days_and_hours_are_seconds(void **state UNUSED)
{
    assert_cutoff("2026-11-26T22:51:07Z", "90d", "2026-08-28T22:51:07Z");
    assert_cutoff("2026-03-29T02:30:00Z", "24h", "2026-03-28T02:30:00Z"); /* DST elsewhere */
    assert_cutoff("1970-03-01T00:00:00Z", "1d", "1970-02-28T00:00:00Z");
}

static void months_and_years_are_those_of_the_calendar(void **state UNUSED)
{
    assert_cutoff("2026-11-26T22:51:07Z", "7y", "2019-11-26T22:51:07Z");
    assert_cutoff("2026-01-15T00:00:00Z", "1mo", "2025-12-15T00:00:00Z");
    assert_cutoff("2024-03-31T10:00:00Z", "1mo", "2024-02-29T10:00:00Z");
    assert_cutoff("2023-03-31T10:00:00Z", "1mo", "2023-02-28T10:00:00Z");
    assert_cutoff("2100-03-31T10:00:00Z", "1mo", "2100-02-28T10:00:00Z");
}

/* Seven years from 29 February 2016 are not over on 28 February 2023, and are on 1 March. */
static void a_leap_day_ends_on_the_first_of_march(void **state UNUSED)
{
    ClockAge age;
    assert_true(clock_read_age("7y", &age));
    assert_true(retain_cutoff(at("2023-02-28T23:59:59Z"), &age) < at("2016-02-29T00:00:00Z"));
    assert_int_equal(retain_cutoff(at("2023-03-01T00:00:00Z"), &age), at("2016-03-01T00:00:00Z"));
    assert_int_equal(retain_cutoff(at("2024-02-29T12:00:00Z"), &age), at("2017-02-28T12:00:00Z"));
}

/* No row goes before it was kept so long: on each day of thirty years, and for each length. */
static void nothing_is_due_early(void **state UNUSED)
{
    static const char *const keeps[] = {"1mo", "6mo", "1y", "4y", "7y"};
    static const int months[] = {1, 6, 12, 48, 84};
    for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
        ClockAge age, ahead = {.months = -months[i]};
        assert_true(clock_read_age(keeps[i], &age));
        for (int64_t day = 4000; day < 15000; day++) {
            int64_t now = day * 86400 + 1234, cutoff = retain_cutoff(now, &age);
            assert_true(retain_cutoff(cutoff, &ahead) <= now);
            assert_true(retain_cutoff(now + 4 * 86400, &age) > cutoff);
        }
    }
}

static void periods_begin_in_utc(void **state UNUSED)
{
    int64_t now = at("2026-12-31T23:59:59Z");
    assert_int_equal(retain_period("day", now, 1), at("2027-01-01T00:00:00Z"));
    assert_int_equal(retain_period("week", now, 0), at("2026-12-28T00:00:00Z"));
    assert_int_equal(retain_period("month", now, 0), at("2026-12-01T00:00:00Z"));
    assert_int_equal(retain_period("month", now, 2), at("2027-02-01T00:00:00Z"));
    assert_int_equal(retain_period("year", now, -2), at("2024-01-01T00:00:00Z"));
}

RUN_TESTS(TEST(days_and_hours_are_seconds), TEST(months_and_years_are_those_of_the_calendar),
          TEST(a_leap_day_ends_on_the_first_of_march), TEST(nothing_is_due_early),
          TEST(periods_begin_in_utc))
