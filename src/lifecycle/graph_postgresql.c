/* The graph of keys of a PostgreSQL database: one query for each sort of thing. */
#include "lifecycle/graph_parts.h"
#include "lifecycle/postgresql_graph_sql.h"
#include "source/pg_text.h"

/* A partition: what is said of it is said of its topmost table. */
typedef struct Place {
    KeyTable *table;
    const char *partition; /* title; NULL: the table itself */
    const char *schema, *name;
    List names; /* of its columns, by number from 1; dropped ones too */
} Place;

static Code query_tables(GraphReading *reading, DbRows *ret_rows)
{
    DbStatement statement = {
        .sql = tables_sql, .params = &reading->only, .param_count = 1, .keep = reading->only};
    return db_query(reading->db, reading->arena, &statement, ret_rows, reading->error);
}

static Code query(GraphReading *reading, const char *sql, DbRows *ret_rows)
{
    return db_query(reading->db, reading->arena, &(DbStatement){.sql = sql}, ret_rows,
                    reading->error);
}

static bool is_true(const char *cell)
{
    return cell && cell[0] == 't';
}

static int64_t number(const char *cell)
{
    return cell ? strtoll(cell, NULL, 10) : -1;
}

/* The names of columns from their numbers, as "{1,2}". */
static KeyNames read_columns(Arena *arena, const Place *place, const char *cell)
{
    KeyNames names = {0};
    List numbers = pg_read_array(arena, cell);
    for (size_t i = 0; i < numbers.count; i++) {
        int64_t at = number(numbers.at[i]);
        if (at > 0 && (size_t)at <= place->names.count)
            *vec_add(arena, &names) = place->names.at[at - 1];
    }
    return names;
}

static const Place *set_place(GraphReading *reading, const char *oid, Place fields)
{
    Place *place = arena_alloc(reading->arena, sizeof *place);
    *place = fields;
    map_set(reading->tables, oid, place);
    return place;
}

/* ---- tables ---- */

enum {
    T_OID,
    T_SCHEMA,
    T_NAME,
    T_PARTITIONED,
    T_PARENTS,
    T_COLUMNS,
    T_TYPES,
    T_NOT_NULL,
    T_PRIMARY,
    T_ROWS,
    T_BYTES
};

static void add_table(GraphReading *reading, const DbRows *rows, size_t row)
{
    Arena *arena = reading->arena;
    KeyTable *table =
        graph_add_table(reading, db_cell(rows, row, T_SCHEMA), db_cell(rows, row, T_NAME));
    List names = pg_read_array(arena, db_cell(rows, row, T_COLUMNS));
    List types = pg_read_array(arena, db_cell(rows, row, T_TYPES));
    List not_null = pg_read_array(arena, db_cell(rows, row, T_NOT_NULL));
    const Place *place = set_place(reading, db_cell(rows, row, T_OID),
                                   (Place){table, NULL, table->schema, table->name, names});
    vec_reserve(arena, &table->columns, names.count);
    for (size_t i = 0; i < names.count; i++)
        if (strcmp(types.at[i], "-") != 0)
            *vec_add(arena, &table->columns) =
                (KeyColumn){names.at[i], types.at[i], is_true(not_null.at[i])};
    table->primary = read_columns(arena, place, db_cell(rows, row, T_PRIMARY));
    table->partitioned = is_true(db_cell(rows, row, T_PARTITIONED));
    table->rows = number(db_cell(rows, row, T_ROWS));
    table->bytes = number(db_cell(rows, row, T_BYTES));
}

static void add_parents(GraphReading *reading, const DbRows *rows, size_t row)
{
    const Place *child = map_get(reading->tables, db_cell(rows, row, T_OID));
    List parents = pg_read_array(reading->arena, db_cell(rows, row, T_PARENTS));
    for (size_t i = 0; i < parents.count; i++) {
        const Place *parent = map_get(reading->tables, parents.at[i]);
        if (parent)
            *vec_add(reading->arena, &child->table->parents) = parent->table;
    }
}

static Code read_tables(GraphReading *reading)
{
    DbRows rows;
    Code code = query_tables(reading, &rows);
    for (size_t i = 0; !code && i < rows.count; i++)
        add_table(reading, &rows, i);
    for (size_t i = 0; !code && i < rows.count; i++)
        add_parents(reading, &rows, i);
    return code;
}

static Code read_partitions(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, partitions_sql, &rows);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const char *root = db_cell(&rows, i, 1);
        const Place *place = root ? map_get(reading->tables, root) : NULL;
        if (place)
            set_place(reading, db_cell(&rows, i, 0),
                      (Place){place->table,
                              graph_table_title(reading->arena, db_cell(&rows, i, 2),
                                                db_cell(&rows, i, 3)),
                              db_cell(&rows, i, 2), db_cell(&rows, i, 3),
                              pg_read_array(reading->arena, db_cell(&rows, i, 4))});
    }
    return code;
}

/* ---- keys ---- */

enum {
    K_NAME,
    K_FROM,
    K_TO,
    K_ACTION,
    K_UPDATE,
    K_MATCH_FULL,
    K_DEFERRABLE,
    K_DEFERRED,
    K_VALIDATED,
    K_ENFORCED,
    K_COLUMNS,
    K_TARGETS,
    K_SET_COLUMNS,
    K_INDEX
};

static void add_key(GraphReading *reading, const DbRows *rows, size_t row)
{
    Arena *arena = reading->arena;
    const Place *from = map_get(reading->tables, db_cell(rows, row, K_FROM));
    const Place *to = map_get(reading->tables, db_cell(rows, row, K_TO));
    if (!from || !to) /* it came while we were reading */
        return;
    TableKey *key = arena_alloc(arena, sizeof *key);
    *key = (TableKey){
        .name = db_cell(rows, row, K_NAME),
        .from = from->table,
        .to = to->table,
        .from_partition = from->partition,
        .to_partition = to->partition,
        .schema = from->schema,
        .table = from->name,
        .columns = read_columns(arena, from, db_cell(rows, row, K_COLUMNS)),
        .targets = read_columns(arena, to, db_cell(rows, row, K_TARGETS)),
        .set_columns = read_columns(arena, from, db_cell(rows, row, K_SET_COLUMNS)),
        .action = db_cell(rows, row, K_ACTION)[0],
        .update = db_cell(rows, row, K_UPDATE)[0],
        .match_full = is_true(db_cell(rows, row, K_MATCH_FULL)),
        .deferrable = is_true(db_cell(rows, row, K_DEFERRABLE)),
        .deferred = is_true(db_cell(rows, row, K_DEFERRED)),
        .validated = is_true(db_cell(rows, row, K_VALIDATED)),
        .enforced = is_true(db_cell(rows, row, K_ENFORCED)),
        .index = db_cell(rows, row, K_INDEX),
        .declared = true,
    };
    graph_add_key(reading, key, from->partition ? from->partition : from->table->title);
}

static Code read_keys(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, keys_sql, &rows);
    for (size_t i = 0; !code && i < rows.count; i++)
        add_key(reading, &rows, i);
    return code;
}

static Code read_swallowing(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, swallowing_sql, &rows);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const Place *place = map_get(reading->tables, db_cell(&rows, i, 0));
        if (place)
            *vec_add(reading->arena, &place->table->swallowing) = db_cell(&rows, i, 1);
    }
    return code;
}

Code graph_read_postgresql(GraphReading *reading)
{
    Code code = read_tables(reading);
    if (reading->only)
        return code;
    if (!code)
        code = read_partitions(reading);
    if (!code)
        code = read_keys(reading);
    if (!code)
        code = read_swallowing(reading);
    return code;
}
