/* The sections of a revision file, from the difference between two schemas. */
#ifndef API_GENERATE_H
#define API_GENERATE_H

#include "api/compare.h"

/* How the two sides come about, when it is not from the parent to the schema file. */
typedef struct Generator {
    /* Reads both for one engine; `from` says which revision. */
    Code (*load)(void *context, Verb *verb, Side *from, Side *to, Error *error);
    /* Lines behind the statements of a section; may be NULL. */
    void (*remark)(void *context, Engine engine, bool down, Text *text);
    /* Sections with checks, each headed by `heading` and a title; may be NULL. */
    void (*check)(void *context, Engine engine, const char *heading, Text *text);
    void *context;
} Generator;

/* What leads from the schema of `parent` (NULL: from nothing) to the schema file, for each engine
 * of the targets, as the sections of a revision file; NULL when there is no difference.
 * `generator` NULL: as said. RUNG_REFUSED with each difference named that has no statement. */
Code generate_sections(Verb *verb, const Revision *parent, const Generator *generator,
                       const char **ret_sections, Error *error);

#endif
