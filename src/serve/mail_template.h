/* The texts of mail: rung's own, or those of a folder. */
#ifndef SERVE_MAIL_TEMPLATE_H
#define SERVE_MAIL_TEMPLATE_H

#include "base/value.h"
#include "serve/template.h"

typedef struct MailTemplate {
    const char *event;
    const char *subject, *text;
    const char *html; /* NULL: none */
} MailTemplate;

typedef struct MailTemplates {
    MailTemplate at[5];
    size_t count;
} MailTemplates;

/* `folder` NULL: rung's own. */
Code mail_templates_read(Arena *arena, const char *folder, MailTemplates *ret_templates,
                         Error *error);

/* The values for one message of the outbox, in the order of the names. `now`: seconds since 1970.
 */
typedef struct MailValues {
    TemplateValue at[10];
    size_t count;
} MailValues;
void mail_values(Arena *arena, const char *app, const Value *message, int64_t now,
                 MailValues *ret_values);

/* NULL for an event that has none. */
const MailTemplate *mail_template_find(const MailTemplates *templates, const char *event);

#endif
