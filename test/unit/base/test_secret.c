/* Files that only their owner may read. */
#include "check.h"
#include "base/file.h"
#include "base/secret.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/rung-secret-XXXXXX";

static void a_secret_is_for_its_owner_alone(void **state)
{
    Error error = {0};
    struct stat about;
    char *data = NULL, *path = path_join(*state, folder, "keys");
    size_t length = 0;
    assert_int_equal(secret_write(path, "one\n", 4, false, &error), RUNG_OK);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(secret_read(path, 100, &data, &length, &error), RUNG_OK);
    assert_string_equal(data, "one\n");
    assert_int_equal(length, 4);
    secret_free(data, length);
    assert_int_equal(secret_write(path, "two", 3, false, &error), RUNG_FILE);
    assert_contains(error.message, "File exists");
    assert_int_equal(secret_write(path, "three", 5, true, &error), RUNG_OK);
    assert_int_equal(secret_read(path, 100, &data, &length, &error), RUNG_OK);
    assert_string_equal(data, "three");
    secret_free(data, length);
    assert_int_equal(secret_read(path, 4, &data, &length, &error), RUNG_LIMIT);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing was left beside it */
    assert_int_equal(mkdir(folder, 0700), 0);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0602, 0601};
    Error error = {0};
    char *data = NULL, *path = path_join(*state, folder, "open");
    size_t length = 0;
    assert_int_equal(secret_write(path, "x", 1, false, &error), RUNG_OK);
    for (size_t i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(secret_read(path, 100, &data, &length, &error), RUNG_FILE);
        assert_contains(error.message, "others than its owner");
        assert_contains(error.hint, "chmod 600");
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(secret_read(path, 100, &data, &length, &error), RUNG_OK);
    secret_free(data, length);
    unlink(path);
}

static void what_is_no_file_is_refused(void **state)
{
    Error error = {0};
    char *data = NULL, *pipe = path_join(*state, folder, "pipe");
    size_t length = 0;
    assert_int_equal(secret_read(path_join(*state, folder, "none"), 9, &data, &length, &error),
                     RUNG_FILE);
    assert_contains(error.message, "No such file");
    assert_int_equal(secret_read(folder, 9, &data, &length, &error), RUNG_FILE);
    assert_contains(error.message, "no plain file");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(secret_read(pipe, 9, &data, &length, &error), RUNG_FILE);
    unlink(pipe);
    assert_int_equal(secret_write(path_join(*state, folder, "no/f"), "x", 1, true, &error),
                     RUNG_FILE);
    assert_null(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_secret_is_for_its_owner_alone),
                                       TEST(a_file_that_others_may_read_is_refused),
                                       TEST(what_is_no_file_is_refused)};
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return rmdir(folder) ? 1 : failed;
}
