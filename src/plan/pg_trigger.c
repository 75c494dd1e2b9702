/* Triggers, and what partitions have of those of a partitioned table. */
#include "plan/planner.h"

/* ---- clones: seen only where they are in another state than what they come from ---- */

Object *trigger_origin(const Object *clone)
{
    const Object *table = clone->parent;
    while (table) {
        const Object *above = NULL;
        for (size_t i = 0; i < table->children.count; i++)
            if (table->children.at[i]->kind == KIND_PARTITION && table->children.at[i]->needs.count)
                above = table->children.at[i]->needs.at[0];
        for (size_t i = 0; above && i < above->children.count; i++)
            if (above->children.at[i]->kind == KIND_TRIGGER &&
                strcmp(above->children.at[i]->name, clone->name) == 0)
                return above->children.at[i];
        table = above;
    }
    return NULL;
}

static bool is_clone(const Object *trigger)
{
    return CATALOG_AS(Trigger, trigger)->is_clone;
}

static bool is_attached_anew(const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_PARTITION &&
            pair_comes(pair_of(table->children.at[i])))
            return true;
    return false;
}

bool trigger_is_told(const Pair *pair)
{
    if (pair->fate == FATE_ALTER ? is_changed(pair, "enabled") : pair->fate != FATE_KEEP)
        return true;
    return trigger_follows(pair);
}

bool trigger_follows(const Pair *pair)
{
    const Object *before = pair->old && is_clone(pair->old) ? trigger_origin(pair->old) : NULL;
    const Object *after = pair->new &&is_clone(pair->new) ? trigger_origin(pair->new) : NULL;
    return (before && trigger_is_told(pair_of(before))) ||
           (after && trigger_is_told(pair_of(after))) ||
           (after && is_attached_anew(pair->new->parent));
}

/* ---- statements ---- */

/* The clones follow; those that shall not are told after it. */
static void write_enabled(Planner *planner, const Object *object, const char *enabled)
{
    const Object *table = object->parent;
    bool whole = table->kind == KIND_TABLE && CATALOG_AS(Table, table)->partition_key;
    sql_print(planner, "%s %s TRIGGER %s", alter_of(planner, table, !whole), enabled,
              quoted(planner, object->name));
}

void create_trigger(Planner *planner, const Object *object)
{
    const Trigger *trigger = CATALOG_AS(Trigger, object);
    if (!trigger->is_clone)
        sql_print(planner, "%s", trigger->definition);
    if (trigger->is_clone || !same_text(trigger->enabled, "ENABLE"))
        write_enabled(planner, object, trigger->enabled);
}

/* A clone goes with its trigger; here it only was in another state than that one. */
void drop_trigger(Planner *planner, const Object *object)
{
    if (!is_clone(object))
        sql_print(planner, "DROP %s", address_of(planner, object));
    else if (CATALOG_AS(Trigger, object)->state_of_origin)
        write_enabled(planner, object, CATALOG_AS(Trigger, object)->state_of_origin);
}

void alter_trigger(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "enabled"))
        write_enabled(planner, pair->new, CATALOG_AS(Trigger, pair->new)->enabled);
}
