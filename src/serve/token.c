/* Verifying tokens, on OpenSSL. */
#include "serve/token_key.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "base/value.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <strings.h>

enum {
    DIGEST_SIZE = 32,
    COORDINATE_SIZE = 32 /* of P-256: a signature is two of them (RFC 7518, section 3.4) */
};

/* ---- signatures ---- */

static bool sign(const TokenKey *key, const char *text, size_t length,
                 unsigned char ret_digest[DIGEST_SIZE])
{
    size_t made = 0;
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->secret, key->secret_length,
                     (const unsigned char *)text, length, ret_digest, DIGEST_SIZE, &made) &&
           made == DIGEST_SIZE;
}

static bool verify_digest(const TokenKey *key, const char *text, size_t length,
                          const unsigned char *signature, size_t signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right = context &&
                 EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->public_key) == 1 &&
                 EVP_DigestVerify(context, signature, signature_length, (const unsigned char *)text,
                                  length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return right;
}

/* OpenSSL wants the two numbers in DER. */
static bool verify_curve(const TokenKey *key, const char *text, size_t length,
                         const unsigned char *signature)
{
    unsigned char *der = NULL;
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, COORDINATE_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(signature + COORDINATE_SIZE, COORDINATE_SIZE, NULL);
    bool right = false;
    if (numbers && r && s && ECDSA_SIG_set0(numbers, r, s)) {
        r = s = NULL; /* they belong to `numbers` */
        int der_length = i2d_ECDSA_SIG(numbers, &der);
        right = der_length > 0 && verify_digest(key, text, length, der, (size_t)der_length);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(numbers);
    OPENSSL_free(der);
    return right;
}

static bool verify_signature(const TokenKey *key, const char *text, size_t length,
                             const unsigned char *signature, size_t signature_length)
{
    unsigned char digest[DIGEST_SIZE];
    switch (key->algorithm) {
    case HS256:
        return signature_length == DIGEST_SIZE && sign(key, text, length, digest) &&
               CRYPTO_memcmp(digest, signature, DIGEST_SIZE) == 0;
    case RS256:
        return verify_digest(key, text, length, signature, signature_length);
    case ES256:
        return signature_length == 2 * COORDINATE_SIZE &&
               verify_curve(key, text, length, signature);
    }
    return false;
}

/* ---- the parts of a token ---- */

/* A JSON object, without a key that stands twice; NULL for anything else. */
static Value *read_object(Arena *arena, const char *text, size_t length)
{
    unsigned char *bytes;
    size_t count;
    Value *value;
    Error ignored;
    if (!base64url_read(arena, text, length, &bytes, &count) ||
        value_read("token", (const char *)bytes, count, &value, &ignored))
        return NULL;
    if (value_type(value) == VALUE_OBJECT)
        return value;
    value_free(value);
    return NULL;
}

static bool is_type(const Value *value)
{
    const char *text = value ? value_get_text(value) : "JWT";
    return text && (strcasecmp(text, "JWT") == 0 || strcasecmp(text, "at+jwt") == 0);
}

/* What is wrong with the header, or NULL. The names of RFC 7515, section 4.1, that bring a key of
 * the token's own, and what changes how the rest is read, are refused. */
static const char *judge_header(const TokenKey *key, const Value *header)
{
    static const char *const refused[] = {"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"};
    const Value *algorithm = value_get(header, "alg");
    const char *name = algorithm ? value_get_text(algorithm) : NULL;
    if (!name || strcmp(name, token_key_algorithm(key)) != 0)
        return "another algorithm than the key's";
    for (size_t i = 0; i < COUNT(refused); i++)
        if (value_get(header, refused[i]))
            return "a header that is not understood";
    return is_type(value_get(header, "typ")) ? NULL : "another type than JWT";
}

static bool is_audience(const Value *value, const char *wanted)
{
    if (!value)
        return false;
    if (value_type(value) == VALUE_TEXT)
        return strcmp(value_get_text(value), wanted) == 0;
    for (size_t i = 0; i < value_count(value); i++) {
        const char *text = value_get_text(value_at(value, i));
        if (text && strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

/* A time that is there has to be a whole number. */
static bool is_time(const Value *value)
{
    return value && value_type(value) == VALUE_INT && value_get_int(value) >= 0;
}

static bool is_later(const Value *value, int64_t now)
{
    return value && (!is_time(value) || value_get_int(value) > now + TOKEN_SKEW);
}

static const char *judge_claims(const TokenKey *key, const Value *claims, int64_t now)
{
    const Value *expires = value_get(claims, "exp"), *issuer = value_get(claims, "iss");
    const Value *subject = value_get(claims, "sub"), *issued = value_get(claims, "iat");
    const char *from = issuer ? value_get_text(issuer) : NULL;
    const char *who = subject ? value_get_text(subject) : NULL;
    if (!is_time(expires))
        return "no time of its end";
    if (value_get_int(expires) <= now - TOKEN_SKEW)
        return "it has ended";
    if (is_later(value_get(claims, "nbf"), now) || is_later(issued, now))
        return "it has not begun";
    if (key->rules.not_before &&
        (!issued || value_get_int(issued) < key->rules.not_before)) /* is_later: it is a time */
        return "it was issued before serve.auth.not_before";
    if (!from || strcmp(from, key->rules.issuer) != 0)
        return "another issuer";
    if (!is_audience(value_get(claims, "aud"), key->rules.audience))
        return "another audience";
    if (!who || !*who || strlen(who) > TOKEN_SUBJECT_LIMIT)
        return "no subject";
    return NULL;
}

static void take_claims(Arena *arena, const Value *value, TokenClaims *ret_claims)
{
    const Value *role = value_get(value, "role");
    *ret_claims =
        (TokenClaims){.subject = arena_string(arena, value_get_text(value_get(value, "sub"))),
                      .role = role ? arena_string(arena, value_get_text(role)) : NULL,
                      .expires_at = value_get_int(value_get(value, "exp")),
                      .issued_us = value_get_int(value_get(value, "iat_us"))};
}

/* ---- the whole ---- */

/* The two dots; false when there are not just two. */
static bool split(const char *token, size_t length, size_t ret_dots[2])
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        if (token[i] == '.') {
            if (count == 2)
                return false;
            ret_dots[count++] = i;
        }
    return count == 2;
}

/* The key that the header names, of a set; the only one, else. */
static const TokenKey *choose_key(const TokenKey *keys, const Value *header)
{
    const Value *kid = value_get(header, "kid");
    const char *name = kid ? value_get_text(kid) : NULL;
    if (!keys->kid)
        return keys;
    while (keys && name && strcmp(keys->kid, name) != 0)
        keys = keys->next;
    return name ? keys : NULL;
}

static const char *verify_header(const TokenKey *keys, Arena *arena, const char *text,
                                 size_t length, const TokenKey **ret_key)
{
    Value *header = read_object(arena, text, length);
    const char *reason = "its header is no JSON";
    *ret_key = header ? choose_key(keys, header) : NULL;
    if (header)
        reason = *ret_key ? judge_header(*ret_key, header) : "a key that is not known";
    value_free(header);
    return reason;
}

/* Why it is not right, or NULL. Nothing of the claims is read before the signature is right. */
static const char *judge(const TokenKey *keys, Arena *arena, const char *token, size_t length,
                         int64_t now, TokenClaims *ret_claims)
{
    const TokenKey *key;
    size_t dots[2], count;
    unsigned char *signature;
    if (length > TOKEN_LIMIT)
        return "it is too long";
    if (!split(token, length, dots))
        return "it has not three parts";
    const char *reason = verify_header(keys, arena, token, dots[0], &key);
    if (reason)
        return reason;
    if (!base64url_read(arena, token + dots[1] + 1, length - dots[1] - 1, &signature, &count) ||
        !verify_signature(key, token, dots[1], signature, count))
        return "its signature is wrong";
    Value *claims = read_object(arena, token + dots[0] + 1, dots[1] - dots[0] - 1);
    reason = claims ? judge_claims(key, claims, now) : "its claims are no JSON";
    if (!reason)
        take_claims(arena, claims, ret_claims);
    value_free(claims);
    return reason;
}

bool token_verify(const TokenKey *key, Arena *arena, const char *token, size_t length, int64_t now,
                  TokenClaims *ret_claims, const char **ret_reason)
{
    *ret_reason = judge(key, arena, token, length, now, ret_claims);
    return !*ret_reason;
}

/* ---- making one ---- */

static void put_part(Arena *arena, Text *token, const Value *value)
{
    Text json = TEXT_EMPTY;
    value_write(value, false, &json);
    text_put(token, base64url_print(arena, text_string(&json), json.length));
    text_done(&json);
}

char *token_make(const TokenKey *key, Arena *arena, const TokenClaims *claims, int64_t now)
{
    unsigned char digest[DIGEST_SIZE], id[16];
    Text token = TEXT_EMPTY;
    Value *header = value_object(), *body = value_object();
    random_bytes(id, sizeof id);
    value_set_text(header, "alg", "HS256");
    value_set_text(header, "typ", "JWT");
    value_set_text(body, "iss", key->rules.issuer);
    value_set_text(body, "aud", key->rules.audience);
    value_set_text(body, "sub", claims->subject);
    if (claims->role)
        value_set_text(body, "role", claims->role);
    value_set_int(body, "iat", now);
    value_set_int(body, "exp", claims->expires_at);
    if (claims->issued_us)
        value_set_int(body, "iat_us", claims->issued_us);
    value_set_text(body, "jti", base64url_print(arena, id, sizeof id));
    put_part(arena, &token, header);
    text_char(&token, '.');
    put_part(arena, &token, body);
    bool made = key->algorithm == HS256 && !token.failed &&
                sign(key, text_string(&token), token.length, digest);
    text_char(&token, '.');
    if (made)
        text_put(&token, base64url_print(arena, digest, sizeof digest));
    char *copy = made && !token.failed ? arena_string(arena, text_string(&token)) : NULL;
    text_done(&token);
    value_free(header);
    value_free(body);
    return copy;
}
