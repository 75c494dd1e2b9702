/* Tables that reference each other are one component, and children come before their parents. */
#include "check.h"
#include "lifecycle/graph.h"

#include <stdlib.h>

static KeyGraph *graph_of(Arena *arena, size_t count)
{
    KeyGraph *graph = arena_alloc(arena, sizeof *graph);
    graph->arena = arena;
    for (size_t i = 0; i < count; i++) {
        KeyTable *table = arena_alloc(arena, sizeof *table);
        table->index = i;
        *vec_add(arena, &graph->tables) = table;
    }
    return graph;
}

static void reference(KeyGraph *graph, size_t from, size_t to)
{
    TableKey *key = arena_alloc(graph->arena, sizeof *key);
    *key = (TableKey){.from = graph->tables.at[from], .to = graph->tables.at[to], .declared = true};
    *vec_add(graph->arena, &graph->keys) = key;
    *vec_add(graph->arena, &key->to->below) = key;
}

static size_t component(const KeyGraph *graph, size_t table)
{
    return graph->tables.at[table]->component;
}

static void children_come_before_parents(void **state)
{
    KeyGraph *graph = graph_of(*state, 4);
    reference(graph, 0, 1);
    reference(graph, 1, 3);
    reference(graph, 2, 3);
    reference(graph, 0, 2);
    key_graph_components(graph);
    assert_true(component(graph, 0) < component(graph, 1));
    assert_true(component(graph, 0) < component(graph, 2));
    assert_true(component(graph, 1) < component(graph, 3));
    assert_true(component(graph, 2) < component(graph, 3));
    for (size_t i = 0; i < 4; i++)
        assert_false(graph->tables.at[i]->cyclic);
}

static void a_cycle_is_one_component(void **state)
{
    KeyGraph *graph = graph_of(*state, 5);
    reference(graph, 0, 1);
    reference(graph, 1, 2);
    reference(graph, 2, 0);
    reference(graph, 3, 2);
    reference(graph, 0, 4);
    key_graph_components(graph);
    assert_int_equal(component(graph, 0), component(graph, 1));
    assert_int_equal(component(graph, 1), component(graph, 2));
    assert_true(component(graph, 3) < component(graph, 0));
    assert_true(component(graph, 0) < component(graph, 4));
    assert_true(graph->tables.at[1]->cyclic);
    assert_false(graph->tables.at[3]->cyclic);
    assert_false(graph->tables.at[4]->cyclic);
}

static void a_table_that_references_itself_is_cyclic(void **state)
{
    KeyGraph *graph = graph_of(*state, 2);
    reference(graph, 0, 0);
    reference(graph, 0, 0);
    reference(graph, 1, 0);
    key_graph_components(graph);
    assert_true(graph->tables.at[0]->cyclic);
    assert_false(graph->tables.at[1]->cyclic);
    assert_true(component(graph, 1) < component(graph, 0));
}

static void what_is_not_declared_makes_no_cycle(void **state)
{
    KeyGraph *graph = graph_of(*state, 2);
    reference(graph, 0, 1);
    reference(graph, 1, 0);
    graph->keys.at[1]->declared = false;
    key_graph_components(graph);
    assert_false(graph->tables.at[0]->cyclic);
    assert_true(component(graph, 0) < component(graph, 1));
}

enum { LONG = 100000 };

static void a_long_chain_needs_no_deep_stack(void **state)
{
    KeyGraph *graph = graph_of(*state, LONG);
    for (size_t i = 1; i < LONG; i++)
        reference(graph, i, i - 1);
    key_graph_components(graph);
    for (size_t i = 1; i < LONG; i++)
        if (component(graph, i) >= component(graph, i - 1))
            fail_msg("table %zu comes behind its parent", i);
}

static void a_long_cycle_is_one_component(void **state)
{
    KeyGraph *graph = graph_of(*state, LONG);
    for (size_t i = 0; i < LONG; i++)
        reference(graph, i, (i + 1) % LONG);
    key_graph_components(graph);
    for (size_t i = 0; i < LONG; i++)
        if (component(graph, i) || !graph->tables.at[i]->cyclic)
            fail_msg("table %zu is not on the cycle", i);
}

/* By reachability, the slow and certain way. */
static void components_agree_with_reachability(void **state)
{
    enum { TABLES = 12 };
    srand(1);
    for (int round = 0; round < 500; round++) {
        bool reaches[TABLES][TABLES] = {{false}};
        KeyGraph *graph = graph_of(*state, TABLES);
        for (int i = rand() % 30; i > 0; i--) {
            size_t from = (size_t)rand() % TABLES, to = (size_t)rand() % TABLES;
            reference(graph, from, to);
            reaches[from][to] = true;
        }
        for (size_t k = 0; k < TABLES; k++)
            for (size_t i = 0; i < TABLES; i++)
                for (size_t j = 0; j < TABLES; j++)
                    reaches[i][j] = reaches[i][j] || (reaches[i][k] && reaches[k][j]);
        key_graph_components(graph);
        for (size_t i = 0; i < TABLES; i++)
            for (size_t j = 0; j < TABLES; j++) {
                bool same = i == j || (reaches[i][j] && reaches[j][i]);
                assert_int_equal(same, component(graph, i) == component(graph, j));
                assert_true(same || !reaches[i][j] || component(graph, i) < component(graph, j));
                assert_int_equal(graph->tables.at[i]->cyclic, reaches[i][i]);
            }
    }
}

RUN_TESTS(TEST(children_come_before_parents), TEST(a_cycle_is_one_component),
          TEST(a_table_that_references_itself_is_cyclic), TEST(what_is_not_declared_makes_no_cycle),
          TEST(a_long_chain_needs_no_deep_stack), TEST(a_long_cycle_is_one_component),
          TEST(components_agree_with_reachability))
