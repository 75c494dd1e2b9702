/* Python: dataclasses, or models of SQLModel. */
#include "report/types.h"

typedef struct Writer {
    Types *types;
    Arena *arena;
    Text *text;
    Map *taken; /* what stands in the module's scope */
    bool sqlmodel;
} Writer;

/* `natural`: SQLModel finds the column's type by Python's; otherwise `sqlalchemy` says it. */
static const struct {
    const char *python, *sqlalchemy;
    bool natural;
} words[SCALAR_COUNT] = {
    [SCALAR_UNKNOWN] = {"Any", "sa.Text()", false},
    [SCALAR_BOOLEAN] = {"bool", "sa.Boolean()", true},
    [SCALAR_SMALLINT] = {"int", "sa.SmallInteger()", false},
    [SCALAR_INTEGER] = {"int", "sa.Integer()", true},
    [SCALAR_BIGINT] = {"int", "sa.BigInteger()", false},
    [SCALAR_REAL] = {"float", "sa.REAL()", true},
    [SCALAR_DOUBLE] = {"float", "sa.Float()", true},
    [SCALAR_DECIMAL] = {"decimal.Decimal", "sa.Numeric()", true},
    [SCALAR_TEXT] = {"str", "sa.String()", true},
    [SCALAR_BYTES] = {"bytes", "sa.LargeBinary()", true},
    [SCALAR_UUID] = {"uuids.UUID", "postgresql.UUID(as_uuid=True)", true},
    [SCALAR_DATE] = {"dt.date", "sa.Date()", true},
    [SCALAR_TIME] = {"dt.time", "sa.Time()", true},
    [SCALAR_TIMESTAMP] = {"dt.datetime", "sa.DateTime()", true},
    [SCALAR_TIMESTAMP_ZONED] = {"dt.datetime", "sa.DateTime(timezone=True)", false},
    [SCALAR_INTERVAL] = {"dt.timedelta", "sa.Interval()", true},
    [SCALAR_JSON] = {"Any", "sa.JSON()", false},
    [SCALAR_VOID] = {"None", "sa.Text()", false},
    [SCALAR_RECORD] = {"Any", "sa.Text()", false},
    [SCALAR_NAMED] = {"Any", "sa.Text()", false},
};

/* Keywords, and what the file itself names. */
static const char *const reserved[] = {
    "False",    "None",      "True",     "and",     "as",       "assert",     "async",  "await",
    "break",    "class",     "continue", "def",     "del",      "elif",       "else",   "except",
    "finally",  "for",       "from",     "global",  "if",       "import",     "in",     "is",
    "lambda",   "nonlocal",  "not",      "or",      "pass",     "raise",      "return", "try",
    "while",    "with",      "yield",    "bool",    "bytes",    "float",      "int",    "list",
    "str",      "dt",        "sa",       "decimal", "enum",     "uuids",      "Any",    "Literal",
    "Optional", "dataclass", "field",    "Field",   "SQLModel", "postgresql",
};

/* Attributes of SQLModel's classes (pydantic 1 and 2, SQLAlchemy), which a field cannot hide. */
static const char *const attributes[] = {
    "construct",   "copy",
    "dict",        "fields",
    "from_orm",    "json",
    "metadata",    "parse_file",
    "parse_obj",   "parse_raw",
    "registry",    "schema",
    "schema_json", "update_forward_refs",
    "validate",
};

static const char title[] = "\"\"\"Written by `rung types --lang python --style %s` from the "
                            "database's schema. Do not edit.\"\"\"\n";
static const char imports[] =
    "import datetime as dt\nimport decimal\nimport enum\nimport uuid as uuids\n";

/* ---- names ---- */

static bool is_in(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* A name with _ in front would be private. */
static const char *field_name(const Writer *writer, Map *taken, const char *name)
{
    const char *made = identifier_make(writer->arena, name);
    made += strspn(made, "_");
    if (!*made)
        made = "column";
    if (*made >= '0' && *made <= '9')
        made = arena_print(writer->arena, "n%s", made);
    if (is_in(reserved, COUNT(reserved), made) ||
        (writer->sqlmodel &&
         (is_in(attributes, COUNT(attributes), made) || strncmp(made, "model_", 6) == 0)))
        made = arena_print(writer->arena, "%s_", made);
    return identifier_unique(writer->arena, taken, made);
}

/* "order_items" becomes "OrderItems". */
static const char *class_name(const Writer *writer, const char *name)
{
    char *made = identifier_make(writer->arena, name), *to = made;
    bool first = true;
    for (const char *at = made; *at; at++) {
        bool lower = first && *at >= 'a' && *at <= 'z';
        if (*at != '_')
            *to++ = lower ? (char)(*at - 'a' + 'A') : *at;
        first = *at == '_';
    }
    *to = '\0';
    if (!*made || (*made >= '0' && *made <= '9'))
        made = arena_print(writer->arena, "Table%s", made);
    if (is_in(reserved, COUNT(reserved), made))
        made = arena_print(writer->arena, "%s_", made);
    return made;
}

static void name_fields(Writer *writer, Entity *entity)
{
    Map *taken = map_new(writer->arena);
    for (size_t i = 0; i < entity->columns.count; i++)
        entity->columns.at[i].word = field_name(writer, taken, entity->columns.at[i].name);
}

static void name_entities(Writer *writer, const EntityList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        Entity *entity = list->at[i];
        const char *name = class_name(writer, entity->name);
        if (!schema_is_standard(entity->schema))
            name = arena_print(writer->arena, "%s%s", class_name(writer, entity->schema), name);
        entity->word = identifier_unique(writer->arena, writer->taken, name);
        name_fields(writer, entity);
    }
}

/* ---- words ---- */

/* What stands behind `length` was not needed. */
static void text_cut(Text *text, size_t length)
{
    if (text->failed)
        return;
    text->length = length;
    text->data[length] = '\0';
}

static void add_doc(Writer *writer, const char *comment)
{
    if (!comment)
        return;
    text_put(writer->text, "    \"\"\"");
    for (const char *at = comment; *at; at++)
        if (*at == '\\' || *at == '"')
            text_print(writer->text, "\\%c", *at);
        else
            text_char(writer->text, *at);
    text_put(writer->text, "\"\"\"\n");
}

/* Every line of it, above what it is about. */
static void add_comment(Writer *writer, const char *comment)
{
    if (!comment)
        return;
    text_put(writer->text, "    # ");
    for (const char *at = comment; *at; at++)
        if (*at == '\n')
            text_put(writer->text, "\n    # ");
        else if (*at != '\r')
            text_char(writer->text, *at);
    text_char(writer->text, '\n');
}

static void add_strings(Text *text, const List *list)
{
    for (size_t i = 0; i < list->count; i++) {
        text_put(text, i ? ", " : "");
        text_add_quoted(text, list->at[i]);
    }
}

/* SQLModel cannot make a column of a Literal. */
static void add_python(Writer *writer, const TypeUse *type, bool optional)
{
    Text *text = writer->text;
    text_put(text, optional ? "Optional[" : "");
    text_put(text, type->is_array ? "list[" : "");
    if (type->choices.count && !writer->sqlmodel) {
        text_put(text, "Literal[");
        add_strings(text, &type->choices);
        text_char(text, ']');
    } else if (type->named && (!writer->sqlmodel || type->named->type == ENTITY_ENUM))
        text_put(text, type->named->word);
    else
        text_put(text, words[type->scalar].python);
    text_put(text, type->is_array ? "]" : "");
    text_put(text, optional ? "]" : "");
}

static void add_enum(Writer *writer, Entity *entity)
{
    Map *taken = map_new(writer->arena);
    text_print(writer->text, "\n\nclass %s(str, enum.Enum):\n", entity->word);
    add_doc(writer, entity->comment);
    for (size_t i = 0; i < entity->values.count; i++) {
        const char *name = field_name(writer, map_new(writer->arena), entity->values.at[i]);
        char *member = arena_string(writer->arena, name);
        for (char *at = member; *at; at++)
            if (*at >= 'a' && *at <= 'z')
                *at = (char)(*at - 'a' + 'A');
        text_print(writer->text, "    %s = ", identifier_unique(writer->arena, taken, member));
        text_add_quoted(writer->text, entity->values.at[i]);
        text_char(writer->text, '\n');
    }
    if (!entity->values.count)
        text_put(writer->text, "    pass\n");
}

/* ---- dataclasses ---- */

static void add_field(Writer *writer, const TypedColumn *column)
{
    bool renamed = strcmp(column->word, column->name) != 0;
    add_comment(writer, column->comment);
    text_print(writer->text, "    %s: ", column->word);
    add_python(writer, &column->type, column->nullable);
    if (renamed) {
        text_print(writer->text,
                   " = field(%smetadata={\"column\": ", column->nullable ? "default=None, " : "");
        text_add_quoted(writer->text, column->name);
        text_put(writer->text, "})");
    } else if (column->nullable)
        text_put(writer->text, " = None");
    text_char(writer->text, '\n');
}

static void add_dataclass(Writer *writer, const Entity *entity)
{
    text_print(writer->text, "\n\n@dataclass(kw_only=True)\nclass %s:\n", entity->word);
    add_doc(writer, entity->comment);
    for (size_t i = 0; i < entity->columns.count; i++)
        add_field(writer, &entity->columns.at[i]);
    if (!entity->columns.count)
        text_put(writer->text, "    pass\n");
}

/* ---- SQLModel: columns ---- */

/* What a single column says, and its table need not. */
typedef struct ColumnFacts {
    bool primary, unique, indexed;
    const Relation *relation;
    const char *constant; /* its default, in Python */
} ColumnFacts;

static bool is_single(const List *columns, const TypedColumn *column)
{
    return columns->count == 1 && strcmp(columns->at[0], column->name) == 0;
}

/* The name that `index=True` gives to an index. */
static bool is_usual_index(const Writer *writer, const Entity *entity, const TypedKey *key)
{
    return key->is_index && key->columns.count == 1 &&
           strcmp(key->name,
                  arena_print(writer->arena, "ix_%s_%s", entity->name, key->columns.at[0])) == 0;
}

static const char *python_constant(Writer *writer, const TypedColumn *column)
{
    const char *constant;
    Text text = TEXT_EMPTY;
    if (!column->value || column->type.is_array || column->type.named ||
        !constant_read(writer->arena, writer->types->engine, column->value, column->type.scalar,
                       &constant))
        return NULL;
    if (column->type.scalar == SCALAR_TEXT)
        text_add_quoted(&text, constant);
    else if (column->type.scalar == SCALAR_BOOLEAN)
        text_put(&text, strcmp(constant, "true") == 0 ? "True" : "False");
    else
        text_put(&text, constant);
    return text_keep(&text, writer->arena);
}

static ColumnFacts facts_of(Writer *writer, const Entity *entity, const TypedColumn *column)
{
    ColumnFacts facts = {.constant = python_constant(writer, column)};
    for (size_t i = 0; i < entity->keys.count; i++) {
        const TypedKey *key = &entity->keys.at[i];
        facts.primary |= key->primary && list_has(&key->columns, column->name);
        if (key->primary || !is_single(&key->columns, column))
            continue;
        bool usual = is_usual_index(writer, entity, key);
        facts.unique |= key->unique && (!key->is_index || usual);
        facts.indexed |= usual;
    }
    for (size_t i = 0; i < entity->relations.count; i++)
        if (is_single(&entity->relations.at[i].columns, column))
            facts.relation = &entity->relations.at[i];
    return facts;
}

static const char *target_name(Writer *writer, const Relation *relation)
{
    return arena_print(writer->arena, "%s%s%s.%s",
                       schema_is_standard(relation->target->schema) ? "" : relation->target->schema,
                       schema_is_standard(relation->target->schema) ? "" : ".",
                       relation->target->name, relation->target_columns.at[0]);
}

static void add_separated(Writer *writer, bool *any, const char *said)
{
    text_print(writer->text, "%s%s", *any ? ", " : "", said);
    *any = true;
}

static void add_quoted(Writer *writer, bool *any, const char *name, const char *value)
{
    add_separated(writer, any, name);
    text_add_quoted(writer->text, value);
}

/* What the database fills in by itself: SQLAlchemy leaves it out of an INSERT. */
static bool add_server_default(Writer *writer, bool *any, const char *name,
                               const TypedColumn *column, const ColumnFacts *facts)
{
    if (!column->automatic || facts->constant || (facts->primary && !column->value))
        return false;
    add_separated(writer, any, name);
    if (!column->value) {
        text_put(writer->text, "sa.FetchedValue()");
        return true;
    }
    text_put(writer->text, "sa.text(");
    text_add_quoted(writer->text, column->value);
    text_char(writer->text, ')');
    return true;
}

static void add_flags(Writer *writer, bool *any, const ColumnFacts *facts)
{
    if (facts->primary)
        add_separated(writer, any, "primary_key=True");
    if (facts->unique)
        add_separated(writer, any, "unique=True");
    if (facts->indexed)
        add_separated(writer, any, "index=True");
}

/* sa.Column(…) for a type that SQLModel would not find. */
static void add_sa_type(Writer *writer, const TypeUse *type)
{
    const Entity *named = type->named;
    text_put(writer->text, type->is_array ? "sa.ARRAY(" : "");
    if (named && named->type == ENTITY_ENUM) {
        text_print(
            writer->text,
            "sa.Enum(%s, values_callable=lambda e: [m.value for m in e], name=", named->word);
        text_add_quoted(writer->text, named->name);
        if (!schema_is_standard(named->schema)) {
            text_put(writer->text, ", schema=");
            text_add_quoted(writer->text, named->schema);
        }
        text_char(writer->text, ')');
    } else
        text_put(writer->text, words[type->scalar].sqlalchemy);
    text_put(writer->text, type->is_array ? ")" : "");
}

static void add_sa_column(Writer *writer, const TypedColumn *column, const ColumnFacts *facts)
{
    bool any = false;
    text_put(writer->text, "sa_column=sa.Column(");
    if (strcmp(column->word, column->name) != 0)
        add_quoted(writer, &any, "", column->name);
    add_separated(writer, &any, "");
    add_sa_type(writer, &column->type);
    if (facts->relation) {
        add_quoted(writer, &any, "sa.ForeignKey(", target_name(writer, facts->relation));
        text_char(writer->text, ')');
    }
    add_flags(writer, &any, facts);
    if (!facts->primary)
        add_separated(writer, &any, column->nullable ? "nullable=True" : "nullable=False");
    add_server_default(writer, &any, "server_default=", column, facts);
    text_char(writer->text, ')');
}

/* The same in SQLModel's own words. */
static void add_plain_column(Writer *writer, bool *any, const TypedColumn *column,
                             const ColumnFacts *facts)
{
    bool inner = false, renamed = strcmp(column->word, column->name) != 0;
    add_flags(writer, any, facts);
    if (facts->relation)
        add_quoted(writer, any, "foreign_key=", target_name(writer, facts->relation));
    if (column->automatic && !facts->constant && !column->nullable && !facts->primary)
        add_separated(writer, any, "nullable=False");
    if (column->type.length)
        add_separated(
            writer, any,
            arena_print(writer->arena, "max_length=%lld", (long long)column->type.length));
    size_t before = writer->text->length;
    add_separated(writer, any, "sa_column_kwargs={");
    if (renamed)
        add_quoted(writer, &inner, "\"name\": ", column->name);
    if (!add_server_default(writer, &inner, "\"server_default\": ", column, facts) && !renamed)
        text_cut(writer->text, before);
    else
        text_char(writer->text, '}');
}

static bool is_natural(const TypeUse *type)
{
    return words[type->scalar].natural && !type->is_array && !type->named;
}

/* On SQLite only INTEGER PRIMARY KEY counts by itself, and integers are all of one size. */
static bool is_natural_for(const Writer *writer, const TypeUse *type)
{
    return is_natural(type) || (writer->types->engine == ENGINE_SQLITE && !type->is_array &&
                                type->scalar == SCALAR_BIGINT);
}

static void add_model_field(Writer *writer, const Entity *entity, const TypedColumn *column,
                            bool is_table)
{
    Text *text = writer->text;
    ColumnFacts facts = facts_of(writer, entity, column);
    bool optional = column->nullable || (is_table && column->automatic && !facts.constant);
    bool any = false;
    add_comment(writer, column->comment);
    text_print(text, "    %s: ", column->word);
    add_python(writer, &column->type, optional);
    size_t before = text->length;
    text_put(text, " = Field(");
    if (facts.constant && is_table)
        add_separated(writer, &any, arena_print(writer->arena, "default=%s", facts.constant));
    else if (optional)
        add_separated(writer, &any, "default=None");
    bool plain_default = any;
    size_t behind = text->length;
    if (is_table && is_natural_for(writer, &column->type))
        add_plain_column(writer, &any, column, &facts);
    else if (is_table) {
        add_separated(writer, &any, "");
        add_sa_column(writer, column, &facts);
    }
    if (text->length == behind) { /* nothing but the default: no Field */
        const char *value = facts.constant && is_table ? facts.constant : "None";
        text_cut(text, before);
        if (plain_default)
            text_print(text, " = %s", value);
    } else
        text_char(text, ')');
    text_char(text, '\n');
}

/* ---- SQLModel: tables ---- */

static void add_table_key(Writer *writer, const Entity *entity, const TypedKey *key)
{
    if (key->primary || is_usual_index(writer, entity, key) ||
        (!key->is_index && key->columns.count == 1))
        return;
    text_put(writer->text, key->is_index ? "        sa.Index(" : "        sa.UniqueConstraint(");
    if (key->is_index) {
        text_add_quoted(writer->text, key->name);
        text_put(writer->text, ", ");
    }
    add_strings(writer->text, &key->columns);
    if (key->is_index && key->unique)
        text_put(writer->text, ", unique=True");
    if (!key->is_index) {
        text_put(writer->text, ", name=");
        text_add_quoted(writer->text, key->name);
    }
    text_put(writer->text, "),\n");
}

static void add_table_relation(Writer *writer, const Relation *relation)
{
    if (relation->columns.count < 2)
        return;
    text_put(writer->text, "        sa.ForeignKeyConstraint([");
    add_strings(writer->text, &relation->columns);
    text_put(writer->text, "], [");
    for (size_t i = 0; i < relation->target_columns.count; i++) {
        Relation one = *relation;
        one.target_columns.at = &relation->target_columns.at[i];
        text_put(writer->text, i ? ", " : "");
        text_add_quoted(writer->text, target_name(writer, &one));
    }
    text_put(writer->text, "]),\n");
}

static void add_table_arguments(Writer *writer, const Entity *entity)
{
    static const char opening[] = "    __table_args__ = (\n";
    Text *text = writer->text;
    bool standard = schema_is_standard(entity->schema);
    text_put(text, "    __tablename__ = ");
    text_add_quoted(text, entity->name);
    text_char(text, '\n');
    size_t before = text->length;
    text_put(text, opening);
    size_t start = text->length;
    for (size_t i = 0; i < entity->keys.count; i++)
        add_table_key(writer, entity, &entity->keys.at[i]);
    for (size_t i = 0; i < entity->relations.count; i++)
        add_table_relation(writer, &entity->relations.at[i]);
    if (!standard) {
        text_put(text, "        {\"schema\": ");
        text_add_quoted(text, entity->schema);
        text_put(text, "},\n");
    }
    if (text->length == start)
        text_cut(text, before);
    else
        text_put(text, "    )\n");
    text_char(text, '\n');
}

/* SQLAlchemy maps what has a primary key; the others are models of rows alone. */
static void add_model(Writer *writer, const Entity *entity)
{
    bool is_table = entity->type == ENTITY_TABLE && entity_primary(entity);
    text_print(writer->text, "\n\nclass %s(SQLModel%s):\n", entity->word,
               is_table ? ", table=True" : "");
    add_doc(writer, entity->comment);
    if (is_table)
        add_table_arguments(writer, entity);
    for (size_t i = 0; i < entity->columns.count; i++)
        add_model_field(writer, entity, &entity->columns.at[i], is_table);
    if (!entity->columns.count)
        text_put(writer->text, "    pass\n");
}

/* ---- all of it ---- */

static void add_all(Writer *writer, void (*add)(Writer *writer, const Entity *entity))
{
    for (size_t i = 0; i < writer->types->schemas.count; i++) {
        const TypedSchema *schema = &writer->types->schemas.at[i];
        const EntityList *lists[] = {&schema->composites, &schema->tables, &schema->views};
        for (size_t k = 0; k < COUNT(lists); k++)
            for (size_t n = 0; n < lists[k]->count; n++)
                add(writer, lists[k]->at[n]);
    }
}

static void write_module(Writer *writer, void (*add)(Writer *writer, const Entity *entity))
{
    const Types *types = writer->types;
    for (size_t i = 0; i < types->schemas.count; i++) {
        name_entities(writer, &types->schemas.at[i].enums);
        name_entities(writer, &types->schemas.at[i].composites);
        name_entities(writer, &types->schemas.at[i].tables);
        name_entities(writer, &types->schemas.at[i].views);
    }
    for (size_t i = 0; i < types->schemas.count; i++)
        for (size_t k = 0; k < types->schemas.at[i].enums.count; k++)
            add_enum(writer, types->schemas.at[i].enums.at[k]);
    add_all(writer, add);
}

/* Annotations stay text: a class may name one that stands below it. */
void types_python(Types *types, Text *text)
{
    Writer writer = {types, types->arena, text, map_new(types->arena), false};
    text_print(text, title, "dataclass");
    text_print(text, "from __future__ import annotations\n\n%s", imports);
    text_put(text, "from dataclasses import dataclass, field\n"
                   "from typing import Any, Literal, Optional\n");
    write_module(&writer, add_dataclass);
}

void types_sqlmodel(Types *types, Text *text)
{
    Writer writer = {types, types->arena, text, map_new(types->arena), true};
    text_print(text, title, "sqlmodel");
    text_put(text, imports);
    text_put(text, "from typing import Any, Optional\n\nimport sqlalchemy as sa\n"
                   "from sqlalchemy.dialects import postgresql\n"
                   "from sqlmodel import Field, SQLModel\n");
    write_module(&writer, add_model);
}
