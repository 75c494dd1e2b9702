/* Tables, their columns and their foreign keys as a picture, in a language that draws it. */
#ifndef REPORT_ERD_H
#define REPORT_ERD_H

#include "report/types.h"

/* Mermaid's erDiagram. Its names of columns and types hold letters of ASCII, digits, _ and -: any
 * other becomes _, and the real name stands in the column's comment. */
void erd_mermaid(Types *types, Text *text);

/* Graphviz: a table for each table, a cluster for each schema where there are several. */
void erd_dot(Types *types, Text *text);

/* "PK", "FK", "UK" or several of them, separated by commas; "" for none. */
const char *erd_marks(Arena *arena, const Entity *entity, const TypedColumn *column);

#endif
