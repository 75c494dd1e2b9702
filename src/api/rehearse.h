/* What rehearse and deploy have in common. */
#ifndef API_REHEARSE_H
#define API_REHEARSE_H

#include "api/side.h"
#include "prove/rehearse.h"

typedef struct Rehearsing {
    Verb *verb;
    RehearsalOptions options;
    RevisionList heads, path; /* of the target; what is rehearsed */
    TableSizeList sizes;
    AppQueryList queries;
    bool from_nothing; /* on an empty database */
    int version;       /* of the target's server; 0: not known */
} Rehearsing;

/* The arguments: budget, queries. */
Code rehearsing_read(Rehearsing *rehearsing, Error *error);

/* Runs `path` on a scratch copy of the target, which verb_connect has opened. */
Code rehearsing_run(Rehearsing *rehearsing, Rehearsal **ret_rehearsal, Error *error);

#endif
