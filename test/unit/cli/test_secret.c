/* No password stays where `ps` can see it. */
#include "cli/secret.h"

#include "check.h"

static void passwords_are_covered(void **state)
{
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"postgresql://me:geheim@db/app", "postgresql://me:******@db/app"},
        {"--url=postgres://me:geheim@db:5432/app", "--url=postgres://me:******@db:5432/app"},
        {"postgresql://:geheim@db", "postgresql://:******@db"},
        {"postgresql://me:ge@heim@db", "postgresql://me:*******@db"},
        {"postgresql://me:ge/he?m@db", "postgresql://me:*******@db"},
        {"postgresql://db/app?password=geheim&sslmode=require",
         "postgresql://db/app?password=******&sslmode=require"},
        {"postgresql://db/app?user=a&PASSWORD=ge heim",
         "postgresql://db/app?user=a&PASSWORD=*******"},
        {"host=db password=geheim user=me", "host=db password=****** user=me"},
        {"host=db password = 'ge \\'heim' user=me", "host=db password = '*********' user=me"},
        {"password=ge\\ heim user=me", "password=******** user=me"},
        {"sslpassword=a password=b", "sslpassword=* password=*"},
        {"password='never closed", "password='************"},
        {"postgresql://a:b@c postgresql://d:e@f", "postgresql://a:********************@f"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(secret_covered(*state, cases[i].before), cases[i].after);
}

static void other_words_stay(void **state)
{
    static const char *const words[] = {
        "",
        "upgrade",
        "sqlite:app.db",
        "sqlite:///tmp/a@b:c.db",
        "--json",
        "-1",
        "password",
        "reset password",
        "password=",
        "postgresql://me@db:5432/app",
    };
    for (size_t i = 0; i < COUNT(words); i++)
        assert_string_equal(secret_covered(*state, words[i]), words[i]);
}

static void the_command_line_keeps_its_words(void **state)
{
    char name[] = "rung", url[] = "--url=postgresql://me:geheim@db/app";
    char *own[] = {name, url, NULL};
    char **words = secret_take(*state, 2, own);
    assert_string_equal(words[1], "--url=postgresql://me:geheim@db/app");
    assert_null(words[2]);
    assert_string_equal(own[0], "rung");
    assert_string_equal(own[1], "--url=postgresql://me:******@db/app");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(passwords_are_covered), TEST(other_words_stay),
                                       TEST(the_command_line_keeps_its_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
