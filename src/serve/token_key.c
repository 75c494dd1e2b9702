/* Keys of tokens, on OpenSSL. */
#include "serve/token_key.h"
#include "base/crypto.h"

#include <openssl/err.h>
#include <openssl/pem.h>

enum { RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 16384 };

static const char *const algorithm_names[] = {"HS256", "RS256", "ES256"};

const char *token_key_algorithm(const TokenKey *key)
{
    return algorithm_names[key->algorithm];
}

const TokenKey *token_key_next(const TokenKey *key)
{
    return key->next;
}

/* ---- keys ---- */

TokenKey *token_key_new(Algorithm algorithm, const TokenRules *rules)
{
    TokenKey *key = calloc(1, sizeof *key);
    if (!key)
        arena_exhausted();
    key->algorithm = algorithm;
    key->rules = *rules;
    return key;
}

void token_key_free(TokenKey *key)
{
    while (key) {
        TokenKey *next = key->next;
        secret_wipe(key->secret, key->secret_length);
        free(key->secret);
        free(key->kid);
        EVP_PKEY_free(key->public_key);
        free(key);
        key = next;
    }
}

Code token_key_secret(const char *secret, size_t length, const TokenRules *rules,
                      TokenKey **ret_key, Error *error)
{
    if (length < TOKEN_SECRET_LEAST) {
        error_set(error, RUNG_CONFIG,
                  "the secret of HS256 has less than %d bytes: it could be guessed",
                  TOKEN_SECRET_LEAST);
        return error_hint(error, "`openssl rand -hex 32` makes one");
    }
    if (memmem(secret, length, "-----BEGIN", 10)) {
        error_set(error, RUNG_CONFIG, "the secret of HS256 is a key that others may know");
        return error_hint(error, "a public key belongs into serve.auth.public_key");
    }
    TokenKey *key = token_key_new(HS256, rules);
    key->secret = malloc(length);
    if (!key->secret)
        arena_exhausted();
    memcpy(key->secret, secret, length);
    key->secret_length = length;
    *ret_key = key;
    return RUNG_OK;
}

static bool is_on_p256(EVP_PKEY *key)
{
    char group[32];
    size_t length;
    return EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

bool token_key_choose(EVP_PKEY *key, Algorithm *ret_algorithm)
{
    int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "RSA") && bits >= RSA_LEAST_BITS && bits <= RSA_MOST_BITS)
        *ret_algorithm = RS256;
    else if (EVP_PKEY_is_a(key, "EC") && is_on_p256(key))
        *ret_algorithm = ES256;
    else
        return false;
    return true;
}

Code token_key_public(const char *name, const char *pem, size_t length, const TokenRules *rules,
                      TokenKey **ret_key, Error *error)
{
    Algorithm algorithm;
    BIO *bio = BIO_new_mem_buf(pem, (int)length);
    EVP_PKEY *public_key =
        bio && !strstr(pem, "PRIVATE KEY") ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (!public_key) {
        error_at(error, RUNG_CONFIG, name, 0, "%s is no public key in PEM", name);
        return error_hint(error,
                          "it begins with -----BEGIN PUBLIC KEY-----; a private key does not "
                          "belong here");
    }
    if (!token_key_choose(public_key, &algorithm)) {
        EVP_PKEY_free(public_key);
        return error_at(error, RUNG_CONFIG, name, 0,
                        "%s is neither an RSA key of %d or more bits nor one on the curve P-256",
                        name, RSA_LEAST_BITS);
    }
    TokenKey *key = token_key_new(algorithm, rules);
    key->public_key = public_key;
    *ret_key = key;
    return RUNG_OK;
}
