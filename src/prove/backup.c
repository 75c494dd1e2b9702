/* The file of a backup: its name, its folder, whole or not there. */
#include "prove/backup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *backup_shell_word(Arena *arena, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-.,/:@%+=";
    if (*word && !word[strspn(word, plain)])
        return word;
    Text text = TEXT_EMPTY;
    text_char(&text, '\'');
    for (; *word; word++)
        if (*word == '\'')
            text_put(&text, "'\\''");
        else
            text_char(&text, *word);
    text_char(&text, '\'');
    return text_keep(&text, arena);
}

static Code failed(Error *error, const char *what, const char *path)
{
    return error_set(error, RUNG_FILE, "cannot %s %s: %s", what, path, strerror(errno));
}

/* A folder that is not there yet is made, and so are those above it. */
static Code make_folders(Arena *arena, const char *path, Error *error)
{
    if (folder_exists(path))
        return RUNG_OK;
    Code code = make_folders(arena, path_folder(arena, path), error);
    return code ? code : folder_make(path, error);
}

static const char *file_name(Arena *arena, const BackupOptions *options, const char *ending)
{
    char *name = arena_string(arena, options->name);
    for (char *at = name; *at; at++)
        if (*at == '/' || *at == '\\' || (unsigned char)*at <= ' ')
            *at = '_';
    const char *when = clock_print_id(arena, clock_wall_us());
    const char *path = arena_print(arena, "%s/%s-%s%s", options->folder, name, when, ending);
    for (int i = 2; access(path, F_OK) == 0; i++)
        path = arena_print(arena, "%s/%s-%s-%d%s", options->folder, name, when, i, ending);
    return path;
}

/* The rows of everybody are in it: nobody else may read the file, from its first byte on. */
static Code create(const char *path, Error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(error, "create", path);
    close(fd);
    return RUNG_OK;
}

/* After a power cut the backup must still be there: its bytes, then its name. */
static Code settle(Arena *arena, const char *part, const char *path, int64_t *ret_bytes,
                   Error *error)
{
    struct stat about;
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) || fstat(fd, &about) || rename(part, path)) {
        failed(error, "finish", path);
        if (fd >= 0)
            close(fd);
        return RUNG_FILE;
    }
    close(fd);
    *ret_bytes = about.st_size;
    fd = open(path_folder(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    return RUNG_OK;
}

static const char *absolute(Arena *arena, const char *path)
{
    char *folder = realpath(path_folder(arena, path), NULL);
    const char *whole = arena_print(arena, "%s/%s", folder ? folder : ".", path_name(path));
    free(folder);
    return whole;
}

Code backup_make(Db *db, const DbUrl *url, const BackupOptions *options, Arena *arena,
                 Backup *ret_backup, Error *error)
{
    bool sqlite = url->engine == ENGINE_SQLITE;
    Backup backup = {0};
    Code code = make_folders(arena, options->folder, error);
    if (code)
        return code;
    backup.path = absolute(arena, file_name(arena, options, sqlite ? ".db" : ".dump"));
    BackupJob job = {.db = db, .url = url, .options = options, .arena = arena, .backup = &backup};
    job.part = arena_print(arena, "%s.part", backup.path);
    code = create(job.part, error);
    if (code)
        return code;
    code = sqlite ? backup_sqlite(&job, error) : backup_postgresql(&job, error);
    if (!code)
        code = settle(arena, job.part, backup.path, &backup.bytes, error);
    if (code)
        unlink(job.part);
    else
        *ret_backup = backup;
    return code;
}
