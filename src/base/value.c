/* The one file that includes jansson. */
#include "base/value.h"
#include "base/utf8.h"

#include <jansson.h>

static json_t *json_of(Value *value)
{
    return (json_t *)(void *)value;
}

Value *value_object(void)
{
    return (Value *)(void *)json_object();
}

Value *value_array(void)
{
    return (Value *)(void *)json_array();
}

Value *value_text(const char *text)
{
    if (!text)
        return (Value *)(void *)json_null();
    json_t *json = json_string(text);
    if (!json) {
        char *clean = utf8_clean(text);
        json = json_string_nocheck(clean);
        free(clean);
    }
    return (Value *)(void *)json;
}

void value_free(Value *value)
{
    json_decref(json_of(value));
}

void value_set(Value *object, const char *key, Value *child)
{
    json_object_set_new(json_of(object), key, json_of(child));
}

void value_set_text(Value *object, const char *key, const char *text)
{
    value_set(object, key, value_text(text));
}

void value_set_int(Value *object, const char *key, int64_t number)
{
    json_object_set_new(json_of(object), key, json_integer(number));
}

void value_set_real(Value *object, const char *key, double number)
{
    json_object_set_new(json_of(object), key, json_real(number));
}

void value_set_bool(Value *object, const char *key, bool flag)
{
    json_object_set_new(json_of(object), key, json_boolean(flag));
}

void value_append(Value *array, Value *child)
{
    json_array_append_new(json_of(array), json_of(child));
}

static int add_bytes(const char *bytes, size_t length, void *text)
{
    text_add(text, bytes, length);
    return 0;
}

void value_write(const Value *value, bool indented, Text *text)
{
    size_t flags =
        JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) | (indented ? JSON_INDENT(2) : JSON_COMPACT);
    if (json_dump_callback((const json_t *)(const void *)value, add_bytes, text, flags) != 0)
        text->failed = true;
}

/* ---- reading ---- */

static const json_t *read_of(const Value *value)
{
    return (const json_t *)(const void *)value;
}

Code value_read(const char *name, const char *data, size_t length, Value **ret_value, Error *error)
{
    json_error_t wrong;
    json_t *json = json_loadb(data, length, JSON_REJECT_DUPLICATES, &wrong);
    if (!json)
        return error_at(error, RUNG_FILE, name, wrong.line > 0 ? wrong.line : 1, "not JSON: %s",
                        wrong.text);
    *ret_value = (Value *)(void *)json;
    return RUNG_OK;
}

ValueType value_type(const Value *value)
{
    switch (json_typeof(read_of(value))) {
    case JSON_OBJECT:
        return VALUE_OBJECT;
    case JSON_ARRAY:
        return VALUE_ARRAY;
    case JSON_STRING:
        return VALUE_TEXT;
    case JSON_INTEGER:
        return VALUE_INT;
    case JSON_REAL:
        return VALUE_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return VALUE_BOOL;
    default:
        return VALUE_NULL;
    }
}

const Value *value_get(const Value *object, const char *key)
{
    return (const Value *)(const void *)json_object_get(read_of(object), key);
}

size_t value_count(const Value *array)
{
    return json_array_size(read_of(array));
}

const Value *value_at(const Value *array, size_t index)
{
    return (const Value *)(const void *)json_array_get(read_of(array), index);
}

bool value_entry(const Value *object, size_t index, const char **ret_key, const Value **ret_value)
{
    json_t *json = (json_t *)(uintptr_t)object;
    void *entry = json_object_iter(json);
    while (entry && index--)
        entry = json_object_iter_next(json, entry);
    if (!entry)
        return false;
    *ret_key = json_object_iter_key(entry);
    *ret_value = (const Value *)(const void *)json_object_iter_value(entry);
    return true;
}

const char *value_get_text(const Value *value)
{
    return json_string_value(read_of(value));
}

int64_t value_get_int(const Value *value)
{
    return json_integer_value(read_of(value));
}

bool value_get_bool(const Value *value)
{
    return json_is_true(read_of(value));
}
