/* Orders as lines for people and as JSON. */
#include "report/order.h"

static void set_time(Value *value, const char *name, int64_t seconds)
{
    Arena *arena = arena_new();
    value_set_text(value, name, seconds ? clock_print_utc(arena, seconds) : NULL);
    arena_free(arena);
}

static bool is_export(const Order *order)
{
    return strcmp(order->kind, "export") == 0;
}

static Value *problem_values(const char *subject, const OrderProblems *problems)
{
    Value *list = value_array();
    for (size_t i = 0; problems && i < problems->count; i++) {
        Value *problem = value_object();
        value_set_text(problem, "subject", subject);
        value_set_text(problem, "key", problems->at[i].key);
        value_set_text(problem, "kind", problems->at[i].held ? "held" : "failed");
        value_set_text(problem, "reason", problems->at[i].text);
        value_append(list, problem);
    }
    return list;
}

static Value *describe(const Order *order)
{
    Value *value = value_object();
    value_set_text(value, "id", order->id);
    value_set_text(value, "kind", order->kind);
    value_set_text(value, "state", order->state);
    value_set_text(value, "subject", order->subject);
    value_set_int(value, "total", order->total);
    value_set_int(value, "done", order->done);
    value_set_bool(value, "detached", order->detached);
    value_set_text(value, "ordered_by", order->by);
    set_time(value, "created_at", order->created_at);
    set_time(value, "finished_at", order->finished_at);
    value_set_text(value, "problem", order->problem);
    if (!is_export(order))
        return value;
    value_set_text(value, "path", order->expired ? NULL : order->path);
    value_set_text(value, "sha256", order->sha256);
    value_set_int(value, "bytes", order->bytes);
    set_time(value, "expires_at", order->expires_at);
    value_set_bool(value, "expired", order->expired);
    return value;
}

static void put_problems(Text *text, const OrderProblems *problems)
{
    for (size_t i = 0; problems && i < problems->count; i++)
        text_print(text, "  %s %s: %s\n", problems->at[i].key,
                   problems->at[i].held ? "is kept" : "failed, and is tried again later",
                   problems->at[i].text);
}

static void put_order(Text *text, const Order *order)
{
    Arena *arena = arena_new();
    text_print(text, "%s  %s %s, %s, ordered %s by %s", order->id, order->kind, order->subject,
               order->state, clock_print_utc(arena, order->created_at), order->by);
    if (!is_export(order))
        text_print(text, ": %lld of %lld erased", (long long)order->done, (long long)order->total);
    text_char(text, '\n');
    if (order->path && !order->expired)
        text_print(text, "  %s\n", order->path);
    if (order->problem)
        text_print(text, "  %s\n", order->problem);
    arena_free(arena);
}

void report_order(Report *report, const Order *order, const OrderProblems *problems, bool repeated)
{
    report->count = 1;
    if (!report->json) {
        put_order(&report->text, order);
        put_problems(&report->text, problems);
        return;
    }
    Value *value = describe(order);
    value_set_bool(value, "repeated", repeated);
    value_set(value, "problems", problem_values(order->subject, problems));
    report_document(report, value);
}

void report_order_refused(Report *report, const char *subject, const OrderProblems *problems)
{
    if (!report->json) {
        text_put(&report->text, "nobody is erased, because not all of them may be\n");
        put_problems(&report->text, problems);
        return;
    }
    Value *value = value_object();
    value_set_text(value, "id", NULL);
    value_set_text(value, "state", "refused");
    value_set(value, "problems", problem_values(subject, problems));
    report_document(report, value);
}

void report_order_wait(Report *report, int64_t seconds)
{
    if (!report->json) {
        text_print(&report->text, "it was asked for too often; again in %lld s\n",
                   (long long)seconds);
        return;
    }
    Value *value = value_object();
    value_set_text(value, "id", NULL);
    value_set_text(value, "state", "refused");
    value_set_int(value, "wait", seconds);
    report_document(report, value);
}

void report_orders(Report *report, const OrderList *list)
{
    report->count = list->count;
    if (report->json) {
        Value *document = value_object(), *array = value_array();
        for (size_t i = 0; i < list->count; i++)
            value_append(array, describe(&list->at[i]));
        value_set(document, "orders", array);
        report_document(report, document);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        put_order(&report->text, &list->at[i]);
    if (!list->count)
        text_put(&report->text, "no order is open\n");
}
