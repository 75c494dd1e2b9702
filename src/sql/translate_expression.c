/* Expressions: one walk over the parse tree, one table of what each kind of node needs. */
#include "sql/translator.h"

#include "base/text.h"

#include <strings.h>

/* Version 4 of RFC 9562 from SQLite's own random source, in lower case. */
#define NEW_UUID                                                                                   \
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "                           \
    "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || "            \
    "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"

enum { WALK_LIMIT = 4000 };

/* Words that SQLite reserves and that are names in PostgreSQL. */
static const char *const reserved[] = {
    "ADD",     "ALTER",  "AUTOINCREMENT", "COMMIT", "DELETE", "DROP",
    "ESCAPE",  "EXISTS", "INDEX",         "INSERT", "ISNULL", "NOTHING",
    "NOTNULL", "SET",    "TRANSACTION",   "UPDATE", "VALUES", "BETWEEN",
};

void translate_name(Translator *translator, size_t index)
{
    const Token *token = rewrite_token(&translator->rewrite, index);
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (token_is(token, reserved[i])) {
            char *name = arena_copy(translator->scratch, token->text, token->length);
            for (char *at = name; *at; at++)
                *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
            rewrite_replace(&translator->rewrite, index, index, translator_quote(translator, name));
        }
}

void translate_names_between(Translator *translator, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++)
        translate_name(translator, i);
}

/* ---- names and constants ---- */

static Code take_column(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__ColumnRef *column = (const PgQuery__ColumnRef *)message;
    size_t index = rewrite_find(&translator->rewrite, column->location);
    if (index == REWRITE_NONE || column->n_fields > 3)
        return translator_refuse(translator, column->location, NULL, "a column reference");
    size_t skipped = 0;
    if (column->n_fields == 3) { /* schema.table.column */
        const PgQuery__Node *schema = column->fields[0];
        if (schema->node_case != PG_QUERY__NODE__NODE_STRING ||
            strcmp(schema->string->sval, "public") != 0)
            return translator_refuse(translator, column->location, NULL,
                                     "a column of a schema other than public");
        rewrite_cut(&translator->rewrite, index, index + 1);
        skipped = 2;
    }
    translate_names_between(translator, index + skipped, index + 2 * (column->n_fields - 1));
    return RUNG_OK;
}

/* E'…', U&'…', $$…$$ and constants that go on in the next line become '…'. */
static Code take_constant(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__AConst *constant = (const PgQuery__AConst *)message;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_BSVAL)
        return translator_refuse(translator, constant->location, NULL, "a bit string");
    if (constant->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return RUNG_OK;
    size_t index = rewrite_find(&translator->rewrite, constant->location);
    const Token *token = rewrite_token(&translator->rewrite, index);
    if (token->type != TOKEN_STRING)
        return RUNG_OK; /* not written as a constant: a keyword of the grammar */
    Text text = TEXT_EMPTY;
    const char *value = constant->sval->sval ? constant->sval->sval : "";
    text_char(&text, '\'');
    for (; *value; value++) {
        if (*value == '\'')
            text_char(&text, '\'');
        text_char(&text, *value);
    }
    text_char(&text, '\'');
    if (text.length != token->length || memcmp(text.data, token->text, text.length) != 0)
        rewrite_replace(&translator->rewrite, index, index,
                        arena_copy(translator->scratch, text.data, text.length));
    text_done(&text);
    return RUNG_OK;
}

/* ---- functions ---- */

static const char *function_name(const PgQuery__FuncCall *call)
{
    const PgQuery__Node *last = call->n_funcname ? call->funcname[call->n_funcname - 1] : NULL;
    return last && last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : "";
}

static bool in_catalog(const PgQuery__FuncCall *call)
{
    return call->n_funcname == 1 ||
           (call->n_funcname == 2 && call->funcname[0]->node_case == PG_QUERY__NODE__NODE_STRING &&
            strcmp(call->funcname[0]->string->sval, "pg_catalog") == 0);
}

bool is_function(const PgQuery__FuncCall *call, const char *name)
{
    return in_catalog(call) && strcmp(function_name(call), name) == 0;
}

static const PgQuery__FuncCall *call_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_FUNC_CALL ? node->func_call : NULL;
}

/* All of them are the start of the transaction or of the statement. */
static bool calls_now(const PgQuery__FuncCall *call)
{
    return call->n_args == 0 &&
           (is_function(call, "now") || is_function(call, "transaction_timestamp") ||
            is_function(call, "statement_timestamp"));
}

static bool calls_new_uuid(const PgQuery__FuncCall *call)
{
    return call->n_args == 0 &&
           (is_function(call, "gen_random_uuid") || is_function(call, "uuid_generate_v4"));
}

static bool is_current_timestamp(const PgQuery__SQLValueFunction *function)
{
    return function->op >= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP &&
           function->op <= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N &&
           function->op != PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME &&
           function->op != PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N;
}

/* now() AT TIME ZONE 'utc' */
static bool is_utc_now(const PgQuery__FuncCall *call)
{
    if (!is_function(call, "timezone") || call->n_args != 2 || !is_now(call->args[1]))
        return false;
    const PgQuery__Node *zone = call->args[0];
    return zone->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           zone->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL &&
           strcasecmp(zone->a_const->sval->sval, "utc") == 0;
}

bool is_now(const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION)
        return is_current_timestamp(node->sqlvalue_function);
    const PgQuery__FuncCall *call = call_of(node);
    return call && (calls_now(call) || is_utc_now(call));
}

bool is_new_uuid(const PgQuery__Node *node)
{
    const PgQuery__FuncCall *call = call_of(node);
    return call && calls_new_uuid(call);
}

/* Functions that give the same result in both, with their numbers of arguments. Case mapping is
 * the same for ASCII letters only, which doc/sqlite.md says. */
static const struct {
    const char *name;
    size_t least, most;
    bool aggregate, window;
    const char *sqlite; /* its name there; NULL: the same */
} functions[] = {
    {"count", 0, 1, true, false, NULL},
    {"sum", 1, 1, true, false, NULL},
    {"avg", 1, 1, true, false, NULL},
    {"min", 1, 1, true, false, NULL},
    {"max", 1, 1, true, false, NULL},
    {"length", 1, 1, false, false, NULL},
    {"char_length", 1, 1, false, false, "length"},
    {"character_length", 1, 1, false, false, "length"},
    {"lower", 1, 1, false, false, NULL},
    {"upper", 1, 1, false, false, NULL},
    {"abs", 1, 1, false, false, NULL},
    {"replace", 3, 3, false, false, NULL},
    {"ltrim", 1, 2, false, false, NULL},
    {"rtrim", 1, 2, false, false, NULL},
    {"btrim", 1, 2, false, false, "trim"},
    {"row_number", 0, 0, false, true, NULL},
    {"rank", 0, 0, false, true, NULL},
    {"dense_rank", 0, 0, false, true, NULL},
    {"percent_rank", 0, 0, false, true, NULL},
    {"cume_dist", 0, 0, false, true, NULL},
    {"lag", 1, 3, false, true, NULL},
    {"lead", 1, 3, false, true, NULL},
    {"first_value", 1, 1, false, true, NULL},
    {"last_value", 1, 1, false, true, NULL},
    {"nth_value", 2, 2, false, true, NULL},
};

/* From the name to the closing parenthesis becomes `text`. */
static Code replace_call(Translator *translator, const PgQuery__FuncCall *call, const char *text)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t first = rewrite_find(rewrite, call->location);
    size_t open = first + 2 * (call->n_funcname - 1) + 1;
    if (translator->fixed)
        return translator_refuse(translator, call->location, NULL, "%s() in %s",
                                 function_name(call), translator->fixed);
    if (first == REWRITE_NONE || !rewrite_is_symbol(rewrite, open, '('))
        return translator_refuse(translator, call->location, NULL, "a function call");
    rewrite_replace(rewrite, first, rewrite_partner(rewrite, open), text);
    return RUNG_OK;
}

static Code refuse_function(Translator *translator, const PgQuery__FuncCall *call)
{
    const char *name = function_name(call);
    const char *hint = NULL;
    if (strcmp(name, "nextval") == 0 || strcmp(name, "setval") == 0)
        hint = "SQLite has no sequences: an identity column becomes AUTOINCREMENT";
    return translator_refuse(translator, call->location, hint, "the function %s()", name);
}

/* now() AT TIME ZONE 'utc': the moment stays, the zone goes; SQLite's moments are in UTC. */
static Code take_syntax_call(Translator *translator, const PgQuery__FuncCall *call)
{
    Rewrite *rewrite = &translator->rewrite;
    if (!is_utc_now(call))
        return strcmp(function_name(call), "timezone") == 0
                   ? translator_refuse(translator, call->location, NULL, "AT TIME ZONE")
                   : refuse_function(translator, call);
    size_t at = rewrite_find(rewrite, call->location);
    size_t zone = rewrite_find(rewrite, call->args[0]->a_const->location);
    if (at == REWRITE_NONE || zone == REWRITE_NONE)
        return refuse_function(translator, call);
    rewrite_remove(rewrite, at, zone);
    return translate_tree(translator, call->args[1]);
}

static Code check_call(Translator *translator, const PgQuery__FuncCall *call, bool aggregate,
                       bool window)
{
    if (call->n_agg_order > 0 || call->agg_within_group)
        return translator_refuse(translator, call->location, NULL, "ORDER BY inside %s()",
                                 function_name(call));
    if (call->func_variadic)
        return translator_refuse(translator, call->location, NULL, "VARIADIC");
    if (!aggregate && (call->agg_filter || call->agg_distinct))
        return refuse_function(translator, call);
    if (window ? !call->over : call->over && !aggregate)
        return refuse_function(translator, call);
    return RUNG_OK;
}

static Code take_call(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
    if (call->funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX)
        return take_syntax_call(translator, call);
    if (calls_now(call))
        return replace_call(translator, call, "CURRENT_TIMESTAMP");
    if (calls_new_uuid(call))
        return replace_call(translator, call, NEW_UUID);
    size_t i = 0;
    while (i < COUNT(functions) &&
           !(is_function(call, functions[i].name) && call->n_args >= functions[i].least &&
             call->n_args <= functions[i].most))
        i++;
    if (i == COUNT(functions))
        return refuse_function(translator, call);
    Rewrite *rewrite = &translator->rewrite;
    size_t first = rewrite_find(rewrite, call->location);
    size_t name = first + 2 * (call->n_funcname - 1);
    if (first == REWRITE_NONE)
        return refuse_function(translator, call);
    if (name > first)
        rewrite_cut(rewrite, first, name - 1);
    if (functions[i].sqlite)
        rewrite_replace(rewrite, name, name, functions[i].sqlite);
    Code code = check_call(translator, call, functions[i].aggregate, functions[i].window);
    if (code == RUNG_OK)
        code = translate_trees(translator, call->args, call->n_args);
    if (code == RUNG_OK)
        code = translate_tree(translator, call->agg_filter);
    return code == RUNG_OK ? translate_tree(translator, call->over) : code;
}

/* CURRENT_TIMESTAMP and its kin, which may have a precision. */
static Code take_value_function(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__SQLValueFunction *function = (const PgQuery__SQLValueFunction *)message;
    Rewrite *rewrite = &translator->rewrite;
    size_t index = rewrite_find(rewrite, function->location);
    const char *text;
    if (is_current_timestamp(function))
        text = "CURRENT_TIMESTAMP";
    else if (function->op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE)
        text = "CURRENT_DATE";
    else if (function->op <= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N)
        text = "CURRENT_TIME";
    else
        return translator_refuse(translator, function->location, "SQLite has no users or schemas",
                                 "CURRENT_USER and its kin");
    if (translator->fixed)
        return translator_refuse(translator, function->location, NULL, "%s in %s", text,
                                 translator->fixed);
    bool precision = rewrite_is_symbol(rewrite, index + 1, '(');
    if (precision || !rewrite_is(rewrite, index, text))
        rewrite_replace(rewrite, index, precision ? rewrite_partner(rewrite, index + 1) : index,
                        text);
    return RUNG_OK;
}

/* ---- operators ---- */

/* How tightly SQLite binds them; only these mean the same in both. */
static const struct {
    const char *name;
    int strength;
} operators[] = {
    {"=", 2},  {"<>", 2}, {"!=", 2}, {"<", 3}, {">", 3}, {"<=", 3}, {">=", 3}, {"&", 4},  {"|", 4},
    {"<<", 4}, {">>", 4}, {"+", 5},  {"-", 5}, {"*", 6}, {"/", 6},  {"%", 6},  {"||", 7},
};

static const char *operator_name(const PgQuery__AExpr *expression)
{
    bool simple =
        expression->n_name == 1 && expression->name[0]->node_case == PG_QUERY__NODE__NODE_STRING;
    return simple ? expression->name[0]->string->sval : "";
}

/* 0: not an operator that both have. */
static int operator_strength(const PgQuery__AExpr *expression)
{
    if (expression->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT ||
        expression->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT)
        return 2;
    for (size_t i = 0; i < COUNT(operators); i++)
        if (strcmp(operator_name(expression), operators[i].name) == 0)
            return operators[i].strength;
    return 0;
}

/* An operand that is an operation itself: its place and how tightly SQLite binds it. */
static bool find_operation(const PgQuery__Node *operand, int *ret_location, int *ret_strength)
{
    *ret_strength = 0;
    switch (operand ? operand->node_case : PG_QUERY__NODE__NODE__NOT_SET) {
    case PG_QUERY__NODE__NODE_A_EXPR:
        *ret_location = operand->a_expr->location;
        *ret_strength = operator_strength(operand->a_expr);
        return operand->a_expr->lexpr &&
               operand->a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF;
    case PG_QUERY__NODE__NODE_SUB_LINK:
        *ret_location = operand->sub_link->location;
        *ret_strength = 2;
        return operand->sub_link->testexpr != NULL;
    case PG_QUERY__NODE__NODE_BOOL_EXPR: /* x NOT IN (SELECT …) */
        *ret_location = operand->bool_expr->location;
        return true;
    default:
        return false;
    }
}

/* PostgreSQL binds || more loosely than +, SQLite more tightly: an operand that is an operation
 * without parentheses must bind more tightly in SQLite too. */
static bool groups_alike(const Translator *translator, const PgQuery__AExpr *parent,
                         const PgQuery__Node *operand, bool left)
{
    const Rewrite *rewrite = &translator->rewrite;
    int location, inner, outer = operator_strength(parent);
    if (!find_operation(operand, &location, &inner))
        return true;
    size_t above = rewrite_find(rewrite, parent->location), below = rewrite_find(rewrite, location);
    if (above == REWRITE_NONE || below == REWRITE_NONE ||
        rewrite->tokens.at[below].depth > rewrite->tokens.at[above].depth)
        return true;
    return inner > outer || (inner == outer && left);
}

static bool is_string(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
}

/* A cast to json, or a constant that looks like it: || merges jsonb, in SQLite it joins text. */
static bool looks_like_json(const PgQuery__Node *node)
{
    if (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
        const TypeRule *rule = type_find(node->type_cast->type_name);
        return !rule || rule->class == TYPE_JSON;
    }
    const char *text = is_string(node) ? node->a_const->sval->sval : NULL;
    return text && (*text == '{' || *text == '[');
}

/* A date or time, as far as the text shows: SQLite would add to the number it begins with. */
static bool is_moment(const PgQuery__Node *node)
{
    if (!node)
        return false;
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
        const TypeRule *rule = type_find(node->type_cast->type_name);
        return !rule || rule->class == TYPE_DATE || rule->class == TYPE_TIME ||
               rule->class == TYPE_TIMESTAMP;
    }
    return node->node_case == PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION || is_now(node);
}

/* A decimal constant other than zero: then both divide alike, whatever the column's type is. */
static bool is_decimal(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_FVAL &&
           strtod(node->a_const->fval->fval, NULL) > 0;
}

static Code check_operator(Translator *translator, const PgQuery__AExpr *expression)
{
    const char *name = operator_name(expression);
    if (operator_strength(expression) == 0)
        return translator_refuse(translator, expression->location, NULL, "the operator %s", name);
    if (strcmp(name, "/") == 0 && !is_decimal(expression->rexpr))
        return translator_refuse(
            translator, expression->location,
            "SQLite divides whole numbers where PostgreSQL may divide numeric, "
            "and gives NULL for a division by zero; / 2.0 is the same in both",
            "a division");
    if ((is_moment(expression->lexpr) || is_moment(expression->rexpr)) && *name && !name[1] &&
        strchr("+-*", *name))
        return translator_refuse(translator, expression->location,
                                 "now() - INTERVAL '30 days' has a form, and so have hours, "
                                 "minutes and seconds",
                                 "this arithmetic with dates");
    if (strcmp(name, "%") == 0)
        return translator_refuse(translator, expression->location, NULL, "the operator %%");
    if (strcmp(name, "||") == 0 &&
        (looks_like_json(expression->lexpr) || looks_like_json(expression->rexpr)))
        return translator_refuse(translator, expression->location, NULL, "|| of json values");
    if (!groups_alike(translator, expression, expression->lexpr, true) ||
        !groups_alike(translator, expression, expression->rexpr, false))
        return translator_refuse(translator, expression->location,
                                 "set parentheses: SQLite would group the operators otherwise",
                                 "%s beside other operators", name);
    return RUNG_OK;
}

/* IS [NOT] DISTINCT FROM is IS NOT and IS; SQLite knows the long form from 3.39 on. */
static Code take_distinct(Translator *translator, const PgQuery__AExpr *expression)
{
    Rewrite *rewrite = &translator->rewrite;
    size_t is = rewrite_find(rewrite, expression->location);
    bool negated = rewrite_is(rewrite, is + 1, "NOT");
    if (!rewrite_is(rewrite, is, "IS") || !rewrite_is(rewrite, is + 1 + negated, "DISTINCT"))
        return translator_refuse(translator, expression->location, NULL, "IS DISTINCT FROM");
    rewrite_replace(rewrite, is, is + 2 + negated, negated ? "IS" : "IS NOT");
    return check_operator(translator, expression);
}

/* The pattern has no letter and no escape, so that the case does not matter. */
static bool is_plain_pattern(const PgQuery__Node *pattern)
{
    if (!is_string(pattern) || !pattern->a_const->sval->sval)
        return false;
    for (const char *at = pattern->a_const->sval->sval; *at; at++)
        if (*at == '\\' || (unsigned char)*at > 127 || ((*at | 32) >= 'a' && (*at | 32) <= 'z'))
            return false;
    return true;
}

static Code check_kind(Translator *translator, const PgQuery__AExpr *expression)
{
    int location = expression->location;
    switch (expression->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
        return check_operator(translator, expression);
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
        return take_distinct(translator, expression);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
        return RUNG_OK;
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
        if (is_plain_pattern(expression->rexpr))
            return RUNG_OK;
        return translator_refuse(translator, location,
                                 "SQLite's LIKE does not tell upper from lower case; GLOB does",
                                 "LIKE with letters in the pattern");
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
        return translator_refuse(translator, location, "SQLite's LIKE ignores the case of ASCII",
                                 "ILIKE");
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
        return translator_refuse(translator, location, NULL, "SIMILAR TO");
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
        return translator_refuse(translator, location, "IN (…) is the same in both",
                                 "ANY or ALL of an array");
    default:
        return translator_refuse(translator, location, NULL, "BETWEEN SYMMETRIC");
    }
}

static Code take_operator(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__AExpr *expression = (const PgQuery__AExpr *)message;
    if (!translator->fixed && translate_interval(translator, expression))
        return RUNG_OK;
    Code code = check_kind(translator, expression);
    if (code == RUNG_OK)
        code = translate_tree(translator, expression->lexpr);
    return code == RUNG_OK ? translate_tree(translator, expression->rexpr) : code;
}

static Code take_boolean_test(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__BooleanTest *test = (const PgQuery__BooleanTest *)message;
    if (test->booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_UNKNOWN ||
        test->booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_NOT_UNKNOWN)
        return translator_refuse(translator, test->location, "IS NULL is the same in both",
                                 "IS UNKNOWN");
    return translate_tree(translator, test->arg);
}

static Code take_row(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__RowExpr *row = (const PgQuery__RowExpr *)message;
    if (row->row_format != PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST)
        return translator_refuse(translator, row->location, "(a, b) is the same in both", "ROW()");
    return translate_trees(translator, row->args, row->n_args);
}

/* ---- the walk ---- */

static const NodeRule rules[] = {
    {"AConst", take_constant, NULL},
    {"List", NULL, NULL},
    {"ColumnRef", take_column, NULL},
    {"AExpr", take_operator, NULL},
    {"BoolExpr", NULL, NULL},
    {"FuncCall", take_call, NULL},
    {"TypeCast", translate_cast, NULL},
    {"NullTest", NULL, NULL},
    {"BooleanTest", take_boolean_test, NULL},
    {"SQLValueFunction", take_value_function, NULL},
    {"CaseExpr", NULL, NULL},
    {"CaseWhen", NULL, NULL},
    {"CoalesceExpr", NULL, NULL},
    {"RowExpr", take_row, NULL},
    {"Integer", NULL, NULL},
    {"Float", NULL, NULL},
    {"Boolean", NULL, NULL},
    {"String", NULL, NULL},
    {"AStar", NULL, NULL},
    {"AArrayExpr", NULL, "an array"},
    {"AIndirection", NULL, "a subscript or a field of a row"},
    {"AIndices", NULL, "a subscript"},
    {"BitString", NULL, "a bit string"},
    {"CollateClause", NULL, "COLLATE"},
    {"CurrentOfExpr", NULL, "WHERE CURRENT OF"},
    {"GroupingFunc", NULL, "GROUPING()"},
    {"MinMaxExpr", NULL, "GREATEST or LEAST, which treat NULL otherwise there,"},
    {"NamedArgExpr", NULL, "a named argument"},
    {"ParamRef", NULL, "a parameter"},
    {"SetToDefault", NULL, "DEFAULT as a value"},
    {"XmlExpr", NULL, "XML"},
    {"XmlSerialize", NULL, "XML"},
};

static const NodeRule *find_rule(const char *name)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return query_rule(name);
}

/* The place of a node that has one. */
static int location_of(const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (strcmp(descriptor->fields[i].name, "location") == 0 &&
            descriptor->fields[i].type == PROTOBUF_C_TYPE_INT32)
            return *(const int32_t *)((const char *)message + descriptor->fields[i].offset);
    return -1;
}

static Code walk_field(Translator *translator, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return RUNG_OK;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)(base + field->quantifier_offset);
        ProtobufCMessage *const *list = *(ProtobufCMessage *const *const *)(base + field->offset);
        Code code = RUNG_OK;
        for (size_t i = 0; i < count && code == RUNG_OK; i++)
            code = translate_tree(translator, list[i]);
        return code;
    }
    bool chosen = !(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
                  *(const uint32_t *)(base + field->quantifier_offset) == field->id;
    return chosen ? translate_tree(translator,
                                   *(const ProtobufCMessage *const *)(base + field->offset))
                  : RUNG_OK;
}

static Code walk_fields(Translator *translator, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const NodeRule *rule = find_rule(descriptor->short_name);
    if (!rule || rule->refusal)
        return translator_refuse(translator, location_of(message), NULL, "%s%s",
                                 rule ? rule->refusal : "the parser's node ",
                                 rule ? "" : descriptor->short_name);
    if (rule->translate)
        return rule->translate(translator, message);
    Code code = RUNG_OK;
    for (unsigned i = 0; i < descriptor->n_fields && code == RUNG_OK; i++)
        code = walk_field(translator, message, &descriptor->fields[i]);
    return code;
}

/* A Node is a choice of over 200 messages; all its pointers are one. */
static const ProtobufCMessage *chosen_message(const ProtobufCMessage *message)
{
    if (strcmp(message->descriptor->short_name, "Node") != 0)
        return message;
    const PgQuery__Node *node = (const PgQuery__Node *)message;
    return node->node_case == PG_QUERY__NODE__NODE__NOT_SET ? NULL : &node->alias->base;
}

Code translate_tree(Translator *translator, const void *message)
{
    message = message ? chosen_message(message) : NULL;
    if (!message)
        return RUNG_OK;
    if (translator->depth >= WALK_LIMIT)
        return translator_refuse(translator, -1, NULL, "nesting this deep");
    translator->depth++;
    Code code = walk_fields(translator, message);
    translator->depth--;
    return code;
}

Code translate_trees(Translator *translator, PgQuery__Node *const *nodes, size_t count)
{
    Code code = RUNG_OK;
    for (size_t i = 0; i < count && code == RUNG_OK; i++)
        code = translate_tree(translator, nodes[i]);
    return code;
}

Code translate_fixed(Translator *translator, const void *message, const char *where)
{
    translator->fixed = where;
    Code code = translate_tree(translator, message);
    translator->fixed = NULL;
    return code;
}
