/* Averages over the rows that there are. */
#include "prove/impact.h"
#include "base/text.h"
#include "sql/quote.h"

static Code ask_number(Db *db, Arena *arena, const char *sql, double *ret_number)
{
    Error ignored;
    DbRows rows;
    Code code = db_exec(db, "SAVEPOINT rung_impact", &ignored);
    if (!code)
        code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, &ignored);
    const char *cell = !code && rows.count ? db_cell(&rows, 0, 0) : NULL;
    *ret_number = cell ? strtod(cell, NULL) : 0;
    if (code && !db_lost(db))
        db_exec(db, "ROLLBACK TO rung_impact", &ignored);
    return db_lost(db) ? code : RUNG_OK;
}

static const char *qualified(Arena *arena, const Object *table)
{
    Text text = TEXT_EMPTY;
    sql_add_qualified(&text, table->schema, table->name);
    return text_keep(&text, arena);
}

static const char *quoted_name(Arena *arena, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_name(&text, name);
    return text_keep(&text, arena);
}

/* A type of fixed length has it whatever the rows hold. */
static Code measure_column(Db *db, Arena *arena, const Object *column, double *ret_bytes)
{
    const char *table = qualified(arena, column->parent), *name = quoted_name(arena, column->name);
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT CASE WHEN t.typlen > 0 THEN t.typlen ELSE (SELECT coalesce("
                   "avg(pg_column_size(");
    text_print(&sql,
               "%s)), 0) FROM %s) END FROM pg_attribute a JOIN pg_type t ON t.oid ="
               " a.atttypid WHERE a.attrelid = ",
               name, table);
    sql_add_constant(&sql, table);
    text_put(&sql, "::regclass AND a.attname = ");
    sql_add_constant(&sql, column->name);
    Code code = ask_number(db, arena, text_string(&sql), ret_bytes);
    text_done(&sql);
    return code;
}

/* The keys of a B-tree entry, behind 8 bytes of header and 4 of its place, in steps of 8. */
static Code measure_index(Db *db, Arena *arena, const Object *index, double *ret_bytes)
{
    Error error;
    DbRows rows;
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT string_agg(format('pg_column_size(%s)', pg_get_indexdef(i.indexrelid, k,"
                   " true)), ' + ') FROM pg_index i, generate_series(1, i.indnatts) k WHERE"
                   " i.indexrelid = ");
    sql_add_constant(&sql, qualified(arena, index));
    text_put(&sql, "::regclass");
    Code code = db_query(db, arena, &(DbStatement){.sql = text_string(&sql)}, &rows, &error);
    text_done(&sql);
    *ret_bytes = 0;
    if (code || !rows.count || !db_cell(&rows, 0, 0))
        return code;
    code = ask_number(db, arena,
                      arena_print(arena, "SELECT avg(%s) FROM %s", db_cell(&rows, 0, 0),
                                  qualified(arena, index->parent)),
                      ret_bytes);
    long long keys = (long long)(*ret_bytes + 7) / 8 * 8;
    *ret_bytes = (double)(keys ? keys : 8) + 12;
    return code;
}

static Code measure_lite(Db *db, Arena *arena, const Object *index, double *ret_bytes)
{
    Error error;
    DbRows rows;
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT group_concat('coalesce(length(CAST(\"' || replace(name, '\"', '\"\"') ||"
                   " '\" AS BLOB)), 1)', ' + ') FROM pragma_index_info(");
    sql_add_constant(&sql, index->name);
    text_put(&sql, ") WHERE name IS NOT NULL");
    Code code = db_query(db, arena, &(DbStatement){.sql = text_string(&sql)}, &rows, &error);
    text_done(&sql);
    *ret_bytes = 0;
    if (code || !rows.count || !db_cell(&rows, 0, 0))
        return RUNG_OK;
    code = ask_number(db, arena,
                      arena_print(arena, "SELECT avg(%s) + 6 FROM %s", db_cell(&rows, 0, 0),
                                  quoted_name(arena, index->parent->name)),
                      ret_bytes);
    return code;
}

static bool is_new(const Plan *plan, const Object *object)
{
    return !catalog_find(plan->from, object->key);
}

static Code measure(Db *db, Arena *arena, const Plan *plan, const Object *object,
                    ImpactList *impacts)
{
    Impact impact = {.object = object};
    Code code = RUNG_OK;
    if (object->kind == KIND_COLUMN && object->parent && !is_new(plan, object->parent)) {
        impact.table = qualified(arena, object->parent);
        code = measure_column(db, arena, object, &impact.bytes);
    } else if (object->kind == KIND_INDEX && object->parent) {
        const Index *index = CATALOG_AS(Index, object);
        impact.table = qualified(arena, object->parent);
        impact.partial = strstr(index->definition, " WHERE ") != NULL;
        impact.method = index->method;
        code = measure_index(db, arena, object, &impact.bytes);
    } else if (object->kind == KIND_LITE_INDEX && object->parent) {
        impact.table = object->parent->name;
        impact.partial = strcasestr(CATALOG_AS(LiteIndex, object)->sql, " where ") != NULL;
        code = measure_lite(db, arena, object, &impact.bytes);
    } else
        return RUNG_OK;
    if (!code)
        *vec_add(arena, impacts) = impact;
    return code;
}

Code impact_measure(Db *db, Arena *arena, const Plan *plan, ImpactList *ret_impacts, Error *error)
{
    Code code = db_exec(db, "BEGIN", error);
    for (size_t i = 0; !code && i < plan->changes.count; i++) {
        const Change *change = &plan->changes.at[i];
        if (change->type == CHANGE_CREATE && !change->caused)
            code = measure(db, arena, plan, change->object, ret_impacts);
    }
    Error ignored;
    if (!db_lost(db))
        db_exec(db, "ROLLBACK", &ignored);
    return code;
}
