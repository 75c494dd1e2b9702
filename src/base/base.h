/* What every file of rung may rely on: the C library headers that are always needed, attributes,
 * and the C functions that nobody may call. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))
#define NODISCARD                  __attribute__((warn_unused_result))
#define UNUSED                     __attribute__((unused))
#define COUNT(array)               (sizeof(array) / sizeof((array)[0]))

#pragma GCC poison sprintf vsprintf strcpy strcat strncpy strncat strtok atoi atol gets

#endif
