/* SHA-256 (libsodium). PostgreSQL computes the same with its own sha256(). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/base.h"

enum { HASH_HEX_SIZE = 65 }; /* 64 hexadecimal digits and the NUL */

typedef struct Hash {
    _Alignas(8) unsigned char state[128]; /* a crypto_hash_sha256_state, kept out of this header */
} Hash;

void hash_start(Hash *hash);
void hash_add(Hash *hash, const void *bytes, size_t length);

/* Adds a text as a netstring, or what no text has for NULL, so that no two lists of texts have the
 * same hash: as rung.field() of apply/history_postgresql.sql. */
void hash_add_field(Hash *hash, const char *text);

/* Ends the hash and writes 64 lower-case hexadecimal digits. */
void hash_finish(Hash *hash, char ret_hex[HASH_HEX_SIZE]);

/* Fills `bytes` from the kernel's random source. */
void random_bytes(void *bytes, size_t length);

#endif
