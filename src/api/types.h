/* What types and erd share: a schema as an application sees it. */
#ifndef API_TYPES_H
#define API_TYPES_H

#include "api/output.h"
#include "api/side.h"
#include "report/types.h"

/* The schema that --from names, or the target's; it belongs to the side, which the caller frees.
 * `views`: with the columns of SQLite's views, which have to be asked for. */
Code types_load(Verb *verb, bool views, Side *ret_side, Types **ret_types, Error *error);

#endif
