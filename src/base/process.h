/* Other programs: run to their end, with what they print. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/arena.h"
#include "base/error.h"

#include <signal.h>

typedef struct Process {
    const char *const *words;     /* ended by NULL; the first one is looked for on PATH */
    const char *const *variables; /* "NAME=value", besides those of this process */
    size_t variable_count;        /* the caller's values, passwords too, are never shown */
    const char *folder;           /* in which it runs; NULL: this one */
    size_t limit;                 /* bytes of its output that are kept, from the beginning */
    _Atomic int *cancelled;       /* set from outside: it is ended (SIGTERM, then SIGKILL);
                                               NULL: it always runs to its end */
} Process;

/* Runs it with an empty stdin; stdout and stderr are one text, in `arena`. `ret_status` is its exit
 * status, or 128 and the signal that ended it. What it leaves behind in the background is not
 * waited for. RUNG_FILE when it cannot be started, RUNG_INTERRUPTED when it was cancelled. */
Code process_run(Arena *arena, const Process *process, int *ret_status, const char **ret_output,
                 Error *error);

/* The path of a program that may be run, from PATH; NULL: there is none. */
const char *process_find(Arena *arena, const char *name);

#endif
