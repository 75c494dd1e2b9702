/* What /readyz remembers, and the long look that it does not wait for. */
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include "base/error.h"
#include "rung/rung.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Watch Watch;

/* Starts the thread that runs `rung check` when it is asked to; the strings of `options` are kept.
 */
Code watch_start(const rung_options *options, Watch **ret_watch, Error *error);

/* Stops the look that is under way; NULL is accepted. */
void watch_stop(Watch *watch);

/* The verdict on drift is not known: look, unless that was done within `seconds`; 0: never. */
void watch_look(Watch *watch, int64_t seconds);

/* What `rung ready` said, if that is a second old at most: its JSON, which the caller frees; NULL:
 * ask again. */
char *watch_known(Watch *watch);
void watch_know(Watch *watch, const char *json, bool ready);

/* Of the last answer: when (seconds since 1970; 0: never), and what. */
int64_t watch_last(Watch *watch, bool *ret_ready);

#endif
