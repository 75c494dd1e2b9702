/* The table of options. A row says everything: the parser, the help, the manual page, the
 * reference and the completions are made from it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/base.h"

typedef enum { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST, OPTION_EACH } OptionType;

typedef struct Option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    bool global;      /* every command takes it */
    OptionType type;
    const char *placeholder; /* of its value: "FILE", "REV"; NULL for a flag */
    const char *help;        /* no capital, no full stop */
    size_t offset;           /* in CommandLine: bool, const char *, size_t or WordList; EACH is
                           a list, too, whose values may have commas */
} Option;

/* Row `index`, or NULL behind the last. */
const Option *option_at(size_t index);

/* By name of `length` bytes, by letter; NULL if there is none. */
const Option *option_find(const char *name, size_t length);
const Option *option_find_letter(char letter);

#endif
