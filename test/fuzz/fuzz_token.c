/* A first line that is a JWK set, and a token behind it: neither is believed by chance, and a token
 * that is has to be whole. Without a second line the input is a token for a secret. */
#include "serve/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const TokenRules rules = {"app", "rung", 0};
static const char secret[] = "0123456789abcdef0123456789abcdef";

enum { NOW = 1800000000 };

static void check_token(const TokenKey *keys, Arena *arena, const char *token, size_t length)
{
    TokenClaims claims = {0};
    const char *reason = NULL;
    bool right = token_verify(keys, arena, token, length, NOW, &claims, &reason);
    if (right == (reason != NULL))
        abort();
    if (right && (!claims.subject || !*claims.subject || claims.expires_at <= NOW - TOKEN_SKEW ||
                  length > TOKEN_LIMIT))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *line = memchr(text, '\n', size);
    Arena *arena = arena_new();
    TokenKey *keys = NULL;
    Error error;
    if (line) {
        size_t length = (size_t)(line - text);
        Code code = token_keys_read("keys", text, length, &rules, &keys, &error);
        if (code && (keys || !*error.message || (code != RUNG_CONFIG && code != RUNG_FILE)))
            abort();
        text = line + 1;
        size -= length + 1;
    } else if (token_key_secret(secret, sizeof secret - 1, &rules, &keys, &error))
        abort();
    if (keys)
        check_token(keys, arena, text, size);
    token_key_free(keys);
    arena_free(arena);
    return 0;
}
