/* Finding what is known, and the statements of a history one by one. */
#include "lint/known.h"

#include "base/text.h"
#include "lint/known_parts.h"
#include "sql/quote.h"
#include "sql/split.h"

#include <strings.h>

Known *known_new(Arena *arena)
{
    Known *known = arena_alloc(arena, sizeof *known);
    known->arena = arena;
    known->time_zone = -1;
    *vec_add(arena, &known->path) = "public";
    return known;
}

void known_begin_transaction(Known *known)
{
    known->transaction++;
    if (known->local_path)
        known->path = known->session_path;
    known->local_path = false;
}

bool known_is_new(const Known *known, const KnownRelation *relation)
{
    return known->transaction > 0 && relation->transaction == known->transaction;
}

const char *known_schema(const Known *known)
{
    return known->path.count ? known->path.at[0] : "public";
}

int known_time_zone(const Known *known)
{
    return known->time_zone;
}

const KnownRelationList *known_relations(const Known *known)
{
    return &known->relations;
}

/* ---- finding ---- */

static bool is_named(const char *schema, const char *name, const char *wanted_schema,
                     const char *wanted)
{
    return strcmp(name, wanted) == 0 && strcmp(schema, wanted_schema) == 0;
}

static KnownRelation *find_in(const Known *known, const char *schema, const char *name)
{
    for (size_t i = 0; i < known->relations.count; i++) {
        KnownRelation *relation = known->relations.at[i];
        if (is_named(relation->schema, relation->name, schema, name))
            return relation;
    }
    return NULL;
}

KnownRelation *known_find(const Known *known, const char *schema, const char *name)
{
    if (!name)
        return NULL;
    if (schema)
        return find_in(known, schema, name);
    KnownRelation *found = find_in(known, "pg_temp", name);
    for (size_t i = 0; i < known->path.count && !found; i++)
        found = find_in(known, known->path.at[i], name);
    return found;
}

KnownRelation *known_find_range(const Known *known, const PgQuery__RangeVar *range)
{
    return range ? known_find(known, tree_range(range).schema, range->relname) : NULL;
}

static KnownIndex *find_index_in(const Known *known, const char *schema, const char *name)
{
    for (size_t i = 0; i < known->relations.count; i++) {
        const KnownRelation *relation = known->relations.at[i];
        for (size_t k = 0; k < relation->indexes.count; k++)
            if (is_named(relation->schema, relation->indexes.at[k]->name, schema, name))
                return relation->indexes.at[k];
    }
    return NULL;
}

KnownIndex *known_find_index(const Known *known, const char *schema, const char *name)
{
    if (!name)
        return NULL;
    if (schema)
        return find_index_in(known, schema, name);
    KnownIndex *found = find_index_in(known, "pg_temp", name);
    for (size_t i = 0; i < known->path.count && !found; i++)
        found = find_index_in(known, known->path.at[i], name);
    return found;
}

static KnownType *find_type_in(const Known *known, const char *schema, const char *name)
{
    for (size_t i = 0; i < known->types.count; i++)
        if (is_named(known->types.at[i]->schema, known->types.at[i]->name, schema, name))
            return known->types.at[i];
    return NULL;
}

KnownType *known_find_type(const Known *known, const char *schema, const char *name)
{
    if (!name)
        return NULL;
    if (schema)
        return find_type_in(known, schema, name);
    KnownType *found = NULL;
    for (size_t i = 0; i < known->path.count && !found; i++)
        found = find_type_in(known, known->path.at[i], name);
    return found;
}

KnownStatistics *known_find_statistics(const Known *known, TreeName name)
{
    for (size_t i = 0; name.name && i < known->statistics.count; i++) {
        KnownStatistics *statistics = &known->statistics.at[i];
        if (strcmp(statistics->name, name.name) == 0 &&
            (!name.schema || strcmp(statistics->schema, name.schema) == 0))
            return statistics;
    }
    return NULL;
}

KnownColumn *known_column(const KnownRelation *relation, const char *name)
{
    for (size_t i = 0; name && i < relation->columns.count; i++)
        if (strcmp(relation->columns.at[i]->name, name) == 0)
            return relation->columns.at[i];
    return NULL;
}

KnownConstraint *known_constraint(const KnownRelation *relation, const char *name)
{
    for (size_t i = 0; name && i < relation->constraints.count; i++)
        if (strcmp(relation->constraints.at[i]->name, name) == 0)
            return relation->constraints.at[i];
    return NULL;
}

char known_volatility(const Known *known, const char *schema, const char *name)
{
    char volatility = 0;
    for (size_t i = 0; i < known->functions.count; i++) {
        const KnownFunction *function = &known->functions.at[i];
        if (strcmp(function->name, name) != 0 || (schema && strcmp(function->schema, schema) != 0))
            continue;
        volatility = volatility && volatility != function->volatility ? '?' : function->volatility;
    }
    return volatility;
}

const PgQuery__Node *known_function_value(const Known *known, const char *schema, const char *name)
{
    for (size_t i = 0; i < known->functions.count; i++) {
        const KnownFunction *function = &known->functions.at[i];
        if (strcmp(function->name, name) == 0 && (!schema || strcmp(function->schema, schema) == 0))
            return function->value;
    }
    return NULL;
}

const char *known_name(Arena *arena, const KnownRelation *relation)
{
    Text text = TEXT_EMPTY;
    sql_add_identifier(&text, relation->schema);
    text_char(&text, '.');
    sql_add_identifier(&text, relation->name);
    return text_keep(&text, arena);
}

/* ---- what follows from it ---- */

static bool says_not_null(const PgQuery__Node *node, const char *column)
{
    if (node->node_case == NODE(BOOL_EXPR)) {
        const PgQuery__BoolExpr *expression = node->bool_expr;
        if (expression->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
            return false;
        for (size_t i = 0; i < expression->n_args; i++)
            if (says_not_null(expression->args[i], column))
                return true;
        return false;
    }
    if (node->node_case != NODE(NULL_TEST) ||
        node->null_test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL)
        return false;
    const PgQuery__Node *argument = node->null_test->arg;
    if (!argument || argument->node_case != NODE(COLUMN_REF))
        return false;
    TreeName name = tree_name(argument->column_ref->fields, argument->column_ref->n_fields);
    return name.name && strcmp(name.name, column) == 0;
}

bool known_constraint_proves(const KnownConstraint *constraint, const KnownColumn *column)
{
    if (constraint->type != CONSTRAINT_CHECK || !constraint->validated)
        return false;
    for (size_t i = 0; i < constraint->columns.count; i++)
        /* its text still has the name that the column had then */
        if (constraint->columns.at[i] == column &&
            says_not_null(constraint->expression, constraint->names.at[i]))
            return true;
    return false;
}

bool known_proves_not_null(const KnownRelation *relation, const KnownColumn *column)
{
    for (size_t i = 0; i < relation->constraints.count; i++)
        if (known_constraint_proves(relation->constraints.at[i], column))
            return true;
    return false;
}

static bool is_listed(const KnownRelationList *list, const KnownRelation *relation)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i] == relation)
            return true;
    return false;
}

void known_tree_of(Arena *arena, KnownRelation *relation, KnownRelationList *ret_relations)
{
    if (is_listed(ret_relations, relation))
        return;
    *vec_add(arena, ret_relations) = relation;
    for (size_t i = 0; i < relation->children.count; i++)
        known_tree_of(arena, relation->children.at[i], ret_relations);
}

static bool reads(const KnownRelation *view, const KnownRelation *relation)
{
    for (size_t i = 0; i < view->reads.count; i++)
        if (view->reads.at[i] == relation)
            return true;
    return false;
}

void known_dropped_with(Arena *arena, const Known *known, KnownRelation *relation,
                        KnownRelationList *ret_relations)
{
    if (is_listed(ret_relations, relation))
        return;
    *vec_add(arena, ret_relations) = relation;
    for (size_t i = 0; i < relation->children.count; i++)
        known_dropped_with(arena, known, relation->children.at[i], ret_relations);
    for (size_t i = 0; i < known->relations.count; i++) {
        KnownRelation *other = known->relations.at[i];
        if (other->owner == relation || reads(other, relation))
            known_dropped_with(arena, known, other, ret_relations);
    }
}

KnownRelation *known_default_partition(const KnownRelation *relation)
{
    for (size_t i = 0; i < relation->children.count; i++)
        if (relation->children.at[i]->bound && relation->children.at[i]->bound->is_default)
            return relation->children.at[i];
    return NULL;
}

void known_references(Arena *arena, const Known *known, const KnownRelation *relation,
                      KnownReferenceList *ret_references)
{
    for (size_t i = 0; i < known->relations.count; i++) {
        KnownRelation *table = known->relations.at[i];
        for (size_t k = 0; k < table->constraints.count; k++)
            if (table->constraints.at[k]->references == relation)
                *vec_add(arena, ret_references) = (KnownReference){table, table->constraints.at[k]};
    }
}

KnownRelation *known_default_sequence(Arena *arena, const Known *known, const PgQuery__Node *value)
{
    TreeNameList functions = {0};
    NameList names = {0};
    tree_functions(arena, NODE_TREE(value), &functions);
    tree_constants(arena, NODE_TREE(value), &names);
    if (functions.count == 0 || names.count == 0 || !functions.at[0].name ||
        (strcmp(functions.at[0].name, "nextval") != 0 &&
         strcmp(functions.at[0].name, "setval") != 0))
        return NULL;
    const char *dot = strchr(names.at[0], '.');
    if (!dot)
        return known_find(known, NULL, names.at[0]);
    return known_find(known, arena_copy(arena, names.at[0], (size_t)(dot - names.at[0])), dot + 1);
}

static const KnownConstraint *primary_key(const KnownRelation *table)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.at[i]->type == CONSTRAINT_PRIMARY)
            return table->constraints.at[i];
    return NULL;
}

static bool has_column(const KnownColumnList *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->at[i]->name, name) == 0)
            return true;
    return false;
}

bool known_reference_uses(const KnownReference *reference, const KnownRelation *target,
                          const KnownColumn *column)
{
    const KnownConstraint *foreign = reference->constraint;
    const KnownConstraint *primary = primary_key(target);
    for (size_t i = 0; i < foreign->target_columns.count; i++)
        if (strcmp(foreign->target_columns.at[i], column->name) == 0)
            return true;
    return foreign->target_columns.count == 0 && primary &&
           has_column(&primary->columns, column->name);
}

bool known_reference_needs(const KnownReference *reference, const KnownRelation *target,
                           const KnownConstraint *key)
{
    const KnownConstraint *foreign = reference->constraint;
    if (foreign->target_columns.count == 0)
        return key == primary_key(target);
    if (foreign->target_columns.count != key->columns.count)
        return false;
    for (size_t i = 0; i < foreign->target_columns.count; i++)
        if (!has_column(&key->columns, foreign->target_columns.at[i]))
            return false;
    return true;
}

KnownConstraint *known_same_foreign(const KnownRelation *table, const KnownConstraint *foreign)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        KnownConstraint *other = table->constraints.at[i];
        bool same = other->type == CONSTRAINT_FOREIGN && other->references == foreign->references &&
                    other->columns.count == foreign->columns.count;
        for (size_t k = 0; same && k < foreign->columns.count; k++)
            same = strcmp(other->columns.at[k]->name, foreign->columns.at[k]->name) == 0;
        if (same)
            return other;
    }
    return NULL;
}

/* ---- the statements ---- */

static const PgQuery__Node *function_option(const PgQuery__CreateFunctionStmt *create,
                                            const char *name)
{
    for (size_t i = 0; i < create->n_options; i++) {
        const PgQuery__DefElem *option =
            create->options[i]->node_case == NODE(DEF_ELEM) ? create->options[i]->def_elem : NULL;
        if (option && strcmp(option->defname, name) == 0)
            return option->arg;
    }
    return NULL;
}

/* The only target of a SELECT that has nothing else. */
static const PgQuery__Node *selected_value(const PgQuery__Node *body)
{
    const PgQuery__SelectStmt *select =
        body && body->node_case == NODE(SELECT_STMT) ? body->select_stmt : NULL;
    if (!select || select->n_target_list != 1 || select->n_from_clause > 0 ||
        select->where_clause || select->n_values_lists > 0 || select->larg ||
        select->target_list[0]->node_case != NODE(RES_TARGET))
        return NULL;
    return select->target_list[0]->res_target->val;
}

static const PgQuery__Node *function_value(const Known *known,
                                           const PgQuery__CreateFunctionStmt *create)
{
    const PgQuery__Node *language = function_option(create, "language");
    const PgQuery__Node *text = function_option(create, "as"), *body = NULL;
    Error error;
    if (!language || language->node_case != NODE(STRING) ||
        strcasecmp(language->string->sval, "sql") != 0 || !text || text->node_case != NODE(LIST) ||
        text->list->n_items != 1)
        return NULL;
    const char *sql = tree_name(text->list->items, 1).name;
    if (!sql || sql_parse(known->arena, sql, strlen(sql), &body, &error) != RUNG_OK)
        return NULL;
    return selected_value(body);
}

static void create_function(Known *known, const PgQuery__CreateFunctionStmt *create)
{
    TreeName name = tree_name(create->funcname, create->n_funcname);
    if (!name.name)
        return;
    const char *schema = name.schema ? name.schema : known_schema(known);
    const PgQuery__Node *said = function_option(create, "volatility");
    char volatility = said && said->node_case == NODE(STRING) ? said->string->sval[0] : 'v';
    const PgQuery__Node *value = function_value(known, create);
    for (size_t i = 0; create->replace && i < known->functions.count; i++)
        if (is_named(known->functions.at[i].schema, known->functions.at[i].name, schema,
                     name.name)) {
            known->functions.at[i].volatility = volatility; /* of one of that name */
            known->functions.at[i].value = value;
            return;
        }
    *vec_add(known->arena, &known->functions) =
        (KnownFunction){schema, name.name, volatility, value};
}

static void create_statistics(Known *known, const PgQuery__CreateStatsStmt *create)
{
    KnownRelation *table =
        create->n_relations == 1 && create->relations[0]->node_case == NODE(RANGE_VAR)
            ? known_find_range(known, create->relations[0]->range_var)
            : NULL;
    TreeName name = tree_name(create->defnames, create->n_defnames);
    if (!table || !name.name)
        return;
    *vec_add(known->arena, &known->statistics) =
        (KnownStatistics){name.schema ? name.schema : known_schema(known), name.name, table};
}

static const char *constant_text(const PgQuery__Node *node)
{
    if (node->node_case != NODE(A_CONST) || node->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return NULL;
    return node->a_const->sval->sval;
}

static void set_path(Known *known, const NameList *schemas, bool local)
{
    NameList path = {0};
    for (size_t i = 0; i < schemas->count; i++)
        if (*schemas->at[i] && strcmp(schemas->at[i], "$user") != 0 &&
            strcmp(schemas->at[i], "pg_catalog") != 0)
            *vec_add(known->arena, &path) = schemas->at[i];
    if (local && !known->local_path)
        known->session_path = known->path;
    known->local_path = local;
    known->path = path;
}

/* SELECT set_config('search_path', '…', local), as pg_dump writes it */
static void select_path(Known *known, const PgQuery__SelectStmt *select)
{
    const PgQuery__Node *value =
        select->n_target_list == 1 && select->target_list[0]->node_case == NODE(RES_TARGET)
            ? select->target_list[0]->res_target->val
            : NULL;
    if (!value || value->node_case != NODE(FUNC_CALL) || value->func_call->n_args != 3)
        return;
    TreeName name = tree_name(value->func_call->funcname, value->func_call->n_funcname);
    const char *setting = constant_text(value->func_call->args[0]);
    const char *path = constant_text(value->func_call->args[1]);
    if (!name.name || strcmp(name.name, "set_config") != 0 || !setting || !path ||
        strcasecmp(setting, "search_path") != 0)
        return;
    NameList schemas = {0};
    for (size_t length; *path; path += length + strspn(path + length, ", ")) {
        length = strcspn(path, ", ");
        bool quoted = length > 1 && *path == '"';
        *vec_add(known->arena, &schemas) = quoted ? arena_copy(known->arena, path + 1, length - 2)
                                                  : arena_copy(known->arena, path, length);
        if (length == 0)
            length = strspn(path, ", ");
    }
    set_path(known, &schemas, false);
}

static bool is_utc(const char *zone)
{
    static const char *const names[] = {"UTC",     "Etc/UTC", "GMT",           "Etc/GMT", "UCT",
                                        "Etc/UCT", "Zulu",    "Etc/Universal", "Etc/Zulu"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcasecmp(zone, names[i]) == 0)
            return true;
    return false;
}

static void set_variable(Known *known, const PgQuery__VariableSetStmt *set)
{
    const char *name = tree_text(set->name);
    if (!name)
        return;
    if (strcasecmp(name, "search_path") == 0) {
        NameList schemas = {0};
        for (size_t i = 0; i < set->n_args; i++)
            if (constant_text(set->args[i]))
                *vec_add(known->arena, &schemas) = constant_text(set->args[i]);
        if (set->n_args == 0) /* RESET, DEFAULT */
            *vec_add(known->arena, &schemas) = "public";
        set_path(known, &schemas, set->is_local);
    }
    if (strcasecmp(name, "timezone") == 0) {
        const char *zone = set->n_args == 1 ? constant_text(set->args[0]) : NULL;
        known->time_zone = zone ? is_utc(zone) : -1;
    }
}

static void create_schema(Known *known, const PgQuery__CreateSchemaStmt *create, Error *error)
{
    for (size_t i = 0; i < create->n_schema_elts; i++) {
        const PgQuery__Node *element = create->schema_elts[i];
        PgQuery__RangeVar *relation =
            element->node_case == NODE(CREATE_STMT) ? element->create_stmt->relation
            : element->node_case == NODE(VIEW_STMT) ? element->view_stmt->view
                                                    : NULL;
        if (relation && !tree_text(relation->schemaname))
            relation->schemaname = create->schemaname;
        known_replay(known, element, error);
    }
}

static void create_composite(Known *known, const PgQuery__CompositeTypeStmt *create)
{
    KnownRelation *relation =
        known_add_relation(known, tree_range(create->typevar), RELATION_COMPOSITE);
    if (!relation)
        return;
    for (size_t i = 0; i < create->n_coldeflist; i++)
        known_add_column(known, relation, create->coldeflist[i]->column_def);
    known_create_type(known, (TreeName){relation->schema, relation->name}, TYPE_COMPOSITE,
                      relation);
}

static bool replay_creation(Known *known, const PgQuery__Node *node, Error *error)
{
    switch (node->node_case) {
    case NODE(CREATE_STMT):
        known_create_table(known, node->create_stmt, RELATION_TABLE);
        return true;
    case NODE(CREATE_FOREIGN_TABLE_STMT):
        known_create_table(known, node->create_foreign_table_stmt->base_stmt, RELATION_FOREIGN);
        return true;
    case NODE(CREATE_TABLE_AS_STMT):
        known_create_table_as(
            known, node->create_table_as_stmt->query, node->create_table_as_stmt->into,
            node->create_table_as_stmt->objtype == OBJECT(MATVIEW) ? RELATION_MATVIEW
                                                                   : RELATION_TABLE);
        return true;
    case NODE(SELECT_STMT):
        if (!node->select_stmt->into_clause)
            select_path(known, node->select_stmt);
        else
            known_create_table_as(known, node, node->select_stmt->into_clause, RELATION_TABLE);
        return true;
    case NODE(VIEW_STMT):
        known_create_view(known, node->view_stmt);
        return true;
    case NODE(CREATE_SEQ_STMT):
        known_add_relation(known, tree_range(node->create_seq_stmt->sequence), RELATION_SEQUENCE);
        return true;
    case NODE(INDEX_STMT):
        known_create_index(known, node->index_stmt);
        return true;
    case NODE(CREATE_SCHEMA_STMT):
        create_schema(known, node->create_schema_stmt, error);
        return true;
    case NODE(CREATE_STATS_STMT):
        create_statistics(known, node->create_stats_stmt);
        return true;
    case NODE(CREATE_FUNCTION_STMT):
        create_function(known, node->create_function_stmt);
        return true;
    default:
        return false;
    }
}

static void create_trigger(Known *known, const PgQuery__CreateTrigStmt *create)
{
    KnownRelation *table = known_find_range(known, create->relation);
    if (!table)
        return;
    KnownTrigger *trigger = arena_alloc(known->arena, sizeof *trigger);
    trigger->name = create->trigname;
    trigger->function = tree_name(create->funcname, create->n_funcname);
    *vec_add(known->arena, &table->triggers) = trigger;
}

static bool replay_type(Known *known, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case NODE(CREATE_DOMAIN_STMT):
        known_create_domain(known, node->create_domain_stmt);
        return true;
    case NODE(ALTER_DOMAIN_STMT):
        known_alter_domain(known, node->alter_domain_stmt);
        return true;
    case NODE(CREATE_ENUM_STMT):
        known_create_type(
            known,
            tree_name(node->create_enum_stmt->type_name, node->create_enum_stmt->n_type_name),
            TYPE_ENUM, NULL);
        return true;
    case NODE(COMPOSITE_TYPE_STMT):
        create_composite(known, node->composite_type_stmt);
        return true;
    default:
        return false;
    }
}

Code known_replay(Known *known, const PgQuery__Node *statement, Error *error)
{
    if (replay_creation(known, statement, error) || replay_type(known, statement))
        return RUNG_OK;
    switch (statement->node_case) {
    case NODE(ALTER_TABLE_STMT):
        known_alter_table(known, statement->alter_table_stmt);
        break;
    case NODE(CREATE_TRIG_STMT):
        create_trigger(known, statement->create_trig_stmt);
        break;
    case NODE(ALTER_SEQ_STMT):
        known_alter_sequence(known, statement->alter_seq_stmt);
        break;
    case NODE(DROP_STMT):
        known_drop_objects(known, statement->drop_stmt);
        break;
    case NODE(RENAME_STMT):
        known_rename_object(known, statement->rename_stmt);
        break;
    case NODE(ALTER_OBJECT_SCHEMA_STMT):
        known_move_object(known, statement->alter_object_schema_stmt);
        break;
    case NODE(VARIABLE_SET_STMT):
        set_variable(known, statement->variable_set_stmt);
        break;
    default:
        break;
    }
    return RUNG_OK;
}

Code known_replay_sql(Known *known, const char *sql, size_t length, size_t *ret_unread,
                      Error *error)
{
    SqlPieces pieces = {0};
    SqlSource source = {
        .engine = ENGINE_POSTGRESQL, .file = "", .line = 1, .text = sql, .length = length};
    Code code = sql_split(known->arena, &source, &pieces, error);
    size_t unread = 0;
    for (size_t i = 0; i < pieces.count && code == RUNG_OK; i++) {
        const SqlPiece *piece = &pieces.at[i];
        const PgQuery__Node *statement = NULL;
        if (piece->length == 0)
            continue;
        code = sql_parse(known->arena, sql + piece->offset, piece->length, &statement, error);
        if (code == RUNG_REVISION) {
            unread++;
            code = RUNG_OK;
        } else if (code == RUNG_OK) {
            code = known_replay(known, statement, error);
        }
    }
    if (code == RUNG_OK && ret_unread)
        *ret_unread = unread;
    return code;
}
