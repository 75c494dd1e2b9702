/* A private PostgreSQL server: initdb in a temporary folder, a socket there and nowhere else, no
 * care for durability. The kernel ends it when the thread that started it ends. */
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "source/scratch_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_SECONDS = 60, STOP_SECONDS = 10, LOG_LIMIT = 1024 * 1024 };

typedef struct Owner {
    bool other; /* PostgreSQL refuses root: it runs as somebody else */
    uid_t uid;
    gid_t gid;
} Owner;

static Code find_owner(Owner *ret_owner, Error *error)
{
    static const char *const names[] = {"postgres", "nobody"};
    *ret_owner = (Owner){.uid = geteuid(), .gid = getegid()};
    if (geteuid() != 0)
        return RUNG_OK;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct passwd entry, *found = NULL;
        char buffer[4096];
        if (getpwnam_r(names[i], &entry, buffer, sizeof buffer, &found) == 0 && found) {
            *ret_owner = (Owner){true, found->pw_uid, found->pw_gid};
            return RUNG_OK;
        }
    }
    error_set(error, RUNG_UNSUPPORTED, "a scratch server cannot run as root");
    return error_hint(error, "PostgreSQL refuses root, and there is no user postgres or nobody");
}

/* Between fork and exec: only what a signal handler might call, too. */
static _Noreturn void become_server(const Owner *owner, const char *const *words,
                                    const char *const *environment, const char *folder, int log,
                                    pid_t parent)
{
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(log, 1);
    dup2(log, 2);
    setsid(); /* a ^C at the terminal is for us alone */
    if (owner->other && (setgroups(0, NULL) || setgid(owner->gid) || setuid(owner->uid)))
        child_end();
    /* an immediate shutdown (postmaster.c, SIGQUIT); set after setuid, which clears it */
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent || chdir(folder))
        child_end();
    execve(words[0], (char *const *)(uintptr_t)words, (char *const *)(uintptr_t)environment);
    child_end();
}

static pid_t spawn(Arena *arena, const Owner *owner, const char *const *words, const char *folder,
                   const char *log)
{
    const char *path = getenv("PATH");
    const char *environment[] = {arena_print(arena, "PATH=%s", path ? path : "/usr/bin:/bin"),
                                 "LC_ALL=C", NULL};
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become_server(owner, words, environment, folder, fd, parent);
    close(fd);
    return pid;
}

/* The end of its log says why. */
static Code server_failed(Arena *arena, const char *log, const char *what, Error *error)
{
    char *text = NULL;
    size_t length = 0;
    Error ignored;
    error_set(error, RUNG_FAILED, "a scratch server cannot be used: %s", what);
    error_hint(error, "`scratch: { url: ... }` in rung.yaml names a server to use instead");
    if (file_read(arena, log, LOG_LIMIT, &text, &length, &ignored) || !length)
        return RUNG_FAILED;
    error_detail(error, "%s", length > 800 ? text + length - 800 : text);
    return RUNG_FAILED;
}

static Code make_cluster(Arena *arena, const Owner *owner, const ServerBinaries *binaries,
                         const char *folder, const ScratchServer *server, Error *error)
{
    const char *words[] = {arena_print(arena, "%s/initdb", binaries->folder),
                           "--no-sync",
                           "--no-instructions",
                           "--encoding=UTF8",
                           "--locale=C",
                           "--auth=trust",
                           "--username=postgres",
                           "--pgdata",
                           server->data,
                           NULL};
    int status = -1;
    pid_t pid = spawn(arena, owner, words, folder, server->log);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return server_failed(arena, server->log, "initdb failed", error);
    return RUNG_OK;
}

/* The eighth line of postmaster.pid (miscadmin.h, LOCK_FILE_LINE_PM_STATUS). */
static bool server_ready(const ScratchServer *server)
{
    char path[512], line[256];
    bool ready = false;
    snprintf(path, sizeof path, "%s/postmaster.pid", server->data);
    FILE *file = fopen(path, "re");
    for (int i = 1; file && i <= 8 && fgets(line, sizeof line, file); i++)
        ready = i == 8 && strncmp(line, "ready", 5) == 0;
    if (file)
        fclose(file);
    return ready;
}

static Code wait_ready(Arena *arena, ScratchServer *server, Error *error)
{
    int64_t end = clock_monotonic_us() + (int64_t)START_SECONDS * 1000000;
    while (!server_ready(server)) {
        int status;
        if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
            server->pid = 0;
            return server_failed(arena, server->log, "it ended while starting", error);
        }
        if (clock_monotonic_us() > end)
            return server_failed(arena, server->log, "it did not start in time", error);
        clock_sleep_ms(3);
    }
    return RUNG_OK;
}

static Code launch(Arena *arena, const Owner *owner, const ServerBinaries *binaries,
                   const char *folder, ScratchServer *server, Error *error)
{
    /* a catalog of any size is read and written in one transaction: room for its locks */
    const char *words[] = {arena_print(arena, "%s/postgres", binaries->folder),
                           "-D",
                           server->data,
                           "-c",
                           "listen_addresses=",
                           "-c",
                           arena_print(arena, "unix_socket_directories=%s", folder),
                           "-c",
                           "port=5432",
                           "-c",
                           "fsync=off",
                           "-c",
                           "full_page_writes=off",
                           "-c",
                           "synchronous_commit=off",
                           "-c",
                           "autovacuum=off",
                           "-c",
                           "max_connections=20",
                           "-c",
                           "max_locks_per_transaction=2048",
                           "-c",
                           "wal_level=logical",
                           "-c",
                           "jit=off",
                           "-c",
                           "timezone=UTC",
                           NULL};
    server->pid = spawn(arena, owner, words, folder, server->log);
    if (server->pid < 0)
        server->pid = 0;
    if (!server->pid)
        return server_failed(arena, server->log, strerror(errno), error);
    return wait_ready(arena, server, error);
}

Code scratch_server_start(Arena *arena, const ServerBinaries *binaries, const char *folder,
                          ScratchServer *ret_server, Error *error)
{
    Owner owner;
    ScratchServer server = {.data = arena_print(arena, "%s/data", folder),
                            .log = arena_print(arena, "%s/log", folder)};
    Code code = find_owner(&owner, error);
    if (!code && owner.other && chown(folder, owner.uid, owner.gid))
        code = error_set(error, RUNG_FILE, "%s: %s", folder, strerror(errno));
    if (!code)
        code = make_cluster(arena, &owner, binaries, folder, &server, error);
    if (!code)
        code = launch(arena, &owner, binaries, folder, &server, error);
    if (code)
        scratch_server_stop(&server);
    else
        *ret_server = server;
    return code;
}

void scratch_server_stop(ScratchServer *server)
{
    static const int signals[] = {SIGQUIT, SIGKILL};
    int64_t end = clock_monotonic_us() + (int64_t)STOP_SECONDS * 1000000;
    for (size_t i = 0; server->pid > 0 && i < COUNT(signals); i++) {
        kill(server->pid, signals[i]);
        for (int status; server->pid > 0 && (signals[i] == SIGKILL || clock_monotonic_us() < end);)
            if (waitpid(server->pid, &status, WNOHANG) != 0)
                server->pid = 0;
            else
                clock_sleep_ms(2);
    }
    server->pid = 0;
}
