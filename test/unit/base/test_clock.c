/* Dates and durations, read and printed. */
#include "check.h"
#include "base/clock.h"

static void dates_are_utc(void **state)
{
    int64_t us = INT64_C(1765792800123456); /* 2025-12-15T10:00:00.123456Z */
    setenv("TZ", "America/New_York", 1);
    assert_string_equal(clock_print_id(*state, us), "20251215T100000");
    assert_string_equal(clock_print_iso(*state, us), "2025-12-15T10:00:00.123456Z");
    assert_string_equal(clock_print_iso(*state, 0), "1970-01-01T00:00:00.000000Z");
}

static void durations_have_a_fitting_unit(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0.0 ms"},
        {1250, "1.2 ms"},
        {850000, "850 ms"},
        {4200000, "4.2 s"},
        {59900000, "59.9 s"},
        {200000000, "3 min 20 s"},
        {3600000000, "1 h 0 min"},
        {INT64_C(93784000000), "26 h 3 min"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(clock_print_duration(*state, cases[i].us), cases[i].text);
}

static void durations_are_read_in_any_unit(void **state UNUSED)
{
    static const struct {
        const char *text;
        int ms;
    } cases[] = {
        {"0", 0},
        {"1500", 1500},
        {"500ms", 500},
        {"2s", 2000},
        {"2 s", 2000},
        {"10min", 600000},
        {"3m", 180000},
        {"1h", 3600000},
        {"20d", 1728000000},
        {"2147483647", 2147483647},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int ms = -1;
        assert_true(clock_read_duration_ms(cases[i].text, &ms));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void other_durations_are_refused(void **state UNUSED)
{
    static const char *const texts[] = {"",    " ",    "s",          "-1s",
                                        "+1s", "1.5s", "2 weeks",    "1s ",
                                        "30d", "0x10", "2147483648", "99999999999999999999999s"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        int ms = 77;
        if (clock_read_duration_ms(texts[i], &ms))
            fail_msg("\"%s\" was read as %d", texts[i], ms);
        assert_int_equal(ms, 77);
    }
}

static void sleeping_takes_time(void **state UNUSED)
{
    int64_t start = clock_monotonic_us();
    clock_sleep_ms(20);
    assert_true(clock_monotonic_us() - start >= 20000);
    clock_sleep_ms(0);
    clock_sleep_ms(-5);
    assert_true(clock_wall_us() > INT64_C(1700000000000000));
}

static void ages_have_a_unit(void **state UNUSED)
{
    ClockAge age;
    assert_true(clock_read_age("30d", &age));
    assert_int_equal(age.seconds, 30 * 86400);
    assert_int_equal(age.months, 0);
    assert_true(clock_read_age("7y", &age));
    assert_int_equal(age.months, 84);
    assert_true(clock_read_age("6 mo", &age));
    assert_int_equal(age.months, 6);
    assert_true(clock_read_age("48h", &age));
    assert_int_equal(age.seconds, 48 * 3600);
    assert_false(clock_read_age("30", &age));
    assert_false(clock_read_age("-1d", &age));
    assert_false(clock_read_age("1 fortnight", &age));
    assert_false(clock_read_age("99999999999999999999d", &age));
}

static void a_time_is_read_as_it_is_printed(void **state)
{
    static const int64_t times[] = {0,          1,          68169599,   951782400,
                                    1709164799, 1765792800, 1835395200, 253402300799};
    int64_t seconds;
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_true(clock_read_utc(clock_print_utc(*state, times[i]), &seconds));
        assert_int_equal(seconds, times[i]);
    }
    assert_string_equal(clock_print_utc(*state, 1765792800), "2025-12-15T10:00:00Z");
    assert_true(clock_read_utc("2025-12-15 10:00", &seconds));
    assert_int_equal(seconds, 1765792800);
    assert_true(clock_read_utc("2028-02-29", &seconds));
    assert_int_equal(seconds, 1835395200);
}

static void other_times_are_refused(void **state UNUSED)
{
    static const char *const texts[] = {"",
                                        "tomorrow",
                                        "2026",
                                        "2026-1-1",
                                        "2026-02-29",
                                        "2026-13-01",
                                        "2026-00-01",
                                        "2026-01-00",
                                        "1969-12-31",
                                        "2026-01-01T",
                                        "2026-01-01T24:00",
                                        "2026-01-01T10:60",
                                        "2026-01-01T10",
                                        "2026-01-01T10:00:00+02",
                                        "2026-01-01T10:00:00Zx",
                                        "2026-01-01x",
                                        "20260101"};
    int64_t seconds;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (clock_read_utc(texts[i], &seconds))
            fail_msg("%s was read", texts[i]);
}

RUN_TESTS(TEST(a_time_is_read_as_it_is_printed), TEST(other_times_are_refused), TEST(dates_are_utc),
          TEST(durations_have_a_fitting_unit), TEST(durations_are_read_in_any_unit),
          TEST(other_durations_are_refused), TEST(sleeping_takes_time), TEST(ages_have_a_unit))
