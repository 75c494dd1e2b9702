/* A JSON document being built (jansson). Keys keep the order in which they were set. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

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
void value_set_bool(Value *object, const char *key, bool flag);
void value_append(Value *array, Value *child);

/* Adds the document to `text`, indented by two spaces, or on one line. */
void value_write(const Value *value, bool indented, Text *text);

#endif
