/* Where catalogs come from: a live database, SQL text in a scratch database, a snapshot file. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "db/db.h"
#include "model/catalog.h"

typedef struct SourceFilter {
    const char *const *schemas; /* PostgreSQL: only what stands in these; count 0: all */
    size_t schema_count;
    const char *const *excluded; /* patterns with `*` and `?` of names, "schema.name" or "name" */
    size_t excluded_count;
} SourceFilter;

/* Whether what has this name, `full` with its schema, is not left out. `schema` may be NULL. */
bool source_filter_takes(const SourceFilter *filter, const char *schema, const char *full,
                         const char *name);

/* Everything that the database holds, at one moment: one REPEATABLE READ transaction on PostgreSQL,
 * one read transaction on SQLite. The server's own objects, those of extensions and rung's history
 * are left out. `db` must not be in a transaction. `filter` may be NULL. The catalog is in `arena`.
 */
Code source_database(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                     Catalog **ret_catalog, Error *error);

Code source_postgresql(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                       Catalog **ret_catalog, Error *error);
/* SQLite: whether a table, its name in lower case, is one of rung's own. */
bool source_is_history(const char *name);

Code source_sqlite(Db *db, Arena *arena, const char *name, const SourceFilter *filter,
                   Catalog **ret_catalog, Error *error);

#endif
