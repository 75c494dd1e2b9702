/* The two sides of a comparison: what --from and --to name, as catalogs. */
#ifndef API_SIDE_H
#define API_SIDE_H

#include "api/project.h"
#include "source/source.h"

typedef enum { SIDE_DATABASE } SideType;

typedef struct Side {
    const char *said; /* as it was written, or a name for the target's database */
    SideType type;
    DbUrl url;
    Engine engine;
    Arena *arena; /* of the catalog alone: two sides are read at the same time */
    Catalog *catalog;
} Side;

/* What `said` names; `said` NULL: the target's database. Nothing is opened yet. RUNG_USAGE with the
 * forms that are known. */
Code side_find(Verb *verb, const char *said, Side *ret_side, Error *error);

/* Reads the catalogs of both sides, each by a connection of its own; `b` may be NULL. */
Code sides_load(Verb *verb, Side *a, Side *b, Error *error);

/* Frees the catalog. */
void side_done(Side *side);

#endif
