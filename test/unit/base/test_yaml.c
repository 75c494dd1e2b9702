/* YAML with line numbers, and the refusals. */
#include "check.h"
#include "base/yaml.h"

static YamlNode *read_text(Arena *arena, const char *text)
{
    YamlNode *root = NULL;
    Error error = {0};
    if (yaml_read(arena, "rung.yaml", text, strlen(text), &root, &error))
        fail_msg("%s", error.message);
    return root;
}

static void check_refused(Arena *arena, const char *text, size_t length, int line, const char *part)
{
    YamlNode *root = NULL;
    Error error = {0};
    assert_int_equal(yaml_read(arena, "rung.yaml", text, length, &root, &error), RUNG_CONFIG);
    assert_string_equal(error.file, "rung.yaml");
    assert_int_equal(error.line, line);
    if (!strstr(error.message, part))
        fail_msg("%s", error.message);
    assert_null(root);
}

static void maps_lists_and_scalars_know_their_lines(void **state)
{
    const YamlNode *root = read_text(*state, "# first\n"
                                             "migrations: migrations\n"
                                             "targets:\n"
                                             "  dev: { url: \"sqlite:dev.db\" }\n"
                                             "  prod:\n"
                                             "    schemas: [public, audit]\n"
                                             "empty:\n"
                                             "tilde: ~\n"
                                             "quoted: ''\n");
    assert_int_equal(root->type, YAML_MAP);
    assert_string_equal(yaml_get(root, "migrations")->text, "migrations");
    assert_int_equal(yaml_get(root, "migrations")->line, 2);
    const YamlNode *targets = yaml_get(root, "targets");
    const YamlNode *url = yaml_get(yaml_get(targets, "dev"), "url");
    assert_string_equal(url->text, "sqlite:dev.db");
    assert_int_equal(url->line, 4);
    assert_true(url->quoted);
    const YamlNode *schemas = yaml_get(yaml_get(targets, "prod"), "schemas");
    assert_int_equal(schemas->type, YAML_LIST);
    assert_string_equal(schemas->child->text, "public");
    assert_false(schemas->child->quoted);
    assert_string_equal(schemas->child->next->text, "audit");
    assert_null(schemas->child->next->next);
    assert_string_equal(yaml_get(root, "empty")->text, "");
    assert_false(yaml_get(root, "empty")->quoted);
    assert_true(yaml_get(root, "quoted")->quoted);
    assert_null(yaml_get(root, "absent"));
    assert_null(yaml_get(schemas, "public"));
}

static void an_empty_file_is_an_empty_map(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only a comment\n", "---\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        const YamlNode *root = read_text(*state, texts[i]);
        assert_int_equal(root->type, YAML_MAP);
        assert_null(root->child);
    }
}

static void block_text_keeps_its_lines(void **state)
{
    const YamlNode *root = read_text(*state, "sql: |\n  SELECT 1\n  FROM t\n");
    assert_string_equal(yaml_get(root, "sql")->text, "SELECT 1\nFROM t\n");
}

#define REFUSED(text, line, part) check_refused(*state, text, sizeof(text) - 1, line, part)

static void what_is_not_yaml_is_refused_with_its_line(void **state)
{
    REFUSED("a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML");
    REFUSED("a: 1\n\tb: 2\n", 2, "not valid YAML");
    REFUSED("a: 'open\n", 2, "not valid YAML");
    REFUSED("a: 1\nb: \xFF\n", 1, "not valid YAML");
    REFUSED("a: \x01\n", 1, "not valid YAML");
}

static void repeated_keys_are_refused(void **state)
{
    REFUSED("a: 1\nb: 2\na: 3\n", 3, "\"a\" is repeated");
    REFUSED("t:\n  x: 1\n  x: 2\n", 3, "\"x\" is repeated");
}

static void what_has_no_use_here_is_refused(void **state)
{
    REFUSED("a: &x 1\nb: *x\n", 2, "aliases");
    REFUSED("? [1]\n: 2\n", 1, "plain word");
    REFUSED("a: 1\n---\nb: 2\n", 3, "one YAML document");
    REFUSED("a: \"x\\0y\"\n", 1, "NUL");
    REFUSED("\"x\\0y\": 1\n", 1, "a key holds a NUL");
}

static void deep_nesting_is_refused(void **state)
{
    char text[200];
    memset(text, '[', sizeof text);
    check_refused(*state, text, sizeof text, 1, "nested too deeply");
    const YamlNode *root = read_text(*state, "[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]");
    assert_int_equal(root->type, YAML_LIST);
}

RUN_TESTS(TEST(maps_lists_and_scalars_know_their_lines), TEST(an_empty_file_is_an_empty_map),
          TEST(block_text_keeps_its_lines), TEST(what_is_not_yaml_is_refused_with_its_line),
          TEST(repeated_keys_are_refused), TEST(what_has_no_use_here_is_refused),
          TEST(deep_nesting_is_refused))
