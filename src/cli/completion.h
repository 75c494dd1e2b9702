/* Completion scripts for bash, zsh and fish. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/commands.h"

CommandPrint completion_print;

#endif
