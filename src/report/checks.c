/* Checks for a plan: for each object that it makes, changes or removes, a short query that says
 * whether it did. */
#include "report/catalog.h"
#include "sql/quote.h"
#include "sql/reader.h"

typedef struct Checks {
    const Plan *plan;
    const char *heading; /* "-- rung:check sqlite" */
    Text *text;
    Map *titles; /* that are taken: a file has each once */
} Checks;

/* ---- pieces ---- */

/* False, and nothing is added, when this title is taken. */
static bool add_title(Checks *checks, const char *title)
{
    if (map_set(checks->titles, title, checks))
        return false;
    text_print(checks->text, "\n%s %s\n", checks->heading, title);
    return true;
}

static bool add_heading(Checks *checks, bool none, const Object *object, const char *rest)
{
    Arena *arena = checks->plan->arena;
    return add_title(checks, arena_print(arena, "%s%s%s", none ? "none: " : "",
                                         report_object(arena, object), rest));
}

/* 'public.users', as to_regclass() takes it. */
static void add_qualified_constant(Text *text, const Object *object)
{
    Text name = TEXT_EMPTY;
    const char *schema = object->parent ? object->parent->schema : object->schema;
    if (schema) {
        sql_add_identifier(&name, schema);
        text_char(&name, '.');
    }
    sql_add_identifier(&name, object->name);
    if (object->kind == KIND_FUNCTION || object->kind == KIND_AGGREGATE)
        text_print(&name, "(%s)", object->address ? object->address : "");
    sql_add_constant(text, text_string(&name));
    text_done(&name);
}

static void add_regclass(Text *text, const Object *object)
{
    text_put(text, "to_regclass(");
    add_qualified_constant(text, object);
    text_char(text, ')');
}

/* "SELECT WHAT\nFROM CATALOG\nWHERE COLUMN = to_regclass('table') AND NAME = 'name'" */
static void add_part_query(Checks *checks, const Object *object, const char *what,
                           const char *catalog, const char *column, const char *name)
{
    text_print(checks->text, "SELECT %s\nFROM %s\nWHERE %s = ", what, catalog, column);
    add_regclass(checks->text, object->parent);
    text_print(checks->text, " AND %s = ", name);
    sql_add_constant(checks->text, object->name);
}

/* ---- PostgreSQL ---- */

typedef struct PartCatalog {
    KindId kind;
    const char *what, *catalog, *column, *name;
} PartCatalog;

static const PartCatalog part_catalogs[] = {
    {KIND_CONSTRAINT, "count(*) = 1", "pg_constraint", "conrelid", "conname"},
    {KIND_TRIGGER, "count(*) = 1", "pg_trigger", "tgrelid", "tgname"},
    {KIND_POLICY, "count(*) = 1", "pg_policy", "polrelid", "polname"},
    {KIND_RULE, "count(*) = 1", "pg_rewrite", "ev_class", "rulename"},
};

static const struct {
    KindId kind;
    const char *function;
} lookups[] = {
    {KIND_TABLE, "to_regclass"},
    {KIND_VIEW, "to_regclass"},
    {KIND_MATERIALIZED_VIEW, "to_regclass"},
    {KIND_SEQUENCE, "to_regclass"},
    {KIND_INDEX, "to_regclass"},
    {KIND_ENUM, "to_regtype"},
    {KIND_DOMAIN, "to_regtype"},
    {KIND_COMPOSITE, "to_regtype"},
    {KIND_RANGE, "to_regtype"},
    {KIND_FUNCTION, "to_regprocedure"},
    {KIND_AGGREGATE, "to_regprocedure"},
};

static void check_column(Checks *checks, const Object *object)
{
    const Column *column = CATALOG_AS(const Column, object);
    if (!add_heading(checks, false, object,
                     arena_print(checks->plan->arena, " is %s%s", column->type,
                                 column->not_null ? " and never NULL" : "")))
        return;
    text_put(checks->text, "SELECT format_type(atttypid, atttypmod) = ");
    sql_add_constant(checks->text, column->type);
    text_print(checks->text, " AND %sattnotnull\nFROM pg_attribute\nWHERE attrelid = ",
               column->not_null ? "" : "NOT ");
    add_regclass(checks->text, object->parent);
    text_put(checks->text, " AND attname = ");
    sql_add_constant(checks->text, object->name);
    text_put(checks->text, " AND NOT attisdropped;\n");
}

static void check_column_gone(Checks *checks, const Object *object)
{
    if (!add_heading(checks, true, object, " is gone"))
        return;
    add_part_query(checks, object, "attname", "pg_attribute", "attrelid", "attname");
    text_put(checks->text, " AND NOT attisdropped;\n");
}

static void check_index(Checks *checks, const Object *object)
{
    if (!add_heading(checks, false, object, " is there and valid"))
        return;
    text_put(checks->text, "SELECT count(*) = 1 FROM pg_index WHERE indisvalid AND indexrelid = ");
    add_regclass(checks->text, object);
    text_put(checks->text, ";\n");
}

/* What hangs on a table by its name. */
static bool check_part(Checks *checks, const Object *object, bool gone)
{
    for (size_t i = 0; i < COUNT(part_catalogs); i++) {
        const PartCatalog *part = &part_catalogs[i];
        if (part->kind != (KindId)object->kind)
            continue;
        if (!add_heading(checks, gone, object, gone ? " is gone" : " is there"))
            return true;
        add_part_query(checks, object, gone ? part->name : part->what, part->catalog, part->column,
                       part->name);
        text_put(checks->text, ";\n");
        return true;
    }
    return false;
}

static void check_lookup(Checks *checks, const Object *object, bool gone)
{
    for (size_t i = 0; i < COUNT(lookups); i++)
        if (lookups[i].kind == (KindId)object->kind &&
            add_heading(checks, false, object, gone ? " is gone" : " is there")) {
            text_print(checks->text, "SELECT %s(", lookups[i].function);
            add_qualified_constant(checks->text, object);
            text_print(checks->text, ") IS %sNULL;\n", gone ? "" : "NOT ");
        }
}

static void check_comment(Checks *checks, const Object *object)
{
    bool column = object->kind == KIND_COLUMN;
    if ((!column && object->kind != KIND_TABLE) || !object->comment)
        return;
    if (!add_heading(checks, false, object, " says what it is for"))
        return;
    text_put(checks->text,
             column ? "SELECT col_description(attrelid, attnum) = " : "SELECT obj_description(");
    if (column) {
        sql_add_constant(checks->text, object->comment);
        text_put(checks->text, "\nFROM pg_attribute\nWHERE attrelid = ");
        add_regclass(checks->text, object->parent);
        text_put(checks->text, " AND attname = ");
        sql_add_constant(checks->text, object->name);
    } else {
        add_regclass(checks->text, object);
        text_put(checks->text, ", 'pg_class') = ");
        sql_add_constant(checks->text, object->comment);
    }
    text_put(checks->text, ";\n");
}

static bool is_created(const Plan *plan, const Object *object)
{
    for (size_t i = 0; i < plan->changes.count; i++)
        if (plan->changes.at[i].object == object && plan->changes.at[i].type == CHANGE_CREATE)
            return true;
    return false;
}

static bool is_dropped(const Plan *plan, const Object *object)
{
    for (size_t i = 0; i < plan->changes.count; i++)
        if (plan->changes.at[i].object == object && plan->changes.at[i].type == CHANGE_DROP)
            return true;
    return false;
}

static void check_gone(Checks *checks, const Object *object)
{
    if (object->parent && is_dropped(checks->plan, object->parent))
        return;
    if (object->kind == KIND_COLUMN)
        check_column_gone(checks, object);
    else if (!check_part(checks, object, true))
        check_lookup(checks, object, true);
}

static void check_there(Checks *checks, const Change *change)
{
    const Object *object = change->object;
    bool altered = change->type == CHANGE_ALTER;
    bool inside = object->parent && is_created(checks->plan, object->parent);
    bool comment = altered ? change->fields & field_bit((KindId)object->kind, "comment")
                           : object->comment != NULL;
    bool more = !altered || (change->fields & ~field_bit((KindId)object->kind, "comment"));
    if (object->kind == KIND_INDEX && more)
        check_index(checks, object);
    else if (object->kind == KIND_COLUMN && !inside && more)
        check_column(checks, object);
    else if (!inside && !altered && !check_part(checks, object, false))
        check_lookup(checks, object, false);
    if (comment && !inside)
        check_comment(checks, object);
}

/* ---- SQLite ---- */

static void check_in_schema(Checks *checks, const Object *object, bool gone)
{
    static const char *const types[] = {"table", "index", "view", "trigger"};
    const char *type = types[object->kind - KIND_LITE_TABLE];
    if (!add_heading(checks, gone, object, gone ? " is gone" : " is there"))
        return;
    text_print(checks->text, "SELECT %s FROM sqlite_schema WHERE type = '%s' AND name = ",
               gone ? "name" : "count(*) = 1", type);
    sql_add_constant(checks->text, object->name);
    text_put(checks->text, ";\n");
}

static const char *column_name(Arena *arena, const char *definition)
{
    Reader reader;
    reader_start(&reader, ENGINE_SQLITE, definition, strlen(definition));
    return reader_name(&reader, arena);
}

static bool has_column(Arena *arena, const List *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++) {
        const char *other = column_name(arena, columns->at[i]);
        if (other && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

/* The columns of `a` that `b` does not have. */
static void check_lite_columns(Checks *checks, const Object *table, const List *a, const List *b,
                               bool gone)
{
    Arena *arena = checks->plan->arena;
    for (size_t i = 0; i < a->count; i++) {
        const char *name = column_name(arena, a->at[i]);
        if (!name || has_column(arena, b, name))
            continue;
        if (!add_title(checks, arena_print(arena, "%scolumn %s.%s is %s", gone ? "none: " : "",
                                           table->name, name, gone ? "gone" : "there")))
            continue;
        text_print(checks->text, "SELECT %s FROM pragma_table_xinfo(",
                   gone ? "name" : "count(*) = 1");
        sql_add_constant(checks->text, table->name);
        text_put(checks->text, ") WHERE name = ");
        sql_add_constant(checks->text, name);
        text_put(checks->text, ";\n");
    }
}

static void check_lite_table(Checks *checks, const Change *change)
{
    const Object *object = change->object;
    const LiteTable *table = CATALOG_AS(const LiteTable, object);
    const Object *before = catalog_find(checks->plan->from, object->key);
    if (change->type == CHANGE_CREATE || !before)
        check_in_schema(checks, object, false);
    else {
        const List *old = &CATALOG_AS(const LiteTable, before)->columns;
        check_lite_columns(checks, object, &table->columns, old, false);
        check_lite_columns(checks, object, old, &table->columns, true);
    }
}

static void check_lite(Checks *checks, const Change *change)
{
    const Object *object = change->object;
    if (change->type == CHANGE_DROP) {
        if (!object->parent || !is_dropped(checks->plan, object->parent))
            check_in_schema(checks, object, true);
    } else if (object->kind == KIND_LITE_TABLE)
        check_lite_table(checks, change);
    else if (change->type == CHANGE_CREATE)
        check_in_schema(checks, object, false);
}

void report_checks(const Plan *plan, const char *heading, Text *text)
{
    Checks checks = {plan, heading, text, map_new(plan->arena)};
    for (size_t i = 0; i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        if (change->caused)
            continue;
        if (plan->to->engine == ENGINE_SQLITE)
            check_lite(&checks, change);
        else if (change->type == CHANGE_DROP)
            check_gone(&checks, change->object);
        else
            check_there(&checks, change);
    }
}
