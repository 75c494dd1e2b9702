/* Keys of idempotency: reading the header, and the keys that are under way. */
#include "serve/once.h"
#include "base/hash.h"
#include "serve/route.h"

#include <pthread.h>

enum { KEY_LIMIT = 255 };

typedef struct Flight {
    struct Flight *next;
    char name[];
} Flight;

struct Flights {
    pthread_mutex_t lock;
    Flight *first;
};

Flights *flights_new(void)
{
    Flights *flights = calloc(1, sizeof *flights);
    if (!flights)
        arena_exhausted();
    pthread_mutex_init(&flights->lock, NULL);
    return flights;
}

void flights_free(Flights *flights)
{
    if (!flights)
        return;
    while (flights->first) {
        Flight *next = flights->first->next;
        free(flights->first);
        flights->first = next;
    }
    pthread_mutex_destroy(&flights->lock);
    free(flights);
}

/* False: it is there already. */
static bool add_flight(Flights *flights, const char *name)
{
    size_t size = strlen(name) + 1;
    Flight *flight = malloc(sizeof *flight + size);
    bool known = false;
    if (!flight)
        arena_exhausted();
    memcpy(flight->name, name, size);
    pthread_mutex_lock(&flights->lock);
    for (const Flight *at = flights->first; at && !known; at = at->next)
        known = strcmp(at->name, name) == 0;
    if (!known) {
        flight->next = flights->first;
        flights->first = flight;
    }
    pthread_mutex_unlock(&flights->lock);
    if (known)
        free(flight);
    return !known;
}

static void remove_flight(Flights *flights, const char *name)
{
    pthread_mutex_lock(&flights->lock);
    Flight **at = &flights->first;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    Flight *found = *at;
    if (found)
        *at = found->next;
    pthread_mutex_unlock(&flights->lock);
    free(found);
}

/* ---- the header ---- */

/* A String of RFC 8941, section 3.3.3; NULL: it is none. */
static const char *read_quoted(Arena *arena, const char *text)
{
    size_t length = strlen(text), count = 0;
    char *key = arena_alloc(arena, length + 1);
    if (length < 2 || text[length - 1] != '"')
        return NULL;
    for (size_t i = 1; i + 1 < length; i++) {
        if (text[i] == '\\' && i + 2 < length && (text[i + 1] == '"' || text[i + 1] == '\\'))
            i++;
        else if (text[i] == '"' || text[i] == '\\' || text[i] < ' ' || text[i] > '~')
            return NULL;
        key[count++] = text[i];
    }
    return key;
}

/* Many clients leave the quotes out. */
static const char *read_plain(Arena *arena, const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~' || *at == '"' || *at == ',' || *at == ';' || *at == '\\')
            return NULL;
    return arena_string(arena, text);
}

static const char *read_key(Request *request)
{
    const char *text = request->idempotency;
    if (request->idempotency_count != 1)
        return NULL;
    const char *key =
        *text == '"' ? read_quoted(request->arena, text) : read_plain(request->arena, text);
    return key && *key && strlen(key) <= KEY_LIMIT ? key : NULL;
}

/* Method, path and body: what the key stands for. */
static const char *print_payload(Request *request)
{
    Hash hash;
    char hex[HASH_HEX_SIZE];
    hash_start(&hash);
    hash_add_field(&hash, request->method);
    hash_add_field(&hash, request->path);
    hash_add(&hash, text_string(&request->body), request->body.length);
    hash_finish(&hash, hex);
    return arena_string(request->arena, hex);
}

static const char *flight_name(const Request *request)
{
    return arena_print(request->arena, "%s\n%s", request->once_scope, request->once_key);
}

bool once_take(Request *request)
{
    const Route *route = request->route;
    bool required = route->auth == AUTH_ADMIN && request->service->settings.require_idempotency_key;
    if (!route_takes_key(route) || (!request->idempotency_count && !required))
        return true;
    if (!request->idempotency_count) {
        answer_problem(request, 400, "The header Idempotency-Key is required.");
        return false;
    }
    const char *key = read_key(request);
    if (!key) {
        answer_problem(request, 400,
                       "Idempotency-Key must be one text in double quotes, of 1 to %d characters.",
                       KEY_LIMIT);
        return false;
    }
    request->once_key = key;
    request->once_scope =
        arena_print(request->arena, "%s:%s", route->auth == AUTH_ADMIN ? "admin" : "user",
                    request->claims.subject);
    request->once_payload = print_payload(request);
    if (add_flight(request->service->shared->flights, flight_name(request)))
        return true;
    request->once_key = NULL; /* it is the other one's */
    answer_busy(request, 409, 1, "A request with this Idempotency-Key is under way.");
    return false;
}

void once_release(Request *request)
{
    if (request->once_key)
        remove_flight(request->service->shared->flights, flight_name(request));
}

void once_set(const Request *request, rung_arguments *arguments)
{
    arguments->idempotency_key = request->once_key;
    arguments->scope = request->once_scope;
    arguments->payload = request->once_payload;
}
