/* The to-do application's server: how a program lives with librung.
 *
 *     DATABASE_URL=sqlite:tasks.db JWT_SECRET_KEY=… ./server migrations
 *
 * At its start it brings its own database to the newest revision; several instances may start at
 * once. Then it serves /api/tasks. librung changes the schema; rows are read and written with
 * sqlite3 or libpq as in any program (data.c). README.md says how to build and call it.
 *
 * Settings come from the environment: DATABASE_URL, JWT_SECRET_KEY (32 bytes at least), API_HOST
 * (127.0.0.1), API_PORT (8000; 0 takes one that is free and prints it).
 *
 *     ./server --queries     prints its SQL, for `rung isolation` and `rung rehearse` */
#define _POSIX_C_SOURCE 200809L
#include "data.h"
#include "token.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <microhttpd.h>
#include <rung/rung.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
    BODY_MAX = 64 * 1024,
    DISCARD_MAX = 1024 * 1024, /* read and thrown away, so that the client hears why */
    TITLE_MAX = 200,
    DESCRIPTION_MAX = 10000,
    STOP_SECONDS = 5,
};

/* ---- upgrading the database --------------------------------------------------------------- */

static rung *volatile upgraded;
static volatile sig_atomic_t ended;

/* rung_cancel is made for signal handlers: what runs is rolled back. */
static void on_signal(int number)
{
    (void)number;
    ended = 1;
    if (upgraded)
        rung_cancel(upgraded);
}

static void on_event(void *context, const rung_event *event)
{
    (void)context;
    if (event->type == RUNG_EVENT_DONE)
        fprintf(stderr, "applied %s: %s\n", event->revision, event->text);
    else if (event->type == RUNG_EVENT_WAIT || event->type == RUNG_EVENT_RETRY ||
             event->type == RUNG_EVENT_WARNING)
        fprintf(stderr, "%s\n", event->text);
}

/* Of several instances one upgrades. The others wait for its lock (setting lock_wait, a minute),
 * then find nothing left to do. A revision and its mark commit together, so an instance that is
 * killed here leaves nothing half-done to the next. */
static rung_code database_upgrade(const char *url, const char *migrations)
{
    rung_options options = RUNG_OPTIONS_INIT;
    rung *project = NULL;
    rung_result *result = NULL;
    rung_error *error = NULL;
    options.url = url;
    options.migrations = migrations;
    options.on_event = on_event;

    rung_code code = rung_open(&options, &project, &error);
    upgraded = project;
    if (code == RUNG_OK && !ended)
        code = rung_upgrade(project, NULL, &result, &error);
    upgraded = NULL;
    if (code != RUNG_OK)
        fprintf(stderr, "%s: %s\n%s\n", rung_code_name(code), rung_error_message(error),
                rung_error_hint(error));
    rung_result_free(result);
    rung_error_free(error);
    rung_close(project);
    return code;
}

/* ---- requests and replies ----------------------------------------------------------------- */

typedef struct Request {
    struct MHD_Connection *connection;
    const char *method;
    char *body;
    size_t size; /* of the body, also of what was thrown away */
} Request;

typedef struct Reply {
    unsigned status;
    json_t *body;      /* NULL: none */
    const char *allow; /* with 405 */
} Reply;

/* RFC 9457 */
static Reply problem(unsigned status, const char *detail)
{
    return (Reply){.status = status,
                   .body = json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title",
                                     MHD_get_reason_phrase_for(status), "status", (int)status,
                                     "detail", detail)};
}

static enum MHD_Result reply_send(struct MHD_Connection *connection, Reply reply)
{
    char *text = reply.body ? json_dumps(reply.body, JSON_COMPACT) : NULL;
    bool created = reply.status == MHD_HTTP_CREATED;
    char location[64];
    snprintf(location, sizeof location, "/api/tasks/%lld",
             (long long)json_integer_value(json_object_get(reply.body, "id")));
    json_decref(reply.body);
    struct MHD_Response *response = MHD_create_response_from_buffer(
        text ? strlen(text) : 0, text, text ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response) {
        free(text);
        return MHD_NO;
    }
    if (text)
        MHD_add_response_header(response, "Content-Type",
                                reply.status >= 400 ? "application/problem+json"
                                                    : "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (created)
        MHD_add_response_header(response, "Location", location);
    if (reply.allow)
        MHD_add_response_header(response, "Allow", reply.allow);
    if (reply.status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    if (reply.status == MHD_HTTP_SERVICE_UNAVAILABLE)
        MHD_add_response_header(response, "Retry-After", "1");
    enum MHD_Result sent = MHD_queue_response(connection, reply.status, response);
    MHD_destroy_response(response);
    return sent;
}

/* What a statement about one task came to. A task of somebody else is answered as one that is not
 * there: who asks does not even learn that it is. */
static Reply reply_one(json_t *rows, unsigned status)
{
    Reply reply = {.status = status};
    if (!rows)
        reply = problem(MHD_HTTP_SERVICE_UNAVAILABLE, "the database does not answer");
    else if (json_array_size(rows) == 0)
        reply = problem(MHD_HTTP_NOT_FOUND, "there is no such task");
    else if (status != MHD_HTTP_NO_CONTENT)
        reply.body = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return reply;
}

/* ---- tasks -------------------------------------------------------------------------------- */

static const char *const statuses[] = {"Pending", "In Progress", "Completed", NULL};
static const char *const priorities[] = {"Low", "Medium", "High", NULL};

typedef struct Task {
    const char *title, *description, *status, *priority; /* NULL: not given */
    bool describes;                                      /* the description is given, maybe null */
} Task;

static bool is_one_of(const char *text, const char *const *words)
{
    while (text && *words && strcmp(text, *words) != 0)
        words++;
    return text && *words;
}

static size_t characters(const char *utf8)
{
    size_t count = 0;
    for (; *utf8; utf8++)
        count += ((unsigned char)*utf8 & 0xC0) != 0x80;
    return count;
}

/* What is wrong with one member; NULL if it was taken. Nothing else can be set: not user_id, and
 * no time. */
static const char *member_read(const char *name, const json_t *value, Task *task)
{
    const char *text = json_string_value(value);
    if (strcmp(name, "title") == 0) {
        task->title = text;
        return text && *text && characters(text) <= TITLE_MAX
                   ? NULL
                   : "title is text of 1 to 200 characters";
    }
    if (strcmp(name, "description") == 0) {
        task->description = text;
        task->describes = true;
        return json_is_null(value) || (text && characters(text) <= DESCRIPTION_MAX)
                   ? NULL
                   : "description is text of at most 10000 characters, or null";
    }
    if (strcmp(name, "status") == 0) {
        task->status = text;
        return is_one_of(text, statuses) ? NULL : "status is Pending, In Progress or Completed";
    }
    if (strcmp(name, "priority") == 0) {
        task->priority = text;
        return is_one_of(text, priorities) ? NULL : "priority is Low, Medium or High";
    }
    return "only title, description, status and priority can be set";
}

/* The task that the body describes; its texts belong to *ret_body, which the caller frees whatever
 * came of it. `whole`: what is not given has its default. */
static unsigned task_parse(const Request *request, bool whole, json_t **ret_body, Task *ret_task,
                           const char **ret_complaint)
{
    const char *name;
    json_t *value;
    *ret_body = json_loadb(request->body, request->size, JSON_REJECT_DUPLICATES, NULL);
    *ret_complaint = "the body is not a JSON object";
    if (!json_is_object(*ret_body))
        return MHD_HTTP_BAD_REQUEST;
    *ret_task = (Task){0};
    json_object_foreach(*ret_body, name, value)
    {
        *ret_complaint = member_read(name, value, ret_task);
        if (*ret_complaint)
            return MHD_HTTP_UNPROCESSABLE_CONTENT;
    }
    if (whole) {
        ret_task->describes = true;
        ret_task->status = ret_task->status ? ret_task->status : "Pending";
        ret_task->priority = ret_task->priority ? ret_task->priority : "Medium";
    }
    *ret_complaint = "title is missing";
    return whole && !ret_task->title ? MHD_HTTP_UNPROCESSABLE_CONTENT : MHD_HTTP_OK;
}

/* In UTC. */
static const char *now_print(char *text, size_t size)
{
    struct tm tm;
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm);
    return text;
}

/* ?NAME=… as UTF-8 without NUL, NULL if it is not given; false if it is something else. */
static bool parameter_read(const Request *request, const char *name, const char **ret_text)
{
    size_t size = 0;
    *ret_text = NULL;
    if (!MHD_lookup_connection_value_n(request->connection, MHD_GET_ARGUMENT_KIND, name,
                                       strlen(name), ret_text, &size) ||
        !*ret_text)
        return true;
    json_t *checked = json_string(*ret_text); /* jansson takes nothing but UTF-8 */
    json_decref(checked);
    return checked && strlen(*ret_text) == size;
}

/* %TITLE%, with % and _ of the title taken as they are. */
static const char *pattern_print(const char *title, char *text)
{
    char *put = text;
    *put++ = '%';
    for (; *title; title++) {
        if (strchr("!%_", *title))
            *put++ = '!';
        *put++ = *title;
    }
    *put++ = '%';
    *put = '\0';
    return text;
}

static Reply task_list(const Request *request, const char *user, const char *id)
{
    const char *status, *title;
    char pattern[TITLE_MAX * 4 * 2 + 3];
    (void)id;
    if (!parameter_read(request, "status", &status) || (status && !is_one_of(status, statuses)))
        return problem(MHD_HTTP_BAD_REQUEST, "status is Pending, In Progress or Completed");
    if (!parameter_read(request, "title", &title) || (title && characters(title) > TITLE_MAX))
        return problem(MHD_HTTP_BAD_REQUEST, "title is UTF-8 of at most 200 characters");
    if (title)
        title = pattern_print(title, pattern);
    json_t *rows = data_query(SQL_LIST, (const char *[]){user, status, title}, 3);
    if (!rows)
        return reply_one(NULL, 0);
    return (Reply){.status = MHD_HTTP_OK, .body = rows};
}

static Reply task_read(const Request *request, const char *user, const char *id)
{
    (void)request;
    return reply_one(data_query(SQL_READ, (const char *[]){id, user}, 2), MHD_HTTP_OK);
}

static Reply task_create(const Request *request, const char *user, const char *id)
{
    Task task;
    json_t *body;
    const char *complaint;
    char now[32];
    (void)id;
    unsigned status = task_parse(request, true, &body, &task, &complaint);
    Reply reply;
    if (status == MHD_HTTP_OK) {
        now_print(now, sizeof now);
        const char *completed = strcmp(task.status, "Completed") == 0 ? now : NULL;
        const char *values[] = {user,          task.title, task.description, task.status,
                                task.priority, now,        completed};
        reply = reply_one(data_query(SQL_CREATE, values, 7), MHD_HTTP_CREATED);
    } else
        reply = problem(status, complaint);
    json_decref(body);
    return reply;
}

/* PUT says the whole task, PATCH what is other than before. */
static Reply task_change(const Request *request, const char *user, const char *id)
{
    Task task;
    json_t *body;
    const char *complaint;
    char now[32];
    bool whole = strcmp(request->method, "PUT") == 0;
    unsigned status = task_parse(request, whole, &body, &task, &complaint);
    Reply reply;
    if (status == MHD_HTTP_OK) {
        now_print(now, sizeof now);
        const char *values[] = {task.title,
                                task.describes ? "set" : "",
                                task.description,
                                task.status,
                                task.priority,
                                now,
                                id,
                                user};
        reply = reply_one(data_query(SQL_CHANGE, values, 8), MHD_HTTP_OK);
    } else
        reply = problem(status, complaint);
    json_decref(body);
    return reply;
}

/* The row stays, marked: nothing of this program shows it again. */
static Reply task_delete(const Request *request, const char *user, const char *id)
{
    char now[32];
    (void)request;
    const char *values[] = {now_print(now, sizeof now), id, user};
    return reply_one(data_query(SQL_DELETE, values, 3), MHD_HTTP_NO_CONTENT);
}

/* ---- the server --------------------------------------------------------------------------- */

typedef Reply Handler(const Request *request, const char *user, const char *id);

static const struct {
    const char *method;
    bool one; /* /api/tasks/ID */
    Handler *handler;
} routes[] = {
    {"GET", false, task_list},  {"POST", false, task_create}, {"GET", true, task_read},
    {"PUT", true, task_change}, {"PATCH", true, task_change}, {"DELETE", true, task_delete},
};

/* A whole number that the column can hold. */
static bool id_good(const char *text)
{
    size_t length = strspn(text, "0123456789");
    return length > 0 && length <= 10 && !text[length] && strtoll(text, NULL, 10) <= INT32_MAX;
}

/* The user that the request speaks for, to be freed; NULL after *ret_reply was set. The reason of
 * a 401 is not told. That the user is still there, and active, is asked each time: a token cannot
 * be taken back. */
static char *authenticate(const Request *request, Reply *ret_reply)
{
    const char *header = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_AUTHORIZATION);
    char *user = header && strncasecmp(header, "Bearer ", 7) == 0 ? token_user(header + 7) : NULL;
    json_t *rows = user ? data_query(SQL_USER, (const char *[]){user}, 1) : NULL;
    if (user && json_array_size(rows) == 1) {
        json_decref(rows);
        return user;
    }
    *ret_reply = user && !rows ? reply_one(NULL, 0)
                               : problem(MHD_HTTP_UNAUTHORIZED, "a valid bearer token is needed");
    json_decref(rows);
    free(user);
    return NULL;
}

static Reply request_answer(const Request *request, const char *url)
{
    static const char root[] = "/api/tasks";
    const size_t length = sizeof root - 1;
    bool one = strncmp(url, root, length) == 0 && url[length] == '/';
    Handler *handler = NULL;
    if (!one && strcmp(url, root) != 0)
        return problem(MHD_HTTP_NOT_FOUND, "there is nothing here");
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].one == one && strcmp(routes[i].method, request->method) == 0)
            handler = routes[i].handler;
    if (!handler) {
        Reply reply = problem(MHD_HTTP_METHOD_NOT_ALLOWED, "no such method here");
        reply.allow = one ? "GET, PUT, PATCH, DELETE" : "GET, POST";
        return reply;
    }
    if (request->size > BODY_MAX)
        return problem(MHD_HTTP_CONTENT_TOO_LARGE, "the body may have 64 KiB");
    Reply reply = {0};
    char *user = authenticate(request, &reply);
    if (!user)
        return reply;
    const char *id = one ? url + length + 1 : NULL;
    if (one && !id_good(id))
        reply = problem(MHD_HTTP_NOT_FOUND, "there is no such task");
    else
        reply = handler(request, user, id);
    free(user);
    return reply;
}

static atomic_int busy; /* requests that are not answered yet */

/* The first call for a request: its headers are read, its body is not. */
static enum MHD_Result request_begin(struct MHD_Connection *connection, const char *method,
                                     void **ret_request)
{
    Request *request = calloc(1, sizeof *request);
    const char *size =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (!request)
        return MHD_NO;
    request->connection = connection;
    request->method = method;
    *ret_request = request;
    atomic_fetch_add(&busy, 1);
    if (size && strtoull(size, NULL, 10) > DISCARD_MAX)
        return reply_send(connection,
                          problem(MHD_HTTP_CONTENT_TOO_LARGE, "the body may have 64 KiB"));
    return MHD_YES;
}

static enum MHD_Result request_take(Request *request, const char *data, size_t size)
{
    request->size += size;
    if (request->size > DISCARD_MAX)
        return MHD_NO;
    if (request->size > BODY_MAX)
        return MHD_YES;
    if (!request->body)
        request->body = malloc(BODY_MAX);
    if (!request->body)
        return MHD_NO;
    memcpy(request->body + request->size - size, data, size);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    (void)context;
    (void)version;
    Request *request = *state;
    if (!request)
        return request_begin(connection, method, state);
    if (*size) {
        enum MHD_Result taken = request_take(request, data, *size);
        *size = 0;
        return taken;
    }
    return reply_send(connection, request_answer(request, url));
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode reason)
{
    (void)context;
    (void)connection;
    (void)reason;
    Request *request = *state;
    if (!request)
        return;
    free(request->body);
    free(request);
    *state = NULL;
    atomic_fetch_sub(&busy, 1);
}

/* Serves until SIGTERM or SIGINT, which are blocked in all threads and waited for here. */
static int serve(const struct sockaddr_in *address, const sigset_t *signals)
{
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, NULL, NULL, on_request,
        NULL, MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)DATA_CONNECTIONS, MHD_OPTION_CONNECTION_LIMIT, 256U,
        MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
        MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "cannot listen: %s\n", strerror(errno));
        return 1;
    }
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    printf("listening on http://%s:%u\n", host,
           (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);

    int number;
    sigwait(signals, &number);
    /* No new connections; open requests end first. The socket is closed when no thread has it. */
    int listening = MHD_quiesce_daemon(daemon);
    shutdown(listening, SHUT_RDWR);
    for (int i = 0; i < STOP_SECONDS * 100 && atomic_load(&busy) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    MHD_stop_daemon(daemon);
    close(listening);
    return 0;
}

/* False, and told, if the environment does not say what is needed. On loopback, as long as nobody
 * says otherwise: this program speaks no TLS. */
static bool settings_read(const char **ret_url, struct sockaddr_in *ret_address)
{
    const char *url = getenv("DATABASE_URL"), *host = getenv("API_HOST"),
               *port = getenv("API_PORT");
    char *end = NULL;
    long number = port && *port ? strtol(port, &end, 10) : 8000;
    *ret_address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
    /* libpq would take another scheme for a name, and quote it, password and all */
    if (!url || (strncmp(url, "sqlite:", 7) != 0 && strncmp(url, "postgresql://", 13) != 0))
        fputs("DATABASE_URL is not sqlite:FILE or postgresql://USER@HOST/NAME\n", stderr);
    else if (!token_key_set(getenv("JWT_SECRET_KEY")))
        fputs("JWT_SECRET_KEY has less than 32 bytes\n", stderr);
    else if ((end && *end) || number < 0 || number > UINT16_MAX)
        fputs("API_PORT is not a port\n", stderr);
    else if (inet_pton(AF_INET, host && *host ? host : "127.0.0.1", &ret_address->sin_addr) != 1)
        fputs("API_HOST is not an IPv4 address\n", stderr);
    else {
        *ret_url = url;
        return true;
    }
    return false;
}

int main(int count, char **words)
{
    const char *url = NULL;
    struct sockaddr_in address;
    struct sigaction cancel = {.sa_handler = on_signal};
    sigset_t signals;
    if (count == 2 && strcmp(words[1], "--queries") == 0) {
        for (int i = 0; i < SQL_COUNT; i++)
            printf("%s;\n", statements[i]);
        return 0;
    }
    if (!settings_read(&url, &address))
        return 2;

    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGTERM, &cancel, NULL);
    sigaction(SIGINT, &cancel, NULL);
    rung_code code = database_upgrade(url, count > 1 ? words[1] : "migrations");

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (code != RUNG_OK || ended)
        return rung_code_exit(code);

    int status = data_open(url) ? serve(&address, &signals) : 1;
    data_close();
    return status;
}
