/* What goes when certain rows go: found before anything is deleted, by the classes of the keys.
 *
 * Rows of tables that others reference are listed in temporary tables, one for each, with a number
 * `n`, the number `s` of the root row through which they were reached first, and the columns that
 * identify them or are referenced. Rows of tables without anything below them are not listed: the
 * list above says which they are. */
#ifndef LIFECYCLE_DOOM_H
#define LIFECYCLE_DOOM_H

#include "lifecycle/life.h"

typedef KeyNames ColumnList;
typedef struct DoomTable DoomTable;
typedef VEC(DoomTable *) DoomList;

struct DoomTable {
    KeyTable *table;
    const char *list;     /* name of the temporary table; NULL: its rows are not listed */
    ColumnList columns;   /* of `table`, that the list has, as c0, c1 … */
    size_t identity;      /* how many of these, from the first, tell its rows apart */
    VEC(TableKey *) in;   /* keys by which its rows are reached */
    int64_t listed, last; /* rows in the list, and the highest n of them */
    bool grouped;         /* it is on a cycle: deleted together with the others */
    bool placed;          /* while they are put in order */
    int64_t gone, going;  /* rows removed, and in the open transaction */
    int64_t cleaned;      /* of those, what VACUUM has seen */
};

typedef struct Doom {
    Life *life;
    Arena *arena;
    DoomTable *root;
    DoomTable **of;          /* by KeyTable.index; NULL: nothing of it goes */
    DoomList order;          /* children first; those of a group stand together */
    VEC(TableKey *) nulls;   /* set_null keys that reference what goes */
    int64_t *nulled;         /* for each of these, rows whose reference became NULL */
    VEC(TableKey *) barring; /* restrict keys that do */
} Doom;

/* Plans for rows of `root`. RUNG_REFUSED, naming the key, when one below has no class, when a table
 * cannot do what its class says, or when rows that are kept reference what goes. */
Code doom_plan(Life *life, Arena *arena, KeyTable *root, Doom *ret_doom, Error *error);

/* Creates the lists, empty. PostgreSQL: in the open transaction if there is one. */
Code doom_lists(Doom *doom, Error *error);

/* Adds what is below the rows that the root's list has now. */
Code doom_grow(Doom *doom, Error *error);

/* ---- pieces of statements ---- */

/* "(a, b)", or "t.a, t.b" with an alias; quoted. */
const char *doom_columns(const Doom *doom, const char *const *columns, size_t count,
                         const char *alias);

/* "(fk…) IN (SELECT c… FROM list WHERE n BETWEEN $1 AND $2)" for the rows of key->from that
 * reference listed rows; without the range if `all`. */
const char *doom_referencing(const Doom *doom, const TableKey *key, bool all);

/* The same for the listed rows of a table itself. */
const char *doom_listed(const Doom *doom, const DoomTable *table, bool all);

/* A condition for rows, under the alias `t`, that go: by the list, or by the lists above. */
const char *doom_condition(const Doom *doom, const DoomTable *table);

/* Column of the list: "c3". */
const char *doom_cell(const Doom *doom, const DoomTable *table, const char *column);

#endif
