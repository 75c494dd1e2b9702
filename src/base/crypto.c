/* Beside hash.c the one file that includes libsodium. */
#include "base/crypto.h"

#include <sodium.h>

_Static_assert((int)KEY_SIZE == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "the key of a sealed value");
_Static_assert((int)KEY_SIZE == (int)crypto_kdf_KEYBYTES, "the key that others are made of");
_Static_assert((int)SEAL_EXTRA == (int)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                      (int)crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "nonce and tag");

enum { NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

static void hmac(const unsigned char *key, size_t key_length, const void *data, size_t length,
                 unsigned char ret_digest[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, data, length);
    crypto_auth_hmacsha256_final(&state, ret_digest);
    sodium_memzero(&state, sizeof state);
}

void hmac_hex(const unsigned char *key, size_t key_length, const void *data, size_t length,
              char ret_hex[HASH_HEX_SIZE])
{
    unsigned char digest[crypto_auth_hmacsha256_BYTES];
    hmac(key, key_length, data, length, digest);
    sodium_bin2hex(ret_hex, HASH_HEX_SIZE, digest, sizeof digest);
}

char *hmac_base64(Arena *arena, const unsigned char *key, size_t key_length, const void *data,
                  size_t length)
{
    unsigned char digest[crypto_auth_hmacsha256_BYTES];
    hmac(key, key_length, data, length, digest);
    return base64_print(arena, digest, sizeof digest);
}

void key_random(unsigned char ret_key[KEY_SIZE])
{
    random_bytes(ret_key, KEY_SIZE);
}

void key_derive(const unsigned char key[KEY_SIZE], const char *purpose,
                unsigned char ret_key[KEY_SIZE])
{
    char context[crypto_kdf_CONTEXTBYTES] = {0};
    size_t length = strlen(purpose);
    memcpy(context, purpose, length < sizeof context ? length : sizeof context);
    crypto_kdf_derive_from_key(ret_key, KEY_SIZE, 1, context, key);
}

void seal(const unsigned char key[KEY_SIZE], const void *associated, size_t associated_length,
          const void *plain, size_t length, unsigned char *ret_sealed)
{
    random_bytes(ret_sealed, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret_sealed + NONCE_SIZE, NULL, plain, length,
                                               associated, associated_length, NULL, ret_sealed,
                                               key);
}

bool seal_open(const unsigned char key[KEY_SIZE], const void *associated, size_t associated_length,
               const unsigned char *sealed, size_t length, unsigned char *ret_plain)
{
    return length >= SEAL_EXTRA &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(ret_plain, NULL, NULL, sealed + NONCE_SIZE,
                                                      length - NONCE_SIZE, associated,
                                                      associated_length, sealed, key) == 0;
}

char *base64_print(Arena *arena, const void *bytes, size_t length)
{
    size_t room = sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, room);
    return sodium_bin2base64(text, room, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

static bool read_base64(Arena *arena, const char *text, size_t length, int variant,
                        unsigned char **ret_bytes, size_t *ret_length)
{
    size_t room = (length + 3) / 4 * 3 + 1, got = 0;
    unsigned char *bytes = arena_alloc(arena, room);
    const char *end = NULL;
    if (sodium_base642bin(bytes, room - 1, text, length, NULL, &got, &end, variant))
        return false;
    if (end != text + length)
        return false;
    *ret_bytes = bytes;
    *ret_length = got;
    return true;
}

bool base64_read(Arena *arena, const char *text, size_t length, unsigned char **ret_bytes,
                 size_t *ret_length)
{
    return length % 4 == 0 &&
           read_base64(arena, text, length, sodium_base64_VARIANT_ORIGINAL, ret_bytes, ret_length);
}

char *base64url_print(Arena *arena, const void *bytes, size_t length)
{
    size_t room = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, room);
    return sodium_bin2base64(text, room, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_read(Arena *arena, const char *text, size_t length, unsigned char **ret_bytes,
                    size_t *ret_length)
{
    return read_base64(arena, text, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING, ret_bytes,
                       ret_length);
}

const char *password_hash(Arena *arena, const char *password, size_t length)
{
    char *hash = arena_alloc(arena, crypto_pwhash_STRBYTES);
    bool made = sodium_init() >= 0 &&
                crypto_pwhash_str_alg(hash, password, length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                      crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                      crypto_pwhash_ALG_ARGON2ID13) == 0;
    return made ? hash : NULL;
}

bool password_hash_is_valid(const char *hash)
{
    return strncmp(hash, crypto_pwhash_argon2id_STRPREFIX,
                   strlen(crypto_pwhash_argon2id_STRPREFIX)) == 0 &&
           strlen(hash) < crypto_pwhash_STRBYTES &&
           crypto_pwhash_str_needs_rehash(hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                          crypto_pwhash_MEMLIMIT_INTERACTIVE) >= 0;
}

bool password_check(const char *hash, const char *password, size_t length)
{
    return sodium_init() >= 0 && crypto_pwhash_str_verify(hash, password, length) == 0;
}

void secret_wipe(void *bytes, size_t length)
{
    if (bytes)
        sodium_memzero(bytes, length);
}
