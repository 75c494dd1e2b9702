/* argon2id is libsodium's, bcrypt libxcrypt's. */
#include "serve/password.h"
#include "base/arena.h"
#include "base/crypto.h"

#include <crypt.h>

enum { BCRYPT_LENGTH = 60, BCRYPT_HEAD = 7, BCRYPT_PASSWORD = 72, COST_LEAST = 10, COST_MOST = 15 };

static bool is_bcrypt(const char *hash)
{
    return strncmp(hash, "$2b$", 4) == 0 || strncmp(hash, "$2y$", 4) == 0;
}

/* "$2b$12$", 22 letters of salt and 31 of the hash */
static bool bcrypt_is_valid(const char *hash)
{
    static const char letters[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    long cost = strtol(hash + 4, NULL, 10);
    return strlen(hash) == BCRYPT_LENGTH && hash[4] >= '0' && hash[4] <= '9' && hash[5] >= '0' &&
           hash[5] <= '9' && hash[6] == '$' && cost >= COST_LEAST && cost <= COST_MOST &&
           strspn(hash + BCRYPT_HEAD, letters) == BCRYPT_LENGTH - BCRYPT_HEAD;
}

bool admin_hash_is_valid(const char *hash)
{
    return is_bcrypt(hash) ? bcrypt_is_valid(hash) : password_hash_is_valid(hash);
}

static bool is_equal(const char *a, const char *b, size_t length)
{
    unsigned char differs = 0;
    for (size_t i = 0; i < length; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return !differs;
}

bool admin_password_is_right(const char *hash, const char *password)
{
    if (!is_bcrypt(hash))
        return password_check(hash, password, strlen(password));
    struct crypt_data *data = calloc(1, sizeof *data); /* 32 KiB */
    if (!data)
        arena_exhausted();
    const char *made = crypt_r(password, hash, data);
    bool right = made && strlen(made) == BCRYPT_LENGTH && strlen(hash) == BCRYPT_LENGTH &&
                 is_equal(made, hash, BCRYPT_LENGTH);
    secret_wipe(data, sizeof *data);
    free(data);
    return right && strlen(password) <= BCRYPT_PASSWORD;
}
