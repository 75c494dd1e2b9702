/* The points of fault.h: they count themselves, and some of them are fatal. Only test builds hold
 * this file. */
#include "base/fault.h"
#include "base/base.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static _Atomic long passed;
enum { FATAL_MAX = 16 };
static long fatal[FATAL_MAX]; /* 0: none */

static void write_count(void)
{
    FILE *file = fopen(getenv("RUNG_FAULT_COUNT"), "we");
    if (!file)
        return;
    fprintf(file, "%ld\n", atomic_load(&passed));
    fclose(file);
}

static void read_environment(void)
{
    const char *at = getenv("RUNG_FAULT_AT");
    for (size_t i = 0; at && *at && i < FATAL_MAX; i++) {
        char *end;
        fatal[i] = strtol(at, &end, 10);
        at = *end == ',' ? end + 1 : NULL;
    }
    if (getenv("RUNG_FAULT_COUNT"))
        atexit(write_count);
}

void fault_point(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_environment);
    long number = atomic_fetch_add(&passed, 1) + 1;
    size_t i = 0;
    while (i < FATAL_MAX && fatal[i] != number)
        i++;
    if (i == FATAL_MAX)
        return;
    const char *action = getenv("RUNG_FAULT_ACTION");
    raise(action && strcmp(action, "stop") == 0 ? SIGSTOP : SIGKILL);
}
