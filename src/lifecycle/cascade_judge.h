/* What the files of cascade share. */
#ifndef LIFECYCLE_CASCADE_JUDGE_H
#define LIFECYCLE_CASCADE_JUDGE_H

#include "lifecycle/cascade.h"

/* Whether the rows that have this key stay when their parent goes. */
bool key_stops(const TableKey *key);

/* Fills `findings` in the order of their types; `places`: of each table of the graph in
 * cascade->tables, from 1. */
void cascade_judge(Cascade *cascade, const size_t *places, const Lifecycle *lifecycle);

#endif
