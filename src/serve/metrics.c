/* /metrics: what `rung status --lifecycle` counts, in the text format of Prometheus (0.0.4). */
#include "serve/route.h"
#include "base/clock.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

static void put_head(Text *text, const char *name, const char *type, const char *help)
{
    text_print(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_number(Text *text, const char *name, const char *type, const char *help,
                       int64_t number)
{
    put_head(text, name, type, help);
    text_print(text, "%s %lld\n", name, (long long)number);
}

/* The value of a label, with what has to be escaped there. */
static void put_label(Text *text, const char *value)
{
    for (; value && *value; value++)
        if (*value == '\n')
            text_put(text, "\\n");
        else
            text_print(text, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
}

typedef struct Figure {
    const char *field, *name, *help;
} Figure;

static void put_subjects(Text *text, const Value *subjects, const Figure *figure)
{
    put_head(text, figure->name, "gauge", figure->help);
    for (size_t i = 0; i < value_count(subjects); i++) {
        const Value *subject = value_at(subjects, i);
        text_print(text, "%s{subject=\"", figure->name);
        put_label(text, value_get_text(value_get(subject, "subject")));
        text_print(text, "\"} %lld\n", (long long)value_get_int(value_get(subject, figure->field)));
    }
}

/* Seconds since 1970, or 0. */
static int64_t time_of(const Value *value)
{
    int64_t seconds;
    const char *text = value ? value_get_text(value) : NULL;
    return text && clock_read_utc(text, &seconds) ? seconds : 0;
}

static void put_all(Text *text, const Value *survey)
{
    static const Figure figures[] = {
        {"pending_deletions", "lifecycle_pending", "Requests to be erased that are open."},
        {"ready_to_delete", "lifecycle_overdue", "Of these, those that are due."},
        {"purging", "lifecycle_purging", "Requests whose erasure has begun."},
        {"failing", "lifecycle_failing", "Requests whose erasure failed and is tried again."},
        {"held", "lifecycle_held", "Requests that are due, and kept by a hold."},
    };
    int64_t due = time_of(value_get(survey, "next_due_at")), now = clock_wall_us() / 1000000;
    put_number(text, "lifecycle_up", "gauge", "Whether the database could be asked.", 1);
    for (size_t i = 0; i < COUNT(figures); i++)
        put_subjects(text, value_get(survey, "subjects"), &figures[i]);
    put_number(text, "lifecycle_oldest_overdue_seconds", "gauge",
               "How long the oldest open request is due.", due && due < now ? now - due : 0);
    put_number(text, "lifecycle_holds", "gauge", "Rows that are held.",
               value_get_int(value_get(survey, "holds")));
    put_number(text, "lifecycle_alerts", "gauge", "Alerts that fire.",
               (int64_t)value_count(value_get(survey, "alerts")));
    put_head(text, "lifecycle_last_success_timestamp_seconds", "gauge",
             "When it ended well the last time; 0: never.");
    text_print(text, "lifecycle_last_success_timestamp_seconds{policy=\"purge\"} %lld\n",
               (long long)time_of(value_get(survey, "last_purge_at")));
}

void metrics_show(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    arguments.json = true;
    arguments.lifecycle = true;
    rung_code code = rung_status(request->project, &arguments, &result, &error);
    if (code && code != RUNG_FOUND) { /* a scrape that works says that we do not */
        request_log(request, "status: %s", error ? rung_error_message(error) : "no message");
        rung_error_free(error);
        put_number(&request->answer, "lifecycle_up", "gauge",
                   "Whether the database could be asked.", 0);
        answer_text(request, 200, TEXT_TYPE);
    } else {
        Value *survey = result_object(request, result);
        if (survey) {
            put_all(&request->answer, survey);
            answer_text(request, 200, TEXT_TYPE);
        }
        value_free(survey);
    }
    rung_result_free(result);
}
