/* What an application's query does with its values: which column each is compared with or stored
 * in. Read from the tokens: no grammar knows both engines. */
#ifndef PROVE_BINDINGS_H
#define PROVE_BINDINGS_H

#include "base/engine.h"
#include "base/error.h"
#include "base/vec.h"

typedef enum {
    BIND_UNKNOWN,
    BIND_EQUAL, /* =, IN, IS, and what BETWEEN begins and ends with */
    BIND_LESS,  /* the column is less than it */
    BIND_MORE,
    BIND_LIKE,
    BIND_STORED, /* by INSERT or UPDATE */
    BIND_LIMIT,
    BIND_OFFSET,
} BindType;

typedef struct Binding {
    BindType type;
    size_t param;         /* from 1; 0: a constant */
    const char *name;     /* of a parameter, :user_id is "user_id"; "": none */
    const char *column;   /* NULL: not known */
    const char *owner;    /* what stands in front of it, an alias too; NULL: nothing */
    const char *constant; /* as text; NULL: a parameter */
} Binding;

typedef struct Bindings {
    VEC(Binding) list;
    VEC(const char *) nulls;   /* columns that must be NULL */
    VEC(const char *) words;   /* every name and word, as it was written, without quotes */
    VEC(const char *) aliases; /* a table and its alias, in turn */
    size_t params;
    bool writes, inserts; /* it is no plain SELECT */
} Bindings;

/* RUNG_REVISION for text that cannot be split into tokens. */
Code bindings_read(Arena *arena, Engine engine, const char *sql, Bindings *ret_bindings,
                   Error *error);

#endif
