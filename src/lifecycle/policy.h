/* What rung.yaml says of the life of rows: who may be erased, what goes with them, what is kept and
 * for how long. */
#ifndef LIFECYCLE_POLICY_H
#define LIFECYCLE_POLICY_H

#include "base/clock.h"

/* What becomes of the rows that reference a row which goes. */
typedef enum {
    RELATION_NONE,     /* nothing is said: an error */
    RELATION_CASCADE,  /* they go too */
    RELATION_SET_NULL, /* they stay, and reference nothing */
    RELATION_RETAIN,   /* they stay as they are: there must be no foreign key */
    RELATION_RESTRICT, /* as long as there are any, the row cannot go */
    RELATION_COUNT
} RelationClass;

/* Whose rows are erased on request, the root of the tables below it. */
typedef struct SubjectPolicy {
    const char *name;
    int line;
    const char *table, *key;  /* as in rung.yaml, or its name; key: its column */
    const char *email;        /* column; NULL: none */
    const char *requested_at; /* column that is kept in step; NULL: none */
    ClockAge grace;
} SubjectPolicy;

/* One foreign key: "table.column", "table.column,column", "table.constraint", each with a schema in
 * front if need be. */
typedef struct RelationPolicy {
    const char *name;
    int line;
    const char *action;    /* word of relation_name(); NULL: see set_null */
    bool set_null;         /* the same as the word "set_null" */
    const char *pseudonym; /* set_null: column that gets the keyed hash of the subject; or NULL */
} RelationPolicy;

/* Rows that end by themselves. */
typedef struct RetentionPolicy {
    const char *name; /* the table */
    int line;
    const char *when; /* SQL condition; NULL: every row */
    const char *age;  /* column that the age is counted from; NULL in a row: it is kept */
    ClockAge keep;
    const char *then; /* "delete", "anonymise" or "drop_partitions" */
    struct {
        const char **at;
        size_t count;
    } columns;          /* anonymise: "column=null", hash, hmac, random, fixed:TEXT */
    int ahead;          /* drop_partitions: how many are made for the time to come */
    const char *period; /* of these: "day", "week", "month", "year" */
} RetentionPolicy;

/* Rows that nothing removes while the condition holds. */
typedef struct HoldPolicy {
    const char *name;
    int line;
    const char *table, *when, *reason;
} HoldPolicy;

/* When a job runs by itself. */
typedef struct SchedulePolicy {
    const char *name; /* of the job */
    int line;
    const char *cron; /* five fields, "@daily" or "off"; NULL: the job's own */
    const char *zone;
    const char *catch_up; /* "once" or "never": of slots that were missed */
} SchedulePolicy;

typedef struct Lifecycle {
    int line;             /* of the section; 0: there is none */
    const char *key;      /* as written: the secret of the keyed hashes, 32 or more bytes */
    const char *key_file; /* or the file with it */
    const char *ledger;   /* file of what was erased; NULL: none */
    const char *anchor;   /* file of the audit's heads; NULL: none */
    const char *exports;  /* folder */
    ClockAge exports_keep;
    int exports_a_day;   /* of one subject, when it asks itself */
    int answers_keep_ms; /* of keys of idempotency, and orders that are carried out */
    struct {
        SubjectPolicy *at;
        size_t count;
    } subjects;
    struct {
        RelationPolicy *at;
        size_t count;
    } relations;
    struct {
        RetentionPolicy *at;
        size_t count;
    } retention;
    struct {
        HoldPolicy *at;
        size_t count;
    } holds;
    struct {
        SchedulePolicy *at;
        size_t count;
    } schedule;
    int schedule_lease_ms;
    struct {
        int batch_time_ms, lease_ms;
        int subjects; /* that are worked on at once */
        int max_lag_ms, max_waiters, max_wal_mb, retries;
        int rest; /* after a transaction, in percent of what it took */
    } purge;
    struct {
        int pending_over;
        ClockAge cleanup_silent;
        ClockAge silent, overdue; /* seconds 0 and months 0: never */
        int cancel_over, cancel_times;
        ClockAge backlog;
    } alerts;
} Lifecycle;

/* "cascade", "set_null", "retain", "restrict"; RELATION_NONE: "none". */
const char *relation_name(RelationClass relation);

/* Whether a policy of retention does anything; else it is only written down. */
bool policy_acts(const RetentionPolicy *policy);

/* What a policy asks for; RELATION_NONE when its word is unknown. */
RelationClass relation_read(const RelationPolicy *policy);

#endif
