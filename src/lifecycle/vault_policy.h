/* What rung.yaml says of the vault. */
#ifndef LIFECYCLE_VAULT_POLICY_H
#define LIFECYCLE_VAULT_POLICY_H

#include "base/base.h"

typedef struct VaultColumn {
    const char *name; /* "table.column" or "schema.table.column", parts in quotes if need be */
    int line;
    struct {
        const char **at;
        size_t count;
    } id;                 /* columns that tell the rows apart; none: the primary key */
    const char *lookup;   /* column that gets the keyed hash; NULL: none */
    const char *bound_to; /* what the values are bound to if not `name`: it had another name */
} VaultColumn;

typedef struct Vault {
    const char *key_file; /* as written, relative to rung.yaml */
    const char *keys;     /* or the keys themselves: "${NAME}", as written; NULL: the file */
    struct {
        VaultColumn *at;
        size_t count;
    } columns;
} Vault;

#endif
