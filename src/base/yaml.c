/* The one file that includes libyaml: its event parser, because events carry line numbers. */
#include "base/yaml.h"

#include <yaml.h>

enum { DEPTH_LIMIT = 32 };

typedef struct Reader {
    Arena *arena;
    yaml_parser_t parser;
    const char *name;
    Error *error;
} Reader;

static Code read_node(Reader *reader, const yaml_event_t *event, int depth, YamlNode **ret_node);

static Code yaml_failed(Reader *reader, int line, const char *what)
{
    return error_at(reader->error, RUNG_CONFIG, reader->name, line, "%s", what);
}

static Code next_event(Reader *reader, yaml_event_t *ret_event)
{
    if (yaml_parser_parse(&reader->parser, ret_event))
        return RUNG_OK;
    const yaml_parser_t *parser = &reader->parser;
    int line =
        (int)(parser->problem_mark.line ? parser->problem_mark.line : parser->context_mark.line) +
        1;
    return error_at(reader->error, RUNG_CONFIG, reader->name, line, "not valid YAML: %s%s%s",
                    parser->problem ? parser->problem : "unreadable", parser->context ? ", " : "",
                    parser->context ? parser->context : "");
}

static YamlNode *node_new(Reader *reader, const yaml_event_t *event, YamlType type)
{
    YamlNode *node = arena_alloc(reader->arena, sizeof(YamlNode));
    node->type = type;
    node->line = (int)event->start_mark.line + 1;
    return node;
}

static Code read_key(Reader *reader, const YamlNode *map, const yaml_event_t *event,
                     const char **ret_key)
{
    int line = (int)event->start_mark.line + 1;
    if (event->type != YAML_SCALAR_EVENT)
        return yaml_failed(reader, line, "a key must be a plain word");
    const char *key = (const char *)event->data.scalar.value;
    if (memchr(key, '\0', event->data.scalar.length))
        return yaml_failed(reader, line, "a key holds a NUL byte");
    if (yaml_get(map, key))
        return error_at(reader->error, RUNG_CONFIG, reader->name, line, "key \"%s\" is repeated",
                        key);
    *ret_key = arena_string(reader->arena, key);
    return RUNG_OK;
}

/* The children of a list or a map, up to its end event. */
static Code read_children(Reader *reader, YamlNode *parent, int depth)
{
    YamlNode **tail = &parent->child;
    yaml_event_type_t end =
        parent->type == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t event;
        Code code = next_event(reader, &event);
        if (code)
            return code;
        if (event.type == end) {
            yaml_event_delete(&event);
            return RUNG_OK;
        }
        const char *key = NULL;
        if (parent->type == YAML_MAP) {
            code = read_key(reader, parent, &event, &key);
            yaml_event_delete(&event);
            if (!code)
                code = next_event(reader, &event);
            if (code)
                return code;
        }
        code = read_node(reader, &event, depth, tail);
        yaml_event_delete(&event);
        if (code)
            return code;
        (*tail)->key = key;
        tail = &(*tail)->next;
    }
}

static Code read_node(Reader *reader, const yaml_event_t *event, int depth, YamlNode **ret_node)
{
    int line = (int)event->start_mark.line + 1;
    if (depth > DEPTH_LIMIT)
        return yaml_failed(reader, line, "nested too deeply");
    if (event->type == YAML_SCALAR_EVENT) {
        YamlNode *node = node_new(reader, event, YAML_SCALAR);
        const char *bytes = (const char *)event->data.scalar.value;
        if (memchr(bytes, '\0', event->data.scalar.length))
            return yaml_failed(reader, line, "a value holds a NUL byte");
        node->text = arena_copy(reader->arena, bytes, event->data.scalar.length);
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        *ret_node = node;
        return RUNG_OK;
    }
    if (event->type == YAML_ALIAS_EVENT)
        return yaml_failed(reader, line, "YAML aliases are not supported here");
    YamlType type = event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
    *ret_node = node_new(reader, event, type);
    return read_children(reader, *ret_node, depth + 1);
}

static Code read_document(Reader *reader, YamlNode **ret_root)
{
    for (bool have_root = false;;) {
        yaml_event_t event;
        Code code = next_event(reader, &event);
        if (code)
            return code;
        yaml_event_type_t type = event.type;
        if (type == YAML_SCALAR_EVENT || type == YAML_MAPPING_START_EVENT ||
            type == YAML_SEQUENCE_START_EVENT || type == YAML_ALIAS_EVENT) {
            int line = (int)event.start_mark.line + 1;
            code = have_root ? yaml_failed(reader, line, "only one YAML document is expected")
                             : read_node(reader, &event, 0, ret_root);
            have_root = true;
        }
        yaml_event_delete(&event);
        if (code || type == YAML_STREAM_END_EVENT)
            return code;
    }
}

Code yaml_read(Arena *arena, const char *name, const char *data, size_t length, YamlNode **ret_root,
               Error *error)
{
    Reader reader = {.arena = arena, .name = name, .error = error};
    if (!yaml_parser_initialize(&reader.parser))
        return error_set(error, RUNG_LIMIT, "no memory to read %s", name);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)data, length);
    YamlNode *root = NULL;
    Code code = read_document(&reader, &root);
    yaml_parser_delete(&reader.parser);
    if (code)
        return code;
    if (!root || (root->type == YAML_SCALAR && !root->text[0])) {
        root = arena_alloc(arena, sizeof(YamlNode));
        root->type = YAML_MAP;
        root->line = 1;
    }
    *ret_root = root;
    return RUNG_OK;
}

const YamlNode *yaml_get(const YamlNode *map, const char *key)
{
    if (map->type == YAML_MAP)
        for (const YamlNode *node = map->child; node; node = node->next)
            if (node->key && strcmp(node->key, key) == 0)
                return node;
    return NULL;
}
