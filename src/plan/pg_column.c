/* Columns, their defaults, identities and settings. */
#include "plan/pg_table.h"
#include "sql/quote.h"

/* What CREATE SEQUENCE would take by itself for a sequence of this type. */
static bool is_usual(const Column *column, const char *option)
{
    static const char *const usual[] = {"START WITH 1", "INCREMENT BY 1", "MINVALUE 1", "CACHE 1",
                                        "NO CYCLE"};
    const char *maximum = strcmp(column->type, "smallint") == 0  ? "MAXVALUE 32767"
                          : strcmp(column->type, "integer") == 0 ? "MAXVALUE 2147483647"
                                                                 : "MAXVALUE 9223372036854775807";
    bool found = strcmp(option, maximum) == 0;
    for (size_t i = 0; i < COUNT(usual); i++)
        found |= strcmp(option, usual[i]) == 0;
    return found;
}

static bool has_usual_name(Planner *planner, const Column *column)
{
    const Object *table = column->head.parent;
    const char *name = arena_print(planner->arena, "%s_%s_seq", table->name, column->head.name);
    return strlen(name) < 64 &&
           same_text(column->identity_sequence,
                     arena_print(planner->arena, "%s.%s", quoted(planner, table->schema),
                                 quoted(planner, name)));
}

/* Its sequence is of another type than the column: no clause says so. */
static bool has_own_type(const Column *column)
{
    return column->identity_options.count && strncmp(column->identity_options.at[0], "AS ", 3) == 0;
}

static void write_sequence(Planner *planner, const Column *column)
{
    Text *text = sql_start(planner, "ALTER SEQUENCE %s ", column->identity_sequence);
    if (!has_own_type(column))
        text_print(text, "AS %s ", column->type);
    add_list(text, &column->identity_options, " ");
    sql_end(planner);
}

static void add_identity(Planner *planner, Text *text, const Column *column)
{
    const char *between = " (", *start = between;
    text_print(text, " GENERATED %s AS IDENTITY", column->identity);
    if (column->identity_sequence && !has_usual_name(planner, column)) {
        text_print(text, "%sSEQUENCE NAME %s", between, column->identity_sequence);
        between = " ";
    }
    for (size_t i = 0; i < column->identity_options.count && !has_own_type(column); i++)
        if (!is_usual(column, column->identity_options.at[i])) {
            text_print(text, "%s%s", between, column->identity_options.at[i]);
            between = " ";
        }
    text_put(text, between == start ? "" : ")");
}

/* A table that inherits must not say again how its column is generated. */
static bool is_generated_above(const Column *column)
{
    const Object *table = column->head.parent;
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *tie = table->children.at[i];
        if (tie->kind != KIND_INHERITANCE || !tie->needs.count || !pair_of(tie)->create)
            continue;
        const Object *above = tie->needs.at[0];
        for (size_t k = 0; k < above->children.count; k++)
            if (above->children.at[k]->kind == KIND_COLUMN &&
                strcmp(above->children.at[k]->name, column->head.name) == 0 &&
                same_text(CATALOG_AS(Column, above->children.at[k])->generated, column->generated))
                return pair_of(tie)->create->into != NULL;
    }
    return false;
}

void column_add(Planner *planner, Text *text, const Column *column, const char *value, bool typed)
{
    if (!typed) {
        sql_add_identifier(text, column->head.name);
        text_print(text, " %s", column->type);
        if (column->server_options.count) {
            text_put(text, " OPTIONS (");
            add_list(text, &column->server_options, ", ");
            text_char(text, ')');
        }
        if (column->compression)
            text_print(text, " COMPRESSION %s", column->compression);
        if (column->collation)
            text_print(text, " COLLATE %s", column->collation);
    }
    if (column->generated && !is_generated_above(column))
        text_print(text, " GENERATED ALWAYS AS (%s) %s", column->generated,
                   column->is_virtual ? "VIRTUAL" : "STORED");
    else if (column->identity)
        add_identity(planner, text, column);
    else if (value)
        text_print(text, " DEFAULT %s", value);
    not_null_add(planner, text, column);
}

static const char *column_alter(const Planner *planner, const Object *column)
{
    return arena_print(planner->arena, "%s ALTER COLUMN %s",
                       alter_of(planner, column->parent, true), quoted(planner, column->name));
}

/* An identity's sequence is logged as its table is, unless it was told otherwise. */
static void write_persistence(Planner *planner, const Column *column, const char *before)
{
    const char *wanted = column->identity_persistence;
    if (!wanted && before)
        wanted = strcmp(before, "UNLOGGED") == 0 ? "LOGGED" : "UNLOGGED";
    if (wanted)
        sql_print(planner, "ALTER SEQUENCE %s SET %s", column->identity_sequence, wanted);
}

/* A column that its table only inherits begins with what the parent table's has. */
static const Column *origin_of(const Column *column)
{
    const Object *origin = inherited_from(&column->head), *table = column->head.parent;
    for (size_t i = 0; origin && i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_INHERITANCE)
            return CATALOG_AS(Column, origin);
    return NULL;
}

static const char *storage_at_first(const Column *column)
{
    const Column *origin = origin_of(column);
    return origin ? origin->storage : column->type_storage;
}

static bool compressed_at_first(const Column *column)
{
    const Column *origin = origin_of(column);
    return origin && origin->compression;
}

static bool has_default(const Object *table, const char *column)
{
    for (size_t i = 0; table && i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_DEFAULT &&
            strcmp(table->children.at[i]->name, column) == 0)
            return true;
    return false;
}

/* CREATE TABLE … INHERITS gave it a default that it shall not have. */
static bool has_foreign_default(const Column *column)
{
    const Object *table = column->head.parent;
    if (!pair_of(table)->create || column->generated || column->identity ||
        has_default(table, column->head.name))
        return false;
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *tie = table->children.at[i];
        if (tie->kind != KIND_INHERITANCE || !tie->needs.count || !pair_of(tie)->create)
            continue;
        const Pair *above = pair_of(tie->needs.at[0]);
        if (has_default(above->old, column->head.name) ||
            has_default(above->new, column->head.name))
            return true;
    }
    return false;
}

void column_settings(Planner *planner, const Column *column)
{
    const char *alter = column_alter(planner, &column->head);
    not_null_settings(planner, column);
    if (has_foreign_default(column))
        sql_print(planner, "%s DROP DEFAULT", alter);
    if (column->identity && has_own_type(column))
        write_sequence(planner, column);
    write_persistence(planner, column, NULL);
    if (!same_text(column->storage, storage_at_first(column)))
        sql_print(planner, "%s SET STORAGE %s", alter, column->storage);
    if (compressed_at_first(column) && !column->compression)
        sql_print(planner, "%s SET COMPRESSION DEFAULT", alter);
    if (column->statistics >= 0)
        sql_print(planner, "%s SET STATISTICS %lld", alter, (long long)column->statistics);
    if (column->options.count)
        write_options(planner, alter, "", &(List){0}, &column->options);
}

/* ---- columns that come with that of a parent table ---- */

static void heir_settings(Planner *planner, const Column *heir, const Column *origin)
{
    const char *alter = column_alter(planner, &heir->head);
    if (!same_text(heir->storage, heir->type_storage))
        sql_print(planner, "%s SET STORAGE %s", alter, heir->storage);
    if (!same_text(heir->compression, origin->compression))
        sql_print(planner, "%s SET COMPRESSION %s", alter,
                  heir->compression ? heir->compression : "DEFAULT");
    if (heir->statistics >= 0)
        sql_print(planner, "%s SET STATISTICS %lld", alter, (long long)heir->statistics);
    if (heir->options.count)
        write_options(planner, alter, "", &(List){0}, &heir->options);
}

static void write_heirs(Planner *planner, const Object *column, bool has_value);

/* It begins with the origin's default and NOT NULL, and is told what is otherwise. */
static void write_heir(Planner *planner, const Object *tie, const Object *heir,
                       const Object *column, bool has_value)
{
    const Column *new = CATALOG_AS(Column, heir), *origin = CATALOG_AS(Column, column);
    bool can_drop = tie->kind == KIND_INHERITANCE && planner->from->version < 180000;
    if (new->not_null ? !origin->not_null : origin->not_null && can_drop)
        sql_print(planner, "%s ALTER COLUMN %s %s NOT NULL",
                  alter_of(planner, tie->parent, tie->kind == KIND_INHERITANCE),
                  quoted(planner, heir->name), new->not_null ? "SET" : "DROP");
    if (has_value && !has_default(tie->parent, heir->name))
        sql_print(planner, "%s DROP DEFAULT", column_alter(planner, heir));
    heir_settings(planner, new, origin);
    write_attributes(planner, pair_of(heir), NULL);
    write_heirs(planner, heir, has_value);
}

static void write_heirs(Planner *planner, const Object *column, bool has_value)
{
    for (size_t i = 0; i < column->parent->users.count; i++) {
        const Object *tie = column->parent->users.at[i];
        if (tie->kind != KIND_PARTITION && tie->kind != KIND_INHERITANCE)
            continue;
        for (size_t k = 0; k < tie->parent->children.count; k++) {
            const Object *heir = tie->parent->children.at[k];
            if (heir->kind == KIND_COLUMN && strcmp(heir->name, column->name) == 0 &&
                pair_of(heir)->create && action_top(pair_of(heir)->create) == planner->action)
                write_heir(planner, tie, heir, column, has_value);
        }
    }
}

/* ---- ADD COLUMN ---- */

void create_column(Planner *planner, const Object *object)
{
    const Column *column = CATALOG_AS(Column, object);
    const Object *value = NULL;
    for (size_t i = 0; i < object->users.count; i++) {
        const Action *create = pair_of(object->users.at[i])->create;
        if (object->users.at[i]->kind == KIND_DEFAULT && create && create->into)
            value = object->users.at[i];
    }
    Text *text = sql_start(planner, "%s ADD COLUMN ", alter_of(planner, object->parent, false));
    column_add(planner, text, column, value ? CATALOG_AS(Default, value)->value : NULL, false);
    sql_end(planner);
    if (column->not_null && !value && !column->identity && !column->generated &&
        !pair_of(object->parent)->create)
        plan_precheck(planner->plan, object,
                      arena_print(planner->arena, "%s.%s: rows that would have no value",
                                  name_of(planner, object->parent), quoted(planner, object->name)),
                      arena_print(planner->arena, "SELECT count(*) FROM %s",
                                  name_of(planner, object->parent)));
    write_heirs(planner, object, value != NULL);
    column_settings(planner, column);
}

bool replace_column(const Planner *planner, const Pair *pair)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    if (!is_changed(pair, "generated"))
        return false;
    if (new->generated && !old->generated)
        return true;
    return new->generated && (planner->from->version < 170000 || is_changed(pair, "type"));
}

/* ---- identity ---- */

/* Partitions have that of the partitioned table. */
static const char *identity_alter(const Planner *planner, const Object *column)
{
    return arena_print(
        planner->arena, "%s ALTER COLUMN %s",
        alter_of(planner, column->parent, !CATALOG_AS(Table, column->parent)->partition_key),
        quoted(planner, column->name));
}

/* Where a default counted so far, the identity goes on from the rows that are there. */
static void go_on_counting(Planner *planner, const Column *column)
{
    Text *text = sql_start(planner, "SELECT pg_catalog.setval(");
    sql_add_constant(text, column->identity_sequence);
    text_print(text, ", max(%s)) FROM %s HAVING max(%s) IS NOT NULL",
               quoted(planner, column->head.name), name_of(planner, column->head.parent),
               quoted(planner, column->head.name));
    sql_end(planner);
}

static void alter_identity(Planner *planner, const Pair *pair, const char *alter)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    if (!new->identity)
        return;
    if (!old->identity) {
        Text *text = sql_start(planner, "%s ADD", alter);
        add_identity(planner, text, new);
        sql_end(planner);
        if (has_own_type(new))
            write_sequence(planner, new);
        go_on_counting(planner, new);
        return;
    }
    if (is_changed(pair, "identity"))
        sql_print(planner, "%s SET GENERATED %s", alter, new->identity);
    if (is_changed(pair, "identity_options") && (has_own_type(old) || has_own_type(new)))
        write_sequence(planner, new);
    else if (is_changed(pair, "identity_options") || is_changed(pair, "type"))
        for (size_t i = 0; i < new->identity_options.count; i++)
            if (is_changed(pair, "type") ||
                !list_has(&old->identity_options, new->identity_options.at[i]))
                sql_print(planner, "%s SET %s", alter, new->identity_options.at[i]);
    if (is_changed(pair, "identity_persistence"))
        write_persistence(planner, new, old->identity_persistence);
    if (is_changed(pair, "identity_sequence")) {
        const char *dot = strrchr(new->identity_sequence, '.');
        sql_print(planner, "ALTER SEQUENCE %s RENAME TO %s", old->identity_sequence,
                  dot ? dot + 1 : new->identity_sequence);
    }
}

/* ---- the column ---- */

/* What the parent table is told about the type holds for those that inherit. */
static bool type_follows(const Pair *pair)
{
    const Object *origin = inherited_from(pair->new);
    const Pair *other = pair_of(origin);
    if (!CATALOG_AS(Column, pair->new)->is_inherited && !origin)
        return false;
    return other && other->alter && is_changed(other, "type");
}

static bool expression_follows(const Pair *pair)
{
    const Object *origin = inherited_from(pair->new);
    const Pair *other = pair_of(origin);
    return other && other->alter && CATALOG_AS(Column, other->old)->generated &&
           !CATALOG_AS(Column, other->new)->generated;
}

static void alter_type(Planner *planner, const Pair *pair)
{
    const Column *new = CATALOG_AS(Column, pair->new);
    const char *conversion = conversion_of(planner, pair);
    if (!(is_changed(pair, "type") || is_changed(pair, "collation")) || type_follows(pair))
        return;
    Text *text = sql_start(planner, "%s ALTER COLUMN %s TYPE %s",
                           alter_of(planner, pair->new->parent, false),
                           quoted(planner, pair->new->name), new->type);
    if (new->collation)
        text_print(text, " COLLATE %s", new->collation);
    if (conversion)
        text_print(text, " USING %s", conversion);
    sql_end(planner);
}

static void alter_settings(Planner *planner, const Pair *pair, const char *alter)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    bool retyped = is_changed(pair, "type");
    if (retyped ? !same_text(new->storage, new->type_storage) : is_changed(pair, "storage"))
        sql_print(planner, "%s SET STORAGE %s", alter, new->storage);
    if (retyped ? new->compression != NULL : is_changed(pair, "compression"))
        sql_print(planner, "%s SET COMPRESSION %s", alter,
                  new->compression ? new->compression : "DEFAULT");
    if (is_changed(pair, "statistics"))
        sql_print(planner, "%s SET STATISTICS %lld", alter, (long long)new->statistics);
    if (is_changed(pair, "options"))
        write_options(planner, alter, "", &old->options, &new->options);
    if (is_changed(pair, "server_options"))
        write_server_options(planner, alter, &old->server_options, &new->server_options);
}

void alter_column(Planner *planner, const Pair *pair)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    const char *alter = column_alter(planner, pair->new);
    if (old->generated && !new->generated && !expression_follows(pair))
        sql_print(planner, "%s ALTER COLUMN %s DROP EXPRESSION",
                  alter_of(planner, pair->new->parent, false), quoted(planner, pair->new->name));
    if (old->identity && !new->identity)
        sql_print(planner, "%s DROP IDENTITY", identity_alter(planner, pair->new));
    alter_type(planner, pair);
    if (old->generated && new->generated && is_changed(pair, "generated"))
        sql_print(planner, "%s SET EXPRESSION AS (%s)", alter, new->generated);
    alter_not_null(planner, pair);
    alter_identity(planner, pair, identity_alter(planner, pair->new));
    alter_settings(planner, pair, alter);
}

/* ---- defaults ---- */

static void write_default(Planner *planner, const Object *object)
{
    sql_print(planner, "%s ALTER COLUMN %s SET DEFAULT %s", alter_of(planner, object->parent, true),
              quoted(planner, object->name), CATALOG_AS(Default, object)->value);
}

void create_default(Planner *planner, const Object *object)
{
    write_default(planner, object);
}

void alter_default(Planner *planner, const Pair *pair)
{
    write_default(planner, pair->new);
}
