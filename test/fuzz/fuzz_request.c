/* Lines "METHOD PATH", "Authorization", "Content-Type", "X-Forwarded-For", then a body: every
 * request has one answer, which is JSON, and none that needs a token is carried out without one.
 * What needs the database has none here. */
#include "serve/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const TokenRules rules = {"app", "rung", 0}, admin_rules = {"rung", "rung-admin", 0};
static const char secret[] = "0123456789abcdef0123456789abcdef";

static const char *next_line(Arena *arena, const char **at, const char *end)
{
    const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop)
        stop = end;
    *at = stop < end ? stop + 1 : end;
    return arena_copy(arena, line, (size_t)(stop - line));
}

static Service *make_service(void)
{
    static Service service;
    Error error;
    if (service.user_key)
        return &service;
    static const char *const proxies[] = {"10.0.0.0/8"};
    rung_names names = {(const char **)(uintptr_t)proxies, COUNT(proxies)};
    service.shared = shared_new();
    service.arena = arena_new();
    service.settings.subject = "users";
    if (token_key_secret(secret, sizeof secret - 1, &rules, &service.user_key, &error) ||
        token_key_secret(secret, sizeof secret - 1, &admin_rules, &service.admin_key, &error) ||
        networks_read(service.arena, &names, &service.proxies, &error))
        abort();
    service.accounts = service.shared->accounts;
    service.addresses = service.shared->addresses;
    return &service;
}

static void check_answer(Request *request)
{
    Value *value;
    Error error;
    if (!request->status || request->answer.failed || !request->answer_type ||
        value_read("answer", text_string(&request->answer), request->answer.length, &value, &error))
        abort();
    if (request->status >= 400 && value_get_int(value_get(value, "status")) != request->status)
        abort();
    value_free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    const char *at = (const char *)data, *end = at + size;
    const char *line = next_line(arena, &at, end), *blank = strchr(line, ' ');
    Request request = {.service = make_service(), .arena = arena, .id = "fuzz"};
    request.method = blank ? arena_copy(arena, line, (size_t)(blank - line)) : line;
    request.path = blank ? blank + 1 : "";
    request.authorization = next_line(arena, &at, end);
    request.content_type = next_line(arena, &at, end);
    request.address =
        client_find(arena, request.service->proxies, "10.0.0.1", next_line(arena, &at, end));
    if (!request.address || !*client_key(arena, request.address))
        abort();
    text_add(&request.body, at, (size_t)(end - at));
    if (route_request(&request)) {
        if (request.route->auth != AUTH_NONE && !request.claims.subject)
            abort();
        if (!request.route->database || request.route->run == admin_login)
            request.route->run(&request);
        else {
            value_free(request.route->schema ? request_object(&request) : NULL);
            if (!request.status)
                answer_problem(&request, 503, "There is no database.");
        }
    }
    check_answer(&request);
    text_done(&request.body);
    text_done(&request.answer);
    arena_free(arena);
    return 0;
}
