/* What the text of SQLite's statements says of keys and triggers. */
#include "check.h"
#include "lifecycle/sqlite_text.h"

static KeyTexts read_keys(Arena *arena, const char *sql)
{
    KeyTexts texts;
    Error error;
    assert_int_equal(key_texts_read(arena, sql, &texts, &error), RUNG_OK);
    return texts;
}

static void names_belong_to_their_key(void **state)
{
    KeyTexts texts =
        read_keys(*state, "CREATE TABLE t (a INT CONSTRAINT nn NOT NULL REFERENCES p (id), "
                          "b INT CONSTRAINT [to p] REFERENCES p, c INT CHECK (c > 0) REFERENCES p, "
                          "CONSTRAINT \"x\"\"y\" FOREIGN KEY (a, b) REFERENCES p (a, b), "
                          "FOREIGN KEY (c) REFERENCES p)");
    assert_int_equal(texts.count, 5);
    assert_null(texts.at[0].name);
    assert_string_equal(texts.at[1].name, "to p");
    assert_null(texts.at[2].name);
    assert_string_equal(texts.at[3].name, "x\"y");
    assert_null(texts.at[4].name);
}

static void deferral_belongs_to_the_key_before_it(void **state)
{
    KeyTexts texts = read_keys(
        *state, "CREATE TABLE t (a INT REFERENCES p (id) ON DELETE CASCADE NOT NULL "
                "DEFERRABLE INITIALLY DEFERRED, b INT REFERENCES p, c INT REFERENCES p DEFERRABLE, "
                "d INT REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED)");
    assert_true(texts.at[0].deferrable && texts.at[0].deferred);
    assert_false(texts.at[1].deferrable || texts.at[1].deferred);
    assert_true(texts.at[2].deferrable && !texts.at[2].deferred);
    assert_false(texts.at[3].deferrable || texts.at[3].deferred);
}

static void only_ignore_before_a_delete_swallows(void **state UNUSED)
{
    assert_true(trigger_swallows("CREATE TRIGGER t BEFORE DELETE ON a BEGIN "
                                 "SELECT RAISE(IGNORE) WHERE OLD.kept; END"));
    assert_true(trigger_swallows("create trigger if not exists main.\"t t\" delete on a when 1 "
                                 "begin select raise ( /* x */ ignore ); end"));
    assert_false(trigger_swallows("CREATE TRIGGER t AFTER DELETE ON a BEGIN "
                                  "SELECT RAISE(IGNORE); END"));
    assert_false(trigger_swallows("CREATE TRIGGER t BEFORE UPDATE ON a BEGIN "
                                  "DELETE FROM b; SELECT RAISE(IGNORE); END"));
    assert_false(trigger_swallows("CREATE TRIGGER t BEFORE DELETE ON a BEGIN "
                                  "SELECT RAISE(ABORT, 'ignore'); END"));
}

RUN_TESTS(TEST(names_belong_to_their_key), TEST(deferral_belongs_to_the_key_before_it),
          TEST(only_ignore_before_a_delete_swallows))
