/* Whether the process lives, and whether it can work. */
#include "serve/route.h"
#include "serve/watch.h"

void health_live(Request *request)
{
    Value *value = value_object();
    value_set_text(value, "status", "live");
    answer_json(request, 200, value);
}

/* `note` names files and rows: it is for the log. */
static void add_finding(Request *request, Value *list, const Value *check)
{
    Value *item = value_object();
    const char *name = value_get_text(value_get(check, "name"));
    const char *detail = value_get_text(value_get(check, "detail"));
    const char *note = value_get_text(value_get(check, "note"));
    request_log(request, "%s: %s%s%s", name, detail, note ? "; " : "", note ? note : "");
    value_set_text(item, "name", name);
    value_set_text(item, "detail", detail);
    value_append(list, item);
}

static void answer_ready(Request *request, const Value *ready)
{
    const Value *checks = value_get(ready, "checks");
    Value *value = value_object(), *list = value_array();
    for (size_t i = 0; i < value_count(checks); i++)
        if (!value_get_bool(value_get(value_at(checks, i), "ok")))
            add_finding(request, list, value_at(checks, i));
    if (value_count(list)) {
        value_set(value, "not_ready", list);
        request->retry_seconds = 5;
        answer_problem_with(request, 503, value, "Requests cannot be carried out now.");
        return;
    }
    value_free(list);
    value_set_text(value, "status", "ready");
    answer_json(request, 200, value);
}

/* A verdict that is not known is given by a look that nobody waits for. */
static void look_for_drift(Request *request, const Value *ready)
{
    const Value *checks = value_get(ready, "checks");
    for (size_t i = 0; i < value_count(checks); i++) {
        const Value *check = value_at(checks, i);
        if (strcmp(value_get_text(value_get(check, "name")), "drift") == 0 &&
            value_get_bool(value_get(check, "ok")) && value_get(check, "detail"))
            watch_look(request->service->shared->watch,
                       request->service->settings.drift_check_seconds);
    }
}

static void ask_anew(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Value *ready;
    arguments.json = true;
    rung_code code = rung_ready(request->project, &arguments, &result, &error);
    if (code && code != RUNG_FOUND)
        answer_error(request, code, error);
    else if ((ready = result_object(request, result)) != NULL) {
        watch_know(request->service->shared->watch, rung_result_text(result), !code);
        look_for_drift(request, ready);
        answer_ready(request, ready);
        value_free(ready);
    }
    rung_result_free(result);
}

void health_ready(Request *request)
{
    char *known = watch_known(request->service->shared->watch);
    Value *ready;
    Error error;
    if (known && !value_read("ready", known, strlen(known), &ready, &error)) {
        answer_ready(request, ready);
        value_free(ready);
    } else
        ask_anew(request);
    free(known);
}
