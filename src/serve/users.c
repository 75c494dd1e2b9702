/* What a user asks for, about the own account alone. */
#include "serve/once.h"
#include "serve/route.h"

/* Runs `rung erase ACTION` for the subject of the token. */
static rung_code erase(Request *request, const char *action, rung_result **ret_result,
                       rung_error **ret_error)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    const char *words[] = {action,
                           arena_print(request->arena, "%s:%s", request->service->settings.subject,
                                       request->claims.subject)};
    arguments.json = true;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    once_set(request, &arguments);
    return rung_erase(request->project, &arguments, ret_result, ret_error);
}

bool user_is_row(Request *request, rung_error *error)
{
    rung_arguments arguments = RUNG_ARGUMENTS_INIT;
    rung_result *result = NULL;
    rung_error *failure = NULL;
    const char *words[] = {"list", request->service->settings.subject};
    arguments.limit = 1;
    arguments.revisions = words;
    arguments.revision_count = COUNT(words);
    rung_code code = rung_erase(request->project, &arguments, &result, &failure);
    rung_result_free(result);
    if (code)
        answer_error(request, code, failure);
    rung_error_free(error);
    return !code;
}

/* The four fields, in their order. */
static void answer_deletion(Request *request, int status, const Value *erasure)
{
    Value *value = value_object();
    value_set_text(value, "requested_at", value_get_text(value_get(erasure, "requested_at")));
    value_set_text(value, "deletion_date", value_get_text(value_get(erasure, "deletion_date")));
    value_set_int(value, "days_remaining", value_get_int(value_get(erasure, "days_remaining")));
    value_set_text(value, "message", value_get_text(value_get(erasure, "message")));
    answer_json(request, status, value);
}

void user_delete(Request *request)
{
    rung_result *result = NULL;
    rung_error *error = NULL;
    rung_code code = erase(request, "request", &result, &error);
    if (code == RUNG_UNKNOWN) {
        if (user_is_row(request, error))
            answer_problem(request, 404, "There is no such account.");
    } else if (code)
        answer_error(request, code, error);
    else {
        Value *erasure = result_object(request, result);
        if (erasure)
            answer_deletion(request, 202, erasure);
        value_free(erasure);
    }
    rung_result_free(result);
}

void user_cancel(Request *request)
{
    rung_result *result = NULL;
    rung_error *error = NULL;
    rung_code code = erase(request, "cancel", &result, &error);
    if (code == RUNG_UNKNOWN) {
        if (user_is_row(request, error))
            answer_problem(request, 404, "No account deletion is pending.");
    } else if (code == RUNG_REFUSED) {
        answer_problem(request, 409,
                       "The account deletion has begun and cannot be cancelled any more.");
        rung_error_free(error);
    } else if (code)
        answer_error(request, code, error);
    else {
        Value *erasure = result_object(request, result), *value = value_object();
        value_set_text(value, "message",
                       erasure ? value_get_text(value_get(erasure, "message")) : NULL);
        if (erasure)
            answer_json(request, 200, value);
        else
            value_free(value);
        value_free(erasure);
    }
    rung_result_free(result);
}

static bool is_open(const Value *erasure)
{
    const char *state = value_get_text(value_get(erasure, "state"));
    return state && (strcmp(state, "pending") == 0 || strcmp(state, "purging") == 0);
}

void user_show(Request *request)
{
    rung_result *result = NULL;
    rung_error *error = NULL;
    rung_code code = erase(request, "status", &result, &error);
    if (code == RUNG_UNKNOWN) {
        if (user_is_row(request, error))
            answer_problem(request, 404, "No account deletion is pending.");
    } else if (code)
        answer_error(request, code, error);
    else {
        Value *erasure = result_object(request, result);
        if (erasure && is_open(erasure))
            answer_deletion(request, 200, erasure);
        else if (erasure)
            answer_problem(request, 404, "No account deletion is pending.");
        value_free(erasure);
    }
    rung_result_free(result);
}
