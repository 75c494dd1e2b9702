/* Blocks in a list, filled from the front; a large request gets a block of its own. The first block
 * is small, since a run has thousands of small arenas. */
#include "base/arena.h"

enum { FIRST_SIZE = 2 * 1024, BLOCK_SIZE = 16 * 1024, ALIGNMENT = 8 };
_Static_assert(FIRST_SIZE * 2 >= BLOCK_SIZE / 4, "any request that is not large fits a new block");

typedef struct Block {
    struct Block *next;
    size_t used, size;
    _Alignas(ALIGNMENT) char data[];
} Block;

struct Arena {
    Block *block;
};

void arena_exhausted(void)
{
    fputs("rung: out of memory\n", stderr);
    abort();
}

static Block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(Block))
        arena_exhausted();
    Block *block = calloc(1, sizeof(Block) + size);
    if (!block)
        arena_exhausted();
    block->size = size;
    return block;
}

Arena *arena_new(void)
{
    Arena *arena = calloc(1, sizeof(Arena));
    if (!arena)
        arena_exhausted();
    arena->block = block_new(FIRST_SIZE);
    return arena;
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    for (Block *block = arena->block, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

/* A large block goes behind the current one, so that the rest of the current one is still used. */
static void *alloc_large(Arena *arena, size_t size)
{
    Block *block = block_new(size);
    block->used = size;
    block->next = arena->block->next;
    arena->block->next = block;
    return block->data;
}

/* Strings stand close together: they need no alignment. */
static void *alloc_from(Arena *arena, size_t size, size_t alignment)
{
    if (size > BLOCK_SIZE / 4)
        return alloc_large(arena, size);
    arena->block->used = (arena->block->used + alignment - 1) & ~(alignment - 1);
    if (arena->block->used > arena->block->size || arena->block->size - arena->block->used < size) {
        size_t twice = arena->block->size * 2;
        Block *block = block_new(twice < BLOCK_SIZE ? twice : BLOCK_SIZE);
        block->next = arena->block;
        arena->block = block;
    }
    void *bytes = arena->block->data + arena->block->used;
    arena->block->used += size;
    return bytes;
}

void *arena_alloc(Arena *arena, size_t size)
{
    return alloc_from(arena, size, ALIGNMENT);
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        arena_exhausted();
    return arena_alloc(arena, count * size);
}

char *arena_copy(Arena *arena, const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        arena_exhausted();
    char *copy = alloc_from(arena, length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_string(Arena *arena, const char *string)
{
    return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

char *arena_print_list(Arena *arena, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    if (length < 0)
        arena_exhausted();
    char *string = alloc_from(arena, (size_t)length + 1, 1);
    vsnprintf(string, (size_t)length + 1, format, again);
    va_end(again);
    return string;
}

char *arena_print(Arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *string = arena_print_list(arena, format, list);
    va_end(list);
    return string;
}
