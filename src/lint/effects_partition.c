/* Partitions: whether their rows must be read depends on what constraints already say.
 *
 * The server proves by its predicate prover that a table's constraints imply the partition's bound.
 * Here only what people write for that purpose is understood: comparisons of the key with
 * constants. Where nothing is proved the rows are read, as they are on the server. */
#include "lint/effects_parts.h"

/* ---- constants ---- */

static const PgQuery__Node *bare(const PgQuery__Node *node)
{
    while (node && node->node_case == NODE(TYPE_CAST))
        node = node->type_cast->arg;
    return node;
}

static bool is_integer(const PgQuery__Node *node)
{
    return node->node_case == NODE(A_CONST) &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL;
}

/* "2024-01-31", with or without a time: the order of such texts is that of their dates */
static bool is_date(const PgQuery__Node *node)
{
    if (node->node_case != NODE(A_CONST) || node->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return false;
    const char *text = node->a_const->sval->sval;
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return text[sizeof form - 1] == '\0';
}

/* True if a and b can be compared; *ret_order < 0 if a comes first. */
static bool compare(const PgQuery__Node *a, const PgQuery__Node *b, int *ret_order)
{
    a = bare(a);
    b = bare(b);
    if (!a || !b)
        return false;
    if (tree_same(TREE(a), TREE(b))) {
        *ret_order = 0;
        return true;
    }
    if (is_integer(a) && is_integer(b)) {
        int first = a->a_const->ival->ival, second = b->a_const->ival->ival;
        *ret_order = (first > second) - (first < second);
        return true;
    }
    if (!is_date(a) || !is_date(b))
        return false;
    *ret_order = strcmp(a->a_const->sval->sval, b->a_const->sval->sval);
    return true;
}

/* ---- comparisons of a column ---- */

/* column OPERATOR constant; `constant` NULL if it is none */
typedef struct Comparison {
    const char *operator;
    const PgQuery__Node *constant;
} Comparison;

static bool is_column(const PgQuery__Node *node, const char *column)
{
    node = bare(node);
    if (!node || node->node_case != NODE(COLUMN_REF))
        return false;
    TreeName name = tree_name(node->column_ref->fields, node->column_ref->n_fields);
    return name.name && strcmp(name.name, column) == 0;
}

static const char *mirrored(const char *operator)
{
    static const char *const pairs[][2] = {{"<", ">"},   {">", "<"}, {"<=", ">="},
                                           {">=", "<="}, {"=", "="}, {"<>", "<>"}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (strcmp(pairs[i][0], operator) == 0)
            return pairs[i][1];
    return NULL;
}

static Comparison read_comparison(const PgQuery__Node *node, const char *column)
{
    Comparison none = {NULL, NULL};
    if (node->node_case != NODE(A_EXPR) ||
        node->a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP || !node->a_expr->lexpr)
        return none;
    TreeName name = tree_name(node->a_expr->name, node->a_expr->n_name);
    if (!name.name || !mirrored(name.name))
        return none;
    if (is_column(node->a_expr->lexpr, column))
        return (Comparison){name.name, node->a_expr->rexpr};
    if (is_column(node->a_expr->rexpr, column))
        return (Comparison){mirrored(name.name), node->a_expr->lexpr};
    return none;
}

/* Whether `column operator constant` follows from one comparison. */
static bool follows(const Comparison *known, const char *operator, const PgQuery__Node * constant)
{
    int order;
    if (!known->constant || !compare(known->constant, constant, &order))
        return false;
    bool equal = strcmp(known->operator, "=") == 0;
    if (strcmp(operator, ">=") == 0)
        return order >= 0 && (equal || *known->operator== '>');
    if (strcmp(operator, "<") == 0)
        return (*known->operator== '<' &&
                 order <= 0 &&(order < 0 || strcmp(known->operator, "<") == 0)) ||
               (equal && order < 0);
    return equal && order == 0;
}

static bool expression_says(const PgQuery__Node *node, const char *column, const char *operator,
                            const PgQuery__Node * constant)
{
    if (node->node_case == NODE(BOOL_EXPR)) {
        if (node->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
            return false;
        for (size_t i = 0; i < node->bool_expr->n_args; i++)
            if (expression_says(node->bool_expr->args[i], column, operator, constant))
                return true;
        return false;
    }
    Comparison comparison = read_comparison(node, column);
    return follows(&comparison, operator, constant);
}

/* The comparison itself stands there, alone or in an AND. */
static bool expression_has(const PgQuery__Node *node, const char *column, const char *operator,
                           const PgQuery__Node * constant)
{
    int order;
    if (node->node_case == NODE(BOOL_EXPR)) {
        if (node->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
            return false;
        for (size_t i = 0; i < node->bool_expr->n_args; i++)
            if (expression_has(node->bool_expr->args[i], column, operator, constant))
                return true;
        return false;
    }
    Comparison found = read_comparison(node, column);
    return found.constant && strcmp(found.operator, operator) == 0 &&
           compare(found.constant, constant, &order) && order == 0;
}

static bool table_says(const KnownRelation *table, const KnownColumn *column, const char *operator,
                       const PgQuery__Node * constant)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const KnownConstraint *check = table->constraints.at[i];
        if (check->type == CONSTRAINT_CHECK && check->validated &&
            expression_says(check->expression, column->name, operator, constant))
            return true;
    }
    return false;
}

/* ---- bounds ---- */

static bool is_minimum_or_maximum(const PgQuery__Node *datum)
{
    const PgQuery__Node *node = bare(datum);
    if (!node || node->node_case != NODE(COLUMN_REF))
        return false;
    TreeName name = tree_name(node->column_ref->fields, node->column_ref->n_fields);
    return name.name && (strcmp(name.name, "minvalue") == 0 || strcmp(name.name, "maxvalue") == 0);
}

static bool within_range(const KnownRelation *child, const KnownColumn *key,
                         const PgQuery__PartitionBoundSpec *bound)
{
    if (bound->n_lowerdatums != 1 || bound->n_upperdatums != 1)
        return false;
    const PgQuery__Node *lower = bound->lowerdatums[0], *upper = bound->upperdatums[0];
    return (is_minimum_or_maximum(lower) || table_says(child, key, ">=", lower)) &&
           (is_minimum_or_maximum(upper) || table_says(child, key, "<", upper));
}

/* A list of one value, CHECK (key = value); of several, CHECK (key IN (…)) with the same ones. */
static bool is_listed(const PgQuery__PartitionBoundSpec *bound, const PgQuery__Node *constant)
{
    int order;
    for (size_t i = 0; i < bound->n_listdatums; i++)
        if (compare(bound->listdatums[i], constant, &order) && order == 0)
            return true;
    return false;
}

/* key IN (…), key = ANY (ARRAY[…]): `ret_count` constants. NULL if it is something else. */
static PgQuery__Node *const *list_of(const PgQuery__Node *node, const char *column,
                                     const char *operator, size_t * ret_count)
{
    if (node->node_case != NODE(A_EXPR) || !node->a_expr->rexpr || !node->a_expr->lexpr ||
        !is_column(node->a_expr->lexpr, column))
        return NULL;
    TreeName name = tree_name(node->a_expr->name, node->a_expr->n_name);
    const PgQuery__Node *list = bare(node->a_expr->rexpr);
    if (!name.name || strcmp(name.name, operator) != 0)
        return NULL;
    if (node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN && list->node_case == NODE(LIST)) {
        *ret_count = list->list->n_items;
        return list->list->items;
    }
    if (node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY &&
        list->node_case == NODE(A_ARRAY_EXPR)) {
        *ret_count = list->a_array_expr->n_elements;
        return list->a_array_expr->elements;
    }
    return NULL;
}

static bool says_in_list(const PgQuery__Node *node, const char *column,
                         const PgQuery__PartitionBoundSpec *bound)
{
    if (node->node_case == NODE(BOOL_EXPR)) {
        if (node->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
            return false;
        for (size_t i = 0; i < node->bool_expr->n_args; i++)
            if (says_in_list(node->bool_expr->args[i], column, bound))
                return true;
        return false;
    }
    size_t count;
    PgQuery__Node *const *items = list_of(node, column, "=", &count);
    if (items) {
        for (size_t i = 0; i < count; i++)
            if (!is_listed(bound, items[i]))
                return false;
        return true;
    }
    Comparison comparison = read_comparison(node, column);
    return comparison.constant && strcmp(comparison.operator, "=") == 0 &&
           is_listed(bound, comparison.constant);
}

static bool within_list(const KnownRelation *child, const KnownColumn *key,
                        const PgQuery__PartitionBoundSpec *bound)
{
    for (size_t i = 0; i < child->constraints.count; i++) {
        const KnownConstraint *check = child->constraints.at[i];
        if (check->type == CONSTRAINT_CHECK && check->validated &&
            says_in_list(check->expression, key->name, bound))
            return true;
    }
    return false;
}

/* The child's constraints say that all its rows belong to the partition. */
static bool is_implied(const KnownRelation *child, const KnownRelation *parent,
                       const PgQuery__PartitionBoundSpec *bound)
{
    if (!bound || bound->is_default || parent->partition_keys.count != 1 ||
        !parent->partition_keys.at[0])
        return false;
    const KnownColumn *key = known_column(child, parent->partition_keys.at[0]->name);
    if (!key || !(key->not_null || known_proves_not_null(child, key)))
        return false;
    return parent->strategy == 'r'   ? within_range(child, key, bound)
           : parent->strategy == 'l' ? within_list(child, key, bound)
                                     : false;
}

/* ---- the default partition ---- */

/* NOT (key >= lower AND key < upper), key < lower OR key >= upper */
static bool excludes(const PgQuery__Node *node, const char *column,
                     const PgQuery__PartitionBoundSpec *bound)
{
    if (node->node_case != NODE(BOOL_EXPR) || bound->n_lowerdatums != 1 ||
        bound->n_upperdatums != 1)
        return false;
    const PgQuery__BoolExpr *expression = node->bool_expr;
    const PgQuery__Node *lower = bound->lowerdatums[0], *upper = bound->upperdatums[0];
    if (expression->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        return expression->n_args == 1 &&
               expression_has(expression->args[0], column, ">=", lower) &&
               expression_has(expression->args[0], column, "<", upper);
    if (expression->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
        for (size_t i = 0; i < expression->n_args; i++)
            if (excludes(expression->args[i], column, bound))
                return true;
        return false;
    }
    return expression->n_args == 2 &&
           ((expression_says(expression->args[0], column, "<", lower) &&
             expression_says(expression->args[1], column, ">=", upper)) ||
            (expression_says(expression->args[1], column, "<", lower) &&
             expression_says(expression->args[0], column, ">=", upper)));
}

/* key <> a, key NOT IN (a, …), NOT (key = a), an AND of these: is `constant` ruled out? */
static bool rules_out(const PgQuery__Node *node, const char *column, const PgQuery__Node *constant)
{
    int order;
    size_t count;
    if (node->node_case == NODE(BOOL_EXPR)) {
        const PgQuery__BoolExpr *expression = node->bool_expr;
        bool found = false;
        if (expression->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
            return expression->args[0]->node_case != NODE(BOOL_EXPR) &&
                   expression_has(expression->args[0], column, "=", constant);
        for (size_t i = 0; i < expression->n_args; i++)
            found = found || (expression->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR &&
                              rules_out(expression->args[i], column, constant));
        return found;
    }
    PgQuery__Node *const *items = list_of(node, column, "<>", &count);
    for (size_t i = 0; items && i < count; i++)
        if (compare(items[i], constant, &order) && order == 0)
            return true;
    Comparison found = read_comparison(node, column);
    return found.constant && strcmp(found.operator, "<>") == 0 &&
           compare(found.constant, constant, &order) && order == 0;
}

static bool excludes_list(const PgQuery__Node *node, const char *column,
                          const PgQuery__PartitionBoundSpec *bound)
{
    for (size_t i = 0; i < bound->n_listdatums; i++)
        if (!rules_out(node, column, bound->listdatums[i]))
            return false;
    return bound->n_listdatums > 0;
}

static bool is_excluded(const KnownRelation *partition, const KnownRelation *parent,
                        const PgQuery__PartitionBoundSpec *bound)
{
    const KnownColumn *key = parent->partition_keys.count == 1 && parent->partition_keys.at[0]
                                 ? known_column(partition, parent->partition_keys.at[0]->name)
                                 : NULL;
    for (size_t i = 0; key && i < partition->constraints.count; i++) {
        const KnownConstraint *check = partition->constraints.at[i];
        if (check->type == CONSTRAINT_CHECK && check->validated &&
            (excludes(check->expression, key->name, bound) ||
             excludes_list(check->expression, key->name, bound)))
            return true;
    }
    return false;
}

void judge_default_partition(const Judge *judge, const KnownRelation *parent,
                             const PgQuery__PartitionBoundSpec *bound)
{
    KnownRelation *partition = known_default_partition(parent);
    KnownRelationList tables = {0};
    if (!partition || !bound || bound->is_default)
        return;
    known_tree_of(judge->arena, partition, &tables);
    judge_take_all(judge, &tables, LOCK_ACCESS_EXCLUSIVE,
                   is_excluded(partition, parent, bound) ? 0 : WORK_SCAN);
}

/* ---- ATTACH, DETACH ---- */

/* The bounds of what the parent is a partition of hold too. The only partition of its parent, a
 * default one, takes every row. */
static bool is_implied_up(const Judge *judge, const KnownRelation *child,
                          const KnownRelation *parent, const PgQuery__PartitionBoundSpec *bound)
{
    bool only = bound && bound->is_default && parent->children.count == 0;
    bool implied = only || is_implied(child, parent, bound);
    while (parent->partition && parent->parents.count > 0) {
        const KnownRelation *above = parent->parents.at[0];
        judge_take(judge, above, LOCK_ACCESS_SHARE, 0);
        implied = implied && is_implied(child, above, parent->bound);
        parent = above;
    }
    return implied;
}

/* Keys and foreign keys of the parent that the child lacks. */
static unsigned missing_work(const KnownRelation *child, const KnownRelation *parent)
{
    unsigned work = 0;
    for (size_t i = 0; i < parent->indexes.count; i++)
        if (!known_matching_index(child, parent->indexes.at[i]))
            work |= WORK_INDEX;
    for (size_t i = 0; i < parent->constraints.count; i++)
        if (parent->constraints.at[i]->type == CONSTRAINT_FOREIGN &&
            !known_same_foreign(child, parent->constraints.at[i]))
            work |= WORK_KEYS;
    return work;
}

void judge_attach(const Judge *judge, KnownRelation *parent, const PgQuery__PartitionCmd *command)
{
    KnownRelation *child = known_find_range(judge->known, command->name);
    KnownRelationList tables = {0};
    judge_default_partition(judge, parent, command->bound);
    if (!child) {
        judge_take_range(judge, command->name, LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
        return;
    }
    unsigned work = missing_work(child, parent);
    if (!is_implied_up(judge, child, parent, command->bound))
        work |= WORK_SCAN;
    known_tree_of(judge->arena, child, &tables);
    judge_take_all(judge, &tables, LOCK_ACCESS_EXCLUSIVE, work);
    for (size_t i = 0; i < parent->constraints.count; i++)
        if (parent->constraints.at[i]->type == CONSTRAINT_FOREIGN) /* one it has loses triggers */
            judge_target(judge, parent->constraints.at[i],
                         known_same_foreign(child, parent->constraints.at[i])
                             ? LOCK_ACCESS_EXCLUSIVE
                             : LOCK_SHARE_ROW_EXCLUSIVE,
                         0);
}

/* Foreign keys become the table's own; triggers that came from the parent go. What is below it is
 * locked with it. */
static void take_detached(const Judge *judge, const KnownRelation *parent, KnownRelation *child)
{
    KnownRelationList tables = {0};
    if (!child)
        return;
    for (size_t i = 0; i < child->constraints.count; i++)
        if (child->constraints.at[i]->type == CONSTRAINT_FOREIGN &&
            child->constraints.at[i]->inherited)
            judge_target(judge, child->constraints.at[i], LOCK_SHARE_ROW_EXCLUSIVE, 0);
    known_tree_of(judge->arena, child, &tables);
    for (size_t i = parent->triggers.count > 0 ? 0 : 1; i < tables.count; i++)
        judge_take(judge, tables.at[i], LOCK_ACCESS_EXCLUSIVE, 0);
}

void judge_detach(const Judge *judge, KnownRelation *parent, const PgQuery__PartitionCmd *command)
{
    const KnownRelation *partition = known_default_partition(parent);
    bool weak = judge->version < 14 || command->concurrent;
    judge_take(judge, parent,
               command->concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE, 0);
    judge_take_range(
        judge, command->name,
        weak && !command->concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE, 0);
    judge->effects->waits = command->concurrent;
    if (partition && !command->concurrent)
        judge_take(judge, partition, LOCK_ACCESS_EXCLUSIVE, 0);
    if (!command->concurrent)
        take_detached(judge, parent, known_find_range(judge->known, command->name));
}
