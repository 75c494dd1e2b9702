/* The catalog queries of src/source/postgresql/, each runnable in psql on the newest server. */
#ifndef SOURCE_PG_QUERIES_H
#define SOURCE_PG_QUERIES_H

#include "model/kind.h"

/* One kind. The query's columns are the kind's fields by name, and of these what it has: oid, subid
 * (the object's address, with `class`), schema, name, address, title, parent_class, parent and
 * parent_sub (the parent's address), needs and wants (addresses "class:oid:sub"), acl_owner (whose
 * privileges are the owner's). A row whose parent is not in the catalog is left out. */
typedef struct PgQuery {
    KindId kind;
    uint32_t class; /* oid of the system catalog; src/include/catalog/pg_*.h, CATALOG(…) */
    int since;      /* first major version that has it */
    const char *text;
    bool is_long; /* many rows are usual */
} PgQuery;

extern const PgQuery pg_queries[];
extern const size_t pg_query_count;
extern const char *const pg_extension_members,
    *const pg_comments, *const pg_labels, *const pg_casts, *const pg_dependencies,
                                                               *const pg_internal_dependencies;

#endif
