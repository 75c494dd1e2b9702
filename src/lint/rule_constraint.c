/* Constraints that make PostgreSQL read a table, and those that have no index. */
#include "lint/rules.h"

enum { INDEX_MAX_KEYS = 32 }; /* PostgreSQL's own limit */

static bool adds_constraint(const PgQuery__AlterTableCmd *command, PgQuery__ConstrType type)
{
    return command->def && command->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
           command->def->constraint->contype == type;
}

static bool adds_check(const PgQuery__AlterTableCmd *command)
{
    return adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) &&
           !command->def->constraint->skip_validation;
}

static bool adds_foreign(const PgQuery__AlterTableCmd *command)
{
    return adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) &&
           !command->def->constraint->skip_validation;
}

static bool adds_exclusion(const PgQuery__AlterTableCmd *command)
{
    return adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION);
}

static bool adds_key(const PgQuery__AlterTableCmd *command)
{
    return (adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE) ||
            adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)) &&
           (!command->def->constraint->indexname || !*command->def->constraint->indexname);
}

static bool adopts_primary(const PgQuery__AlterTableCmd *command)
{
    return adds_constraint(command, PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) &&
           command->def->constraint->indexname && *command->def->constraint->indexname;
}

static const PgQuery__AlterTableCmd *added(const RuleCheck *check, RuleFits *fits)
{
    return rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint, fits);
}

static const char *constraint_name(const PgQuery__AlterTableCmd *command)
{
    const char *name = command->def->constraint->conname;
    return name && *name ? name : "a constraint";
}

RULE(check_scans)
{
    const PgQuery__AlterTableCmd *command = added(check, adds_check);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_REWRITE);
    if (command && effect)
        rule_hit(check, NULL, "%s is checked at once: %s", constraint_name(command),
                 rule_lock(check, effect));
}

RULE(foreign_key_scans)
{
    const PgQuery__AlterTableCmd *command = added(check, adds_foreign);
    const Effect *effect = rule_work(check, WORK_KEYS);
    if (!command || !effect)
        return;
    const KnownRelation *table =
        known_find_range(check->known, tree_alter(check->statement->tree)->relation);
    bool refused = table && table->partitioned && check->version < 18;
    rule_hit(check,
             refused ? "before PostgreSQL 18 a partitioned table takes no NOT VALID: add the key "
                       "to each partition, NOT VALID, and validate it there, before this"
                     : NULL,
             "%s is checked at once: %s, and SHARE ROW EXCLUSIVE on the referenced table",
             constraint_name(command), rule_lock(check, effect));
}

RULE(key_builds_index)
{
    const PgQuery__AlterTableCmd *command = added(check, adds_key);
    const Effect *effect = rule_work(check, WORK_INDEX | WORK_REWRITE);
    if (command && effect)
        rule_hit(check, NULL, "%s holds %s", constraint_name(command), rule_lock(check, effect));
}

RULE(exclusion_builds_index)
{
    const PgQuery__AlterTableCmd *command = added(check, adds_exclusion);
    const Effect *effect = rule_work(check, WORK_INDEX);
    if (command && effect)
        rule_hit(check, NULL, "%s holds %s", constraint_name(command), rule_lock(check, effect));
}

RULE(primary_key_scans)
{
    const PgQuery__AlterTableCmd *command = added(check, adopts_primary);
    const Effect *effect = rule_work(check, WORK_SCAN);
    if (command && effect && !added(check, adds_check))
        rule_hit(check, NULL, "the index becomes a primary key of columns that may be NULL: %s",
                 rule_lock(check, effect));
}

RULE(not_null_scans)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull, NULL);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_REWRITE);
    if (!command || !effect)
        return;
    const char *fix = arena_print(
        check->arena,
        check->version >= 18
            ? "ADD CONSTRAINT ... NOT NULL %s NOT VALID; then, in a later revision, VALIDATE "
              "CONSTRAINT"
            : "ADD CHECK (%s IS NOT NULL) NOT VALID; in a later revision VALIDATE CONSTRAINT, then "
              "SET NOT NULL, which believes the CHECK, and DROP CONSTRAINT",
        command->name);
    rule_hit(check, fix, "SET NOT NULL of %s holds %s; a NULL makes it fail", command->name,
             rule_lock(check, effect));
}

RULE(validate_under_lock)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, NULL);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_KEYS);
    if (!command || !effect)
        return;
    for (size_t i = 0; i < check->held->count; i++) {
        const HeldLock *held = &check->held->at[i];
        if (lock_blocks_writes(held->mode) && strcmp(held->relation, effect->relation) == 0) {
            rule_hit(check, NULL,
                     "VALIDATE of %s reads %s while the %s of line %d is held: nothing is gained",
                     command->name, effect->relation, lock_name(held->mode), held->statement->line);
            return;
        }
    }
}

/* ---- domains ---- */

RULE(domain_scans)
{
    const PgQuery__AlterDomainStmt *domain = RULE_NODE(check, ALTER_DOMAIN_STMT, alter_domain_stmt);
    const Effect *effect = rule_work(check, WORK_SCAN);
    if (domain && effect && strcmp(domain->subtype, "V") != 0)
        rule_hit(check, NULL, "ALTER DOMAIN takes every table that uses it: %s",
                 rule_lock(check, effect));
}

RULE(domain_constraint)
{
    const PgQuery__CreateDomainStmt *domain =
        RULE_NODE(check, CREATE_DOMAIN_STMT, create_domain_stmt);
    if (domain && (tree_constraint(domain->n_constraints, domain->constraints,
                                   PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) ||
                   tree_constraint(domain->n_constraints, domain->constraints,
                                   PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL)))
        rule_hit(check, NULL, "the domain %s carries a constraint",
                 tree_last(domain->n_domainname, domain->domainname));
}

/* ---- foreign keys without an index ---- */

typedef struct ForeignKey {
    const KnownRelation *table;
    const LintStatement *statement;
    const char *columns[INDEX_MAX_KEYS];
    size_t count;
    const PgQuery__RangeVar *target;
} ForeignKey;

/* The first columns of an index are those of the key, in any order. */
static bool covers(const KnownIndex *index, const ForeignKey *key)
{
    size_t found = 0;
    if (index->expressions || index->keys.count < key->count)
        return false;
    for (size_t i = 0; i < key->count; i++)
        for (size_t k = 0; k < key->count; k++)
            found += strcmp(index->keys.at[i]->name, key->columns[k]) == 0;
    return found == key->count;
}

static void judge_key(RuleCheck *check, const ForeignKey *key)
{
    const char *list = "";
    for (size_t i = 0; i < key->table->indexes.count; i++)
        if (covers(key->table->indexes.at[i], key))
            return;
    for (size_t i = 0; i < key->count; i++)
        list = arena_print(check->arena, "%s%s%s", list, i ? ", " : "", key->columns[i]);
    const char *name = known_name(check->arena, key->table);
    check->statement = key->statement;
    rule_hit(check,
             arena_print(check->arena, "CREATE INDEX%s ON %s (%s)",
                         known_is_new(check->known, key->table) ? "" : " CONCURRENTLY", name, list),
             "no index of %s begins with %s, which references %s", name, list,
             tree_relation(check->arena, key->target));
    check->statement = NULL;
}

/* A constraint of a table, or (with `column`) of a column. */
static void take_constraint(RuleCheck *check, ForeignKey key, const PgQuery__Constraint *constraint,
                            const char *column)
{
    if (constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN || !constraint->pktable)
        return;
    key.target = constraint->pktable;
    if (column)
        key.columns[key.count++] = column;
    for (size_t i = 0; i < constraint->n_fk_attrs && key.count < INDEX_MAX_KEYS; i++)
        key.columns[key.count++] = tree_string(constraint->fk_attrs[i]);
    if (key.count)
        judge_key(check, &key);
}

static void take_part(RuleCheck *check, ForeignKey key, const PgQuery__Node *node)
{
    if (node && node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        take_constraint(check, key, node->constraint, NULL);
    if (!node || node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
        return;
    const PgQuery__ColumnDef *column = node->column_def;
    for (size_t i = 0; i < column->n_constraints; i++)
        take_constraint(check, key, column->constraints[i]->constraint, column->colname);
}

static void take_statement(RuleCheck *check, const LintStatement *statement)
{
    const PgQuery__AlterTableStmt *alter = tree_alter(statement->tree);
    bool creates =
        statement->tree && statement->tree->node_case == PG_QUERY__NODE__NODE_CREATE_STMT;
    const PgQuery__CreateStmt *create = creates ? statement->tree->create_stmt : NULL;
    const PgQuery__RangeVar *range = create ? create->relation : alter ? alter->relation : NULL;
    ForeignKey key = {.statement = statement};
    key.table = range ? known_find_range(check->known, range) : NULL;
    if (!key.table || key.table->temporary)
        return;
    for (size_t i = 0; create && i < create->n_table_elts; i++)
        take_part(check, key, create->table_elts[i]);
    for (size_t i = 0; alter && i < alter->n_cmds; i++)
        take_part(check, key, alter->cmds[i]->alter_table_cmd->def);
}

RULE(foreign_key_without_index)
{
    if (check->lite) {
        rule_lite_key_without_index(check);
        return;
    }
    for (size_t i = 0; i < check->script->statements.count; i++)
        take_statement(check, &check->script->statements.at[i]);
}
