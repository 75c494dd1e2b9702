/* The outbox, for people and as JSON. */
#include "report/outbox.h"
#include "base/clock.h"

static void set_time(Value *value, const char *key, int64_t seconds)
{
    Arena *arena = arena_new();
    value_set_text(value, key, seconds ? clock_print_utc(arena, seconds) : NULL);
    arena_free(arena);
}

static void put_time(Text *text, int64_t seconds)
{
    Arena *arena = arena_new();
    const char *time = clock_print_utc(arena, seconds);
    text_print(text, "%.10s %.8s UTC", time, time + 11);
    arena_free(arena);
}

static void put_count(Text *text, const char *words, int64_t count)
{
    if (count)
        text_print(text, "%s%lld %s", text->length ? ", " : "", (long long)count, words);
}

/* ---- the list ---- */

static Value *message_value(const OutboxMessage *message)
{
    Value *value = value_object();
    value_set_int(value, "id", message->id);
    value_set_text(value, "event", message->event);
    value_set_text(value, "channel", message->channel);
    value_set_text(value, "state", message->state);
    value_set_text(value, "subject", message->subject);
    value_set_text(value, "subject_hash", message->hash);
    value_set_text(value, "message_id", message->message_id);
    set_time(value, "created_at", message->created_at);
    set_time(value, "next_attempt_at",
             strcmp(message->state, "pending") == 0 ? message->next_attempt_at : 0);
    set_time(value, "sent_at", message->sent_at);
    value_set_int(value, "attempts", message->attempts);
    value_set_text(value, "last_error", message->error);
    return value;
}

static void put_message(Text *text, const OutboxMessage *message)
{
    text_print(text, "%lld  %s by %s", (long long)message->id, message->event, message->channel);
    if (message->subject)
        text_print(text, "  %s %.16s...", message->subject, message->hash ? message->hash : "");
    text_print(text, "  %s", message->state);
    if (message->sent_at) {
        text_char(text, ' ');
        put_time(text, message->sent_at);
    } else if (strcmp(message->state, "pending") == 0 && message->attempts) {
        text_put(text, ", next attempt ");
        put_time(text, message->next_attempt_at);
    }
    text_char(text, '\n');
    if (message->error)
        text_print(text, "  failed %lld time%s: %s\n", (long long)message->attempts,
                   message->attempts == 1 ? "" : "s", message->error);
}

Value *outbox_counts_value(const OutboxCounts *counts, bool sent)
{
    Value *value = value_object();
    value_set_int(value, "pending", counts->pending);
    value_set_int(value, "sending", counts->sending);
    value_set_int(value, "failed", counts->failed);
    value_set_int(value, "dead", counts->dead);
    if (sent)
        value_set_int(value, "sent", counts->sent);
    set_time(value, "oldest_at", counts->oldest_at);
    return value;
}

void report_outbox(Report *report, const OutboxList *list, const OutboxCounts *counts)
{
    report->count = list->count;
    if (report->json) {
        Value *value = value_object(), *array = value_array();
        for (size_t i = 0; i < list->count; i++)
            value_append(array, message_value(&list->at[i]));
        value_set(value, "messages", array);
        value_set(value, "counts", outbox_counts_value(counts, counts->sent > 0));
        report_document(report, value);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        put_message(&report->text, &list->at[i]);
    Text line = TEXT_EMPTY;
    put_count(&line, "pending", counts->pending);
    put_count(&line, "being sent", counts->sending);
    put_count(&line, "refused for good", counts->failed);
    put_count(&line, "given up", counts->dead);
    put_count(&line, "sent", counts->sent);
    text_print(&report->text, "%s\n", line.length ? text_string(&line) : "no messages");
    text_done(&line);
}

/* ---- for who sends them ---- */

static Value *taken_value(const OutboxMessage *message)
{
    Value *value = message_value(message), *data = NULL;
    Error ignored;
    value_set_text(value, "key", message->key);
    value_set_text(value, "address", message->address);
    if (value_read("payload", message->payload, strlen(message->payload), &data, &ignored))
        data = value_object();
    value_set(value, "data", data);
    return value;
}

void report_outbox_taken(Report *report, const OutboxList *list, const char *holder,
                         int64_t lease_seconds, int64_t wait)
{
    report->count = list->count;
    if (!report->json) {
        text_print(&report->text, "%zu message%s taken for %lld s by %s\n", list->count,
                   list->count == 1 ? "" : "s", (long long)lease_seconds, holder);
        return;
    }
    Value *value = value_object(), *array = value_array();
    for (size_t i = 0; i < list->count; i++)
        value_append(array, taken_value(&list->at[i]));
    value_set_text(value, "holder", holder);
    value_set_int(value, "lease_seconds", lease_seconds);
    value_set_int(value, "wait_seconds", wait);
    value_set(value, "messages", array);
    report_document(report, value);
}

void report_outbox_state(Report *report, int64_t id, const char *state, int64_t wait)
{
    report->count = 1;
    if (!report->json) {
        text_print(&report->text, "message %lld is %s\n", (long long)id, state);
        return;
    }
    Value *value = value_object();
    value_set_int(value, "id", id);
    value_set_text(value, "state", state);
    value_set_int(value, "wait_seconds", wait);
    report_document(report, value);
}

void report_outbox_tended(Report *report, int64_t reminders)
{
    report->count = (size_t)reminders;
    if (!report->json) {
        text_print(&report->text, "%lld reminder%s to be sent\n", (long long)reminders,
                   reminders == 1 ? " is" : "s are");
        return;
    }
    Value *value = value_object();
    value_set_int(value, "reminders", reminders);
    report_document(report, value);
}

void report_outbox_alert(Report *report, const char *mark)
{
    report->count = 1;
    if (!report->json) {
        text_print(&report->text, "the alert %s is told\n", mark);
        return;
    }
    Value *value = value_object();
    value_set_text(value, "alert", mark);
    report_document(report, value);
}
