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
    size_t flags = JSON_ENCODE_ANY | (indented ? JSON_INDENT(2) : JSON_COMPACT);
    if (json_dump_callback((const json_t *)(const void *)value, add_bytes, text, flags) != 0)
        text->failed = true;
}
