/* What a history of statements tells about a schema: PostgreSQL's relations, types and functions as
 * they stand after the statements replayed so far.
 *
 * Nothing is guessed: a table that no statement made is not known, a column of CREATE TABLE AS has
 * no known type, and a table whose columns are not all known says so. Statements that do not
 * concern the schema are passed over. */
#ifndef LINT_KNOWN_H
#define LINT_KNOWN_H

#include "base/vec.h"
#include "lint/known_tree.h"

typedef struct Known Known;
typedef struct KnownRelation KnownRelation;
typedef struct KnownType KnownType;

/* A type as a column has it. */
typedef struct TypeUse {
    const char *schema; /* NULL: by search_path */
    const char *name;   /* the server's: "int4", "varchar"; NULL: not known */
    int modifiers[2];   /* varchar(20): 20; numeric(10,2): 10, 2 */
    unsigned modifier_count;
    bool array;
    bool serial;     /* it was written as serial, smallserial or bigserial */
    KnownType *type; /* the domain, enum or composite type of the history; NULL: none */
} TypeUse;

typedef struct KnownColumn {
    const char *name;
    TypeUse type;
    const char *collation; /* NULL: the type's own */
    bool not_null;
    bool has_default;
    const PgQuery__Node *value; /* that default; NULL: none, or a serial's */
    bool generated;             /* GENERATED ALWAYS AS (…) */
    bool identity;
} KnownColumn;

typedef VEC(KnownColumn *) KnownColumnList;

typedef enum {
    CONSTRAINT_CHECK,
    CONSTRAINT_PRIMARY,
    CONSTRAINT_UNIQUE,
    CONSTRAINT_EXCLUDE,
    CONSTRAINT_FOREIGN
} ConstraintType;

typedef struct KnownIndex {
    const char *name; /* its schema is its table's */
    KnownRelation *table;
    KnownColumnList keys; /* those that are plain columns */
    KnownColumnList uses; /* all that it needs, in expressions and its predicate too */
    bool unique, partial, expressions;
    bool only;                        /* ON ONLY a partitioned table */
    const char *method;               /* "btree" */
    const PgQuery__IndexStmt *source; /* NULL: it belongs to a constraint */
    struct KnownIndex *parent;        /* of the partitioned table; NULL: none */
} KnownIndex;

typedef struct KnownConstraint {
    const char *name;
    ConstraintType type;
    KnownColumnList columns; /* of a CHECK: those that it reads */
    NameList names;          /* of a CHECK: what its text calls them */
    bool validated;
    bool no_inherit;
    bool inherited;                   /* it came from the parent */
    const PgQuery__Node *expression;  /* of a CHECK */
    KnownIndex *index;                /* of a key */
    TreeName target;                  /* of a foreign key: the table as it was written */
    KnownRelation *references;        /* and that table; NULL: not known */
    VEC(const char *) target_columns; /* none: its primary key */
    char on_delete, on_update;        /* 'a' nothing, 'r' restrict, 'c' cascade, 'n' NULL, 'd' */
} KnownConstraint;

typedef struct KnownTrigger {
    const char *name;
    TreeName function;
} KnownTrigger;

typedef enum {
    RELATION_TABLE, /* partitioned ones too */
    RELATION_VIEW,
    RELATION_MATVIEW,
    RELATION_SEQUENCE,
    RELATION_FOREIGN,
    RELATION_COMPOSITE
} RelationType;

struct KnownRelation {
    const char *schema, *name;
    RelationType type;
    bool complete;  /* all of its columns are known */
    bool temporary; /* nobody else can see it */
    bool unlogged;
    const char *tablespace, *method; /* NULL: the default one */
    KnownColumnList columns;
    VEC(KnownConstraint *) constraints;
    VEC(KnownIndex *) indexes;
    VEC(KnownTrigger *) triggers;
    VEC(KnownRelation *) parents;      /* INHERITS, or the partitioned table */
    VEC(KnownRelation *) children;     /* inheritors, or partitions */
    bool partitioned;                  /* PARTITION BY */
    char strategy;                     /* 'r' range, 'l' list, 'h' hash */
    VEC(KnownColumn *) partition_keys; /* NULL for an expression */
    KnownType *of;                     /* CREATE TABLE … OF, ALTER TABLE … OF */
    bool partition;                    /* of parents.at[0] */
    const PgQuery__PartitionBoundSpec *bound;
    VEC(KnownRelation *) reads; /* a view's */
    KnownRelation *owner;       /* a sequence's table */
    KnownColumn *owner_column;
    unsigned transaction; /* that made it, of those begun with known_begin_transaction */
};

typedef VEC(KnownRelation *) KnownRelationList;

typedef enum { TYPE_DOMAIN, TYPE_ENUM, TYPE_COMPOSITE, TYPE_OTHER } KnownTypeType;

struct KnownType {
    const char *schema, *name;
    KnownTypeType type;
    TypeUse base;                     /* of a domain */
    bool not_null;                    /* of a domain */
    VEC(KnownConstraint) constraints; /* of a domain; without columns */
    KnownRelation *relation;          /* of a composite type */
};

/* CREATE STATISTICS */
typedef struct KnownStatistics {
    const char *schema, *name;
    KnownRelation *table;
} KnownStatistics;
KnownStatistics *known_find_statistics(const Known *known, TreeName name);

/* Volatility of a function of the history: 'i', 's', 'v' as in pg_proc; 0: it knows none of the
 * name, and '?' when functions of one name differ. */
char known_volatility(const Known *known, const char *schema, const char *name);

/* The expression that a call of the function becomes, when it is SELECT expression in LANGUAGE
 * sql: the server puts it in the call's place and judges it. NULL: no such function. */
const PgQuery__Node *known_function_value(const Known *known, const char *schema, const char *name);

/* Everything lives in `arena`. */
Known *known_new(Arena *arena);

/* From here on relations made are new (known_is_new), those made before are in use. Before the
 * first call nothing is new. */
void known_begin_transaction(Known *known);
bool known_is_new(const Known *known, const KnownRelation *relation);

/* Takes what one statement changes. The tree must live as long as `known`. */
Code known_replay(Known *known, const PgQuery__Node *statement, Error *error);

/* The same for all statements of a text, in trees of its own. One that the grammar does not know
 * (sql_parse) is passed over and counted: what it made stays unknown. RUNG_UNSUPPORTED if
 * libpg_query is missing; sql_split's errors. `ret_unread` may be NULL. */
Code known_replay_sql(Known *known, const char *sql, size_t length, size_t *ret_unread,
                      Error *error);

/* NULL if no statement made it. A `schema` of NULL means: by search_path, which SET search_path
 * changes and which is public at first. Quoted and folded names are equal where the server's are.
 */
KnownRelation *known_find(const Known *known, const char *schema, const char *name);
KnownRelation *known_find_range(const Known *known, const PgQuery__RangeVar *range);
KnownIndex *known_find_index(const Known *known, const char *schema, const char *name);
KnownType *known_find_type(const Known *known, const char *schema, const char *name);
/* An index of the table that could become the partition of this one. */
KnownIndex *known_matching_index(const KnownRelation *table, const KnownIndex *index);
KnownColumn *known_column(const KnownRelation *relation, const char *name);
KnownConstraint *known_constraint(const KnownRelation *relation, const char *name);
const KnownRelationList *known_relations(const Known *known);

/* The schema in which a new object without one would be made. */
const char *known_schema(const Known *known);

/* SET TimeZone of the history: 1 it is UTC, 0 it is another, -1 nothing was said. */
int known_time_zone(const Known *known);

/* "public.orders", quoted where a name needs it. */
const char *known_name(Arena *arena, const KnownRelation *relation);

/* The table's columns that a valid CHECK proves not to be null: by CHECK (c IS NOT NULL), alone or
 * in an AND. */
bool known_constraint_proves(const KnownConstraint *constraint, const KnownColumn *column);
bool known_proves_not_null(const KnownRelation *relation, const KnownColumn *column);

/* The relation with all its partitions and inheritors, itself first. */
void known_tree_of(Arena *arena, KnownRelation *relation, KnownRelationList *ret_relations);

/* What goes with a relation that is dropped, itself first: partitions, sequences that it owns, and
 * (by CASCADE) the views that read it and its inheritors. */
void known_dropped_with(Arena *arena, const Known *known, KnownRelation *relation,
                        KnownRelationList *ret_relations);

/* The default partition; NULL: none. */
KnownRelation *known_default_partition(const KnownRelation *relation);

/* Foreign keys of other tables that point at this one, with their tables. */
typedef struct KnownReference {
    KnownRelation *table;
    KnownConstraint *constraint;
} KnownReference;
typedef VEC(KnownReference) KnownReferenceList;
void known_references(Arena *arena, const Known *known, const KnownRelation *relation,
                      KnownReferenceList *ret_references);

/* The sequence of a default: nextval('name'); NULL: none that is known. */
KnownRelation *known_default_sequence(Arena *arena, const Known *known, const PgQuery__Node *value);

/* Whether the foreign key points at this column of `target`, or needs this key of it. */
bool known_reference_uses(const KnownReference *reference, const KnownRelation *target,
                          const KnownColumn *column);
bool known_reference_needs(const KnownReference *reference, const KnownRelation *target,
                           const KnownConstraint *key);

/* The table's foreign key like this one, by the names of its columns; NULL: none. */
KnownConstraint *known_same_foreign(const KnownRelation *table, const KnownConstraint *foreign);

/* The type of a column or a cast, with what the history knows of it. */
TypeUse known_type_use(const Known *known, const PgQuery__TypeName *type);

/* The type behind domains. */
TypeUse known_base_type(const TypeUse *use);

/* Whether values of the type are checked: it is a domain with constraints, at any depth. */
bool known_type_constrained(const TypeUse *use);

#endif
