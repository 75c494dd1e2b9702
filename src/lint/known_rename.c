/* New names and new schemas. */
#include "lint/known_parts.h"

static void rename_column(const Known *known, const PgQuery__RenameStmt *rename)
{
    KnownRelation *relation = known_find_range(known, rename->relation);
    KnownRelationList tables = {0};
    if (relation && rename->relation->inh)
        known_tree_of(known->arena, relation, &tables);
    else if (relation)
        *vec_add(known->arena, &tables) = relation;
    for (size_t i = 0; i < tables.count; i++) {
        KnownColumn *column = known_column(tables.at[i], rename->subname);
        if (column)
            column->name = rename->newname;
    }
}

static void rename_constraint(const Known *known, const PgQuery__RenameStmt *rename)
{
    KnownRelation *relation = known_find_range(known, rename->relation);
    KnownRelationList tables = {0};
    if (relation)
        known_tree_of(known->arena, relation, &tables);
    for (size_t i = 0; i < tables.count; i++) {
        KnownConstraint *constraint = known_constraint(tables.at[i], rename->subname);
        if (!constraint)
            continue;
        constraint->name = rename->newname;
        if (constraint->index)
            constraint->index->name = rename->newname;
    }
}

static KnownConstraint *index_constraint(const KnownIndex *index)
{
    for (size_t i = 0; i < index->table->constraints.count; i++)
        if (index->table->constraints.at[i]->index == index)
            return index->table->constraints.at[i];
    return NULL;
}

/* ALTER TABLE renames indexes and views too. */
static void rename_relation(const Known *known, const PgQuery__RenameStmt *rename)
{
    KnownRelation *relation = known_find_range(known, rename->relation);
    TreeName name = tree_range(rename->relation);
    KnownIndex *index = relation ? NULL : known_find_index(known, name.schema, name.name);
    if (relation)
        relation->name = rename->newname;
    if (relation && relation->type == RELATION_COMPOSITE) {
        KnownType *type = known_find_type(known, relation->schema, name.name);
        if (type)
            type->name = rename->newname;
    }
    if (index) {
        KnownConstraint *constraint = index_constraint(index);
        index->name = rename->newname;
        if (constraint)
            constraint->name = rename->newname;
    }
}

static void rename_type(const Known *known, const PgQuery__RenameStmt *rename)
{
    const PgQuery__Node *object = rename->object;
    if (!object || object->node_case != NODE(LIST))
        return;
    TreeName name = tree_name(object->list->items, object->list->n_items);
    KnownType *type = known_find_type(known, name.schema, name.name);
    if (!type)
        return;
    type->name = rename->newname;
    if (type->relation)
        type->relation->name = rename->newname;
}

static void rename_schema(Known *known, const PgQuery__RenameStmt *rename)
{
    for (size_t i = 0; i < known->relations.count; i++)
        if (strcmp(known->relations.at[i]->schema, rename->subname) == 0)
            known->relations.at[i]->schema = rename->newname;
    for (size_t i = 0; i < known->types.count; i++)
        if (strcmp(known->types.at[i]->schema, rename->subname) == 0)
            known->types.at[i]->schema = rename->newname;
    for (size_t i = 0; i < known->functions.count; i++)
        if (strcmp(known->functions.at[i].schema, rename->subname) == 0)
            known->functions.at[i].schema = rename->newname;
}

static void rename_trigger(const Known *known, const PgQuery__RenameStmt *rename)
{
    const KnownRelation *table = known_find_range(known, rename->relation);
    for (size_t i = 0; table && i < table->triggers.count; i++)
        if (strcmp(table->triggers.at[i]->name, rename->subname) == 0)
            table->triggers.at[i]->name = rename->newname;
}

void known_rename_object(Known *known, const PgQuery__RenameStmt *rename)
{
    switch (rename->rename_type) {
    case OBJECT(COLUMN):
    case OBJECT(ATTRIBUTE):
        rename_column(known, rename);
        break;
    case OBJECT(TABCONSTRAINT):
        rename_constraint(known, rename);
        break;
    case OBJECT(TABLE):
    case OBJECT(VIEW):
    case OBJECT(MATVIEW):
    case OBJECT(SEQUENCE):
    case OBJECT(INDEX):
    case OBJECT(FOREIGN_TABLE):
        rename_relation(known, rename);
        break;
    case OBJECT(TYPE):
    case OBJECT(DOMAIN):
        rename_type(known, rename);
        break;
    case OBJECT(SCHEMA):
        rename_schema(known, rename);
        break;
    case OBJECT(TRIGGER):
        rename_trigger(known, rename);
        break;
    default:
        break;
    }
}

void known_move_object(Known *known, const PgQuery__AlterObjectSchemaStmt *move)
{
    KnownRelation *relation = known_find_range(known, move->relation);
    if (relation) {
        relation->schema = move->newschema;
        for (size_t i = 0; i < known->relations.count; i++)
            if (known->relations.at[i]->owner == relation)
                known->relations.at[i]->schema = move->newschema;
    }
    const PgQuery__Node *object = move->object;
    if ((move->object_type != OBJECT(TYPE) && move->object_type != OBJECT(DOMAIN)) || !object ||
        object->node_case != NODE(LIST))
        return;
    TreeName name = tree_name(object->list->items, object->list->n_items);
    KnownType *type = known_find_type(known, name.schema, name.name);
    if (!type)
        return;
    type->schema = move->newschema;
    if (type->relation)
        type->relation->schema = move->newschema;
}
