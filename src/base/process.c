/* Start, read, wait. */
#include "base/process.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 50, ENDING_MS = 2, GRACE_MS = 5000 };

typedef struct Child {
    pid_t pid; /* its group has the same number; 0: it was waited for */
    int out;   /* what it prints */
    int status;
    Text text;
    size_t limit;
} Child;

/* Those of this process without those that are given. */
static char **environment(Arena *arena, const Process *process)
{
    size_t count = 0, put = 0;
    while (environ && environ[count])
        count++;
    char **list = arena_alloc_array(arena, count + process->variable_count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        bool replaced = false;
        size_t length = strcspn(environ[i], "=") + 1;
        for (size_t k = 0; k < process->variable_count; k++)
            replaced |= strncmp(environ[i], process->variables[k], length) == 0;
        if (!replaced)
            list[put++] = environ[i];
    }
    for (size_t k = 0; k < process->variable_count; k++)
        list[put++] = arena_string(arena, process->variables[k]);
    return list;
}

/* A group of its own: a signal reaches all of it, and those of the terminal only through us. What
 * the program has ignored is not ignored there. */
static int spawn(const Process *process, char **variables, int out, pid_t *ret_pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t standard;
    sigemptyset(&standard);
    sigaddset(&standard, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    int failed = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&files, out, 1);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&files, out, 2);
    if (!failed && process->folder)
        failed = posix_spawn_file_actions_addchdir_np(&files, process->folder);
    posix_spawnattr_setsigdefault(&attributes, &standard);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    if (!failed)
        failed = posix_spawnp(ret_pid, process->words[0], &files, &attributes,
                              (char *const *)(uintptr_t)process->words, variables);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static Code start(Arena *arena, const Process *process, Child *child, Error *error)
{
    int out[2];
    int failed = pipe2(out, O_CLOEXEC) ? errno : 0;
    if (!failed) {
        failed = spawn(process, environment(arena, process), out[1], &child->pid);
        close(out[1]);
        child->out = out[0];
    }
    if (!failed)
        return RUNG_OK;
    child->pid = 0;
    return error_set(error, RUNG_FILE, "%s cannot be started: %s", process->words[0],
                     strerror(failed));
}

/* What is there now; false at the end. */
static bool read_some(Child *child)
{
    char bytes[16384];
    ssize_t got = read(child->out, bytes, sizeof bytes);
    size_t room = child->limit - child->text.length;
    if (got > 0)
        text_add(&child->text, bytes, (size_t)got < room ? (size_t)got : room);
    return got > 0 || (got < 0 && errno == EINTR);
}

static bool is_over(Child *child)
{
    if (child->pid && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
        child->pid = 0;
    return !child->pid;
}

/* True if it was cancelled. A pipe that a background process holds open is no reason to wait. */
static bool watch(const Process *process, Child *child)
{
    bool open = true, cancelled = false;
    int64_t kill_at = 0;
    pid_t group = child->pid;
    while (!is_over(child)) {
        struct pollfd fd = {.fd = open ? child->out : -1, .events = POLLIN};
        if (poll(&fd, 1, open ? POLL_MS : ENDING_MS) > 0 && open)
            open = read_some(child);
        if (!process->cancelled || !*process->cancelled)
            continue;
        if (!cancelled)
            kill(-group, SIGTERM);
        else if (clock_monotonic_us() > kill_at)
            kill(-group, SIGKILL);
        kill_at = cancelled ? kill_at : clock_monotonic_us() + (int64_t)GRACE_MS * 1000;
        cancelled = true;
    }
    fcntl(child->out, F_SETFL, O_NONBLOCK);
    while (open && read_some(child))
        ;
    return cancelled;
}

Code process_run(Arena *arena, const Process *process, int *ret_status, const char **ret_output,
                 Error *error)
{
    Child child = {.limit = process->limit, .out = -1};
    Code code = start(arena, process, &child, error);
    bool cancelled = !code && watch(process, &child);
    if (!code && cancelled)
        code = error_set(error, RUNG_INTERRUPTED, "%s was interrupted", process->words[0]);
    if (!code) {
        *ret_status =
            WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 128 + WTERMSIG(child.status);
        *ret_output = arena_copy(arena, text_string(&child.text), child.text.length);
    }
    if (child.out >= 0)
        close(child.out);
    text_done(&child.text);
    return code;
}

const char *process_find(Arena *arena, const char *name)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        const char *found = path_join(arena, length ? arena_copy(arena, path, length) : ".", name);
        if (file_exists(found) && access(found, X_OK) == 0)
            return found;
        path += length + (path[length] == ':');
    }
    return NULL;
}
