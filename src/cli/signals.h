/* Ctrl-C and its kin: the first one stops the run in good order, the second one at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "rung/rung.h"

/* From here on a signal cancels what `project` does. */
void signals_catch(rung *project);

/* Signals end the process again. */
void signals_release(void);

#endif
