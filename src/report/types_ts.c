/* TypeScript, in the shape that `supabase gen types` has: columns in the order of their names, and
 * the same helper types behind them. Values are what JSON makes of them. */
#include "report/types.h"

typedef struct Writer {
    Types *types;
    Text *text;
} Writer;

static const char *const words[SCALAR_COUNT] = {
    [SCALAR_UNKNOWN] = "unknown",
    [SCALAR_BOOLEAN] = "boolean",
    [SCALAR_SMALLINT] = "number",
    [SCALAR_INTEGER] = "number",
    [SCALAR_BIGINT] = "number",
    [SCALAR_REAL] = "number",
    [SCALAR_DOUBLE] = "number",
    [SCALAR_DECIMAL] = "number",
    [SCALAR_TEXT] = "string",
    [SCALAR_BYTES] = "string",
    [SCALAR_UUID] = "string",
    [SCALAR_DATE] = "string",
    [SCALAR_TIME] = "string",
    [SCALAR_TIMESTAMP] = "string",
    [SCALAR_TIMESTAMP_ZONED] = "string",
    [SCALAR_INTERVAL] = "string",
    [SCALAR_JSON] = "Json",
    [SCALAR_VOID] = "undefined",
    [SCALAR_RECORD] = "Record<string, unknown>",
    [SCALAR_NAMED] = "unknown",
};

static const char head[] =
    "// Written by `rung types --lang ts` from the database's schema. Do not edit.\n"
    "\n"
    "export type Json =\n"
    "  | string\n"
    "  | number\n"
    "  | boolean\n"
    "  | null\n"
    "  | { [key: string]: Json | undefined }\n"
    "  | Json[]\n"
    "\n";

/* Tables<"users">, or Tables<{ schema: "auth" }, "users">: the same for each of them. */
static const struct {
    const char *name, *option, *part, *place, *member;
} helpers[] = {
    {"TablesInsert", "TableNameOrOptions", "TableName", "Tables", "Insert"},
    {"TablesUpdate", "TableNameOrOptions", "TableName", "Tables", "Update"},
    {"Enums", "EnumNameOrOptions", "EnumName", "Enums", NULL},
    {"CompositeTypes", "CompositeTypeNameOrOptions", "CompositeTypeName", "CompositeTypes", NULL},
};

static const char tables_helper[] =
    "export type Tables<\n"
    "  TableNameOrOptions extends\n"
    "    | keyof (DefaultSchema[\"Tables\"] & DefaultSchema[\"Views\"])\n"
    "    | { schema: keyof Database },\n"
    "  TableName extends TableNameOrOptions extends { schema: keyof Database }\n"
    "    ? keyof (Database[TableNameOrOptions[\"schema\"]][\"Tables\"] &\n"
    "        Database[TableNameOrOptions[\"schema\"]][\"Views\"])\n"
    "    : never = never,\n"
    "> = TableNameOrOptions extends { schema: keyof Database }\n"
    "  ? (Database[TableNameOrOptions[\"schema\"]][\"Tables\"] &\n"
    "      Database[TableNameOrOptions[\"schema\"]][\"Views\"])[TableName] extends {\n"
    "      Row: infer R\n"
    "    }\n"
    "    ? R\n"
    "    : never\n"
    "  : TableNameOrOptions extends keyof (DefaultSchema[\"Tables\"] &\n"
    "        DefaultSchema[\"Views\"])\n"
    "    ? (DefaultSchema[\"Tables\"] &\n"
    "        DefaultSchema[\"Views\"])[TableNameOrOptions] extends {\n"
    "        Row: infer R\n"
    "      }\n"
    "      ? R\n"
    "      : never\n"
    "    : never\n";

/* ---- words ---- */

static void indent(Writer *writer, int depth)
{
    for (; depth > 0; depth--)
        text_put(writer->text, "  ");
}

static void add_key(Writer *writer, const char *name)
{
    bool plain = *name && !(*name >= '0' && *name <= '9');
    for (const char *at = name; *at && plain; at++)
        plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                (*at >= '0' && *at <= '9') || *at == '_' || *at == '$';
    if (plain)
        text_put(writer->text, name);
    else
        text_add_quoted(writer->text, name);
}

static void add_comment(Writer *writer, int depth, const char *comment)
{
    if (!comment)
        return;
    indent(writer, depth);
    text_put(writer->text, "/** ");
    for (const char *at = comment; *at; at++) {
        text_char(writer->text, *at);
        if (*at == '*' && at[1] == '/')
            text_char(writer->text, ' ');
        if (*at == '\n') {
            indent(writer, depth);
            text_put(writer->text, " * ");
        }
    }
    text_put(writer->text, " */\n");
}

static void add_union(Writer *writer, const List *values)
{
    for (size_t i = 0; i < values->count; i++) {
        text_put(writer->text, i ? " | " : "");
        text_add_quoted(writer->text, values->at[i]);
    }
    if (!values->count)
        text_put(writer->text, "never");
}

/* Database["public"]["Enums"]["mood"] */
static void add_path(Writer *writer, const Entity *entity)
{
    static const char *const places[] = {[ENTITY_TABLE] = "Tables",
                                         [ENTITY_VIEW] = "Views",
                                         [ENTITY_ENUM] = "Enums",
                                         [ENTITY_COMPOSITE] = "CompositeTypes"};
    text_put(writer->text, "Database[");
    text_add_quoted(writer->text, entity->schema);
    text_print(writer->text, "][\"%s\"][", places[entity->type]);
    text_add_quoted(writer->text, entity->name);
    text_put(writer->text, entity->type <= ENTITY_VIEW ? "][\"Row\"]" : "]");
}

static void add_type(Writer *writer, const TypeUse *type)
{
    bool group = type->is_array && type->choices.count > 1;
    text_put(writer->text, group ? "(" : "");
    if (type->choices.count)
        add_union(writer, &type->choices);
    else if (type->named)
        add_path(writer, type->named);
    else
        text_put(writer->text, words[type->scalar]);
    text_put(writer->text, group ? ")" : "");
    text_put(writer->text, type->is_array ? "[]" : "");
}

/* ---- tables ---- */

typedef enum { MEMBER_ROW, MEMBER_INSERT, MEMBER_UPDATE } Member;

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const TypedColumn *const *)a)->name, (*(const TypedColumn *const *)b)->name);
}

static const TypedColumn **sorted(Writer *writer, const Entity *entity)
{
    size_t count = entity->columns.count;
    const TypedColumn **columns =
        arena_alloc_array(writer->types->arena, count + 1, sizeof *columns);
    for (size_t i = 0; i < count; i++)
        columns[i] = &entity->columns.at[i];
    qsort(columns, count, sizeof *columns, by_name);
    return columns;
}

static void add_column(Writer *writer, const TypedColumn *column, Member member)
{
    bool refused = member != MEMBER_ROW && column->generated;
    bool optional = member == MEMBER_UPDATE ||
                    (member == MEMBER_INSERT && (column->nullable || column->automatic));
    add_comment(writer, 5, column->comment);
    indent(writer, 5);
    add_key(writer, column->name);
    text_put(writer->text, optional ? "?: " : ": ");
    if (refused)
        text_put(writer->text, "never");
    else
        add_type(writer, &column->type);
    bool any = column->type.scalar == SCALAR_UNKNOWN && !column->type.is_array;
    text_put(writer->text, column->nullable && !refused && !any ? " | null\n" : "\n");
}

static void add_member(Writer *writer, const Entity *entity, Member member)
{
    static const char *const names[] = {"Row", "Insert", "Update"};
    const TypedColumn **columns = sorted(writer, entity);
    indent(writer, 4);
    text_print(writer->text, "%s: {\n", names[member]);
    for (size_t i = 0; i < entity->columns.count; i++)
        add_column(writer, columns[i], member);
    indent(writer, 4);
    text_put(writer->text, "}\n");
}

static void add_names(Writer *writer, const char *title, const List *names)
{
    indent(writer, 6);
    text_print(writer->text, "%s: [", title);
    for (size_t i = 0; i < names->count; i++) {
        text_put(writer->text, i ? ", " : "");
        text_add_quoted(writer->text, names->at[i]);
    }
    text_put(writer->text, "]\n");
}

static void add_relation(Writer *writer, const Relation *relation)
{
    indent(writer, 5);
    text_put(writer->text, "{\n");
    indent(writer, 6);
    text_put(writer->text, "foreignKeyName: ");
    text_add_quoted(writer->text, relation->name);
    text_char(writer->text, '\n');
    add_names(writer, "columns", &relation->columns);
    indent(writer, 6);
    text_print(writer->text, "isOneToOne: %s\n", relation->one_to_one ? "true" : "false");
    indent(writer, 6);
    text_put(writer->text, "referencedRelation: ");
    text_add_quoted(writer->text, relation->target->name);
    text_char(writer->text, '\n');
    add_names(writer, "referencedColumns", &relation->target_columns);
    indent(writer, 5);
    text_put(writer->text, "},\n");
}

static void add_relations(Writer *writer, const Entity *entity)
{
    indent(writer, 4);
    text_put(writer->text, "Relationships: [");
    if (entity->relations.count) {
        text_char(writer->text, '\n');
        for (size_t i = 0; i < entity->relations.count; i++)
            add_relation(writer, &entity->relations.at[i]);
        indent(writer, 4);
    }
    text_put(writer->text, "]\n");
}

static void add_relation_of(Writer *writer, const Entity *entity)
{
    add_comment(writer, 3, entity->comment);
    indent(writer, 3);
    add_key(writer, entity->name);
    text_put(writer->text, ": {\n");
    add_member(writer, entity, MEMBER_ROW);
    if (entity->type == ENTITY_TABLE) {
        add_member(writer, entity, MEMBER_INSERT);
        add_member(writer, entity, MEMBER_UPDATE);
    }
    add_relations(writer, entity);
    indent(writer, 3);
    text_put(writer->text, "}\n");
}

static void add_enum(Writer *writer, const Entity *entity)
{
    add_comment(writer, 3, entity->comment);
    indent(writer, 3);
    add_key(writer, entity->name);
    text_put(writer->text, ": ");
    add_union(writer, &entity->values);
    text_char(writer->text, '\n');
}

static void add_composite(Writer *writer, const Entity *entity)
{
    add_comment(writer, 3, entity->comment);
    indent(writer, 3);
    add_key(writer, entity->name);
    text_put(writer->text, ": {\n");
    for (size_t i = 0; i < entity->columns.count; i++) {
        add_comment(writer, 4, entity->columns.at[i].comment);
        indent(writer, 4);
        add_key(writer, entity->columns.at[i].name);
        text_put(writer->text, ": ");
        add_type(writer, &entity->columns.at[i].type);
        text_put(writer->text, " | null\n");
    }
    indent(writer, 3);
    text_put(writer->text, "}\n");
}

/* ---- functions ---- */

static void add_arguments(Writer *writer, const Routine *routine)
{
    bool any = false;
    text_put(writer->text, "Args: ");
    for (size_t i = 0; i < routine->arguments.count; i++) {
        const RoutineArgument *argument = &routine->arguments.at[i];
        /* without a name, only a function of one argument can be called */
        if (!*argument->name && routine->arguments.count > 1)
            continue;
        text_put(writer->text, any ? "; " : "{ ");
        add_key(writer, argument->name);
        text_put(writer->text, argument->optional ? "?: " : ": ");
        add_type(writer, &argument->type);
        any = true;
    }
    text_put(writer->text, any ? " }" : "Record<PropertyKey, never>");
}

static void add_result(Writer *writer, const Routine *routine)
{
    text_put(writer->text, "Returns: ");
    for (size_t i = 0; i < routine->columns.count; i++) {
        text_put(writer->text, i ? "; " : "{ ");
        add_key(writer, routine->columns.at[i].name);
        text_put(writer->text, ": ");
        add_type(writer, &routine->columns.at[i].type);
    }
    if (routine->columns.count)
        text_put(writer->text, " }");
    else
        add_type(writer, &routine->result);
    text_put(writer->text, routine->is_set ? "[]" : "");
}

/* Functions of one name are one entry: a union of what each takes and gives. */
static void add_overloads(Writer *writer, const TypedSchema *schema, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++)
        add_comment(writer, 3, schema->routines.at[i].comment);
    indent(writer, 3);
    add_key(writer, schema->routines.at[first].name);
    text_char(writer->text, ':');
    for (size_t i = first; i < last; i++) {
        if (last > first + 1) {
            text_char(writer->text, '\n');
            indent(writer, 4);
            text_put(writer->text, "| { ");
            add_arguments(writer, &schema->routines.at[i]);
            text_put(writer->text, "; ");
            add_result(writer, &schema->routines.at[i]);
            text_put(writer->text, " }");
            continue;
        }
        text_put(writer->text, " {\n");
        indent(writer, 4);
        add_arguments(writer, &schema->routines.at[i]);
        text_char(writer->text, '\n');
        indent(writer, 4);
        add_result(writer, &schema->routines.at[i]);
        text_char(writer->text, '\n');
        indent(writer, 3);
        text_char(writer->text, '}');
    }
    text_char(writer->text, '\n');
}

/* ---- all of it ---- */

static void open_place(Writer *writer, const char *name, bool any)
{
    indent(writer, 2);
    text_print(writer->text, "%s: {\n%s", name, any ? "" : "      [_ in never]: never\n");
}

static void add_place(Writer *writer, const char *name, const EntityList *list,
                      void (*add)(Writer *writer, const Entity *entity))
{
    open_place(writer, name, list->count);
    for (size_t i = 0; i < list->count; i++)
        add(writer, list->at[i]);
    indent(writer, 2);
    text_put(writer->text, "}\n");
}

static void add_functions(Writer *writer, const TypedSchema *schema)
{
    open_place(writer, "Functions", schema->routines.count);
    for (size_t i = 0, last; i < schema->routines.count; i = last) {
        last = i + 1;
        while (last < schema->routines.count &&
               strcmp(schema->routines.at[last].name, schema->routines.at[i].name) == 0)
            last++;
        add_overloads(writer, schema, i, last);
    }
    indent(writer, 2);
    text_put(writer->text, "}\n");
}

static void add_schema(Writer *writer, const TypedSchema *schema)
{
    indent(writer, 1);
    add_key(writer, schema->name);
    text_put(writer->text, ": {\n");
    add_place(writer, "Tables", &schema->tables, add_relation_of);
    add_place(writer, "Views", &schema->views, add_relation_of);
    add_functions(writer, schema);
    add_place(writer, "Enums", &schema->enums, add_enum);
    add_place(writer, "CompositeTypes", &schema->composites, add_composite);
    indent(writer, 1);
    text_put(writer->text, "}\n");
}

static void add_helper(Writer *writer, size_t row)
{
    const char *option = helpers[row].option, *part = helpers[row].part;
    const char *place = helpers[row].place, *member = helpers[row].member;
    const char *start = member ? " extends {\n      " : "",
               *middle = member ? ": infer T\n    }" : "";
    text_print(writer->text,
               "\nexport type %s<\n  %s extends\n    | keyof DefaultSchema[\"%s\"]\n"
               "    | { schema: keyof Database },\n"
               "  %s extends %s extends { schema: keyof Database }\n"
               "    ? keyof Database[%s[\"schema\"]][\"%s\"]\n    : never = never,\n"
               "> = %s extends { schema: keyof Database }\n",
               helpers[row].name, option, place, part, option, option, place, option);
    text_print(writer->text, "  ? Database[%s[\"schema\"]][\"%s\"][%s]%s%s%s%s\n", option, place,
               part, start, member ? member : "", middle, member ? "\n    ? T\n    : never" : "");
    text_print(
        writer->text,
        "  : %s extends keyof DefaultSchema[\"%s\"]\n    ? DefaultSchema[\"%s\"][%s]%s%s%s%s\n"
        "    : never\n",
        option, place, place, option, member ? " extends {\n        " : "", member ? member : "",
        member ? ": infer T\n      }" : "", member ? "\n      ? T\n      : never" : "");
}

static void add_constants(Writer *writer)
{
    text_put(writer->text, "\nexport const Constants = {\n");
    for (size_t i = 0; i < writer->types->schemas.count; i++) {
        const TypedSchema *schema = &writer->types->schemas.at[i];
        indent(writer, 1);
        add_key(writer, schema->name);
        text_put(writer->text, ": {\n    Enums: {");
        for (size_t k = 0; k < schema->enums.count; k++) {
            text_put(writer->text, k ? "" : "\n");
            indent(writer, 3);
            add_key(writer, schema->enums.at[k]->name);
            text_put(writer->text, ": [");
            for (size_t n = 0; n < schema->enums.at[k]->values.count; n++) {
                text_put(writer->text, n ? ", " : "");
                text_add_quoted(writer->text, schema->enums.at[k]->values.at[n]);
            }
            text_put(writer->text, "],\n");
        }
        text_print(writer->text, "%s},\n  },\n", schema->enums.count ? "    " : "");
    }
    text_put(writer->text, "} as const\n");
}

void types_ts(Types *types, Text *text)
{
    Writer writer = {types, text};
    bool standard = false;
    text_put(text, head);
    text_put(text, "export type Database = {\n");
    for (size_t i = 0; i < types->schemas.count; i++) {
        standard |= schema_is_standard(types->schemas.at[i].name);
        add_schema(&writer, &types->schemas.at[i]);
    }
    text_put(text, "}\n\n");
    if (!types->schemas.count)
        return;
    text_put(text, "type DefaultSchema = Database[");
    text_add_quoted(text, standard ? "public" : types->schemas.at[0].name);
    text_put(text, "]\n\n");
    text_put(text, tables_helper);
    for (size_t i = 0; i < COUNT(helpers); i++)
        add_helper(&writer, i);
    add_constants(&writer);
}
