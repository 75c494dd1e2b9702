/* Rows as people write them: TABLE:KEY. */
#include "check.h"
#include "lifecycle/hold_parts.h"

#include <string.h>

static KeyTable *add_table(KeyGraph *graph, const char *name, const char *first, const char *second)
{
    KeyTable *table = arena_alloc(graph->arena, sizeof *table);
    *table = (KeyTable){.schema = "public", .name = name, .title = name, .sql = name};
    if (first)
        *vec_add(graph->arena, &table->primary) = first;
    if (second)
        *vec_add(graph->arena, &table->primary) = second;
    for (size_t i = 0; i < table->primary.count; i++)
        *vec_add(graph->arena, &table->columns) = (KeyColumn){table->primary.at[i], "bigint", true};
    *vec_add(graph->arena, &graph->tables) = table;
    return table;
}

static Life make_life(Arena *arena)
{
    KeyGraph *graph = arena_alloc(arena, sizeof *graph);
    graph->arena = arena;
    graph->engine = ENGINE_POSTGRESQL;
    add_table(graph, "users", "id", NULL);
    add_table(graph, "orders", "a", "b \"x\"");
    add_table(graph, "odd:name", "id", NULL);
    add_table(graph, "notes", NULL, NULL);
    return (Life){.engine = ENGINE_POSTGRESQL, .arena = arena, .graph = graph};
}

static void assert_row(Arena *arena, const char *text, const char *table, const char *first,
                       const char *second)
{
    Life life = make_life(arena);
    KeyTable *found;
    KeyNames values;
    Error error = {0};
    if (hold_read_row(&life, text, arena, &found, &values, &error))
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(found->name, table);
    assert_int_equal(values.count, second ? 2 : 1);
    assert_string_equal(values.at[0], first);
    if (second)
        assert_string_equal(values.at[1], second);
}

static void a_key_of_one_column_is_the_rest(void **state)
{
    assert_row(*state, "users:1", "users", "1", NULL);
    assert_row(*state, "public.users:1", "users", "1", NULL);
    assert_row(*state, "users:a:b,\"c", "users", "a:b,\"c", NULL);
    assert_row(*state, "\"users\": ", "users", " ", NULL);
    assert_row(*state, "\"odd:name\":7", "odd:name", "7", NULL);
}

static void values_of_several_columns_may_be_quoted(void **state)
{
    assert_row(*state, "orders:1,2", "orders", "1", "2");
    assert_row(*state, "orders:1,", "orders", "1", "");
    assert_row(*state, "orders:\"a,b\",\"c\"\"d\"", "orders", "a,b", "c\"d");
    assert_row(*state, "orders:a\"b,c", "orders", "a\"b", "c");
}

static void what_is_no_row_is_refused(void **state)
{
    static const struct {
        const char *text;
        Code code;
    } wrong[] = {{"", RUNG_USAGE},
                 {"users", RUNG_USAGE},
                 {":1", RUNG_USAGE},
                 {"users:", RUNG_USAGE},
                 {"orders:1", RUNG_USAGE},
                 {"orders:1,2,3", RUNG_USAGE},
                 {"orders:\"1,2", RUNG_USAGE},
                 {"orders:\"1\"2,3", RUNG_USAGE},
                 {"\"users:1", RUNG_USAGE},
                 {"user:1", RUNG_UNKNOWN},
                 {"notes:1", RUNG_REFUSED}};
    Life life = make_life(*state);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        KeyTable *table;
        KeyNames values;
        Error error = {0};
        Code code = hold_read_row(&life, wrong[i].text, *state, &table, &values, &error);
        if (code != wrong[i].code)
            fail_msg("%s: %s, %s", wrong[i].text, error_code_name(code), error.message);
        assert_true(*error.message && *error.hint);
    }
}

static void a_key_is_shown_as_it_is_read(void **state)
{
    assert_string_equal(hold_key_text("[\"a,b\"]", *state), "a,b");
    assert_string_equal(hold_key_text("[\"a,b\",\"c\\\"d\"]", *state), "\"a,b\",c\"d");
    assert_string_equal(hold_key_text("[\"\\\"a\",\"\"]", *state), "\"\"\"a\",");
}

static void a_condition_has_no_parameters_and_names_in_quotes(void **state)
{
    Life life = make_life(*state);
    KeyTable *table;
    KeyNames values;
    Error error;
    assert_int_equal(hold_read_row(&life, "orders:1',2", *state, &table, &values, &error), RUNG_OK);
    assert_string_equal(hold_condition(&life, *state, table, &values),
                        "t.\"a\" = CAST('1'''::text AS bigint) AND t.\"b \"\"x\"\"\" ="
                        " CAST('2'::text AS bigint)");
    assert_string_equal(hold_table_name(table, *state), "public.orders");
}

RUN_TESTS(TEST(a_key_of_one_column_is_the_rest), TEST(values_of_several_columns_may_be_quoted),
          TEST(what_is_no_row_is_refused), TEST(a_key_is_shown_as_it_is_read),
          TEST(a_condition_has_no_parameters_and_names_in_quotes))
