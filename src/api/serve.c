/* What the service needs to know of rung.yaml. */
#include "api/project.h"
#include "base/clock.h"
#include "base/file.h"

enum { CONNECTIONS_LEAST = 16 };

static Code wrong(const Config *config, Error *error, const char *what, const char *hint)
{
    error_at(error, RUNG_CONFIG, config->path, config->serve.line, "%s", what);
    return error_hint(error, "%s", hint);
}

static Code expand(rung *project, const char *text, int line, const char **ret_text, Error *error)
{
    return text ? env_expand(project->arena, &project->env, text, project->config.path, line,
                             ret_text, error)
                : RUNG_OK;
}

static Code choose_subject(const Config *config, const char **ret_subject, Error *error)
{
    const Lifecycle *policy = &config->lifecycle;
    const char *name = config->serve.subject;
    if (!name && policy->subjects.count == 1)
        name = policy->subjects.at[0].name;
    if (!name)
        return wrong(config, error,
                     policy->subjects.count ? "serve: whose rows? lifecycle.subjects has several"
                                            : "serve: lifecycle.subjects names nobody",
                     "serve.subject is the name of one of lifecycle.subjects");
    for (size_t i = 0; i < policy->subjects.count; i++)
        if (strcmp(policy->subjects.at[i].name, name) == 0) {
            *ret_subject = name;
            return RUNG_OK;
        }
    return wrong(config, error, "serve.subject is none of lifecycle.subjects",
                 "it is the name of one of them");
}

static Code read_admins(rung *project, rung_serve_settings *settings, Error *error)
{
    const ServeConfig *serve = &project->config.serve;
    rung_serve_admin *admins =
        arena_alloc_array(project->arena, serve->admins.count + 1, sizeof *admins);
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < serve->admins.count; i++) {
        const AdminConfig *admin = &serve->admins.at[i];
        admins[i].name = admin->name;
        code = expand(project, admin->hash, admin->line, &admins[i].hash, error);
        if (!code && !admins[i].hash)
            code = error_at(error, RUNG_CONFIG, project->config.path, admin->line,
                            "serve.admins.%s has no hash", admin->name);
    }
    settings->admins = admins;
    settings->admin_count = serve->admins.count;
    return code;
}

static Code check_auth(const Config *config, Error *error)
{
    const ServeConfig *serve = &config->serve;
    if (!!serve->auth.hs256_secret + !!serve->auth.public_key + !!serve->auth.jwks != 1)
        return wrong(config, error, "serve.auth needs one of hs256_secret, public_key and jwks",
                     "a key stands for one algorithm: HS256, or RS256 or ES256 by its kind");
    if (!serve->tls.certificate != !serve->tls.key ||
        (serve->tls.client_ca && !serve->tls.certificate))
        return wrong(config, error, "serve.tls needs both certificate and key",
                     "two files in PEM; without the section it speaks plain HTTP");
    if (!serve->auth.issuer || !serve->auth.audience)
        return wrong(config, error, "serve.auth needs issuer and audience",
                     "a token that was made for somebody else is not believed");
    if (!serve->pool.size || serve->pool.size + serve->pool.overflow > 1000)
        return wrong(config, error, "serve.pool: size is 0, or size and overflow are over 1000",
                     "20 and 10 are enough for most");
    return RUNG_OK;
}

static Code read_limits(const Config *config, rung_serve_settings *settings, Error *error)
{
    const ServeConfig *serve = &config->serve;
    settings->request_ms = serve->limits.request_ms;
    settings->connections = serve->limits.connections;
    settings->address_rate = serve->limits.address_rate;
    settings->address_burst = serve->limits.address_burst;
    settings->subject_rate = serve->limits.subject_rate;
    settings->subject_burst = serve->limits.subject_burst;
    settings->trusted_proxies =
        (rung_names){serve->trusted_proxies.at, serve->trusted_proxies.count};
    if (!serve->limits.request_ms || serve->limits.connections < CONNECTIONS_LEAST ||
        !serve->limits.address_burst || !serve->limits.subject_burst)
        return wrong(config, error, "a limit of serve.limits is too small",
                     "request_time, address_burst and subject_burst are at least 1, connections "
                     "16");
    if (serve->auth.not_before && !clock_read_utc(serve->auth.not_before, &settings->not_before))
        return wrong(config, error, "serve.auth.not_before is no time",
                     "2026-01-31T12:00:00Z, in UTC");
    return RUNG_OK;
}

static const char *path_of(rung *project, const char *path)
{
    return path ? path_join(project->arena, project->config.folder, path) : NULL;
}

static rung_serve_pool read_pool(const ServeConfig *serve)
{
    return (rung_serve_pool){.size = (size_t)serve->pool.size,
                             .overflow = (size_t)serve->pool.overflow,
                             .timeout_ms = (unsigned)serve->pool.timeout_ms,
                             .recycle_seconds = (unsigned)serve->pool.recycle_ms / 1000};
}

static Code read_settings(rung *project, rung_serve_settings *ret_settings, Error *error)
{
    const Config *config = &project->config;
    const ServeConfig *serve = &config->serve;
    if (!serve->line) {
        error_set(error, RUNG_CONFIG, "%s has no section serve",
                  config->path ? config->path : "no rung.yaml: this project");
        return error_hint(error, "doc/serve.md begins with one");
    }
    rung_serve_settings settings = {.listen = serve->listen,
                                    .metrics_listen = serve->metrics_listen,
                                    .issuer = serve->auth.issuer,
                                    .audience = serve->auth.audience,
                                    .pool = read_pool(serve),
                                    .require_idempotency_key = serve->require_idempotency_key,
                                    .dashboard = serve->dashboard,
                                    .drift_check_seconds = serve->drift_check.seconds};
    Code code = check_auth(config, error);
    if (!code)
        code = choose_subject(config, &settings.subject, error);
    if (!code)
        code = expand(project, serve->auth.hs256_secret, serve->line, &settings.secret, error);
    if (!code)
        code = expand(project, serve->admin_secret, serve->line, &settings.admin_secret, error);
    if (!code)
        code = read_admins(project, &settings, error);
    if (!code)
        code = read_limits(config, &settings, error);
    if (code)
        return code;
    settings.public_key = path_of(project, serve->auth.public_key);
    settings.jwks = path_of(project, serve->auth.jwks);
    settings.tls_certificate = path_of(project, serve->tls.certificate);
    settings.tls_key = path_of(project, serve->tls.key);
    settings.tls_client_ca = path_of(project, serve->tls.client_ca);
    *ret_settings = settings;
    return RUNG_OK;
}

rung_code rung_serve_settings_read(rung *project, rung_serve_settings *ret_settings,
                                   rung_error **ret_error)
{
    Error error;
    Code code = read_settings(project, ret_settings, &error);
    return code ? give_error(&error, ret_error) : RUNG_OK;
}
