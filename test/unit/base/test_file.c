/* Files and paths, in a folder of their own. */
#include "check.h"
#include "base/file.h"

#include <unistd.h>

static char folder[] = "/tmp/rung-file-XXXXXX";

static char *in_folder(Arena *arena, const char *name)
{
    return path_join(arena, folder, name);
}

static void a_file_is_written_once_and_read(void **state)
{
    Error error = {0};
    char *data = NULL, *path = in_folder(*state, "one");
    size_t length = 0;
    assert_int_equal(file_write_new(path, "a\0b\n", 4, &error), RUNG_OK);
    assert_int_equal(file_read(*state, path, 4, &data, &length, &error), RUNG_OK);
    assert_int_equal(length, 4);
    assert_memory_equal(data, "a\0b\n", 5);
    assert_int_equal(file_write_new(path, "other", 5, &error), RUNG_FILE);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(file_read(*state, path, 4, &data, &length, &error), RUNG_OK);
    assert_memory_equal(data, "a\0b\n", 5);
}

static void a_file_is_replaced_whole(void **state)
{
    Error error = {0};
    char *data = NULL, *path = in_folder(*state, "replaced");
    size_t length = 0;
    assert_int_equal(file_write(*state, path, "old", 3, &error), RUNG_OK);
    assert_int_equal(file_write(*state, path, "newer", 5, &error), RUNG_OK);
    assert_int_equal(file_read(*state, path, 9, &data, &length, &error), RUNG_OK);
    assert_string_equal(data, "newer");
    assert_false(file_exists(in_folder(*state, "replaced.part")));
    assert_int_equal(file_write(*state, in_folder(*state, "absent/x"), "", 0, &error), RUNG_FILE);
    file_remove(path, &error);
}

static void what_cannot_be_read_is_named(void **state)
{
    Error error = {0};
    char *data = NULL;
    size_t length = 0;
    assert_int_equal(file_read(*state, in_folder(*state, "absent"), 10, &data, &length, &error),
                     RUNG_FILE);
    assert_non_null(strstr(error.message, "/absent: No such file"));
    assert_int_equal(file_read(*state, folder, 10, &data, &length, &error), RUNG_FILE);
    assert_non_null(strstr(error.message, "Is a directory"));
    assert_null(data);
}

static void a_large_file_is_refused(void **state)
{
    Error error = {0};
    char *data = NULL, *path = in_folder(*state, "large");
    size_t length = 0;
    assert_int_equal(file_write_new(path, "12345", 5, &error), RUNG_OK);
    assert_int_equal(file_read(*state, path, 4, &data, &length, &error), RUNG_LIMIT);
    assert_non_null(strstr(error.message, "5 bytes"));
    assert_null(data);
}

static void folders_are_made_and_told_from_files(void **state)
{
    Error error = {0};
    char *path = in_folder(*state, "sub"), *file = in_folder(*state, "sub/file");
    assert_false(folder_exists(path));
    assert_int_equal(folder_make(path, &error), RUNG_OK);
    assert_int_equal(folder_make(path, &error), RUNG_OK);
    assert_true(folder_exists(path));
    assert_false(file_exists(path));
    assert_int_equal(file_write_new(file, "", 0, &error), RUNG_OK);
    assert_true(file_exists(file));
    assert_false(folder_exists(file));
    assert_int_equal(folder_make(file, &error), RUNG_FILE);
    assert_int_equal(folder_make(in_folder(*state, "no/sub"), &error), RUNG_FILE);
    assert_non_null(strstr(error.message, "no/sub"));
}

static void paths_are_joined_and_split(void **state)
{
    assert_string_equal(path_join(*state, "a", "b"), "a/b");
    assert_string_equal(path_join(*state, "a", "/b"), "/b");
    assert_string_equal(path_join(*state, "", "b"), "b");
    assert_string_equal(path_join(*state, ".", "b"), "b");
    assert_string_equal(path_folder(*state, "a/b/c"), "a/b");
    assert_string_equal(path_folder(*state, "/c"), "/");
    assert_string_equal(path_folder(*state, "c"), ".");
    assert_string_equal(path_name("a/b/c"), "c");
    assert_string_equal(path_name("c"), "c");
}

static int group_setup(void **state UNUSED)
{
    return mkdtemp(folder) ? 0 : 1;
}

static int group_teardown(void **state UNUSED)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_written_once_and_read),      TEST(a_file_is_replaced_whole),
        TEST(what_cannot_be_read_is_named),         TEST(a_large_file_is_refused),
        TEST(folders_are_made_and_told_from_files), TEST(paths_are_joined_and_split),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
