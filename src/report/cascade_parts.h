/* The forms of a cascade for programs. */
#ifndef REPORT_CASCADE_PARTS_H
#define REPORT_CASCADE_PARTS_H

#include "report/cascade.h"

Value *cascades_value(Cascade *const *cascades, size_t count);

/* Graphviz, and Mermaid's flowchart: a table once, a key as an arrow to the table that has it. */
void cascade_dot(const Cascade *cascade, Text *text);
void cascade_mermaid(const Cascade *cascade, Text *text);

#endif
