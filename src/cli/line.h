/* The command line, read. */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include "base/error.h"
#include "base/vec.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "rung/rung.h"

typedef VEC(const char *) WordList;

struct CommandLine {
    rung_options options;
    rung_arguments arguments;
    bool quiet, no_color, help, version;
    WordList parents, ignored, renames, schemas, excluded, settings, tables, row;
    const Command *command; /* NULL: none was named */
    WordList operands;
};

/* Reads the words behind the program's name. Options may stand anywhere, as --name value,
 * --name=value, -n value, -nvalue and clustered flags; `--` ends them; -1 and +1 are operands.
 * RUNG_USAGE, or RUNG_UNKNOWN for a command that does not exist, with what was probably meant.
 * `ret_line` is filled on failure too, as far as the words make sense, so that the caller knows
 * about --json. Its strings are those of `words` or in `arena`. */
Code line_read(Arena *arena, size_t count, char *const *words, CommandLine *ret_line, Error *error);

#endif
