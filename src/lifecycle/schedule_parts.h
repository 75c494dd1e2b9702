/* What the files of the schedule share. */
#ifndef LIFECYCLE_SCHEDULE_PARTS_H
#define LIFECYCLE_SCHEDULE_PARTS_H

#include "lifecycle/schedule.h"

const char *schedule_number(Arena *arena, int64_t number); /* as a parameter */
const char *schedule_holder(Arena *arena, const Life *life);

#endif
