/* Completion scripts: bash's is run, the others are complete. */
#include "cli/completion.h"
#include "cli/line.h"

#include <unistd.h>

#include "check.h"

static Code print_script(Arena *arena, const char *shell, Text *text)
{
    CommandLine line = {0};
    Error error;
    *vec_add(arena, &line.operands) = shell;
    return completion_print(&line, text, &error);
}

/* What bash offers for the words; the last one is being typed. */
static const char *offered(Arena *arena, const char *words)
{
    char path[] = "/tmp/rung-completion-XXXXXX", answer[4096] = "";
    Text script = TEXT_EMPTY;
    assert_int_equal(print_script(arena, "bash", &script), RUNG_OK);
    text_print(&script,
               "COMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_rung\n"
               "echo -n \"${COMPREPLY[*]}\"\n",
               words);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, script.data, script.length), (ssize_t)script.length);
    close(descriptor);
    FILE *bash = popen(arena_print(arena, "bash %s 2>&1", path), "r");
    assert_non_null(bash);
    size_t length = fread(answer, 1, sizeof answer - 1, bash);
    int status = pclose(bash);
    unlink(path);
    text_done(&script);
    assert_int_equal(status, 0);
    answer[length] = '\0';
    return arena_string(arena, answer);
}

static void bash_completes_commands_and_aliases(void **state)
{
    assert_string_equal(offered(*state, "rung up"), "upgrade up");
    assert_string_equal(offered(*state, "rung --json he"), "heads help");
    assert_string_equal(offered(*state, "rung help dow"), "downgrade down");
}

static void bash_completes_options_of_the_command(void **state)
{
    assert_string_equal(offered(*state, "rung upgrade --s"), "--sql");
    assert_string_equal(offered(*state, "rung up --dry"), "--dry-run");
    assert_string_equal(offered(*state, "rung status --s"), "");
    assert_string_equal(offered(*state, "rung status --js"), "--json");
}

static void bash_completes_operands(void **state)
{
    assert_string_equal(offered(*state, "rung completion ''"), "bash zsh fish");
    assert_string_equal(offered(*state, "rung stamp b"), "base");
    assert_string_equal(offered(*state, "rung status ''"), "");
}

static void bash_knows_values_of_options(void **state)
{
    assert_string_equal(offered(*state, "rung --target history upgrade he"), "head heads");
    assert_string_equal(offered(*state, "rung --config '=' x upgrade he"), "head heads");
    assert_string_equal(offered(*state, "rung --url sqlite ':' dev.db up --dr"), "--dry-run");
    assert_string_equal(offered(*state, "rung revision -m up"), "");
    assert_string_equal(offered(*state, "rung --config /dev/nul"), "/dev/null");
    assert_string_equal(offered(*state, "rung --config '=' /dev/nul"), "/dev/null");
    assert_string_equal(offered(*state, "rung --migrations /dev/nul"), "");
}

static void every_script_has_every_row(void **state)
{
    const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t s = 0; s < COUNT(shells); s++) {
        Text text = TEXT_EMPTY;
        assert_int_equal(print_script(*state, shells[s], &text), RUNG_OK);
        for (size_t i = 0; command_at(i); i++)
            assert_contains(text_string(&text), command_at(i)->name);
        for (size_t i = 0; option_at(i); i++)
            assert_contains(text_string(&text),
                            arena_print(*state, s == 2 ? " -l %s " : "--%s", option_at(i)->name));
        text_done(&text);
    }
}

static void an_unknown_shell_is_refused(void **state)
{
    Text text = TEXT_EMPTY;
    assert_int_equal(print_script(*state, "tcsh", &text), RUNG_USAGE);
    assert_string_equal(text_string(&text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bash_completes_commands_and_aliases),
        TEST(bash_completes_options_of_the_command),
        TEST(bash_completes_operands),
        TEST(bash_knows_values_of_options),
        TEST(every_script_has_every_row),
        TEST(an_unknown_shell_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
