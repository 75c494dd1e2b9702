/* The one place where names and constants become SQL text; the same for both engines. */
#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

#include "base/text.h"

/* "name", always quoted, quotes doubled. */
void sql_add_name(Text *text, const char *name);

/* name, quoted only where a server would read it as something else: as quote_ident() prints it. For
 * PostgreSQL, by the keywords of its newest version (src/include/parser/kwlist.h). */
void sql_add_identifier(Text *text, const char *name);

/* "schema"."name", or "name" when schema is NULL. */
void sql_add_qualified(Text *text, const char *schema, const char *name);

/* 'text', quotes doubled; E'…' never: standard_conforming_strings is on. NULL becomes NULL. */
void sql_add_constant(Text *text, const char *constant);

#endif
