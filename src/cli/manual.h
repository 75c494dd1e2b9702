/* rung(1), in roff. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/commands.h"

CommandPrint manual_print;

#endif
