/* CREATE TABLE of SQLite as its parts. */
#include "sql/definition.h"

#include "check.h"

static Definition read(Arena *arena, const char *sql)
{
    Definition definition;
    Error error;
    if (definition_read(arena, sql, &definition, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    return definition;
}

static void refused(Arena *arena, const char *sql, const char *message)
{
    Definition definition;
    Error error;
    assert_int_equal(definition_read(arena, sql, &definition, &error), RUNG_UNSUPPORTED);
    assert_contains(error.message, message);
}

static void columns_are_read_with_all_that_belongs_to_them(void **state)
{
    Definition t =
        read(*state, "CREATE TABLE t (id INTEGER PRIMARY KEY, \"Mail\" VARCHAR(255) NOT NULL "
                     "COLLATE NOCASE DEFAULT 'x' UNIQUE, p INT REFERENCES q (a) ON DELETE "
                     "CASCADE CHECK (p > 0), s AS (id + 1) STORED, v GENERATED ALWAYS AS (1))");
    assert_int_equal(t.columns.count, 5);
    const DefinitionColumn *mail = definition_column(&t, "MAIL");
    assert_string_equal(mail->name, "Mail");
    assert_string_equal(mail->type, "varchar(255)");
    assert_string_equal(mail->collate, "nocase");
    assert_string_equal(mail->fallback, "'x'");
    assert_true(mail->not_null && mail->unique && mail->fallback_constant);
    assert_string_equal(mail->form, "Mail varchar(255) NOT NULL COLLATE nocase DEFAULT 'x' UNIQUE");
    assert_true(t.columns.at[2].references && t.columns.at[2].checked);
    assert_true(t.columns.at[3].generated && t.columns.at[3].stored);
    assert_true(t.columns.at[4].generated && !t.columns.at[4].stored);
    assert_string_equal(t.columns.at[4].type, "");
    assert_int_equal(t.references.count, 1);
    assert_string_equal(t.references.at[0].table, "q");
    assert_string_equal(t.checks.at[0].text, "(p > 0)");
}

static void constraints_are_read_without_commas_too(void **state)
{
    Definition t = read(*state, "CREATE TABLE t (a, b, CONSTRAINT k PRIMARY KEY (a COLLATE NOCASE, "
                                "b DESC) ON CONFLICT FAIL CHECK (a > (b)), FOREIGN KEY (a, b) "
                                "REFERENCES p)");
    assert_int_equal(t.columns.count, 2);
    assert_int_equal(t.constraints.count, 2);
    assert_true(t.conflicts);
    assert_string_equal(t.keys.at[0].collations.at[0], "nocase");
    assert_int_equal(definition_primary(&t).count, 2);
    assert_string_equal(t.checks.at[0].form, "(a > (b))");
    assert_int_equal(t.references.at[0].targets.count, 0);
}

static void only_an_integer_primary_key_is_the_rowid(void **state)
{
    static const struct {
        const char *sql;
        bool rowid;
    } cases[] = {
        {"CREATE TABLE t (a INTEGER PRIMARY KEY)", true},
        {"CREATE TABLE t (a integer PRIMARY KEY ASC AUTOINCREMENT)", true},
        {"CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))", true},
        {"CREATE TABLE t (a INTEGER PRIMARY KEY DESC)", false},
        {"CREATE TABLE t (a INT PRIMARY KEY)", false},
        {"CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a, b))", false},
        {"CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID", false},
        {"CREATE TABLE t (a INTEGER UNIQUE)", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if ((read(*state, cases[i].sql).rowid != NULL) != cases[i].rowid)
            fail_msg("%s", cases[i].sql);
}

static void options_are_read_in_any_order(void **state)
{
    Definition t = read(*state, "CREATE TABLE t (a TEXT PRIMARY KEY) without rowid, Strict");
    assert_true(t.strict && t.without_rowid);
    assert_int_equal(t.options.count, 2);
    assert_string_equal(t.options.at[0], "STRICT");
}

static void defaults_that_alter_table_takes_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        bool constant;
    } cases[] = {
        {"-1.5e3", true},       {"'x'", true},      {"x'00'", true}, {"word", true},
        {"(7)", true},          {"(1 + 1)", false}, {"TRUE", true},  {"CURRENT_TIMESTAMP", false},
        {"(lower('X'))", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        Definition t =
            read(*state, arena_print(*state, "CREATE TABLE t (a DEFAULT %s)", cases[i].text));
        assert_string_equal(t.columns.at[0].fallback, cases[i].text);
        if (t.columns.at[0].fallback_constant != cases[i].constant)
            fail_msg("%s", cases[i].text);
    }
    assert_null(read(*state, "CREATE TABLE t (a DEFAULT NULL)").columns.at[0].fallback);
}

static void an_action_is_no_default(void **state)
{
    Definition t = read(*state, "CREATE TABLE t (a REFERENCES p ON DELETE SET DEFAULT ON UPDATE NO "
                                "ACTION NOT NULL, b REFERENCES p ON UPDATE SET DEFAULT)");
    assert_int_equal(t.columns.count, 2);
    assert_null(t.columns.at[0].fallback);
    assert_true(t.columns.at[0].not_null);
    assert_null(t.columns.at[1].fallback);
}

static void virtual_tables_have_a_module(void **state)
{
    Definition f = read(*state, "CREATE VIRTUAL TABLE f USING FTS5 (a, b UNINDEXED, content='t')");
    assert_true(f.is_virtual);
    assert_string_equal(f.module_name, "fts5");
    assert_int_equal(f.arguments.count, 3);
    assert_string_equal(f.arguments.at[1], "b UNINDEXED");
}

static void names_may_be_written_in_every_way(void **state)
{
    static const char *const forms[] = {"\"a b\"", "[a b]", "`a b`", "'a b'"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        Definition t = read(*state, arena_print(*state, "CREATE TABLE %s (%s \"my type\"(1, 2))",
                                                forms[i], forms[i]));
        assert_string_equal(t.name, "a b");
        assert_string_equal(t.columns.at[0].name, "a b");
    }
}

static void what_is_not_understood_is_refused(void **state)
{
    refused(*state, "CREATE VIEW v AS SELECT 1", "no CREATE TABLE");
    refused(*state, "CREATE TABLE t AS SELECT 1", "no list of columns");
    refused(*state, "CREATE TABLE t (a) SOMETHING NEW", "an option that is not known");
    refused(*state, "CREATE TABLE t (a", "not understood");
    refused(*state, "CREATE TABLE t (a, 7)", "a column without a name");
}

static void text_that_ends_anywhere_is_read_up_to_its_end(void **state)
{
    static const char *const texts[] = {
        "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT, b DEFAULT -1 CHECK "
        "(b > 0) REFERENCES p (x) ON DELETE SET DEFAULT, c AS (1) STORED, CONSTRAINT u UNIQUE (b "
        "COLLATE x DESC) ON CONFLICT FAIL, FOREIGN KEY (b) REFERENCES p) STRICT, WITHOUT ROWID",
        "CREATE VIRTUAL TABLE IF NOT EXISTS main.f USING fts5 (a, b = 'c')",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        for (size_t length = 0; length <= strlen(texts[i]); length++) {
            Definition definition;
            Error error;
            char *text = malloc(length + 1); /* so that a read behind its end is found */
            assert_non_null(text);
            memcpy(text, texts[i], length);
            text[length] = '\0';
            Code code = definition_read(*state, text, &definition, &error);
            free(text);
            if (length == strlen(texts[i]))
                assert_int_equal(code, RUNG_OK);
        }
}

RUN_TESTS(TEST(text_that_ends_anywhere_is_read_up_to_its_end),
          TEST(columns_are_read_with_all_that_belongs_to_them),
          TEST(constraints_are_read_without_commas_too),
          TEST(only_an_integer_primary_key_is_the_rowid), TEST(options_are_read_in_any_order),
          TEST(defaults_that_alter_table_takes_are_told_apart), TEST(an_action_is_no_default),
          TEST(virtual_tables_have_a_module), TEST(names_may_be_written_in_every_way),
          TEST(what_is_not_understood_is_refused))
