/* PostgreSQL's text output of arrays and access privileges. */
#ifndef SOURCE_PG_TEXT_H
#define SOURCE_PG_TEXT_H

#include "base/arena.h"
#include "model/field.h"

/* The elements of a one-dimensional array in its text form; NULL and "{}" give an empty list.
 * NULL elements are left out. Source: src/backend/utils/adt/arrayfuncs.c, array_out. */
List pg_read_array(Arena *arena, const char *text);

/* Access privileges (aclitem[] as text) as entries "grantee=privilege", with `*` behind when they
 * may be passed on, and "/grantor" when it is not the owner; sorted. The owner is "" and PUBLIC is
 * "PUBLIC". Source: src/backend/utils/adt/acl.c, aclitemout. */
List pg_read_acl(Arena *arena, const char *text, const char *owner);

#endif
