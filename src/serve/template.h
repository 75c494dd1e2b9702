/* Texts with {{names}} that values stand in for. */
#ifndef SERVE_TEMPLATE_H
#define SERVE_TEMPLATE_H

#include "base/error.h"
#include "base/text.h"

typedef struct TemplateValue {
    const char *name, *value; /* value: NULL is nothing */
} TemplateValue;

/* RUNG_CONFIG with file and line for a name that is none of these (NULL behind the last), and for a
 * {{ that nothing closes. */
Code template_check(const char *file, const char *text, const char *const *names, Error *error);

/* Adds the text with its values. In HTML they are escaped. */
void template_fill(const char *text, const TemplateValue *values, size_t count, bool html,
                   Text *into);

#endif
