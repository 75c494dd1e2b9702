/* Statements about indexes, views, triggers, types and the like, and those that tidy up. */
#include "lint/effects_parts.h"

#define AX  LOCK_ACCESS_EXCLUSIVE
#define SRX LOCK_SHARE_ROW_EXCLUSIVE
#define SUE LOCK_SHARE_UPDATE_EXCLUSIVE

/* ---- tables as they are made ---- */

static void create_constraints(const Judge *judge, const PgQuery__ColumnDef *column)
{
    for (size_t i = 0; i < column->n_constraints; i++)
        if (column->constraints[i]->node_case == NODE(CONSTRAINT) &&
            column->constraints[i]->constraint->contype == CONSTR(FOREIGN))
            judge_foreign_key(judge, &(KnownRelationList){0}, column->constraints[i]->constraint,
                              false);
}

static void create_elements(const Judge *judge, PgQuery__Node *const *elements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const PgQuery__Node *element = elements[i];
        if (element->node_case == NODE(COLUMN_DEF))
            create_constraints(judge, element->column_def);
        else if (element->node_case == NODE(TABLE_LIKE_CLAUSE))
            judge_take_range(judge, element->table_like_clause->relation, LOCK_ACCESS_SHARE, 0);
        else if (element->node_case == NODE(CONSTRAINT) &&
                 element->constraint->contype == CONSTR(FOREIGN))
            judge_foreign_key(judge, &(KnownRelationList){0}, element->constraint, false);
    }
}

static void create_table(const Judge *judge, const PgQuery__CreateStmt *create)
{
    if (create->if_not_exists && known_find_range(judge->known, create->relation))
        return;
    create_elements(judge, create->table_elts, create->n_table_elts);
    create_elements(judge, create->constraints, create->n_constraints);
    for (size_t i = 0; i < create->n_inh_relations; i++) {
        if (create->inh_relations[i]->node_case != NODE(RANGE_VAR))
            continue;
        KnownRelation *parent = judge_take_range(judge, create->inh_relations[i]->range_var,
                                                 create->partbound ? AX : SUE, 0);
        for (size_t k = 0; parent && create->partbound && k < parent->constraints.count; k++)
            if (parent->constraints.at[k]->type == CONSTRAINT_FOREIGN)
                judge_target(judge, parent->constraints.at[k], SRX, 0);
        if (parent && create->partbound)
            judge_default_partition(judge, parent, create->partbound);
    }
}

static void create_table_as(const Judge *judge, const PgQuery__CreateTableAsStmt *create)
{
    if (create->if_not_exists && known_find_range(judge->known, create->into->rel))
        return;
    judge_reads(judge, create->query, create->into->skip_data ? 0 : WORK_SCAN);
}

static void create_view(const Judge *judge, const PgQuery__ViewStmt *create)
{
    RangeList ranges = {0};
    if (create->replace && known_find_range(judge->known, create->view))
        judge_take_range(judge, create->view, AX, 0);
    tree_ranges(judge->arena, NODE_TREE(create->query), &ranges);
    for (size_t i = 0; i < ranges.count; i++)
        judge_take_range(judge, ranges.at[i], LOCK_ACCESS_SHARE, 0);
}

static void refresh(const Judge *judge, const PgQuery__RefreshMatViewStmt *statement)
{
    unsigned work = statement->skip_data ? 0 : statement->concurrent ? WORK_SCAN : WORK_REWRITE;
    KnownRelation *view = judge_take_range(judge, statement->relation,
                                           statement->concurrent ? LOCK_EXCLUSIVE : AX, work);
    for (size_t i = 0; view && !statement->skip_data && i < view->reads.count; i++)
        judge_read(judge, view->reads.at[i], WORK_SCAN);
}

/* ---- indexes ---- */

static void create_index(const Judge *judge, const PgQuery__IndexStmt *create)
{
    KnownRelation *table = known_find_range(judge->known, create->relation);
    LockMode mode = create->concurrent ? SUE : LOCK_SHARE;
    const char *name = tree_text(create->idxname);
    bool exists = create->if_not_exists && table && name &&
                  known_find_index(judge->known, table->schema, name);
    judge->effects->waits = create->concurrent && !exists;
    if (table && table->partitioned && create->relation->inh && !exists)
        judge_take_tree(judge, create->relation, mode, WORK_INDEX);
    else
        judge_take_range(judge, create->relation, mode, exists ? 0 : WORK_INDEX);
}

static bool is_on(const PgQuery__Node *const *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const PgQuery__DefElem *option =
            options[i]->node_case == NODE(DEF_ELEM) ? options[i]->def_elem : NULL;
        if (!option || strcmp(option->defname, name) != 0)
            continue;
        const PgQuery__Node *value = option->arg;
        if (value && value->node_case == NODE(STRING))
            return strcmp(value->string->sval, "false") != 0 &&
                   strcmp(value->string->sval, "off") != 0;
        return !value || value->node_case != NODE(INTEGER) || value->integer->ival != 0;
    }
    return false;
}

static void reindex_all(const Judge *judge, const PgQuery__ReindexStmt *reindex, LockMode mode)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->indexes.count > 0 &&
            (reindex->kind != PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA ||
             strcmp(all->at[i]->schema, reindex->name) == 0))
            judge_take(judge, all->at[i], mode, WORK_INDEX);
}

static void reindex_table(const Judge *judge, const PgQuery__RangeVar *range, LockMode mode)
{
    KnownRelationList tables = {0};
    KnownRelation *table = known_find_range(judge->known, range);
    if (!table) {
        judge_take_range(judge, range, mode, WORK_INDEX);
        return;
    }
    if (table->partitioned)
        known_tree_of(judge->arena, table, &tables);
    else
        *vec_add(judge->arena, &tables) = table;
    for (size_t i = 0; i < tables.count; i++)
        judge_take(judge, tables.at[i], mode, tables.at[i]->indexes.count > 0 ? WORK_INDEX : 0);
}

static void reindex(const Judge *judge, const PgQuery__ReindexStmt *statement)
{
    bool concurrent =
        is_on((const PgQuery__Node *const *)statement->params, statement->n_params, "concurrently");
    LockMode mode = concurrent ? SUE : LOCK_SHARE;
    judge->effects->waits = concurrent;
    if (!statement->relation) {
        reindex_all(judge, statement, mode);
    } else if (statement->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE) {
        reindex_table(judge, statement->relation, mode);
    } else {
        TreeName name = tree_range(statement->relation);
        const KnownIndex *index = known_find_index(judge->known, name.schema, name.name);
        if (index)
            judge_take(judge, index->table, mode, WORK_INDEX);
        else
            judge_take_name(judge, name, mode, WORK_INDEX);
    }
}

/* ---- what is attached to tables ---- */

static void create_trigger(const Judge *judge, const PgQuery__CreateTrigStmt *create)
{
    KnownRelation *table = judge_take_range(judge, create->relation, SRX, 0);
    if (create->constrrel)
        judge_take_range(judge, create->constrrel, LOCK_ACCESS_SHARE, 0);
    if (table && table->partitioned && create->row)
        judge_take_tree(judge, create->relation, SRX, 0);
}

/* What its actions read and change is looked up as if they were run. */
static void create_rule(const Judge *judge, const PgQuery__RuleStmt *create)
{
    Effects effects = {0};
    const Judge actions = {judge->arena, judge->known, judge->version, judge->utc, &effects};
    judge_take_range(judge, create->relation, AX, 0);
    for (size_t i = 0; i < create->n_actions; i++)
        judge_query(&actions, create->actions[i]);
    for (size_t i = 0; i < effects.list.count; i++) {
        Effect *effect =
            effect_of(judge->arena, &judge->effects->list, effects.list.at[i].relation);
        if (effects.list.at[i].mode > effect->mode)
            effect->mode = effects.list.at[i].mode;
    }
}

static void rename_type(const Judge *judge, const PgQuery__Node *object)
{
    if (!object || object->node_case != NODE(LIST))
        return;
    TreeName name = tree_name(object->list->items, object->list->n_items);
    const KnownType *type = known_find_type(judge->known, name.schema, name.name);
    if (type && type->relation)
        judge_take(judge, type->relation, AX, 0);
}

static void rename_object(const Judge *judge, const PgQuery__RenameStmt *rename)
{
    if (rename->rename_type == OBJECT(TYPE))
        rename_type(judge, rename->object);
    KnownRelationList tables = {0};
    KnownRelation *relation = known_find_range(judge->known, rename->relation);
    bool deep = rename->rename_type == OBJECT(COLUMN) || rename->rename_type == OBJECT(TRIGGER) ||
                rename->rename_type == OBJECT(TABCONSTRAINT);
    if (!rename->relation || rename->rename_type == OBJECT(INDEX))
        return;
    TreeName name = tree_range(rename->relation);
    if (!relation && (rename->missing_ok || known_find_index(judge->known, name.schema, name.name)))
        return;
    judge_take_range(judge, rename->relation, AX, 0);
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; rename->rename_type == OBJECT(ATTRIBUTE) && i < all->count; i++)
        if (all->at[i]->of && all->at[i]->of->relation == relation)
            judge_take(judge, all->at[i], AX, 0);
    if (!relation || !deep || !rename->relation->inh)
        return;
    known_tree_of(judge->arena, relation, &tables);
    judge_take_all(judge, &tables, AX, 0);
}

static void move_object(const Judge *judge, const PgQuery__AlterObjectSchemaStmt *move)
{
    KnownRelation *relation = known_find_range(judge->known, move->relation);
    const KnownRelationList *all = known_relations(judge->known);
    if (!move->relation || (!relation && move->missing_ok))
        return;
    judge_take_range(judge, move->relation, AX, 0);
    for (size_t i = 0; relation && i < all->count; i++)
        if (all->at[i]->owner == relation)
            judge_take(judge, all->at[i], AX, 0);
}

static void comment(const Judge *judge, const PgQuery__CommentStmt *statement)
{
    const PgQuery__Node *object = statement->object;
    if (!object || object->node_case != NODE(LIST))
        return;
    PgQuery__Node *const *names = object->list->items;
    size_t count = object->list->n_items;
    switch (statement->objtype) {
    case OBJECT(TABLE):
    case OBJECT(VIEW):
    case OBJECT(MATVIEW):
    case OBJECT(SEQUENCE):
    case OBJECT(FOREIGN_TABLE):
        judge_take_name(judge, tree_name(names, count), SUE, 0);
        break;
    case OBJECT(COLUMN):
    case OBJECT(TABCONSTRAINT):
    case OBJECT(TRIGGER):
    case OBJECT(RULE):
    case OBJECT(POLICY):
        if (count > 1)
            judge_take_name(judge, tree_name(names, count - 1),
                            statement->objtype == OBJECT(COLUMN) ? SUE : LOCK_ACCESS_SHARE, 0);
        break;
    default:
        break;
    }
}

static void grant(const Judge *judge, const PgQuery__GrantStmt *statement)
{
    bool relations = statement->objtype == OBJECT(TABLE) || statement->objtype == OBJECT(SEQUENCE);
    if (judge->version < 18 || !relations ||
        statement->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_DEFAULTS)
        return;
    for (size_t i = 0; i < statement->n_objects; i++)
        if (statement->objects[i]->node_case == NODE(RANGE_VAR))
            judge_take_range(judge, statement->objects[i]->range_var, LOCK_ACCESS_SHARE, 0);
}

static void publish(const Judge *judge, PgQuery__Node *const *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const PgQuery__PublicationObjSpec *object =
            objects[i]->node_case == NODE(PUBLICATION_OBJ_SPEC) ? objects[i]->publication_obj_spec
                                                                : NULL;
        const KnownRelation *table =
            object && object->pubtable ? judge_take_range(judge, object->pubtable->relation, SUE, 0)
                                       : NULL;
        if (table && !table->partitioned) /* partitions follow by themselves */
            judge_take_tree(judge, object->pubtable->relation, SUE, 0);
    }
}

static void take_ranges(const Judge *judge, PgQuery__Node *const *relations, size_t count,
                        LockMode mode, unsigned work)
{
    for (size_t i = 0; i < count; i++)
        if (relations[i]->node_case == NODE(RANGE_VAR))
            judge_take_tree(judge, relations[i]->range_var, mode, work);
}

/* ---- types ---- */

/* The tables whose rows hold the domain, or one made of it. */
static bool holds(const TypeUse *use, const KnownType *domain)
{
    for (const KnownType *type = use->type; type;
         type = type->type == TYPE_DOMAIN ? type->base.type : NULL)
        if (type == domain)
            return true;
    return false;
}

static void alter_domain(const Judge *judge, const PgQuery__AlterDomainStmt *alter)
{
    TreeName name = tree_name(alter->type_name, alter->n_type_name);
    const KnownType *domain = known_find_type(judge->known, name.schema, name.name);
    const PgQuery__Node *definition = alter->def;
    bool adds = alter->subtype && *alter->subtype == 'C' && definition &&
                definition->node_case == NODE(CONSTRAINT) &&
                !definition->constraint->skip_validation;
    bool checks = adds || (alter->subtype && (*alter->subtype == 'V' || *alter->subtype == 'O'));
    const KnownRelationList *all = known_relations(judge->known);
    if (!domain || !checks || (*alter->subtype == 'O' && domain->not_null))
        return;
    for (size_t i = 0; i < all->count; i++) {
        bool found = false;
        for (size_t k = 0; k < all->at[i]->columns.count; k++)
            found = found || holds(&all->at[i]->columns.at[k]->type, domain);
        if (found && !all->at[i]->partitioned &&
            (all->at[i]->type == RELATION_TABLE || all->at[i]->type == RELATION_MATVIEW))
            judge_take(judge, all->at[i], LOCK_SHARE, WORK_SCAN);
    }
}

static void alter_sequence(const Judge *judge, const PgQuery__AlterSeqStmt *alter)
{
    if (alter->missing_ok && !known_find_range(judge->known, alter->sequence))
        return;
    judge_take_range(judge, alter->sequence, SRX, 0);
    for (size_t i = 0; i < alter->n_options; i++) {
        const PgQuery__DefElem *option = alter->options[i]->def_elem;
        if (strcmp(option->defname, "owned_by") == 0 && option->arg &&
            option->arg->node_case == NODE(LIST) && option->arg->list->n_items > 1)
            judge_take_name(judge,
                            tree_name(option->arg->list->items, option->arg->list->n_items - 1),
                            LOCK_ACCESS_SHARE, 0);
    }
}

/* ---- maintenance ---- */

static void vacuum(const Judge *judge, const PgQuery__VacuumStmt *statement)
{
    bool full =
        is_on((const PgQuery__Node *const *)statement->options, statement->n_options, "full");
    LockMode mode = statement->is_vacuumcmd && full ? AX : SUE;
    unsigned work = !statement->is_vacuumcmd ? 0 : full ? WORK_REWRITE : WORK_SCAN;
    for (size_t i = 0; i < statement->n_rels; i++) {
        const PgQuery__RangeVar *range = statement->rels[i]->vacuum_relation->relation;
        const KnownRelation *table = judge_take_range(judge, range, mode, work);
        if (table && table->partitioned)
            judge_take_tree(judge, range, mode, work);
        else if (table && judge->version >= 18)
            judge_take_tree(judge, range, mode, work);
        else if (table && !statement->is_vacuumcmd) /* a sample of its inheritors */
            judge_take_tree(judge, range, LOCK_ACCESS_SHARE, 0);
    }
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; statement->n_rels == 0 && i < all->count; i++)
        if (all->at[i]->type == RELATION_TABLE || all->at[i]->type == RELATION_MATVIEW)
            judge_take(judge, all->at[i], mode, work);
}

typedef struct Truncation {
    const Judge *judge;
    bool cascade, restart;
    KnownRelationList done;
} Truncation;

static void restart_sequences(const Judge *judge, const KnownRelation *table)
{
    const KnownRelationList *all = known_relations(judge->known);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->owner == table)
            judge_take(judge, all->at[i], AX, 0);
}

static void truncate_table(Truncation *truncation, KnownRelation *table, bool below)
{
    const Judge *judge = truncation->judge;
    KnownRelationList *done = &truncation->done;
    KnownReferenceList references = {0};
    for (size_t i = 0; i < done->count; i++)
        if (done->at[i] == table)
            return;
    *vec_add(judge->arena, done) = table;
    judge_take(judge, table, AX, 0);
    known_references(judge->arena, judge->known, table, &references);
    if (truncation->restart)
        restart_sequences(judge, table);
    for (size_t i = 0; truncation->cascade && i < references.count; i++)
        truncate_table(truncation, references.at[i].table, true);
    for (size_t i = 0; below && i < table->children.count; i++)
        truncate_table(truncation, table->children.at[i], true);
}

static void truncate_tables(const Judge *judge, const PgQuery__TruncateStmt *statement)
{
    Truncation truncation = {.judge = judge,
                             .cascade =
                                 statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
                             .restart = statement->restart_seqs};
    for (size_t i = 0; i < statement->n_relations; i++) {
        const PgQuery__RangeVar *range = statement->relations[i]->range_var;
        KnownRelation *table = judge_take_range(judge, range, AX, 0);
        if (table)
            truncate_table(&truncation, table, range->inh);
    }
}

/* A view's tables are locked with it. */
static void lock_relation(const Judge *judge, const KnownRelation *relation, LockMode mode)
{
    judge_take(judge, relation, mode, 0);
    for (size_t i = 0; relation->type == RELATION_VIEW && i < relation->reads.count; i++)
        lock_relation(judge, relation->reads.at[i], mode);
}

static void lock_tables(const Judge *judge, const PgQuery__LockStmt *statement)
{
    LockMode mode = (LockMode)statement->mode; /* the server's numbers are ours */
    take_ranges(judge, statement->relations, statement->n_relations, mode, 0);
    for (size_t i = 0; i < statement->n_relations; i++) {
        const KnownRelation *relation =
            statement->relations[i]->node_case == NODE(RANGE_VAR)
                ? known_find_range(judge->known, statement->relations[i]->range_var)
                : NULL;
        if (relation)
            lock_relation(judge, relation, mode);
    }
}

static void copy(const Judge *judge, const PgQuery__CopyStmt *statement)
{
    if (statement->relation)
        judge_take_range(judge, statement->relation,
                         statement->is_from ? LOCK_ROW_EXCLUSIVE : LOCK_ACCESS_SHARE,
                         statement->is_from ? 0 : WORK_SCAN);
    else
        judge_reads(judge, statement->query, 0);
}

/* ---- the table of statements ---- */

static bool judge_created(const Judge *judge, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case NODE(CREATE_STMT):
        create_table(judge, node->create_stmt);
        return true;
    case NODE(CREATE_TABLE_AS_STMT):
        create_table_as(judge, node->create_table_as_stmt);
        return true;
    case NODE(VIEW_STMT):
        create_view(judge, node->view_stmt);
        return true;
    case NODE(INDEX_STMT):
        create_index(judge, node->index_stmt);
        return true;
    case NODE(CREATE_TRIG_STMT):
        create_trigger(judge, node->create_trig_stmt);
        return true;
    case NODE(RULE_STMT):
        create_rule(judge, node->rule_stmt);
        return true;
    case NODE(CREATE_FUNCTION_STMT):
        judge_reads(judge, node->create_function_stmt->sql_body, 0);
        return true;
    case NODE(CREATE_POLICY_STMT):
        judge_reads(judge, node->create_policy_stmt->qual, 0);
        judge_reads(judge, node->create_policy_stmt->with_check, 0);
        judge_take_range(judge, node->create_policy_stmt->table, AX, 0);
        return true;
    case NODE(CREATE_STATS_STMT):
        take_ranges(judge, node->create_stats_stmt->relations, node->create_stats_stmt->n_relations,
                    SUE, 0);
        return true;
    case NODE(CREATE_PUBLICATION_STMT):
        publish(judge, node->create_publication_stmt->pubobjects,
                node->create_publication_stmt->n_pubobjects);
        return true;
    default:
        return false;
    }
}

static bool judge_altered(const Judge *judge, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case NODE(ALTER_POLICY_STMT):
        judge_reads(judge, node->alter_policy_stmt->qual, 0);
        judge_reads(judge, node->alter_policy_stmt->with_check, 0);
        judge_take_range(judge, node->alter_policy_stmt->table, AX, 0);
        return true;
    case NODE(ALTER_DOMAIN_STMT):
        alter_domain(judge, node->alter_domain_stmt);
        return true;
    case NODE(ALTER_SEQ_STMT):
        alter_sequence(judge, node->alter_seq_stmt);
        return true;
    case NODE(ALTER_PUBLICATION_STMT):
        publish(judge, node->alter_publication_stmt->pubobjects,
                node->alter_publication_stmt->n_pubobjects);
        return true;
    case NODE(RENAME_STMT):
        rename_object(judge, node->rename_stmt);
        return true;
    case NODE(ALTER_OBJECT_SCHEMA_STMT):
        move_object(judge, node->alter_object_schema_stmt);
        return true;
    case NODE(COMMENT_STMT):
        comment(judge, node->comment_stmt);
        return true;
    case NODE(GRANT_STMT):
        grant(judge, node->grant_stmt);
        return true;
    default:
        return false;
    }
}

static bool is_hidden(const PgQuery__Node *node)
{
    return node->node_case == NODE(DO_STMT) || node->node_case == NODE(CALL_STMT) ||
           node->node_case == NODE(EXECUTE_STMT) || node->node_case == NODE(DROP_OWNED_STMT) ||
           node->node_case == NODE(REASSIGN_OWNED_STMT) ||
           node->node_case == NODE(ALTER_EXTENSION_STMT);
}

bool judge_object(const Judge *judge, const PgQuery__Node *node)
{
    if (judge_created(judge, node) || judge_altered(judge, node))
        return true;
    switch (node->node_case) {
    case NODE(REFRESH_MAT_VIEW_STMT):
        refresh(judge, node->refresh_mat_view_stmt);
        return true;
    case NODE(REINDEX_STMT):
        reindex(judge, node->reindex_stmt);
        return true;
    case NODE(VACUUM_STMT):
        vacuum(judge, node->vacuum_stmt);
        return true;
    case NODE(CLUSTER_STMT):
        judge_take_range(judge, node->cluster_stmt->relation, AX, WORK_REWRITE);
        return true;
    case NODE(TRUNCATE_STMT):
        truncate_tables(judge, node->truncate_stmt);
        return true;
    case NODE(LOCK_STMT):
        lock_tables(judge, node->lock_stmt);
        return true;
    case NODE(COPY_STMT):
        copy(judge, node->copy_stmt);
        return true;
    default:
        judge->effects->opaque = judge->effects->opaque || is_hidden(node);
        return false;
    }
}
