/* What template1 holds before anybody adds to it. */
#include "source/empty.h"

Code source_empty(Arena *arena, Engine engine, int version, Catalog **ret_catalog, Error *error)
{
    Object *schema;
    Catalog *catalog = catalog_new(arena, engine, "empty");
    catalog->version = version;
    if (engine == ENGINE_POSTGRESQL) {
        Code code = catalog_add(catalog, KIND_SCHEMA, NULL, "public", NULL, NULL, &schema, error);
        if (code)
            return code;
        schema->comment = "standard public schema";
    }
    catalog_finish(catalog);
    *ret_catalog = catalog;
    return RUNG_OK;
}
