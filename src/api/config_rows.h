/* The table of settings: sections, and the rows of each. */
#ifndef API_CONFIG_ROWS_H
#define API_CONFIG_ROWS_H

#include "api/config.h"

typedef enum {
    TYPE_TEXT,
    TYPE_URL, /* kept as written: variables are expanded when it is used */
    TYPE_DURATION,
    TYPE_NUMBER,
    TYPE_FLAG,
    TYPE_LIST,
    TYPE_COMMAND,
    TYPE_AGE,
    TYPE_ENTRIES, /* a map with free keys, each a section */
    TYPE_SECTION,
    TYPE_COUNT
} Type;

typedef struct Row {
    const char *key;
    Type type;
    size_t offset; /* in Config, or in the struct of the entry */
    Setting setting;
} Row;

/* The rows of a TYPE_SECTION, or those of each of the TYPE_ENTRIES. */
typedef struct Section {
    const char *name; /* of its row's setting; "" for the top */
    const Row *rows;
    size_t count;

    /* entries: they are an array `struct { T *at; size_t count; }` at the row's offset */
    size_t size;             /* of T; 0: it is a section */
    size_t name_at, line_at; /* of T's `const char *name` and `int line` */
    const char *brief;       /* the key that `NAME: text` is short for */
    const char *entry;       /* what an entry is, for messages */
} Section;

const Section *config_section(const char *name);
const Section *config_section_at(size_t index); /* NULL behind the last */

#endif
