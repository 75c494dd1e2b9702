/* A JSON document, being built or read (jansson). Keys keep the order in which they were set. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include "base/error.h"
#include "base/text.h"

typedef struct Value Value;

/* The caller owns what these return, until it is set or appended into another value. */
Value *value_object(void);
Value *value_array(void);
Value *value_text(const char *text); /* NULL becomes null; bad UTF-8 becomes U+FFFD */
void value_free(Value *value);

/* Each consumes nothing but `child`. */
void value_set(Value *object, const char *key, Value *child);
void value_set_text(Value *object, const char *key, const char *text);
void value_set_int(Value *object, const char *key, int64_t number);
void value_set_real(Value *object, const char *key, double number);
void value_set_bool(Value *object, const char *key, bool flag);
void value_append(Value *array, Value *child);

/* Adds the document to `text`, indented by two spaces, or on one line. */
void value_write(const Value *value, bool indented, Text *text);

/* ---- reading ---- */

typedef enum {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_ARRAY,
    VALUE_OBJECT
} ValueType;

/* Reads one document; the caller frees it. RUNG_FILE with the line when it is not JSON, or has a
 * key twice; `name` stands in the error. */
Code value_read(const char *name, const char *data, size_t length, Value **ret_value, Error *error);

ValueType value_type(const Value *value);

/* What these return belongs to `value`. The entry of an object, or NULL. */
const Value *value_get(const Value *object, const char *key);
size_t value_count(const Value *array); /* 0 for what is no array */
const Value *value_at(const Value *array, size_t index);

/* The key and the value at `index` of an object, in the order of the document; false behind the
 * last. */
bool value_entry(const Value *object, size_t index, const char **ret_key, const Value **ret_value);

/* NULL, 0, false for another type; NULL is accepted. */
const char *value_get_text(const Value *value);
int64_t value_get_int(const Value *value);
bool value_get_bool(const Value *value);

#endif
