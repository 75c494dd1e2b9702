/* Pairs of objects, what happens to each, and to whatever cannot stay where it is meanwhile. */
#include "plan/planner.h"

bool pair_goes(const Pair *pair)
{
    return pair &&
           (pair->fate == FATE_DROP || pair->fate == FATE_REPLACE || pair->fate == FATE_ASIDE);
}

bool pair_comes(const Pair *pair)
{
    return pair &&
           (pair->fate == FATE_CREATE || pair->fate == FATE_REPLACE || pair->fate == FATE_ASIDE);
}

Object *inherited_from(const Object *object)
{
    bool local = object->kind == KIND_COLUMN ? CATALOG_AS(Column, object)->is_local
                                             : CATALOG_AS(Constraint, object)->is_local ||
                                                   CATALOG_AS(Constraint, object)->type[0] != 'c';
    for (size_t i = 0; !local && i < object->parent->children.count; i++) {
        const Object *tie = object->parent->children.at[i];
        if ((tie->kind != KIND_PARTITION && tie->kind != KIND_INHERITANCE) || !tie->needs.count)
            continue;
        const Object *table = tie->needs.at[0];
        for (size_t k = 0; k < table->children.count; k++)
            if (table->children.at[k]->kind == object->kind &&
                strcmp(table->children.at[k]->name, object->name) == 0)
                return table->children.at[k];
    }
    return NULL;
}

/* ---- pairs ---- */

static uint64_t rebuild_bits(const Kind *kind)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].change == REBUILD)
            bits |= UINT64_C(1) << i;
    return bits;
}

static bool is_inherited_check(const Object *object)
{
    return object->kind == KIND_CONSTRAINT && inherited_from(object);
}

static void judge(Planner *planner, Pair *pair)
{
    const Object *object = pair_object(pair);
    const Ddl *ddl = ddl_of((KindId)object->kind);
    if (planner->options->ignored[object->kind] ||
        (object->kind == KIND_PRIVILEGE && !planner->owned))
        return;
    if (!pair->old || !pair->new) {
        pair->fate = pair->old ? FATE_DROP : FATE_CREATE;
        return;
    }
    if (is_inherited_check(pair->old) && is_inherited_check(pair->new))
        return; /* it is what its origin is */
    pair->changed = object_compare(pair->old, pair->new, planner->owned);
    bool renamed = strcmp(pair->old->title, pair->new->title) != 0;
    if (!renamed && online_swaps_key(planner, pair))
        pair->fate = FATE_ALTER;
    else if (renamed || (pair->changed & rebuild_bits(&kinds[object->kind])) ||
             (pair->changed && ddl->replace && ddl->replace(planner, pair)))
        pair->fate = FATE_REPLACE;
    else if (pair->changed)
        pair->fate = FATE_ALTER;
}

static void add_pair(Planner *planner, Object *old, Object *new)
{
    Pair *pair = arena_alloc(planner->arena, sizeof *pair);
    pair->old = old;
    pair->new = new;
    if (old) {
        old->work = pair;
        old->other = new;
    }
    if (new) {
        new->work = pair;
        new->other = old;
    }
    *vec_add(planner->arena, &planner->pairs) = pair;
}

static bool holds_type(const Object *object)
{
    switch (object->kind) {
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_RANGE:
    case KIND_COMPOSITE:
    case KIND_BASE_TYPE:
    case KIND_COLLATION:
        return true;
    default:
        return false;
    }
}

/* A type of another kind under the same name: columns go from one to the other. */
static void match_types(Planner *planner)
{
    Map *gone = map_new(planner->arena);
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        if (!pair->new &&holds_type(pair->old) && pair->old->kind != KIND_COLLATION)
            map_set(gone, strchr(pair->old->key, '/'), pair);
    }
    for (size_t i = 0; map_count(gone) && i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i], *other;
        if (pair->old || !pair->new || !holds_type(pair->new) ||
            pair->new->kind == KIND_COLLATION ||
            !(other = map_get(gone, strchr(pair->new->key, '/'))))
            continue;
        pair->old = other->old;
        pair->old->work = pair;
        pair->fate = FATE_REPLACE;
        other->old = NULL;
    }
}

static void match_kind(Planner *planner, KindId kind)
{
    const ObjectList *old = &planner->from->kinds[kind], *new = &planner->to->kinds[kind];
    size_t i = 0, k = 0;
    while (i < old->count || k < new->count) {
        int order = i == old->count   ? 1
                    : k == new->count ? -1
                                      : strcmp(old->at[i]->key, new->at[k]->key);
        add_pair(planner, order <= 0 ? old->at[i] : NULL, order >= 0 ? new->at[k] : NULL);
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- what else must move ---- */

typedef struct Spread {
    Planner *planner;
    VEC(Pair *) work;
} Spread;

/* Columns keep their rows: a type that they have is renamed until they have the new one. */
static bool has_columns(const Object *type)
{
    for (size_t i = 0; i < type->users.count; i++) {
        const Object *user = type->users.at[i];
        if ((user->kind == KIND_COLUMN || user->kind == KIND_TABLE || user->kind == KIND_DOMAIN ||
             user->kind == KIND_ATTRIBUTE) &&
            pair_of(user)->new)
            return true;
    }
    return false;
}

static bool keeps_rows(const Pair *pair)
{
    return pair->old->kind == KIND_TABLE && strcmp(pair->old->title, "TABLE") == 0 &&
           strcmp(pair->new->title, "TABLE") == 0;
}

static void set_fate(Spread *spread, Pair *pair, Fate fate, bool caused)
{
    if (fate == FATE_REPLACE &&
        ((holds_type(pair->old) && has_columns(pair->old)) || keeps_rows(pair)))
        fate = FATE_ASIDE;
    if (fate == FATE_REPLACE && pair->old->kind == KIND_INDEX && !caused &&
        is_online(spread->planner, pair->new->parent) && !CATALOG_AS(Index, pair->old)->is_attached)
        fate = FATE_ASIDE; /* the new one is there before the old one goes */
    pair->fate = fate;
    pair->caused |= caused;
    *vec_add(spread->planner->arena, &spread->work) = pair;
}

static bool needs_new(const Pair *user, const Pair *needed)
{
    for (size_t i = 0; i < user->new->needs.count; i++)
        if (user->new->needs.at[i] == needed->new)
            return true;
    return false;
}

/* Its ALTER ends its need of what goes. */
static bool lets_go(const Pair *user, const Pair *gone)
{
    /* a function needs every transform of its types that there is (pg_proc.c, ProcedureCreate) */
    if (user->fate != FATE_ALTER || gone->old->kind == KIND_TRANSFORM)
        return false;
    return !gone->new || !needs_new(user, gone);
}

static void retype(Spread *spread, Pair *column)
{
    column->changed |= field_bit(KIND_COLUMN, "type");
    if (column->fate == FATE_KEEP)
        column->caused = true;
    set_fate(spread, column, FATE_ALTER, false);
}

/* `user` needs what goes, or what is altered in a way that it is in the way of. */
static void move(Spread *spread, Pair *user, const Pair *cause)
{
    const Object *object = user->old;
    bool aside = cause->fate == FATE_ASIDE && holds_type(cause->old);
    if (!user->new || pair_goes(user) || spread->planner->options->ignored[object->kind])
        return;
    if (object->kind == KIND_COLUMN && aside && !CATALOG_AS(Column, object)->generated)
        retype(spread, user);
    else if (object->kind == KIND_ATTRIBUTE)
        set_fate(spread, pair_of(object->parent), FATE_REPLACE, true);
    else
        set_fate(spread, user, FATE_REPLACE, true);
}

/* The server reads it again when it rebuilds it, and would understand something else. */
static bool is_read_otherwise(const char *definition)
{
    return strstr(definition, "(ARRAY[") && strstr(definition, "])::text[]");
}

/* A column whose type changes cannot have these on it. Indexes and most constraints are rebuilt by
 * the server (src/backend/commands/tablecmds.c, ATExecAlterColumnType). */
static bool is_in_the_way(const Object *user)
{
    switch (user->kind) {
    case KIND_INDEX:
        return CATALOG_AS(Index, user)->statistics.count || /* which would be lost */
               is_read_otherwise(CATALOG_AS(Index, user)->definition);
    case KIND_STATISTICS: /* it is rebuilt, but its target is lost */
        return CATALOG_AS(Statistics, user)->target >= 0;
    case KIND_CONSTRAINT:
        return CATALOG_AS(Constraint, user)->type[0] == 'f' ||
               is_read_otherwise(CATALOG_AS(Constraint, user)->definition);
    case KIND_COLUMN:
        return CATALOG_AS(Column, user)->generated != NULL;
    default:
        return true;
    }
}

static bool is_retyped(const Pair *pair)
{
    return (pair->old->kind == KIND_COLUMN || pair->old->kind == KIND_ATTRIBUTE) &&
           (is_changed(pair, "type") || is_changed(pair, "collation"));
}

static bool mentions_column(const Planner *planner, const char *text, const char *name)
{
    const char *word = quoted(planner, name);
    for (const char *at = text; at && (at = strstr(at, word)); at++)
        if ((at == text || strchr(" (,", at[-1])) && strchr(" ,)", at[strlen(word)]))
            return true;
    return false;
}

/* What cannot be altered where it stands: the columns of a partition key, and the attributes of a
 * type that a table's column has. */
static void move_holder(Spread *spread, Pair *pair)
{
    const Object *holder = pair->old->parent;
    if (!is_retyped(pair) || pair_goes(pair_of(holder)))
        return;
    if (holder->kind == KIND_COMPOSITE
            ? has_columns(holder)
            : mentions_column(spread->planner, CATALOG_AS(Table, holder)->partition_key,
                              pair->old->name))
        set_fate(spread, pair_of(holder), FATE_REPLACE, true);
}

/* A domain cannot learn a condition while a type that a column has is built of it (typecmds.c,
 * get_rels_with_domain). */
static bool is_buried(const Object *domain)
{
    for (size_t i = 0; i < domain->users.count; i++) {
        const Object *user = domain->users.at[i];
        if (user->kind == KIND_ATTRIBUTE && has_columns(user->parent))
            return true;
        if (user->kind == KIND_DOMAIN && is_buried(user))
            return true;
        if (user->kind == KIND_COLUMN && strstr(CATALOG_AS(Column, user)->type, "[]"))
            return true;
    }
    return false;
}

static void move_buried(Spread *spread, Pair *pair)
{
    const Object *object = pair_object(pair);
    Pair *domain = pair_of(object->kind == KIND_DOMAIN ? object : object->parent);
    bool stricter = object->kind == KIND_DOMAIN
                        ? pair->fate == FATE_ALTER && is_changed(pair, "not_null") &&
                              CATALOG_AS(Domain, pair->new)->not_null
                        : pair_comes(pair);
    if (stricter && domain->old && domain->new && !pair_goes(domain) && is_buried(domain->old))
        set_fate(spread, domain, FATE_REPLACE, true);
}

/* ---- inheritance ---- */

static bool is_tied(const Object *object, const Fate *fates, size_t count)
{
    for (size_t i = 0; i < object->parent->children.count; i++) {
        const Object *tie = object->parent->children.at[i];
        for (size_t k = 0; tie->kind == KIND_INHERITANCE && k < count; k++)
            if (pair_of(tie)->fate == fates[k])
                return true;
    }
    return false;
}

static void renew_ties(Spread *spread, const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_INHERITANCE &&
            !pair_goes(pair_of(table->children.at[i])))
            set_fate(spread, pair_of(table->children.at[i]), FATE_REPLACE, true);
}

/* A column that is only inherited cannot be made so on a table that is there, unless the parent
 * table gets it after the tie; one that becomes the table's own does so when the tie is renewed. */
static void judge_inherited(Spread *spread, Pair *pair)
{
    static const Fate coming[] = {FATE_CREATE, FATE_REPLACE};
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    const Object *origin = new ? inherited_from(pair->new) : NULL;
    Pair *table = new ? pair_of(pair->new->parent) : NULL;
    if (!new || !table->old || pair_comes(table) || CATALOG_AS(Table, table->new)->of_type)
        return;
    bool ties = is_tied(pair->new, coming, COUNT(coming));
    if (old && !old->is_local && new->is_local && is_tied(pair->new, (Fate[]){FATE_KEEP}, 1))
        renew_ties(spread, pair->old->parent);
    else if (origin && ((old && old->is_local && is_tied(pair->new, (Fate[]){FATE_KEEP}, 1)) ||
                        (ties && (old || pair_of(origin)->fate != FATE_CREATE ||
                                  pair_comes(pair_of(origin->parent))))))
        set_fate(spread, table, FATE_REPLACE, true);
}

/* DROP NOT NULL on a partitioned table takes it from the partitions too: those that keep it get it
 * again. */
static void judge_not_null(Spread *spread, Pair *pair)
{
    const Object *origin = pair->old && pair->new ? inherited_from(pair->new) : NULL;
    const Pair *other = pair_of(origin);
    if (!origin || pair_goes(pair) || !other->old || pair_goes(other) ||
        !CATALOG_AS(Table, origin->parent)->partition_key ||
        !CATALOG_AS(Column, other->old)->not_null || CATALOG_AS(Column, other->new)->not_null ||
        !CATALOG_AS(Column, pair->old)->not_null || !CATALOG_AS(Column, pair->new)->not_null)
        return;
    pair->changed |= field_bit(KIND_COLUMN, "not_null");
    set_fate(spread, pair, FATE_ALTER, pair->fate == FATE_KEEP);
}

/* A check that was only inherited goes with the one that it came from. */
static void judge_check(Spread *spread, Pair *pair)
{
    const Object *origin = pair->old && pair->new ? inherited_from(pair->old) : NULL;
    if (origin && pair->fate == FATE_KEEP && pair_goes(pair_of(origin)) &&
        CATALOG_AS(Constraint, pair->new)->is_local)
        set_fate(spread, pair, FATE_REPLACE, true);
}

/* Rows that break a check NOT VALID move to a new table before that has it: what it would inherit
 * is made anew, after them. */
static void renew_checks(Spread *spread, const Pair *table)
{
    for (size_t i = 0; i < table->new->children.count; i++) {
        const Object *check = table->new->children.at[i];
        const Object *origin = check->kind == KIND_CONSTRAINT ? inherited_from(check) : NULL;
        if (origin && origin->kind == KIND_CONSTRAINT && pair_of(origin)->old &&
            !pair_goes(pair_of(origin)) &&
            strstr(CATALOG_AS(Constraint, check)->definition, " NOT VALID") &&
            is_tied(check, (Fate[]){FATE_KEEP, FATE_CREATE, FATE_REPLACE}, 3))
            set_fate(spread, pair_of(origin), FATE_REPLACE, true);
    }
}

/* A clone whose state is its own is told again when what it comes from is. */
static void judge_clone(Spread *spread, Pair *pair)
{
    if (!pair->old || !pair->new || pair_goes(pair) || !trigger_follows(pair))
        return;
    pair->changed |= field_bit(KIND_TRIGGER, "enabled");
    set_fate(spread, pair, FATE_ALTER, pair->fate == FATE_KEEP);
}

/* ---- the order of columns ---- */

static int64_t place_of(const Object *part)
{
    return part->kind == KIND_COLUMN ? CATALOG_AS(Column, part)->position
                                     : CATALOG_AS(Attribute, part)->position;
}

/* Whether two of its columns (or attributes) would stand the other way round: those that come are
 * added at the end. */
static bool is_out_of_order(const Pair *whole, unsigned kind)
{
    const Links *list = &whole->new->children;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; list->at[i]->kind == kind && k < list->count; k++) {
            const Object *first = list->at[i], *second = list->at[k];
            if (second->kind != kind || place_of(first) >= place_of(second))
                continue;
            const Object *before = pair_of(first)->old, *after = pair_of(second)->old;
            if (after && (!before || place_of(before) > place_of(after)))
                return true;
        }
    return false;
}

/* The order of a composite type's attributes is part of what its values are. */
static void judge_attributes(Spread *spread, Pair *type)
{
    if (type->old && type->new && !pair_goes(type) && is_out_of_order(type, KIND_ATTRIBUTE))
        set_fate(spread, type, FATE_REPLACE, false);
}

static void judge_order(Spread *spread, Pair *table)
{
    ColumnOrder wanted = spread->planner->options->column_order;
    if (wanted == COLUMN_ORDER_IGNORE || !table->old || !table->new || pair_goes(table) ||
        CATALOG_AS(Table, table->new)->server || CATALOG_AS(Table, table->new)->of_type ||
        !is_out_of_order(table, KIND_COLUMN))
        return;
    if (wanted == COLUMN_ORDER_REBUILD)
        set_fate(spread, table, FATE_REPLACE, false);
    else
        plan_refuse(spread->planner->plan, table->new,
                    "%s: its columns stand in another order; --column-order rebuild changes that",
                    name_of(spread->planner, table->new));
}

static bool has_part_in(const Object *index, const Object *table)
{
    for (size_t i = 0; i < index->users.count; i++)
        if (index->users.at[i]->kind == KIND_INDEX_PARTITION &&
            index->users.at[i]->parent->parent == table)
            return true;
    return false;
}

/* An index that was made ON ONLY the partitioned table would be made in what is attached: it is
 * made after that. */
static void renew_partial(Spread *spread, const Pair *tie)
{
    const Object *whole = tie->new->needs.count ? tie->new->needs.at[0] : NULL;
    for (size_t i = 0; whole && i < whole->children.count; i++) {
        Pair *index = pair_of(whole->children.at[i]);
        if (whole->children.at[i]->kind == KIND_INDEX && index->old && !pair_goes(index) &&
            !CATALOG_AS(Table, tie->new->parent)->server &&
            !has_part_in(index->new, tie->new->parent))
            set_fate(spread, index, FATE_REPLACE, true);
    }
}

static void judge_ties(Spread *spread)
{
    Planner *planner = spread->planner;
    for (size_t i = 0; i < planner->pairs.count; i++) {
        Pair *pair = planner->pairs.at[i];
        unsigned kind = pair_object(pair)->kind;
        if (kind == KIND_COLUMN) {
            judge_inherited(spread, pair);
            judge_not_null(spread, pair);
        } else if (kind == KIND_TABLE)
            judge_order(spread, pair);
        else if (kind == KIND_COMPOSITE)
            judge_attributes(spread, pair);
        else if (kind == KIND_CONSTRAINT)
            judge_check(spread, pair);
        else if (kind == KIND_TRIGGER)
            judge_clone(spread, pair);
        else if (kind == KIND_PARTITION && pair->fate == FATE_CREATE)
            renew_partial(spread, pair);
        else if (kind == KIND_DOMAIN || kind == KIND_DOMAIN_CONSTRAINT)
            move_buried(spread, pair);
    }
}

/* The functions of a base type stay with it under other names. */
static void spread_support(Spread *spread, const Pair *pair)
{
    for (size_t i = 0; i < pair->old->needs.count; i++) {
        Pair *function = pair_of(pair->old->needs.at[i]);
        if (function->old->kind != KIND_FUNCTION || !function->new || pair_goes(function))
            continue;
        for (size_t k = 0; k < function->old->needs.count; k++)
            if (function->old->needs.at[k] == pair->old)
                set_fate(spread, function, pair->fate, true);
    }
}

static void spread_children(Spread *spread, const Pair *pair)
{
    for (size_t i = 0; i < pair->old->children.count; i++) {
        Pair *child = pair_of(pair->old->children.at[i]);
        if (child->new && !pair_goes(child))
            set_fate(spread, child, FATE_REPLACE, true);
    }
}

/* An index of a partition goes with the index of the partitioned table that it is part of. */
static void spread_tie(Spread *spread, const Pair *pair)
{
    Pair *index = pair_of(pair->old->parent);
    Pair *whole = pair->old->needs.count ? pair_of(pair->old->needs.at[0]) : NULL;
    if (pair_goes(whole) && index->new && !pair_goes(index) &&
        !pair_goes(pair_of(whole->old->parent)))
        set_fate(spread, index, FATE_REPLACE, true);
}

/* A tie that is undone leaves columns of the table's own, and they stay so when it is made again.
 */
static void spread_inheritance(Spread *spread, const Pair *tie)
{
    Pair *table = pair_of(tie->old->parent);
    if (!table->new || pair_goes(table) || !pair_comes(tie))
        return;
    for (size_t i = 0; i < table->new->children.count; i++) {
        const Object *child = table->new->children.at[i];
        if (child->kind == KIND_COLUMN && !CATALOG_AS(Column, child)->is_local &&
            pair_of(child)->old) {
            set_fate(spread, table, FATE_REPLACE, true);
            return;
        }
    }
}

/* An index that is part of a whole cannot be dropped alone: the whole is made anew. */
static void spread_part(Spread *spread, const Pair *pair)
{
    const Object *table = pair->old->parent;
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_PARTITION &&
            pair_goes(pair_of(table->children.at[i])))
            return;
    for (size_t i = 0; !pair_goes(pair_of(table)) && i < pair->old->children.count; i++) {
        const Object *tie = pair->old->children.at[i];
        Pair *whole = tie->kind == KIND_INDEX_PARTITION && tie->needs.count
                          ? pair_of(tie->needs.at[0])
                          : NULL;
        if (whole && whole->new && !pair_goes(whole))
            set_fate(spread, whole, FATE_REPLACE, true);
    }
}

static void spread_pair(Spread *spread, Pair *pair)
{
    const Object *old = pair->old;
    if (!old)
        return;
    bool goes = pair_goes(pair), retyped = pair->fate == FATE_ALTER && is_retyped(pair);
    if (retyped)
        move_holder(spread, pair);
    if (goes && (old->kind == KIND_BASE_TYPE || has_shell(old)))
        spread_support(spread, pair);
    if (goes)
        spread_children(spread, pair);
    if (goes && (old->kind == KIND_INDEX || old->kind == KIND_CONSTRAINT))
        spread_part(spread, pair);
    if (pair->fate == FATE_ASIDE && old->kind == KIND_TABLE)
        renew_checks(spread, pair);
    if (goes && old->kind == KIND_INHERITANCE)
        spread_inheritance(spread, pair);
    if (old->kind == KIND_PARTITION && pair_comes(pair))
        renew_partial(spread, pair);
    if (goes && old->kind == KIND_INDEX_PARTITION)
        spread_tie(spread, pair);
    for (size_t i = 0; i < old->users.count; i++) {
        Pair *user = pair_of(old->users.at[i]);
        if ((goes && !lets_go(user, pair)) || (retyped && is_in_the_way(user->old)))
            move(spread, user, pair);
    }
}

static void spread_all(Spread *spread)
{
    for (size_t i = 0; i < spread->work.count; i++)
        spread_pair(spread, spread->work.at[i]);
}

bool decide_replace(Planner *planner, Pair *pair)
{
    Spread spread = {.planner = planner};
    switch (pair_object(pair)->kind) {
    case KIND_VIEW:
    case KIND_FUNCTION:
    case KIND_DEFAULT:
    case KIND_POLICY:
    case KIND_SEQUENCE_OWNER:
    case KIND_REPLICA_IDENTITY:
    case KIND_TABLE_CLUSTER:
    case KIND_TRIGGER:
    case KIND_RULE:
        set_fate(&spread, pair, FATE_REPLACE, false);
        spread_all(&spread);
        return true;
    default:
        return false;
    }
}

/* ---- foreign keys that stay with a partition that is detached ---- */

bool stays_behind(const Object *key)
{
    return key->kind == KIND_CONSTRAINT && CATALOG_AS(Constraint, key)->type[0] == 'f' &&
           (!pair_goes(pair_of(key)) || pair_goes(pair_of(key->parent)));
}

static bool can_stay(const Object *left, const Object *key)
{
    for (size_t i = 0; i < left->needs.count; i++)
        if (left->needs.at[i]->parent != left->parent && pair_goes(pair_of(left->needs.at[i])))
            return false;
    return stays_behind(left) && !key->comment &&
           strcmp(CATALOG_AS(Constraint, left)->definition,
                  CATALOG_AS(Constraint, key)->definition) == 0;
}

static void keep_detached(const Pair *tie)
{
    const Pair *table = pair_of(tie->old->parent);
    const Object *whole = tie->old->needs.count ? tie->old->needs.at[0] : NULL;
    if (!whole || !pair_goes(tie) || !table->new || pair_goes(table))
        return;
    for (size_t i = 0; i < table->new->children.count; i++)
        for (size_t k = 0; k < whole->children.count; k++) {
            const Object *key = table->new->children.at[i], *left = whole->children.at[k];
            if (key->kind == KIND_CONSTRAINT && left->kind == KIND_CONSTRAINT &&
                pair_of(key)->fate == FATE_CREATE && strcmp(key->name, left->name) == 0 &&
                can_stay(left, key))
                pair_of(key)->fate = FATE_KEEP;
        }
}

void decide(Planner *planner)
{
    Spread spread = {.planner = planner};
    for (unsigned kind = 0; kind < KIND_LITE_TABLE; kind++)
        match_kind(planner, (KindId)kind);
    match_types(planner);
    size_t kept = 0;
    for (size_t i = 0; i < planner->pairs.count; i++)
        if (planner->pairs.at[i]->old || planner->pairs.at[i]->new)
            planner->pairs.at[kept++] = planner->pairs.at[i];
    planner->pairs.count = kept;
    for (size_t i = 0; i < planner->pairs.count; i++)
        if (planner->pairs.at[i]->fate == FATE_KEEP)
            judge(planner, planner->pairs.at[i]);
    for (size_t i = 0; i < planner->pairs.count; i++)
        if (planner->pairs.at[i]->fate != FATE_KEEP && planner->pairs.at[i]->fate != FATE_CREATE)
            set_fate(&spread, planner->pairs.at[i], planner->pairs.at[i]->fate, false);
    judge_ties(&spread);
    spread_all(&spread);
    for (size_t i = 0; i < planner->pairs.count; i++)
        if (pair_object(planner->pairs.at[i])->kind == KIND_PARTITION && planner->pairs.at[i]->old)
            keep_detached(planner->pairs.at[i]);
}
