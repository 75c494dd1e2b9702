/* The types of an object's fields. Every verb on objects (compare, copy, JSON) is written once for
 * each of these types, not once for each kind of object. */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include "base/arena.h"

/* Texts in an order that counts; lists whose order does not count are sorted by their source. */
typedef struct List {
    const char **at;
    size_t count;
} List;

typedef const char *T_TEXT; /* NULL: not set; never "" */
typedef bool T_BOOL;
typedef int64_t T_INT;
typedef List T_LIST;

typedef enum { TEXT, BOOL, INT, LIST, FIELD_TYPE_COUNT } FieldType;

/* What a change of a field asks for. */
typedef enum {
    ALTER,   /* it is changed in place */
    REBUILD, /* the object is dropped and created again */
    QUIET,   /* it is not compared */
} FieldChange;

typedef struct Field {
    const char *name, *doc;
    FieldType type;
    FieldChange change;
    size_t offset;
} Field;

bool list_equal(const List *a, const List *b);
bool list_has(const List *list, const char *text);

#endif
