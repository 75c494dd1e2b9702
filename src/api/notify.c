/* Mail and webhooks as rung.yaml has them. */
#include "api/notify.h"
#include "api/project.h"
#include "base/file.h"
#include "lifecycle/outbox.h"

enum {
    TIMEOUT_LEAST = 100,
    TIMEOUT_MOST = 60000,
    LEASE_MORE = 2000, /* for what the database takes */
    WEBHOOKS_MOST = 16,
    SECRET_LEAST = 24
};

static Code wrong(const Config *config, Error *error, const char *what, const char *hint)
{
    error_at(error, RUNG_CONFIG, config->path, config->notify.line, "%s", what);
    return error_hint(error, "%s", hint);
}

static Code check_events(const Config *config, int line, const NotifyList *events, Error *error)
{
    OutboxEvent ignored;
    for (size_t i = 0; i < events->count; i++)
        if (!outbox_event_read(events->at[i], &ignored)) {
            error_at(error, RUNG_CONFIG, config->path, line, "notify: there is no event \"%s\"",
                     events->at[i]);
            return error_hint(error, "there are requested, reminder, cancelled, completed, alert");
        }
    return RUNG_OK;
}

static Code check_timeout(const Config *config, int line, int timeout_ms, Error *error)
{
    if (timeout_ms < TIMEOUT_LEAST || timeout_ms > TIMEOUT_MOST)
        return error_at(error, RUNG_CONFIG, config->path, line,
                        "notify: a timeout is between 100ms and 60s");
    if (config->notify.lease_ms < 2 * timeout_ms + LEASE_MORE)
        return error_at(error, RUNG_CONFIG, config->path, line,
                        "notify.lease is shorter than two timeouts and 2s");
    return RUNG_OK;
}

static bool has_email(const Lifecycle *policy)
{
    for (size_t i = 0; i < policy->subjects.count; i++)
        if (policy->subjects.at[i].email)
            return true;
    return false;
}

static Code check_mail(const Config *config, Error *error)
{
    const MailPolicy *mail = &config->notify.mail;
    if (!mail->url)
        return RUNG_OK;
    if (!mail->from)
        return wrong(config, error, "notify.mail has no from", "the address that mail comes from");
    if (strcmp(mail->tls, "required") != 0 && strcmp(mail->tls, "allowed") != 0)
        return wrong(config, error, "notify.mail.tls is required or allowed",
                     "allowed is for a mail server on the same machine");
    if (!has_email(&config->lifecycle))
        return wrong(config, error, "notify.mail: no subject has an address",
                     "lifecycle.subjects.NAME.email is the column that has it");
    Code code = check_events(config, config->notify.line, &mail->events, error);
    return code ? code : check_timeout(config, config->notify.line, mail->timeout_ms, error);
}

static Code check_webhook(const Config *config, const WebhookPolicy *webhook, Error *error)
{
    if (strcmp(webhook->name, CHANNEL_MAIL) == 0)
        return error_at(error, RUNG_CONFIG, config->path, webhook->line,
                        "a webhook cannot be called \"%s\"", webhook->name);
    if (!webhook->url || !webhook->secret)
        return error_at(error, RUNG_CONFIG, config->path, webhook->line,
                        "notify.webhooks.%s has no %s", webhook->name,
                        webhook->url ? "secret" : "url");
    Code code = check_events(config, webhook->line, &webhook->events, error);
    return code ? code : check_timeout(config, webhook->line, webhook->timeout_ms, error);
}

Code notify_check(const Config *config, Error *error)
{
    const Notify *notify = &config->notify;
    ClockAge age;
    if (!notify->line)
        return RUNG_OK;
    for (size_t i = 0; i < notify->reminder.count; i++)
        if (!clock_read_age(notify->reminder.at[i], &age) || (!age.months && !age.seconds))
            return wrong(config, error, "notify.reminder is a list of ages", "[7d, 1d]");
    if (!notify->attempts || !notify->poll_ms)
        return wrong(config, error, "notify.attempts and notify.poll are more than 0",
                     "16 and 5s without them");
    if (notify->webhooks.count > WEBHOOKS_MOST)
        return wrong(config, error, "notify.webhooks has more than 16",
                     "one receiver can tell others");
    Code code = check_mail(config, error);
    for (size_t i = 0; !code && i < notify->webhooks.count; i++)
        code = check_webhook(config, &notify->webhooks.at[i], error);
    return code;
}

/* ---- for the service ---- */

static Code expand(rung *project, const char *text, int line, const char **ret_text, Error *error)
{
    *ret_text = NULL;
    return text ? env_expand(project->arena, &project->env, text, project->config.path, line,
                             ret_text, error)
                : RUNG_OK;
}

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* A password goes to nobody who might only listen. */
static bool is_on_this_machine(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return begins(host, "127.") || begins(host, "[::1]") || begins(host, "localhost");
}

static Code read_mail(rung *project, rung_notify_settings *settings, Error *error)
{
    const Config *config = &project->config;
    const MailPolicy *mail = &config->notify.mail;
    int line = config->notify.line;
    if (!mail->url)
        return RUNG_OK;
    Code code = expand(project, mail->url, line, &settings->mail_url, error);
    if (!code)
        code = expand(project, mail->username, line, &settings->username, error);
    if (!code)
        code = expand(project, mail->password, line, &settings->password, error);
    if (code)
        return code;
    settings->from = mail->from;
    settings->reply_to = mail->reply_to;
    settings->mail_timeout_ms = mail->timeout_ms;
    settings->tls_required = strcmp(mail->tls, "required") == 0;
    if (mail->templates)
        settings->templates = path_join(project->arena, config->folder, mail->templates);
    if (!begins(settings->mail_url, "smtp://") && !begins(settings->mail_url, "smtps://"))
        return wrong(config, error, "notify.mail.url is no smtp:// or smtps:// URL",
                     "smtp://127.0.0.1:25, or smtps://mail.example.org");
    if (settings->username && !settings->tls_required && begins(settings->mail_url, "smtp://") &&
        !is_on_this_machine(settings->mail_url))
        return wrong(config, error, "notify.mail: a password needs tls: required",
                     "the server is not on this machine: others could read it");
    return RUNG_OK;
}

static Code read_webhooks(rung *project, rung_notify_settings *settings, Error *error)
{
    const Notify *notify = &project->config.notify;
    rung_notify_webhook *list =
        arena_alloc_array(project->arena, notify->webhooks.count + 1, sizeof *list);
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < notify->webhooks.count; i++) {
        const WebhookPolicy *webhook = &notify->webhooks.at[i];
        list[i] = (rung_notify_webhook){.name = webhook->name, .timeout_ms = webhook->timeout_ms};
        code = expand(project, webhook->url, webhook->line, &list[i].url, error);
        if (!code)
            code = expand(project, webhook->secret, webhook->line, &list[i].secret, error);
        if (!code && !begins(list[i].url, "http://") && !begins(list[i].url, "https://"))
            code = error_at(error, RUNG_CONFIG, project->config.path, webhook->line,
                            "notify.webhooks.%s.url is no http:// or https:// URL", webhook->name);
        if (!code && strlen(list[i].secret) < SECRET_LEAST)
            code = error_at(error, RUNG_CONFIG, project->config.path, webhook->line,
                            "notify.webhooks.%s.secret has less than 24 characters", webhook->name);
    }
    settings->webhooks = list;
    settings->webhook_count = notify->webhooks.count;
    return code;
}

static Code read_settings(rung *project, rung_notify_settings *ret_settings, Error *error)
{
    const Config *config = &project->config;
    rung_notify_settings settings = {.app = config->notify.app, .poll_ms = config->notify.poll_ms};
    Code code = notify_check(config, error);
    if (!code && config->notify.ca)
        settings.ca = path_join(project->arena, config->folder, config->notify.ca);
    if (!code)
        code = read_mail(project, &settings, error);
    if (!code)
        code = read_webhooks(project, &settings, error);
    if (!code)
        *ret_settings = settings;
    return code;
}

rung_code rung_notify_settings_read(rung *project, rung_notify_settings *ret_settings,
                                    rung_error **ret_error)
{
    Error error;
    Code code = read_settings(project, ret_settings, &error);
    return code ? give_error(&error, ret_error) : RUNG_OK;
}
