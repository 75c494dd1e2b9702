/* One POST is one attempt; nothing is followed, and little is read of the answer. */
#include "serve/webhook.h"
#include "base/clock.h"
#include "serve/signature.h"

enum { ANSWER_LIMIT = 64 * 1024, FEW_ATTEMPTS = 4 };

struct Webhook {
    const rung_notify_settings *settings;
    const rung_notify_webhook *webhook;
    atomic_bool *stop;
    CURL *curl; /* NULL: there is no connection */
    size_t received;
    char problem[CURL_ERROR_SIZE];
};

/* ---- opening ---- */

Code webhook_open(const rung_notify_settings *settings, const rung_notify_webhook *webhook,
                  atomic_bool *stop, Webhook **ret_webhook, Error *error)
{
    Arena *arena = arena_new();
    const char *ignored;
    bool right = signature_make(arena, webhook->secret, "x", 0, "", &ignored);
    arena_free(arena);
    if (!right) {
        error_set(error, RUNG_CONFIG, "notify.webhooks.%s.secret is of no use", webhook->name);
        return error_hint(error, "24 or more characters, or " SIGNATURE_PREFIX
                                 " and base64 of as many bytes: `openssl rand -base64 32`");
    }
    Webhook *made = calloc(1, sizeof *made);
    if (!made)
        arena_exhausted();
    *made = (Webhook){.settings = settings, .webhook = webhook, .stop = stop};
    *ret_webhook = made;
    return RUNG_OK;
}

void webhook_rest(Webhook *webhook)
{
    curl_easy_cleanup(webhook->curl);
    webhook->curl = NULL;
}

void webhook_close(Webhook *webhook)
{
    if (!webhook)
        return;
    webhook_rest(webhook);
    free(webhook);
}

/* ---- sending ---- */

static void copy_text(Value *to, const char *name, const Value *from)
{
    if (from)
        value_set_text(to, name, value_get_text(from));
}

/* The same bytes for each attempt. */
static const char *make_body(Arena *arena, const char *id, const Value *message)
{
    static const char *const fields[] = {"requested_at", "deletion_date", "alert", "text"};
    const Value *data = value_get(message, "data");
    Value *body = value_object(), *inner = value_object();
    Text text = TEXT_EMPTY;
    value_set_text(body, "id", id);
    copy_text(body, "event", value_get(message, "event"));
    copy_text(body, "created_at", value_get(message, "created_at"));
    if (value_get_text(value_get(message, "subject"))) {
        copy_text(inner, "subject", value_get(message, "subject"));
        copy_text(inner, "key", value_get(message, "key"));
        copy_text(inner, "subject_hash", value_get(message, "subject_hash"));
    }
    for (size_t i = 0; i < COUNT(fields); i++)
        copy_text(inner, fields[i], value_get(data, fields[i]));
    if (value_get(data, "days_remaining"))
        value_set_int(inner, "days_remaining", value_get_int(value_get(data, "days_remaining")));
    value_set(body, "data", inner);
    value_write(body, false, &text);
    value_free(body);
    return text_keep(&text, arena);
}

/* A long answer is no reason to try again: what counts is its status. */
static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
    Webhook *webhook = context;
    webhook->received += size * count;
    return webhook->received > ANSWER_LIMIT ? 0 : size * count;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *list = curl_slist_append(*headers, line);
    if (list)
        *headers = list;
    return list != NULL;
}

static bool set_headers(Webhook *webhook, Arena *arena, const char *id, const char *body,
                        struct curl_slist **headers)
{
    int64_t now = clock_wall_us() / 1000000;
    const char *signatures;
    return signature_make(arena, webhook->webhook->secret, id, now, body, &signatures) &&
           add_header(headers, "Content-Type: application/json") &&
           add_header(headers, "Expect:") &&
           add_header(headers, arena_print(arena, "Webhook-Id: %s", id)) &&
           add_header(headers, arena_print(arena, "Idempotency-Key: %s", id)) &&
           add_header(headers, arena_print(arena, "Webhook-Timestamp: %lld", (long long)now)) &&
           add_header(headers, arena_print(arena, "Webhook-Signature: %s", signatures));
}

static void set_options(Webhook *webhook, Arena *arena, const char *body,
                        struct curl_slist *headers)
{
    CURL *curl = webhook->curl;
    curl_easy_reset(curl); /* connections stay */
    curl_easy_setopt(curl, CURLOPT_URL, webhook->webhook->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)webhook->webhook->timeout_ms);
    if (webhook->settings->ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, webhook->settings->ca);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, arena_print(arena, "rung/%s", rung_version()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, webhook);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, webhook->problem);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, transfer_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, webhook->stop);
}

static void judge(Webhook *webhook, CURLcode result, Delivery *delivery)
{
    long status = 0;
    curl_off_t wait = 0;
    char told[sizeof delivery->told];
    curl_easy_getinfo(webhook->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(webhook->curl, CURLINFO_RETRY_AFTER, &wait);
    bool answered = result == CURLE_OK || (result == CURLE_WRITE_ERROR && status);
    delivery->sent = answered && status >= 200 && status < 300;
    if (delivery->sent)
        return;
    if (!answered) {
        delivery_fail(delivery, curl_easy_strerror(result), "%s",
                      *webhook->problem ? webhook->problem : curl_easy_strerror(result));
        return;
    }
    bool later = status == 408 || status == 429 || status >= 500;
    delivery->attempts = status == 410 ? 1 : later ? 0 : FEW_ATTEMPTS;
    delivery->wait = status == 429 || status == 503 ? (int64_t)wait : 0;
    snprintf(told, sizeof told, "it answered %ld", status);
    delivery_fail(delivery, told, "HTTP %ld%s", status,
                  status >= 300 && status < 400 ? ", which is not followed" : "");
}

void webhook_send(Webhook *webhook, const Value *message, Delivery *ret_delivery)
{
    Arena *arena = arena_new();
    struct curl_slist *headers = NULL;
    Delivery delivery = {0};
    const char *id = arena_print(arena, "msg_%s", value_get_text(value_get(message, "message_id")));
    const char *body = make_body(arena, id, message);
    webhook->received = 0;
    webhook->problem[0] = '\0';
    if (!webhook->curl)
        webhook->curl = curl_easy_init();
    if (!webhook->curl || !set_headers(webhook, arena, id, body, &headers))
        delivery_fail(&delivery, "no memory", "there is no memory for a request");
    else {
        set_options(webhook, arena, body, headers);
        judge(webhook, curl_easy_perform(webhook->curl), &delivery);
    }
    curl_slist_free_all(headers);
    arena_free(arena);
    *ret_delivery = delivery;
}
