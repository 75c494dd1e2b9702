/* Objects, their keys and what they need. */
#include "model/catalog.h"
#include "base/text.h"

bool list_equal(const List *a, const List *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->at[i], b->at[i]) != 0)
            return false;
    return true;
}

bool list_has(const List *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

Catalog *catalog_new(Arena *arena, Engine engine, const char *name)
{
    Catalog *catalog = arena_alloc(arena, sizeof *catalog);
    catalog->arena = arena;
    catalog->engine = engine;
    catalog->name = arena_string(arena, name);
    catalog->by_key = map_new(arena);
    return catalog;
}

/* ---- keys ---- */

/* `/` stands between the parts of a key. SQLite tells no `A` from an `a` in names. */
static void add_part(Text *key, const char *part, bool fold)
{
    text_char(key, '/');
    for (; *part; part++) {
        if (*part == '/' || *part == '\\')
            text_char(key, '\\');
        text_char(key, fold && *part >= 'A' && *part <= 'Z' ? (char)(*part - 'A' + 'a') : *part);
    }
}

static void build_key(Text *key, KindId kind, const char *schema, const char *name,
                      const char *address, const Object *parent)
{
    text_put(key, kinds[kind].name);
    if (parent)
        text_put(key, strchr(parent->key, '/'));
    if (schema)
        add_part(key, schema, false);
    add_part(key, name, kinds[kind].engine == ENGINE_SQLITE);
    if (address)
        text_print(key, "(%s)", address);
}

Code catalog_add(Catalog *catalog, KindId kind, const char *schema, const char *name,
                 const char *address, Object *parent, Object **ret_object, Error *error)
{
    Arena *arena = catalog->arena;
    Text key = TEXT_EMPTY;
    build_key(&key, kind, schema, name, address, parent);
    if (catalog_find(catalog, text_string(&key))) {
        error_set(error, RUNG_FAILED, "%s lists %s twice", catalog->name, text_string(&key));
        text_done(&key);
        return RUNG_FAILED;
    }
    Object *object = arena_alloc(arena, kinds[kind].size);
    object->kind = (uint16_t)kind;
    object->key = arena_string(arena, text_string(&key));
    object->title = kinds[kind].title;
    object->schema = arena_string(arena, schema);
    object->name = arena_string(arena, name);
    object->address = arena_string(arena, address);
    object->parent = parent;
    map_set(catalog->by_key, object->key, object);
    *vec_add(arena, &catalog->kinds[kind]) = object;
    catalog->count++;
    text_done(&key);
    *ret_object = object;
    return RUNG_OK;
}

Object *catalog_find(const Catalog *catalog, const char *key)
{
    return map_get(catalog->by_key, key);
}

Object *catalog_find_name(const Catalog *catalog, KindId kind, const char *schema, const char *name)
{
    Text key = TEXT_EMPTY;
    build_key(&key, kind, schema, name, NULL, NULL);
    Object *object = catalog_find(catalog, text_string(&key));
    text_done(&key);
    return object;
}

/* ---- needs ---- */

void catalog_need(Catalog *catalog, Object *user, Object *needed)
{
    if (user != needed)
        *vec_add(catalog->arena, &user->needs) = needed;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(Object *const *)a)->key, (*(Object *const *)b)->key);
}

static void sort_unique(ObjectList *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->at, list->count, sizeof list->at[0], by_key);
    for (size_t i = 0; i < list->count; i++)
        if (!kept || list->at[kept - 1] != list->at[i])
            list->at[kept++] = list->at[i];
    list->count = kept;
}

void catalog_finish(Catalog *catalog)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        sort_unique(&catalog->kinds[kind]);
        for (size_t i = 0; i < catalog->kinds[kind].count; i++) {
            Object *object = catalog->kinds[kind].at[i];
            sort_unique(&object->needs);
            sort_unique(&object->wants);
        }
    }
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        for (size_t i = 0; i < catalog->kinds[kind].count; i++) {
            Object *object = catalog->kinds[kind].at[i];
            if (object->parent)
                *vec_add(catalog->arena, &object->parent->children) = object;
            for (size_t k = 0; k < object->needs.count; k++)
                *vec_add(catalog->arena, &object->needs.at[k]->users) = object;
        }
}

/* ---- fields ---- */

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool field_equal(const Field *field, const Object *a, const Object *b)
{
    const void *left = field_at(a, field), *right = field_at(b, field);
    switch (field->type) {
    case TEXT:
        return text_equal(*(T_TEXT const *)left, *(T_TEXT const *)right);
    case BOOL:
        return *(const T_BOOL *)left == *(const T_BOOL *)right;
    case INT:
        return *(const T_INT *)left == *(const T_INT *)right;
    case LIST:
        return list_equal(left, right);
    default:
        return true;
    }
}

uint64_t object_compare(const Object *a, const Object *b, bool owned)
{
    const Kind *kind = &kinds[a->kind];
    uint64_t changed = 0;
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        if (field->change != QUIET && !field_equal(field, a, b))
            changed |= UINT64_C(1) << i;
    }
    if (!owned)
        changed &= ~(field_bit(a->kind, "owner") | field_bit(a->kind, "acl"));
    else if (!a->owner || !b->owner)
        changed &= ~field_bit(a->kind, "owner");
    return changed;
}

uint64_t field_bit(KindId kind, const char *name)
{
    for (size_t i = 0; i < kinds[kind].field_count; i++)
        if (strcmp(kinds[kind].fields[i].name, name) == 0)
            return UINT64_C(1) << i;
    return 0;
}
