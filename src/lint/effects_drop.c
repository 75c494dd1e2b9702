/* DROP: what goes with what is dropped, and the tables on the other side of its foreign keys. */
#include "lint/effects_parts.h"

#define AX LOCK_ACCESS_EXCLUSIVE

static bool is_cascade(const PgQuery__DropStmt *drop)
{
    return drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
}

/* Both sides of every foreign key lose triggers; a partition leaves its parent and its default. */
static void take_neighbours(const Judge *judge, const KnownRelation *relation)
{
    KnownReferenceList references = {0};
    for (size_t i = 0; i < relation->constraints.count; i++)
        if (relation->constraints.at[i]->type == CONSTRAINT_FOREIGN &&
            !relation->constraints.at[i]->inherited)
            judge_target(judge, relation->constraints.at[i], AX, 0);
    known_references(judge->arena, judge->known, relation, &references);
    for (size_t i = 0; i < references.count; i++)
        judge_take(judge, references.at[i].table, AX, 0);
    for (size_t i = 0; relation->partition && i < relation->parents.count; i++) {
        const KnownRelation *partition = known_default_partition(relation->parents.at[i]);
        judge_take(judge, relation->parents.at[i], AX, 0);
        if (partition)
            judge_take(judge, partition, AX, 0);
    }
}

void judge_drop_relation(const Judge *judge, KnownRelation *relation)
{
    KnownRelationList gone = {0};
    known_dropped_with(judge->arena, judge->known, relation, &gone);
    for (size_t i = 0; i < gone.count; i++) {
        judge_take(judge, gone.at[i], AX, 0);
        take_neighbours(judge, gone.at[i]);
    }
}

static void drop_index(const Judge *judge, const PgQuery__DropStmt *drop, TreeName name)
{
    const KnownIndex *index = known_find_index(judge->known, name.schema, name.name);
    LockMode mode = drop->concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : AX;
    judge->effects->waits = drop->concurrent;
    if (!index) { /* its table, by the only name that is there */
        if (!drop->missing_ok)
            judge_take_name(judge, name, mode, 0);
        return;
    }
    KnownRelationList tables = {0};
    if (index->table->partitioned)
        known_tree_of(judge->arena, index->table, &tables);
    else
        *vec_add(judge->arena, &tables) = index->table;
    judge_take_all(judge, &tables, mode, 0);
}

/* A trigger, rule or policy: the name before its own is the table's. */
static void drop_part(const Judge *judge, PgQuery__Node *const *names, size_t count)
{
    if (count > 1)
        judge_take_name(judge, tree_name(names, count - 1), AX, 0);
}

static void drop_trigger(const Judge *judge, PgQuery__Node *const *names, size_t count)
{
    TreeName name = count > 1 ? tree_name(names, count - 1) : (TreeName){NULL, NULL};
    KnownRelation *table = judge_take_name(judge, name, AX, 0);
    KnownRelationList tables = {0};
    if (!table || !table->partitioned)
        return;
    known_tree_of(judge->arena, table, &tables);
    judge_take_all(judge, &tables, AX, 0);
}

static void drop_statistics(const Judge *judge, TreeName name)
{
    const KnownStatistics *statistics = known_find_statistics(judge->known, name);
    if (statistics)
        judge_take(judge, statistics->table, LOCK_SHARE_UPDATE_EXCLUSIVE, 0);
}

/* Columns of the type, of domains and arrays of it, and tables OF it. */
static bool depends_on(const KnownRelation *relation, const KnownType *type)
{
    bool found = relation->of == type;
    for (size_t i = 0; i < relation->columns.count; i++)
        for (const KnownType *use = relation->columns.at[i]->type.type; use;
             use = use->type == TYPE_DOMAIN ? use->base.type : NULL)
            found = found || use == type;
    return found;
}

static void drop_type(const Judge *judge, const KnownType *type)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; i < all->count; i++)
        if (depends_on(all->at[i], type))
            judge_take(judge, all->at[i], AX, 0);
    if (type->relation)
        judge_take(judge, type->relation, AX, 0);
}

/* Triggers that call the function go with it. */
static void drop_function(const Judge *judge, TreeName name)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; name.name && i < all->count; i++)
        for (size_t k = 0; k < all->at[i]->triggers.count; k++) {
            KnownRelationList tables = {0};
            const char *called = all->at[i]->triggers.at[k]->function.name;
            if (!called || strcmp(called, name.name) != 0)
                continue;
            known_tree_of(judge->arena, all->at[i], &tables);
            judge_take_all(judge, &tables, AX, 0);
        }
}

/* Defaults that count with the sequence go with it. */
static void drop_sequence(const Judge *judge, const KnownRelation *sequence)
{
    const KnownRelationList *all = known_relations(judge->known);
    if (sequence->owner)
        judge_take(judge, sequence->owner, AX, 0);
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->at[i]->columns.count; k++)
            if (known_default_sequence(judge->arena, judge->known,
                                       all->at[i]->columns.at[k]->value) == sequence)
                judge_take(judge, all->at[i], AX, 0);
}

static void drop_schema(const Judge *judge, const char *schema)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->at[i]->schema, schema) == 0)
            judge_drop_relation(judge, all->at[i]);
}

static void drop_relation(const Judge *judge, const PgQuery__DropStmt *drop, TreeName name)
{
    KnownRelation *relation = known_find(judge->known, name.schema, name.name);
    if (relation && relation->type == RELATION_SEQUENCE && is_cascade(drop))
        drop_sequence(judge, relation);
    if (relation)
        judge_drop_relation(judge, relation);
    else if (!drop->missing_ok)
        judge_take_name(judge, name, AX, 0);
}

static void drop_named(const Judge *judge, const PgQuery__DropStmt *drop,
                       PgQuery__Node *const *names, size_t count)
{
    TreeName name = tree_name(names, count);
    switch (drop->remove_type) {
    case OBJECT(INDEX):
        drop_index(judge, drop, name);
        break;
    case OBJECT(TRIGGER):
        drop_trigger(judge, names, count);
        break;
    case OBJECT(RULE):
    case OBJECT(POLICY):
        drop_part(judge, names, count);
        break;
    case OBJECT(STATISTIC_EXT):
        drop_statistics(judge, name);
        break;
    case OBJECT(TABLE):
    case OBJECT(VIEW):
    case OBJECT(MATVIEW):
    case OBJECT(SEQUENCE):
    case OBJECT(FOREIGN_TABLE):
        drop_relation(judge, drop, name);
        break;
    default:
        break;
    }
}

void judge_drop(const Judge *judge, const PgQuery__DropStmt *drop)
{
    for (size_t i = 0; i < drop->n_objects; i++) {
        const PgQuery__Node *object = drop->objects[i];
        if (object->node_case == NODE(LIST)) {
            drop_named(judge, drop, object->list->items, object->list->n_items);
        } else if (object->node_case == NODE(STRING) && drop->remove_type == OBJECT(SCHEMA)) {
            drop_schema(judge, object->string->sval);
        } else if (object->node_case == NODE(TYPE_NAME)) {
            TypeUse use = known_type_use(judge->known, object->type_name);
            if (use.type)
                drop_type(judge, use.type);
        } else if (object->node_case == NODE(OBJECT_WITH_ARGS) && is_cascade(drop)) {
            drop_function(judge, tree_name(object->object_with_args->objname,
                                           object->object_with_args->n_objname));
        }
    }
    bool hidden = drop->remove_type == OBJECT(EXTENSION) || drop->remove_type == OBJECT(FUNCTION);
    judge->effects->opaque = hidden && is_cascade(drop); /* what used it is not known */
}
