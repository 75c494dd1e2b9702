/* Tables as rows are made for them, read from the database itself. */
#include "base/text.h"
#include "prove/fill_values.h"
#include "source/source.h"
#include "sql/quote.h"

static const char columns_postgresql[] =
    "WITH RECURSIVE domains(oid, base, typmod) AS ("
    "SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd' UNION ALL"
    " SELECT d.oid, t.typbasetype, CASE WHEN d.typmod < 0 THEN t.typtypmod ELSE d.typmod END"
    " FROM domains d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd')"
    " SELECT format('%I.%I', n.nspname, c.relname), a.attname, t.typname, t.typcategory, t.typtype,"
    " coalesce(d.typmod, a.atttypmod), coalesce(r.relnatts, 0),"
    " a.attnotnull OR w.typnotnull,"
    " a.attidentity <> '' OR a.attgenerated <> '' OR coalesce(pg_get_expr(f.adbin, f.adrelid) LIKE"
    " 'nextval(%', false),"
    " (SELECT string_agg(e.enumlabel, E'\\n' ORDER BY e.enumsortorder) FROM pg_enum e"
    " WHERE e.enumtypid = t.oid), coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ' ')"
    " FROM pg_constraint k JOIN domains u ON u.oid = a.atttypid WHERE k.contypid IN (a.atttypid,"
    " u.base)), ''), a.attgenerated <> '', n.nspname, c.relname,"
    " a.atthasdef AND a.attgenerated = ''"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type w ON w.oid = a.atttypid"
    " LEFT JOIN domains d ON d.oid = a.atttypid AND NOT EXISTS (SELECT FROM pg_type b WHERE b.oid ="
    " d.base AND b.typtype = 'd')"
    " JOIN pg_type t ON t.oid = coalesce(d.base, a.atttypid)"
    " LEFT JOIN pg_class r ON r.oid = t.typrelid"
    " LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum"
    " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid >= 16384"
    " AND n.nspname NOT IN ('rung', 'pg_catalog', 'information_schema')"
    " AND n.nspname NOT LIKE 'pg\\_temp%' ORDER BY c.oid, a.attnum";

/* The bounds of all partitions, of partitions of partitions too, speak of the columns of the keys.
 */
static const char checks_postgresql[] =
    "SELECT format('%I.%I', n.nspname, c.relname), k.conname, pg_get_constraintdef(k.oid)"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid ="
    " c.relnamespace WHERE k.contype = 'c' AND c.oid >= 16384 UNION ALL"
    " SELECT format('%I.%I', n.nspname, r.relname), '(partition)', string_agg("
    "pg_get_partkeydef(i.inhparent) || ' ' || pg_get_expr(c.relpartbound, c.oid), ' ' ORDER BY"
    " c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class r ON r.oid ="
    " pg_partition_root(c.oid) JOIN pg_namespace n ON n.oid = r.relnamespace"
    " WHERE c.relispartition AND c.relkind IN ('r', 'p') GROUP BY n.nspname, r.relname";

static const char keys_postgresql[] =
    "SELECT format('%I.%I', n.nspname, c.relname), k.oid, format('%I.%I', m.nspname, t.relname),"
    " a.attname, b.attname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class t ON t.oid = k.confrelid"
    " JOIN pg_namespace m ON m.oid = t.relnamespace CROSS JOIN unnest(k.conkey, k.confkey) WITH"
    " ORDINALITY AS p(mine, theirs, place)"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.mine"
    " JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = p.theirs"
    " WHERE k.contype = 'f' AND k.conparentid = 0 AND c.oid >= 16384 ORDER BY k.oid, p.place";

static const char columns_sqlite[] =
    "SELECT '\"' || replace(t.name, '\"', '\"\"') || '\"', c.name, lower(c.type), '', '', 0, 0,"
    " c.\"notnull\", c.hidden > 1 OR (c.pk = 1 AND lower(c.type) = 'integer' AND t.wr = 0 AND"
    " (SELECT count(*) FROM pragma_table_info(t.name) WHERE pk > 0) = 1), NULL, '', c.hidden > 1,"
    " NULL, t.name, c.dflt_value IS NOT NULL"
    " FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c WHERE t.schema = 'main' AND t.type"
    " = 'table' AND c.hidden <> 1 AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " ORDER BY t.name, c.cid";

static const char keys_sqlite[] =
    "SELECT '\"' || replace(t.name, '\"', '\"\"') || '\"', k.id, '\"' || replace(k.\"table\", '\"',"
    " '\"\"') || '\"', k.\"from\", coalesce(k.\"to\", (SELECT i.name FROM"
    " pragma_table_info(k.\"table\") i WHERE i.pk = k.seq + 1))"
    " FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) k WHERE t.schema = 'main' AND"
    " t.type = 'table' ORDER BY t.name, k.id, k.seq";

static const char texts_sqlite[] = "SELECT '\"' || replace(name, '\"', '\"\"') || '\"', sql FROM "
                                   "sqlite_schema WHERE type = 'table'";

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

static FillTable *table_of(FillTableList *tables, const char *name)
{
    for (size_t i = 0; i < tables->count; i++)
        if (strcmp(tables->at[i].name, name) == 0)
            return &tables->at[i];
    return NULL;
}

static FillColumn *column_of(FillTable *table, const char *name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (strcmp(table->columns.at[i].name, name) == 0)
            return &table->columns.at[i];
    return NULL;
}

static bool is_true(const char *cell)
{
    return cell && (cell[0] == 't' || cell[0] == '1');
}

static void split_lines(Arena *arena, const char *text, ValueList *list)
{
    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, "\n");
        *vec_add(arena, list) = arena_copy(arena, at, length);
        at += length + (at[length] != '\0');
    }
}

/* varchar(n) has n + 4 (src/backend/utils/adt/varchar.c), bit(n) has n. */
static int length_of(const char *type, int modifier)
{
    if (strcmp(type, "varchar") == 0 || strcmp(type, "bpchar") == 0)
        return modifier > 4 ? modifier - 4 : 0;
    return strstr(type, "bit") && modifier > 0 ? modifier : 0;
}

/* "varchar(20)" */
static int declared_length(const char *type)
{
    const char *open = strchr(type, '(');
    return open && strstr(type, "char") ? number(open + 1) : 0;
}

static char declared_category(const char *type)
{
    static const char *const words[] = {"int", "real", "num", "dec", "float", "double"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(type, words[i]))
            return 'N';
    return 'S';
}

/* What a declared type is called in the table of values. */
static const char *declared_type(const char *type)
{
    static const struct {
        const char *word, *type;
    } rows[] = {{"datetime", "timestamp"}, {"timestamp", "timestamp"}, {"date", "date"},
                {"time", "time"},          {"uuid", "uuid"},           {"json", "json"},
                {"blob", "blob"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strstr(type, rows[i].word))
            return rows[i].type;
    return type;
}

static void read_column(Arena *arena, bool sqlite, FillTable *table, const DbRows *rows, size_t row)
{
    FillColumn *column = vec_add(arena, &table->columns);
    const char *type = db_cell(rows, row, 2);
    *column = (FillColumn){.name = db_cell(rows, row, 1),
                           .type = sqlite ? declared_type(type) : type,
                           .category = sqlite ? declared_category(type) : db_cell(rows, row, 3)[0],
                           .form = db_cell(rows, row, 4)[0],
                           .parts = number(db_cell(rows, row, 6)),
                           .required = is_true(db_cell(rows, row, 7)),
                           .given = is_true(db_cell(rows, row, 8)),
                           .computed = is_true(db_cell(rows, row, 11)),
                           .has_default = is_true(db_cell(rows, row, 14))};
    column->length =
        sqlite ? declared_length(type) : length_of(type, number(db_cell(rows, row, 5)));
    if (sqlite && strcmp(column->type, type) != 0)
        column->category = 'D';
    split_lines(arena, db_cell(rows, row, 9), &column->labels);
    fill_keep_constants(arena, column, db_cell(rows, row, 10));
    if (*db_cell(rows, row, 10))
        *vec_add(arena, &table->checks) =
            (FillCheck){.name = column->name, .text = db_cell(rows, row, 10), .domain = true};
}

static void add_check(Arena *arena, FillTable *table, const char *name, const char *text)
{
    *vec_add(arena, &table->checks) = (FillCheck){.name = name, .text = text};
    for (size_t i = 0; i < table->columns.count; i++)
        if (fill_mentions(text, table->columns.at[i].name))
            fill_keep_constants(arena, &table->columns.at[i], text);
}

/* The balanced text behind each CHECK of a CREATE TABLE. */
static void read_checks(Arena *arena, FillTable *table, const char *sql)
{
    for (const char *at = sql; (at = strcasestr(at, "check")); at++) {
        const char *open = at + 5 + strspn(at + 5, " \t\r\n");
        size_t depth = 0, length = 0;
        if (*open != '(')
            continue;
        do {
            depth += open[length] == '(';
            depth -= open[length] == ')';
            length++;
        } while (depth && open[length]);
        add_check(arena, table, "", arena_copy(arena, open + 1, length > 1 ? length - 2 : 0));
    }
}

static Code query(Db *db, Arena *arena, const char *sql, DbRows *ret_rows, Error *error)
{
    return db_query(db, arena, &(DbStatement){.sql = sql}, ret_rows, error);
}

/* rung's own; the name has quotes around it. */
static bool is_own(Arena *arena, const char *quoted)
{
    size_t length = strlen(quoted);
    return *quoted == '"' && source_is_history(arena_copy(arena, quoted + 1, length - 2));
}

static Code read_columns(Db *db, Arena *arena, bool sqlite, FillTableList *tables, Error *error)
{
    DbRows rows;
    Code code = query(db, arena, sqlite ? columns_sqlite : columns_postgresql, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        const char *name = db_cell(&rows, row, 0);
        if (sqlite && is_own(arena, name))
            continue;
        FillTable *table = table_of(tables, name);
        if (!table) {
            table = vec_add(arena, tables);
            table->name = name;
            table->schema = db_cell(&rows, row, 12);
            table->plain = db_cell(&rows, row, 13);
        }
        read_column(arena, sqlite, table, &rows, row);
    }
    return code;
}

static Code read_all_checks(Db *db, Arena *arena, bool sqlite, FillTableList *tables, Error *error)
{
    DbRows rows;
    Code code = query(db, arena, sqlite ? texts_sqlite : checks_postgresql, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        FillTable *table = table_of(tables, db_cell(&rows, row, 0));
        if (table && sqlite)
            read_checks(arena, table, db_cell(&rows, row, 1));
        else if (table)
            add_check(arena, table, db_cell(&rows, row, 1), db_cell(&rows, row, 2));
    }
    return code;
}

static Code read_keys(Db *db, Arena *arena, bool sqlite, FillTableList *tables, Error *error)
{
    DbRows rows;
    const char *last = "", *owner = "";
    Code code = query(db, arena, sqlite ? keys_sqlite : keys_postgresql, &rows, error);
    for (size_t row = 0; !code && row < rows.count; row++) {
        FillTable *table = table_of(tables, db_cell(&rows, row, 0));
        const char *id = db_cell(&rows, row, 1);
        if (!table || !db_cell(&rows, row, 4))
            continue;
        if (strcmp(id, last) != 0 || strcmp(owner, table->name) != 0)
            vec_add(arena, &table->keys)->target = db_cell(&rows, row, 2);
        last = id;
        owner = table->name;
        FillKey *key = &table->keys.at[table->keys.count - 1];
        *vec_add(arena, &key->columns) = db_cell(&rows, row, 3);
        *vec_add(arena, &key->target_columns) = db_cell(&rows, row, 4);
        FillColumn *column = column_of(table, db_cell(&rows, row, 3));
        if (column && !column->key) {
            column->key = table->keys.count;
            column->key_place = key->columns.count - 1;
        }
    }
    return code;
}

Code fill_read(Db *db, Arena *arena, FillTableList *ret_tables, Error *error)
{
    bool sqlite = db_engine(db) == ENGINE_SQLITE;
    Code code = read_columns(db, arena, sqlite, ret_tables, error);
    if (!code)
        code = read_all_checks(db, arena, sqlite, ret_tables, error);
    return code ? code : read_keys(db, arena, sqlite, ret_tables, error);
}
