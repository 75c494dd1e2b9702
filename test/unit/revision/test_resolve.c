/* From what a user wrote to one revision. */
#include "support.h"

/* r - x - m - t, with y beside x, and the ids of a day that share a prefix */
static Graph *ladder(void)
{
    return GRAPH("2024_r", "2025_x 2024_r", "2025_y 2024_r", "2026m 2025_x 2025_y", "t-1 2026m");
}

static void becomes(const Graph *graph, const char *text, const char *id)
{
    Revision *revision = NULL;
    if (graph_resolve(graph, text, &revision, &error))
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(revision->id, id);
}

static void refuse(const Graph *graph, const char *text, Code code, const char *message,
                   const char *hint)
{
    Revision *revision = NULL;
    error = (Error){0};
    assert_int_equal(graph_resolve(graph, text, &revision, &error), code);
    assert_null(revision);
    assert_holds(error.message, message);
    assert_holds(error.hint, hint);
}

static void ids_and_unique_prefixes(void **state)
{
    const Graph *graph = ladder();
    becomes(graph, "2025_x", "2025_x");
    becomes(graph, "2024", "2024_r");
    becomes(graph, "t", "t-1");
    becomes(graph, "t-1", "t-1");
    becomes(GRAPH("a", "ab", "abc"), "ab", "ab");
    becomes(GRAPH("a", "ab", "abc"), "abc", "abc");
}

static void ambiguous_prefix_names_all_candidates(void **state)
{
    refuse(ladder(), "2025", RUNG_UNKNOWN, "2025 fits 2 revisions: 2025_x and 2025_y", "more");
    refuse(ladder(), "202", RUNG_UNKNOWN, "fits 4 revisions", "");
}

static void unknown_id_names_near_ones(void **state)
{
    refuse(ladder(), "2025_z", RUNG_UNKNOWN, "no revision 2025_z",
           "did you mean 2025_x, 2025_y or 2024_r?");
    refuse(ladder(), "quite-other", RUNG_UNKNOWN, "no revision quite-other", "rung history");
    refuse(ladder(), "", RUNG_UNKNOWN, "no revision is named", "head");
}

static void words_of_the_file_name_help_too(void **state)
{
    Revision *revision;
    Graph *graph;
    const char *text = "-- rung:revision 2025\n-- rung:up\nx;\n";
    assert_int_equal(
        revision_read(arena, "m/2025_add_users.sql", text, strlen(text), &revision, &error),
        RUNG_OK);
    assert_int_equal(graph_build(arena, &revision, 1, &graph, &error), RUNG_OK);
    refuse(graph, "users", RUNG_UNKNOWN, "no revision users", "did you mean 2025?");
}

static void head_is_the_only_one(void **state)
{
    becomes(ladder(), "head", "t-1");
    becomes(ladder(), "heads", "t-1");
    becomes(GRAPH("header"), "head", "header");
    const Graph *forked = GRAPH("r", "x r", "y r");
    refuse(forked, "head", RUNG_REVISION, "2 heads: x and y", "rung merge");
    refuse(forked, "heads", RUNG_REVISION, "2 heads: x and y", "rung merge");
    refuse(forked, "head-1", RUNG_REVISION, "2 heads: x and y", "");
    Graph *empty;
    assert_int_equal(graph_build(arena, NULL, 0, &empty, &error), RUNG_OK);
    refuse(empty, "head", RUNG_UNKNOWN, "no revision yet", "rung revision -m");
}

static void base_is_no_revision(void **state)
{
    refuse(ladder(), "base", RUNG_UNKNOWN, "before any revision", "downgrade base");
    refuse(ladder(), "base+1", RUNG_UNKNOWN, "before any revision", "");
}

static void steps_are_counted_from_a_revision(void **state)
{
    const Graph *graph = GRAPH("a", "b a", "c b", "d c");
    becomes(graph, "a+2", "c");
    becomes(graph, "head-1", "c");
    becomes(graph, "d-3", "a");
    becomes(graph, "c+0", "c");
    becomes(ladder(), "2025_x+1", "2026m");
    becomes(ladder(), "t-1-1", "2026m");
    refuse(graph, "a-1", RUNG_REVISION, "after 0 steps, a has no parent", "base");
    refuse(graph, "b+3", RUNG_REVISION, "after 2 steps, d has no child", "head");
    refuse(graph, "b+1000000000", RUNG_UNKNOWN, "no revision b+1000000000", "");
}

static void forks_and_merges_on_the_way_name_the_candidates(void **state)
{
    refuse(ladder(), "2024+1", RUNG_REVISION, "forks at 2024_r: its children are 2025_x and 2025_y",
           "name one");
    refuse(ladder(), "head-2", RUNG_REVISION, "2026m is a merge: its parents are 2025_x and 2025_y",
           "name one");
}

static void steps_from_nowhere_are_refused(void **state)
{
    refuse(ladder(), "+1", RUNG_UNKNOWN, "+1 counts from where a database is", "REV+1");
    refuse(ladder(), "-1", RUNG_UNKNOWN, "-1 counts from where a database is", "REV-1");
}

static void hyphens_in_ids_come_before_steps(void **state)
{
    const Graph *graph = GRAPH("2025-12-01", "2025-12-02 2025-12-01", "z 2025-12-02");
    becomes(graph, "2025-12-02", "2025-12-02");
    becomes(graph, "2025-12-02-1", "2025-12-01");
    refuse(graph, "2025-12-0", RUNG_UNKNOWN, "fits 2 revisions", "");
    refuse(graph, "2025-12-03", RUNG_UNKNOWN, "no revision 2025-12-03", "2025-12-01 or 2025-12-02");
    refuse(graph, "other+2", RUNG_UNKNOWN, "no revision other", "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(ids_and_unique_prefixes),
        TEST(ambiguous_prefix_names_all_candidates),
        TEST(unknown_id_names_near_ones),
        TEST(words_of_the_file_name_help_too),
        TEST(head_is_the_only_one),
        TEST(base_is_no_revision),
        TEST(steps_are_counted_from_a_revision),
        TEST(forks_and_merges_on_the_way_name_the_candidates),
        TEST(steps_from_nowhere_are_refused),
        TEST(hyphens_in_ids_come_before_steps),
    };
    return cmocka_run_group_tests_name("revision/resolve", tests, NULL, NULL);
}
