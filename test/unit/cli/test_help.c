/* The tables are complete, and what is printed from them fits a terminal. */
#include "cli/help.h"
#include "cli/line.h"
#include "cli/reference.h"
#include "cli/topics.h"
#include "cli/wrap.h"
#include "base/utf8.h"

#include "check.h"

static void assert_fits(const char *text)
{
    char *copy = strdup(text), *rest = NULL;
    assert_non_null(copy);
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        size_t length = strlen(line);
        if (utf8_width(line) >= 80)
            fail_msg("wider than 79 columns: %s", line);
        if (length && line[length - 1] == ' ')
            fail_msg("ends with a blank: \"%s\"", line);
    }
    free(copy);
}

static void help_fits_80_columns(void **state)
{
    Text text = TEXT_EMPTY;
    help_overview(&text, true);
    assert_fits(text_string(&text));
    for (size_t i = 0; command_at(i); i++) {
        text_clear(&text);
        help_command(command_at(i), &text);
        assert_fits(text_string(&text));
    }
    text_done(&text);
}

static void assert_summary(const char *text)
{
    size_t length = strlen(text);
    assert_true(length > 0 && length <= 58);
    assert_false(text[0] >= 'A' && text[0] <= 'Z');
    assert_int_not_equal(text[length - 1], '.');
}

static void every_command_is_documented(void **state)
{
    for (size_t i = 0; command_at(i); i++) {
        const Command *command = command_at(i);
        assert_summary(command->summary);
        assert_true(strlen(command->description) > 10);
        assert_int_equal(command->description[strlen(command->description) - 1], '.');
        assert_non_null(command->examples[0].line);
        assert_int_equal(!!command->verb + !!command->print + !!command->program, 1);
        for (size_t k = 0; k < COUNT(command->examples) && command->examples[k].line; k++) {
            assert_contains(command->examples[k].line, command->name);
            assert_non_null(command->examples[k].does);
        }
    }
}

static void every_operand_is_explained(void **state)
{
    for (size_t i = 0; command_at(i); i++) {
        bool explained = !*command_at(i)->operands || strchr(command_at(i)->operands, '|');
        for (const OperandTopic *topic = topic_operands; topic->name; topic++)
            explained = explained || command_has_operand(command_at(i), topic->name);
        if (!explained)
            fail_msg("%s: what is %s?", command_at(i)->name, command_at(i)->operands);
    }
}

static void options_of_commands_exist_and_are_used(void **state)
{
    for (size_t i = 0; command_at(i); i++)
        for (size_t k = 0; k < COUNT(command_at(i)->options) && command_at(i)->options[k]; k++) {
            const char *name = command_at(i)->options[k];
            const Option *option = option_find(name, strlen(name));
            if (!option || option->global)
                fail_msg("%s: --%s", command_at(i)->name, name);
        }
    for (size_t i = 0; option_at(i); i++) {
        bool used = false;
        for (size_t k = 0; command_at(k); k++)
            used = used || command_takes(command_at(k), option_at(i));
        if (!used)
            fail_msg("no command takes --%s", option_at(i)->name);
    }
}

static void names_and_letters_are_unique(void **state)
{
    for (size_t i = 0; option_at(i); i++) {
        const Option *option = option_at(i);
        assert_ptr_equal(option_find(option->name, strlen(option->name)), option);
        if (option->letter)
            assert_ptr_equal(option_find_letter(option->letter), option);
        assert_true((option->type == OPTION_FLAG) == !option->placeholder);
    }
    for (size_t i = 0; command_at(i); i++) {
        assert_ptr_equal(command_find(command_at(i)->name), command_at(i));
        for (size_t k = 0; k < COUNT(command_at(i)->aliases) && command_at(i)->aliases[k]; k++)
            assert_ptr_equal(command_find(command_at(i)->aliases[k]), command_at(i));
    }
    assert_null(option_find("", 0));
    assert_null(option_find("jso", 3));
    assert_null(option_find_letter(0));
    assert_null(command_find(""));
}

/* Each example is a command line that the parser takes. */
static void examples_are_valid(void **state)
{
    for (size_t i = 0; command_at(i); i++)
        for (size_t k = 0; k < COUNT(command_at(i)->examples); k++) {
            const char *example = command_at(i)->examples[k].line;
            if (!example || strncmp(example, "rung ", 5) != 0)
                continue;
            char *words[16], *rest = NULL;
            size_t count = 0;
            char *copy = arena_string(*state, example);
            copy[strcspn(copy, ">|")] = '\0';
            char *message = strchr(copy, '"');
            for (; message && *message && message[1] != '"'; message++)
                if (message[1] == ' ')
                    message[1] = '_';
            for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
                words[count++] = word;
            CommandLine line;
            Error error = {0};
            if (line_read(*state, count - 1, words + 1, &line, &error))
                fail_msg("%s: %s", example, error.message);
            assert_ptr_equal(line.command, command_at(i));
        }
}

static void every_code_has_its_exit_status_explained(void **state)
{
    for (int code = 0; code < RUNG_CODE_COUNT; code++) {
        bool explained = false;
        for (const ExitTopic *topic = topic_exits; topic->text; topic++)
            explained = explained || topic->status == rung_code_exit((rung_code)code);
        assert_true(explained);
    }
}

static void help_of_a_command_is_complete(void **state)
{
    Text text = TEXT_EMPTY;
    help_command(command_find("up"), &text);
    assert_contains(text_string(&text), "usage: rung upgrade [options] [REV]\nshort: rung up\n");
    assert_contains(text_string(&text), "\n  REV  an id");
    assert_contains(text_string(&text), "\n  -n, --dry-run ");
    assert_contains(text_string(&text), "\n  -t, --target NAME ");
    assert_contains(text_string(&text), "\n  rung upgrade +1\n");
    assert_contains(text_string(&text), "\n  6  validation failed\n");
    assert_lacks(text_string(&text), "--limit");
    assert_lacks(text_string(&text), "check found something");
    text_done(&text);
}

static void reference_has_every_row(void **state)
{
    Text text = TEXT_EMPTY;
    Error error;
    CommandLine line = {0};
    assert_int_equal(reference_print(&line, &text, &error), RUNG_OK);
    for (size_t i = 0; command_at(i); i++)
        assert_contains(text_string(&text), arena_print(*state, "\n### %s\n", command_at(i)->name));
    for (size_t i = 0; option_at(i); i++)
        assert_contains(text_string(&text), arena_print(*state, "--%s", option_at(i)->name));
    for (int code = 0; code < RUNG_CODE_COUNT; code++)
        assert_contains(text_string(&text),
                        arena_print(*state, "| `%s` |", rung_code_name((rung_code)code)));
    rung_setting setting;
    assert_true(rung_setting_at(0, &setting));
    for (size_t i = 0; rung_setting_at(i, &setting); i++)
        assert_contains(text_string(&text), arena_print(*state, "`%s`", setting.name));
    text_done(&text);
}

static void paragraphs_are_wrapped(void **state)
{
    Text text = TEXT_EMPTY;
    wrap_add(
        &text,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccc d\n\ne",
        0, 2);
    assert_string_equal(
        text_string(&text),
        "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
        "  ccccccccc d\n\n  e\n");
    text_clear(&text);
    wrap_term(&text, "--long-term", "words", 8);
    assert_string_equal(text_string(&text), "  --long-term\n        words\n");
    text_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_fits_80_columns),
        TEST(every_command_is_documented),
        TEST(every_operand_is_explained),
        TEST(options_of_commands_exist_and_are_used),
        TEST(names_and_letters_are_unique),
        TEST(examples_are_valid),
        TEST(every_code_has_its_exit_status_explained),
        TEST(help_of_a_command_is_complete),
        TEST(reference_has_every_row),
        TEST(paragraphs_are_wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
