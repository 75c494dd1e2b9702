/* A YAML file as a tree that knows its lines (libyaml). One document; aliases are refused. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/error.h"
#include "base/vec.h"

typedef enum { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlType;

typedef struct YamlNode {
    YamlType type;
    int line;         /* 1-based */
    const char *text; /* SCALAR */
    bool quoted;      /* SCALAR: written in quotes, so never a null */
    const char *key;  /* of an entry of a MAP */
    struct YamlNode *child, *next;
} YamlNode;

/* `name` stands in the errors. An empty file gives an empty MAP. RUNG_CONFIG with file and line
 * when it is not YAML, repeats a key, or is nested deeper than 32 levels. */
Code yaml_read(Arena *arena, const char *name, const char *data, size_t length, YamlNode **ret_root,
               Error *error);

/* The entry of a MAP, or NULL. */
const YamlNode *yaml_get(const YamlNode *map, const char *key);

#endif
