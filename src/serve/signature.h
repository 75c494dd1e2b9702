/* Signatures of webhooks as Standard Webhooks have them. */
#ifndef SERVE_SIGNATURE_H
#define SERVE_SIGNATURE_H

#include "base/arena.h"

#define SIGNATURE_PREFIX "whsec_" /* base64 stands behind it */

/* The signatures of one attempt: "v1,…", one for each word of the secret. False, with nothing in
 * `ret_signatures`, for a secret that is of no use. */
bool signature_make(Arena *arena, const char *secret, const char *id, int64_t seconds,
                    const char *body, const char **ret_signatures);

#endif
