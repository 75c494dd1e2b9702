/* PostgreSQL's enums on SQLite: a column of such a type is text, with a CHECK for its labels.
 *
 * A statement is translated alone, so what CREATE TYPE … AS ENUM said is remembered here, and put
 * into the statements behind it before they are translated. */
#ifndef SOURCE_ENUMS_H
#define SOURCE_ENUMS_H

#include "base/error.h"
#include "base/vec.h"

typedef struct EnumType {
    const char *name;   /* as stored, without a schema */
    const char *labels; /* "'a', 'b'", as SQL */
} EnumType;

typedef struct EnumTypes {
    VEC(EnumType) list;
} EnumTypes;

/* Remembers it and returns true if the statement is CREATE TYPE … AS ENUM. */
bool enums_take(EnumTypes *types, Arena *arena, const char *sql, size_t length);

/* The statement with text in place of the types, and no casts to them; CREATE TABLE and ADD COLUMN
 * get the CHECKs. The same text when it names none of them. */
const char *enums_replace(const EnumTypes *types, Arena *arena, const char *sql, size_t length,
                          size_t *ret_length);

#endif
