/* Rows of two tenants, one of each in every table that is asked for, in the transaction that is
 * open, with the rows that they reference. */
#ifndef PROVE_TENANTS_H
#define PROVE_TENANTS_H

#include "prove/fill_values.h"

typedef enum { TENANT_A, TENANT_B, TENANT_COUNT } TenantId;

typedef struct TenantRow {
    const char **values; /* SQL constants in the order of the table's columns; NULL: no row */
    const char *reason;  /* why there is none; NULL: not tried yet */
    bool busy;
} TenantRow;

typedef struct Tenants Tenants;

/* Told of a row that is going to be stored: the values are those that it will have. What it does to
 * the database it takes back. */
typedef Code TenantDraft(void *context, const FillTable *table, const char *const *values,
                         Error *error);

struct Tenants {
    Db *db;
    Arena *arena;
    FillTableList tables;
    const char *values[TENANT_COUNT];    /* of the tenant column, as text */
    const char *constants[TENANT_COUNT]; /* the same as SQL */
    TenantRow *rows[TENANT_COUNT];       /* of each table */
    TenantDraft *draft;                  /* NULL: nobody wants to know */
    void *context;
};

/* Reads the tables, and chooses two values for the columns of this name: of a kind that real rows
 * hardly have, or constants that the database itself allows. */
Code tenants_read(Db *db, Arena *arena, const char *column, Tenants *ret_tenants, Error *error);

/* Whether the table has a column that says whose its rows are, by that name; its index. */
bool tenants_column(const FillTable *table, const char *column, Engine engine, size_t *ret_index);

/* The tenant's row of the table at `index`; RUNG_OK also when there can be none: its `reason` says
 * why then. */
Code tenants_make(Tenants *tenants, size_t index, TenantId tenant, Error *error);

/* Behind a rollback: no row is there. */
void tenants_forget(Tenants *tenants);

/* "INSERT INTO …" of such a row; `left_out`, of the columns, may be NULL. */
const char *tenants_insert(Arena *arena, Engine engine, const FillTable *table,
                           const char *const *values, const bool *left_out);

#endif
