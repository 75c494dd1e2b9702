/* The online form: what a table in use can bear. Indexes are built CONCURRENTLY, constraints are
 * added NOT VALID and validated in a transaction of their own, keys take an index that is there.
 * (PostgreSQL manual, "ALTER TABLE", Notes; "CREATE INDEX", Building Indexes Concurrently.) */
#include "plan/pg_table.h"
#include "sql/quote.h"

bool is_online(const Planner *planner, const Object *table)
{
    const Pair *pair = pair_of(table);
    return planner->options->online && table->kind == KIND_TABLE && pair->old && pair->new &&
           !pair_goes(pair) && !CATALOG_AS(Table, table)->server;
}

static bool is_concurrent(const Planner *planner, const Object *table)
{
    return is_online(planner, table) && !CATALOG_AS(Table, table)->partition_key;
}

static void outside(Step *step)
{
    step->outside = true;
}

/* ---- indexes ---- */

void online_index(Planner *planner, const Object *table, const char *sql)
{
    const char *after = strstr(sql, "INDEX ") + strlen("INDEX ");
    if (is_concurrent(planner, table))
        outside(sql_print(planner, "%.*sCONCURRENTLY %s", (int)(after - sql), sql, after));
    else
        sql_print(planner, "%s", sql);
}

void drop_index(Planner *planner, const Object *object)
{
    const Pair *table = pair_of(object->parent);
    bool concurrent =
        table->new &&is_concurrent(planner, table->new) && !CATALOG_AS(Index, object)->is_attached;
    Step *step = sql_print(planner, "DROP INDEX %s%s", concurrent ? "CONCURRENTLY " : "",
                           name_of(planner, object));
    step->outside = concurrent;
}

/* ---- constraints ---- */

static void validate(Planner *planner, const Object *table, const char *name)
{
    Step *step = sql_print(planner, "%s VALIDATE CONSTRAINT %s", alter_of(planner, table, false),
                           quoted(planner, name));
    step->commit_before = true;
}

/* A key without a WITH or a tablespace; what stands behind its columns is `ret_tail`. */
static const char *key_columns(const Constraint *key, const char **ret_tail)
{
    const char *columns = strchr(key->definition, '(');
    const char *tail = strstr(key->definition, " DEFERRABLE");
    if (!strchr("pu", key->type[0]) || !columns || key->index_options.count || key->tablespace ||
        key->is_attached)
        return NULL;
    *ret_tail = tail ? tail : key->definition + strlen(key->definition);
    return columns;
}

static bool online_key(Planner *planner, const Constraint *key)
{
    const Object *object = &key->head;
    const char *tail, *columns = key_columns(key, &tail);
    if (!columns || !is_concurrent(planner, object->parent))
        return false;
    outside(sql_print(planner, "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %.*s%s",
                      quoted(planner, object->name), name_of(planner, object->parent),
                      (int)(tail - columns), columns,
                      strstr(key->definition, "NULLS NOT DISTINCT") ? " NULLS NOT DISTINCT" : ""));
    sql_print(planner, "%s ADD CONSTRAINT %s %s USING INDEX %s%s",
              alter_of(planner, object->parent, false), quoted(planner, object->name),
              key->type[0] == 'p' ? "PRIMARY KEY" : "UNIQUE", quoted(planner, object->name), tail);
    return true;
}

bool online_constraint(Planner *planner, const Object *object)
{
    const Constraint *constraint = CATALOG_AS(Constraint, object);
    const Table *table = CATALOG_AS(Table, object->parent);
    if (!is_online(planner, object->parent))
        return false;
    if (strchr("pu", constraint->type[0]))
        return online_key(planner, constraint);
    if (!strchr("cf", constraint->type[0]) || strstr(constraint->definition, " NOT VALID") ||
        strstr(constraint->definition, " NOT ENFORCED") ||
        (constraint->type[0] == 'f' && table->partition_key && planner->from->version < 180000))
        return false;
    Text *text = sql_start(planner, "%s ADD ", alter_of(planner, object->parent, false));
    constraint_add(text, constraint);
    text_put(text, " NOT VALID");
    sql_end(planner);
    validate(planner, object->parent, object->name);
    return true;
}

bool online_swaps_key(const Planner *planner, const Pair *pair)
{
    const Object *key = pair->new;
    if (!key || !pair->old || key->kind != KIND_CONSTRAINT || !planner->options->online ||
        !is_changed(pair, "definition") || is_changed(pair, "type"))
        return false;
    return CATALOG_AS(Constraint, key)->type[0] == 'f' && key->parent->kind == KIND_TABLE &&
           !CATALOG_AS(Table, key->parent)->server &&
           !strstr(CATALOG_AS(Constraint, key)->definition, " NOT ENFORCED") &&
           (!CATALOG_AS(Table, key->parent)->partition_key || planner->from->version >= 180000);
}

/* "orders_user_id_fkey_rung_new", cut between two letters where it would be too long. */
static const char *new_name(const Planner *planner, const char *name)
{
    static const char tail[] = "_rung_new";
    size_t length = strlen(name), longest = 63 - strlen(tail);
    if (length > longest)
        for (length = longest; ((unsigned char)name[length] & 0xc0) == 0x80;)
            length--;
    return arena_print(planner->arena, "%.*s%s", (int)length, name, tail);
}

void online_swap_key(Planner *planner, const Pair *pair)
{
    const Object *key = pair->new;
    const Constraint *constraint = CATALOG_AS(Constraint, key);
    const char *alter = alter_of(planner, key->parent, false);
    Constraint other = *constraint;
    bool valid = !strstr(constraint->definition, " NOT VALID");
    other.head.name = new_name(planner, key->name);
    Text *text = sql_start(planner, "%s ADD ", alter);
    constraint_add(text, &other);
    text_put(text, valid ? " NOT VALID" : "");
    sql_end(planner)->commit_before = true;
    if (valid)
        validate(planner, key->parent, other.head.name);
    sql_print(planner, "%s DROP CONSTRAINT %s", alter, quoted(planner, key->name))->commit_before =
        true;
    sql_print(planner, "%s RENAME CONSTRAINT %s TO %s", alter, quoted(planner, other.head.name),
              quoted(planner, key->name));
}

/* A valid CHECK proves it, and SET NOT NULL does not look at the rows again; PostgreSQL 18 has
 * NOT NULL constraints that can be validated. */
bool online_not_null(Planner *planner, const Column *column, const char *alter)
{
    const Object *object = &column->head, *table = object->parent;
    const char *name = arena_print(planner->arena, "%.40s_rung_not_null", object->name);
    bool named = planner->from->version >= 180000;
    if (!is_online(planner, table) || CATALOG_AS(Table, table)->partition_key)
        return false;
    if (named)
        name = arena_print(planner->arena, "%s_%s_not_null", table->name, object->name);
    sql_print(planner, "%s ADD CONSTRAINT %s %s%s%s NOT VALID", alter_of(planner, table, false),
              quoted(planner, name), named ? "NOT NULL " : "CHECK (", quoted(planner, object->name),
              named ? "" : " IS NOT NULL)");
    validate(planner, table, name);
    if (named)
        return true;
    sql_print(planner, "%s SET NOT NULL", alter);
    sql_print(planner, "%s DROP CONSTRAINT %s", alter_of(planner, table, false),
              quoted(planner, name));
    return true;
}
