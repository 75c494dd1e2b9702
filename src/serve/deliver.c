/* A channel takes what is due under a lease, sends it, and says what became of it. The lease is in
 * the database, so several services share the work; within it no other sends the same. */
#include "serve/deliver.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "serve/mail.h"
#include "serve/webhook.h"

#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

enum {
    TEND_MS = 60000,    /* reminders */
    PAUSE_MS = 5000,    /* after the database could not be asked */
    MARK_MS = 500,      /* between attempts to say that something is sent */
    GRACE_SECONDS = 10, /* for what is being sent at the end */
    SLACK_MS = 1000     /* the lease counts whole seconds */
};

typedef struct Team Team;

typedef struct Channel {
    Team *team;
    const char *name;
    int timeout_ms;
    Mail *mail; /* or the other */
    Webhook *webhook;
    bool tends; /* one of them writes the reminders */
    int64_t tended_us;
    pthread_t thread;
    bool started;
    rung *project;
    bool mute;  /* the last look at the database failed, and that was said */
    bool woken; /* under the lock */
} Channel;

/* The channels of one configuration. */
struct Team {
    Service *service;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;    /* under the lock */
    atomic_bool stop; /* what is being sent ends now */
    size_t running;   /* threads; under the lock */
    size_t count;
    Channel channels[];
};

struct Deliver {
    pthread_mutex_t lock;
    Team *team, *next; /* NULL: none; `team` under the lock */
    bool ready;        /* libcurl is */
};

void delivery_fail(Delivery *delivery, const char *told, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(delivery->reason, sizeof delivery->reason, format, list);
    va_end(list);
    snprintf(delivery->told, sizeof delivery->told, "%s", told);
}

int transfer_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                      curl_off_t up)
{
    return atomic_load((atomic_bool *)context);
}

static void tell(const Channel *channel, const char *format, ...) PRINTF_LIKE(2, 3);
static void tell(const Channel *channel, const char *format, ...)
{
    va_list list;
    Text line = TEXT_EMPTY;
    text_print(&line, "outbox %s: ", channel->name);
    va_start(list, format);
    text_print_list(&line, format, list);
    va_end(list);
    for (size_t i = 0; i < line.length; i++) /* one line */
        if ((unsigned char)line.data[i] < ' ' || line.data[i] == 127)
            line.data[i] = ' ';
    fprintf(stderr, "%s\n", text_string(&line));
    text_done(&line);
}

static bool is_stopping(Channel *channel)
{
    pthread_mutex_lock(&channel->team->lock);
    bool stopping = channel->team->stopping;
    pthread_mutex_unlock(&channel->team->lock);
    return stopping;
}

/* Until it is woken, at most so long. */
static void pause_for(Channel *channel, int64_t milliseconds)
{
    Team *team = channel->team;
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&team->lock);
    while (!team->stopping && !channel->woken && !failed)
        failed = pthread_cond_timedwait(&team->changed, &team->lock, &until);
    channel->woken = false;
    pthread_mutex_unlock(&team->lock);
}

static void wake(Team *team)
{
    pthread_mutex_lock(&team->lock);
    for (size_t i = 0; i < team->count; i++)
        team->channels[i].woken = true;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
}

/* ---- the library ---- */

/* Runs `rung outbox` and reads its result; NULL, told once, when it failed. */
static Value *run(Channel *channel, rung_arguments arguments, const char *action, int64_t id,
                  rung_code *ret_code)
{
    rung_result *result = NULL;
    rung_error *failure = NULL;
    char number[32];
    const char *words[] = {action, number};
    Value *value = NULL;
    Error error;
    snprintf(number, sizeof number, "%lld", (long long)id);
    arguments.json = true;
    arguments.revisions = words;
    arguments.revision_count = id ? 2 : 1;
    rung_code code = rung_outbox(channel->project, &arguments, &result, &failure);
    if (!code && value_read("result", rung_result_text(result), strlen(rung_result_text(result)),
                            &value, &error))
        code = RUNG_FAILED;
    if (code && !channel->mute)
        tell(channel, "%s: %s%s%s", action, failure ? rung_error_message(failure) : "no message",
             failure && *rung_error_hint(failure) ? "; " : "",
             failure ? rung_error_hint(failure) : "");
    channel->mute = code != RUNG_OK;
    rung_error_free(failure);
    rung_result_free(result);
    *ret_code = code;
    return value;
}

/* Reminders, and what is to be forgotten. */
static void tend(Channel *channel)
{
    int64_t now = clock_monotonic_us();
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_code code;
    if (!channel->tends ||
        (channel->tended_us && now - channel->tended_us < (int64_t)TEND_MS * 1000))
        return;
    Value *result = run(channel, arguments, "tend", 0, &code);
    if (!code)
        channel->tended_us = now;
    if (value_get_int(value_get(result, "reminders")))
        wake(channel->team);
    value_free(result);
}

/* ---- one message ---- */

/* The other side has it: this is said until it is written, or the lease is another's. */
static void mark_sent(Channel *channel, int64_t id, const char *holder, int64_t until_us)
{
    rung_code code;
    do {
        rung_arguments arguments = RUNG_ARGUMENTS_INIT;
        arguments.lease = holder;
        value_free(run(channel, arguments, "done", id, &code));
        if (!code || code == RUNG_LOCKED)
            break;
        clock_sleep_ms(MARK_MS);
    } while (clock_monotonic_us() < until_us && !atomic_load(&channel->team->stop));
    if (code)
        tell(channel,
             "message %lld is sent, which could not be written: it is sent once more, as "
             "the same message",
             (long long)id);
}

static void mark_failed(Channel *channel, int64_t id, const char *holder, const Delivery *delivery)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_code code;
    char *reason = utf8_clean(delivery->reason);
    arguments.lease = holder;
    arguments.reason = reason;
    arguments.final = delivery->final;
    arguments.limit = (size_t)delivery->attempts;
    arguments.wait_seconds = delivery->wait > 0 ? (size_t)delivery->wait : 0;
    Value *result = run(channel, arguments, "fail", id, &code);
    const char *state = value_get_text(value_get(result, "state"));
    if (state && strcmp(state, "pending") == 0)
        tell(channel, "message %lld: %s; it is tried again in %lld s", (long long)id,
             delivery->told, (long long)value_get_int(value_get(result, "wait_seconds")));
    else if (state)
        tell(channel, "message %lld: %s; it is %s", (long long)id, delivery->told,
             strcmp(state, "failed") == 0 ? "refused for good" : "given up");
    value_free(result);
    free(reason);
}

static void give_back(Channel *channel, int64_t id, const char *holder)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_code code;
    arguments.lease = holder;
    value_free(run(channel, arguments, "release", id, &code));
}

static void send_one(Channel *channel, const Value *message, const char *holder, int64_t until_us)
{
    int64_t id = value_get_int(value_get(message, "id"));
    Delivery delivery;
    if (is_stopping(channel) ||
        clock_monotonic_us() + (int64_t)channel->timeout_ms * 1000 > until_us) {
        give_back(channel, id, holder);
        return;
    }
    if (channel->mail)
        mail_send(channel->mail, message, &delivery);
    else
        webhook_send(channel->webhook, message, &delivery);
    if (delivery.sent)
        mark_sent(channel, id, holder, until_us);
    else
        mark_failed(channel, id, holder, &delivery);
}

/* ---- a channel ---- */

/* Sends what is due; milliseconds until there may be more. */
static int64_t turn(Channel *channel)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    int64_t poll = channel->team->service->notify.poll_ms, since = clock_monotonic_us();
    rung_code code;
    tend(channel);
    arguments.channel = channel->name;
    Value *result = run(channel, arguments, "take", 0, &code);
    if (code)
        return PAUSE_MS;
    const Value *messages = value_get(result, "messages");
    const char *holder = value_get_text(value_get(result, "holder"));
    int64_t lease_ms = value_get_int(value_get(result, "lease_seconds")) * 1000 - SLACK_MS;
    int64_t wait = value_get_int(value_get(result, "wait_seconds")) * 1000;
    size_t count = value_count(messages);
    for (size_t i = 0; holder && i < count; i++)
        send_one(channel, value_at(messages, i), holder, since + lease_ms * 1000);
    value_free(result);
    if (count)
        return 0;
    if (channel->mail)
        mail_rest(channel->mail);
    else
        webhook_rest(channel->webhook);
    return wait > 0 && wait < poll ? wait : poll;
}

static void *work(void *context)
{
    Channel *channel = context;
    Team *team = channel->team;
    while (!is_stopping(channel)) {
        int64_t wait = turn(channel);
        if (wait)
            pause_for(channel, wait);
    }
    pthread_mutex_lock(&team->lock);
    team->running--;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
    return NULL;
}

/* ---- the channels of one configuration ---- */

/* Opened here, and not when it is needed: rung.yaml may be another by then. */
static Code open_project(Channel *channel, Error *error)
{
    rung_error *failure = NULL;
    rung_code code = rung_open(&channel->team->service->options, &channel->project, &failure);
    if (code)
        error_set(error, code, "%s", failure ? rung_error_message(failure) : "out of memory");
    rung_error_free(failure);
    return code;
}

static Code open_channels(Team *team, Error *error)
{
    const rung_notify_settings *settings = &team->service->notify;
    Code code = RUNG_OK;
    if (settings->mail_url) {
        Channel *channel = &team->channels[team->count++];
        *channel = (Channel){.team = team, .name = "mail", .timeout_ms = settings->mail_timeout_ms};
        code = mail_open(settings, &team->stop, &channel->mail, error);
    }
    for (size_t i = 0; !code && i < settings->webhook_count; i++) {
        const rung_notify_webhook *webhook = &settings->webhooks[i];
        Channel *channel = &team->channels[team->count++];
        *channel =
            (Channel){.team = team, .name = webhook->name, .timeout_ms = webhook->timeout_ms};
        code = webhook_open(settings, webhook, &team->stop, &channel->webhook, error);
    }
    team->channels[0].tends = true;
    for (size_t i = 0; !code && i < team->count; i++)
        code = open_project(&team->channels[i], error);
    return code;
}

static Code start_threads(Team *team, Error *error)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < team->count; i++) {
        Channel *channel = &team->channels[i];
        pthread_mutex_lock(&team->lock);
        channel->started = pthread_create(&channel->thread, NULL, work, channel) == 0;
        team->running += channel->started;
        pthread_mutex_unlock(&team->lock);
        if (!channel->started)
            code = error_set(error, RUNG_LIMIT, "no thread can be started");
    }
    return code;
}

/* What is being sent may end by itself; what does not is ended. */
static void end_threads(Team *team)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += GRACE_SECONDS;
    pthread_mutex_lock(&team->lock);
    team->stopping = true;
    pthread_cond_broadcast(&team->changed);
    while (team->running && !failed)
        failed = pthread_cond_timedwait(&team->changed, &team->lock, &until);
    atomic_store(&team->stop, true);
    for (size_t i = 0; team->running && i < team->count; i++)
        rung_cancel(team->channels[i].project);
    pthread_mutex_unlock(&team->lock);
}

static void team_free(Team *team)
{
    if (!team)
        return;
    end_threads(team);
    for (size_t i = 0; i < team->count; i++) {
        Channel *channel = &team->channels[i];
        if (channel->started)
            pthread_join(channel->thread, NULL);
        mail_close(channel->mail);
        webhook_close(channel->webhook);
        rung_close(channel->project);
    }
    pthread_mutex_destroy(&team->lock);
    pthread_cond_destroy(&team->changed);
    service_drop(team->service);
    free(team);
}

static Code team_new(Service *service, Team **ret_team, Error *error)
{
    const rung_notify_settings *settings = &service->notify;
    size_t count = settings->webhook_count + (settings->mail_url != NULL);
    if (!count) {
        *ret_team = NULL;
        return RUNG_OK;
    }
    Team *team = calloc(1, sizeof *team + count * sizeof team->channels[0]);
    if (!team)
        arena_exhausted();
    team->service = service_take(service);
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->changed, NULL);
    Code code = open_channels(team, error);
    if (code)
        team_free(team);
    else
        *ret_team = team;
    return code;
}

/* ---- all of it ---- */

Deliver *deliver_new(void)
{
    Deliver *deliver = calloc(1, sizeof *deliver);
    if (!deliver)
        arena_exhausted();
    pthread_mutex_init(&deliver->lock, NULL);
    setlocale(LC_CTYPE, "C.UTF-8"); /* libcurl reads domains beyond ASCII by it */
    return deliver;
}

Code deliver_prepare(Deliver *deliver, Service *service, Error *error)
{
    Team *team;
    bool needed = service->notify.mail_url || service->notify.webhook_count;
    if (needed && !deliver->ready && curl_global_init(CURL_GLOBAL_DEFAULT))
        return error_set(error, RUNG_LIMIT, "libcurl does not start");
    deliver->ready = deliver->ready || needed; /* without them the start is quicker */
    Code code = team_new(service, &team, error);
    if (code)
        return code;
    team_free(deliver->next);
    deliver->next = team;
    return RUNG_OK;
}

Code deliver_change(Deliver *deliver, Error *error)
{
    deliver_stop(deliver);
    Code code = deliver->next ? start_threads(deliver->next, error) : RUNG_OK;
    pthread_mutex_lock(&deliver->lock);
    deliver->team = deliver->next;
    deliver->next = NULL;
    pthread_mutex_unlock(&deliver->lock);
    return code;
}

void deliver_wake(Deliver *deliver)
{
    pthread_mutex_lock(&deliver->lock);
    if (deliver->team)
        wake(deliver->team);
    pthread_mutex_unlock(&deliver->lock);
}

void deliver_stop(Deliver *deliver)
{
    pthread_mutex_lock(&deliver->lock);
    Team *team = deliver->team;
    deliver->team = NULL;
    pthread_mutex_unlock(&deliver->lock);
    team_free(team);
}

void deliver_free(Deliver *deliver)
{
    if (!deliver)
        return;
    deliver_stop(deliver);
    team_free(deliver->next);
    pthread_mutex_destroy(&deliver->lock);
    free(deliver);
}
