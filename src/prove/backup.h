/* A copy of the target before it is changed, and the proof that it can be read. */
#ifndef PROVE_BACKUP_H
#define PROVE_BACKUP_H

#include "db/db.h"
#include "source/scratch.h"

#include <signal.h>

typedef struct BackupOptions {
    const char *folder;   /* made when it is not there */
    const char *name;     /* of the target: the file's name begins with it */
    const char *binaries; /* PostgreSQL: a folder in which pg_dump is looked for first; NULL */
    Scratch *scratch;     /* PostgreSQL: the schema is restored there; NULL: it is not */
    _Atomic int *cancelled;
} BackupOptions;

typedef struct Backup {
    const char *path; /* absolute */
    int64_t bytes;
    size_t tables;        /* whose rows are in it */
    const char *tool;     /* "pg_dump 15.18" */
    const char *verified; /* what was done to be sure of it, in words */
    const char *restore;  /* a command for the shell that takes the database back to it */
    const char *note;     /* what to know about the command; NULL: nothing */
} Backup;

/* The file exists only if it is whole and was read back; it is for its owner's eyes. `db` is a
 * connection to `url` without an open transaction. RUNG_UNSUPPORTED when there is no pg_dump for
 * the server's version, RUNG_FAILED when the backup cannot be read back, RUNG_FILE. */
Code backup_make(Db *db, const DbUrl *url, const BackupOptions *options, Arena *arena,
                 Backup *ret_backup, Error *error);

/* ---- backup_postgresql.c, backup_sqlite.c: into the file `part`, which is renamed then ---- */

typedef struct BackupJob {
    Db *db;
    const DbUrl *url;
    const BackupOptions *options;
    Arena *arena;
    const char *part;
    Backup *backup; /* all but `path` and `bytes` are set; `restore` speaks of `path` */
} BackupJob;

Code backup_postgresql(BackupJob *job, Error *error);
Code backup_sqlite(BackupJob *job, Error *error);

/* 'word', as a shell reads it; as it is where that is the same. */
const char *backup_shell_word(Arena *arena, const char *word);

#endif
