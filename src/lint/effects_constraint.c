/* Constraints as they are added, validated and dropped. */
#include "lint/effects_parts.h"

static void take_tree(const Judge *judge, KnownRelation *relation, LockMode mode, unsigned work)
{
    KnownRelationList tables = {0};
    if (relation->partitioned)
        known_tree_of(judge->arena, relation, &tables);
    else
        *vec_add(judge->arena, &tables) = relation;
    judge_take_all(judge, &tables, mode, work);
}

void judge_target(const Judge *judge, const KnownConstraint *constraint, LockMode mode,
                  unsigned work)
{
    if (constraint->references)
        take_tree(judge, constraint->references, mode, work);
    else
        judge_take_name(judge, constraint->target, mode, work);
}

void judge_foreign_key(const Judge *judge, const KnownRelationList *tables,
                       const PgQuery__Constraint *constraint, bool validated)
{
    KnownConstraint foreign = {.target = tree_range(constraint->pktable),
                               .references = known_find_range(judge->known, constraint->pktable)};
    judge_target(judge, &foreign, LOCK_SHARE_ROW_EXCLUSIVE, 0);
    for (size_t i = 0; i < tables->count; i++)
        if (i == 0 || tables->at[i]->partition)
            judge_take(judge, tables->at[i], LOCK_SHARE_ROW_EXCLUSIVE, validated ? WORK_KEYS : 0);
}

/* ---- ADD ---- */

/* Whether the same statement or an earlier one has made the column NOT NULL. */
static bool is_not_null(const KnownRelation *table, const PgQuery__AlterTableStmt *alter,
                        const char *name)
{
    const KnownColumn *column = known_column(table, name);
    if (column && (column->not_null || known_proves_not_null(table, column)))
        return true;
    for (size_t i = 0; i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (command->subtype == ALTER(SetNotNull) && strcmp(command->name, name) == 0)
            return true;
    }
    return false;
}

static bool index_not_null(const KnownRelation *table, const PgQuery__AlterTableStmt *alter,
                           const char *index_name)
{
    for (size_t i = 0; i < table->indexes.count; i++) {
        const KnownIndex *index = table->indexes.at[i];
        if (strcmp(index->name, index_name) != 0)
            continue;
        for (size_t k = 0; k < index->keys.count; k++)
            if (!is_not_null(table, alter, index->keys.at[k]->name))
                return false;
        return true;
    }
    return false;
}

static bool keys_not_null(const KnownRelation *table, const PgQuery__AlterTableStmt *alter,
                          const PgQuery__Constraint *key)
{
    if (tree_text(key->indexname))
        return index_not_null(table, alter, key->indexname);
    for (size_t i = 0; i < key->n_keys; i++) {
        TreeName name = tree_name(&key->keys[i], 1);
        if (name.name && !is_not_null(table, alter, name.name))
            return false;
    }
    return true;
}

static void add_key(const Judge *judge, const KnownRelationList *tables,
                    const PgQuery__AlterTableStmt *alter, const PgQuery__Constraint *key)
{
    bool primary = key->contype == CONSTR(PRIMARY);
    bool sets = primary && tables->count > 0 && !keys_not_null(tables->at[0], alter, key);
    for (size_t i = 0; i < tables->count; i++) {
        const KnownRelation *table = tables->at[i];
        bool inheritor = i > 0 && !table->partition; /* it has keys of its own */
        if (inheritor && !sets)
            continue;
        unsigned work = inheritor || tree_text(key->indexname) ? 0 : WORK_INDEX;
        if (primary && !keys_not_null(table, alter, key))
            work |= WORK_SCAN;
        judge_take(judge, table, i == 0 || sets ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE, work);
    }
}

/* Where one of that name stands below, the two become one. */
static void add_check(const Judge *judge, const KnownRelationList *tables,
                      const PgQuery__Constraint *constraint, unsigned work)
{
    for (size_t i = 0; i < tables->count; i++) {
        const char *name = tree_text(constraint->conname);
        bool merged = i > 0 && known_constraint(tables->at[i], name);
        if (merged && known_constraint(tables->at[i]->parents.at[0], name))
            continue; /* it ended further up */
        judge_take(judge, tables->at[i], LOCK_ACCESS_EXCLUSIVE, merged ? 0 : work);
    }
}

void judge_add_constraint(const Judge *judge, const KnownRelationList *tables,
                          const PgQuery__AlterTableStmt *alter,
                          const PgQuery__Constraint *constraint)
{
    bool validated = !constraint->skip_validation;
    KnownRelationList some = *tables;
    switch (constraint->contype) {
    case CONSTR(FOREIGN):
        judge_foreign_key(judge, tables, constraint, validated);
        break;
    case CONSTR(PRIMARY):
    case CONSTR(UNIQUE):
    case CONSTR(EXCLUSION):
        add_key(judge, tables, alter, constraint);
        break;
    default:
        if (constraint->is_no_inherit)
            some.count = 1;
        add_check(judge, &some, constraint, validated ? WORK_SCAN : 0);
        break;
    }
}

/* ---- VALIDATE, DROP ---- */

static void validate_foreign(const Judge *judge, KnownRelation *table,
                             const KnownConstraint *constraint)
{
    judge_target(judge, constraint, LOCK_ACCESS_SHARE, 0);
    if (constraint->references)
        judge_take(judge, constraint->references, LOCK_ROW_SHARE, 0);
    else
        judge_take_name(judge, constraint->target, LOCK_ROW_SHARE, 0);
    take_tree(judge, table, LOCK_SHARE_UPDATE_EXCLUSIVE, WORK_KEYS);
}

void judge_validate(const Judge *judge, const KnownRelationList *tables, const char *name)
{
    const LockMode mode = LOCK_SHARE_UPDATE_EXCLUSIVE;
    for (size_t i = 0; i < tables->count; i++) {
        const KnownConstraint *constraint = known_constraint(tables->at[i], name);
        if (constraint && constraint->validated)
            judge_take(judge, tables->at[i], mode, 0);
        else if (constraint && constraint->type == CONSTRAINT_FOREIGN)
            validate_foreign(judge, tables->at[i], constraint);
        else if (constraint || i == 0)
            judge_take(judge, tables->at[i], mode, WORK_SCAN);
        if (!constraint && i == 0) /* it is judged as a CHECK */
            judge_doubt(judge, tables->at[i], WORK_KEYS,
                        "constraint \"%s\" is not known: it may be a foreign key", name);
    }
}

/* The foreign keys that need this key go with it. */
static void drop_dependents(const Judge *judge, KnownRelation *table, const KnownConstraint *key)
{
    KnownReferenceList references = {0};
    known_references(judge->arena, judge->known, table, &references);
    for (size_t i = 0; i < references.count; i++)
        if (known_reference_needs(&references.at[i], table, key))
            judge_take(judge, references.at[i].table, LOCK_ACCESS_EXCLUSIVE, 0);
}

void judge_drop_constraint(const Judge *judge, KnownRelation *table, const char *name, bool cascade)
{
    const KnownConstraint *constraint = known_constraint(table, name);
    if (!constraint)
        return;
    judge_take(judge, table, LOCK_ACCESS_EXCLUSIVE, 0);
    if (constraint->type == CONSTRAINT_FOREIGN)
        judge_target(judge, constraint, LOCK_ACCESS_EXCLUSIVE, 0);
    else if (constraint->type != CONSTRAINT_CHECK && cascade)
        drop_dependents(judge, table, constraint);
}
