/* Which values a column may take. */
#ifndef PROVE_FILL_VALUES_H
#define PROVE_FILL_VALUES_H

#include "base/vec.h"
#include "db/db.h"

typedef VEC(const char *) ValueList;

typedef struct FillColumn {
    const char *name;  /* as stored */
    const char *type;  /* PostgreSQL: pg_type.typname of the base type; SQLite: as declared */
    char category;     /* pg_type.typcategory; SQLite: 'N' numbers, 'S' the rest */
    char form;         /* pg_type.typtype: e, c, r, m, b */
    int length;        /* varchar(10): 10; 0: no limit */
    int parts;         /* of a composite type */
    bool required;     /* NOT NULL */
    bool given;        /* identity, generated, from a sequence: it gets its value by itself */
    bool computed;     /* GENERATED ALWAYS AS (expression): it cannot be given one */
    bool has_default;  /* a value of its own, if it is left out */
    ValueList labels;  /* of an enum */
    ValueList known;   /* constants of constraints that speak of it */
    size_t choice;     /* which of its values comes next */
    size_t key;        /* index + 1 of the foreign key that it belongs to; 0: none */
    size_t key_place;  /* in that key */
    const char *fixed; /* SQL that it gets in place of a value made up; NULL: none */
    bool is_empty;     /* rather NULL, if it may be */
    bool is_wanted;    /* neither NULL nor its default, as a query compares it */
    bool is_left_out;  /* it gets its default */
    bool is_tenant;    /* its value says whose the row is (prove/tenants) */
} FillColumn;

typedef struct FillCheck {
    const char *name, *text;
    bool domain; /* of the type of a column: `name` is the column's */
} FillCheck;

typedef struct FillKey {
    const char *target; /* as SQL */
    ValueList columns, target_columns;
} FillKey;

typedef struct FillTable {
    const char *name;           /* as SQL */
    const char *schema, *plain; /* as stored; SQLite: schema NULL */
    VEC(FillColumn) columns;
    VEC(FillCheck) checks;
    VEC(FillKey) keys;
    size_t rows;
    const char *reason; /* why it has none */
} FillTable;

typedef VEC(FillTable) FillTableList;

/* Reads tables, columns, checks and keys of the database. */
Code fill_read(Db *db, Arena *arena, FillTableList *ret_tables, Error *error);

/* The constants that stand in a check or a partition's bound: numbers and texts, each once. */
void fill_constants(Arena *arena, const char *text, ValueList *list);

/* The same, for a column of a type that can read them. */
void fill_keep_constants(Arena *arena, FillColumn *column, const char *text);

/* Whether the text speaks of a column of this name. */
bool fill_mentions(const char *text, const char *name);

/* How many values there are to choose from, and one of them for row `row` (from 1), as SQL. */
size_t fill_choices(const FillColumn *column);
const char *fill_value(Arena *arena, const FillColumn *column, size_t choice, size_t row);

#endif
