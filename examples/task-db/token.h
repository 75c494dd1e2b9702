/* Who a request speaks for. */
#ifndef TASK_TOKEN_H
#define TASK_TOKEN_H

#include <stdbool.h>

/* The key that tokens are signed with; it is kept, not copied. False if it is too short to be one.
 */
bool token_key_set(const char *secret);

/* The subject of a token that is signed with the key and not expired, to be freed; else NULL. */
char *token_user(const char *token);

#endif
