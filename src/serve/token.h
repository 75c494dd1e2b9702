/* Bearer tokens: JWT in the compact form of JWS (RFC 7515, RFC 7519), with the care of RFC 8725. A
 * key stands for one algorithm; what the token's header says has to be that. */
#ifndef SERVE_TOKEN_H
#define SERVE_TOKEN_H

#include "base/arena.h"
#include "base/error.h"

enum {
    TOKEN_LIMIT = 8192,      /* bytes of a token */
    TOKEN_SECRET_LEAST = 32, /* bytes of an HMAC key (RFC 7518, section 3.2) */
    TOKEN_SKEW = 60,         /* seconds that clocks may differ */
    TOKEN_SUBJECT_LIMIT = 255
};

/* One key, or a set of them. */
typedef struct TokenKey TokenKey;

/* What a token must be made for. The strings are kept. */
typedef struct TokenRules {
    const char *issuer, *audience;
    int64_t not_before; /* it was issued then or later; 0: whenever */
} TokenRules;

/* HS256. RUNG_CONFIG when the secret is short, or is a public key. */
Code token_key_secret(const char *secret, size_t length, const TokenRules *rules,
                      TokenKey **ret_key, Error *error);

/* RS256 for an RSA key of 2048 or more bits, ES256 for one on P-256; `pem` is text. RUNG_CONFIG
 * for anything else, also for a private key. `name` stands in the errors. */
Code token_key_public(const char *name, const char *pem, size_t length, const TokenRules *rules,
                      TokenKey **ret_key, Error *error);

/* A JWK set (RFC 7517): RSA keys for RS256, keys on P-256 for ES256, secrets for HS256, each with a
 * kid of its own, which a token has to name. RUNG_CONFIG for keys that are private, weak, or for
 * another algorithm; those that are not for signatures are left out. */
Code token_keys_read(const char *name, const char *json, size_t length, const TokenRules *rules,
                     TokenKey **ret_keys, Error *error);
void token_key_free(TokenKey *key);
const char *token_key_algorithm(const TokenKey *key); /* "HS256" */
const TokenKey *token_key_next(const TokenKey *key);  /* of a set; NULL behind the last */

typedef struct TokenClaims {
    const char *subject;
    const char *role; /* NULL: none */
    int64_t expires_at;
    int64_t issued_us; /* of our own tokens; 0: not known */
} TokenClaims;

/* True when the token is right at `now` (seconds since 1970). Else `ret_reason` says why not, for
 * the log alone. */
bool token_verify(const TokenKey *key, Arena *arena, const char *token, size_t length, int64_t now,
                  TokenClaims *ret_claims, const char **ret_reason);

/* A token of ours; the key is one of a secret. NULL when it could not be made. */
char *token_make(const TokenKey *key, Arena *arena, const TokenClaims *claims, int64_t now);

#endif
