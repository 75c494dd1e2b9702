/* JSON, SHA-256 and the names of the engines: the small tables of base. */
#include "check.h"
#include "base/engine.h"
#include "base/hash.h"
#include "base/value.h"

static void documents_keep_their_order_and_are_valid(void **state UNUSED)
{
    Text text = TEXT_EMPTY;
    Value *root = value_object(), *list = value_array();
    value_set_text(root, "z", "quote \" and \xC3\xA4 and \xFF");
    value_set_int(root, "a", INT64_MIN);
    value_set_bool(root, "m", false);
    value_set_text(root, "n", NULL);
    value_append(list, value_text("one"));
    value_append(list, value_object());
    value_set(root, "l", list);
    value_write(root, false, &text);
    assert_string_equal(text_string(&text), "{\"z\":\"quote \\\" and \xC3\xA4 and \xEF\xBF\xBD\","
                                            "\"a\":-9223372036854775808,\"m\":false,\"n\":null,"
                                            "\"l\":[\"one\",{}]}");
    value_free(root);
    value_free(NULL);
    text_done(&text);
}

static void documents_are_read_with_their_lines(void **state UNUSED)
{
    static const char text[] = "{\"a\": [1, -2], \"t\": \"x\", \"b\": true, \"n\": null}";
    Value *root = NULL;
    Error error = {.code = RUNG_OK};
    const char *key;
    const Value *value;
    assert_int_equal(value_read("a.json", text, sizeof text - 1, &root, &error), RUNG_OK);
    assert_int_equal(value_type(root), VALUE_OBJECT);
    assert_int_equal(value_count(value_get(root, "a")), 2);
    assert_int_equal(value_get_int(value_at(value_get(root, "a"), 1)), -2);
    assert_string_equal(value_get_text(value_get(root, "t")), "x");
    assert_true(value_get_bool(value_get(root, "b")));
    assert_int_equal(value_type(value_get(root, "n")), VALUE_NULL);
    assert_null(value_get(root, "nix"));
    assert_null(value_get_text(value_get(root, "nix")));
    assert_int_equal(value_count(value_get(root, "t")), 0);
    assert_true(value_entry(root, 3, &key, &value));
    assert_string_equal(key, "n");
    assert_false(value_entry(root, 4, &key, &value));
    value_free(root);
    assert_int_equal(value_read("a.json", "{\n1", 3, &root, &error), RUNG_FILE);
    assert_int_equal(error.line, 2);
    assert_int_equal(value_read("a.json", "{\"a\":1,\"a\":2}", 13, &root, &error), RUNG_FILE);
}

static void hashes_are_sha_256(void **state UNUSED)
{
    Hash hash;
    char hex[HASH_HEX_SIZE];
    hash_start(&hash);
    hash_add(&hash, "a", 1);
    hash_add(&hash, "", 0);
    hash_add(&hash, "bc", 2);
    hash_finish(&hash, hex);
    /* FIPS 180-2, appendix B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void random_bytes_differ(void **state UNUSED)
{
    unsigned char one[16] = {0}, two[16] = {0};
    random_bytes(one, sizeof one);
    random_bytes(two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
}

static void engines_are_read_by_their_usual_names(void **state UNUSED)
{
    Engine engine = ENGINE_COUNT;
    assert_true(engine_read("pg)", 2, &engine));
    assert_int_equal(engine, ENGINE_POSTGRESQL);
    assert_true(engine_read("sqlite3", 7, &engine));
    assert_int_equal(engine, ENGINE_SQLITE);
    assert_false(engine_read("sql", 3, &engine));
    assert_false(engine_read("", 0, &engine));
    assert_string_equal(engine_name(ENGINE_SQLITE), "sqlite");
    assert_string_equal(engine_title(ENGINE_POSTGRESQL), "PostgreSQL");
}

RUN_TESTS(TEST(documents_keep_their_order_and_are_valid), TEST(documents_are_read_with_their_lines),
          TEST(hashes_are_sha_256), TEST(random_bytes_differ),
          TEST(engines_are_read_by_their_usual_names))
