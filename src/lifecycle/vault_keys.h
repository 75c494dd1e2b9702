/* The vault's keys, and the file in which they are.
 *
 * A line for each key, the one in use last: `ID KEY WHEN`, where KEY is 32 bytes as base64 and ID
 * is made of the key, so that a damaged line is seen. In an environment variable the same with a
 * colon, `ID:KEY`, and a comma between two. */
#ifndef LIFECYCLE_VAULT_KEYS_H
#define LIFECYCLE_VAULT_KEYS_H

#include "base/crypto.h"
#include "base/error.h"

enum { VAULT_ID_SIZE = 9, VAULT_KEYS_MOST = 64 };

typedef struct VaultKey {
    char id[VAULT_ID_SIZE];                         /* 8 hexadecimal digits */
    unsigned char seal[KEY_SIZE], lookup[KEY_SIZE]; /* derived: the key itself is not kept */
} VaultKey;

typedef struct VaultKeys {
    size_t count; /* at least 1; the last is the newest */
    VaultKey at[VAULT_KEYS_MOST];
} VaultKeys;

/* Reads them; `name` stands in the errors: RUNG_CONFIG with it and the line, never with the text.
 */
Code vault_keys_parse(const char *name, const char *text, size_t length, VaultKeys **ret_keys,
                      Error *error);

/* The same from a file that only its owner may read: see secret_read. */
Code vault_keys_read(const char *path, VaultKeys **ret_keys, Error *error);

/* Overwrites and frees; NULL is accepted. */
void vault_keys_free(VaultKeys *keys);

const VaultKey *vault_keys_newest(const VaultKeys *keys);
const VaultKey *vault_keys_find(const VaultKeys *keys, const char *id); /* or NULL */

/* Makes the file, with one key. RUNG_FILE if it is there. */
Code vault_keys_create(const char *path, char ret_id[VAULT_ID_SIZE], Error *error);

/* Puts a new key behind the others, in a new file that takes the old one's place. RUNG_LOCKED when
 * another run does the same now, RUNG_MISMATCH when the newest key is not `newest` any more. */
Code vault_keys_add(const char *path, const char *newest, char ret_id[VAULT_ID_SIZE], Error *error);

/* "ID:KEY", a new key for the environment; the caller wipes and frees it. */
char *vault_key_print(void);

#endif
