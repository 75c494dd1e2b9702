/* What comes together in one transaction. */
#include "lint/rules.h"

/* ---- long work while others wait ---- */

/* Rows that change have rules of their own. */
static const Effect *long_work(const RuleCheck *check)
{
    if (check->statement->facts.changes_rows)
        return NULL;
    return rule_work(check, WORK_REWRITE | WORK_SCAN | WORK_KEYS | WORK_INDEX);
}

/* Whether the statement would lock it as strongly and work on it anyway. */
static bool holds_itself(const RuleCheck *check, const HeldLock *held)
{
    const EffectList *list = &check->statement->effects.list;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].relation, held->relation) == 0 && list->at[i].work &&
            list->at[i].mode >= held->mode)
            return true;
    return false;
}

/* The first lock that lasts longer because of the statement. */
static const HeldLock *prolonged(const RuleCheck *check, bool reads)
{
    for (size_t i = 0; i < check->held->count; i++) {
        const HeldLock *held = &check->held->at[i];
        bool counts = reads ? lock_blocks_reads(held->mode)
                            : lock_blocks_writes(held->mode) && !lock_blocks_reads(held->mode);
        if (counts && !holds_itself(check, held))
            return held;
    }
    return NULL;
}

static bool validates(const RuleCheck *check, const Effect *effect, const HeldLock *held)
{
    return rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, NULL) &&
           strcmp(effect->relation, held->relation) == 0;
}

static void hit_held(RuleCheck *check, const HeldLock *held, const char *does)
{
    rule_hit(check, NULL, "%s while %s is locked: %s since the %s of line %d", does, held->relation,
             lock_name(held->mode), held->statement->facts.command, held->statement->line);
}

static void hit_work(RuleCheck *check, const HeldLock *held, const Effect *effect)
{
    const char *command = check->statement->facts.command;
    bool same = strcmp(held->relation, effect->relation) == 0;
    const char *on = same ? "" : arena_print(check->arena, ", on %s,", effect->relation);
    hit_held(
        check, held,
        arena_print(check->arena, "%s%s %s", command, on, work_text(check->arena, effect->work)));
}

RULE(work_under_exclusive)
{
    const Effect *effect = long_work(check);
    const HeldLock *held = effect ? prolonged(check, true) : NULL;
    if (held && !validates(check, effect, held))
        hit_work(check, held, effect);
}

RULE(work_under_lock)
{
    const Effect *effect = long_work(check);
    const HeldLock *held = effect && !prolonged(check, true) ? prolonged(check, false) : NULL;
    if (held && !validates(check, effect, held))
        hit_work(check, held, effect);
}

/* ---- rows ---- */

static bool is_constant(const PgQuery__Node *node)
{
    if (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        return is_constant(node->type_cast->arg);
    if (node && node->node_case == PG_QUERY__NODE__NODE_LIST) {
        for (size_t i = 0; i < node->list->n_items; i++)
            if (!is_constant(node->list->items[i]))
                return false;
        return true;
    }
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

static bool is_key(const KnownRelation *table, const char *column)
{
    for (size_t i = 0; table && i < table->indexes.count; i++) {
        const KnownIndex *index = table->indexes.at[i];
        if (index->unique && index->keys.count == 1 && strcmp(index->keys.at[0]->name, column) == 0)
            return true;
    }
    return (!table || !table->complete) && strcmp(column, "id") == 0;
}

/* key = constant, or key IN (constants), alone or in an AND: few rows. */
static bool is_keyed(const KnownRelation *table, const PgQuery__Node *where)
{
    if (!where)
        return false;
    if (where->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR &&
        where->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
        for (size_t i = 0; i < where->bool_expr->n_args; i++)
            if (is_keyed(table, where->bool_expr->args[i]))
                return true;
        return false;
    }
    if (where->node_case != PG_QUERY__NODE__NODE_A_EXPR)
        return false;
    const PgQuery__AExpr *expression = where->a_expr;
    const PgQuery__Node *left = expression->lexpr;
    const char *operator= tree_last(expression->n_name, expression->name);
    if (!left || left->node_case != PG_QUERY__NODE__NODE_COLUMN_REF ||
        !operator|| strcmp(operator, "=") != 0 || !is_constant(expression->rexpr))
        return false;
    const PgQuery__ColumnRef *column = left->column_ref;
    const char *name = tree_last(column->n_fields, column->fields);
    return name && is_key(table, name);
}

/* The table whose rows the statement changes or copies in number; NULL: none that others use. */
static const char *many_rows(const RuleCheck *check)
{
    const PgQuery__UpdateStmt *update = RULE_NODE(check, UPDATE_STMT, update_stmt);
    const PgQuery__DeleteStmt *delete = RULE_NODE(check, DELETE_STMT, delete_stmt);
    const PgQuery__RangeVar *range = update ? update->relation : delete ? delete->relation : NULL;
    const PgQuery__Node *where = update   ? update->where_clause
                                 : delete ? delete->where_clause
                                          : NULL;
    if (!range || check->statement->backfill || !rule_in_use(check, range))
        return NULL;
    const KnownRelation *table = known_find_range(check->known, range);
    return is_keyed(table, where) ? NULL : tree_relation(check->arena, range);
}

static const char *copied_rows(const RuleCheck *check)
{
    const PgQuery__InsertStmt *insert = RULE_NODE(check, INSERT_STMT, insert_stmt);
    const PgQuery__Node *query = insert ? insert->select_stmt : NULL;
    if (!query || query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        query->select_stmt->n_values_lists)
        return NULL;
    RangeList ranges = {0};
    tree_ranges(check->arena, &query->base, &ranges);
    for (size_t i = 0; i < ranges.count; i++)
        if (rule_in_use(check, ranges.at[i]))
            return tree_relation(check->arena, ranges.at[i]);
    return NULL;
}

RULE(rows_under_exclusive)
{
    const char *changed = many_rows(check), *copied = copied_rows(check);
    const HeldLock *held = changed || copied ? prolonged(check, true) : NULL;
    if (held)
        hit_held(check, held,
                 changed ? arena_print(check->arena, "%s changes rows of %s",
                                       check->statement->facts.command, changed)
                         : arena_print(check->arena, "INSERT copies rows of %s", copied));
}

RULE(rows_unbatched)
{
    const char *changed = many_rows(check);
    if (changed && !prolonged(check, true))
        rule_hit(check, NULL, "one %s of %s locks every row that it changes until the commit",
                 check->statement->facts.command, changed);
}

/* ---- ALTER TABLE again and again ---- */

static const PgQuery__RangeVar *altered(const LintStatement *statement)
{
    const PgQuery__AlterTableStmt *alter = tree_alter(statement->tree);
    bool table = alter && alter->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE &&
                 statement->effects.list.count;
    return table ? alter->relation : NULL;
}

static bool same_table(const PgQuery__RangeVar *a, const PgQuery__RangeVar *b)
{
    return a && b && strcmp(a->relname, b->relname) == 0 &&
           strcmp(a->schemaname ? a->schemaname : "", b->schemaname ? b->schemaname : "") == 0;
}

/* Told at the second one; those that work were told already, each for itself. */
RULE(several_alters)
{
    const LintScript *script = check->script;
    size_t at = (size_t)(check->statement - script->statements.at), found = 0, work = 0;
    const PgQuery__RangeVar *range = altered(check->statement);
    for (size_t i = 0; range && i <= at; i++) {
        const LintStatement *other = &script->statements.at[i];
        if (other->transaction != check->statement->transaction ||
            !same_table(range, altered(other)))
            continue;
        found++;
        for (size_t k = 0; k < other->effects.list.count; k++)
            work += other->effects.list.at[k].work != 0;
    }
    if (found == 2)
        rule_hit(check, NULL, "a second ALTER TABLE %s in one transaction%s", range->relname,
                 work > 1 ? ": each of them reads or writes the whole table" : "");
}

/* ---- timeouts, locks, enum values ---- */

static bool is_zero(const PgQuery__Node *value)
{
    if (!value || value->node_case != PG_QUERY__NODE__NODE_A_CONST)
        return false;
    const PgQuery__AConst *constant = value->a_const;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        return constant->ival->ival == 0;
    const char *text =
        constant->val_case == PG_QUERY__A__CONST__VAL_SVAL ? constant->sval->sval : "1";
    return text[strspn(text, "0")] == '\0' || strcmp(text, "0s") == 0 || strcmp(text, "0ms") == 0;
}

RULE(lock_timeout_off)
{
    const PgQuery__VariableSetStmt *set = RULE_NODE(check, VARIABLE_SET_STMT, variable_set_stmt);
    if (!set)
        return;
    bool all = set->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;
    bool named = set->name && strcmp(set->name, "lock_timeout") == 0;
    bool off = set->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE ||
               (set->n_args && is_zero(set->args[0]));
    if (all || (named && off))
        rule_hit(check, NULL, "%s switches off the lock_timeout that rung sets",
                 check->statement->facts.command);
}

RULE(lock_table)
{
    const PgQuery__LockStmt *lock = RULE_NODE(check, LOCK_STMT, lock_stmt);
    const EffectList *list = &check->statement->effects.list;
    if (lock && list->count && lock_blocks_writes(list->at[0].mode))
        rule_hit(check, NULL, "LOCK TABLE holds %s on %s until the end of the transaction",
                 lock_name(list->at[0].mode), list->at[0].relation);
}

RULE(enum_value_splits)
{
    const LintStatement *statement = check->statement;
    if (statement->outside && statement->facts.outside == OUTSIDE_ADD_VALUE)
        rule_hit(check, NULL,
                 "a later statement uses the new value \"%s\": what stands before it commits apart",
                 statement->facts.value ? statement->facts.value : "");
}

RULE(transaction_control)
{
    if (check->statement->facts.controls_transaction)
        rule_hit(check, NULL, "%s would begin or end a transaction",
                 check->statement->facts.command);
}
