/* Requests come in through libmicrohttpd's threads, which never wait for a database: what needs one
 * is suspended, and resumed by a worker of the pool. */
#include "serve/server.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "serve/connection.h"
#include "serve/count.h"
#include "serve/dashboard.h"
#include "serve/door.h"
#include "serve/jobs.h"
#include "serve/listen.h"
#include "serve/page.h"
#include "serve/pool.h"
#include "serve/route.h"
#include "serve/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENT_THREADS = 2,
    IDLE_SECONDS = 10,
    HEADER_BYTES = 32 * 1024,
    DRAIN_LIMIT = 1024 * 1024, /* of a body that is not wanted */
    GRACE_SECONDS = 10,
    CANCEL_SECONDS = 5,
    ID_BYTES = 12,
    HOST_SIZE = 128,
    OTHER_FILES = 256 /* that are no connections */
};

/* One of libmicrohttpd's. A new certificate is a new daemon behind the same door; the old one stays
 * until its connections have ended. */
typedef struct Daemon {
    Server *server;
    bool metrics;     /* of serve.metrics_listen */
    bool retired;     /* atomic */
    Service *service; /* whose certificate it has */
    struct MHD_Daemon *mhd;
    struct Daemon *next;
} Daemon;

typedef struct Listener {
    const char *setting;
    Listen listen;
    Daemon *daemon;
    char url[HOST_SIZE + 32];
} Listener;

struct Server {
    Pool *pool, *apart; /* apart: for routes that have to answer while the others are busy */
    Door *door;
    Connections *connections;
    size_t connection_limit;
    Listener listeners[2];
    size_t count;
    Daemon *retired;
    pthread_t sweeper;
    bool sweeps;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    Service *service; /* of requests that begin now; under the lock */
    size_t active;    /* requests that are not answered yet */
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

const char *request_header(const Request *request, const char *name)
{
    return header(request->connection, name);
}

/* By TLS, or a proxy says so. */
static bool is_secure(struct MHD_Connection *connection)
{
    const char *scheme = header(connection, "X-Forwarded-Proto");
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_PROTOCOL) ||
           (scheme && strcasecmp(scheme, "https") == 0);
}

static enum MHD_Result add_field(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    Text *query = context;
    text_print(query, "%s%s=%s", query->length ? "&" : "", name, value ? value : "");
    return MHD_YES;
}

static const char *read_query(struct MHD_Connection *connection, Arena *arena)
{
    Text query = TEXT_EMPTY;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_field, &query);
    return text_keep(&query, arena);
}

/* Headers that may come more than once. */
typedef struct Repeated {
    int tokens, hosts, lengths, encodings, unknown;
    Text forwarded;
} Repeated;

static enum MHD_Result read_repeated(void *context, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    Repeated *repeated = context;
    repeated->tokens += strcasecmp(name, MHD_HTTP_HEADER_AUTHORIZATION) == 0;
    repeated->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    repeated->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    bool encoding = strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    repeated->encodings += encoding;
    repeated->unknown += encoding && (!value || strcasecmp(value, "chunked") != 0);
    if (value && strcasecmp(name, "X-Forwarded-For") == 0)
        text_print(&repeated->forwarded, "%s%s", repeated->forwarded.length ? "," : "", value);
    return MHD_YES;
}

static bool has_certificate(const Request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info && info->tls_session && tls_client_is_right(info->tls_session);
}

/* Why a proxy before us could see another request in it than we do, or NULL (RFC 9112, sections 3.2
 * and 6.3). libmicrohttpd answers a missing Host with its headers twice, and takes the rest. */
static const char *judge_headers(const Repeated *repeated, const char *version)
{
    if (repeated->hosts > 1 || (!repeated->hosts && strcmp(version, MHD_HTTP_VERSION_1_1) == 0))
        return "There must be one header Host.";
    if (repeated->lengths + repeated->encodings > 1 || repeated->unknown)
        return "There must be one header that says how long the body is.";
    return NULL;
}

/* What all requests have to fulfil. */
static void judge_client(const Daemon *daemon, Request *request, const char *version)
{
    const char *wrong;
    Repeated repeated = {0};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, read_repeated, &repeated);
    request->address =
        client_find(request->arena, request->service->proxies, request->address,
                    repeated.forwarded.length ? text_string(&repeated.forwarded) : NULL);
    text_done(&repeated.forwarded);
    if ((wrong = judge_headers(&repeated, version)) != NULL) {
        request->closes = true;
        answer_problem(request, 400, "%s", wrong);
    } else if (repeated.tokens > 1)
        answer_problem(request, 400, "There is more than one header Authorization.");
    else if (daemon->service->tls && daemon->service->tls->client_ca && !has_certificate(request))
        answer_problem(request, 403, "A certificate of the client is required.");
}

/* The service as it is now; the request counts from here on. */
static Service *enter(Server *server)
{
    pthread_mutex_lock(&server->lock);
    Service *service = service_take(server->service);
    server->active++;
    pthread_mutex_unlock(&server->lock);
    return service;
}

static enum MHD_Result count_keys(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    *(int *)context += strcasecmp(name, "Idempotency-Key") == 0;
    return MHD_YES;
}

static void resume(Request *request)
{
    MHD_resume_connection(request->connection);
}

static Request *begin(const Daemon *daemon, struct MHD_Connection *connection, const char *path,
                      const char *method, const char *version)
{
    Arena *arena = arena_new();
    Request *request = arena_alloc(arena, sizeof *request);
    request->service = enter(daemon->server);
    request->began_us = clock_monotonic_us();
    request->metrics = daemon->metrics;
    request->arena = arena;
    request->connection = connection;
    request->done = resume;
    request->method = arena_string(arena, method);
    counts_begin(request);
    request->path = arena_string(arena, path);
    request->id = make_id(arena, header(connection, "X-Request-Id"));
    request->address = client_address(connection, arena);
    request->authorization = arena_string(arena, header(connection, MHD_HTTP_HEADER_AUTHORIZATION));
    request->content_type = arena_string(arena, header(connection, MHD_HTTP_HEADER_CONTENT_TYPE));
    request->prefer = arena_string(arena, header(connection, "Prefer"));
    request->idempotency = arena_string(arena, header(connection, "Idempotency-Key"));
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_keys, &request->idempotency_count);
    request->query = read_query(connection, arena);
    request->secure = is_secure(connection);
    judge_client(daemon, request, version);
    return request;
}

static void end(void *context, struct MHD_Connection *connection, void **state,
                enum MHD_RequestTerminationCode how)
{
    Server *server = ((const Daemon *)context)->server;
    Request *request = *state;
    if (!request)
        return;
    *state = NULL;
    counts_end(request);
    service_drop(request->service);
    secret_wipe(request->body.data, request->body.length);
    text_done(&request->body);
    text_done(&request->answer);
    if (request->file_name)
        close(request->file);
    arena_free(request->arena);
    connection_wait(server->connections, connection);
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

static struct MHD_Response *make_response(const Request *request)
{
    if (request->listener)
        return events_response(request->listener);
    if (!request->file_name)
        return MHD_create_response_from_buffer(request->answer.length, request->answer.data,
                                               MHD_RESPMEM_MUST_COPY);
    int file = fcntl(request->file, F_DUPFD_CLOEXEC, 3); /* the response closes its own */
    struct MHD_Response *response =
        file < 0 ? NULL : MHD_create_response_from_fd64((uint64_t)request->file_size, file);
    if (response)
        put_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                   arena_print(request->arena, "attachment; filename=\"%s\"", request->file_name));
    else if (file >= 0)
        close(file);
    return response;
}

static enum MHD_Result send_answer(const Daemon *daemon, Request *request)
{
    Server *server = daemon->server;
    char seconds[32];
    connection_work(server->connections, request->connection);
    if (!request->status || request->answer.failed)
        answer_problem(request, 500, "The request could not be carried out.");
    page_finish(request);
    struct MHD_Response *response = make_response(request);
    if (!response)
        return MHD_NO;
    snprintf(seconds, sizeof seconds, "%lld", (long long)request->retry_seconds);
    put_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, request->answer_type);
    put_header(response, "X-Request-Id", request->id);
    put_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
               request->cache ? request->cache : "no-store");
    for (size_t i = 0; i < request->header_count; i++)
        put_header(response, request->headers[i].name, request->headers[i].value);
    put_header(response, "X-Content-Type-Options", "nosniff");
    put_header(response, MHD_HTTP_HEADER_ALLOW, request->allow);
    put_header(response, MHD_HTTP_HEADER_RETRY_AFTER, request->retry_seconds ? seconds : NULL);
    put_header(response, MHD_HTTP_HEADER_LOCATION, request->location);
    put_header(response, "Preference-Applied", request->async ? "respond-async" : NULL);
    put_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
               request->challenge ? "Bearer realm=\"rung\"" : NULL);
    pthread_mutex_lock(&server->lock);
    bool stopping = server->stopping || __atomic_load_n(&daemon->retired, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&server->lock);
    put_header(response, MHD_HTTP_HEADER_CONNECTION, stopping || request->closes ? "close" : NULL);
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

static enum MHD_Result run(const Daemon *daemon, Request *request)
{
    Server *server = daemon->server;
    if (!request->route->database) {
        request->route->run(request);
        return send_answer(daemon, request);
    }
    connection_work(server->connections, request->connection);
    MHD_suspend_connection(request->connection);
    if (!pool_add(request->route->apart ? server->apart : server->pool, request)) {
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
    const Daemon *daemon = context;
    Request *request = *state;
    if (!request) {
        *state = request = begin(daemon, connection, path, method, version);
        if (!request->status)
            route_request(request);
        if (request->closes)
            return send_answer(daemon, request);
        if (!is_too_large(connection))
            return MHD_YES;
        answer_too_large(request);
        return send_answer(daemon, request);
    }
    if (*length) {
        bool taken = take_body(request, data, *length);
        *length = 0;
        return taken ? MHD_YES : MHD_NO;
    }
    return request->status ? send_answer(daemon, request) : run(daemon, request);
}

/* Paths are compared as they were sent: no row has anything that would need escapes. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    return strlen(text);
}

/* ---- daemons ---- */

static struct MHD_Daemon *start_mhd(Daemon *daemon, unsigned connections)
{
    const Tls *tls = daemon->service->tls;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? (void *)(uintptr_t)tls->certificate : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? (void *)(uintptr_t)tls->key : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {tls && tls->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
         tls ? (void *)(uintptr_t)tls->client_ca : NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;
    flags |= tls ? (unsigned)MHD_USE_TLS : 0;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, daemon, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(daemon->metrics ? 0 : EVENT_THREADS), MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADER_BYTES, MHD_OPTION_NOTIFY_COMPLETED, end, daemon,
        MHD_OPTION_NOTIFY_CONNECTION, connections_notify, daemon->server->connections,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_ARRAY, tls ? options : &options[4], MHD_OPTION_END);
}

static Code start_daemon(Server *server, const Listener *listener, Service *service,
                         Daemon **ret_daemon, Error *error)
{
    Daemon *daemon = calloc(1, sizeof *daemon);
    if (!daemon)
        arena_exhausted();
    daemon->server = server;
    daemon->metrics = listener != server->listeners;
    daemon->service = service_take(service);
    /* each of its threads has a share; the door counts */
    daemon->mhd = start_mhd(daemon, (unsigned)server->connection_limit * 2 * EVENT_THREADS);
    if (daemon->mhd) {
        *ret_daemon = daemon;
        return RUNG_OK;
    }
    int failure = errno;
    service_drop(daemon->service);
    free(daemon);
    error_set(error, RUNG_FILE, "the server for %s does not start: %s", listener->setting,
              service->tls ? "GnuTLS does not like what serve.tls names" : strerror(failure));
    return RUNG_FILE;
}

static void stop_daemon(Daemon *daemon)
{
    if (!daemon)
        return;
    MHD_stop_daemon(daemon->mhd);
    service_drop(daemon->service);
    free(daemon);
}

/* Nobody comes to it any more; who is there leaves after the next answer. */
static void retire(Server *server, Daemon *daemon)
{
    __atomic_store_n(&daemon->retired, true, __ATOMIC_RELAXED);
    pthread_mutex_lock(&server->lock);
    daemon->next = server->retired;
    server->retired = daemon;
    pthread_mutex_unlock(&server->lock);
}

static bool is_empty(const Daemon *daemon)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info && !info->num_connections;
}

static void stop_retired(Server *server)
{
    Daemon *daemon, *next, *kept = NULL;
    pthread_mutex_lock(&server->lock);
    daemon = server->retired;
    server->retired = NULL;
    pthread_mutex_unlock(&server->lock);
    for (; daemon; daemon = next) {
        next = daemon->next;
        if (is_empty(daemon)) {
            stop_daemon(daemon);
            continue;
        }
        daemon->next = kept;
        kept = daemon;
    }
    pthread_mutex_lock(&server->lock);
    for (; kept; kept = next) { /* others may have come in between */
        next = kept->next;
        kept->next = server->retired;
        server->retired = kept;
    }
    pthread_mutex_unlock(&server->lock);
}

static bool is_stopping(Server *server)
{
    pthread_mutex_lock(&server->lock);
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->lock);
    return stopping;
}

/* A thread, for what is left behind. */
static void *sweep(void *context)
{
    Server *server = context;
    while (!is_stopping(server)) {
        connections_sweep(server->connections);
        stop_retired(server);
    }
    return NULL;
}

/* ---- start ---- */

static void print_url(Listener *listener, const Service *service)
{
    const Listen at = listener->listen;
    snprintf(listener->url, sizeof listener->url, "%s://%s:%d", service->tls ? "https" : "http",
             at.host, at.port);
}

static Code start_listener(Server *server, const char *setting, const char *text, Error *error)
{
    Listener *listener = &server->listeners[server->count];
    *listener = (Listener){.setting = setting};
    Code code = RUNG_OK;
    if (server->count || !listen_take(&listener->listen))
        code = listen_open(setting, text, &listener->listen, error);
    if (code)
        return code;
    code = start_daemon(server, listener, server->service, &listener->daemon, error);
    if (code) {
        listen_close(&listener->listen);
        return code;
    }
    print_url(listener, server->service);
    server->count++;
    return RUNG_OK;
}

/* As many as the settings want and files can be open. */
static size_t allow_connections(const rung_serve_settings *settings)
{
    struct rlimit files;
    size_t wanted = (size_t)settings->connections;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    if (files.rlim_cur < wanted + OTHER_FILES) {
        files.rlim_cur =
            files.rlim_max < wanted + OTHER_FILES ? files.rlim_max : wanted + OTHER_FILES;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (wanted + OTHER_FILES <= files.rlim_cur)
        return wanted;
    return files.rlim_cur > 2 * OTHER_FILES ? files.rlim_cur - OTHER_FILES : files.rlim_cur / 2;
}

Code server_start(Service *service, Server **ret_server, Error *error)
{
    const rung_serve_settings *settings = &service->settings;
    Server *server = calloc(1, sizeof *server);
    if (!server)
        arena_exhausted();
    server->service = service_take(service);
    server->connection_limit = allow_connections(settings);
    server->connections = connections_new(server->connection_limit, settings->request_ms);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->ended, NULL);
    service_apply(service);
    rung_serve_pool one = {.size = 1, .timeout_ms = settings->pool.timeout_ms};
    Code code = pool_start(&settings->pool, 0, &server->pool, error);
    if (!code)
        code = pool_start(&one, service->count, &server->apart, error);
    if (!code)
        code = watch_start(&service->options, &service->shared->watch, error);
    if (!code)
        code = jobs_start(service, &service->shared->jobs, error);
    if (!code)
        code = start_listener(server, "serve.listen", settings->listen, error);
    if (!code && settings->metrics_listen)
        code = start_listener(server, "serve.metrics_listen", settings->metrics_listen, error);
    if (!code && pthread_create(&server->sweeper, NULL, sweep, server) != 0)
        code = error_set(error, RUNG_LIMIT, "no thread can be started");
    server->sweeps = !code;
    if (!code)
        code = door_new(server->connections, &server->door, error);
    for (size_t i = 0; !code && i < server->count; i++)
        door_open(server->door, i, server->listeners[i].listen.fd,
                  server->listeners[i].daemon->mhd);
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
    *ret_open = server->listeners[index].listen.open && !server->service->tls;
    return server->listeners[index].url;
}

/* ---- a new configuration ---- */

Code server_reload(Server *server, Service *service, Error *error)
{
    Daemon *daemons[COUNT(server->listeners)] = {NULL};
    Code code = RUNG_OK;
    size_t count = tls_is_same(server->service->tls, service->tls) ? 0 : server->count;
    for (size_t i = 0; !code && i < count; i++)
        code = start_daemon(server, &server->listeners[i], service, &daemons[i], error);
    for (size_t i = 0; code && i < count; i++)
        stop_daemon(daemons[i]);
    if (code)
        return code;
    pthread_mutex_lock(&server->lock);
    Service *old = server->service;
    server->service = service_take(service);
    pthread_mutex_unlock(&server->lock);
    service_apply(service);
    jobs_renew(service->shared->jobs, service);
    events_restart(service->shared->dashboard->events);
    connections_set_time(server->connections, service->settings.request_ms);
    service_drop(old);
    for (size_t i = 0; i < count; i++) {
        door_open(server->door, i, server->listeners[i].listen.fd, daemons[i]->mhd);
        retire(server, server->listeners[i].daemon);
        server->listeners[i].daemon = daemons[i];
        print_url(&server->listeners[i], service);
    }
    return RUNG_OK;
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

/* Their requests were answered, or given up. */
static void stop_all(Server *server)
{
    Daemon *daemon, *next;
    for (size_t i = 0; i < server->count; i++)
        stop_daemon(server->listeners[i].daemon);
    for (daemon = server->retired; daemon; daemon = next) {
        next = daemon->next;
        stop_daemon(daemon);
    }
    for (size_t i = 0; i < server->count; i++)
        listen_close(&server->listeners[i].listen);
}

void server_stop(Server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_mutex_unlock(&server->lock);
    connections_wake(server->connections);
    if (server->sweeps)
        pthread_join(server->sweeper, NULL);
    events_stop(server->service->shared->dashboard->events);
    if (server->door)
        door_close(server->door);
    for (size_t i = 0; i < server->count; i++)
        listen_shut(&server->listeners[i].listen);
    if (!wait_for_requests(server, GRACE_SECONDS)) {
        if (server->pool)
            pool_cancel(server->pool);
        if (server->apart)
            pool_cancel(server->apart);
        wait_for_requests(server, CANCEL_SECONDS);
    }
    pool_stop(server->pool);
    pool_stop(server->apart);
    watch_stop(server->service->shared->watch);
    server->service->shared->watch = NULL;
    jobs_stop(server->service->shared->jobs);
    server->service->shared->jobs = NULL;
    stop_all(server);
    door_free(server->door);
    connections_free(server->connections);
    service_drop(server->service);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->ended);
    free(server);
}
