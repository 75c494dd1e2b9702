/* Who has a new name: --rename OLD=NEW, and `-- rung:renamed from=OLD` of the schema files. */
#include "api/compare.h"
#include "report/catalog.h"
#include "sql/quote.h"
#include "sql/reader.h"

#include <strings.h>

enum { PARTS = 3 };

typedef VEC(Rename) RenameList;

typedef struct Naming {
    Verb *verb;
    const Catalog *from, *to;
    RenameList *renames;
    Error *error;
} Naming;

/* ---- keys ---- */

static void add_part(Text *key, const char *part)
{
    if (key->length)
        text_char(key, '/');
    for (; *part; part++) {
        if (*part == '/' || *part == '\\')
            text_char(key, '\\');
        text_char(key, *part);
    }
}

static const char *join(Arena *arena, const char *const *parts, size_t count)
{
    Text key = TEXT_EMPTY;
    for (size_t i = 0; i < count; i++)
        add_part(&key, parts[i]);
    return text_keep(&key, arena);
}

/* Whether the catalog has something whose key, without its kind, is this one. */
static bool has_key(Arena *arena, const Catalog *catalog, const char *key)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        if (kinds[kind].engine == catalog->engine && catalog->kinds[kind].count &&
            catalog_find(catalog, arena_print(arena, "%s/%s", kinds[kind].name, key)))
            return true;
    return false;
}

/* Columns of SQLite's tables have no key of their own: their table's must be there. */
static bool has_object(Arena *arena, const Catalog *catalog, const char *const *parts, size_t count)
{
    if (catalog->engine == ENGINE_SQLITE && count == 2)
        count = 1;
    return has_key(arena, catalog, join(arena, parts, count));
}

/* The schema that holds this table, if only one does. */
static const char *only_schema(const Catalog *catalog, const char *name)
{
    const char *schema = NULL;
    const Object *object;
    CATALOG_EACH(catalog, KIND_TABLE, object)
    if (strcmp(object->name, name) == 0) {
        if (schema)
            return NULL;
        schema = object->schema;
    }
    return schema;
}

/* `parts` as they were said ("users.email", "app.users", …) to a key of the catalog; NULL: it has
 * nothing of that name. */
static const char *find_key(Arena *arena, const Catalog *catalog, const char *const *parts,
                            size_t count)
{
    const char *with_schema[PARTS + 1];
    const char *schemas[] = {"public", only_schema(catalog, parts[0])};
    if (catalog->engine == ENGINE_SQLITE || count == PARTS)
        return has_object(arena, catalog, parts, count) ? join(arena, parts, count) : NULL;
    if (count == 2 && has_object(arena, catalog, parts, count))
        return join(arena, parts, count);
    memcpy(with_schema + 1, parts, count * sizeof *parts);
    for (size_t i = 0; i < COUNT(schemas); i++) {
        with_schema[0] = schemas[i];
        if (schemas[i] && has_object(arena, catalog, with_schema, count + 1))
            return join(arena, with_schema, count + 1);
    }
    return NULL;
}

/* ---- the old name's key ---- */

/* The length of a key without its last part. */
static size_t place_length(const char *key)
{
    size_t length = 0;
    for (size_t i = 0; key[i]; i++)
        if (key[i] == '\\' && key[i + 1])
            i++;
        else if (key[i] == '/')
            length = i;
    return length;
}

/* Where `key` was when its last name was `name`: its table may have had another name, too. */
static const char *turned_key(Arena *arena, const RenameList *renames, const char *key,
                              const char *name)
{
    size_t length = place_length(key);
    const char *place = arena_copy(arena, key, length);
    for (size_t i = 0; i < renames->count; i++)
        if (strcmp(renames->at[i].to, place) == 0)
            place = turned_key(arena, renames, place, renames->at[i].from);
    Text text = TEXT_EMPTY;
    add_part(&text, name);
    const char *turned = *place ? arena_print(arena, "%s/%s", place, text_string(&text))
                                : arena_string(arena, text_string(&text));
    text_done(&text);
    return turned;
}

static const char *last_name(Arena *arena, const char *key)
{
    size_t length = place_length(key);
    char *name = arena_string(arena, key + length + (key[length] == '/')), *to = name;
    for (const char *at = name; *at; at++) {
        at += *at == '\\' && at[1];
        *to++ = *at;
    }
    *to = '\0';
    return name;
}

/* Whether the old catalog has it: a comment stays in the file when the rename is long done. */
static bool was_there(const Naming *naming, const char *old_key)
{
    Arena *arena = naming->verb->arena;
    size_t length = place_length(old_key);
    if (naming->from->engine == ENGINE_POSTGRESQL || !length)
        return has_key(arena, naming->from, old_key);
    const Object *table =
        catalog_find(naming->from, arena_print(arena, "lite_table/%.*s", (int)length, old_key));
    const List *columns = table ? &CATALOG_AS(const LiteTable, table)->columns : &(List){0};
    const char *wanted = last_name(arena, old_key);
    for (size_t i = 0; i < columns->count; i++) {
        Reader reader;
        reader_start(&reader, ENGINE_SQLITE, columns->at[i], strlen(columns->at[i]));
        const char *name = reader_name(&reader, arena);
        if (name && strcasecmp(name, wanted) == 0)
            return true;
    }
    return false;
}

/* ---- --rename ---- */

static size_t read_parts(Arena *arena, Engine engine, const char *text, const char **parts)
{
    Reader reader;
    size_t count = 0;
    reader_start(&reader, engine, text, strlen(text));
    while (count < PARTS && (parts[count] = reader_name(&reader, arena))) {
        count++;
        if (!reader_symbol(&reader, '.'))
            break;
    }
    return reader.token.type == TOKEN_END ? count : 0;
}

static Code not_there(Naming *naming, const char *said, const Catalog *catalog)
{
    return error_set(naming->error, RUNG_USAGE, "--rename: %s has no %s", catalog->name, said);
}

static Code wrong_form(Naming *naming, const char *text)
{
    error_set(naming->error, RUNG_USAGE, "--rename: \"%s\" is not OLD=NEW", text);
    return error_hint(naming->error, "--rename users.mail=users.email, --rename clients=customers");
}

/* The place of an old column is that of the new one: its table may have a new name, too. */
static Code add_said(Naming *naming, const char *text)
{
    Arena *arena = naming->verb->arena;
    const char *old[PARTS + 1], *new[PARTS + 1], *middle = strchr(text, '=');
    if (!middle)
        return wrong_form(naming, text);
    const char *before = arena_copy(arena, text, (size_t)(middle - text));
    size_t old_count = read_parts(arena, naming->to->engine, before, old);
    size_t new_count = read_parts(arena, naming->to->engine, middle + 1, new);
    if (!old_count || !new_count)
        return wrong_form(naming, text);
    const char *key = find_key(arena, naming->to, new, new_count);
    if (!key)
        return not_there(naming, middle + 1, naming->to);
    const char *old_name = old[old_count - 1];
    if (!was_there(naming, turned_key(arena, naming->renames, key, old_name)))
        return not_there(naming, before, naming->from);
    *vec_add(arena, naming->renames) = (Rename){old_name, key};
    return RUNG_OK;
}

/* ---- comments in the files ---- */

static void add_comment(Naming *naming, const SchemaRename *rename)
{
    Arena *arena = naming->verb->arena;
    const char *parts[PARTS];
    size_t count = 0;
    if (rename->schema)
        parts[count++] = rename->schema;
    parts[count++] = rename->name;
    if (rename->column)
        parts[count++] = rename->column;
    const char *key = find_key(arena, naming->to, parts, count);
    if (key && was_there(naming, turned_key(arena, naming->renames, key, rename->from)))
        *vec_add(arena, naming->renames) = (Rename){rename->from, key};
}

Code renames_find(Verb *verb, const Catalog *from, const Catalog *to, const SchemaFiles *files,
                  PlanOptions *options, Error *error)
{
    RenameList renames = {0};
    Naming naming = {verb, from, to, &renames, error};
    const rung_names *said = &verb->arguments->renames;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < said->count; i++)
        code = add_said(&naming, said->at[i]);
    for (size_t i = 0; !code && i < verb->asked.count; i++)
        code = add_said(&naming, verb->asked.at[i]);
    for (size_t i = 0; !code && i < files->renames.count; i++)
        add_comment(&naming, &files->renames.at[i]);
    options->renames = renames.at;
    options->rename_count = renames.count;
    return code;
}

/* ---- asking ---- */

/* Whether both are alike but for their names: columns of one table, or tables of the same columns.
 */
static bool same_columns(const Plan *plan, const Object *a, const Object *b)
{
    const Object *column;
    size_t count = 0, other_count = 0;
    CATALOG_EACH(plan->from, KIND_COLUMN, column)
    {
        if (column->parent != a)
            continue;
        count++;
        Text key = TEXT_EMPTY;
        const char *path = strchr(b->key, '/');
        text_print(&key, "column%s", path);
        add_part(&key, column->name);
        const Object *other = catalog_find(plan->to, text_string(&key));
        text_done(&key);
        if (!other || object_compare(column, other, false))
            return false;
    }
    CATALOG_EACH(plan->to, KIND_COLUMN, column)
    other_count += column->parent == b;
    return count && count == other_count;
}

static bool same_shape(const Plan *plan, const Object *a, const Object *b)
{
    if (a->kind != b->kind || object_compare(a, b, false))
        return false;
    if (a->kind == KIND_TABLE)
        return same_columns(plan, a, b);
    if (a->kind == KIND_LITE_TABLE)
        return true;
    return a->kind == KIND_COLUMN && strcmp(a->parent->key, b->parent->key) == 0;
}

/* "users.mail", as --rename takes it. */
static void add_name(Text *text, const Object *object)
{
    if (object->parent) {
        add_name(text, object->parent);
        text_char(text, '.');
    } else if (object->schema) {
        sql_add_name(text, object->schema);
        text_char(text, '.');
    }
    sql_add_name(text, object->name);
}

static void ask_one(Verb *verb, const Object *old, const Object *new)
{
    bool asked;
    Text said = TEXT_EMPTY, shown = TEXT_EMPTY;
    add_name(&said, old);
    text_char(&said, '=');
    add_name(&said, new);
    const char *before = report_object(verb->arena, old), *now = report_object(verb->arena, new);
    text_print(&shown, "%s goes and %s comes, of the same shape. Is it the same, renamed?", before,
               now);
    if (verb_ask(verb, text_string(&shown), &asked)) {
        *vec_add(verb->arena, &verb->asked) = arena_string(verb->arena, text_string(&said));
        verb->renamed = true;
    } else if (!asked)
        verb_tell(verb, RUNG_EVENT_NOTICE,
                  "%s is dropped and %s created; if it is the same, renamed, say --rename '%s'",
                  before, now, text_string(&said));
    text_done(&said);
    text_done(&shown);
}

/* Each old name is asked for once: an answer of yes ends the search for it. */
Code renames_ask(Verb *verb, const Plan *plan, Error *error)
{
    const Change *changes = plan->changes.at;
    bool *taken = arena_alloc_array(verb->arena, plan->changes.count + 1, sizeof *taken);
    for (size_t i = 0; i < plan->changes.count; i++) {
        if (changes[i].type != CHANGE_DROP || changes[i].caused)
            continue;
        size_t before = verb->asked.count;
        for (size_t k = 0; k < plan->changes.count && verb->asked.count == before; k++)
            if (changes[k].type == CHANGE_CREATE && !changes[k].caused && !taken[k] &&
                same_shape(plan, changes[i].object, changes[k].object)) {
                ask_one(verb, changes[i].object, changes[k].object);
                taken[k] = verb->asked.count > before;
            }
    }
    return RUNG_OK;
}

/* ---- the way back ---- */

void renames_turn(Arena *arena, PlanOptions *options)
{
    Rename *turned = arena_alloc_array(arena, options->rename_count + 1, sizeof *turned);
    RenameList renames = {(Rename *)(uintptr_t)options->renames, options->rename_count, 0};
    for (size_t i = 0; i < options->rename_count; i++) {
        const Rename *rename = &options->renames[i];
        turned[i] = (Rename){last_name(arena, rename->to),
                             turned_key(arena, &renames, rename->to, rename->from)};
    }
    options->renames = turned;
}
