/* Greedy line breaking. */
#include "cli/wrap.h"
#include "base/utf8.h"

static void pad(Text *text, size_t column, size_t to)
{
    for (; column < to; column++)
        text_char(text, ' ');
}

static size_t word_width(const char *word, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += (word[i] & 0xC0) != 0x80;
    return width;
}

void wrap_add(Text *text, const char *paragraphs, size_t column, size_t indent)
{
    bool line_empty = true;
    pad(text, column, indent);
    column = column < indent ? indent : column;
    while (*paragraphs) {
        if (*paragraphs == '\n') {
            text_char(text, '\n');
            column = 0;
            line_empty = true;
            paragraphs++;
            if (*paragraphs && *paragraphs != '\n') {
                pad(text, 0, indent);
                column = indent;
            }
            continue;
        }
        size_t length = strcspn(paragraphs, " \n");
        size_t width = word_width(paragraphs, length);
        if (!line_empty && column + 1 + width > WRAP_WIDTH) {
            text_char(text, '\n');
            pad(text, 0, indent);
            column = indent;
            line_empty = true;
        }
        if (!line_empty) {
            text_char(text, ' ');
            column++;
        }
        text_add(text, paragraphs, length);
        column += width;
        line_empty = false;
        paragraphs += length + (paragraphs[length] == ' ');
    }
    text_char(text, '\n');
}

void wrap_term(Text *text, const char *term, const char *description, size_t indent)
{
    size_t column = 2 + utf8_width(term);
    text_print(text, "  %s", term);
    if (column + 2 > indent) {
        text_char(text, '\n');
        column = 0;
    }
    wrap_add(text, description, column, indent);
}
