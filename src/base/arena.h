/* Memory that belongs to one result and is freed whole. Nothing in an arena is freed alone. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/base.h"

#include <stdarg.h>

typedef struct Arena Arena;

/* The caller owns the arena. Exhausted memory ends the process through `arena_exhausted`: no
 * function here returns NULL. */
Arena *arena_new(void);

/* Frees the arena and all it gave out; NULL is accepted. */
void arena_free(Arena *arena);

/* Says so on stderr and aborts. */
_Noreturn void arena_exhausted(void);

/* Zeroed bytes, aligned for pointers and 64-bit numbers. */
void *arena_alloc(Arena *arena, size_t size);
void *arena_alloc_array(Arena *arena, size_t count, size_t size);

/* NUL-terminated copies; a NULL string stays NULL. */
char *arena_copy(Arena *arena, const char *bytes, size_t length);
char *arena_string(Arena *arena, const char *string);
char *arena_print(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_print_list(Arena *arena, const char *format, va_list list) PRINTF_LIKE(2, 0);

#endif
