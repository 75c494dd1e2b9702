/* Rows of a column of the vault: read in order, written, read again. The server never gets a plain
 * value, neither in a statement nor as a parameter: its log may show both. */
#include "base/text.h"
#include "lifecycle/vault_parts.h"

typedef struct Reader {
    Db *db;
    Arena *arena;
    const VaultTable *table;
    Error *error;
} Reader;

Code vault_session(Db *db, const VaultRun *run, Error *error)
{
    /* An id has the same text in every session. A batch is a piece of an index: the planner takes
     * the conditions for rare, and would read and sort the whole table for each. */
    static const char settings[] =
        "SELECT set_config(name, value, false) FROM (VALUES ('datestyle', 'ISO'), ('timezone',"
        " 'UTC'), ('intervalstyle', 'postgres'), ('extra_float_digits', '1'), ('bytea_output',"
        " 'hex'), ('row_security', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),"
        " ('enable_sort', 'off'), ('enable_bitmapscan', 'off'), ('jit', 'off'), ('lock_timeout', "
        "$1), ('statement_timeout', $2)) s (name, value)";
    Arena *arena = arena_new();
    DbRows rows;
    Code code;
    if (db_engine(db) == ENGINE_POSTGRESQL) {
        const char *params[] = {arena_print(arena, "%d", run->options.lock_timeout_ms),
                                arena_print(arena, "%d", run->options.statement_timeout_ms)};
        code =
            db_query(db, arena, &(DbStatement){.sql = settings, .params = params, .param_count = 2},
                     &rows, error);
    } else {
        /* what is overwritten is zeroed; and a journal that stays would keep it (SQLite manual,
         * PRAGMA secure_delete and journal_mode) */
        code = db_exec(db, "PRAGMA secure_delete = ON", error);
        if (!code)
            code = db_query(db, arena, &(DbStatement){.sql = "PRAGMA journal_mode"}, &rows, error);
        if (!code && rows.count && strcmp(db_cell(&rows, 0, 0), "persist") == 0)
            code = db_exec(db, "PRAGMA journal_mode = TRUNCATE", error);
    }
    arena_free(arena);
    return code;
}

Code vault_undo(Db *db, Code code)
{
    Error ignored;
    if (code && !db_lost(db) && db_in_transaction(db))
        db_exec(db, "ROLLBACK", &ignored);
    return code;
}

/* What the server says of a row it refuses may show other values of it. */
static Code hide_detail(const VaultTable *table, Code code, Error *error)
{
    if (code && table->engine == ENGINE_POSTGRESQL)
        error->detail[0] = '\0';
    return code;
}

char *vault_row_title(Arena *arena, const VaultTable *table, const VaultRow *row)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(&text, "%s%s %.60s", i ? ", " : "", table->ids.at[i].name, row->ids[i]);
    char *title = table->ids.count > 1 ? arena_print(arena, "(%s)", text_string(&text))
                                       : arena_string(arena, text_string(&text));
    text_done(&text);
    return title;
}

/* ---- reading ---- */

static void add_id_names(const VaultTable *table, Text *text)
{
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(text, "%s%s", i ? ", " : "", table->ids.at[i].sql);
}

/* ids as text, on SQLite also as constants; then sort, value, its bytes, lookup */
static void add_columns(const VaultTable *table, Text *text)
{
    bool lite = table->engine == ENGINE_SQLITE;
    for (size_t i = 0; i < table->ids.count; i++) {
        const char *id = table->ids.at[i].sql;
        if (lite)
            text_print(text, "CASE typeof(%s) WHEN 'blob' THEN 'x' || hex(%s) ELSE %s END, ", id,
                       id, id);
        else
            text_print(text, "%s::text, ", id);
    }
    for (size_t i = 0; lite && i < table->ids.count; i++)
        text_print(text, "quote(%s), ", table->ids.at[i].sql);
    const char *column = table->column_sql;
    if (lite)
        text_print(text,
                   "typeof(%s), CASE typeof(%s) WHEN 'blob' THEN hex(%s) ELSE %s END,"
                   " length(CAST(%s AS BLOB))",
                   column, column, column, column, column);
    else if (table->bytes)
        text_print(text, "'blob', encode(%s, 'hex'), octet_length(%s)", column, column);
    else
        text_print(text, "'text', %s::text, octet_length(%s::text)", column, column);
    text_print(text, ", %s", table->lookup_sql ? table->lookup_sql : "NULL");
}

/* "(a, b) > ($1::int, $2::text)" */
static void add_after(const VaultTable *table, const VaultRange *range, Text *text)
{
    text_put(text, " AND (");
    add_id_names(table, text);
    text_print(text, ") %s (", range->inclusive ? ">=" : ">");
    for (size_t i = 0; i < table->ids.count; i++)
        if (table->engine == ENGINE_SQLITE)
            text_print(text, "%s%s", i ? ", " : "", range->after->constants[i]);
        else
            text_print(text, "%s$%zu::%s", i ? ", " : "", i + 1, table->ids.at[i].type);
    text_char(text, ')');
}

static unsigned char hex_value(char digit)
{
    return (unsigned char)(digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
}

static Bytes read_hex(Arena *arena, const char *hex)
{
    size_t length = strlen(hex) / 2;
    unsigned char *bytes = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
    return (Bytes){bytes, length};
}

/* The bytes as they are stored. A text with a NUL in it would be read to there only. */
static Bytes read_bytes(Arena *arena, const char *sort, const char *value)
{
    return strcmp(sort, "blob") == 0 ? read_hex(arena, value) : (Bytes){value, strlen(value)};
}

static Code read_row(const Reader *reader, const DbRows *found, size_t index, VaultRow *ret_row)
{
    const VaultTable *table = reader->table;
    const char *const *cells = found->cells + index * found->columns;
    size_t ids = table->ids.count, first = table->engine == ENGINE_SQLITE ? 2 * ids : ids;
    const char *sort = cells[first];
    *ret_row = (VaultRow){.ids = cells,
                          .constants = table->engine == ENGINE_SQLITE ? cells + ids : NULL,
                          .value = read_bytes(reader->arena, sort, cells[first + 1]),
                          .blob = strcmp(sort, "blob") == 0,
                          .lookup = cells[first + 3]};
    if (ret_row->blob)
        secret_wipe((char *)(uintptr_t)cells[first + 1], strlen(cells[first + 1]));
    const char *title = vault_row_title(reader->arena, table, ret_row);
    if (!ret_row->blob && strcmp(sort, "text") != 0) {
        error_set(reader->error, RUNG_REFUSED, "%s: the value of the row with %s is a number",
                  table->setting->name, title);
        return error_hint(reader->error, "only text and bytes are sealed; store it as text");
    }
    if (ret_row->value.length != (size_t)strtoull(cells[first + 2], NULL, 10)) {
        error_set(reader->error, RUNG_REFUSED, "%s: the text of the row with %s has a NUL in it",
                  table->setting->name, title);
        return error_hint(reader->error, "store it as a BLOB, or without the NUL");
    }
    return RUNG_OK;
}

static Code ask_rows(const Reader *reader, const VaultRange *range, DbRows *ret_found)
{
    const VaultTable *table = reader->table;
    bool params = range->after && table->engine == ENGINE_POSTGRESQL;
    Text sql = TEXT_EMPTY;
    text_put(&sql, "SELECT ");
    add_columns(table, &sql);
    text_print(&sql, " FROM %s WHERE (%s)", table->sql, range->condition);
    if (range->after)
        add_after(table, range, &sql);
    text_put(&sql, " ORDER BY ");
    /* by the columns: an id of the select list is a text, and '9' stands behind '10' there */
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(&sql, "%s%s.%s", i ? ", " : "", table->sql, table->ids.at[i].sql);
    text_print(&sql, " LIMIT %lld", (long long)range->most);
    if (range->lock && table->engine == ENGINE_POSTGRESQL)
        text_put(&sql, " FOR NO KEY UPDATE");
    DbStatement statement = {.sql = text_string(&sql),
                             .params = params ? range->after->ids : NULL,
                             .param_count = params ? table->ids.count : 0};
    Code code = db_query(reader->db, reader->arena, &statement, ret_found, reader->error);
    text_done(&sql);
    return code;
}

Code vault_rows_read(Db *db, Arena *arena, const VaultTable *table, const VaultRange *range,
                     VaultRowList *ret_rows, Error *error)
{
    Reader reader = {.db = db, .arena = arena, .table = table, .error = error};
    VaultRowList rows = {0};
    DbRows found;
    Code code = ask_rows(&reader, range, &found);
    if (code)
        return code;
    vec_reserve(arena, &rows, found.count);
    for (size_t i = 0; !code && i < found.count; i++)
        code = read_row(&reader, &found, i, vec_add(arena, &rows));
    *ret_rows = rows;
    return code;
}

Code vault_count(Db *db, const VaultTable *table, const char *condition, int64_t *ret_count,
                 Error *error)
{
    Arena *arena = arena_new();
    DbRows rows;
    const char *sql = arena_print(arena, "SELECT count(*) FROM %s WHERE %s", table->sql, condition);
    Code code = db_query(db, arena, &(DbStatement){.sql = sql}, &rows, error);
    if (!code)
        *ret_count = db_number(&rows, 0, 0);
    arena_free(arena);
    return code;
}

/* ---- PostgreSQL: a batch is arrays ---- */

/* One element of an array's text. */
static void add_element(Text *text, const char *value)
{
    text_put(text, text->length ? ",\"" : "{\"");
    for (const char *s = value; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_char(text, '\\');
        text_char(text, *s);
    }
    text_char(text, '"');
}

typedef enum { ARRAY_SEALED, ARRAY_LOOKUP, ARRAY_IDS } ArrayOf;

static const char *print_array(Arena *arena, const VaultRowList *rows, ArrayOf of, size_t id)
{
    Text text = TEXT_EMPTY;
    for (size_t i = 0; i < rows->count; i++)
        add_element(&text, of == ARRAY_SEALED   ? rows->at[i].sealed
                           : of == ARRAY_LOOKUP ? rows->at[i].new_lookup
                                                : rows->at[i].ids[id]);
    text_char(&text, '}');
    return text_keep(&text, arena);
}

/* "t.a = v.k1 AND t.b = v.k2" */
static void add_join(const VaultTable *table, Text *text)
{
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(text, "%st.%s = v.k%zu", i ? " AND " : "", table->ids.at[i].sql, i + 1);
}

/* "$3::int[], $4::text[]", and the values behind them */
static void add_id_arrays(Arena *arena, const VaultTable *table, const VaultRowList *rows,
                          Text *text, const char **params, size_t count)
{
    for (size_t i = 0; i < table->ids.count; i++) {
        params[count + i] = print_array(arena, rows, ARRAY_IDS, i);
        text_print(text, "%s$%zu::%s[]", count + i ? ", " : "", count + i + 1,
                   table->ids.at[i].type);
    }
}

static void add_id_aliases(const VaultTable *table, Text *text)
{
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(text, "k%zu, ", i + 1);
}

static Code write_arrays(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                         Error *error)
{
    Text sql = TEXT_EMPTY;
    size_t count = table->lookup_sql ? 2 : 1;
    const char **params = arena_alloc_array(arena, count + table->ids.count, sizeof *params);
    params[0] = print_array(arena, rows, ARRAY_SEALED, 0);
    text_print(&sql, "UPDATE %s AS t SET %s = %s", table->sql, table->column_sql,
               table->bytes ? "convert_to(v.n, 'UTF8')" : "v.n");
    if (table->lookup_sql) {
        params[1] = print_array(arena, rows, ARRAY_LOOKUP, 0);
        text_print(&sql, ", %s = v.l", table->lookup_sql);
    }
    text_print(&sql, " FROM unnest($1::text[]%s", table->lookup_sql ? ", $2::text[]" : "");
    add_id_arrays(arena, table, rows, &sql, params, count);
    text_print(&sql, ") AS v (n%s", table->lookup_sql ? ", l" : "");
    for (size_t i = 0; i < table->ids.count; i++)
        text_print(&sql, ", k%zu", i + 1);
    text_put(&sql, ") WHERE ");
    add_join(table, &sql);
    DbStatement statement = {
        .sql = text_string(&sql), .params = params, .param_count = count + table->ids.count};
    Code code = db_query(db, arena, &statement, NULL, error);
    text_done(&sql);
    return hide_detail(table, code, error);
}

static Code stored_arrays(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                          Bytes *ret_stored, Error *error)
{
    Text sql = TEXT_EMPTY;
    DbRows found;
    const char **params = arena_alloc_array(arena, table->ids.count, sizeof *params);
    text_print(&sql, "SELECT v.o, %s FROM unnest(",
               table->bytes ? arena_print(arena, "encode(t.%s, 'hex')", table->column_sql)
                            : arena_print(arena, "t.%s::text", table->column_sql));
    add_id_arrays(arena, table, rows, &sql, params, 0);
    text_put(&sql, ") WITH ORDINALITY AS v (");
    add_id_aliases(table, &sql);
    text_print(&sql, "o) JOIN %s AS t ON ", table->sql);
    add_join(table, &sql);
    DbStatement statement = {
        .sql = text_string(&sql), .params = params, .param_count = table->ids.count};
    Code code = db_query(db, arena, &statement, &found, error);
    text_done(&sql);
    for (size_t i = 0; !code && i < found.count; i++) {
        size_t row = (size_t)strtoull(db_cell(&found, i, 0), NULL, 10) - 1;
        const char *value = db_cell(&found, i, 1);
        if (value && row < rows->count)
            ret_stored[row] = read_bytes(arena, table->bytes ? "blob" : "text", value);
    }
    return code;
}

/* ---- SQLite: a row is a statement, prepared once ---- */

/* " WHERE a = ?1 AND b = CAST(?2 AS INTEGER)": a column without a type compares a text to a number
 * as a text (SQLite manual, "Datatypes", 4.2). Bytes have no parameter: `ret_keep` false. */
static void add_where(const VaultTable *table, const VaultRow *row, Text *text, const char **params,
                      size_t *count, bool *ret_keep)
{
    *ret_keep = true;
    for (size_t i = 0; i < table->ids.count; i++) {
        const char *constant = row->constants[i];
        text_print(text, "%s%s = ", i ? " AND " : " WHERE ", table->ids.at[i].sql);
        if (constant[0] == 'X') {
            text_put(text, constant);
            *ret_keep = false;
            continue;
        }
        params[(*count)++] = row->ids[i];
        text_print(text, constant[0] == '\'' ? "?%zu" : "CAST(?%zu AS INTEGER)", *count);
    }
}

static Code write_row(Db *db, Arena *arena, const VaultTable *table, const VaultRow *row,
                      const char **params, Error *error)
{
    Text sql = TEXT_EMPTY;
    size_t count = 0;
    bool keep;
    params[count++] = row->sealed;
    text_print(&sql, "UPDATE %s SET %s = %s", table->sql, table->column_sql,
               row->blob ? "CAST(?1 AS BLOB)" : "?1");
    if (table->lookup_sql) {
        params[count++] = row->new_lookup;
        text_print(&sql, ", %s = ?2", table->lookup_sql);
    }
    add_where(table, row, &sql, params, &count, &keep);
    DbStatement statement = {
        .sql = text_string(&sql), .params = params, .param_count = count, .keep = keep};
    Code code = db_query(db, arena, &statement, NULL, error);
    text_done(&sql);
    return code;
}

static Code stored_row(Db *db, Arena *arena, const VaultTable *table, const VaultRow *row,
                       const char **params, Bytes *ret_stored, Error *error)
{
    Text sql = TEXT_EMPTY;
    DbRows found;
    size_t count = 0;
    bool keep;
    text_print(&sql, "SELECT %s FROM %s",
               row->blob ? arena_print(arena, "hex(%s)", table->column_sql) : table->column_sql,
               table->sql);
    add_where(table, row, &sql, params, &count, &keep);
    DbStatement statement = {
        .sql = text_string(&sql), .params = params, .param_count = count, .keep = keep};
    Code code = db_query(db, arena, &statement, &found, error);
    if (!code && found.count && db_cell(&found, 0, 0))
        *ret_stored = read_bytes(arena, row->blob ? "blob" : "text", db_cell(&found, 0, 0));
    text_done(&sql);
    return code;
}

/* ---- both ---- */

Code vault_rows_write(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                      Error *error)
{
    if (table->engine == ENGINE_POSTGRESQL)
        return write_arrays(db, arena, table, rows, error);
    const char **params = arena_alloc_array(arena, 2 + table->ids.count, sizeof *params);
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < rows->count; i++)
        code = write_row(db, arena, table, &rows->at[i], params, error);
    return code;
}

Code vault_rows_stored(Db *db, Arena *arena, const VaultTable *table, const VaultRowList *rows,
                       Bytes *ret_stored, Error *error)
{
    if (table->engine == ENGINE_POSTGRESQL)
        return stored_arrays(db, arena, table, rows, ret_stored, error);
    const char **params = arena_alloc_array(arena, table->ids.count, sizeof *params);
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < rows->count; i++)
        code = stored_row(db, arena, table, &rows->at[i], params, &ret_stored[i], error);
    return code;
}
