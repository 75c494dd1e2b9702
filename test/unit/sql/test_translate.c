/* The translation to SQLite: each result is executed by SQLite itself. */
#include "sql/translate.h"

#include "base/text.h"
#include "sql/split.h"

#include "check.h"

#include <sqlite3.h>

typedef struct Bench {
    Arena *arena;
    sqlite3 *db;
    char notices[1024];
} Bench;

static int open_bench(void **state)
{
    Bench *bench = calloc(1, sizeof *bench);
    bench->arena = arena_new();
    if (sqlite3_open(":memory:", &bench->db) != SQLITE_OK)
        return -1;
    sqlite3_exec(bench->db, "PRAGMA foreign_keys = on", NULL, NULL, NULL);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    Bench *bench = *state;
    sqlite3_close(bench->db);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

static Code translate(Bench *bench, const char *sql, SqlTranslation *ret_translation, Error *error)
{
    return sql_translate(bench->arena, "f.sql", 3, "-- rung:up sqlite", sql, strlen(sql),
                         ret_translation, error);
}

/* Executes SQLite's own text. */
static int run(Bench *bench, const char *sql)
{
    return sqlite3_exec(bench->db, sql, NULL, NULL, NULL);
}

static void run_translated(Bench *bench, const char *sql)
{
    SqlTranslation translation = {0};
    Error error = {0};
    if (translate(bench, sql, &translation, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    for (size_t i = 0; i < translation.statements.count; i++)
        if (run(bench, translation.statements.at[i]) != SQLITE_OK)
            fail_msg("%s: %s", translation.statements.at[i], sqlite3_errmsg(bench->db));
    if (translation.notice)
        snprintf(bench->notices, sizeof bench->notices, "%s", translation.notice);
}

/* Every statement of a script. */
static void run_script(Bench *bench, const char *sql)
{
    SqlSource source = {ENGINE_POSTGRESQL, "f.sql", 1, sql, strlen(sql)};
    SqlPieces pieces;
    Error error = {0};
    if (sql_split(bench->arena, &source, &pieces, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < pieces.count; i++)
        run_translated(bench,
                       arena_copy(bench->arena, sql + pieces.at[i].offset, pieces.at[i].length));
}

/* The translated text, its statements joined by newlines; it need not run. */
static void expect_text(Bench *bench, const char *sql, const char *expected)
{
    SqlTranslation translation = {0};
    Error error = {0};
    Text text = TEXT_EMPTY;
    if (translate(bench, sql, &translation, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    for (size_t i = 0; i < translation.statements.count; i++)
        text_print(&text, "%s%s", i ? "\n" : "", translation.statements.at[i]);
    assert_string_equal(text_string(&text), expected);
    text_done(&text);
}

static void expect_refusal(Bench *bench, const char *sql, const char *what)
{
    SqlTranslation translation = {0};
    Error error = {0};
    if (translate(bench, sql, &translation, &error) != RUNG_REVISION)
        fail_msg("%s was not refused", sql);
    if (!strstr(error.message, what))
        fail_msg("%s: \"%s\" does not say \"%s\"", sql, error.message, what);
    assert_non_null(strstr(error.hint, "write it for SQLite under \"-- rung:up sqlite\""));
    assert_string_equal(error.file, "f.sql");
    assert_true(error.line >= 3);
}

/* The first column of the first row. */
static void expect_result(Bench *bench, const char *sql, const char *expected)
{
    SqlTranslation translation = {0};
    Error error = {0};
    if (translate(bench, sql, &translation, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(bench->db, translation.statements.at[0], -1, &statement, NULL) !=
        SQLITE_OK)
        fail_msg("%s: %s", translation.statements.at[0], sqlite3_errmsg(bench->db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *value = (const char *)sqlite3_column_text(statement, 0);
    if (!value || strcmp(value, expected) != 0)
        fail_msg("%s: %s, expected %s", sql, value ? value : "NULL", expected);
    sqlite3_finalize(statement);
}

/* ---- tables ---- */

static void seed_002_runs_whole(void **state)
{
    Bench *bench = *state;
    run_script(bench,
               "CREATE TABLE IF NOT EXISTS ds_users (\n"
               "  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n"
               "  email VARCHAR(255) UNIQUE NOT NULL,\n"
               "  status VARCHAR(50) NOT NULL DEFAULT 'pending_verification',\n"
               "  is_ferpa_covered BOOLEAN NOT NULL DEFAULT FALSE,\n"
               "  profile_data JSONB,\n"
               "  login_count INTEGER NOT NULL DEFAULT 0,\n"
               "  created_at TIMESTAMP NOT NULL DEFAULT NOW(),\n"
               "  deleted_at TIMESTAMP\n);\n"
               "CREATE TABLE IF NOT EXISTS ds_uploads (\n"
               "  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n"
               "  owner_id UUID NOT NULL REFERENCES ds_users(id),\n"
               "  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)\n);\n"
               "CREATE TABLE IF NOT EXISTS ds_ledgers (\n"
               "  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n"
               "  trace_id UUID UNIQUE NOT NULL, monthly_fee FLOAT NOT NULL DEFAULT 0.0);\n"
               "CREATE TABLE IF NOT EXISTS ds_ledger_entries (\n"
               "  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n"
               "  ledger_id UUID NOT NULL REFERENCES ds_ledgers(id) ON DELETE CASCADE,\n"
               "  currency VARCHAR(3) NOT NULL DEFAULT 'USD', amount FLOAT NOT NULL);\n"
               "CREATE INDEX IF NOT EXISTS ix_ds_users_email_status ON ds_users(email, status);\n"
               "INSERT INTO ds_users (email) VALUES ('a@example.com');");
    expect_result(bench, "SELECT length(id) FROM ds_users", "36");
    expect_result(bench, "SELECT replace(id, '-', '') = lower(replace(id, '-', '')) FROM ds_users",
                  "1");
    assert_int_equal(run(bench, "INSERT INTO ds_users (id, email) VALUES (NULL, 'b')"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(run(bench, "UPDATE ds_users SET profile_data = '{'"), SQLITE_CONSTRAINT);
    assert_int_equal(run(bench, "UPDATE ds_users SET profile_data = '{}'"), SQLITE_OK);
    assert_int_equal(run(bench, "UPDATE ds_users SET is_ferpa_covered = 't'"), SQLITE_CONSTRAINT);
    assert_int_equal(run(bench, "INSERT INTO ds_uploads (owner_id, size_bytes) VALUES ('x', 1)"),
                     SQLITE_CONSTRAINT);
}

static void seed_000_runs_whole(void **state)
{
    Bench *bench = *state;
    run_script(
        bench,
        "CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR(12) NOT NULL);\n"
        "ALTER TABLE users\nADD COLUMN deletion_requested_at TIMESTAMP WITH TIME ZONE NULL;\n"
        "COMMENT ON COLUMN users.deletion_requested_at IS\n'When it was requested';\n"
        "CREATE INDEX idx_users_deletion_requested\nON users(deletion_requested_at)\n"
        "WHERE deletion_requested_at IS NOT NULL;\n"
        "INSERT INTO users (email) VALUES ('a'), ('b');\n"
        "UPDATE users SET deletion_requested_at = NOW() WHERE email = 'a';");
    assert_string_equal(bench->notices, "left out for SQLite: COMMENT ON COLUMN "
                                        "users.deletion_requested_at (SQLite stores no comments)");
    expect_result(bench,
                  "SELECT count(*) FROM users\n"
                  "WHERE deletion_requested_at < (NOW() + INTERVAL '30 days')",
                  "1");
    expect_result(
        bench,
        "SELECT count(*) FROM users WHERE deletion_requested_at < now() - '1 hour'::interval", "0");
    run_script(bench, "DROP INDEX IF EXISTS idx_users_deletion_requested;\n"
                      "ALTER TABLE users DROP COLUMN deletion_requested_at;");
    assert_int_equal(run(bench, "INSERT INTO users (email) VALUES ('thirteen char')"),
                     SQLITE_CONSTRAINT);
}

static void types_keep_layout_and_get_their_checks(void **state)
{
    Bench *bench = *state;
    expect_text(
        bench,
        "CREATE TABLE public.a ( -- the table\n  b varchar(5) NOT NULL, /* c */\n"
        "  c character varying DEFAULT 'x'::character varying,\n  d TEXT -- last\n)",
        "CREATE TABLE a ( -- the table\n  b varchar(5) NOT NULL CHECK (length(\"b\") <= 5), "
        "/* c */\n  c character varying DEFAULT 'x',\n  d TEXT -- last\n)");
    expect_text(bench, "CREATE UNLOGGED TABLE a (b timestamp (3) with time zone, c bytea, d date)",
                "CREATE TABLE a (b TEXT, c BLOB, d TEXT)");
    expect_text(bench, "CREATE TABLE a (b int DEFAULT 1 + 2 NOT NULL, c text DEFAULT lower('X'))",
                "CREATE TABLE a (b int DEFAULT (1 + 2) NOT NULL, c text DEFAULT (lower('X')))");
    expect_text(
        bench, "CREATE TABLE a (b char, c jsonb DEFAULT '{}'::jsonb, d bool DEFAULT 'f')",
        "CREATE TABLE a (b char CHECK (length(\"b\") <= 1), c TEXT DEFAULT '{}' CHECK "
        "(\"c\" IS NULL OR json_valid(\"c\")), d bool DEFAULT FALSE CHECK (\"d\" IN (0, 1)))");
    expect_text(bench, "CREATE TABLE a (b timestamp DEFAULT (now() AT TIME ZONE 'utc'))",
                "CREATE TABLE a (b TEXT DEFAULT (CURRENT_TIMESTAMP))");
    expect_text(bench, "CREATE TABLE a (b timestamptz(3) DEFAULT CURRENT_TIMESTAMP(3))",
                "CREATE TABLE a (b TEXT DEFAULT CURRENT_TIMESTAMP)");
}

static void counting_keys_become_autoincrement(void **state)
{
    Bench *bench = *state;
    expect_text(bench, "CREATE TABLE a (id bigserial NOT NULL PRIMARY KEY, b int)",
                "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, b int)");
    expect_text(bench,
                "CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT k PRIMARY KEY)",
                "CREATE TABLE a (id INTEGER CONSTRAINT k PRIMARY KEY AUTOINCREMENT)");
    expect_text(bench, "CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY, PRIMARY KEY (id))",
                "CREATE TABLE a (id INTEGER, PRIMARY KEY (id AUTOINCREMENT))");
    run_translated(bench, "CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY, b text, "
                          "CONSTRAINT k PRIMARY KEY (id))");
    run_translated(bench, "INSERT INTO a (b) VALUES ('x'), ('y')");
    expect_result(bench, "SELECT max(id) FROM a", "2");
}

static void keys_may_not_be_null(void **state)
{
    Bench *bench = *state;
    expect_text(bench, "CREATE TABLE a (b text, c int, PRIMARY KEY (b, c))",
                "CREATE TABLE a (b text NOT NULL, c int NOT NULL, PRIMARY KEY (b, c))");
    expect_text(bench, "CREATE TABLE a (b bigint PRIMARY KEY)",
                "CREATE TABLE a (b bigint NOT NULL PRIMARY KEY)");
    expect_text(bench, "CREATE TABLE a (b text NOT NULL PRIMARY KEY, c INTEGER)",
                "CREATE TABLE a (b text NOT NULL PRIMARY KEY, c INTEGER)");
    expect_text(bench, "CREATE TABLE a (id INTEGER PRIMARY KEY)",
                "CREATE TABLE a (id INTEGER PRIMARY KEY)");
}

static void names_that_sqlite_reserves_are_quoted(void **state)
{
    Bench *bench = *state;
    run_script(bench,
               "CREATE TABLE q (index int, Set int, transaction text UNIQUE, "
               "CHECK (index > 0), UNIQUE (index, set));\n"
               "INSERT INTO q (index, transaction) VALUES (1, 'a') ON CONFLICT (transaction) "
               "DO UPDATE SET index = excluded.index;\n"
               "UPDATE q x SET set = x.index WHERE x.index IS DISTINCT FROM 3;\n"
               "CREATE INDEX i ON q (transaction, lower(transaction)) WHERE index > 1;\n"
               "ALTER TABLE q RENAME COLUMN index TO values;\nALTER TABLE q ADD COLUMN index int;");
    expect_result(bench, "SELECT q.values + set FROM q", "2");
}

static void foreign_keys_keep_their_actions(void **state)
{
    Bench *bench = *state;
    run_script(bench,
               "CREATE TABLE a (id int PRIMARY KEY);\n"
               "CREATE TABLE b (a_id int REFERENCES public.a (id) ON DELETE SET NULL, c int, "
               "CONSTRAINT f FOREIGN KEY (c) REFERENCES a ON UPDATE CASCADE ON DELETE RESTRICT "
               "DEFERRABLE INITIALLY DEFERRED);\n"
               "INSERT INTO a VALUES (1), (2);\nINSERT INTO b VALUES (1, 2);\n"
               "DELETE FROM a WHERE id = 1;");
    expect_result(bench, "SELECT count(*) FROM b WHERE a_id IS NULL", "1");
}

static void tables_without_a_form_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"CREATE TABLE a (b text[])", "column \"b\" of type text[]"},
        {"CREATE TABLE a (b mood)", "column \"b\" of type mood"},
        {"CREATE TABLE a (b interval)", "column \"b\" of type interval"},
        {"CREATE TABLE a (b money, c inet)", "column \"b\" of type money"},
        {"CREATE TABLE a (b public.citext)", "column \"b\" of type public.citext"},
        {"CREATE TABLE a (b \"char\")", "column \"b\" of type \"char\""},
        {"CREATE TABLE a (b serial)", "column \"b\": serial or identity without"},
        {"CREATE TABLE a (b text COLLATE \"C\")", "COLLATE"},
        {"CREATE TABLE a (b int DEFAULT nextval('s'))", "the function nextval()"},
        {"CREATE TABLE a (b date DEFAULT 'now')", "column \"b\": this default"},
        {"CREATE TABLE a (b bool DEFAULT 'maybe')", "column \"b\": this default"},
        {"CREATE TABLE a (b timestamp DEFAULT now() + interval '1 month')", "arithmetic"},
        {"CREATE TABLE a (b int CHECK (b < random()))", "the function random()"},
        {"CREATE TABLE a (b timestamp CHECK (b < now()))", "now() in a CHECK"},
        {"CREATE TABLE a (b text CHECK (b ~ 'x'))", "the operator ~"},
        {"CREATE TABLE a (b text CHECK (b LIKE 'x%'))", "LIKE with letters"},
        {"CREATE TABLE a (b text CHECK (b ILIKE '1'))", "ILIKE"},
        {"CREATE TABLE a (b int CHECK (b / 2 > 1))", "a division"},
        {"CREATE TABLE a (b int CHECK (b > 0) NO INHERIT)", "NO INHERIT"},
        {"CREATE TABLE a (b int UNIQUE NULLS NOT DISTINCT)", "NULLS NOT DISTINCT"},
        {"CREATE TABLE a (b int UNIQUE DEFERRABLE)", "a DEFERRABLE key"},
        {"CREATE TABLE a (b int, PRIMARY KEY (b) DEFERRABLE)", "a DEFERRABLE key"},
        {"CREATE TABLE a (b int, UNIQUE (b) INCLUDE (b))", "INCLUDE"},
        {"CREATE TABLE a (b int, EXCLUDE USING gist (b WITH =))", "EXCLUDE"},
        {"CREATE TABLE a (b int, UNIQUE (b), c int)", "a column behind a table constraint"},
        {"CREATE TABLE a (b int, c int, FOREIGN KEY (b, c) REFERENCES d MATCH FULL)", "MATCH FULL"},
        {"CREATE TABLE a (LIKE b)", "LIKE"},
        {"CREATE TABLE a () INHERITS (b)", "INHERITS"},
        {"CREATE TABLE a (b int) PARTITION BY LIST (b)", "partitions"},
        {"CREATE TABLE a PARTITION OF b DEFAULT", "partitions"},
        {"CREATE TABLE a (b int) WITH (fillfactor = 70)", "WITH (…)"},
        {"CREATE TABLE a (b int) TABLESPACE x", "TABLESPACE"},
        {"CREATE TEMP TABLE a (b int) ON COMMIT DROP", "ON COMMIT"},
        {"CREATE TABLE s.a (b int)", "the schema \"s\""},
        {"CREATE TABLE a AS SELECT 1", "SQLite has nothing like it"},
        {"CREATE TABLE U&\"a\" (b int)", "a name written U&"},
        {"CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY)", "options"},
        {"CREATE TABLE a (b int GENERATED ALWAYS AS (random()) STORED)", "the function random()"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refusal(*state, rows[i][0], rows[i][1]);
}

static void generated_columns_stay(void **state)
{
    Bench *bench = *state;
    run_script(bench, "CREATE TABLE a (b int, c int GENERATED ALWAYS AS (b * 2 + 1) STORED);"
                      "INSERT INTO a (b) VALUES (4)");
    expect_result(bench, "SELECT c FROM a", "9");
}

/* ---- the other definitions ---- */

static void indexes_lose_what_is_about_building_them(void **state)
{
    Bench *bench = *state;
    expect_text(bench,
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY public.a USING btree "
                "(lower(b) DESC NULLS LAST, c ASC NULLS LAST) WHERE d IS NOT NULL",
                "CREATE UNIQUE INDEX IF NOT EXISTS i ON a (lower(b) DESC, c ASC) WHERE d IS NOT "
                "NULL");
    expect_refusal(bench, "CREATE INDEX ON a (b)", "an index without a name");
    expect_refusal(bench, "CREATE INDEX i ON a USING gin (b)", "an index method other than btree");
    expect_refusal(bench, "CREATE INDEX i ON a (b text_pattern_ops)", "an operator class");
    expect_refusal(bench, "CREATE INDEX i ON a (b COLLATE \"C\")", "COLLATE");
    expect_refusal(bench, "CREATE INDEX i ON a (b) INCLUDE (c)", "INCLUDE");
    expect_refusal(bench, "CREATE UNIQUE INDEX i ON a (b) NULLS NOT DISTINCT",
                   "NULLS NOT DISTINCT");
    expect_refusal(bench, "CREATE INDEX i ON a (b) WHERE c > now()", "now() in an index");
    expect_refusal(bench, "CREATE INDEX i ON a (b) WITH (fillfactor = 70)", "WITH (…)");
}

static void drops_are_one_statement_each(void **state)
{
    Bench *bench = *state;
    expect_text(bench, "DROP TABLE IF EXISTS public.a, \"B\" RESTRICT",
                "DROP TABLE IF EXISTS a\nDROP TABLE IF EXISTS \"B\"");
    expect_text(bench, "DROP INDEX CONCURRENTLY IF EXISTS public.i", "DROP INDEX IF EXISTS i");
    expect_text(bench, "DROP VIEW v RESTRICT", "DROP VIEW v");
    expect_text(bench, "TRUNCATE TABLE public.a, ONLY b", "DELETE FROM a\nDELETE FROM b");
    expect_refusal(bench, "DROP TABLE a CASCADE", "CASCADE");
    expect_refusal(bench, "DROP TABLE s.a", "a schema other than public");
    expect_refusal(bench, "DROP FUNCTION f", "objects that SQLite does not have");
    expect_refusal(bench, "TRUNCATE a RESTART IDENTITY", "RESTART IDENTITY");
    expect_refusal(bench, "TRUNCATE a CASCADE", "CASCADE");
}

static void alter_table_is_cut_into_its_parts(void **state)
{
    Bench *bench = *state;
    expect_text(bench,
                "ALTER TABLE ONLY public.a ADD COLUMN b varchar(3), ADD c uuid, DROP d, "
                "ENABLE ROW LEVEL SECURITY, DROP COLUMN e RESTRICT",
                "ALTER TABLE a ADD COLUMN b varchar(3) CHECK (length(\"b\") <= 3)\n"
                "ALTER TABLE a ADD c TEXT\nALTER TABLE a DROP d\nALTER TABLE a DROP COLUMN e");
    expect_text(bench, "ALTER TABLE a RENAME b TO c", "ALTER TABLE a RENAME b TO c");
    expect_text(bench, "ALTER TABLE public.a RENAME TO b", "ALTER TABLE a RENAME TO b");
    run_script(bench, "CREATE TABLE a (b int);\nINSERT INTO a VALUES (1);\n"
                      "ALTER TABLE a ADD COLUMN c boolean NOT NULL DEFAULT false, "
                      "ADD COLUMN d varchar(4) NOT NULL DEFAULT 'x'::varchar, "
                      "ADD COLUMN e int NULL CHECK (e > 0), ADD f int DEFAULT -1");
    expect_result(bench, "SELECT c || d || f FROM a", "0x-1");
    assert_int_equal(run(bench, "UPDATE a SET e = 0"), SQLITE_CONSTRAINT);
    run_script(bench, "ALTER TABLE a DROP COLUMN d; ALTER TABLE a DROP COLUMN e");
}

static void alter_table_without_a_form_is_refused(void **state)
{
    static const char *const rows[][2] = {
        {"ALTER TABLE a ALTER COLUMN b SET NOT NULL", "ALTER COLUMN … SET NOT NULL"},
        {"ALTER TABLE a ALTER b TYPE text", "ALTER COLUMN … TYPE"},
        {"ALTER TABLE a ALTER b SET DEFAULT 1", "ALTER COLUMN … SET or DROP DEFAULT"},
        {"ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", "ADD CONSTRAINT"},
        {"ALTER TABLE a DROP CONSTRAINT c", "DROP CONSTRAINT"},
        {"ALTER TABLE a ADD COLUMN IF NOT EXISTS b int", "ADD COLUMN IF NOT EXISTS"},
        {"ALTER TABLE a DROP COLUMN IF EXISTS b", "DROP COLUMN IF EXISTS"},
        {"ALTER TABLE a DROP COLUMN b CASCADE", "CASCADE"},
        {"ALTER TABLE IF EXISTS a ADD b int", "ALTER TABLE IF EXISTS"},
        {"ALTER TABLE a ADD b int NOT NULL", "NOT NULL without a default"},
        {"ALTER TABLE a ADD b int NOT NULL DEFAULT NULL", "NOT NULL without a default"},
        {"ALTER TABLE a ADD b timestamp DEFAULT now()", "a default that is no constant"},
        {"ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid()", "a default that is no constant"},
        {"ALTER TABLE a ADD b int DEFAULT 1 + 1", "a default that is no constant"},
        {"ALTER TABLE a ADD b int UNIQUE", "PRIMARY KEY or UNIQUE"},
        {"ALTER TABLE a ADD b serial", "serial or identity"},
        {"ALTER TABLE a ADD b int DEFAULT 1 REFERENCES c", "REFERENCES and a default"},
        {"ALTER TABLE a ADD b int GENERATED ALWAYS AS (1) STORED", "a stored generated value"},
        {"ALTER TABLE a ADD b int, ALTER c DROP NOT NULL", "ALTER COLUMN … DROP NOT NULL"},
        {"ALTER INDEX i RENAME TO j", "RENAME of anything but"},
        {"ALTER VIEW v RENAME COLUMN a TO b", "RENAME of anything but"},
        {"ALTER INDEX i SET (fillfactor = 70)", "anything but a table"},
        {"ALTER TABLE a SET SCHEMA b", "SQLite has nothing like it"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refusal(*state, rows[i][0], rows[i][1]);
}

static void what_has_no_meaning_is_dropped_with_a_notice(void **state)
{
    static const char *const rows[][2] = {
        {"COMMENT ON TABLE a IS 'x'", "COMMENT ON TABLE a (SQLite stores no comments)"},
        {"GRANT SELECT ON a TO b", "GRANT SELECT ON a TO b (SQLite has no users)"},
        {"REVOKE ALL ON a FROM b", "REVOKE ALL ON a FROM b (SQLite has no users)"},
        {"ALTER TABLE a OWNER TO b", "ALTER TABLE a … OWNER TO"},
        {"ALTER TABLE a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
         "ALTER TABLE a … ROW LEVEL SECURITY; ALTER TABLE a … ROW LEVEL SECURITY"},
        {"CREATE POLICY p ON a USING (true)",
         "CREATE POLICY p ON a USING (SQLite has no row-level security)"},
        {"DROP POLICY p ON a", "DROP POLICY p ON a (SQLite has no row-level security)"},
        {"CREATE EXTENSION IF NOT EXISTS pgcrypto",
         "CREATE EXTENSION IF NOT EXISTS pgcrypto (SQLite needs no extension for it)"},
        {"DROP EXTENSION \"uuid-ossp\"",
         "DROP EXTENSION \"uuid-ossp\" (SQLite needs no extension for it)"},
        {"SET LOCAL lock_timeout = 5", "SET LOCAL lock_timeout = 5 (SQLite has no such timeout)"},
    };
    Bench *bench = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        SqlTranslation translation = {0};
        Error error = {0};
        assert_int_equal(translate(bench, rows[i][0], &translation, &error), RUNG_OK);
        assert_int_equal(translation.statements.count, 0);
        assert_string_equal(translation.notice,
                            arena_print(bench->arena, "left out for SQLite: %s", rows[i][1]));
    }
}

static void statements_without_a_form_are_refused_by_name(void **state)
{
    static const char *const rows[] = {
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TYPE m AS ENUM ('a')",
        "CREATE DOMAIN d AS int",
        "CREATE SEQUENCE s",
        "CREATE SCHEMA s",
        "CREATE EXTENSION postgis",
        "DO $$ BEGIN END $$",
        "COPY a TO '/tmp/x'",
        "LOCK TABLE a",
        "SET search_path = a",
        "EXPLAIN SELECT 1",
        "REFRESH MATERIALIZED VIEW v",
        "CALL p()",
        "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
        "ALTER TYPE m ADD VALUE 'x'",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refusal(*state, rows[i], "SQLite has nothing like it");
    expect_refusal(*state, "SELECT json_object('a': 1)", "the parser does not understand it");
    expect_refusal(*state, "FROB x", "FROB cannot be translated for SQLite: the parser");
    expect_refusal(*state, "SELECT '\xff'", "not UTF-8");
}

/* ---- queries ---- */

static void queries_get_sqlites_words(void **state)
{
    static const char *const rows[][2] = {
        {"SELECT public.t.a, count(*)::int FROM public.t GROUP BY t.a",
         "SELECT t.a, count(*) FROM t GROUP BY t.a"},
        {"SELECT now(), transaction_timestamp(), localtimestamp, current_date",
         "SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, current_date"},
        {"SELECT 'a'::text, E'b\\'\\n', $$c'$$, 'd'\n'e', true, NULL::int",
         "SELECT 'a', 'b''\n', 'c''', 'de', true, NULL"},
        {"SELECT date '2020-01-02', '2020-01-02'::timestamp, '3'::int, '\\xff'::bytea",
         "SELECT '2020-01-02', '2020-01-02 00:00:00', 3, x'ff'"},
        {"SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b FROM t",
         "SELECT a IS NOT b, a IS b FROM t"},
        {"UPDATE ONLY t x SET a = 1 WHERE x.b", "UPDATE t AS x SET a = 1 WHERE x.b"},
        {"DELETE FROM t AS x WHERE b RETURNING a", "DELETE FROM t AS x WHERE b RETURNING a"},
        {"INSERT INTO t (a) SELECT b FROM u ON CONFLICT (a) DO NOTHING",
         "INSERT INTO t (a) SELECT b FROM u WHERE true ON CONFLICT (a) DO NOTHING"},
        {"INSERT INTO t (a) SELECT b FROM u WHERE c ON CONFLICT DO NOTHING",
         "INSERT INTO t (a) SELECT b FROM u WHERE c ON CONFLICT DO NOTHING"},
        {"CREATE OR REPLACE VIEW public.v AS SELECT char_length(a) FROM t",
         "DROP VIEW IF EXISTS v\nCREATE VIEW v AS SELECT length(a) FROM t"},
        {"SELECT /* a /* b */ c */ 1 -- x\r+ 2", "SELECT   1  \r+ 2"},
        {"SELECT count(*) FILTER (WHERE a) FROM t", "SELECT count(*) FILTER (WHERE a) FROM t"},
        {"SELECT (SELECT max(a) FROM t), EXISTS (SELECT 1), a IN (SELECT 2) FROM t",
         "SELECT (SELECT max(a) FROM t), EXISTS (SELECT 1), a IN (SELECT 2) FROM t"},
        {"BEGIN", "BEGIN"},
        {"ANALYZE public.t", "ANALYZE t"},
        {"INSERT INTO t VALUES (1, 'it''s', -2.5e3, NULL, true)",
         "INSERT INTO t VALUES (1, 'it''s', -2.5e3, NULL, true)"},
        {"INSERT INTO t VALUES ('a'\n'b')", "INSERT INTO t VALUES ('ab')"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_text(*state, rows[i][0], rows[i][1]);
}

static void nulls_are_sorted_as_postgresql_does(void **state)
{
    Bench *bench = *state;
    run_script(bench,
               "CREATE TABLE t (a int, rows int); INSERT INTO t (a) VALUES (1), (NULL), (2)");
    expect_result(bench, "SELECT coalesce(a, 0) FROM t ORDER BY a DESC LIMIT 1", "0");
    expect_result(bench, "SELECT a FROM t ORDER BY a", "1");
    expect_result(bench, "SELECT coalesce(a, 0) FROM t ORDER BY a NULLS FIRST", "0");
    expect_text(bench, "SELECT a FROM t ORDER BY lower(a), t.rows DESC, rows LIMIT 1",
                "SELECT a FROM t ORDER BY lower(a) NULLS LAST, t.rows DESC NULLS FIRST, rows NULLS "
                "LAST LIMIT 1");
    expect_result(bench, "SELECT row_number() OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t",
                  "1");
}

static void results_are_those_of_postgresql(void **state)
{
    static const char *const rows[][2] = {
        {"SELECT 'x' = ANY (ARRAY['x'::text, 'y'])", "1"},
        {"SELECT 3 = ANY ((ARRAY[1, 2])::integer[])", "0"},
        {"SELECT 3 <> ALL (ARRAY[1, 2])", "1"},
        {"SELECT 'a' || (1 + 2)", "a3"},
        {"SELECT 7 / 2.0", "3.5"},
        {"SELECT 2 - '-5'::int", "7"},
        {"SELECT NULL IS NOT DISTINCT FROM NULL", "1"},
        {"SELECT 'x' LIKE '%'", "1"},
        {"WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) "
         "SELECT sum(n) FROM t",
         "15"},
        {"SELECT now() - INTERVAL '2 weeks' < now() - INTERVAL '13 days'", "1"},
        {"SELECT btrim('  a ') || ltrim('xxb', 'x')", "ab"},
        {"SELECT nullif(1, 1) IS NULL AND (1, 2) = (1, 2)", "1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_result(*state, rows[i][0], rows[i][1]);
}

static void queries_without_a_form_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"SELECT 1 FROM information_schema.columns", "the system catalog information_schema"},
        {"SELECT 1 FROM pg_class", "the system catalog pg_class"},
        {"SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON"},
        {"SELECT a FROM t FOR UPDATE", "FOR UPDATE or FOR SHARE"},
        {"SELECT a FROM t, LATERAL (SELECT 1) x", "LATERAL"},
        {"SELECT a FROM t TABLESAMPLE system (1)", "TABLESAMPLE"},
        {"SELECT a FROM t GROUP BY GROUPING SETS ((a), ())", "GROUPING SETS"},
        {"SELECT a FROM t FETCH FIRST 1 ROW ONLY", "FETCH FIRST"},
        {"SELECT a FROM t OFFSET 1", "OFFSET without LIMIT"},
        {"SELECT a FROM t LIMIT ALL", "LIMIT ALL"},
        {"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", "INTERSECT behind UNION"},
        {"SELECT 1 EXCEPT ALL SELECT 2", "EXCEPT ALL"},
        {"(SELECT 1) UNION SELECT 2", "parentheses around a SELECT"},
        {"SELECT 1 UNION ALL (SELECT 2)", "parentheses around a SELECT"},
        {"TABLE t", "TABLE as a query"},
        {"SELECT generate_series(1, 3)", "the function generate_series()"},
        {"SELECT * FROM generate_series(1, 3)", "a function in FROM"},
        {"SELECT auth.uid()", "the function uid()"},
        {"SELECT ARRAY[1]", "an array"},
        {"SELECT a[1] FROM t", "a subscript"},
        {"SELECT 1 = ANY (SELECT 1)", "ANY, ALL or ARRAY"},
        {"SELECT 1 = ANY ('{1}')", "ANY or ALL of an array"},
        {"SELECT 1 <= ANY (ARRAY[1])", "ANY or ALL of an array"},
        {"SELECT a @> b FROM t", "the operator @>"},
        {"SELECT a !~ 'x' FROM t", "the operator !~"},
        {"SELECT a -> 'x' FROM t", "the operator ->"},
        {"SELECT a || '{\"b\": 1}' FROM t", "|| of json values"},
        {"SELECT a || b + 1 FROM t", "|| beside other operators"},
        {"SELECT a = b IN (1) FROM t", "= beside other operators"},
        {"SELECT a = b IN (SELECT 1) FROM t", "= beside other operators"},
        {"SELECT 7 / 2", "a division"},
        {"SELECT a % 2 FROM t", "the operator %"},
        {"SELECT CURRENT_DATE - 30", "arithmetic with dates"},
        {"SELECT now() - INTERVAL '1 month'", "arithmetic with dates"},
        {"SELECT a::text FROM t", "a cast to text"},
        {"SELECT 'abcd'::varchar(2)", "a cast to varchar(2)"},
        {"SELECT 'now'::timestamp", "a cast to timestamp"},
        {"SELECT '1.5'::numeric", "a cast to numeric"},
        {"SELECT 1.5::int", "a cast to int"},
        {"SELECT B'01'", "a bit string"},
        {"SELECT CURRENT_USER", "CURRENT_USER"},
        {"SELECT greatest(1, 2)", "GREATEST"},
        {"SELECT string_agg(a, ',' ORDER BY a) FROM t", "the function string_agg()"},
        {"SELECT sum(a ORDER BY a) FROM t", "ORDER BY inside sum()"},
        {"SELECT extract(year FROM a) FROM t", "the function extract()"},
        {"SELECT a AT TIME ZONE 'CET' FROM t", "AT TIME ZONE"},
        {"SELECT * FROM a FULL JOIN b USING (c)", "RIGHT or FULL JOIN"},
        {"SELECT * FROM (SELECT 1) AS x (a)", "an alias with a list of columns"},
        {"SELECT $1", "a parameter"},
        {"SELECT a IS UNKNOWN FROM t", "IS UNKNOWN"},
        {"SELECT ROW(1, 2)", "ROW()"},
        {"SELECT 1 INTO t", "SELECT INTO"},
        {"SELECT 'a' COLLATE \"C\"", "COLLATE"},
        {"DELETE FROM a USING b", "DELETE … USING"},
        {"UPDATE a SET b = DEFAULT", "DEFAULT as a value"},
        {"INSERT INTO a VALUES (DEFAULT)", "DEFAULT as a value"},
        {"INSERT INTO a OVERRIDING SYSTEM VALUE VALUES (1)", "OVERRIDING"},
        {"INSERT INTO a VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING", "ON CONSTRAINT"},
        {"WITH x AS (DELETE FROM a RETURNING b) SELECT * FROM x", "a WITH that changes rows"},
        {"UPDATE s.a SET b = 1", "the schema \"s\""},
        {"CREATE RECURSIVE VIEW v (n) AS SELECT 1", "RECURSIVE"},
        {"CREATE VIEW v AS SELECT 1 WITH CHECK OPTION", "WITH CHECK OPTION"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_refusal(*state, rows[i][0], rows[i][1]);
}

static void refusals_name_their_line(void **state)
{
    Bench *bench = *state;
    SqlTranslation translation = {0};
    Error error = {0};
    assert_int_equal(
        translate(bench, "CREATE TABLE a (\n  b int,\n  c mood\n)", &translation, &error),
        RUNG_REVISION);
    assert_int_equal(error.line, 5);
    assert_string_equal(error.message,
                        "CREATE TABLE cannot be translated for SQLite: column \"c\" of type mood");
    assert_non_null(strstr(error.statement, "CREATE TABLE a"));
}

static void deep_statements_are_refused_not_crashed_on(void **state)
{
    static const char *const links[][3] = {
        {"SELECT 1", "+1", ""},
        {"SELECT 1", " UNION SELECT 1", ""},
        {"SELECT ", "NOT ", "true"},
        {"SELECT 1 = 1", " AND 1 = 1", ""},
        {"SELECT ", "(", "1"},
        {"SELECT 1 FROM a", " JOIN b USING (c)", ""},
        {"SELECT ", "CASE WHEN true THEN ", "1"},
        {"SELECT '1'", "::text", ""},
    };
    Bench *bench = *state;
    for (size_t i = 0; i < COUNT(links); i++) {
        Text text = TEXT_EMPTY;
        text_put(&text, links[i][0]);
        for (int n = 0; n < 20000; n++)
            text_put(&text, links[i][1]);
        text_put(&text, links[i][2]);
        expect_refusal(bench, text_string(&text), "");
        text_done(&text);
    }
}

static void a_long_insert_is_no_deep_one(void **state)
{
    Bench *bench = *state;
    Text text = TEXT_EMPTY;
    text_put(&text, "INSERT INTO t (a, b) VALUES (now(), -1)");
    for (int i = 0; i < 5000; i++)
        text_put(&text, ", ('2020-01-01'::date, -1)");
    run_translated(bench, "CREATE TABLE t (a text, b int)");
    run_translated(bench, text_string(&text));
    expect_result(bench, "SELECT count(*) FROM t", "5001");
    text_done(&text);
}

#define BENCH(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

RUN_TESTS(BENCH(seed_002_runs_whole), BENCH(seed_000_runs_whole),
          BENCH(types_keep_layout_and_get_their_checks), BENCH(counting_keys_become_autoincrement),
          BENCH(keys_may_not_be_null), BENCH(names_that_sqlite_reserves_are_quoted),
          BENCH(foreign_keys_keep_their_actions), BENCH(tables_without_a_form_are_refused),
          BENCH(generated_columns_stay), BENCH(indexes_lose_what_is_about_building_them),
          BENCH(drops_are_one_statement_each), BENCH(alter_table_is_cut_into_its_parts),
          BENCH(alter_table_without_a_form_is_refused),
          BENCH(what_has_no_meaning_is_dropped_with_a_notice),
          BENCH(statements_without_a_form_are_refused_by_name), BENCH(queries_get_sqlites_words),
          BENCH(nulls_are_sorted_as_postgresql_does), BENCH(results_are_those_of_postgresql),
          BENCH(queries_without_a_form_are_refused), BENCH(refusals_name_their_line),
          BENCH(deep_statements_are_refused_not_crashed_on), BENCH(a_long_insert_is_no_deep_one))
