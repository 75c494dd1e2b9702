/* Which statement goes into which file, and the order of the files. */
#include "report/folder.h"
#include "report/catalog.h"

/* All that one file holds. */
typedef struct Group {
    const Object *root;
    VEC(size_t) steps;
    bool placed;
    Text *text;
} Group;

typedef struct Folder {
    const Plan *plan;
    Arena *arena;
    VEC(Group) groups; /* in the order of their first statements */
    Map *by_key;       /* of roots; value: index + 1 */
    Map *own;          /* objects with a statement of their own */
    VEC(size_t) later; /* statements */
    FolderFiles files;
} Folder;

/* ---- what belongs together ---- */

/* The table of the column that a sequence goes with, or NULL. */
static const Object *owning_table(const Folder *folder, const Object *sequence)
{
    const Object *tie;
    CATALOG_EACH(folder->plan->to, KIND_SEQUENCE_OWNER, tie)
    if (tie->parent == sequence && tie->needs.count)
        return tie->needs.at[0]->parent;
    return NULL;
}

static const Object *root_of(const Folder *folder, const Object *object)
{
    while (object->parent)
        object = object->parent;
    const Object *table = object->kind == KIND_SEQUENCE ? owning_table(folder, object) : NULL;
    return table ? table : object;
}

static size_t group_of(Folder *folder, const Object *object)
{
    const Object *root = root_of(folder, object);
    uintptr_t known = (uintptr_t)map_get(folder->by_key, root->key);
    if (known)
        return known - 1;
    *vec_add(folder->arena, &folder->groups) = (Group){.root = root};
    map_set(folder->by_key, root->key, (void *)(uintptr_t)folder->groups.count);
    return folder->groups.count - 1;
}

static void collect(Folder *folder)
{
    const Plan *plan = folder->plan;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const Object *object = plan->steps.at[i].object;
        if (!object)
            continue;
        map_set(folder->own, object->key, (void *)(uintptr_t)object);
        size_t group = group_of(folder, object);
        *vec_add(folder->arena, &folder->groups.at[group].steps) = i;
    }
}

/* ---- the order ---- */

static bool is_placed(const Folder *folder, const Object *object, size_t group)
{
    uintptr_t known = (uintptr_t)map_get(folder->by_key, root_of(folder, object)->key);
    return !known || known - 1 == group || folder->groups.at[known - 1].placed;
}

static bool needs_are_placed(const Folder *folder, const Object *object, size_t group)
{
    for (size_t i = 0; i < object->needs.count; i++)
        if (!is_placed(folder, object->needs.at[i], group))
            return false;
    return true;
}

/* Whether a statement may stand in the file of its group now: its object, and the parts that are
 * created with it, need nothing that comes later. */
static bool step_is_ready(const Folder *folder, const Object *object, size_t group)
{
    const Object *part;
    if (!needs_are_placed(folder, object, group))
        return false;
    if (object->parent)
        return true;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        CATALOG_EACH(folder->plan->to, kind, part)
    if (part->parent == object && !map_get(folder->own, part->key) &&
        !needs_are_placed(folder, part, group))
        return false;
    return true;
}

static bool group_is_ready(const Folder *folder, size_t index)
{
    const Group *group = &folder->groups.at[index];
    for (size_t i = 0; i < group->steps.count; i++)
        if (!step_is_ready(folder, folder->plan->steps.at[group->steps.at[i]].object, index))
            return false;
    return true;
}

static Text *add_file(Folder *folder, const char *path)
{
    FolderFile *file = vec_add(folder->arena, &folder->files);
    file->path = path;
    return &file->text;
}

static void add_name(Text *path, const char *name)
{
    for (; *name; name++) {
        bool plain = (*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9') ||
                     *name == '_' || *name == '-' || (unsigned char)*name >= 0x80;
        text_print(path, plain ? "%c" : "%%%02x", (unsigned char)*name);
    }
}

/* "tables/public.users.sql" */
static const char *file_path(const Folder *folder, const Object *root)
{
    Text path = TEXT_EMPTY;
    for (const char *at = report_kinds(folder->arena, (KindId)root->kind); *at; at++)
        text_char(&path, *at == ' '                 ? '_'
                         : *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a')
                                                    : *at);
    text_char(&path, '/');
    if (root->schema) {
        add_name(&path, root->schema);
        text_char(&path, '.');
    }
    add_name(&path, root->name);
    if (root->address && *root->address) {
        text_char(&path, '.');
        add_name(&path, root->address);
    }
    text_put(&path, ".sql");
    return text_keep(&path, folder->arena);
}

/* In a circle, the statements that are not ready wait for the end. */
static void place(Folder *folder, size_t index)
{
    Group *group = &folder->groups.at[index];
    const Plan *plan = folder->plan;
    bool any = false;
    const char *path = file_path(folder, group->root);
    for (size_t i = 0; i < group->steps.count; i++) {
        const Step *step = &plan->steps.at[group->steps.at[i]];
        bool ready = step_is_ready(folder, step->object, index);
        if (!ready) {
            *vec_add(folder->arena, &folder->later) = group->steps.at[i];
            continue;
        }
        Text *text = any ? &folder->files.at[folder->files.count - 1].text : add_file(folder, path);
        if (!any && plan->to->engine == ENGINE_SQLITE)
            text_put(text, "-- rung:dialect sqlite\n\n");
        any = true;
        plan_print_step(step, text);
    }
    group->placed = true;
}

static void place_all(Folder *folder)
{
    for (size_t placed = 0; placed < folder->groups.count; placed++) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < folder->groups.count && next == SIZE_MAX; i++)
            if (!folder->groups.at[i].placed && group_is_ready(folder, i))
                next = i;
        for (size_t i = 0; i < folder->groups.count && next == SIZE_MAX; i++)
            if (!folder->groups.at[i].placed)
                next = i;
        place(folder, next);
    }
}

static int by_number(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return left < right ? -1 : left > right;
}

static void add_later(Folder *folder)
{
    if (!folder->later.count)
        return;
    qsort(folder->later.at, folder->later.count, sizeof folder->later.at[0], by_number);
    Text *text = add_file(folder, "later.sql");
    if (folder->plan->to->engine == ENGINE_SQLITE)
        text_put(text, "-- rung:dialect sqlite\n\n");
    for (size_t i = 0; i < folder->later.count; i++)
        plan_print_step(&folder->plan->steps.at[folder->later.at[i]], text);
}

static void print_index(Folder *folder)
{
    const Plan *plan = folder->plan;
    bool lite = plan->to->engine == ENGINE_SQLITE;
    Text *text = &folder->files.at[0].text;
    if (lite)
        text_put(text, "-- rung:dialect sqlite\n");
    text_print(text, "-- rung:index the files in the order in which they load: %s\n\n",
               lite ? "sqlite3 app.db '.read index.sql'" : "psql -f index.sql");
    for (size_t i = 0; i < plan->steps.count; i++)
        if (!plan->steps.at[i].object)
            plan_print_step(&plan->steps.at[i], text);
    for (size_t i = 1; i < folder->files.count; i++)
        text_print(text, "%s %s\n", lite ? ".read" : "\\ir", folder->files.at[i].path);
}

void report_folder(const Plan *plan, FolderFiles *ret_files)
{
    Folder folder = {.plan = plan,
                     .arena = plan->arena,
                     .by_key = map_new(plan->arena),
                     .own = map_new(plan->arena)};
    add_file(&folder, "index.sql");
    collect(&folder);
    place_all(&folder);
    add_later(&folder);
    print_index(&folder);
    *ret_files = folder.files;
}
