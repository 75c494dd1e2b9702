/* The catalog of a database that nobody has put anything into. */
#ifndef SOURCE_EMPTY_H
#define SOURCE_EMPTY_H

#include "model/catalog.h"

/* `version` is the server's, as db_version gives it: a new PostgreSQL database holds the schema
 * public, whose owner and privileges are not those of older servers. */
Code source_empty(Arena *arena, Engine engine, int version, Catalog **ret_catalog, Error *error);

#endif
