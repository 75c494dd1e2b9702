/* Two texts, line by line. */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "base/arena.h"
#include "base/text.h"

/* "@@ line 12 @@" and the lines that go (-) and come (+) there, for each place where `to` differs
 * from `from`; at most `limit` lines of them, and how many more there are. Nothing for equal texts.
 */
void lines_compare(Arena *arena, const char *from, const char *to, size_t limit, Text *text);

/* A statement as one line of at most `width` bytes. */
const char *line_short(Arena *arena, const char *sql, size_t width);

#endif
