/* Building the graph: order, links, hashes, and what no graph can be made of. */
#include "support.h"

#define REFUSE(message, hint, ...)                                                                 \
    refuse(message, hint, (const char *const[]){__VA_ARGS__},                                      \
           COUNT(((const char *const[]){__VA_ARGS__})))

static void refuse(const char *message, const char *hint, const char *const *rows, size_t count)
{
    Graph *graph = NULL;
    assert_int_equal(try_graph(rows, count, &graph), RUNG_REVISION);
    assert_null(graph);
    assert_holds(error.message, message);
    assert_holds(error.hint, hint);
}

static void parents_come_first_and_ties_go_by_id(void **state)
{
    assert_string_equal(ids_of(graph_revisions(GRAPH("a", "b a", "c b"))), "a b c");
    assert_string_equal(ids_of(graph_revisions(GRAPH("a b", "b c", "c"))), "c b a");
    const Graph *graph = GRAPH("m y x", "x r", "y r", "r", "b r", "z");
    assert_string_equal(ids_of(graph_revisions(graph)), "r b x y m z");
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(graph_revisions(graph)->at[i]->order, i);
}

static void order_does_not_depend_on_the_order_given(void **state)
{
    assert_string_equal(ids_of(graph_revisions(GRAPH("c a", "b a", "a", "d b c"))),
                        ids_of(graph_revisions(GRAPH("d b c", "a", "b a", "c a"))));
}

static void parents_and_children_are_linked(void **state)
{
    const Graph *graph = GRAPH("m y x", "x r", "y r", "r");
    const Revision *root = graph_find(graph, "r"), *merge = graph_find(graph, "m");
    assert_int_equal(root->children.count, 2);
    assert_string_equal(root->children.at[0]->id, "x");
    assert_string_equal(root->children.at[1]->id, "y");
    assert_int_equal(merge->parents.count, 2);
    assert_string_equal(merge->parents.at[0]->id, "y");
    assert_int_equal(merge->children.count, 0);
    assert_null(graph_find(graph, "z"));
}

static void heads_forks_and_merges_are_listed(void **state)
{
    RevisionList list;
    const Graph *graph = GRAPH("r", "x r", "y r", "m x y", "z r", "lone");
    graph_heads(graph, arena, &list);
    assert_string_equal(ids_of(&list), "lone m z");
    graph_forks(graph, arena, &list);
    assert_string_equal(ids_of(&list), "r m");
}

static void no_revisions_make_an_empty_graph(void **state)
{
    Graph *graph = NULL;
    assert_int_equal(graph_build(arena, NULL, 0, &graph, &error), RUNG_OK);
    assert_int_equal(graph_revisions(graph)->count, 0);
}

static void unknown_parent_names_what_is_near(void **state)
{
    REFUSE("revision 20250101 names the parent 2024abc, which no file has", "did you mean 2024abd?",
           "20250101 2024abc", "2024abd");
    assert_string_equal(error.file, "migrations/20250101.sql");
    assert_int_equal(error.line, 2);
    assert_string_equal(error.revision, "20250101");
    REFUSE("names the parent zzz", "add the file of zzz", "a zzz", "b");
}

static void revision_is_not_its_own_parent(void **state)
{
    REFUSE("revision b names itself as its parent", "the revision that it follows", "a", "b a b");
    assert_int_equal(error.line, 2);
}

static void duplicate_ids_name_both_files(void **state)
{
    REFUSE("two files have the revision id a: migrations/a.sql and migrations/a.sql", "another id",
           "a", "b a", "a b");
}

static void cycles_are_told_whole(void **state)
{
    REFUSE("as its parent: b -> d -> c -> b", "another parent", "a", "c b", "d c", "b d", "e d",
           "aa e a");
    assert_string_equal(error.file, "migrations/b.sql");
    REFUSE(": x -> y -> x", "", "x y", "y x");
}

static void long_cycles_are_found_and_cut(void **state)
{
    enum { LENGTH = 5000 };
    static const char *rows[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        rows[i] = arena_print(arena, "n%05d n%05d", i, (i + 1) % LENGTH);
    refuse("n00000 -> n00001 -> ", "", rows, LENGTH);
    assert_holds(error.message, "...");
}

static const char *chain_of(const char *hash, const char *parents)
{
    Hash state;
    char *hex = arena_alloc(arena, HASH_HEX_SIZE);
    hash_start(&state);
    hash_add(&state, hash, strlen(hash));
    hash_add(&state, parents, strlen(parents));
    hash_finish(&state, hex);
    return hex;
}

static void chain_covers_the_hash_and_the_parents_chains(void **state)
{
    const Graph *graph = GRAPH("r", "x r", "y r", "m y x");
    const Revision *r = graph_find(graph, "r"), *x = graph_find(graph, "x"),
                   *y = graph_find(graph, "y"), *m = graph_find(graph, "m");
    assert_string_equal(r->chain, chain_of(r->hash, ""));
    assert_string_equal(x->chain, chain_of(x->hash, arena_print(arena, "\n%s", r->chain)));
    bool x_first = strcmp(x->chain, y->chain) < 0;
    assert_string_equal(
        m->chain, chain_of(m->hash, arena_print(arena, "\n%s\n%s", x_first ? x->chain : y->chain,
                                                x_first ? y->chain : x->chain)));
}

static void chain_changes_with_an_ancestor(void **state)
{
    Revision *revisions[] = {make_revision("a", ""), make_revision("b", "a"),
                             make_revision("c", "b"), make_revision("d", "")};
    Graph *graph = NULL;
    assert_int_equal(graph_build(arena, revisions, 4, &graph, &error), RUNG_OK);
    const char *before[4];
    for (size_t i = 0; i < 4; i++)
        before[i] = arena_string(arena, revisions[i]->chain);
    revisions[0]->hash[0] = revisions[0]->hash[0] == 'a' ? 'b' : 'a';
    assert_int_equal(graph_build(arena, revisions, 4, &graph, &error), RUNG_OK);
    for (size_t i = 0; i < 3; i++)
        assert_string_not_equal(revisions[i]->chain, before[i]);
    assert_string_equal(revisions[3]->chain, before[3]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(parents_come_first_and_ties_go_by_id),
        TEST(order_does_not_depend_on_the_order_given),
        TEST(parents_and_children_are_linked),
        TEST(heads_forks_and_merges_are_listed),
        TEST(no_revisions_make_an_empty_graph),
        TEST(unknown_parent_names_what_is_near),
        TEST(revision_is_not_its_own_parent),
        TEST(duplicate_ids_name_both_files),
        TEST(cycles_are_told_whole),
        TEST(long_cycles_are_found_and_cut),
        TEST(chain_covers_the_hash_and_the_parents_chains),
        TEST(chain_changes_with_an_ancestor),
    };
    return cmocka_run_group_tests_name("revision/graph", tests, NULL, NULL);
}
