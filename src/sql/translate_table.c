/* CREATE TABLE and the column of ADD COLUMN. */
#include "sql/translator.h"

/* What a column's constraints say together. */
typedef struct Column {
    const PgQuery__ColumnDef *definition;
    const TypeRule *rule;
    size_t name, type, last; /* tokens */
    const PgQuery__Constraint *primary, *identity, *not_null, *deflt, *foreign, *generated, *unique;
    bool primary_by_table; /* PRIMARY KEY (…) of the table names it */
    bool sole_key;         /* and it alone */
} Column;

static Code refuse_column(Translator *translator, const Column *column, const char *hint,
                          const char *what)
{
    return translator_refuse(translator, column->definition->location, hint, "column \"%s\": %s",
                             column->definition->colname, what);
}

/* ---- constraints ---- */

static Code check_key(Translator *translator, const PgQuery__Constraint *key)
{
    const char *refusal = key->nulls_not_distinct               ? "NULLS NOT DISTINCT"
                          : key->n_including > 0                ? "INCLUDE"
                          : key->n_options > 0                  ? "WITH (…) of an index"
                          : key->deferrable                     ? "a DEFERRABLE key"
                          : key->indexspace && *key->indexspace ? "USING INDEX TABLESPACE"
                          : key->indexname && *key->indexname   ? "USING INDEX"
                                                                : NULL;
    return refusal ? translator_refuse(translator, key->location, NULL, "%s", refusal) : RUNG_OK;
}

static Code check_foreign(Translator *translator, const PgQuery__Constraint *foreign)
{
    if (foreign->fk_matchtype && *foreign->fk_matchtype == 'f' && foreign->n_fk_attrs > 1)
        return translator_refuse(translator, foreign->location,
                                 "SQLite accepts MATCH FULL and treats it as MATCH SIMPLE",
                                 "MATCH FULL");
    if (foreign->n_fk_del_set_cols > 0)
        return translator_refuse(translator, foreign->location, NULL,
                                 "ON DELETE SET … with columns");
    return translate_relation(translator, foreign->pktable);
}

static Code check_check(Translator *translator, const PgQuery__Constraint *check)
{
    if (check->is_no_inherit)
        return translator_refuse(translator, check->location, NULL, "NO INHERIT");
    return translate_fixed(translator, check->raw_expr, "a CHECK");
}

/* Names in the parentheses of a table constraint: keys, and columns of a foreign key. */
static void take_key_names(Translator *translator, size_t from, size_t last)
{
    const Rewrite *rewrite = &translator->rewrite;
    for (size_t i = from; i <= last; i++)
        if (rewrite_is_symbol(rewrite, i, '(')) {
            size_t close = rewrite_partner(rewrite, i);
            translate_names_between(translator, i + 1, close);
            i = close;
        }
}

static Code take_table_constraint(Translator *translator, const PgQuery__Constraint *constraint)
{
    size_t first = rewrite_find(&translator->rewrite, constraint->location);
    if (first == REWRITE_NONE)
        return translator_refuse(translator, constraint->location, NULL, "a table constraint");
    size_t last = rewrite_element_end(&translator->rewrite, first);
    if (constraint->skip_validation)
        return translator_refuse(translator, constraint->location, NULL, "NOT VALID");
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return check_check(translator, constraint);
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        take_key_names(translator, first, last);
        return check_key(translator, constraint);
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        take_key_names(translator, first, last);
        return check_foreign(translator, constraint);
    default:
        return translator_refuse(translator, constraint->location, NULL, "EXCLUDE");
    }
}

/* ---- columns ---- */

static Code note_constraint(Translator *translator, Column *column,
                            const PgQuery__Constraint *constraint,
                            const PgQuery__Constraint *before)
{
    bool attribute = constraint->contype >= PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE;
    if (attribute)
        return before && before->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN
                   ? RUNG_OK
                   : translator_refuse(translator, constraint->location, NULL, "a DEFERRABLE key");
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
        return RUNG_OK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        column->not_null = constraint;
        return RUNG_OK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        column->deflt = constraint;
        return RUNG_OK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        column->identity = constraint;
        return RUNG_OK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        column->generated = constraint;
        return translate_fixed(translator, constraint->raw_expr, "a generated column");
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return check_check(translator, constraint);
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        column->primary = constraint;
        return check_key(translator, constraint);
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        column->unique = constraint;
        return check_key(translator, constraint);
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        column->foreign = constraint;
        return check_foreign(translator, constraint);
    default:
        return translator_refuse(translator, constraint->location, NULL, "a column constraint");
    }
}

static Code note_constraints(Translator *translator, Column *column)
{
    const PgQuery__ColumnDef *definition = column->definition;
    const PgQuery__Constraint *before = NULL; /* attributes follow theirs */
    Code code = RUNG_OK;
    for (size_t i = 0; i < definition->n_constraints && code == RUNG_OK; i++) {
        const PgQuery__Constraint *constraint = definition->constraints[i]->constraint;
        code = note_constraint(translator, column, constraint, before);
        if (constraint->contype < PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE)
            before = constraint;
    }
    return code;
}

static Code read_column(Translator *translator, const PgQuery__ColumnDef *definition,
                        Column *ret_column)
{
    Column column = {.definition = definition, .rule = type_find(definition->type_name)};
    column.name = rewrite_find(&translator->rewrite, definition->location);
    column.type =
        definition->type_name ? type_first(translator, definition->type_name) : REWRITE_NONE;
    if (column.name == REWRITE_NONE || column.type == REWRITE_NONE)
        return translator_refuse(translator, definition->location, NULL, "a column definition");
    column.last = rewrite_element_end(&translator->rewrite, column.name);
    *ret_column = column;
    if (!column.rule)
        return translator_refuse(translator, definition->location, NULL, "column \"%s\" of type %s",
                                 definition->colname, type_text(translator, definition->type_name));
    if (definition->coll_clause)
        return refuse_column(translator, &column, NULL, "COLLATE");
    if ((definition->compression && *definition->compression) ||
        (definition->storage && *definition->storage) || definition->n_fdwoptions > 0)
        return refuse_column(translator, &column, NULL, "COMPRESSION, STORAGE or OPTIONS");
    return note_constraints(translator, ret_column);
}

/* The rules that the type has in PostgreSQL and SQLite's column would not have. */
static void add_type_checks(Translator *translator, const Column *column)
{
    const char *name = translator_quote(translator, column->definition->colname);
    long limit = type_limit(column->definition->type_name);
    const char *check = NULL;
    if (column->rule->class == TYPE_LIMITED && limit > 0)
        check = translator_print(translator, " CHECK (length(%s) <= %ld)", name, limit);
    else if (column->rule->class == TYPE_JSON)
        check = translator_print(translator, " CHECK (%s IS NULL OR json_valid(%s))", name, name);
    else if (column->rule->class == TYPE_BOOLEAN)
        check = translator_print(translator, " CHECK (%s IN (0, 1))", name);
    if (check)
        rewrite_behind(&translator->rewrite, column->last, check);
}

static bool is_plain_default(const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        return true;
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return is_plain_default(node->type_cast->arg);
    case PG_QUERY__NODE__NODE_A_EXPR: /* -1 */
        return !node->a_expr->lexpr && node->a_expr->rexpr &&
               node->a_expr->rexpr->node_case == PG_QUERY__NODE__NODE_A_CONST;
    default:
        return is_now(node) || is_new_uuid(node);
    }
}

/* The last token of a column constraint: before the next one, or the column's last. */
static size_t constraint_last(const Translator *translator, const Column *column,
                              const PgQuery__Constraint *constraint)
{
    size_t last = column->last;
    for (size_t i = 0; i < column->definition->n_constraints; i++) {
        const PgQuery__Constraint *other = column->definition->constraints[i]->constraint;
        size_t start = rewrite_find(&translator->rewrite, other->location);
        if (other->location > constraint->location && start != REWRITE_NONE && start <= last)
            last = start - 1;
    }
    return last;
}

/* DEFAULT 'f' of a boolean, 'now' of a timestamp: PostgreSQL reads the text as the type says. */
static Code take_default_text(Translator *translator, const Column *column)
{
    const PgQuery__AConst *constant = column->deflt->raw_expr->a_const;
    const char *text = constant->sval->sval ? constant->sval->sval : "";
    TypeClass class = column->rule->class;
    if (class == TYPE_TEXT || class == TYPE_LIMITED || class == TYPE_REAL || class == TYPE_NUMERIC)
        return translate_tree(translator, column->deflt->raw_expr);
    const char *form = type_constant(translator, column->definition->type_name, column->rule, text);
    size_t index = rewrite_find(&translator->rewrite, constant->location);
    if (!form || index == REWRITE_NONE)
        return refuse_column(translator, column, "write the constant as the type prints it",
                             "this default");
    rewrite_replace(&translator->rewrite, index, index, form);
    return RUNG_OK;
}

/* SQLite wants parentheses around a default that is more than a constant. */
static Code take_default(Translator *translator, const Column *column)
{
    Rewrite *rewrite = &translator->rewrite;
    const PgQuery__Constraint *deflt = column->deflt;
    const PgQuery__Node *value = deflt->raw_expr;
    if (value->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        value->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return take_default_text(translator, column);
    Code code = translate_tree(translator, value);
    if (code != RUNG_OK)
        return code;
    size_t word = rewrite_find(rewrite, deflt->location);
    if (rewrite_is(rewrite, word, "CONSTRAINT"))
        word += 2;
    size_t last = constraint_last(translator, column, deflt);
    bool enclosed =
        rewrite_is_symbol(rewrite, word + 1, '(') && rewrite_partner(rewrite, word + 1) == last;
    if (enclosed || is_plain_default(value))
        return RUNG_OK;
    rewrite_before(rewrite, word + 1, "(");
    rewrite_behind(rewrite, last, ")");
    return RUNG_OK;
}

/* serial, or an identity column, is AUTOINCREMENT: that needs the type INTEGER and the key. */
static Code take_autoincrement(Translator *translator, const Column *column)
{
    Rewrite *rewrite = &translator->rewrite;
    if (!column->primary && !column->sole_key)
        return refuse_column(translator, column, "SQLite counts in its primary key only",
                             "serial or identity without being the primary key");
    if (column->rule->class != TYPE_SERIAL && column->rule->class != TYPE_INTEGER)
        return refuse_column(translator, column, NULL, "identity of this type");
    if (column->identity && column->identity->n_options > 0)
        return refuse_column(translator, column, NULL, "options of its sequence");
    rewrite_replace(rewrite, column->type, type_last(translator, column->type), "INTEGER");
    if (column->identity)
        rewrite_remove(rewrite, rewrite_find(rewrite, column->identity->location),
                       constraint_last(translator, column, column->identity));
    if (column->primary) {
        size_t word = rewrite_find(rewrite, column->primary->location);
        if (rewrite_is(rewrite, word, "CONSTRAINT"))
            word += 2;
        rewrite_behind(rewrite, word + 1, " AUTOINCREMENT");
    }
    return RUNG_OK;
}

static Code take_column(Translator *translator, const Column *column)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t last = type_last(translator, column->type);
    translate_name(translator, column->name);
    Code code = column->deflt ? take_default(translator, column) : RUNG_OK;
    if (code != RUNG_OK)
        return code;
    if (column->identity || column->rule->class == TYPE_SERIAL)
        return take_autoincrement(translator, column);
    if (column->rule->sqlite)
        rewrite_replace(rewrite, column->type, last, column->rule->sqlite);
    else if (rewrite_is_symbol(rewrite, column->type + 1, '.'))
        return refuse_column(translator, column, NULL, "a qualified type");
    bool key = column->primary || column->primary_by_table;
    bool rowid =
        rewrite_is(rewrite, column->type, "INTEGER") && (column->primary || column->sole_key);
    if (key && !rowid && !column->not_null) /* a key may be NULL in SQLite */
        rewrite_behind(rewrite, last, " NOT NULL");
    add_type_checks(translator, column);
    return RUNG_OK;
}

/* ---- CREATE TABLE ---- */

static const char *table_refusal(const PgQuery__CreateStmt *create)
{
    if (create->of_typename)
        return "OF a type";
    if (create->partbound || create->partspec)
        return "partitions";
    if (create->n_inh_relations > 0)
        return "INHERITS";
    if (create->n_options > 0)
        return "WITH (…)";
    if (create->tablespacename && *create->tablespacename)
        return "TABLESPACE";
    if (create->access_method && *create->access_method)
        return "USING";
    if (create->oncommit > PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_NOOP)
        return "ON COMMIT";
    return create->n_table_elts == 0 ? "a table without columns" : NULL;
}

/* UNLOGGED is dropped: it is about speed after a crash, not about data. */
static void take_head(Translator *translator)
{
    Rewrite *rewrite = &translator->rewrite;
    if (rewrite_is(rewrite, 1, "UNLOGGED"))
        rewrite_remove(rewrite, 1, 1);
    if (rewrite_is(rewrite, 1, "LOCAL") || rewrite_is(rewrite, 1, "GLOBAL"))
        rewrite_remove(rewrite, 1, 1);
}

/* SQLite's grammar has all columns first. */
static Code check_order(Translator *translator, const PgQuery__CreateStmt *create)
{
    bool constraints = false;
    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *element = create->table_elts[i];
        bool column = element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF;
        if (column && constraints)
            return translator_refuse(translator, element->column_def->location,
                                     "PostgreSQL takes them in any order: move the column up",
                                     "a column behind a table constraint");
        constraints = constraints || !column;
    }
    return RUNG_OK;
}

static const PgQuery__Constraint *table_key(const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *element = create->table_elts[i];
        if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
            element->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
            return element->constraint;
    }
    return NULL;
}

static bool key_names(const PgQuery__Constraint *key, const char *column)
{
    for (size_t i = 0; key && i < key->n_keys; i++)
        if (key->keys[i]->node_case == PG_QUERY__NODE__NODE_STRING &&
            strcmp(key->keys[i]->string->sval, column) == 0)
            return true;
    return false;
}

/* PRIMARY KEY (id AUTOINCREMENT). */
static void add_table_autoincrement(Translator *translator, const PgQuery__Constraint *key)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t index = rewrite_find(rewrite, key->location);
    while (index < rewrite->tokens.count && !rewrite_is_symbol(rewrite, index, '('))
        index++;
    rewrite_behind(rewrite, index + 1, " AUTOINCREMENT");
}

static Code take_element(Translator *translator, const PgQuery__Node *element,
                         const PgQuery__Constraint *key)
{
    if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        return take_table_constraint(translator, element->constraint);
    if (element->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
        return translator_refuse(translator, -1, NULL, "LIKE");
    Column column = {0};
    Code code = read_column(translator, element->column_def, &column);
    if (code != RUNG_OK || !column.rule)
        return code;
    column.primary_by_table = key_names(key, element->column_def->colname);
    column.sole_key = column.primary_by_table && key->n_keys == 1;
    code = take_column(translator, &column);
    if (code == RUNG_OK && column.sole_key &&
        (column.identity || column.rule->class == TYPE_SERIAL))
        add_table_autoincrement(translator, key);
    return code;
}

Code translate_create_table(Translator *translator, const PgQuery__CreateStmt *create)
{
    const char *refusal = table_refusal(create);
    if (refusal)
        return translator_refuse(translator, -1, NULL, "%s", refusal);
    const PgQuery__Constraint *key = table_key(create);
    take_head(translator);
    Code code = translate_relation(translator, create->relation);
    if (code == RUNG_OK)
        code = check_order(translator, create);
    for (size_t i = 0; i < create->n_table_elts && code == RUNG_OK; i++)
        code = take_element(translator, create->table_elts[i], key);
    if (code == RUNG_OK)
        translator_add_all(translator);
    return code;
}

/* ---- ADD COLUMN ---- */

/* Whether SQLite can put the default into the rows that are there. */
static bool is_constant(const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION || is_now(node) ||
        is_new_uuid(node))
        return false;
    return is_plain_default(node);
}

static bool is_null_default(const PgQuery__Constraint *deflt)
{
    const PgQuery__Node *node = deflt ? deflt->raw_expr : NULL;
    while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        node = node->type_cast->arg;
    return !node || (node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->isnull);
}

Code translate_added_column(Translator *translator, const PgQuery__ColumnDef *definition)
{
    static const char rebuild[] = "add it without the default, then UPDATE, or rebuild the table";
    Column column = {0};
    Code code = read_column(translator, definition, &column);
    if (code != RUNG_OK || !column.rule)
        return code;
    if (column.primary || column.unique)
        return refuse_column(translator, &column, "CREATE UNIQUE INDEX is the same in both",
                             "ADD COLUMN with PRIMARY KEY or UNIQUE");
    if (column.identity || column.rule->class == TYPE_SERIAL)
        return refuse_column(translator, &column, NULL, "ADD COLUMN with serial or identity");
    if (column.generated)
        return refuse_column(translator, &column, NULL, "ADD COLUMN with a stored generated value");
    if (column.deflt && !is_constant(column.deflt->raw_expr))
        return refuse_column(translator, &column, rebuild,
                             "ADD COLUMN with a default that is no constant");
    if (column.not_null && is_null_default(column.deflt))
        return refuse_column(translator, &column,
                             "PostgreSQL refuses it too as soon as the table has rows: give it a "
                             "default",
                             "ADD COLUMN NOT NULL without a default");
    if (column.foreign && !is_null_default(column.deflt))
        return refuse_column(translator, &column, rebuild,
                             "ADD COLUMN with REFERENCES and a default");
    return take_column(translator, &column);
}
