/* Edit distance (Damerau's, adjacent swaps included) in three rows on the stack. */
#include "base/names.h"

enum { LENGTH_LIMIT = 127 };

static int lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static uint8_t least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return (uint8_t)(ab < c ? ab : c);
}

size_t name_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    uint8_t rows[3][LENGTH_LIMIT + 1];
    if (a_length > LENGTH_LIMIT || b_length > LENGTH_LIMIT)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a_length; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b_length; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = least(above[j] + 1u, row[j - 1] + 1u, above[j - 1] + (same ? 0u : 1u));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]) && two_above[j - 2] + 1 < row[j])
                row[j] = (uint8_t)(two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void near_start(Near *near, const char *wanted, size_t length)
{
    *near = (Near){.wanted = wanted, .length = length};
}

void near_add(Near *near, const char *name, size_t distance)
{
    size_t i = near->count;
    while (i && near->distances[i - 1] > distance)
        i--;
    if (i == NEAR_COUNT)
        return;
    size_t kept = near->count < NEAR_COUNT ? near->count : NEAR_COUNT - 1;
    memmove(near->names + i + 1, near->names + i, (kept - i) * sizeof *near->names);
    memmove(near->distances + i + 1, near->distances + i, (kept - i) * sizeof *near->distances);
    near->names[i] = name;
    near->distances[i] = distance;
    near->count = kept + 1;
}

/* The beginning of a name is near it. Else a third of a short word may be wrong; of a timestamp,
 * three digits. */
void near_offer(Near *near, const char *name)
{
    if (near->length >= 3 && strncmp(near->wanted, name, near->length) == 0 && name[near->length]) {
        near_add(near, name, 1);
        return;
    }
    size_t limit = near->length < 8 ? 1 + near->length / 4 : 3;
    size_t length = strlen(name);
    if (length > near->length + limit || near->length > length + limit)
        return;
    size_t distance = name_distance(near->wanted, near->length, name, length);
    if (distance <= limit && distance < length)
        near_add(near, name, distance);
}

void names_print(Text *text, const char *const *names, size_t count, const char *last)
{
    size_t shown = count <= NAMES_SHOWN ? count : NAMES_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        if (i && i + 1 == count)
            text_print(text, " %s ", last);
        else if (i)
            text_put(text, ", ");
        text_put(text, names[i]);
    }
    if (shown < count)
        text_print(text, " and %zu more", count - shown);
}
