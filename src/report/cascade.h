/* What a DELETE reaches, as text, JSON and diagrams; and whether keys do what they should. */
#ifndef REPORT_CASCADE_H
#define REPORT_CASCADE_H

#include "lifecycle/cascade.h"
#include "report/report.h"

typedef enum { CASCADE_TREE, CASCADE_JSON, CASCADE_DOT, CASCADE_MERMAID } CascadeFormat;

/* The drawings of one or several roots; `classes`: a column with what lifecycle.relations says. */
void report_cascades(Report *report, Cascade *const *cascades, size_t count, CascadeFormat format,
                     bool classes);

/* A key, and what is wanted of it. */
typedef struct KeyVerdict {
    const TableKey *key; /* NULL: there is none */
    const char *title;
    RelationClass wanted; /* RELATION_NONE: nobody said */
    bool good;
    const char *reason; /* of a failure, or NULL */
} KeyVerdict;
typedef VEC(KeyVerdict) KeyVerdicts;

/* A line for each, and the counts. Returns how many failed. */
size_t report_key_verdicts(Report *report, const KeyVerdicts *verdicts);

/* Sections of a revision file, each headed by `heading` and a title: the keys by their classes, and
 * that no other key to `root` does anything but cascade. */
void report_key_checks(Engine engine, const char *heading, const KeyVerdicts *keys, Text *text);
void report_root_check(Engine engine, const char *heading, const KeyTable *root, Text *text);

#endif
