/* What mail says. */
#include "serve/mail_template.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"

enum { TEMPLATE_LIMIT = 256 * 1024 };

static const char *const value_names[] = {"app",           "subject",      "key",  "requested_at",
                                          "deletion_date", "deletion_day", "days", "days_remaining",
                                          "alert",         "text",         NULL};

/* clang-format off */
static const MailTemplate own[] = {
    {"requested", "Your account at {{app}} will be deleted on {{deletion_day}}",
     "Hello,\n\n"
     "on {{requested_at}} the deletion of your account at {{app}} was requested.\n\n"
     "The account and everything that belongs to it will be deleted for good on\n"
     "{{deletion_date}}. You have {{days}} to cancel.\n\n"
     "If you did not ask for this, sign in and cancel it.\n", NULL},
    {"reminder", "{{days}} until your account at {{app}} is deleted",
     "Hello,\n\n"
     "on {{requested_at}} the deletion of your account at {{app}} was requested.\n\n"
     "It will be deleted for good on {{deletion_date}}. You have {{days}} to cancel.\n", NULL},
    {"cancelled", "Your account at {{app}} will not be deleted",
     "Hello,\n\n"
     "the deletion of your account at {{app}} was cancelled. Your account is safe.\n", NULL},
    {"completed", "Your account at {{app}} is deleted",
     "Hello,\n\n"
     "your account at {{app}} and everything that belongs to it is deleted, as was\n"
     "requested on {{requested_at}}. This was the last mail: your address is deleted too.\n", NULL},
    {"alert", "Alert of {{app}}: {{alert}}",
     "{{text}}\n", NULL},
};
/* clang-format on */

/* ---- reading ---- */

/* With \n alone at the ends of lines. */
static const char *read_file(Arena *arena, const char *path, Error *error)
{
    char *data, *to;
    size_t length;
    if (file_read(arena, path, TEMPLATE_LIMIT, &data, &length, error))
        return NULL;
    if (strlen(data) != length || utf8_check(data, length) != length) {
        error_at(error, RUNG_CONFIG, path, 1, "the template is no UTF-8 text");
        return NULL;
    }
    to = data;
    for (const char *at = data; *at; at++)
        if (*at != '\r')
            *to++ = *at;
    *to = '\0';
    return template_check(path, data, value_names, error) ? NULL : data;
}

/* "Subject: …", an empty line, the text. */
static Code split(Arena *arena, const char *path, const char *data, MailTemplate *into,
                  Error *error)
{
    const char *end = strchr(data, '\n');
    if (strncmp(data, "Subject:", 8) != 0 || !end || end[1] != '\n')
        return error_at(error, RUNG_CONFIG, path, 1,
                        "a template begins with \"Subject: …\" and an empty line");
    const char *first = data + 8 + strspn(data + 8, " ");
    into->subject = arena_copy(arena, first, first < end ? (size_t)(end - first) : 0);
    into->text = end + 2;
    return RUNG_OK;
}

static Code read_one(Arena *arena, const char *folder, MailTemplate *into, Error *error)
{
    const char *text = path_join(arena, folder, arena_print(arena, "%s.txt", into->event));
    const char *html = path_join(arena, folder, arena_print(arena, "%s.html", into->event));
    if (file_exists(text)) {
        const char *data = read_file(arena, text, error);
        Code code = data ? split(arena, text, data, into, error) : error->code;
        if (code)
            return code;
    }
    if (!file_exists(html))
        return RUNG_OK;
    into->html = read_file(arena, html, error);
    return into->html ? RUNG_OK : error->code;
}

Code mail_templates_read(Arena *arena, const char *folder, MailTemplates *ret_templates,
                         Error *error)
{
    MailTemplates templates = {.count = COUNT(own)};
    Code code = RUNG_OK;
    memcpy(templates.at, own, sizeof own);
    if (folder && !folder_exists(folder))
        return error_set(error, RUNG_CONFIG, "notify.mail.templates: there is no folder %s",
                         folder);
    for (size_t i = 0; !code && folder && i < templates.count; i++)
        code = read_one(arena, folder, &templates.at[i], error);
    if (!code)
        *ret_templates = templates;
    return code;
}

const MailTemplate *mail_template_find(const MailTemplates *templates, const char *event)
{
    for (size_t i = 0; event && i < templates->count; i++)
        if (strcmp(templates->at[i].event, event) == 0)
            return &templates->at[i];
    return NULL;
}

/* ---- values ---- */

/* "2026-12-27 10:00 UTC"; `day`: only the day. */
static const char *time_text(Arena *arena, const Value *value, bool day)
{
    const char *text = value_get_text(value);
    int64_t seconds;
    if (!text || !clock_read_utc(text, &seconds))
        return NULL;
    const char *utc = clock_print_utc(arena, seconds);
    return day ? arena_print(arena, "%.10s", utc)
               : arena_print(arena, "%.10s %.5s UTC", utc, utc + 11);
}

/* As it is now: an attempt may come late. */
static int64_t days_left(const Value *data, int64_t now)
{
    const char *text = value_get_text(value_get(data, "deletion_date"));
    int64_t due;
    if (!value_get_int(value_get(data, "days_remaining")) || !text || !clock_read_utc(text, &due))
        return 0;
    return due > now ? (due - now + 86399) / 86400 : 0;
}

void mail_values(Arena *arena, const char *app, const Value *message, int64_t now,
                 MailValues *ret_values)
{
    const Value *data = value_get(message, "data");
    long long days = (long long)days_left(data, now);
    const char *values[] = {
        app,
        value_get_text(value_get(message, "subject")),
        value_get_text(value_get(message, "key")),
        time_text(arena, value_get(data, "requested_at"), false),
        time_text(arena, value_get(data, "deletion_date"), false),
        time_text(arena, value_get(data, "deletion_date"), true),
        arena_print(arena, "%lld day%s", days, days == 1 ? "" : "s"),
        arena_print(arena, "%lld", days),
        value_get_text(value_get(data, "alert")),
        value_get_text(value_get(data, "text")),
    };
    _Static_assert(COUNT(values) + 1 == COUNT(value_names), "each name has a value");
    ret_values->count = COUNT(values);
    for (size_t i = 0; i < COUNT(values); i++)
        ret_values->at[i] = (TemplateValue){value_names[i], values[i]};
}
