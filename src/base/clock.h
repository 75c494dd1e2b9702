/* Time. Durations come from the monotonic clock, dates from the wall clock in UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/arena.h"

int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void);
void clock_sleep_ms(int64_t milliseconds);

/* "20251215T100000", the id of a new revision, from microseconds since 1970 UTC. */
char *clock_print_id(Arena *arena, int64_t wall_us);

/* "2025-12-15T10:00:00.123456Z". */
char *clock_print_iso(Arena *arena, int64_t wall_us);

/* "2025-12-15T10:00:00Z", from seconds since 1970 UTC. */
char *clock_print_utc(Arena *arena, int64_t seconds);

/* Reads "2025-12-15", its beginning, or "2025-12-15T10:00:00Z", in UTC, with or without T (a
 * blank), seconds and Z. False for anything else, and for days that there are not. */
bool clock_read_utc(const char *text, int64_t *ret_seconds);

/* "850 ms", "4.2 s", "3 min 20 s": for people. */
char *clock_print_duration(Arena *arena, int64_t us);

/* Reads "500ms", "2s", "10min", "1h", "30d", or a bare number of milliseconds. False if it is
 * none of these, negative, or more than 24.8 days (PostgreSQL's limit for a timeout). */
bool clock_read_duration_ms(const char *text, int *ret_ms);

/* A time that rows are kept: "48h", "30d", "2w", "6mo", "7y", "30min", "10s". Months and years are
 * those of the calendar, a day has 24 hours. */
typedef struct ClockAge {
    const char *text; /* as written */
    int months;
    int64_t seconds;
} ClockAge;

/* False if the text is no number with one of these units. `text` is kept. */
bool clock_read_age(const char *text, ClockAge *ret_age);

#endif
