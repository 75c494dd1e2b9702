/* A growing array inside an arena: `VEC(char *) names = {0}; *vec_add(arena, &names) = name;` */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *at;                                                                                     \
        size_t count, room;                                                                        \
    }

/* The address of a new zeroed element at the end. It may move when the next one is added. */
#define vec_add(arena, vec)                                                                        \
    ((vec)->at = vec_grow((arena), (vec)->at, (vec)->count, &(vec)->room, sizeof *(vec)->at),      \
     (vec)->at + (vec)->count++)

static inline void *vec_grow(Arena *arena, void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    *room = *room ? *room * 2 : 8;
    void *larger = arena_alloc_array(arena, *room, size);
    if (count)
        memcpy(larger, at, count * size);
    return larger;
}

#endif
