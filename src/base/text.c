/* A buffer that doubles. */
#include "base/text.h"

void text_done(Text *text)
{
    free(text->data);
    *text = TEXT_EMPTY;
}

void text_clear(Text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->data)
        text->data[0] = '\0';
}

static bool text_reserve(Text *text, size_t more)
{
    if (text->failed)
        return false;
    if (more > SIZE_MAX / 4 - text->length || (text->limit && text->length + more > text->limit)) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->room)
        return true;
    size_t room = text->room ? text->room : 64;
    while (room < need)
        room *= 2;
    char *data = realloc(text->data, room);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->room = room;
    return true;
}

void text_add(Text *text, const char *bytes, size_t length)
{
    if (!text_reserve(text, length))
        return;
    if (length)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_put(Text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_char(Text *text, char byte)
{
    text_add(text, &byte, 1);
}

void text_print_list(Text *text, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    if (length < 0)
        text->failed = true;
    else if (text_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_print(Text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_print_list(text, format, list);
    va_end(list);
}

const char *text_string(const Text *text)
{
    return text->data ? text->data : "";
}

char *text_keep(Text *text, Arena *arena)
{
    char *copy = arena_string(arena, text_string(text));
    text_done(text);
    return copy;
}

char *text_take(Text *text)
{
    char *data = NULL;
    if (!text->failed) {
        text_add(text, "", 0);
        data = text->data;
        text->data = NULL;
    }
    text_done(text);
    return data;
}
