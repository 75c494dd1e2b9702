/* What holds for every graph, tried on random ones from a fixed seed; and how long a large one
 * takes. */
#include "support.h"

#include "base/clock.h"

enum { ROUNDS = 300, NODES = 200, PARENTS = 4 };

static uint64_t seed = 20251215;

/* xorshift64*, as in Marsaglia's "Xorshift RNGs" with Vigna's multiplier. */
static size_t below(size_t limit)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (size_t)((seed * UINT64_C(2685821657736338717)) >> 33) % limit;
}

static Revision *bare_revision(const char *id, const char *const *parents, size_t count)
{
    Revision *revision = arena_alloc(arena, sizeof *revision);
    revision->id = id;
    revision->path = arena_print(arena, "%s.sql", id);
    revision->message = "";
    for (size_t i = 0; i < count; i++)
        *vec_add(arena, &revision->parent_ids) = parents[i];
    revision_hash(id, strlen(id), revision->hash);
    return revision;
}

/* Node i has up to PARENTS different parents among those before it; ids and places are shuffled. */
static Graph *random_graph(size_t count)
{
    size_t names[NODES];
    const char *ids[NODES];
    Revision *revisions[NODES];
    for (size_t i = 0; i < count; i++)
        names[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = below(i), name = names[i - 1];
        names[i - 1] = names[other];
        names[other] = name;
    }
    for (size_t i = 0; i < count; i++) {
        const char *parents[PARENTS];
        size_t parent_count = 0, wanted = below(8) == 0 ? 0 : 1 + below(PARENTS) / 2;
        for (size_t p = 0; p < wanted && p < i; p++) {
            const char *parent = ids[i - 1 - below(i < 10 ? i : 10)];
            bool known = false;
            for (size_t k = 0; k < parent_count; k++)
                known = known || parents[k] == parent;
            if (!known)
                parents[parent_count++] = parent;
        }
        ids[i] = arena_print(arena, "n%03zu", names[i]);
        revisions[names[i]] = bare_revision(ids[i], parents, parent_count);
    }
    for (size_t i = count; i > 1; i--) {
        size_t other = below(i);
        Revision *revision = revisions[i - 1];
        revisions[i - 1] = revisions[other];
        revisions[other] = revision;
    }
    Graph *graph = NULL;
    assert_int_equal(graph_build(arena, revisions, count, &graph, &error), RUNG_OK);
    return graph;
}

static RevisionSet random_set(const Graph *graph)
{
    const RevisionList *all = graph_revisions(graph);
    const char *heads[3];
    RevisionSet set;
    size_t count = below(4);
    for (size_t i = 0; i < count; i++)
        heads[i] = all->at[below(all->count)]->id;
    assert_int_equal(graph_applied(graph, arena, heads, count, &set, &error), RUNG_OK);
    return set;
}

static void assert_closed(const Graph *graph, const RevisionSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < graph_revisions(graph)->count; i++) {
        const Revision *revision = graph_revisions(graph)->at[i];
        count += set->has[i];
        for (size_t p = 0; set->has[i] && p < revision->parents.count; p++)
            assert_true(set->has[revision->parents.at[p]->order]);
    }
    assert_int_equal(count, set->count);
}

static void apply(const Graph *graph, RevisionSet *set, const RevisionList *path)
{
    for (size_t i = 0; i < path->count; i++) {
        assert_false(set->has[path->at[i]->order]);
        set->has[path->at[i]->order] = true;
        set->count++;
        assert_closed(graph, set);
    }
}

static void undo(const Graph *graph, RevisionSet *set, const RevisionList *path)
{
    for (size_t i = 0; i < path->count; i++) {
        assert_true(set->has[path->at[i]->order]);
        set->has[path->at[i]->order] = false;
        set->count--;
        assert_closed(graph, set);
    }
}

static RevisionSet copy_set(const Graph *graph, const RevisionSet *set)
{
    size_t size = graph_revisions(graph)->count * sizeof(bool);
    RevisionSet copy = {.has = arena_alloc(arena, size), .count = set->count};
    memcpy(copy.has, set->has, size);
    return copy;
}

#define EACH_GRAPH(graph)                                                                          \
    for (size_t round = 0; round < ROUNDS; round++)                                                \
        for (Graph *graph = random_graph(1 + below(NODES)); graph; graph = NULL)

static void order_has_parents_first_and_smallest_ids_early(void **state)
{
    EACH_GRAPH(graph)
    {
        const RevisionList *all = graph_revisions(graph);
        for (size_t i = 0; i < all->count; i++) {
            const Revision *revision = all->at[i];
            bool follows = i == 0 || strcmp(all->at[i - 1]->id, revision->id) < 0;
            for (size_t p = 0; p < revision->parents.count; p++) {
                assert_true(revision->parents.at[p]->order < i);
                follows = follows || revision->parents.at[p]->order == i - 1;
            }
            /* a smaller id stands behind a larger one only when that one made it ready */
            assert_true(follows);
        }
    }
}

static void applied_sets_are_closed_and_known_by_their_heads(void **state)
{
    EACH_GRAPH(graph)
    {
        RevisionList heads;
        RevisionSet set = random_set(graph), again;
        assert_closed(graph, &set);
        graph_set_heads(graph, arena, &set, &heads);
        const char **ids = arena_alloc_array(arena, heads.count, sizeof *ids);
        for (size_t i = 0; i < heads.count; i++)
            ids[i] = heads.at[i]->id;
        assert_int_equal(graph_applied(graph, arena, ids, heads.count, &again, &error), RUNG_OK);
        assert_int_equal(again.count, set.count);
        assert_memory_equal(again.has, set.has, graph_revisions(graph)->count * sizeof(bool));
    }
}

static void upgrade_to_heads_and_down_to_base_pass_through_closed_sets(void **state)
{
    EACH_GRAPH(graph)
    {
        RevisionList path;
        RevisionSet set = random_set(graph);
        assert_int_equal(graph_upgrade_path(graph, arena, &set, "heads", &path, &error), RUNG_OK);
        apply(graph, &set, &path);
        assert_int_equal(set.count, graph_revisions(graph)->count);
        assert_int_equal(graph_downgrade_path(graph, arena, &set, "base", &path, &error), RUNG_OK);
        undo(graph, &set, &path);
        assert_int_equal(set.count, 0);
    }
}

static bool reaches(const Revision *from, const Revision *ancestor)
{
    bool found = from == ancestor;
    for (size_t p = 0; !found && p < from->parents.count; p++)
        found =
            from->parents.at[p]->order >= ancestor->order && reaches(from->parents.at[p], ancestor);
    return found;
}

/* Undoing what an upgrade did, last first, gives back what was there; and a downgrade to REV leaves
 * what does not stand on it. */
static void upgrade_and_downgrade_return_to_the_same_set(void **state)
{
    EACH_GRAPH(graph)
    {
        RevisionList path;
        RevisionSet set = random_set(graph), before = copy_set(graph, &set);
        const RevisionList *all = graph_revisions(graph);
        const Revision *target = all->at[below(all->count)];
        assert_int_equal(graph_upgrade_path(graph, arena, &set, target->id, &path, &error),
                         RUNG_OK);
        apply(graph, &set, &path);
        assert_true(set.has[target->order]);
        for (size_t i = 0; i < path.count; i++)
            assert_true(reaches(target, path.at[i]));
        RevisionSet top = copy_set(graph, &set);
        RevisionList back = {0};
        for (size_t i = path.count; i-- > 0;)
            *vec_add(arena, &back) = path.at[i];
        undo(graph, &set, &back);
        assert_memory_equal(set.has, before.has, all->count * sizeof(bool));
        set = copy_set(graph, &top);
        const Revision *stays = all->at[below(all->count)];
        if (!set.has[stays->order])
            continue;
        assert_int_equal(graph_downgrade_path(graph, arena, &set, stays->id, &path, &error),
                         RUNG_OK);
        undo(graph, &set, &path);
        for (size_t i = 0; i < all->count; i++) {
            bool stood_on = i != stays->order && reaches(all->at[i], stays);
            assert_int_equal(set.has[i], top.has[i] && !stood_on);
        }
        assert_int_equal(graph_upgrade_path(graph, arena, &set, target->id, &path, &error),
                         RUNG_OK);
        apply(graph, &set, &path);
        assert_true(set.has[target->order]);
    }
}

static void steps_up_and_down_undo_each_other(void **state)
{
    size_t tried = 0;
    EACH_GRAPH(graph)
    {
        RevisionList up, down;
        RevisionSet set = random_set(graph);
        const char *steps = arena_print(arena, "+%zu", 1 + below(3));
        if (graph_upgrade_path(graph, arena, &set, steps, &up, &error))
            continue;
        RevisionSet before = copy_set(graph, &set);
        apply(graph, &set, &up);
        if (graph_downgrade_path(graph, arena, &set, arena_print(arena, "-%zu", up.count), &down,
                                 &error))
            continue;
        tried++;
        undo(graph, &set, &down);
        for (size_t i = 0; i < up.count; i++)
            assert_ptr_equal(up.at[i], down.at[up.count - 1 - i]);
        assert_memory_equal(set.has, before.has, graph_revisions(graph)->count * sizeof(bool));
    }
    assert_true(tried > 0);
}

/* Groups of ten: a chain that forks into two and merges again. */
static void graph_of_ten_thousand_with_a_thousand_merges(void **state)
{
    enum { COUNT_ALL = 10000 };
    Revision **revisions = arena_alloc_array(arena, COUNT_ALL, sizeof *revisions);
    const char **ids = arena_alloc_array(arena, COUNT_ALL, sizeof *ids);
    for (size_t i = 0; i < COUNT_ALL; i++) {
        ids[i] = arena_print(arena, "20250101T%06zu", i);
        const char *parents[2] = {NULL, NULL};
        if (i)
            parents[0] = ids[i % 10 == 5 ? i - 5 : i - 1];
        if (i % 10 == 9)
            parents[1] = ids[i - 5];
        revisions[i] = bare_revision(ids[i], parents, parents[1] ? 2 : i ? 1 : 0);
    }
    Graph *graph = NULL;
    RevisionSet set;
    RevisionList path, forks;
    int64_t begin = clock_monotonic_us();
    assert_int_equal(graph_build(arena, revisions, COUNT_ALL, &graph, &error), RUNG_OK);
    int64_t built = clock_monotonic_us();
    assert_int_equal(graph_applied(graph, arena, &ids[4], 1, &set, &error), RUNG_OK);
    assert_int_equal(graph_upgrade_path(graph, arena, &set, "head", &path, &error), RUNG_OK);
    int64_t end = clock_monotonic_us();
    print_message("10,000 revisions, 1,000 merges: built in %.1f ms, path in %.1f ms\n",
                  (double)(built - begin) / 1000, (double)(end - built) / 1000);
    assert_int_equal(path.count, COUNT_ALL - 5);
    graph_forks(graph, arena, &forks);
    size_t merges = 0;
    for (size_t i = 0; i < forks.count; i++)
        merges += forks.at[i]->parents.count == 2;
    assert_int_equal(merges, 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(order_has_parents_first_and_smallest_ids_early),
        TEST(applied_sets_are_closed_and_known_by_their_heads),
        TEST(upgrade_to_heads_and_down_to_base_pass_through_closed_sets),
        TEST(upgrade_and_downgrade_return_to_the_same_set),
        TEST(steps_up_and_down_undo_each_other),
        TEST(graph_of_ten_thousand_with_a_thousand_merges),
    };
    return cmocka_run_group_tests_name("revision/random", tests, NULL, NULL);
}
