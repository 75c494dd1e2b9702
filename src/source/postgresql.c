/* Reads a live PostgreSQL database. */
#include "source/source.h"

Code source_postgresql(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                       Catalog **ret_catalog, Error *error)
{
    return error_set(error, RUNG_UNSUPPORTED, "not yet");
}
