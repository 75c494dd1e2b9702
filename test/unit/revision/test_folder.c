/* Loading a folder: what is read, what is left alone, what is refused. */
#include "support.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int start_folder(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/rung-folder-XXXXXX");
    return mkdtemp(folder) ? start(state) : -1;
}

static int stop_folder(void **state)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while ((entry = readdir(dir)))
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    closedir(dir);
    return rmdir(folder) == 0 ? stop(state) : -1;
}

static void put(const char *name, const char *text)
{
    Code code = file_write_new(path_join(arena, folder, name), text, strlen(text), &error);
    assert_int_equal(code, RUNG_OK);
}

static void put_revision(const char *name, const char *id, const char *parents)
{
    put(name, arena_print(arena, "-- rung:revision %s\n-- rung:parents %s\n-- rung:up\nSELECT 1;\n",
                          id, parents));
}

static Graph *load(const char *path)
{
    Graph *graph = NULL;
    if (graph_load(arena, path, &graph, &error))
        fail_msg("%s", error.message);
    return graph;
}

static void reads_revision_files_and_leaves_the_rest_alone(void **state)
{
    put_revision("002_b.sql", "002", "001");
    put_revision("001_a.sql", "001", "");
    put(".hidden.sql", "not a revision");
    put("README.md", "not a revision");
    put("003.sql.orig", "not a revision");
    put(".sql", "not a revision");
    assert_int_equal(mkdir(path_join(arena, folder, "old.sql"), 0700), 0);
    Graph *graph = load(folder);
    assert_string_equal(ids_of(graph_revisions(graph)), "001 002");
    assert_string_equal(graph_find(graph, "002")->path, path_join(arena, folder, "002_b.sql"));
    assert_string_equal(graph_find(graph, "002")->message, "b");
}

static void slash_behind_the_folder_is_not_doubled(void **state)
{
    put_revision("001.sql", "001", "");
    Graph *graph = load(arena_print(arena, "%s/", folder));
    assert_string_equal(graph_find(graph, "001")->path, path_join(arena, folder, "001.sql"));
}

static void current_folder_is_not_shown_in_paths(void **state)
{
    char before[1024];
    put_revision("001.sql", "001", "");
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    Graph *graph = load(".");
    assert_int_equal(chdir(before), 0);
    assert_string_equal(graph_find(graph, "001")->path, "001.sql");
}

static void links_to_files_are_followed(void **state)
{
    put("elsewhere", "-- rung:revision 001\n-- rung:up\nSELECT 1;\n");
    assert_int_equal(symlink("elsewhere", path_join(arena, folder, "001_a.sql")), 0);
    assert_int_equal(symlink("/", path_join(arena, folder, "002_b.sql")), 0);
    assert_string_equal(ids_of(graph_revisions(load(folder))), "001");
    assert_int_equal(symlink("nowhere", path_join(arena, folder, "003_c.sql")), 0);
    Graph *graph = NULL;
    assert_int_equal(graph_load(arena, folder, &graph, &error), RUNG_FILE);
    assert_holds(error.message, "003_c.sql: No such file");
}

static void pipes_are_left_alone(void **state)
{
    assert_int_equal(mkfifo(path_join(arena, folder, "001_a.sql"), 0600), 0);
    assert_int_equal(graph_revisions(load(folder))->count, 0);
}

static void missing_folder_is_a_file_error(void **state)
{
    Graph *graph = NULL;
    const char *path = path_join(arena, folder, "none");
    assert_int_equal(graph_load(arena, path, &graph, &error), RUNG_FILE);
    assert_holds(error.message, path);
    assert_holds(error.message, "No such file or directory");
}

static void empty_folder_has_no_revisions(void **state)
{
    RevisionList heads;
    Graph *graph = load(folder);
    assert_int_equal(graph_revisions(graph)->count, 0);
    graph_heads(graph, arena, &heads);
    assert_int_equal(heads.count, 0);
}

static void first_bad_file_by_name_is_reported(void **state)
{
    Graph *graph = NULL;
    put("003_c.sql", "SELECT 3;\n");
    put("002_b.sql", "SELECT 2;\n");
    put_revision("001_a.sql", "001", "");
    assert_int_equal(graph_load(arena, folder, &graph, &error), RUNG_REVISION);
    assert_string_equal(error.file, path_join(arena, folder, "002_b.sql"));
    assert_int_equal(error.line, 1);
    assert_holds(error.hint, "another folder");
}

static void two_files_with_one_id_are_both_named(void **state)
{
    Graph *graph = NULL;
    put_revision("001_a.sql", "001", "");
    put_revision("001_b.sql", "001", "");
    assert_int_equal(graph_load(arena, folder, &graph, &error), RUNG_REVISION);
    assert_holds(error.message, "001_a.sql and ");
    assert_holds(error.message, "001_b.sql");
    assert_string_equal(error.revision, "001");
}

/* Larger than the buffer at first, larger than what is kept, then small ones again. */
static void files_of_all_sizes_are_read_whole(void **state)
{
    static const size_t sizes[] = {20, 65536, 200 * 1024, 3 * 1024 * 1024, 100};
    const char *parent = "";
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char *text = arena_alloc(arena, sizes[i] + 200);
        const char *id = arena_print(arena, "%zu", i);
        int length = snprintf(text, 200, "-- rung:revision %s\n-- rung:parents %s\n-- rung:up\nx",
                              id, parent);
        memset(text + length, 'x', sizes[i]);
        memcpy(text + (size_t)length + sizes[i] - 12, "\n-- rung:down\nx", 15);
        put(arena_print(arena, "%s.sql", id), text);
        parent = id;
    }
    Graph *graph = load(folder);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const Revision *revision = graph_revisions(graph)->at[i];
        assert_int_equal(revision->sections.count, 2);
        assert_int_equal(revision->sections.at[1].length, 1);
        assert_in_range(revision->sections.at[0].length, sizes[i] - 11, sizes[i] - 9);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start_folder, stop_folder)
    const struct CMUnitTest tests[] = {
        TEST(reads_revision_files_and_leaves_the_rest_alone),
        TEST(slash_behind_the_folder_is_not_doubled),
        TEST(current_folder_is_not_shown_in_paths),
        TEST(links_to_files_are_followed),
        TEST(pipes_are_left_alone),
        TEST(missing_folder_is_a_file_error),
        TEST(empty_folder_has_no_revisions),
        TEST(first_bad_file_by_name_is_reported),
        TEST(two_files_with_one_id_are_both_named),
        TEST(files_of_all_sizes_are_read_whole),
    };
    return cmocka_run_group_tests_name("revision/folder", tests, NULL, NULL);
}
