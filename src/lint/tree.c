/* Parse trees, asked. */
#include "lint/tree.h"
#include "base/text.h"
#include "sql/quote.h"

const char *tree_string(Tree node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : NULL;
}

const char *tree_last(size_t count, PgQuery__Node *const *names)
{
    return count ? tree_string(names[count - 1]) : NULL;
}

static const char *qualify(Arena *arena, const char *schema, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_identifier(&text, schema && *schema ? schema : "public");
    text_char(&text, '.');
    sql_add_identifier(&text, name);
    return text_keep(&text, arena);
}

const char *tree_relation(Arena *arena, const PgQuery__RangeVar *relation)
{
    return relation ? qualify(arena, relation->schemaname, relation->relname) : NULL;
}

const char *tree_qualified(Arena *arena, size_t count, PgQuery__Node *const *names)
{
    const char *name = tree_last(count, names);
    return name ? qualify(arena, count > 1 ? tree_string(names[count - 2]) : NULL, name) : NULL;
}

const char *tree_object(Arena *arena, Tree node)
{
    if (node && node->node_case == PG_QUERY__NODE__NODE_LIST)
        return tree_qualified(arena, node->list->n_items, node->list->items);
    if (node && node->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
        return tree_relation(arena, node->range_var);
    if (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
        return tree_qualified(arena, node->type_name->n_names, node->type_name->names);
    return tree_string(node);
}

const char *tree_type(const PgQuery__TypeName *type)
{
    const char *name = type ? tree_last(type->n_names, type->names) : NULL;
    return name ? name : "";
}

bool tree_type_is(const PgQuery__TypeName *type, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(tree_type(type), names[i]) == 0)
            return true;
    return false;
}

const PgQuery__Constraint *tree_constraint(size_t count, PgQuery__Node *const *nodes,
                                           PgQuery__ConstrType type)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
            nodes[i]->constraint->contype == type)
            return nodes[i]->constraint;
    return NULL;
}

const PgQuery__AlterTableStmt *tree_alter(Tree statement)
{
    bool is = statement && statement->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT;
    return is ? statement->alter_table_stmt : NULL;
}

const PgQuery__DefElem *tree_option(size_t count, PgQuery__Node *const *nodes, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            strcmp(nodes[i]->def_elem->defname, name) == 0)
            return nodes[i]->def_elem;
    return NULL;
}

bool tree_option_on(size_t count, PgQuery__Node *const *nodes, const char *name)
{
    const PgQuery__DefElem *option = tree_option(count, nodes, name);
    if (!option)
        return false;
    const char *said = tree_string(option->arg);
    if (option->arg && option->arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return option->arg->integer->ival != 0;
    return !said || (strcmp(said, "false") != 0 && strcmp(said, "off") != 0);
}
