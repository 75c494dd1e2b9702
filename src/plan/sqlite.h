/* What the files of SQLite's plans share: the state of one plan, and their functions.
 *
 * Creating a view or a trigger checks nothing that it names, and neither does a foreign key, so
 * the order is always: what stands in the way is dropped, tables change, the rest is created. */
#ifndef PLAN_SQLITE_H
#define PLAN_SQLITE_H

#include "plan/plan.h"
#include "sql/definition.h"

typedef enum {
    FATE_SAME,    /* nothing to do */
    FATE_ALTER,   /* ALTER TABLE is enough */
    FATE_REBUILD, /* a new table takes over the rows and the name */
    FATE_REPLACE, /* dropped and created: virtual tables */
    FATE_CREATE,
    FATE_DROP,
    FATE_UNKNOWN, /* refused */
} Fate;

/* A table on both sides, or on one of them. */
typedef struct TableWork {
    Object *from, *to; /* NULL: not there */
    Fate fate;
    bool renamed;         /* it has another name in `to` */
    bool touched;         /* a name in its text changes: its own, a column's, a parent's */
    const char *sql;      /* of `from`, after all renames */
    Definition was, will; /* read only when the texts differ; `was` is of `sql` */
    bool read;
    VEC(const DefinitionColumn *) dropped, added;
} TableWork;

typedef struct ColumnRename {
    TableWork *table;
    const char *old_name, *new_name; /* as written */
} ColumnRename;

typedef struct PartWork PartWork; /* an index, a view or a trigger of `from` */

typedef struct Lite {
    Plan *plan;
    Catalog *from, *to;
    const PlanOptions *options;
    Arena *arena;
    Error *error;
    VEC(TableWork *) tables; /* those of `to` by key, then those that go */
    VEC(ColumnRename) renames;
    VEC(PartWork *) parts;
    Map *taken; /* names of tables, views and indexes of both sides, in lower case */
} Lite;

/* ---- sqlite_text.c ---- */

/* A name as SQL text, quoted only where it must be. */
const char *lite_name(Lite *lite, const char *name);

/* A text as an SQL constant. */
const char *lite_constant(Lite *lite, const char *text);

/* The statement with another name for its table, quoted by lite_name. */
const char *lite_with_name(Lite *lite, const Definition *definition, const char *name);

/* A name that no table, view or index has on either side: "new_users", "new_users_2". */
const char *lite_free_name(Lite *lite, const char *prefix, const char *name);

const char *lite_sql(const Object *object);
const char *lite_form(const Object *object);

/* The TableWork of a table by its name in lower case on the side of `from` or `to`; or NULL. */
TableWork *lite_table(const Catalog *side, const char *name);

/* ---- sqlite_rename.c ---- */

/* Sets `other` of the tables that the options rename. */
void lite_pair_renamed(Lite *lite);

/* Reads the other renames and finds names of columns that differ in letters only; fills `renames`,
 * and `sql` and `touched` of all tables. What names nothing is refused. */
Code lite_read_renames(Lite *lite);

/* The text of an index after all renames, in its form. */
Code lite_renamed_index(Lite *lite, const Object *index, const char **ret_form);

void lite_rename_steps(Lite *lite);

/* ---- sqlite_table.c: what becomes of each table ---- */

Code lite_decide(Lite *lite);
void lite_alter_steps(Lite *lite, TableWork *table);

/* ---- sqlite_part.c: indexes, views and triggers ---- */

Code lite_pair_parts(Lite *lite);
bool lite_part_stays(const Lite *lite); /* a view or a trigger is there while tables change */
void lite_drop_parts(Lite *lite);
void lite_create_parts(Lite *lite);
void lite_note_parts(Lite *lite);

/* ---- sqlite_rebuild.c ---- */

void lite_rebuild_steps(Lite *lite, TableWork *table);

/* What the table is called when its turn comes: renames are over. */
const char *lite_source(const TableWork *table);

/* What a column of `will` is filled with; NULL: nothing, it has its default or is computed. */
const char *lite_value(Lite *lite, const TableWork *table, const DefinitionColumn *column);

/* rowid, _rowid_ or oid, whichever no column has as its name; NULL: all three are, or the table
 * has no rowid. Its INTEGER PRIMARY KEY does not count. */
const char *lite_rowid(const Definition *definition);

/* ---- sqlite_virtual.c ---- */

void lite_create_virtual(Lite *lite, const Object *table);
void lite_replace_steps(Lite *lite, TableWork *table);

/* ---- sqlite_check.c ---- */

/* The queries that must find nothing before the table is rebuilt. */
void lite_table_prechecks(Lite *lite, const TableWork *table);

/* Those for CHECK alone. */
void lite_check_prechecks(Lite *lite, const TableWork *table);

/* The same for a unique index that is created. */
void lite_index_precheck(Lite *lite, const Object *index);

/* ---- sqlite_keys.c ---- */

/* What stands behind FROM to get one row for each row whose foreign key leads nowhere. */
const char *lite_key_check(Arena *arena, const Catalog *catalog);

/* Whether SQLite can look for the row that a foreign key leads to. */
bool lite_is_whole(Arena *arena, const Catalog *catalog, const DefinitionReference *reference);

bool lite_has_keys(Arena *arena, const Catalog *catalog);

/* ---- sqlite_print.c ---- */

/* plan_print for SQLite: the statements with what has to be around them. */
void lite_print(const Plan *plan, Text *text);

#endif
