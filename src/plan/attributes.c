/* What objects of every kind may have: an owner, privileges, a comment, security labels. */
#include "plan/planner.h"
#include "sql/quote.h"

/* ---- comments and labels ---- */

static void write_comment(Planner *planner, const Object *object, const char *comment)
{
    Text *text = sql_start(planner, "COMMENT ON %s IS ", address_of(planner, object));
    sql_add_constant(text, comment);
    sql_end(planner);
}

static const char *label_provider(const Planner *planner, const char *label)
{
    return arena_copy(planner->arena, label, (size_t)(strchr(label, '=') - label));
}

static const char *label_of(const Planner *planner, const List *labels, const char *provider)
{
    for (size_t i = 0; i < labels->count; i++)
        if (strcmp(label_provider(planner, labels->at[i]), provider) == 0)
            return strchr(labels->at[i], '=') + 1;
    return NULL;
}

static void write_label(Planner *planner, const Object *object, const char *provider,
                        const char *label)
{
    Text *text = sql_start(planner, "SECURITY LABEL FOR %s ON %s IS ", quoted(planner, provider),
                           address_of(planner, object));
    sql_add_constant(text, label);
    sql_end(planner);
}

static void write_labels(Planner *planner, const Object *new, const List *old)
{
    for (size_t i = 0; i < new->labels.count; i++)
        if (!list_has(old, new->labels.at[i]))
            write_label(planner, new, label_provider(planner, new->labels.at[i]),
                        strchr(new->labels.at[i], '=') + 1);
    for (size_t i = 0; i < old->count; i++) {
        const char *provider = label_provider(planner, old->at[i]);
        if (!label_of(planner, &new->labels, provider))
            write_label(planner, new, provider, NULL);
    }
}

/* ---- owners ---- */

/* A sequence of a column has the table's owner, always. */
static bool owner_follows(const Object *object)
{
    for (size_t i = 0; i < object->children.count; i++)
        if (object->children.at[i]->kind == KIND_SEQUENCE_OWNER &&
            pair_of(object->children.at[i])->fate == FATE_KEEP)
            return true;
    return false;
}

static void write_owner(Planner *planner, const Object *new)
{
    if (!owner_follows(new))
        sql_print(planner, "ALTER %s OWNER TO %s", address_of(planner, new),
                  quoted(planner, new->owner));
}

/* It has the owner of what it is a part of. */
static bool is_owned_with(const Object *object)
{
    return object->kind == KIND_IDENTITY_SEQUENCE || object->kind == KIND_COLUMN ||
           object->kind == KIND_VIEW_COLUMN;
}

static const char *owner_of(const Object *object)
{
    while (is_owned_with(object))
        object = object->parent;
    return object->owner;
}

/* ---- all ---- */

void write_attributes(Planner *planner, const Pair *pair, const Object *old)
{
    static const List none = {0};
    const Object *new = pair->new;
    bool owner = old ? is_changed(pair, "owner")
                     : planner->owned && new->owner && !same_text(new->owner, planner->from->user);
    if (owner)
        write_owner(planner, new);
    if (planner->owned && (!old || owner || is_changed(pair, "acl"))) {
        List initial = old ? old->acl : initial_acl(planner, new);
        if (owner || is_owned_with(new))
            initial = acl_of_owner(planner, &initial, owner_of(new));
        write_acl(planner, new, &initial, &new->acl);
    }
    if (!same_text(old ? old->comment : NULL, new->comment))
        write_comment(planner, new, new->comment);
    write_labels(planner, new, old ? &old->labels : &none);
}
