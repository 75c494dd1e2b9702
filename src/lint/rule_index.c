/* Indexes and partitions: what can be built, dropped and detached while others go on. */
#include "lint/rules.h"

/* ---- CREATE INDEX ---- */

RULE(index_blocks)
{
    const PgQuery__IndexStmt *index = RULE_NODE(check, INDEX_STMT, index_stmt);
    const Effect *effect = rule_work(check, WORK_INDEX);
    if (!index || index->concurrent || !effect)
        return;
    const KnownRelation *table = known_find_range(check->known, index->relation);
    const char *fix = "CREATE INDEX CONCURRENTLY: rung runs it by itself, outside the transaction, "
                      "and settles it if it is interrupted";
    if (table && table->partitioned)
        fix = "CREATE INDEX ... ON ONLY the partitioned table, CREATE INDEX CONCURRENTLY on each "
              "partition, then ALTER INDEX ... ATTACH PARTITION";
    rule_hit(check, fix, "CREATE INDEX holds %s", rule_lock(check, effect));
}

/* PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently", DROP INDEX, and ALTER TABLE,
 * DETACH PARTITION. */
RULE(concurrently_impossible)
{
    const PgQuery__IndexStmt *index = RULE_NODE(check, INDEX_STMT, index_stmt);
    const PgQuery__DropStmt *drop = RULE_NODE(check, DROP_STMT, drop_stmt);
    const PgQuery__AlterTableCmd *detach =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition, NULL);
    if (index && index->concurrent) {
        const KnownRelation *table = known_find_range(check->known, index->relation);
        if (table && table->partitioned && index->relation->inh)
            rule_hit(check, NULL,
                     "an index on the partitioned table %s cannot be built "
                     "CONCURRENTLY",
                     known_name(check->arena, table));
    } else if (drop && drop->concurrent &&
               (drop->n_objects > 1 || drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)) {
        rule_hit(check, "drop one index in a statement, without CASCADE",
                 "DROP INDEX CONCURRENTLY takes one index, and no CASCADE");
    } else if (detach && detach->def->partition_cmd->concurrent) {
        const KnownRelation *table =
            known_find_range(check->known, tree_alter(check->statement->tree)->relation);
        if (table && known_default_partition(table))
            rule_hit(check, "detach without CONCURRENTLY, at a quiet time",
                     "%s has a default partition: nothing can be detached CONCURRENTLY from it",
                     known_name(check->arena, table));
    }
}

static bool is_concurrent(const LintStatement *statement)
{
    Outside outside = statement->facts.outside;
    return statement->outside &&
           (outside == OUTSIDE_CREATE_INDEX || outside == OUTSIDE_DROP_INDEX ||
            outside == OUTSIDE_REINDEX || outside == OUTSIDE_DETACH_PARTITION);
}

RULE(concurrently_splits)
{
    const LintScript *script = check->script;
    size_t at = (size_t)(check->statement - script->statements.at);
    if (!is_concurrent(check->statement) || at == 0)
        return;
    for (size_t i = 0; i < at; i++)
        if (script->statements.at[i].outside)
            return; /* it was told there */
    const char *fresh = check->statement->effects.list.count ? "" : ", for a table nobody uses yet";
    rule_hit(check, NULL, "%s CONCURRENTLY cuts the revision in pieces that commit apart%s",
             check->statement->facts.command, fresh);
}

/* ---- DROP INDEX, REINDEX ---- */

/* CONCURRENTLY cannot drop an index of a partitioned table. */
static bool is_partitioned(const KnownIndex *index)
{
    return index && index->table && index->table->partitioned;
}

RULE(drop_index_blocks)
{
    const PgQuery__DropStmt *drop = RULE_NODE(check, DROP_STMT, drop_stmt);
    const EffectList *list = &check->statement->effects.list;
    bool unknown = false;
    if (!drop || drop->remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_INDEX || drop->concurrent)
        return;
    for (size_t i = 0; i < drop->n_objects; i++) {
        PgQuery__List *names = drop->objects[i]->list;
        TreeName name = tree_name(names->items, names->n_items);
        const KnownIndex *index = known_find_index(check->known, name.schema, name.name);
        if (is_partitioned(index))
            return;
        unknown |= !index;
    }
    if (list->count || unknown)
        rule_hit(check, NULL, "DROP INDEX takes %s, and waits in front of everybody else",
                 list->count ? rule_lock(check, &list->at[0])
                             : "ACCESS EXCLUSIVE on the index's table");
}

RULE(reindex_blocks)
{
    const PgQuery__ReindexStmt *reindex = RULE_NODE(check, REINDEX_STMT, reindex_stmt);
    const Effect *effect = rule_work(check, WORK_INDEX);
    if (reindex && !tree_option_on(reindex->n_params, reindex->params, "concurrently") &&
        (effect || reindex->kind >= PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA))
        rule_hit(check, NULL, "REINDEX holds %s",
                 effect ? rule_lock(check, effect) : "SHARE on one table after the other");
}

RULE(refresh_blocks)
{
    const PgQuery__RefreshMatViewStmt *refresh =
        RULE_NODE(check, REFRESH_MAT_VIEW_STMT, refresh_mat_view_stmt);
    if (refresh && !refresh->concurrent && !refresh->skip_data &&
        check->statement->effects.list.count)
        rule_hit(check, NULL,
                 "REFRESH MATERIALIZED VIEW locks %s against readers until it is filled",
                 check->statement->effects.list.at[0].relation);
}

/* ---- partitions ---- */

RULE(detach_blocks)
{
    const PgQuery__AlterTableCmd *detach =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition, NULL);
    if (!detach || detach->def->partition_cmd->concurrent || check->version < 14 ||
        !check->statement->effects.list.count)
        return;
    const KnownRelation *table =
        known_find_range(check->known, tree_alter(check->statement->tree)->relation);
    if (!table || !known_default_partition(table))
        rule_hit(check, NULL, "DETACH PARTITION takes %s",
                 rule_lock(check, &check->statement->effects.list.at[0]));
}

RULE(partition_scans)
{
    const PgQuery__CreateStmt *create = RULE_NODE(check, CREATE_STMT, create_stmt);
    const PgQuery__AlterTableCmd *attach =
        rule_command(check, PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition, NULL);
    const Effect *effect = rule_work(check, WORK_SCAN | WORK_INDEX | WORK_KEYS);
    if (effect && (attach || (create && create->partbound)))
        rule_hit(check, NULL, "%s holds %s", attach ? "ATTACH PARTITION" : "PARTITION OF",
                 rule_lock(check, effect));
}
