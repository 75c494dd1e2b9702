/* What a query does with its values. */
#include "prove/bindings.h"

#include <string.h>

#include "check.h"

static Bindings read(Arena *arena, Engine engine, const char *sql)
{
    Error error;
    Bindings bindings = {0};
    assert_int_equal(bindings_read(arena, engine, sql, &bindings, &error), RUNG_OK);
    return bindings;
}

static void is(const Bindings *bindings, size_t index, BindType type, const char *column)
{
    assert_true(index < bindings->list.count);
    const Binding *binding = &bindings->list.at[index];
    assert_int_equal(binding->type, type);
    if (column)
        assert_string_equal(binding->column, column);
    else
        assert_null(binding->column);
}

static void comparisons_say_which_column(void **state)
{
    Bindings bindings = read(*state, ENGINE_SQLITE,
                             "SELECT * FROM t WHERE a = ? AND \"b \"\"c\" >= ? AND d < 5 AND ? > e"
                             " AND f LIKE 'x%' AND g <> 1 AND lower(h) = ?");
    is(&bindings, 0, BIND_EQUAL, "a");
    is(&bindings, 1, BIND_EQUAL, "b \"c");
    is(&bindings, 2, BIND_LESS, "d");
    is(&bindings, 3, BIND_LESS, "e");
    is(&bindings, 4, BIND_LIKE, "f");
    is(&bindings, 5, BIND_UNKNOWN, "g");
    is(&bindings, 6, BIND_UNKNOWN, NULL);
    assert_string_equal(bindings.list.at[4].constant, "x%");
    assert_int_equal(bindings.params, 4);
    assert_false(bindings.writes);
}

static void lists_and_ranges_count(void **state)
{
    Bindings bindings =
        read(*state, ENGINE_POSTGRESQL,
             "SELECT 1 FROM t WHERE s IN ('a', $2) AND n NOT IN (3) AND d BETWEEN $3"
             " AND $4 AND y NOT LIKE 'z' AND x IS NULL LIMIT $5 OFFSET $6");
    is(&bindings, 1, BIND_EQUAL, "s");
    is(&bindings, 2, BIND_EQUAL, "s");
    is(&bindings, 3, BIND_UNKNOWN, "n");
    is(&bindings, 4, BIND_EQUAL, "d");
    is(&bindings, 5, BIND_EQUAL, "d");
    is(&bindings, 6, BIND_UNKNOWN, NULL);
    is(&bindings, 7, BIND_LIMIT, NULL);
    is(&bindings, 8, BIND_OFFSET, NULL);
    assert_int_equal(bindings.params, 6);
    assert_int_equal(bindings.nulls.count, 1);
    assert_string_equal(bindings.nulls.at[0], "x");
}

static void what_is_stored_stands_in_a_list_or_behind_set(void **state)
{
    Bindings insert =
        read(*state, ENGINE_SQLITE, "INSERT INTO t (a, [b], c) VALUES (?, 'x', ?), (?, f(1), 2)");
    is(&insert, 0, BIND_STORED, "a");
    is(&insert, 1, BIND_STORED, "b");
    is(&insert, 2, BIND_STORED, "c");
    is(&insert, 3, BIND_STORED, "a");
    is(&insert, 5, BIND_STORED, "c");
    assert_true(insert.writes && insert.inserts);
    Bindings copy = read(*state, ENGINE_SQLITE, "INSERT INTO t (a, b) SELECT ?, b FROM t");
    is(&copy, 0, BIND_STORED, "a");
    Bindings update = read(*state, ENGINE_SQLITE, "UPDATE t SET a = ?, b = 2 WHERE c = ?");
    is(&update, 0, BIND_STORED, "a");
    is(&update, 1, BIND_STORED, "b");
    is(&update, 2, BIND_EQUAL, "c");
}

static void parameters_have_the_numbers_of_the_engine(void **state)
{
    Bindings bindings =
        read(*state, ENGINE_SQLITE,
             "SELECT * FROM t WHERE a = ? AND b = :me AND c = ?5 AND d = :me AND e = ? AND f = $x");
    static const size_t numbers[] = {1, 2, 5, 2, 6, 7};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(bindings.list.at[i].param, numbers[i]);
    assert_string_equal(bindings.list.at[1].name, "me");
    assert_int_equal(bindings.params, 7);
}

static void tables_and_aliases_in_front_are_kept(void **state)
{
    Bindings bindings = read(*state, ENGINE_POSTGRESQL,
                             "SELECT * FROM task AS t JOIN users u ON u.id = t.user_id WHERE u.id ="
                             " $1 AND t.id = $2");
    assert_string_equal(bindings.list.at[0].owner, "u");
    assert_string_equal(bindings.list.at[1].owner, "t");
    bool found = false;
    for (size_t i = 0; i + 1 < bindings.aliases.count; i += 2)
        found |= strcmp(bindings.aliases.at[i], "users") == 0 &&
                 strcmp(bindings.aliases.at[i + 1], "u") == 0;
    assert_true(found);
}

static void bad_text_is_an_error(void **state)
{
    Error error;
    Bindings bindings = {0};
    assert_int_equal(bindings_read(*state, ENGINE_SQLITE, "SELECT 'open", &bindings, &error),
                     RUNG_REVISION);
    read(*state, ENGINE_SQLITE, "");
    read(*state, ENGINE_SQLITE, "? = ( , IN BETWEEN AND ? SET . . INTO INTO (");
}

RUN_TESTS(TEST(comparisons_say_which_column), TEST(lists_and_ranges_count),
          TEST(what_is_stored_stands_in_a_list_or_behind_set),
          TEST(parameters_have_the_numbers_of_the_engine),
          TEST(tables_and_aliases_in_front_are_kept), TEST(bad_text_is_an_error))
