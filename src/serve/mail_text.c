/* Addresses and headers. */
#include "serve/mail_text.h"
#include "base/crypto.h"
#include "base/text.h"
#include "base/utf8.h"

#include <time.h>

enum {
    ADDRESS_LIMIT = 254, /* RFC 5321, 4.5.3.1.3, without the brackets */
    LOCAL_LIMIT = 64,
    WORD_BYTES = 42,  /* an encoded word has at most 75 characters (RFC 2047, 2) */
    LINE_LIMIT = 900, /* 998 without the header's name */
    NAME_LIMIT = 200
};

static bool is_control(unsigned char byte)
{
    return byte < ' ' || byte == 127;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (is_control((unsigned char)*text))
            return true;
    return false;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text > 126)
            return false;
    return true;
}

/* No dot at either end, nor two together. */
static bool has_dots_right(const char *text, size_t length)
{
    if (!length || text[0] == '.' || text[length - 1] == '.')
        return false;
    for (size_t i = 1; i < length; i++)
        if (text[i] == '.' && text[i - 1] == '.')
            return false;
    return true;
}

bool address_is_usable(const char *address)
{
    const char *at = strchr(address, '@');
    size_t length = strlen(address);
    if (!at || strchr(at + 1, '@') || length > ADDRESS_LIMIT || at - address > LOCAL_LIMIT)
        return false;
    if (has_control(address) || strpbrk(address, " \"<>()[]\\,;:") ||
        utf8_check(address, length) != length)
        return false;
    if (at[1] == '-' || strpbrk(at + 1, "'*+/=?^_`{|}~!#$%&"))
        return false;
    return has_dots_right(address, (size_t)(at - address)) &&
           has_dots_right(at + 1, strlen(at + 1));
}

bool mailbox_read(Arena *arena, const char *text, Mailbox *ret_mailbox)
{
    const char *open = strrchr(text, '<'), *name = NULL;
    size_t length = strlen(text);
    const char *address = text;
    if (has_control(text) || utf8_check(text, length) != length)
        return false;
    if (open) {
        const char *end = open;
        if (text[length - 1] != '>')
            return false;
        address = arena_copy(arena, open + 1, length - (size_t)(open + 1 - text) - 1);
        while (end > text && end[-1] == ' ')
            end--;
        if (end - text >= 2 && text[0] == '"' && end[-1] == '"') {
            text++;
            end--;
        }
        name = end > text ? arena_copy(arena, text, (size_t)(end - text)) : NULL;
    }
    if (!address_is_usable(address) || (name && strlen(name) > NAME_LIMIT))
        return false;
    *ret_mailbox = (Mailbox){name, address, strchr(address, '@') + 1};
    return true;
}

/* ---- encoded words ---- */

const char *header_text(Arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (has_control(text))
        return NULL;
    if (utf8_check(text, length) != length || length > LINE_LIMIT)
        return NULL;
    if (is_ascii(text) && !strstr(text, "=?"))
        return arena_string(arena, text);
    Text words = TEXT_EMPTY;
    while (*text) {
        size_t part = strlen(text) < WORD_BYTES ? strlen(text) : WORD_BYTES;
        while (text[part] && ((unsigned char)text[part] & 0xC0) == 0x80)
            part--; /* a character stays whole (RFC 2047, 5) */
        text_print(&words, "%s=?UTF-8?B?%s?=", words.length ? "\r\n " : "",
                   base64_print(arena, text, part));
        text += part;
    }
    return text_keep(&words, arena);
}

const char *mailbox_print(Arena *arena, const Mailbox *mailbox)
{
    if (!mailbox->name)
        return mailbox->address;
    if (!is_ascii(mailbox->name) || strstr(mailbox->name, "=?"))
        return arena_print(arena, "%s <%s>", header_text(arena, mailbox->name), mailbox->address);
    Text text = TEXT_EMPTY;
    text_char(&text, '"');
    for (const char *at = mailbox->name; *at; at++)
        text_print(&text, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
    text_print(&text, "\" <%s>", mailbox->address);
    return text_keep(&text, arena);
}

const char *header_date(Arena *arena, int64_t seconds)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm parts;
    time_t time = (time_t)seconds;
    if (!gmtime_r(&time, &parts))
        return "";
    return arena_print(arena, "%s, %02d %s %d %02d:%02d:%02d +0000", days[parts.tm_wday],
                       parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                       parts.tm_min, parts.tm_sec);
}
