/* What extends the server itself: collations, casts, operators and their classes, languages. */
#include "plan/planner.h"

/* CREATE title name (NAME = value, …). */
void create_defined(Planner *planner, const Object *object, const List *definition,
                    const List *settings)
{
    Text *text =
        sql_start(planner, "CREATE %s %s (\n    ", object->title, name_of(planner, object));
    add_list(text, definition, ",\n    ");
    text_put(text, settings && settings->count ? ",\n    " : "");
    if (settings)
        add_list(text, settings, ",\n    ");
    text_put(text, "\n)");
    sql_end(planner);
}

/* ---- collations, conversions, casts ---- */

void create_collation(Planner *planner, const Object *object)
{
    create_defined(planner, object, &CATALOG_AS(Collation, object)->definition, NULL);
}

void alter_collation(Planner *planner, const Pair *pair)
{
}

void create_conversion(Planner *planner, const Object *object)
{
    const Conversion *conversion = CATALOG_AS(Conversion, object);
    sql_print(planner, "CREATE %sCONVERSION %s FOR '%s' TO '%s' FROM %s",
              conversion->is_default ? "DEFAULT " : "", name_of(planner, object),
              conversion->source, conversion->target, conversion->function);
}

void alter_conversion(Planner *planner, const Pair *pair)
{
}

void create_cast(Planner *planner, const Object *object)
{
    const Cast *cast = CATALOG_AS(Cast, object);
    sql_print(planner, "CREATE %s %s%s%s", address_of(planner, object), cast->method,
              cast->context ? " " : "", cast->context ? cast->context : "");
}

void alter_cast(Planner *planner, const Pair *pair)
{
}

/* ---- operators ---- */

void create_operator(Planner *planner, const Object *object)
{
    const Operator *operator= CATALOG_AS(Operator, object);
    Text *text = sql_start(planner, "CREATE OPERATOR %s.%s (\n    ",
                           quoted(planner, object->schema), object->name);
    add_list(text, &operator->definition, ",\n    ");
    text_put(text, operator->settings.count ? ",\n    " : "");
    add_list(text, &operator->settings, ",\n    ");
    text_put(text, "\n)");
    sql_end(planner);
}

void alter_operator(Planner *planner, const Pair *pair)
{
    write_settings_changed(planner, pair, &CATALOG_AS(Operator, pair->old)->settings,
                           &CATALOG_AS(Operator, pair->new)->settings);
}

void create_operator_family(Planner *planner, const Object *object)
{
    sql_print(planner, "CREATE %s", address_of(planner, object));
}

void alter_operator_family(Planner *planner, const Pair *pair)
{
}

void create_operator_family_member(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER %s ADD %s", address_of(planner, object->parent),
              CATALOG_AS(OperatorFamilyMember, object)->definition);
}

void alter_operator_family_member(Planner *planner, const Pair *pair)
{
}

void drop_operator_family_member(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER %s DROP %s", address_of(planner, object->parent), object->name);
}

/* The family is created by itself: without FAMILY the server would make another one. A class that
 * has no members of its own must have something: its type as what it stores. */
void create_operator_class(Planner *planner, const Object *object)
{
    const OperatorClass *class = CATALOG_AS(OperatorClass, object);
    Text *text =
        sql_start(planner, "CREATE OPERATOR CLASS %s%s FOR TYPE %s USING %s FAMILY %s AS\n    ",
                  name_of(planner, object), class->is_default ? " DEFAULT" : "", class->type,
                  object->address, class->family);
    if (class->members.count)
        add_list(text, &class->members, ",\n    ");
    else
        text_print(text, "STORAGE %s", class->type);
    sql_end(planner);
}

void alter_operator_class(Planner *planner, const Pair *pair)
{
}

/* ---- access methods and languages ---- */

void create_access_method(Planner *planner, const Object *object)
{
    const AccessMethod *method = CATALOG_AS(AccessMethod, object);
    sql_print(planner, "CREATE ACCESS METHOD %s TYPE %s HANDLER %s", quoted(planner, object->name),
              method->type, method->handler);
}

void alter_access_method(Planner *planner, const Pair *pair)
{
}

static void write_language(Planner *planner, const char *create, const Language *language)
{
    Text *text = sql_start(planner, "%s %sPROCEDURAL LANGUAGE %s HANDLER %s", create,
                           language->is_trusted ? "TRUSTED " : "",
                           quoted(planner, language->head.name), language->handler);
    if (language->inline_handler)
        text_print(text, " INLINE %s", language->inline_handler);
    if (language->validator)
        text_print(text, " VALIDATOR %s", language->validator);
    sql_end(planner);
}

void create_language(Planner *planner, const Object *object)
{
    write_language(planner, "CREATE", CATALOG_AS(Language, object));
}

void alter_language(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "is_trusted") || is_changed(pair, "handler") ||
        is_changed(pair, "inline_handler") || is_changed(pair, "validator"))
        write_language(planner, "CREATE OR REPLACE", CATALOG_AS(Language, pair->new));
}

static void write_transform(Planner *planner, const char *create, const Transform *transform)
{
    Text *text = sql_start(planner, "%s TRANSFORM FOR %s (", create, transform->head.address);
    if (transform->from_sql)
        text_print(text, "FROM SQL WITH FUNCTION %s", transform->from_sql);
    if (transform->to_sql)
        text_print(text, "%sTO SQL WITH FUNCTION %s", transform->from_sql ? ", " : "",
                   transform->to_sql);
    text_char(text, ')');
    sql_end(planner);
}

void create_transform(Planner *planner, const Object *object)
{
    write_transform(planner, "CREATE", CATALOG_AS(Transform, object));
}

void alter_transform(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "from_sql") || is_changed(pair, "to_sql"))
        write_transform(planner, "CREATE OR REPLACE", CATALOG_AS(Transform, pair->new));
}
