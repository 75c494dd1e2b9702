/* Constraints, indexes, statistics objects, and what ties indexes to tables. */
#include "plan/pg_table.h"
#include "sql/quote.h"

/* ---- constraints ---- */

/* What its index has stands between its columns and what follows them. */
static size_t index_place(const char *definition)
{
    static const char *const tails[] = {" DEFERRABLE", " NOT DEFERRABLE", " INITIALLY"};
    size_t place = strlen(definition);
    for (size_t i = 0; i < COUNT(tails); i++) {
        const char *at = strstr(definition, tails[i]);
        if (at && (size_t)(at - definition) < place)
            place = (size_t)(at - definition);
    }
    return place;
}

void constraint_add(Text *text, const Constraint *constraint)
{
    size_t place = strlen(constraint->definition);
    const char *where = constraint->type[0] == 'x' ? strstr(constraint->definition, " WHERE (") : 0;
    if (constraint->index_options.count || constraint->tablespace)
        place =
            where ? (size_t)(where - constraint->definition) : index_place(constraint->definition);
    text_put(text, "CONSTRAINT ");
    sql_add_identifier(text, constraint->head.name);
    text_print(text, " %.*s", (int)place, constraint->definition);
    if (constraint->index_options.count) {
        text_put(text, " WITH (");
        add_options(text, "", &constraint->index_options, true, false);
        text_char(text, ')');
    }
    if (constraint->tablespace) {
        text_put(text, " USING INDEX TABLESPACE ");
        sql_add_identifier(text, constraint->tablespace);
    }
    text_put(text, constraint->definition + place);
}

static const char *index_name(const Planner *planner, const Object *constraint)
{
    return arena_print(planner->arena, "%s.%s", quoted(planner, constraint->parent->schema),
                       quoted(planner, constraint->name));
}

static void write_index_comment(Planner *planner, const Constraint *constraint)
{
    Text *text =
        sql_start(planner, "COMMENT ON INDEX %s IS ", index_name(planner, &constraint->head));
    sql_add_constant(text, constraint->index_comment);
    sql_end(planner);
}

void constraint_settings(Planner *planner, const Constraint *constraint)
{
    if (constraint->index_comment)
        write_index_comment(planner, constraint);
}

/* Queries that count the rows which would make it fail. */
static void check_constraint(Planner *planner, const Constraint *constraint)
{
    const Object *object = &constraint->head;
    const char *table = name_of(planner, object->parent);
    const char *query = NULL;
    Text columns = TEXT_EMPTY, nulls = TEXT_EMPTY;
    for (size_t i = 0; i < constraint->columns.count; i++) {
        text_print(&columns, "%s%s", i ? ", " : "", quoted(planner, constraint->columns.at[i]));
        text_print(&nulls, "%s%s IS %sNULL", i ? constraint->type[0] == 'p' ? " OR " : " AND " : "",
                   quoted(planner, constraint->columns.at[i]),
                   constraint->type[0] == 'p' ? "" : "NOT ");
    }
    if (constraint->type[0] == 'c' && strncmp(constraint->definition, "CHECK ", 6) == 0) {
        const char *end = strstr(constraint->definition, " NO INHERIT");
        size_t length =
            end ? (size_t)(end - constraint->definition) - 6 : strlen(constraint->definition) - 6;
        query = arena_print(planner->arena, "SELECT count(*) FROM %s WHERE NOT %.*s", table,
                            (int)length, constraint->definition + 6);
    } else if (strchr("pu", constraint->type[0]))
        query = arena_print(planner->arena,
                            "SELECT count(*) FROM (SELECT FROM %s%s%s GROUP BY %s HAVING count(*) "
                            "> 1) AS repeated",
                            table, constraint->type[0] == 'u' ? " WHERE " : "",
                            constraint->type[0] == 'u' ? text_string(&nulls) : "",
                            text_string(&columns));
    if (query && !pair_of(object->parent)->create)
        plan_precheck(planner->plan, object,
                      arena_print(planner->arena, "%s: rows that break %s", table,
                                  quoted(planner, object->name)),
                      query);
    text_done(&columns);
    text_done(&nulls);
}

static bool columns_are_kept(const Object *constraint)
{
    for (size_t i = 0; i < constraint->needs.count; i++)
        if (constraint->needs.at[i]->kind == KIND_COLUMN &&
            pair_of(constraint->needs.at[i])->fate != FATE_KEEP)
            return false;
    return true;
}

/* An exclusion constraint cannot be attached: partitions get theirs with that of the partitioned
 * table (indexcmds.c, DefineIndex; index.c, CompareIndexInfo). */
bool comes_with_partitioned(const Object *object)
{
    return object->kind == KIND_CONSTRAINT && CATALOG_AS(Constraint, object)->type[0] == 'x' &&
           CATALOG_AS(Constraint, object)->is_attached;
}

void create_constraint(Planner *planner, const Object *object)
{
    const Constraint *constraint = CATALOG_AS(Constraint, object);
    bool only = strchr("pu", constraint->type[0]) != NULL;
    if (comes_with_partitioned(object))
        return;
    if (columns_are_kept(object) && !strstr(constraint->definition, "NOT VALID"))
        check_constraint(planner, constraint);
    if (online_constraint(planner, object)) {
        constraint_settings(planner, constraint);
        return;
    }
    Text *text = sql_start(planner, "%s ADD ", alter_of(planner, object->parent, only));
    constraint_add(text, constraint);
    sql_end(planner);
    constraint_settings(planner, constraint);
}

static bool is_validated(const char *old, const char *new)
{
    size_t length = strlen(new);
    return strncmp(old, new, length) == 0 && strcmp(old + length, " NOT VALID") == 0;
}

/* Whether only DEFERRABLE and INITIALLY DEFERRED differ. */
static bool is_deferred(const Constraint *old, const Constraint *new)
{
    size_t left = index_place(old->definition), right = index_place(new->definition);
    return new->type[0] == 'f' &&
           left == right &&strncmp(old->definition, new->definition, left) == 0 &&
           !strstr(old->definition, "NOT VALID") && !strstr(new->definition, "NOT VALID");
}

bool replace_constraint(const Planner *planner, const Pair *pair)
{
    const Constraint *old = CATALOG_AS(Constraint, pair->old);
    const Constraint *new = CATALOG_AS(Constraint, pair->new);
    if (is_changed(pair, "type"))
        return true;
    return is_changed(pair, "definition") && !is_validated(old->definition, new->definition) &&
           !is_deferred(old, new);
}

void alter_constraint(Planner *planner, const Pair *pair)
{
    const Constraint *old = CATALOG_AS(Constraint, pair->old);
    const Constraint *new = CATALOG_AS(Constraint, pair->new);
    if (online_swaps_key(planner, pair)) {
        online_swap_key(planner, pair);
        return;
    }
    const char *table = alter_of(planner, pair->new->parent, false);
    const char *index =
        arena_print(planner->arena, "ALTER INDEX %s", index_name(planner, pair->new));
    if (is_changed(pair, "definition") && is_validated(old->definition, new->definition))
        sql_print(planner, "%s VALIDATE CONSTRAINT %s", table, quoted(planner, pair->new->name));
    else if (is_changed(pair, "definition")) {
        const char *tail = new->definition + index_place(new->definition);
        sql_print(planner, "%s ALTER CONSTRAINT %s%s", table, quoted(planner, pair->new->name),
                  *tail ? tail : " NOT DEFERRABLE");
    }
    if (is_changed(pair, "index_options"))
        write_options(planner, index, "", &old->index_options, &new->index_options);
    if (is_changed(pair, "tablespace"))
        sql_print(planner, "%s SET TABLESPACE %s", index,
                  new->tablespace ? quoted(planner, new->tablespace) : "pg_default");
    if (is_changed(pair, "index_comment"))
        write_index_comment(planner, new);
}

/* ---- indexes ---- */

static void write_index_statistics(Planner *planner, const Index *index, const List *old)
{
    const char *name = name_of(planner, &index->head);
    for (size_t i = 0; i < old->count; i++)
        if (!list_has(&index->statistics, old->at[i]))
            sql_print(planner, "ALTER INDEX %s ALTER COLUMN %.*s SET STATISTICS -1", name,
                      (int)(strchr(old->at[i], '=') - old->at[i]), old->at[i]);
    for (size_t i = 0; i < index->statistics.count; i++) {
        const char *entry = index->statistics.at[i], *equals = strchr(entry, '=');
        if (!list_has(old, entry))
            sql_print(planner, "ALTER INDEX %s ALTER COLUMN %.*s SET STATISTICS %s", name,
                      (int)(equals - entry), entry, equals + 1);
    }
}

/* The place for WITH (…) and TABLESPACE: before the WHERE of a partial index, which is the last
 * one outside of parentheses and quotes. */
static size_t where_place(const char *definition)
{
    size_t place = strlen(definition);
    int depth = 0;
    char quote = 0;
    for (const char *at = definition; *at; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '\'' || *at == '"')
            quote = *at;
        else if (*at == '(' || *at == ')')
            depth += *at == '(' ? 1 : -1;
        else if (!depth && strncmp(at, " WHERE ", 7) == 0)
            place = (size_t)(at - definition);
    }
    return place;
}

static bool is_whole(const Object *table)
{
    return table->kind == KIND_TABLE && CATALOG_AS(Table, table)->partition_key &&
           table->users.count;
}

/* The usual method is not said. */
static const char *without_method(Planner *planner, const Index *index, const char *definition)
{
    const char *on = arena_print(planner->arena, " ON %s", name_of(planner, index->head.parent));
    const char *at = strstr(definition, on), *method = at ? at + strlen(on) : NULL;
    static const char usual[] = " USING btree (";
    if (!method || strncmp(method, usual, strlen(usual)) != 0)
        return definition;
    return arena_print(planner->arena, "%.*s (%s", (int)(method - definition), definition,
                       method + strlen(usual));
}

/* pg_get_indexdef says ONLY for every index of a partitioned table. */
static const char *without_only(Planner *planner, const Index *index)
{
    const char *only = strstr(index->definition, " ON ONLY ");
    if (!only || is_whole(index->head.parent))
        return index->definition;
    return arena_print(planner->arena, "%.*s ON %s", (int)(only - index->definition),
                       index->definition, only + 9);
}

void create_index(Planner *planner, const Object *object)
{
    const Index *index = CATALOG_AS(Index, object);
    const char *definition = without_method(planner, index, without_only(planner, index));
    size_t place = where_place(definition);
    if (index->is_invalid) {
        plan_refuse(planner->plan, object, "it is invalid: drop it, or let it be built again");
        return;
    }
    Text *text = sql_start(planner, "%.*s", (int)place, definition);
    if (index->options.count) {
        text_put(text, " WITH (");
        add_options(text, "", &index->options, true, false);
        text_char(text, ')');
    }
    if (index->tablespace)
        text_print(text, " TABLESPACE %s", quoted(planner, index->tablespace));
    text_put(text, definition + place);
    online_index(planner, object->parent, arena_string(planner->arena, text_string(text)));
    write_index_statistics(planner, index, &(List){0});
}

void alter_index(Planner *planner, const Pair *pair)
{
    const Index *old = CATALOG_AS(Index, pair->old), *new = CATALOG_AS(Index, pair->new);
    const char *alter = arena_print(planner->arena, "ALTER INDEX %s", name_of(planner, pair->new));
    if (is_changed(pair, "options"))
        write_options(planner, alter, "", &old->options, &new->options);
    if (is_changed(pair, "tablespace"))
        sql_print(planner, "%s SET TABLESPACE %s", alter,
                  new->tablespace ? quoted(planner, new->tablespace) : "pg_default");
    if (is_changed(pair, "statistics"))
        write_index_statistics(planner, new, &old->statistics);
}

void create_index_partition(Planner *planner, const Object *object)
{
    if (comes_with_partitioned(object->parent))
        return;
    sql_print(planner, "ALTER INDEX %s ATTACH PARTITION %s", name_of(planner, object),
              CATALOG_AS(IndexPartition, object)->index);
}

void alter_index_partition(Planner *planner, const Pair *pair)
{
}

/* ---- which index CLUSTER and the replica identity use ---- */

void create_table_cluster(Planner *planner, const Object *object)
{
    sql_print(planner, "%s CLUSTER ON %s", alter_of(planner, object->parent, false),
              quoted(planner, CATALOG_AS(TableCluster, object)->index));
}

void alter_table_cluster(Planner *planner, const Pair *pair)
{
    create_table_cluster(planner, pair->new);
}

void create_replica_identity(Planner *planner, const Object *object)
{
    sql_print(planner, "%s REPLICA IDENTITY USING INDEX %s",
              alter_of(planner, object->parent, true),
              quoted(planner, CATALOG_AS(ReplicaIdentity, object)->index));
}

void alter_replica_identity(Planner *planner, const Pair *pair)
{
    create_replica_identity(planner, pair->new);
}

/* ---- statistics objects ---- */

static void write_target(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER STATISTICS %s SET STATISTICS %lld", name_of(planner, object),
              (long long)CATALOG_AS(Statistics, object)->target);
}

void create_statistics(Planner *planner, const Object *object)
{
    sql_print(planner, "%s", CATALOG_AS(Statistics, object)->definition);
    if (CATALOG_AS(Statistics, object)->target >= 0)
        write_target(planner, object);
}

void alter_statistics(Planner *planner, const Pair *pair)
{
    if (is_changed(pair, "target"))
        write_target(planner, pair->new);
}
