/* Nothing that a database holds becomes markup, and forms are read as browsers send them. */
#include "serve/html.h"

#include "check.h"

static void expect_html(const char *expected, Text *text)
{
    assert_string_equal(text_string(text), expected);
    text_done(text);
}

static void values_are_escaped(void **state)
{
    Text text = TEXT_EMPTY;
    const char *none = getenv("");
    html(&text, "<a title=\"%s\">%s</a>%s", "\"><script>", "a&b<'>", none);
    expect_html("<a title=\"&quot;&gt;&lt;script&gt;\">a&amp;b&lt;&#39;&gt;</a>", &text);
    html(&text, "%lld %zu 100%% %s", -7LL, (size_t)8, "&amp;");
    expect_html("-7 8 100% &amp;amp;", &text);
    html_escape(&text, "");
    html_escape(&text, "\xc3\xa9 \xe2\x82\xac");
    expect_html("\xc3\xa9 \xe2\x82\xac", &text);
}

static void times_are_shown_without_their_fraction(void **state)
{
    Text text = TEXT_EMPTY;
    html_time(&text, "2026-01-02T03:04:05.678901Z", "-");
    expect_html("<time datetime=\"2026-01-02T03:04:05.678901Z\" "
                "title=\"2026-01-02T03:04:05.678901Z\">2026-01-02 03:04 UTC</time>",
                &text);
    html_moment(&text, "2026-01-02T03:04:05Z");
    expect_html("<time datetime=\"2026-01-02T03:04:05Z\" title=\"2026-01-02T03:04:05Z\">"
                "2026-01-02 03:04:05 UTC</time>",
                &text);
    html_time(&text, "", "<never>");
    html_time(&text, NULL, "x");
    html_time(&text, "2026", "y");
    expect_html("<span class=\"none\">&lt;never&gt;</span><span class=\"none\">x</span>"
                "<span class=\"none\">y</span>",
                &text);
}

static void expect_field(const char *form, const char *name, const char *expected)
{
    Arena *arena = arena_new();
    const char *value = form_get(arena, form, name);
    if (expected) {
        assert_non_null(value);
        assert_string_equal(value, expected);
    } else
        assert_null(value);
    arena_free(arena);
}

static void fields_of_forms_are_decoded(void **state)
{
    expect_field("a=1&b=2", "b", "2");
    expect_field("a=1&a=2", "a", "1");
    expect_field("aa=1&a=2", "a", "2");
    expect_field("a=", "a", "");
    expect_field("a=x+y%20z%2B%26%3d", "a", "x y z+&=");
    expect_field("a=%C3%a9", "a", "\xc3\xa9");
    expect_field("a=b=c", "a", "b=c");
}

static void fields_that_are_none(void **state)
{
    static const char *const forms[] = {"",      "a",       "b=1",     "&&a&", "a=%",  "a=%4",
                                        "a=%zz", "a=1%0g2", "a=x%00y", "=a",   "a%3d1"};
    for (size_t i = 0; i < COUNT(forms); i++)
        expect_field(forms[i], "a", NULL);
    expect_field(NULL, "a", NULL);
}

static void values_survive_a_url(void **state)
{
    Arena *arena = arena_new();
    Text text = TEXT_EMPTY;
    char all[256];
    for (int i = 1; i < 256; i++)
        all[i - 1] = (char)i;
    all[255] = '\0';
    text_put(&text, "key=");
    form_escape(&text, all);
    assert_string_equal(form_get(arena, text_string(&text), "key"), all);
    for (size_t i = 0; i < text.length; i++)
        assert_null(strchr("<>\"'& ", text.data[i]));
    text_done(&text);
    arena_free(arena);
}

RUN_TESTS(TEST(values_are_escaped), TEST(times_are_shown_without_their_fraction),
          TEST(fields_of_forms_are_decoded), TEST(fields_that_are_none), TEST(values_survive_a_url))
