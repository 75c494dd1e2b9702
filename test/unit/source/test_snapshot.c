/* Snapshots: every kind and every field comes back as it went. */
#include "check.h"
#include "source/empty.h"
#include "source/snapshot.h"

static void set_field(Arena *arena, Object *object, const Field *field, int seed)
{
    void *at = field_at(object, field);
    const char **texts = arena_alloc_array(arena, 2, sizeof *texts);
    switch (field->type) {
    case TEXT:
        *(T_TEXT *)at = arena_print(arena, "%s %d \"\\/\n\xC3\xA4", field->name, seed);
        break;
    case BOOL:
        *(T_BOOL *)at = true;
        break;
    case INT:
        *(T_INT *)at = INT64_MAX - seed;
        break;
    default:
        texts[0] = arena_print(arena, "%s=%d", field->name, seed);
        texts[1] = "";
        *(T_LIST *)at = (List){texts, 2};
        break;
    }
}

/* One object a kind, each with all fields set, each needing the one before it. */
static Catalog *full_catalog(Arena *arena, Engine engine)
{
    Error error;
    Object *last = NULL, *object;
    Catalog *catalog = catalog_new(arena, engine, "full");
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if (kinds[kind].engine != engine)
            continue;
        assert_int_equal(
            catalog_add(catalog, (KindId)kind, "s/1", "n\\2", "a, b", NULL, &object, &error),
            RUNG_OK);
        for (size_t i = 0; i < kinds[kind].field_count; i++)
            set_field(arena, object, &kinds[kind].fields[i], (int)kind);
        if (last) {
            catalog_need(catalog, object, last);
            catalog_want(catalog, last, object);
        }
        last = object;
    }
    *vec_add(arena, &catalog->casts) = (TypeCast){"integer", "text", 'a'};
    catalog->version = 150018;
    catalog->user = "somebody";
    catalog->owned = catalog->superuser = true;
    catalog_finish(catalog);
    return catalog;
}

static const char *written(Arena *arena, const Catalog *catalog)
{
    Text text = TEXT_EMPTY;
    snapshot_write(catalog, &text);
    const char *copy = arena_string(arena, text_string(&text));
    text_done(&text);
    return copy;
}

static Catalog *read_back(Arena *arena, const char *text)
{
    Error error = {.code = RUNG_OK};
    Catalog *catalog = NULL;
    if (snapshot_read(arena, "a.json", text, strlen(text), &catalog, &error))
        fail_msg("%s", error.message);
    return catalog;
}

static void compare(const Object *object, const Object *other)
{
    const Kind *kind = &kinds[object->kind];
    assert_non_null(other);
    for (size_t i = 0; i < kind->field_count; i++)
        if (!field_equal(&kind->fields[i], object, other))
            fail_msg("%s.%s is not what it was", kind->name, kind->fields[i].name);
    assert_string_equal(object->title, other->title);
    assert_int_equal(object->needs.count, other->needs.count);
    assert_int_equal(object->wants.count, other->wants.count);
    assert_int_equal(object->users.count, other->users.count);
    for (size_t i = 0; i < object->needs.count; i++)
        assert_string_equal(object->needs.at[i]->key, other->needs.at[i]->key);
}

static void every_kind_and_field_comes_back(void **state)
{
    Arena *arena = *state;
    for (unsigned engine = 0; engine < ENGINE_COUNT; engine++) {
        Catalog *catalog = full_catalog(arena, (Engine)engine);
        const char *text = written(arena, catalog);
        Catalog *again = read_back(arena, text);
        assert_int_equal(again->engine, engine);
        assert_int_equal(again->version, catalog->version);
        assert_string_equal(again->user, "somebody");
        assert_true(again->owned && again->superuser);
        assert_int_equal(again->count, catalog->count);
        assert_int_equal(again->casts.count, 1);
        const Object *object;
        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
            CATALOG_EACH(catalog, kind, object)
        compare(object, catalog_find(again, object->key));
        assert_string_equal(written(arena, again), text);
    }
}

static void a_new_database_comes_back(void **state)
{
    Error error;
    Catalog *catalog;
    assert_int_equal(source_empty(*state, ENGINE_POSTGRESQL, 150018, &catalog, &error), RUNG_OK);
    const char *text = written(*state, catalog);
    assert_string_equal(written(*state, read_back(*state, text)), text);
    assert_non_null(catalog_find(catalog, "schema/public"));
    assert_int_equal(source_empty(*state, ENGINE_SQLITE, 0, &catalog, &error), RUNG_OK);
    assert_int_equal(catalog->count, 0);
}

static void what_is_wrong_is_named(void **state)
{
#define HEAD  "{\"rung_snapshot\": 1, \"engine\": \"sqlite\", \"objects\": "
#define TABLE "{\"kind\": \"lite_table\", \"name\": \"t\", \"fields\": {}}"
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"[", "not JSON"},
        {"[]", "no \"rung_snapshot\""},
        {"{\"rung_snapshot\": 2}", "its format is 2, this rung reads 1"},
        {"{\"rung_snapshot\": 1}", "\"engine\" must be"},
        {HEAD "1}", "\"objects\" must be a list"},
        {HEAD "[1]}", "objects[0]"},
        {HEAD "[{}]}", "objects[0]: it has no \"kind\""},
        {HEAD "[{\"kind\": \"table\", \"name\": \"t\"}]}", "SQLite has no such kind"},
        {HEAD "[" TABLE ", " TABLE "]}", "lite_table \"t\": it is listed twice"},
        {HEAD "[{\"kind\": \"lite_table\", \"name\": \"t\"}]}", "\"fields\" must be an object"},
        {HEAD "[{\"kind\": \"lite_table\", \"name\": \"t\", \"fields\": {\"x\": 1}}]}",
         "no such field: \"x\""},
        {HEAD "[{\"kind\": \"lite_table\", \"name\": \"t\", \"fields\": {\"sql\": 1}}]}",
         "\"sql\" must be a text"},
        {HEAD "[{\"kind\": \"lite_index\", \"name\": \"i\", \"parent\": \"lite_table/t\","
              " \"fields\": {}}]}",
         "its parent \"lite_table/t\" does not stand before it"},
        {HEAD "[{\"kind\": \"lite_table\", \"name\": \"t\", \"fields\": {},"
              " \"needs\": [\"lite_table/u\"]}]}",
         "needs \"lite_table/u\", which is not listed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Error error = {.code = RUNG_OK};
        Catalog *catalog;
        assert_int_equal(
            snapshot_read(*state, "a.json", cases[i].text, strlen(cases[i].text), &catalog, &error),
            RUNG_FILE);
        assert_contains(error.message, cases[i].said);
        assert_string_equal(error.file, "a.json");
    }
}

RUN_TESTS(TEST(every_kind_and_field_comes_back), TEST(a_new_database_comes_back),
          TEST(what_is_wrong_is_named))
