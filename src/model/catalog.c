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
    catalog->building = arena_new();
    catalog->index_room = 1024;
    catalog->index = arena_alloc_array(catalog->building, catalog->index_room, sizeof(Object *));
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

/* ---- the index ---- */

static Object **slot_of(Object **index, size_t room, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *at = key; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    size_t i = (size_t)(hash ^ hash >> 32) & (room - 1);
    while (index[i] && strcmp(index[i]->key, key) != 0)
        i = (i + 1) & (room - 1);
    return &index[i];
}

/* Grown in the arena for building; the last one moves to the catalog's own. */
static void index_move(Catalog *catalog, Arena *arena, size_t room)
{
    Object **larger = arena_alloc_array(arena, room, sizeof(Object *));
    for (size_t i = 0; i < catalog->index_room; i++)
        if (catalog->index[i])
            *slot_of(larger, room, catalog->index[i]->key) = catalog->index[i];
    catalog->index = larger;
    catalog->index_room = room;
}

static const char *kept_schema(Catalog *catalog, KindId kind, const char *schema)
{
    const ObjectList *list = &catalog->kinds[kind];
    const char *last = list->count ? list->at[list->count - 1]->schema : NULL;
    return schema && last && strcmp(last, schema) == 0 ? last
                                                       : arena_string(catalog->arena, schema);
}

/* A key ends with the name, unless something else follows or had to be changed. */
static const char *kept_name(Arena *arena, const char *key, const char *name)
{
    size_t length = strlen(key), wanted = strlen(name);
    const char *tail = key + length - (wanted < length ? wanted : length);
    return strcmp(tail, name) == 0 ? tail : arena_string(arena, name);
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
    object->schema = kept_schema(catalog, kind, schema);
    object->name = kept_name(arena, object->key, name);
    object->address = arena_string(arena, address);
    object->parent = parent;
    if (catalog->count * 4 >= catalog->index_room * 3)
        index_move(catalog, catalog->building, catalog->index_room * 2);
    *slot_of(catalog->index, catalog->index_room, object->key) = object;
    *vec_add(catalog->building, &catalog->kinds[kind]) = object;
    catalog->count++;
    text_done(&key);
    *ret_object = object;
    return RUNG_OK;
}

Object *catalog_find(const Catalog *catalog, const char *key)
{
    return *slot_of(catalog->index, catalog->index_room, key);
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

static void add_tie(Catalog *catalog, Object *user, Object *needed, bool weak)
{
    if (user == needed)
        return;
    if (catalog->tie_count == catalog->tie_room) {
        catalog->tie_room = catalog->tie_room ? catalog->tie_room * 2 : 256;
        catalog->ties = realloc(catalog->ties, catalog->tie_room * sizeof(Tie));
        if (!catalog->ties)
            abort();
    }
    catalog->ties[catalog->tie_count++] = (Tie){user, needed, weak};
}

void catalog_need(Catalog *catalog, Object *user, Object *needed)
{
    add_tie(catalog, user, needed, false);
}

void catalog_want(Catalog *catalog, Object *user, Object *needed)
{
    add_tie(catalog, user, needed, true);
}

/* ---- the end ---- */

static int by_key(const void *a, const void *b)
{
    return strcmp((*(Object *const *)a)->key, (*(Object *const *)b)->key);
}

static size_t sort_unique(Object **at, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(at, count, sizeof *at, by_key);
    for (size_t i = 0; i < count; i++)
        if (!kept || at[kept - 1] != at[i])
            at[kept++] = at[i];
    return kept;
}

static void links_sort(Links *links)
{
    links->count = (uint32_t)sort_unique(links->at, links->count);
}

/* Links get their memory in one step: they are counted first. */
static void link_count(Links *links)
{
    links->room++;
}

static void link_put(Arena *arena, Links *links, Object *object)
{
    if (!links->at)
        links->at = arena_alloc_array(arena, links->room, sizeof(Object *));
    links->at[links->count++] = object;
}

static void fill_needs(Catalog *catalog)
{
    for (size_t i = 0; i < catalog->tie_count; i++) {
        const Tie *tie = &catalog->ties[i];
        link_count(tie->weak ? &tie->user->wants : &tie->user->needs);
    }
    for (size_t i = 0; i < catalog->tie_count; i++) {
        const Tie *tie = &catalog->ties[i];
        link_put(catalog->arena, tie->weak ? &tie->user->wants : &tie->user->needs, tie->needed);
    }
}

typedef void Visit(Catalog *catalog, Object *object);

static void visit_all(Catalog *catalog, Visit *visit)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        for (size_t i = 0; i < catalog->kinds[kind].count; i++)
            visit(catalog, catalog->kinds[kind].at[i]);
}

static void count_back(Catalog *catalog, Object *object)
{
    links_sort(&object->needs);
    links_sort(&object->wants);
    for (size_t i = 0; i < object->needs.count; i++)
        link_count(&object->needs.at[i]->users);
    if (object->parent)
        link_count(&object->parent->children);
}

static void put_back(Catalog *catalog, Object *object)
{
    for (size_t i = 0; i < object->needs.count; i++)
        link_put(catalog->arena, &object->needs.at[i]->users, object);
    if (object->parent)
        link_put(catalog->arena, &object->parent->children, object);
}

/* Out of the arena for building, with the size that it has now. */
static void list_move(Arena *arena, ObjectList *list)
{
    Object **at = arena_alloc_array(arena, list->count, sizeof(Object *));
    if (list->count)
        memcpy(at, list->at, list->count * sizeof(Object *));
    *list = (ObjectList){at, list->count, list->count};
}

void catalog_finish(Catalog *catalog)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        ObjectList *list = &catalog->kinds[kind];
        list->count = sort_unique(list->at, list->count);
        list_move(catalog->arena, list);
    }
    fill_needs(catalog);
    visit_all(catalog, count_back);
    visit_all(catalog, put_back);
    index_move(catalog, catalog->arena, catalog->index_room);
    catalog_drop(catalog);
}

void catalog_drop(Catalog *catalog)
{
    if (!catalog)
        return;
    arena_free(catalog->building);
    free(catalog->ties);
    catalog->building = NULL;
    catalog->ties = NULL;
}

/* ---- other names ---- */

static void key_again(Catalog *catalog, Object *object)
{
    Text key = TEXT_EMPTY;
    build_key(&key, (KindId)object->kind, object->schema, object->name, object->address,
              object->parent);
    object->key = arena_string(catalog->arena, text_string(&key));
    text_done(&key);
    for (size_t i = 0; i < object->children.count; i++)
        key_again(catalog, object->children.at[i]);
}

void catalog_rename(Catalog *catalog, Object *object, const char *name)
{
    object->name = arena_string(catalog->arena, name);
    key_again(catalog, object);
}

void catalog_sort(Catalog *catalog)
{
    memset(catalog->index, 0, catalog->index_room * sizeof(Object *));
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        ObjectList *list = &catalog->kinds[kind];
        if (list->count > 1)
            qsort(list->at, list->count, sizeof list->at[0], by_key);
        for (size_t i = 0; i < list->count; i++)
            *slot_of(catalog->index, catalog->index_room, list->at[i]->key) = list->at[i];
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
