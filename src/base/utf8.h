/* UTF-8: validity and width, by the Unicode standard's table 3-7. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/base.h"

/* The offset of the first byte that is not well-formed UTF-8, or `length` if there is none. */
size_t utf8_check(const char *bytes, size_t length);

/* A copy with each bad byte replaced by U+FFFD; the caller frees it. */
char *utf8_clean(const char *string);

/* Columns that a terminal needs: one for each code point. */
size_t utf8_width(const char *string);

#endif
