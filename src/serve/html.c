/* The one function that escapes, and small things that pages are made of. */
#include "serve/html.h"

void html_escape(Text *text, const char *value)
{
    static const char special[] = "&<>\"'";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    while (value && *value) {
        size_t plain = strcspn(value, special);
        text_add(text, value, plain);
        value += plain;
        if (*value)
            text_put(text, names[strchr(special, *value++) - special]);
    }
}

void html(Text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        text_add(text, format, plain);
        format += plain;
        if (!*format)
            break;
        if (format[1] == 's') {
            html_escape(text, va_arg(list, const char *));
            format += 2;
        } else if (strncmp(format, "%lld", 4) == 0) {
            text_print(text, "%lld", va_arg(list, long long));
            format += 4;
        } else if (strncmp(format, "%zu", 3) == 0) {
            text_print(text, "%zu", va_arg(list, size_t));
            format += 3;
        } else {
            text_char(text, '%');
            format += 2;
        }
    }
    va_end(list);
}

const char *html_get(const Value *object, const char *key)
{
    const char *text = value_get_text(value_get(object, key));
    return text ? text : "";
}

static void put_time(Text *text, const char *iso, const char *none, int clock)
{
    char shown[32];
    if (!iso || strlen(iso) < 19) {
        html(text, "<span class=\"none\">%s</span>", none);
        return;
    }
    snprintf(shown, sizeof shown, "%.10s %.*s UTC", iso, clock, iso + 11);
    html(text, "<time datetime=\"%s\" title=\"%s\">%s</time>", iso, iso, shown);
}

void html_time(Text *text, const char *iso, const char *none)
{
    put_time(text, iso, none, 5);
}

void html_moment(Text *text, const char *iso)
{
    put_time(text, iso, "-", 8);
}

typedef struct ToneLook {
    const char *name, *sign;
} ToneLook;

static const ToneLook looks[TONE_COUNT] = {
    [TONE_PLAIN] = {"plain", "\u25cb"},
    [TONE_GOOD] = {"good", "\u2713"},
    [TONE_WARN] = {"warn", "!"},
    [TONE_BAD] = {"bad", "\u2715"},
};

void html_badge(Text *text, Tone tone, const char *words)
{
    html(text,
         "<span class=\"badge %s\"><span class=\"sign\" aria-hidden=\"true\">%s</span>%s</span>",
         looks[tone].name, looks[tone].sign, words);
}

void html_message(Text *text, Tone tone, const char *title, const char *words)
{
    html(text,
         "<div class=\"message %s\" role=\"%s\"><p><strong><span class=\"sign\" "
         "aria-hidden=\"true\">%s</span>%s</strong></p>",
         looks[tone].name, tone == TONE_BAD ? "alert" : "status", looks[tone].sign, title);
    if (words && *words)
        html(text, "<p>%s</p>", words);
    html(text, "</div>\n");
}

/* ---- forms ---- */

static int hex(char letter)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = letter ? strchr(digits, letter) : NULL;
    int digit = found ? (int)(found - digits) : -1;
    return digit > 15 ? digit - 6 : digit;
}

/* NULL: it holds a NUL, or a % without two digits. */
static const char *decode(Arena *arena, const char *text, size_t length)
{
    char *value = arena_alloc(arena, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '%') {
            value[count++] = text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int high = i + 2 < length ? hex(text[i + 1]) : -1;
        int low = i + 2 < length ? hex(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return NULL;
        value[count] = (char)(high * 16 + low);
        if (!value[count++])
            return NULL;
        i += 2;
    }
    return value;
}

const char *form_get(Arena *arena, const char *form, const char *name)
{
    size_t length = strlen(name);
    while (form && *form) {
        size_t field = strcspn(form, "&");
        if (field > length && form[length] == '=' && strncmp(form, name, length) == 0)
            return decode(arena, form + length + 1, field - length - 1);
        form += field + (form[field] == '&');
    }
    return NULL;
}

void form_escape(Text *text, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; value && *value; value++)
        text_print(text, strchr(plain, *value) ? "%c" : "%%%02X", (unsigned char)*value);
}
