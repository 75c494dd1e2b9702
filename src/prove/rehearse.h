/* A run of revisions on a scratch database that has the target's schema: up, down and up again,
 * with somebody looking on. The target itself is not touched by anything here. */
#ifndef PROVE_REHEARSE_H
#define PROVE_REHEARSE_H

#include "apply/check.h"
#include "apply/run.h"
#include "plan/plan.h"
#include "prove/estimate.h"
#include "prove/fill.h"
#include "prove/impact.h"
#include "prove/observe.h"
#include "prove/queries.h"
#include "prove/rows.h"
#include "source/scratch.h"

typedef struct RehearsalOptions {
    Catalog *start; /* what the target holds; NULL: nothing */
    const Graph *graph;
    const RevisionList *heads;  /* of the target */
    const char *time_zone;      /* of a session of the target; NULL: not known */
    const RevisionList *path;   /* what is rehearsed, in order */
    size_t unseen;              /* of these, the first ones only run: they lead to the rest */
    const TableSizeList *sizes; /* of the target */
    bool sizes_known;           /* what is not among them is not in the target: nobody uses it */
    AppQueryList *queries;      /* their troubles are set; may be empty */
    bool only_change;           /* up alone, without rows: what it changes, and no more */
    int64_t budget_us;          /* how long others may be blocked by one statement's work */
    RunOptions run;
} RehearsalOptions;

/* How long others wait for one relation, in one transaction. */
typedef struct Blocked {
    const char *relation;
    LockMode mode;
    double seconds; /* estimated; 0 where nothing works meanwhile */
    bool known;     /* the target's sizes are */
} Blocked;

typedef struct RevisionRehearsal {
    const Revision *revision;
    size_t up, up_count, down, down_count; /* of Rehearsal.observed */
    int64_t up_us, down_us;
    bool has_down;
    const Error *up_failed, *down_failed, *again_failed; /* NULL: no */
    const char *without_rows; /* why its tables were emptied before it: made-up rows were in the
                                 way; NULL: they were not */
    const char *down_skipped; /* why the way back was not tried; NULL */
    LossList losses;          /* rows and values that the way back does not restore */
    const Plan *left;         /* from behind the way back to before; NULL: not tried */
    const Plan *differs; /* from behind the second way up to behind the first; NULL: not tried */
    const Plan *change;  /* from before to behind it: its prechecks count offenders */
    VEC(Blocked) blocked;
    ImpactList impacts;      /* what new columns and indexes take */
    Script *script;          /* its checks; freed with the rehearsal's */
    VEC(CheckResult) checks; /* behind the first way up */
} RevisionRehearsal;

typedef struct Rehearsal {
    VEC(RevisionRehearsal) revisions;
    ObservedList observed;
    UnfilledList unfilled;
    size_t filled, tables;
    Rates rates;
    HazardList hazards;
    int64_t elapsed_us; /* without the start of the server */
} Rehearsal;

/* Runs it in a new database of `scratch`. What goes wrong in a revision is part of the result; an
 * error says that nothing could be rehearsed. Everything lives in `arena`. */
Code rehearse(Scratch *scratch, const RehearsalOptions *options, Arena *arena,
              Rehearsal **ret_rehearsal, Error *error);

/* Frees what does not lie in the arena; NULL is accepted. */
void rehearsal_done(Rehearsal *rehearsal);

/* hazards.c: what is found, in the order of the revisions. */
void rehearsal_judge(Rehearsal *rehearsal, const RehearsalOptions *options, Arena *arena);

#endif
