/* Read the command line, run one command, print what came of it. */
#include "cli/program.h"
#include "cli/help.h"
#include "cli/line.h"
#include "cli/secret.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A database file or socket must never become descriptor 0, 1 or 2. What the parent process has
 * closed is opened the wrong way round, so that using it fails as before. */
static void open_standard_streams(void)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) == -1)
            (void)!open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
}

/* ---- a verb of the library ---- */

static void copy_field(char *field, size_t size, const char *value)
{
    if (snprintf(field, size, "%s", value) >= (int)size)
        memcpy(field + size - 4, "...", 4);
}

static Code take_error(rung_error *from, Code code, Error *error)
{
    *error = (Error){.code = code, .message = "no message"};
    if (!from)
        return code;
    copy_field(error->message, sizeof error->message, rung_error_message(from));
    copy_field(error->detail, sizeof error->detail, rung_error_detail(from));
    copy_field(error->hint, sizeof error->hint, rung_error_hint(from));
    copy_field(error->sqlstate, sizeof error->sqlstate, rung_error_sqlstate(from));
    copy_field(error->file, sizeof error->file, rung_error_file(from));
    copy_field(error->revision, sizeof error->revision, rung_error_revision(from));
    copy_field(error->statement, sizeof error->statement, rung_error_statement(from));
    error->line = rung_error_line(from);
    return code;
}

/* With --quiet a text that only says that all is well is dropped; what was asked for is not. */
static bool result_wanted(const CommandLine *line, Code code)
{
    const rung_arguments *arguments = &line->arguments;
    return !line->quiet || code || !line->command->remarks || arguments->json || arguments->sql ||
           arguments->dry_run;
}

static Code run_verb(CommandLine *line, Terminal *terminal, Error *error)
{
    Watch watch;
    rung *project = NULL;
    rung_result *result = NULL;
    rung_error *failure = NULL;
    watch_init(&watch, terminal);
    line->options.on_event = watch_event;
    line->options.context = &watch;
    line->options.on_ask = terminal_can_ask(terminal) ? watch_ask : NULL;
    Code code = rung_open(&line->options, &project, &failure);
    if (!code) {
        signals_catch(project);
        code = line->command->verb(project, &line->arguments, &result, &failure);
        signals_release();
    }
    bool failed = code && (failure || !result);
    if (failed)
        take_error(failure, code, error);
    watch_end(&watch, failed ? error : NULL);
    if (result && result_wanted(line, code))
        terminal_result(terminal, rung_result_text(result));
    if (failed)
        terminal_error(terminal, error);
    rung_result_free(result);
    rung_error_free(failure);
    rung_close(project);
    watch_done(&watch);
    return code;
}

/* ---- commands of the program alone ---- */

static Code print_text(const CommandLine *line, Terminal *terminal, CommandPrint *print,
                       Error *error)
{
    Text text = TEXT_EMPTY;
    Code code = print(line, &text, error);
    if (!code && text.failed)
        code = error_set(error, RUNG_LIMIT, "out of memory");
    if (code)
        terminal_error(terminal, error);
    else
        terminal_result(terminal, text_string(&text));
    text_done(&text);
    return code;
}

static Code named_help(const CommandLine *line, Text *text, Error *error)
{
    if (line->command)
        help_command(line->command, text);
    else
        help_overview(text, true);
    return RUNG_OK;
}

static Code no_command(Terminal *terminal)
{
    Text text = TEXT_EMPTY;
    help_overview(&text, false);
    terminal_err(terminal, text_string(&text));
    text_done(&text);
    return RUNG_USAGE;
}

/* ---- commands that are programs of their own ---- */

static void add_option(Arena *arena, WordList *words, const char *name, const char *value)
{
    if (value) {
        *vec_add(arena, words) = name;
        *vec_add(arena, words) = value;
    }
}

/* A URL may have a password, which no command line should show: it goes by the environment. */
static Code execute(const CommandLine *line, Terminal *terminal, Error *error)
{
    char self[4096];
    WordList words = {0};
    Arena *arena = arena_new();
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(self, '/');
    const char *path = arena_print(arena, "%.*s%s", slash ? (int)(slash - self) + 1 : 0, self,
                                   line->command->program);
    *vec_add(arena, &words) = line->command->program;
    add_option(arena, &words, "--config", line->options.config);
    add_option(arena, &words, "--target", line->options.target);
    add_option(arena, &words, "--migrations", line->options.migrations);
    *vec_add(arena, &words) = NULL;
    if (line->options.url)
        setenv("RUNG_SERVE_URL", line->options.url, true);
    else
        unsetenv("RUNG_SERVE_URL");
    execv(path, (char *const *)(void *)words.at);
    error_set(error, RUNG_FILE, "%s cannot be started: %s", path, strerror(errno));
    error_hint(error, "it stands beside rung; `make install` puts both there");
    terminal_error(terminal, error);
    arena_free(arena);
    return RUNG_FILE;
}

static Code run_command(CommandLine *line, Terminal *terminal, Error *error)
{
    if (line->help)
        return print_text(line, terminal, named_help, error);
    if (line->version)
        return print_text(line, terminal, version_print, error);
    if (!line->command)
        return no_command(terminal);
    if (line->command->program)
        return execute(line, terminal, error);
    if (line->command->print)
        return print_text(line, terminal, line->command->print, error);
    return run_verb(line, terminal, error);
}

int program_run(int count, char **words)
{
    Error error;
    CommandLine line;
    Terminal terminal;
    Arena *arena = arena_new();
    char **own = secret_take(arena, count, words);
    size_t skip = count > 0;
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a reader that went away must not end a run in the middle */
    Code code = line_read(arena, (size_t)count - skip, own + skip, &line, &error);
    terminal_init(&terminal, stdout, stderr);
    terminal.color = terminal.color && !line.no_color;
    terminal.quiet = line.quiet;
    terminal.json = line.arguments.json;
    if (code)
        terminal_error(&terminal, &error);
    else
        code = run_command(&line, &terminal, &error);
    Code lost = terminal_finish(&terminal, &error);
    if (lost) {
        terminal.json = false;
        terminal_error(&terminal, &error);
    }
    int status = rung_code_exit(code ? code : lost);
    terminal_done(&terminal);
    arena_free(arena);
    return status;
}
