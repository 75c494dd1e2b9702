/* Scratch databases: empty ones into which SQL text is loaded to see what it makes. They are gone
 * at the end, and what a killed run left behind is removed by the next one.
 *
 * PostgreSQL, the first that there is: the server that the configuration names; a private server of
 * the wanted version, started from the binaries of this machine; a database of its own on the
 * target's server. SQLite: memory. */
#ifndef SOURCE_SCRATCH_H
#define SOURCE_SCRATCH_H

#include "base/arena.h"
#include "db/db.h"

typedef struct ScratchOptions {
    Engine engine;
    int major;               /* PostgreSQL: version of the private server; 0: the newest found */
    const DbUrl *configured; /* a server on which databases may be created; NULL: none is named */
    const char *binaries;    /* folder of initdb and postgres; NULL: they are looked for */
    const DbUrl *target;     /* the last resort; NULL: there is none */
} ScratchOptions;

typedef struct Scratch Scratch;

/* A private server ends with the calling thread, however that ends. RUNG_UNSUPPORTED with a hint
 * when there is no server to use, RUNG_FAILED when it does not start. */
Code scratch_open(const ScratchOptions *options, Scratch **ret_scratch, Error *error);

/* Drops the databases and ends the server. NULL is accepted. */
void scratch_close(Scratch *scratch);

/* A new, empty database; the URL lives as long as the scratch. `reopened`: more than one connection
 * will see it, so that memory does not do for SQLite. */
Code scratch_create(Scratch *scratch, bool reopened, DbUrl *ret_url, Error *error);

/* Nobody else uses the server: roles may be created, and nothing done to it does harm. */
bool scratch_private(const Scratch *scratch);

/* On a private server: creates the role that the server's error says does not exist. False if it is
 * another error, the server has other users, or the role cannot be created. */
bool scratch_add_role(Scratch *scratch, const Error *error);

/* "a private PostgreSQL 15.18, started in 0.5 s" */
const char *scratch_title(const Scratch *scratch);

#endif
