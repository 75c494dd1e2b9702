/* Triggers on a subject's table: no row goes before its request is due, and the column that shows
 * the request is changed by nobody else. */
#ifndef LIFECYCLE_GUARD_H
#define LIFECYCLE_GUARD_H

#include "lifecycle/life.h"

/* The table and the columns of a subject, found in the graph. */
typedef struct Subject {
    const SubjectPolicy *policy;
    KeyTable *table;
    const KeyColumn *key, *requested_at; /* requested_at may be NULL */
    const KeyColumn *email;              /* NULL: none */
} Subject;

/* RUNG_CONFIG with the line when the policy names what is not there, a key that is not unique, or a
 * column of another type than time. `life->graph` is loaded. */
Code subject_find(Life *life, const SubjectPolicy *policy, Subject *ret_subject, Error *error);

/* The time `sql` (as rung keeps it) as a value of the column `requested_at`. */
const char *subject_stamp(const Life *life, const Subject *subject, const char *sql, Arena *arena);

/* Makes those triggers anew that are not as they should be, in the transaction that is open. */
Code guard_install(Life *life, const Subject *subject, Error *error);

/* Drops all guards but those of these subjects; in that transaction, too. */
Code guard_remove_others(Life *life, const Subject *subjects, size_t count, Error *error);

/* Whether all of them are there, enabled and as they were made; `ret_missing` names one that is
 * not, or is NULL. */
Code guard_check(Life *life, Arena *arena, const Subject *subject, const char **ret_missing,
                 Error *error);

#endif
