/* What writes or reads a whole table under a lock that nobody passes. */
#include "lint/rules.h"

RULE(column_rewrites)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, NULL);
    const Effect *effect = rule_work(check, WORK_REWRITE);
    if (!command || !effect ||
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, NULL))
        return;
    static const char *const serials[] = {"serial", "bigserial", "smallserial", "serial4",
                                          "serial8"};
    const PgQuery__ColumnDef *column = command->def->column_def;
    bool stored = tree_constraint(column->n_constraints, column->constraints,
                                  PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED);
    bool numbered = tree_type_is(column->type_name, serials, COUNT(serials)) ||
                    tree_constraint(column->n_constraints, column->constraints,
                                    PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY);
    const char *why = stored     ? "a stored generated column"
                      : numbered ? "a number for every row"
                                 : "a value of its own for every row";
    rule_hit(check, NULL, "ADD COLUMN %s needs %s: %s", column->colname, why,
             rule_lock(check, effect));
}

RULE(column_scans)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, NULL);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_KEYS | WORK_INDEX);
    if (!command || !effect || command->def->column_def->n_constraints == 0 ||
        rule_work(check, WORK_REWRITE) || rule_is_required(command->def->column_def))
        return;
    const PgQuery__ColumnDef *column = command->def->column_def;
    rule_hit(check, NULL, "the constraint on the new column %s holds %s", column->colname,
             rule_lock(check, effect));
}

RULE(type_rewrites)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, NULL);
    const Effect *effect = rule_work(check, WORK_REWRITE);
    if (command && effect)
        rule_hit(check, NULL, "the new type of %s holds %s", command->name,
                 rule_lock(check, effect));
}

RULE(type_scans)
{
    const PgQuery__AlterTableCmd *command =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, NULL);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_INDEX | WORK_KEYS);
    if (command && effect && !rule_work(check, WORK_REWRITE))
        rule_hit(check, NULL, "the new type of %s holds %s", command->name,
                 rule_lock(check, effect));
}

RULE(table_rewrites)
{
    const Effect *effect = rule_work(check, WORK_REWRITE);
    bool told = rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, NULL) ||
                rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, NULL) ||
                RULE_NODE(check, REFRESH_MAT_VIEW_STMT, refresh_mat_view_stmt);
    if (effect && !told)
        rule_hit(check, NULL, "%s holds %s", check->statement->facts.command,
                 rule_lock(check, effect));
}

RULE(work_not_known)
{
    const Effects *effects = &check->statement->effects;
    for (size_t i = 0; i < effects->doubts.count; i++) {
        const Doubt *doubt = &effects->doubts.at[i];
        const char *work = work_text(check->arena, doubt->work);
        rule_hit(check, NULL, "on %s it may be that it %s: %s", doubt->relation, work, doubt->why);
        return;
    }
}
