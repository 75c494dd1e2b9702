/* Text that grows on the heap. A failure (no memory, over the limit) sticks and is asked once. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>

typedef struct Text {
    char *data; /* NUL-terminated once anything was added */
    size_t length, room;
    size_t limit; /* bytes; 0: none */
    bool failed;
} Text;

#define TEXT_EMPTY ((Text){0})

void text_done(Text *text);
void text_clear(Text *text);

void text_add(Text *text, const char *bytes, size_t length);
void text_put(Text *text, const char *string);
void text_char(Text *text, char byte);
void text_print(Text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_print_list(Text *text, const char *format, va_list list) PRINTF_LIKE(2, 0);

/* The text so far, never NULL; it belongs to `text`. */
const char *text_string(const Text *text);

/* Ends the text and gives what it held as a copy in `arena`. */
char *text_keep(Text *text, Arena *arena);

/* Hands the text over to the caller, who frees it; NULL if anything failed. */
char *text_take(Text *text);

#endif
