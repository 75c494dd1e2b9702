/* Reads a folder of revisions: names first, then each file through one buffer that is used again.
 * A folder of 10,000 files is an everyday case, so a file costs three system calls. */
#include "revision/graph.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 64 * 1024, BUFFER_KEPT = 1024 * 1024 };

typedef struct Buffer {
    char *data;
    size_t room;
} Buffer;

/* Paths as messages show them; the file's name begins at `prefix`. */
typedef struct Paths {
    VEC(char *) list;
    const char *folder;
    size_t folder_length, prefix;
} Paths;

static Code fail_reading(Error *error, const char *path)
{
    return error_set(error, RUNG_FILE, "cannot read %s: %s", path, strerror(errno));
}

static char *path_below(Arena *arena, const Paths *paths, const char *name)
{
    size_t length = strlen(name);
    char *path = arena_alloc(arena, paths->prefix + length + 1);
    memcpy(path, paths->folder, paths->folder_length);
    if (paths->prefix > paths->folder_length)
        path[paths->folder_length] = '/';
    memcpy(path + paths->prefix, name, length);
    return path;
}

static void paths_start(Paths *paths, const char *folder)
{
    *paths = (Paths){.folder = folder, .folder_length = strlen(folder)};
    if (strcmp(folder, ".") == 0)
        paths->folder_length = 0;
    bool slash = paths->folder_length && folder[paths->folder_length - 1] != '/';
    paths->prefix = paths->folder_length + slash;
}

static bool is_revision_name(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 4 && memcmp(name + length - 4, ".sql", 4) == 0;
}

/* A symbolic link counts as what it leads to; one that leads nowhere is reported. */
static Code is_file(int folder, const struct dirent *entry, const char *path, bool *ret_is_file,
                    Error *error)
{
    struct stat about;
    *ret_is_file = entry->d_type == DT_REG;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return RUNG_OK;
    if (fstatat(folder, entry->d_name, &about, 0) != 0)
        return fail_reading(error, path);
    *ret_is_file = S_ISREG(about.st_mode);
    return RUNG_OK;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static Code list_files(Arena *arena, DIR *folder, Paths *paths, Error *error)
{
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder))) {
        bool regular;
        if (!is_revision_name(entry->d_name))
            continue;
        char *path = path_below(arena, paths, entry->d_name);
        Code code = is_file(dirfd(folder), entry, path, &regular, error);
        if (code)
            return code;
        if (regular)
            *vec_add(arena, &paths->list) = path;
        errno = 0;
    }
    if (errno)
        return fail_reading(error, paths->folder);
    if (paths->list.count)
        qsort(paths->list.at, paths->list.count, sizeof *paths->list.at, compare_paths);
    return RUNG_OK;
}

/* Makes room for the rest of a file that filled the buffer. */
static Code buffer_grow(Buffer *buffer, int fd, const char *path, Error *error)
{
    struct stat about;
    if (!buffer->data) {
        buffer->room = BUFFER_SIZE;
        buffer->data = malloc(BUFFER_SIZE);
        return buffer->data ? RUNG_OK : error_set(error, RUNG_LIMIT, "no memory to read %s", path);
    }
    if (fstat(fd, &about) != 0)
        return fail_reading(error, path);
    size_t room = (uint64_t)about.st_size < REVISION_SIZE_LIMIT ? (size_t)about.st_size + 1 : 0;
    if (room <= buffer->room)
        room = buffer->room * 2;
    if (about.st_size > REVISION_SIZE_LIMIT || room > (size_t)REVISION_SIZE_LIMIT * 2)
        return error_at(error, RUNG_LIMIT, path, 0, "%s has %lld bytes; %d are the limit", path,
                        (long long)about.st_size, REVISION_SIZE_LIMIT);
    char *data = realloc(buffer->data, room);
    if (!data)
        return error_at(error, RUNG_LIMIT, path, 0, "no memory for the %zu bytes of %s", room,
                        path);
    buffer->data = data;
    buffer->room = room;
    return RUNG_OK;
}

static Code read_whole(Buffer *buffer, int fd, const char *path, size_t *ret_length, Error *error)
{
    size_t length = 0;
    for (;;) {
        if (length == buffer->room) {
            Code code = buffer_grow(buffer, fd, path, error);
            if (code)
                return code;
        }
        ssize_t got = read(fd, buffer->data + length, buffer->room - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_reading(error, path);
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *ret_length = length;
    return RUNG_OK;
}

static void buffer_shrink(Buffer *buffer)
{
    if (buffer->room <= BUFFER_KEPT)
        return;
    free(buffer->data);
    *buffer = (Buffer){0};
}

static Code read_revision(Arena *arena, int folder, const Paths *paths, const char *path,
                          Buffer *buffer, Revision **ret_revision, Error *error)
{
    size_t length = 0;
    /* O_NONBLOCK: should the name have become a pipe since, opening it does not hang */
    int fd = openat(folder, path + paths->prefix, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fail_reading(error, path);
    Code code = read_whole(buffer, fd, path, &length, error);
    close(fd);
    if (!code)
        code = revision_read(arena, path, buffer->data, length, ret_revision, error);
    buffer_shrink(buffer);
    return code;
}

Code graph_load(Arena *arena, const char *folder, Graph **ret_graph, Error *error)
{
    Code code = RUNG_OK;
    Buffer buffer = {0};
    Paths paths;
    paths_start(&paths, folder);
    DIR *dir = opendir(folder);
    if (!dir) {
        code = fail_reading(error, folder);
        goto done;
    }
    code = list_files(arena, dir, &paths, error);
    if (code)
        goto done;
    Revision **revisions = arena_alloc_array(arena, paths.list.count, sizeof *revisions);
    for (size_t i = 0; i < paths.list.count; i++) {
        code = read_revision(arena, dirfd(dir), &paths, paths.list.at[i], &buffer, &revisions[i],
                             error);
        if (code)
            goto done;
    }
    code = graph_build(arena, revisions, paths.list.count, ret_graph, error);
done:
    if (dir)
        closedir(dir);
    free(buffer.data);
    return code;
}
