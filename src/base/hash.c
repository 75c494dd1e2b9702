/* The one file that includes libsodium. */
#include "base/hash.h"

#include <sodium.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((Hash *)0)->state),
               "Hash has no room for libsodium's state");

static crypto_hash_sha256_state *state_of(Hash *hash)
{
    return (crypto_hash_sha256_state *)(void *)hash->state;
}

void hash_start(Hash *hash)
{
    crypto_hash_sha256_init(state_of(hash));
}

void hash_add(Hash *hash, const void *bytes, size_t length)
{
    crypto_hash_sha256_update(state_of(hash), bytes, length);
}

void hash_add_field(Hash *hash, const char *text)
{
    char length[24];
    if (!text) {
        hash_add(hash, "-,", 2);
        return;
    }
    snprintf(length, sizeof length, "%zu:", strlen(text));
    hash_add(hash, length, strlen(length));
    hash_add(hash, text, strlen(text));
    hash_add(hash, ",", 1);
}

void hash_finish(Hash *hash, char ret_hex[HASH_HEX_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state_of(hash), digest);
    sodium_bin2hex(ret_hex, HASH_HEX_SIZE, digest, sizeof digest);
}

void random_bytes(void *bytes, size_t length)
{
    randombytes_buf(bytes, length);
}
