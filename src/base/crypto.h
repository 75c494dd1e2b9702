/* Keys, keyed hashes, sealed values and base64 (libsodium). */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include "base/arena.h"
#include "base/hash.h"

enum {
    KEY_SIZE = 32,
    SEAL_EXTRA =
        40, /* a sealed value is longer than the plain one by a nonce (24) and a tag (16) */
};

/* HMAC-SHA256 (RFC 2104, FIPS 180-4) as 64 lower-case hexadecimal digits. A key of any length; 32
 * bytes are right. */
void hmac_hex(const unsigned char *key, size_t key_length, const void *data, size_t length,
              char ret_hex[HASH_HEX_SIZE]);

/* The same in base64. */
char *hmac_base64(Arena *arena, const unsigned char *key, size_t key_length, const void *data,
                  size_t length);

/* A new key, from the kernel's random source. */
void key_random(unsigned char ret_key[KEY_SIZE]);

/* A key for one purpose, made of another (BLAKE2b, libsodium's crypto_kdf): who knows it learns
 * nothing of `key` nor of another purpose's. `purpose` has at most 8 bytes. */
void key_derive(const unsigned char key[KEY_SIZE], const char *purpose,
                unsigned char ret_key[KEY_SIZE]);

/* XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a random nonce. `ret_sealed` has room for
 * length + SEAL_EXTRA bytes: nonce, ciphertext, tag. What is associated is not in the sealed value;
 * it must be the same when that is opened. */
void seal(const unsigned char key[KEY_SIZE], const void *associated, size_t associated_length,
          const void *plain, size_t length, unsigned char *ret_sealed);

/* False, and nothing in `ret_plain` (room for length - SEAL_EXTRA), if the key, the associated data
 * or a single bit is not what it was. */
bool seal_open(const unsigned char key[KEY_SIZE], const void *associated, size_t associated_length,
               const unsigned char *sealed, size_t length, unsigned char *ret_plain);

/* Base64 with padding (RFC 4648, section 4). */
char *base64_print(Arena *arena, const void *bytes, size_t length);

/* False for what base64_print would not write: another alphabet, missing padding, blanks. A NUL
 * stands behind the bytes. */
bool base64_read(Arena *arena, const char *text, size_t length, unsigned char **ret_bytes,
                 size_t *ret_length);

/* Base64url without padding (RFC 4648, section 5; RFC 7515). Reading is strict, too. */
char *base64url_print(Arena *arena, const void *bytes, size_t length);
bool base64url_read(Arena *arena, const char *text, size_t length, unsigned char **ret_bytes,
                    size_t *ret_length);

/* ---- passwords: argon2id, as "$argon2id$v=19$m=65536,t=2,p=1$..." ---- */

/* NULL when there is no memory for it. */
const char *password_hash(Arena *arena, const char *password, size_t length);
bool password_hash_is_valid(const char *hash);

/* Takes as long as the hash costs, whatever the answer. */
bool password_check(const char *hash, const char *password, size_t length);

/* Overwrites with zeros, whatever the compiler thinks of it; NULL is accepted. */
void secret_wipe(void *bytes, size_t length);

#endif
