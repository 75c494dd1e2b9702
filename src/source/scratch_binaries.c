/* Which PostgreSQL servers this machine could start. */
#include "source/scratch_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static bool may_run(const char *folder, const char *program)
{
    char path[512];
    return snprintf(path, sizeof path, "%s/%s", folder, program) < (int)sizeof path &&
           access(path, X_OK) == 0;
}

_Noreturn void child_end(void)
{
    for (;;)
        kill(getpid(), SIGKILL);
}

static _Noreturn void run_reader(const char *const *words, int out)
{
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 0);
    dup2(out, 1);
    dup2(nothing, 2);
    execvp(words[0], (char *const *)(uintptr_t)words);
    child_end();
}

bool program_read(const char *const *words, char *ret_text, size_t size)
{
    int ends[2], status = -1;
    size_t length = 0;
    if (pipe2(ends, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (pid == 0)
        run_reader(words, ends[1]);
    close(ends[1]);
    for (ssize_t got; pid > 0 && length + 1 < size;) {
        got = read(ends[0], ret_text + length, size - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    ret_text[length] = '\0';
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* "postgres (PostgreSQL) 15.18 (Debian 15.18-1)" */
static void offer(Arena *arena, const char *folder, int major, ServerBinaries *best)
{
    char text[256];
    if (!may_run(folder, "postgres") || !may_run(folder, "initdb"))
        return;
    const char *words[] = {arena_print(arena, "%s/postgres", folder), "--version", NULL};
    if (!program_read(words, text, sizeof text))
        return;
    const char *at = strstr(text, "PostgreSQL) ");
    long found = at ? strtol(at += 12, NULL, 10) : 0;
    if (found < 13 || found > 999 || (major && found != major) || found <= best->major)
        return;
    *best = (ServerBinaries){.folder = arena_string(arena, folder),
                             .version = arena_copy(arena, at, strcspn(at, " \n(")),
                             .major = (int)found};
}

static void offer_pattern(Arena *arena, const char *pattern, int major, ServerBinaries *best)
{
    glob_t found;
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            offer(arena, found.gl_pathv[i], major, best);
    globfree(&found);
}

static void offer_path(Arena *arena, int major, ServerBinaries *best)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        if (length && *path == '/')
            offer(arena, arena_copy(arena, path, length), major, best);
        path += length + (path[length] == ':');
    }
}

static void offer_pg_config(Arena *arena, int major, ServerBinaries *best)
{
    char text[512];
    const char *const words[] = {"pg_config", "--bindir", NULL};
    if (!program_read(words, text, sizeof text))
        return;
    text[strcspn(text, "\n")] = '\0';
    offer(arena, text, major, best);
}

bool binaries_find(Arena *arena, const char *named, int major, ServerBinaries *ret_binaries)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                           "/usr/local/pgsql/bin"};
    ServerBinaries best = {0};
    if (named)
        offer(arena, named, major, &best);
    for (size_t i = 0; !named && i < COUNT(patterns); i++)
        offer_pattern(arena, patterns[i], major, &best);
    if (!named && !best.major)
        offer_path(arena, major, &best);
    if (!named && !best.major)
        offer_pg_config(arena, major, &best);
    if (best.major)
        *ret_binaries = best;
    return best.major > 0;
}
