/* Types and sequences. */
#include "plan/pg_table.h"
#include "sql/quote.h"

/* ---- enums ---- */

static void add_labels(Text *text, const List *values)
{
    for (size_t i = 0; i < values->count; i++) {
        text_put(text, i ? ", " : "");
        sql_add_constant(text, values->at[i]);
    }
}

void create_enum(Planner *planner, const Object *object)
{
    Text *text = sql_start(planner, "CREATE TYPE %s AS ENUM (", name_of(planner, object));
    add_labels(text, &CATALOG_AS(Enum, object)->values);
    text_char(text, ')');
    sql_end(planner);
}

/* Labels can be added anywhere, but neither removed nor moved. */
bool replace_enum(const Planner *planner, const Pair *pair)
{
    const List *old = &CATALOG_AS(Enum, pair->old)->values;
    const List *new = &CATALOG_AS(Enum, pair->new)->values;
    size_t found = 0;
    for (size_t i = 0; i < new->count &&found < old->count; i++)
        found += strcmp(new->at[i], old->at[found]) == 0;
    return found < old->count;
}

void alter_enum(Planner *planner, const Pair *pair)
{
    const List *old = &CATALOG_AS(Enum, pair->old)->values;
    const List *new = &CATALOG_AS(Enum, pair->new)->values;
    if (!is_changed(pair, "values"))
        return;
    for (size_t i = 0; i < new->count; i++) {
        if (list_has(old, new->at[i]))
            continue;
        Text *text = sql_start(planner, "ALTER TYPE %s ADD VALUE ", name_of(planner, pair->new));
        sql_add_constant(text, new->at[i]);
        if (i > 0 && i + 1 < new->count) {
            text_put(text, " AFTER ");
            sql_add_constant(text, new->at[i - 1]);
        } else if (i == 0 && old->count) {
            text_put(text, " BEFORE ");
            sql_add_constant(text, old->at[0]);
        }
        sql_end(planner);
    }
}

/* ---- domains ---- */

static const char *not_null_name(const Planner *planner, const Domain *domain)
{
    return quoted(planner, domain->not_null_name
                               ? domain->not_null_name
                               : arena_print(planner->arena, "%s_not_null", domain->head.name));
}

static void write_not_null_comment(Planner *planner, const Domain *domain)
{
    Text *text = sql_start(planner, "COMMENT ON CONSTRAINT %s ON DOMAIN %s IS ",
                           not_null_name(planner, domain), name_of(planner, &domain->head));
    sql_add_constant(text, domain->not_null_comment);
    sql_end(planner);
}

/* Since PostgreSQL 17 it is a constraint with a name. */
static void alter_domain_not_null(Planner *planner, const Pair *pair)
{
    const Domain *old = CATALOG_AS(Domain, pair->old), *new = CATALOG_AS(Domain, pair->new);
    const char *name = name_of(planner, pair->new);
    if (old->not_null && new->not_null && is_changed(pair, "not_null_name"))
        sql_print(planner, "ALTER DOMAIN %s RENAME CONSTRAINT %s TO %s", name,
                  not_null_name(planner, old), not_null_name(planner, new));
    else if (new->not_null_name && is_changed(pair, "not_null"))
        sql_print(planner, "ALTER DOMAIN %s ADD CONSTRAINT %s NOT NULL", name,
                  not_null_name(planner, new));
    else if (is_changed(pair, "not_null"))
        sql_print(planner, "ALTER DOMAIN %s %s NOT NULL", name, new->not_null ? "SET" : "DROP");
    if (new->not_null && is_changed(pair, "not_null_comment"))
        write_not_null_comment(planner, new);
}

void create_domain(Planner *planner, const Object *object)
{
    const Domain *domain = CATALOG_AS(Domain, object);
    Text *text =
        sql_start(planner, "CREATE DOMAIN %s AS %s", name_of(planner, object), domain->base);
    if (domain->collation)
        text_print(text, " COLLATE %s", domain->collation);
    if (domain->value)
        text_print(text, " DEFAULT %s", domain->value);
    if (domain->not_null_name)
        text_print(text, " CONSTRAINT %s", not_null_name(planner, domain));
    if (domain->not_null)
        text_put(text, " NOT NULL");
    for (size_t i = 0; i < object->children.count; i++) {
        const Object *child = object->children.at[i];
        if (child->kind == KIND_DOMAIN_CONSTRAINT && pair_of(child)->create->into)
            text_print(text, "\n    CONSTRAINT %s %s", quoted(planner, child->name),
                       CATALOG_AS(DomainConstraint, child)->definition);
    }
    sql_end(planner);
    if (domain->not_null_comment)
        write_not_null_comment(planner, domain);
    for (size_t i = 0; i < object->children.count; i++)
        if (pair_of(object->children.at[i])->create->into)
            write_attributes(planner, pair_of(object->children.at[i]), NULL);
}

void alter_domain(Planner *planner, const Pair *pair)
{
    const Domain *new = CATALOG_AS(Domain, pair->new);
    const char *name = name_of(planner, pair->new);
    if (is_changed(pair, "value"))
        sql_print(planner, "ALTER DOMAIN %s %s%s", name,
                  new->value ? "SET DEFAULT " : "DROP DEFAULT", new->value ? new->value : "");
    alter_domain_not_null(planner, pair);
}

void create_domain_constraint(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER DOMAIN %s ADD CONSTRAINT %s %s", name_of(planner, object->parent),
              quoted(planner, object->name), CATALOG_AS(DomainConstraint, object)->definition);
}

void alter_domain_constraint(Planner *planner, const Pair *pair)
{
}

/* ---- composite types ---- */

static void add_attribute(Planner *planner, Text *text, const Attribute *attribute)
{
    text_print(text, "%s %s", quoted(planner, attribute->head.name), attribute->type);
    if (attribute->collation)
        text_print(text, " COLLATE %s", attribute->collation);
}

static int by_position(const void *a, const void *b)
{
    int64_t left = CATALOG_AS(Attribute, *(Object *const *)a)->position;
    int64_t right = CATALOG_AS(Attribute, *(Object *const *)b)->position;
    return left < right ? -1 : left > right;
}

void create_composite(Planner *planner, const Object *object)
{
    ObjectList list = {0};
    for (size_t i = 0; i < object->children.count; i++)
        *vec_add(planner->arena, &list) = object->children.at[i];
    if (list.count)
        qsort(list.at, list.count, sizeof list.at[0], by_position);
    Text *text = sql_start(planner, "CREATE TYPE %s AS (", name_of(planner, object));
    for (size_t i = 0; i < list.count; i++) {
        text_put(text, i ? ",\n    " : "\n    ");
        add_attribute(planner, text, CATALOG_AS(Attribute, list.at[i]));
    }
    text_put(text, list.count ? "\n)" : ")");
    sql_end(planner);
    for (size_t i = 0; i < list.count; i++)
        write_attributes(planner, pair_of(list.at[i]), NULL);
}

void alter_composite(Planner *planner, const Pair *pair)
{
}

/* Typed tables go the way of their type. */
const char *cascade_of(const Object *type)
{
    for (size_t i = 0; i < type->users.count; i++)
        if (type->users.at[i]->kind == KIND_TABLE)
            return " CASCADE";
    return "";
}

void create_attribute(Planner *planner, const Object *object)
{
    Text *text =
        sql_start(planner, "ALTER TYPE %s ADD ATTRIBUTE ", name_of(planner, object->parent));
    add_attribute(planner, text, CATALOG_AS(Attribute, object));
    text_put(text, cascade_of(object->parent));
    sql_end(planner);
}

void alter_attribute(Planner *planner, const Pair *pair)
{
    const Attribute *new = CATALOG_AS(Attribute, pair->new);
    if (!is_changed(pair, "type") && !is_changed(pair, "collation"))
        return;
    Text *text =
        sql_start(planner, "ALTER TYPE %s ALTER ATTRIBUTE %s TYPE %s",
                  name_of(planner, pair->new->parent), quoted(planner, pair->new->name), new->type);
    if (new->collation)
        text_print(text, " COLLATE %s", new->collation);
    text_put(text, cascade_of(pair->new->parent));
    sql_end(planner);
}

/* ---- ranges and base types ---- */

void create_range(Planner *planner, const Object *object)
{
    const Range *range = CATALOG_AS(Range, object);
    const struct {
        const char *name, *value;
    } rest[] = {{"SUBTYPE_OPCLASS", range->operator_class},
                {"COLLATION", range->collation},
                {"CANONICAL", range->canonical},
                {"SUBTYPE_DIFF", range->difference},
                {"MULTIRANGE_TYPE_NAME", range->multirange}};
    Text *text = sql_start(planner, "CREATE TYPE %s AS RANGE (\n    SUBTYPE = %s",
                           name_of(planner, object), range->subtype);
    for (size_t i = 0; i < COUNT(rest); i++)
        if (rest[i].value)
            text_print(text, ",\n    %s = %s", rest[i].name, rest[i].value);
    text_put(text, "\n)");
    sql_end(planner);
}

void alter_range(Planner *planner, const Pair *pair)
{
}

void create_base_type(Planner *planner, const Object *object)
{
    const BaseType *type = CATALOG_AS(BaseType, object);
    if (type->is_shell) {
        sql_print(planner, "CREATE TYPE %s", name_of(planner, object));
        return;
    }
    Text *text = sql_start(planner, "CREATE TYPE %s (\n    ", name_of(planner, object));
    add_list(text, &type->definition, ",\n    ");
    text_put(text, type->settings.count ? ",\n    " : "");
    add_list(text, &type->settings, ",\n    ");
    text_put(text, "\n)");
    sql_end(planner);
}

static const char *setting_name(const Planner *planner, const char *setting)
{
    return arena_copy(planner->arena, setting, (size_t)(strstr(setting, " = ") - setting));
}

void write_settings_changed(Planner *planner, const Pair *pair, const List *old, const List *new)
{
    const char *between = "";
    Text *text = sql_start(planner, "ALTER %s SET (", address_of(planner, pair->new));
    for (size_t i = 0; i < new->count; i++)
        if (!list_has(old, new->at[i])) {
            text_print(text, "%s%s", between, new->at[i]);
            between = ", ";
        }
    for (size_t i = 0; i < old->count; i++) {
        const char *name = setting_name(planner, old->at[i]);
        bool kept = false;
        for (size_t k = 0; k < new->count; k++)
            kept |= strcmp(setting_name(planner, new->at[k]), name) == 0;
        if (!kept) {
            text_print(text, "%s%s = NONE", between, name);
            between = ", ";
        }
    }
    text_char(text, ')');
    if (*between)
        sql_end(planner);
}

void alter_base_type(Planner *planner, const Pair *pair)
{
    write_settings_changed(planner, pair, &CATALOG_AS(BaseType, pair->old)->settings,
                           &CATALOG_AS(BaseType, pair->new)->settings);
}

/* ---- sequences ---- */

static int64_t type_maximum(const char *type)
{
    return strcmp(type, "smallint") == 0  ? INT16_MAX
           : strcmp(type, "integer") == 0 ? INT32_MAX
                                          : INT64_MAX;
}

static void add_number(Text *text, const char *word, int64_t number, int64_t standard)
{
    if (number != standard)
        text_print(text, " %s %lld", word, (long long)number);
}

void create_sequence(Planner *planner, const Object *object)
{
    const Sequence *sequence = CATALOG_AS(Sequence, object);
    bool up = sequence->increment > 0;
    int64_t maximum = type_maximum(sequence->type);
    Text *text = sql_start(planner, "CREATE %sSEQUENCE %s",
                           same_text(sequence->persistence, "unlogged") ? "UNLOGGED " : "",
                           name_of(planner, object));
    if (strcmp(sequence->type, "bigint") != 0)
        text_print(text, " AS %s", sequence->type);
    add_number(text, "INCREMENT BY", sequence->increment, 1);
    add_number(text, "MINVALUE", sequence->minimum, up ? 1 : -maximum - 1);
    add_number(text, "MAXVALUE", sequence->maximum, up ? maximum : -1);
    add_number(text, "START WITH", sequence->start, up ? sequence->minimum : sequence->maximum);
    add_number(text, "CACHE", sequence->cache, 1);
    text_put(text, sequence->cycle ? " CYCLE" : "");
    sql_end(planner);
}

void alter_sequence(Planner *planner, const Pair *pair)
{
    const Sequence *new = CATALOG_AS(Sequence, pair->new);
    const char *name = name_of(planner, pair->new);
    bool type = is_changed(pair, "type");
    Text *text = sql_start(planner, "ALTER SEQUENCE %s", name);
    size_t empty = text->length;
    if (type)
        text_print(text, " AS %s", new->type);
    if (is_changed(pair, "increment"))
        text_print(text, " INCREMENT BY %lld", (long long)new->increment);
    if (type || is_changed(pair, "minimum"))
        text_print(text, " MINVALUE %lld", (long long)new->minimum);
    if (type || is_changed(pair, "maximum"))
        text_print(text, " MAXVALUE %lld", (long long)new->maximum);
    if (is_changed(pair, "start"))
        text_print(text, " START WITH %lld", (long long)new->start);
    if (is_changed(pair, "cache"))
        text_print(text, " CACHE %lld", (long long)new->cache);
    if (is_changed(pair, "cycle"))
        text_put(text, new->cycle ? " CYCLE" : " NO CYCLE");
    if (text->length > empty)
        sql_end(planner);
    if (is_changed(pair, "persistence"))
        sql_print(planner, "ALTER SEQUENCE %s SET %s", name,
                  same_text(new->persistence, "unlogged") ? "UNLOGGED" : "LOGGED");
}

/* It comes and goes with its column: only its privileges and its comment are its own. */
void create_identity_sequence(Planner *planner, const Object *object)
{
}

void alter_identity_sequence(Planner *planner, const Pair *pair)
{
}

void create_sequence_owner(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER SEQUENCE %s OWNED BY %s", name_of(planner, object->parent),
              CATALOG_AS(SequenceOwner, object)->column);
    const Object *column = object->needs.count ? object->needs.at[0] : NULL;
    const Object *old = column ? pair_of(column)->old : NULL;
    if (!old || !CATALOG_AS(Column, old)->identity || !pair_of(object->parent)->create)
        return;
    Text *text = sql_start(planner, "SELECT pg_catalog.setval(");
    sql_add_constant(text, name_of(planner, object->parent));
    text_print(text, ", max(%s)) FROM %s HAVING max(%s) IS NOT NULL", quoted(planner, column->name),
               name_of(planner, column->parent), quoted(planner, column->name));
    sql_end(planner);
}

void alter_sequence_owner(Planner *planner, const Pair *pair)
{
    create_sequence_owner(planner, pair->new);
}
