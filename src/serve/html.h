/* Writing HTML, and reading what forms send. Markup stands in formats, which are constants; all
 * values come in through %s, which escapes. */
#ifndef SERVE_HTML_H
#define SERVE_HTML_H

#include "base/text.h"
#include "base/value.h"

/* Knows %s (escaped; NULL: nothing), %lld, %zu and %%. */
void html(Text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* As text and as the value of an attribute in double quotes. */
void html_escape(Text *text, const char *value);

/* ---- values ---- */

/* A member as text, or "". */
const char *html_get(const Value *object, const char *key);

/* <time>2025-12-15 10:00 UTC</time> of "2025-12-15T10:00:00Z"; `none` when there is none. */
void html_time(Text *text, const char *iso, const char *none);
void html_moment(Text *text, const char *iso); /* with its seconds */

/* What state something is in, by a sign and in words; colour comes on top. */
typedef enum { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_COUNT } Tone;
void html_badge(Text *text, Tone tone, const char *words);
void html_message(Text *text, Tone tone, const char *title, const char *words);

/* ---- forms ---- */

/* The value of a field in "a=1&b=2", decoded; NULL when it is not there, or holds a NUL. */
const char *form_get(Arena *arena, const char *form, const char *name);

/* A value as it stands in the query of a URL. */
void form_escape(Text *text, const char *value);

#endif
