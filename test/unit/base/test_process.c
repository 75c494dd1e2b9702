/* Programs are run to their end, with their output, or ended when somebody asks. */
#include "base/process.h"
#include "base/clock.h"

#include "check.h"

#include <pthread.h>
#include <unistd.h>

enum { SECOND_US = 1000 * 1000 };

static Code run(Arena *arena, const char *script, _Atomic int *cancelled, int *status,
                const char **output, Error *error)
{
    static const char *const variables[] = {"RUNG_ONE=1", "HOME=/nowhere"};
    const char *words[] = {"/bin/sh", "-c", script, NULL};
    Process process = {.words = words,
                       .variables = variables,
                       .variable_count = COUNT(variables),
                       .folder = "/",
                       .limit = 1000,
                       .cancelled = cancelled};
    return process_run(arena, &process, status, output, error);
}

static void status_and_output(void **state)
{
    Arena *arena = arena_new();
    int status;
    const char *output;
    Error error;
    assert_int_equal(
        run(arena, "pwd; echo $RUNG_ONE $HOME >&2; cat; exit 3", NULL, &status, &output, &error),
        RUNG_OK);
    assert_int_equal(status, 3);
    assert_string_equal(output, "/\n1 /nowhere\n");
    assert_int_equal(run(arena, "kill -9 $$", NULL, &status, &output, &error), RUNG_OK);
    assert_int_equal(status, 128 + 9);
    arena_free(arena);
}

static void much_output_is_cut_and_still_read(void **state)
{
    Arena *arena = arena_new();
    int status;
    const char *output;
    Error error;
    assert_int_equal(run(arena, "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done",
                         NULL, &status, &output, &error),
                     RUNG_OK);
    assert_int_equal(status, 0);
    assert_int_equal(strlen(output), 1000);
    arena_free(arena);
}

static void what_is_not_there_is_an_error(void **state)
{
    Arena *arena = arena_new();
    int status;
    const char *output;
    const char *words[] = {"no-such-program-of-ours", NULL};
    Error error;
    Process process = {.words = words, .limit = 10};
    assert_int_equal(process_run(arena, &process, &status, &output, &error), RUNG_FILE);
    assert_contains(error.message, "no-such-program-of-ours cannot be started: No such file");
    assert_null(process_find(arena, words[0]));
    assert_non_null(process_find(arena, "sh"));
    arena_free(arena);
}

static void a_background_process_is_not_waited_for(void **state)
{
    Arena *arena = arena_new();
    int status;
    const char *output;
    Error error;
    int64_t start = clock_monotonic_us();
    assert_int_equal(run(arena, "sleep 20 & echo $!", NULL, &status, &output, &error), RUNG_OK);
    assert_true(clock_monotonic_us() - start < 10 * SECOND_US);
    kill((pid_t)strtol(output, NULL, 10), SIGKILL);
    arena_free(arena);
}

static void *cancel(void *argument)
{
    clock_sleep_ms(200);
    *(_Atomic int *)argument = 1;
    return NULL;
}

static void cancelled_it_ends(void **state)
{
    Arena *arena = arena_new();
    int status;
    const char *output;
    Error error;
    pthread_t thread;
    _Atomic int cancelled = 0;
    int64_t start = clock_monotonic_us();
    pthread_create(&thread, NULL, cancel, (void *)(uintptr_t)&cancelled);
    assert_int_equal(run(arena, "sleep 30; echo late", &cancelled, &status, &output, &error),
                     RUNG_INTERRUPTED);
    assert_true(clock_monotonic_us() - start < 10 * SECOND_US);
    pthread_join(thread, NULL);
    arena_free(arena);
}

RUN_TESTS(TEST(status_and_output), TEST(much_output_is_cut_and_still_read),
          TEST(what_is_not_there_is_an_error), TEST(a_background_process_is_not_waited_for),
          TEST(cancelled_it_ends))
