/* What the files of holds share. */
#ifndef LIFECYCLE_HOLD_PARTS_H
#define LIFECYCLE_HOLD_PARTS_H

#include "lifecycle/hold.h"

/* The row with this key, as SQL over `t`; as many values as the key has columns. */
const char *hold_condition(const Life *life, Arena *arena, const KeyTable *table,
                           const KeyNames *values);

#endif
