/* Events become lines: few in a pipe, live on a terminal, none where JSON is wanted. */
#include "cli/watch.h"

#include "check.h"
#include "streams.h"

enum { SECOND = 1000 * 1000 };

static void tell(Watch *watch, rung_event_type type, const char *revision, const char *text,
                 int64_t done, int64_t total, int64_t elapsed_us)
{
    rung_event event = {type, revision, text, done, total, elapsed_us, false};
    watch_event(watch, &event);
}

static void in_a_pipe_a_revision_is_one_line(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "001", "add users", 0, 2, 0);
    assert_string_equal(streams_out(&streams), "");
    tell(&watch, RUNG_EVENT_DONE, "001", "add users", 1, 2, 12 * 1000);
    tell(&watch, RUNG_EVENT_DONE, "002", "", 2, 2, 0);
    watch_end(&watch, NULL);
    assert_string_equal(streams_out(&streams), "  \u2713 001  add users (12 ms)\n  \u2713 002\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void a_step_of_a_deployment_is_one_line(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_TASK, NULL, "backup", 0, 0, 0);
    assert_string_equal(streams_out(&streams), "");
    tell(&watch, RUNG_EVENT_TASK_DONE, NULL, "backup: a.db", 0, 0, 12 * 1000);
    tell(&watch, RUNG_EVENT_TASK_FAILED, NULL, "upgrade: no", 0, 0, 2 * SECOND);
    tell(&watch, RUNG_EVENT_TASK_SKIPPED, NULL, "after: why", 0, 0, 1);
    watch_end(&watch, NULL);
    assert_string_equal(
        streams_out(&streams),
        "\u2713 backup: a.db (12 ms)\n\u2717 upgrade: no (2.0 s)\n\u2013 after: why\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void on_a_terminal_done_replaces_start(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "001", "add users", 0, 3, 0);
    tell(&watch, RUNG_EVENT_DONE, "001", "add users", 1, 3, 12 * 1000);
    assert_string_equal(streams_out(&streams),
                        "\r\033[K\033[?7l  \u2192 001  add users  (1 of 3)\033[?7h"
                        "\r\033[K  \u2713 001  add users (12 ms)\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void undoing_has_its_own_sign(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    watch_init(&watch, &streams.terminal);
    rung_event event = {RUNG_EVENT_START, "001", "add users", 0, 1, 0, true};
    watch_event(&watch, &event);
    assert_contains(streams_out(&streams), "  \u2193 001  add users\033");
    watch_done(&watch);
    streams_close(&streams);
}

static void other_locales_get_ascii(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    streams.terminal.utf8 = false;
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "001", "x", 0, 1, 0);
    tell(&watch, RUNG_EVENT_PROGRESS, "001", "users", 50, 100, SECOND);
    tell(&watch, RUNG_EVENT_DONE, "001", "x", 1, 1, SECOND);
    assert_contains(streams_out(&streams), "  -> 001  x");
    assert_contains(streams_out(&streams), "  ##########----------  50 of 100 rows (50 %)");
    assert_contains(streams_out(&streams), "  ok 001  x (1.0 s)\n");
    for (const char *s = streams_out(&streams); *s; s++)
        assert_true((unsigned char)*s < 128);
    watch_done(&watch);
    streams_close(&streams);
}

static void a_pipe_gets_progress_every_ten_seconds_and_at_the_end(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "002", "fill", 0, 1, 0);
    for (int second = 1; second <= 25; second++)
        tell(&watch, RUNG_EVENT_PROGRESS, "002", "users", second * 1000, 30000, second * SECOND);
    tell(&watch, RUNG_EVENT_DONE, "002", "fill", 1, 1, 25 * SECOND);
    assert_string_equal(streams_out(&streams),
                        "    users: 10,000 of 30,000 rows (33 %), 1,000 rows/s, ETA 20.0 s\n"
                        "    users: 20,000 of 30,000 rows (66 %), 1,000 rows/s, ETA 10.0 s\n"
                        "    users: 25,000 of 30,000 rows in 25.0 s\n"
                        "  \u2713 002  fill (25.0 s)\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void a_resumed_backfill_does_not_flatter_its_rate(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_PROGRESS, "002", "users", 1000000, 2000000, SECOND);
    tell(&watch, RUNG_EVENT_PROGRESS, "002", "users", 1001000, 2000000, 11 * SECOND);
    assert_string_equal(streams_out(&streams), "    users: 1,001,000 of 2,000,000 rows (50 %), 100 "
                                               "rows/s, ETA 2 h 46 min\n");
    watch_end(&watch, NULL);
    watch_done(&watch);
    streams_close(&streams);
}

static void an_unknown_total_has_no_percentage(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_PROGRESS, "002", "users", 1234567, 0, SECOND);
    watch_end(&watch, NULL);
    assert_string_equal(streams_out(&streams), "\r\033[K\033[?7l    users: 1,234,567 rows\033[?7h"
                                               "\r\033[K    users: 1,234,567 rows in 1.0 s\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void a_terminal_is_not_redrawn_for_every_batch(void **state)
{
    Streams streams;
    Watch watch;
    size_t drawn = 0;
    streams_open(&streams, true);
    watch_init(&watch, &streams.terminal);
    for (int ms = 1; ms <= 1000; ms++)
        tell(&watch, RUNG_EVENT_PROGRESS, "002", "users", ms, 1000, ms * 1000);
    for (const char *s = streams_out(&streams); (s = strstr(s, "\033[?7l")); s++)
        drawn++;
    assert_in_range(drawn, 9, 11);
    watch_done(&watch);
    streams_close(&streams);
}

static void a_failed_revision_is_marked(void **state)
{
    Streams streams;
    Watch watch;
    Error error;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "003", "broken", 0, 1, 0);
    error_set(&error, RUNG_FAILED, "x");
    snprintf(error.revision, sizeof error.revision, "003");
    watch_end(&watch, &error);
    assert_string_equal(streams_out(&streams), "  \u2717 003  broken\n");
    watch_done(&watch);
    streams_close(&streams);
}

/* Statements travel ahead of their answers: the revision begun last is not always to blame. */
static void another_revision_is_not_blamed(void **state)
{
    Streams streams;
    Watch watch;
    Error error;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "003", "broken", 0, 2, 0);
    tell(&watch, RUNG_EVENT_START, "004", "later", 0, 2, 0);
    error_set(&error, RUNG_FAILED, "x");
    snprintf(error.revision, sizeof error.revision, "003");
    watch_end(&watch, &error);
    assert_string_equal(streams_out(&streams), "");
    watch_done(&watch);
    streams_close(&streams);
}

static void server_messages_come_as_they_are(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_SERVER, NULL, "  \u2705 Fixed user_profiles", 0, 0, 0);
    tell(&watch, RUNG_EVENT_WARNING, NULL, "there is no transaction", 0, 0, 0);
    tell(&watch, RUNG_EVENT_NOTICE, NULL, "COMMENT ON is dropped\n", 0, 0, 0);
    tell(&watch, RUNG_EVENT_WAIT, NULL, "waiting for pid 7", 0, 0, 0);
    tell(&watch, RUNG_EVENT_RETRY, NULL, "lock timeout", 1, 5, 0);
    assert_string_equal(streams_err(&streams), "  \u2705 Fixed user_profiles\n"
                                               "warning: there is no transaction\n"
                                               "note: COMMENT ON is dropped\n"
                                               "waiting for pid 7\n"
                                               "retry: lock timeout\n");
    assert_string_equal(streams_out(&streams), "");
    watch_done(&watch);
    streams_close(&streams);
}

static void a_message_leaves_the_live_line_whole(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_START, "001", "x", 0, 1, 0);
    tell(&watch, RUNG_EVENT_SERVER, NULL, "hello", 0, 0, 0);
    assert_string_equal(streams_err(&streams), "hello\n");
    assert_string_equal(streams_out(&streams), "\r\033[K\033[?7l  \u2192 001  x\033[?7h\r\033[K"
                                               "\r\033[K\033[?7l  \u2192 001  x\033[?7h");
    watch_done(&watch);
    streams_close(&streams);
}

static void steps_are_indented_single_lines(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, false);
    watch_init(&watch, &streams.terminal);
    tell(&watch, RUNG_EVENT_STEP, "001", "CREATE INDEX\nCONCURRENTLY i", 2, 3, 0);
    assert_string_equal(streams_out(&streams), "    2/3  CREATE INDEX CONCURRENTLY i\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void tell_all(Watch *watch)
{
    for (int type = RUNG_EVENT_NOTICE; type <= RUNG_EVENT_RETRY; type++)
        tell(watch, (rung_event_type)type, "001", "x", 1, 1, 60 * SECOND);
    watch_end(watch, NULL);
}

static void quiet_leaves_only_warnings(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    streams.terminal.quiet = true;
    watch_init(&watch, &streams.terminal);
    tell_all(&watch);
    assert_string_equal(streams_out(&streams), "");
    assert_string_equal(streams_err(&streams), "warning: x\n");
    watch_done(&watch);
    streams_close(&streams);
}

static void json_has_stdout_for_itself(void **state)
{
    Streams streams;
    Watch watch;
    streams_open(&streams, true);
    streams.terminal.json = true;
    watch_init(&watch, &streams.terminal);
    tell_all(&watch);
    assert_string_equal(streams_out(&streams), "");
    assert_string_equal(streams_err(&streams), "note: x\nwarning: x\nx\nx\nretry: x\n");
    watch_done(&watch);
    streams_close(&streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_a_pipe_a_revision_is_one_line),
        TEST(a_step_of_a_deployment_is_one_line),
        TEST(on_a_terminal_done_replaces_start),
        TEST(undoing_has_its_own_sign),
        TEST(other_locales_get_ascii),
        TEST(a_pipe_gets_progress_every_ten_seconds_and_at_the_end),
        TEST(a_resumed_backfill_does_not_flatter_its_rate),
        TEST(an_unknown_total_has_no_percentage),
        TEST(a_terminal_is_not_redrawn_for_every_batch),
        TEST(a_failed_revision_is_marked),
        TEST(another_revision_is_not_blamed),
        TEST(server_messages_come_as_they_are),
        TEST(a_message_leaves_the_live_line_whole),
        TEST(steps_are_indented_single_lines),
        TEST(quiet_leaves_only_warnings),
        TEST(json_has_stdout_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
