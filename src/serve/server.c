/* Requests come in through libmicrohttpd's threads, which never wait for a database: what needs one
 * is suspended, and resumed by a worker of the pool. */
#include "serve/server.h"
#include "base/crypto.h"
#include "serve/pool.h"
#include "serve/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENT_THREADS = 2,
    CONNECTIONS = 1000,
    IDLE_SECONDS = 10,
    HEADER_BYTES = 32 * 1024,
    DRAIN_LIMIT = 1024 * 1024, /* of a body that is not wanted */
    GRACE_SECONDS = 10,
    CANCEL_SECONDS = 5,
    ID_BYTES = 12,
    HOST_SIZE = 128
};

typedef struct Listener {
    Server *server;
    const char *setting, *listen;
    bool metrics; /* the one of serve.metrics_listen */
    struct MHD_Daemon *daemon;
    struct sockaddr_storage address;
    char url[HOST_SIZE + 32];
} Listener;

struct Server {
    Service *service;
    Pool *pool;
    Listener listeners[2];
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    size_t active; /* requests that are not answered yet */
    bool stopping;
};

/* ---- a request begins ---- */

static bool is_id(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = text ? strlen(text) : 0;
    return length && length <= REQUEST_ID_LIMIT && strspn(text, letters) == length;
}

static const char *make_id(Arena *arena, const char *given)
{
    unsigned char bytes[ID_BYTES];
    if (is_id(given))
        return arena_string(arena, given);
    random_bytes(bytes, sizeof bytes);
    return base64url_print(arena, bytes, sizeof bytes);
}

static const char *client_address(struct MHD_Connection *connection, Arena *arena)
{
    char host[HOST_SIZE];
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    socklen_t length = info && info->client_addr->sa_family == AF_INET6
                           ? sizeof(struct sockaddr_in6)
                           : sizeof(struct sockaddr_in);
    if (!info ||
        getnameinfo(info->client_addr, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return "unknown";
    return arena_string(arena, host);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result count_tokens(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    *(int *)context += strcasecmp(name, MHD_HTTP_HEADER_AUTHORIZATION) == 0;
    return MHD_YES;
}

static void resume(Request *request)
{
    MHD_resume_connection(request->connection);
}

static Request *begin(const Listener *listener, struct MHD_Connection *connection, const char *path,
                      const char *method)
{
    Arena *arena = arena_new();
    Request *request = arena_alloc(arena, sizeof *request);
    Server *server = listener->server;
    int tokens = 0;
    request->service = server->service;
    request->metrics = listener->metrics;
    request->arena = arena;
    request->connection = connection;
    request->done = resume;
    request->method = arena_string(arena, method);
    request->path = arena_string(arena, path);
    request->id = make_id(arena, header(connection, "X-Request-Id"));
    request->address = client_address(connection, arena);
    request->authorization = arena_string(arena, header(connection, MHD_HTTP_HEADER_AUTHORIZATION));
    request->content_type = arena_string(arena, header(connection, MHD_HTTP_HEADER_CONTENT_TYPE));
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_tokens, &tokens);
    if (tokens > 1)
        answer_problem(request, 400, "There is more than one header Authorization.");
    pthread_mutex_lock(&server->lock);
    server->active++;
    pthread_mutex_unlock(&server->lock);
    return request;
}

static void end(void *context, struct MHD_Connection *connection, void **state,
                enum MHD_RequestTerminationCode how)
{
    Server *server = ((const Listener *)context)->server;
    Request *request = *state;
    if (!request)
        return;
    *state = NULL;
    secret_wipe(request->body.data, request->body.length);
    text_done(&request->body);
    text_done(&request->answer);
    arena_free(request->arena);
    pthread_mutex_lock(&server->lock);
    server->active--;
    pthread_cond_signal(&server->ended);
    pthread_mutex_unlock(&server->lock);
}

/* ---- its answer ---- */

static void put_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value)
        MHD_add_response_header(response, name, value);
}

static enum MHD_Result send_answer(Server *server, Request *request)
{
    char seconds[32];
    if (!request->status || request->answer.failed)
        answer_problem(request, 500, "The request could not be carried out.");
    struct MHD_Response *response = MHD_create_response_from_buffer(
        request->answer.length, request->answer.data, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    snprintf(seconds, sizeof seconds, "%lld", (long long)request->retry_seconds);
    put_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, request->answer_type);
    put_header(response, "X-Request-Id", request->id);
    put_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    put_header(response, "X-Content-Type-Options", "nosniff");
    put_header(response, MHD_HTTP_HEADER_ALLOW, request->allow);
    put_header(response, MHD_HTTP_HEADER_RETRY_AFTER, request->retry_seconds ? seconds : NULL);
    put_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
               request->challenge ? "Bearer realm=\"rung\"" : NULL);
    pthread_mutex_lock(&server->lock);
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->lock);
    put_header(response, MHD_HTTP_HEADER_CONNECTION, stopping ? "close" : NULL);
    enum MHD_Result queued =
        MHD_queue_response(request->connection, (unsigned)request->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- in between ---- */

static void answer_too_large(Request *request)
{
    answer_problem(request, 413, "The body has more than %d bytes.", BODY_LIMIT);
}

static bool is_too_large(struct MHD_Connection *connection)
{
    const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length && (strlen(length) > 9 || strtol(length, NULL, 10) > BODY_LIMIT);
}

/* False: the client sends without end. What is answered already is read and dropped. */
static bool take_body(Request *request, const char *data, size_t length)
{
    request->received += length;
    if (request->received > BODY_LIMIT && !request->status)
        answer_too_large(request);
    if (!request->status)
        text_add(&request->body, data, length);
    return request->received <= DRAIN_LIMIT;
}

static enum MHD_Result run(Server *server, Request *request)
{
    if (!request->route->database) {
        request->route->run(request);
        return send_answer(server, request);
    }
    MHD_suspend_connection(request->connection);
    if (!pool_add(server->pool, request)) {
        answer_busy(request, 503, 1, "Too many requests wait. Try again later.");
        MHD_resume_connection(request->connection);
    }
    return MHD_YES;
}

/* It is called when the headers are there, for each piece of the body, at the end, and once more
 * after a worker resumed it. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *length, void **state)
{
    const Listener *listener = context;
    Server *server = listener->server;
    Request *request = *state;
    if (!request) {
        *state = request = begin(listener, connection, path, method);
        if (!request->status)
            route_request(request);
        if (!is_too_large(connection))
            return MHD_YES;
        answer_too_large(request);
        return send_answer(server, request);
    }
    if (*length) {
        bool taken = take_body(request, data, *length);
        *length = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    return request->status ? send_answer(server, request) : run(server, request);
}

/* Paths are compared as they were sent: no row has anything that would need escapes. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    return strlen(text);
}

/* ---- start ---- */

static Code wrong_address(const Listener *listener, const char *why, Error *error)
{
    error_set(error, RUNG_CONFIG, "%s \"%s\": %s", listener->setting, listener->listen, why);
    return error_hint(error, "127.0.0.1:8000, or [::1]:8000");
}

static Code read_address(Listener *listener, Error *error)
{
    const char *listen = listener->listen, *colon = strrchr(listen, ':');
    char host[HOST_SIZE];
    size_t length = colon ? (size_t)(colon - listen) : 0;
    bool brackets = length > 2 && listen[0] == '[' && listen[length - 1] == ']';
    struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    if (!length || length >= sizeof host || !colon[1])
        return wrong_address(listener, "it is no ADDRESS:PORT", error);
    snprintf(host, sizeof host, "%.*s", (int)(brackets ? length - 2 : length),
             brackets ? listen + 1 : listen);
    int failure = getaddrinfo(host, colon + 1, &hints, &found);
    if (failure)
        return wrong_address(listener, gai_strerror(failure), error);
    memcpy(&listener->address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return RUNG_OK;
}

static const struct sockaddr *address_of(const Listener *listener)
{
    return (const struct sockaddr *)(const void *)&listener->address;
}

static bool is_loopback(const Listener *listener)
{
    const struct sockaddr *any = address_of(listener);
    if (any->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)any)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)(const void *)any)->sin_addr.s_addr) >> 24 == 127;
}

static void print_url(Listener *listener)
{
    char host[HOST_SIZE] = "";
    const struct sockaddr *any = address_of(listener);
    bool six = any->sa_family == AF_INET6;
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT);
    getnameinfo(any, six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), host,
                sizeof host, NULL, 0, NI_NUMERICHOST);
    snprintf(listener->url, sizeof listener->url, "http://%s%s%s:%u", six ? "[" : "", host,
             six ? "]" : "", info ? (unsigned)info->port : 0U);
}

static Code start_daemon(Listener *listener, Error *error)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (address_of(listener)->sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    listener->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, listener, MHD_OPTION_SOCK_ADDR, address_of(listener),
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)(listener->metrics ? 0 : EVENT_THREADS),
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES,
        MHD_OPTION_NOTIFY_COMPLETED, end, listener, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (listener->daemon)
        return RUNG_OK;
    error_set(error, RUNG_FILE, "it cannot listen on %s: %s", listener->listen, strerror(errno));
    return error_hint(error, "%s names another address or port", listener->setting);
}

static Code start_listener(Server *server, const char *setting, const char *listen, bool metrics,
                           Error *error)
{
    Listener *listener = &server->listeners[server->count];
    *listener =
        (Listener){.server = server, .setting = setting, .listen = listen, .metrics = metrics};
    Code code = read_address(listener, error);
    if (!code)
        code = start_daemon(listener, error);
    if (code)
        return code;
    print_url(listener);
    server->count++;
    return RUNG_OK;
}

Code server_start(Service *service, Server **ret_server, Error *error)
{
    const rung_serve_settings *settings = &service->settings;
    Server *server = calloc(1, sizeof *server);
    if (!server)
        arena_exhausted();
    server->service = service;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->ended, NULL);
    Code code = pool_start(service, settings->workers, &server->pool, error);
    if (!code)
        code = start_listener(server, "serve.listen", settings->listen, false, error);
    if (!code && settings->metrics_listen)
        code =
            start_listener(server, "serve.metrics_listen", settings->metrics_listen, true, error);
    if (code)
        server_stop(server);
    else
        *ret_server = server;
    return code;
}

const char *server_url(const Server *server, size_t index, bool *ret_open)
{
    if (index >= server->count)
        return NULL;
    *ret_open = !is_loopback(&server->listeners[index]);
    return server->listeners[index].url;
}

/* ---- the end ---- */

static bool wait_for_requests(Server *server, int seconds)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&server->lock);
    while (server->active && !failed)
        failed = pthread_cond_timedwait(&server->ended, &server->lock, &until);
    bool ended = !server->active;
    pthread_mutex_unlock(&server->lock);
    return ended;
}

void server_stop(Server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_mutex_unlock(&server->lock);
    for (size_t i = 0; i < server->count; i++) {
        int listening = MHD_quiesce_daemon(server->listeners[i].daemon);
        if (listening >= 0)
            close(listening);
    }
    if (!wait_for_requests(server, GRACE_SECONDS)) {
        pool_cancel(server->pool);
        wait_for_requests(server, CANCEL_SECONDS);
    }
    pool_stop(server->pool);
    for (size_t i = 0; i < server->count; i++)
        MHD_stop_daemon(server->listeners[i].daemon);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->ended);
    free(server);
}
