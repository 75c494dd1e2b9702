/* Routes, and who may use them. */
#include "serve/route.h"
#include "base/clock.h"
#include "serve/once.h"
#include "serve/page.h"

#include <strings.h>

#define DELETION                                                                                   \
    "{\"type\":\"object\",\"required\":[\"requested_at\",\"deletion_date\",\"days_remaining\","    \
    "\"message\"],\"additionalProperties\":false,\"properties\":{"                                 \
    "\"requested_at\":{\"type\":\"string\",\"format\":\"date-time\"},"                             \
    "\"deletion_date\":{\"type\":\"string\",\"format\":\"date-time\"},"                            \
    "\"days_remaining\":{\"type\":\"integer\",\"minimum\":0},\"message\":{\"type\":\"string\"}}}"
#define MESSAGE                                                                                    \
    "{\"type\":\"object\",\"required\":[\"message\"],\"additionalProperties\":false,"              \
    "\"properties\":{\"message\":{\"type\":\"string\"}}}"
#define STATUS                                                                                     \
    "{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":"         \
    "\"string\"}}}"
#define CREDENTIALS                                                                                \
    "{\"type\":\"object\",\"required\":[\"username\",\"password\"],\"properties\":{"               \
    "\"username\":{\"type\":\"string\",\"maxLength\":255},"                                        \
    "\"password\":{\"type\":\"string\",\"maxLength\":1024}}}"
#define TOKEN                                                                                      \
    "{\"type\":\"object\",\"required\":[\"access_token\",\"token_type\",\"expires_in\"],"          \
    "\"additionalProperties\":false,\"properties\":{\"access_token\":{\"type\":\"string\"},"       \
    "\"token_type\":{\"const\":\"bearer\"},\"expires_in\":{\"type\":\"integer\"}}}"
#define USER_IDS                                                                                   \
    "{\"type\":\"object\",\"required\":[\"user_ids\"],\"properties\":{\"user_ids\":{\"type\":"     \
    "\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"type\":[\"integer\",\"string\"],"     \
    "\"minLength\":1,\"maxLength\":255}}}}"
#define DELETED                                                                                    \
    "{\"type\":\"object\",\"required\":[\"deleted\",\"message\"],\"additionalProperties\":false,"  \
    "\"properties\":{\"deleted\":{\"type\":\"integer\",\"minimum\":0},"                            \
    "\"message\":{\"type\":\"string\"}}}"

#define ACCEPTED                                                                                   \
    "{\"type\":\"object\",\"required\":[\"id\",\"message\"],\"additionalProperties\":false,"       \
    "\"properties\":{\"id\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}"
#define TIME "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
#define JOB                                                                                        \
    "{\"type\":\"object\",\"required\":[\"id\",\"state\",\"total\",\"deleted\",\"ordered_by\","    \
    "\"created_at\",\"finished_at\",\"problems\"],\"additionalProperties\":false,\"properties\":{" \
    "\"id\":{\"type\":\"string\"},"                                                                \
    "\"state\":{\"enum\":[\"queued\",\"running\",\"done\",\"failed\"]},"                           \
    "\"total\":{\"type\":\"integer\",\"minimum\":0},"                                              \
    "\"deleted\":{\"type\":\"integer\",\"minimum\":0},\"ordered_by\":{\"type\":\"string\"},"       \
    "\"created_at\":" TIME ",\"finished_at\":" TIME ",\"problems\":{\"type\":\"array\","           \
    "\"items\":{\"type\":\"object\",\"required\":[\"user_id\",\"reason\"],\"properties\":{"        \
    "\"user_id\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"}}}}}}"
#define EXPORT                                                                                     \
    "{\"type\":\"object\",\"required\":[\"id\",\"state\",\"created_at\",\"finished_at\"],"         \
    "\"additionalProperties\":false,\"properties\":{\"id\":{\"type\":\"string\"},"                 \
    "\"state\":{\"enum\":[\"queued\",\"running\",\"done\",\"failed\",\"expired\"]},"               \
    "\"created_at\":" TIME ",\"finished_at\":" TIME ",\"size\":{\"type\":\"integer\"},"            \
    "\"sha256\":{\"type\":\"string\"},\"expires_at\":" TIME "}}"

/* clang-format off */
static const Route routes[] = {
    {"DELETE", "/api/v1/users/me", AUTH_USER, true, false, user_delete, "requestDeletion",
     "Ask for the erasure of the token's account after the grace period. A repeat changes nothing.", NULL,
     {{202, "It was asked for; the dates are those of the first request.", DELETION},
      {404, "There is no such account.", NULL}}, PLACE_MAIN, false},
    {"GET", "/api/v1/users/me/deletion", AUTH_USER, true, false, user_show, "showDeletion",
     "The open request of the token's account.", NULL,
     {{200, "The open request.", DELETION}, {404, "Nothing was asked for.", NULL}}, PLACE_MAIN, false},
    {"POST", "/api/v1/users/me/cancel-deletion", AUTH_USER, true, true, user_cancel, "cancelDeletion",
     "Take the request back.", NULL,
     {{200, "It was taken back.", MESSAGE}, {404, "Nothing was asked for.", NULL},
      {409, "The erasure has begun.", NULL}}, PLACE_MAIN, false},
    {"POST", "/api/v1/users/me/export", AUTH_USER, true, true, export_order, "orderExport",
     "Ask for an archive of all rows of the token's account. While one is made, it is given again.", NULL,
     {{202, "It is made; Location has its state.", ACCEPTED}, {404, "There is no such account.", NULL},
      {429, "Too many in a day.", NULL}}, PLACE_MAIN, false},
    {"GET", "/api/v1/users/me/exports/{id}", AUTH_USER, true, false, export_show, "showExport",
     "What became of an export of the token's account.", NULL,
     {{200, "Its state; of one that is done also size, sha256 and expires_at.", EXPORT},
      {404, "There is no such export.", NULL}}, PLACE_MAIN, false},
    {"GET", "/api/v1/users/me/exports/{id}/download", AUTH_USER, true, false, export_download, "downloadExport",
     "The archive.", NULL,
     {{200, "A tar archive.", ARCHIVE}, {404, "There is no such export.", NULL},
      {409, "It is not made yet, or failed.", NULL}, {410, "It is removed.", NULL}}, PLACE_MAIN, false},
    {"POST", "/api/v1/auth/admin/login", AUTH_NONE, true, true, admin_login, "adminLogin",
     "Sign in as admin.", CREDENTIALS,
     {{200, "A token for the admin routes.", TOKEN}, {401, "Name or password is wrong.", NULL},
      {429, "Too many attempts.", NULL}}, PLACE_MAIN, false},
    {"POST", "/api/v1/auth/admin/logout", AUTH_ADMIN, false, true, admin_logout, "adminLogout",
     "Sign out: the admin's tokens that were issued until now are refused.", NULL,
     {{200, "They are.", MESSAGE}}, PLACE_MAIN, false},
    {"POST", "/api/v1/admin/users/delete-permanently", AUTH_ADMIN, true, true, admin_delete, "deletePermanently",
     "Erase accounts now: all of them, or none when one is held.", USER_IDS,
     {{200, "How many accounts were erased; unknown ones count 0.", DELETED},
      {202, "They are being erased; Location has the job.", ACCEPTED},
      {409, "Some are held: nothing was erased.", NULL}}, PLACE_MAIN, false},
    {"GET", "/api/v1/admin/jobs/{id}", AUTH_ADMIN, true, false, job_show, "showJob",
     "What became of an order to erase accounts.", NULL,
     {{200, "Its state, and who of it is kept.", JOB}, {404, "There is no such job.", NULL}}, PLACE_MAIN, false},
    {"GET", "/livez", AUTH_NONE, false, false, health_live, "live",
     "Whether the process answers; the database is not asked.", NULL, {{200, "It does.", STATUS}}, PLACE_BOTH, false},
    {"GET", "/readyz", AUTH_NONE, true, false, health_ready, "ready",
     "Whether requests can be carried out.", NULL,
     {{200, "They can.", STATUS}, {503, "What is not ready.", NULL}}, PLACE_BOTH, true},
    {"GET", "/metrics", AUTH_NONE, true, false, metrics_show, "metrics",
     "Figures for Prometheus.", NULL, {{0}}, PLACE_METRICS, true},
    {"GET", "/openapi.json", AUTH_NONE, false, false, openapi_show, "openapi",
     "This description.", NULL, {{200, "OpenAPI 3.1.", "{\"type\":\"object\"}"}}, PLACE_MAIN, false},
};
/* clang-format on */

const Route *route_at(size_t index)
{
    return index < COUNT(routes) ? &routes[index] : NULL;
}

/* HEAD is GET whose body is not sent. */
static bool is_method(const Route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

/* How many bytes of `path` stand for a parameter: an id. */
static size_t parameter_length(const char *path)
{
    size_t length =
        strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return length <= REQUEST_ID_LIMIT ? length : 0;
}

/* "/a/{id}/b" takes "/a/7/b". */
static bool matches(Request *request, const char *pattern)
{
    const char *path = request->path, *parameter = NULL;
    size_t length = 0;
    for (; *pattern; pattern++) {
        if (*pattern == '{') {
            parameter = path;
            length = parameter_length(path);
            if (!length)
                return false;
            path += length;
            pattern = strchr(pattern, '}');
        } else if (*pattern != *path++)
            return false;
    }
    if (*path)
        return false;
    request->parameter = parameter ? arena_copy(request->arena, parameter, length) : NULL;
    return true;
}

/* Of one table; the methods that the path has go to `allow`. */
static bool find_in(Request *request, const Route *(*row)(size_t index), const char **allow)
{
    const Route *route;
    for (size_t i = 0; (route = row(i)) != NULL; i++) {
        bool here =
            route->place == PLACE_BOTH || request->metrics == (route->place == PLACE_METRICS);
        if (!here || !matches(request, route->path))
            continue;
        if (is_method(route, request->method)) {
            request->route = route;
            return true;
        }
        *allow =
            *allow ? arena_print(request->arena, "%s, %s", *allow, route->method) : route->method;
    }
    return false;
}

static bool has_pages(const Service *service)
{
    return service->settings.dashboard && service->settings.admin_count;
}

static bool find_route(Request *request)
{
    const char *allow = NULL;
    if (find_in(request, route_at, &allow) ||
        (has_pages(request->service) && find_in(request, page_route_at, &allow)))
        return true;
    request->allow = allow;
    if (allow)
        answer_problem(request, 405, "Allowed is %s.", allow);
    else
        answer_problem(request, 404, "There is nothing here.");
    return false;
}

/* "Bearer TOKEN" */
static const char *bearer_token(const Request *request)
{
    const char *header = request->authorization;
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    while (*header == ' ')
        header++;
    return header;
}

/* A token of an admin is not believed after the admin signed out, or was taken from rung.yaml. */
static bool is_signed_in(Request *request)
{
    const Service *service = request->service;
    const TokenClaims *claims = &request->claims;
    bool known = false;
    for (size_t i = 0; !known && i < service->settings.admin_count; i++)
        known = strcmp(service->settings.admins[i].name, claims->subject) == 0;
    if (known && !logouts_refuses(service->shared->logouts, claims->subject, claims->issued_us))
        return true;
    request_log(request, "a token was refused: %s", known ? "the admin signed out" : "no admin");
    answer_unauthorized(request);
    return false;
}

static bool judge_token(Request *request)
{
    RouteAuth auth = request->route->auth;
    const Service *service = request->service;
    const char *token = bearer_token(request), *reason = "there is none";
    if (auth == AUTH_NONE)
        return true;
    const TokenKey *key = auth == AUTH_ADMIN ? service->admin_key : service->user_key;
    const TokenKey *other = auth == AUTH_ADMIN ? service->user_key : service->admin_key;
    int64_t now = clock_wall_us() / 1000000;
    size_t length = token ? strlen(token) : 0;
    if (token && token_verify(key, request->arena, token, length, now, &request->claims, &reason)) {
        const char *role = request->claims.role;
        if (auth == AUTH_USER)
            return true;
        if (role && strcmp(role, "admin") == 0)
            return is_signed_in(request);
        answer_problem(request, 403, "This needs another role.");
        return false;
    }
    const char *ignored;
    TokenClaims claims;
    if (token && token_verify(other, request->arena, token, length, now, &claims, &ignored)) {
        answer_problem(request, 403, "This needs another role.");
        return false;
    }
    request_log(request, "a token was refused: %s", reason);
    answer_unauthorized(request);
    return false;
}

/* False, and 429, for who asks too often. */
static bool take_turn(Request *request, Limit *limit, int rate, const char *key)
{
    int64_t wait = rate ? limit_take(limit, key, clock_monotonic_us()) : 0;
    if (wait)
        answer_busy(request, 429, wait, "Too many requests. Try again later.");
    return !wait;
}

bool route_request(Request *request)
{
    const rung_serve_settings *settings = &request->service->settings;
    const Shared *shared = request->service->shared;
    if (!request->metrics && settings->address_rate &&
        !take_turn(request, shared->clients, settings->address_rate,
                   client_key(request->arena, request->address)))
        return false;
    if (!find_route(request) ||
        !(page_is_route(request) ? page_judge(request) : judge_token(request)))
        return false;
    return !request->claims.subject ||
           take_turn(request, shared->subjects, settings->subject_rate, request->claims.subject);
}

bool route_takes_key(const Route *route)
{
    return route->run == user_delete || route->run == user_cancel || route->run == export_order ||
           route->run == admin_delete;
}

void route_run(Request *request)
{
    if (!once_take(request))
        return;
    request->route->run(request);
    once_release(request);
}
