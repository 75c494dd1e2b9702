/* Rows as JSON lines. PostgreSQL writes the objects itself; SQLite's values are told with their
 * storage class, because its own JSON rounds numbers and knows no bytes. */
#include "base/fault.h"
#include "base/file.h"
#include "base/utf8.h"
#include "lifecycle/export_parts.h"

#include <errno.h>

enum {
    PAGE_LEAST = 16,
    PAGE_FIRST = 200,
    PAGE_MOST = 5000,
    PAGE_SMALL = 1 << 20,
    PAGE_LARGE = 8 << 20
};

typedef struct Sink {
    FILE *file;
    Hash hash;
    int64_t rows, bytes;
} Sink;

/* ---- SQLite's values ---- */

static void put_text(Text *line, const char *text, size_t length)
{
    text_char(line, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\')
            text_print(line, "\\%c", byte);
        else if (byte < 0x20)
            text_print(line, "\\u%04x", byte);
        else
            text_char(line, text[i]);
    }
    text_char(line, '"');
}

static void put_base64(Text *line, Arena *arena, const void *bytes, size_t length, bool plain)
{
    text_print(line, plain ? "\"%s\"" : "{\"base64\":\"%s\"}", base64_print(arena, bytes, length));
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

static void put_hex(Text *line, Arena *arena, const char *hex, bool plain)
{
    size_t length = strlen(hex) / 2;
    unsigned char *bytes = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    put_base64(line, arena, bytes, length, plain);
}

/* The class is the first byte of `value`: i, r, t, j (JSON), b (bytes as hex), z (text with a NUL,
 * as hex). What is not of the column's coding says what it is. */
static void put_value(Text *line, Arena *arena, ExportCoding coding, const char *value)
{
    size_t length = value ? strlen(value + 1) : 0;
    if (!value) {
        text_put(line, "null");
    } else if (*value == 'b' || *value == 'z') {
        put_hex(line, arena, value + 1, *value == 'b' && coding == CODING_BASE64);
    } else if (*value == 'i' || *value == 'j' || (*value == 'r' && !strpbrk(value, "IN"))) {
        text_put(line, value + 1);
    } else if (utf8_check(value + 1, length) != length) {
        put_base64(line, arena, value + 1, length, false);
    } else {
        bool odd = coding != CODING_PLAIN;
        text_put(line, odd ? "{\"text\":" : "");
        put_text(line, value + 1, length);
        text_put(line, odd ? "}" : "");
    }
}

static void put_row(Text *line, Arena *arena, const ExportSet *set, const DbRows *rows, size_t row)
{
    text_char(line, '{');
    for (size_t i = 0; i < set->columns.count; i++) {
        text_put(line, i ? "," : "");
        put_text(line, set->columns.at[i].name, strlen(set->columns.at[i].name));
        text_char(line, ':');
        put_value(line, arena, set->columns.at[i].coding, db_cell(rows, row, i + 1));
    }
    text_char(line, '}');
}

/* Numbers that 15 digits do not give back have 17. */
static void add_lite_value(Text *sql, const char *column, ExportCoding coding)
{
    text_print(sql,
               ", CASE typeof(%s) WHEN 'integer' THEN 'i' || %s WHEN 'blob' THEN 'b' || hex(%s)",
               column, column, column);
    text_print(sql,
               " WHEN 'real' THEN 'r' || CASE WHEN CAST(CAST(%s AS TEXT) AS REAL) = %s THEN CAST(%s"
               " AS TEXT) ELSE printf('%%!.17g', %s) END",
               column, column, column, column);
    text_print(sql,
               " WHEN 'text' THEN CASE WHEN instr(CAST(%s AS BLOB), x'00') THEN 'z' ||"
               " hex(CAST(%s AS BLOB)) ELSE ",
               column, column);
    if (coding == CODING_JSON)
        text_print(sql, "CASE WHEN json_valid(%s) THEN 'j' ELSE 't' END || %s", column, column);
    else
        text_print(sql, "'t' || %s", column);
    text_put(sql, " END END");
}

static void add_lite_page(const ExportSet *set, Arena *arena, Text *sql)
{
    text_put(sql, "SELECT e.rowid");
    for (size_t i = 0; i < set->columns.count; i++) {
        const char *name = life_name(arena, set->columns.at[i].name);
        add_lite_value(sql, arena_print(arena, "c.%s", name), set->columns.at[i].coding);
    }
    text_print(sql, " FROM %s AS e CROSS JOIN %s AS c ON ", set->list, set->table->sql);
    for (size_t i = 0; i < set->keys.count; i++)
        text_print(sql, "%sc.%s = e.rung_k%zu", i ? " AND " : "", set->keys.at[i], i + 1);
    text_put(sql,
             " WHERE e.rowid > CAST(?1 AS INTEGER) ORDER BY e.rowid LIMIT CAST(?3 AS INTEGER)");
}

/* ---- PostgreSQL's ---- */

static void add_value(Text *sql, const ExportColumn *column, Arena *arena)
{
    const char *name = life_name(arena, column->name);
    if (column->coding == CODING_BASE64)
        text_print(sql, "replace(encode(c.%s, 'base64'), E'\\n', '')", name);
    else if (column->coding == CODING_TEXT)
        text_print(sql, "c.%s::text", name);
    else
        text_print(sql, "c.%s", name);
    text_print(sql, " AS %s", name);
}

static void add_page(const ExportSet *set, Arena *arena, Text *sql)
{
    text_put(sql, "SELECT e.rung_k1, e.rung_k2, (SELECT row_to_json(r)::text FROM (SELECT ");
    for (size_t i = 0; i < set->columns.count; i++) {
        text_put(sql, i ? ", " : "");
        add_value(sql, &set->columns.at[i], arena);
    }
    text_print(sql,
               ") r) FROM (SELECT rung_k1, rung_k2 FROM %s WHERE (rung_k1, rung_k2) > ($1::oid,"
               " $2::tid) ORDER BY rung_k1, rung_k2 LIMIT $3::bigint) e JOIN %s%s c ON c.tableoid ="
               " e.rung_k1 AND c.ctid = e.rung_k2 ORDER BY e.rung_k1, e.rung_k2",
               set->list, set->table->partitioned ? "" : "ONLY ", set->table->sql);
}

/* ---- writing ---- */

/* A value of type json keeps its line breaks; between the tokens of JSON they are blanks. */
static void join_lines(char *line)
{
    for (; *line; line++)
        if (*line == '\n' || *line == '\r')
            *line = ' ';
}

static Code put_line(Sink *sink, char *line, size_t length, const char *path, Error *error)
{
    join_lines(line);
    line[length] = '\n'; /* in place of its NUL */
    hash_add(&sink->hash, line, length + 1);
    sink->rows++;
    sink->bytes += (int64_t)length + 1;
    if (fwrite(line, 1, length + 1, sink->file) != length + 1)
        return error_set(error, RUNG_FILE, "cannot write %s: %s", path, strerror(errno));
    return RUNG_OK;
}

static Code put_page(Export *export, const ExportSet *set, const DbRows *rows, Sink *sink,
                     Arena *arena, const char *path, Error *error)
{
    Code code = RUNG_OK;
    Text line = TEXT_EMPTY;
    for (size_t i = 0; !code && i < rows->count; i++) {
        text_clear(&line);
        if (export->life->engine == ENGINE_SQLITE)
            put_row(&line, arena, set, rows, i);
        else
            text_put(&line, db_cell(rows, i, 2));
        if (line.failed)
            code = error_set(error, RUNG_LIMIT, "a row of %s is too large", set->table->title);
        else
            code = put_line(sink, line.data, line.length, path, error);
    }
    text_done(&line);
    return code;
}

/* Many small rows, or few large ones. */
static int64_t next_size(int64_t size, int64_t bytes)
{
    if (bytes > PAGE_LARGE)
        return size / 4 > PAGE_LEAST ? size / 4 : PAGE_LEAST;
    return bytes < PAGE_SMALL && size < PAGE_MOST ? size * 2 : size;
}

static Code put_pages(Export *export, ExportSet *set, const char *sql, Sink *sink, const char *path,
                      Error *error)
{
    char first[32] = "0", second[32] = "(0,0)", limit[32];
    const char *params[] = {first, second, limit};
    Code code = RUNG_OK;
    for (int64_t size = PAGE_FIRST; !code && sink->rows < set->rows;) {
        Arena *arena = arena_new();
        DbRows rows;
        int64_t before = sink->bytes;
        snprintf(limit, sizeof limit, "%lld", (long long)size);
        code = life_check_cancelled(export->life, error);
        if (!code)
            code = db_query(export->life->db, arena,
                            &(DbStatement){.sql = sql, .params = params, .param_count = 3}, &rows,
                            error);
        if (!code && !rows.count)
            code = error_set(error, RUNG_FAILED, "%lld of %lld rows of %s cannot be read again",
                             (long long)(set->rows - sink->rows), (long long)set->rows,
                             set->table->title);
        if (!code)
            code = put_page(export, set, &rows, sink, arena, path, error);
        if (!code) {
            snprintf(first, sizeof first, "%s", db_cell(&rows, rows.count - 1, 0));
            if (export->life->engine == ENGINE_POSTGRESQL)
                snprintf(second, sizeof second, "%s", db_cell(&rows, rows.count - 1, 1));
        }
        arena_free(arena);
        FAULT_POINT();
        size = next_size(size, sink->bytes - before);
    }
    return code;
}

Code export_write(Export *export, ExportSet *set, const char *path, Error *error)
{
    Arena *arena = arena_new();
    Text sql = TEXT_EMPTY;
    Sink sink = {.file = fopen(path, "wxe")};
    Code code = RUNG_OK;
    if (!sink.file)
        code = error_set(error, RUNG_FILE, "cannot create %s: %s", path, strerror(errno));
    hash_start(&sink.hash);
    if (export->life->engine == ENGINE_SQLITE)
        add_lite_page(set, arena, &sql);
    else
        add_page(set, arena, &sql);
    if (!code)
        code = put_pages(export, set, text_string(&sql), &sink, path, error);
    if (sink.file && fclose(sink.file) != 0 && !code)
        code = error_set(error, RUNG_FILE, "cannot write %s: %s", path, strerror(errno));
    hash_finish(&sink.hash, set->sha256);
    set->bytes = sink.bytes;
    text_done(&sql);
    arena_free(arena);
    return code;
}
