/* SQLite's plans: indexes, views and triggers. They are cheap to create, so a changed one is
 * dropped and created; those that go with their table come again with it. */
#include "plan/sqlite.h"

/* One of `from`. */
struct PartWork {
    Object *from, *to; /* `to` NULL: it goes */
    bool same;         /* they read the same */
    bool aside;        /* it steps aside while a table that it names is changed */
    bool carried;      /* it goes with its table or view, without a statement */
};

static const KindId kinds_in_order[] = {KIND_LITE_INDEX, KIND_LITE_VIEW, KIND_LITE_TRIGGER};

static PartWork *part_of(const Object *object)
{
    return object->work;
}

static bool stays(const PartWork *part)
{
    return part->same && !part->aside && !part->carried;
}

/* Kinds that are left as they are: what there is, is what is wanted. */
static Catalog *wanted_side(const Lite *lite, KindId kind)
{
    return lite->options->ignored[kind] ? lite->from : lite->to;
}

/* ---- pairs ---- */

static bool same_parent(const Object *from, const Object *to)
{
    if (from == to || !from->parent)
        return true;
    if (from->parent->kind != to->parent->kind)
        return false;
    if (from->parent->kind == KIND_LITE_TABLE)
        return from->parent->work == to->parent->work;
    return form_same_name(from->parent->name, to->parent->name);
}

static Map *by_name(Lite *lite, const Catalog *catalog, KindId kind)
{
    Object *object;
    Map *map = map_new(lite->arena);
    CATALOG_EACH(catalog, kind, object)
    {
        map_set(map, form_fold(lite->arena, object->name), object);
    }
    return map;
}

static Code pair_part(Lite *lite, Object *object, const Map *wanted)
{
    PartWork *part = arena_alloc(lite->arena, sizeof *part);
    Object *to = map_get(wanted, form_fold(lite->arena, object->name));
    const char *form = lite_form(object);
    part->from = object;
    object->work = part;
    *vec_add(lite->arena, &lite->parts) = part;
    if (!to || !same_parent(object, to))
        return RUNG_OK;
    if (object->kind == KIND_LITE_INDEX) {
        Code code = lite_renamed_index(lite, object, &form);
        if (code)
            return code;
    }
    part->to = to;
    part->same = strcmp(form, lite_form(to)) == 0;
    to->other = object;
    return RUNG_OK;
}

/* ---- what steps aside ---- */

/* Views and triggers that name it, and what names those. */
static void set_aside(Object *object)
{
    for (size_t i = 0; i < object->users.count; i++) {
        Object *user = object->users.at[i];
        if (user->kind != KIND_LITE_VIEW && user->kind != KIND_LITE_TRIGGER)
            continue;
        bool known = part_of(user)->aside;
        part_of(user)->aside = true;
        if (!known)
            set_aside(user);
    }
}

/* Does it read a table that is not there? What its names say is enough: a view that steps aside
 * for nothing comes back as it was. */
static bool is_broken(Lite *lite, const Object *object)
{
    static const char *const before[] = {"FROM", "JOIN", "INTO", "UPDATE"};
    SqlTokens tokens;
    Error ignored;
    if (form_read(lite->arena, lite_sql(object), &tokens, &ignored) != RUNG_OK)
        return false;
    bool broken = false;
    for (size_t i = 1; i + 1 < tokens.list.count; i++) {
        const Token *name = &tokens.list.at[i + 1];
        bool reads = false;
        for (size_t k = 0; k < COUNT(before); k++)
            reads = reads || token_is(&tokens.list.at[i], before[k]);
        if (token_is(&tokens.list.at[i], "WITH"))
            return false; /* its names are tables too */
        if (!reads || token_is(&tokens.list.at[i - 1], "DISTINCT") ||
            (name->type != TOKEN_NAME && name->type != TOKEN_WORD) ||
            (name->type == TOKEN_WORD && form_is_keyword(name->text, name->length)) ||
            (i + 2 < tokens.list.count &&
             (token_is_symbol(name + 1, '(') || token_is_symbol(name + 1, '.'))))
            continue;
        const char *table = form_name(lite->arena, name);
        broken = broken || !(catalog_find_name(lite->from, KIND_LITE_TABLE, NULL, table) ||
                             catalog_find_name(lite->from, KIND_LITE_VIEW, NULL, table));
    }
    return broken;
}

static void set_broken_aside(Lite *lite)
{
    for (size_t i = 0; i < lite->parts.count; i++) {
        PartWork *part = lite->parts.at[i];
        if (part->from->kind == KIND_LITE_INDEX || part->aside || !is_broken(lite, part->from))
            continue;
        part->aside = true;
        set_aside(part->from);
    }
}

/* ALTER TABLE … RENAME and DROP COLUMN look through all views and triggers: they rewrite or refuse
 * those that name the table, and fail at a broken one. */
static bool disturbs(const Lite *lite, const TableWork *table)
{
    if (!table->from || !table->to)
        return false;
    for (size_t i = 0; i < lite->renames.count; i++)
        if (lite->renames.at[i].table == table)
            return true;
    return table->renamed || (table->fate == FATE_ALTER && table->dropped.count);
}

static void set_users_aside(Lite *lite)
{
    bool any = false;
    for (size_t i = 0; i < lite->tables.count; i++)
        any = any || disturbs(lite, lite->tables.at[i]);
    if (!any)
        return;
    for (size_t i = 0; i < lite->tables.count; i++)
        if (disturbs(lite, lite->tables.at[i]) || lite->tables.at[i]->fate == FATE_DROP)
            set_aside(lite->tables.at[i]->from);
    for (size_t i = 0; i < lite->parts.count; i++)
        if (lite->parts.at[i]->from->kind == KIND_LITE_VIEW && !lite->parts.at[i]->same)
            set_aside(lite->parts.at[i]->from);
    set_broken_aside(lite);
}

/* ---- what goes with its table or view ---- */

static bool takes_parts(const TableWork *table)
{
    return table->fate == FATE_REBUILD || table->fate == FATE_REPLACE || table->fate == FATE_DROP;
}

/* Until its table is dropped a trigger is looked at whenever another one changes. */
static bool carries_triggers(const Lite *lite, const TableWork *table)
{
    size_t changed = 0;
    for (size_t i = 0; i < lite->tables.count; i++)
        changed += lite->tables.at[i]->renamed || (lite->tables.at[i]->fate != FATE_SAME &&
                                                   lite->tables.at[i]->fate != FATE_CREATE);
    return table->fate == FATE_DROP || changed == 1;
}

static void find_carried(const Lite *lite, PartWork *part)
{
    const Object *parent = part->from->parent;
    if (!parent)
        return;
    if (parent->kind == KIND_LITE_VIEW) {
        part->carried = !stays(part_of(parent));
        return;
    }
    const TableWork *table = parent->work;
    bool trigger = part->from->kind == KIND_LITE_TRIGGER;
    part->aside = part->aside || takes_parts(table);
    part->carried = takes_parts(table) && (!trigger || carries_triggers(lite, table));
}

Code lite_pair_parts(Lite *lite)
{
    Object *object;
    Code code = RUNG_OK;
    for (size_t i = 0; i < COUNT(kinds_in_order); i++) {
        const Map *wanted = by_name(lite, wanted_side(lite, kinds_in_order[i]), kinds_in_order[i]);
        CATALOG_EACH(lite->from, kinds_in_order[i], object)
        {
            code = pair_part(lite, object, wanted);
            if (code)
                return code;
        }
    }
    set_users_aside(lite);
    for (size_t i = 0; i < lite->parts.count; i++) /* views before triggers on them */
        find_carried(lite, lite->parts.at[i]);
    return RUNG_OK;
}

bool lite_part_stays(const Lite *lite)
{
    for (size_t i = 0; i < lite->parts.count; i++)
        if (lite->parts.at[i]->from->kind != KIND_LITE_INDEX && stays(lite->parts.at[i]))
            return true;
    return false;
}

/* ---- steps ---- */

static void drop_kind(Lite *lite, KindId kind)
{
    for (size_t i = 0; i < lite->parts.count; i++) {
        const PartWork *part = lite->parts.at[i];
        if (part->from->kind == kind && !stays(part) && !part->carried)
            plan_step(lite->plan, part->from, "DROP %s %s", kinds[kind].title,
                      lite_name(lite, part->from->name));
    }
}

void lite_drop_parts(Lite *lite)
{
    drop_kind(lite, KIND_LITE_TRIGGER);
    drop_kind(lite, KIND_LITE_VIEW);
    drop_kind(lite, KIND_LITE_INDEX);
}

/* The part of `from` that `object` takes the place of, or is. */
static const PartWork *part_before(const Lite *lite, const Object *object)
{
    if (lite->options->ignored[object->kind])
        return part_of(object);
    return object->other ? part_of(object->other) : NULL;
}

static bool has_parent(const Lite *lite, const Object *object)
{
    if (!object->parent || object->parent->kind != KIND_LITE_TABLE)
        return true;
    const TableWork *table = object->parent->work;
    return table->fate != FATE_DROP && !(lite->options->ignored[KIND_LITE_TABLE] && !table->from);
}

/* What it needs comes first; a name that only looks like a view's may lead around in a circle. */
static void create_part(Lite *lite, Object *object, Map *done)
{
    const PartWork *before = part_before(lite, object);
    if (map_get(done, object->key))
        return;
    map_set(done, object->key, object);
    for (size_t i = 0; i < object->needs.count; i++)
        if (object->needs.at[i]->kind == KIND_LITE_VIEW &&
            wanted_side(lite, KIND_LITE_VIEW) == wanted_side(lite, object->kind))
            create_part(lite, object->needs.at[i], done);
    if ((before && stays(before)) || !has_parent(lite, object))
        return;
    if (object->kind == KIND_LITE_INDEX && !(before && before->same))
        lite_index_precheck(lite, object);
    plan_step(lite->plan, object, "%s", lite_sql(object));
}

void lite_create_parts(Lite *lite)
{
    Object *object;
    Map *done = map_new(lite->arena);
    for (size_t i = 0; i < COUNT(kinds_in_order); i++)
        CATALOG_EACH(wanted_side(lite, kinds_in_order[i]), kinds_in_order[i], object)
        {
            create_part(lite, object, done);
        }
}

/* ---- changes ---- */

static void add_change(Lite *lite, ChangeType type, const Object *object, uint64_t fields,
                       bool caused)
{
    *vec_add(lite->plan->arena, &lite->plan->changes) = (Change){type, object, fields, caused};
}

void lite_note_parts(Lite *lite)
{
    Object *object;
    for (size_t i = 0; i < lite->parts.count; i++) {
        const PartWork *part = lite->parts.at[i];
        if (!part->to)
            add_change(lite, CHANGE_DROP, part->from, 0, false);
        else if (!stays(part))
            add_change(lite, CHANGE_REPLACE, part->to,
                       part->same ? 0 : object_compare(part->from, part->to, false), part->same);
    }
    for (size_t i = 0; i < COUNT(kinds_in_order); i++)
        CATALOG_EACH(wanted_side(lite, kinds_in_order[i]), kinds_in_order[i], object)
        {
            if (!part_before(lite, object))
                add_change(lite, CHANGE_CREATE, object, 0, false);
        }
}
