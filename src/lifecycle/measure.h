/* Numbers that rung keeps beside the audit, for those who watch it: what the removing of rows took,
 * and what the last look of a check found. Nothing depends on them: where they cannot be written,
 * the work goes on. */
#ifndef LIFECYCLE_MEASURE_H
#define LIFECYCLE_MEASURE_H

#include "lifecycle/life.h"

typedef struct Measure {
    const char *name, *policy, *label; /* "" where there is none */
    int64_t number;
} Measure;

/* Those that grow, until they are written. */
typedef struct Measures {
    Life *life;
    VEC(Measure) list; /* in life->arena */
    int64_t written_us;
} Measures;

/* Texts are copied. */
void measure_add(Measures *measures, const char *name, const char *policy, const char *label,
                 int64_t number);

/* Adds what has come together to the database's numbers, at most once a second unless `now`.
 * Outside of a transaction. */
void measure_write(Measures *measures, bool now);

/* What a look found, in place of what the last one did: `number`, and the time, under the label "";
 * each of `list` has a label of its own, and its name is ignored. Also in a session that only
 * reads: a transaction of its own writes. */
void measure_store(Life *life, const char *name, int64_t number, const Measure *list, size_t count);

/* How long a transaction took, as a number of those that took at most so long. */
enum { MEASURE_BUCKETS = 11 };
extern const char *const measure_buckets[MEASURE_BUCKETS]; /* in seconds; the last is "+Inf" */
void measure_batch(Measures *measures, int64_t us);

#endif
