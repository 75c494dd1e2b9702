/* A live SQLite database as a catalog. */
#include "source/source.h"

#include "check.h"

static Catalog *load(Arena *arena, const SourceFilter *filter, const char *const *statements,
                     size_t count)
{
    DbUrl url;
    Db *db = NULL;
    Error error;
    Catalog *catalog = NULL;
    assert_int_equal(db_url_read(arena, "sqlite::memory:", "", &url, &error), RUNG_OK);
    assert_int_equal(db_open(&url, &(DbOptions){0}, &db, &error), RUNG_OK);
    for (size_t i = 0; i < count; i++)
        if (db_exec(db, statements[i], &error) != RUNG_OK)
            fail_msg("%s: %s", statements[i], error.message);
    if (source_database(db, arena, "memory", filter, &catalog, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    assert_false(db_in_transaction(db));
    db_close(db);
    return catalog;
}

#define LOAD(filter, ...)                                                                          \
    load(*state, filter, (const char *const[]){__VA_ARGS__},                                       \
         COUNT(((const char *const[]){__VA_ARGS__})))

static Object *find(const Catalog *catalog, const char *key)
{
    Object *object = catalog_find(catalog, key);
    if (!object)
        fail_msg("no %s", key);
    return object;
}

static bool needs(const Object *object, const Object *needed)
{
    for (size_t i = 0; i < object->needs.count; i++)
        if (object->needs.at[i] == needed)
            return true;
    return false;
}

static void every_object_keeps_its_own_text(void **state)
{
    const char *sql = "CREATE TABLE Users (id INTEGER PRIMARY KEY, -- the key\n Mail TEXT)";
    Catalog *catalog = LOAD(NULL, sql, "CREATE UNIQUE INDEX ix ON users (mail)",
                            "CREATE VIEW v AS SELECT mail FROM users");
    LiteTable *table = CATALOG_AS(LiteTable, find(catalog, "lite_table/users"));
    assert_string_equal(table->head.name, "Users");
    assert_string_equal(table->sql, sql);
    assert_int_equal(table->columns.count, 2);
    assert_string_equal(table->columns.at[1], "Mail text");
    assert_ptr_equal(find(catalog, "lite_index/users/ix")->parent, &table->head);
    assert_int_equal(catalog->count, 3);
    assert_true(catalog->version >= 3037000);
}

static void names_say_what_needs_what(void **state)
{
    Catalog *catalog =
        LOAD(NULL, "CREATE TABLE a (id INTEGER PRIMARY KEY)",
             "CREATE TABLE b (x REFERENCES \"A\", c)", "CREATE VIEW v AS SELECT id AS b FROM a",
             "CREATE VIEW w AS SELECT v.b FROM main.v JOIN [b] ON 1",
             "CREATE TRIGGER t AFTER INSERT ON b BEGIN UPDATE a SET id = 1; END",
             "CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN SELECT 1; END");
    Object *a = find(catalog, "lite_table/a"), *b = find(catalog, "lite_table/b");
    Object *v = find(catalog, "lite_view/v"), *w = find(catalog, "lite_view/w");
    assert_true(needs(b, a) && needs(v, a) && needs(w, v) && needs(w, b));
    assert_false(needs(v, b));
    assert_true(needs(find(catalog, "lite_trigger/b/t"), a));
    assert_ptr_equal(find(catalog, "lite_trigger/v/i")->parent, v);
    assert_int_equal(a->users.count, 3);
}

static void what_is_nobodys_schema_is_left_out(void **state)
{
    Catalog *catalog =
        LOAD(NULL, "CREATE VIRTUAL TABLE f USING fts5 (a)", "CREATE TABLE f_other (a)",
             "CREATE TABLE rung_log (a)", "CREATE INDEX own ON rung_log (a)",
             "CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, u UNIQUE)", "ANALYZE");
    assert_int_equal(catalog->kinds[KIND_LITE_TABLE].count, 3);
    assert_int_equal(catalog->count, 3);
    LiteTable *f = CATALOG_AS(LiteTable, find(catalog, "lite_table/f"));
    assert_true(f->is_virtual);
    assert_string_equal(f->module, "fts5(a)");
}

static void patterns_leave_tables_out_with_what_they_have(void **state)
{
    const char *const patterns[] = {"tmp_*", "main.x?"};
    SourceFilter filter = {.excluded = patterns, .excluded_count = COUNT(patterns)};
    Catalog *catalog = LOAD(&filter, "CREATE TABLE tmp_a (a)", "CREATE INDEX i ON tmp_a (a)",
                            "CREATE TABLE x1 (a)", "CREATE TABLE x (a)",
                            "CREATE TRIGGER t AFTER INSERT ON x1 BEGIN SELECT 1; END");
    assert_int_equal(catalog->count, 1);
    find(catalog, "lite_table/x");
}

static void layout_is_no_difference_of_catalogs(void **state)
{
    Catalog *a = LOAD(NULL, "create table t (id integer, \"a\" TEXT check(a<>''), unique(a))",
                      "create index i on t(a)");
    Catalog *b = LOAD(NULL, "CREATE TABLE T (id INTEGER, a text CHECK ( a <> '' ), UNIQUE (A))",
                      "CREATE INDEX \"i\" ON \"t\" (\"a\")");
    Catalog *c =
        LOAD(NULL, "CREATE TABLE t (id INTEGER, a TEXT CHECK (a <> 'x'), UNIQUE (a)) STRICT");
    Object *t = find(a, "lite_table/t");
    assert_int_equal(object_compare(t, find(b, "lite_table/t"), false), 0);
    assert_int_equal(object_compare(find(a, "lite_index/t/i"), find(b, "lite_index/t/i"), false),
                     0);
    assert_int_equal(object_compare(t, find(c, "lite_table/t"), false),
                     field_bit(KIND_LITE_TABLE, "columns") | field_bit(KIND_LITE_TABLE, "options"));
}

RUN_TESTS(TEST(every_object_keeps_its_own_text), TEST(names_say_what_needs_what),
          TEST(what_is_nobodys_schema_is_left_out),
          TEST(patterns_leave_tables_out_with_what_they_have),
          TEST(layout_is_no_difference_of_catalogs))
