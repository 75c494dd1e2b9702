/* Nothing but names: no conditions, no loops, no code. */
#include "serve/template.h"
#include "base/names.h"

typedef struct Place {
    const char *name; /* inside the braces, without blanks */
    size_t length;
    const char *end; /* behind them */
} Place;

/* The braces that begin at `text`; false when nothing closes them on that line. */
static bool read_place(const char *text, Place *ret_place)
{
    const char *close = strstr(text + 2, "}}");
    if (!close || memchr(text, '\n', (size_t)(close - text)))
        return false;
    const char *first = text + 2 + strspn(text + 2, " ");
    const char *last = close;
    while (last > first && last[-1] == ' ')
        last--;
    *ret_place = (Place){first, (size_t)(last - first), close + 2};
    return true;
}

static bool is(const Place *place, const char *name)
{
    return strlen(name) == place->length && memcmp(place->name, name, place->length) == 0;
}

static Code unknown(const char *file, int line, const Place *place, const char *const *names,
                    Error *error)
{
    Text words = TEXT_EMPTY;
    size_t count = 0;
    while (names[count])
        count++;
    names_print(&words, names, count, "and");
    error_at(error, RUNG_CONFIG, file, line, "there is no value \"%.*s\"", (int)place->length,
             place->name);
    error_hint(error, "there are %s", text_string(&words));
    text_done(&words);
    return RUNG_CONFIG;
}

Code template_check(const char *file, const char *text, const char *const *names, Error *error)
{
    int line = 1;
    for (const char *at = text; *at;) {
        Place place;
        if (strncmp(at, "{{", 2) != 0) {
            line += *at++ == '\n';
            continue;
        }
        if (!read_place(at, &place))
            return error_at(error, RUNG_CONFIG, file, line, "nothing closes this {{");
        size_t i = 0;
        while (names[i] && !is(&place, names[i]))
            i++;
        if (!names[i])
            return unknown(file, line, &place, names, error);
        at = place.end;
    }
    return RUNG_OK;
}

static void put_html(Text *into, const char *value)
{
    for (; *value; value++)
        switch (*value) {
        case '&':
            text_put(into, "&amp;");
            break;
        case '<':
            text_put(into, "&lt;");
            break;
        case '>':
            text_put(into, "&gt;");
            break;
        case '"':
            text_put(into, "&quot;");
            break;
        case '\'':
            text_put(into, "&#39;");
            break;
        default:
            text_char(into, *value);
        }
}

void template_fill(const char *text, const TemplateValue *values, size_t count, bool html,
                   Text *into)
{
    while (*text) {
        Place place;
        if (strncmp(text, "{{", 2) != 0 || !read_place(text, &place)) {
            text_char(into, *text++);
            continue;
        }
        for (size_t i = 0; i < count; i++)
            if (is(&place, values[i].name) && values[i].value) {
                if (html)
                    put_html(into, values[i].value);
                else
                    text_put(into, values[i].value);
            }
        text = place.end;
    }
}
