/* Tables, views and sequences as they are made, and their columns. */
#include "lint/known_parts.h"

KnownRelation *known_add_relation(Known *known, TreeName name, RelationType type)
{
    const char *schema = name.schema ? name.schema : known_schema(known);
    if (!name.name || known_find(known, schema, name.name))
        return NULL; /* IF NOT EXISTS */
    KnownRelation *relation = arena_alloc(known->arena, sizeof *relation);
    relation->schema = schema;
    relation->name = name.name;
    relation->type = type;
    relation->complete = true;
    relation->transaction = known->transaction;
    *vec_add(known->arena, &known->relations) = relation;
    return relation;
}

/* By what was written; a temporary table lives in a schema of its own. */
static KnownRelation *add_range(Known *known, const PgQuery__RangeVar *range, RelationType type)
{
    TreeName name = tree_range(range);
    const char *persistence = tree_text(range->relpersistence);
    bool temporary = persistence && *persistence == 't';
    if (temporary)
        name.schema = "pg_temp";
    KnownRelation *relation = known_add_relation(known, name, type);
    if (relation) {
        relation->temporary = temporary;
        relation->unlogged = persistence && *persistence == 'u';
    }
    return relation;
}

/* ---- columns ---- */

/* SEQUENCE NAME among the options of an identity column. */
static TreeName sequence_name(PgQuery__Node *const *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const PgQuery__DefElem *option =
            options[i]->node_case == NODE(DEF_ELEM) ? options[i]->def_elem : NULL;
        if (option && strcmp(option->defname, "sequence_name") == 0 && option->arg &&
            option->arg->node_case == NODE(LIST))
            return tree_name(option->arg->list->items, option->arg->list->n_items);
    }
    return (TreeName){NULL, NULL};
}

void known_own_sequence(Known *known, KnownRelation *table, KnownColumn *column,
                        const PgQuery__Constraint *identity)
{
    TreeName name =
        identity ? sequence_name(identity->options, identity->n_options) : (TreeName){NULL, NULL};
    if (!name.name)
        name.name = choose_sequence_name(known, table, column->name);
    if (!name.schema)
        name.schema = table->schema;
    KnownRelation *sequence = known_add_relation(known, name, RELATION_SEQUENCE);
    if (!sequence)
        return;
    sequence->owner = table;
    sequence->owner_column = column;
    sequence->temporary = table->temporary;
}

static void take_constraint(Known *known, KnownRelation *table, KnownColumn *column,
                            const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case CONSTR(NOTNULL):
        column->not_null = true;
        break;
    case CONSTR(DEFAULT):
        column->has_default = true;
        column->value = constraint->raw_expr;
        break;
    case CONSTR(IDENTITY):
        column->identity = true;
        column->not_null = true;
        known_own_sequence(known, table, column, constraint);
        break;
    case CONSTR(GENERATED):
        column->generated = true;
        break;
    default:
        known_add_constraint(known, table, constraint, column);
        break;
    }
}

void known_add_column(Known *known, KnownRelation *table, const PgQuery__ColumnDef *definition)
{
    KnownColumn *column = known_column(table, definition->colname);
    if (!column) { /* otherwise inherited, or OF a type */
        column = arena_alloc(known->arena, sizeof *column);
        column->name = definition->colname;
        *vec_add(known->arena, &table->columns) = column;
    }
    if (definition->type_name)
        column->type = known_type_use(known, definition->type_name);
    if (definition->coll_clause) {
        TreeName collation =
            tree_name(definition->coll_clause->collname, definition->coll_clause->n_collname);
        column->collation = collation.name;
    }
    column->not_null = column->not_null || definition->is_not_null;
    if (column->type.serial) {
        column->not_null = column->has_default = true;
        known_own_sequence(known, table, column, NULL);
    }
    for (size_t i = 0; i < definition->n_constraints; i++)
        if (definition->constraints[i]->node_case == NODE(CONSTRAINT))
            take_constraint(known, table, column, definition->constraints[i]->constraint);
}

static void copy_column(Known *known, KnownRelation *table, const KnownColumn *from)
{
    if (known_column(table, from->name))
        return;
    KnownColumn *column = arena_alloc(known->arena, sizeof *column);
    *column = *from;
    column->identity = false;
    *vec_add(known->arena, &table->columns) = column;
}

/* ---- parents ---- */

void known_inherit(Known *known, KnownRelation *child, KnownRelation *parent)
{
    KnownRelationList below = {0};
    known_tree_of(known->arena, child, &below);
    for (size_t i = 0; i < below.count; i++)
        if (below.at[i] == parent)
            return; /* no server would let it be its own parent */
    *vec_add(known->arena, &child->parents) = parent;
    *vec_add(known->arena, &parent->children) = child;
    child->complete = child->complete && parent->complete;
    for (size_t i = 0; i < parent->columns.count; i++)
        copy_column(known, child, parent->columns.at[i]);
}

/* A new partition or inheritor: CHECKs, and for a partition all else. */
static void inherit_rest(Known *known, KnownRelation *child, const KnownRelation *parent)
{
    for (size_t i = 0; i < parent->constraints.count; i++) {
        const KnownConstraint *constraint = parent->constraints.at[i];
        if ((constraint->type == CONSTRAINT_CHECK && !constraint->no_inherit) ||
            (child->partition && constraint->type == CONSTRAINT_FOREIGN))
            known_copy_constraint(known, child, constraint)->inherited = true;
    }
    for (size_t i = 0; child->partition && i < parent->indexes.count; i++)
        known_copy_index(known, child, parent->indexes.at[i], true);
}

enum { /* bits of TableLikeClause.options: 1 << (CREATE_TABLE_LIKE_x - 1) */
       LIKE_CONSTRAINTS = 1 << 2,
       LIKE_DEFAULTS = 1 << 3,
       LIKE_GENERATED = 1 << 4,
       LIKE_IDENTITY = 1 << 5,
       LIKE_INDEXES = 1 << 6
};

static void copy_like(Known *known, KnownRelation *table, const PgQuery__TableLikeClause *like)
{
    const KnownRelation *from = known_find_range(known, like->relation);
    if (!from) {
        table->complete = false;
        return;
    }
    table->complete = table->complete && from->complete;
    for (size_t i = 0; i < from->columns.count; i++) {
        const KnownColumn *source = from->columns.at[i];
        copy_column(known, table, source);
        KnownColumn *column = known_column(table, source->name);
        column->has_default = source->has_default && (like->options & LIKE_DEFAULTS);
        column->generated = source->generated && (like->options & LIKE_GENERATED);
        if (source->identity && (like->options & LIKE_IDENTITY)) {
            column->identity = true;
            known_own_sequence(known, table, column, NULL);
        }
    }
    for (size_t i = 0; (like->options & LIKE_CONSTRAINTS) && i < from->constraints.count; i++)
        if (from->constraints.at[i]->type == CONSTRAINT_CHECK)
            known_copy_constraint(known, table, from->constraints.at[i]);
    for (size_t i = 0; (like->options & LIKE_INDEXES) && i < from->indexes.count; i++)
        known_copy_index(known, table, from->indexes.at[i], false);
}

/* ---- CREATE TABLE ---- */

static void take_partitioning(Known *known, KnownRelation *table,
                              const PgQuery__PartitionSpec *specification)
{
    const char *strategy = tree_text(specification->strategy);
    table->partitioned = true;
    table->strategy = strategy ? *strategy : 0;
    for (size_t i = 0; i < specification->n_part_params; i++) {
        const PgQuery__Node *node = specification->part_params[i];
        *vec_add(known->arena, &table->partition_keys) =
            node->node_case == NODE(PARTITION_ELEM)
                ? known_column(table, tree_text(node->partition_elem->name))
                : NULL;
    }
}

static void take_type(Known *known, KnownRelation *table, const PgQuery__TypeName *type)
{
    TypeUse use = known_type_use(known, type);
    if (!use.type || !use.type->relation) {
        table->complete = false;
        return;
    }
    table->of = use.type;
    for (size_t i = 0; i < use.type->relation->columns.count; i++)
        copy_column(known, table, use.type->relation->columns.at[i]);
}

static void take_parents(Known *known, KnownRelation *table, const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_inh_relations; i++) {
        KnownRelation *parent = create->inh_relations[i]->node_case == NODE(RANGE_VAR)
                                    ? known_find_range(known, create->inh_relations[i]->range_var)
                                    : NULL;
        if (parent)
            known_inherit(known, table, parent);
        else
            table->complete = false;
    }
    table->partition = create->partbound != NULL;
    table->bound = create->partbound;
}

static void take_elements(Known *known, KnownRelation *table, PgQuery__Node *const *elements,
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (elements[i]->node_case == NODE(COLUMN_DEF))
            known_add_column(known, table, elements[i]->column_def);
        else if (elements[i]->node_case == NODE(TABLE_LIKE_CLAUSE))
            copy_like(known, table, elements[i]->table_like_clause);
    for (size_t i = 0; i < count; i++)
        if (elements[i]->node_case == NODE(CONSTRAINT))
            known_add_constraint(known, table, elements[i]->constraint, NULL);
}

void known_create_table(Known *known, const PgQuery__CreateStmt *create, RelationType type)
{
    KnownRelation *table = add_range(known, create->relation, type);
    if (!table)
        return;
    table->tablespace = tree_text(create->tablespacename);
    table->method = tree_text(create->access_method);
    take_parents(known, table, create);
    if (create->of_typename)
        take_type(known, table, create->of_typename);
    take_elements(known, table, create->table_elts, create->n_table_elts);
    take_elements(known, table, create->constraints, create->n_constraints);
    if (create->partspec)
        take_partitioning(known, table, create->partspec);
    for (size_t i = 0; i < table->parents.count; i++)
        inherit_rest(known, table, table->parents.at[i]);
}

/* ---- made from queries ---- */

/* No server lets a view read itself; a text may say so. */
static bool reads_through(const KnownRelation *relation, const KnownRelation *other)
{
    if (relation == other)
        return true;
    for (size_t i = 0; i < relation->reads.count; i++)
        if (reads_through(relation->reads.at[i], other))
            return true;
    return false;
}

static void take_reads(Known *known, KnownRelation *relation, const PgQuery__Node *query)
{
    RangeList ranges = {0};
    tree_ranges(known->arena, NODE_TREE(query), &ranges);
    for (size_t i = 0; i < ranges.count; i++) {
        KnownRelation *read = known_find_range(known, ranges.at[i]);
        if (read && !reads_through(read, relation))
            *vec_add(known->arena, &relation->reads) = read;
    }
}

/* The name that the server gives to an expression (parse_target.c: FigureColname); NULL: none. */
static const char *expression_name(const PgQuery__Node *value)
{
    const char *name;
    switch (value ? value->node_case : PG_QUERY__NODE__NODE__NOT_SET) {
    case NODE(COLUMN_REF):
        return tree_name(value->column_ref->fields, value->column_ref->n_fields).name;
    case NODE(FUNC_CALL):
        return tree_name(value->func_call->funcname, value->func_call->n_funcname).name;
    case NODE(TYPE_CAST):
        name = expression_name(value->type_cast->arg);
        return name ? name
                    : tree_name(value->type_cast->type_name->names,
                                value->type_cast->type_name->n_names)
                          .name;
    case NODE(CASE_EXPR):
        name = expression_name(value->case_expr->defresult);
        return name ? name : "case";
    case NODE(COALESCE_EXPR):
        return "coalesce";
    case NODE(A_ARRAY_EXPR):
        return "array";
    default:
        return NULL;
    }
}

/* NULL for `*`. */
static const char *target_name(const PgQuery__Node *target)
{
    if (target->node_case != NODE(RES_TARGET))
        return NULL;
    if (tree_text(target->res_target->name))
        return target->res_target->name;
    const PgQuery__Node *value = target->res_target->val;
    const char *name = expression_name(value);
    return name || (value && value->node_case == NODE(COLUMN_REF)) ? name : "?column?";
}

/* The type that a cast gives, or that of a column of the only table read; otherwise not known. */
static TypeUse target_type(const Known *known, const PgQuery__SelectStmt *select,
                           const PgQuery__Node *value)
{
    if (value && value->node_case == NODE(TYPE_CAST))
        return known_type_use(known, value->type_cast->type_name);
    const KnownRelation *only =
        select->n_from_clause == 1 && select->from_clause[0]->node_case == NODE(RANGE_VAR)
            ? known_find_range(known, select->from_clause[0]->range_var)
            : NULL;
    if (!only || !value || value->node_case != NODE(COLUMN_REF))
        return (TypeUse){0};
    TreeName name = tree_name(value->column_ref->fields, value->column_ref->n_fields);
    const KnownColumn *column = known_column(only, name.name);
    return column ? column->type : (TypeUse){0};
}

/* The columns of a query by name. */
static void take_targets(Known *known, KnownRelation *table, const PgQuery__Node *query)
{
    const PgQuery__SelectStmt *select =
        query && query->node_case == NODE(SELECT_STMT) ? query->select_stmt : NULL;
    while (select && select->larg)
        select = select->larg;
    table->complete = select && select->n_target_list > 0;
    for (size_t i = 0; select && i < select->n_target_list; i++) {
        const char *name = target_name(select->target_list[i]);
        if (!name) {
            table->complete = false;
            continue;
        }
        if (known_column(table, name))
            continue;
        KnownColumn *column = arena_alloc(known->arena, sizeof *column);
        column->name = name;
        column->type = target_type(known, select, select->target_list[i]->res_target->val);
        *vec_add(known->arena, &table->columns) = column;
    }
}

void known_create_table_as(Known *known, const PgQuery__Node *query,
                           const PgQuery__IntoClause *into, RelationType type)
{
    KnownRelation *table = into->rel ? add_range(known, into->rel, type) : NULL;
    if (!table)
        return;
    take_targets(known, table, query);
    for (size_t i = 0; i < into->n_col_names && i < table->columns.count; i++)
        table->columns.at[i]->name = tree_name(&into->col_names[i], 1).name;
    if (type == RELATION_MATVIEW)
        take_reads(known, table, query);
}

void known_create_view(Known *known, const PgQuery__ViewStmt *create)
{
    KnownRelation *view = known_find_range(known, create->view);
    if (view && create->replace) {
        view->reads.count = 0;
        view->columns.count = 0;
    } else {
        view = add_range(known, create->view, RELATION_VIEW);
    }
    if (!view)
        return;
    take_targets(known, view, create->query);
    take_reads(known, view, create->query);
}

/* OWNED BY table.column, OWNED BY NONE */
void known_alter_sequence(Known *known, const PgQuery__AlterSeqStmt *alter)
{
    KnownRelation *sequence = known_find_range(known, alter->sequence);
    for (size_t i = 0; sequence && i < alter->n_options; i++) {
        const PgQuery__DefElem *option = alter->options[i]->def_elem;
        if (strcmp(option->defname, "owned_by") != 0 || !option->arg ||
            option->arg->node_case != NODE(LIST))
            continue;
        const PgQuery__List *names = option->arg->list;
        TreeName table = names->n_items > 1 ? tree_name(names->items, names->n_items - 1)
                                            : (TreeName){NULL, NULL};
        sequence->owner = known_find(known, table.schema, table.name);
        sequence->owner_column =
            sequence->owner
                ? known_column(sequence->owner, tree_name(names->items, names->n_items).name)
                : NULL;
    }
}
