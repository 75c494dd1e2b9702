/* Queries: which tables they read and which they change. */
#include "lint/effects_parts.h"

/* Functions of users do what they want; the server's own touch no table. */
static void note_functions(const Judge *judge, const PgQuery__Node *statement)
{
    TreeNameList functions = {0};
    tree_functions(judge->arena, NODE_TREE(statement), &functions);
    for (size_t i = 0; i < functions.count; i++)
        if (functions.at[i].name &&
            known_volatility(judge->known, functions.at[i].schema, functions.at[i].name) == 'v')
            judge->effects->opaque = true;
}

static void read_range(const Judge *judge, const PgQuery__RangeVar *range, unsigned work)
{
    KnownRelation *relation = judge_take_range(judge, range, LOCK_ACCESS_SHARE, work);
    KnownRelationList tables = {0};
    if (!relation)
        return;
    if (relation->type == RELATION_VIEW) {
        judge_take_all(judge, (const KnownRelationList *)&relation->reads, LOCK_ACCESS_SHARE, work);
        return;
    }
    if (!range->inh)
        return;
    known_tree_of(judge->arena, relation, &tables);
    judge_take_all(judge, &tables, LOCK_ACCESS_SHARE, work);
}

static bool visit_where(const ProtobufCMessage *message, void *context)
{
    bool *found = context;
    if (tree_is(message, "SelectStmt")) {
        const PgQuery__SelectStmt *select = (const PgQuery__SelectStmt *)message;
        *found = *found || select->where_clause || select->limit_count;
    }
    return true;
}

void judge_reads(const Judge *judge, const PgQuery__Node *query, unsigned work)
{
    RangeList ranges = {0};
    bool chooses = false;
    tree_walk(NODE_TREE(query), visit_where, &chooses);
    tree_ranges(judge->arena, NODE_TREE(query), &ranges);
    for (size_t i = 0; i < ranges.count; i++)
        read_range(judge, ranges.at[i], chooses ? 0 : work);
}

/* Foreign keys are looked up when rows come and when those that they point at go. */
static void take_lookups(const Judge *judge, const KnownRelation *table)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.at[i]->type == CONSTRAINT_FOREIGN)
            judge_target(judge, table->constraints.at[i], LOCK_ROW_SHARE, 0);
}

static void take_cascades(const Judge *judge, const KnownRelation *table)
{
    KnownReferenceList references = {0};
    known_references(judge->arena, judge->known, table, &references);
    for (size_t i = 0; i < references.count; i++) {
        char action = references.at[i].constraint->on_delete;
        bool writes = action == 'c' || action == 'n' || action == 'd';
        judge_take(judge, references.at[i].table, writes ? LOCK_ROW_EXCLUSIVE : LOCK_ROW_SHARE, 0);
    }
}

static void insert(const Judge *judge, const PgQuery__InsertStmt *insert_statement)
{
    KnownRelation *table =
        judge_take_range(judge, insert_statement->relation, LOCK_ROW_EXCLUSIVE, 0);
    if (table)
        take_lookups(judge, table);
}

static void update(const Judge *judge, const PgQuery__UpdateStmt *update_statement)
{
    bool all = !update_statement->where_clause;
    judge_take_tree(judge, update_statement->relation, LOCK_ROW_EXCLUSIVE, all ? WORK_SCAN : 0);
    KnownRelation *table = known_find_range(judge->known, update_statement->relation);
    for (size_t i = 0; table && i < table->constraints.count; i++) {
        const KnownConstraint *constraint = table->constraints.at[i];
        bool sets = false;
        for (size_t k = 0; k < update_statement->n_target_list; k++)
            for (size_t c = 0; c < constraint->columns.count; c++)
                sets = sets || strcmp(update_statement->target_list[k]->res_target->name,
                                      constraint->columns.at[c]->name) == 0;
        if (sets && constraint->type == CONSTRAINT_FOREIGN)
            judge_target(judge, constraint, LOCK_ROW_SHARE, 0);
    }
}

static void delete_rows(const Judge *judge, const PgQuery__DeleteStmt *delete_statement)
{
    bool all = !delete_statement->where_clause;
    judge_take_tree(judge, delete_statement->relation, LOCK_ROW_EXCLUSIVE, all ? WORK_SCAN : 0);
    KnownRelation *table = known_find_range(judge->known, delete_statement->relation);
    if (table)
        take_cascades(judge, table);
}

static bool visit_locking(const ProtobufCMessage *message, void *context)
{
    bool *found = context;
    *found = *found || tree_is(message, "LockingClause");
    return !*found;
}

static void select_rows(const Judge *judge, const PgQuery__Node *statement)
{
    RangeList ranges = {0};
    bool locks = false;
    tree_walk(NODE_TREE(statement), visit_locking, &locks);
    const PgQuery__IntoClause *into = statement->select_stmt->into_clause;
    tree_ranges(judge->arena, NODE_TREE(statement), &ranges);
    for (size_t i = 0; i < ranges.count; i++)
        if (!into || ranges.at[i] != into->rel)
            judge_take_range(judge, ranges.at[i], locks ? LOCK_ROW_SHARE : LOCK_ACCESS_SHARE, 0);
}

/* Changes of rows may stand in WITH, too. */
static bool visit_change(const ProtobufCMessage *message, void *context)
{
    const Judge *judge = context;
    if (tree_is(message, "InsertStmt"))
        insert(judge, (const PgQuery__InsertStmt *)message);
    else if (tree_is(message, "UpdateStmt"))
        update(judge, (const PgQuery__UpdateStmt *)message);
    else if (tree_is(message, "DeleteStmt"))
        delete_rows(judge, (const PgQuery__DeleteStmt *)message);
    else if (tree_is(message, "MergeStmt"))
        judge_take_tree(judge, ((const PgQuery__MergeStmt *)message)->relation, LOCK_ROW_EXCLUSIVE,
                        0);
    return true;
}

bool judge_query(const Judge *judge, const PgQuery__Node *statement)
{
    switch (statement->node_case) {
    case NODE(SELECT_STMT):
        select_rows(judge, statement);
        break;
    case NODE(INSERT_STMT):
    case NODE(UPDATE_STMT):
    case NODE(DELETE_STMT):
    case NODE(MERGE_STMT):
        break;
    default:
        return false;
    }
    Judge context = *judge;
    tree_walk(NODE_TREE(statement), visit_change, &context);
    judge_reads(judge, statement, 0);
    note_functions(judge, statement);
    return true;
}
