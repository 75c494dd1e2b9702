/* Runs a fuzzer's function over every file of the folders named: its corpus as an ordinary test. */
#include "base/file.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_LIMIT = 16 * 1024 * 1024 };

/* In memory of exactly its size, so that the sanitizer sees one byte too far. */
static bool file_replay(Arena *arena, const char *path)
{
    Error error;
    char *data;
    size_t length;
    if (file_read(arena, path, FILE_LIMIT, &data, &length, &error)) {
        fprintf(stderr, "replay: %s\n", error.message);
        return false;
    }
    uint8_t *exact = malloc(length ? length : 1);
    if (!exact)
        return false;
    memcpy(exact, data, length);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    return true;
}

/* The number of files run; 0 if the folder is empty or not there, or a file cannot be read. */
static int folder_replay(Arena *arena, const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    bool good = folder != NULL;
    while (good) {
        const struct dirent *entry = readdir(folder);
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        good = file_replay(arena, path_join(arena, path, entry->d_name));
        count++;
    }
    if (folder)
        closedir(folder);
    return good ? count : 0;
}

int main(int count, char **words)
{
    Arena *arena = arena_new();
    int status = count > 1 ? 0 : 2;
    for (int i = 1; i < count; i++) {
        int files = folder_replay(arena, words[i]);
        if (!files) {
            fprintf(stderr, "replay: nothing was run in %s\n", words[i]);
            status = 1;
        } else
            printf("%s: %d files\n", words[i], files);
    }
    arena_free(arena);
    return status;
}
