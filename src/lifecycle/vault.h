/* Columns whose values are sealed: API keys and the like.
 *
 * A value is text, `rv1:KEYID:BASE64`, where BASE64 is nonce, ciphertext and tag of
 * XChaCha20-Poly1305 and KEYID says by which key. It is bound to its place, `schema NUL table NUL
 * column NUL id [NUL id]…`, so that one that was copied to another row or column does not open;
 * doc/vault.md has every byte. Which rows are done is seen by the values alone: a run that was
 * killed is run again. */
#ifndef LIFECYCLE_VAULT_H
#define LIFECYCLE_VAULT_H

#include "apply/run.h"
#include "base/vec.h"
#include "db/db.h"
#include "lifecycle/vault_keys.h"
#include "lifecycle/vault_policy.h"

/* What each call needs. */
typedef struct VaultRun {
    const Vault *vault;
    const char *config; /* path of rung.yaml, for messages; may be NULL */
    const VaultKeys *keys;
    RunOptions options;
} VaultRun;

typedef struct VaultDone {
    const char *column;
    int64_t changed, elapsed_us;
} VaultDone;

typedef struct VaultSummary {
    VEC(VaultDone) columns;
    int64_t changed, elapsed_us;
} VaultSummary;

/* Seals what is not sealed yet in every column, by the newest key; fills lookup columns that are
 * empty. In batches by the order of the ids, each its own transaction of about 100 ms that ends
 * only when every value of it was read back and opened. NULL stays NULL. Nothing is changed when a
 * value names a key that is not there (RUNG_MISMATCH with the row), a column has not the type or
 * the length for it, or the rows cannot be told apart (RUNG_CONFIG with the line). `ret_summary` is
 * filled on failure too: what was committed stays. */
Code vault_encrypt(Db *db, Arena *arena, const VaultRun *run, VaultSummary *ret_summary,
                   Error *error);

/* Seals anew, by the newest key, what is sealed by an older one. */
Code vault_rotate(Db *db, Arena *arena, const VaultRun *run, VaultSummary *ret_summary,
                  Error *error);

/* Whether a value is sealed by another key than the newest: a rotation did not end. The errors are
 * those of vault_encrypt. */
Code vault_is_mixed(Db *db, Arena *arena, const VaultRun *run, bool *ret_mixed, Error *error);

typedef enum {
    VAULT_PLAIN,   /* values that are not sealed */
    VAULT_UNKNOWN, /* sealed by a key that is not there */
    VAULT_DAMAGED, /* a value that was changed, or that belongs to another row or column */
    VAULT_LOOKUP,  /* the lookup column is not the hash of the value */
} VaultProblem;

typedef struct VaultFinding {
    VaultProblem problem;
    const char *word;   /* "plaintext", "unknown key", "damaged", "lookup" */
    const char *column; /* as in rung.yaml */
    const char *key;    /* VAULT_UNKNOWN */
    int64_t count;
    const char *rows; /* "id 4, id 7 and 12 more" */
    const char *text; /* one line for people, with all of it */
} VaultFinding;

typedef struct VaultUse {
    const char *column;
    int64_t values, nulls;
} VaultUse;

typedef struct VaultKeyUse {
    const char *id;
    int64_t values;
    bool newest;
} VaultKeyUse;

typedef struct VaultCheck {
    VEC(VaultFinding) findings;
    VEC(VaultUse) columns;
    VEC(VaultKeyUse) keys; /* as they stand in the file */
} VaultCheck;

/* Looks at every value. With `run->keys` each is opened; without, only what shows without a key is
 * found: VAULT_PLAIN. RUNG_MISMATCH when a table or column is not in the database (yet). Findings
 * are no error. */
Code vault_check(Db *db, Arena *arena, const VaultRun *run, VaultCheck *ret_check, Error *error);

/* One value, opened. `ret_plain` NULL: it is NULL. Bytes that are no text are "\x…", like
 * PostgreSQL's. `row`: the ids, in their order. RUNG_UNKNOWN when there is no such column or row,
 * RUNG_MISMATCH when it does not open or is not sealed. */
Code vault_decrypt(Db *db, Arena *arena, const VaultRun *run, const char *column,
                   const char *const *row, size_t row_count, const char **ret_plain, Error *error);

#endif
