/* What the files of the linter share; rules do not include it. */
#ifndef LINT_LINT_PARTS_H
#define LINT_LINT_PARTS_H

#include "lint/rule.h"

/* A finding with its place in the section. */
typedef struct LintFinding {
    Hazard hazard;
    size_t offset; /* of the statement; SIZE_MAX: none */
} LintFinding;

struct Lint {
    Arena *arena; /* of the findings */
    Arena *own;   /* of what is known */
    Arena *spare; /* of the file at hand */
    LintOptions options;
    Known *known; /* PostgreSQL */
    Lite lite;    /* SQLite */
    HazardList hazards;
    LintCounts counts;
    const LintFile *file;
    LintScript script, down;
    VEC(LintFinding) findings; /* of the file at hand */
};

#endif
