/* The audit: what was done to rows, in a table that only grows and whose rows are chained by
 * hashes. */
#ifndef LIFECYCLE_AUDIT_H
#define LIFECYCLE_AUDIT_H

#include "lifecycle/life.h"

typedef struct AuditEvent {
    const char *action; /* "request", "cancel", "claim", "delete", "purge", "hold" … */
    const char *policy; /* subject or policy of rung.yaml; NULL: none */
    const char *table;  /* NULL: none */
    int64_t rows, subjects;
    const char *subject_hash; /* if it is about one; NULL */
    const char *detail;       /* NULL: none */
} AuditEvent;

/* Adds a record in the transaction that is open. Other writers of the audit wait from then on until
 * that ends, so it comes last. */
Code audit_add(Life *life, const AuditEvent *event, Error *error);

/* The same for the last one of a transaction: life_commit sends it together with the COMMIT.
 * `event` and what it names stay until then. */
Code audit_add_last(Life *life, const AuditEvent *event, Error *error);

/* For life_commit. On PostgreSQL those who wait for the chain go on while this transaction's WAL is
 * written still; when it returns it is written. */
Code audit_commit(Life *life, const AuditEvent *event, Error *error);

typedef struct AuditCheck {
    int64_t records;
    int64_t broken;     /* number of the first record that is not what was written; 0: none */
    const char *reason; /* in words, for `broken` */
    int64_t anchored;   /* number of the newest record that the file outside has; 0: none */
    const char *head;   /* hash of the last record; "" when there is none */
} AuditCheck;

typedef struct AuditRecord {
    int64_t seq, rows, subjects;
    const char *at; /* ISO 8601, UTC */
    const char *actor, *action, *policy, *table, *subject_hash, *run, *detail, *hash;
} AuditRecord;
typedef VEC(AuditRecord) AuditRecordList;

/* The last `limit` records (0: all), oldest first. */
Code audit_log(Life *life, Arena *arena, size_t limit, AuditRecordList *ret_list, Error *error);

/* Reads the whole chain, and compares it with the file outside if there is one. */
Code audit_verify(Life *life, Arena *arena, AuditCheck *ret_check, Error *error);

/* Adds the head of the chain to the file outside, unless it is there; fsynced. Outside of a
 * transaction. Nothing without such a file. */
Code audit_anchor(Life *life, Error *error);

#endif
