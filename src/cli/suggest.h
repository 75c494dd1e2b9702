/* "did you mean": the name that was probably meant. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include "base/base.h"

/* Collects the nearest of many names: start with {.word = word}. */
typedef struct Suggestion {
    const char *word;
    const char *name; /* the nearest so far; NULL: none is near enough */
    size_t distance;
} Suggestion;

/* Offers a name; among equally near ones the first stays. */
void suggest_offer(Suggestion *suggestion, const char *name);

#endif
