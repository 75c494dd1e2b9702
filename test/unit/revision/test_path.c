/* Sets of applied revisions, and the ways up and down from them. */
#include "support.h"

/* The set below heads given as ids apart by blanks. */
static RevisionSet applied(const Graph *graph, const char *heads)
{
    VEC(const char *) ids = {0};
    RevisionSet set;
    for (char *at = arena_string(arena, heads); *at;) {
        size_t length = strcspn(at, " ");
        *vec_add(arena, &ids) = arena_copy(arena, at, length);
        at += length + (at[length] == ' ');
    }
    if (graph_applied(graph, arena, ids.at, ids.count, &set, &error))
        fail_msg("%s", error.message);
    return set;
}

typedef Code Path(const Graph *graph, Arena *arena, const RevisionSet *applied, const char *target,
                  RevisionList *ret_path, Error *error);

static void leads(Path *path, const Graph *graph, const char *heads, const char *target,
                  const char *ids)
{
    RevisionList list = {0};
    RevisionSet set = applied(graph, heads);
    if (path(graph, arena, &set, target, &list, &error))
        fail_msg("from \"%s\" to %s: %s", heads, target, error.message);
    assert_string_equal(ids_of(&list), ids);
}

static void refuses(Path *path, const Graph *graph, const char *heads, const char *target,
                    Code code, const char *message, const char *hint)
{
    RevisionList list = {0};
    RevisionSet set = applied(graph, heads);
    error = (Error){0};
    assert_int_equal(path(graph, arena, &set, target, &list, &error), code);
    assert_int_equal(list.count, 0);
    assert_holds(error.message, message);
    assert_holds(error.hint, hint);
}

static Graph *chain(void)
{
    return GRAPH("a", "b a", "c b", "d c");
}

static Graph *diamond(void)
{
    return GRAPH("r", "x r", "y r", "m x y", "t m");
}

static Graph *forked(void)
{
    return GRAPH("r", "s r", "x s", "x2 x", "y s");
}

/* Sets */

static void applied_is_everything_that_a_head_reaches(void **state)
{
    RevisionList heads;
    const Graph *graph = forked();
    RevisionSet set = applied(graph, "x y");
    assert_int_equal(set.count, 4);
    assert_false(set.has[graph_find(graph, "x2")->order]);
    graph_set_heads(graph, arena, &set, &heads);
    assert_string_equal(ids_of(&heads), "x y");
    set = applied(graph, "");
    assert_int_equal(set.count, 0);
    graph_set_heads(graph, arena, &set, &heads);
    assert_int_equal(heads.count, 0);
}

static void head_below_another_head_changes_nothing(void **state)
{
    assert_int_equal(applied(diamond(), "m r x").count, 4);
}

static void head_that_no_file_has_is_a_mismatch(void **state)
{
    RevisionSet set;
    const char *heads[] = {"2024abc", "2025abd"};
    const Graph *graph = GRAPH("2024abc", "2025abc 2024abc");
    assert_int_equal(graph_applied(graph, arena, heads, 2, &set, &error), RUNG_MISMATCH);
    assert_holds(error.message, "at revision 2025abd, which no file has");
    assert_holds(error.hint, "2025abc is near");
    assert_string_equal(error.revision, "2025abd");
}

/* Upgrade */

static void upgrade_to_head_runs_what_is_pending(void **state)
{
    leads(graph_upgrade_path, chain(), "", "head", "a b c d");
    leads(graph_upgrade_path, chain(), "b", "head", "c d");
    leads(graph_upgrade_path, chain(), "d", "head", "");
    leads(graph_upgrade_path, diamond(), "x", "head", "y m t");
}

static void upgrade_to_an_id_runs_its_ancestors_only(void **state)
{
    leads(graph_upgrade_path, forked(), "", "x", "r s x");
    leads(graph_upgrade_path, forked(), "y", "x2", "x x2");
    leads(graph_upgrade_path, chain(), "c", "b", "");
    leads(graph_upgrade_path, chain(), "", "a+1", "a b");
    leads(graph_upgrade_path, chain(), "a", "head-1", "b c");
}

static void upgrade_with_several_heads_needs_a_choice(void **state)
{
    refuses(graph_upgrade_path, forked(), "r", "head", RUNG_REVISION, "2 heads: x2 and y",
            "upgrade heads");
    leads(graph_upgrade_path, forked(), "r", "heads", "s x x2 y");
    leads(graph_upgrade_path, forked(), "x2 y", "heads", "");
}

static void upgrade_by_steps_takes_the_next_ones(void **state)
{
    leads(graph_upgrade_path, chain(), "a", "+2", "b c");
    leads(graph_upgrade_path, chain(), "a", "+0", "");
    leads(graph_upgrade_path, diamond(), "r", "+2", "x y");
    leads(graph_upgrade_path, diamond(), "", "+4", "r x y m");
    refuses(graph_upgrade_path, chain(), "b", "+3", RUNG_REVISION, "+3 goes too far: 2 revisions",
            "head");
    refuses(graph_upgrade_path, chain(), "d", "+1", RUNG_REVISION, "0 revisions are pending", "");
}

static void upgrade_by_steps_stops_where_the_way_forks(void **state)
{
    leads(graph_upgrade_path, forked(), "", "+2", "r s");
    refuses(graph_upgrade_path, forked(), "", "+3", RUNG_REVISION, "any of 2 heads: x2 or y",
            "upgrade heads");
    refuses(graph_upgrade_path, forked(), "s", "+1", RUNG_REVISION, "any of 2 heads", "merge");
    leads(graph_upgrade_path, forked(), "y", "+1", "x");
    leads(graph_upgrade_path, forked(), "x2", "+1", "y");
}

static void upgrade_does_not_go_back(void **state)
{
    refuses(graph_upgrade_path, chain(), "b", "-1", RUNG_REVISION, "does not go back",
            "rung downgrade -1");
    refuses(graph_upgrade_path, chain(), "b", "base", RUNG_UNKNOWN, "before any revision",
            "downgrade base");
    refuses(graph_upgrade_path, chain(), "b", "nil", RUNG_UNKNOWN, "no revision nil", "");
}

static void empty_folder_has_nothing_to_run(void **state)
{
    Graph *graph;
    assert_int_equal(graph_build(arena, NULL, 0, &graph, &error), RUNG_OK);
    leads(graph_upgrade_path, graph, "", "head", "");
    leads(graph_upgrade_path, graph, "", "heads", "");
    leads(graph_downgrade_path, graph, "", "base", "");
    refuses(graph_upgrade_path, graph, "", "+1", RUNG_REVISION, "0 revisions are pending", "");
}

/* Downgrade */

static void downgrade_to_base_undoes_everything(void **state)
{
    leads(graph_downgrade_path, chain(), "c", "base", "c b a");
    leads(graph_downgrade_path, forked(), "x y", "base", "y x s r");
    leads(graph_downgrade_path, chain(), "", "base", "");
}

static void downgrade_to_an_id_undoes_what_stands_on_it(void **state)
{
    leads(graph_downgrade_path, chain(), "d", "b", "d c");
    leads(graph_downgrade_path, chain(), "d", "d", "");
    leads(graph_downgrade_path, diamond(), "t", "x", "t m");
    leads(graph_downgrade_path, forked(), "x2 y", "x", "x2");
    leads(graph_downgrade_path, forked(), "x2 y", "s", "y x2 x");
    leads(graph_downgrade_path, chain(), "d", "d-1", "d");
    leads(graph_downgrade_path, chain(), "c", "head-2", "c");
}

static void downgrade_needs_an_applied_target(void **state)
{
    refuses(graph_downgrade_path, chain(), "b", "c", RUNG_REVISION, "c is not applied",
            "rung history");
    refuses(graph_downgrade_path, forked(), "y", "x", RUNG_REVISION, "x is not applied", "");
}

static void downgrade_by_steps_takes_the_last_ones(void **state)
{
    leads(graph_downgrade_path, chain(), "c", "-1", "c");
    leads(graph_downgrade_path, chain(), "c", "-3", "c b a");
    leads(graph_downgrade_path, chain(), "c", "-0", "");
    leads(graph_downgrade_path, diamond(), "t", "-2", "t m");
    refuses(graph_downgrade_path, chain(), "c", "-4", RUNG_REVISION, "-4 goes too far: 3 revisions",
            "base");
    refuses(graph_downgrade_path, chain(), "", "-1", RUNG_REVISION, "0 revisions are applied", "");
}

static void downgrade_by_steps_stops_where_it_could_go_two_ways(void **state)
{
    refuses(graph_downgrade_path, diamond(), "t", "-3", RUNG_REVISION,
            "any of 2 current heads: x or y", "base");
    refuses(graph_downgrade_path, forked(), "x y", "-1", RUNG_REVISION, "2 current heads: x or y",
            "is to stay");
}

static void downgrade_does_not_go_forward(void **state)
{
    refuses(graph_downgrade_path, chain(), "b", "+1", RUNG_REVISION, "does not go forward",
            "rung upgrade +1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(applied_is_everything_that_a_head_reaches),
        TEST(head_below_another_head_changes_nothing),
        TEST(head_that_no_file_has_is_a_mismatch),
        TEST(upgrade_to_head_runs_what_is_pending),
        TEST(upgrade_to_an_id_runs_its_ancestors_only),
        TEST(upgrade_with_several_heads_needs_a_choice),
        TEST(upgrade_by_steps_takes_the_next_ones),
        TEST(upgrade_by_steps_stops_where_the_way_forks),
        TEST(upgrade_does_not_go_back),
        TEST(empty_folder_has_nothing_to_run),
        TEST(downgrade_to_base_undoes_everything),
        TEST(downgrade_to_an_id_undoes_what_stands_on_it),
        TEST(downgrade_needs_an_applied_target),
        TEST(downgrade_by_steps_takes_the_last_ones),
        TEST(downgrade_by_steps_stops_where_it_could_go_two_ways),
        TEST(downgrade_does_not_go_forward),
    };
    return cmocka_run_group_tests_name("revision/path", tests, NULL, NULL);
}
