/* Addresses are compared as IPv6, in which those of IPv4 have a place (RFC 4291, section 2.5.5). */
#include "serve/client.h"

#include <arpa/inet.h>

enum { ADDRESS_BYTES = 16, MAPPED_BITS = 96, ADDRESS_BITS = 128, ADDRESS_ROOM = 64 };

typedef struct Address {
    unsigned char bytes[ADDRESS_BYTES];
    bool four;
} Address;

typedef struct Network {
    Address address;
    int bits;
} Network;

struct Networks {
    size_t count;
    Network at[];
};

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]", each also with a port if that can be told. */
static bool read_address(const char *text, size_t length, Address *ret_address)
{
    char copy[ADDRESS_ROOM];
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    Address address = {0};
    if (!length || length >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    char *start = copy, *end = NULL;
    if (*copy == '[') {
        start++;
        end = strchr(copy, ']');
    } else if (strchr(copy, '.'))
        end = strchr(copy, ':') == strrchr(copy, ':') ? strchr(copy, ':') : NULL;
    if (end)
        *end = '\0';
    if (inet_pton(AF_INET, start, address.bytes + sizeof mapped) == 1)
        memcpy(address.bytes, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, start, address.bytes) != 1)
        return false;
    address.four = memcmp(address.bytes, mapped, sizeof mapped) == 0;
    *ret_address = address;
    return true;
}

static bool read_network(const char *text, Network *ret_network)
{
    const char *slash = strchr(text, '/');
    char *end = NULL;
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    if (!read_address(text, length, &ret_network->address))
        return false;
    int most = ret_network->address.four ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS;
    long bits = slash ? strtol(slash + 1, &end, 10) : most;
    if (slash && (end == slash + 1 || *end || slash[1] < '0' || slash[1] > '9'))
        return false;
    ret_network->bits = (int)bits + ADDRESS_BITS - most;
    return bits >= 0 && bits <= most;
}

Code networks_read(Arena *arena, const rung_names *list, Networks **ret_networks, Error *error)
{
    Networks *networks =
        arena_alloc(arena, sizeof *networks + list->count * sizeof networks->at[0]);
    networks->count = list->count;
    for (size_t i = 0; i < list->count; i++)
        if (!read_network(list->at[i], &networks->at[i])) {
            error_set(error, RUNG_CONFIG, "serve.trusted_proxies: \"%s\" is no address or network",
                      list->at[i]);
            return error_hint(error, "192.0.2.1, 10.0.0.0/8, 2001:db8::/32");
        }
    *ret_networks = networks;
    return RUNG_OK;
}

static bool is_inside(const Network *network, const Address *address)
{
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, (size_t)whole) != 0)
        return false;
    return !rest || (network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_trusted(const Networks *networks, const Address *address)
{
    for (size_t i = 0; networks && i < networks->count; i++)
        if (is_inside(&networks->at[i], address))
            return true;
    return false;
}

bool networks_have(const Networks *networks, const char *address)
{
    Address read;
    return read_address(address, strlen(address), &read) && is_trusted(networks, &read);
}

static const char *print_address(Arena *arena, const Address *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address->four)
        inet_ntop(AF_INET, address->bytes + MAPPED_BITS / 8, text, sizeof text);
    else
        inet_ntop(AF_INET6, address->bytes, text, sizeof text);
    return arena_string(arena, text);
}

const char *client_find(Arena *arena, const Networks *proxies, const char *peer,
                        const char *forwarded)
{
    Address address;
    if (!forwarded || !networks_have(proxies, peer))
        return peer;
    const char *found = peer, *end = forwarded + strlen(forwarded);
    while (end > forwarded) { /* from the right: each proxy adds who asked it */
        const char *start = end;
        while (start > forwarded && start[-1] != ',')
            start--;
        const char *first = start, *last = end;
        while (first < last && (*first == ' ' || *first == '\t'))
            first++;
        while (last > first && (last[-1] == ' ' || last[-1] == '\t'))
            last--;
        if (!read_address(first, (size_t)(last - first), &address))
            return found; /* what stands before it cannot be believed */
        found = print_address(arena, &address);
        if (!is_trusted(proxies, &address))
            return found;
        end = start > forwarded ? start - 1 : forwarded;
    }
    return found;
}

const char *client_key(Arena *arena, const char *address)
{
    Address read;
    if (!read_address(address, strlen(address), &read) || read.four)
        return address;
    memset(read.bytes + ADDRESS_BYTES / 2, 0, ADDRESS_BYTES / 2);
    return arena_print(arena, "%s/64", print_address(arena, &read));
}
