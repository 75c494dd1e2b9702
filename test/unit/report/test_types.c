/* What types read from SQL text, and the names that languages make. */
#include "report/types.h"

#include "check.h"

static const char *choices(Arena *arena, Engine engine, const char *sql)
{
    CheckFact fact;
    const char *joined = "";
    if (!check_read(arena, engine, sql, &fact))
        return "none";
    joined = arena_print(arena, "%s:", fact.column);
    for (size_t i = 0; i < fact.choices.count; i++)
        joined = arena_print(arena, "%s %s", joined, fact.choices.at[i]);
    return fact.length ? arena_print(arena, "%s %lld", joined, (long long)fact.length) : joined;
}

static void checks_that_list_texts_are_read(void **state)
{
    static const struct {
        const char *sql, *found;
    } cases[] = {
        {"CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))", "status: a b"},
        {"CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character "
         "varying])::text[])))",
         "status: a it's"},
        {"CHECK ((\"Odd\" IS NULL) OR (\"Odd\" = 'x'::text))", "Odd: x"},
        {"CHECK ((VALUE = ANY (ARRAY['a'::text])))", "VALUE: a"},
        {"CHECK ((length((name)::text) <= 10))", "name: 10"},
        {"CHECK ((char_length(name) <= 10))", "name: 10"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(choices(*state, ENGINE_POSTGRESQL, cases[i].sql), cases[i].found);
    assert_string_equal(choices(*state, ENGINE_SQLITE, "(Mood IN ('a', 'b'))"), "mood: a b");
    assert_string_equal(choices(*state, ENGINE_SQLITE, "(length(\"Mail\") <= 100)"), "mail: 100");
}

static void other_checks_say_nothing(void **state)
{
    static const char *const cases[] = {
        "CHECK ((status <> ALL (ARRAY['a'::text])))",
        "CHECK ((status = 'a'::text) AND (b = 'c'::text))",
        "CHECK ((status = 'a'::text) OR (b = 'c'::text))",
        "CHECK ((status = 'a'::text)) NOT VALID",
        "CHECK ((NOT (status = 'a'::text)))",
        "CHECK ((lower(status) = 'a'::text))",
        "CHECK ((status || 'x') = 'ax')",
        "CHECK ((n = ANY (ARRAY[1, 2])))",
        "CHECK ((status IS NULL))",
        "CHECK ((length(name) < 10))",
        "CHECK ((length(name) <= length(other)))",
        "CHECK ((10 <= length(name)))",
        "CHECK ('unterminated",
        "",
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(choices(*state, ENGINE_POSTGRESQL, cases[i]), "none");
}

static void indexes_over_columns_are_read(void **state)
{
    List columns;
    assert_true(index_read(*state, ENGINE_POSTGRESQL,
                           "CREATE UNIQUE INDEX i ON public.t USING btree (a, \"B c\") INCLUDE (d)",
                           &columns));
    assert_int_equal(columns.count, 2);
    assert_string_equal(columns.at[1], "B c");
    static const char *const others[] = {
        "CREATE INDEX i ON t USING btree (lower(a))",
        "CREATE INDEX i ON t USING btree (a) WHERE (b > 0)",
        "CREATE INDEX i ON t USING btree (a) NULLS NOT DISTINCT",
        "CREATE INDEX i ON t USING btree (a DESC)",
        "CREATE INDEX i ON t",
    };
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(index_read(*state, ENGINE_POSTGRESQL, others[i], &columns));
}

static const char *constant(Arena *arena, const char *sql, Scalar scalar)
{
    const char *text = NULL;
    return constant_read(arena, ENGINE_POSTGRESQL, sql, scalar, &text) ? text : "none";
}

static void constants_are_told_from_expressions(void **state)
{
    assert_string_equal(constant(*state, "true", SCALAR_BOOLEAN), "true");
    assert_string_equal(constant(*state, "'a''b'::character varying(3)", SCALAR_TEXT), "a'b");
    assert_string_equal(constant(*state, "-7", SCALAR_INTEGER), "-7");
    assert_string_equal(constant(*state, "1.5", SCALAR_DOUBLE), "1.5");
    assert_string_equal(constant(*state, "1.5", SCALAR_INTEGER), "none");
    assert_string_equal(constant(*state, "1 + 1", SCALAR_INTEGER), "none");
    assert_string_equal(constant(*state, "now()", SCALAR_TIMESTAMP), "none");
    assert_string_equal(constant(*state, "'a' || 'b'", SCALAR_TEXT), "none");
    assert_string_equal(constant(*state, "E'a\\n'", SCALAR_TEXT), "none");
    assert_string_equal(constant(*state, "007x", SCALAR_INTEGER), "none");
    assert_string_equal(constant(*state, "", SCALAR_INTEGER), "none");
}

static void names_become_identifiers(void **state)
{
    Map *taken = map_new(*state);
    assert_string_equal(identifier_make(*state, "user-id"), "user_id");
    assert_string_equal(identifier_make(*state, "1st"), "_1st");
    assert_string_equal(identifier_make(*state, "\xc3\xa9t\xc3\xa9"), "_t_");
    assert_string_equal(identifier_make(*state, ""), "_");
    assert_string_equal(identifier_unique(*state, taken, "a"), "a");
    assert_string_equal(identifier_unique(*state, taken, "a"), "a_2");
    assert_string_equal(identifier_unique(*state, taken, "a"), "a_3");
}

static void quotes_and_controls_are_escaped(void **state)
{
    Text text = TEXT_EMPTY;
    text_add_quoted(&text, "a\"b\\c\nd\x01\xc3\xa9");
    assert_string_equal(text_string(&text), "\"a\\\"b\\\\c\\nd\\u0001\xc3\xa9\"");
    text_done(&text);
    (void)state;
}

static void every_language_has_a_row_and_writes_an_empty_schema(void **state)
{
    Arena *arena = *state;
    Catalog *catalog = catalog_new(arena, ENGINE_POSTGRESQL, "empty");
    size_t count = 0;
    catalog_finish(catalog);
    for (; types_language_at(count); count++) {
        Text text = TEXT_EMPTY;
        types_language_at(count)->write(types_read(arena, catalog, NULL), &text);
        assert_false(text.failed);
        assert_true(text.length > 50);
        text_done(&text);
    }
    assert_int_equal(count, 5);
}

RUN_TESTS(TEST(checks_that_list_texts_are_read), TEST(other_checks_say_nothing),
          TEST(indexes_over_columns_are_read), TEST(constants_are_told_from_expressions),
          TEST(names_become_identifiers), TEST(quotes_and_controls_are_escaped),
          TEST(every_language_has_a_row_and_writes_an_empty_schema))
