/* The table of commands. Adding a command is adding a row: parsing, help, manual page, reference
 * and completions follow from it. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "base/error.h"
#include "base/text.h"
#include "cli/options.h"
#include "rung/rung.h"

typedef struct CommandLine CommandLine;

/* A command that needs no project: fills `text`, which is then printed. */
typedef Code CommandPrint(const CommandLine *line, Text *text, Error *error);

typedef enum {
    GROUP_START,
    GROUP_RUN,
    GROUP_LOOK,
    GROUP_SCHEMA,
    GROUP_PROVE,
    GROUP_LIFE,
    GROUP_MEND,
    GROUP_SELF,
    GROUP_COUNT
} CommandGroup;

typedef struct CommandExample {
    const char *line; /* as typed */
    const char *does;
} CommandExample;

typedef struct Command {
    const char *name;
    CommandGroup group;
    const char *operands;    /* "", "REV", "[REV]", "[REV...]", "a|b|c [KEY]" */
    const char *summary;     /* one line: no capital, no full stop */
    const char *description; /* paragraphs, with an empty line between them */
    const char *aliases[2];
    const char *elsewhere[5]; /* what other tools call it: for "did you mean" */
    const char *options[12];  /* names of rows of the option table, besides the global ones */
    CommandExample examples[4];
    int exits[4]; /* exit statuses besides 0, 1 and 2 */
    bool remarks; /* its text only says that all is well: --quiet drops it */
    rung_verb *verb;
    CommandPrint *print; /* in place of a verb */
    const char *program; /* in place of both: it stands beside rung, and takes over */
} Command;

/* Row `index`, or NULL behind the last. */
const Command *command_at(size_t index);

/* By name or alias; NULL if there is none. */
const Command *command_find(const char *name);

/* RUNG_UNKNOWN with the command that was probably meant. */
Code command_unknown(const char *name, Error *error);

bool command_takes(const Command *command, const Option *option);

/* How many operands it takes; `ret_most` is SIZE_MAX when any number. */
void command_operands(const Command *command, size_t *ret_least, size_t *ret_most);

/* Whether its operands hold this word: "REV". */
bool command_has_operand(const Command *command, const char *name);

/* "run revisions": the heading of a group in the help. */
const char *command_group_title(CommandGroup group);

#endif
