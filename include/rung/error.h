/* Every outcome that rung can report: one row each, with the exit status of the program and what
 * the outcome means. The manual page and the reference print these rows. */
#ifndef RUNG_ERROR_H
#define RUNG_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define RUNG_CODES(C)                                                                              \
    C(OK,          0, "done")                                                                      \
    C(FAILED,      1, "the database refused a statement; nothing half-done is hidden")             \
    C(CONNECT,     1, "no connection to the database, or it was lost")                             \
    C(MISMATCH,    1, "the database and the revision files do not agree")                          \
    C(UNSUPPORTED, 1, "the database server or library is not one that rung supports")              \
    C(INTERRUPTED, 1, "the run was interrupted; what was under way was rolled back")               \
    C(FILE,        1, "a file could not be read or written")                                       \
    C(REFUSED,     1, "what was asked for is refused; nothing was changed")                            \
    C(LIMIT,       1, "the input is larger than rung accepts")                                     \
    C(USAGE,       2, "the command line is wrong")                                                 \
    C(CONFIG,      2, "a setting, a URL or the configuration file is wrong")                       \
    C(REVISION,    2, "a revision file or the revision graph is wrong")                            \
    C(UNKNOWN,     2, "no such revision, target or command")                                       \
    C(FOUND,       3, "check found something")                                                     \
    C(HAZARD,      4, "lint or rehearsal found a hazard over the budget")                          \
    C(LOCKED,      5, "another run holds the lock")                                                \
    C(INVALID,     6, "validation failed")
/* clang-format on */

typedef enum rung_code {
#define RUNG_CODE_TAG(name, exit, doc) RUNG_##name,
    RUNG_CODES(RUNG_CODE_TAG)
#undef RUNG_CODE_TAG
        RUNG_CODE_COUNT
} rung_code;

#ifdef __cplusplus
}
#endif
#endif
