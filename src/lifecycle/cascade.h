/* What becomes of the rows below a row that goes: the part of the graph of keys that a DELETE
 * reaches, and what is wrong with it. */
#ifndef LIFECYCLE_CASCADE_H
#define LIFECYCLE_CASCADE_H

#include "lifecycle/graph.h"

/* A table that is reached. */
typedef struct CascadeTable {
    KeyTable *table;
    size_t depth;        /* keys between it and the root, by the shortest way */
    const TableKey *via; /* the last of them; NULL: the root */
    size_t ways;         /* keys by which it is reached */
} CascadeTable;

/* A line of the drawing: a key, and the table that it leads to. */
typedef struct CascadeLine {
    const TableKey *key; /* NULL: the root */
    const KeyTable *table;
    size_t depth;
    bool later; /* with `again`: that line comes below */
    bool again; /* the table stands on another line, with what is below it */
    bool stops; /* its rows stay: what is below them does not matter */
} CascadeLine;

typedef enum {
    CASCADE_BLOCKED,       /* NO ACTION or RESTRICT, and rows are in the way */
    CASCADE_DIAMOND,       /* reached in several ways */
    CASCADE_DIAMOND_FAILS, /* … and the order of the server's checks makes the DELETE fail */
    CASCADE_CYCLE,
    CASCADE_DEEP, /* SQLite: a chain of more than 1000 rows cannot be deleted */
    CASCADE_NO_INDEX,
    CASCADE_NOT_VALID, /* orphans stay */
    CASCADE_NOT_ENFORCED,
    CASCADE_SWALLOWED,   /* a trigger or rule can leave rows */
    CASCADE_NOT_NULL,    /* SET NULL of a column that cannot be NULL */
    CASCADE_INHERITED,   /* rows of a table that inherits have no key */
    CASCADE_BROKEN,      /* SQLite: the key leads to no table */
    CASCADE_NO_CLASS,    /* lifecycle.relations says nothing of it */
    CASCADE_OTHER_CLASS, /* … or something else than the database */
    CASCADE_KEPT,        /* its rows are to be kept longer than the grace period */
    CASCADE_TYPE_COUNT
} CascadeType;

typedef struct CascadeFinding {
    CascadeType type;
    bool fails; /* a DELETE fails, or removes what is to stay, or leaves what is to go */
    const KeyTable *table;
    const TableKey *key; /* or NULL */
    const char *text;    /* one line */
} CascadeFinding;

typedef VEC(CascadeFinding) CascadeFindings;

typedef struct Cascade {
    const KeyGraph *graph;
    const KeyTable *root;
    VEC(CascadeTable) tables; /* the root first, then by depth */
    VEC(CascadeLine) lines;
    CascadeFindings findings;
    size_t depth; /* the greatest one */
} Cascade;

/* Everything below `root`; all in `graph->arena`. `lifecycle` may be NULL. */
Cascade *cascade_draw(KeyGraph *graph, const KeyTable *root, const Lifecycle *lifecycle);

/* "no-index", "diamond": for programs. */
const char *cascade_type_name(CascadeType type);

/* "CASCADE", "NO ACTION", as SQL. */
const char *key_action_name(char action);

/* "200,000 rows, 16 MB", of what is known; NULL: nothing is. */
const char *key_table_size(Arena *arena, const KeyTable *table);

/* Whether the database does what the class asks for. */
bool key_does(const TableKey *key, RelationClass relation);

/* What is wrong below the subjects, for `check`: keys without a class or with another action, data
 * that is kept longer than the grace period, SET NULL of NOT NULL columns. The graph is classified.
 */
void cascade_check(KeyGraph *graph, const Lifecycle *lifecycle, CascadeFindings *findings);

#endif
