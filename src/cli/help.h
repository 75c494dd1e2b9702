/* Help in words: the overview and the page of a command. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/commands.h"

/* Usage and commands by group; with `options` the global options too. */
void help_overview(Text *text, bool options);

/* Everything about one command. */
void help_command(const Command *command, Text *text);

/* "-m, --message TEXT", for lists of options. */
void help_option_term(const Option *option, Text *text);

/* "upgrade, up" */
void help_command_term(const Command *command, Text *text);

/* "usage: rung upgrade [options] [REV]" without "usage: ". */
void help_usage(const Command *command, Text *text);

CommandPrint help_print;
CommandPrint version_print;

#endif
