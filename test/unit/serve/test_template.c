/* Texts with names. */
#include "serve/template.h"

#include "check.h"

static const char *const names[] = {"app", "days", NULL};

static void names_that_there_are(void **state)
{
    Error error;
    assert_int_equal(template_check("f", "", names, &error), RUNG_OK);
    assert_int_equal(template_check("f", "{{app}} {{ days }} { } }} {", names, &error), RUNG_OK);
    assert_int_equal(template_check("f", "a\nb {{dais}}", names, &error), RUNG_CONFIG);
    assert_string_equal(error.file, "f");
    assert_int_equal(error.line, 2);
    assert_string_equal(error.hint, "there are app and days");
    assert_int_equal(template_check("f", "\n\n{{app", names, &error), RUNG_CONFIG);
    assert_int_equal(error.line, 3);
    assert_int_equal(template_check("f", "{{}}", names, &error), RUNG_CONFIG);
    assert_int_equal(template_check("f", "{{app\n}}", names, &error), RUNG_CONFIG);
}

static void values_stand_in(void **state)
{
    const TemplateValue values[] = {{"app", "<A & \"B\" 'C'>"}, {"days", NULL}};
    Text text = TEXT_EMPTY;
    template_fill("a {{app}} {{ days }}{ {{app}}", values, 2, false, &text);
    assert_string_equal(text_string(&text), "a <A & \"B\" 'C'> { <A & \"B\" 'C'>");
    text_clear(&text);
    template_fill("<p>{{app}}</p>", values, 2, true, &text);
    assert_string_equal(text_string(&text), "<p>&lt;A &amp; &quot;B&quot; &#39;C&#39;&gt;</p>");
    text_done(&text);
}

/* A value is text, whatever stands in it. */
static void values_are_no_templates(void **state)
{
    const TemplateValue values[] = {{"app", "{{days}}"}, {"days", "7"}};
    Text text = TEXT_EMPTY;
    template_fill("{{app}}", values, 2, false, &text);
    assert_string_equal(text_string(&text), "{{days}}");
    text_done(&text);
}

RUN_TESTS(TEST(names_that_there_are), TEST(values_stand_in), TEST(values_are_no_templates))
