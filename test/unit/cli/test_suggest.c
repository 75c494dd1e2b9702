/* What was probably meant, and when nothing was. */
#include "cli/suggest.h"

#include "check.h"

static const char *meant(const char *word)
{
    const char *const names[] = {"upgrade", "downgrade", "up", "down", "heads", "history", "show"};
    Suggestion suggestion = {.word = word};
    for (size_t i = 0; i < COUNT(names); i++)
        suggest_offer(&suggestion, names[i]);
    return suggestion.name;
}

static void typing_mistakes_are_understood(void **state)
{
    assert_string_equal(meant("upgrad"), "upgrade");
    assert_string_equal(meant("upgarde"), "upgrade");
    assert_string_equal(meant("ugrdae"), "upgrade");
    assert_string_equal(meant("hedas"), "heads");
    assert_string_equal(meant("shwo"), "show");
    assert_string_equal(meant("hist"), "history");
}

static void strange_words_are_not(void **state)
{
    assert_null(meant(""));
    assert_null(meant("x"));
    assert_null(meant("frobnicate"));
    assert_null(meant("a-word-that-is-longer-than-every-name-could-be-here"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(typing_mistakes_are_understood),
                                       TEST(strange_words_are_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
