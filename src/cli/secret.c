/* Where passwords stand in URLs and in key=value connection strings. */
#include "cli/secret.h"

#include <strings.h>

static void cover(char *from, const char *end)
{
    if (end > from)
        memset(from, '*', (size_t)(end - from));
}

/* From the first colon behind "://" to the last '@': a raw '@' or '/' in a password is a mistake
 * that drivers refuse, and a secret all the same. */
static void cover_url(char *text)
{
    for (char *start = strstr(text, "://"); start; start = strstr(start + 3, "://")) {
        char *colon = strchr(start + 3, ':');
        char *at = strrchr(start + 3, '@');
        if (colon && at && colon < at)
            cover(colon + 1, at);
    }
}

static const char *quoted_end(const char *text)
{
    for (; *text && *text != '\''; text++)
        if (*text == '\\' && text[1])
            text++;
    return text;
}

static const char *plain_end(const char *text, bool in_url)
{
    for (; *text && *text != '&' && (in_url || !strchr(" \t\r\n", *text)); text++)
        if (*text == '\\' && text[1])
            text++;
    return text;
}

static char *skip_blanks(char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* libpq manual, "Connection Strings": key = value, 'quoted value', ?key=value& in a URL. */
static void cover_pairs(char *text)
{
    bool in_url = strstr(text, "://");
    for (char *key = strcasestr(text, "password"); key; key = strcasestr(key, "password")) {
        key += strlen("password");
        char *value = skip_blanks(key);
        if (*value != '=')
            continue;
        value = skip_blanks(value + 1);
        const char *end = *value == '\'' ? quoted_end(++value) : plain_end(value, in_url);
        cover(value, end);
        key = value + (end - value);
    }
}

void secret_cover(char *text)
{
    cover_url(text);
    cover_pairs(text);
}

const char *secret_covered(Arena *arena, const char *text)
{
    char *copy = arena_string(arena, text);
    secret_cover(copy);
    return copy;
}

char **secret_take(Arena *arena, int count, char **own)
{
    char **words = arena_alloc_array(arena, (size_t)count + 1, sizeof *words);
    for (int i = 0; i < count; i++) {
        words[i] = arena_string(arena, own[i]);
        secret_cover(own[i]);
    }
    return words;
}
