/* status --lifecycle: how many wait to be erased, and what needs somebody. */
#include "api/life.h"

Code life_status(Verb *verb, Error *error)
{
    Life life;
    return life_look(verb, &life, error);
}
