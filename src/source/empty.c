/* What a new database holds: template0, as initdb leaves it (src/bin/initdb/initdb.c). */
#include "source/empty.h"

static List list_of(Arena *arena, const char *const *texts, size_t count)
{
    const char **at = arena_alloc_array(arena, count + 1, sizeof *at);
    memcpy(at, texts, count * sizeof *at);
    return (List){at, count};
}

/* Before PostgreSQL 15 it is the superuser's, and everybody may create in it. */
static Code add_public(Catalog *catalog, Error *error)
{
    static const char *const older[] = {"=C", "=U", "PUBLIC=C", "PUBLIC=U"};
    static const char *const newer[] = {"=C", "=U", "PUBLIC=U"};
    bool is_newer = catalog->version >= 150000;
    Object *schema;
    Code code = catalog_add(catalog, KIND_SCHEMA, NULL, "public", NULL, NULL, &schema, error);
    if (code)
        return code;
    schema->owner = is_newer ? "pg_database_owner" : NULL;
    schema->acl = is_newer ? list_of(catalog->arena, newer, COUNT(newer))
                           : list_of(catalog->arena, older, COUNT(older));
    schema->comment = "standard public schema";
    return RUNG_OK;
}

static Code add_plpgsql(Catalog *catalog, Error *error)
{
    Object *object;
    Code code = catalog_add(catalog, KIND_EXTENSION, NULL, "plpgsql", NULL, NULL, &object, error);
    if (code)
        return code;
    object->comment = "PL/pgSQL procedural language";
    CATALOG_AS(Extension, object)->version = "1.0";
    CATALOG_AS(Extension, object)->placed = "pg_catalog";
    return RUNG_OK;
}

Code source_empty(Arena *arena, Engine engine, int version, Catalog **ret_catalog, Error *error)
{
    Catalog *catalog = catalog_new(arena, engine, "empty");
    Code code = RUNG_OK;
    catalog->version = version;
    catalog->owned = true;
    if (engine == ENGINE_POSTGRESQL)
        code = add_public(catalog, error);
    if (!code && engine == ENGINE_POSTGRESQL)
        code = add_plpgsql(catalog, error);
    if (code) {
        catalog_drop(catalog);
        return code;
    }
    catalog_finish(catalog);
    *ret_catalog = catalog;
    return RUNG_OK;
}
