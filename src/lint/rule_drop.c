/* What takes away or renames what the running application uses, and what refuses its rows. */
#include "lint/rules.h"

static const char *object_name(RuleCheck *check, const PgQuery__DropStmt *drop, size_t i)
{
    const PgQuery__Node *node = drop->objects[i];
    if (node->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS)
        return tree_last(node->object_with_args->n_objname, node->object_with_args->objname);
    const char *name = tree_object(check->arena, node);
    return name ? name : "?";
}

static const KnownRelation *dropped_relation(const RuleCheck *check, const PgQuery__Node *object)
{
    if (object->node_case != PG_QUERY__NODE__NODE_LIST)
        return NULL;
    TreeName name = tree_name(object->list->items, object->list->n_items);
    return known_find(check->known, name.schema, name.name);
}

static const PgQuery__DropStmt *dropped(const RuleCheck *check, PgQuery__ObjectType type)
{
    const PgQuery__DropStmt *drop = RULE_NODE(check, DROP_STMT, drop_stmt);
    return drop && drop->remove_type == type ? drop : NULL;
}

RULE(drop_table)
{
    if (check->lite) {
        rule_lite_drop_table(check);
        return;
    }
    const PgQuery__DropStmt *drop = dropped(check, PG_QUERY__OBJECT_TYPE__OBJECT_TABLE);
    for (size_t i = 0; drop && i < drop->n_objects; i++) {
        const KnownRelation *table = dropped_relation(check, drop->objects[i]);
        if (!table || !(table->temporary || known_is_new(check->known, table))) {
            rule_hit(check, NULL, "the rows of %s are gone", object_name(check, drop, i));
            return;
        }
    }
}

RULE(drop_column)
{
    if (check->lite) {
        rule_lite_drop_column(check);
        return;
    }
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, NULL);
    if (command && rule_in_use(check, tree_alter(check->statement->tree)->relation))
        rule_hit(check, NULL, "the values of %s.%s are gone",
                 tree_alter(check->statement->tree)->relation->relname, command->name);
}

RULE(drop_schema)
{
    const PgQuery__DropStmt *drop = dropped(check, PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA);
    const PgQuery__DropdbStmt *database = RULE_NODE(check, DROPDB_STMT, dropdb_stmt);
    if (drop)
        rule_hit(check, NULL, "the schema %s goes", object_name(check, drop, 0));
    else if (database)
        rule_hit(check, NULL, "the database %s goes", database->dbname);
}

static bool cascades(const PgQuery__AlterTableCmd *command)
{
    return command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
}

RULE(drop_cascade)
{
    const PgQuery__DropStmt *drop = RULE_NODE(check, DROP_STMT, drop_stmt);
    bool is_new = drop && drop->n_objects == 1;
    const KnownRelation *relation = is_new ? dropped_relation(check, drop->objects[0]) : NULL;
    is_new = relation && known_is_new(check->known, relation);
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, cascades);
    if (!command)
        command = rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint, cascades);
    if (drop && drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE && !is_new)
        rule_hit(check, NULL, "%s CASCADE drops what nobody named with %s",
                 check->statement->facts.command, object_name(check, drop, 0));
    else if (command)
        rule_hit(check, NULL, "CASCADE drops what nobody named with %s", command->name);
}

RULE(truncate)
{
    const PgQuery__TruncateStmt *truncate = RULE_NODE(check, TRUNCATE_STMT, truncate_stmt);
    for (size_t i = 0; truncate && i < truncate->n_relations; i++)
        if (truncate->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE &&
            rule_in_use(check, truncate->relations[i]->range_var)) {
            rule_hit(check, NULL, "all rows of %s are gone",
                     tree_relation(check->arena, truncate->relations[i]->range_var));
            return;
        }
}

RULE(truncate_cascade)
{
    const PgQuery__TruncateStmt *truncate = RULE_NODE(check, TRUNCATE_STMT, truncate_stmt);
    if (truncate && truncate->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        rule_hit(check, NULL, "every table that references %s is emptied, too",
                 tree_relation(check->arena, truncate->relations[0]->range_var));
}

/* ---- renames ---- */

/* A view of the old name in the same transaction keeps the application going. */
static bool has_view_of(const RuleCheck *check, const char *name)
{
    const LintScript *script = check->script;
    size_t at = (size_t)(check->statement - script->statements.at);
    for (size_t i = at + 1; i < script->statements.count; i++) {
        const LintStatement *later = &script->statements.at[i];
        if (later->transaction != check->statement->transaction)
            break;
        if (later->tree && later->tree->node_case == PG_QUERY__NODE__NODE_VIEW_STMT &&
            strcmp(later->tree->view_stmt->view->relname, name) == 0)
            return true;
    }
    return false;
}

static bool is_relation(PgQuery__ObjectType type)
{
    return type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
}

/* Whether an earlier statement of the transaction gave it this name: a swap. */
static bool was_renamed_to(const RuleCheck *check, const char *name)
{
    for (const LintStatement *earlier = check->script->statements.at; earlier < check->statement;
         earlier++) {
        const PgQuery__RenameStmt *rename =
            earlier->tree && earlier->tree->node_case == PG_QUERY__NODE__NODE_RENAME_STMT
                ? earlier->tree->rename_stmt
                : NULL;
        if (rename && earlier->transaction == check->statement->transaction &&
            is_relation(rename->rename_type) && strcmp(rename->newname, name) == 0)
            return true;
    }
    return false;
}

RULE(rename_table)
{
    if (check->lite) {
        rule_lite_rename_table(check);
        return;
    }
    const PgQuery__RenameStmt *rename = RULE_NODE(check, RENAME_STMT, rename_stmt);
    const PgQuery__AlterObjectSchemaStmt *move =
        RULE_NODE(check, ALTER_OBJECT_SCHEMA_STMT, alter_object_schema_stmt);
    if (rename && is_relation(rename->rename_type) && rename->relation &&
        rule_in_use(check, rename->relation) && !has_view_of(check, rename->relation->relname) &&
        !was_renamed_to(check, rename->relation->relname))
        rule_hit(check, NULL, "%s is called %s from one moment to the next",
                 tree_relation(check->arena, rename->relation), rename->newname);
    else if (rename && rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA)
        rule_hit(check, NULL, "the schema %s is called %s from one moment to the next",
                 rename->subname, rename->newname);
    else if (move && is_relation(move->object_type) && move->relation &&
             rule_in_use(check, move->relation) && !has_view_of(check, move->relation->relname))
        rule_hit(check, NULL, "%s stands in the schema %s from one moment to the next",
                 tree_relation(check->arena, move->relation), move->newschema);
}

RULE(rename_column)
{
    if (check->lite) {
        rule_lite_rename_column(check);
        return;
    }
    const PgQuery__RenameStmt *rename = RULE_NODE(check, RENAME_STMT, rename_stmt);
    if (rename && rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN &&
        is_relation(rename->relation_type) && rename->relation &&
        rule_in_use(check, rename->relation))
        rule_hit(check, NULL, "%s.%s is called %s from one moment to the next",
                 rename->relation->relname, rename->subname, rename->newname);
}

RULE(rename_enum_value)
{
    const PgQuery__AlterEnumStmt *alter = RULE_NODE(check, ALTER_ENUM_STMT, alter_enum_stmt);
    if (alter && alter->old_val && *alter->old_val)
        rule_hit(check, NULL, "the value \"%s\" is called \"%s\" from one moment to the next",
                 alter->old_val, alter->new_val);
}

/* ---- what refuses rows ---- */

bool rule_is_required(const PgQuery__ColumnDef *column)
{
    static const char *const serials[] = {"serial",  "bigserial", "smallserial",
                                          "serial4", "serial8",   "serial2"};
    size_t count = column->n_constraints;
    PgQuery__Node *const *list = column->constraints;
    bool required = tree_constraint(count, list, PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL) ||
                    tree_constraint(count, list, PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY);
    bool filled = tree_constraint(count, list, PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT) ||
                  tree_constraint(count, list, PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY) ||
                  tree_constraint(count, list, PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED) ||
                  tree_type_is(column->type_name, serials, COUNT(serials));
    return required && !filled;
}

static bool adds_required(const PgQuery__AlterTableCmd *command)
{
    return rule_is_required(command->def->column_def);
}

RULE(required_column)
{
    const PgQuery__AlterTableStmt *alter = tree_alter(check->statement->tree);
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, adds_required);
    if (command && rule_in_use(check, alter->relation))
        rule_hit(check, NULL, "%s.%s has no value in the rows that are there",
                 alter->relation->relname, command->def->column_def->colname);
}

static bool made_here(const RuleCheck *check, const PgQuery__RangeVar *table, const char *column)
{
    const KnownRelation *relation = known_find_range(check->known, table);
    for (const LintStatement *earlier = check->script->statements.at; earlier < check->statement;
         earlier++) {
        const PgQuery__AlterTableStmt *alter = tree_alter(earlier->tree);
        if (!alter || !relation || known_find_range(check->known, alter->relation) != relation)
            continue;
        for (size_t i = 0; i < alter->n_cmds; i++) {
            const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
            if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn &&
                strcmp(command->def->column_def->colname, column) == 0)
                return true;
        }
    }
    return false;
}

RULE(unique_on_rows)
{
    if (check->lite) {
        rule_lite_unique_on_rows(check);
        return;
    }
    const PgQuery__IndexStmt *index = RULE_NODE(check, INDEX_STMT, index_stmt);
    if (!index || !index->unique || !rule_in_use(check, index->relation))
        return;
    const char *columns = "";
    for (size_t i = 0; i < index->n_index_params; i++) {
        const PgQuery__IndexElem *element = index->index_params[i]->index_elem;
        if (!element->name || !*element->name || made_here(check, index->relation, element->name))
            return;
        columns = arena_print(check->arena, "%s%s%s", columns, i ? ", " : "", element->name);
    }
    const char *table = tree_relation(check->arena, index->relation);
    rule_hit(check,
             arena_print(check->arena,
                         "look first: SELECT %s, count(*) FROM %s GROUP BY %s HAVING count(*) > 1",
                         columns, table, columns),
             "rows of %s that share %s make it fail", table, columns);
}
