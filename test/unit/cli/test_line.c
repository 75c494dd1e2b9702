/* Reading the command line: every way to write an option, and every way to write it wrong. */
#include "cli/line.h"

#include "check.h"

enum { WORDS_MAX = 16 };

/* Splits at blanks; an underscore stands for a blank inside a word. */
static Code read_words(Arena *arena, const char *words, CommandLine *line, Error *error)
{
    char *list[WORDS_MAX];
    size_t count = 0;
    char *copy = arena_string(arena, words), *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        for (char *s = word; *s; s++)
            *s = *s == '_' ? ' ' : *s;
        assert_true(count < WORDS_MAX);
        list[count++] = word;
    }
    return line_read(arena, count, list, line, error);
}

static CommandLine good(Arena *arena, const char *words)
{
    Error error = {0};
    CommandLine line;
    if (read_words(arena, words, &line, &error))
        fail_msg("%s: %s", words, error.message);
    return line;
}

static Error bad(Arena *arena, const char *words, Code code)
{
    Error error = {0};
    CommandLine line;
    assert_int_equal(read_words(arena, words, &line, &error), code);
    assert_int_equal(error.code, code);
    assert_string_not_equal(error.hint, "");
    return error;
}

static void values_stand_behind_or_in_the_option(void **state)
{
    const char *const forms[] = {"revision --message a_b", "revision --message=a_b",
                                 "revision -m a_b",        "revision -ma_b",
                                 "-m a_b revision",        "--message=a_b new"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        CommandLine line = good(*state, forms[i]);
        assert_string_equal(line.arguments.message, "a b");
        assert_string_equal(line.command->name, "revision");
    }
}

static void letters_cluster(void **state)
{
    CommandLine line = good(*state, "-qvm text revision");
    assert_true(line.quiet);
    assert_true(line.arguments.verbose);
    assert_string_equal(line.arguments.message, "text");
    line = good(*state, "revision -qm-x");
    assert_string_equal(line.arguments.message, "-x");
}

static void every_global_option_reaches_its_place(void **state)
{
    CommandLine line = good(*state, "-c a.yaml --target prod --url sqlite:x.db --migrations m "
                                    "--json status --no-color -q -v");
    assert_string_equal(line.options.config, "a.yaml");
    assert_string_equal(line.options.target, "prod");
    assert_string_equal(line.options.url, "sqlite:x.db");
    assert_string_equal(line.options.migrations, "m");
    assert_true(line.arguments.json);
    assert_true(line.no_color);
    assert_true(line.quiet);
    assert_true(line.arguments.verbose);
    assert_int_equal(line.options.version, RUNG_OPTIONS_VERSION);
    assert_int_equal(line.arguments.version, RUNG_ARGUMENTS_VERSION);
}

static void every_command_option_reaches_its_place(void **state)
{
    CommandLine line = good(*state, "upgrade --sql -n");
    assert_true(line.arguments.sql);
    assert_true(line.arguments.dry_run);
    assert_true(good(*state, "init --from-database").arguments.from_database);
    assert_true(good(*state, "stamp head --force").arguments.force);
    assert_string_equal(good(*state, "new -m x --id 7").arguments.id, "7");
    line = good(*state, "history --log --limit 20");
    assert_true(line.arguments.log);
    assert_int_equal(line.arguments.limit, 20);
}

static void parents_repeat_and_split_at_commas(void **state)
{
    CommandLine line = good(*state, "revision -m x --parents a,b, --parents=c");
    assert_int_equal(line.arguments.revision_count, 3);
    assert_string_equal(line.arguments.revisions[0], "a");
    assert_string_equal(line.arguments.revisions[1], "b");
    assert_string_equal(line.arguments.revisions[2], "c");
}

static void distances_are_operands(void **state)
{
    assert_string_equal(good(*state, "downgrade -1").arguments.revision, "-1");
    assert_string_equal(good(*state, "down --sql -12").arguments.revision, "-12");
    assert_string_equal(good(*state, "upgrade +1").arguments.revision, "+1");
    assert_string_equal(good(*state, "upgrade -n 001+2").arguments.revision, "001+2");
}

static void two_dashes_end_the_options(void **state)
{
    assert_string_equal(good(*state, "show -- --sql").arguments.revision, "--sql");
    assert_string_equal(good(*state, "-- show -x").arguments.revision, "-x");
}

static void many_operands_become_revisions(void **state)
{
    CommandLine line = good(*state, "merge a b -m x c");
    assert_int_equal(line.arguments.revision_count, 3);
    assert_string_equal(line.arguments.revisions[2], "c");
    assert_null(line.arguments.revision);
    assert_int_equal(good(*state, "merge").arguments.revision_count, 0);
}

static void nothing_is_no_command(void **state)
{
    assert_null(good(*state, "").command);
    assert_null(good(*state, "--version").command);
    assert_true(good(*state, "--version").version);
}

static void help_needs_no_operands(void **state)
{
    CommandLine line = good(*state, "downgrade --help");
    assert_true(line.help);
    assert_string_equal(line.command->name, "downgrade");
}

static void wrong_commands_get_a_suggestion(void **state)
{
    assert_contains(bad(*state, "upgrad", RUNG_UNKNOWN).hint, "rung upgrade");
    assert_contains(bad(*state, "migrate", RUNG_UNKNOWN).hint, "rung upgrade");
    assert_contains(bad(*state, "rollback", RUNG_UNKNOWN).hint, "rung downgrade");
    assert_string_equal(bad(*state, "xyzzy", RUNG_UNKNOWN).hint, "rung help lists the commands");
}

static void wrong_options_get_a_suggestion(void **state)
{
    Error error = bad(*state, "upgrade --dryrun", RUNG_USAGE);
    assert_string_equal(error.message, "no such option: --dryrun");
    assert_contains(error.hint, "--dry-run");
    assert_contains(bad(*state, "status -x", RUNG_USAGE).message, "-x");
    assert_contains(bad(*state, "status -\033", RUNG_USAGE).message, "-?");
}

static void an_option_of_another_command_is_refused(void **state)
{
    Error error = bad(*state, "--sql status", RUNG_USAGE);
    assert_string_equal(error.message, "status has no option --sql");
    assert_contains(error.hint, "rung help status");
}

static void values_are_not_forgotten(void **state)
{
    assert_contains(bad(*state, "revision -m --id 7", RUNG_USAGE).hint, "--message=--id");
    assert_contains(bad(*state, "status --url=", RUNG_USAGE).message, "--url is empty");
    Error error = {0};
    CommandLine line;
    assert_int_equal(read_words(*state, "status --target", &line, &error), RUNG_USAGE);
    assert_string_equal(error.message, "--target needs a value: --target NAME");
    assert_int_equal(read_words(*state, "upgrade --sql=yes", &line, &error), RUNG_USAGE);
    assert_string_equal(error.message, "--sql takes no value");
}

static void numbers_are_numbers(void **state)
{
    const char *const wrong[] = {"history --limit x", "history --limit=-1", "history --limit 1x",
                                 "history --limit=_1", "history --limit 99999999999999999999"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        Error error = {0};
        CommandLine line;
        assert_int_equal(read_words(*state, wrong[i], &line, &error), RUNG_USAGE);
        assert_contains(error.message, "--limit needs a number");
    }
}

static void operands_are_counted(void **state)
{
    assert_string_equal(bad(*state, "downgrade", RUNG_USAGE).message, "downgrade needs REV");
    assert_contains(bad(*state, "upgrade a b", RUNG_USAGE).message, "\"b\"");
    assert_contains(bad(*state, "current a", RUNG_USAGE).message, "no operand");
}

static void json_is_known_in_spite_of_an_error(void **state)
{
    Error error = {0};
    CommandLine line;
    assert_int_equal(read_words(*state, "--bogus status --json --worse", &line, &error),
                     RUNG_USAGE);
    assert_true(line.arguments.json);
    assert_string_equal(error.message, "no such option: --bogus");
}

static void messages_show_no_password(void **state)
{
    const char *const lines[] = {"postgresql://u:geheim@h/x", "upgrade a postgresql://u:geheim@h/x",
                                 "upgrade --ulr=postgresql://u:geheim@h/x",
                                 "new -m --url=postgresql://u:geheim@h/x"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        Error error = {0};
        CommandLine line;
        assert_int_not_equal(read_words(*state, lines[i], &line, &error), RUNG_OK);
        assert_lacks(error.message, "geheim");
        assert_lacks(error.hint, "geheim");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_stand_behind_or_in_the_option),
        TEST(letters_cluster),
        TEST(every_global_option_reaches_its_place),
        TEST(every_command_option_reaches_its_place),
        TEST(parents_repeat_and_split_at_commas),
        TEST(distances_are_operands),
        TEST(two_dashes_end_the_options),
        TEST(many_operands_become_revisions),
        TEST(nothing_is_no_command),
        TEST(help_needs_no_operands),
        TEST(wrong_commands_get_a_suggestion),
        TEST(wrong_options_get_a_suggestion),
        TEST(an_option_of_another_command_is_refused),
        TEST(values_are_not_forgotten),
        TEST(numbers_are_numbers),
        TEST(operands_are_counted),
        TEST(json_is_known_in_spite_of_an_error),
        TEST(messages_show_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
