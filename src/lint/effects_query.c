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

/* A view and all that it reads. */
void judge_read(const Judge *judge, const KnownRelation *relation, unsigned work)
{
    judge_take(judge, relation, LOCK_ACCESS_SHARE, work);
    for (size_t i = 0; relation->type == RELATION_VIEW && i < relation->reads.count; i++)
        judge_read(judge, relation->reads.at[i], work);
}

static void read_range(const Judge *judge, const PgQuery__RangeVar *range, unsigned work)
{
    KnownRelation *relation = judge_take_range(judge, range, LOCK_ACCESS_SHARE, work);
    KnownRelationList tables = {0};
    if (!relation)
        return;
    if (range->inh)
        known_tree_of(judge->arena, relation, &tables);
    judge_take_all(judge, &tables, LOCK_ACCESS_SHARE, work);
    judge_read(judge, relation, work);
}

typedef struct TargetSearch {
    Arena *arena;
    RangeList targets;
} TargetSearch;

static bool visit_where(const ProtobufCMessage *message, void *context)
{
    bool *found = context;
    if (tree_is(message, "SelectStmt")) {
        const PgQuery__SelectStmt *select = (const PgQuery__SelectStmt *)message;
        *found = *found || select->where_clause || select->limit_count;
    }
    return true;
}

/* What is written to is not read, as far as the text tells. */
static bool visit_target(const ProtobufCMessage *message, void *context)
{
    TargetSearch *search = context;
    const PgQuery__RangeVar *target = NULL;
    if (tree_is(message, "InsertStmt"))
        target = ((const PgQuery__InsertStmt *)message)->relation;
    else if (tree_is(message, "UpdateStmt"))
        target = ((const PgQuery__UpdateStmt *)message)->relation;
    else if (tree_is(message, "DeleteStmt"))
        target = ((const PgQuery__DeleteStmt *)message)->relation;
    else if (tree_is(message, "MergeStmt"))
        target = ((const PgQuery__MergeStmt *)message)->relation;
    else if (tree_is(message, "IntoClause"))
        target = ((const PgQuery__IntoClause *)message)->rel;
    if (target)
        *vec_add(search->arena, &search->targets) = target;
    return true;
}

static bool is_target(const RangeList *targets, const PgQuery__RangeVar *range)
{
    for (size_t i = 0; i < targets->count; i++)
        if (targets->at[i] == range)
            return true;
    return false;
}

void judge_reads(const Judge *judge, const PgQuery__Node *query, unsigned work)
{
    RangeList ranges = {0};
    TargetSearch search = {.arena = judge->arena};
    bool chooses = false;
    tree_walk(NODE_TREE(query), visit_where, &chooses);
    tree_walk(NODE_TREE(query), visit_target, &search);
    tree_ranges(judge->arena, NODE_TREE(query), &ranges);
    for (size_t i = 0; i < ranges.count; i++)
        if (!is_target(&search.targets, ranges.at[i]))
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

/* SELECT … FOR UPDATE */
static void lock_rows(const Judge *judge, const PgQuery__Node *statement)
{
    RangeList ranges = {0};
    bool locks = false;
    tree_walk(NODE_TREE(statement), visit_locking, &locks);
    tree_ranges(judge->arena, NODE_TREE(statement), &ranges);
    for (size_t i = 0; locks && i < ranges.count; i++)
        judge_take_range(judge, ranges.at[i], LOCK_ROW_SHARE, 0);
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
        lock_rows(judge, statement);
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
    const KnownRelation *sequence = known_default_sequence(judge->arena, judge->known, statement);
    if (sequence)
        judge_take(judge, sequence, LOCK_ROW_EXCLUSIVE, 0);
    judge_reads(judge, statement, WORK_SCAN);
    note_functions(judge, statement);
    return true;
}
