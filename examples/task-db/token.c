/* JSON Web Tokens of one kind: HS256. */
#define _POSIX_C_SOURCE 200809L
#include "token.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <time.h>

enum {
    TOKEN_MAX = 4096,
    KEY_MIN = 32, /* RFC 7518, 3.2: as long as what SHA-256 gives */
};

static const char *key;

bool token_key_set(const char *secret)
{
    key = secret;
    return key && strlen(key) >= KEY_MIN;
}

/* One part of a token as JSON; NULL if it is none. EVP_DecodeBlock wants the other alphabet, and
 * padding. */
static json_t *part_json(const char *text, size_t length)
{
    unsigned char block[TOKEN_MAX + 4], decoded[TOKEN_MAX + 4];
    size_t padded = (length + 3) / 4 * 4;
    if (padded > TOKEN_MAX)
        return NULL;
    for (size_t i = 0; i < length; i++)
        block[i] = (unsigned char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    memset(block + length, '=', padded - length);
    int size = EVP_DecodeBlock(decoded, block, (int)padded);
    if (size < (int)(padded - length))
        return NULL;
    return json_loadb((const char *)decoded, (size_t)size - (padded - length),
                      JSON_REJECT_DUPLICATES, NULL);
}

/* Whether the key's owner signed the first `length` bytes. The signature is compared as text: one
 * mac has one spelling. */
static bool signature_good(const char *token, size_t length, const char *signature)
{
    unsigned char mac[EVP_MAX_MD_SIZE], text[EVP_MAX_MD_SIZE * 2];
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)token, length, mac,
              &size))
        return false;
    int count = EVP_EncodeBlock(text, mac, (int)size) - 1; /* without its one = */
    for (int i = 0; i < count; i++)
        text[i] = (unsigned char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    return strlen(signature) == (size_t)count && CRYPTO_memcmp(signature, text, (size_t)count) == 0;
}

/* The algorithm belongs to the key: a header
 * that names another one is refused, not followed (RFC 8725, 3.1). */
char *token_user(const char *token)
{
    const char *first = strchr(token, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    if (strlen(token) > TOKEN_MAX || !second || strchr(second + 1, '.') ||
        !signature_good(token, (size_t)(second - token), second + 1))
        return NULL;
    json_t *header = part_json(token, (size_t)(first - token));
    json_t *claims = part_json(first + 1, (size_t)(second - first - 1));
    const char *algorithm = json_string_value(json_object_get(header, "alg"));
    const char *subject = json_string_value(json_object_get(claims, "sub"));
    const json_t *expires = json_object_get(claims, "exp");
    const json_t *begins = json_object_get(claims, "nbf");
    double now = (double)time(NULL);
    bool good = algorithm && strcmp(algorithm, "HS256") == 0 && !json_object_get(header, "crit") &&
                subject && *subject && json_is_number(expires) &&
                json_number_value(expires) > now &&
                (!begins || (json_is_number(begins) && json_number_value(begins) <= now));
    char *user = good ? strdup(subject) : NULL;
    json_decref(header);
    json_decref(claims);
    return user;
}
