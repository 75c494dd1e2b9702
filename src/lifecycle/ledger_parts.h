/* What the files of the ledger share. */
#ifndef LIFECYCLE_LEDGER_PARTS_H
#define LIFECYCLE_LEDGER_PARTS_H

#include "base/map.h"
#include "lifecycle/ledger.h"

/* One line. Its texts are valid while it is visited. */
typedef struct LedgerLine {
    int64_t seq;
    const char *at, *database, *subject, *subject_hash, *run, *before, *hash;
} LedgerLine;

/* Behind a line of the file. */
typedef struct LedgerPlace {
    int64_t seq;    /* of that line; 0: the beginning */
    int64_t offset; /* in bytes */
    char hash[HASH_HEX_SIZE];
} LedgerPlace;

typedef struct LedgerSeen {
    const char *database; /* its id */
    uint64_t device, inode;
    LedgerPlace end, known; /* behind the last line that was read; behind the last known one */
    Map *mine;              /* keyed hashes that this run wrote or found of its own */
} LedgerSeen;

/* An entry that the database does not know. */
typedef struct LedgerEntry {
    const char *subject, *subject_hash, *run;
} LedgerEntry;

typedef VEC(LedgerEntry) LedgerEntryList;

/* What the database says, and what stands in the file behind it. */
typedef struct LedgerSurvey {
    LedgerState state;
    LedgerPlace end;
    LedgerEntryList unknown; /* of this database, or of all */
} LedgerSurvey;

Code ledger_seen(Life *life, Error *error); /* makes life->ledger_seen */

/* Reads on from `place`, which ends behind the last whole line; each line is checked, then visited.
 * A file that is not there is an empty one. `ret_torn`: bytes behind the last newline. */
Code ledger_walk(Life *life, LedgerPlace *place,
                 void (*visit)(void *context, const LedgerLine *line, const LedgerPlace *behind),
                 void *context, int64_t *ret_torn, Error *error);

/* `every`: entries of other databases too, also those that the mark has passed. */
Code ledger_survey(Life *life, Arena *arena, bool every, LedgerSurvey *ret_survey, Error *error);

/* Sets the mark, in the transaction that is open. */
Code ledger_mark(Life *life, const LedgerPlace *end, Error *error);

#endif
