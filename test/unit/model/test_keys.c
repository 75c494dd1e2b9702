/* Keys of objects: how names become one. */
#include "model/catalog.h"

#include "check.h"

static Object *add(Catalog *catalog, KindId kind, const char *schema, const char *name,
                   Object *parent)
{
    Object *object;
    Error error;
    assert_int_equal(catalog_add(catalog, kind, schema, name, NULL, parent, &object, &error),
                     RUNG_OK);
    return object;
}

static void sqlite_tells_no_letters_apart(void **state)
{
    Catalog *catalog = catalog_new(*state, ENGINE_SQLITE, "test");
    Object *table = add(catalog, KIND_LITE_TABLE, NULL, "Users", NULL), *other;
    Error error;
    assert_string_equal(table->key, "lite_table/users");
    assert_string_equal(table->name, "Users");
    assert_string_equal(add(catalog, KIND_LITE_INDEX, NULL, "Ix", table)->key,
                        "lite_index/users/ix");
    assert_int_equal(
        catalog_add(catalog, KIND_LITE_TABLE, NULL, "uSERS", NULL, NULL, &other, &error),
        RUNG_FAILED);
    assert_ptr_equal(catalog_find_name(catalog, KIND_LITE_TABLE, NULL, "USERS"), table);
    catalog_drop(catalog);
}

static void postgresql_does(void **state)
{
    Catalog *catalog = catalog_new(*state, ENGINE_POSTGRESQL, "test");
    Object *upper = add(catalog, KIND_TABLE, "public", "Users", NULL);
    Object *lower = add(catalog, KIND_TABLE, "public", "users", NULL);
    assert_ptr_equal(catalog_find_name(catalog, KIND_TABLE, "public", "Users"), upper);
    assert_ptr_equal(catalog_find_name(catalog, KIND_TABLE, "public", "users"), lower);
    catalog_drop(catalog);
}

static void separators_in_names_are_no_separators(void **state)
{
    Catalog *catalog = catalog_new(*state, ENGINE_SQLITE, "test");
    Object *table = add(catalog, KIND_LITE_TABLE, NULL, "a/b\\c", NULL);
    assert_string_equal(table->key, "lite_table/a\\/b\\\\c");
    assert_ptr_equal(catalog_find_name(catalog, KIND_LITE_TABLE, NULL, "A/B\\C"), table);
    catalog_drop(catalog);
}

RUN_TESTS(TEST(sqlite_tells_no_letters_apart), TEST(postgresql_does),
          TEST(separators_in_names_are_no_separators))
