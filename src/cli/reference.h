/* The reference page, in Markdown. */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "cli/commands.h"

CommandPrint reference_print;

#endif
