/* Rows that nothing may remove: holds that somebody added, and those that rung.yaml has as
 * conditions. */
#ifndef LIFECYCLE_HOLD_H
#define LIFECYCLE_HOLD_H

#include "lifecycle/life.h"

/* One that is in force, as SQL. */
typedef struct Hold {
    int64_t id;         /* of rung's table; 0: it is a policy */
    const char *policy; /* name in lifecycle.holds; NULL */
    const char *when;   /* its condition as it is written there; NULL */
    KeyTable *table;
    const char *condition; /* over the alias `t`, without parameters */
    const char *reason;    /* NULL: none is given */
} Hold;
typedef VEC(Hold) HoldList;

/* All that are in force by the database's clock. RUNG_MISMATCH when the table of one is not there
 * or has another key by now, RUNG_CONFIG when it is a policy's. `life->graph` is loaded, and so is
 * what rung keeps. */
Code hold_load(Life *life, Arena *arena, HoldList *ret_list, Error *error);

/* Whether the conditions of the policies are right: RUNG_CONFIG with the line of one that is not.
 * Outside of a transaction. */
Code hold_check(Life *life, const HoldList *list, Error *error);

/* As the table is called in rung's table of holds: "public.users", on SQLite "users". */
const char *hold_table_name(const KeyTable *table, Arena *arena);

/* ---- adding and releasing ---- */

typedef struct HoldEntry {
    int64_t id;
    const char *table, *key; /* key: a JSON list of texts */
    const char *reason, *by, *released_by;
    int64_t added_at, expires_at, released_at; /* seconds since 1970; 0: none */
    int64_t now;                               /* of the database */
} HoldEntry;
typedef VEC(HoldEntry) HoldEntryList;

/* Until when: so long after now, or a time; both zero: for ever. */
typedef struct HoldEnd {
    ClockAge age;
    int64_t at; /* seconds since 1970 */
} HoldEnd;

/* "TABLE:KEY": the table, and the values of its key in their order. With one column the rest of the
 * text is its value; with several they are separated by commas, and one that has a comma or begins
 * with a double quote stands in double quotes, doubled inside. So does a table that has a colon. */
Code hold_read_row(const Life *life, const char *text, Arena *arena, KeyTable **ret_table,
                   KeyNames *ret_values, Error *error);

/* Holds the row. It waits for the batch of a purge that is under way, and no batch begins without
 * seeing it. RUNG_UNKNOWN when there is no such row, RUNG_REFUSED when it is being erased. */
Code hold_add(Life *life, Arena *arena, const KeyTable *table, const KeyNames *values,
              const char *reason, const HoldEnd *end, HoldEntry *ret_entry, Error *error);

/* RUNG_UNKNOWN when there is no such hold, RUNG_REFUSED when it is released already. */
Code hold_release(Life *life, Arena *arena, int64_t id, HoldEntry *ret_entry, Error *error);

/* Those in force, or with `all` released and expired ones, too. */
Code hold_entries(Life *life, Arena *arena, bool all, HoldEntryList *ret_list, Error *error);

/* "5" or "5,7": the key for people, as hold_read_row reads it. */
const char *hold_key_text(const char *json, Arena *arena);

#endif
