/* Values as text, column by column, as sets in which a value may stand several times. */
#include "prove/rows.h"
#include "base/text.h"
#include "source/source.h"
#include "sql/quote.h"

typedef struct RowsColumn {
    const char *name;
    size_t count; /* values that are not NULL */
    const char **values;
} RowsColumn;

typedef struct RowsTable {
    const char *name;
    size_t count;
    VEC(RowsColumn) columns;
} RowsTable;

struct Rows {
    VEC(RowsTable) tables;
};

static const char tables_postgresql[] =
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
    " c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid >= 16384 AND"
    " n.nspname NOT IN ('rung', 'pg_catalog', 'information_schema') AND n.nspname NOT LIKE"
    " 'pg\\_temp%' ORDER BY 1";

static const char tables_sqlite[] =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_column(Arena *arena, RowsTable *table, const DbRows *rows, size_t index)
{
    RowsColumn *column = vec_add(arena, &table->columns);
    column->name = rows->names[index];
    column->values = arena_alloc_array(arena, rows->count + 1, sizeof(char *));
    for (size_t row = 0; row < rows->count; row++)
        if (db_cell(rows, row, index))
            column->values[column->count++] = db_cell(rows, row, index);
    qsort(column->values, column->count, sizeof(char *), by_text);
}

static Code read_table(Db *db, Arena *arena, RowsTable *table, Error *error)
{
    DbRows rows;
    Code code = db_query(db, arena,
                         &(DbStatement){.sql = arena_print(arena, "SELECT * FROM %s", table->name)},
                         &rows, error);
    if (code)
        return code;
    table->count = rows.count;
    for (size_t i = 0; i < rows.columns; i++)
        add_column(arena, table, &rows, i);
    return RUNG_OK;
}

/* As SQL, with quotes only where it needs them. */
static const char *quoted(Arena *arena, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_identifier(&text, name);
    return text_keep(&text, arena);
}

Code rows_read(Db *db, Arena *arena, Rows **ret_rows, Error *error)
{
    DbRows names;
    Rows *rows = arena_alloc(arena, sizeof *rows);
    bool sqlite = db_engine(db) == ENGINE_SQLITE;
    Code code =
        db_query(db, arena, &(DbStatement){.sql = sqlite ? tables_sqlite : tables_postgresql},
                 &names, error);
    for (size_t i = 0; !code && i < names.count; i++) {
        if (sqlite && source_is_history(db_cell(&names, i, 0)))
            continue;
        RowsTable *table = vec_add(arena, &rows->tables);
        table->name = sqlite ? quoted(arena, db_cell(&names, i, 0)) : db_cell(&names, i, 0);
        code = read_table(db, arena, table, error);
    }
    *ret_rows = rows;
    return code;
}

static Code remove_lite(Db *db, Arena *arena, const Rows *rows, Error *error)
{
    Code code = db_exec(db, "PRAGMA foreign_keys=OFF", error);
    for (size_t i = 0; !code && i < rows->tables.count; i++)
        code = db_exec(db, arena_print(arena, "DELETE FROM %s", rows->tables.at[i].name), error);
    return code;
}

Code rows_remove(Db *db, Arena *arena, Error *error)
{
    Rows *rows;
    Text sql = TEXT_EMPTY;
    Code code = rows_read(db, arena, &rows, error);
    if (!code && db_engine(db) == ENGINE_SQLITE)
        return remove_lite(db, arena, rows, error);
    for (size_t i = 0; !code && i < rows->tables.count; i++)
        text_print(&sql, "%s%s", i ? ", " : "TRUNCATE ", rows->tables.at[i].name);
    if (!code && sql.length)
        code = db_exec(db, text_string(&sql), error);
    text_done(&sql);
    return code;
}

/* ---- comparing ---- */

static const RowsTable *table_of(const Rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->tables.count; i++)
        if (strcmp(rows->tables.at[i].name, name) == 0)
            return &rows->tables.at[i];
    return NULL;
}

static const RowsColumn *column_of(const RowsTable *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i].name, name) == 0)
            return &table->columns.at[i];
    return NULL;
}

/* Both are sorted. */
static size_t missing(const RowsColumn *before, const RowsColumn *after)
{
    size_t lost = 0, k = 0;
    for (size_t i = 0; i < before->count; i++) {
        while (after && k < after->count && strcmp(after->values[k], before->values[i]) < 0)
            k++;
        if (after && k < after->count && strcmp(after->values[k], before->values[i]) == 0)
            k++;
        else
            lost++;
    }
    return lost;
}

static void compare_table(Arena *arena, const RowsTable *before, const RowsTable *after,
                          LossList *losses)
{
    size_t left = after ? after->count : 0;
    size_t gone = left < before->count ? before->count - left : 0;
    if (gone)
        *vec_add(arena, losses) = (Loss){before->name, NULL, gone, before->count};
    for (size_t i = 0; after && i < before->columns.count; i++) {
        const RowsColumn *column = &before->columns.at[i];
        size_t lost = missing(column, column_of(after, column->name));
        if (lost > gone)
            *vec_add(arena, losses) = (Loss){before->name, column->name, lost, column->count};
    }
}

void rows_compare(Arena *arena, const Rows *before, const Rows *after, LossList *ret_losses)
{
    for (size_t i = 0; i < before->tables.count; i++) {
        const RowsTable *table = &before->tables.at[i];
        if (table->count)
            compare_table(arena, table, table_of(after, table->name), ret_losses);
    }
}

void rows_count(const Rows *rows, size_t *ret_filled, size_t *ret_all)
{
    *ret_filled = 0;
    *ret_all = rows->tables.count;
    for (size_t i = 0; i < rows->tables.count; i++)
        *ret_filled += rows->tables.at[i].count > 0;
}
