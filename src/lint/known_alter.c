/* ALTER TABLE, subcommand by subcommand, on a table and on those below it. */
#include "lint/known_parts.h"

/* One subcommand on one table. */
typedef struct Alter {
    Known *known;
    KnownRelation *table;
    const PgQuery__AlterTableCmd *command;
    bool root; /* the table that was named */
} Alter;

static void set_type(const Alter *alter, KnownColumn *column)
{
    const PgQuery__Node *node = alter->command->def;
    if (!node || node->node_case != NODE(COLUMN_DEF))
        return;
    column->type = known_type_use(alter->known, node->column_def->type_name);
    const PgQuery__CollateClause *collation = node->column_def->coll_clause;
    column->collation =
        collation ? tree_name(collation->collname, collation->n_collname).name : NULL;
}

static void drop_identity(const Alter *alter, KnownColumn *column)
{
    column->identity = false;
    for (size_t i = alter->known->relations.count; i-- > 0;)
        if (alter->known->relations.at[i]->owner_column == column)
            known_remove_relation(alter->known, alter->known->relations.at[i]);
}

static void alter_column(const Alter *alter)
{
    KnownColumn *column = known_column(alter->table, alter->command->name);
    if (!column)
        return;
    switch (alter->command->subtype) {
    case ALTER(ColumnDefault):
        column->has_default = alter->command->def != NULL;
        column->value = alter->command->def;
        break;
    case ALTER(DropNotNull):
        column->not_null = false;
        break;
    case ALTER(SetNotNull):
        column->not_null = true;
        break;
    case ALTER(DropExpression):
        column->generated = false;
        break;
    case ALTER(AlterColumnType):
        set_type(alter, column);
        break;
    case ALTER(AddIdentity):
        column->identity = true;
        known_own_sequence(alter->known, alter->table, column,
                           alter->command->def && alter->command->def->node_case == NODE(CONSTRAINT)
                               ? alter->command->def->constraint
                               : NULL);
        break;
    case ALTER(DropIdentity):
        drop_identity(alter, column);
        break;
    case ALTER(DropColumn):
        known_remove_column(alter->known, alter->table, column);
        break;
    default:
        break;
    }
}

static void add_column(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    if (node && node->node_case == NODE(COLUMN_DEF) &&
        !known_column(alter->table, node->column_def->colname))
        known_add_column(alter->known, alter->table, node->column_def);
}

static void add_constraint(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    if (!node || node->node_case != NODE(CONSTRAINT))
        return;
    PgQuery__Constraint constraint = *node->constraint;
    bool check = constraint.contype == CONSTR(CHECK);
    if (!alter->root && !check && !alter->table->partition)
        return; /* keys and foreign keys are not inherited */
    if (!alter->root && check && constraint.is_no_inherit)
        return;
    if (!alter->root && !check && constraint.contype != CONSTR(FOREIGN))
        constraint.conname = NULL; /* the server names the partition's index */
    size_t before = alter->table->constraints.count;
    if (!known_constraint(alter->table, tree_text(constraint.conname)))
        known_add_constraint(alter->known, alter->table, &constraint, NULL);
    for (size_t i = before; !alter->root && i < alter->table->constraints.count; i++)
        alter->table->constraints.at[i]->inherited = true;
}

static void attach(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    KnownRelation *child = node && node->node_case == NODE(PARTITION_CMD)
                               ? known_find_range(alter->known, node->partition_cmd->name)
                               : NULL;
    if (!child)
        return;
    child->partition = true;
    child->bound = node->partition_cmd->bound;
    known_inherit(alter->known, child, alter->table);
    for (size_t i = 0; i < alter->table->indexes.count; i++)
        known_copy_index(alter->known, child, alter->table->indexes.at[i], true);
    for (size_t i = 0; i < alter->table->constraints.count; i++) {
        const KnownConstraint *constraint = alter->table->constraints.at[i];
        if (constraint->type != CONSTRAINT_FOREIGN)
            continue;
        KnownConstraint *same = known_same_foreign(child, constraint);
        if (!same)
            same = known_copy_constraint(alter->known, child, constraint);
        same->inherited = true;
    }
}

static void forget_parent(KnownRelation *child, KnownRelation *parent)
{
    for (size_t i = child->parents.count; i-- > 0;)
        if (child->parents.at[i] == parent)
            vec_remove(&child->parents, i);
    for (size_t i = parent->children.count; i-- > 0;)
        if (parent->children.at[i] == child)
            vec_remove(&parent->children, i);
}

static void detach(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    KnownRelation *child = node && node->node_case == NODE(PARTITION_CMD)
                               ? known_find_range(alter->known, node->partition_cmd->name)
                               : NULL;
    if (!child)
        return;
    forget_parent(child, alter->table);
    child->partition = false;
    child->bound = NULL;
    for (size_t i = 0; i < child->indexes.count; i++)
        child->indexes.at[i]->parent = NULL;
    for (size_t i = 0; i < child->constraints.count; i++)
        child->constraints.at[i]->inherited = false;
}

static void inherit(const Alter *alter, bool add)
{
    const PgQuery__Node *node = alter->command->def;
    KnownRelation *parent = node && node->node_case == NODE(RANGE_VAR)
                                ? known_find_range(alter->known, node->range_var)
                                : NULL;
    if (parent && add)
        known_inherit(alter->known, alter->table, parent);
    else if (parent)
        forget_parent(alter->table, parent);
}

static void set_of(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    bool of = alter->command->subtype == ALTER(AddOf) && node && node->node_case == NODE(TYPE_NAME);
    alter->table->of = of ? known_type_use(alter->known, node->type_name).type : NULL;
}

/* What concerns the table that was named alone; false if it is none of these. */
static bool alter_root(const Alter *alter)
{
    const PgQuery__AlterTableCmd *command = alter->command;
    switch (command->subtype) {
    case ALTER(SetLogged):
    case ALTER(SetUnLogged):
        alter->table->unlogged = command->subtype == ALTER(SetUnLogged);
        return true;
    case ALTER(SetTableSpace):
        alter->table->tablespace = tree_text(command->name);
        return true;
    case ALTER(SetAccessMethod):
        alter->table->method = tree_text(command->name);
        return true;
    case ALTER(AttachPartition):
        attach(alter);
        return true;
    case ALTER(DetachPartition):
        detach(alter);
        return true;
    case ALTER(AddInherit):
    case ALTER(DropInherit):
        inherit(alter, command->subtype == ALTER(AddInherit));
        return true;
    case ALTER(AddOf):
    case ALTER(DropOf):
        set_of(alter);
        return true;
    default:
        return false;
    }
}

static void alter_one(const Alter *alter)
{
    const PgQuery__AlterTableCmd *command = alter->command;
    KnownConstraint *constraint;
    switch (command->subtype) {
    case ALTER(AddColumn):
        add_column(alter);
        break;
    case ALTER(AddConstraint):
        add_constraint(alter);
        break;
    case ALTER(DropConstraint):
        constraint = known_constraint(alter->table, command->name);
        if (constraint)
            known_remove_constraint(alter->known, alter->table, constraint);
        break;
    case ALTER(ValidateConstraint):
        constraint = known_constraint(alter->table, command->name);
        if (constraint)
            constraint->validated = true;
        break;
    default:
        alter_column(alter);
        break;
    }
}

/* ALTER INDEX parent ATTACH PARTITION child */
static void alter_index(Known *known, const PgQuery__AlterTableStmt *alter)
{
    TreeName name = tree_range(alter->relation);
    KnownIndex *index = known_find_index(known, name.schema, name.name);
    for (size_t i = 0; index && i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (command->subtype != ALTER(AttachPartition) || !command->def ||
            command->def->node_case != NODE(PARTITION_CMD))
            continue;
        name = tree_range(command->def->partition_cmd->name);
        KnownIndex *child = known_find_index(known, name.schema, name.name);
        if (child)
            child->parent = index;
    }
}

void known_alter_table(Known *known, const PgQuery__AlterTableStmt *alter)
{
    KnownRelation *table = known_find_range(known, alter->relation);
    if (!table) {
        alter_index(known, alter);
        return;
    }
    KnownRelationList tables = {0};
    if (alter->relation->inh)
        known_tree_of(known->arena, table, &tables);
    else
        *vec_add(known->arena, &tables) = table;
    for (size_t i = 0; i < alter->n_cmds; i++) {
        if (alter->cmds[i]->node_case != NODE(ALTER_TABLE_CMD))
            continue;
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (alter_root(&(Alter){known, table, command, true}))
            continue;
        for (size_t k = 0; k < tables.count; k++)
            alter_one(&(Alter){known, tables.at[k], command, k == 0});
    }
}
