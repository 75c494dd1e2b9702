/* What the files of effects share; nobody else includes this. */
#ifndef LINT_EFFECTS_PARTS_H
#define LINT_EFFECTS_PARTS_H

#include "lint/effects.h"
#include "lint/known_parts.h"

typedef struct Judge {
    Arena *arena;
    const Known *known;
    int version;
    bool utc;
    Effects *effects;
} Judge;

/* effects.c: a lock and work on a relation, together with what was said of it before. Partitioned
 * tables and views have no rows of their own: only the lock counts. */
void judge_take(const Judge *judge, const KnownRelation *relation, LockMode mode, unsigned work);
void judge_take_all(const Judge *judge, const KnownRelationList *relations, LockMode mode,
                    unsigned work);
/* The relation by what was written, and it alone. NULL, and a lock by its name alone, if it is not
 * known. */
KnownRelation *judge_take_range(const Judge *judge, const PgQuery__RangeVar *range, LockMode mode,
                                unsigned work);
KnownRelation *judge_take_name(const Judge *judge, TreeName name, LockMode mode, unsigned work);
/* The relation and what is below it, unless ONLY was written. */
void judge_take_tree(const Judge *judge, const PgQuery__RangeVar *range, LockMode mode,
                     unsigned work);
void judge_doubt(const Judge *judge, const KnownRelation *relation, unsigned work,
                 const char *format, ...) PRINTF_LIKE(4, 5);

/* effects_value.c */
typedef enum { VOLATILE_NO, VOLATILE_YES, VOLATILE_UNKNOWN } Volatility;
Volatility expression_volatility(const Known *known, const PgQuery__Node *expression);
bool expression_is_null(const PgQuery__Node *expression);
/* Whether the function is one of the server's own, which touch no table. */
bool function_is_builtin(TreeName name);
bool type_is_builtin(const TypeUse *use);

typedef struct TypeChange {
    bool rewrites, rebuilds; /* the table; indexes on the column */
    const char *doubt;       /* why it may rewrite; NULL: it is sure */
} TypeChange;
TypeChange type_change(const Judge *judge, const KnownColumn *column,
                       const PgQuery__ColumnDef *definition);

/* effects_alter.c */
void judge_alter_table(const Judge *judge, const PgQuery__AlterTableStmt *alter);

/* effects_constraint.c: ADD CONSTRAINT on a relation and those below it. `added` is the column of
 * an inline constraint, NULL for one of the table. */
void judge_add_constraint(const Judge *judge, const KnownRelationList *tables,
                          const PgQuery__AlterTableStmt *alter,
                          const PgQuery__Constraint *constraint);
void judge_foreign_key(const Judge *judge, const KnownRelationList *tables,
                       const PgQuery__Constraint *constraint, bool validated);
void judge_validate(const Judge *judge, const KnownRelationList *tables, const char *name);
void judge_drop_constraint(const Judge *judge, KnownRelation *table, const char *name,
                           bool cascade);
/* The table that a foreign key points at and its partitions. */
void judge_target(const Judge *judge, const KnownConstraint *constraint, LockMode mode,
                  unsigned work);

/* effects_partition.c */
void judge_attach(const Judge *judge, KnownRelation *parent, const PgQuery__PartitionCmd *command);
void judge_detach(const Judge *judge, KnownRelation *parent, const PgQuery__PartitionCmd *command);
/* A new partition: the parent's default one is read. */
void judge_default_partition(const Judge *judge, const KnownRelation *parent,
                             const PgQuery__PartitionBoundSpec *bound);

/* effects_query.c: SELECT, INSERT, UPDATE, DELETE, MERGE; false if it is none of them. */
bool judge_query(const Judge *judge, const PgQuery__Node *statement);
void judge_read(const Judge *judge, const KnownRelation *relation, unsigned work);
/* Reads everything below it, with all rows if `work` is WORK_SCAN and no WHERE stands there. */
void judge_reads(const Judge *judge, const PgQuery__Node *query, unsigned work);

/* effects_drop.c */
void judge_drop(const Judge *judge, const PgQuery__DropStmt *drop);
void judge_drop_relation(const Judge *judge, KnownRelation *relation);

/* effects_object.c: what remains: indexes, views, triggers, maintenance. */
bool judge_object(const Judge *judge, const PgQuery__Node *statement);

#endif
