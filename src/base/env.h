/* The environment and the `.env` file beside the configuration. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/error.h"
#include "base/vec.h"

typedef struct EnvEntry {
    const char *name, *value;
    int line;
    bool used; /* asked for by env_get */
} EnvEntry;

typedef struct Env {
    VEC(EnvEntry) entries; /* of the file only */
} Env;

/* Reads `NAME=value` lines: `export `, comments, single and double quotes. A file that does not
 * exist gives an empty Env. RUNG_CONFIG with file and line for a line that is none of these. */
Code env_read(Arena *arena, const char *path, Env *ret_env, Error *error);

/* The same from memory; `path` stands in the errors. */
Code env_parse(Arena *arena, const char *path, const char *data, size_t length, Env *ret_env,
               Error *error);

/* The process's environment first, then the file; NULL if neither has it. */
const char *env_get(Env *env, const char *name);

/* Replaces ${NAME} and ${NAME:-default}; `$$` is a dollar sign. RUNG_CONFIG when NAME is not set
 * and has no default; `file` and `line` say where the text stands. */
Code env_expand(Arena *arena, Env *env, const char *text, const char *file, int line,
                const char **ret_text, Error *error);

#endif
