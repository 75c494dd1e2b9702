/* The graph of keys of an SQLite database: pragmas joined to the list of tables, and the text where
 * they do not say it. */
#include "lifecycle/graph_parts.h"
#include "lifecycle/sqlite_graph_sql.h"
#include "lifecycle/sqlite_text.h"
#include "source/source.h"
#include "sql/form.h"

typedef struct IndexRow {
    const char *name;
    bool unique;
    KeyNames columns; /* up to the first expression */
    bool whole;       /* there was none */
} IndexRow;

/* A table while its rows come. */
typedef struct Place {
    KeyTable *table;
    const char *sql;
    const char *rowid; /* the column that is another name of it; or NULL */
    VEC(IndexRow) indexes;
    KeyTexts texts;
    bool texts_read;
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

static Place *place_of(const GraphReading *reading, const char *name)
{
    Arena *scratch = arena_new();
    Place *place = map_get(reading->tables, form_fold(scratch, name));
    arena_free(scratch);
    return place;
}

static const KeyColumn *column_of(const KeyTable *table, const char *name)
{
    for (size_t i = 0; name && i < table->columns.count; i++)
        if (form_same_name(table->columns.at[i].name, name))
            return &table->columns.at[i];
    return NULL;
}

/* ---- tables ---- */

enum { T_NAME, T_SQL, T_WITHOUT_ROWID, T_COLUMN, T_TYPE, T_NOT_NULL, T_PRIMARY };

static size_t number(const char *cell)
{
    return cell ? (size_t)strtoull(cell, NULL, 10) : 0;
}

static void add_rowid(GraphReading *reading, KeyTable *table)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (!column_of(table, names[i])) {
            *vec_add(reading->arena, &table->primary) = names[i];
            return;
        }
}

/* The rows `first` to `last` - 1 are its columns. */
static void add_columns(GraphReading *reading, const DbRows *rows, size_t first, size_t last,
                        Place *place)
{
    KeyTable *table = place->table;
    bool without_rowid = number(db_cell(rows, first, T_WITHOUT_ROWID)) != 0;
    size_t count = 0;
    vec_reserve(reading->arena, &table->columns, last - first);
    for (size_t row = first; row < last; row++) {
        *vec_add(reading->arena, &table->columns) =
            (KeyColumn){db_cell(rows, row, T_COLUMN), db_cell(rows, row, T_TYPE),
                        number(db_cell(rows, row, T_NOT_NULL)) != 0};
        count += number(db_cell(rows, row, T_PRIMARY)) > 0;
    }
    for (size_t at = 1; at <= count; at++)
        for (size_t row = first; row < last; row++)
            if (number(db_cell(rows, row, T_PRIMARY)) == at)
                *vec_add(reading->arena, &table->primary) = db_cell(rows, row, T_COLUMN);
    if (count == 1 && !without_rowid) {
        KeyColumn *column = (KeyColumn *)column_of(table, table->primary.at[0]);
        if (form_same_name(column->type, "integer")) {
            place->rowid = column->name;
            column->not_null = true;
        }
    }
    if (!count)
        add_rowid(reading, table);
}

static Code read_tables(GraphReading *reading)
{
    DbRows rows;
    Code code = query_tables(reading, &rows);
    for (size_t first = 0, last; !code && first < rows.count; first = last) {
        const char *name = db_cell(&rows, first, T_NAME);
        const char *folded = form_fold(reading->arena, name);
        for (last = first + 1; last < rows.count && !strcmp(db_cell(&rows, last, T_NAME), name);)
            last++;
        if (source_is_history(folded))
            continue;
        Place *place = arena_alloc(reading->arena, sizeof *place);
        place->table = graph_add_table(reading, NULL, name);
        place->sql = db_cell(&rows, first, T_SQL);
        add_columns(reading, &rows, first, last, place);
        map_set(reading->tables, folded, place);
    }
    return code;
}

/* ---- indexes ---- */

static void add_index_column(GraphReading *reading, const DbRows *rows, size_t row, Place *place)
{
    const char *name = db_cell(rows, row, 1), *column = db_cell(rows, row, 3);
    IndexRow *last = place->indexes.count ? &place->indexes.at[place->indexes.count - 1] : NULL;
    if (!last || strcmp(last->name, name) != 0) {
        last = vec_add(reading->arena, &place->indexes);
        *last = (IndexRow){.name = name, .unique = number(db_cell(rows, row, 2)), .whole = true};
    }
    if (!column)
        last->whole = false;
    if (last->whole)
        *vec_add(reading->arena, &last->columns) = column;
}

static Code read_indexes(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, indexes_sql, &rows);
    for (size_t i = 0; !code && i < rows.count; i++) {
        Place *place = place_of(reading, db_cell(&rows, i, 0));
        if (place)
            add_index_column(reading, &rows, i, place);
    }
    return code;
}

static bool begins_with(const KeyNames *index, const KeyNames *columns)
{
    if (index->count < columns->count)
        return false;
    for (size_t i = 0; i < columns->count; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < columns->count; k++)
            found = form_same_name(index->at[k], columns->at[i]);
        if (!found)
            return false;
    }
    return true;
}

static const char *covering(const Place *place, const KeyNames *columns)
{
    if (columns->count == 1 && place->rowid && strcmp(place->rowid, columns->at[0]) == 0)
        return "rowid";
    for (size_t i = 0; i < place->indexes.count; i++)
        if (begins_with(&place->indexes.at[i].columns, columns))
            return place->indexes.at[i].name;
    return NULL;
}

static bool is_unique(const Place *place, const KeyNames *columns)
{
    if (columns->count == 1 && place->rowid && form_same_name(place->rowid, columns->at[0]))
        return true;
    for (size_t i = 0; i < place->indexes.count; i++) {
        const IndexRow *index = &place->indexes.at[i];
        if (index->unique && index->whole && index->columns.count == columns->count &&
            begins_with(&index->columns, columns))
            return true;
    }
    return false;
}

/* ---- keys ---- */

enum { K_TABLE, K_ID, K_TO, K_COLUMN, K_TARGET, K_ACTION, K_UPDATE, K_MATCH };

static char read_action(const char *word)
{
    static const struct {
        const char *word;
        char action;
    } words[] = {{"RESTRICT", 'r'}, {"CASCADE", 'c'}, {"SET NULL", 'n'}, {"SET DEFAULT", 'd'}};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].action;
    return 'a';
}

static Code read_texts(GraphReading *reading, Place *place)
{
    Code code = RUNG_OK;
    if (!place->texts_read)
        code = key_texts_read(reading->arena, place->sql, &place->texts, reading->error);
    place->texts_read = true;
    return code;
}

static void add_columns_of(GraphReading *reading, const DbRows *rows, size_t first, size_t last,
                           TableKey *key)
{
    for (size_t row = first; row < last; row++) {
        const char *name = db_cell(rows, row, K_COLUMN), *target = db_cell(rows, row, K_TARGET);
        const KeyColumn *column = column_of(key->from, name);
        *vec_add(reading->arena, &key->columns) = column ? column->name : name;
        if (target)
            *vec_add(reading->arena, &key->targets) = target;
    }
}

/* Finds the targets in `to`; NULL, or why SQLite does not find them either. */
static const char *resolve_targets(GraphReading *reading, const char *to, TableKey *key)
{
    const Place *place = place_of(reading, to);
    if (!place)
        return arena_print(reading->arena, "there is no table %s", to);
    key->to = place->table;
    if (!key->targets.count)
        for (size_t i = 0; i < key->to->primary.count && column_of(key->to, key->to->primary.at[i]);
             i++)
            *vec_add(reading->arena, &key->targets) = key->to->primary.at[i];
    if (key->targets.count != key->columns.count)
        return arena_print(reading->arena, "%s has no primary key of as many columns", to);
    for (size_t i = 0; i < key->targets.count; i++) {
        const KeyColumn *column = column_of(key->to, key->targets.at[i]);
        if (!column)
            return arena_print(reading->arena, "%s has no column %s", to, key->targets.at[i]);
        key->targets.at[i] = column->name;
    }
    return is_unique(place, &key->targets)
               ? NULL
               : arena_print(reading->arena, "%s has no unique index of its columns", to);
}

/* The rows `first` to `last` - 1 are its columns; it is the `at`th of its table. */
static void add_key(GraphReading *reading, const DbRows *rows, size_t first, size_t last,
                    const Place *place, size_t at)
{
    Arena *arena = reading->arena;
    TableKey *key = arena_alloc(arena, sizeof *key);
    KeyText text = at < place->texts.count ? place->texts.at[at] : (KeyText){0};
    *key = (TableKey){
        .name = text.name,
        .from = place->table,
        .table = place->table->name,
        .position = at,
        .action = read_action(db_cell(rows, first, K_ACTION)),
        .update = read_action(db_cell(rows, first, K_UPDATE)),
        .match_full = form_same_name(db_cell(rows, first, K_MATCH), "full"),
        .deferrable = text.deferrable,
        .deferred = text.deferred,
        .validated = true,
        .enforced = true,
        .declared = true,
    };
    add_columns_of(reading, rows, first, last, key);
    key->index = covering(place, &key->columns);
    const char *reason = resolve_targets(reading, db_cell(rows, first, K_TO), key);
    if (!reason)
        graph_add_key(reading, key, place->table->title);
    else
        *vec_add(arena, &reading->graph->broken) = (BrokenKey){
            place->table, graph_key_title(arena, place->table->title, &key->columns), reason};
}

static Code read_keys(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, keys_sql, &rows);
    const Place *before = NULL;
    for (size_t first = 0, last, at = 0; !code && first < rows.count; first = last) {
        const char *name = db_cell(&rows, first, K_TABLE), *id = db_cell(&rows, first, K_ID);
        for (last = first + 1; last < rows.count && !strcmp(db_cell(&rows, last, K_TABLE), name) &&
                               !strcmp(db_cell(&rows, last, K_ID), id);)
            last++;
        Place *place = place_of(reading, name);
        if (!place)
            continue;
        at = place == before ? at + 1 : 0;
        before = place;
        code = read_texts(reading, place);
        if (!code)
            add_key(reading, &rows, first, last, place, at);
    }
    return code;
}

static Code read_triggers(GraphReading *reading)
{
    DbRows rows;
    Code code = query(reading, triggers_sql, &rows);
    for (size_t i = 0; !code && i < rows.count; i++) {
        const Place *place = place_of(reading, db_cell(&rows, i, 0));
        if (place && trigger_swallows(db_cell(&rows, i, 2)))
            *vec_add(reading->arena, &place->table->swallowing) = db_cell(&rows, i, 1);
    }
    return code;
}

Code graph_read_sqlite(GraphReading *reading)
{
    Code code = read_tables(reading);
    if (reading->only)
        return code;
    if (!code)
        code = read_indexes(reading);
    if (!code)
        code = read_keys(reading);
    if (!code)
        code = read_triggers(reading);
    return code;
}
