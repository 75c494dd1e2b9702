/* Bytes as a database URL, and around a password: nothing that is shown may hold it. What libpq
 * makes of a URL decides what its password is. */
#include "db/url.h"

#include <libpq-fe.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char secret[] = "Kq7zR0wX";

static bool is_secret(const PQconninfoOption *option)
{
    return option->dispchar[0] == '*' || strcmp(option->keyword, "password") == 0;
}

/* What is shown is a URL of the same connection, but for the secrets. */
static void compare_options(const PQconninfoOption *whole, const PQconninfoOption *shown)
{
    for (; whole->keyword; whole++, shown++) {
        const char *expected = whole->val;
        if (expected && *expected && is_secret(whole))
            expected = "***";
        if (!expected && !shown->val)
            continue;
        if (!expected || !shown->val || strcmp(expected, shown->val) != 0)
            if (!is_secret(whole) || strcmp(shown->val ? shown->val : "***", "***") != 0)
                abort();
    }
}

/* An @ among the parameters is taken for the end of a user name once no / of a password comes
 * before it: then the URL that is shown reads differently. */
static bool reads_alike(const char *shown)
{
    const char *parameters = strchr(shown, '?');
    return !parameters || !strchr(parameters, '@');
}

static void touch_postgresql(const DbUrl *url)
{
    char *wrong = NULL, *wrong_shown = NULL;
    if (!url->conninfo || !url->shown || url->path)
        abort();
    PQconninfoOption *whole = PQconninfoParse(url->conninfo, &wrong);
    PQconninfoOption *shown = PQconninfoParse(url->shown, &wrong_shown);
    if (!whole && (!wrong || strstr(wrong, secret)))
        abort();
    if (reads_alike(url->shown)) {
        if (!whole != !shown)
            abort();
        if (whole)
            compare_options(whole, shown);
    }
    PQconninfoFree(whole);
    PQconninfoFree(shown);
    PQfreemem(wrong);
    PQfreemem(wrong_shown);
}

static void touch_error(Code code, const Error *error)
{
    if (code != RUNG_CONFIG || error->code != code || !error->message[0] || !error->hint[0])
        abort();
    if (strstr(error->message, secret) || strstr(error->detail, secret) ||
        strstr(error->hint, secret))
        abort();
}

static void touch_url(Arena *arena, const char *text, bool holds_secret)
{
    Error error;
    DbUrl url = {.shown = NULL};
    Code code = db_url_read(arena, text, "folder", &url, &error);
    if (code) {
        touch_error(code, &error);
        if (url.shown)
            abort();
    } else if (url.engine == ENGINE_POSTGRESQL)
        touch_postgresql(&url);
    else if (!url.path || !url.shown || url.conninfo)
        abort();
    if (!code && holds_secret && strstr(url.shown, secret))
        abort();
}

/* The text before the first line end and the text behind it, around a password. */
static void touch_secret(Arena *arena, const char *text)
{
    size_t length = strcspn(text, "\n");
    const char *before = arena_copy(arena, text, length);
    const char *behind = text[length] ? text + length + 1 : "";
    static const char *const parameters[] = {"password", "sslpassword", "%70assword", "PASSWORD"};
    /* behind USER@HOST? and HOST/DATABASE? stand parameters, not names */
    if (!strpbrk(before, "/@") || !strchr(before, '?'))
        touch_url(arena, arena_print(arena, "postgresql://%s:%s@%s", before, secret, behind), true);
    for (size_t i = 0; i < COUNT(parameters); i++)
        touch_url(
            arena,
            arena_print(arena, "postgresql://%s?%s&%s=%s", before, behind, parameters[i], secret),
            true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    const char *text = arena_copy(arena, (const char *)data, size);
    if (!strstr(text, secret)) { /* libFuzzer finds out */
        touch_url(arena, text, false);
        touch_secret(arena, text);
    }
    arena_free(arena);
    return 0;
}
