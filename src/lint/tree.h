/* Small questions to a parse tree of libpg_query, as several rules ask them. */
#ifndef LINT_TREE_H
#define LINT_TREE_H

#include "sql/parse.h"

typedef const PgQuery__Node *Tree;

/* The text of a String node, of a list's last one; NULL for any other node. */
const char *tree_string(Tree node);
const char *tree_last(size_t count, PgQuery__Node *const *names);

/* schema.name as SQL; what names no schema stands in `public`. NULL for no relation. */
const char *tree_relation(Arena *arena, const PgQuery__RangeVar *relation);

/* The same of a list of Strings, or of a List node. */
const char *tree_qualified(Arena *arena, size_t count, PgQuery__Node *const *names);
const char *tree_object(Arena *arena, Tree node);

/* "int4" of pg_catalog.int4, "serial": the last name of a type, as the grammar spells it. */
const char *tree_type(const PgQuery__TypeName *type);
bool tree_type_is(const PgQuery__TypeName *type, const char *const *names, size_t count);

/* The table constraint or column constraint of this kind among the nodes; NULL if none is. */
const PgQuery__Constraint *tree_constraint(size_t count, PgQuery__Node *const *nodes,
                                           PgQuery__ConstrType type);

/* The commands of ALTER TABLE; NULL for another statement. */
const PgQuery__AlterTableStmt *tree_alter(Tree statement);

/* A DefElem of a list by its name, and whether one says yes: `CONCURRENTLY`, `CONCURRENTLY true`.
 */
const PgQuery__DefElem *tree_option(size_t count, PgQuery__Node *const *nodes, const char *name);
bool tree_option_on(size_t count, PgQuery__Node *const *nodes, const char *name);

#endif
