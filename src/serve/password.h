/* Passwords of admins, and the two kinds of hashes that they may have. */
#ifndef SERVE_PASSWORD_H
#define SERVE_PASSWORD_H

#include "base/base.h"

/* argon2id; bcrypt as $2b$ or $2y$ with a cost of 10 to 15. $2a$ is not: nothing says which of the
 * faults that it stands for made it. */
bool admin_hash_is_valid(const char *hash);

/* Takes as long as the hash costs, whatever the answer. A password of more than 72 bytes is never
 * right for bcrypt, which would look at 72 alone. */
bool admin_password_is_right(const char *hash, const char *password);

#endif
