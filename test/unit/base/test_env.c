/* `.env` files and the expansion of ${NAME}. */
#include "check.h"
#include "base/env.h"
#include "base/file.h"

#include <unistd.h>

static const char *write_temporary(Arena *arena, const char *data, size_t length)
{
    Error error;
    char *path = arena_print(arena, "/tmp/rung-env-%d", (int)getpid());
    unlink(path);
    assert_int_equal(file_write_new(path, data, length, &error), RUNG_OK);
    return path;
}

static Env read_text(Arena *arena, const char *text)
{
    Env env;
    Error error = {0};
    const char *path = write_temporary(arena, text, strlen(text));
    if (env_read(arena, path, &env, &error))
        fail_msg("%d: %s", error.line, error.message);
    unlink(path);
    return env;
}

static void check_refused(Arena *arena, const char *text, size_t length, int line, const char *part)
{
    Env env;
    Error error = {0};
    const char *path = write_temporary(arena, text, length);
    assert_int_equal(env_read(arena, path, &env, &error), RUNG_CONFIG);
    assert_string_equal(error.file, path);
    assert_int_equal(error.line, line);
    if (!strstr(error.message, part))
        fail_msg("%s", error.message);
    unlink(path);
}

static void lines_become_entries(void **state)
{
    Env env = read_text(*state, "# settings\n"
                                "\n"
                                "RUNG_T_A=plain value  # comment\n"
                                "export RUNG_T_B = spaced\r\n"
                                "RUNG_T_C='single $x \\n # no comment'\n"
                                "RUNG_T_D=\"double \\\"quoted\\\"\\n\\ttab\"\n"
                                "RUNG_T_E=\n"
                                "RUNG_T_F=a#b=c\n"
                                "RUNG_T_A=last");
    assert_int_equal(env.entries.count, 7);
    assert_string_equal(env.entries.at[0].value, "plain value");
    assert_int_equal(env.entries.at[0].line, 3);
    assert_string_equal(env_get(&env, "RUNG_T_A"), "last");
    assert_string_equal(env_get(&env, "RUNG_T_B"), "spaced");
    assert_string_equal(env_get(&env, "RUNG_T_C"), "single $x \\n # no comment");
    assert_string_equal(env_get(&env, "RUNG_T_D"), "double \"quoted\"\n\ttab");
    assert_string_equal(env_get(&env, "RUNG_T_E"), "");
    assert_string_equal(env_get(&env, "RUNG_T_F"), "a#b=c");
    assert_null(env_get(&env, "RUNG_T_G"));
    assert_true(env.entries.at[1].used);
}

static void the_process_goes_before_the_file(void **state)
{
    Env env = read_text(*state, "RUNG_T_HOME=file\n");
    setenv("RUNG_T_HOME", "process", 1);
    assert_string_equal(env_get(&env, "RUNG_T_HOME"), "process");
    unsetenv("RUNG_T_HOME");
    assert_string_equal(env_get(&env, "RUNG_T_HOME"), "file");
}

static void a_missing_file_is_empty(void **state)
{
    Env env;
    Error error;
    assert_int_equal(env_read(*state, "/nowhere/.env", &env, &error), RUNG_OK);
    assert_int_equal(env.entries.count, 0);
}

static void wrong_lines_are_refused(void **state)
{
    check_refused(*state, "A=1\nnonsense\n", 13, 2, "NAME=value");
    check_refused(*state, "1A=1\n", 5, 1, "NAME=value");
    check_refused(*state, "A-B=1\n", 6, 1, "NAME=value");
    check_refused(*state, "\n\nA='open\n", 10, 3, "not closed");
    check_refused(*state, "A=1\0B=2\n", 8, 0, "NUL");
}

static void names_are_expanded(void **state)
{
    static const struct {
        const char *text, *expanded;
    } cases[] = {
        {"nothing", "nothing"},
        {"", ""},
        {"${RUNG_T_X}", "value"},
        {"a${RUNG_T_X}b${RUNG_T_X}", "avaluebvalue"},
        {"${RUNG_T_NO:-default}", "default"},
        {"${RUNG_T_NO:-}", ""},
        {"${RUNG_T_EMPTY:-default}", "default"},
        {"[${RUNG_T_EMPTY}]", "[]"},
        {"$$HOME $${x} $x $", "$HOME ${x} $x $"},
        {"${RUNG_T_X:-default}", "value"},
    };
    Env env = read_text(*state, "RUNG_T_X=value\nRUNG_T_EMPTY=\n");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = NULL;
        Error error = {0};
        if (env_expand(*state, &env, cases[i].text, "rung.yaml", 1, &text, &error))
            fail_msg("%s: %s", cases[i].text, error.message);
        assert_string_equal(text, cases[i].expanded);
    }
}

static void names_that_are_not_set_or_not_closed_are_refused(void **state)
{
    static const char *const texts[] = {"${RUNG_T_NO}", "a ${RUNG_T_X", "${}", "${1A}", "${A-B}"};
    Env env = read_text(*state, "RUNG_T_X=value\n");
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *text = NULL;
        Error error = {0};
        assert_int_equal(env_expand(*state, &env, texts[i], "rung.yaml", 7, &text, &error),
                         RUNG_CONFIG);
        assert_string_equal(error.file, "rung.yaml");
        assert_int_equal(error.line, 7);
        assert_true(error.hint[0] != '\0');
        assert_null(text);
    }
}

RUN_TESTS(TEST(lines_become_entries), TEST(the_process_goes_before_the_file),
          TEST(a_missing_file_is_empty), TEST(wrong_lines_are_refused), TEST(names_are_expanded),
          TEST(names_that_are_not_set_or_not_closed_are_refused))
