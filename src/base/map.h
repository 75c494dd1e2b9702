/* Strings to pointers, inside an arena. Keys are copied; values are the caller's. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

typedef struct Map Map;

Map *map_new(Arena *arena);

/* The value of `key`, or NULL. */
void *map_get(const Map *map, const char *key);

/* Sets or replaces; `value` is not NULL. Returns the value that was there before, or NULL. */
void *map_set(Map *map, const char *key, void *value);

size_t map_count(const Map *map);

#endif
