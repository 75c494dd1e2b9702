/* Types, and constants that are cast to them. */
#include "sql/translator.h"

#include <strings.h>

/* Names as the parser gives them: its own for SQL's words, else as written. A type that is not
 * here has no form in SQLite. A kept name has the right affinity there ("Datatypes In SQLite",
 * 3.1); uuid, date and json would get NUMERIC. */
static const TypeRule types[] = {
    {"text", TYPE_TEXT, NULL},
    {"varchar", TYPE_LIMITED, NULL},
    {"bpchar", TYPE_LIMITED, NULL},
    {"int2", TYPE_INTEGER, NULL},
    {"int4", TYPE_INTEGER, NULL},
    {"int8", TYPE_INTEGER, NULL},
    {"serial", TYPE_SERIAL, "INTEGER"},
    {"serial2", TYPE_SERIAL, "INTEGER"},
    {"serial4", TYPE_SERIAL, "INTEGER"},
    {"serial8", TYPE_SERIAL, "INTEGER"},
    {"smallserial", TYPE_SERIAL, "INTEGER"},
    {"bigserial", TYPE_SERIAL, "INTEGER"},
    {"bool", TYPE_BOOLEAN, NULL},
    {"uuid", TYPE_UUID, "TEXT"},
    {"date", TYPE_DATE, "TEXT"},
    {"time", TYPE_TIME, "TEXT"},
    {"timestamp", TYPE_TIMESTAMP, "TEXT"},
    {"timestamptz", TYPE_TIMESTAMP, "TEXT"},
    {"json", TYPE_JSON, "TEXT"},
    {"jsonb", TYPE_JSON, "TEXT"},
    {"bytea", TYPE_BYTES, "BLOB"},
    {"float4", TYPE_REAL, NULL},
    {"float8", TYPE_REAL, NULL},
    {"numeric", TYPE_NUMERIC, NULL},
};

static const char *type_name(const PgQuery__TypeName *type)
{
    const PgQuery__Node *last = type->n_names ? type->names[type->n_names - 1] : NULL;
    const PgQuery__Node *first = type->n_names ? type->names[0] : NULL;
    if (!last || last->node_case != PG_QUERY__NODE__NODE_STRING || type->n_names > 2 ||
        (type->n_names == 2 && (first->node_case != PG_QUERY__NODE__NODE_STRING ||
                                strcmp(first->string->sval, "pg_catalog") != 0)))
        return "";
    return last->string->sval;
}

const TypeRule *type_find(const PgQuery__TypeName *type)
{
    if (!type || type->n_array_bounds > 0 || type->setof || type->pct_type)
        return NULL;
    const char *name = type_name(type);
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

size_t type_first(const Translator *translator, const PgQuery__TypeName *type)
{
    return rewrite_find(&translator->rewrite, type->location);
}

/* WITH TIME ZONE or WITHOUT TIME ZONE from `index` on; the index behind it. */
static size_t skip_zone(const Rewrite *rewrite, size_t index)
{
    bool zone = (rewrite_is(rewrite, index, "WITH") || rewrite_is(rewrite, index, "WITHOUT")) &&
                rewrite_is(rewrite, index + 1, "TIME");
    return zone ? index + 3 : index;
}

size_t type_last(const Translator *translator, size_t first)
{
    const Rewrite *rewrite = &translator->rewrite;
    bool moment = rewrite_is(rewrite, first, "TIMESTAMP") || rewrite_is(rewrite, first, "TIME");
    bool national = rewrite_is(rewrite, first, "NATIONAL");
    size_t next = first + 1;
    while (rewrite_is_symbol(rewrite, next, '.'))
        next += 2;
    if (national)
        next++;
    if (rewrite_is(rewrite, next, "PRECISION") || rewrite_is(rewrite, next, "VARYING"))
        next++;
    if (rewrite_is_symbol(rewrite, next, '('))
        next = rewrite_partner(rewrite, next) + 1;
    if (moment)
        next = skip_zone(rewrite, next);
    while (rewrite_is_symbol(rewrite, next, '['))
        next = rewrite_partner(rewrite, next) + 1;
    return next - 1;
}

const char *type_text(Translator *translator, const PgQuery__TypeName *type)
{
    size_t first = type_first(translator, type);
    if (first == REWRITE_NONE)
        return type_name(type);
    const Token *start = rewrite_token(&translator->rewrite, first);
    const Token *end = rewrite_token(&translator->rewrite, type_last(translator, first));
    return arena_copy(translator->scratch, start->text,
                      (size_t)(end->text + end->length - start->text));
}

long type_limit(const PgQuery__TypeName *type)
{
    const PgQuery__Node *limit = type->n_typmods ? type->typmods[0] : NULL;
    if (limit && limit->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        limit->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        return limit->a_const->ival->ival;
    return 0;
}

/* ---- casts ---- */

/* The tokens of a cast: x::t, CAST(x AS t), t 'x'. False for other shapes. */
static bool cast_range(const Translator *translator, const PgQuery__TypeCast *cast, int argument,
                       size_t *ret_first, size_t *ret_last)
{
    const Rewrite *rewrite = &translator->rewrite;
    size_t at = rewrite_find(rewrite, cast->location), value = rewrite_find(rewrite, argument);
    size_t type = type_first(translator, cast->type_name);
    if (value == REWRITE_NONE || type == REWRITE_NONE)
        return false;
    if (at == REWRITE_NONE && type < value) {
        *ret_first = type;
        *ret_last = value;
        return true;
    }
    if (rewrite_is(rewrite, at, "CAST") && rewrite_is_symbol(rewrite, at + 1, '(')) {
        *ret_first = at;
        *ret_last = rewrite_partner(rewrite, at + 1);
        return at + 2 == value; /* nothing but the constant before AS */
    }
    *ret_first = value;
    *ret_last = type_last(translator, type);
    return at == value + 1;
}

static Code refuse_cast(Translator *translator, const PgQuery__TypeCast *cast, const char *hint)
{
    return translator_refuse(translator,
                             cast->location >= 0 ? cast->location : cast->type_name->location, hint,
                             "a cast to %s", type_text(translator, cast->type_name));
}

/* `pattern` has 0 for a digit; anything else stands for itself. */
static bool has_form(const char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++)
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return *text == '\0';
}

static bool has_fraction_form(const char *text)
{
    const char *point = strchr(text, '.');
    return point && point[1] && strspn(point + 1, "0123456789") == strlen(point + 1) &&
           strlen(point + 1) <= 6 && point[strlen(point) - 1] != '0';
}

/* The text that PostgreSQL would print for a moment written in its own form; NULL for others. */
static const char *moment_text(Translator *translator, TypeClass class, const char *text)
{
    static const char date[] = "0000-00-00", stamp[] = "0000-00-00 00:00:00", time[] = "00:00:00";
    if (class == TYPE_DATE)
        return has_form(text, date) ? text : NULL;
    const char *whole = text;
    if (has_fraction_form(text))
        whole = arena_copy(translator->scratch, text, strcspn(text, "."));
    if (class == TYPE_TIME)
        return has_form(whole, time) ? text : NULL;
    if (has_form(text, date))
        return translator_print(translator, "%s 00:00:00", text);
    return has_form(whole, stamp) ? text : NULL;
}

static const char *boolean_text(const char *text)
{
    static const char *const yes[] = {"t", "true", "y", "yes", "on", "1"};
    static const char *const no[] = {"f", "false", "n", "no", "off", "0"};
    for (size_t i = 0; i < COUNT(yes); i++) {
        if (strcasecmp(text, yes[i]) == 0)
            return "TRUE";
        if (strcasecmp(text, no[i]) == 0)
            return "FALSE";
    }
    return NULL;
}

/* As PostgreSQL prints it. */
static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !digit)
            return false;
    }
    return text[36] == '\0';
}

/* '\x00ff' as x'00ff'. */
static const char *bytes_text(Translator *translator, const char *text)
{
    if (text[0] != '\\' || text[1] != 'x' || strlen(text) % 2 != 0 ||
        strspn(text + 2, "0123456789abcdefABCDEF") != strlen(text + 2))
        return NULL;
    return translator_print(translator, "x'%s'", text + 2);
}

static const char *constant_text(Translator *translator, const char *text)
{
    size_t length = strlen(text), quotes = 0;
    for (const char *at = text; *at; at++)
        quotes += *at == '\'';
    char *copy = arena_alloc(translator->scratch, length + quotes + 3), *to = copy;
    *to++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            *to++ = '\'';
        *to++ = *text;
    }
    *to = '\'';
    return copy;
}

const char *type_constant(Translator *translator, const PgQuery__TypeName *type,
                          const TypeRule *rule, const char *text)
{
    const char *value = text;
    switch (rule->class) {
    case TYPE_LIMITED: /* a longer one would be cut, a shorter char padded */
        if (type->n_typmods > 0 || strcmp(rule->name, "bpchar") == 0)
            return NULL;
        break;
    case TYPE_TEXT:
    case TYPE_JSON:
        break;
    case TYPE_UUID:
        value = is_uuid(text) ? text : NULL;
        break;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        if (type->n_typmods == 0)
            value = moment_text(translator, rule->class, text);
        else
            value = NULL; /* it would be rounded */
        break;
    case TYPE_BOOLEAN:
        return boolean_text(text);
    case TYPE_BYTES:
        return bytes_text(translator, text);
    case TYPE_INTEGER:
        text += *text == '-';
        if (!*text || strlen(text) > 18 || strspn(text, "0123456789") != strlen(text))
            return NULL;
        return text == value ? value : translator_print(translator, "(%s)", value);
    default:
        return NULL;
    }
    return value ? constant_text(translator, value) : NULL;
}

/* Number constants keep their value under these types; a fraction cast to integer would not. */
static bool keeps_number(const PgQuery__AConst *constant, const PgQuery__TypeName *type,
                         const TypeRule *rule)
{
    bool integer = constant->val_case == PG_QUERY__A__CONST__VAL_IVAL;
    bool plain = type->n_typmods == 0;
    return (rule->class == TYPE_INTEGER && integer) ||
           ((rule->class == TYPE_NUMERIC || rule->class == TYPE_REAL) && plain && !integer);
}

static Code cast_constant(Translator *translator, const PgQuery__TypeCast *cast,
                          const TypeRule *rule, const PgQuery__AConst *constant)
{
    size_t first, last;
    Rewrite *rewrite = &translator->rewrite;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL && rule->class == TYPE_BOOLEAN &&
        cast->location < 0)
        return RUNG_OK; /* TRUE and FALSE themselves */
    if (!cast_range(translator, cast, constant->location, &first, &last))
        return refuse_cast(translator, cast, NULL);
    if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        const char *text = constant->sval->sval ? constant->sval->sval : "";
        const char *form = type_constant(translator, cast->type_name, rule, text);
        if (!form)
            return refuse_cast(translator, cast, "write the constant as the type prints it");
        rewrite_replace(rewrite, first, last, form);
        return RUNG_OK;
    }
    bool same_boolean =
        constant->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL && rule->class == TYPE_BOOLEAN;
    if (!constant->isnull && !same_boolean && !keeps_number(constant, cast->type_name, rule))
        return refuse_cast(translator, cast, NULL);
    const Token *token = rewrite_token(rewrite, rewrite_find(rewrite, constant->location));
    rewrite_replace(rewrite, first, last,
                    arena_copy(translator->scratch, token->text, token->length));
    return RUNG_OK;
}

/* Functions whose result is a whole number: a cast among the integer types changes nothing. */
static bool is_integer_call(const PgQuery__Node *node)
{
    if (node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
        return false;
    return is_function(node->func_call, "count") || is_function(node->func_call, "length") ||
           is_function(node->func_call, "char_length");
}

Code translate_cast(Translator *translator, const ProtobufCMessage *message)
{
    const PgQuery__TypeCast *cast = (const PgQuery__TypeCast *)message;
    const TypeRule *rule = type_find(cast->type_name);
    if (!rule || rule->class == TYPE_SERIAL)
        return refuse_cast(translator, cast, NULL);
    if (cast->arg->node_case == PG_QUERY__NODE__NODE_A_CONST)
        return cast_constant(translator, cast, rule, cast->arg->a_const);
    size_t at = rewrite_find(&translator->rewrite, cast->location);
    if (rule->class == TYPE_INTEGER && is_integer_call(cast->arg) &&
        rewrite_token(&translator->rewrite, at)->length == 2) {
        size_t type = type_first(translator, cast->type_name);
        if (type != REWRITE_NONE)
            rewrite_remove(&translator->rewrite, at, type_last(translator, type));
        return translate_tree(translator, cast->arg);
    }
    return refuse_cast(translator, cast,
                       "SQLite converts otherwise: cast only constants, or write a section");
}

/* ---- intervals ---- */

/* "30 days" as a modifier of SQLite's date functions, without its sign. Months and years end on
 * other days there. */
static const char *interval_text(Translator *translator, const char *text)
{
    static const struct {
        const char *unit, *sqlite;
        long factor;
    } units[] = {{"week", "days", 7},
                 {"day", "days", 1},
                 {"hour", "hours", 1},
                 {"minute", "minutes", 1},
                 {"second", "seconds", 1}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6 || text[digits] != ' ')
        return NULL;
    const char *unit = text + digits + 1;
    for (size_t i = 0; i < COUNT(units); i++) {
        size_t length = strlen(units[i].unit);
        if (strncmp(unit, units[i].unit, length) == 0 &&
            (unit[length] == '\0' || strcmp(unit + length, "s") == 0))
            return translator_print(translator, "%ld %s", strtol(text, NULL, 10) * units[i].factor,
                                    units[i].sqlite);
    }
    return NULL;
}

/* The last token of now() or CURRENT_TIMESTAMP; REWRITE_NONE for longer forms. */
static size_t now_last(const Translator *translator, const PgQuery__Node *now, size_t *ret_first)
{
    const Rewrite *rewrite = &translator->rewrite;
    bool call = now->node_case == PG_QUERY__NODE__NODE_FUNC_CALL;
    if (call && (now->func_call->n_args > 0 || now->func_call->n_funcname != 1))
        return REWRITE_NONE;
    *ret_first =
        rewrite_find(rewrite, call ? now->func_call->location : now->sqlvalue_function->location);
    if (*ret_first == REWRITE_NONE)
        return REWRITE_NONE;
    bool open = rewrite_is_symbol(rewrite, *ret_first + 1, '(');
    return open ? rewrite_partner(rewrite, *ret_first + 1) : *ret_first;
}

bool translate_interval(Translator *translator, const PgQuery__AExpr *expression)
{
    const PgQuery__Node *left = expression->lexpr, *right = expression->rexpr;
    const Rewrite *rewrite = &translator->rewrite;
    if (!left || !is_now(left) || right->node_case != PG_QUERY__NODE__NODE_TYPE_CAST)
        return false;
    const PgQuery__TypeCast *cast = right->type_cast;
    if (strcmp(type_name(cast->type_name), "interval") != 0 || cast->type_name->n_typmods > 0 ||
        cast->arg->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        cast->arg->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return false;
    size_t start = 0, first, last, sign = rewrite_find(rewrite, expression->location);
    size_t end = now_last(translator, left, &start);
    const char *interval = interval_text(translator, cast->arg->a_const->sval->sval);
    if (!interval || end == REWRITE_NONE || sign != end + 1 ||
        !cast_range(translator, cast, cast->arg->a_const->location, &first, &last) ||
        first != sign + 1)
        return false;
    bool minus = rewrite_is_symbol(rewrite, sign, '-');
    if (!minus && !rewrite_is_symbol(rewrite, sign, '+'))
        return false;
    rewrite_replace(
        &translator->rewrite, start, last,
        translator_print(translator, "datetime('now', '%c%s')", minus ? '-' : '+', interval));
    return true;
}
