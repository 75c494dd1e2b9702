/* Edit distance with swapped neighbours (optimal string alignment), on short words. */
#include "cli/suggest.h"

enum { WORD_MAX = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t cost[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= a_length; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= b_length; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a_length; i++)
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            cost[i][j] = least(change, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[a_length][b_length];
}

void suggest_offer(Suggestion *suggestion, const char *name)
{
    const char *word = suggestion->word;
    size_t length = strlen(word), name_length = strlen(name);
    if (!length || length > WORD_MAX || name_length > WORD_MAX)
        return;
    bool begins = length >= 3 && strncmp(word, name, length) == 0;
    size_t distance = begins ? 1 : edit_distance(word, length, name, name_length);
    if (distance > 1 + length / 5 || distance >= name_length ||
        (suggestion->name && distance >= suggestion->distance))
        return;
    suggestion->name = name;
    suggestion->distance = distance;
}
