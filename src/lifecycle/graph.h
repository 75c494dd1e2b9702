/* The foreign keys of a database as a graph: tables, and the keys between them. It is read by one
 * query for each sort of thing, so that a thousand tables take no longer than a look. */
#ifndef LIFECYCLE_GRAPH_H
#define LIFECYCLE_GRAPH_H

#include "base/vec.h"
#include "db/db.h"
#include "lifecycle/policy.h"

typedef struct KeyTable KeyTable;
typedef struct TableKey TableKey;

typedef VEC(const char *) KeyNames;

typedef struct KeyColumn {
    const char *name;
    const char *type; /* as SQL */
    bool not_null;
} KeyColumn;

/* A table. Of a partitioned table only the topmost is one: rows of its partitions are its rows, and
 * what the partitions have of its keys is left out. A key that one partition alone has, or that
 * references one partition, is a key of the topmost table with that partition's name. */
struct KeyTable {
    size_t index;       /* in KeyGraph.tables */
    const char *schema; /* NULL on SQLite */
    const char *name;
    const char *title; /* "users", with the schema if it is not "public": for people */
    const char *sql;   /* quoted, with the schema */
    int64_t rows;      /* an estimate, as the planner's; -1: not known (SQLite: never known) */
    int64_t bytes;     /* without indexes; -1: not known */
    VEC(KeyColumn) columns;
    KeyNames primary; /* columns of the primary key; SQLite: "rowid" (or "_rowid_", "oid") if it has
                         none */
    KeyNames swallowing; /* what can refuse a DELETE silently: BEFORE DELETE row triggers (SQLite:
                            those with RAISE(IGNORE)), ON DELETE DO INSTEAD rules */
    bool partitioned;
    VEC(KeyTable *)
    parents;               /* plain inheritance: a DELETE from a parent without ONLY deletes its
                              rows too, but no key of the parent, nor to it, is theirs */
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
    const char *from_partition,
        *to_partition;          /* title of the partition that it is about, or NULL */
    const char *schema, *table; /* that have it: those of `from`, or of its partition */
    size_t position;            /* SQLite: which key of its table's text it is, from 0 */
    KeyNames columns;
    KeyNames targets;          /* the same number of columns of `to` */
    char action;               /* ON DELETE, as pg_constraint.confdeltype: a r c n d */
    char update;               /* ON UPDATE, the same */
    KeyNames set_columns;      /* SET NULL (a, b) of PostgreSQL 15; empty: all */
    bool deferrable, deferred; /* DEFERRABLE, INITIALLY DEFERRED */
    bool match_full;           /* SQLite: never, it is not enforced */
    bool validated;
    bool enforced;                /* false: NOT ENFORCED of PostgreSQL 18, it does nothing */
    bool nullable;                /* each of its columns may be NULL */
    const char *index;            /* that begins with its columns, in any order; "rowid": the table
                                     itself; NULL: none */
    bool declared;                /* a key of the database; else only lifecycle.relations says it */
    RelationClass relation;       /* what lifecycle.relations says; RELATION_NONE: nothing */
    const RelationPolicy *policy; /* or NULL */
};

/* SQLite: a key whose table or columns do not exist. Changes of its table fail. */
typedef struct BrokenKey {
    KeyTable *from;
    const char *title;
    const char *reason; /* "the table \"userz\" does not exist" */
} BrokenKey;

typedef struct KeyGraph {
    Arena *arena;
    Engine engine;
    VEC(KeyTable *) tables; /* by schema and name */
    VEC(TableKey *) keys;   /* by title */
    VEC(BrokenKey) broken;
    VEC(const RelationPolicy *) absent; /* after key_graph_classify: their tables do not exist */
} KeyGraph;

/* The graph of all tables but the server's own and rung's; all in `arena`. Indexes that
 * cover a key are valid and not partial. The Tarjan components are set. Reads in the transaction
 * that is open, or in none. */
Code key_graph_load(Db *db, Arena *arena, KeyGraph **ret_graph, Error *error);

/* The same without keys, and with the tables alone that key_graph_table may mean by `name`: one
 * query. */
Code key_graph_load_table(Db *db, Arena *arena, const char *name, KeyGraph **ret_graph,
                          Error *error);

/* Gives each key its class of `lifecycle`. RUNG_CONFIG with the line when a relation names no key
 * or several, or its word is unknown; `path` is the file. A relation whose table does not exist is
 * put into `absent`. One of class retain may name columns without a key: it becomes a key that is
 * not declared, to the table of the first subject (without subjects: none). */
Code key_graph_classify(KeyGraph *graph, const Lifecycle *lifecycle, const char *path,
                        Error *error);

/* The table that a person means: "users" or "public.users", exact names. RUNG_UNKNOWN with the
 * nearest name, or with the schemas when several have it. */
Code key_graph_table(const KeyGraph *graph, const char *name, KeyTable **ret_table, Error *error);

/* Sets component and cyclic of each table by its declared keys; key_graph_load has done it. */
void key_graph_components(KeyGraph *graph);

const KeyColumn *key_table_column(const KeyTable *table, const char *name); /* or NULL */

#endif
