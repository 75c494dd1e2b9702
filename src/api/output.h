/* A text that a verb made, and where it goes. */
#ifndef API_OUTPUT_H
#define API_OUTPUT_H

#include "api/project.h"

/* --check has a file to look at. */
Code output_check_arguments(Verb *verb, Error *error);

/* Prints the text, writes it to --output, or with --check compares it to that file: RUNG_FOUND and
 * the first lines that differ. `kind` names it in JSON. */
Code output_give(Verb *verb, const char *kind, const Text *text, Error *error);

#endif
