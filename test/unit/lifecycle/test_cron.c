/* Cron expressions, time zones, and the slots that come of both. */
#include "lifecycle/cron.h"
#include "base/clock.h"
#include "check.h"

static int64_t at(const char *text)
{
    int64_t seconds = 0;
    assert_true(clock_read_utc(text, &seconds));
    return seconds;
}

static Cron read_cron(const char *text)
{
    Cron cron = {0};
    Error error = {0};
    if (cron_read(text, &cron, &error))
        fail_msg("%s: %s", text, error.message);
    return cron;
}

static const Zone *load(Arena *arena, const char *name)
{
    const Zone *zone = NULL;
    Error error = {0};
    if (zone_load(arena, name, &zone, &error))
        fail_msg("%s", error.message);
    return zone;
}

/* The slots that follow, in UTC, one after the other. */
static void assert_slots(Arena *arena, const char *text, const char *zone, const char *after,
                         const char *const *expected)
{
    Cron cron = read_cron(text);
    const Zone *loaded = load(arena, zone);
    int64_t moment = at(after);
    for (size_t i = 0; expected[i]; i++) {
        moment = cron_next(&cron, loaded, moment);
        assert_string_equal(clock_print_utc(arena, moment), expected[i]);
    }
}
#define SLOTS(text, zone, after, ...)                                                              \
    assert_slots(*state, text, zone, after, ((const char *const[]){__VA_ARGS__, NULL}))

/* ---- expressions ---- */

static void assert_wrong(const char *text, const char *part)
{
    Cron cron;
    Error error = {0};
    if (cron_read(text, &cron, &error) != RUNG_CONFIG)
        fail_msg("%s is accepted", text);
    assert_contains(error.message, part);
}

static void fields_are_lists_of_ranges_and_steps(void **state UNUSED)
{
    Cron cron = read_cron("0,15-20/2,59 */6 1,31 jan-MAR,12 MON-fri");
    assert_true(cron.minutes == (1ULL | 1ULL << 15 | 1ULL << 17 | 1ULL << 19 | 1ULL << 59));
    assert_int_equal(cron.hours, 1 | 1 << 6 | 1 << 12 | 1 << 18);
    assert_true(cron.days == (1U << 1 | 1U << 31));
    assert_int_equal(cron.months, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 12);
    assert_int_equal(cron.weekdays, 0x3E);
    assert_true(cron.either);
}

static void sunday_is_0_and_7(void **state UNUSED)
{
    assert_int_equal(read_cron("0 0 * * 0").weekdays, 1);
    assert_int_equal(read_cron("0 0 * * 7").weekdays, 1);
    assert_int_equal(read_cron("0 0 * * SUN").weekdays, 1);
    assert_int_equal(read_cron("0 0 * * fri-sun").weekdays, 1 | 1 << 5 | 1 << 6);
    assert_int_equal(read_cron("0 0 * * 6-7").weekdays, 1 | 1 << 6);
    assert_int_equal(read_cron("0 0 * * 0-7").weekdays, 0x7F);
    assert_int_equal(read_cron("0 0 * * *").weekdays, 0x7F);
    assert_int_equal(read_cron("0 0 * * */2").weekdays, 1 | 1 << 2 | 1 << 4 | 1 << 6);
}

static void names_stand_for_expressions(void **state)
{
    SLOTS("@daily", "UTC", "2026-11-26T12:00:00Z", "2026-11-27T00:00:00Z");
    SLOTS("@midnight", "UTC", "2026-11-26T12:00:00Z", "2026-11-27T00:00:00Z");
    SLOTS("@hourly", "UTC", "2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z");
    SLOTS("@weekly", "UTC", "2026-11-26T12:00:00Z", "2026-11-29T00:00:00Z");
    SLOTS("@monthly", "UTC", "2026-11-26T12:00:00Z", "2026-12-01T00:00:00Z");
    SLOTS("@yearly", "UTC", "2026-11-26T12:00:00Z", "2027-01-01T00:00:00Z");
    SLOTS("@ANNUALLY", "UTC", "2026-11-26T12:00:00Z", "2027-01-01T00:00:00Z");
}

static void errors_name_the_field(void **state UNUSED)
{
    assert_wrong("60 * * * *", "minute: 60 is not one of 0 to 59");
    assert_wrong("0 24 * * *", "hour: 24 is not one of 0 to 23");
    assert_wrong("0 0 0 * *", "day of the month: 0 is not one of 1 to 31");
    assert_wrong("0 0 * 13 *", "month: 13 is not one of 1 to 12");
    assert_wrong("0 0 * * 8", "day of the week: 8 is not one of 0 to 7");
    assert_wrong("99999999999 * * * *", "minute: 99999999999 is not one of");
    assert_wrong("0 0 * FOO *", "month: FOO is neither a number nor a name");
    assert_wrong("0 0 * MONDAY *", "month: MONDAY is neither");
    assert_wrong("MON 0 * * *", "minute: MON is no number");
    assert_wrong("5x 0 * * *", "minute: 5x is no number");
    assert_wrong("0 0 L * *", "day of the month: L is no number");
    assert_wrong("0 0 ? * *", "day of the month: ? has no place here");
    assert_wrong("0 0 * * 5#2", "day of the week: # has no place here");
    assert_wrong("-1 0 * * *", "minute: - has no place here");
    assert_wrong("*/0 * * * *", "minute: 0 is no step");
    assert_wrong("*/60 * * * *", "minute: 60 is a step larger than the field");
    assert_wrong("*/ * * * *", "minute: there is no number behind the /");
    assert_wrong("5/10 * * * *", "minute: a step needs a range");
    assert_wrong("1, * * * *", "minute: a number is missing");
    assert_wrong(",1 * * * *", "minute: , has no place here");
    assert_wrong("5- * * * *", "minute: a number is missing");
    assert_wrong("20-10 * * * *", "minute: the range 20-10 ends before it begins");
    assert_wrong("0 0 * * SAT-MON", "day of the week: the range 6-1 ends before it begins");
    assert_wrong("**  0 * * *", "minute: * has no place here");
    assert_wrong("", "0 fields in place of five");
    assert_wrong("* * * *", "4 fields in place of five");
    assert_wrong("* * * * * *", "6 fields in place of five");
    assert_wrong("@reboot", "there is no @reboot");
}

static void days_that_never_come_are_refused(void **state UNUSED)
{
    assert_wrong("0 0 31 2 *", "would never run");
    assert_wrong("0 0 30 FEB *", "would never run");
    assert_wrong("0 0 31 4,6,9,11 *", "would never run");
    assert_wrong("0 0 31 2 */2", "would never run");
    read_cron("0 0 29 2 *");
    read_cron("0 0 31 2,3 *");
    read_cron("0 0 31 2 MON"); /* on each Monday of February */
}

/* ---- the calendar ---- */

static void a_day_of_the_month_or_of_the_week_is_enough(void **state)
{
    SLOTS("0 12 13 * FRI", "UTC", "2026-11-01T00:00:00Z", "2026-11-06T12:00:00Z",
          "2026-11-13T12:00:00Z", "2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z",
          "2026-12-04T12:00:00Z", "2026-12-11T12:00:00Z", "2026-12-13T12:00:00Z");
    /* a field that begins with * leaves it to the other one */
    SLOTS("0 12 */12 * FRI", "UTC", "2026-11-01T00:00:00Z", "2026-11-13T12:00:00Z",
          "2026-12-25T12:00:00Z");
    SLOTS("0 12 13 * *", "UTC", "2026-11-01T00:00:00Z", "2026-11-13T12:00:00Z");
    SLOTS("0 12 * * FRI", "UTC", "2026-11-01T00:00:00Z", "2026-11-06T12:00:00Z");
}

static void leap_days_and_long_months(void **state)
{
    SLOTS("0 0 29 2 *", "UTC", "2026-11-26T00:00:00Z", "2028-02-29T00:00:00Z",
          "2032-02-29T00:00:00Z");
    SLOTS("0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"); /* not in 2100 */
    SLOTS("0 0 31 * *", "UTC", "2026-11-26T00:00:00Z", "2026-12-31T00:00:00Z",
          "2027-01-31T00:00:00Z", "2027-03-31T00:00:00Z");
    SLOTS("59 23 31 12 *", "UTC", "2026-12-31T23:58:59Z", "2026-12-31T23:59:00Z",
          "2027-12-31T23:59:00Z");
}

static void a_slot_is_behind_the_moment(void **state)
{
    SLOTS("0 2 * * *", "UTC", "2026-11-26T02:00:00Z", "2026-11-27T02:00:00Z");
    SLOTS("0 2 * * *", "UTC", "2026-11-26T01:59:59Z", "2026-11-26T02:00:00Z");
    SLOTS("* * * * *", "UTC", "2026-11-26T02:00:01Z", "2026-11-26T02:01:00Z");
}

/* ---- the clocks change ---- */

static void a_time_that_is_skipped_comes_just_after_the_gap(void **state)
{
    /* Berlin: 02:00 becomes 03:00 on 29 March 2026 at 01:00 UTC */
    SLOTS("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z",
          "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    SLOTS("0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
          "2026-03-30T00:00:00Z");
    /* all that fall there are one, also with what is there anyway */
    SLOTS("*/10 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
          "2026-03-30T00:00:00Z");
    SLOTS("0,30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
          "2026-03-29T01:30:00Z", "2026-03-30T00:00:00Z");
    /* New York, 8 March */
    SLOTS("15 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z",
          "2026-03-09T06:15:00Z");
    /* the southern hemisphere: Sydney, 4 October */
    SLOTS("30 2 * * *", "Australia/Sydney", "2026-10-03T00:00:00Z", "2026-10-03T16:00:00Z",
          "2026-10-04T15:30:00Z");
    /* half an hour on Lord Howe: 02:00 becomes 02:30 */
    SLOTS("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z",
          "2026-10-04T15:15:00Z");
    /* at midnight: Beirut, 29 March, 00:00 becomes 01:00 */
    SLOTS("@daily", "Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z",
          "2026-03-29T21:00:00Z");
    /* a whole day: Apia had no 30 December 2011 */
    SLOTS("0 2 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", "2011-12-29T12:00:00Z",
          "2011-12-30T10:00:00Z", "2011-12-30T12:00:00Z", "2011-12-31T12:00:00Z");
}

static void a_time_that_comes_twice_is_the_first(void **state)
{
    /* Berlin: 03:00 becomes 02:00 on 25 October 2026 at 01:00 UTC */
    SLOTS("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z",
          "2026-10-26T01:30:00Z");
    SLOTS("*/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z",
          "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z");
    SLOTS("0 2,3 * * *", "Europe/Berlin", "2026-10-25T00:59:00Z", "2026-10-25T02:00:00Z");
    SLOTS("0 */2 * * *", "Europe/Berlin", "2026-10-24T21:00:00Z", "2026-10-24T22:00:00Z",
          "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z");
    SLOTS("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z",
          "2026-11-02T06:30:00Z");
    SLOTS("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z",
          "2026-04-05T15:15:00Z");
}

static void a_job_of_every_hour_goes_by_the_time_that_passes(void **state)
{
    SLOTS("*/15 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T00:45:00Z",
          "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z");
    SLOTS("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", "2026-10-25T00:30:00Z",
          "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
    SLOTS("*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:30:00Z", "2026-04-04T14:45:00Z",
          "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z", "2026-04-04T15:30:00Z");
    SLOTS("0 * * * *", "Asia/Kathmandu", "2026-11-26T00:00:00Z", "2026-11-26T00:15:00Z",
          "2026-11-26T01:15:00Z");
}

static void other_zones(void **state)
{
    /* its standard time is that of the summer: Dublin */
    SLOTS("30 1 * * *", "Europe/Dublin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
          "2026-03-30T00:30:00Z");
    /* the years that only the rule at the end of the file knows */
    SLOTS("30 2 * * *", "Europe/Berlin", "2099-03-28T12:00:00Z", "2099-03-29T01:00:00Z",
          "2099-03-30T00:30:00Z");
    /* Pyongyang went back half an hour in 2015, and forth in 2018 */
    SLOTS("45 23 * * *", "Asia/Pyongyang", "2018-05-03T12:00:00Z", "2018-05-03T15:15:00Z",
          "2018-05-04T15:00:00Z", "2018-05-05T14:45:00Z");
    /* before zones: local mean time, with seconds */
    int64_t until;
    assert_int_equal(zone_offset(load(*state, "Europe/Berlin"), -4000000000, &until), 3208);
    SLOTS("0 0 1 1 *", "Pacific/Kiritimati", "2026-06-01T00:00:00Z", "2026-12-31T10:00:00Z");
    SLOTS("0 0 1 1 *", "Etc/GMT+12", "2026-06-01T00:00:00Z", "2027-01-01T12:00:00Z");
}

static void slots_are_counted(void **state)
{
    Cron cron = read_cron("0 2 * * *");
    const Zone *zone = load(*state, "UTC");
    CronSlots slots =
        cron_slots(&cron, zone, at("2026-11-20T02:00:00Z"), at("2026-11-26T02:00:00Z"));
    assert_int_equal(slots.count, 6);
    assert_int_equal(slots.last, at("2026-11-26T02:00:00Z"));
    assert_int_equal(slots.before, at("2026-11-25T02:00:00Z"));
    slots = cron_slots(&cron, zone, at("2026-11-26T02:00:00Z"), at("2026-11-27T01:59:59Z"));
    assert_int_equal(slots.count, 0);
    slots = cron_slots(&cron, zone, at("2026-11-26T02:00:00Z"), at("2026-11-20T02:00:00Z"));
    assert_int_equal(slots.count, 0); /* the clock went back */
}

/* ---- files ---- */

static void names_of_zones_stay_in_their_folder(void **state)
{
    static const char *const names[] = {"",        "/etc/passwd", "../../../etc/passwd",
                                        "Nowhere", "Europe",      "Europe/Berlin ",
                                        "utc;",    "posixrules/", "tzdata.zi"};
    const Zone *zone;
    for (size_t i = 0; i < COUNT(names); i++) {
        Error error = {0};
        assert_int_equal(zone_load(*state, names[i], &zone, &error), RUNG_CONFIG);
        assert_contains(error.message, names[i]);
    }
}

/* A file of version 2 without changes, whose footer is `rule`. */
static Code read_rule(Arena *arena, const char *rule, const Zone **ret_zone)
{
    char data[256] = "TZif2";
    Error error = {0};
    data[39] = 1; /* one type; no letters */
    memcpy(data + 44 + 6, data, 44);
    int length = 44 + 6 + 44 + 6;
    length += snprintf(data + length, sizeof data - (size_t)length, "\n%s\n", rule);
    return zone_read(arena, "x", data, (size_t)length, ret_zone, &error);
}

static void rules_of_the_footer(void **state)
{
    const Zone *zone;
    int64_t until;
    assert_int_equal(read_rule(*state, "EST5EDT,M3.2.0,M11.1.0", &zone), RUNG_OK);
    assert_int_equal(zone_offset(zone, at("2026-07-01"), &until), -4 * 3600);
    assert_int_equal(until, at("2026-11-01T06:00:00Z"));
    assert_int_equal(read_rule(*state, "<+0330>-3:30<+0430>,J79/24,J263/24", &zone), RUNG_OK);
    assert_int_equal(zone_offset(zone, at("2028-03-20T20:30:00Z"), &until), 16200);
    assert_int_equal(zone_offset(zone, at("2028-03-20T20:29:59Z"), &until), 12600);
    assert_int_equal(read_rule(*state, "XXX3EDT4,0/0,J365/23", &zone), RUNG_OK); /* always summer */
    assert_int_equal(zone_offset(zone, at("2026-01-01T03:00:00Z"), &until), -4 * 3600);
    assert_int_equal(zone_offset(zone, at("2026-12-31T12:00:00Z"), &until), -4 * 3600);
    assert_int_equal(read_rule(*state, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", &zone), RUNG_OK);
    assert_int_equal(zone_offset(zone, at("2026-03-29T00:59:59Z"), &until), -7200);
    assert_int_equal(zone_offset(zone, at("2026-03-29T01:00:00Z"), &until), -3600);
    static const char *const wrong[] = {"5",
                                        "EST",
                                        "EST5EDT",
                                        "EST5EDT,M3",
                                        "EST5EDT,M13.1.0,M1.1.0",
                                        "<EST5",
                                        "EST200",
                                        "EST5EDT,M3.2.0,M11.1.0x",
                                        "EST5EDT,J0,J1"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(read_rule(*state, wrong[i], &zone), RUNG_CONFIG);
}

/* Cut and changed bytes give an error or a zone, and nothing worse. */
static void damaged_files(void **state)
{
    FILE *file = fopen(ZONE_FOLDER "/Europe/Berlin", "rb");
    char data[8192], copy[8192];
    const Zone *zone;
    int64_t until;
    Error error;
    assert_non_null(file);
    size_t length = fread(data, 1, sizeof data, file);
    fclose(file);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(zone_read(*state, "x", data, i, &zone, &error), RUNG_CONFIG);
    for (size_t i = 0; i < length; i++)
        for (int bit = 0; bit < 8; bit += 3) {
            Arena *arena = arena_new();
            memcpy(copy, data, length);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            if (!zone_read(arena, "x", copy, length, &zone, &error))
                zone_offset(zone, at("2026-07-01"), &until);
            arena_free(arena);
        }
}

RUN_TESTS(TEST(fields_are_lists_of_ranges_and_steps), TEST(sunday_is_0_and_7),
          TEST(names_stand_for_expressions), TEST(errors_name_the_field),
          TEST(days_that_never_come_are_refused), TEST(a_day_of_the_month_or_of_the_week_is_enough),
          TEST(leap_days_and_long_months), TEST(a_slot_is_behind_the_moment),
          TEST(a_time_that_is_skipped_comes_just_after_the_gap),
          TEST(a_time_that_comes_twice_is_the_first),
          TEST(a_job_of_every_hour_goes_by_the_time_that_passes), TEST(other_zones),
          TEST(slots_are_counted), TEST(names_of_zones_stay_in_their_folder),
          TEST(rules_of_the_footer), TEST(damaged_files))
