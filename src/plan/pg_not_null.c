/* NOT NULL. Since PostgreSQL 18 it is a constraint with a name, which tables that inherit share
 * with their parents, and may be NO INHERIT, NOT VALID and commented (manual, "CREATE TABLE";
 * "ALTER TABLE"). Before, a column has it or not. */
#include "plan/pg_table.h"
#include "sql/quote.h"

static bool is_constraint(const Planner *planner)
{
    return planner->from->version >= 180000;
}

static const char *usual_name(const Planner *planner, const Column *column)
{
    return arena_print(planner->arena, "%s_%s_not_null", column->head.parent->name,
                       column->head.name);
}

static const char *real_name(const Planner *planner, const Column *column)
{
    return column->not_null_name ? column->not_null_name : usual_name(planner, column);
}

/* ---- names ---- */

static const char *name_key(const Planner *planner, const Column *column)
{
    return arena_print(planner->arena, "%s/%s", column->head.parent->schema,
                       real_name(planner, column));
}

/* Which column has a name; the map itself stands for several. */
static void note_names(Planner *planner, const Catalog *catalog)
{
    const ObjectList *columns = &catalog->kinds[KIND_COLUMN];
    for (size_t i = 0; i < columns->count; i++) {
        Column *column = CATALOG_AS(Column, columns->at[i]);
        if (!column->not_null)
            continue;
        const char *key = name_key(planner, column);
        Column *other = map_get(planner->not_nulls, key);
        bool shared = other && ((void *)other == planner->not_nulls ||
                                strcmp(other->head.key, column->head.key) != 0);
        map_set(planner->not_nulls, key, shared ? (void *)planner->not_nulls : column);
    }
}

/* The server picks another name than the usual one when any table of the schema has it. */
static bool must_be_named(Planner *planner, const Column *column)
{
    if (column->not_null_name)
        return true;
    if (!is_constraint(planner))
        return false;
    if (!planner->not_nulls) {
        planner->not_nulls = map_new(planner->arena);
        note_names(planner, planner->from);
        note_names(planner, planner->to);
    }
    Column *other = map_get(planner->not_nulls, name_key(planner, column));
    return pair_of(column->head.parent)->fate == FATE_ASIDE ||
           (void *)other == planner->not_nulls ||
           (other && strcmp(other->head.key, column->head.key) != 0);
}

/* ---- new ones ---- */

void not_null_add(Planner *planner, Text *text, const Column *column)
{
    if (!column->not_null || column->not_null_not_valid)
        return;
    if (must_be_named(planner, column)) {
        text_put(text, " CONSTRAINT ");
        sql_add_identifier(text, real_name(planner, column));
    }
    text_print(text, " NOT NULL%s", column->not_null_no_inherit ? " NO INHERIT" : "");
}

static void write_constraint(Planner *planner, const Column *column)
{
    const Object *object = &column->head;
    sql_print(planner, "%s ADD CONSTRAINT %s NOT NULL %s%s%s",
              alter_of(planner, object->parent, false), quoted(planner, real_name(planner, column)),
              quoted(planner, object->name), column->not_null_no_inherit ? " NO INHERIT" : "",
              column->not_null_not_valid ? " NOT VALID" : "");
}

/* CREATE TABLE … INHERITS does not name the column, whose NOT NULL is its own. */
static bool is_own_of_inherited(const Planner *planner, const Column *column)
{
    const Object *table = column->head.parent;
    if (!is_constraint(planner) || !pair_of(table)->create || column->is_local ||
        !column->not_null || column->not_null_inherited || column->not_null_not_valid)
        return false;
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_INHERITANCE)
            return true;
    return false;
}

static void add_own(Planner *planner, const Column *column)
{
    if (column->not_null_no_inherit || must_be_named(planner, column))
        write_constraint(planner, column);
    else
        sql_print(planner, "%s ALTER COLUMN %s SET NOT NULL",
                  alter_of(planner, column->head.parent, false),
                  quoted(planner, column->head.name));
}

static void write_comment(Planner *planner, const Column *column)
{
    Text *text = sql_start(planner, "COMMENT ON CONSTRAINT %s ON %s IS ",
                           quoted(planner, real_name(planner, column)),
                           name_of(planner, column->head.parent));
    sql_add_constant(text, column->not_null_comment);
    sql_end(planner);
}

static const Column *column_of(const Object *table, const char *name)
{
    for (size_t i = 0; table && i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_COLUMN &&
            strcmp(table->children.at[i]->name, name) == 0)
            return CATALOG_AS(Column, table->children.at[i]);
    return NULL;
}

/* Before 18 CREATE TABLE … INHERITS gives it what the parent tables have, now or later. */
static void differ_from_above(Planner *planner, const Column *column)
{
    const Object *table = column->head.parent;
    bool any = false, all = true;
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *tie = table->children.at[i];
        if (tie->kind != KIND_INHERITANCE || !tie->needs.count || !pair_of(tie)->create)
            continue;
        const Pair *above = pair_of(tie->needs.at[0]);
        const Column *sides[] = {column_of(above->old, column->head.name),
                                 column_of(above->new, column->head.name)};
        for (size_t k = 0; k < COUNT(sides); k++) {
            any |= sides[k] && sides[k]->not_null;
            all &= !sides[k] || sides[k]->not_null;
        }
    }
    if (column->not_null ? !column->is_local && !all : any)
        sql_print(planner, "%s ALTER COLUMN %s %s NOT NULL", alter_of(planner, table, true),
                  quoted(planner, column->head.name), column->not_null ? "SET" : "DROP");
}

void not_null_settings(Planner *planner, const Column *column)
{
    if (!is_constraint(planner) && pair_of(column->head.parent)->create)
        differ_from_above(planner, column);
    if (column->not_null_not_valid)
        write_constraint(planner, column);
    if (is_own_of_inherited(planner, column))
        add_own(planner, column);
    if (column->not_null_comment)
        write_comment(planner, column);
}

/* ---- changed ones ---- */

static bool is_not_null_changed(const Pair *pair)
{
    return is_changed(pair, "not_null") || is_changed(pair, "not_null_name") ||
           is_changed(pair, "not_null_no_inherit") || is_changed(pair, "not_null_not_valid");
}

/* What the parent table is told holds for a table that only inherits it. */
static bool follows(const Planner *planner, const Pair *pair)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    const Object *table = pair->new->parent;
    if (!new->not_null_inherited || (old->not_null && !old->not_null_inherited))
        return false;
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *tie = table->children.at[i];
        if ((tie->kind != KIND_PARTITION && tie->kind != KIND_INHERITANCE) || !tie->needs.count)
            continue;
        const Links *above = &tie->needs.at[0]->children;
        for (size_t k = 0; k < above->count; k++)
            if (above->at[k]->kind == KIND_COLUMN && pair_of(above->at[k])->alter &&
                strcmp(above->at[k]->name, pair->new->name) == 0 &&
                is_not_null_changed(pair_of(above->at[k])))
                return strcmp(real_name(planner, CATALOG_AS(Column, above->at[k])),
                              real_name(planner, new)) == 0;
    }
    return false;
}

/* It keeps its own name only if it is there already. */
bool not_null_comes_first(const Planner *planner, const Pair *pair)
{
    return is_constraint(planner) && pair_object(pair)->kind == KIND_COLUMN && pair->alter &&
           !CATALOG_AS(Column, pair->old)->not_null && CATALOG_AS(Column, pair->new)->not_null &&
           !follows(planner, pair);
}

static void check_not_null(Planner *planner, const Column *column)
{
    const Object *object = &column->head;
    plan_precheck(planner->plan, object,
                  arena_print(planner->arena, "%s.%s: rows that are NULL",
                              name_of(planner, object->parent), quoted(planner, object->name)),
                  arena_print(planner->arena, "SELECT count(*) FROM %s WHERE %s IS NULL",
                              name_of(planner, object->parent), quoted(planner, object->name)));
}

/* Before 18 a partitioned table hands it to its partitions, and where tables inherit each is told
 * itself; since then they all share it, unless it is NO INHERIT. */
static void set_not_null(Planner *planner, const Column *column)
{
    const Table *table = CATALOG_AS(Table, column->head.parent);
    bool only = !is_constraint(planner) && !table->partition_key;
    const char *alter =
        arena_print(planner->arena, "%s ALTER COLUMN %s", alter_of(planner, &table->head, only),
                    quoted(planner, column->head.name));
    if (!column->not_null_not_valid)
        check_not_null(planner, column);
    if (column->not_null_not_valid || column->not_null_no_inherit || must_be_named(planner, column))
        write_constraint(planner, column);
    else if (!online_not_null(planner, column, alter))
        sql_print(planner, "%s SET NOT NULL", alter);
}

static void drop_not_null(Planner *planner, const Column *column)
{
    const Table *table = CATALOG_AS(Table, column->head.parent);
    sql_print(planner, "%s ALTER COLUMN %s DROP NOT NULL",
              alter_of(planner, &table->head, !table->partition_key),
              quoted(planner, column->head.name));
}

/* In place: only 18 and later have differences between two of them. */
static void change_not_null(Planner *planner, const Pair *pair)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    const char *alter = alter_of(planner, pair->new->parent, false);
    const char *name = quoted(planner, real_name(planner, new));
    if (is_changed(pair, "not_null_name"))
        sql_print(planner, "%s RENAME CONSTRAINT %s TO %s", alter,
                  quoted(planner, real_name(planner, old)), name);
    if (is_changed(pair, "not_null_no_inherit"))
        sql_print(planner, "%s ALTER CONSTRAINT %s %s", alter, name,
                  new->not_null_no_inherit ? "NO INHERIT" : "INHERIT");
    if (is_changed(pair, "not_null_not_valid")) {
        check_not_null(planner, new);
        sql_print(planner, "%s VALIDATE CONSTRAINT %s", alter, name);
    }
}

void alter_not_null(Planner *planner, const Pair *pair)
{
    const Column *old = CATALOG_AS(Column, pair->old), *new = CATALOG_AS(Column, pair->new);
    bool again =
        old->not_null && (!new->not_null || (new->not_null_not_valid && !old->not_null_not_valid));
    if (is_not_null_changed(pair) && !follows(planner, pair)) {
        if (again)
            drop_not_null(planner, old);
        if (new->not_null && (again || !old->not_null))
            set_not_null(planner, new);
        else if (new->not_null)
            change_not_null(planner, pair);
    }
    if (is_changed(pair, "not_null_comment") && new->not_null)
        write_comment(planner, new);
}
