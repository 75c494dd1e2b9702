/* SQLite's CREATE TABLE as its parts: columns, constraints, keys, options.
 *
 * The grammar is that of SQLite's src/parse.y. Names in the lists are in lower case, ready to be
 * compared; `form` is as form.h says. */
#ifndef SQL_DEFINITION_H
#define SQL_DEFINITION_H

#include "sql/form.h"

typedef struct Names {
    const char **at;
    size_t count, room;
} Names;

typedef struct DefinitionColumn {
    const char *name;       /* as written, not quoted */
    const char *folded;     /* in lower case */
    const char *type;       /* in lower case; "" for none */
    const char *form;       /* all of it; the name keeps its letters */
    const char *text;       /* as written, NUL-terminated */
    size_t first, last;     /* its tokens, `last` excluded */
    size_t rest;            /* its first token behind name and type */
    const char *collate;    /* in lower case; NULL: binary */
    const char *fallback;   /* what stands behind DEFAULT, as written; NULL: nothing, or NULL */
    bool fallback_constant; /* ALTER TABLE ADD COLUMN takes it */
    bool not_null, primary_key, unique, checked, references, generated, stored;
} DefinitionColumn;

/* PRIMARY KEY or UNIQUE. */
typedef struct DefinitionKey {
    bool primary;
    Names columns;
    Names collations; /* one each; NULL: the column's */
} DefinitionKey;

typedef struct DefinitionReference {
    Names columns;
    const char *table; /* in lower case */
    Names targets;     /* empty: its primary key */
} DefinitionReference;

typedef struct DefinitionCheck {
    const char *form; /* the expression, with its parentheses */
    const char *text; /* as written */
} DefinitionCheck;

typedef struct Definition {
    SqlTokens tokens;
    const char *name;
    size_t name_token;
    bool is_virtual; /* CREATE VIRTUAL TABLE: name, module and arguments alone are set */
    const char *module, *module_name; /* "fts5(title, body)", "fts5" */
    Names arguments;                  /* of the module, as written */
    VEC(DefinitionColumn) columns;
    Names constraints; /* forms of the table's constraints, in their order */
    VEC(DefinitionKey) keys;
    VEC(DefinitionReference) references;
    VEC(DefinitionCheck) checks;
    Names options; /* "STRICT", "WITHOUT ROWID", sorted */
    bool strict, without_rowid, autoincrement;
    bool conflicts;                /* an ON CONFLICT clause stands somewhere */
    const DefinitionColumn *rowid; /* INTEGER PRIMARY KEY: another name of the rowid; or NULL */
    Map *names;                    /* of columns, in lower case, and of the table */
} Definition;

/* RUNG_UNSUPPORTED for text that is no CREATE TABLE of a kind that this file knows. */
Code definition_read(Arena *arena, const char *sql, Definition *ret_definition, Error *error);

/* NULL if there is none; `name` in any case. */
const DefinitionColumn *definition_column(const Definition *definition, const char *name);

/* The columns of its primary key; empty when it has none. */
Names definition_primary(const Definition *definition);

bool names_equal(const Names *a, const Names *b);
bool names_have(const Names *names, const char *name);
void names_add(Arena *arena, Names *names, const char *name);

#endif
