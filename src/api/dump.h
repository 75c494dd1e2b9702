/* A database as statements that rebuild it. */
#ifndef API_DUMP_H
#define API_DUMP_H

#include "api/compare.h"

/* From nothing to the target's database; the caller frees the side. *ret_plan is NULL, and it is
 * told why, when an object has no statement. An SQLite file that is not there yet is empty. */
Code dump_plan(Verb *verb, Side *ret_side, Plan **ret_plan, Error *error);

#endif
