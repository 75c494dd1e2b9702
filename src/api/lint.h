/* A run of lint over files: what lint and --fix share. */
#ifndef API_LINT_H
#define API_LINT_H

#include "api/project.h"
#include "lint/lint.h"

typedef struct LintJob LintJob;
struct LintJob {
    Verb *verb;
    VEC(LintFile) files; /* plain ones */
    bool *judged;        /* by Revision.order */
    const bool *applied; /* the same; NULL: not known */
    bool engines[ENGINE_COUNT];
    bool guessed; /* no target says which engines */
    Engine first; /* that of the target; plain files are judged for it */
    Lint *lints[ENGINE_COUNT];

    /* Called behind each file that was judged; NULL: nobody. */
    Code (*each)(LintJob *job, Lint *lint, const LintFile *file, Error *error);
};

/* Judges what the arguments name. The lints are filled on success; lint_done frees them. */
Code lint_run(LintJob *job, Error *error);
void lint_done(LintJob *job);

/* --fix: writes the safe form into files that the database does not have. What was read of the
 * folder is forgotten. */
Code lint_fix_all(Verb *verb, Error *error);

#endif
