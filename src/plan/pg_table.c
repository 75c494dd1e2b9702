/* Tables: CREATE TABLE with what it can hold, and what is altered on a table as a whole. */
#include "plan/pg_table.h"
#include "sql/quote.h"

/* ---- options ---- */

static void add_option(Text *text, const char *prefix, const char *option, bool value)
{
    const char *equals = strchr(option, '=');
    text_print(text, "%s%.*s", prefix, (int)(equals ? equals - option : (int)strlen(option)),
               option);
    if (value && equals) {
        text_char(text, '=');
        sql_add_constant(text, equals + 1);
    }
}

void add_options(Text *text, const char *prefix, const List *options, bool value, bool more)
{
    for (size_t i = 0; i < options->count; i++) {
        text_put(text, i || more ? ", " : "");
        add_option(text, prefix, options->at[i], value);
    }
}

static bool has_option(const List *options, const char *option)
{
    const char *equals = strchr(option, '=');
    size_t length = equals ? (size_t)(equals - option) : strlen(option);
    for (size_t i = 0; i < options->count; i++)
        if (strncmp(options->at[i], option, length) == 0 &&
            (options->at[i][length] == '=' || !options->at[i][length]))
            return true;
    return false;
}

/* The order in which options were set is kept by the server, and shown: all are set again. */
void write_options(Planner *planner, const char *alter, const char *prefix, const List *old,
                   const List *new)
{
    bool prefixed = new->count >= old->count;
    for (size_t i = 0; prefixed && i < old->count; i++)
        prefixed = has_option(&(List){new->at + i, 1}, old->at[i]);
    if (old->count && !prefixed) {
        Text *text = sql_start(planner, "%s RESET (", alter);
        add_options(text, prefix, old, false, false);
        text_char(text, ')');
        sql_end(planner);
    }
    if (new->count) {
        Text *text = sql_start(planner, "%s SET (", alter);
        add_options(text, prefix, new, true, false);
        text_char(text, ')');
        sql_end(planner);
    }
}

/* OPTIONS (ADD …, SET …, DROP …) of foreign objects; entries are "name 'value'". */
static size_t name_length(const char *option)
{
    const char *quote = option[0] == '"' ? strstr(option + 1, "\" '") : strstr(option, " '");
    return quote ? (size_t)(quote - option) + (option[0] == '"') : strlen(option);
}

void write_server_options(Planner *planner, const char *alter, const List *old, const List *new)
{
    size_t count = 0;
    Text *text = sql_start(planner, "%s OPTIONS (", alter);
    for (size_t i = 0; i < old->count; i++) {
        size_t length = name_length(old->at[i]);
        bool kept = false;
        for (size_t k = 0; k < new->count; k++)
            kept |=
                name_length(new->at[k]) == length && strncmp(new->at[k], old->at[i], length) == 0;
        if (!kept)
            text_print(text, "%sDROP %.*s", count++ ? ", " : "", (int)length, old->at[i]);
    }
    for (size_t k = 0; k < new->count; k++) {
        size_t length = name_length(new->at[k]);
        bool known = false;
        if (list_has(old, new->at[k]))
            continue;
        for (size_t i = 0; i < old->count; i++)
            known |=
                name_length(old->at[i]) == length && strncmp(new->at[k], old->at[i], length) == 0;
        text_print(text, "%s%s %s", count++ ? ", " : "", known ? "SET" : "ADD", new->at[k]);
    }
    text_char(text, ')');
    if (count)
        sql_end(planner);
}

/* ---- CREATE TABLE ---- */

static int by_position(const void *a, const void *b)
{
    int64_t left = CATALOG_AS(Column, *(Object *const *)a)->position;
    int64_t right = CATALOG_AS(Column, *(Object *const *)b)->position;
    return left < right ? -1 : left > right;
}

void table_columns(const Planner *planner, const Object *table, ObjectList *ret_columns)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_COLUMN)
            *vec_add(planner->arena, ret_columns) = table->children.at[i];
    if (ret_columns->count)
        qsort(ret_columns->at, ret_columns->count, sizeof ret_columns->at[0], by_position);
}

static bool is_inside(const Planner *planner, const Object *child)
{
    const Action *create = pair_of(child)->create;
    return create && create->into && action_top((Action *)(uintptr_t)create) == planner->action;
}

static bool inherits(const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_INHERITANCE)
            return true;
    return false;
}

static const Object *inside_default(const Planner *planner, const Object *column)
{
    for (size_t i = 0; i < column->parent->children.count; i++) {
        const Object *child = column->parent->children.at[i];
        if (child->kind == KIND_DEFAULT && strcmp(child->name, column->name) == 0 &&
            is_inside(planner, child))
            return child;
    }
    return NULL;
}

/* A typed table's columns are its type's: only what it adds to them is said. */
static void add_columns(Planner *planner, Text *text, const Table *table, const char **between)
{
    ObjectList columns = {0};
    table_columns(planner, &table->head, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        const Object *object = columns.at[i];
        const Column *column = CATALOG_AS(Column, object);
        const Object *value = inside_default(planner, object);
        if (table->of_type && !column->not_null && !value)
            continue;
        if (!table->of_type && !column->is_local && inherits(&table->head) && !value)
            continue;
        text_print(text, "%s\n    ", *between);
        *between = ",";
        if (table->of_type) {
            sql_add_identifier(text, object->name);
            text_put(text, " WITH OPTIONS");
        }
        column_add(planner, text, column, value ? CATALOG_AS(Default, value)->value : NULL,
                   table->of_type != NULL);
    }
}

static void add_constraints(Planner *planner, Text *text, const Table *table, const char **between)
{
    static const char order[] = "puxcf";
    for (const char *type = order; *type; type++)
        for (size_t i = 0; i < table->head.children.count; i++) {
            const Object *child = table->head.children.at[i];
            const Constraint *constraint = CATALOG_AS(Constraint, child);
            if (child->kind != KIND_CONSTRAINT || constraint->type[0] != *type ||
                !is_inside(planner, child))
                continue;
            if (*type == 'c' && !constraint->is_local && inherits(&table->head))
                continue;
            text_print(text, "%s\n    ", *between);
            *between = ",";
            constraint_add(text, constraint);
        }
}

static int by_tie(const void *a, const void *b)
{
    int64_t left = CATALOG_AS(Inheritance, *(Object *const *)a)->position;
    int64_t right = CATALOG_AS(Inheritance, *(Object *const *)b)->position;
    return left < right ? -1 : left > right;
}

static void add_inherits(Planner *planner, Text *text, const Table *table)
{
    ObjectList ties = {0};
    for (size_t i = 0; i < table->head.children.count; i++)
        if (table->head.children.at[i]->kind == KIND_INHERITANCE)
            *vec_add(planner->arena, &ties) = table->head.children.at[i];
    if (!ties.count)
        return;
    qsort(ties.at, ties.count, sizeof ties.at[0], by_tie);
    text_put(text, " INHERITS (");
    for (size_t i = 0; i < ties.count; i++)
        text_print(text, "%s%s", i ? ", " : "", name_of(planner, ties.at[i]));
    text_char(text, ')');
}

static void add_storage(Planner *planner, Text *text, const Table *table)
{
    if (table->partition_key)
        text_print(text, " PARTITION BY %s", table->partition_key);
    if (table->server) {
        text_print(text, " SERVER %s", quoted(planner, table->server));
        if (table->server_options.count) {
            text_put(text, " OPTIONS (");
            add_list(text, &table->server_options, ", ");
            text_char(text, ')');
        }
    }
    if (table->access_method && (table->partition_key || !same_text(table->access_method, "heap")))
        text_print(text, " USING %s", quoted(planner, table->access_method));
    if (table->options.count + table->toast_options.count) {
        text_put(text, " WITH (");
        add_options(text, "", &table->options, true, false);
        add_options(text, "toast.", &table->toast_options, true, table->options.count);
        text_char(text, ')');
    }
    if (table->tablespace)
        text_print(text, " TABLESPACE %s", quoted(planner, table->tablespace));
}

static void write_security(Planner *planner, const Table *table, const char *alter)
{
    if (table->row_security)
        sql_print(planner, "%s ENABLE ROW LEVEL SECURITY", alter);
    if (table->force_row_security)
        sql_print(planner, "%s FORCE ROW LEVEL SECURITY", alter);
}

static bool has_identity_index(const Object *table)
{
    for (size_t i = 0; i < table->children.count; i++)
        if (table->children.at[i]->kind == KIND_REPLICA_IDENTITY)
            return true;
    return false;
}

void create_table(Planner *planner, const Object *object)
{
    const Table *table = CATALOG_AS(Table, object);
    const char *between = "", *alter = alter_of(planner, object, true);
    ObjectList columns = {0};
    Text *text = sql_start(planner, "CREATE %s%s %s%s%s (",
                           same_text(table->persistence, "unlogged") ? "UNLOGGED " : "",
                           object->title, name_of(planner, object), table->of_type ? " OF " : "",
                           table->of_type ? table->of_type : "");
    size_t empty = text->length;
    add_columns(planner, text, table, &between);
    add_constraints(planner, text, table, &between);
    if (text->length == empty && table->of_type) {
        text->length -= 2;
        text->data[text->length] = '\0';
    } else
        text_put(text, text->length == empty ? ")" : "\n)");
    add_inherits(planner, text, table);
    add_storage(planner, text, table);
    sql_end(planner);
    table_columns(planner, object, &columns);
    for (size_t i = 0; i < columns.count; i++)
        column_settings(planner, CATALOG_AS(Column, columns.at[i]));
    if (!table->server && !same_text(table->replica_identity, "DEFAULT") &&
        !has_identity_index(object))
        sql_print(planner, "%s REPLICA IDENTITY %s", alter, table->replica_identity);
    write_security(planner, table, alter);
    for (size_t i = 0; i < object->children.count; i++)
        if (object->children.at[i]->kind == KIND_CONSTRAINT &&
            is_inside(planner, object->children.at[i]))
            constraint_settings(planner, CATALOG_AS(Constraint, object->children.at[i]));
    for (size_t i = 0; i < object->children.count; i++)
        if (is_inside(planner, object->children.at[i]))
            write_attributes(planner, pair_of(object->children.at[i]), NULL);
}

/* ---- ALTER TABLE ---- */

bool replace_table(const Planner *planner, const Pair *pair)
{
    return planner->from->version < 150000 && is_changed(pair, "access_method");
}

static void alter_security(Planner *planner, const Pair *pair, const char *alter)
{
    const Table *new = CATALOG_AS(Table, pair->new);
    if (is_changed(pair, "row_security"))
        sql_print(planner, "%s %s ROW LEVEL SECURITY", alter,
                  new->row_security ? "ENABLE" : "DISABLE");
    if (is_changed(pair, "force_row_security"))
        sql_print(planner, "%s %s ROW LEVEL SECURITY", alter,
                  new->force_row_security ? "FORCE" : "NO FORCE");
}

void alter_table(Planner *planner, const Pair *pair)
{
    const Table *old = CATALOG_AS(Table, pair->old), *new = CATALOG_AS(Table, pair->new);
    const char *alter = alter_of(planner, pair->new, true);
    if (is_changed(pair, "persistence"))
        sql_print(planner, "%s SET %s", alter,
                  same_text(new->persistence, "unlogged") ? "UNLOGGED" : "LOGGED");
    if (is_changed(pair, "access_method"))
        sql_print(planner, "%s SET ACCESS METHOD %s", alter,
                  new->access_method ? quoted(planner, new->access_method) : "DEFAULT");
    if (is_changed(pair, "tablespace"))
        sql_print(planner, "%s SET TABLESPACE %s", alter,
                  new->tablespace ? quoted(planner, new->tablespace) : "pg_default");
    if (is_changed(pair, "options"))
        write_options(planner, alter, "", &old->options, &new->options);
    if (is_changed(pair, "toast_options"))
        write_options(planner, alter, "toast.", &old->toast_options, &new->toast_options);
    if (is_changed(pair, "of_type")) {
        if (old->of_type)
            sql_print(planner, "%s NOT OF", alter);
        if (new->of_type)
            sql_print(planner, "%s OF %s", alter, new->of_type);
    }
    if (is_changed(pair, "replica_identity") && !new->server && !has_identity_index(pair->new))
        sql_print(planner, "%s REPLICA IDENTITY %s", alter, new->replica_identity);
    alter_security(planner, pair, alter);
    if (is_changed(pair, "server_options"))
        write_server_options(planner, alter, &old->server_options, &new->server_options);
}

/* ---- a table that takes the place of another ---- */

static bool has_column(const Object *table, const Object *column)
{
    for (size_t i = 0; i < table->children.count; i++) {
        const Object *child = table->children.at[i];
        if (child->kind == KIND_COLUMN && strcmp(child->name, column->name) == 0)
            return true;
    }
    return false;
}

/* Each counts on from where the old one stood. */
static void fill_identities(Planner *planner, const Pair *pair)
{
    for (size_t i = 0; i < pair->new->children.count; i++) {
        const Object *child = pair->new->children.at[i];
        const Pair *column = pair_of(child);
        if (child->kind != KIND_COLUMN || !CATALOG_AS(Column, child)->identity_sequence ||
            !column->old || !CATALOG_AS(Column, column->old)->identity_sequence)
            continue;
        Text *text = sql_start(planner, "SELECT pg_catalog.setval(");
        sql_add_constant(text, CATALOG_AS(Column, child)->identity_sequence);
        text_print(text, ", last_value, is_called) FROM %s",
                   CATALOG_AS(Column, column->old)->identity_sequence);
        sql_end(planner);
    }
}

void fill_table(Planner *planner, const Pair *pair)
{
    ObjectList columns = {0};
    Text names = TEXT_EMPTY, values = TEXT_EMPTY;
    bool always = false;
    table_columns(planner, pair->new, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        const Column *column = CATALOG_AS(Column, columns.at[i]);
        if (column->generated || !has_column(pair->old, columns.at[i]))
            continue;
        const char *conversion =
            pair_of(columns.at[i])->old ? conversion_of(planner, pair_of(columns.at[i])) : NULL;
        text_put(&values, names.length ? ", " : "");
        text_put(&names, names.length ? ", " : "");
        sql_add_identifier(&names, columns.at[i]->name);
        text_put(&values, conversion ? conversion : quoted(planner, columns.at[i]->name));
        always |= same_text(column->identity, "ALWAYS");
    }
    if (names.length)
        sql_print(planner, "INSERT INTO %s (%s)%s SELECT %s FROM %s%s", name_of(planner, pair->new),
                  text_string(&names), always ? " OVERRIDING SYSTEM VALUE" : "",
                  text_string(&values), CATALOG_AS(Table, pair->old)->partition_key ? "" : "ONLY ",
                  name_of(planner, pair->old));
    text_done(&names);
    text_done(&values);
    fill_identities(planner, pair);
}

/* ---- partitions and inheritance ---- */

void fill_partition(Planner *planner, const Pair *pair)
{
    const Object *table = pair->new->needs.at[0];
    const char *from = name_of(planner, pair->new->parent);
    for (size_t i = 0; i < table->users.count; i++) {
        const Object *tie = table->users.at[i];
        const char *condition = CATALOG_AS(Partition, tie)->condition;
        if (tie->kind == KIND_PARTITION && tie != pair->new &&pair_comes(pair_of(tie)) &&
            condition &&CATALOG_AS(Table, tie->parent)->server == NULL)
            sql_print(planner,
                      "WITH moved AS (DELETE FROM %s WHERE %s RETURNING *) INSERT INTO %s SELECT * "
                      "FROM moved",
                      from, condition, name_of(planner, tie->parent));
    }
}

void create_partition(Planner *planner, const Object *object)
{
    sql_print(planner, "ALTER TABLE %s ATTACH PARTITION %s %s", name_of(planner, object),
              name_of(planner, object->parent), CATALOG_AS(Partition, object)->bound);
}

void alter_partition(Planner *planner, const Pair *pair)
{
}

void create_inheritance(Planner *planner, const Object *object)
{
    sql_print(planner, "%s INHERIT %s", alter_of(planner, object->parent, false),
              name_of(planner, object));
}

void alter_inheritance(Planner *planner, const Pair *pair)
{
}
