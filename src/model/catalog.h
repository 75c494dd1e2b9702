/* All objects of one database, or of a part of it, at one moment. */
#ifndef MODEL_CATALOG_H
#define MODEL_CATALOG_H

#include "base/error.h"
#include "model/kind.h"

/* A cast that can be used for a column whose type changes, beside those through text. */
typedef struct TypeCast {
    const char *source, *target; /* as format_type names them */
    char context;                /* 'i' implicit, 'a' assignment, 'e' explicit */
} TypeCast;

/* That one object needs or wants another, until catalog_finish. */
typedef struct Tie {
    Object *user, *needed;
    bool weak;
} Tie;

struct Catalog {
    Arena *arena;
    Engine engine;
    int version;                  /* of the server, as db_version gives it; 0: not known */
    const char *name;             /* what it is of, for messages */
    const char *user;             /* PostgreSQL: who was connected, and would own what is created */
    bool owned;                   /* owners and grants count: it was a database, not SQL text */
    bool superuser;               /* PostgreSQL: `user` may do everything */
    ObjectList kinds[KIND_COUNT]; /* in key order after catalog_finish */
    size_t count;                 /* objects of all kinds */
    VEC(TypeCast) casts;
    Object **index; /* by key, open addressing; a power of two */
    size_t index_room;
    Arena *building; /* what is needed until catalog_finish; NULL after it */
    Tie *ties;       /* on the heap, as long */
    size_t tie_count, tie_room;
};

/* An empty catalog; it and all that is put into it are in `arena`, which the caller owns. */
Catalog *catalog_new(Arena *arena, Engine engine, const char *name);

/* Adds an object with these names, all copied. The key is built from kind, parent and names,
 * those of SQLite in lower case. RUNG_FAILED when that key is there already. */
Code catalog_add(Catalog *catalog, KindId kind, const char *schema, const char *name,
                 const char *address, Object *parent, Object **ret_object, Error *error);

/* The object with this key, or NULL. */
Object *catalog_find(const Catalog *catalog, const char *key);

/* The same for a kind without parents and addresses, by its names; `schema` may be NULL. */
Object *catalog_find_name(const Catalog *catalog, KindId kind, const char *schema,
                          const char *name);

/* `user` cannot be without `needed`; said twice or of itself is no error. */
void catalog_need(Catalog *catalog, Object *user, Object *needed);

/* `user` reads `needed` when it runs. */
void catalog_want(Catalog *catalog, Object *user, Object *needed);

/* Sorts each kind by key, and fills `needs`, `wants`, `users` and `children`, which are empty
 * before. Called once, at the end; a catalog that is thrown away before is given to
 * catalog_drop. */
void catalog_finish(Catalog *catalog);
void catalog_drop(Catalog *catalog); /* NULL is accepted; the catalog's arena stays */

/* Gives an object another name, and it and its children the keys that follow from it. When all
 * names are given, catalog_sort puts the catalog in order again. */
void catalog_rename(Catalog *catalog, Object *object, const char *name);
void catalog_sort(Catalog *catalog);

/* The object's struct: `CATALOG_AS(Table, object)`. */
#define CATALOG_AS(s, object) ((s *)(void *)(object))

#define CATALOG_EACH(catalog, k, object)                                                           \
    for (size_t object##_i = 0; object##_i < (catalog)->kinds[k].count &&                          \
                                ((object) = (catalog)->kinds[k].at[object##_i], true);             \
         object##_i++)

/* ---- fields ---- */

static inline void *field_at(const Object *object, const Field *field)
{
    return (char *)(uintptr_t)object + field->offset;
}

bool field_equal(const Field *field, const Object *a, const Object *b);

/* One bit for each field that differs, OBJECT_FIELDS first; QUIET ones and, unless both catalogs
 * are `owned`, owner and acl left out (an owner that is NULL on either side counts as equal). */
uint64_t object_compare(const Object *a, const Object *b, bool owned);

/* The bit of a field, by its name; 0 if the kind has none of that name. */
uint64_t field_bit(KindId kind, const char *name);

#endif
