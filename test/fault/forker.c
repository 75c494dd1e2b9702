/* The program, loaded once and forked for each run: thousands of short runs, without the time that
 * it takes to start.
 *
 * A line of stdin is a run: FOLDER \t FILE \t NAME=VALUE … \t -- \t WORD …; what it says goes into
 * FILE. Lines of stdout: "started PID", "stopped PID", "ended PID STATUS" (of a signal: its number,
 * negative). */
#include "cli/program.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 64 };

static void run(char **fields, int count)
{
    int out = open(fields[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int i = 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (out < 0 || in < 0 || chdir(fields[0]) || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(out, 2) < 0)
        _exit(127);
    for (; i < count && strcmp(fields[i], "--") != 0; i++)
        putenv(fields[i]);
    static char name[] = "rung";
    fields[i] = name;
    exit(program_run(count - i, fields + i));
}

static void start(char *line)
{
    char *fields[WORDS + 1] = {0};
    int count = 0;
    for (char *at = strtok_r(line, "\t\n", &line); at && count < WORDS;
         at = strtok_r(NULL, "\t\n", &line))
        fields[count++] = at;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        run(fields, count);
    printf("started %d\n", (int)pid);
    fflush(stdout);
}

static void tell(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;) {
        if (WIFSTOPPED(status))
            printf("stopped %d\n", (int)pid);
        else
            printf("ended %d %d\n", (int)pid,
                   WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
    }
    fflush(stdout);
}

int main(void)
{
    static char line[65536];
    size_t length = 0;
    dlopen("libpq.so.5", RTLD_NOW | RTLD_GLOBAL);
    for (;;) {
        struct pollfd fd = {.fd = 0, .events = POLLIN};
        if (poll(&fd, 1, 1) > 0) {
            ssize_t got = read(0, line + length, sizeof line - 1 - length);
            if (got <= 0)
                return 0;
            length += (size_t)got;
            line[length] = '\0';
            for (char *end; (end = strchr(line, '\n'));) {
                *end = '\0';
                size_t used = (size_t)(end - line) + 1;
                start(line);
                length -= used;
                memmove(line, end + 1, length + 1);
            }
        }
        tell();
    }
}
