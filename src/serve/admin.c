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

AdminTry admin_try(Request *request, const char *name, const char *password, int64_t *ret_wait)
{
    Service *service = request->service;
    Credentials credentials = {name, password};
    int64_t now = clock_monotonic_us();
    if (!name || !password || strlen(name) > NAME_LIMIT || strlen(password) > PASSWORD_LIMIT)
        return ADMIN_UNREADABLE;
    *ret_wait = limit_take(service->addresses, client_key(request->arena, request->address), now);
    if (!*ret_wait)
        *ret_wait = limit_take(service->accounts, name, now);
    if (*ret_wait)
        return ADMIN_LATER;
    if (!check_credentials(service, &credentials)) {
        request_log(request, "a sign-in from %s was refused", request->address);
        return ADMIN_WRONG;
    }
    limit_return(service->accounts, name);
    limit_return(service->addresses, client_key(request->arena, request->address));
    return ADMIN_RIGHT;
}

void admin_login(Request *request)
{
    int64_t wait;
    Value *body = request_object(request);
    if (!body)
        return;
    const char *name = value_get_text(value_get(body, "username"));
    switch (admin_try(request, name, value_get_text(value_get(body, "password")), &wait)) {
    case ADMIN_UNREADABLE:
        answer_problem(request, 422, "username and password must be texts.");
        break;
    case ADMIN_LATER:
        answer_busy(request, 429, wait, "Too many attempts. Try again later.");
        break;
    case ADMIN_WRONG:
        answer_problem(request, 401, "Name or password is wrong.");
        request->challenge = true;
        break;
    case ADMIN_RIGHT:
        answer_token(request, name);
        break;
    }
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
