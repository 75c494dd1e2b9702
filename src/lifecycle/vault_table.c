/* Looks a column of the vault up: is it there, can it hold sealed values, what tells its rows
 * apart? */
#include "lifecycle/vault_parts.h"
#include "sql/quote.h"

#include <strings.h>

typedef VEC(const char *) NameList;

typedef struct Look {
    Db *db;
    Arena *arena;
    const VaultRun *run;
    VaultTable *table;
    DbRows
        columns; /* name, type, kind of type, length, generated, not null, order in the primary */
    DbRows keys; /* name of a unique index, one of its columns */
    Error *error;
} Look;

enum { NAME, TYPE, SORT, LENGTH, GENERATED, NOT_NULL, PRIMARY };

static Code wrong(Look *look, Code code, const char *format, ...) PRINTF_LIKE(3, 4);

static Code wrong(Look *look, Code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *message = arena_print_list(look->arena, format, list);
    va_end(list);
    return error_at(look->error, code, look->run->config, look->table->setting->line,
                    "vault.columns: %s: %s", look->table->setting->name, message);
}

static Code ask(Look *look, const char *sql, const char *param, DbRows *ret_rows)
{
    DbStatement statement = {.sql = sql, .params = &param, .param_count = 1};
    return db_query(look->db, look->arena, &statement, ret_rows, look->error);
}

static const char *quoted(Arena *arena, const char *schema, const char *name)
{
    Text text = TEXT_EMPTY;
    sql_add_qualified(&text, schema, name);
    return text_keep(&text, arena);
}

/* ---- PostgreSQL ---- */

static Code read_postgresql(Look *look)
{
    static const char tables[] =
        "SELECT n.nspname, c.relname, c.relkind, row_security_active(c.oid) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)";
    static const char columns[] =
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname),"
        " CASE WHEN coalesce(b.typname, t.typname) <> 'varchar' THEN 0"
        " ELSE greatest(coalesce(nullif(t.typtypmod, -1), a.atttypmod) - 4, 0) END,"
        " a.attgenerated <> '', a.attnotnull, coalesce((SELECT k.o FROM pg_index i,"
        " unnest(i.indkey::int2[]) WITH ORDINALITY k(n, o) WHERE i.indrelid = a.attrelid AND"
        " i.indisprimary AND k.n = a.attnum AND k.o <= i.indnkeyatts), 0)"
        " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b"
        " ON b.oid = t.typbasetype WHERE a.attrelid = $1::regclass AND a.attnum > 0"
        " AND NOT a.attisdropped ORDER BY 7, a.attnum";
    static const char keys[] =
        "SELECT i.indexrelid, a.attname FROM pg_index i, unnest(i.indkey::int2[])"
        " WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attnum = k.n WHERE"
        " a.attrelid = i.indrelid AND i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid"
        " AND i.indpred IS NULL AND i.indexprs IS NULL AND k.o <= i.indnkeyatts ORDER BY 1, k.o";
    VaultTable *table = look->table;
    const char *name = quoted(look->arena, table->schema, table->table);
    DbRows found;
    Code code = ask(look, tables, name, &found);
    if (code)
        return code;
    if (!found.count)
        return wrong(look, RUNG_MISMATCH, "there is no table %s in the database", name);
    table->schema = db_cell(&found, 0, 0);
    table->table = db_cell(&found, 0, 1);
    table->sql = quoted(look->arena, table->schema, table->table);
    if (!strchr("rp", db_cell(&found, 0, 2)[0]))
        return wrong(look, RUNG_CONFIG, "%s is no table", table->sql);
    if (db_cell(&found, 0, 3)[0] == 't') {
        wrong(look, RUNG_CONFIG, "row-level security hides rows of %s from this role", table->sql);
        return error_hint(look->error, "take its owner, or a role with BYPASSRLS; of a table with "
                                       "FORCE ROW LEVEL SECURITY only the latter sees all rows");
    }
    code = ask(look, columns, table->sql, &look->columns);
    return code ? code : ask(look, keys, table->sql, &look->keys);
}

/* ---- SQLite ---- */

/* The affinity that a declared type gives (SQLite manual, "Datatypes", 3.1), as far as it counts.
 */
static const char *lite_sort(const char *type)
{
    static const struct {
        const char *part, *sort;
    } rules[] = {{"INT", "number"}, {"CHAR", "text"},   {"CLOB", "text"},   {"TEXT", "text"},
                 {"BLOB", "text"},  {"REAL", "number"}, {"FLOA", "number"}, {"DOUB", "number"}};
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strcasestr(type, rules[i].part))
            return rules[i].sort;
    return !*type || strcasecmp(type, "any") == 0 ? "text" : "number";
}

static Code read_sqlite(Look *look)
{
    static const char columns[] =
        "SELECT name, type, type, 0, CASE WHEN hidden > 1 THEN 't' ELSE 'f' END, CASE WHEN"
        " \"notnull\" THEN 't' ELSE 'f' END, pk FROM pragma_table_xinfo(?1) ORDER BY pk, cid";
    static const char keys[] =
        "SELECT l.name, x.name FROM pragma_index_list(?1) l, pragma_index_xinfo(l.name) x"
        " WHERE l.\"unique\" AND NOT l.partial AND x.key ORDER BY l.seq, x.seqno";
    VaultTable *table = look->table;
    DbRows found;
    if (table->schema && strcasecmp(table->schema, "main") != 0)
        return wrong(look, RUNG_MISMATCH, "SQLite has no schema %s", table->schema);
    table->schema = NULL;
    Code code = ask(look,
                    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name = ?1"
                    " COLLATE NOCASE",
                    table->table, &found);
    if (code)
        return code;
    if (!found.count)
        return wrong(look, RUNG_MISMATCH, "there is no table %s in the database", table->table);
    table->table = db_cell(&found, 0, 0);
    table->sql = quoted(look->arena, NULL, table->table);
    if (strcmp(db_cell(&found, 0, 1), "table") != 0)
        return wrong(look, RUNG_CONFIG, "%s is a %s, no table", table->sql, db_cell(&found, 0, 1));
    code = ask(look, columns, table->table, &look->columns);
    return code ? code : ask(look, keys, table->table, &look->keys);
}

/* ---- the column, its lookup column and the ids ---- */

static bool same_name(const Look *look, const char *a, const char *b)
{
    return look->table->engine == ENGINE_SQLITE ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

static Code find_column(Look *look, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < look->columns.count; i++)
        if (same_name(look, db_cell(&look->columns, i, NAME), name)) {
            *ret_index = i;
            return RUNG_OK;
        }
    return wrong(look, RUNG_MISMATCH, "%s has no column \"%s\"", look->table->sql, name);
}

static const char *sort_of(const Look *look, size_t index)
{
    const char *sort = db_cell(&look->columns, index, SORT);
    if (look->table->engine == ENGINE_SQLITE)
        return lite_sort(sort);
    return strcmp(sort, "varchar") == 0 || strcmp(sort, "citext") == 0 ? "text" : sort;
}

static Code check_column(Look *look)
{
    VaultTable *table = look->table;
    size_t index = 0;
    Code code = find_column(look, table->column, &index);
    if (code)
        return code;
    const char *sort = sort_of(look, index);
    table->column = db_cell(&look->columns, index, NAME);
    table->column_sql = quoted(look->arena, NULL, table->column);
    table->bytes = strcmp(sort, "bytea") == 0;
    table->limit = db_number(&look->columns, index, LENGTH);
    if (db_cell(&look->columns, index, GENERATED)[0] == 't')
        return wrong(look, RUNG_CONFIG, "the column is generated");
    if (table->bytes || strcmp(sort, "text") == 0)
        return RUNG_OK;
    wrong(look, RUNG_CONFIG, "a column of type %s holds no sealed values",
          db_cell(&look->columns, index, TYPE));
    return error_hint(look->error, table->engine == ENGINE_SQLITE ? "TEXT, VARCHAR and BLOB do"
                                                                  : "text, varchar and bytea do");
}

static Code check_lookup(Look *look)
{
    VaultTable *table = look->table;
    const char *name = table->setting->lookup;
    size_t index = 0;
    Code code = name ? find_column(look, name, &index) : RUNG_OK;
    if (code || !name)
        return code;
    int64_t limit = db_number(&look->columns, index, LENGTH);
    name = db_cell(&look->columns, index, NAME);
    table->lookup_sql = quoted(look->arena, NULL, name);
    if (strcmp(name, table->column) == 0)
        return wrong(look, RUNG_CONFIG, "lookup is the column itself");
    if (strcmp(sort_of(look, index), "text") != 0 || (limit && limit < VAULT_LOOKUP_LENGTH))
        return wrong(look, RUNG_CONFIG, "lookup column \"%s\" is %s: text or varchar(%d) is needed",
                     name, db_cell(&look->columns, index, TYPE), VAULT_LOOKUP_LENGTH);
    return RUNG_OK;
}

static Code add_id(Look *look, size_t index)
{
    VaultTable *table = look->table;
    const char *name = db_cell(&look->columns, index, NAME);
    if (strcmp(name, table->column) == 0)
        return wrong(look, RUNG_CONFIG, "the column cannot tell its own rows apart");
    *vec_add(look->arena, &table->ids) = (VaultId){.name = name,
                                                   .sql = quoted(look->arena, NULL, name),
                                                   .type = db_cell(&look->columns, index, TYPE)};
    return RUNG_OK;
}

static bool is_id(const Look *look, const char *name)
{
    for (size_t i = 0; i < look->table->ids.count; i++)
        if (name && same_name(look, look->table->ids.at[i].name, name))
            return true;
    return false;
}

/* Whether the ids hold all columns of the primary key or of a unique index. */
static bool ids_are_unique(const Look *look)
{
    size_t primary = 0, held = 0;
    for (size_t i = 0; i < look->columns.count; i++)
        if (db_cell(&look->columns, i, PRIMARY)[0] != '0') {
            primary++;
            held += is_id(look, db_cell(&look->columns, i, NAME));
        }
    if (primary && held == primary)
        return true;
    for (size_t i = 0; i < look->keys.count;) {
        const char *index = db_cell(&look->keys, i, 0);
        bool all = true;
        for (; i < look->keys.count && strcmp(db_cell(&look->keys, i, 0), index) == 0; i++)
            all = all && is_id(look, db_cell(&look->keys, i, 1));
        if (all)
            return true;
    }
    return false;
}

/* Rows that no range would reach, or whose text is not the same everywhere. */
static Code refuse_bad_ids(Look *look)
{
    Text sql = TEXT_EMPTY;
    DbRows rows;
    const VaultTable *table = look->table;
    text_print(&sql, "SELECT 1 FROM %s WHERE ", table->sql);
    for (size_t i = 0; i < table->ids.count; i++) {
        text_print(&sql, "%s%s IS NULL", i ? " OR " : "", table->ids.at[i].sql);
        if (table->engine == ENGINE_SQLITE)
            text_print(&sql, " OR typeof(%s) = 'real'", table->ids.at[i].sql);
    }
    text_put(&sql, " LIMIT 1");
    Code code = db_query(look->db, look->arena, &(DbStatement){.sql = text_string(&sql)}, &rows,
                         look->error);
    text_done(&sql);
    if (code || !rows.count)
        return code;
    wrong(look, RUNG_CONFIG, "the id is NULL%s in some rows of %s",
          table->engine == ENGINE_SQLITE ? " or a floating-point number" : "", table->sql);
    return error_hint(look->error, "a value is bound to its row by an id that every row has");
}

static Code check_ids(Look *look)
{
    VaultTable *table = look->table;
    const VaultColumn *setting = table->setting;
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < setting->id.count; i++) {
        size_t index = 0;
        code = find_column(look, setting->id.at[i], &index);
        if (!code)
            code = add_id(look, index);
    }
    for (size_t i = 0; !code && !setting->id.count && i < look->columns.count; i++)
        if (db_cell(&look->columns, i, PRIMARY)[0] != '0')
            code = add_id(look, i);
    if (code)
        return code;
    if (!table->ids.count) {
        wrong(look, RUNG_CONFIG, "%s has no primary key", table->sql);
        return error_hint(look->error, "id: names the columns that tell its rows apart");
    }
    if (!ids_are_unique(look)) {
        wrong(look, RUNG_CONFIG, "no primary key or unique index says that id is unique in %s",
              table->sql);
        return error_hint(look->error, "a value is bound to its row: two rows with one id could "
                                       "exchange theirs unseen");
    }
    return refuse_bad_ids(look);
}

/* ---- SQL ---- */

static void set_conditions(Arena *arena, VaultTable *table)
{
    const char *column = table->column_sql, *head;
    if (table->engine == ENGINE_SQLITE)
        head = arena_print(arena, "substr(CAST(%s AS TEXT), 1, %d)", column, VAULT_HEAD_LENGTH);
    else if (table->bytes)
        head = arena_print(arena, "encode(substring(%s FROM 1 FOR %d), 'escape')", column,
                           VAULT_HEAD_LENGTH);
    else
        head = arena_print(arena, "left(%s::text, %d)", column, VAULT_HEAD_LENGTH);
    if (table->engine == ENGINE_SQLITE) {
#define HEX "[0-9a-f]"
        table->sealed =
            arena_print(arena, "%s GLOB 'rv1:" HEX HEX HEX HEX HEX HEX HEX HEX ":'", head);
        table->unsealed = arena_print(arena, "%s IS NOT NULL AND NOT (%s)", column, table->sealed);
    } else {
        table->sealed = arena_print(arena, "%s ~ '^rv1:[0-9a-f]{8}:$'", head);
        table->unsealed = arena_print(arena, "%s !~ '^rv1:[0-9a-f]{8}:$'", head);
    }
    table->key_id = arena_print(arena, "substr(%s, 5, %d)", head, VAULT_ID_SIZE - 1);
}

static Code set_place(Look *look)
{
    VaultTable *table = look->table;
    const char *bound = table->setting->bound_to;
    const char *schema = table->schema, *name = table->table, *column = table->column;
    if (bound && !value_read_name(look->arena, bound, &schema, &name, &column))
        return wrong(look, RUNG_CONFIG, "bound_to is no TABLE.COLUMN: %s", bound);
    table->place = value_place(look->arena, schema, name, column);
    return RUNG_OK;
}

static Code look_up(Look *look)
{
    VaultTable *table = look->table;
    if (!value_read_name(look->arena, table->setting->name, &table->schema, &table->table,
                         &table->column)) {
        wrong(look, RUNG_CONFIG, "this is no TABLE.COLUMN");
        return error_hint(look->error, "or SCHEMA.TABLE.COLUMN; a name with a dot in it stands in "
                                       "double quotes");
    }
    Code code = table->engine == ENGINE_SQLITE ? read_sqlite(look) : read_postgresql(look);
    if (!code)
        code = check_column(look);
    if (!code)
        code = check_lookup(look);
    if (!code)
        code = check_ids(look);
    if (!code)
        code = set_place(look);
    if (!code)
        set_conditions(look->arena, table);
    return code;
}

Code vault_tables(Db *db, Arena *arena, const VaultRun *run, VaultTableList *ret_tables,
                  Error *error)
{
    VaultTableList tables = {0};
    Code code = RUNG_OK;
    for (size_t i = 0; !code && i < run->vault->columns.count; i++) {
        VaultTable *table = vec_add(arena, &tables);
        *table = (VaultTable){.setting = &run->vault->columns.at[i], .engine = db_engine(db)};
        Look look = {.db = db, .arena = arena, .run = run, .table = table, .error = error};
        code = look_up(&look);
    }
    *ret_tables = tables;
    return code;
}
