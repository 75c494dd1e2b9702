/* What the files of the isolation proof share. */
#ifndef PROVE_ISOLATION_PARTS_H
#define PROVE_ISOLATION_PARTS_H

#include "prove/isolation.h"

typedef struct Proof {
    Db *db;
    Arena *arena;
    const IsolationOptions *options;
    Isolation *result;
    Tenants tenants;
} Proof;

/* Nobody: the settings are empty, as RESET leaves them. */
enum { TENANT_NOBODY = TENANT_COUNT };

typedef struct Attempt {
    bool failed;
    Error error;
    int64_t changed;
    const char *cell; /* the first of the rows; NULL: none, or NULL */
    DbRows rows;
    const char *after; /* the same of `Try.after` */
} Attempt;

typedef struct Try {
    const char *sql;
    const char *const *params;
    size_t param_count;
    TenantId tenant;   /* who the session says it is; TENANT_NOBODY too */
    bool untold;       /* the session was never told a tenant */
    const char *after; /* then asked by the connection's own role, as TENANT_A; NULL: nothing */
} Try;

/* Runs it as the application's role, and takes it back. */
Code proof_try(Proof *proof, const Try *try, Attempt *ret_attempt, Error *error);

/* As the connection's own role, for the rows that are made. */
Code proof_tell(Proof *proof, TenantId tenant, Error *error);

const char *proof_text(Proof *proof, const char *format, ...) PRINTF_LIKE(2, 3);

IsolationFinding *proof_find(Proof *proof, bool counts, const char *kind, const char *object);

/* The first cell of one row that a query with these parameters gives; NULL: none. */
Code proof_ask(Proof *proof, const char *sql, const char *const *params, size_t count,
               const char **ret_cell, Error *error);

bool proof_takes(const Proof *proof, const FillTable *table);
/* "user_id" = 'a' of the tenant; in the arena. */
const char *proof_where(Proof *proof, const FillTable *table, size_t column, TenantId tenant);

/* isolation_settings.c: reads the policies for how they know the tenant. */
Code settings_find(Proof *proof, Error *error);

/* isolation_matrix.c: tables × verbs. */
Code matrix_prove(Proof *proof, Error *error);

/* isolation_views.c: views that have the column. */
Code views_prove(Proof *proof, Error *error);

/* isolation_find.c: ways around the policies, from the catalog. */
Code ways_find(Proof *proof, Error *error);

/* isolation_queries.c: the application's queries. */
Code app_queries_prove(Proof *proof, Error *error);

#endif
