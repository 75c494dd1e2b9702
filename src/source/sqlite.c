/* Reads a live SQLite database. */
#include "source/source.h"

Code source_sqlite(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                       Catalog **ret_catalog, Error *error)
{
    return error_set(error, RUNG_UNSUPPORTED, "not yet");
}
