/* Temporary folders that a later run can tell from those in use: the owner holds a lock on a file
 * in it, and the kernel lets go of that lock when the owner is gone. */
#include "source/scratch_parts.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX    "rung-scratch-"
#define LOCK_NAME "rung.lock"

enum { SOCKET_ROOM = 60, OLD_SECONDS = 3600 };

/* A socket's path has room for 107 bytes. */
static const char *temporary_folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named == '/' && strlen(named) < SOCKET_ROOM ? named : "/tmp";
}

/* Its owner is gone: the lock is free. A folder without a lock may just be coming into being. */
static bool is_leftover(const char *path)
{
    struct stat stat;
    if (lstat(path, &stat) || !S_ISDIR(stat.st_mode))
        return false;
    char lock[512];
    snprintf(lock, sizeof lock, "%s/" LOCK_NAME, path);
    int fd = open(lock, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT && stat.st_uid == geteuid() &&
               time(NULL) - stat.st_mtime > OLD_SECONDS;
    struct stat held;
    bool free =
        fstat(fd, &held) == 0 && held.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return free;
}

static void remove_leftovers(Arena *arena, const char *parent)
{
    DIR *folder = opendir(parent);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        const char *path = arena_print(arena, "%s/%s", parent, entry->d_name);
        if (is_leftover(path))
            folder_remove(path);
    }
    if (folder)
        closedir(folder);
}

Code folder_open(Arena *arena, ScratchFolder *ret_folder, Error *error)
{
    const char *parent = temporary_folder();
    remove_leftovers(arena, parent);
    char *path = arena_print(arena, "%s/" PREFIX "XXXXXX", parent);
    if (!mkdtemp(path))
        return error_set(error, RUNG_FILE, "no folder for a scratch database in %s: %s", parent,
                         strerror(errno));
    const char *lock = arena_print(arena, "%s/" LOCK_NAME, path);
    int fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) {
        error_set(error, RUNG_FILE, "%s: %s", lock, strerror(errno));
        if (fd >= 0)
            close(fd);
        folder_remove(path);
        return RUNG_FILE;
    }
    *ret_folder = (ScratchFolder){path, fd};
    return RUNG_OK;
}

void folder_close(ScratchFolder *folder)
{
    if (!folder->path)
        return;
    folder_remove(folder->path);
    close(folder->lock);
    folder->path = NULL;
}
