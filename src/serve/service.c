/* Keys and limits of the service. */
#include "serve/service.h"
#include "base/crypto.h"
#include "base/file.h"

enum {
    PEM_LIMIT = 64 * 1024,
    ACCOUNT_TRIES = 5,
    ACCOUNT_SECONDS = 60,
    ADDRESS_TRIES = 20,
    ADDRESS_SECONDS = 15
};

static const TokenRules admin_rules = {"rung", "rung-admin"};

static Code read_user_key(Service *service, Error *error)
{
    const rung_serve_settings *settings = &service->settings;
    TokenRules rules = {settings->issuer, settings->audience};
    if (settings->secret)
        return token_key_secret(settings->secret, strlen(settings->secret), &rules,
                                &service->user_key, error);
    Arena *arena = arena_new();
    char *pem;
    size_t length;
    Code code = file_read(arena, settings->public_key, PEM_LIMIT, &pem, &length, error);
    if (!code)
        code =
            token_key_public(settings->public_key, pem, length, &rules, &service->user_key, error);
    arena_free(arena);
    return code;
}

/* Tokens of admins have a secret of their own: no token of a user is one. */
static Code make_admin_key(Service *service, Error *error)
{
    const char *secret = service->settings.admin_secret;
    unsigned char own[KEY_SIZE + 1] = {0};
    if (secret && service->settings.secret && strcmp(secret, service->settings.secret) == 0)
        return error_set(error, RUNG_CONFIG,
                         "serve.admin_secret is the same as serve.auth.hs256_secret: whoever makes "
                         "tokens for users could make admins");
    if (secret)
        return token_key_secret(secret, strlen(secret), &admin_rules, &service->admin_key, error);
    key_random(own);
    Code code =
        token_key_secret((const char *)own, KEY_SIZE, &admin_rules, &service->admin_key, error);
    secret_wipe(own, sizeof own);
    return code;
}

Code service_open(Service *service, Error *error)
{
    const rung_serve_settings *settings = &service->settings;
    Code code = read_user_key(service, error);
    if (!code)
        code = make_admin_key(service, error);
    for (size_t i = 0; !code && i < settings->admin_count; i++)
        if (!password_hash_is_valid(settings->admins[i].hash)) {
            error_set(error, RUNG_CONFIG, "serve.admins.%s is no argon2id hash",
                      settings->admins[i].name);
            code =
                error_hint(error, "`rung-serve --hash-password` reads a password and prints one");
        }
    service->accounts = limit_new(ACCOUNT_TRIES, ACCOUNT_SECONDS);
    service->addresses = limit_new(ADDRESS_TRIES, ADDRESS_SECONDS);
    return code;
}

void service_close(Service *service)
{
    token_key_free(service->user_key);
    token_key_free(service->admin_key);
    limit_free(service->accounts);
    limit_free(service->addresses);
}
