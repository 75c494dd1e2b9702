/* What a key is made of; for the files that make keys and use them. */
#ifndef SERVE_TOKEN_KEY_H
#define SERVE_TOKEN_KEY_H

#include "serve/token.h"

#include <openssl/evp.h>

typedef enum { HS256, RS256, ES256 } Algorithm;

struct TokenKey {
    Algorithm algorithm;
    TokenRules rules;
    unsigned char *secret; /* of HS256 */
    size_t secret_length;
    EVP_PKEY *public_key; /* of the others */
    char *kid;            /* of a set; NULL: it is the only key */
    TokenKey *next;       /* of the set */
};

TokenKey *token_key_new(Algorithm algorithm, const TokenRules *rules);

/* False when no algorithm of ours goes with such a key. */
bool token_key_choose(EVP_PKEY *key, Algorithm *ret_algorithm);

#endif
