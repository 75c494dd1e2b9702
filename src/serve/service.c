/* Keys and limits of the service. */
#include "serve/service.h"
#include "base/clock.h"
#include "base/file.h"
#include "serve/count.h"
#include "serve/deliver.h"
#include "serve/once.h"
#include "serve/dashboard.h"
#include "serve/password.h"

#include <sys/stat.h>

enum {
    PEM_LIMIT = 64 * 1024,
    JWKS_LIMIT = 256 * 1024,
    ACCOUNT_TRIES = 5,
    ACCOUNT_SECONDS = 60,
    ADDRESS_TRIES = 20,
    ADDRESS_SECONDS = 15
};

static const TokenRules admin_rules = {.issuer = "rung", .audience = "rung-admin"};

Shared *shared_new(void)
{
    Shared *shared = calloc(1, sizeof *shared);
    if (!shared)
        arena_exhausted();
    key_random(shared->admin_secret);
    shared->accounts = limit_new(ACCOUNT_TRIES, ACCOUNT_SECONDS);
    shared->addresses = limit_new(ADDRESS_TRIES, ADDRESS_SECONDS);
    shared->clients = limit_new(1, 1); /* service_new sets their rates */
    shared->subjects = limit_new(1, 1);
    shared->logouts = logouts_new();
    shared->deliver = deliver_new();
    shared->flights = flights_new();
    shared->dashboard = dashboard_new(shared);
    shared->counts = counts_new();
    return shared;
}

void shared_free(Shared *shared)
{
    deliver_free(shared->deliver);
    limit_free(shared->accounts);
    limit_free(shared->addresses);
    limit_free(shared->clients);
    limit_free(shared->subjects);
    dashboard_free(shared->dashboard);
    logouts_free(shared->logouts);
    flights_free(shared->flights);
    counts_free(shared->counts);
    secret_wipe(shared, sizeof *shared);
    free(shared);
}

/* ---- keys ---- */

/* A set may have secrets in it. */
static Code check_mode(const Service *service, Error *error)
{
    struct stat about;
    const char *path = service->settings.jwks;
    for (const TokenKey *key = service->user_key; key; key = token_key_next(key))
        if (strcmp(token_key_algorithm(key), "HS256") == 0 && stat(path, &about) == 0 &&
            (about.st_mode & (S_IROTH | S_IWOTH))) {
            error_at(error, RUNG_CONFIG, path, 0, "%s has secrets, and everybody can read it",
                     path);
            return error_hint(error, "chmod o-rw %s", path);
        }
    return RUNG_OK;
}

static Code read_user_key(Service *service, Error *error)
{
    const rung_serve_settings *settings = &service->settings;
    TokenRules rules = {settings->issuer, settings->audience, settings->not_before};
    if (settings->secret)
        return token_key_secret(settings->secret, strlen(settings->secret), &rules,
                                &service->user_key, error);
    const char *path = settings->jwks ? settings->jwks : settings->public_key;
    Arena *arena = arena_new();
    char *text;
    size_t length;
    Code code =
        file_read(arena, path, settings->jwks ? JWKS_LIMIT : PEM_LIMIT, &text, &length, error);
    if (!code && settings->jwks)
        code = token_keys_read(path, text, length, &rules, &service->user_key, error);
    else if (!code)
        code = token_key_public(path, text, length, &rules, &service->user_key, error);
    if (!code && settings->jwks)
        code = check_mode(service, error);
    arena_free(arena);
    return code;
}

/* Tokens of admins have a secret of their own: no token of a user is one. */
static Code make_admin_key(Service *service, Error *error)
{
    const char *secret = service->settings.admin_secret;
    if (secret && service->settings.secret && strcmp(secret, service->settings.secret) == 0)
        return error_set(error, RUNG_CONFIG,
                         "serve.admin_secret is the same as serve.auth.hs256_secret: whoever makes "
                         "tokens for users could make admins");
    if (secret)
        return token_key_secret(secret, strlen(secret), &admin_rules, &service->admin_key, error);
    return token_key_secret((const char *)service->shared->admin_secret, KEY_SIZE, &admin_rules,
                            &service->admin_key, error);
}

static Code check_admins(const rung_serve_settings *settings, Error *error)
{
    for (size_t i = 0; i < settings->admin_count; i++)
        if (!admin_hash_is_valid(settings->admins[i].hash)) {
            error_set(error, RUNG_CONFIG,
                      "serve.admins.%s is no argon2id hash, nor one of bcrypt with a cost of 10 to "
                      "15",
                      settings->admins[i].name);
            return error_hint(error,
                              "`rung-serve --hash-password` reads a password and prints one");
        }
    return RUNG_OK;
}

/* ---- the whole ---- */

/* The same in the form of the other rooms; it is freed. */
static Code take_failure(Code code, rung_error *failure, Error *error)
{
    error_at(error, code, failure ? rung_error_file(failure) : "",
             failure ? rung_error_line(failure) : 0, "%s",
             failure ? rung_error_message(failure) : "out of memory");
    error_hint(error, "%s", failure ? rung_error_hint(failure) : "");
    rung_error_free(failure);
    return code;
}

static Code open_projects(Service *service, size_t workers, Error *error)
{
    rung_error *failure = NULL;
    Code code = rung_open(&service->options, &service->project, &failure);
    if (!code)
        code = rung_serve_settings_read(service->project, &service->settings, &failure);
    if (!code)
        code = rung_notify_settings_read(service->project, &service->notify, &failure);
    if (code)
        return take_failure(code, failure, error);
    service->count =
        workers ? workers : service->settings.pool.size + service->settings.pool.overflow;
    service->options.keep_seconds = service->settings.pool.recycle_seconds;
    service->projects = arena_alloc_array(service->arena, service->count + 1, sizeof(rung *));
    memset(service->projects, 0, (service->count + 1) * sizeof(rung *));
    for (size_t i = 0; !code && i <= service->count; i++)
        code = rung_open(&service->options, &service->projects[i], &failure);
    if (!code)
        code = rung_open(&service->options, &service->errands, &failure);
    return code ? take_failure(code, failure, error) : RUNG_OK;
}

void service_apply(const Service *service)
{
    const rung_serve_settings *settings = &service->settings;
    limit_set_rate(service->shared->clients, settings->address_rate, settings->address_burst);
    limit_set_rate(service->shared->subjects, settings->subject_rate, settings->subject_burst);
}

Code service_new(const rung_options *options, Shared *shared, size_t workers, Service **ret_service,
                 Error *error)
{
    Service *service = calloc(1, sizeof *service);
    if (!service)
        arena_exhausted();
    *service = (Service){.options = *options,
                         .accounts = shared->accounts,
                         .addresses = shared->addresses,
                         .shared = shared,
                         .arena = arena_new(),
                         .references = 1};
    Code code = open_projects(service, workers, error);
    if (!code)
        code = read_user_key(service, error);
    if (!code)
        code = make_admin_key(service, error);
    if (!code)
        code = check_admins(&service->settings, error);
    if (!code)
        code = tls_read(service->arena, &service->settings, &service->tls, error);
    if (!code)
        code = networks_read(service->arena, &service->settings.trusted_proxies, &service->proxies,
                             error);
    if (code) {
        service_drop(service);
        return code;
    }
    *ret_service = service;
    return RUNG_OK;
}

Service *service_take(Service *service)
{
    __atomic_add_fetch(&service->references, 1, __ATOMIC_RELAXED);
    return service;
}

void service_drop(Service *service)
{
    if (!service || __atomic_sub_fetch(&service->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    token_key_free(service->user_key);
    token_key_free(service->admin_key);
    for (size_t i = 0; service->projects && i <= service->count; i++)
        rung_close(service->projects[i]);
    rung_close(service->errands);
    rung_close(service->project);
    arena_free(service->arena);
    free(service);
}
