/* Names in messages: what somebody may have meant, and lists that stay readable. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include "base/text.h"

enum { NEAR_COUNT = 3, NAMES_SHOWN = 20 };

/* The names offered that are nearest to `wanted`, best first; of equals, the one offered first. */
typedef struct Near {
    const char *wanted;
    size_t length;
    const char *names[NEAR_COUNT];
    size_t distances[NEAR_COUNT];
    size_t count;
} Near;

/* How many bytes to insert, delete, replace or swap with the next, letter case left aside;
 * SIZE_MAX when either text is longer than 127 bytes. */
size_t name_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/* `wanted` and the names offered are not copied. */
void near_start(Near *near, const char *wanted, size_t length);
void near_offer(Near *near, const char *name);

/* Takes `name` for near, whatever its distance. */
void near_add(Near *near, const char *name, size_t distance);

/* "a, b and c", where `last` is "and". Of more than NAMES_SHOWN names the first so many are read,
 * and it says how many more there are. */
void names_print(Text *text, const char *const *names, size_t count, const char *last);

#endif
