/* Normal forms of SQLite's statements: what counts as the same text. */
#include "sql/form.h"

#include "check.h"

static const char *form(Arena *arena, const char *sql, const Map *names)
{
    SqlTokens tokens;
    Error error;
    assert_int_equal(form_read(arena, sql, &tokens, &error), RUNG_OK);
    return form_print(arena, &tokens, 0, tokens.list.count, names);
}

static void same(Arena *arena, const char *a, const char *b, const Map *names)
{
    assert_string_equal(form(arena, a, names), form(arena, b, names));
}

static void differ(Arena *arena, const char *a, const char *b, const Map *names)
{
    assert_string_not_equal(form(arena, a, names), form(arena, b, names));
}

static const Map *names_of_table(Arena *arena)
{
    Map *names = map_new(arena);
    map_set(names, "email", names);
    map_set(names, "order", names);
    return names;
}

static void blanks_and_comments_do_not_count(void **state)
{
    same(*state, "SELECT a,b /* c */ FROM t -- d\n", "select\n a , b\nfrom t", NULL);
    assert_string_equal(form(*state, "CHECK( lower( a )<=b AND a IN(1,2) )", NULL),
                        "CHECK (lower(a) <= b AND a IN (1, 2))");
}

static void operators_are_what_sqlite_reads(void **state)
{
    same(*state, "a->>'x'", "a ->> 'x'", NULL);
    same(*state, "a=-1", "a = - 1", NULL);
    differ(*state, "a<b", "a<=b", NULL);
}

static void strings_and_their_letters_count(void **state)
{
    const Map *names = names_of_table(*state);
    differ(*state, "CHECK (a = 'X')", "CHECK (a = 'x')", names);
    differ(*state, "DEFAULT Word", "DEFAULT word", names);
    same(*state, "DEFAULT TRUE", "default true", names);
    differ(*state, "CHECK (a = \"X\")", "CHECK (a = \"x\")", names);
}

static void names_of_tables_have_no_letters_and_no_quotes(void **state)
{
    const Map *names = names_of_table(*state);
    same(*state, "Email TEXT", "[email] text", names);
    same(*state, "UNIQUE (\"EMAIL\")", "unique (`email`)", names);
    same(*state, "REFERENCES \"Users\" (\"Id\")", "references users(id)", names);
    same(*state, "CREATE INDEX \"I\" ON t (email)", "CREATE INDEX i ON t (email)", names);
    assert_string_equal(form(*state, "\"Order\" INT", names), "\"order\" int");
}

static void letters_count_in_views(void **state)
{
    differ(*state, "SELECT a AS Total", "SELECT a AS total", NULL);
    same(*state, "SELECT \"a\" AS total", "select a as total", NULL);
}

static void names_compare_as_sqlite_does(void **state)
{
    assert_true(form_same_name("Users", "uSERS"));
    assert_false(form_same_name("users", "user"));
    assert_false(form_same_name("É", "é"));
    assert_string_equal(form_fold(*state, "ÀB"), "Àb");
}

static void quoted_names_are_read(void **state)
{
    SqlTokens tokens;
    Error error;
    static const char *const wanted[] = {"a\"b", "c`d", "e f", "it's", "plain"};
    assert_int_equal(form_read(*state, "\"a\"\"b\" `c``d` [e f] 'it''s' plain 7", &tokens, &error),
                     RUNG_OK);
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_string_equal(form_name(*state, &tokens.list.at[i]), wanted[i]);
    assert_null(form_name(*state, &tokens.list.at[5]));
}

static void keywords_are_known(void **state)
{
    assert_true(form_is_keyword("select", 6));
    assert_true(form_is_keyword("WITHOUT", 7));
    assert_true(form_is_keyword("abort", 5));
    assert_false(form_is_keyword("users", 5));
    assert_false(form_is_keyword("selec", 5));
}

RUN_TESTS(TEST(blanks_and_comments_do_not_count), TEST(operators_are_what_sqlite_reads),
          TEST(strings_and_their_letters_count),
          TEST(names_of_tables_have_no_letters_and_no_quotes), TEST(letters_count_in_views),
          TEST(names_compare_as_sqlite_does), TEST(quoted_names_are_read), TEST(keywords_are_known))
