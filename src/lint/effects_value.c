/* Expressions and types: what changes from row to row, and what has the same bytes. */
#include "lint/effects_parts.h"

/* pg_proc.provolatile = 'v', without what only administrators call; and what extensions add. */
static const char *const volatile_functions[] = {
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "pg_advisory_lock",
    "pg_sleep",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
};

/* What defaults call, and is the same for all rows of a statement. */
static const char *const steady_functions[] = {
    "abs",
    "age",
    "array_append",
    "array_cat",
    "array_fill",
    "array_length",
    "array_remove",
    "array_to_json",
    "array_to_string",
    "btrim",
    "ceil",
    "ceiling",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "current_database",
    "current_schema",
    "current_setting",
    "current_timestamp",
    "current_user",
    "date",
    "date_part",
    "date_trunc",
    "decode",
    "digest",
    "encode",
    "exp",
    "extract",
    "floor",
    "format",
    "greatest",
    "hashtext",
    "inet_client_addr",
    "initcap",
    "int4range",
    "int8range",
    "isfinite",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_set",
    "jsonb_strip_nulls",
    "justify_days",
    "justify_hours",
    "justify_interval",
    "least",
    "left",
    "length",
    "ln",
    "localtime",
    "localtimestamp",
    "log",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "mod",
    "now",
    "nullif",
    "numrange",
    "overlay",
    "pg_backend_pid",
    "power",
    "quote_ident",
    "quote_literal",
    "regexp_replace",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_to_json",
    "rpad",
    "rtrim",
    "session_user",
    "setweight",
    "sha256",
    "sha512",
    "sign",
    "split_part",
    "sqrt",
    "statement_timestamp",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "translate",
    "trim",
    "trunc",
    "tsrange",
    "tstzrange",
    "txid_current",
    "unaccent",
    "upper",
    "uuid_nil",
    "version",
    "daterange",
};

static bool is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

enum { CALL_DEPTH = 8 }; /* functions whose values are calls of others */

typedef struct Search {
    const Known *known;
    Volatility found;
    unsigned depth;
} Search;

static Volatility judge_value(const Known *known, const PgQuery__Node *expression, unsigned depth);

static Volatility function_volatility(const Known *known, TreeName name, unsigned depth)
{
    bool own = name.schema && strcmp(name.schema, "pg_catalog") == 0;
    char said = own ? 0 : known_volatility(known, name.schema, name.name);
    const PgQuery__Node *value =
        said == 'v' ? known_function_value(known, name.schema, name.name) : NULL;
    if (value && depth < CALL_DEPTH)
        return judge_value(known, value, depth + 1);
    if (said)
        return said == 'v' ? VOLATILE_YES : said == '?' ? VOLATILE_UNKNOWN : VOLATILE_NO;
    if (is_among(volatile_functions, COUNT(volatile_functions), name.name))
        return VOLATILE_YES;
    return is_among(steady_functions, COUNT(steady_functions), name.name) ? VOLATILE_NO
                                                                          : VOLATILE_UNKNOWN;
}

static bool visit_call(const ProtobufCMessage *message, void *context)
{
    Search *search = context;
    if (!tree_is(message, "FuncCall"))
        return true;
    const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
    TreeName name = tree_name(call->funcname, call->n_funcname);
    Volatility volatility =
        name.name ? function_volatility(search->known, name, search->depth) : VOLATILE_UNKNOWN;
    if (volatility == VOLATILE_YES || search->found == VOLATILE_NO)
        search->found = volatility;
    return true;
}

static Volatility judge_value(const Known *known, const PgQuery__Node *expression, unsigned depth)
{
    Search search = {.known = known, .found = VOLATILE_NO, .depth = depth};
    tree_walk(NODE_TREE(expression), visit_call, &search);
    return search.found;
}

Volatility expression_volatility(const Known *known, const PgQuery__Node *expression)
{
    return judge_value(known, expression, 0);
}

bool expression_is_null(const PgQuery__Node *expression)
{
    while (expression && expression->node_case == NODE(TYPE_CAST))
        expression = expression->type_cast->arg;
    return !expression || (expression->node_case == NODE(A_CONST) && expression->a_const->isnull);
}

bool function_is_builtin(TreeName name)
{
    if (name.schema && strcmp(name.schema, "pg_catalog") != 0)
        return false;
    return is_among(steady_functions, COUNT(steady_functions), name.name) ||
           is_among(volatile_functions, COUNT(volatile_functions), name.name);
}
