/* What went wrong, where, why, and what to do: filled once, at the place that knows most.
 * An Error is a plain value: no ownership, copied by assignment. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/base.h"
#include "rung/error.h"

typedef rung_code Code;

typedef struct Error {
    Code code;
    char message[1024];
    char detail[1024]; /* the server's own DETAIL and CONTEXT, or a longer list */
    char hint[512];    /* what to do */
    char sqlstate[6];  /* "" when there is none */
    char file[512];    /* where it stands in the user's files; "" when nowhere */
    int line;          /* 1-based; 0: not known */
    char revision[128];
    char statement[512]; /* the beginning of the statement that failed */
} Error;

/* Replaces what `error` holds and returns `code`: `return error_set(error, RUNG_CONFIG, …);` */
Code error_set(Error *error, Code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same with a place in a file; `line` is 1-based. */
Code error_at(Error *error, Code code, const char *file, int line, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* Adds to an error already set; each returns the error's code. */
Code error_hint(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);
Code error_detail(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_statement(Error *error, const char *sql, size_t length);

/* One row of RUNG_CODES. */
const char *error_code_name(Code code);
int error_code_exit(Code code);
const char *error_code_doc(Code code);

#endif
