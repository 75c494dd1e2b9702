/* Answers: JSON, and problems as RFC 9457 has them. */
#include "serve/service.h"

#include <stdarg.h>

typedef struct StatusTitle {
    int status;
    const char *title;
} StatusTitle;

const char *status_title(int status)
{
    static const StatusTitle titles[] = {
        {200, "OK"},
        {202, "Accepted"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < COUNT(titles); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Unknown";
}

static void answer(Request *request, int status, const char *type, Value *value)
{
    request->status = status;
    request->answer_type = type;
    text_clear(&request->answer);
    value_write(value, false, &request->answer);
    value_free(value);
}

void answer_header(Request *request, const char *name, const char *value)
{
    if (request->header_count < ANSWER_HEADERS)
        request->headers[request->header_count++] = (AnswerHeader){name, value};
}

void answer_text(Request *request, int status, const char *type)
{
    request->status = status;
    request->answer_type = type;
}

void answer_json(Request *request, int status, Value *value)
{
    answer(request, status, "application/json", value);
}

void answer_problem_with(Request *request, int status, Value *more, const char *detail)
{
    Value *value = more ? more : value_object();
    value_set_text(value, "type", "about:blank");
    value_set_text(value, "title", status_title(status));
    value_set_int(value, "status", status);
    value_set_text(value, "detail", detail);
    value_set_text(value, "instance", request->path);
    value_set_text(value, "request_id", request->id);
    answer(request, status, "application/problem+json", value);
}

void answer_problem(Request *request, int status, const char *detail, ...)
{
    va_list list;
    va_start(list, detail);
    answer_problem_with(request, status, NULL, arena_print_list(request->arena, detail, list));
    va_end(list);
}

void answer_unauthorized(Request *request)
{
    request->challenge = true;
    answer_problem(request, 401, "A valid bearer token is required.");
}

void answer_busy(Request *request, int status, int64_t seconds, const char *detail)
{
    request->retry_seconds = seconds;
    answer_problem(request, status, "%s", detail);
}

/* A deadlock, a lock that was not given in time, a serialization failure (PostgreSQL's manual,
 * appendix A); SQLite's busy file. */
static bool is_passing(const rung_error *error)
{
    const char *state = error ? rung_error_sqlstate(error) : "";
    return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
           strcmp(state, "55P03") == 0 ||
           (error && strncmp(rung_error_detail(error), "SQLITE_BUSY", 11) == 0);
}

void answer_error(Request *request, rung_code code, rung_error *error)
{
    bool again = code == RUNG_CONNECT || code == RUNG_LOCKED || code == RUNG_INTERRUPTED ||
                 is_passing(error);
    request_log(request, "%s: %s%s%s", rung_code_name(code),
                error ? rung_error_message(error) : "no message",
                error && *rung_error_hint(error) ? "; " : "", error ? rung_error_hint(error) : "");
    rung_error_free(error);
    if (code == RUNG_USAGE && request->once_key)
        answer_problem(request, 422, "This Idempotency-Key stands for another request.");
    else if (code == RUNG_LOCKED && request->once_key) /* in another process */
        answer_busy(request, 409, 1, "A request with this Idempotency-Key is under way.");
    else if (again)
        answer_busy(request, 503, 5, "The database cannot be used now. Try again later.");
    else
        answer_problem(request, 500, "The request could not be carried out.");
}

Value *request_object(Request *request)
{
    Value *value;
    Error error;
    const char *type = request->content_type;
    if (!type || strncmp(type, "application/json", 16) != 0 ||
        (type[16] && type[16] != ';' && type[16] != ' ')) {
        answer_problem(request, 415, "The body must be application/json.");
        return NULL;
    }
    if (value_read("body", text_string(&request->body), request->body.length, &value, &error)) {
        answer_problem(request, 400, "The body is not JSON.");
        return NULL;
    }
    if (value_type(value) == VALUE_OBJECT)
        return value;
    value_free(value);
    answer_problem(request, 422, "The body must be an object.");
    return NULL;
}

Value *result_object(Request *request, const rung_result *result)
{
    Value *value = NULL;
    Error error;
    const char *text = result ? rung_result_text(result) : "";
    if (value_read("result", text, strlen(text), &value, &error)) {
        request_log(request, "a result that is not JSON");
        answer_problem(request, 500, "The request could not be carried out.");
        return NULL;
    }
    return value;
}

void request_log(const Request *request, const char *format, ...)
{
    va_list list;
    Text line = TEXT_EMPTY;
    text_print(&line, "%s %s %s: ", request->id, request->method, request->path);
    va_start(list, format);
    text_print_list(&line, format, list);
    va_end(list);
    for (size_t i = 0; i < line.length; i++) /* one line, whatever was asked for */
        if ((unsigned char)line.data[i] < ' ' || line.data[i] == 127)
            line.data[i] = ' ';
    fprintf(stderr, "%s\n", text_string(&line));
    text_done(&line);
}
