/* The points of fault.h: they count themselves, and one of them is fatal. Only test builds hold
 * this file. */
#include "base/fault.h"
#include "base/base.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static _Atomic long passed;
static long fatal; /* 0: none */

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
    fatal = at ? strtol(at, NULL, 10) : 0;
    if (getenv("RUNG_FAULT_COUNT"))
        atexit(write_count);
}

void fault_point(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_environment);
    if (atomic_fetch_add(&passed, 1) + 1 != fatal)
        return;
    const char *action = getenv("RUNG_FAULT_ACTION");
    raise(action && strcmp(action, "stop") == 0 ? SIGSTOP : SIGKILL);
}
