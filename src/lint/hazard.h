/* What a statement does to a database in use, and what is said of it: the words that lint, which
 * judges text, and rehearsal, which watches a server, have in common. */
#ifndef LINT_HAZARD_H
#define LINT_HAZARD_H

#include "base/vec.h"

/* PostgreSQL's lock modes, weakest first (manual, "Explicit Locking", table of conflicts). */
typedef enum {
    LOCK_NONE,
    LOCK_ACCESS_SHARE,
    LOCK_ROW_SHARE,
    LOCK_ROW_EXCLUSIVE,
    LOCK_SHARE_UPDATE_EXCLUSIVE,
    LOCK_SHARE,
    LOCK_SHARE_ROW_EXCLUSIVE,
    LOCK_EXCLUSIVE,
    LOCK_ACCESS_EXCLUSIVE,
    LOCK_MODE_COUNT
} LockMode;

/* "ACCESS EXCLUSIVE", as LOCK TABLE takes it. */
const char *lock_name(LockMode mode);

/* By the name in pg_locks.mode, "AccessExclusiveLock"; LOCK_NONE if it is no such name. */
LockMode lock_find(const char *mode);

/* Whether others cannot SELECT, or cannot INSERT, UPDATE and DELETE, while it is held. */
bool lock_blocks_reads(LockMode mode);
bool lock_blocks_writes(LockMode mode);

/* Whether two sessions cannot hold these on one relation at the same time. */
bool lock_conflicts(LockMode a, LockMode b);

/* Work that grows with the table. */
typedef enum {
    WORK_REWRITE = 1, /* every row is written again, with every index */
    WORK_SCAN = 2,    /* every row is read */
    WORK_KEYS = 4,    /* every row is looked up in the table it references */
    WORK_INDEX = 8,   /* an index is built */
} Work;

/* "rewrites it", "builds an index": the heaviest first; "" for none. */
const char *work_text(Arena *arena, unsigned work);

typedef struct Effect {
    const char *relation; /* as SQL, with its schema */
    LockMode mode;        /* the strongest */
    unsigned work;        /* of Work */
} Effect;

typedef VEC(Effect) EffectList;

/* The effect on this relation, added if there is none yet. */
Effect *effect_of(Arena *arena, EffectList *list, const char *relation);

typedef enum { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

/* "note", "warning", "error" */
const char *severity_name(Severity severity);

/* One thing that somebody should look at. Texts are whole sentences without a full stop. */
typedef struct Hazard {
    const char *rule; /* "index-without-concurrently" */
    Severity severity;
    const char *file;     /* NULL: none */
    const char *revision; /* NULL: none */
    size_t line;          /* of the statement in the file; 0: not known */
    const char *statement;
    const char *what; /* "ALTER TABLE rewrites public.users under ACCESS EXCLUSIVE" */
    const char *why;  /* what that does to those who use it; NULL */
    const char *fix;  /* the safe way, as SQL or in words; NULL */
} Hazard;

typedef VEC(Hazard) HazardList;

#endif
