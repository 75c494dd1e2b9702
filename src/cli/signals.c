/* SIGINT, SIGTERM and SIGHUP, unless the parent process has them ignored (nohup, background jobs).
 */
#include "cli/signals.h"
#include "base/base.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static rung *volatile running;

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

static void set_caught(void (*handler)(int))
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct sigaction old, action = {.sa_handler = handler, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

static void stop(int number)
{
    static const char words[] = "\nstopping; once more ends it at once\n";
    int kept = errno;
    (void)number;
    set_caught(SIG_DFL);
    if (running)
        rung_cancel(running);
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    errno = kept;
}

void signals_catch(rung *project)
{
    running = project;
    set_caught(stop);
}

void signals_release(void)
{
    set_caught(SIG_DFL);
    running = NULL;
}
