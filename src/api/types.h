/* What types and erd share: a schema as an application sees it, and a file made from it. */
#ifndef API_TYPES_H
#define API_TYPES_H

#include "api/side.h"
#include "report/types.h"

/* The schema that --from names, or the target's; it belongs to the side, which the caller frees.
 * `views`: with the columns of SQLite's views, which have to be asked for. */
Code types_load(Verb *verb, bool views, Side *ret_side, Types **ret_types, Error *error);

/* --check has a file to look at. */
Code types_check_arguments(Verb *verb, Error *error);

/* Prints the text, writes it to --output, or with --check compares it to that file: RUNG_FOUND and
 * the first lines that differ. `kind` names it in JSON. */
Code types_give(Verb *verb, const char *kind, const Text *text, Error *error);

#endif
