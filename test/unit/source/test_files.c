/* Schema files: what in them is not SQL, and what they load into SQLite. */
#include "check.h"
#include "source/files.h"

static Error error;

static Code read_text(Arena *arena, const char *text, SchemaFiles *files)
{
    *files = (SchemaFiles){.path = "schema.sql"};
    error = (Error){.code = RUNG_OK};
    return files_read_text(arena, "schema.sql", text, strlen(text), files, &error);
}

static SchemaFiles reads(Arena *arena, const char *text)
{
    SchemaFiles files;
    if (read_text(arena, text, &files))
        fail_msg("%s:%d %s", error.file, error.line, error.message);
    return files;
}

static void the_first_line_says_the_dialect(void **state)
{
    assert_int_equal(reads(*state, "CREATE TABLE t (a int);").files.at[0].dialect,
                     ENGINE_POSTGRESQL);
    assert_int_equal(reads(*state, "-- rung:dialect sqlite\nSELECT 1;").files.at[0].dialect,
                     ENGINE_SQLITE);
    assert_int_equal(reads(*state, "-- rung:dialect pg\r\n").files.at[0].dialect,
                     ENGINE_POSTGRESQL);
    assert_int_equal(reads(*state, "\xEF\xBB\xBF-- rung:dialect sqlite").files.at[0].dialect,
                     ENGINE_SQLITE);
    SchemaFiles files;
    assert_int_equal(read_text(*state, "-- rung:dialect mysql\n", &files), RUNG_REVISION);
    assert_contains(error.message, "mysql");
    assert_int_equal(read_text(*state, "\n-- rung:dialect sqlite\n", &files), RUNG_REVISION);
    assert_contains(error.message, "not the first line");
    assert_int_equal(error.line, 2);
}

static void a_dump_s_own_lines_are_left_out(void **state)
{
    SchemaFiles files = reads(*state, "\\restrict AbC'1\nSELECT 1;\n\\unrestrict AbC'1\n");
    assert_string_equal(files.files.at[0].text, "               \nSELECT 1;\n                 \n");
    SchemaFiles ignored;
    assert_int_equal(read_text(*state, "SELECT 1;\n\\connect other\n", &ignored), RUNG_REVISION);
    assert_int_equal(error.line, 2);
    assert_int_equal(read_text(*state, "\\echo hi\n", &ignored), RUNG_REVISION);
    assert_contains(error.message, "psql command");
    assert_int_equal(read_text(*state, "SELECT 1;\nCOPY t (a) FROM stdin;\n1\n\\.\n", &ignored),
                     RUNG_REVISION);
    assert_contains(error.hint, "--schema-only");
    assert_int_equal(error.line, 2);
    reads(*state,
          "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '\n\\connect x\n' $$;");
    assert_int_equal(read_text(*state, "SELECT 'x", &ignored), RUNG_REVISION);
}

static void assert_rename(const SchemaFiles *files, size_t index, const char *from,
                          const char *schema, const char *name, const char *column)
{
    assert_true(index < files->renames.count);
    const SchemaRename *rename = &files->renames.at[index];
    assert_string_equal(rename->from, from);
    assert_string_equal(rename->name, name);
    if (schema)
        assert_string_equal(rename->schema, schema);
    else
        assert_null(rename->schema);
    if (column)
        assert_string_equal(rename->column, column);
    else
        assert_null(rename->column);
}

static void renames_stand_before_what_has_the_new_name(void **state)
{
    SchemaFiles files = reads(*state, "-- rung:renamed from=clients\n"
                                      "CREATE TABLE IF NOT EXISTS app.\"Customers\" (\n"
                                      "    id int,\n"
                                      "    -- rung:renamed from=\"E-Mail\"\n"
                                      "    mail text CHECK (mail <> ''),\n"
                                      "  --   rung:renamed from=Old\n"
                                      "    \"New\" text\n"
                                      ");\n"
                                      "-- rung:renamed from=v1\n"
                                      "CREATE OR REPLACE VIEW v2 AS SELECT 1;\n"
                                      "-- rung:renamed from=s\n"
                                      "ALTER TABLE ONLY t ADD COLUMN x int;\n");
    assert_int_equal(files.renames.count, 5);
    assert_rename(&files, 0, "clients", "app", "Customers", NULL);
    assert_rename(&files, 1, "E-Mail", "app", "Customers", "mail");
    assert_rename(&files, 2, "old", "app", "Customers", "New");
    assert_rename(&files, 3, "v1", NULL, "v2", NULL);
    assert_rename(&files, 4, "s", NULL, "t", NULL);
    assert_lacks(files.files.at[0].text, "rung:");
}

static void a_rename_of_nothing_is_refused(void **state)
{
    static const struct {
        const char *text, *said;
        int line;
    } cases[] = {
        {"-- rung:renamed from=a\n", "in front of nothing", 1},
        {"\n-- rung:renamed from=a\nGRANT SELECT ON t TO u;", "in front of nothing", 2},
        {"-- rung:renamed a\nCREATE TABLE t (x int);", "needs the old name", 1},
        {"-- rung:renamed from=\nCREATE TABLE t (x int);", "is no name", 1},
        {"-- rung:renamed from=a b\nCREATE TABLE t (x int);", "is no name", 1},
        {"CREATE TABLE t (x int CHECK (\n-- rung:renamed from=a\nx > 0));", "in front of nothing",
         2},
        {"CREATE TABLE t (x int\n-- rung:renamed from=a\n);", "in front of nothing", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        SchemaFiles files;
        assert_int_equal(read_text(*state, cases[i].text, &files), RUNG_REVISION);
        assert_contains(error.message, cases[i].said);
        assert_int_equal(error.line, cases[i].line);
        assert_true(error.hint[0]);
    }
}

static void an_index_names_files(void **state)
{
    SchemaPaths paths = {0};
    files_index(*state, "-- x\n\\ir a/b.sql\n.read c d.sql\r\nSELECT 1;\n \\ir no\n\\ir e", &paths);
    assert_int_equal(paths.count, 3);
    assert_string_equal(paths.at[0], "a/b.sql");
    assert_string_equal(paths.at[1], "c d.sql");
    assert_string_equal(paths.at[2], "e");
}

/* ---- loading ---- */

typedef struct Told {
    size_t count, refused;
} Told;

static void tell(void *context, bool refused, const char *file, int line, const char *text)
{
    Told *told = context;
    told->count++;
    told->refused += refused;
}

static Code load(Arena *arena, const char *text, bool skip_refused, Told *told,
                 const char **ret_sql)
{
    SchemaFiles files = reads(arena, text);
    DbUrl url;
    Db *db = NULL;
    DbRows rows;
    DbOptions options = {0};
    FilesOptions how = {.skip_refused = skip_refused, .tell = tell, .context = told};
    assert_int_equal(scratch_open(&(ScratchOptions){.engine = ENGINE_SQLITE}, &how.scratch, &error),
                     RUNG_OK);
    assert_int_equal(scratch_create(how.scratch, false, &url, &error), RUNG_OK);
    assert_int_equal(db_open(&url, &options, &db, &error), RUNG_OK);
    Code code = files_load(&files, db, &how, &error);
    if (!code) {
        DbStatement ask = {.sql = "SELECT group_concat(sql, ';') FROM sqlite_schema"};
        assert_int_equal(db_query(db, arena, &ask, &rows, &error), RUNG_OK);
        *ret_sql = db_cell(&rows, 0, 0);
    }
    db_close(db);
    scratch_close(how.scratch);
    return code;
}

static void postgresql_s_dialect_serves_sqlite(void **state)
{
    Told told = {0};
    const char *sql = NULL;
    assert_int_equal(load(*state,
                          "BEGIN;\nCREATE TABLE t (\n-- rung:renamed from=a\n  id uuid\n);\n"
                          "COMMENT ON TABLE t IS 'x';\nCOMMIT;",
                          false, &told, &sql),
                     RUNG_OK);
    assert_string_equal(sql, "CREATE TABLE t (\n  id TEXT\n)");
    assert_int_equal(told.count, 1);
    assert_int_equal(told.refused, 0);
}

static void an_enum_is_text_with_a_check(void **state)
{
    Told told = {0};
    const char *sql = NULL;
    assert_int_equal(load(*state,
                          "CREATE TYPE app.mood AS ENUM ('it''s good', 'bad');\n"
                          "CREATE TABLE t (id int, mood app.mood NOT NULL DEFAULT 'bad'::app.mood, "
                          "x numeric(5,2), other mood, CHECK (other <> 'bad'::mood));\n"
                          "ALTER TABLE t ADD COLUMN third mood;",
                          false, &told, &sql),
                     RUNG_OK);
    assert_string_equal(sql,
                        "CREATE TABLE t (id int, mood text NOT NULL DEFAULT 'bad' CHECK "
                        "(\"mood\" IN ('it''s good', 'bad')), x numeric(5,2), other text CHECK "
                        "(\"other\" IN ('it''s good', 'bad')), third text CHECK (\"third\" IN "
                        "('it''s good', 'bad')), CHECK (other <> 'bad'))");
    assert_int_equal(
        load(*state, "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (x m[]);", false, &told, &sql),
        RUNG_REVISION);
}

static void what_has_no_translation_is_an_error_or_left_out(void **state)
{
    Told told = {0};
    const char *sql = NULL;
    const char *text = "CREATE TABLE t (a int);\n\nCREATE TABLE u (b int[]);";
    assert_int_equal(load(*state, text, false, &told, &sql), RUNG_REVISION);
    assert_int_equal(error.line, 3);
    assert_contains(error.hint, "-- rung:dialect sqlite");
    assert_int_equal(load(*state, text, true, &told, &sql), RUNG_OK);
    assert_int_equal(told.refused, 1);
    assert_string_equal(sql, "CREATE TABLE t (a int)");
}

static void errors_have_their_line(void **state)
{
    Told told = {0};
    const char *sql;
    assert_int_equal(load(*state,
                          "-- rung:dialect sqlite\nCREATE TABLE t (a);\n\nCREATE INDEX i\n"
                          "ON u (a);",
                          false, &told, &sql),
                     RUNG_FAILED);
    assert_string_equal(error.file, "schema.sql");
    assert_int_equal(error.line, 4);
    assert_contains(error.statement, "CREATE INDEX i");
    assert_int_equal(load(*state, "-- rung:dialect sqlite\nATTACH 'x' AS y;", false, &told, &sql),
                     RUNG_REVISION);
    assert_int_equal(load(*state, "CREATE DATABASE x;", false, &told, &sql), RUNG_REVISION);
}

RUN_TESTS(TEST(the_first_line_says_the_dialect), TEST(a_dump_s_own_lines_are_left_out),
          TEST(renames_stand_before_what_has_the_new_name), TEST(a_rename_of_nothing_is_refused),
          TEST(an_index_names_files), TEST(postgresql_s_dialect_serves_sqlite),
          TEST(an_enum_is_text_with_a_check), TEST(what_has_no_translation_is_an_error_or_left_out),
          TEST(errors_have_their_line))
