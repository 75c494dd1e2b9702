/* What a statement does on PostgreSQL to relations that others use, judged from its text and from
 * what is known of the schema: locks, and work that grows with the table.
 *
 * The facts were observed on PostgreSQL 13 to 18; test/lint/ compares each of them with this
 * model. */
#ifndef LINT_EFFECTS_H
#define LINT_EFFECTS_H

#include "lint/hazard.h"
#include "lint/known.h"

/* Work that may come on top: the text does not tell. */
typedef struct Doubt {
    const char *relation; /* as in Effect */
    unsigned work;        /* of Work */
    const char *why;      /* "the type of column \"total\" is not known" */
} Doubt;

typedef struct Effects {
    EffectList list;  /* relations that others may be using, in the order in which they are met */
    EffectList fresh; /* those that the transaction made itself, and temporary ones: nobody waits */
    VEC(Doubt) doubts; /* relations of `fresh` have none */
    bool opaque; /* DO, CALL, EXECUTE, functions of the user: what they do is not in the text */
    bool waits;  /* CONCURRENTLY: until all older transactions have ended */
} Effects;

/* `known` is the schema before the statement; it is replayed afterwards, by the caller.
 * `server_version` is the major version, 13 to 18. `time_zone_is_utc` counts as long as the history
 * itself sets no TimeZone. Work on a relation contains no lesser work that is part of it: a rewrite
 * builds the indexes and checks the constraints on its way.
 * A relation that the history did not make stands by its name, in the first schema of search_path
 * if it has none; an index whose table is not known stands for its table.
 * Locks on indexes are not told: they follow from the table's and hinder nobody else, but for
 * REINDEX, which holds up planning. */
Code effects_of(Arena *arena, const Known *known, const PgQuery__Node *statement,
                int server_version, bool time_zone_is_utc, Effects *ret_effects, Error *error);

#endif
