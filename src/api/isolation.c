/* isolation: whether one tenant reaches another's rows. */
#include "prove/isolation.h"
#include "api/side.h"
#include "report/isolation.h"

static Code read_setting(Verb *verb, const char *text, TenantSettingList *settings,
                         bool *ret_tenant, Error *error)
{
    const char *sign = strchr(text, '=');
    if (!sign || sign == text) {
        error_set(error, RUNG_USAGE, "--set takes NAME=VALUE, not \"%s\"", text);
        return error_hint(error, "{tenant} in VALUE stands for the tenant: app.tenant={tenant}");
    }
    *ret_tenant |= strstr(sign, "{tenant}") != NULL;
    *vec_add(verb->arena, settings) =
        (TenantSetting){arena_copy(verb->arena, text, (size_t)(sign - text)), sign + 1};
    return RUNG_OK;
}

static Code read_options(Verb *verb, IsolationOptions *options, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    bool tenant = !arguments->settings.count;
    if (!arguments->tenant_column) {
        error_set(error, RUNG_USAGE, "isolation needs --tenant-column");
        return error_hint(error, "it names the column that says whose a row is, like user_id");
    }
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < arguments->settings.count; i++)
        code = read_setting(verb, arguments->settings.at[i], &options->settings, &tenant, error);
    if (!code && !tenant) {
        error_set(error, RUNG_USAGE, "no --set has {tenant} in its value");
        error_hint(error, "it stands for the tenant, as in --set app.tenant={tenant}");
        code = RUNG_USAGE;
    }
    options->column = arguments->tenant_column;
    options->role = arguments->role;
    options->filter = verb_filter(verb);
    options->lock_timeout_ms = verb->project->target.lock_timeout_ms;
    options->statement_timeout_ms = verb->project->target.statement_timeout_ms;
    return code;
}

static Code check_engine(Verb *verb, Error *error)
{
    const rung_arguments *arguments = verb->arguments;
    if (verb->project->url.engine == ENGINE_POSTGRESQL)
        return RUNG_OK;
    if (arguments->role || arguments->settings.count) {
        error_set(error, RUNG_USAGE, "SQLite has no roles and no settings of a session");
        return error_hint(error, "leave --role and --set out");
    }
    if (!arguments->queries) {
        error_set(error, RUNG_USAGE,
                  "SQLite has no policies: the application's queries keep "
                  "tenants apart");
        return error_hint(error, "--queries names a file or folder with them");
    }
    return RUNG_OK;
}

static Code verb_isolation(Verb *verb, Error *error)
{
    bool absent;
    Isolation isolation;
    AppQueryList queries = {0};
    IsolationOptions options = {0};
    Code code = read_options(verb, &options, error);
    if (!code)
        code = verb_url(verb, error);
    if (!code)
        code = check_engine(verb, error);
    if (!code && verb->arguments->queries) {
        code = queries_read(verb->arena, verb->project->url.engine, verb->arguments->queries,
                            &queries, error);
        options.queries = &queries;
    }
    if (!code)
        code = verb_connect(verb, &absent, error);
    if (!code && absent)
        code =
            error_set(error, RUNG_UNKNOWN, "there is no database %s yet", verb->project->url.shown);
    if (!code)
        code = isolation_prove(verb->db, verb->arena, &options, &isolation, error);
    if (code)
        return code;
    return report_isolation(&verb->report, &isolation, options.column) ? RUNG_FOUND : RUNG_OK;
}
VERB(isolation)
