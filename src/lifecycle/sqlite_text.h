/* What the text of SQLite's statements says and no pragma tells. */
#ifndef LIFECYCLE_SQLITE_TEXT_H
#define LIFECYCLE_SQLITE_TEXT_H

#include "base/error.h"
#include "base/vec.h"

typedef struct KeyText {
    const char *name; /* of the constraint, or NULL */
    bool deferrable, deferred;
} KeyText;

typedef VEC(KeyText) KeyTexts;

/* The foreign keys of a CREATE TABLE in the order of its text. */
Code key_texts_read(Arena *arena, const char *sql, KeyTexts *ret_texts, Error *error);

/* Whether a CREATE TRIGGER fires before a DELETE and may leave its row out: RAISE(IGNORE). */
bool trigger_swallows(const char *sql);

#endif
