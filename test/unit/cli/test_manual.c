/* The manual page holds every row and is sound roff. */
#include "cli/manual.h"
#include "cli/line.h"

#include "check.h"

static int print_page(void **state)
{
    static Text text;
    Error error;
    CommandLine line = {0};
    text = TEXT_EMPTY;
    *state = &text;
    return manual_print(&line, &text, &error) != RUNG_OK || text.failed;
}

static int drop_page(void **state)
{
    text_done(*state);
    return 0;
}

static void it_has_every_command(void **state)
{
    const char *page = text_string(*state);
    for (size_t i = 0; command_at(i); i++) {
        char heading[64];
        snprintf(heading, sizeof heading, "\n.SS \"%s", command_at(i)->name);
        assert_contains(page, heading);
    }
}

static void it_has_every_option(void **state)
{
    const char *page = text_string(*state);
    for (size_t i = 0; option_at(i); i++) {
        Text term = TEXT_EMPTY;
        text_put(&term, "\\fB\\-\\-");
        for (const char *s = option_at(i)->name; *s; s++)
            text_print(&term, *s == '-' ? "\\%c" : "%c", *s);
        text_put(&term, "\\fR");
        assert_contains(page, text_string(&term));
        text_done(&term);
    }
}

static void it_has_every_code_and_setting(void **state)
{
    const char *page = text_string(*state);
    for (int code = 1; code < RUNG_CODE_COUNT; code++)
        assert_contains(page, rung_code_name((rung_code)code));
    rung_setting setting;
    assert_true(rung_setting_at(0, &setting));
    for (size_t i = 0; rung_setting_at(i, &setting); i++) {
        char term[128];
        snprintf(term, sizeof term, ".TP\n\\fB%s", setting.name);
        assert_contains(page, term);
    }
}

static bool is_request(const char *line)
{
    static const char *const known[] = {".TH ",  ".SH ",  ".SS ", ".TP\n", ".PP\n",
                                        ".nf\n", ".fi\n", ".RS ", ".RE\n", ".BR "};
    for (size_t i = 0; i < COUNT(known); i++)
        if (strncmp(line, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* A line of text that begins like a request would vanish from the page. */
static void text_is_never_taken_for_a_request(void **state)
{
    size_t requests = 0;
    for (const char *line = text_string(*state); line && *line;) {
        if (*line == '.' || *line == '\'') {
            if (!is_request(line))
                fail_msg("not a request: %.40s", line);
            requests++;
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    assert_true(requests > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_every_command),
        cmocka_unit_test(it_has_every_option),
        cmocka_unit_test(it_has_every_code_and_setting),
        cmocka_unit_test(text_is_never_taken_for_a_request),
    };
    return cmocka_run_group_tests(tests, print_page, drop_page);
}
