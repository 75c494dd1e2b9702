/* The sections of a revision file, from the difference between two schemas. */
#ifndef API_GENERATE_H
#define API_GENERATE_H

#include "api/compare.h"

/* What leads from the schema of `parent` (NULL: from nothing) to the schema file, for each engine
 * of the targets, as the sections of a revision file; NULL when there is no difference.
 * RUNG_REFUSED with each difference named that has no statement. */
Code generate_sections(Verb *verb, const Revision *parent, const char **ret_sections, Error *error);

#endif
