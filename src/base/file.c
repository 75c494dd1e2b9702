/* POSIX calls, with the errors put in words. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
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

static bool write_bytes(int fd, const char *data, size_t length)
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
    return true;
}

static bool write_all(int fd, const char *data, size_t length)
{
    return write_bytes(fd, data, length) && fsync(fd) == 0;
}

Code file_append(const char *path, const char *data, size_t length, Error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_failed(error, "open", path);
    Code code = write_all(fd, data, length) ? RUNG_OK : file_failed(error, "write", path);
    close(fd);
    return code;
}

/* The file that was waited for may have been replaced meanwhile. */
static bool is_the_same(int fd, const char *path)
{
    struct stat open_one, named;
    return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
           open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

static int lock_file(int fd, bool wait)
{
    int failed;
    while ((failed = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) != 0 && errno == EINTR)
        ;
    return failed;
}

Code file_lock(const char *path, bool wait, int *ret_fd, Error *error)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return file_failed(error, "open", path);
        if (lock_file(fd, wait)) {
            Code code = errno == EWOULDBLOCK ? RUNG_OK : file_failed(error, "lock", path);
            close(fd);
            *ret_fd = -1;
            return code;
        }
        if (is_the_same(fd, path)) {
            *ret_fd = fd;
            return RUNG_OK;
        }
        close(fd);
    }
}

Code file_cut(const char *path, int64_t length, Error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return file_failed(error, "open", path);
    Code code = ftruncate(fd, (off_t)length) == 0 && fsync(fd) == 0
                    ? RUNG_OK
                    : file_failed(error, "shorten", path);
    close(fd);
    return code;
}

Code folder_sync(const char *path, Error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_failed(error, "open", path);
    Code code = fsync(fd) == 0 ? RUNG_OK : file_failed(error, "write", path);
    close(fd);
    return code;
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

/* What is no plain file, like /dev/stdout, is written to as it is. */
static bool is_special(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

static bool write_special(const char *path, const char *data, size_t length)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = write_bytes(fd, data, length);
    close(fd);
    return good;
}

/* The new text is on the disk before the name points at it. */
static bool write_beside(const char *path, char *beside, const char *data, size_t length)
{
    struct stat about;
    int fd = mkstemp(beside);
    if (fd < 0)
        return false;
    bool good = fchmod(fd, stat(path, &about) == 0 ? about.st_mode & 07777 : 0644) == 0 &&
                write_all(fd, data, length);
    close(fd);
    return good && rename(beside, path) == 0;
}

Code file_write(const char *path, const char *data, size_t length, Error *error)
{
    Arena *arena = arena_new();
    char *beside = arena_print(arena, "%s.XXXXXX", path);
    Code code = RUNG_OK;
    if (is_special(path)) {
        if (!write_special(path, data, length))
            code = file_failed(error, "write", path);
    } else if (!write_beside(path, beside, data, length)) {
        code = file_failed(error, "write", path);
        unlink(beside);
    }
    arena_free(arena);
    return code;
}

Code folder_make(const char *path, Error *error)
{
    if (mkdir(path, 0777) != 0 && !folder_exists(path))
        return file_failed(error, "create folder", path);
    return RUNG_OK;
}

static int remove_entry(const char *path, const struct stat *stat UNUSED, int type UNUSED,
                        struct FTW *walk UNUSED)
{
    return remove(path), 0;
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
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
