/* What the files of retention share. */
#ifndef LIFECYCLE_RETAIN_PARTS_H
#define LIFECYCLE_RETAIN_PARTS_H

#include "lifecycle/retain.h"

/* A policy with what the database says of it. All SQL is over the alias `t`. */
typedef struct RetainRule {
    const RetentionPolicy *policy;
    KeyTable *table;
    RetainAction action;
    const KeyColumn *age; /* NULL: none */
    bool soft;            /* it says when a row was deleted softly: NULL means that it lives */
    int64_t now, cutoff;  /* seconds since 1970 */
    const char *due;      /* which rows are due */
    const char *undated;  /* which rows would be if their age could be read; NULL: none */
} RetainRule;

/* One call of retain_run. */
typedef struct RetainRun {
    Life *life; /* a copy, whose progress is that of the policy */
    Life *outer;
    Arena *arena; /* of the report */
    const RetainOptions *options;
    RetainReport *report;
    RetainResult *result; /* of the policy at work */
    const RetainRule *rule;
    Batch batch;
    HoldList holds;
    int64_t done, total, round, since_us; /* rows of the policy; round: those of this list */
} RetainRun;

/* Finds table and columns, and makes the conditions. RUNG_CONFIG with the line. */
Code retain_rule(Life *life, Arena *arena, const RetentionPolicy *policy, int64_t now,
                 RetainRule *ret_rule, Error *error);
Code retain_wrong(const Life *life, const RetentionPolicy *policy, Error *error, const char *format,
                  ...) PRINTF_LIKE(4, 5);

/* Rows that count as deleted softly, over `alias`; NULL when no policy says so of the table. */
const char *retain_soft(const Life *life, Arena *arena, const KeyTable *table, const char *alias);

/* "c0, c1" for the prefix "c". */
const char *retain_cells(Arena *arena, const char *prefix, size_t count);

/* "child.a = parent.x AND …" of a key. */
const char *retain_join(Arena *arena, const TableKey *key, const char *child, const char *parent);

/* "(x) AND NOT …" for rows that no hold of the table itself keeps. */
const char *retain_free(const RetainRun *run, Arena *arena, const KeyTable *table,
                        const char *condition);

Code retain_ask(RetainRun *run, Arena *arena, const char *sql, DbRows *ret_rows, Error *error);
Code retain_count(RetainRun *run, Arena *arena, const char *table, const char *condition,
                  int64_t *ret_count, Error *error);

/* Each hold on the table, with how many of the rows that meet `condition` it keeps. */
Code retain_count_held(RetainRun *run, const char *table, const char *condition, Error *error);
void retain_note_held(RetainRun *run, const char *reason, int64_t rows);

/* Reads the holds anew, so that batches see when they change. */
Code retain_load_holds(RetainRun *run, Arena *arena, Error *error);

Code retain_check_columns(RetainRun *run, const RetainRule *rule, Error *error);
Code retain_anonymise(RetainRun *run, const RetainRule *rule, Error *error);

Code retain_check_partitions(RetainRun *run, const RetainRule *rule, Error *error);
Code retain_partitions(RetainRun *run, const RetainRule *rule, Error *error);

/* Live rows below softly deleted ones that do not go with them: each key with some is told. */
Code retain_zombies(RetainRun *run, const RetainRule *rule, Error *error);

#endif
