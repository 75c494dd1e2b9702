/* Whether the process lives, and whether it can work. */
#include "serve/route.h"

void health_live(Request *request)
{
    Value *value = value_object();
    value_set_text(value, "status", "live");
    answer_json(request, 200, value);
}

static void add_finding(Value *list, const char *name, const char *detail)
{
    Value *item = value_object();
    value_set_text(item, "name", name);
    value_set_text(item, "detail", detail);
    value_append(list, item);
}

/* Lists of `rung status` that are empty when the database is at head. */
static void find_unready(const Value *status, Value *list)
{
    static const char *const fields[][2] = {
        {"pending", "revisions are not applied yet"},
        {"half_done", "a revision stopped between its steps"},
        {"edited", "the files of applied revisions were changed"},
        {"unknown", "revisions are applied that no file has"},
    };
    for (size_t i = 0; i < COUNT(fields); i++)
        if (value_count(value_get(status, fields[i][0])))
            add_finding(list, fields[i][0], fields[i][1]);
}

/* Whether the tables of the lifecycle are there. */
static void find_lifecycle(Request *request, Value *list)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    const char *words[] = {"list", request->service->settings.subject};
    arguments.json = true;
    arguments.limit = 1;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    rung_code code = rung_erase(request->project, &arguments, &result, &error);
    if (code) {
        request_log(request, "lifecycle: %s", error ? rung_error_message(error) : "no message");
        add_finding(list, "lifecycle", "requests to be erased cannot be read");
    }
    rung_error_free(error);
    rung_result_free(result);
}

static void answer_ready(Request *request, Value *list)
{
    Value *value = value_object();
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

void health_ready(Request *request)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *error = NULL;
    Value *list = value_array(), *status = NULL;
    arguments.json = true;
    rung_code code = rung_status(request->project, &arguments, &result, &error);
    if (code) {
        request_log(request, "database: %s", error ? rung_error_message(error) : "no message");
        add_finding(list, code == RUNG_CONNECT ? "database" : "revisions",
                    code == RUNG_CONNECT ? "it cannot be reached" : "they cannot be read");
    } else if ((status = result_object(request, result)) != NULL) {
        find_unready(status, list);
        find_lifecycle(request, list);
    }
    if (code || status)
        answer_ready(request, list);
    else
        value_free(list);
    value_free(status);
    rung_error_free(error);
    rung_result_free(result);
}
