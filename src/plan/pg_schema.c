/* Schemas and extensions. */
#include "plan/planner.h"
#include "sql/quote.h"

void create_schema(Planner *planner, const Object *object)
{
    sql_print(planner, "CREATE SCHEMA %s", quoted(planner, object->name));
}

void alter_schema(Planner *planner, const Pair *pair)
{
}

void create_extension(Planner *planner, const Object *object)
{
    const Extension *extension = CATALOG_AS(Extension, object);
    Text *text = sql_start(planner, "CREATE EXTENSION %s WITH SCHEMA %s VERSION ",
                           quoted(planner, object->name), quoted(planner, extension->placed));
    sql_add_constant(text, extension->version);
    sql_end(planner);
}

bool replace_extension(const Planner *planner, const Pair *pair)
{
    return is_changed(pair, "placed") && !CATALOG_AS(Extension, pair->old)->relocatable;
}

void alter_extension(Planner *planner, const Pair *pair)
{
    const Extension *new = CATALOG_AS(Extension, pair->new);
    const char *name = quoted(planner, pair->new->name);
    if (is_changed(pair, "version")) {
        Text *text = sql_start(planner, "ALTER EXTENSION %s UPDATE TO ", name);
        sql_add_constant(text, new->version);
        sql_end(planner);
    }
    if (is_changed(pair, "placed"))
        sql_print(planner, "ALTER EXTENSION %s SET SCHEMA %s", name, quoted(planner, new->placed));
}
