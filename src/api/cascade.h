/* Which keys are to do what: what --fix, --verify and check start from. */
#ifndef API_CASCADE_H
#define API_CASCADE_H

#include "api/edit.h"
#include "lifecycle/cascade.h"
#include "report/cascade.h"

typedef struct KeyWish {
    const TableKey *key;
    RelationClass wanted; /* RELATION_NONE: it is below a subject, and nothing says */
} KeyWish;

typedef struct KeyWishes {
    VEC(KeyWish) list;
    NameList absent;  /* tables that were named, and do not exist */
    NameList keyless; /* … that have no key of this sort */
} KeyWishes;

/* Whether rung.yaml says what is wanted of keys. */
bool cascade_has_classes(const Verb *verb);

/* Gives the keys their classes, if rung.yaml has any. */
Code cascade_classify(Verb *verb, KeyGraph *graph, Error *error);

/* --root, or the tables of lifecycle.subjects. RUNG_USAGE when there is neither. */
typedef VEC(KeyTable *) RootList;
Code cascade_roots(Verb *verb, const KeyGraph *graph, RootList *ret_roots, Error *error);

/* By --action and --table, or by the classes. RUNG_USAGE when nothing says what is wanted. */
Code cascade_wishes(Verb *verb, KeyGraph *graph, KeyWishes *ret_wishes, Error *error);

/* Writes a revision that grants the wishes. */
Code cascade_fix(Verb *verb, Error *error);

/* What rung.yaml's lifecycle finds wrong with the keys of the database; nothing without it. */
Code cascade_find(Verb *verb, FindingList *findings, Error *error);

#endif
