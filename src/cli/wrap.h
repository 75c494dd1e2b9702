/* Paragraphs for terminals and roff, lists in columns. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include "base/text.h"

enum { WRAP_WIDTH = 79 };

/* Adds `paragraphs` broken between words so that no line is wider than WRAP_WIDTH; each line
 * begins with `indent` blanks, but the first, of which `column` columns are there already. */
void wrap_add(Text *text, const char *paragraphs, size_t column, size_t indent);

/* Adds "  term   description", the description wrapped and starting at column `indent`. */
void wrap_term(Text *text, const char *term, const char *description, size_t indent);

#endif
