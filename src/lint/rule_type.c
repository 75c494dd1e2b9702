/* Types of new columns that are regretted later. */
#include "lint/rules.h"

typedef void ColumnVisit(RuleCheck *check, const PgQuery__ColumnDef *column,
                         const PgQuery__CreateStmt *create);

/* Columns that the statement makes; `create` NULL: in a table that is there. */
static void each_column(RuleCheck *check, ColumnVisit *visit)
{
    const PgQuery__CreateStmt *create = RULE_NODE(check, CREATE_STMT, create_stmt);
    const PgQuery__AlterTableStmt *alter = tree_alter(check->statement->tree);
    for (size_t i = 0; create && i < create->n_table_elts; i++)
        if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            visit(check, create->table_elts[i]->column_def, create);
    for (size_t i = 0; alter && i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn)
            visit(check, command->def->column_def, NULL);
    }
}

static void hit_type(RuleCheck *check, const PgQuery__ColumnDef *column, const char *const *types,
                     size_t count, const char *written)
{
    if (column->type_name && tree_type_is(column->type_name, types, count))
        rule_hit(check, NULL, "%s is %s", column->colname, written);
}

static void visit_timestamp(RuleCheck *check, const PgQuery__ColumnDef *column,
                            const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"timestamp"};
    hit_type(check, column, types, COUNT(types), "timestamp without time zone");
}

RULE(prefer_timestamptz)
{
    each_column(check, visit_timestamp);
}

static void visit_json(RuleCheck *check, const PgQuery__ColumnDef *column,
                       const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"json"};
    hit_type(check, column, types, COUNT(types), "json");
}

RULE(prefer_jsonb)
{
    each_column(check, visit_json);
}

static void visit_money(RuleCheck *check, const PgQuery__ColumnDef *column,
                        const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"money"};
    hit_type(check, column, types, COUNT(types), "money");
}

RULE(prefer_numeric)
{
    each_column(check, visit_money);
}

static void visit_varchar(RuleCheck *check, const PgQuery__ColumnDef *column,
                          const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"varchar"};
    if (column->type_name && column->type_name->n_typmods)
        hit_type(check, column, types, COUNT(types), "varchar with a length");
}

RULE(prefer_text)
{
    each_column(check, visit_varchar);
}

static void visit_char(RuleCheck *check, const PgQuery__ColumnDef *column,
                       const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"bpchar"};
    const PgQuery__TypeName *type = column->type_name;
    const PgQuery__Node *length = type && type->n_typmods ? type->typmods[0] : NULL;
    bool one = length && length->node_case == PG_QUERY__NODE__NODE_A_CONST &&
               length->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL &&
               length->a_const->ival->ival == 1;
    if (length && !one)
        hit_type(check, column, types, COUNT(types), "char(n)");
}

RULE(char_padded)
{
    each_column(check, visit_char);
}

static void visit_serial(RuleCheck *check, const PgQuery__ColumnDef *column,
                         const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"serial",  "bigserial", "smallserial",
                                        "serial2", "serial4",   "serial8"};
    hit_type(check, column, types, COUNT(types), tree_type(column->type_name));
}

RULE(prefer_identity)
{
    each_column(check, visit_serial);
}

static bool is_primary(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    if (tree_constraint(column->n_constraints, column->constraints,
                        PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY))
        return true;
    const PgQuery__Constraint *key = create
                                         ? tree_constraint(create->n_table_elts, create->table_elts,
                                                           PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
                                         : NULL;
    const char *name = key && key->n_keys == 1 ? tree_string(key->keys[0]) : NULL;
    return name && strcmp(name, column->colname) == 0;
}

/* A key that references another has that one's type. */
static void visit_key(RuleCheck *check, const PgQuery__ColumnDef *column,
                      const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"int4",    "int2",    "serial", "smallserial",
                                        "serial2", "serial4", "int"};
    if (is_primary(column, create) && !tree_constraint(column->n_constraints, column->constraints,
                                                       PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN))
        hit_type(check, column, types, COUNT(types),
                 "a primary key that ends at 2,147,483,647 or before");
}

RULE(prefer_bigint)
{
    each_column(check, visit_key);
}
