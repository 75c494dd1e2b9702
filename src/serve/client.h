/* Whose request it is when proxies stand between. */
#ifndef SERVE_CLIENT_H
#define SERVE_CLIENT_H

#include "base/arena.h"
#include "base/error.h"
#include "rung/rung.h"

typedef struct Networks Networks;

/* Addresses and networks in CIDR notation. RUNG_CONFIG for anything else. */
Code networks_read(Arena *arena, const rung_names *list, Networks **ret_networks, Error *error);
bool networks_have(const Networks *networks, const char *address);

/* The last address that no trusted proxy wrote: `peer` itself, or what X-Forwarded-For says when
 * `peer` may say so. `forwarded` is the header, all of them with commas between; NULL: none. */
const char *client_find(Arena *arena, const Networks *proxies, const char *peer,
                        const char *forwarded);

/* What limits go by: the address; of IPv6 its first 64 bits, which one client has to itself. */
const char *client_key(Arena *arena, const char *address);

#endif
