/* ALTER TABLE: one row for each subcommand. The statement takes the strongest of their locks at
 * once, on the table and on those below it to which a subcommand goes on.
 * (src/backend/commands/tablecmds.c: AlterTableGetLockLevel, ATPrepCmd.) */
#include "lint/effects_parts.h"

#include <strings.h>

/* One statement's subcommand: `tables` are the named one and those below it. */
typedef struct Alter {
    const Judge *judge;
    const PgQuery__AlterTableStmt *statement;
    const PgQuery__AlterTableCmd *command;
    KnownRelationList tables;
    LockMode mode; /* of the statement */
} Alter;

static KnownRelation *root_of(const Alter *alter)
{
    return alter->tables.at[0];
}

static void take_tables(const Alter *alter, unsigned work)
{
    judge_take_all(alter->judge, &alter->tables, alter->mode, work);
}

/* ---- ADD COLUMN ---- */

static const PgQuery__Constraint *constraint_of(const PgQuery__ColumnDef *definition,
                                                PgQuery__ConstrType type)
{
    for (size_t i = 0; i < definition->n_constraints; i++)
        if (definition->constraints[i]->node_case == NODE(CONSTRAINT) &&
            definition->constraints[i]->constraint->contype == type)
            return definition->constraints[i]->constraint;
    return NULL;
}

static void doubt_all(const Alter *alter, const char *why, const char *name)
{
    for (size_t i = 0; i < alter->tables.count; i++)
        if (!alter->tables.at[i]->partitioned)
            judge_doubt(alter->judge, alter->tables.at[i], WORK_REWRITE, why, name);
}

/* Whether every row needs a value of its own. */
static bool needs_values(const Alter *alter, const PgQuery__ColumnDef *definition,
                         const TypeUse *type)
{
    const PgQuery__Constraint *value = constraint_of(definition, CONSTR(DEFAULT));
    Volatility volatility =
        value ? expression_volatility(alter->judge->known, value->raw_expr) : VOLATILE_NO;
    if (type->serial || constraint_of(definition, CONSTR(IDENTITY)) ||
        constraint_of(definition, CONSTR(GENERATED)) || known_type_constrained(type) ||
        volatility == VOLATILE_YES)
        return true;
    if (volatility == VOLATILE_UNKNOWN)
        doubt_all(alter, "the default of column \"%s\" calls a function that may be volatile",
                  definition->colname);
    if (!type->type && !type_is_builtin(type))
        doubt_all(alter, "column \"%s\" has a type that is not known: a domain with constraints",
                  definition->colname);
    return false;
}

static unsigned inline_work(const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case CONSTR(CHECK):
        return WORK_SCAN;
    case CONSTR(PRIMARY):
        return WORK_INDEX | WORK_SCAN;
    case CONSTR(UNIQUE):
        return WORK_INDEX;
    default:
        return 0;
    }
}

static void add_column(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    if (!node || node->node_case != NODE(COLUMN_DEF))
        return;
    const PgQuery__ColumnDef *definition = node->column_def;
    if (known_column(root_of(alter), definition->colname)) {
        judge_take(alter->judge, root_of(alter), alter->mode, 0); /* IF NOT EXISTS */
        return;
    }
    TypeUse type = known_type_use(alter->judge->known, definition->type_name);
    bool values = needs_values(alter, definition, &type);
    const PgQuery__Constraint *value = constraint_of(definition, CONSTR(DEFAULT));
    bool filled = values || (value && !expression_is_null(value->raw_expr));
    unsigned work = values ? WORK_REWRITE : 0;
    for (size_t i = 0; i < definition->n_constraints; i++)
        if (definition->constraints[i]->node_case == NODE(CONSTRAINT))
            work |= inline_work(definition->constraints[i]->constraint);
    if (constraint_of(definition, CONSTR(NOTNULL)) && !filled)
        work |= WORK_SCAN;
    take_tables(alter, work);
    const PgQuery__Constraint *foreign = constraint_of(definition, CONSTR(FOREIGN));
    if (foreign) /* DEFAULT NULL is a default */
        judge_foreign_key(alter->judge, &alter->tables, foreign, filled || value);
    const KnownRelation *sequence =
        value ? known_default_sequence(alter->judge->arena, alter->judge->known, value->raw_expr)
              : NULL;
    if (sequence)
        judge_take(alter->judge, sequence, LOCK_ROW_EXCLUSIVE, 0);
}

/* ---- columns ---- */

static bool uses(const KnownColumnList *columns, const KnownColumn *column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->at[i] == column)
            return true;
    return false;
}

static void drop_dependent_views(const Alter *alter, const KnownRelation *table)
{
    const KnownRelationList *all = known_relations(alter->judge->known);
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->at[i]->reads.count; k++)
            if (all->at[i]->reads.at[k] == table)
                judge_drop_relation(alter->judge, all->at[i]);
}

/* With ONLY: those right below it are told that the part is their own now. */
static void take_children(const Alter *alter)
{
    const KnownRelation *root = root_of(alter);
    for (size_t i = 0; !alter->statement->relation->inh && i < root->children.count; i++)
        judge_take(alter->judge, root->children.at[i], alter->mode, 0);
}

static void drop_column(const Alter *alter)
{
    take_tables(alter, 0);
    take_children(alter);
    for (size_t i = 0; i < alter->tables.count; i++) {
        const KnownRelation *table = alter->tables.at[i];
        const KnownColumn *column = known_column(table, alter->command->name);
        if (!column)
            continue;
        for (size_t k = 0; k < table->constraints.count; k++)
            if (uses(&table->constraints.at[k]->columns, column))
                judge_drop_constraint(alter->judge, alter->tables.at[i],
                                      table->constraints.at[k]->name, true);
        const KnownRelationList *all = known_relations(alter->judge->known);
        for (size_t k = 0; k < all->count; k++)
            if (all->at[k]->owner_column == column)
                judge_take(alter->judge, all->at[k], LOCK_ACCESS_EXCLUSIVE, 0);
        if (alter->command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
            drop_dependent_views(alter, table);
    }
}

/* Constraints that the statement drops are gone before it looks for proofs. */
static bool is_dropped(const Alter *alter, const KnownConstraint *constraint)
{
    for (size_t i = 0; i < alter->statement->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->statement->cmds[i]->alter_table_cmd;
        if (command->subtype == ALTER(DropConstraint) &&
            strcmp(command->name, constraint->name) == 0)
            return true;
    }
    return false;
}

static bool is_proved(const Alter *alter, const KnownRelation *table, const KnownColumn *column)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (known_constraint_proves(table->constraints.at[i], column) &&
            !is_dropped(alter, table->constraints.at[i]))
            return true;
    return false;
}

static void set_not_null(const Alter *alter)
{
    for (size_t i = 0; i < alter->tables.count; i++) {
        const KnownRelation *table = alter->tables.at[i];
        const KnownColumn *column = known_column(table, alter->command->name);
        bool proved = column && (column->not_null || is_proved(alter, table, column));
        judge_take(alter->judge, table, alter->mode, proved ? 0 : WORK_SCAN);
    }
}

static void take_partners(const Alter *alter, const KnownRelation *table, const KnownColumn *column,
                          bool validates)
{
    KnownReferenceList references = {0};
    for (size_t i = 0; i < table->constraints.count; i++) {
        const KnownConstraint *constraint = table->constraints.at[i];
        if (constraint->type != CONSTRAINT_FOREIGN || !uses(&constraint->columns, column))
            continue;
        judge_target(alter->judge, constraint, LOCK_ACCESS_EXCLUSIVE, 0);
        judge_take(alter->judge, table, alter->mode,
                   validates && constraint->validated ? WORK_KEYS : 0);
    }
    known_references(alter->judge->arena, alter->judge->known, table, &references);
    for (size_t i = 0; i < references.count; i++)
        if (known_reference_uses(&references.at[i], table, column))
            judge_take(alter->judge, references.at[i].table, LOCK_ACCESS_EXCLUSIVE,
                       validates && references.at[i].constraint->validated ? WORK_KEYS : 0);
}

/* What a change of type does beside the rewrite: constraints are checked again, indexes on the
 * column may be built again. */
static void change_type(const Alter *alter, const KnownRelation *table, const KnownColumn *column,
                        const PgQuery__ColumnDef *definition)
{
    TypeChange change = type_change(alter->judge, column, definition);
    unsigned work = change.rewrites ? WORK_REWRITE : 0;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const KnownConstraint *constraint = table->constraints.at[i];
        if (constraint->type == CONSTRAINT_CHECK && constraint->validated &&
            uses(&constraint->columns, column))
            work |= WORK_SCAN;
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        const KnownIndex *index = table->indexes.at[i];
        if (uses(&index->uses, column) && (change.rebuilds || index->partial || index->expressions))
            work |= WORK_INDEX;
    }
    judge_take(alter->judge, table, alter->mode, work);
    take_partners(alter, table, column, change.rewrites || change.rebuilds);
    if (change.doubt && !table->partitioned)
        judge_doubt(alter->judge, table, WORK_REWRITE, "%s", change.doubt);
}

static void alter_type(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    take_tables(alter, 0);
    for (size_t i = 0; node && node->node_case == NODE(COLUMN_DEF) && i < alter->tables.count;
         i++) {
        const KnownRelation *table = alter->tables.at[i];
        const KnownColumn *column = known_column(table, alter->command->name);
        if (column)
            change_type(alter, table, column, node->column_def);
        else if (!table->partitioned)
            judge_doubt(alter->judge, table, WORK_REWRITE, "the type of column \"%s\" is not known",
                        alter->command->name);
    }
}

/* ---- sequences of identity columns ---- */

static void take_identity(const Alter *alter, LockMode mode)
{
    const KnownColumn *column = known_column(root_of(alter), alter->command->name);
    const KnownRelationList *all = known_relations(alter->judge->known);
    take_tables(alter, 0);
    for (size_t i = 0; column && i < all->count; i++)
        if (all->at[i]->owner_column == column)
            judge_take(alter->judge, all->at[i], mode, 0);
}

static void set_identity(const Alter *alter)
{
    take_identity(alter, LOCK_SHARE_ROW_EXCLUSIVE);
}

static void drop_identity(const Alter *alter)
{
    take_identity(alter, LOCK_ACCESS_EXCLUSIVE);
}

static void take_owned(const Alter *alter)
{
    const KnownRelationList *all = known_relations(alter->judge->known);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->owner == root_of(alter))
            judge_take(alter->judge, all->at[i], LOCK_ACCESS_EXCLUSIVE, 0);
}

static void change_owner(const Alter *alter)
{
    judge_take(alter->judge, root_of(alter), alter->mode, 0);
    take_owned(alter);
}

/* ---- storage ---- */

static void set_logged(const Alter *alter)
{
    bool unlogged = alter->command->subtype == ALTER(SetUnLogged);
    judge_take(alter->judge, root_of(alter), alter->mode,
               root_of(alter)->unlogged == unlogged ? 0 : WORK_REWRITE);
    if (alter->judge->version >= 15 && root_of(alter)->unlogged != unlogged)
        take_owned(alter);
}

static void set_tablespace(const Alter *alter)
{
    const char *now = root_of(alter)->tablespace ? root_of(alter)->tablespace : "pg_default";
    judge_take(alter->judge, root_of(alter), alter->mode,
               strcmp(now, alter->command->name) == 0 ? 0 : WORK_REWRITE);
}

static void set_method(const Alter *alter)
{
    const char *now = root_of(alter)->method ? root_of(alter)->method : "heap";
    const char *wanted = tree_text(alter->command->name);
    judge_take(alter->judge, root_of(alter), alter->mode,
               strcmp(now, wanted ? wanted : "heap") == 0 ? 0 : WORK_REWRITE);
}

/* ---- constraints and parents ---- */

static void add_constraint(const Alter *alter)
{
    const PgQuery__Node *node = alter->command->def;
    if (alter->judge->version >= 18) /* from the start, on all that could be concerned */
        take_tables(alter, 0);
    if (node && node->node_case == NODE(CONSTRAINT))
        judge_add_constraint(alter->judge, &alter->tables, alter->statement, node->constraint);
}

static void validate(const Alter *alter)
{
    judge_validate(alter->judge, &alter->tables, alter->command->name);
}

static void drop_constraint(const Alter *alter)
{
    bool cascade = alter->command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    const KnownConstraint *constraint = known_constraint(root_of(alter), alter->command->name);
    if (constraint && !root_of(alter)->partitioned &&
        (constraint->type != CONSTRAINT_CHECK || constraint->no_inherit)) {
        judge_take(alter->judge, root_of(alter), alter->mode, 0); /* inheritors have none of it */
        judge_drop_constraint(alter->judge, root_of(alter), alter->command->name, cascade);
        return;
    }
    take_tables(alter, 0);
    take_children(alter);
    for (size_t i = 0; i < alter->tables.count; i++)
        judge_drop_constraint(alter->judge, alter->tables.at[i], alter->command->name, cascade);
}

static void attach(const Alter *alter)
{
    judge_take(alter->judge, root_of(alter), alter->mode, 0);
    if (alter->command->def && alter->command->def->node_case == NODE(PARTITION_CMD))
        judge_attach(alter->judge, root_of(alter), alter->command->def->partition_cmd);
}

static void detach(const Alter *alter)
{
    if (alter->command->def && alter->command->def->node_case == NODE(PARTITION_CMD))
        judge_detach(alter->judge, root_of(alter), alter->command->def->partition_cmd);
}

static void inherit(const Alter *alter)
{
    bool add = alter->command->subtype == ALTER(AddInherit);
    judge_take(alter->judge, root_of(alter), alter->mode, 0);
    if (alter->command->def && alter->command->def->node_case == NODE(RANGE_VAR))
        judge_take_range(alter->judge, alter->command->def->range_var,
                         add ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_SHARE, 0);
}

static void take_of_type(const Alter *alter)
{
    judge_take(alter->judge, root_of(alter), alter->mode, 0);
    if (!alter->command->def || alter->command->def->node_case != NODE(TYPE_NAME))
        return;
    TypeUse use = known_type_use(alter->judge->known, alter->command->def->type_name);
    if (use.type && use.type->relation)
        judge_take(alter->judge, use.type->relation, LOCK_ACCESS_SHARE, 0);
}

static void take_plain(const Alter *alter)
{
    take_tables(alter, 0);
}

static void take_root(const Alter *alter)
{
    judge_take(alter->judge, root_of(alter), alter->mode, 0);
}

/* ---- the table of subcommands ---- */

#define AX  LOCK_ACCESS_EXCLUSIVE
#define SRX LOCK_SHARE_ROW_EXCLUSIVE
#define SUE LOCK_SHARE_UPDATE_EXCLUSIVE

/* What is not here takes ACCESS EXCLUSIVE on the table alone. */
static const struct {
    PgQuery__AlterTableType subtype;
    LockMode mode;
    bool recurses;
    void (*judge)(const Alter *alter);
} rows[] = {
    {ALTER(AddColumn), AX, true, add_column},
    {ALTER(DropColumn), AX, true, drop_column},
    {ALTER(ColumnDefault), AX, true, take_plain},
    {ALTER(SetNotNull), AX, true, set_not_null},
    {ALTER(DropNotNull), AX, true, take_plain},
    {ALTER(DropExpression), AX, true, take_plain},
    {ALTER(SetStorage), AX, true, take_plain},
    {ALTER(SetStatistics), SUE, true, take_plain},
    {ALTER(SetOptions), SUE, false, take_root},
    {ALTER(ResetOptions), SUE, false, take_root},
    {ALTER(AlterColumnType), AX, true, alter_type},
    {ALTER(AddIdentity), AX, false, take_root},
    {ALTER(SetIdentity), AX, false, set_identity},
    {ALTER(DropIdentity), AX, false, drop_identity},
    {ALTER(AddConstraint), AX, true, add_constraint},
    {ALTER(ValidateConstraint), SUE, true, validate},
    {ALTER(DropConstraint), AX, true, drop_constraint},
    {ALTER(AlterConstraint), AX, true, take_plain},
    {ALTER(ChangeOwner), AX, false, change_owner},
    {ALTER(ClusterOn), SUE, false, take_root},
    {ALTER(DropCluster), SUE, false, take_root},
    {ALTER(SetLogged), AX, false, set_logged},
    {ALTER(SetUnLogged), AX, false, set_logged},
    {ALTER(SetTableSpace), AX, false, set_tablespace},
    {ALTER(SetAccessMethod), AX, false, set_method},
    {ALTER(EnableTrig), SRX, true, take_plain},
    {ALTER(EnableAlwaysTrig), SRX, true, take_plain},
    {ALTER(EnableReplicaTrig), SRX, true, take_plain},
    {ALTER(DisableTrig), SRX, true, take_plain},
    {ALTER(EnableTrigAll), SRX, true, take_plain},
    {ALTER(DisableTrigAll), SRX, true, take_plain},
    {ALTER(EnableTrigUser), SRX, true, take_plain},
    {ALTER(DisableTrigUser), SRX, true, take_plain},
    {ALTER(AttachPartition), SUE, false, attach},
    {ALTER(DetachPartition), AX, false, detach},
    {ALTER(DetachPartitionFinalize), SUE, false, detach},
    {ALTER(AddInherit), AX, false, inherit},
    {ALTER(DropInherit), AX, false, inherit},
    {ALTER(AddOf), AX, false, take_of_type},
};

/* (src/backend/access/common/reloptions.c: the lock modes of the options.) */
static bool is_strong_option(const char *name)
{
    static const char *const weak[] = {"fillfactor",           "parallel_workers",
                                       "toast_tuple_target",   "log_autovacuum_min_duration",
                                       "vacuum_index_cleanup", "vacuum_truncate",
                                       "n_distinct",           "n_distinct_inherited"};
    for (size_t i = 0; i < COUNT(weak); i++)
        if (strcasecmp(weak[i], name) == 0)
            return false;
    return strncasecmp(name, "autovacuum_", 11) != 0;
}

static LockMode options_mode(const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *node = command->def;
    for (size_t i = 0; node && node->node_case == NODE(LIST) && i < node->list->n_items; i++)
        if (is_strong_option(node->list->items[i]->def_elem->defname))
            return AX;
    return SUE;
}

static LockMode subcommand_mode(const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *node = command->def;
    if (command->subtype == ALTER(SetRelOptions) || command->subtype == ALTER(ResetRelOptions))
        return options_mode(command);
    if (command->subtype == ALTER(AddConstraint) && node && node->node_case == NODE(CONSTRAINT) &&
        node->constraint->contype == CONSTR(FOREIGN))
        return SRX;
    if (command->subtype == ALTER(DetachPartition) && node &&
        node->node_case == NODE(PARTITION_CMD) && node->partition_cmd->concurrent)
        return SUE;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].subtype == command->subtype)
            return rows[i].mode;
    return AX;
}

static LockMode statement_mode(const PgQuery__AlterTableStmt *statement)
{
    LockMode mode = LOCK_NONE;
    for (size_t i = 0; i < statement->n_cmds; i++) {
        LockMode wanted = statement->cmds[i]->node_case == NODE(ALTER_TABLE_CMD)
                              ? subcommand_mode(statement->cmds[i]->alter_table_cmd)
                              : LOCK_NONE;
        if (wanted > mode)
            mode = wanted;
    }
    return mode;
}

static void judge_command(Alter *alter)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].subtype == alter->command->subtype) {
            if (!rows[i].recurses)
                alter->tables.count = 1;
            rows[i].judge(alter);
            return;
        }
    take_root(alter);
}

/* ALTER INDEX parent ATTACH PARTITION child; other changes of an index hold up only the index. */
static void alter_index(const Judge *judge, const KnownIndex *index,
                        const PgQuery__AlterTableStmt *statement)
{
    for (size_t i = 0; i < statement->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = statement->cmds[i]->alter_table_cmd;
        if (command->subtype != ALTER(AttachPartition))
            continue;
        TreeName name = tree_range(command->def->partition_cmd->name);
        const KnownIndex *child = known_find_index(judge->known, name.schema, name.name);
        judge_take(judge, index->table, LOCK_ACCESS_SHARE, 0);
        if (child)
            judge_take(judge, child->table, LOCK_ACCESS_SHARE, 0);
    }
}

/* Nothing is known of the table: the locks are sure, the work is what it would mostly be. */
static KnownRelation *stand_in(const Judge *judge, const PgQuery__RangeVar *range)
{
    KnownRelation *relation = arena_alloc(judge->arena, sizeof *relation);
    TreeName name = tree_range(range);
    relation->schema = name.schema ? name.schema : known_schema(judge->known);
    relation->name = name.name;
    relation->transaction = (unsigned)-1;
    relation->temporary = range->relpersistence && *range->relpersistence == 't';
    return relation;
}

/* ALTER TYPE … CASCADE: the tables OF it. */
static void take_typed(const Judge *judge, const KnownRelation *composite)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; composite->type == RELATION_COMPOSITE && i < all->count; i++)
        if (all->at[i]->of && all->at[i]->of->relation == composite)
            judge_take(judge, all->at[i], AX, 0);
}

void judge_alter_table(const Judge *judge, const PgQuery__AlterTableStmt *statement)
{
    TreeName name = tree_range(statement->relation);
    KnownRelation *table = known_find(judge->known, name.schema, name.name);
    const KnownIndex *index = table ? NULL : known_find_index(judge->known, name.schema, name.name);
    if (index) {
        alter_index(judge, index, statement);
        return;
    }
    if (statement->objtype == OBJECT(INDEX) || (!table && statement->missing_ok))
        return;
    KnownRelationList tables = {0};
    if (!table)
        table = stand_in(judge, statement->relation);
    if (statement->relation->inh)
        known_tree_of(judge->arena, table, &tables);
    else
        *vec_add(judge->arena, &tables) = table;
    LockMode mode = statement_mode(statement);
    take_typed(judge, table);
    for (size_t i = 0; i < statement->n_cmds; i++)
        if (statement->cmds[i]->node_case == NODE(ALTER_TABLE_CMD))
            judge_command(
                &(Alter){judge, statement, statement->cmds[i]->alter_table_cmd, tables, mode});
}
