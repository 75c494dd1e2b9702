/* A schema as SQL text: one file, or all *.sql files below a folder in the order of their paths,
 * or, where the folder has an index.sql, in the order in which that includes them: by lines `\ir
 * PATH`, or `.read PATH` in SQLite's dialect.
 *
 * The text is PostgreSQL's dialect unless the file's first line says `-- rung:dialect sqlite`; it
 * is never guessed. PostgreSQL's dialect serves SQLite too, translated statement by statement;
 * SQLite's serves SQLite alone. Comments `-- rung:renamed from=OLD` stand in front of a column or
 * of a CREATE or ALTER statement. */
#ifndef SOURCE_FILES_H
#define SOURCE_FILES_H

#include "base/vec.h"
#include "db/db.h"
#include "source/scratch.h"

typedef struct SchemaFile {
    const char *path;
    const char *text; /* what is not SQL is blank */
    size_t length;
    VEC(size_t) blanks; /* where it was blanked, in the order of the text */
    Engine dialect;
} SchemaFile;

/* "-- rung:renamed from=OLD": names as stored; `schema` NULL: not said; `column` NULL: not one. */
typedef struct SchemaRename {
    const char *from, *schema, *name, *column;
} SchemaRename;

typedef struct SchemaFiles {
    const char *path; /* as it was named */
    VEC(SchemaFile) files;
    VEC(SchemaRename) renames;
} SchemaFiles;

/* Reads them. RUNG_FILE when there is none; RUNG_REVISION with file and line for a wrong directive
 * and for what stands in a dump besides SQL: the rows of COPY, \connect. The lines \restrict and
 * \unrestrict of pg_dump are left out. */
Code files_read(Arena *arena, const char *path, SchemaFiles *ret_files, Error *error);

/* The files that an index names, in its order. */
typedef VEC(const char *) SchemaPaths;
void files_index(Arena *arena, const char *text, SchemaPaths *ret_paths);

/* The same from memory. */
Code files_read_text(Arena *arena, const char *path, const char *text, size_t length,
                     SchemaFiles *files, Error *error);

typedef struct FilesOptions {
    Scratch *scratch;  /* whose database it is */
    bool alone;        /* each statement as in a revision, which knows no enum of another one */
    bool skip_refused; /* what has no translation is told and left out, not an error */
    /* What was dropped by the translation, or (refused) left out; may be NULL. */
    void (*tell)(void *context, bool refused, const char *file, int line, const char *text);
    void *context;
} FilesOptions;

/* Runs them in `db`, an empty database, one statement after the other, function bodies unread.
 * BEGIN and COMMIT are left out. Roles that do not exist are created on a private server.
 * The database's error with file and line; RUNG_REVISION for what has no translation, reaches
 * beyond the database, or is of the other dialect. */
Code files_load(const SchemaFiles *files, Db *db, const FilesOptions *options, Error *error);

#endif
