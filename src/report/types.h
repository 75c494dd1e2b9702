/* A schema as an application sees it, in no engine's words, and code made from it.
 *
 * types.c knows what a SQL type is; types_postgresql.c and types_sqlite.c read catalogs. A language
 * is a file types_NAME.c and a row of `languages` in types.c. The same schema gives the same bytes:
 * nothing in them comes from the database's name, its address or the clock. */
#ifndef REPORT_TYPES_H
#define REPORT_TYPES_H

#include "base/map.h"
#include "base/text.h"
#include "model/catalog.h"

/* What a value is, whatever the engine calls it. Each language has a word for each. */
typedef enum {
    SCALAR_UNKNOWN,
    SCALAR_BOOLEAN,
    SCALAR_SMALLINT,
    SCALAR_INTEGER,
    SCALAR_BIGINT,
    SCALAR_REAL,
    SCALAR_DOUBLE,
    SCALAR_DECIMAL,
    SCALAR_TEXT,
    SCALAR_BYTES,
    SCALAR_UUID,
    SCALAR_DATE,
    SCALAR_TIME,
    SCALAR_TIMESTAMP,
    SCALAR_TIMESTAMP_ZONED,
    SCALAR_INTERVAL,
    SCALAR_JSON,
    SCALAR_VOID,
    SCALAR_RECORD,
    SCALAR_NAMED, /* an enum, a composite type, a row */
    SCALAR_COUNT
} Scalar;

typedef struct Entity Entity;

typedef struct TypeUse {
    Scalar scalar;
    bool is_array;
    int64_t length;      /* a text has at most so many characters; 0: no limit */
    List choices;        /* a CHECK allows these texts alone; empty: any */
    const Entity *named; /* NAMED */
    const char *sql;     /* as the engine prints it */
} TypeUse;

typedef struct TypedColumn {
    const char *name, *comment; /* the comment may be NULL */
    TypeUse type;
    const char *value; /* its default, as SQL; NULL: none */
    bool nullable;
    bool generated;   /* GENERATED ALWAYS: nobody writes it */
    bool automatic;   /* may be left out of an INSERT */
    const char *word; /* the language's name for it, of languages that cannot take any name */
} TypedColumn;

typedef enum { ENTITY_TABLE, ENTITY_VIEW, ENTITY_ENUM, ENTITY_COMPOSITE } EntityType;

/* PRIMARY KEY, UNIQUE, or an index over columns alone. */
typedef struct TypedKey {
    const char *name;
    List columns;
    bool primary, unique;
    bool is_index; /* no constraint */
} TypedKey;

/* A foreign key. */
typedef struct Relation {
    const char *name;
    List columns, target_columns;
    const Entity *target;
    bool one_to_one; /* its columns are a key */
    bool required;   /* none of them may be NULL */
} Relation;

struct Entity {
    EntityType type;
    const char *schema, *name, *comment;
    VEC(TypedColumn) columns; /* in their order */
    VEC(TypedKey) keys;
    VEC(Relation) relations; /* by name */
    List values;             /* of an enum */
    const char *word;        /* as TypedColumn.word */
    bool done;               /* of the language */
};

typedef struct RoutineArgument {
    const char *name; /* "" if it has none */
    TypeUse type;
    bool optional;
} RoutineArgument;

typedef struct Routine {
    const char *name, *comment;
    VEC(RoutineArgument) arguments, columns; /* columns of a TABLE (…) that it returns */
    TypeUse result;
    bool is_set;
} Routine;

typedef VEC(Entity *) EntityList;

typedef struct TypedSchema {
    const char *name;
    EntityList tables, views, enums, composites; /* by name */
    VEC(Routine) routines;                       /* by name; overloads stand together */
} TypedSchema;

typedef struct Types {
    Arena *arena;
    Engine engine;
    VEC(TypedSchema) schemas; /* by name; SQLite's one schema is called public */
} Types;

/* Names and declared types of the columns of SQLite's views and virtual tables, which no statement
 * says. */
typedef struct LiteColumns {
    VEC(const char *) names, types;
} LiteColumns;

/* Tables without their partitions, views, enums, composite types, functions. `lite`: a LiteColumns
 * for each view and virtual table, by its name in lower case; NULL for PostgreSQL. */
Types *types_read(Arena *arena, const Catalog *catalog, const Map *lite);

/* ---- languages ---- */

typedef struct TypesLanguage {
    const char *name, *style; /* style NULL: it has only one */
    void (*write)(Types *types, Text *text);
} TypesLanguage;

/* Row `index`, or NULL behind the last. Of a language's styles the first is the default. */
const TypesLanguage *types_language_at(size_t index);

void types_ts(Types *types, Text *text);
void types_c(Types *types, Text *text);
void types_python(Types *types, Text *text);
void types_sqlmodel(Types *types, Text *text);
void types_json_schema(Types *types, Text *text);

/* ---- what languages and readers share ---- */

/* The scalar of a type's name without modifiers and []: "integer", "timestamp with time zone". */
Scalar scalar_find(const char *name);

const TypedColumn *entity_column(const Entity *entity, const char *name);
const TypedKey *entity_primary(const Entity *entity); /* NULL: it has none */

/* Whether these columns, in any order, are a key or a unique index of the table. */
bool entity_is_key(const Entity *entity, const List *columns);

/* The schema that names need not tell. */
bool schema_is_standard(const char *name);

bool list_same(const List *a, const List *b); /* in any order */
List list_copy(Arena *arena, const char *const *at, size_t count);

/* "text" with \ in front of quotes and for control characters, as JSON, TypeScript and Python read
 * it. */
void text_add_quoted(Text *text, const char *string);

/* A number, a boolean word or a string constant, and casts behind it, as its text; false for any
 * other expression. */
bool constant_read(Arena *arena, Engine engine, const char *sql, Scalar scalar,
                   const char **ret_text);

/* ASCII letters, digits and _ of a name, none of them a digit at first; a letter that is none of
 * these becomes _. */
char *identifier_make(Arena *arena, const char *name);

/* `identifier`, or with a number behind it when `taken` has it; it is taken then. */
const char *identifier_unique(Arena *arena, Map *taken, const char *identifier);

/* ---- types_check.c ---- */

typedef struct CheckFact {
    const char *column; /* as it stands there, not quoted; "value" of a domain */
    List choices;       /* the texts that it may be; or empty */
    int64_t length;     /* how many characters it may have; or 0 */
} CheckFact;

/* What a CHECK says about one column's texts: `status IN ('a', 'b')`, `length(name) <= 10`, as
 * written or as PostgreSQL prints it. False for any other. */
bool check_read(Arena *arena, Engine engine, const char *sql, CheckFact *ret_fact);

/* The columns of a CREATE INDEX that indexes nothing but columns, all rows. */
bool index_read(Arena *arena, Engine engine, const char *sql, List *ret_columns);

/* ---- types_postgresql.c and types_sqlite.c: for types.c alone ---- */

TypedSchema *types_schema(Types *types, const char *name);
void types_read_postgresql(Types *types, const Catalog *catalog);
void types_read_sqlite(Types *types, const Catalog *catalog, const Map *lite);

#endif
