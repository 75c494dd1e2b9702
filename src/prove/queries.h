/* The application's queries: those that a revision breaks or changes, and by which statement. */
#ifndef PROVE_QUERIES_H
#define PROVE_QUERIES_H

#include "base/vec.h"
#include "db/db.h"
#include "prove/observe.h"

typedef struct AppQuery {
    const char *file;
    int line;
    const char *sql;
    bool usable;         /* it could be prepared at the start */
    const char *types;   /* of its parameters and results, as the server names them */
    const char *trouble; /* what became of it; NULL: nothing */
    bool broken;         /* else only its types changed */
    const char *cause;   /* "ID, file:line" of the statement behind which it happened */
} AppQuery;

typedef VEC(AppQuery) AppQueryList;

/* Every statement of a file, or of the .sql files of a folder. */
Code queries_read(Arena *arena, Engine engine, const char *path, AppQueryList *ret_queries,
                  Error *error);

/* Prepares each; what cannot be prepared now has its trouble said, with no cause. */
Code queries_start(Db *db, Arena *arena, AppQueryList *queries, Error *error);

/* Prepares again those without trouble, in the transaction that is open, if one is. */
void queries_look(Db *db, Arena *arena, AppQueryList *queries, const Observed *observed);

#endif
