/* Passwords on the command line: gone from the process title before anything else happens. */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "base/arena.h"

/* Overwrites with '*' what looks like a password: scheme://user:PASSWORD@ and password=PASSWORD,
 * quoted or not. It would rather cover too much than too little. */
void secret_cover(char *text);

/* The same for a copy, for messages that repeat what the user typed. */
const char *secret_covered(Arena *arena, const char *text);

/* Copies the words of the command line into `arena` and covers the passwords in `own`, which is
 * the memory that `ps` shows. */
char **secret_take(Arena *arena, int count, char **own);

#endif
