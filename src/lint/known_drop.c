/* What goes with what is dropped. The history has run: where the server would have refused without
 * CASCADE there was nothing to take along. */
#include "lint/known_parts.h"

static bool uses(const KnownColumnList *columns, const KnownColumn *column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->at[i] == column)
            return true;
    return false;
}

void known_remove_index(Known *known, KnownIndex *index)
{
    KnownRelation *table = index->table;
    for (size_t i = table->indexes.count; i-- > 0;)
        if (table->indexes.at[i] == index)
            vec_remove(&table->indexes, i);
    for (size_t i = 0; i < table->children.count; i++) { /* those of partitions go with it */
        KnownRelation *child = table->children.at[i];
        for (size_t k = child->indexes.count; k-- > 0;)
            if (child->indexes.at[k]->parent == index)
                known_remove_index(known, child->indexes.at[k]);
    }
}

void known_remove_constraint(Known *known, KnownRelation *table, KnownConstraint *constraint)
{
    for (size_t i = table->constraints.count; i-- > 0;)
        if (table->constraints.at[i] == constraint)
            vec_remove(&table->constraints, i);
    if (constraint->index)
        known_remove_index(known, constraint->index);
}

void known_remove_column(Known *known, KnownRelation *table, KnownColumn *column)
{
    for (size_t i = table->constraints.count; i-- > 0;)
        if (uses(&table->constraints.at[i]->columns, column))
            known_remove_constraint(known, table, table->constraints.at[i]);
    for (size_t i = table->indexes.count; i-- > 0;)
        if (uses(&table->indexes.at[i]->uses, column))
            known_remove_index(known, table->indexes.at[i]);
    for (size_t i = known->relations.count; i-- > 0;)
        if (i < known->relations.count && known->relations.at[i]->owner_column == column)
            known_remove_relation(known, known->relations.at[i]);
    for (size_t i = table->columns.count; i-- > 0;)
        if (table->columns.at[i] == column)
            vec_remove(&table->columns, i);
}

static void forget_relation(Known *known, KnownRelation *gone)
{
    for (size_t i = 0; i < known->relations.count; i++) {
        KnownRelation *relation = known->relations.at[i];
        for (size_t k = relation->children.count; k-- > 0;)
            if (relation->children.at[k] == gone)
                vec_remove(&relation->children, k);
        for (size_t k = relation->constraints.count; k-- > 0;)
            if (relation->constraints.at[k]->references == gone)
                known_remove_constraint(known, relation, relation->constraints.at[k]);
    }
    for (size_t i = known->relations.count; i-- > 0;)
        if (known->relations.at[i] == gone)
            vec_remove(&known->relations, i);
    for (size_t i = known->types.count; i-- > 0;)
        if (known->types.at[i]->relation == gone)
            vec_remove(&known->types, i);
    for (size_t i = known->statistics.count; i-- > 0;)
        if (known->statistics.at[i].table == gone)
            vec_remove(&known->statistics, i);
}

void known_remove_relation(Known *known, KnownRelation *relation)
{
    KnownRelationList gone = {0};
    known_dropped_with(known->arena, known, relation, &gone);
    for (size_t i = 0; i < gone.count; i++)
        forget_relation(known, gone.at[i]);
}

static void remove_type(Known *known, KnownType *type)
{
    for (size_t i = 0; i < known->relations.count; i++) {
        KnownRelation *relation = known->relations.at[i];
        for (size_t k = relation->columns.count; k-- > 0;)
            if (relation->columns.at[k]->type.type == type)
                known_remove_column(known, relation, relation->columns.at[k]);
    }
    for (size_t i = known->types.count; i-- > 0;)
        if (known->types.at[i] == type)
            vec_remove(&known->types, i);
    if (type->relation)
        known_remove_relation(known, type->relation);
}

static void remove_schema(Known *known, const char *schema)
{
    for (size_t i = known->relations.count; i-- > 0;)
        if (i < known->relations.count && strcmp(known->relations.at[i]->schema, schema) == 0)
            known_remove_relation(known, known->relations.at[i]);
    for (size_t i = known->types.count; i-- > 0;)
        if (i < known->types.count && strcmp(known->types.at[i]->schema, schema) == 0)
            remove_type(known, known->types.at[i]);
    for (size_t i = known->functions.count; i-- > 0;)
        if (strcmp(known->functions.at[i].schema, schema) == 0)
            vec_remove(&known->functions, i);
}

static void remove_trigger(Known *known, PgQuery__Node *const *names, size_t count)
{
    if (count < 2)
        return;
    TreeName table_name = tree_name(names, count - 1), name = tree_name(names, count);
    KnownRelation *table = known_find(known, table_name.schema, table_name.name);
    for (size_t i = 0; table && name.name && i < table->triggers.count; i++)
        if (strcmp(table->triggers.at[i]->name, name.name) == 0) {
            vec_remove(&table->triggers, i);
            return;
        }
}

static void remove_function(Known *known, const PgQuery__ObjectWithArgs *function)
{
    TreeName name = tree_name(function->objname, function->n_objname);
    for (size_t i = known->functions.count; name.name && i-- > 0;)
        if (strcmp(known->functions.at[i].name, name.name) == 0) {
            vec_remove(&known->functions, i);
            return;
        }
}

static void remove_statistics(Known *known, TreeName name)
{
    KnownStatistics *statistics = known_find_statistics(known, name);
    if (statistics)
        vec_remove(&known->statistics, (size_t)(statistics - known->statistics.at));
}

static void drop_named(Known *known, PgQuery__ObjectType type, PgQuery__Node *const *names,
                       size_t count)
{
    TreeName name = tree_name(names, count);
    KnownRelation *relation;
    KnownIndex *index;
    switch (type) {
    case OBJECT(INDEX):
        index = known_find_index(known, name.schema, name.name);
        if (index)
            known_remove_index(known, index);
        break;
    case OBJECT(TRIGGER):
        remove_trigger(known, names, count);
        break;
    case OBJECT(STATISTIC_EXT):
        remove_statistics(known, name);
        break;
    case OBJECT(TABLE):
    case OBJECT(VIEW):
    case OBJECT(MATVIEW):
    case OBJECT(SEQUENCE):
    case OBJECT(FOREIGN_TABLE):
        relation = known_find(known, name.schema, name.name);
        if (relation)
            known_remove_relation(known, relation);
        break;
    default:
        break;
    }
}

void known_drop_objects(Known *known, const PgQuery__DropStmt *drop)
{
    for (size_t i = 0; i < drop->n_objects; i++) {
        const PgQuery__Node *object = drop->objects[i];
        if (object->node_case == NODE(LIST)) {
            drop_named(known, drop->remove_type, object->list->items, object->list->n_items);
        } else if (object->node_case == NODE(STRING) && drop->remove_type == OBJECT(SCHEMA)) {
            remove_schema(known, object->string->sval);
        } else if (object->node_case == NODE(TYPE_NAME)) {
            TypeUse use = known_type_use(known, object->type_name);
            if (use.type)
                remove_type(known, use.type);
        } else if (object->node_case == NODE(OBJECT_WITH_ARGS)) {
            remove_function(known, object->object_with_args);
        }
    }
}
