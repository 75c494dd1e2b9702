/* Constraints and indexes of the known tables. */
#include "lint/known_parts.h"

static void name_columns(Known *known, KnownRelation *table, PgQuery__Node *const *names,
                         size_t count, KnownColumnList *ret_columns)
{
    for (size_t i = 0; i < count; i++) {
        TreeName name = tree_name(&names[i], 1);
        KnownColumn *column = known_column(table, name.name);
        if (column)
            *vec_add(known->arena, ret_columns) = column;
    }
}

static void add_use(Known *known, KnownColumnList *uses, KnownColumn *column)
{
    for (size_t i = 0; i < uses->count; i++)
        if (uses->at[i] == column)
            return;
    *vec_add(known->arena, uses) = column;
}

static void use_tree(Known *known, const KnownRelation *table, KnownColumnList *uses,
                     const PgQuery__Node *node)
{
    NameList names = {0};
    tree_columns(known->arena, NODE_TREE(node), &names);
    for (size_t i = 0; i < names.count; i++) {
        KnownColumn *column = known_column(table, names.at[i]);
        if (column)
            add_use(known, uses, column);
    }
}

/* ---- indexes ---- */

static KnownIndex *add_index(Known *known, KnownRelation *table, const char *name)
{
    KnownIndex *index = arena_alloc(known->arena, sizeof *index);
    index->table = table;
    index->name = name;
    index->method = "btree";
    *vec_add(known->arena, &table->indexes) = index;
    return index;
}

static void use_elements(Known *known, KnownIndex *index, PgQuery__Node *const *elements,
                         size_t count, bool keys)
{
    for (size_t i = 0; i < count; i++) {
        if (elements[i]->node_case != NODE(INDEX_ELEM))
            continue;
        const PgQuery__IndexElem *element = elements[i]->index_elem;
        KnownColumn *column = known_column(index->table, tree_text(element->name));
        if (column && keys)
            *vec_add(known->arena, &index->keys) = column;
        if (column)
            add_use(known, &index->uses, column);
        if (element->expr) {
            index->expressions = true;
            use_tree(known, index->table, &index->uses, element->expr);
        }
    }
}

static KnownIndex *index_on(Known *known, KnownRelation *table, const PgQuery__IndexStmt *create,
                            const char *name)
{
    if (!name)
        name = choose_index_name(known, table, create);
    KnownIndex *index = add_index(known, table, name);
    index->unique = create->unique;
    index->source = create;
    if (tree_text(create->access_method))
        index->method = create->access_method;
    use_elements(known, index, create->index_params, create->n_index_params, true);
    use_elements(known, index, create->index_including_params, create->n_index_including_params,
                 false);
    if (create->where_clause) {
        index->partial = true;
        use_tree(known, table, &index->uses, create->where_clause);
    }
    return index;
}

void known_create_index(Known *known, const PgQuery__IndexStmt *create)
{
    KnownRelation *table = known_find_range(known, create->relation);
    const char *name = tree_text(create->idxname);
    if (!table || (name && create->if_not_exists && known_find_index(known, table->schema, name)))
        return;
    KnownIndex *index = index_on(known, table, create, name);
    index->only = table->partitioned && !create->relation->inh;
    for (size_t i = 0; table->partitioned && !index->only && i < table->children.count; i++)
        known_copy_index(known, table->children.at[i], index, true);
}

static bool is_equivalent(const KnownIndex *a, const KnownIndex *b)
{
    if (a->keys.count != b->keys.count || a->unique != b->unique ||
        strcmp(a->method, b->method) != 0 || a->expressions || b->expressions ||
        a->partial != b->partial)
        return false;
    for (size_t i = 0; i < a->keys.count; i++)
        if (strcmp(a->keys.at[i]->name, b->keys.at[i]->name) != 0)
            return false;
    return true;
}

static void copy_columns(Known *known, const KnownRelation *table, const KnownColumnList *from,
                         KnownColumnList *ret_columns)
{
    for (size_t i = 0; i < from->count; i++) {
        KnownColumn *column = known_column(table, from->at[i]->name);
        if (column)
            *vec_add(known->arena, ret_columns) = column;
    }
}

KnownIndex *known_matching_index(const KnownRelation *table, const KnownIndex *index)
{
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!table->indexes.at[i]->parent && is_equivalent(table->indexes.at[i], index))
            return table->indexes.at[i];
    return NULL;
}

static void copy_key(Known *known, KnownRelation *table, KnownIndex *index)
{
    for (size_t i = 0; i < index->table->constraints.count; i++) {
        const KnownConstraint *constraint = index->table->constraints.at[i];
        if (constraint->index == index)
            known_copy_constraint(known, table, constraint);
    }
}

void known_copy_index(Known *known, KnownRelation *table, KnownIndex *index, bool attach)
{
    KnownIndex *found = attach ? known_matching_index(table, index) : NULL;
    if (!found && index->source) {
        found = index_on(known, table, index->source, NULL);
    } else if (!found) {
        size_t before = table->indexes.count;
        copy_key(known, table, index);
        found = table->indexes.count > before ? table->indexes.at[before] : NULL;
    }
    if (!found || !attach)
        return;
    found->parent = index;
    for (size_t i = 0; table->partitioned && i < table->children.count; i++)
        known_copy_index(known, table->children.at[i], found, true);
}

/* ---- constraints ---- */

static KnownConstraint *add_constraint(Known *known, KnownRelation *table, ConstraintType type)
{
    KnownConstraint *constraint = arena_alloc(known->arena, sizeof *constraint);
    constraint->type = type;
    constraint->validated = true;
    *vec_add(known->arena, &table->constraints) = constraint;
    return constraint;
}

static void add_check(Known *known, KnownRelation *table, const PgQuery__Constraint *source)
{
    KnownConstraint *check = add_constraint(known, table, CONSTRAINT_CHECK);
    check->validated = !source->skip_validation;
    check->no_inherit = source->is_no_inherit;
    check->expression = source->raw_expr;
    check->name = "";
    NameList names = {0};
    tree_columns(known->arena, NODE_TREE(source->raw_expr), &names);
    for (size_t i = 0; i < names.count; i++) {
        KnownColumn *column = known_column(table, names.at[i]);
        if (!column)
            continue;
        *vec_add(known->arena, &check->columns) = column;
        *vec_add(known->arena, &check->names) = names.at[i];
    }
    const char *name = tree_text(source->conname);
    check->name = name ? name : choose_constraint_name(known, table, check);
}

static char action_of(const char *action)
{
    return tree_text(action) ? *action : 'a';
}

static void add_foreign(Known *known, KnownRelation *table, const PgQuery__Constraint *source,
                        KnownColumn *column)
{
    KnownConstraint *foreign = add_constraint(known, table, CONSTRAINT_FOREIGN);
    foreign->name = "";
    foreign->validated = !source->skip_validation;
    foreign->target = tree_range(source->pktable);
    foreign->references = known_find_range(known, source->pktable);
    foreign->on_delete = action_of(source->fk_del_action);
    foreign->on_update = action_of(source->fk_upd_action);
    if (column)
        *vec_add(known->arena, &foreign->columns) = column;
    name_columns(known, table, source->fk_attrs, source->n_fk_attrs, &foreign->columns);
    for (size_t i = 0; i < source->n_pk_attrs; i++) {
        TreeName name = tree_name(&source->pk_attrs[i], 1);
        if (name.name)
            *vec_add(known->arena, &foreign->target_columns) = name.name;
    }
    const char *name = tree_text(source->conname);
    foreign->name = name ? name : choose_constraint_name(known, table, foreign);
}

static KnownIndex *take_index(KnownRelation *table, const char *name)
{
    for (size_t i = 0; i < table->indexes.count; i++)
        if (strcmp(table->indexes.at[i]->name, name) == 0)
            return table->indexes.at[i];
    return NULL;
}

static void exclude_columns(Known *known, KnownRelation *table, KnownConstraint *key,
                            KnownIndex *index, const PgQuery__Constraint *source)
{
    for (size_t i = 0; i < source->n_exclusions; i++) {
        const PgQuery__Node *pair = source->exclusions[i];
        if (pair->node_case == NODE(LIST) && pair->list->n_items > 0)
            use_elements(known, index, pair->list->items, 1, true);
    }
    for (size_t i = 0; i < index->keys.count; i++)
        *vec_add(known->arena, &key->columns) = index->keys.at[i];
    index->method = tree_text(source->access_method) ? source->access_method : "btree";
    if (source->where_clause) {
        index->partial = true;
        use_tree(known, table, &index->uses, source->where_clause);
    }
}

/* The index of a key: one that is there, or a new one. */
static void key_index(Known *known, KnownRelation *table, KnownConstraint *key,
                      const PgQuery__Constraint *source)
{
    const char *name = tree_text(source->conname), *existing = tree_text(source->indexname);
    KnownIndex *index = existing ? take_index(table, existing) : NULL;
    if (existing) {
        key->name = name ? name : existing;
        if (!index)
            return;
        for (size_t i = 0; i < index->keys.count; i++)
            *vec_add(known->arena, &key->columns) = index->keys.at[i];
        index->name = key->name;
        index->source = NULL;
    } else {
        index = add_index(known, table, "");
        index->unique = key->type != CONSTRAINT_EXCLUDE;
        for (size_t i = 0; i < key->columns.count; i++) {
            *vec_add(known->arena, &index->keys) = key->columns.at[i];
            add_use(known, &index->uses, key->columns.at[i]);
        }
        if (key->type == CONSTRAINT_EXCLUDE)
            exclude_columns(known, table, key, index, source);
        key->name = name ? name : choose_key_name(known, table, key);
        index->name = key->name;
    }
    key->index = index;
}

static void add_key(Known *known, KnownRelation *table, const PgQuery__Constraint *source,
                    KnownColumn *column)
{
    ConstraintType type = source->contype == CONSTR(PRIMARY)  ? CONSTRAINT_PRIMARY
                          : source->contype == CONSTR(UNIQUE) ? CONSTRAINT_UNIQUE
                                                              : CONSTRAINT_EXCLUDE;
    KnownConstraint *key = add_constraint(known, table, type);
    key->name = "";
    if (column)
        *vec_add(known->arena, &key->columns) = column;
    name_columns(known, table, source->keys, source->n_keys, &key->columns);
    key_index(known, table, key, source);
    for (size_t i = 0; type == CONSTRAINT_PRIMARY && i < key->columns.count; i++)
        key->columns.at[i]->not_null = true;
}

void known_add_constraint(Known *known, KnownRelation *table, const PgQuery__Constraint *constraint,
                          KnownColumn *column)
{
    switch (constraint->contype) {
    case CONSTR(CHECK):
        add_check(known, table, constraint);
        break;
    case CONSTR(FOREIGN):
        add_foreign(known, table, constraint, column);
        break;
    case CONSTR(PRIMARY):
    case CONSTR(UNIQUE):
    case CONSTR(EXCLUSION):
        add_key(known, table, constraint, column);
        break;
    default: /* of a column: known_add_column */
        break;
    }
}

/* The same constraint on another table, by the names of its columns. */
KnownConstraint *known_copy_constraint(Known *known, KnownRelation *table,
                                       const KnownConstraint *constraint)
{
    bool key = constraint->type != CONSTRAINT_CHECK && constraint->type != CONSTRAINT_FOREIGN;
    KnownConstraint *copy = add_constraint(known, table, constraint->type);
    KnownColumnList columns = {0};
    copy_columns(known, table, &constraint->columns, &columns);
    const char *name = constraint->name;
    *copy = *constraint;
    copy->name = "";
    copy->columns = columns;
    copy->index = NULL;
    copy->inherited = false;
    copy->name = key ? choose_key_name(known, table, copy) : name;
    if (!key)
        return copy;
    KnownIndex *index = add_index(known, table, copy->name);
    index->unique = copy->type != CONSTRAINT_EXCLUDE;
    if (constraint->index)
        index->method = constraint->index->method;
    index->keys = columns;
    index->uses = columns;
    copy->index = index;
    for (size_t i = 0; copy->type == CONSTRAINT_PRIMARY && i < columns.count; i++)
        columns.at[i]->not_null = true;
    return copy;
}
