/* The foreign keys of a database as a graph: tables, and the keys between them. It is read by one
 * query for each sort of thing, so that a thousand tables take no longer than a look. */
#ifndef LIFECYCLE_GRAPH_H
#define LIFECYCLE_GRAPH_H

#include "base/vec.h"
#include "db/db.h"
#include "lifecycle/policy.h"

typedef struct KeyTable KeyTable;
typedef struct TableKey TableKey;

typedef struct KeyColumn {
    const char *name;
    const char *type; /* as SQL */
    bool not_null;
} KeyColumn;

/* A table. Of a partitioned table only the topmost is one: rows of its partitions are its rows, and
 * what the partitions have of its keys is left out. */
struct KeyTable {
    size_t index;       /* in KeyGraph.tables */
    const char *schema; /* NULL on SQLite */
    const char *name;
    const char *title; /* "users", with the schema if it is not "public": for people */
    const char *sql;   /* quoted, with the schema */
    int64_t rows;      /* an estimate of pg_class; -1: not known */
    int64_t bytes;
    VEC(KeyColumn) columns;
    VEC(const char *) primary;    /* columns of the primary key; SQLite: "rowid" if it has none */
    VEC(const char *) swallowing; /* BEFORE DELETE row triggers: they can refuse silently */
    bool partitioned;
    VEC(TableKey *) below; /* keys that reference it */
    VEC(TableKey *) above; /* its own keys */
    size_t component;      /* strongly connected tables have the same number, and a table below has
                              a smaller one: children first */
    bool cyclic;           /* it is on a cycle, or references itself */
};

/* A foreign key. */
struct TableKey {
    const char *name;    /* of the constraint; SQLite: NULL if it has none */
    const char *title;   /* "orders.user_id", as in lifecycle.relations */
    KeyTable *from, *to; /* `from` references `to` */
    VEC(const char *) columns;
    VEC(const char *) targets;     /* the same number of columns of `to` */
    char action;                   /* ON DELETE, as pg_constraint.confdeltype: a r c n d */
    VEC(const char *) set_columns; /* SET NULL (a, b) of PostgreSQL 15; empty: all */
    bool deferrable, deferred;     /* DEFERRABLE, INITIALLY DEFERRED */
    bool validated;
    bool nullable;                /* each of its columns may be NULL */
    const char *index;            /* that begins with its columns, in any order; NULL: none */
    bool declared;                /* a key of the database; else only lifecycle.relations says it */
    RelationClass relation;       /* what lifecycle.relations says; RELATION_NONE: nothing */
    const RelationPolicy *policy; /* or NULL */
};

typedef struct KeyGraph {
    Arena *arena;
    Engine engine;
    VEC(KeyTable *) tables; /* by schema and name */
    VEC(TableKey *) keys;   /* by title */
} KeyGraph;

/* The graph of all tables but the server's own and rung's; all in `arena`. Indexes that
 * cover a key are valid and not partial. The Tarjan components are set. Reads in the transaction
 * that is open, or in none. */
Code key_graph_load(Db *db, Arena *arena, KeyGraph **ret_graph, Error *error);

/* Gives each key its class of `lifecycle`. RUNG_CONFIG with the line when a relation names no key
 * or several, or its word is unknown; `path` is the file. */
Code key_graph_classify(KeyGraph *graph, const Lifecycle *lifecycle, const char *path,
                        Error *error);

/* The table that a person means: "users" or "public.users", exact names. RUNG_UNKNOWN with the
 * nearest name, or with the schemas when several have it. */
Code key_graph_table(const KeyGraph *graph, const char *name, KeyTable **ret_table, Error *error);

const KeyColumn *key_table_column(const KeyTable *table, const char *name); /* or NULL */

#endif
