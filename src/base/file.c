/* POSIX calls, with the errors put in words. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static Code file_failed(Error *error, const char *what, const char *path)
{
    return error_set(error, RUNG_FILE, "cannot %s %s: %s", what, path, strerror(errno));
}

Code file_read(Arena *arena, const char *path, size_t limit, char **ret_data, size_t *ret_length,
               Error *error)
{
    Code code = RUNG_OK;
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        code = file_failed(error, "read", path);
        goto done;
    }
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        code = file_failed(error, "read", path);
        goto done;
    }
    if ((uint64_t)about.st_size > limit) {
        code = error_set(error, RUNG_LIMIT, "%s has %lld bytes; at most %zu are accepted", path,
                         (long long)about.st_size, limit);
        goto done;
    }
    size_t size = (size_t)about.st_size, length = 0;
    char *data = arena_alloc(arena, size + 1);
    while (length < size) {
        ssize_t got = read(fd, data + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            code = file_failed(error, "read", path);
            goto done;
        }
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *ret_data = data;
    *ret_length = length;
done:
    if (fd >= 0)
        close(fd);
    return code;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        data += put;
        length -= (size_t)put;
    }
    return fsync(fd) == 0;
}

Code file_write_new(const char *path, const char *data, size_t length, Error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return file_failed(error, "create", path);
    Code code = RUNG_OK;
    if (!write_all(fd, data, length)) {
        code = file_failed(error, "write", path);
        unlink(path);
    }
    close(fd);
    return code;
}

Code file_write(Arena *arena, const char *path, const char *data, size_t length, Error *error)
{
    const char *part = arena_print(arena, "%s.part", path);
    unlink(part); /* of a run that was killed */
    Code code = file_write_new(part, data, length, error);
    if (!code && rename(part, path)) {
        code = file_failed(error, "write", path);
        unlink(part);
    }
    return code;
}

Code folder_make(const char *path, Error *error)
{
    if (mkdir(path, 0777) != 0 && !folder_exists(path))
        return file_failed(error, "create folder", path);
    return RUNG_OK;
}

Code file_remove(const char *path, Error *error)
{
    return unlink(path) ? file_failed(error, "remove", path) : RUNG_OK;
}

bool folder_is_empty(const char *path)
{
    DIR *folder = opendir(path);
    bool empty = true;
    for (struct dirent *entry; folder && empty && (entry = readdir(folder));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (folder)
        closedir(folder);
    return empty;
}

bool file_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
}

bool folder_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

char *path_join(Arena *arena, const char *folder, const char *path)
{
    if (path[0] == '/' || !folder[0] || strcmp(folder, ".") == 0)
        return arena_string(arena, path);
    return arena_print(arena, "%s/%s", folder, path);
}

char *path_folder(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_string(arena, ".");
    return arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
