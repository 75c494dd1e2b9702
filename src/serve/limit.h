/* How often something may be tried: a bucket of tokens for each key, filled again with time. */
#ifndef SERVE_LIMIT_H
#define SERVE_LIMIT_H

#include "base/base.h"

typedef struct Limit Limit;

/* `most` tries at once, and one more each `seconds`. May be used from any thread. */
Limit *limit_new(int most, int seconds);
void limit_free(Limit *limit);

/* From now on: `rate` tries a second, `burst` at once after a rest; 0: any number. What was taken
 * stays taken. */
void limit_set_rate(Limit *limit, int rate, int burst);

/* Takes one try of `key`. Else the seconds until there is one; 0: it was taken. */
int64_t limit_take(Limit *limit, const char *key, int64_t now_us);

/* Gives a try back: it was right. */
void limit_return(Limit *limit, const char *key);

#endif
