/* The form of a sealed value, and what it is bound to. Pure: no database. */
#ifndef LIFECYCLE_VAULT_VALUE_H
#define LIFECYCLE_VAULT_VALUE_H

#include "base/vec.h"
#include "lifecycle/vault_keys.h"

/* "rv1:" KEYID ":" */
enum { VAULT_HEAD_LENGTH = 4 + VAULT_ID_SIZE - 1 + 1, VAULT_LOOKUP_LENGTH = 32 };

typedef struct Bytes {
    const void *at;
    size_t length;
} Bytes;

typedef enum {
    OPENED,       /* it was sealed by a key that is there, for this place */
    OPEN_PLAIN,   /* it has not the form of a sealed value */
    OPEN_UNKNOWN, /* its key is not there */
    OPEN_DAMAGED  /* it was changed, or belongs to another place */
} Opening;

/* `schema NUL table NUL column NUL`; `schema` NULL or "public": "". */
Bytes value_place(Arena *arena, const char *schema, const char *table, const char *column);

/* The same with the ids of the row, a NUL between two. */
Bytes value_row(Arena *arena, Bytes place, const char *const *ids, size_t count);

/* How long a plain value of so many bytes is when it is sealed. */
size_t value_sealed_length(size_t length);

/* The sealed text. */
char *value_seal(Arena *arena, const VaultKey *key, Bytes row, Bytes plain);

/* `ret_plain` (a NUL stands behind it) and `ret_key` are filled for OPENED. `ret_id`: the id of the
 * key that it names, "" for OPEN_PLAIN. */
Opening value_open(Arena *arena, const VaultKeys *keys, Bytes row, Bytes sealed, Bytes *ret_plain,
                   const VaultKey **ret_key, char ret_id[VAULT_ID_SIZE]);

/* 32 hexadecimal digits of HMAC-SHA256 over place and value: equal for equal values of one column.
 */
char *value_lookup(Arena *arena, const VaultKey *key, Bytes place, Bytes plain);

/* "schema.table.column" or "table.column" into its parts; what stands in double quotes may hold
 * dots. `ret_schema` NULL: none is named. False if it is neither. */
bool value_read_name(Arena *arena, const char *text, const char **ret_schema,
                     const char **ret_table, const char **ret_column);

#endif
