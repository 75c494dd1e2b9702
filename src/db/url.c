/* The forms of URLs that are accepted. PostgreSQL's are read as libpq reads them (its manual,
 * "Connection URIs"), strictly enough that libpq never has to quote a password in a complaint. */
#include "db/url.h"
#include "base/file.h"
#include "base/text.h"
#include "base/utf8.h"

#include <strings.h>

/* What libpq up to 18 does not show (fe-connect.c, PQconninfoOptions, dispchar "*" and "D"). */
static const char *const secrets[] = {"password", "sslpassword", "oauth_client_secret",
                                      "scram_client_key", "scram_server_key"};

static Code url_wrong(Error *error, const char *what, const char *hint)
{
    error_set(error, RUNG_CONFIG, "not a database URL: %s", what);
    return error_hint(error, "%s", hint);
}

static const char forms[] = "write postgresql://user@host/database, sqlite:path or sqlite::memory:";
static const char escapes[] =
    "in user names and passwords write %40 for @, %2F for /, %3A for :, %3F for ?, %25 for %";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %XX at `text` stands for; -1 if it is none. */
static int escape_read(const char *text)
{
    int high = hex_digit(text[1]);
    int low = high < 0 ? -1 : hex_digit(text[2]);
    return low < 0 ? -1 : high * 16 + low;
}

/* NULL when an escape is bad or stands for a NUL byte. */
static char *url_decode(Arena *arena, const char *text, size_t length)
{
    char *out = arena_alloc(arena, length + 1), *put = out;
    for (size_t i = 0; i < length; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            byte = i + 2 < length ? escape_read(text + i) : -1;
            if (byte <= 0)
                return NULL;
            i += 2;
        }
        *put++ = (char)byte;
    }
    return out;
}

static bool escapes_good(const char *text)
{
    for (; (text = strchr(text, '%')); text++)
        if (escape_read(text) <= 0)
            return false;
    return true;
}

/* Where the user's part ends: at the first @, if no / comes before it; else NULL. */
static const char *user_end(const char *text)
{
    size_t length = strcspn(text, "@/");
    return text[length] == '@' ? text + length : NULL;
}

/* An @ in a parameter makes libpq take all before it for the user, and a password behind it for a
 * part of the host. Nobody means that. */
static bool user_ambiguous(const char *rest, const char *user, const char *query)
{
    return user && memchr(rest, '?', (size_t)(user - rest)) &&
           memchr(user, '=', (size_t)(query - user));
}

/* Behind [ADDRESS] at `text`, where only a port, a comma or the end may follow; else NULL. */
static const char *address_end(const char *text, const char *end)
{
    const char *bracket = memchr(text, ']', (size_t)(end - text));
    if (!bracket || bracket == text + 1)
        return NULL;
    return bracket + 1 == end || strchr(":,", bracket[1]) ? bracket + 1 : NULL;
}

/* HOST[:PORT][,…] up to `end`; a port is digits, or something else was meant. */
static bool ports_good(const char *text, const char *end)
{
    while (text < end) {
        if (*text == '[')
            text = address_end(text, end);
        if (!text)
            return false;
        while (text < end && *text != ':' && *text != ',')
            text++;
        if (text < end && *text == ':')
            for (text++; text < end && *text != ','; text++)
                if (*text < '0' || *text > '9')
                    return false;
        text++;
    }
    return true;
}

static bool is_secret(Arena *arena, const char *name, size_t length)
{
    const char *decoded = url_decode(arena, name, length);
    for (size_t i = 0; i < COUNT(secrets); i++)
        if (decoded && strcasecmp(decoded, secrets[i]) == 0)
            return true;
    return false;
}

/* Copies NAME=VALUE&… to `shown`, secret values as ***. False if a parameter has no value. */
static bool parameters_show(Arena *arena, const char *text, Text *shown)
{
    while (*text) {
        size_t length = strcspn(text, "&");
        const char *equals = memchr(text, '=', length);
        if (!equals || memchr(equals + 1, '=', length - (size_t)(equals + 1 - text)))
            return false;
        size_t name = (size_t)(equals - text);
        if (is_secret(arena, text, name)) {
            text_add(shown, text, name + 1);
            text_put(shown, "***");
        } else
            text_add(shown, text, length);
        text += length;
        if (*text == '&')
            text_char(shown, *text++);
    }
    return true;
}

/* `rest` stands behind the scheme's "//". */
static Code postgresql_read(Arena *arena, const char *rest, DbUrl *ret_url, Error *error)
{
    Text shown = TEXT_EMPTY;
    Code code = RUNG_OK;
    const char *user = user_end(rest);
    const char *host = user ? user + 1 : rest;
    const char *query = host + strcspn(host, "?");
    const char *host_end = host + strcspn(host, "/?");
    if (!escapes_good(rest)) {
        code = url_wrong(error, "a % is not followed by two hexadecimal digits", escapes);
        goto done;
    }
    if (memchr(host, '@', (size_t)(query - host)) || user_ambiguous(rest, user, query)) {
        code = url_wrong(error, "it holds an @ where none is expected", escapes);
        goto done;
    }
    if (!ports_good(host, host_end)) {
        code = url_wrong(error, "the port is not a number, or an [address] is not closed", escapes);
        goto done;
    }
    text_put(&shown, "postgresql://");
    if (user) {
        size_t name = strcspn(rest, ":@");
        text_add(&shown, rest, name);
        text_put(&shown, rest[name] == ':' && rest + name + 1 < user ? ":***@" : "@");
    }
    text_add(&shown, host, (size_t)(query - host));
    if (*query)
        text_char(&shown, '?');
    if (*query && !parameters_show(arena, query + 1, &shown)) {
        code = url_wrong(error, "a parameter behind the ? is not NAME=VALUE", escapes);
        goto done;
    }
    ret_url->engine = ENGINE_POSTGRESQL;
    ret_url->conninfo = arena_print(arena, "postgresql://%s", rest);
    ret_url->shown = arena_string(arena, text_string(&shown));
done:
    text_done(&shown);
    return code;
}

static void sqlite_set(Arena *arena, const char *path, const char *folder, DbUrl *ret_url)
{
    bool memory = !*path || strcmp(path, ":memory:") == 0;
    ret_url->engine = ENGINE_SQLITE;
    if (memory)
        ret_url->path = ":memory:";
    else if (strncmp(path, "file:", 5) == 0)
        ret_url->path = arena_string(arena, path);
    else
        ret_url->path = path_join(arena, folder ? folder : "", path);
    ret_url->shown = arena_print(arena, "sqlite:%s", ret_url->path);
}

/* `rest` stands behind the scheme's colon. Behind "//" it is a URL proper, with escapes and
 * without a host; else a path as it is. */
static Code sqlite_read(Arena *arena, const char *rest, const char *folder, DbUrl *ret_url,
                        Error *error)
{
    static const char slashes[] =
        "sqlite:///path is relative, sqlite:////path absolute, sqlite:path is short for both";
    if (strncmp(rest, "//", 2) != 0) {
        if (!*rest)
            return url_wrong(error, "the path is empty", forms);
        sqlite_set(arena, rest, folder, ret_url);
        return RUNG_OK;
    }
    rest += 2;
    if (*rest && *rest != '/')
        return url_wrong(error, "a SQLite URL has no host", slashes);
    if (strchr(rest, '?'))
        return url_wrong(error, "a SQLite URL has no parameters here", slashes);
    const char *path = *rest ? url_decode(arena, rest + 1, strlen(rest + 1)) : rest;
    if (!path)
        return url_wrong(error, "a % is not followed by two hexadecimal digits",
                         "write %25 for %, or sqlite:path, which has no escapes");
    sqlite_set(arena, path, folder, ret_url);
    return RUNG_OK;
}

static bool text_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return false;
    return utf8_check(text, strlen(text)) == strlen(text);
}

/* The length of SCHEME in "SCHEME:" or "SCHEME+driver:", and where the rest begins; 0 if there is
 * no scheme. */
static size_t scheme_read(const char *text, const char **ret_rest)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t length = strspn(text, letters);
    const char *rest = text + length;
    if (*rest == '+')
        rest += 1 + strspn(rest + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (*rest != ':')
        return 0;
    *ret_rest = rest + 1;
    return length;
}

Code db_url_read(Arena *arena, const char *text, const char *folder, DbUrl *ret_url, Error *error)
{
    DbUrl url = {0};
    Engine engine = ENGINE_COUNT;
    const char *rest = NULL;
    if (!*text)
        return url_wrong(error, "it is empty", forms);
    if (!text_plain(text))
        return url_wrong(error, "it holds a control character or is not UTF-8", forms);
    size_t length = scheme_read(text, &rest);
    if (!length)
        return url_wrong(error, "it does not begin with postgresql:// or sqlite:", forms);
    if (!engine_read(text, length, &engine)) {
        if (strncmp(rest, "//", 2) != 0)
            return url_wrong(error, "it does not begin with postgresql:// or sqlite:", forms);
        error_set(error, RUNG_CONFIG, "rung has no driver for %.*s",
                  (int)(length < 40 ? length : 40), text);
        return error_hint(error, "%s", forms);
    }
    if (engine == ENGINE_POSTGRESQL && strncmp(rest, "//", 2) != 0)
        return url_wrong(error, "// is missing behind postgresql:", forms);
    Code code = engine == ENGINE_POSTGRESQL ? postgresql_read(arena, rest + 2, &url, error)
                                            : sqlite_read(arena, rest, folder, &url, error);
    if (!code)
        *ret_url = url;
    return code;
}
