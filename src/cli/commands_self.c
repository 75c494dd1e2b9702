/* Commands that mend the history, and those about rung itself. */
#include "cli/commands_parts.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/reference.h"

const Command self_commands[] = {
    {
        .name = "merge",
        .elsewhere = {"join"},
        .group = GROUP_MEND,
        .operands = "[REV...]",
        .summary = "write a revision that joins several heads",
        .description = "Writes an empty revision file whose parents are the revisions named, by "
                       "default all heads. After it there is one head again.",
        .options = {"message", "id"},
        .examples = {{"rung merge -m \"join billing and search\"", "join all heads"}},
        .verb = rung_merge,
    },
    {
        .name = "stamp",
        .elsewhere = {"mark", "baseline", "set", "resolve"},
        .group = GROUP_MEND,
        .operands = "REV",
        .summary = "set the mark in the database, run nothing",
        .description =
            "Says that the database is at REV without running anything: for a schema that was "
            "changed by hand or by another tool. Make sure that it is true; rung validate helps. "
            "The history keeps who stamped what.",
        .options = {"force", "sql"},
        .examples = {{"rung stamp head", "the schema is already what head describes"},
                     {"rung stamp base", "nothing is applied"}},
        .exits = {5},
        .remarks = true,
        .verb = rung_stamp,
    },
    {
        .name = "help",
        .elsewhere = {"man", "usage"},
        .group = GROUP_SELF,
        .operands = "[COMMAND]",
        .summary = "this overview, or all about one command",
        .description = "Prints the list of commands and options, or everything about one command.",
        .examples = {{"rung help upgrade", "the same as rung upgrade --help"}},
        .print = help_print,
    },
    {
        .name = "version",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the version",
        .description = "Prints the version of rung.",
        .examples = {{"rung version", "which one is installed?"}},
        .print = version_print,
    },
    {
        .name = "completion",
        .elsewhere = {"completions"},
        .group = GROUP_SELF,
        .operands = "SHELL",
        .summary = "print a completion script for bash, zsh or fish",
        .description = "Prints a script that lets the shell complete commands and options. make "
                       "install puts it where the shells look for it.",
        .examples = {{"eval \"$(rung completion bash)\"", "in ~/.bashrc"},
                     {"rung completion zsh > ~/.zfunc/_rung", "a folder of $fpath"},
                     {"rung completion fish > ~/.config/fish/completions/rung.fish", "once"}},
        .print = completion_print,
    },
    {
        .name = "manual",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the manual page in roff",
        .description = "Prints rung(1) for man. make install installs it.",
        .examples = {{"rung manual | man -l -", "read it without installing it"}},
        .print = manual_print,
    },
    {
        .name = "reference",
        .group = GROUP_SELF,
        .operands = "",
        .summary = "print the reference in Markdown",
        .description = "Prints every command, option, setting and exit status as Markdown.",
        .examples = {{"rung reference > doc/reference.md", "the page in the source tree"}},
        .print = reference_print,
    },
};

const size_t self_command_count = COUNT(self_commands);
