/* How the values of a column become those of its new type. */
#include "plan/pg_table.h"
#include "sql/quote.h"

typedef struct TypeName {
    const char *base; /* without modifiers and brackets; that of a domain is its own base */
    bool is_array;
} TypeName;

/* "character varying(20)[]" and "timestamp(3) with time zone" without what is in parentheses. */
static const char *without_modifier(Arena *arena, const char *type)
{
    const char *open = strchr(type, '('), *close = open ? strchr(open, ')') : NULL;
    if (!close || type[0] == '"')
        return type;
    return arena_print(arena, "%.*s%s", (int)(open - type), type, close + 1);
}

static const Object *type_find(const Planner *planner, const Catalog *catalog, KindId kind,
                               const char *type)
{
    const Object *object;
    CATALOG_EACH(catalog, kind, object)
    if (strcmp(name_of(planner, object), type) == 0)
        return object;
    return NULL;
}

static TypeName type_read(const Planner *planner, const Catalog *catalog, const char *type)
{
    TypeName name = {.base = type};
    size_t length = strlen(type);
    if (length > 2 && strcmp(type + length - 2, "[]") == 0) {
        name.is_array = true;
        name.base = arena_copy(planner->arena, type, length - 2);
    }
    const Object *domain = type_find(planner, catalog, KIND_DOMAIN, name.base);
    if (domain && !name.is_array)
        return type_read(planner, catalog, CATALOG_AS(Domain, domain)->base);
    name.base = without_modifier(planner->arena, name.base);
    return name;
}

static char cast_context(const Catalog *catalog, const char *source, const char *target)
{
    for (size_t i = 0; i < catalog->casts.count; i++)
        if (strcmp(catalog->casts.at[i].source, source) == 0 &&
            strcmp(catalog->casts.at[i].target, target) == 0)
            return catalog->casts.at[i].context;
    return 0;
}

static bool is_one_of(const char *type, const char *const *types)
{
    for (; *types; types++)
        if (strcmp(type, *types) == 0)
            return true;
    return false;
}

static bool is_text(const char *type)
{
    static const char *const types[] = {"text", "character varying", "character", "name", NULL};
    return is_one_of(type, types);
}

static bool is_number(const char *type)
{
    static const char *const types[] = {"smallint", "integer",          "bigint", "numeric",
                                        "real",     "double precision", NULL};
    return is_one_of(type, types);
}

static bool is_time(const char *type)
{
    static const char *const types[] = {"timestamp with time zone", "timestamp without time zone",
                                        "date", NULL};
    return is_one_of(type, types);
}

/* Conversions that the server has no cast for; NULL: none is known. */
static const char *by_meaning(Planner *planner, const char *name, const char *source,
                              const char *target, const char *type)
{
    Arena *arena = planner->arena;
    if (is_number(source) && is_time(target))
        return arena_print(arena, "to_timestamp(%s::double precision)%s%s", name,
                           strcmp(target, "timestamp with time zone") == 0 ? "" : "::",
                           strcmp(target, "timestamp with time zone") == 0 ? "" : type);
    if (is_time(source) && is_number(target))
        return arena_print(arena, "extract(epoch FROM %s)::%s", name, type);
    if (strcmp(source, "boolean") == 0 && is_number(target))
        return arena_print(arena, "%s::integer::%s", name, type);
    if (is_number(source) && strcmp(target, "boolean") == 0)
        return arena_print(arena, "%s <> 0", name);
    return NULL;
}

static const char *convert_array(Planner *planner, const char *name, TypeName source,
                                 TypeName target, const char *type)
{
    if (!source.is_array)
        return arena_print(planner->arena,
                           "CASE WHEN %s IS NOT NULL THEN ARRAY[%s::text]::text[]::%s END", name,
                           name, type);
    if (!target.is_array)
        return arena_print(planner->arena, "%s::text::%s", name, type);
    return arena_print(planner->arena, "%s::text[]::%s", name, type);
}

/* A type that is made anew under its old name has no cast from the one before. */
static bool is_made_anew(const Planner *planner, const Pair *column)
{
    for (size_t i = 0; i < column->old->needs.count; i++)
        if (pair_of(column->old->needs.at[i])->fate == FATE_ASIDE &&
            column->old->needs.at[i]->kind != KIND_COLLATION)
            return true;
    return false;
}

static int by_place(const void *a, const void *b)
{
    int64_t left = CATALOG_AS(Attribute, *(Object *const *)a)->position;
    int64_t right = CATALOG_AS(Attribute, *(Object *const *)b)->position;
    return left < right ? -1 : left > right;
}

/* A value of a composite type, attribute by attribute; NULL when the type is none. */
static const char *convert_row(Planner *planner, const char *name, const char *type)
{
    const Object *composite = type_find(planner, planner->to, KIND_COMPOSITE, type);
    ObjectList attributes = {0};
    if (!composite || !pair_of(composite)->old || pair_of(composite)->old->kind != KIND_COMPOSITE)
        return NULL;
    for (size_t i = 0; i < composite->children.count; i++)
        *vec_add(planner->arena, &attributes) = composite->children.at[i];
    if (attributes.count)
        qsort(attributes.at, attributes.count, sizeof attributes.at[0], by_place);
    Text text = TEXT_EMPTY;
    text_print(&text, "CASE WHEN %s IS DISTINCT FROM NULL THEN ROW(", name);
    for (size_t i = 0; i < attributes.count; i++) {
        const Pair *attribute = pair_of(attributes.at[i]);
        const char *now = CATALOG_AS(Attribute, attribute->new)->type;
        bool same = attribute->old && same_text(CATALOG_AS(Attribute, attribute->old)->type, now);
        text_put(&text, i ? ", " : "");
        if (!attribute->old)
            text_print(&text, "NULL::%s", now);
        else
            text_print(&text, "(%s).%s%s%s", name, quoted(planner, attribute->old->name),
                       same ? "" : "::text::", same ? "" : now);
    }
    text_print(&text, ")::%s END", type);
    return text_keep(&text, planner->arena);
}

const char *conversion_of(Planner *planner, const Pair *column)
{
    const Column *old = CATALOG_AS(Column, column->old), *new = CATALOG_AS(Column, column->new);
    const char *name = quoted(planner, column->new->name);
    TypeName source = type_read(planner, planner->from, old->type);
    TypeName target = type_read(planner, planner->to, new->type);
    bool anew = is_made_anew(planner, column);
    if (same_text(source.base, target.base) && source.is_array == target.is_array && !anew)
        return NULL;
    const char *row = anew && !target.is_array ? convert_row(planner, name, new->type) : NULL;
    if (row)
        return row;
    char context = source.is_array == target.is_array && !anew
                       ? cast_context(planner->from, source.base, target.base)
                       : 0;
    if (context == 'i' || context == 'a' ||
        (is_text(target.base) && !target.is_array && !source.is_array))
        return is_text(target.base) && anew
                   ? arena_print(planner->arena, "%s::text::%s", name, new->type)
                   : NULL;
    if (is_text(target.base) && !target.is_array)
        return arena_print(planner->arena, "%s::text", name);
    if (context == 'e')
        return arena_print(planner->arena, "%s::%s", name, new->type);
    if (source.is_array || target.is_array)
        return convert_array(planner, name, source, target, new->type);
    const char *meant = by_meaning(planner, name, source.base, target.base, new->type);
    if (meant)
        return meant;
    return is_text(source.base) ? arena_print(planner->arena, "%s::%s", name, new->type)
                                : arena_print(planner->arena, "%s::text::%s", name, new->type);
}
