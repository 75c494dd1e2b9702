/* Sets of keys, as RFC 7517 and RFC 7518, section 6, write them. */
#include "serve/token_key.h"
#include "base/crypto.h"
#include "base/value.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

enum { KEYS_LIMIT = 100, KID_LIMIT = 255, NUMBER_LIMIT = 4096, COORDINATE_SIZE = 32 };

/* One key of the document, while it is read. */
typedef struct Jwk {
    Arena *arena;
    const char *name; /* of the document */
    size_t place;     /* from 1 */
    const Value *value;
    const char *kid;
    Error *error;
} Jwk;

static Code wrong(const Jwk *jwk, const char *what)
{
    ERR_clear_error();
    error_at(jwk->error, RUNG_CONFIG, jwk->name, 0, "%s: key %zu%s%s%s %s", jwk->name, jwk->place,
             jwk->kid ? " (" : "", jwk->kid ? jwk->kid : "", jwk->kid ? ")" : "", what);
    return error_hint(jwk->error, "a JWK has kty and kid; RSA with n and e of 2048 or more bits, "
                                  "EC on P-256 with x and y, or oct with k of 32 or more bytes");
}

static const char *text_of(const Jwk *jwk, const char *member)
{
    const Value *value = value_get(jwk->value, member);
    return value ? value_get_text(value) : NULL;
}

/* A member of bytes in base64url. */
static bool read_bytes(const Jwk *jwk, const char *member, unsigned char **ret_bytes,
                       size_t *ret_length)
{
    const char *text = text_of(jwk, member);
    return text && *text && base64url_read(jwk->arena, text, strlen(text), ret_bytes, ret_length) &&
           *ret_length <= NUMBER_LIMIT;
}

/* ---- kinds ---- */

static EVP_PKEY *make_key(const char *kind, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    EVP_PKEY_CTX *check = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    if (key && (!check || EVP_PKEY_public_check(check) != 1)) { /* a point off the curve */
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(check);
    ERR_clear_error();
    return key;
}

static EVP_PKEY *read_rsa(const Jwk *jwk)
{
    unsigned char *modulus, *exponent;
    size_t modulus_length, exponent_length;
    if (!read_bytes(jwk, "n", &modulus, &modulus_length) ||
        !read_bytes(jwk, "e", &exponent, &exponent_length))
        return NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_length, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_length, NULL);
    EVP_PKEY *key = NULL;
    if (build && n && e && BN_is_odd(e) && BN_is_odd(n) && BN_num_bits(e) > 1 &&
        BN_num_bits(e) <= 64 && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
        key = make_key("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *read_curve(const Jwk *jwk)
{
    const char *curve = text_of(jwk, "crv");
    unsigned char *x, *y, point[1 + 2 * COORDINATE_SIZE] = {4}; /* both coordinates as they are */
    size_t x_length, y_length;
    if (!curve || strcmp(curve, "P-256") != 0 || !read_bytes(jwk, "x", &x, &x_length) ||
        !read_bytes(jwk, "y", &y, &y_length) || x_length != COORDINATE_SIZE ||
        y_length != COORDINATE_SIZE)
        return NULL;
    memcpy(point + 1, x, COORDINATE_SIZE);
    memcpy(point + 1 + COORDINATE_SIZE, y, COORDINATE_SIZE);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (build &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
        key = make_key("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static Code read_public(const Jwk *jwk, EVP_PKEY *public_key, const TokenRules *rules,
                        TokenKey **ret_key)
{
    Algorithm algorithm;
    if (value_get(jwk->value, "d")) {
        EVP_PKEY_free(public_key);
        return wrong(jwk, "is private: it does not belong here");
    }
    if (!public_key || !token_key_choose(public_key, &algorithm)) {
        EVP_PKEY_free(public_key);
        return wrong(jwk, "is none that is believed");
    }
    *ret_key = token_key_new(algorithm, rules);
    (*ret_key)->public_key = public_key;
    return RUNG_OK;
}

static Code read_secret(const Jwk *jwk, const TokenRules *rules, TokenKey **ret_key)
{
    unsigned char *bytes;
    size_t length;
    Error why;
    if (!read_bytes(jwk, "k", &bytes, &length))
        return wrong(jwk, "has no k in base64url");
    Code code = token_key_secret((const char *)bytes, length, rules, ret_key, &why);
    secret_wipe(bytes, length);
    return code ? wrong(jwk, "is too short a secret, or a key that others may know") : RUNG_OK;
}

/* ---- one, and all ---- */

/* For signatures that are verified: `use` and `key_ops` of RFC 7517 may say something else. */
static bool is_for_signatures(const Jwk *jwk)
{
    const Value *uses = value_get(jwk->value, "key_ops");
    const char *use = text_of(jwk, "use");
    bool verify = !uses;
    for (size_t i = 0; i < value_count(uses); i++) {
        const char *text = value_get_text(value_at(uses, i));
        verify = verify || (text && strcmp(text, "verify") == 0);
    }
    return verify && (!use || strcmp(use, "sig") == 0);
}

static Code read_kind(const Jwk *jwk, const TokenRules *rules, TokenKey **ret_key)
{
    const char *kind = text_of(jwk, "kty");
    if (kind && strcmp(kind, "RSA") == 0)
        return read_public(jwk, read_rsa(jwk), rules, ret_key);
    if (kind && strcmp(kind, "EC") == 0)
        return read_public(jwk, read_curve(jwk), rules, ret_key);
    if (kind && strcmp(kind, "oct") == 0)
        return read_secret(jwk, rules, ret_key);
    return wrong(jwk, "has no kty of RSA, EC or oct");
}

static Code read_key(Jwk *jwk, const TokenRules *rules, const TokenKey *others, TokenKey **ret_key)
{
    TokenKey *key = NULL;
    const Value *algorithm = value_get(jwk->value, "alg");
    const char *kid = text_of(jwk, "kid");
    if (!kid || !*kid || strlen(kid) > KID_LIMIT)
        return wrong(jwk, "has no kid");
    jwk->kid = kid;
    for (; others; others = others->next)
        if (strcmp(others->kid, kid) == 0)
            return wrong(jwk, "has the kid of another one");
    Code code = read_kind(jwk, rules, &key);
    if (code)
        return code;
    const char *name = algorithm ? value_get_text(algorithm) : token_key_algorithm(key);
    if (!name || strcmp(name, token_key_algorithm(key)) != 0) {
        token_key_free(key);
        return wrong(jwk, "is for another algorithm than RS256, ES256 or HS256");
    }
    key->kid = strdup(kid);
    if (!key->kid)
        arena_exhausted();
    *ret_key = key;
    return RUNG_OK;
}

static Code read_keys(Arena *arena, const char *name, const Value *list, const TokenRules *rules,
                      TokenKey **ret_keys, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < value_count(list); i++) {
        TokenKey *key = NULL;
        Jwk jwk = {arena, name, i + 1, value_at(list, i), NULL, error};
        if (value_type(jwk.value) != VALUE_OBJECT)
            code = wrong(&jwk, "is no object");
        else if (is_for_signatures(&jwk))
            code = read_key(&jwk, rules, *ret_keys, &key);
        if (key) {
            key->next = *ret_keys;
            *ret_keys = key;
        }
    }
    return code;
}

Code token_keys_read(const char *name, const char *json, size_t length, const TokenRules *rules,
                     TokenKey **ret_keys, Error *error)
{
    Value *value;
    TokenKey *keys = NULL;
    Code code = value_read(name, json, length, &value, error);
    if (code)
        return code;
    Arena *arena = arena_new();
    const Value *list = value_type(value) == VALUE_OBJECT ? value_get(value, "keys") : NULL;
    size_t count = value_count(list);
    if (!count || count > KEYS_LIMIT)
        code = error_at(error, RUNG_CONFIG, name, 0, "%s has no list keys of 1 to %d keys", name,
                        KEYS_LIMIT);
    else
        code = read_keys(arena, name, list, rules, &keys, error);
    if (!code && !keys)
        code = error_at(error, RUNG_CONFIG, name, 0, "%s has no key for signatures", name);
    arena_free(arena);
    value_free(value);
    if (code)
        token_key_free(keys);
    else
        *ret_keys = keys;
    return code;
}
