/* Graphviz: HTML-like labels, a row for each column, edges from column to column. */
#include "report/erd.h"

typedef struct Writer {
    Types *types;
    Text *text;
} Writer;

/* ---- words ---- */

static void add_html(Writer *writer, const char *words)
{
    for (const char *at = words; *at; at++)
        switch (*at) {
        case '&':
            text_put(writer->text, "&amp;");
            break;
        case '<':
            text_put(writer->text, "&lt;");
            break;
        case '>':
            text_put(writer->text, "&gt;");
            break;
        case '"':
            text_put(writer->text, "&quot;");
            break;
        default: /* XML has no other control characters */
            text_char(writer->text, (unsigned char)*at < 0x20 ? ' ' : *at);
        }
}

/* In a quoted string \ begins an escape (Graphviz's manual, "escString"). */
static void add_quoted(Writer *writer, const char *words)
{
    text_char(writer->text, '"');
    for (const char *at = words; *at; at++)
        if (*at == '"' || *at == '\\')
            text_print(writer->text, "\\%c", *at);
        else
            text_char(writer->text, (unsigned char)*at < 0x20 ? ' ' : *at);
    text_char(writer->text, '"');
}

static void add_node(Writer *writer, const Entity *entity)
{
    add_quoted(writer, arena_print(writer->types->arena, "%s.%s", entity->schema, entity->name));
}

/* Ports are numbers: a name may hold anything. */
static size_t port_of(const Entity *entity, const char *column)
{
    for (size_t i = 0; i < entity->columns.count; i++)
        if (strcmp(entity->columns.at[i].name, column) == 0)
            return i;
    return 0;
}

/* ---- tables ---- */

static void add_column(Writer *writer, const Entity *entity, size_t index)
{
    const TypedColumn *column = &entity->columns.at[index];
    const char *marks = erd_marks(writer->types->arena, entity, column);
    text_print(writer->text, "      <tr><td align=\"left\" port=\"c%zu\">", index);
    text_put(writer->text, *marks ? "<b>" : "");
    add_html(writer, column->name);
    text_print(writer->text, "%s</td><td align=\"left\">", *marks ? "</b>" : "");
    add_html(writer, column->type.sql);
    text_put(writer->text, column->nullable ? " NULL" : "");
    text_print(writer->text, "</td><td align=\"left\">%s</td></tr>\n", marks);
}

static void add_table(Writer *writer, const Entity *entity, const char *indent)
{
    text_put(writer->text, indent);
    add_node(writer, entity);
    text_put(writer->text, " [tooltip=");
    add_quoted(writer, entity->comment ? entity->comment : entity->name);
    text_put(writer->text,
             ", label=<\n      <table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
             "cellpadding=\"4\">\n      <tr><td colspan=\"3\" bgcolor=\"#e8e8e8\"><b>");
    add_html(writer, entity->name);
    text_put(writer->text, "</b></td></tr>\n");
    for (size_t i = 0; i < entity->columns.count; i++)
        add_column(writer, entity, i);
    text_print(writer->text, "      </table>>];\n");
}

static void add_schema(Writer *writer, const TypedSchema *schema, size_t number)
{
    if (!schema->tables.count)
        return;
    bool cluster = writer->types->schemas.count > 1;
    if (cluster) {
        text_print(writer->text, "  subgraph cluster_%zu {\n    label=", number);
        add_quoted(writer, schema->name);
        text_put(writer->text, ";\n");
    }
    for (size_t i = 0; i < schema->tables.count; i++)
        add_table(writer, schema->tables.at[i], cluster ? "    " : "  ");
    text_put(writer->text, cluster ? "  }\n" : "");
}

static void add_relations(Writer *writer, const Entity *entity)
{
    for (size_t i = 0; i < entity->relations.count; i++) {
        const Relation *relation = &entity->relations.at[i];
        if (relation->target->type != ENTITY_TABLE || !relation->target_columns.count)
            continue;
        text_put(writer->text, "  ");
        add_node(writer, entity);
        text_print(writer->text, ":c%zu -> ", port_of(entity, relation->columns.at[0]));
        add_node(writer, relation->target);
        text_print(writer->text, ":c%zu [arrowhead=%s, arrowtail=%s, tooltip=",
                   port_of(relation->target, relation->target_columns.at[0]),
                   relation->required ? "teetee" : "teeodot",
                   relation->one_to_one ? "teeodot" : "crowodot");
        add_quoted(writer, relation->name);
        text_put(writer->text, "];\n");
    }
}

void erd_dot(Types *types, Text *text)
{
    Writer writer = {types, text};
    text_put(text, "digraph schema {\n"
                   "  graph [rankdir=LR, fontname=\"Helvetica\"];\n"
                   "  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n"
                   "  edge [dir=both];\n");
    for (size_t i = 0; i < types->schemas.count; i++)
        add_schema(&writer, &types->schemas.at[i], i);
    for (size_t i = 0; i < types->schemas.count; i++)
        for (size_t k = 0; k < types->schemas.at[i].tables.count; k++)
            add_relations(&writer, types->schemas.at[i].tables.at[k]);
    text_put(text, "}\n");
}
