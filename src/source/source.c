/* The source of a live database, by its engine. */
#include "source/source.h"

Code source_database(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                     Catalog **ret_catalog, Error *error)
{
    return (db_engine(db) == ENGINE_SQLITE ? source_sqlite : source_postgresql)(
        db, arena, name, filter, ret_catalog, error);
}
