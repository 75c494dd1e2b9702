/* Cron expressions, and the moments (slots) that they stand for in a time zone. */
#ifndef LIFECYCLE_CRON_H
#define LIFECYCLE_CRON_H

#include "lifecycle/zone.h"

/* Bit n: the field has n. */
typedef struct Cron {
    uint64_t minutes;
    uint32_t hours, days, months, weekdays; /* weekdays: 0 is Sunday */
    bool either; /* the day of the month or the day of the week is enough */
} Cron;

/* "MINUTE HOUR DAY MONTH WEEKDAY" or "@daily" and the like. RUNG_CONFIG with the field and what is
 * wrong with it, also for a date that never comes, like the 31st of February. */
Code cron_read(const char *text, Cron *ret_cron, Error *error);

/* The first slot after a moment, in seconds since 1970 UTC; ZONE_NEVER: none within 40 years.
 *
 * A job that runs in every hour goes by the time that passes: each moment at which the clocks show
 * one of its minutes is a slot, twice where an hour comes twice. Any other job has times of day:
 * each is one slot a day. One that the clocks skip is at the moment at which they do, together with
 * others that fall there; one that they show twice is the first of the two. */
int64_t cron_next(const Cron *cron, const Zone *zone, int64_t after);

/* The slots after `after` that are not after `until`. */
typedef struct CronSlots {
    int64_t count;
    int64_t last, before; /* the last one, and the one before it; 0: none */
} CronSlots;
CronSlots cron_slots(const Cron *cron, const Zone *zone, int64_t after, int64_t until);

#endif
