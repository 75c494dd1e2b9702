/* Types of new columns that are regretted later. */
#include "lint/rules.h"

/* Whether a new column is such a one; `create` NULL: in a table that is there. */
typedef bool ColumnFits(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create);

/* One finding a statement, with all columns that fit. */
static void hit_columns(RuleCheck *check, ColumnFits *fits, const char *written)
{
    const char *names = "";
    size_t count = 0;
    const PgQuery__CreateStmt *create = RULE_NODE(check, CREATE_STMT, create_stmt);
    const PgQuery__AlterTableStmt *alter = tree_alter(check->statement->tree);
    size_t parts = create ? create->n_table_elts : alter ? alter->n_cmds : 0;
    for (size_t i = 0; i < parts; i++) {
        const PgQuery__Node *node =
            create ? create->table_elts[i] : alter->cmds[i]->alter_table_cmd->def;
        bool added = create || alter->cmds[i]->alter_table_cmd->subtype ==
                                   PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn;
        if (!added || !node || node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF ||
            !node->column_def->type_name || !fits(node->column_def, create))
            continue;
        names = arena_print(check->arena, "%s%s%s", names, count++ ? ", " : "",
                            node->column_def->colname);
    }
    if (count)
        rule_hit(check, NULL, "%s %s %s", names, count == 1 ? "is" : "are", written);
}

static bool is_timestamp(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"timestamp"};
    return tree_type_is(column->type_name, types, COUNT(types));
}

RULE(prefer_timestamptz)
{
    hit_columns(check, is_timestamp, "timestamp without time zone");
}

static bool is_json(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"json"};
    return tree_type_is(column->type_name, types, COUNT(types));
}

RULE(prefer_jsonb)
{
    hit_columns(check, is_json, "json");
}

static bool is_money(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"money"};
    return tree_type_is(column->type_name, types, COUNT(types));
}

RULE(prefer_numeric)
{
    hit_columns(check, is_money, "money");
}

static bool is_limited(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"varchar"};
    return column->type_name->n_typmods && tree_type_is(column->type_name, types, COUNT(types));
}

RULE(prefer_text)
{
    hit_columns(check, is_limited, "varchar with a length");
}

/* char(1) is never padded. */
static bool is_padded(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"bpchar"};
    const PgQuery__TypeName *type = column->type_name;
    const PgQuery__Node *length = type->n_typmods ? type->typmods[0] : NULL;
    bool one = length && length->node_case == PG_QUERY__NODE__NODE_A_CONST &&
               length->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL &&
               length->a_const->ival->ival == 1;
    return length && !one && tree_type_is(type, types, COUNT(types));
}

RULE(char_padded)
{
    hit_columns(check, is_padded, "char(n)");
}

static bool is_serial(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"serial",  "bigserial", "smallserial",
                                        "serial2", "serial4",   "serial8"};
    return tree_type_is(column->type_name, types, COUNT(types));
}

RULE(prefer_identity)
{
    hit_columns(check, is_serial, "serial");
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
static bool is_short_key(const PgQuery__ColumnDef *column, const PgQuery__CreateStmt *create)
{
    static const char *const types[] = {"int4",    "int2",    "serial", "smallserial",
                                        "serial2", "serial4", "int"};
    return tree_type_is(column->type_name, types, COUNT(types)) && is_primary(column, create) &&
           !tree_constraint(column->n_constraints, column->constraints,
                            PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN);
}

RULE(prefer_bigint)
{
    hit_columns(check, is_short_key, "a primary key that ends at 2,147,483,647 or before");
}
