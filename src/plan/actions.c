/* Actions, what must run before what, and an order that keeps to it. */
#include "plan/planner.h"

/* ---- actions ---- */

static int rank_of(const Action *action)
{
    unsigned kind = pair_object(action->pair)->kind;
    if (kind == KIND_DEFAULT_PRIVILEGE)
        return 3;
    if (action->type == ACTION_DROP)
        return action->pair->fate == FATE_ASIDE ? 2 : 0;
    if (action->type == ACTION_ASIDE)
        return 1;
    return kind == KIND_EVENT_TRIGGER ? 4 : 2;
}

static Action *add_action(Planner *planner, Pair *pair, ActionType type)
{
    Action *action = arena_alloc(planner->arena, sizeof *action);
    action->type = type;
    action->pair = pair;
    action->rank = rank_of(action);
    action->index = planner->actions.count;
    *vec_add(planner->arena, &planner->actions) = action;
    return action;
}

/* It is announced before the functions that it is made of. */
bool has_shell(const Object *type)
{
    return (type->kind == KIND_BASE_TYPE && !CATALOG_AS(BaseType, type)->is_shell) ||
           (type->kind == KIND_RANGE && CATALOG_AS(Range, type)->canonical);
}

static void add_actions(Planner *planner, Pair *pair)
{
    if (pair->fate == FATE_ASIDE)
        pair->aside = add_action(planner, pair, ACTION_ASIDE);
    if (pair_goes(pair))
        pair->drop = add_action(planner, pair, ACTION_DROP);
    if (pair->fate == FATE_ALTER)
        pair->alter = add_action(planner, pair, ACTION_ALTER);
    if (pair_comes(pair))
        pair->create = add_action(planner, pair, ACTION_CREATE);
    if (pair->fate == FATE_ASIDE && pair->old->kind == KIND_TABLE)
        pair->fill = add_action(planner, pair, ACTION_FILL);
    if (pair->fate == FATE_REPLACE && pair->old->kind == KIND_PARTITION)
        pair->fill = add_action(planner, pair, ACTION_FILL);
    if (pair_comes(pair) && has_shell(pair->new))
        pair->fill = add_action(planner, pair, ACTION_FILL); /* its shell */
}

Action *action_top(Action *action)
{
    while (action->into)
        action = action->into;
    return action;
}

static void join(Action *action, Action *into, bool firm)
{
    if (action && into && !action->into && action_top(into) != action) {
        action->into = into;
        action->firm = firm;
    }
}

/* ---- what is part of another statement ---- */

/* A function that a type is made of. */
static bool is_support(const Object *function, const Object *type)
{
    for (size_t i = 0; has_shell(type) && i < type->needs.count; i++)
        if (type->needs.at[i] == function)
            return true;
    return false;
}

static const Object *default_column(const Object *object)
{
    for (size_t i = 0; i < object->parent->children.count; i++) {
        const Object *column = object->parent->children.at[i];
        if (column->kind == KIND_COLUMN && strcmp(column->name, object->name) == 0)
            return column;
    }
    return object->parent;
}

static bool is_inline(const Object *object);

static Pair *partition_of(const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_PARTITION)
            return pair_of(table->children.at[i]);
    return NULL;
}

static bool tie_stays(const Object *object)
{
    for (size_t i = 0; i < object->parent->children.count; i++) {
        const Object *tie = object->parent->children.at[i];
        if ((tie->kind == KIND_PARTITION || tie->kind == KIND_INHERITANCE) &&
            pair_of(tie)->fate != FATE_KEEP)
            return false;
    }
    return true;
}

/* A new table that inherits has a constraint that comes later from the table that it inherits. */
static bool comes_later(const Object *object)
{
    for (size_t i = 0; i < object->parent->children.count; i++) {
        const Object *tie = object->parent->children.at[i];
        if (tie->kind == KIND_PARTITION || (tie->kind == KIND_INHERITANCE && !pair_of(tie)->create))
            return false;
    }
    return pair_comes(pair_of(object)) && pair_of(object->parent)->create && !is_inline(object);
}

/* A check that no CREATE TABLE can say is there with it all the same, when it is only inherited. */
static bool is_there_at_once(const Object *object)
{
    const Object *origin = object->kind == KIND_CONSTRAINT ? inherited_from(object) : NULL;
    for (size_t i = 0; origin && i < object->parent->children.count; i++)
        if (object->parent->children.at[i]->kind == KIND_INHERITANCE)
            return !pair_of(origin)->create;
    return false;
}

/* What a table does to its columns and checks, it does to those that inherit them. */
static void join_inherited(Pair *pair)
{
    const Object *object = pair_object(pair);
    if (object->kind != KIND_COLUMN && object->kind != KIND_CONSTRAINT)
        return;
    bool stays = tie_stays(object);
    const Object *origin = pair->create ? inherited_from(pair->new) : NULL;
    if (origin && (stays || comes_later(object)))
        join(pair->create, pair_of(origin)->create, true);
    origin = pair->drop ? inherited_from(pair->old) : NULL;
    if (origin && stays)
        join(pair->drop, pair_of(origin)->drop, true);
}

/* The columns of a typed table are its type's attributes. */
static void join_typed(Pair *pair)
{
    const Object *object = pair_object(pair), *table = object->parent;
    Pair *typed = table ? pair_of(table) : NULL;
    if (object->kind != KIND_COLUMN || !CATALOG_AS(Table, table)->of_type || !typed->old ||
        !typed->new || pair_goes(typed))
        return;
    for (size_t i = 0; i < table->needs.count; i++)
        for (size_t k = 0; k < table->needs.at[i]->children.count; k++) {
            const Object *attribute = table->needs.at[i]->children.at[k];
            if (attribute->kind != KIND_ATTRIBUTE || strcmp(attribute->name, object->name) != 0)
                continue;
            join(pair->create, pair_of(attribute)->create, true);
            join(pair->drop, pair_of(attribute)->drop, true);
        }
}

/* Whether another object of its schema, or of its new table, cannot be made while it is there. */
static bool holds_name(const Object *object)
{
    return object->kind == KIND_INDEX || object->kind == KIND_CONSTRAINT ||
           object->kind == KIND_STATISTICS || object->kind == KIND_PARTITION ||
           object->kind == KIND_SEQUENCE_OWNER || object->kind == KIND_INDEX_PARTITION;
}

static void join_support(Pair *pair)
{
    for (size_t i = 0; i < pair->old->needs.count; i++)
        if (is_support(pair->old, pair->old->needs.at[i]))
            join(pair->drop, pair_of(pair->old->needs.at[i])->drop, true);
}

/* A clone follows the trigger that it comes from. */
static void join_clone(Pair *pair)
{
    const Pair *origin =
        CATALOG_AS(Trigger, pair->old)->is_clone ? pair_of(trigger_origin(pair->old)) : NULL;
    if (origin && !pair_goes(pair_of(pair->old->parent)) && trigger_is_told(origin))
        join(pair->drop, origin->drop ? origin->drop : origin->alter, true);
}

static void join_drop(Pair *pair)
{
    const Object *old = pair->old;
    if (old->kind == KIND_FUNCTION)
        join_support(pair);
    if (old->kind == KIND_TRIGGER)
        join_clone(pair);
    Pair *parent = pair_of(old->parent), *other;
    if (old->kind == KIND_INDEX_PARTITION) {
        other = old->needs.count ? pair_of(old->needs.at[0]) : NULL;
        join(pair->drop, parent->drop, true);
        join(pair->drop, other ? other->drop : NULL, true);
        return;
    }
    if (old->kind == KIND_SEQUENCE)
        for (size_t i = 0; i < old->children.count; i++)
            if (old->children.at[i]->kind == KIND_SEQUENCE_OWNER &&
                old->children.at[i]->needs.count && pair->fate == FATE_DROP) {
                other = pair_of(old->children.at[i]->needs.at[0]);
                join(pair->drop, other->drop, false);
            }
    if (old->kind == KIND_PUBLICATION_TABLE || old->kind == KIND_PRIVILEGE)
        for (size_t i = 0; i < old->needs.count; i++)
            if (old->needs.at[i]->kind == KIND_TABLE || old->needs.at[i]->kind == KIND_EXTENSION)
                join(pair->drop, pair_of(old->needs.at[i])->drop, false);
    if (!parent || !parent->drop || old->kind == KIND_USER_MAPPING)
        return;
    if (parent->fate != FATE_ASIDE)
        join(pair->drop, parent->drop, old->kind == KIND_COLUMN);
    else if (!holds_name(old) || (old->kind == KIND_CONSTRAINT && inherited_from(old)))
        join(pair->drop, parent->drop, true);
}

/* An attached index cannot be dropped alone. */
static void join_attached(Pair *pair)
{
    const Object *old = pair->old;
    for (size_t i = 0; i < old->children.count; i++) {
        const Object *tie = old->children.at[i];
        if (tie->kind != KIND_INDEX_PARTITION || !tie->needs.count)
            continue;
        if (!pair_goes(partition_of(old->parent)))
            join(pair->drop, pair_of(tie->needs.at[0])->drop, true);
    }
}

/* Of several equal keys in one CREATE TABLE the server makes one (parse_utilcmd.c,
 * transformIndexConstraints). */
static bool repeats_key(const Object *object)
{
    const Constraint *key = CATALOG_AS(Constraint, object);
    for (size_t i = 0; key->type[0] == 'u' && i < object->parent->children.count; i++) {
        const Object *other = object->parent->children.at[i];
        const Constraint *twin = CATALOG_AS(Constraint, other);
        if (other == object || other->kind != KIND_CONSTRAINT)
            continue;
        if (twin->type[0] == 'p' && list_equal(&twin->columns, &key->columns))
            return true;
        if (strcmp(other->key, object->key) < 0 && strcmp(twin->definition, key->definition) == 0)
            return true;
    }
    return false;
}

/* A column that its table has only because it inherits; partitions do not show the difference. */
static bool is_heir(const Object *column)
{
    if (column->kind != KIND_COLUMN || !inherited_from(column))
        return false;
    for (size_t i = 0; i < column->parent->children.count; i++)
        if (column->parent->children.at[i]->kind == KIND_INHERITANCE)
            return true;
    return false;
}

static bool is_inline(const Object *object)
{
    switch (object->kind) {
    case KIND_CONSTRAINT:
        return !repeats_key(object) && !comes_with_partitioned(object) &&
               !strstr(CATALOG_AS(Constraint, object)->definition, " NOT VALID") &&
               !strstr(CATALOG_AS(Constraint, object)->definition, " NOT ENFORCED");
    case KIND_DEFAULT: /* said of an inherited column in CREATE TABLE it would make it local */
        return object->parent->kind == KIND_TABLE &&
               !(pair_of(object->parent)->create && is_heir(default_column(object)));
    case KIND_COLUMN:
    case KIND_ATTRIBUTE:
    case KIND_INHERITANCE:
        return true;
    case KIND_DOMAIN_CONSTRAINT:
        return !strstr(CATALOG_AS(DomainConstraint, object)->definition, " NOT VALID");
    default:
        return false;
    }
}

static void join_create(Pair *pair)
{
    const Object *new = pair->new;
    Pair *parent = pair_of(new->parent);
    if (new->kind == KIND_DEFAULT && parent->new->kind == KIND_TABLE &&new->needs.count)
        parent = pair_of(default_column(new));
    if (!parent || !parent->create || !(is_inline(new) || is_there_at_once(new)))
        return;
    if (new->kind == KIND_DEFAULT && parent->create->into && !pair_of(new->parent)->create)
        return; /* the column comes by its parent table's, with that one's default */
    join(pair->create, parent->create,
         new->kind == KIND_COLUMN || new->kind == KIND_ATTRIBUTE || new->kind == KIND_INHERITANCE);
}

static void join_all(Planner *planner)
{
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        join_inherited(pair);
        join_typed(pair);
        if (pair->drop) {
            if (pair->old->kind == KIND_INDEX || pair->old->kind == KIND_CONSTRAINT)
                join_attached(pair);
            join_drop(pair);
        }
        if (pair->create)
            join_create(pair);
    }
}

/* ---- edges ---- */

static void edge(Planner *planner, Action *before, Action *after, bool weak)
{
    if (before && after && before != after)
        *vec_add(planner->arena, &planner->edges) = (Edge){before, after, weak};
}

/* A key of a partitioned table can be referenced when all indexes of its partitions are attached.
 */
static void edges_of_attached(Planner *planner, const Object *index, Action *after)
{
    if (index->kind != KIND_CONSTRAINT && index->kind != KIND_INDEX)
        return;
    for (size_t i = 0; i < index->users.count; i++)
        if (index->users.at[i]->kind == KIND_INDEX_PARTITION)
            edge(planner, pair_of(index->users.at[i])->create, after, false);
}

/* Of several equal keys the server takes any for a foreign key: those that go are gone before. */
static void edges_of_reference(Planner *planner, const Object *key, Action *create)
{
    for (size_t i = 0; i < key->needs.count; i++) {
        const Object *needed = key->needs.at[i];
        const Object *table = needed->parent ? pair_of(needed->parent)->old : NULL;
        if ((needed->kind != KIND_CONSTRAINT && needed->kind != KIND_INDEX) || !table ||
            pair_goes(pair_of(table)))
            continue;
        for (size_t k = 0; k < table->children.count; k++)
            if (table->children.at[k]->kind == KIND_CONSTRAINT ||
                table->children.at[k]->kind == KIND_INDEX)
                edge(planner, pair_of(table->children.at[k])->drop, create, false);
    }
}

static void edges_of_create(Planner *planner, Pair *pair)
{
    const Object *new = pair->new;
    Action *create = pair->create;
    if (pair->fate == FATE_ASIDE)
        edge(planner, pair->aside, create, false);
    else if (pair->drop && action_top(pair->drop)->pair->fate != FATE_ASIDE)
        edge(planner, pair->drop, create, false);
    if (new->parent) {
        edge(planner, pair_of(new->parent)->create, create, false);
        edge(planner, pair_of(new->parent)->alter, create, true);
    }
    for (size_t i = 0; i < new->needs.count; i++) {
        const Object *needed = new->needs.at[i];
        bool support = is_support(new, needed);
        bool shell = support && pair_of(needed)->fill;
        edge(planner, shell ? pair_of(needed)->fill : pair_of(needed)->create, create, false);
        if (!support)
            edge(planner, pair_of(needed)->alter, create, false);
        if (new->kind == KIND_CONSTRAINT)
            edges_of_attached(planner, needed, create);
    }
    if (new->kind == KIND_INDEX_PARTITION)
        edges_of_attached(planner, new->parent, create);
    if (new->kind == KIND_CONSTRAINT && CATALOG_AS(Constraint, new)->type[0] == 'f')
        edges_of_reference(planner, new, create);
    if (new->kind == KIND_SEQUENCE_OWNER &&new->needs.count &&new->needs.at[0]->parent)
        edge(planner, pair_of(new->needs.at[0]->parent)->alter, create, false); /* one owner */
    for (size_t i = 0; i < new->wants.count; i++) {
        edge(planner, pair_of(new->wants.at[i])->create, create, true);
        edge(planner, pair_of(new->wants.at[i])->alter, create, true);
    }
}

/* A key is never without the index that comes or goes with it. */
static void edges_of_swap(Planner *planner, const Pair *pair)
{
    for (size_t i = 0; i < pair->new->parent->children.count; i++)
        if (pair->new->parent->children.at[i]->kind == KIND_INDEX)
            edge(planner, pair_of(pair->new->parent->children.at[i])->create, pair->alter, true);
    for (size_t i = 0; i < pair->old->parent->children.count; i++)
        if (pair->old->parent->children.at[i]->kind == KIND_INDEX)
            edge(planner, pair->alter, pair_of(pair->old->parent->children.at[i])->drop, true);
}

static void edges_of_alter(Planner *planner, Pair *pair)
{
    const Object *new = pair->new, *old = pair->old;
    for (size_t i = 0; i < new->needs.count; i++) {
        edge(planner, pair_of(new->needs.at[i])->create, pair->alter, false);
        edge(planner, pair_of(new->needs.at[i])->alter, pair->alter, true);
    }
    for (size_t i = 0; i < new->wants.count; i++)
        edge(planner, pair_of(new->wants.at[i])->create, pair->alter, true);
    if (online_swaps_key(planner, pair))
        edges_of_swap(planner, pair);
    for (size_t i = 0; i < old->users.count; i++) {
        const Pair *user = pair_of(old->users.at[i]);
        if (!(user->aside && user->old->kind == KIND_INDEX))
            edge(planner, user->drop, pair->alter,
                 old->kind != KIND_COLUMN && old->kind != KIND_ATTRIBUTE);
    }
}

/* A foreign key of the partitioned table that a partition keeps when it is detached, or not. */
static void edges_of_left(Planner *planner, Action *detach, const Object *key)
{
    if (key->kind != KIND_CONSTRAINT || CATALOG_AS(Constraint, key)->type[0] != 'f')
        return;
    if (!stays_behind(key)) {
        edge(planner, pair_of(key)->drop, detach, false);
        return;
    }
    edge(planner, detach, pair_of(key)->alter, false);
    edge(planner, detach, pair_of(key)->drop, false);
    for (size_t i = 0; i < key->needs.count; i++)
        if (key->needs.at[i]->parent != key->parent)
            edge(planner, detach, pair_of(key->needs.at[i])->drop, true);
}

/* A partition is detached before what it shares with the partitioned table goes from that one. */
static void edges_of_untie(Planner *planner, const Pair *pair)
{
    const Object *old = pair->old;
    Pair *whole = old->needs.count ? pair_of(old->needs.at[0]) : NULL;
    if (whole && old->kind == KIND_INDEX_PARTITION && partition_of(old->parent->parent))
        edge(planner, partition_of(old->parent->parent)->drop, whole->drop, true);
    for (size_t i = 0; whole && (old->kind == KIND_PARTITION || old->kind == KIND_INHERITANCE) &&
                       i < old->needs.at[0]->children.count;
         i++)
        if (old->needs.at[0]->children.at[i]->kind == KIND_COLUMN)
            edge(planner, pair->drop, pair_of(old->needs.at[0]->children.at[i])->drop, true);
    if (whole && old->kind == KIND_PARTITION)
        for (size_t i = 0; i < old->needs.at[0]->children.count; i++)
            edges_of_left(planner, pair->drop, old->needs.at[0]->children.at[i]);
}

static void edges_of_drop(Planner *planner, Pair *pair)
{
    const Object *old = pair->old;
    edges_of_untie(planner, pair);
    for (size_t i = 0; i < old->users.count; i++) {
        const Pair *user = pair_of(old->users.at[i]);
        edge(planner, user->drop, pair->drop, false);
        edge(planner, user->alter, pair->drop, false);
    }
    for (size_t i = 0; i < old->children.count; i++) {
        edge(planner, pair_of(old->children.at[i])->drop, pair->drop, false);
        if (old->children.at[i]->kind == KIND_INDEX_PARTITION && partition_of(old->parent))
            edge(planner, partition_of(old->parent)->drop, pair->drop, false);
        if (pair->fate == FATE_ASIDE && holds_name(old->children.at[i]))
            edge(planner, pair_of(old->children.at[i])->drop, pair->aside, true);
    }
    for (size_t i = 0; i < old->wants.count; i++)
        edge(planner, pair->drop, pair_of(old->wants.at[i])->drop, true);
    if (old->kind == KIND_INDEX && pair->aside)
        edge(planner, pair->create, pair->drop, false);
    if (old->kind == KIND_TABLE) {
        edge(planner, pair->fill, pair->drop, false);
        edge(planner, pair->create, pair->fill, false);
    }
}

/* A foreign key of a partition to the partitioned table itself. */
static bool references(const Object *key, const Object *tie)
{
    for (size_t i = 0; key->kind == KIND_CONSTRAINT && i < key->needs.count; i++)
        if (tie->needs.count && key->needs.at[i]->parent == tie->needs.at[0])
            return true;
    return false;
}

/* A partition takes part when its own indexes and constraints are there: what matches those of the
 * partitioned table is attached, what is missing would be made under another name. So new indexes
 * of the partitioned table come after its partitions. */
static void edges_of_partition(Planner *planner, Pair *pair)
{
    const Object *tie = pair->new;
    edge(planner, pair->drop, pair->fill, false);
    edge(planner, pair->fill, pair->create, false);
    for (size_t i = 0; i < tie->parent->children.count; i++) {
        const Object *child = tie->parent->children.at[i];
        if (!pair->create->into && !references(child, tie) &&
            (child->kind == KIND_INDEX || child->kind == KIND_CONSTRAINT ||
             child->kind == KIND_COLUMN))
            edge(planner, pair_of(child)->create, pair->create, child->kind != KIND_COLUMN);
        if (child->kind == KIND_COLUMN)
            edge(planner, pair_of(child)->alter, pair->create, true);
        if (child->kind == KIND_INHERITANCE && tie->kind == KIND_INHERITANCE &&
            CATALOG_AS(Inheritance, child)->position < CATALOG_AS(Inheritance, tie)->position)
            edge(planner, pair_of(child)->create, pair->create, true);
    }
    for (size_t i = 0; tie->needs.count && i < tie->needs.at[0]->children.count; i++) {
        const Object *child = tie->needs.at[0]->children.at[i];
        if (child->kind == KIND_COLUMN) {
            edge(planner, pair_of(child)->alter, pair->create, true);
            if (tie->kind == KIND_INHERITANCE)
                edge(planner, pair->create, pair_of(child)->create, true);
        }
        if (child->kind == KIND_INDEX && tie->kind == KIND_PARTITION)
            edge(planner, pair->create, pair_of(child)->create, true);
    }
    for (size_t i = 0;
         pair->old && pair->old->needs.count && i < pair->old->needs.at[0]->children.count; i++)
        edge(planner, pair->drop, pair_of(pair->old->needs.at[0]->children.at[i])->drop, true);
}

/* Rows change their partition while all partitions that move are detached, or not attached yet. */
static void edges_of_moves(Planner *planner, Pair *pair)
{
    const Object *table = pair->new->needs.at[0];
    for (size_t i = 0; i < table->users.count; i++) {
        const Pair *other = pair_of(table->users.at[i]);
        if (table->users.at[i]->kind != KIND_PARTITION || !pair_comes(other))
            continue;
        edge(planner, pair_of(table->users.at[i]->parent)->create, pair->fill, false);
        edge(planner, other->drop, pair->fill, false);
        edge(planner, pair->fill, other->create, false);
    }
}

/* Rows move into a table when its partitions are there. */
static void edges_of_fill(Planner *planner, Pair *pair)
{
    for (size_t i = 0; i < pair->new->users.count; i++)
        if (pair->new->users.at[i]->kind == KIND_PARTITION)
            edge(planner, pair_of(pair->new->users.at[i])->create, pair->fill, false);
    for (size_t i = 0; i < pair->old->users.count; i++) {
        const Object *tie = pair->old->users.at[i];
        if (tie->kind != KIND_PARTITION)
            continue;
        if (pair_of(tie->parent)->fate == FATE_DROP)
            edge(planner, pair->fill, pair_of(tie)->drop, false);
        else
            edge(planner, pair_of(tie)->drop, pair->fill, false);
    }
    for (size_t i = 0; i < pair->new->children.count; i++) {
        const Object *child = pair->new->children.at[i];
        if (child->kind == KIND_TRIGGER || child->kind == KIND_RULE ||
            child->kind == KIND_CONSTRAINT)
            edge(planner, pair->fill, pair_of(child)->create, true);
    }
}

/* What inherits is told first what it has of its own, and last what it shares. */
static void edges_of_inherited(Planner *planner, Pair *pair)
{
    const Object *table = pair_object(pair)->parent;
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *tie = table->children.at[i];
        if ((tie->kind != KIND_PARTITION && tie->kind != KIND_INHERITANCE) || !tie->needs.count)
            continue;
        edge(planner, pair_of(tie)->drop, pair->drop, true);
        const Object *parent = tie->needs.at[0];
        for (size_t k = 0; k < parent->children.count; k++) {
            const Object *twin = parent->children.at[k];
            if (twin->kind != pair_object(pair)->kind ||
                strcmp(twin->name, pair_object(pair)->name) != 0)
                continue;
            if (not_null_comes_first(planner, pair))
                edge(planner, pair->alter, pair_of(twin)->alter, false);
            edge(planner, pair_of(twin)->alter, pair->alter, true);
            edge(planner, pair->create, pair_of(twin)->create, true);
            edge(planner, pair_of(twin)->drop, pair->drop, true);
            if (pair->create && pair->create->into == pair_of(twin)->create)
                edge(planner, pair_of(twin)->drop, pair_of(table)->create, true);
        }
    }
}

static void edges_of_clone(Planner *planner, const Pair *pair)
{
    const Object *ends[] = {pair->old, pair->new};
    Action *told = pair->create ? pair->create : pair->alter;
    for (size_t i = 0; i < COUNT(ends); i++) {
        const Pair *origin = ends[i] && CATALOG_AS(Trigger, ends[i])->is_clone
                                 ? pair_of(trigger_origin(ends[i]))
                                 : NULL;
        if (!origin)
            continue;
        edge(planner, origin->drop, told, false);
        edge(planner, origin->alter, told, false);
        edge(planner, origin->create, told, false);
        if (partition_of(ends[i]->parent))
            edge(planner, partition_of(ends[i]->parent)->create, told, false);
    }
}

/* A table that is logged cannot reference one that is not. */
static void edges_of_persistence(Planner *planner, Pair *key)
{
    const Object *constraint = pair_object(key);
    Pair *table = pair_of(constraint->parent);
    for (size_t i = 0; i < constraint->needs.count; i++) {
        const Object *other = constraint->needs.at[i]->parent;
        if (!other || other->kind != KIND_TABLE || other == constraint->parent || !table->alter ||
            !pair_of(other)->alter || !is_changed(table, "persistence") ||
            !is_changed(pair_of(other), "persistence"))
            continue;
        if (same_text(CATALOG_AS(Table, table->new)->persistence, "unlogged"))
            edge(planner, table->alter, pair_of(other)->alter, true);
        else
            edge(planner, pair_of(other)->alter, table->alter, true);
    }
}

static void edges_of_schema(Planner *planner, const Object *object, const Pair *pair)
{
    Object *schema;
    const Catalog *catalog = object == pair->old ? planner->from : planner->to;
    if (!object->schema || object->kind == KIND_PARTITION || object->kind == KIND_INHERITANCE ||
        object->kind == KIND_INDEX_PARTITION)
        return;
    const char *key = arena_print(planner->arena, "schema/%s", object->schema);
    if (!(schema = catalog_find(catalog, key)))
        return;
    if (object == pair->new)
        edge(planner, pair_of(schema)->create, pair->create, false);
    else
        edge(planner, pair->drop, pair_of(schema)->drop, false);
}

/* ---- names that are free again ---- */

static const char *name_key(Planner *planner, const Object *object)
{
    const char *schema = object->schema;
    char space = kinds[object->kind].space;
    if (object->kind == KIND_CONSTRAINT && strchr("pux", CATALOG_AS(Constraint, object)->type[0])) {
        space = 'r';
        schema = object->parent->schema;
    }
    if (space == '-')
        return NULL;
    const char *name = quoted(planner, object->name);
    return arena_print(planner->arena, "%c/%s.%s(%s)", space, schema ? quoted(planner, schema) : "",
                       name, object->address ? object->address : "");
}

/* The sequence of an identity has a name among the relations. */
static const char *identity_key(Planner *planner, const Object *object)
{
    const char *name = object && object->kind == KIND_COLUMN
                           ? CATALOG_AS(Column, object)->identity_sequence
                           : NULL;
    return name ? arena_print(planner->arena, "r/%s()", name) : NULL;
}

/* A table has one primary key, whatever its name. */
static const char *primary_key(Planner *planner, const Object *object)
{
    if (object->kind != KIND_CONSTRAINT || CATALOG_AS(Constraint, object)->type[0] != 'p')
        return NULL;
    return arena_print(planner->arena, "p/%s", object->parent->key);
}

static void edges_of_names(Planner *planner)
{
    Map *gone = map_new(planner->arena);
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        const char *key = pair->drop ? name_key(planner, pair->old) : NULL;
        const char *identity = identity_key(planner, pair->old);
        const char *primary = pair->drop ? primary_key(planner, pair->old) : NULL;
        if (key)
            map_set(gone, key, pair->aside ? pair->aside : pair->drop);
        if (primary)
            map_set(gone, primary, pair->drop);
        if (identity && (pair->drop || pair->alter) &&
            !same_text(identity, identity_key(planner, pair->new)))
            map_set(gone, identity, pair->drop ? pair->drop : pair->alter);
    }
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        const char *key = pair->create ? name_key(planner, pair->new) : NULL;
        const char *identity = identity_key(planner, pair->new);
        const char *primary = pair->create ? primary_key(planner, pair->new) : NULL;
        if (key)
            edge(planner, map_get(gone, key), pair->create, false);
        if (primary)
            edge(planner, map_get(gone, primary), pair->create, false);
        if (identity && !same_text(identity, identity_key(planner, pair->old)))
            edge(planner, map_get(gone, identity), pair->create ? pair->create : pair->alter,
                 false);
    }
}

/* Nothing is left of an order that could not be. */
static void forget(Planner *planner)
{
    planner->actions.count = planner->edges.count = planner->order.count = 0;
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        pair->drop = pair->create = pair->alter = pair->aside = pair->fill = NULL;
    }
}

void actions_build(Planner *planner)
{
    forget(planner);
    for (size_t i = 0; i < planner->pairs.count; i++)
        add_actions(planner, planner->pairs.at[i]);
    join_all(planner);
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        unsigned kind = pair_object(pair)->kind;
        if (pair->create)
            edges_of_create(planner, pair);
        if (pair->alter)
            edges_of_alter(planner, pair);
        if (pair->drop)
            edges_of_drop(planner, pair);
        if (pair->create)
            edges_of_schema(planner, pair->new, pair);
        if (pair->drop)
            edges_of_schema(planner, pair->old, pair);
        if ((kind == KIND_PARTITION || kind == KIND_INHERITANCE) && pair->create)
            edges_of_partition(planner, pair);
        if (pair->fill && kind == KIND_TABLE)
            edges_of_fill(planner, pair);
        if (pair->fill && kind == KIND_PARTITION)
            edges_of_moves(planner, pair);
        if (pair->fill && has_shell(pair->new)) {
            edge(planner, pair->fill, pair->create, false);
            edge(planner, pair->aside ? pair->aside : pair->drop, pair->fill, false);
        }
        if (pair->aside && kind == KIND_FUNCTION)
            for (size_t k = 0; k < pair->old->needs.count; k++)
                edge(planner, pair->aside, pair_of(pair->old->needs.at[k])->aside, false);
        if (kind == KIND_COLUMN || kind == KIND_CONSTRAINT)
            edges_of_inherited(planner, pair);
        if (kind == KIND_CONSTRAINT)
            edges_of_persistence(planner, pair);
        if (kind == KIND_TRIGGER)
            edges_of_clone(planner, pair);
    }
    edges_of_names(planner);
}
