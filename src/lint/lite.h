/* SQLite's statements that change a schema, by their words, and the schema that they make: enough
 * to know what a table has and who names it. */
#ifndef LINT_LITE_H
#define LINT_LITE_H

#include "sql/definition.h"

typedef enum {
    LITE_OTHER,
    LITE_CREATE_TABLE,
    LITE_CREATE_INDEX,
    LITE_CREATE_VIEW,
    LITE_CREATE_TRIGGER,
    LITE_DROP_TABLE,
    LITE_DROP_INDEX,
    LITE_DROP_VIEW,
    LITE_DROP_TRIGGER,
    LITE_RENAME_TABLE,
    LITE_RENAME_COLUMN,
    LITE_ADD_COLUMN,
    LITE_DROP_COLUMN,
    LITE_UPDATE,
    LITE_DELETE,
    LITE_INSERT,
    LITE_PRAGMA,
} LiteAct;

/* Names are in lower case. */
typedef struct LiteStatement {
    LiteAct act;
    const char *name;              /* of the table, index, view, trigger, pragma; NULL: not read */
    const char *table;             /* CREATE INDEX, CREATE TRIGGER */
    const char *column;            /* ALTER TABLE: the old name, or that of the new column */
    const char *to;                /* RENAME: the new name */
    const char *value;             /* PRAGMA */
    const DefinitionColumn *added; /* ADD COLUMN; NULL: it cannot be read */
    const Definition *definition;  /* CREATE TABLE; NULL: it cannot be read */
    bool selects;                  /* CREATE TABLE … AS SELECT */
    bool unique;                   /* CREATE UNIQUE INDEX */
    bool where;                    /* UPDATE, DELETE */
} LiteStatement;

LiteStatement lite_read(Arena *arena, const char *sql, size_t length);

typedef struct LiteObject {
    LiteAct made;      /* LITE_CREATE_… */
    const char *name;  /* in lower case */
    const char *table; /* of an index or trigger */
    const char *sql;
    const Definition *definition; /* of a table; NULL: not known */
    Names added;                  /* columns that came later */
    bool gone;
    size_t file; /* that made it, by Lite.file */
} LiteObject;

typedef struct Lite {
    Arena *arena;
    VEC(LiteObject) objects;
    size_t file; /* the number of the file at hand */
} Lite;

void lite_apply(Lite *lite, const LiteStatement *statement, const char *sql, size_t length);

/* The table of this name, NULL if none is known. */
const LiteObject *lite_find_table(const Lite *lite, const char *name);

/* Whether others may use the table: it is not known, or not of the file at hand. */
bool lite_in_use(const Lite *lite, const char *table);

/* Whether the first columns of an index are these, in any order. */
bool lite_index_covers(const LiteObject *index, const Names *columns);

/* Whether the statement that made it names this, as a word of its own. */
bool lite_names(const LiteObject *object, const char *name);

#endif
