/* Time zones, from the files of the tz database (RFC 9636), without the process's own TZ: setenv
 * and tzset are for programs with one thread. */
#ifndef LIFECYCLE_ZONE_H
#define LIFECYCLE_ZONE_H

#include "base/arena.h"
#include "base/error.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_NEVER  INT64_MAX

typedef struct Zone Zone;

/* "UTC" needs no file. RUNG_CONFIG when there is no such zone, or its file cannot be read. The zone
 * is in `arena`. */
Code zone_load(Arena *arena, const char *name, const Zone **ret_zone, Error *error);

/* The same from bytes of such a file; `name` stands in the errors. */
Code zone_read(Arena *arena, const char *name, const char *data, size_t length,
               const Zone **ret_zone, Error *error);

/* Seconds east of UTC at a moment (seconds since 1970 UTC), and when the next offset begins;
 * ZONE_NEVER if none does. */
int zone_offset(const Zone *zone, int64_t at, int64_t *ret_until);

/* The first moment at which the clocks show `local` (seconds since 1970 as if it were UTC); when
 * they skip it, the moment at which they do. */
int64_t zone_moment(const Zone *zone, int64_t local);

/* ---- the calendar ---- */

/* Days since 1970 of a date; month from 1, day from 1. */
int64_t zone_days(int64_t year, int month, int day);

/* The date of so many days since 1970, and the day of the week (0: Sunday). */
void zone_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day, int *ret_weekday);

int zone_month_days(int64_t year, int month);

#endif
