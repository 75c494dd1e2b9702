/* Files and paths. Every error names the path and the system's reason. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/error.h"

/* The whole file and one NUL behind it, in `arena`. RUNG_LIMIT when it is larger than `limit`
 * bytes, RUNG_FILE when it cannot be read. */
Code file_read(Arena *arena, const char *path, size_t limit, char **ret_data, size_t *ret_length,
               Error *error);

/* Writes a file that did not exist before, whole or not at all; RUNG_FILE if it is there. */
Code file_write_new(const char *path, const char *data, size_t length, Error *error);

/* Writes a file, in place of one that may be there, whole or not at all; its mode stays. */
Code file_write(const char *path, const char *data, size_t length, Error *error);

/* Adds to the end of a file, which is made, readable by its owner alone, when it is not there. It
 * is on the disk when this returns. */
Code file_append(const char *path, const char *data, size_t length, Error *error);

/* Opens a file, which is made, readable by its owner alone, when it is not there, and locks it
 * against others who do the same. Closing `ret_fd`, or the end of the process, lets go. Who does
 * not `wait` gets -1 when another has it. */
Code file_lock(const char *path, bool wait, int *ret_fd, Error *error);

/* Keeps the first `length` bytes only; on the disk when this returns. */
Code file_cut(const char *path, int64_t length, Error *error);

/* What was made, removed or renamed in a folder is so on the disk when this returns. */
Code folder_sync(const char *path, Error *error);

Code folder_make(const char *path, Error *error); /* a folder that is there is no error */
void folder_remove(const char *path); /* with all that is in it; links are not followed */
Code file_remove(const char *path, Error *error);
bool folder_is_empty(const char *path); /* or is not there */
bool file_exists(const char *path);
bool folder_exists(const char *path);

/* `path` as it is if it is absolute, else below `folder`. */
char *path_join(Arena *arena, const char *folder, const char *path);
char *path_folder(Arena *arena, const char *path);
const char *path_name(const char *path);

#endif
