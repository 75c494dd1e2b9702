/* Key files: mode 0600, and a new content is on the disk before the old one is gone. */
#include "base/secret.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/fault.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static Code secret_failed(Error *error, const char *what, const char *path)
{
    return error_set(error, RUNG_FILE, "cannot %s %s: %s", what, path, strerror(errno));
}

static Code judge(int fd, const char *path, size_t limit, size_t *ret_size, Error *error)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return secret_failed(error, "read", path);
    if (!S_ISREG(about.st_mode))
        return error_set(error, RUNG_FILE, "%s is no plain file", path);
    if (about.st_mode & 077) {
        error_set(error, RUNG_FILE, "%s has mode %04o: others than its owner may read or write it",
                  path, (unsigned)about.st_mode & 07777);
        return error_hint(error, "chmod 600 %s", path);
    }
    if ((uint64_t)about.st_size > limit)
        return error_set(error, RUNG_LIMIT, "%s has %lld bytes; at most %zu are accepted", path,
                         (long long)about.st_size, limit);
    *ret_size = (size_t)about.st_size;
    return RUNG_OK;
}

static bool read_all(int fd, char *data, size_t size, size_t *ret_length)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(fd, data + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *ret_length = length;
    return true;
}

Code secret_read(const char *path, size_t limit, char **ret_data, size_t *ret_length, Error *error)
{
    size_t size = 0, length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return secret_failed(error, "read", path);
    Code code = judge(fd, path, limit, &size, error);
    char *data = code ? NULL : calloc(1, size + 1);
    if (!code && !data)
        arena_exhausted();
    if (!code && !read_all(fd, data, size, &length)) {
        code = secret_failed(error, "read", path);
        secret_free(data, size);
    }
    close(fd);
    if (code)
        return code;
    *ret_data = data;
    *ret_length = length;
    return RUNG_OK;
}

void secret_free(char *data, size_t length)
{
    secret_wipe(data, length);
    free(data);
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

/* The name itself is on the disk. */
static bool sync_folder(Arena *arena, const char *path)
{
    int fd = open(path_folder(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

/* A link fails where a file is already; a rename takes its place. */
static bool give_name(const char *beside, const char *path, bool replace)
{
    if (replace)
        return rename(beside, path) == 0;
    if (link(beside, path) != 0)
        return false;
    unlink(beside);
    return true;
}

Code secret_write(const char *path, const char *data, size_t length, bool replace, Error *error)
{
    Arena *arena = arena_new();
    char *beside = arena_print(arena, "%s.XXXXXX", path);
    Code code = RUNG_OK;
    int fd = mkstemp(beside); /* with mode 0600 */
    if (fd < 0) {
        code = secret_failed(error, "write", path);
        goto done;
    }
    bool good = write_all(fd, data, length);
    FAULT_POINT();
    good = good && give_name(beside, path, replace);
    FAULT_POINT();
    if (!good) {
        code = secret_failed(error, replace ? "write" : "create", path);
        unlink(beside);
    }
    close(fd);
    if (!code && !sync_folder(arena, path))
        code = secret_failed(error, "sync the folder of", path);
done:
    arena_free(arena);
    return code;
}
