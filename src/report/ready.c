/* One line for each check, or {"ready": …, "checks": […]}. */
#include "report/ready.h"

static void ready_document(Report *report, const ReadyList *list)
{
    Value *value = value_object(), *checks = value_array();
    for (size_t i = 0; i < list->count; i++) {
        Value *check = value_object();
        value_set_text(check, "name", list->at[i].name);
        value_set_bool(check, "ok", list->at[i].ok);
        if (list->at[i].detail)
            value_set_text(check, "detail", list->at[i].detail);
        if (list->at[i].note)
            value_set_text(check, "note", list->at[i].note);
        value_append(checks, check);
    }
    value_set_bool(value, "ready", !report->count);
    value_set(value, "checks", checks);
    report_document(report, value);
}

void report_ready(Report *report, const ReadyList *list)
{
    report->count = 0;
    for (size_t i = 0; i < list->count; i++)
        report->count += !list->at[i].ok;
    if (report->json) {
        ready_document(report, list);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        const ReadyCheck *check = &list->at[i];
        text_print(&report->text, "%s  %s", check->ok ? "ok" : "no", check->name);
        if (check->detail)
            text_print(&report->text, ": %s", check->detail);
        if (check->note)
            text_print(&report->text, " (%s)", check->note);
        text_char(&report->text, '\n');
    }
}
