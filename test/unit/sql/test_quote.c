/* Quoting: whatever the name holds, it stays one name. */
#include "sql/quote.h"

#include "check.h"

static void quotes_are_doubled(void **state)
{
    Text text = TEXT_EMPTY;
    sql_add_qualified(&text, "pub\"lic", "a\"\"b");
    text_char(&text, ' ');
    sql_add_qualified(&text, NULL, "Order");
    text_char(&text, ' ');
    sql_add_constant(&text, "it's '");
    text_char(&text, ' ');
    sql_add_constant(&text, NULL);
    assert_string_equal(text_string(&text),
                        "\"pub\"\"lic\".\"a\"\"\"\"b\" \"Order\" 'it''s ''' NULL");
    text_done(&text);
}

static void empty_text_stays_text(void **state)
{
    Text text = TEXT_EMPTY;
    sql_add_constant(&text, "");
    sql_add_name(&text, "");
    assert_string_equal(text_string(&text), "''\"\"");
    text_done(&text);
}

RUN_TESTS(TEST(quotes_are_doubled), TEST(empty_text_stays_text))
