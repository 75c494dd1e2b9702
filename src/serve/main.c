/* rung-serve: the service, which `rung serve` executes. */
#include "base/crypto.h"
#include "serve/deliver.h"
#include "serve/scheduler.h"
#include "serve/server.h"
#include "serve/systemd.h"

#include <getopt.h>
#include <signal.h>

/* What a command line would show to everybody; `rung serve` sets it. */
#define URL_VARIABLE "RUNG_SERVE_URL"

enum { PASSWORD_LIMIT = 1024, PASSWORD_LEAST = 8 };

static void print_error(const Error *error)
{
    fprintf(stderr, "error: %s\n", error->message);
    if (*error->file)
        fprintf(stderr, "  at %s:%d\n", error->file, error->line);
    if (*error->hint)
        fprintf(stderr, "  hint: %s\n", error->hint);
}

/* ---- --hash-password ---- */

static Code hash_password(void)
{
    char password[PASSWORD_LIMIT + 2];
    Error error;
    Arena *arena = arena_new();
    Code code = RUNG_OK;
    size_t length = fread(password, 1, sizeof password - 1, stdin);
    while (length && (password[length - 1] == '\n' || password[length - 1] == '\r'))
        length--;
    const char *hash = NULL;
    if (length < PASSWORD_LEAST || length > PASSWORD_LIMIT)
        code =
            error_set(&error, RUNG_USAGE, "the password on standard input has %zu bytes: %d to %d",
                      length, PASSWORD_LEAST, PASSWORD_LIMIT);
    else if ((hash = password_hash(arena, password, length)) == NULL)
        code = error_set(&error, RUNG_LIMIT, "there is no memory for the hash");
    secret_wipe(password, sizeof password);
    if (code)
        print_error(&error);
    else
        printf("%s\n", hash);
    arena_free(arena);
    return code;
}

/* ---- the service ---- */

static void print_addresses(const Server *server)
{
    const char *url;
    bool open;
    for (size_t i = 0; (url = server_url(server, i, &open)) != NULL; i++) {
        if (open)
            fprintf(stderr,
                    "warning: others reach %s, and nothing is encrypted: set serve.tls, or put a "
                    "proxy with TLS before it\n",
                    url);
        printf("%s on %s\n", i ? "metrics" : "listening", url);
    }
    fflush(stdout);
}

static void print_warnings(const Service *service)
{
    if (service->tls && service->tls->warning)
        fprintf(stderr, "warning: %s\n", service->tls->warning);
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* What only a new process takes up. */
static void print_unchanged(const rung_serve_settings *old, const rung_serve_settings *settings)
{
    static const char words[] = "warning: %s is taken up by a restart alone\n";
    if (!is_same(old->listen, settings->listen))
        fprintf(stderr, words, "serve.listen");
    if (!is_same(old->metrics_listen, settings->metrics_listen))
        fprintf(stderr, words, "serve.metrics_listen");
    if (old->pool.size != settings->pool.size || old->pool.overflow != settings->pool.overflow ||
        old->pool.timeout_ms != settings->pool.timeout_ms)
        fprintf(stderr, words, "serve.pool");
    if (old->connections != settings->connections)
        fprintf(stderr, words, "serve.limits.connections");
}

/* `first` is the one that it started with. What is wrong is said; the old one stays then. */
static void reload(const Service *first, Server *server)
{
    Service *service = NULL;
    Error error;
    systemd_reloading();
    Code code = service_new(&first->options, first->shared, first->count, &service, &error);
    if (!code)
        code = deliver_prepare(first->shared->deliver, service, &error);
    if (!code)
        code = server_reload(server, service, &error);
    if (!code)
        code = deliver_change(first->shared->deliver, &error);
    if (code) {
        print_error(&error);
        fprintf(stderr, "the configuration stays as it was\n");
        systemd_tell("READY=1\nSTATUS=the last reload failed");
    } else {
        print_warnings(service);
        print_unchanged(&first->settings, &service->settings);
        fprintf(stderr, "the configuration was read again\n");
        scheduler_reload(first->shared->scheduler);
        systemd_tell("READY=1\nSTATUS=serving");
    }
    service_drop(service);
}

/* Until somebody ends it. */
static void wait_for_signals(const Service *service, Server *server, const sigset_t *signals)
{
    int64_t watchdog_us = systemd_watchdog_us() / 2;
    struct timespec time = {.tv_sec = watchdog_us / 1000000,
                            .tv_nsec = watchdog_us % 1000000 * 1000};
    for (;;) {
        int number = sigtimedwait(signals, NULL, watchdog_us ? &time : NULL);
        if (number == SIGINT || number == SIGTERM)
            return;
        if (number == SIGHUP)
            reload(service, server);
        if (watchdog_us)
            systemd_tell("WATCHDOG=1");
    }
}

/* What runs beside the requests. */
static Code start_parts(Service *service, Server **ret_server, Error *error)
{
    Shared *shared = service->shared;
    Code code = scheduler_start(&service->options, &shared->scheduler, error);
    if (!code)
        code = deliver_prepare(shared->deliver, service, error);
    if (!code)
        code = server_start(service, ret_server, error);
    return code ? code : deliver_change(shared->deliver, error);
}

static void stop_parts(Shared *shared, Server *server)
{
    scheduler_stop(shared->scheduler);
    if (server)
        server_stop(server);
    deliver_stop(shared->deliver);
    scheduler_end(shared->scheduler);
    shared->scheduler = NULL;
}

static Code serve(Service *service, const sigset_t *signals, Error *error)
{
    Server *server = NULL;
    Code code = start_parts(service, &server, error);
    if (!code) {
        print_warnings(service);
        print_addresses(server);
        systemd_tell("READY=1\nSTATUS=serving");
        wait_for_signals(service, server, signals);
        systemd_tell("STOPPING=1\nSTATUS=ending what runs");
    }
    stop_parts(service->shared, server);
    return code;
}

static Code run(const rung_options *options)
{
    Shared *shared = shared_new();
    Service *service = NULL;
    Error error;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* all threads: they come by sigtimedwait */
    signal(SIGPIPE, SIG_IGN);
    Code code = service_new(options, shared, 0, &service, &error);
    if (!code)
        code = serve(service, &signals, &error);
    if (code)
        print_error(&error);
    service_drop(service);
    shared_free(shared);
    return code;
}

static Code usage(void)
{
    fputs("usage: rung-serve [--config FILE] [--target NAME] [--migrations DIR]\n"
          "       rung-serve --hash-password < FILE\n"
          "`rung help serve` says more.\n",
          stderr);
    return RUNG_USAGE;
}

int main(int count, char **words)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"target", required_argument, NULL, 't'},
                                          {"migrations", required_argument, NULL, 'm'},
                                          {"hash-password", no_argument, NULL, 'p'},
                                          {NULL, 0, NULL, 0}};
    rung_options options = RUNG_OPTIONS_INIT;
    int letter;
    bool password = false;
    options.url = getenv(URL_VARIABLE);
    while ((letter = getopt_long(count, words, "c:t:", known, NULL)) != -1) {
        if (letter == 'c')
            options.config = optarg;
        else if (letter == 't')
            options.target = optarg;
        else if (letter == 'm')
            options.migrations = optarg;
        else if (letter == 'p')
            password = true;
        else
            return rung_code_exit(usage());
    }
    if (optind < count)
        return rung_code_exit(usage());
    return rung_code_exit(password ? hash_password() : run(&options));
}
