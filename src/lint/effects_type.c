/* ALTER COLUMN TYPE: whether the rows keep their bytes.
 * (src/backend/commands/tablecmds.c: ATColumnChangeRequiresRewrite; pg_cast, castmethod 'b'.) */
#include "lint/effects_parts.h"

/* The server's types, as its grammar calls them, and those of extensions that everybody knows not
 * to be domains. */
static const char *const types[] = {
    "bit",
    "bool",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cidr",
    "circle",
    "citext",
    "cube",
    "date",
    "daterange",
    "float4",
    "float8",
    "geography",
    "geometry",
    "hstore",
    "inet",
    "int2",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "ltree",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "regclass",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "uuid",
    "varbit",
    "varchar",
    "vector",
    "xml",
    "xid",
    "regproc",
    "regtype",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
    "txid_snapshot",
    "pg_snapshot",
    "refcursor",
    "regrole",
    "regconfig",
    "halfvec",
    "sparsevec",
};

/* Casts without a function, the length aside. `rebuilds`: the operators of indexes differ. */
static const struct {
    const char *from, *to;
    bool rebuilds;
} same_bytes[] = {
    {"varchar", "text", false},  {"text", "varchar", false},  {"cidr", "inet", false},
    {"bit", "varbit", true},     {"varbit", "bit", true},     {"text", "bpchar", true},
    {"varchar", "bpchar", true}, {"int4", "oid", true},       {"oid", "int4", true},
    {"xml", "text", true},       {"xml", "varchar", true},    {"text", "citext", true},
    {"citext", "text", true},    {"varchar", "citext", true}, {"citext", "varchar", true},
    {"oid", "regclass", false},  {"regclass", "oid", false},
};

enum { INTERVAL_FULL = 0x7FFF };

bool type_is_builtin(const TypeUse *use)
{
    for (size_t i = 0; use->name && i < COUNT(types); i++)
        if (strcmp(types[i], use->name) == 0)
            return true;
    return false;
}

static bool is_named(const TypeUse *use, const char *name)
{
    return use->name && strcmp(use->name, name) == 0;
}

/* The first modifier, or -1 for none. */
static int limit_of(const TypeUse *use)
{
    return use->modifier_count > 0 ? use->modifiers[0] : -1;
}

/* Lengths that may only grow: character varying, bit varying. */
static bool length_fits(const TypeUse *from, const TypeUse *to)
{
    return limit_of(to) < 0 || (limit_of(from) >= 0 && limit_of(to) >= limit_of(from));
}

static bool numeric_fits(const TypeUse *from, const TypeUse *to)
{
    if (to->modifier_count == 0)
        return true;
    return from->modifier_count == 2 && to->modifier_count == 2 &&
           from->modifiers[1] == to->modifiers[1] && to->modifiers[0] >= from->modifiers[0];
}

/* Digits of seconds, at most 6. */
static bool digits_fit(int from, int to)
{
    return to < 0 || to >= 6 || (from >= 0 && to >= from);
}

static bool interval_fits(const TypeUse *from, const TypeUse *to)
{
    int from_fields = from->modifier_count > 0 ? from->modifiers[0] : INTERVAL_FULL;
    int to_fields = to->modifier_count > 0 ? to->modifiers[0] : INTERVAL_FULL;
    int from_digits = from->modifier_count > 1 ? from->modifiers[1] : -1;
    int to_digits = to->modifier_count > 1 ? to->modifiers[1] : -1;
    return (to_fields == INTERVAL_FULL || to_fields == from_fields) &&
           digits_fit(from_digits, to_digits);
}

static bool same_modifiers(const TypeUse *from, const TypeUse *to)
{
    if (from->modifier_count != to->modifier_count)
        return false;
    for (unsigned i = 0; i < from->modifier_count; i++)
        if (from->modifiers[i] != to->modifiers[i])
            return false;
    return true;
}

/* Whether values of one type fit into the same type with other modifiers as they are. */
static bool modifiers_fit(const TypeUse *from, const TypeUse *to)
{
    if (same_modifiers(from, to))
        return true;
    if (from->array)
        return false; /* the elements are gone through one by one */
    if (is_named(to, "varchar") || is_named(to, "varbit"))
        return length_fits(from, to);
    if (is_named(to, "numeric"))
        return numeric_fits(from, to);
    if (is_named(to, "interval"))
        return interval_fits(from, to);
    if (is_named(to, "timestamp") || is_named(to, "timestamptz") || is_named(to, "time") ||
        is_named(to, "timetz"))
        return digits_fit(limit_of(from), limit_of(to));
    return false;
}

static bool is_timestamp(const TypeUse *use)
{
    return !use->array && (is_named(use, "timestamp") || is_named(use, "timestamptz"));
}

static bool is_same(const TypeUse *from, const TypeUse *to)
{
    return from->name && to->name && strcmp(from->name, to->name) == 0 &&
           from->array == to->array && from->type == to->type;
}

static TypeChange compare_types(const Judge *judge, const TypeUse *from, const TypeUse *to)
{
    if (is_same(from, to))
        return (TypeChange){.rewrites = !modifiers_fit(from, to)};
    if (is_timestamp(from) && is_timestamp(to))
        return (TypeChange){.rewrites = !judge->utc || !digits_fit(limit_of(from), limit_of(to)),
                            .rebuilds = true};
    for (size_t i = 0; i < COUNT(same_bytes) && !from->array && !to->array; i++) {
        if (!is_named(from, same_bytes[i].from) || !is_named(to, same_bytes[i].to))
            continue;
        /* the length of another type does not count: it is cut to its own again */
        return (TypeChange){.rewrites = limit_of(to) >= 0, .rebuilds = same_bytes[i].rebuilds};
    }
    return (TypeChange){.rewrites = true};
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *doubt_of(const Judge *judge, const KnownColumn *column, const TypeUse *from,
                            const TypeUse *to)
{
    if (!from->name)
        return arena_print(judge->arena, "the type of column \"%s\" is not known", column->name);
    const TypeUse *strange = !from->type && !type_is_builtin(from) ? from
                             : !to->type && !type_is_builtin(to)   ? to
                                                                   : NULL;
    if (!strange || is_same(from, to))
        return NULL;
    return arena_print(judge->arena, "type \"%s\" is not known", strange->name);
}

/* Whether domains on the way change the bytes: a value of a domain has no length of its own. */
static TypeUse source_type(const TypeUse *use)
{
    TypeUse base = known_base_type(use);
    if (use->type && use->type->type == TYPE_DOMAIN && !use->array)
        base.modifier_count = 0;
    return base;
}

static TypeChange convert(const Judge *judge, const KnownColumn *column, const TypeUse *use,
                          const TypeUse *written)
{
    TypeUse from = source_type(use), to = known_base_type(written);
    const char *doubt = doubt_of(judge, column, &from, &to);
    if (doubt)
        return (TypeChange){.doubt = doubt};
    if (written->type && written->type == use->type && written->array == use->array)
        return (TypeChange){0};
    if (known_type_constrained(written))
        return (TypeChange){.rewrites = true};
    return compare_types(judge, &from, &to);
}

/* USING c, c::a, c::a::b: each cast on the way keeps the bytes, or the whole does not.
 * `ret_type` is what comes out. */
static TypeChange convert_using(const Judge *judge, const PgQuery__Node *using,
                                const KnownColumn *column, TypeUse *ret_type)
{
    TypeChange change = {0};
    *ret_type = column->type;
    if (!using)
        return change;
    if (using->node_case == NODE(COLUMN_REF)) {
        TreeName name = tree_name(using->column_ref->fields, using->column_ref->n_fields);
        change.rewrites = !name.name || strcmp(name.name, column->name) != 0;
        return change;
    }
    if (using->node_case != NODE(TYPE_CAST))
        return (TypeChange){.rewrites = true};
    TypeUse inner, cast = known_type_use(judge->known, using->type_cast->type_name);
    change = convert_using(judge, using->type_cast->arg, column, &inner);
    *ret_type = cast;
    return change.rewrites || change.doubt ? change : convert(judge, column, &inner, &cast);
}

TypeChange type_change(const Judge *judge, const KnownColumn *column,
                       const PgQuery__ColumnDef *definition)
{
    TypeUse written = known_type_use(judge->known, definition->type_name), reached;
    TypeChange change = convert_using(judge, definition->raw_default, column, &reached);
    if (change.rewrites || change.doubt)
        return change;
    change = convert(judge, column, &reached, &written);
    if (change.rewrites || change.doubt)
        return change;
    if (!change.rebuilds) { /* by way of another type */
        TypeUse from = known_base_type(&column->type), to = known_base_type(&written);
        change.rebuilds = compare_types(judge, &from, &to).rebuilds;
    }
    const PgQuery__CollateClause *collation = definition->coll_clause;
    const char *name =
        collation ? tree_name(collation->collname, collation->n_collname).name : NULL;
    if (!same_text(name, column->collation))
        change.rebuilds = true;
    return change;
}
