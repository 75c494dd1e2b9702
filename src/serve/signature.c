/* HMAC-SHA256 of id, time and body. */
#include "serve/signature.h"
#include "base/crypto.h"
#include "base/text.h"

enum { KEY_LEAST = 24 }; /* bytes: "Signature scheme" of the specification */

static bool read_key(Arena *arena, const char *word, size_t length, unsigned char **ret_key,
                     size_t *ret_length)
{
    size_t prefix = strlen(SIGNATURE_PREFIX);
    *ret_key = (unsigned char *)arena_copy(arena, word, length);
    *ret_length = length;
    if (length > prefix && strncmp(word, SIGNATURE_PREFIX, prefix) == 0 &&
        !base64_read(arena, word + prefix, length - prefix, ret_key, ret_length))
        return false;
    return *ret_length >= KEY_LEAST;
}

bool signature_make(Arena *arena, const char *secret, const char *id, int64_t seconds,
                    const char *body, const char **ret_signatures)
{
    Text signatures = TEXT_EMPTY;
    const char *content = arena_print(arena, "%s.%lld.%s", id, (long long)seconds, body);
    bool right = true;
    while (right && *(secret += strspn(secret, " "))) {
        unsigned char *key;
        size_t size, length = strcspn(secret, " ");
        right = read_key(arena, secret, length, &key, &size);
        if (right)
            text_print(&signatures, "%sv1,%s", signatures.length ? " " : "",
                       hmac_base64(arena, key, size, content, strlen(content)));
        secret_wipe(key, right ? size : 0);
        secret += length;
    }
    right = right && signatures.length;
    if (right)
        *ret_signatures = arena_string(arena, text_string(&signatures));
    text_done(&signatures);
    return right;
}
