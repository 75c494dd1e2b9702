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

/* Room for `wanted` elements, without the copies that growth leaves behind in the arena. */
#define vec_reserve(arena, vec, wanted)                                                            \
    ((vec)->at =                                                                                   \
         vec_room((arena), (vec)->at, (vec)->count, &(vec)->room, (wanted), sizeof *(vec)->at))

static inline void *vec_room(Arena *arena, void *at, size_t count, size_t *room, size_t wanted,
                             size_t size)
{
    if (wanted <= *room)
        return at;
    void *larger = arena_alloc_array(arena, wanted, size);
    if (count)
        memcpy(larger, at, count * size);
    *room = wanted;
    return larger;
}

static inline void *vec_grow(Arena *arena, void *at, size_t count, size_t *room, size_t size)
{
    return count < *room ? at : vec_room(arena, at, count, room, *room ? *room * 2 : 8, size);
}

#endif
