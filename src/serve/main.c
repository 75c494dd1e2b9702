/* rung-serve: the service, which `rung serve` executes. */
#include "base/crypto.h"
#include "serve/server.h"

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

/* The error of a verb; it is freed. */
static Code print_failure(Code code, rung_error *failure)
{
    Error error;
    error_at(&error, code, failure ? rung_error_file(failure) : "",
             failure ? rung_error_line(failure) : 0, "%s",
             failure ? rung_error_message(failure) : "out of memory");
    error_hint(&error, "%s", failure ? rung_error_hint(failure) : "");
    print_error(&error);
    rung_error_free(failure);
    return code;
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

/* Until somebody ends it. */
static void wait_for_signal(const sigset_t *signals)
{
    int number = 0;
    while (sigwait(signals, &number) != 0 || number == SIGHUP)
        continue;
}

static Code serve(Service *service, const sigset_t *signals, Error *error)
{
    Server *server;
    const char *url;
    bool open;
    Code code = service_open(service, error);
    if (!code)
        code = server_start(service, &server, error);
    if (code)
        return code;
    for (size_t i = 0; (url = server_url(server, i, &open)) != NULL; i++) {
        if (open)
            fprintf(stderr,
                    "warning: others reach %s, and nothing is encrypted: put a proxy with TLS "
                    "before it\n",
                    url);
        printf("%s on %s\n", i ? "metrics" : "listening", url);
    }
    fflush(stdout);
    wait_for_signal(signals);
    server_stop(server);
    return RUNG_OK;
}

static Code run(const rung_options *options)
{
    Service service = {.options = *options};
    service.options.keep_seconds = 3600;
    rung *project = NULL;
    rung_error *failure = NULL;
    Error error;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* all threads: they come by sigwait */
    signal(SIGPIPE, SIG_IGN);
    Code code = rung_open(options, &project, &failure);
    if (!code)
        code = rung_serve_settings_read(project, &service.settings, &failure);
    if (code)
        print_failure(code, failure);
    else if ((code = serve(&service, &signals, &error)) != RUNG_OK)
        print_error(&error);
    service_close(&service);
    rung_close(project);
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
