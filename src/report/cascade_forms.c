/* The drawing of a cascade as JSON, for Graphviz and for Mermaid. */
#include "report/cascade_parts.h"

/* ---- JSON ---- */

static Value *names_value(const KeyNames *names)
{
    Value *list = value_array();
    for (size_t i = 0; i < names->count; i++)
        value_append(list, value_text(names->at[i]));
    return list;
}

static Value *table_value(const CascadeTable *at)
{
    Value *value = value_object();
    value_set_text(value, "table", at->table->title);
    value_set_int(value, "depth", (int64_t)at->depth);
    value_set_int(value, "ways", (int64_t)at->ways);
    if (at->table->rows >= 0)
        value_set_int(value, "rows", at->table->rows);
    if (at->table->bytes >= 0)
        value_set_int(value, "bytes", at->table->bytes);
    value_set_bool(value, "cyclic", at->table->cyclic);
    value_set_bool(value, "partitioned", at->table->partitioned);
    value_set(value, "swallowing", names_value(&at->table->swallowing));
    return value;
}

static Value *key_value(const CascadeLine *line)
{
    const TableKey *key = line->key;
    Value *value = value_object();
    value_set_text(value, "key", key->title);
    value_set_text(value, "constraint", key->name);
    value_set_text(value, "table", key->from->title);
    value_set(value, "columns", names_value(&key->columns));
    value_set_text(value, "references", key->to->title);
    value_set(value, "targets", names_value(&key->targets));
    value_set_int(value, "depth", (int64_t)line->depth);
    value_set_text(value, "on_delete", key->declared ? key_action_name(key->action) : NULL);
    value_set_text(value, "on_update", key->declared ? key_action_name(key->update) : NULL);
    value_set_text(value, "class", key->relation ? relation_name(key->relation) : NULL);
    value_set_text(value, "index", key->index);
    value_set_text(value, "partition", key->from_partition);
    value_set_bool(value, "declared", key->declared);
    value_set_bool(value, "deferrable", key->deferrable);
    value_set_bool(value, "deferred", key->deferred);
    value_set_bool(value, "match_full", key->match_full);
    value_set_bool(value, "validated", key->validated);
    value_set_bool(value, "enforced", key->enforced);
    value_set_bool(value, "again", line->again);
    value_set_bool(value, "stops", line->stops);
    return value;
}

static Value *finding_value(const CascadeFinding *finding)
{
    Value *value = value_object();
    value_set_text(value, "type", cascade_type_name(finding->type));
    value_set_bool(value, "fails", finding->fails);
    value_set_text(value, "table", finding->table ? finding->table->title : NULL);
    value_set_text(value, "key", finding->key ? finding->key->title : NULL);
    value_set_text(value, "text", finding->text);
    return value;
}

static Value *cascade_value(const Cascade *cascade)
{
    Value *value = value_object(), *tables = value_array(), *keys = value_array(),
          *findings = value_array();
    value_set_text(value, "root", cascade->root->title);
    value_set_int(value, "depth", (int64_t)cascade->depth);
    for (size_t i = 0; i < cascade->tables.count; i++)
        value_append(tables, table_value(&cascade->tables.at[i]));
    for (size_t i = 1; i < cascade->lines.count; i++)
        value_append(keys, key_value(&cascade->lines.at[i]));
    for (size_t i = 0; i < cascade->findings.count; i++)
        value_append(findings, finding_value(&cascade->findings.at[i]));
    value_set(value, "tables", tables);
    value_set(value, "keys", keys);
    value_set(value, "findings", findings);
    return value;
}

Value *cascades_value(Cascade *const *cascades, size_t count)
{
    Value *list = value_array(), *document = value_object();
    for (size_t i = 0; i < count; i++)
        value_append(list, cascade_value(cascades[i]));
    value_set(document, "roots", list);
    return document;
}

/* ---- diagrams ---- */

static void add_dot_text(Text *text, const char *words)
{
    text_char(text, '"');
    for (; *words; words++) {
        if (*words == '"' || *words == '\\')
            text_char(text, '\\');
        text_char(text, *words == '\n' ? ' ' : *words);
    }
    text_char(text, '"');
}

/* Mermaid has no escape for a quote but the names of HTML's entities. */
static void add_mermaid_text(Text *text, const char *words)
{
    text_char(text, '"');
    for (; *words; words++) {
        if (*words == '"')
            text_put(text, "#quot;");
        else if (*words == '#')
            text_put(text, "#35;");
        else
            text_char(text, *words == '\n' ? ' ' : *words);
    }
    text_char(text, '"');
}

static const char *label_of(Arena *arena, const TableKey *key)
{
    const char *column =
        key->title + strlen(key->from_partition ? key->from_partition : key->from->title) + 1;
    return arena_print(arena, "%s: %s%s", column,
                       key->declared ? key_action_name(key->action) : "retain",
                       key->declared && !key->index ? ", no index" : "");
}

void cascade_dot(const Cascade *cascade, Text *text)
{
    Arena *arena = arena_new();
    text_put(text, "digraph cascade {\n    rankdir=LR;\n    node [shape=box];\n");
    for (size_t i = 1; i < cascade->lines.count; i++) {
        const CascadeLine *line = &cascade->lines.at[i];
        text_put(text, "    ");
        add_dot_text(text, line->key->to->title);
        text_put(text, " -> ");
        add_dot_text(text, line->table->title);
        text_put(text, " [label=");
        add_dot_text(text, label_of(arena, line->key));
        text_print(text, "%s];\n", line->stops ? ", style=dashed" : "");
    }
    if (cascade->lines.count == 1) {
        text_put(text, "    ");
        add_dot_text(text, cascade->root->title);
        text_put(text, ";\n");
    }
    text_put(text, "}\n");
    arena_free(arena);
}

static void add_node(Text *text, const KeyTable *table, bool *named)
{
    text_print(text, "t%zu", table->index);
    if (!named[table->index]) {
        text_char(text, '[');
        add_mermaid_text(text, table->title);
        text_char(text, ']');
    }
    named[table->index] = true;
}

void cascade_mermaid(const Cascade *cascade, Text *text)
{
    Arena *arena = arena_new();
    bool *named = arena_alloc_array(arena, cascade->graph->tables.count + 1, sizeof *named);
    text_put(text, "flowchart LR\n");
    for (size_t i = 1; i < cascade->lines.count; i++) {
        const CascadeLine *line = &cascade->lines.at[i];
        text_put(text, "    ");
        add_node(text, line->key->to, named);
        text_put(text, line->stops ? " -.->|" : " -->|");
        add_mermaid_text(text, label_of(arena, line->key));
        text_put(text, "| ");
        add_node(text, line->table, named);
        text_char(text, '\n');
    }
    if (cascade->lines.count == 1) {
        text_put(text, "    ");
        add_node(text, cascade->root, named);
        text_char(text, '\n');
    }
    arena_free(arena);
}
