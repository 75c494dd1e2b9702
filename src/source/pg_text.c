/* Reads PostgreSQL's text output of arrays and access privileges. */
#include "source/pg_text.h"
#include "base/text.h"
#include "base/vec.h"

typedef VEC(const char *) Texts;

/* One element; `at` stands on its first byte and then on the comma or brace behind it. */
static const char *read_element(Arena *arena, const char **at, Text *text)
{
    bool quoted = **at == '"';
    text_clear(text);
    if (quoted)
        ++*at;
    while (**at && (quoted ? **at != '"' : **at != ',' && **at != '}')) {
        if (**at == '\\' && (*at)[1])
            ++*at;
        text_char(text, *(*at)++);
    }
    if (quoted && **at)
        ++*at;
    if (!quoted && strcmp(text_string(text), "NULL") == 0)
        return NULL;
    return arena_string(arena, text_string(text));
}

List pg_read_array(Arena *arena, const char *text)
{
    Texts list = {0};
    Text element = TEXT_EMPTY;
    const char *at = text ? strchr(text, '{') : NULL;
    while (at && at[1] && at[1] != '}') {
        at++;
        const char *value = read_element(arena, &at, &element);
        if (value)
            *vec_add(arena, &list) = value;
        if (*at != ',')
            break;
    }
    text_done(&element);
    return (List){list.at, list.count};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A role's name in an aclitem: quoted when it has other characters than letters, digits and _. */
static const char *read_role(const char **at, Text *text)
{
    text_clear(text);
    if (**at == '"') {
        for (++*at; **at && !(**at == '"' && (*at)[1] != '"'); ++*at) {
            text_char(text, **at);
            if (**at == '"')
                ++*at;
        }
        if (**at)
            ++*at;
    } else
        while (**at && **at != '=' && **at != '/')
            text_char(text, *(*at)++);
    return text_string(text);
}

static void read_item(Arena *arena, const char *item, const char *owner, Texts *list)
{
    Text grantee = TEXT_EMPTY, grantor = TEXT_EMPTY;
    read_role(&item, &grantee);
    const char *privileges = *item == '=' ? item + 1 : item;
    const char *slash = strchr(privileges, '/');
    if (slash) {
        slash++;
        read_role(&slash, &grantor);
    }
    const char *to = grantee.length ? text_string(&grantee) : "PUBLIC";
    if (grantee.length && owner && strcmp(to, owner) == 0)
        to = "";
    bool own = !grantor.length || (owner && strcmp(text_string(&grantor), owner) == 0);
    for (const char *p = privileges; *p && *p != '/'; p++) {
        if (*p == '*')
            continue;
        *vec_add(arena, list) = arena_print(arena, "%s=%c%s%s%s", to, *p, p[1] == '*' ? "*" : "",
                                            own ? "" : "/", own ? "" : text_string(&grantor));
    }
    text_done(&grantee);
    text_done(&grantor);
}

List pg_read_acl(Arena *arena, const char *text, const char *owner)
{
    Texts list = {0};
    List items = pg_read_array(arena, text);
    for (size_t i = 0; i < items.count; i++)
        read_item(arena, items.at[i], owner, &list);
    if (list.count)
        qsort(list.at, list.count, sizeof list.at[0], by_text);
    return (List){list.at, list.count};
}
