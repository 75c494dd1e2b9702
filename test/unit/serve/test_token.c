/* Tokens: what is believed, and a corpus of attacks. Keys and signatures are made by OpenSSL here,
 * not by the code that is tested. */
#include "serve/token.h"
#include "base/crypto.h"

#include "check.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW    1800000000
#define CLAIMS                                                                                     \
    "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"iat\":1799999990}"

static const TokenRules rules = {"app", "rung", 0};
static EVP_PKEY *rsa, *other_rsa, *p256, *p384;

/* ---- making tokens ---- */

static char *join(Arena *arena, const char *header, const char *claims)
{
    return arena_print(arena, "%s.%s", base64url_print(arena, header, strlen(header)),
                       base64url_print(arena, claims, strlen(claims)));
}

static char *with_signature(Arena *arena, const char *text, const void *signature, size_t length)
{
    return arena_print(arena, "%s.%s", text, base64url_print(arena, signature, length));
}

static char *hs256(Arena *arena, const char *secret, const char *header, const char *claims)
{
    unsigned char digest[32];
    size_t length = 0;
    char *text = join(arena, header, claims);
    assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, secret, strlen(secret),
                              (unsigned char *)text, strlen(text), digest, sizeof digest, &length));
    return with_signature(arena, text, digest, length);
}

static size_t sign(EVP_PKEY *key, const char *text, unsigned char *ret_bytes, size_t room)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, ret_bytes, &room, (const unsigned char *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    return room;
}

static char *signed_rsa(Arena *arena, EVP_PKEY *key, const char *header, const char *claims)
{
    unsigned char bytes[1024];
    char *text = join(arena, header, claims);
    return with_signature(arena, text, bytes, sign(key, text, bytes, sizeof bytes));
}

static char *signed_curve(Arena *arena, EVP_PKEY *key, int size, const char *header, bool raw)
{
    unsigned char der[256], bytes[256];
    char *text = join(arena, header, CLAIMS);
    size_t length = sign(key, text, der, sizeof der);
    const unsigned char *at = der;
    if (!raw)
        return with_signature(arena, text, der, length);
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)length);
    assert_non_null(numbers);
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), bytes, size);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), bytes + size, size);
    ECDSA_SIG_free(numbers);
    return with_signature(arena, text, bytes, 2 * (size_t)size);
}

static char *pem_of(Arena *arena, EVP_PKEY *key)
{
    char *data;
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
    long length = BIO_get_mem_data(bio, &data);
    char *copy = arena_copy(arena, data, (size_t)length);
    BIO_free(bio);
    return copy;
}

/* ---- asking ---- */

static TokenKey *secret_key(void)
{
    TokenKey *key = NULL;
    Error error;
    assert_int_equal(token_key_secret(SECRET, strlen(SECRET), &rules, &key, &error), RUNG_OK);
    return key;
}

static TokenKey *public_key(Arena *arena, EVP_PKEY *from)
{
    TokenKey *key = NULL;
    Error error;
    char *pem = pem_of(arena, from);
    assert_int_equal(token_key_public("k.pem", pem, strlen(pem), &rules, &key, &error), RUNG_OK);
    return key;
}

static bool is_right(const TokenKey *key, Arena *arena, const char *token)
{
    TokenClaims claims;
    const char *reason;
    bool right = token_verify(key, arena, token, strlen(token), NOW, &claims, &reason);
    assert_true(right == !reason);
    return right;
}

static void check_right(const TokenKey *key, Arena *arena, const char *token)
{
    TokenClaims claims;
    const char *reason = "";
    if (!token_verify(key, arena, token, strlen(token), NOW, &claims, &reason))
        fail_msg("%s: %s", token, reason);
    assert_string_equal(claims.subject, "42");
}

/* ---- tests ---- */

static void right_tokens_are_believed(void **state)
{
    TokenKey *keys[] = {secret_key(), public_key(*state, rsa), public_key(*state, p256)};
    assert_string_equal(token_key_algorithm(keys[0]), "HS256");
    assert_string_equal(token_key_algorithm(keys[1]), "RS256");
    assert_string_equal(token_key_algorithm(keys[2]), "ES256");
    check_right(keys[0], *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", CLAIMS));
    check_right(
        keys[0], *state,
        hs256(*state, SECRET, "{\"typ\":\"at+jwt\",\"alg\":\"HS256\",\"kid\":\"../x\"}", CLAIMS));
    check_right(keys[1], *state, signed_rsa(*state, rsa, "{\"alg\":\"RS256\"}", CLAIMS));
    for (int i = 0; i < 50; i++) /* numbers that begin with zeros too */
        check_right(keys[2], *state, signed_curve(*state, p256, 32, "{\"alg\":\"ES256\"}", true));
    for (size_t i = 0; i < COUNT(keys); i++)
        token_key_free(keys[i]);
}

static void own_tokens_are_right(void **state)
{
    TokenKey *key = secret_key();
    TokenClaims claims = {.subject = "ädmin", .role = "admin", .expires_at = NOW + 900}, read;
    const char *reason;
    char *token = token_make(key, *state, &claims, NOW);
    assert_true(token_verify(key, *state, token, strlen(token), NOW, &read, &reason));
    assert_string_equal(read.subject, "ädmin");
    assert_string_equal(read.role, "admin");
    assert_int_equal(read.expires_at, NOW + 900);
    assert_false(token_verify(key, *state, token, strlen(token), NOW + 960, &read, &reason));
    assert_true(token_verify(key, *state, token, strlen(token), NOW + 959, &read, &reason));
    token_key_free(key);
}

static void headers_of_attacks_are_refused(void **state)
{
    static const char *const headers[] = {
        "{}",
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"hs256\"}",
        "{\"alg\":\"HS384\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":null}",
        "{\"alg\":[\"HS256\"]}",
        "{\"alg\":\"HS256\\u0000\"}",
        "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"jku\":\"https://evil.example/keys\"}",
        "{\"alg\":\"HS256\",\"x5u\":\"https://evil.example/x\"}",
        "{\"alg\":\"HS256\",\"x5c\":[\"MIIB\"]}",
        "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"MDEy\"}}",
        "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWE\"}",
        "{\"alg\":\"HS256\",\"typ\":7}",
        "[\"HS256\"]",
        "\"HS256\"",
        "{\"alg\":\"HS256\"} x",
        "",
    };
    TokenKey *key = secret_key();
    for (size_t i = 0; i < COUNT(headers); i++)
        if (is_right(key, *state, hs256(*state, SECRET, headers[i], CLAIMS)))
            fail_msg("%s was believed", headers[i]);
    token_key_free(key);
}

static void claims_that_are_not_right_are_refused(void **state)
{
    static const char *const claims[] = {
        "{}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\"}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1799999940}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":\"1800000600\"}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1e300}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":99999999999999999999}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":-1}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":true}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"nbf\":1800000061}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"iat\":1800000061}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"nbf\":\"1\"}",
        "{\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"App\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":[\"app\"],\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung-admin\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":[\"other\",7,null],\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":{\"rung\":1},\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":42,\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"41\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"4\\u00002\",\"exp\":1800000600}",
        "[]",
        "no JSON",
    };
    TokenKey *key = secret_key();
    for (size_t i = 0; i < COUNT(claims); i++)
        if (is_right(key, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", claims[i])))
            fail_msg("%s was believed", claims[i]);
    check_right(key, *state,
                hs256(*state, SECRET, "{\"alg\":\"HS256\"}",
                      "{\"iss\":\"app\",\"aud\":[\"x\",\"rung\"],\"sub\":\"42\",\"exp\":1799999941,"
                      "\"nbf\":1800000060}"));
    token_key_free(key);
}

/* The public key, which everybody has, as the secret of HS256. */
static void keys_are_not_confused(void **state)
{
    TokenKey *of_rsa = public_key(*state, rsa), *of_curve = public_key(*state, p256), *key = NULL;
    char *pem = pem_of(*state, rsa);
    Error error;
    assert_false(is_right(of_rsa, *state, hs256(*state, pem, "{\"alg\":\"HS256\"}", CLAIMS)));
    assert_false(is_right(of_rsa, *state, hs256(*state, pem, "{\"alg\":\"RS256\"}", CLAIMS)));
    assert_false(is_right(of_curve, *state,
                          hs256(*state, pem_of(*state, p256), "{\"alg\":\"HS256\"}", CLAIMS)));
    assert_int_equal(token_key_secret(pem, strlen(pem), &rules, &key, &error), RUNG_CONFIG);
    assert_false(
        is_right(of_rsa, *state, signed_rsa(*state, other_rsa, "{\"alg\":\"RS256\"}", CLAIMS)));
    assert_false(
        is_right(of_curve, *state, signed_rsa(*state, rsa, "{\"alg\":\"ES256\"}", CLAIMS)));
    assert_false(is_right(of_rsa, *state, signed_rsa(*state, rsa, "{\"alg\":\"PS256\"}", CLAIMS)));
    token_key_free(of_rsa);
    token_key_free(of_curve);
}

static void curves_and_their_signatures_are_checked(void **state)
{
    TokenKey *key = public_key(*state, p256), *none = NULL;
    unsigned char zeros[64] = {0};
    Error error;
    char *pem = pem_of(*state, p384);
    assert_int_equal(token_key_public("k.pem", pem, strlen(pem), &rules, &none, &error),
                     RUNG_CONFIG);
    assert_false(
        is_right(key, *state, signed_curve(*state, p384, 48, "{\"alg\":\"ES256\"}", true)));
    assert_false(
        is_right(key, *state, signed_curve(*state, p256, 32, "{\"alg\":\"ES256\"}", false)));
    assert_false(is_right(
        key, *state,
        with_signature(*state, join(*state, "{\"alg\":\"ES256\"}", CLAIMS), zeros, sizeof zeros)));
    memset(zeros, 0xff, sizeof zeros);
    assert_false(is_right(
        key, *state,
        with_signature(*state, join(*state, "{\"alg\":\"ES256\"}", CLAIMS), zeros, sizeof zeros)));
    token_key_free(key);
}

static void every_changed_byte_is_seen(void **state)
{
    TokenKey *key = secret_key();
    char *token = hs256(*state, SECRET, "{\"alg\":\"HS256\"}", CLAIMS);
    size_t length = strlen(token);
    check_right(key, *state, token);
    for (size_t i = 0; i < length; i++) {
        char *copy = arena_string(*state, token);
        for (const char *byte = "AB.=+/ \n_"; *byte; byte++) {
            copy[i] = *byte;
            if (*byte != token[i] && is_right(key, *state, copy))
                fail_msg("byte %zu as %c was believed", i, *byte);
        }
        copy[i] = '\0';
        assert_false(is_right(key, *state, copy));
    }
    token_key_free(key);
}

static void shapes_that_are_no_tokens_are_refused(void **state)
{
    TokenKey *key = secret_key();
    char *token = hs256(*state, SECRET, "{\"alg\":\"HS256\"}", CLAIMS);
    const char *const shapes[] = {
        "",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c",
        arena_print(*state, "%s.", token),
        arena_print(*state, ".%s", token),
        arena_print(*state, "%s=", token),
        arena_print(*state, " %s", token),
        arena_print(*state, "%s ", token),
        arena_print(*state, "%s.", join(*state, "{\"alg\":\"none\"}", CLAIMS))};
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (is_right(key, *state, shapes[i]))
            fail_msg("%s was believed", shapes[i]);
    char *large = arena_print(*state,
                              "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":"
                              "1800000600,\"x\":\"%08000d\"}",
                              7);
    assert_false(is_right(key, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", large)));
    large = arena_print(*state,
                        "{\"iss\":\"app\",\"aud\":\"rung\",\"exp\":1800000600,"
                        "\"sub\":\"%0256d\"}",
                        7);
    assert_false(is_right(key, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", large)));
    token_key_free(key);
}

static void keys_that_are_weak_or_private_are_refused(void **state)
{
    TokenKey *key = NULL;
    Error error;
    char *pem = pem_of(*state, rsa), *data;
    EVP_PKEY *small = EVP_RSA_gen(1024);
    char *small_pem = pem_of(*state, small);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, rsa, NULL, NULL, 0, NULL, NULL);
    long private_length = BIO_get_mem_data(bio, &data);
    char *private_pem = arena_copy(*state, data, (size_t)private_length);
    assert_int_equal(token_key_secret(SECRET, 31, &rules, &key, &error), RUNG_CONFIG);
    assert_int_equal(token_key_public("k", small_pem, strlen(small_pem), &rules, &key, &error),
                     RUNG_CONFIG);
    assert_int_equal(token_key_public("k", private_pem, strlen(private_pem), &rules, &key, &error),
                     RUNG_CONFIG);
    assert_int_equal(token_key_public("k", "", 0, &rules, &key, &error), RUNG_CONFIG);
    assert_int_equal(token_key_public("k", pem, strlen(pem) / 2, &rules, &key, &error),
                     RUNG_CONFIG);
    assert_null(key);
    BIO_free(bio);
    EVP_PKEY_free(small);
}

/* ---- sets of keys ---- */

static char *number_of(Arena *arena, EVP_PKEY *key, const char *name)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
    int length = BN_num_bytes(number);
    BN_bn2bin(number, bytes);
    BN_free(number);
    return base64url_print(arena, bytes, (size_t)length);
}

static char *coordinate_of(Arena *arena, EVP_PKEY *key, const char *name)
{
    unsigned char bytes[32];
    BIGNUM *number = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
    assert_int_equal(BN_bn2binpad(number, bytes, sizeof bytes), sizeof bytes);
    BN_free(number);
    return base64url_print(arena, bytes, sizeof bytes);
}

/* Members of a JWK, without the braces. */
static const char *rsa_jwk(Arena *arena, EVP_PKEY *key)
{
    return arena_print(arena, "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"",
                       number_of(arena, key, "n"), number_of(arena, key, "e"));
}

static const char *curve_jwk(Arena *arena, EVP_PKEY *key)
{
    return arena_print(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"",
                       coordinate_of(arena, key, "qx"), coordinate_of(arena, key, "qy"));
}

static Code read_set(Arena *arena, const char *keys, TokenKey **ret_keys)
{
    Error error;
    const char *json = arena_print(arena, "{\"keys\":[%s]}", keys);
    *ret_keys = NULL;
    return token_keys_read("keys.json", json, strlen(json), &rules, ret_keys, &error);
}

static void a_set_has_a_key_for_each_kid(void **state)
{
    TokenKey *keys;
    const char *hmac = base64url_print(*state, SECRET, strlen(SECRET));
    const char *json = arena_print(
        *state,
        "{\"kid\":\"r\",%s},{\"kid\":\"e\",%s},{\"kid\":\"h\",\"kty\":\"oct\",\"k\":\"%s\"}",
        rsa_jwk(*state, rsa), curve_jwk(*state, p256), hmac);
    assert_int_equal(read_set(*state, json, &keys), RUNG_OK);
    check_right(keys, *state, signed_rsa(*state, rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS));
    check_right(keys, *state,
                signed_curve(*state, p256, 32, "{\"alg\":\"ES256\",\"kid\":\"e\"}", true));
    check_right(keys, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\",\"kid\":\"h\"}", CLAIMS));
    static const char *const headers[] = {
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"\"}",
        "{\"alg\":\"HS256\",\"kid\":\"H\"}",
        "{\"alg\":\"HS256\",\"kid\":\"r\"}",
        "{\"alg\":\"HS256\",\"kid\":\"e\"}",
        "{\"alg\":\"HS256\",\"kid\":null}",
        "{\"alg\":\"HS256\",\"kid\":[\"h\"]}",
        "{\"alg\":\"HS256\",\"kid\":\"h\",\"kid\":\"h\"}",
        "{\"alg\":\"HS256\",\"kid\":\"h\\u0000\"}",
        "{\"alg\":\"RS256\",\"kid\":\"h\"}",
        "{\"alg\":\"none\",\"kid\":\"h\"}",
    };
    for (size_t i = 0; i < COUNT(headers); i++)
        if (is_right(keys, *state, hs256(*state, SECRET, headers[i], CLAIMS)))
            fail_msg("%s was believed", headers[i]);
    assert_false(
        is_right(keys, *state,
                 hs256(*state, pem_of(*state, rsa), "{\"alg\":\"HS256\",\"kid\":\"r\"}", CLAIMS)));
    assert_false(is_right(
        keys, *state, signed_rsa(*state, other_rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS)));
    token_key_free(keys);
}

static void sets_that_are_of_no_use_are_refused(void **state)
{
    TokenKey *keys;
    EVP_PKEY *small = EVP_RSA_gen(1024);
    const char *good = rsa_jwk(*state, rsa), *curve = curve_jwk(*state, p256);
    const char *hmac = base64url_print(*state, SECRET, strlen(SECRET));
    char *pem = pem_of(*state, rsa);
    const char *const sets[] = {
        "",
        "7",
        "{}",
        arena_print(*state, "{%s}", good),
        arena_print(*state, "{\"kid\":\"\",%s}", good),
        arena_print(*state, "{\"kid\":7,%s}", good),
        arena_print(*state, "{\"kid\":\"a\",%s},{\"kid\":\"a\",%s}", good, curve),
        arena_print(*state, "{\"kid\":\"a\",\"d\":\"AQAB\",%s}", good),
        arena_print(*state, "{\"kid\":\"a\",\"d\":\"AQAB\",%s}", curve),
        arena_print(*state, "{\"kid\":\"a\",\"alg\":\"PS256\",%s}", good),
        arena_print(*state, "{\"kid\":\"a\",\"alg\":\"HS256\",%s}", good),
        arena_print(*state, "{\"kid\":\"a\",\"alg\":7,%s}", good),
        arena_print(*state, "{\"kid\":\"a\",\"alg\":\"RS256\",%s}", curve),
        arena_print(*state, "{\"kid\":\"a\",%s}", rsa_jwk(*state, small)),
        arena_print(*state, "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQ\"}",
                    number_of(*state, rsa, "n")),
        arena_print(*state, "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"%s=\",\"e\":\"AQAB\"}",
                    number_of(*state, rsa, "n")),
        arena_print(*state,
                    "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"}",
                    coordinate_of(*state, p256, "qx"), coordinate_of(*state, p256, "qx")),
        arena_print(*state,
                    "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"%s\",\"y\":\"%s\"}",
                    coordinate_of(*state, p256, "qx"), coordinate_of(*state, p256, "qy")),
        arena_print(*state, "{\"kid\":\"a\",\"kty\":\"oct\",\"k\":\"%.20s\"}", hmac),
        arena_print(*state, "{\"kid\":\"a\",\"kty\":\"oct\",\"k\":\"%s\"}",
                    base64url_print(*state, pem, strlen(pem))),
        arena_print(*state, "{\"kid\":\"a\",\"kty\":\"oct\",\"k\":\"%s\",\"alg\":\"none\"}", hmac),
        arena_print(*state, "{\"kid\":\"a\",\"use\":\"enc\",%s}", good),
        arena_print(*state, "{\"kid\":\"a\",\"key_ops\":[\"sign\"],%s}", good),
    };
    for (size_t i = 0; i < COUNT(sets); i++) {
        if (read_set(*state, sets[i], &keys) != RUNG_CONFIG)
            fail_msg("%s was taken", sets[i]);
        assert_null(keys);
    }
    EVP_PKEY_free(small);
}

static void tokens_that_are_too_old_are_refused(void **state)
{
    static const TokenRules late = {"app", "rung", 1799999990};
    TokenKey *key = NULL;
    Error error;
    assert_int_equal(token_key_secret(SECRET, strlen(SECRET), &late, &key, &error), RUNG_OK);
    check_right(key, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", CLAIMS));
    static const char *const claims[] = {
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"iat\":1799999989}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"iat\":1799999990.5}",
        "{\"iss\":\"app\",\"aud\":\"rung\",\"sub\":\"42\",\"exp\":1800000600,\"iat\":null}",
    };
    for (size_t i = 0; i < COUNT(claims); i++)
        if (is_right(key, *state, hs256(*state, SECRET, "{\"alg\":\"HS256\"}", claims[i])))
            fail_msg("%s was believed", claims[i]);
    token_key_free(key);
}

static int make_keys(void **state)
{
    rsa = EVP_RSA_gen(2048);
    other_rsa = EVP_RSA_gen(2048);
    p256 = EVP_EC_gen("P-256");
    p384 = EVP_EC_gen("P-384");
    return rsa && other_rsa && p256 && p384 ? 0 : 1;
}

static int free_keys(void **state)
{
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(other_rsa);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(right_tokens_are_believed),
        TEST(own_tokens_are_right),
        TEST(headers_of_attacks_are_refused),
        TEST(claims_that_are_not_right_are_refused),
        TEST(keys_are_not_confused),
        TEST(curves_and_their_signatures_are_checked),
        TEST(every_changed_byte_is_seen),
        TEST(shapes_that_are_no_tokens_are_refused),
        TEST(keys_that_are_weak_or_private_are_refused),
        TEST(a_set_has_a_key_for_each_kid),
        TEST(sets_that_are_of_no_use_are_refused),
        TEST(tokens_that_are_too_old_are_refused),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
