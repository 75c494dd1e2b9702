/* The table of rules. A rule is a row and one function; the list, the documentation and the tests
 * are made from the row. */
#ifndef LINT_RULE_H
#define LINT_RULE_H

#include "lint/lint.h"
#include "lint/lite.h"
#include "lint/script.h"

typedef struct Rule Rule;

/* A lock of the transaction at hand, and the statement that took it. */
typedef struct HeldLock {
    const char *relation;
    LockMode mode;
    const LintStatement *statement;
} HeldLock;
typedef VEC(HeldLock) HeldList;

/* What a rule is asked about. */
typedef struct RuleCheck {
    Arena *arena;
    const Rule *rule;
    Lint *lint;
    const LintFile *file;
    const LintScript *script, *down; /* `down` NULL: there is none */
    const LintStatement *statement;  /* NULL for a rule of the whole file */
    const Known *known;              /* before the statement */
    const Lite *lite;                /* SQLite; the same */
    const HeldList *held;            /* by the statements before it, in its transaction */
    int version;                     /* the server's major one */
} RuleCheck;

typedef void RuleFunction(RuleCheck *check);

typedef enum { RULE_POSTGRESQL = 1, RULE_SQLITE = 2, RULE_BOTH = 3 } RuleEngines;

struct Rule {
    const char *name;
    Severity severity;
    RuleEngines engines;
    bool whole;        /* asked once a file, behind its last statement */
    const char *group; /* a heading of the documentation */
    const char *title; /* what it finds: no capital, no full stop */
    const char *why;   /* what that does to those who use the database */
    const char *fix;   /* the safe way, with what rung does about the transaction */
    const char *given; /* what revisions before it made; NULL: nothing */
    const char *bad, *good;
    RuleFunction *check;
};

/* Row `index`, or NULL behind the last; by name, or NULL. */
const Rule *rule_at(size_t index);
const Rule *rule_find(const char *name);

/* ---- for the functions ---- */

/* Reports the statement at hand; `fix` NULL: the row's. */
void rule_hit(RuleCheck *check, const char *fix, const char *what, ...) PRINTF_LIKE(3, 4);

/* Reports a line of the file, 0: all of it. */
void rule_hit_line(RuleCheck *check, int line, const char *what, ...) PRINTF_LIKE(3, 4);

/* The first effect of the statement on a relation in use that does some of this work. */
const Effect *rule_work(const RuleCheck *check, unsigned work);

/* "ACCESS EXCLUSIVE on public.users while it rewrites it" */
const char *rule_lock(const RuleCheck *check, const Effect *effect);

/* Whether the relation of the statement is there and others use it: true if it is not known. */
bool rule_in_use(const RuleCheck *check, const PgQuery__RangeVar *relation);

/* The first command of this type of an ALTER TABLE, for which `fits` holds; NULL if none is. */
typedef bool RuleFits(const PgQuery__AlterTableCmd *command);
const PgQuery__AlterTableCmd *rule_command(const RuleCheck *check, PgQuery__AlterTableType type,
                                           RuleFits *fits);

/* Whether a new column takes no NULL and has no value for rows that are there. */
bool rule_is_required(const PgQuery__ColumnDef *column);

/* The statement's tree as one kind of node; NULL for another one. */
#define RULE_NODE(check, CASE, member)                                                             \
    ((check)->statement->tree &&                                                                   \
             (check)->statement->tree->node_case == PG_QUERY__NODE__NODE_##CASE                    \
         ? (check)->statement->tree->member                                                        \
         : NULL)

#define RULE(name) void rule_##name(RuleCheck *check)

#endif
