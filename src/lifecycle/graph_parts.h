/* What the files of the graph of keys share. */
#ifndef LIFECYCLE_GRAPH_PARTS_H
#define LIFECYCLE_GRAPH_PARTS_H

#include "base/map.h"
#include "lifecycle/graph.h"

/* While it is read. */
typedef struct GraphReading {
    Arena *arena;
    Db *db;
    KeyGraph *graph;
    Map *tables;      /* PostgreSQL: by oid, partitions too; SQLite: by name in lower case */
    const char *only; /* name of a table; NULL: all */
    Error *error;
} GraphReading;

/* A table without columns; `schema` NULL on SQLite. */
KeyTable *graph_add_table(GraphReading *reading, const char *schema, const char *name);

/* Adds it to its tables; its title is made of `table`, the title of its table or partition. */
void graph_add_key(GraphReading *reading, TableKey *key, const char *table);

/* "orders.user_id,tenant_id" */
const char *graph_key_title(Arena *arena, const char *table, const KeyNames *columns);

/* "users"; with the schema if it is not "public". */
const char *graph_table_title(Arena *arena, const char *schema, const char *name);

Code graph_read_postgresql(GraphReading *reading);
Code graph_read_sqlite(GraphReading *reading);

#endif
