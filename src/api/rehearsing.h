/* A rehearsal for a verb: rehearse, validate, artifacts, guide, deploy. */
#ifndef API_REHEARSING_H
#define API_REHEARSING_H

#include "api/side.h"
#include "prove/rehearse.h"

typedef struct Rehearsing {
    Verb *verb;
    const char *const *named; /* what the user wrote; none: what is pending */
    size_t named_count;
    bool from_nothing; /* on an empty database, whatever the target has; set when it must be so */
    RehearsalOptions options; /* budget_us and only_change are the caller's */
    AppQueryList queries;     /* the caller's */

    RevisionList heads, path; /* of the target, what is rehearsed; found, unless path_given */
    bool path_given;
    Side side; /* with `from` among the arguments: what stands for the target */
    Engine engine;
    TableSizeList sizes;
    int version;          /* of the target's server; 0: not known */
    Rehearsal *rehearsal; /* NULL: nothing is pending */
} Rehearsing;

/* The arguments: budget, queries. */
Code rehearsing_read(Rehearsing *rehearsing, Error *error);

/* Needs verb_url before it. The target is only read, and never holds the scratch database. */
Code rehearsing_run(Rehearsing *rehearsing, Error *error);
void rehearsing_done(Rehearsing *rehearsing);

#endif
