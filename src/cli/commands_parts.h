/* The parts of the table of commands, in the order of the help. */
#ifndef CLI_COMMANDS_PARTS_H
#define CLI_COMMANDS_PARTS_H

#include "cli/commands.h"

extern const Command change_commands[], schema_commands[], life_commands[], self_commands[];
extern const size_t change_command_count, schema_command_count, life_command_count,
    self_command_count;

#endif
