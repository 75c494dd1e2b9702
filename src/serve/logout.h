/* Who has signed out: tokens that were issued before are refused, until they would have ended. */
#ifndef SERVE_LOGOUT_H
#define SERVE_LOGOUT_H

#include "base/base.h"

typedef struct Logouts Logouts;

/* May be used from any thread. */
Logouts *logouts_new(void);
void logouts_free(Logouts *logouts);

/* Tokens of `name` that were issued up to now are refused. Times are those of the wall clock. */
void logouts_add(Logouts *logouts, const char *name, int64_t now_us);
bool logouts_refuses(Logouts *logouts, const char *name, int64_t issued_us);

#endif
