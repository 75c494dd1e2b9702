/* Two texts, line by line. */
#include "report/lines.h"

#include "check.h"

static void compares(Arena *arena, const char *from, const char *to, size_t limit,
                     const char *expected)
{
    Text text = TEXT_EMPTY;
    lines_compare(arena, from, to, limit, &text);
    assert_string_equal(text_string(&text), expected);
    text_done(&text);
}

static void equal_texts_give_nothing(void **state)
{
    compares(*state, "", "", 10, "");
    compares(*state, "a\nb\n", "a\nb\n", 10, "");
}

static void each_place_is_told_with_its_line(void **state)
{
    compares(*state, "a\nb\nc\nd\n", "a\nB\nc\nd\ne\n", 10,
             "@@ line 2 @@\n-b\n+B\n@@ line 5 @@\n+e\n");
    compares(*state, "", "a\n", 10, "@@ line 1 @@\n+a\n");
    compares(*state, "a\nb\na\n", "a\n", 10, "@@ line 1 @@\n-a\n-b\n");
    compares(*state, "x\na\nb\ny\n", "x\nb\na\ny\n", 10, "@@ line 2 @@\n-a\n@@ line 4 @@\n+a\n");
}

static void no_more_than_the_limit_is_shown(void **state)
{
    compares(*state, "a\nb\nc\n", "d\n", 2, "@@ line 1 @@\n-a\n-b\n... and 2 lines more\n");
}

static void large_texts_are_not_looked_at_closely(void **state)
{
    Text from = TEXT_EMPTY, to = TEXT_EMPTY, found = TEXT_EMPTY;
    for (int i = 0; i < 3000; i++) {
        text_print(&from, "%d\n", i);
        text_print(&to, "%d\n", i + 1);
    }
    lines_compare(*state, text_string(&from), text_string(&to), 1, &found);
    assert_string_equal(text_string(&found), "@@ line 1 @@\n-0\n... and 5999 lines more\n");
    text_done(&from);
    text_done(&to);
    text_done(&found);
}

RUN_TESTS(TEST(equal_texts_give_nothing), TEST(each_place_is_told_with_its_line),
          TEST(no_more_than_the_limit_is_shown), TEST(large_texts_are_not_looked_at_closely))
