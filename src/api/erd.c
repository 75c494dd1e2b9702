/* erd: a diagram of tables and foreign keys. */
#include "report/erd.h"
#include "api/types.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_LIMIT = 500 };

/* ---- Graphviz ---- */

static Code read_back(FILE *file, Text *text)
{
    char piece[4096];
    rewind(file);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        text_add(text, piece, got);
    return ferror(file) ? RUNG_FILE : RUNG_OK;
}

/* The files are whole before and after: nobody waits for the other's pipe. */
static int spawn_dot(FILE *in, FILE *out, FILE *said, int *ret_status)
{
    static char program[] = "dot", option[] = "-Tsvg";
    char *words[] = {program, option, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(in), 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
    posix_spawn_file_actions_adddup2(&actions, fileno(said), 2);
    int failed = posix_spawnp(&pid, program, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    while (!failed && waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
    return failed;
}

static Code judge_dot(int failed, int status, FILE *said, Error *error)
{
    Text words = TEXT_EMPTY;
    Code code = RUNG_OK;
    if (failed || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
        code = error_set(error, RUNG_UNSUPPORTED, "--format svg needs Graphviz: no program dot");
        error_hint(error, "install the package graphviz, or take --format dot or mermaid");
    } else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        read_back(said, &words);
        code = error_set(error, RUNG_FAILED, "dot did not draw the diagram: %.*s", SAID_LIMIT,
                         text_string(&words));
    }
    text_done(&words);
    return code;
}

static Code draw(const Text *source, Text *ret_svg, Error *error)
{
    FILE *in = tmpfile(), *out = tmpfile(), *said = tmpfile();
    int status = -1;
    Code code = RUNG_OK;
    if (!in || !out || !said ||
        fwrite(text_string(source), 1, source->length, in) != source->length || fflush(in))
        code = error_set(error, RUNG_FILE, "cannot write a temporary file: %s", strerror(errno));
    if (!code) {
        rewind(in);
        int failed = spawn_dot(in, out, said, &status);
        code = judge_dot(failed, status, said, error);
    }
    if (!code && read_back(out, ret_svg))
        code = error_set(error, RUNG_FILE, "cannot read what dot wrote: %s", strerror(errno));
    FILE *files[] = {in, out, said};
    for (size_t i = 0; i < COUNT(files); i++)
        if (files[i])
            fclose(files[i]);
    return code;
}

/* ---- the verb ---- */

static Code write_erd(Verb *verb, size_t format, Types *types, const char *name, Error *error)
{
    Text text = TEXT_EMPTY, svg = TEXT_EMPTY;
    Code code = RUNG_OK;
    if (format == 0)
        erd_mermaid(types, &text);
    else
        erd_dot(types, &text);
    if (format == 2)
        code = draw(&text, &svg, error);
    if (!code)
        code = types_give(verb, name, format == 2 ? &svg : &text, error);
    text_done(&text);
    text_done(&svg);
    return code;
}

static Code verb_erd(Verb *verb, Error *error)
{
    static const char *const formats[] = {"mermaid", "dot", "svg", NULL};
    Types *types;
    Side side = {0};
    size_t format;
    Code code = verb_read_word("format", verb->arguments->format, formats, "mermaid, dot, svg",
                               &format, error);
    if (!code)
        code = types_check_arguments(verb, error);
    if (!code)
        code = types_load(verb, false, &side, &types, error);
    if (!code) {
        verb->report.count = side.catalog->count;
        code = write_erd(verb, format, types, formats[format], error);
    }
    side_done(&side);
    return code;
}
VERB(erd)
