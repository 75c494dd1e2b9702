/* What is known of one revision from a run of it in scratch: for validate, artifacts and guide. */
#ifndef API_EVIDENCE_H
#define API_EVIDENCE_H

#include "api/rehearsing.h"

typedef struct Evidence {
    Revision *revision;
    Rehearsing rehearsing;
    const RevisionRehearsal *result; /* its own */
    CheckList generated;             /* each object that it makes, changes or removes */
} Evidence;

/* Runs the revision behind all that it stands on, in scratch; `only_change`: no more than is needed
 * for the generated checks. RUNG_FAILED with the revision's error when it does not run. */
Code evidence_gather(Verb *verb, const char *revision, bool only_change, Evidence *ret_evidence,
                     Error *error);
void evidence_done(Evidence *evidence);

#endif
