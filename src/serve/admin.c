/* What admins ask for. */
#include "serve/orders.h"
#include "serve/route.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/vec.h"
#include "serve/password.h"

enum { PASSWORD_LIMIT = 1024, NAME_LIMIT = 255, IDS_LIMIT = 1000, ID_LIMIT = 255 };

/* ---- signing in ---- */

typedef struct Credentials {
    const char *name, *password;
} Credentials;

/* The hash that is tried for a name that nobody has: always the same one for a name, so that how
 * long it takes says nothing, also where some have argon2id and some bcrypt. */
static const char *other_hash(const Service *service, const char *name)
{
    char hex[HASH_HEX_SIZE], head[9];
    hmac_hex(service->shared->admin_secret, KEY_SIZE, name, strlen(name), hex);
    snprintf(head, sizeof head, "%.8s", hex);
    return service->settings.admins[strtoul(head, NULL, 16) % service->settings.admin_count].hash;
}

/* Whether name and password are right. Who is not known takes as long as who is: the hash of
 * another one is tried, and its answer does not count. */
static bool check_credentials(const Service *service, const Credentials *credentials)
{
    const rung_serve_settings *settings = &service->settings;
    const rung_serve_admin *admin = NULL;
    for (size_t i = 0; i < settings->admin_count; i++)
        if (strcmp(settings->admins[i].name, credentials->name) == 0)
            admin = &settings->admins[i];
    if (!settings->admin_count)
        return false;
    const char *hash = admin ? admin->hash : other_hash(service, credentials->name);
    bool right = admin_password_is_right(hash, credentials->password);
    return right && admin;
}

static void answer_token(Request *request, const char *name)
{
    int64_t now_us = clock_wall_us(), now = now_us / 1000000;
    TokenClaims claims = {.subject = name,
                          .role = "admin",
                          .expires_at = now + ADMIN_TOKEN_SECONDS,
                          .issued_us = now_us};
    char *token = token_make(request->service->admin_key, request->arena, &claims, now);
    if (!token) {
        answer_problem(request, 500, "No token could be made.");
        return;
    }
    Value *value = value_object();
    value_set_text(value, "access_token", token);
    value_set_text(value, "token_type", "bearer");
    value_set_int(value, "expires_in", ADMIN_TOKEN_SECONDS);
    answer_json(request, 200, value);
}

/* False, and 429, when the account or the address was tried too often. */
static bool take_try(Request *request, const char *name)
{
    Service *service = request->service;
    int64_t now = clock_monotonic_us();
    int64_t wait =
        limit_take(service->addresses, client_key(request->arena, request->address), now);
    if (!wait)
        wait = limit_take(service->accounts, name, now);
    if (wait)
        answer_busy(request, 429, wait, "Too many attempts. Try again later.");
    return !wait;
}

static void sign_in(Request *request, const Credentials *credentials)
{
    Service *service = request->service;
    if (!take_try(request, credentials->name))
        return;
    if (check_credentials(service, credentials)) {
        limit_return(service->accounts, credentials->name);
        limit_return(service->addresses, client_key(request->arena, request->address));
        answer_token(request, credentials->name);
        return;
    }
    request_log(request, "a sign-in from %s was refused", request->address);
    answer_problem(request, 401, "Name or password is wrong.");
    request->challenge = true;
}

void admin_login(Request *request)
{
    Value *body = request_object(request);
    if (!body)
        return;
    Credentials credentials = {value_get_text(value_get(body, "username")),
                               value_get_text(value_get(body, "password"))};
    if (!credentials.name || !credentials.password || strlen(credentials.name) > NAME_LIMIT ||
        strlen(credentials.password) > PASSWORD_LIMIT)
        answer_problem(request, 422, "username and password must be texts.");
    else
        sign_in(request, &credentials);
    value_free(body);
}

void admin_logout(Request *request)
{
    Value *value = value_object();
    logouts_add(request->service->shared->logouts, request->claims.subject, clock_wall_us());
    value_set_text(value, "message", "Signed out. Your tokens are not valid any more.");
    answer_json(request, 200, value);
}

/* ---- erasing ---- */

typedef VEC(const char *) IdList;

/* The ids as text, each once; false when there is something else. */
static bool read_ids(Request *request, const Value *body, IdList *ret_ids)
{
    const Value *ids = value_get(body, "user_ids");
    size_t count = ids && value_type(ids) == VALUE_ARRAY ? value_count(ids) : 0;
    if (!count || count > IDS_LIMIT)
        return false;
    for (size_t i = 0; i < count; i++) {
        const Value *item = value_at(ids, i);
        bool number = value_type(item) == VALUE_INT, known = false;
        const char *text = number
                               ? arena_print(request->arena, "%lld", (long long)value_get_int(item))
                               : arena_string(request->arena, value_get_text(item));
        if (!text || !*text || strlen(text) > ID_LIMIT)
            return false;
        for (size_t j = 0; !known && j < ret_ids->count; j++)
            known = strcmp(ret_ids->at[j], text) == 0;
        if (!known)
            *vec_add(request->arena, ret_ids) = text;
    }
    return true;
}

void admin_delete(Request *request)
{
    IdList ids = {0};
    Value *body = request_object(request);
    if (!body)
        return;
    if (read_ids(request, body, &ids)) {
        request_log(request, "%s erases %zu account%s", request->claims.subject, ids.count,
                    ids.count == 1 ? "" : "s");
        order_erase(request, &(rung_names){ids.at, ids.count});
    } else
        answer_problem(request, 422, "user_ids must be a list of 1 to %d numbers or texts.",
                       IDS_LIMIT);
    value_free(body);
}
