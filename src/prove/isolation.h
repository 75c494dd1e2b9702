/* Whether one tenant reaches another's rows: tried with made-up rows of two tenants, in a
 * transaction that is rolled back.
 *
 * PostgreSQL, without queries: each table with the tenant column × select, insert, update, delete,
 * as the application's role, and what the catalog says of ways around the policies (PostgreSQL
 * manual, "Row Security Policies"). With queries, on both engines: each query of the application
 * that touches such a table is run as one tenant, with the other's rows there and away: nothing may
 * differ. */
#ifndef PROVE_ISOLATION_H
#define PROVE_ISOLATION_H

#include "prove/queries.h"
#include "prove/tenants.h"
#include "source/source.h"

typedef enum { REACH_SELECT, REACH_INSERT, REACH_UPDATE, REACH_DELETE, REACH_COUNT } Reach;

typedef enum {
    CELL_OK,
    CELL_LEAK,
    CELL_NO_POLICY, /* the role has the right, and no policy lets it use it */
    CELL_NO_RIGHT,  /* the role was never given it */
    CELL_UNPROVEN,
    CELL_NONE, /* not asked: a view is only read */
} CellState;

const char *cell_word(CellState state); /* "ok", "LEAK", "no policy", … */
const char *reach_word(Reach reach);    /* "select" */

typedef struct IsolationCell {
    CellState state;
    const char *why; /* of what is not ok */
} IsolationCell;

typedef struct IsolationTable {
    const char *name;
    IsolationCell cells[REACH_COUNT];
} IsolationTable;

typedef struct IsolationQuery {
    const AppQuery *query;
    const char *touches; /* the tables with the tenant column, "task, note" */
    IsolationCell cell;
} IsolationQuery;

/* What stands in the catalog, or was seen, and what to do about it. */
typedef struct IsolationFinding {
    bool counts;      /* it opens a way to other tenants' rows; else it is worth to know */
    const char *kind; /* "owner", "key", "definer", … */
    const char *object, *what, *fix;
} IsolationFinding;

/* How the session says who the tenant is: {tenant} in `value` stands for it. */
typedef struct TenantSetting {
    const char *name, *value;
} TenantSetting;

typedef VEC(TenantSetting) TenantSettingList;

typedef struct IsolationOptions {
    const char *column, *role;  /* role NULL: that of the connection */
    TenantSettingList settings; /* none: the policies are read for it */
    SourceFilter filter;
    const AppQueryList *queries; /* NULL: tables × verbs */
    int lock_timeout_ms, statement_timeout_ms;
} IsolationOptions;

typedef struct Isolation {
    const char *role; /* that it was tried as; SQLite: NULL */
    TenantSettingList settings;
    VEC(IsolationTable) tables;
    VEC(IsolationQuery) queries;
    VEC(IsolationFinding) findings;
    size_t apart; /* queries that touch no such table */
} Isolation;

/* RUNG_UNKNOWN when no table has the column; RUNG_USAGE when it is not known how the tenant is told
 * to the session. Nothing stays in the database, whatever the outcome. */
Code isolation_prove(Db *db, Arena *arena, const IsolationOptions *options,
                     Isolation *ret_isolation, Error *error);

/* How many cells and findings stand in the way. */
size_t isolation_count(const Isolation *isolation);

#endif
