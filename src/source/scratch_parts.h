/* What the files of the scratch databases share. */
#ifndef SOURCE_SCRATCH_PARTS_H
#define SOURCE_SCRATCH_PARTS_H

#include "base/error.h"
#include "source/scratch.h"

#include <sys/types.h>

/* ---- scratch_folder.c: a folder in the folder for temporary files ---- */

typedef struct ScratchFolder {
    const char *path; /* NULL: there is none */
    int lock;         /* held while we live: what nobody holds is a leftover */
} ScratchFolder;

/* Creates it, after removing those that dead runs of this user left behind. */
Code folder_open(Arena *arena, ScratchFolder *ret_folder, Error *error);
void folder_close(ScratchFolder *folder);

/* ---- scratch_binaries.c ---- */

typedef struct ServerBinaries {
    const char *folder;
    const char *version; /* "15.18" */
    int major;
} ServerBinaries;

/* The newest of `major` (0: of any) on this machine, or of `named` alone if that is not NULL; false
 * if there is none. */
bool binaries_find(Arena *arena, const char *named, int major, ServerBinaries *ret_binaries);

/* Ends the child of a fork that cannot go on: by a signal, for a library has no exit. */
_Noreturn void child_end(void);

/* Runs a program and reads what it prints, at most `size` - 1 bytes; false if it fails. */
bool program_read(const char *const *words, char *ret_text, size_t size);

/* ---- scratch_server.c: a server of our own ---- */

typedef struct ScratchServer {
    pid_t pid; /* 0: it does not run */
    const char *data, *log;
} ScratchServer;

/* initdb and start, in `folder`, listening on a socket there. */
Code scratch_server_start(Arena *arena, const ServerBinaries *binaries, const char *folder,
                          ScratchServer *ret_server, Error *error);
void scratch_server_stop(ScratchServer *server);

#endif
