/* Snapshots, written and read by the kinds' field lists. */
#include "source/snapshot.h"
#include "base/value.h"

/* ---- writing ---- */

static Value *text_values(const List *list)
{
    Value *array = value_array();
    for (size_t i = 0; i < list->count; i++)
        value_append(array, value_text(list->at[i]));
    return array;
}

static void set_field(Value *value, const Object *object, const Field *field)
{
    const void *at = field_at(object, field);
    switch (field->type) {
    case TEXT:
        if (*(T_TEXT const *)at)
            value_set_text(value, field->name, *(T_TEXT const *)at);
        break;
    case BOOL:
        if (*(const T_BOOL *)at)
            value_set_bool(value, field->name, true);
        break;
    case INT:
        if (*(const T_INT *)at)
            value_set_int(value, field->name, *(const T_INT *)at);
        break;
    case LIST:
        if (((const T_LIST *)at)->count)
            value_set(value, field->name, text_values(at));
        break;
    default:
        break;
    }
}

static void set_known(Value *value, const char *key, const char *text)
{
    if (text)
        value_set_text(value, key, text);
}

static void set_keys(Value *value, const char *key, const Links *list)
{
    if (!list->count)
        return;
    Value *array = value_array();
    for (size_t i = 0; i < list->count; i++)
        value_append(array, value_text(list->at[i]->key));
    value_set(value, key, array);
}

static Value *object_value(const Object *object)
{
    const Kind *kind = &kinds[object->kind];
    Value *value = value_object(), *fields = value_object();
    value_set_text(value, "kind", kind->name);
    if (strcmp(object->title, kind->title) != 0)
        value_set_text(value, "title", object->title);
    set_known(value, "schema", object->schema);
    value_set_text(value, "name", object->name);
    set_known(value, "address", object->address);
    set_known(value, "parent", object->parent ? object->parent->key : NULL);
    for (size_t i = 0; i < kind->field_count; i++)
        set_field(fields, object, &kind->fields[i]);
    value_set(value, "fields", fields);
    set_keys(value, "needs", &object->needs);
    set_keys(value, "wants", &object->wants);
    return value;
}

static Value *cast_values(const Catalog *catalog)
{
    Value *array = value_array();
    for (size_t i = 0; i < catalog->casts.count; i++) {
        const TypeCast *cast = &catalog->casts.at[i];
        Value *value = value_object();
        value_set_text(value, "source", cast->source);
        value_set_text(value, "target", cast->target);
        value_set_text(value, "context", (char[]){cast->context, '\0'});
        value_append(array, value);
    }
    return array;
}

void snapshot_write(const Catalog *catalog, Text *text)
{
    const Object *object;
    Value *value = value_object(), *objects = value_array();
    value_set_int(value, "rung_snapshot", SNAPSHOT_FORMAT);
    value_set_text(value, "engine", engine_name(catalog->engine));
    value_set_int(value, "version", catalog->version);
    set_known(value, "user", catalog->user);
    value_set_bool(value, "superuser", catalog->superuser);
    value_set_bool(value, "owned", catalog->owned);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        CATALOG_EACH(catalog, kind, object)
    value_append(objects, object_value(object));
    value_set(value, "objects", objects);
    value_set(value, "casts", cast_values(catalog));
    value_write(value, true, text);
    text_char(text, '\n');
    value_free(value);
}

/* ---- reading ---- */

typedef struct Reader {
    Arena *arena;
    Catalog *catalog;
    const char *name;
    const char *about; /* the object that is read, for errors */
    Error *error;
} Reader;

static Code wrong(Reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
static Code wrong(Reader *reader, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *words = arena_print_list(reader->arena, format, list);
    va_end(list);
    return error_at(reader->error, RUNG_FILE, reader->name, 0, "the snapshot is wrong: %s%s%s",
                    reader->about ? reader->about : "", reader->about ? ": " : "", words);
}

static Code expect(Reader *reader, const char *key, const Value *value, ValueType type)
{
    static const char *const names[] = {"null",   "true or false", "a number", "a number",
                                        "a text", "a list",        "an object"};
    if (value && value_type(value) == type)
        return RUNG_OK;
    return wrong(reader, "\"%s\" must be %s", key, names[type]);
}

static Code read_list(Reader *reader, const char *key, const Value *value, List *ret_list)
{
    size_t count = value_count(value);
    Code code = expect(reader, key, value, VALUE_ARRAY);
    const char **at = arena_alloc_array(reader->arena, count + 1, sizeof *at);
    for (size_t i = 0; !code && i < count; i++) {
        code = expect(reader, key, value_at(value, i), VALUE_TEXT);
        at[i] = arena_string(reader->arena, value_get_text(value_at(value, i)));
    }
    if (!code)
        *ret_list = (List){at, count};
    return code;
}

static Code read_field(Reader *reader, Object *object, const Field *field, const Value *value)
{
    static const ValueType types[] = {
        [TEXT] = VALUE_TEXT, [BOOL] = VALUE_BOOL, [INT] = VALUE_INT, [LIST] = VALUE_ARRAY};
    void *at = field_at(object, field);
    Code code = expect(reader, field->name, value, types[field->type]);
    if (code)
        return code;
    switch (field->type) {
    case TEXT:
        *(T_TEXT *)at = arena_string(reader->arena, value_get_text(value));
        break;
    case BOOL:
        *(T_BOOL *)at = value_get_bool(value);
        break;
    case INT:
        *(T_INT *)at = value_get_int(value);
        break;
    default:
        code = read_list(reader, field->name, value, at);
        break;
    }
    return code;
}

static const Field *find_field(const Kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    return NULL;
}

static Code read_fields(Reader *reader, Object *object, const Value *fields)
{
    const char *key;
    const Value *value;
    Code code = expect(reader, "fields", fields, VALUE_OBJECT);
    for (size_t i = 0; !code && value_entry(fields, i, &key, &value); i++) {
        const Field *field = find_field(&kinds[object->kind], key);
        code = field ? read_field(reader, object, field, value)
                     : wrong(reader, "no such field: \"%s\"", key);
    }
    return code;
}

static const char *text_of(const Value *value, const char *key)
{
    return value_get_text(value_get(value, key));
}

static Code read_names(Reader *reader, const Value *value, KindId *ret_kind, Object **ret_parent)
{
    const char *kind_name = text_of(value, "kind"), *name = text_of(value, "name");
    const char *parent = text_of(value, "parent");
    if (!kind_name || !name)
        return wrong(reader, "it has no \"kind\" or no \"name\"");
    reader->about = arena_print(reader->arena, "%s \"%s\"", kind_name, name);
    *ret_kind = kind_find(kind_name);
    if (*ret_kind == KIND_COUNT || kinds[*ret_kind].engine != reader->catalog->engine)
        return wrong(reader, "%s has no such kind of object",
                     engine_title(reader->catalog->engine));
    *ret_parent = parent ? catalog_find(reader->catalog, parent) : NULL;
    if (parent && !*ret_parent)
        return wrong(reader, "its parent \"%s\" does not stand before it", parent);
    return RUNG_OK;
}

static Code read_object(Reader *reader, const Value *value, size_t index)
{
    KindId kind = KIND_COUNT;
    Object *parent = NULL, *object;
    reader->about = arena_print(reader->arena, "objects[%zu]", index);
    Code code = expect(reader, "objects", value, VALUE_OBJECT);
    if (!code)
        code = read_names(reader, value, &kind, &parent);
    if (code)
        return code;
    code = catalog_add(reader->catalog, kind, text_of(value, "schema"), text_of(value, "name"),
                       text_of(value, "address"), parent, &object, reader->error);
    if (code)
        return wrong(reader, "it is listed twice");
    if (text_of(value, "title"))
        object->title = arena_string(reader->arena, text_of(value, "title"));
    return read_fields(reader, object, value_get(value, "fields"));
}

typedef void Tell(Catalog *catalog, Object *user, Object *needed);

static Code read_keys(Reader *reader, const Value *value, const char *key, Tell *tell,
                      Object *object)
{
    List keys;
    const Value *list = value_get(value, key);
    Code code = list ? read_list(reader, key, list, &keys) : RUNG_OK;
    for (size_t i = 0; list && !code && i < keys.count; i++) {
        Object *needed = catalog_find(reader->catalog, keys.at[i]);
        if (!needed)
            return wrong(reader, "%s \"%s\", which is not listed", key, keys.at[i]);
        tell(reader->catalog, object, needed);
    }
    return code;
}

/* `objects` in the order in which they were read. */
static Code read_needs(Reader *reader, const Value *values, Object *const *objects)
{
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < value_count(values); i++) {
        reader->about = objects[i]->key;
        code = read_keys(reader, value_at(values, i), "needs", catalog_need, objects[i]);
        if (!code)
            code = read_keys(reader, value_at(values, i), "wants", catalog_want, objects[i]);
    }
    return code;
}

static Code read_objects(Reader *reader, const Value *values)
{
    Catalog *catalog = reader->catalog;
    Object **objects = arena_alloc_array(reader->arena, value_count(values) + 1, sizeof *objects);
    Code code = expect(reader, "objects", values, VALUE_ARRAY);
    for (size_t i = 0; !code && i < value_count(values); i++) {
        code = read_object(reader, value_at(values, i), i);
        if (code)
            return code;
        KindId kind = kind_find(text_of(value_at(values, i), "kind"));
        objects[i] = catalog->kinds[kind].at[catalog->kinds[kind].count - 1];
    }
    return code ? code : read_needs(reader, values, objects);
}

static Code read_casts(Reader *reader, const Value *values)
{
    Catalog *catalog = reader->catalog;
    for (size_t i = 0; values && i < value_count(values); i++) {
        const Value *value = value_at(values, i);
        const char *source = text_of(value, "source"), *target = text_of(value, "target");
        const char *context = text_of(value, "context");
        if (!source || !target || !context)
            return wrong(reader, "casts[%zu] needs source, target and context", i);
        *vec_add(reader->arena, &catalog->casts) = (TypeCast){
            arena_string(reader->arena, source), arena_string(reader->arena, target), context[0]};
    }
    return RUNG_OK;
}

static Code read_head(Reader *reader, const Value *root)
{
    Engine engine;
    const Value *format =
        value_type(root) == VALUE_OBJECT ? value_get(root, "rung_snapshot") : NULL;
    if (!format)
        return wrong(reader, "it has no \"rung_snapshot\": `rung dump --format json` writes one");
    if (value_get_int(format) != SNAPSHOT_FORMAT) {
        wrong(reader, "its format is %lld, this rung reads %d", (long long)value_get_int(format),
              SNAPSHOT_FORMAT);
        return error_hint(reader->error, "write it again with `rung dump --format json`");
    }
    const char *name = text_of(root, "engine");
    if (!name || !engine_read(name, strlen(name), &engine))
        return wrong(reader, "\"engine\" must be \"postgresql\" or \"sqlite\"");
    reader->catalog = catalog_new(reader->arena, engine, reader->name);
    reader->catalog->version = (int)value_get_int(value_get(root, "version"));
    reader->catalog->user = arena_string(reader->arena, text_of(root, "user"));
    reader->catalog->superuser = value_get_bool(value_get(root, "superuser"));
    reader->catalog->owned = value_get_bool(value_get(root, "owned"));
    return RUNG_OK;
}

Code snapshot_read(Arena *arena, const char *name, const char *data, size_t length,
                   Catalog **ret_catalog, Error *error)
{
    Value *root = NULL;
    Reader reader = {.arena = arena, .name = name, .error = error};
    Code code = value_read(name, data, length, &root, error);
    if (!code)
        code = read_head(&reader, root);
    if (!code)
        code = read_objects(&reader, value_get(root, "objects"));
    reader.about = NULL;
    if (!code)
        code = read_casts(&reader, value_get(root, "casts"));
    if (!code) {
        catalog_finish(reader.catalog);
        *ret_catalog = reader.catalog;
    } else
        catalog_drop(reader.catalog);
    value_free(root);
    return code;
}
