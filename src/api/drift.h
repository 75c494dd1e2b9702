/* Whether schema file, revisions and database say the same. */
#ifndef API_DRIFT_H
#define API_DRIFT_H

#include "api/compare.h"

/* A finding for each difference: "schema" for what the schema file has and the revisions do not,
 * or the other way round, "drift" for what the database has. A database that is not at head is not
 * compared: it is behind for a reason that check names. */
Code drift_find(Verb *verb, const RunPlan *plan, FindingList *findings, Error *error);

#endif
