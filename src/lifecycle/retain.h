/* Retention: rows that end by themselves, by their age or by a condition. */
#ifndef LIFECYCLE_RETAIN_H
#define LIFECYCLE_RETAIN_H

#include "lifecycle/purge.h"

typedef enum {
    RETAIN_KEPT, /* neither age nor condition: it is only written down */
    RETAIN_DELETE,
    RETAIN_ANONYMISE,
    RETAIN_DROP_PARTITIONS,
} RetainAction;

/* Rows that are due and stay. */
typedef struct RetainHeld {
    const char *reason;
    int64_t rows;
} RetainHeld;

/* Live rows of `key`'s table below rows that are deleted softly, or rows without the one above. */
typedef struct RetainLoose {
    const char *key; /* "orders.user_id" */
    const char *table, *parent;
    int64_t orphans, zombies;
    KeyNames orphan_keys, zombie_keys; /* up to three */
    bool retained;                     /* class retain: no key is meant to be there */
} RetainLoose;
typedef VEC(RetainLoose) RetainLooseList;

typedef struct RetainPartition {
    const char *title;
    const char *bounds; /* "FOR VALUES …" */
    int64_t rows;       /* of one that is dropped */
    bool made;
} RetainPartition;

/* What a policy did, or would do. */
typedef struct RetainResult {
    const RetentionPolicy *policy;
    const char *title; /* of the table */
    RetainAction action;
    const char *cutoff;   /* "2019-11-26T22:51:00Z"; NULL: no age */
    int64_t rows;         /* of the table itself: deleted, anonymised, in dropped partitions */
    int64_t undated;      /* rows without an age that can be read: they stay */
    PurgeTables tables;   /* deleted and set to NULL, children first */
    VEC(RetainHeld) held; /* each row under one reason */
    VEC(RetainPartition) partitions;
    RetainLooseList zombies; /* what stays alive below soft-deleted rows of the table */
    const char *problem;     /* why it stopped; NULL */
} RetainResult;

typedef struct RetainReport {
    VEC(RetainResult) results; /* in the order of rung.yaml */
    int64_t rows;              /* of all policies */
    int64_t batches, longest_us, elapsed_us;
} RetainReport;

typedef struct RetainOptions {
    const char *policy; /* the table of one policy; NULL: all */
    bool dry_run;       /* count only: in one snapshot, nothing is changed */
    bool force;         /* the clock is right although it seems not to be */
} RetainOptions;

/* Carries out the policies. Those that fail are told in the report, and hold no others up.
 * RUNG_CONFIG with the line when a policy cannot be carried out as it is written, RUNG_REFUSED when
 * keys below its table stand in the way, RUNG_LOCKED when another worker removes rows,
 * RUNG_MISMATCH when the clock cannot be right: then nothing is changed. */
Code retain_run(Life *life, Arena *arena, const RetainOptions *options, RetainReport *ret_report,
                Error *error);

/* When a policy was carried out last, and what it did; `at` NULL: never. */
typedef struct RetainLast {
    const char *at, *detail, *actor;
} RetainLast;

/* Of the audit: rung's tables are there. */
Code retain_last(Life *life, Arena *arena, const char *policy, RetainLast *ret_last, Error *error);

/* The last moment, in seconds since 1970 UTC, that is at least `keep` before `now`: calendar months
 * back, and of the 31st the last day where a month is shorter. What is counted from there and kept
 * so long never goes early; of the last days of a longer month it goes up to three days later. */
int64_t retain_cutoff(int64_t now, const ClockAge *keep);

/* The first second of the "day", "week", "month" or "year" that comes `ahead` ones after that of
 * `now`, in UTC. */
int64_t retain_period(const char *period, int64_t now, int ahead);

/* For each foreign key: rows whose parent is not there, and rows that live while their parent is
 * deleted softly. Keys without any are left out. */
Code retain_orphans(Life *life, Arena *arena, const char *table, RetainLooseList *ret_list,
                    Error *error);

#endif
