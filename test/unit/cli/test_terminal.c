/* Errors in words and in JSON, colours only where they belong, nothing lost unnoticed. */
#include "cli/terminal.h"

#include "check.h"
#include "streams.h"

static Error full_error(void)
{
    Error error;
    error_at(&error, RUNG_FAILED, "migrations/003_x.sql", 12, "relation \"t\" does not exist");
    snprintf(error.sqlstate, sizeof error.sqlstate, "42P01");
    snprintf(error.revision, sizeof error.revision, "003");
    error_detail(&error, "first\nsecond\n");
    error_hint(&error, "create it");
    error_statement(&error, "ALTER TABLE t\n\tADD  x int;\n", 27);
    return error;
}

static void an_error_says_what_where_and_what_to_do(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    Error error = full_error();
    terminal_error(&streams.terminal, &error);
    assert_string_equal(streams_err(&streams), "error: relation \"t\" does not exist (42P01)\n"
                                               "  at migrations/003_x.sql:12, revision 003\n"
                                               "  statement: ALTER TABLE t ADD x int;\n"
                                               "  detail: first\n"
                                               "    second\n"
                                               "  hint: create it\n");
    assert_string_equal(streams_out(&streams), "");
    streams_close(&streams);
}

static void an_error_may_know_little(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    Error error;
    error_set(&error, RUNG_CONNECT, "no answer");
    terminal_error(&streams.terminal, &error);
    assert_string_equal(streams_err(&streams), "error: no answer\n");
    snprintf(error.revision, sizeof error.revision, "7");
    terminal_error(&streams.terminal, &error);
    assert_string_equal(streams_err(&streams),
                        "error: no answer\nerror: no answer\n  at revision 7\n");
    streams_close(&streams);
}

static void a_long_statement_is_cut_between_characters(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    Error error;
    char statement[301];
    for (size_t i = 0; i < 300; i += 2)
        memcpy(statement + i, "\u00e4", 2);
    error_set(&error, RUNG_FAILED, "x");
    error_statement(&error, statement, 300);
    terminal_error(&streams.terminal, &error);
    const char *line = strstr(streams_err(&streams), "  statement: ");
    assert_non_null(line);
    assert_int_equal(strlen(line), strlen("  statement: ") + 2 * 100 + strlen(" ...\n"));
    assert_contains(line, "\u00e4 ...\n");
    streams_close(&streams);
}

static void json_errors_go_to_stdout_as_well(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    streams.terminal.json = true;
    Error error = full_error();
    terminal_error(&streams.terminal, &error);
    const char *out = streams_out(&streams);
    assert_int_equal(strncmp(out, "{\n  \"error\": {\n    \"code\": \"FAILED\",", 36), 0);
    assert_contains(out, "\"sqlstate\": \"42P01\"");
    assert_contains(out, "\"line\": 12");
    assert_contains(out, "\"exit\": 1");
    assert_contains(streams_err(&streams), "error: relation");
    streams_close(&streams);
}

static void stdout_holds_one_json_document(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    streams.terminal.json = true;
    Error error = full_error();
    terminal_result(&streams.terminal, "{}\n");
    terminal_error(&streams.terminal, &error);
    assert_string_equal(streams_out(&streams), "{}\n");
    streams_close(&streams);
}

static void an_interruption_says_how_to_go_on(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    Error error;
    error_set(&error, RUNG_INTERRUPTED, "cancelled");
    terminal_error(&streams.terminal, &error);
    assert_string_equal(streams_err(&streams), "interrupted: what was under way was rolled back; "
                                               "run the same command again\n");
    streams_close(&streams);
}

static void errors_show_no_password(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    streams.terminal.json = true;
    Error error;
    error_set(&error, RUNG_UNKNOWN, "no such target: postgresql://me:geheim@db/app");
    error_hint(&error, "password=geheim");
    terminal_error(&streams.terminal, &error);
    assert_lacks(streams_err(&streams), "geheim");
    assert_lacks(streams_out(&streams), "geheim");
    streams_close(&streams);
}

static void colour_needs_a_terminal_and_a_wish(void **state)
{
    Streams streams;
    Text text = TEXT_EMPTY;
    streams_open(&streams, true);
    terminal_paint(&streams.terminal, false, COLOR_RED, "a", &text);
    streams.terminal.color = true;
    terminal_paint(&streams.terminal, false, COLOR_RED, "b", &text);
    streams.terminal.out_terminal = false;
    terminal_paint(&streams.terminal, false, COLOR_RED, "c", &text);
    terminal_paint(&streams.terminal, true, COLOR_NONE, "d", &text);
    assert_string_equal(text_string(&text), "a\033[1;31mb\033[0mcd");
    text_done(&text);
    streams_close(&streams);
}

static void the_environment_is_asked(void **state)
{
    static const struct {
        const char *all, *ctype, *lang;
        bool utf8;
    } cases[] = {{"", "", "en_US.UTF-8", true}, {"C", "", "en_US.UTF-8", false},
                 {"", "de_DE.utf8", "C", true}, {"", "C", "de_DE.UTF-8", false},
                 {"C.UTF-8", "C", "C", true},   {"", "", "", false}};
    Terminal terminal;
    for (size_t i = 0; i < COUNT(cases); i++) {
        setenv("LC_ALL", cases[i].all, 1);
        setenv("LC_CTYPE", cases[i].ctype, 1);
        setenv("LANG", cases[i].lang, 1);
        terminal_init(&terminal, stdout, stderr);
        assert_int_equal(terminal.utf8, cases[i].utf8);
        terminal_done(&terminal);
    }
    setenv("NO_COLOR", "1", 1);
    terminal_init(&terminal, stdout, stderr);
    assert_false(terminal.color);
    setenv("NO_COLOR", "", 1);
    terminal_init(&terminal, stdout, stderr);
    assert_true(terminal.color);
    setenv("TERM", "dumb", 1);
    terminal_init(&terminal, stdout, stderr);
    assert_false(terminal.out_terminal);
}

static void a_message_cannot_drive_the_terminal(void **state)
{
    Streams streams;
    streams_open(&streams, true);
    terminal_err(&streams.terminal, "a\033[2Jb\007c\rd\te\033[31mf\033[0m\u2713\n");
    assert_string_equal(streams_err(&streams), "a?[2Jb?c?d\te\033[31mf\033[0m\u2713\n");
    streams_close(&streams);
    streams_open(&streams, false);
    terminal_err(&streams.terminal, "a\033[2Jb\n");
    assert_string_equal(streams_err(&streams), "a\033[2Jb\n");
    streams_close(&streams);
}

static void lines_go_above_the_live_line(void **state)
{
    Streams streams;
    streams_open(&streams, true);
    terminal_live(&streams.terminal, "running");
    terminal_out(&streams.terminal, "done\n");
    terminal_live_end(&streams.terminal);
    terminal_out(&streams.terminal, "end\n");
    assert_string_equal(streams_out(&streams), "\r\033[K\033[?7lrunning\033[?7h"
                                               "\r\033[Kdone\n\r\033[K\033[?7lrunning\033[?7h"
                                               "\r\033[Kend\n");
    streams_close(&streams);
}

static void a_pipe_has_no_live_line(void **state)
{
    Streams streams;
    streams_open(&streams, false);
    terminal_live(&streams.terminal, "running");
    terminal_out(&streams.terminal, "done\n");
    terminal_live_end(&streams.terminal);
    assert_string_equal(streams_out(&streams), "done\n");
    streams_close(&streams);
}

static void lost_output_is_an_error(void **state)
{
    Terminal terminal = {.out = fopen("/dev/full", "w"), .err = stderr};
    Error error = {0};
    assert_non_null(terminal.out);
    terminal_result(&terminal, "text\n");
    assert_int_equal(terminal_finish(&terminal, &error), RUNG_FILE);
    assert_contains(error.message, "No space left");
    assert_contains(error.hint, "ran to its end");
    fclose(terminal.out);
    terminal.out = fopen("/dev/null", "w");
    terminal_result(&terminal, "text\n");
    assert_int_equal(terminal_finish(&terminal, &error), RUNG_OK);
    fclose(terminal.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_error_says_what_where_and_what_to_do),
        TEST(an_error_may_know_little),
        TEST(a_long_statement_is_cut_between_characters),
        TEST(json_errors_go_to_stdout_as_well),
        TEST(stdout_holds_one_json_document),
        TEST(an_interruption_says_how_to_go_on),
        TEST(errors_show_no_password),
        TEST(colour_needs_a_terminal_and_a_wish),
        TEST(the_environment_is_asked),
        TEST(a_message_cannot_drive_the_terminal),
        TEST(lines_go_above_the_live_line),
        TEST(a_pipe_has_no_live_line),
        TEST(lost_output_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
