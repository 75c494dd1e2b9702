/* From one catalog to another: the statements in the order in which they can run, what they cost,
 * and what cannot be done. Pure: nothing here reaches a database. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/text.h"
#include "model/catalog.h"

typedef enum { COLUMN_ORDER_IGNORE, COLUMN_ORDER_REPORT, COLUMN_ORDER_REBUILD } ColumnOrder;

/* What somebody said about a name: it is the same object under a new name. */
typedef struct Rename {
    const char *from, *to; /* keys without their kind: "public/users/email", the part behind the
                              last `/` differs; `from` may be the name alone when `to` is a key */
} Rename;

typedef struct PlanOptions {
    bool refuse_loss; /* a step that loses rows or values is refused */
    bool online;      /* PostgreSQL: no long lock, at the price of several transactions */
    ColumnOrder column_order;
    bool ignored[KIND_COUNT]; /* kinds that are left as they are */
    const Rename *renames;
    size_t rename_count;
} PlanOptions;

/* One statement. */
typedef struct Step {
    const char *sql;      /* without a semicolon at its end */
    const char *note;     /* what to know about it, one line; NULL: nothing */
    bool loses_data;      /* rows or values go; `note` says which */
    bool outside;         /* it cannot run in a transaction block */
    bool commit_before;   /* what came before it is committed first: it holds a strong lock */
    const Object *object; /* what it is about */
} Step;

/* A query to be asked before the first write: how many rows would make a step fail. */
typedef struct Precheck {
    const char *title; /* "users.email: rows that are NULL" */
    const char *sql;   /* SELECT count(*) …: one number, 0 is good */
    const Object *object;
} Precheck;

/* A difference that has no step. */
typedef struct Refusal {
    const Object *object;
    const char *reason; /* "…: why, and what to do" */
} Refusal;

typedef enum { CHANGE_CREATE, CHANGE_DROP, CHANGE_ALTER, CHANGE_REPLACE, CHANGE_RENAME } ChangeType;

/* One difference, for summaries. */
typedef struct Change {
    ChangeType type;
    const Object *object; /* of `to`, or for CHANGE_DROP of `from` */
    uint64_t fields;      /* for CHANGE_ALTER and CHANGE_REPLACE: which differ */
    bool caused;          /* nothing of it differs: it steps aside for another one */
} Change;

typedef struct Plan {
    Arena *arena;
    const Catalog *from, *to;
    VEC(Step) steps;
    VEC(Precheck) prechecks;
    VEC(Refusal) refusals;
    VEC(Change) changes;
    bool rebuilds; /* SQLite: foreign keys must be off before the transaction begins */
} Plan;

/* `from` and `to` are of one engine; NULL `options`: the defaults. The plan and its texts are in
 * `arena`. Refusals are no failure: they are in the plan. RUNG_UNSUPPORTED when the engines differ.
 * The catalogs' `other` and `work` are used. */
Code plan_make(Arena *arena, Catalog *from, Catalog *to, const PlanOptions *options,
               Plan **ret_plan, Error *error);

/* The statements as a script, each with its semicolon and its note as a comment. For SQLite with
 * the transaction and the pragmas around it. Nothing for a plan without steps. */
void plan_print(const Plan *plan, Text *text);

/* One of them, with its note. */
void plan_print_step(const Step *step, Text *text);

/* plan_make for each engine. */
Code plan_postgresql(Plan *plan, Catalog *from, Catalog *to, const PlanOptions *options,
                     Error *error);
Code plan_sqlite(Plan *plan, Catalog *from, Catalog *to, const PlanOptions *options, Error *error);

/* What they fill it with; all texts are copied. */
Step *plan_step(Plan *plan, const Object *object, const char *format, ...) PRINTF_LIKE(3, 4);
void plan_precheck(Plan *plan, const Object *object, const char *title, const char *sql);
void plan_refuse(Plan *plan, const Object *object, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
