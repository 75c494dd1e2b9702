/* What the files of known share; nobody else includes this. */
#ifndef LINT_KNOWN_PARTS_H
#define LINT_KNOWN_PARTS_H

#include "lint/known.h"

#define NODE(name)        PG_QUERY__NODE__NODE_##name
#define OBJECT(name)      PG_QUERY__OBJECT_TYPE__OBJECT_##name
#define CONSTR(name)      PG_QUERY__CONSTR_TYPE__CONSTR_##name
#define ALTER(name)       PG_QUERY__ALTER_TABLE_TYPE__AT_##name
#define TREE(message)     (&(message)->base)
#define NODE_TREE(holder) ((holder) ? &(holder)->base : NULL)

typedef struct KnownFunction {
    const char *schema, *name;
    char volatility;
    const PgQuery__Node *value; /* SELECT expression; NULL: it is more than that */
} KnownFunction;

struct Known {
    Arena *arena;
    KnownRelationList relations;
    VEC(KnownType *) types;
    VEC(KnownFunction) functions;
    VEC(KnownStatistics) statistics;
    NameList path;         /* schemas, the server's own left out */
    NameList session_path; /* what SET LOCAL hides until the transaction ends */
    bool local_path;
    int time_zone;
    unsigned transaction;
};

/* Takes the element away; those behind it move up. */
#define vec_remove(vec, index)                                                                     \
    (memmove((vec)->at + (index), (vec)->at + (index) + 1,                                         \
             ((vec)->count - (index)-1) * sizeof *(vec)->at),                                      \
     (vec)->count--)

/* known_names.c: the names that the server chooses (makeObjectName, ChooseIndexName …). */
const char *choose_index_name(const Known *known, const KnownRelation *table,
                              const PgQuery__IndexStmt *index);
const char *choose_key_name(const Known *known, const KnownRelation *table,
                            const KnownConstraint *constraint);
const char *choose_constraint_name(const Known *known, const KnownRelation *table,
                                   const KnownConstraint *constraint);
const char *choose_sequence_name(const Known *known, const KnownRelation *table,
                                 const char *column);

/* known_table.c */
KnownRelation *known_add_relation(Known *known, TreeName name, RelationType type);
void known_inherit(Known *known, KnownRelation *child, KnownRelation *parent);
void known_add_column(Known *known, KnownRelation *table, const PgQuery__ColumnDef *definition);
/* `identity` may name it; NULL: a serial's. */
void known_own_sequence(Known *known, KnownRelation *table, KnownColumn *column,
                        const PgQuery__Constraint *identity);
void known_create_table(Known *known, const PgQuery__CreateStmt *create, RelationType type);
void known_create_table_as(Known *known, const PgQuery__Node *query,
                           const PgQuery__IntoClause *into, RelationType type);
void known_alter_sequence(Known *known, const PgQuery__AlterSeqStmt *alter);
void known_create_view(Known *known, const PgQuery__ViewStmt *view);

/* known_constraint.c */
void known_add_constraint(Known *known, KnownRelation *table, const PgQuery__Constraint *constraint,
                          KnownColumn *column);
KnownConstraint *known_copy_constraint(Known *known, KnownRelation *table,
                                       const KnownConstraint *constraint);
void known_create_index(Known *known, const PgQuery__IndexStmt *index);
void known_copy_index(Known *known, KnownRelation *table, KnownIndex *index, bool attach);

/* known_alter.c */
void known_alter_table(Known *known, const PgQuery__AlterTableStmt *alter);

/* known_type.c */
void known_create_domain(Known *known, const PgQuery__CreateDomainStmt *create);
void known_alter_domain(Known *known, const PgQuery__AlterDomainStmt *alter);
void known_create_type(Known *known, TreeName name, KnownTypeType type, KnownRelation *relation);

/* known_drop.c */
void known_remove_relation(Known *known, KnownRelation *relation);
void known_remove_column(Known *known, KnownRelation *table, KnownColumn *column);
void known_remove_constraint(Known *known, KnownRelation *table, KnownConstraint *constraint);
void known_remove_index(Known *known, KnownIndex *index);
void known_drop_objects(Known *known, const PgQuery__DropStmt *drop);

/* known_rename.c */
void known_rename_object(Known *known, const PgQuery__RenameStmt *rename);
void known_move_object(Known *known, const PgQuery__AlterObjectSchemaStmt *move);

#endif
