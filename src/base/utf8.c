/* Validity is decided one sequence at a time. */
#include "base/utf8.h"
#include "base/text.h"

/* The length of the well-formed sequence at `s`, or 0. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t length;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF)
        length = 2;
    else if (s[0] >= 0xE0 && s[0] <= 0xEF)
        length = 3;
    else if (s[0] >= 0xF0 && s[0] <= 0xF4)
        length = 4;
    else
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0;
    else if (s[0] == 0xED)
        high = 0x9F;
    else if (s[0] == 0xF0)
        low = 0x90;
    else if (s[0] == 0xF4)
        high = 0x8F;
    if (left < length || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t utf8_check(const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t i = 0;
    while (i < length) {
        /* ASCII, eight bytes at a time: most SQL is nothing else */
        uint64_t word;
        while (length - i >= sizeof word) {
            memcpy(&word, s + i, sizeof word);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += sizeof word;
        }
        if (i == length)
            break;
        size_t step = sequence_length(s + i, length - i);
        if (!step)
            return i;
        i += step;
    }
    return length;
}

char *utf8_clean(const char *string)
{
    Text text = TEXT_EMPTY;
    size_t left = strlen(string);
    while (left) {
        size_t good = utf8_check(string, left);
        text_add(&text, string, good);
        string += good;
        left -= good;
        if (left) {
            text_put(&text, "\xEF\xBF\xBD");
            string++;
            left--;
        }
    }
    return text_take(&text);
}

size_t utf8_width(const char *string)
{
    size_t width = 0;
    for (const unsigned char *s = (const unsigned char *)string; *s; s++)
        width += (*s & 0xC0) != 0x80;
    return width;
}
