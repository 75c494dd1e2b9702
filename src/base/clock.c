/* clock_gettime and strftime, with the units in the names. */
#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

static int64_t clock_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

int64_t clock_wall_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

void clock_sleep_ms(int64_t milliseconds)
{
    struct timespec rest = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    if (milliseconds > 0)
        nanosleep(&rest, NULL);
}

static void print_utc(char *buffer, size_t size, const char *format, int64_t wall_us)
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    if (!strftime(buffer, size, format, &utc))
        buffer[0] = '\0';
}

char *clock_print_id(Arena *arena, int64_t wall_us)
{
    char buffer[32];
    print_utc(buffer, sizeof buffer, "%Y%m%dT%H%M%S", wall_us);
    return arena_string(arena, buffer);
}

char *clock_print_iso(Arena *arena, int64_t wall_us)
{
    char buffer[32];
    print_utc(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", wall_us);
    return arena_print(arena, "%s.%06dZ", buffer, (int)(wall_us % 1000000));
}

char *clock_print_utc(Arena *arena, int64_t seconds)
{
    char buffer[32];
    print_utc(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", seconds * 1000000);
    return arena_string(arena, buffer);
}

/* Digits of this number, and then one of `ends` (which may be the end of the text). */
static bool read_digits(const char **text, int count, const char *ends, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!(**text >= '0' && **text <= '9'))
            return false;
        number = number * 10 + (**text - '0');
    }
    if (**text && !strchr(ends, **text))
        return false;
    *ret_number = number;
    return true;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool read_time(const char *text, int *ret_seconds)
{
    int hour, minute, second = 0;
    if (!read_digits(&text, 2, ":", &hour) || *text++ != ':' ||
        !read_digits(&text, 2, ":Z", &minute))
        return false;
    if (*text == ':') {
        text++;
        if (!read_digits(&text, 2, "Z", &second))
            return false;
    }
    if (*text == 'Z')
        text++;
    *ret_seconds = hour * 3600 + minute * 60 + second;
    return !*text && hour < 24 && minute < 60 && second < 60;
}

bool clock_read_utc(const char *text, int64_t *ret_seconds)
{
    int year, month, day, seconds = 0;
    int64_t days = 0;
    if (!read_digits(&text, 4, "-", &year) || *text++ != '-' ||
        !read_digits(&text, 2, "-", &month) || *text++ != '-' || !read_digits(&text, 2, "T ", &day))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    if (*text && !read_time(text + 1, &seconds))
        return false;
    for (int i = 1970; i < year; i++)
        days += 337 + days_of_month(i, 2);
    for (int i = 1; i < month; i++)
        days += days_of_month(year, i);
    *ret_seconds = (days + day - 1) * 86400 + seconds;
    return true;
}

char *clock_print_duration(Arena *arena, int64_t us)
{
    int64_t seconds = us / 1000000;
    if (us < 10000)
        return arena_print(arena, "%.1f ms", (double)us / 1e3);
    if (us < 1000000)
        return arena_print(arena, "%d ms", (int)(us / 1000));
    if (seconds < 60)
        return arena_print(arena, "%.1f s", (double)us / 1e6);
    if (seconds < 3600)
        return arena_print(arena, "%d min %d s", (int)(seconds / 60), (int)(seconds % 60));
    return arena_print(arena, "%lld h %d min", (long long)(seconds / 3600),
                       (int)(seconds % 3600 / 60));
}

bool clock_read_duration_ms(const char *text, int *ret_ms)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1},      {"ms", 1},      {"s", 1000},    {"min", 60000},
                 {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    if (!(text[0] >= '0' && text[0] <= '9'))
        return false;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < COUNT(units); i++)
        if (errno == 0 && strcmp(end, units[i].unit) == 0) {
            double ms = (double)number * units[i].ms;
            if (ms > INT_MAX)
                return false;
            *ret_ms = (int)ms;
            return true;
        }
    return false;
}

bool clock_read_age(const char *text, ClockAge *ret_age)
{
    static const struct {
        const char *unit;
        int months;
        int64_t seconds;
    } units[] = {{"s", 0, 1},      {"min", 0, 60}, {"h", 0, 3600}, {"d", 0, 86400},
                 {"w", 0, 604800}, {"mo", 1, 0},   {"y", 12, 0}};
    if (!(text[0] >= '0' && text[0] <= '9'))
        return false;
    char *end;
    long long number = strtoll(text, &end, 10);
    while (*end == ' ')
        end++;
    for (size_t i = 0; number <= 100000 && i < COUNT(units); i++)
        if (strcmp(end, units[i].unit) == 0) {
            *ret_age = (ClockAge){text, (int)number * units[i].months, number * units[i].seconds};
            return true;
        }
    return false;
}
