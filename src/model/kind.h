/* The kinds of database objects, each a list of fields in kinds.h: structs, descriptors and the
 * registry grow from those lists. */
#ifndef MODEL_KIND_H
#define MODEL_KIND_H

#include "base/engine.h"
#include "base/vec.h"
#include "model/field.h"

typedef struct Object Object;
typedef struct Catalog Catalog;
typedef VEC(Object *) ObjectList;

/* Other objects of the same catalog; `room` is what is counted before there is memory for them. */
typedef struct Links {
    Object **at;
    uint32_t count, room;
} Links;

/* What every object has. Its kind's own fields follow behind it in memory. */
struct Object {
    uint16_t kind;       /* a KindId */
    const char *key;     /* unique in its catalog: "column/public/users/email" */
    const char *title;   /* how SQL calls it: "FOREIGN TABLE", "PROCEDURE"; the kind's if not set */
    const char *schema;  /* NULL: it stands in none, or in its parent's */
    const char *name;    /* as stored, not quoted */
    const char *address; /* what names it besides its name: argument types, cast types; or NULL */
    Object *parent;      /* the table of a column, the type of a domain constraint; or NULL */

    /* OBJECT_FIELDS */
    T_TEXT owner; /* NULL: not said by the source, or the kind has none */
    T_LIST acl;   /* "grantee=privilege" or "grantee=privilege*", sorted; the owner is "" */
    T_TEXT comment;
    T_LIST labels; /* security labels: "provider=label" */

    Links needs;    /* it cannot be without these; in the same catalog */
    Links wants;    /* it reads these when it runs: function bodies */
    Links users;    /* the other way round of `needs`, set by catalog_finish */
    Links children; /* whose parent it is, by kind and key; set by catalog_finish */

    Object *other; /* its counterpart while two catalogs are compared */
    void *work;    /* of who works on the catalog */
};

#define OBJECT_FIELDS(F, s)                                                                        \
    F(s, TEXT, owner, ALTER, "role that owns it")                                                  \
    F(s, LIST, acl, ALTER, "privileges granted on it")                                             \
    F(s, TEXT, comment, ALTER, "comment")                                                          \
    F(s, LIST, labels, ALTER, "security labels")

enum { OBJECT_FIELD_COUNT = 4 };

#include "model/kinds.h"

#define KIND_TAG(K, s, name, title, address, space) KIND_##K,
typedef enum { KINDS(KIND_TAG) KIND_COUNT } KindId;

#define KIND_MEMBER(s, T, n, how, doc) T_##T n;
#define KIND_STRUCT(K, s, name, title, address, space)                                             \
    typedef struct s {                                                                             \
        Object head;                                                                               \
        K##_FIELDS(KIND_MEMBER, s)                                                                 \
    } s;
KINDS(KIND_STRUCT)

typedef struct Kind {
    const char *name;    /* "foreign_data_wrapper": in keys, JSON and --ignore */
    const char *title;   /* "FOREIGN DATA WRAPPER" */
    const char *address; /* see kinds.h */
    char space;          /* kinds with the same letter cannot have objects of the same name */
    Engine engine;
    size_t size;
    const Field *fields; /* OBJECT_FIELDS first, then its own */
    size_t field_count;  /* at most 64 */
} Kind;

extern const Kind kinds[KIND_COUNT];

/* The kind by its name; KIND_COUNT if there is none. */
KindId kind_find(const char *name);

#endif
