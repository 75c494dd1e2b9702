/* Names and constants as SQL text. */
#include "sql/quote.h"

static void add_doubled(Text *text, const char *string, char quote)
{
    text_char(text, quote);
    for (const char *next; (next = strchr(string, quote)); string = next + 1) {
        text_add(text, string, (size_t)(next - string) + 1);
        text_char(text, quote);
    }
    text_put(text, string);
    text_char(text, quote);
}

void sql_add_name(Text *text, const char *name)
{
    add_doubled(text, name, '"');
}

void sql_add_qualified(Text *text, const char *schema, const char *name)
{
    if (schema) {
        sql_add_name(text, schema);
        text_char(text, '.');
    }
    sql_add_name(text, name);
}

void sql_add_constant(Text *text, const char *constant)
{
    if (constant)
        add_doubled(text, constant, '\'');
    else
        text_put(text, "NULL");
}
