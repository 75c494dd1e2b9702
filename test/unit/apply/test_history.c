/* The log's seals, and how the heads move. */
#include "apply/history.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Arena *arena;

static int start(void **state)
{
    arena = arena_new();
    return 0;
}

static int stop(void **state)
{
    arena_free(arena);
    return 0;
}

static LogList sealed_log(size_t count)
{
    LogList log = {0};
    const char *before = "";
    for (size_t i = 0; i < count; i++) {
        LogEntry entry = {.id = (int64_t)i + 1,
                          .at = "2026-01-01T00:00:00.000000Z",
                          .actor = "a@b",
                          .event = "upgrade",
                          .revision = arena_print(arena, "%03zu", i),
                          .run = "r",
                          .statements = 1,
                          .tool = "t"};
        char *hex = arena_alloc(arena, HASH_HEX_SIZE);
        history_seal(&entry, before, hex);
        before = entry.hash = hex;
        *vec_add(arena, &log) = entry;
    }
    return log;
}

static void an_untouched_log_verifies(void **state)
{
    LogList log = sealed_log(20), empty = {0};
    assert_int_equal(history_verify(&log), 0);
    assert_int_equal(history_verify(&empty), 0);
}

static void a_changed_entry_is_named(void **state)
{
    LogList log = sealed_log(20);
    log.at[6].actor = "mallory@b";
    assert_int_equal(history_verify(&log), 7);
}

static void a_field_cannot_move_into_its_neighbour(void **state)
{
    LogEntry one = {.at = "ab", .actor = "c"}, other = {.at = "a", .actor = "bc"};
    LogEntry null = {.detail = NULL}, blank = {.detail = ""};
    char a[HASH_HEX_SIZE], b[HASH_HEX_SIZE];
    history_seal(&one, "", a);
    history_seal(&other, "", b);
    assert_string_not_equal(a, b);
    history_seal(&null, "", a);
    history_seal(&blank, "", b);
    assert_string_not_equal(a, b);
}

static void a_removed_or_moved_entry_is_named(void **state)
{
    LogList log = sealed_log(20);
    memmove(log.at + 4, log.at + 5, 15 * sizeof *log.at);
    log.count--;
    assert_int_equal(history_verify(&log), 5);
    log = sealed_log(20);
    LogEntry third = log.at[2];
    log.at[2] = log.at[3];
    log.at[3] = third;
    assert_int_equal(history_verify(&log), 3);
}

static Revision *make(const char *id, const char *parents)
{
    Revision *revision;
    Error error;
    const char *text = arena_print(
        arena, "-- rung:revision %s\n-- rung:parents %s\n-- rung:up\nSELECT 1;\n", id, parents);
    if (revision_read(arena, arena_print(arena, "%s.sql", id), text, strlen(text), &revision,
                      &error))
        fail_msg("%s", error.message);
    return revision;
}

/* a - b - d(merge of b and c), a - c */
static void heads_move_over_a_merge_and_back(void **state)
{
    Revision *revisions[] = {make("a", ""), make("b", "a"), make("c", "a"), make("d", "b c")};
    Graph *graph;
    Error error;
    RevisionSet applied;
    HistoryEvent event = {0};
    assert_int_equal(graph_build(arena, revisions, 4, &graph, &error), RUNG_OK);
    assert_int_equal(graph_applied(graph, arena, (const char *[]){"b", "c"}, 2, &applied, &error),
                     RUNG_OK);
    history_move(arena, &applied, revisions[3], false, &event);
    assert_int_equal(event.remove_count, 2);
    assert_int_equal(event.add_count, 1);
    assert_string_equal(event.add[0].revision, "d");
    history_move(arena, &applied, revisions[3], true, &event);
    assert_int_equal(event.remove_count, 1);
    assert_int_equal(event.add_count, 2);
    history_move(arena, &applied, revisions[2], true, &event);
    assert_int_equal(event.remove_count, 1);
    assert_int_equal(event.add_count, 0); /* a is below b still */
    history_move(arena, &applied, revisions[1], true, &event);
    assert_string_equal(event.add[0].revision, "a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_untouched_log_verifies),
        TEST(a_changed_entry_is_named),
        TEST(a_field_cannot_move_into_its_neighbour),
        TEST(a_removed_or_moved_entry_is_named),
        TEST(heads_move_over_a_merge_and_back),
    };
    return cmocka_run_group_tests_name("apply/history", tests, NULL, NULL);
}
