/* UTF-8: what is well-formed and what is not. */
#include "check.h"
#include "base/utf8.h"

static void good_text_is_good(void **state UNUSED)
{
    static const char *const texts[] = {"",
                                        "ascii",
                                        "\xC3\xA4",
                                        "\xE2\x82\xAC",
                                        "\xF0\x9F\x98\x80",
                                        "\xED\x9F\xBF\xEE\x80\x80",
                                        "\xF4\x8F\xBF\xBF",
                                        "0123456\xC3\xA4 0123456789"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(utf8_check(texts[i], strlen(texts[i])), strlen(texts[i]));
    assert_int_equal(utf8_check("a\0b", 3), 3);
}

static void bad_bytes_are_found_where_they_are(void **state UNUSED)
{
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xFE",
                                      "\xE2(\xA1"};
    char text[64];
    for (size_t i = 0; i < COUNT(bad); i++)
        for (size_t before = 0; before < 20; before++) {
            size_t length = strlen(bad[i]);
            memset(text, 'a', sizeof text);
            memcpy(text + before, bad[i], length);
            assert_int_equal(utf8_check(text, before + length), before);
        }
}

static void cleaning_replaces_each_bad_byte(void **state UNUSED)
{
    char *text = utf8_clean("a\xFF\xC3\xA4\xC3");
    assert_string_equal(text, "a\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD");
    free(text);
    text = utf8_clean("");
    assert_string_equal(text, "");
    free(text);
}

static void width_counts_code_points(void **state UNUSED)
{
    assert_int_equal(utf8_width(""), 0);
    assert_int_equal(utf8_width("abc"), 3);
    assert_int_equal(utf8_width("\xC3\xA4\xE2\x82\xAC"), 2);
}

RUN_TESTS(TEST(good_text_is_good), TEST(bad_bytes_are_found_where_they_are),
          TEST(cleaning_replaces_each_bad_byte), TEST(width_counts_code_points))
