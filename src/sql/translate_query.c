/* SELECT, INSERT, UPDATE, DELETE and what they are made of. */
#include "sql/translator.h"

/* ---- relations ---- */

static bool is_catalog(const PgQuery__RangeVar *relation)
{
    const char *schema = relation->schemaname ? relation->schemaname : "";
    return strcmp(schema, "information_schema") == 0 || strcmp(schema, "pg_catalog") == 0 ||
           (!*schema && strncmp(relation->relname, "pg_", 3) == 0);
}

/* ONLY before a name: SQLite's tables have no children. */
static Code remove_only(Translator *translator, const PgQuery__RangeVar *relation, size_t index)
{
    Rewrite *rewrite = &translator->rewrite;
    if (relation->inh || index == 0)
        return RUNG_OK;
    if (!rewrite_is(rewrite, index - 1, "ONLY"))
        return translator_refuse(translator, relation->location, NULL, "ONLY with parentheses");
    rewrite_cut(rewrite, index - 1, index - 1);
    return RUNG_OK;
}

Code translate_relation(Translator *translator, const PgQuery__RangeVar *relation)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t index = rewrite_find(rewrite, relation->location);
    const char *schema = relation->schemaname ? relation->schemaname : "";
    if (is_catalog(relation))
        return translator_refuse(translator, relation->location,
                                 "SQLite's catalog is sqlite_schema and the pragma_… functions",
                                 "the system catalog %s%s%s", schema, *schema ? "." : "",
                                 relation->relname);
    if ((relation->catalogname && *relation->catalogname) ||
        (*schema && strcmp(schema, "public") != 0))
        return translator_refuse(translator, relation->location, "SQLite has no schemas",
                                 "the schema \"%s\"", schema);
    if (index == REWRITE_NONE)
        return translator_refuse(translator, relation->location, NULL, "a table name");
    Code code = remove_only(translator, relation, index);
    if (*schema) {
        rewrite_cut(rewrite, index, index + 1);
        index += 2;
    }
    if (rewrite_is_symbol(rewrite, index + 1, '*'))
        rewrite_remove(rewrite, index + 1, index + 1);
    translate_name(translator, index);
    return code;
}

static Code take_relation(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__RangeVar *relation = (const PgQuery__RangeVar *)message;
    if (relation->alias && relation->alias->n_colnames > 0)
        return translator_refuse(translator, relation->location, NULL,
                                 "an alias with a list of columns");
    return translate_relation(translator, relation);
}

/* The table of an INSERT, UPDATE or DELETE: SQLite wants AS before its alias. */
static Code take_target(Translator *translator, const PgQuery__RangeVar *relation)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t index = rewrite_find(rewrite, relation->location);
    Code code = take_relation(translator, &relation->base);
    if (code != RUNG_OK || !relation->alias)
        return code;
    size_t alias = index + 1;
    if (relation->schemaname && *relation->schemaname)
        alias += 2;
    if (rewrite_is_symbol(rewrite, alias, '*'))
        alias++;
    if (!rewrite_is(rewrite, alias, "AS"))
        rewrite_before(rewrite, alias, "AS ");
    return RUNG_OK;
}

/* ---- parts of queries ---- */

static Code take_result(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__ResTarget *target = (const PgQuery__ResTarget *)message;
    if (target->n_indirection > 0)
        return translator_refuse(translator, target->location, NULL,
                                 "a subscript or a field of a row");
    return translate_tree(translator, target->val);
}

/* Columns of INSERT and UPDATE: their places are those of names. */
static Code take_columns(Translator *translator, PgQuery__Node *const *targets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
            translate_name(translator,
                           rewrite_find(&translator->rewrite, targets[i]->res_target->location));
    return translate_trees(translator, targets, count);
}

/* (a, b) = (1, 2) names its source once for each column. */
static Code take_multiple(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__MultiAssignRef *assign = (const PgQuery__MultiAssignRef *)message;
    return assign->colno > 1 ? RUNG_OK : translate_tree(translator, assign->source);
}

static Code take_sublink(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__SubLink *link = (const PgQuery__SubLink *)message;
    bool in = link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK && link->n_oper_name == 0;
    if (!in && link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK &&
        link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK)
        return translator_refuse(translator, link->location, "IN (SELECT …) is the same in both",
                                 "ANY, ALL or ARRAY of a query");
    Code code = translate_tree(translator, link->testexpr);
    return code == RUNG_OK ? translate_tree(translator, link->subselect) : code;
}

static Code take_join(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__JoinExpr *join = (const PgQuery__JoinExpr *)message;
    if (join->jointype != PG_QUERY__JOIN_TYPE__JOIN_INNER &&
        join->jointype != PG_QUERY__JOIN_TYPE__JOIN_LEFT)
        return translator_refuse(translator, -1, "SQLite knows them from 3.39 on",
                                 "RIGHT or FULL JOIN");
    if (join->alias || join->join_using_alias)
        return translator_refuse(translator, -1, NULL, "an alias of a join");
    Code code = translate_tree(translator, join->larg);
    if (code == RUNG_OK)
        code = translate_tree(translator, join->rarg);
    return code == RUNG_OK ? translate_tree(translator, join->quals) : code;
}

static Code take_subquery(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__RangeSubselect *range = (const PgQuery__RangeSubselect *)message;
    if (range->lateral)
        return translator_refuse(translator, -1, NULL, "LATERAL");
    if (range->alias && range->alias->n_colnames > 0)
        return translator_refuse(translator, -1, "name the columns inside the subquery",
                                 "an alias with a list of columns");
    return translate_tree(translator, range->subquery);
}

static Code take_sort(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__SortBy *sort = (const PgQuery__SortBy *)message;
    if (sort->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING)
        return translator_refuse(translator, sort->location, NULL, "ORDER BY … USING");
    return translate_tree(translator, sort->node);
}

static Code take_with_query(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__CommonTableExpr *with = (const PgQuery__CommonTableExpr *)message;
    if (!with->ctequery || with->ctequery->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
        return translator_refuse(translator, with->location, NULL, "a WITH that changes rows");
    if (with->search_clause || with->cycle_clause)
        return translator_refuse(translator, with->location, NULL, "SEARCH or CYCLE");
    return translate_tree(translator, with->ctequery);
}

/* The columns in the parentheses of ON CONFLICT (a, b). */
static Code take_inference(Translator *translator, const PgQuery__InferClause *infer)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t open = rewrite_find(rewrite, infer->location);
    if (infer->conname && *infer->conname)
        return translator_refuse(translator, infer->location, "name its columns instead",
                                 "ON CONFLICT ON CONSTRAINT");
    if (rewrite_is_symbol(rewrite, open, '('))
        translate_names_between(translator, open + 1, rewrite_partner(rewrite, open));
    for (size_t i = 0; i < infer->n_index_elems; i++) {
        const PgQuery__IndexElem *element = infer->index_elems[i]->index_elem;
        if (element->n_collation > 0 || element->n_opclass > 0)
            return translator_refuse(translator, infer->location, NULL,
                                     "a collation or operator class");
        Code code = translate_tree(translator, element->expr);
        if (code != RUNG_OK)
            return code;
    }
    return translate_tree(translator, infer->where_clause);
}

static Code take_conflict(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__OnConflictClause *conflict = (const PgQuery__OnConflictClause *)message;
    Code code = conflict->infer ? take_inference(translator, conflict->infer) : RUNG_OK;
    if (code == RUNG_OK)
        code = take_columns(translator, conflict->target_list, conflict->n_target_list);
    return code == RUNG_OK ? translate_tree(translator, conflict->where_clause) : code;
}

/* ---- SELECT ---- */

static bool is_select(const PgQuery__SelectStmt *select, PgQuery__SetOperation operation)
{
    return select && select->op == operation;
}

static const char *select_refusal(const PgQuery__SelectStmt *select)
{
    bool compound = !is_select(select, PG_QUERY__SET_OPERATION__SETOP_NONE);
    if (select->into_clause)
        return "SELECT INTO";
    if (select->n_locking_clause > 0)
        return "FOR UPDATE or FOR SHARE";
    if (select->limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES)
        return "WITH TIES";
    if (select->group_distinct)
        return "GROUP BY DISTINCT";
    if (select->limit_offset && !select->limit_count)
        return "OFFSET without LIMIT";
    if (select->limit_count && select->limit_count->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        select->limit_count->a_const->isnull)
        return "LIMIT ALL";
    if (compound && select->all && !is_select(select, PG_QUERY__SET_OPERATION__SETOP_UNION))
        return "INTERSECT ALL or EXCEPT ALL";
    if (compound && !is_select(select->rarg, PG_QUERY__SET_OPERATION__SETOP_NONE))
        return "INTERSECT behind UNION or EXCEPT, which SQLite takes from left to right,";
    if (select->n_distinct_clause > 0 &&
        select->distinct_clause[0]->node_case != PG_QUERY__NODE__NODE__NOT_SET)
        return "DISTINCT ON";
    return NULL;
}

static Code take_select(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__SelectStmt *select = (const PgQuery__SelectStmt *)message;
    const char *refusal = select_refusal(select);
    if (refusal)
        return translator_refuse(translator, -1, NULL, "%s", refusal);
    const struct {
        PgQuery__Node *const *nodes;
        size_t count;
    } lists[] = {
        {select->target_list, select->n_target_list},
        {select->from_clause, select->n_from_clause},
        {select->group_clause, select->n_group_clause},
        {select->window_clause, select->n_window_clause},
        {select->values_lists, select->n_values_lists},
        {select->sort_clause, select->n_sort_clause},
    };
    const void *const parts[] = {
        select->with_clause, select->where_clause, select->having_clause, select->limit_offset,
        select->limit_count, select->larg,         select->rarg,
    };
    Code code = RUNG_OK;
    for (size_t i = 0; i < COUNT(lists) && code == RUNG_OK; i++)
        code = translate_trees(translator, lists[i].nodes, lists[i].count);
    for (size_t i = 0; i < COUNT(parts) && code == RUNG_OK; i++)
        code = translate_tree(translator, parts[i]);
    return code;
}

/* ---- changes of rows ---- */

/* INSERT … SELECT … FROM t ON CONFLICT: SQLite's parser takes ON for a join's, unless a WHERE
 * stands between ("Parsing Ambiguity" in its manual page on UPSERT). */
static void part_select_from_conflict(Translator *translator, const PgQuery__InsertStmt *insert)
{
    if (!insert->on_conflict_clause || !insert->select_stmt ||
        insert->select_stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
        return;
    const PgQuery__SelectStmt *select = insert->select_stmt->select_stmt;
    bool closed = select->n_sort_clause > 0 || select->limit_count;
    while (select->rarg)
        select = select->rarg;
    if (closed || select->n_from_clause == 0 || select->where_clause ||
        select->n_group_clause > 0 || select->having_clause || select->n_window_clause > 0)
        return;
    size_t index = rewrite_find(&translator->rewrite, insert->on_conflict_clause->location);
    if (index != REWRITE_NONE)
        rewrite_before(&translator->rewrite, index, "WHERE true ");
}

static Code take_insert(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__InsertStmt *insert = (const PgQuery__InsertStmt *)message;
    if (insert->override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE ||
        insert->override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE)
        return translator_refuse(translator, -1, NULL, "OVERRIDING");
    part_select_from_conflict(translator, insert);
    Code code = take_target(translator, insert->relation);
    if (code == RUNG_OK)
        code = translate_tree(translator, insert->with_clause);
    if (code == RUNG_OK)
        code = take_columns(translator, insert->cols, insert->n_cols);
    if (code == RUNG_OK)
        code = translate_tree(translator, insert->select_stmt);
    if (code == RUNG_OK)
        code = translate_tree(translator, insert->on_conflict_clause);
    return code == RUNG_OK
               ? translate_trees(translator, insert->returning_list, insert->n_returning_list)
               : code;
}

static Code take_update(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__UpdateStmt *update = (const PgQuery__UpdateStmt *)message;
    Code code = take_target(translator, update->relation);
    if (code == RUNG_OK)
        code = translate_tree(translator, update->with_clause);
    if (code == RUNG_OK)
        code = take_columns(translator, update->target_list, update->n_target_list);
    if (code == RUNG_OK)
        code = translate_trees(translator, update->from_clause, update->n_from_clause);
    if (code == RUNG_OK)
        code = translate_tree(translator, update->where_clause);
    return code == RUNG_OK
               ? translate_trees(translator, update->returning_list, update->n_returning_list)
               : code;
}

static Code take_delete(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__DeleteStmt *delete = (const PgQuery__DeleteStmt *)message;
    if (delete->n_using_clause > 0)
        return translator_refuse(translator, -1, "WHERE EXISTS (SELECT …) is the same in both",
                                 "DELETE … USING");
    Code code = take_target(translator, delete->relation);
    if (code == RUNG_OK)
        code = translate_tree(translator, delete->with_clause);
    if (code == RUNG_OK)
        code = translate_tree(translator, delete->where_clause);
    return code == RUNG_OK
               ? translate_trees(translator, delete->returning_list, delete->n_returning_list)
               : code;
}

static const NodeRule rules[] = {
    {"SelectStmt", take_select, NULL},
    {"ResTarget", take_result, NULL},
    {"RangeVar", take_relation, NULL},
    {"JoinExpr", take_join, NULL},
    {"RangeSubselect", take_subquery, NULL},
    {"SubLink", take_sublink, NULL},
    {"SortBy", take_sort, NULL},
    {"WindowDef", NULL, NULL},
    {"WithClause", NULL, NULL},
    {"CommonTableExpr", take_with_query, NULL},
    {"InsertStmt", take_insert, NULL},
    {"UpdateStmt", take_update, NULL},
    {"DeleteStmt", take_delete, NULL},
    {"OnConflictClause", take_conflict, NULL},
    {"MultiAssignRef", take_multiple, NULL},
    {"GroupingSet", NULL, "GROUPING SETS, CUBE or ROLLUP"},
    {"RangeFunction", NULL, "a function in FROM"},
    {"RangeTableSample", NULL, "TABLESAMPLE"},
    {"RangeTableFunc", NULL, "XMLTABLE"},
};

const NodeRule *query_rule(const char *name)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

/* ---- edits by words ---- */

/* Words behind which the list of ORDER BY is over. */
static bool ends_order(const Rewrite *rewrite, size_t index)
{
    static const char *const words[] = {"LIMIT",     "OFFSET", "FETCH", "FOR", "ROWS",
                                        "RANGE",     "GROUPS", "UNION", "ON",  "RETURNING",
                                        "INTERSECT", "EXCEPT", "WINDOW"};
    if (rewrite_is_symbol(rewrite, index - 1, '.') || rewrite_is_symbol(rewrite, index - 1, ','))
        return false; /* a column of that name */
    for (size_t i = 0; i < COUNT(words); i++)
        if (rewrite_is(rewrite, index, words[i]))
            return true;
    return false;
}

/* The last token of one item of ORDER BY. */
static size_t order_item_end(const Rewrite *rewrite, size_t first)
{
    size_t last = rewrite_element_end(rewrite, first), depth = rewrite->tokens.at[first].depth;
    for (size_t i = first + 1; i <= last; i++)
        if (rewrite->tokens.at[i].depth == depth && ends_order(rewrite, i))
            return i - 1;
    return last;
}

/* PostgreSQL sorts NULL as the largest value, SQLite as the smallest. */
static void place_nulls(Rewrite *rewrite, size_t first)
{
    for (;;) {
        size_t last = order_item_end(rewrite, first);
        bool placed = last > first && rewrite_is(rewrite, last - 1, "NULLS");
        bool descending = rewrite_is(rewrite, last, "DESC");
        if (!placed)
            rewrite_behind(rewrite, last, descending ? " NULLS FIRST" : " NULLS LAST");
        if (!rewrite_is_symbol(rewrite, last + 1, ','))
            return;
        first = last + 2;
    }
}

static bool joins_selects(const Rewrite *rewrite, size_t index)
{
    return rewrite_is(rewrite, index, "UNION") || rewrite_is(rewrite, index, "INTERSECT") ||
           rewrite_is(rewrite, index, "EXCEPT");
}

static bool opens_query(const Rewrite *rewrite, size_t index)
{
    return rewrite_is(rewrite, index, "SELECT") || rewrite_is(rewrite, index, "VALUES") ||
           rewrite_is(rewrite, index, "WITH") || rewrite_is(rewrite, index, "TABLE");
}

/* A parenthesis that opens a part of a UNION, which SQLite's grammar does not have. */
static bool wraps_select(const Rewrite *rewrite, size_t index)
{
    if (!rewrite_is_symbol(rewrite, index, '(') || !opens_query(rewrite, index + 1))
        return false;
    if (index == 0 || joins_selects(rewrite, index - 1))
        return true;
    if (rewrite_is(rewrite, index - 1, "ALL"))
        return index > 1 && joins_selects(rewrite, index - 2);
    return (rewrite_is(rewrite, index - 1, "AS") || rewrite_is_symbol(rewrite, index - 1, '(')) &&
           joins_selects(rewrite, rewrite_partner(rewrite, index) + 1);
}

Code translate_query_words(Translator *translator)
{
    Rewrite *rewrite = &translator->rewrite;
    for (size_t i = 0; i + 1 < rewrite->tokens.count; i++) {
        int location = (int)(rewrite_token(rewrite, i)->text - rewrite->sql);
        if (rewrite_is(rewrite, i, "ORDER") && rewrite_is(rewrite, i + 1, "BY"))
            place_nulls(rewrite, i + 2);
        else if (rewrite_is(rewrite, i, "FETCH"))
            return translator_refuse(translator, location, "LIMIT is the same in both",
                                     "FETCH FIRST");
        else if (wraps_select(rewrite, i))
            return translator_refuse(translator, location, "use SELECT … FROM (SELECT …) AS a",
                                     "parentheses around a SELECT");
        else if (rewrite_is(rewrite, i, "TABLE") && (i == 0 || joins_selects(rewrite, i - 1) ||
                                                     rewrite_is_symbol(rewrite, i - 1, '(')))
            return translator_refuse(translator, location, "SELECT * FROM is the same in both",
                                     "TABLE as a query");
    }
    return RUNG_OK;
}
