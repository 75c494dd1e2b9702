/* What statements are: tags, transactions, names, sessions. */
#include "sql/classify.h"

#include "check.h"

static SqlFacts classify(void **state, Engine engine, const char *sql)
{
    SqlFacts facts;
    Error error;
    assert_int_equal(sql_classify(*state, engine, sql, strlen(sql), &facts, &error), RUNG_OK);
    return facts;
}

static void expect_same(const char *sql, const char *value, const char *expected)
{
    if ((value == NULL) != (expected == NULL) || (value && strcmp(value, expected) != 0))
        fail_msg("%s: \"%s\", expected \"%s\"", sql, value ? value : "(null)",
                 expected ? expected : "(null)");
}

static void commands_have_their_tags(void **state)
{
    static const struct {
        const char *sql, *command;
    } rows[] = {
        {"select 1", "SELECT"},
        {"((SELECT 1)) UNION SELECT 2", "SELECT"},
        {"VALUES (1)", "SELECT"},
        {"SELECT 1 INTO t", "SELECT INTO"},
        {"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "INSERT"},
        {"WITH RECURSIVE update AS (SELECT 1), b(x) AS (VALUES (1)) DELETE FROM t", "DELETE"},
        {"CREATE UNLOGGED TABLE t (a int)", "CREATE TABLE"},
        {"CREATE OR REPLACE FUNCTION f() RETURNS int", "CREATE FUNCTION"},
        {"CREATE UNIQUE INDEX i ON t (a)", "CREATE INDEX"},
        {"CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t", "CREATE TRIGGER"},
        {"CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW"},
        {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a", "ALTER DEFAULT PRIVILEGES"},
        {"CREATE USER u", "CREATE ROLE"},
        {"CREATE USER MAPPING FOR u SERVER s", "CREATE USER MAPPING"},
        {"CREATE TEXT SEARCH CONFIGURATION c (COPY = english)", "CREATE TEXT SEARCH CONFIGURATION"},
        {"/* x */ -- y\n DROP TABLE a", "DROP TABLE"},
        {"TRUNCATE t", "TRUNCATE TABLE"},
        {"COMMENT ON TABLE t IS 'x'", "COMMENT"},
        {"START TRANSACTION", "START TRANSACTION"},
        {"END", "COMMIT"},
        {"ABORT", "ROLLBACK"},
        {"COMMIT PREPARED 'x'", "COMMIT PREPARED"},
        {"PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"},
        {"SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS"},
        {"frob the table", "frob"},
        {"", ""},
        {"'x'", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_same(rows[i].sql, classify(state, ENGINE_POSTGRESQL, rows[i].sql).command,
                    rows[i].command);
    assert_false(classify(state, ENGINE_POSTGRESQL, "frob").parsed);
    assert_false(classify(state, ENGINE_POSTGRESQL, "CREATE FROB x").parsed);
    assert_true(classify(state, ENGINE_POSTGRESQL, "DROP TABLE x").parsed);
}

static void what_cannot_run_in_a_transaction_is_found(void **state)
{
    static const struct {
        const char *sql;
        Outside outside;
    } rows[] = {
        {"CREATE INDEX CONCURRENTLY i ON t (a)", OUTSIDE_CREATE_INDEX},
        {"create unique index concurrently if not exists i on t (a)", OUTSIDE_CREATE_INDEX},
        {"CREATE INDEX concurrently_ ON t (a)", OUTSIDE_NO},
        {"CREATE INDEX i ON t (\"CONCURRENTLY\")", OUTSIDE_NO},
        {"CREATE INDEX i ON t (a) -- CONCURRENTLY", OUTSIDE_NO},
        {"DROP INDEX CONCURRENTLY IF EXISTS i", OUTSIDE_DROP_INDEX},
        {"DROP INDEX i", OUTSIDE_NO},
        {"REINDEX TABLE CONCURRENTLY t", OUTSIDE_REINDEX},
        {"REINDEX (VERBOSE, CONCURRENTLY) INDEX i", OUTSIDE_REINDEX},
        {"REINDEX (CONCURRENTLY off) INDEX i", OUTSIDE_NO},
        {"REINDEX SCHEMA s", OUTSIDE_REINDEX},
        {"REINDEX (VERBOSE) DATABASE", OUTSIDE_REINDEX},
        {"REINDEX SYSTEM d", OUTSIDE_REINDEX},
        {"REINDEX TABLE t", OUTSIDE_NO},
        {"VACUUM (FULL) t", OUTSIDE_REPEATABLE},
        {"ANALYZE t", OUTSIDE_NO},
        {"CLUSTER", OUTSIDE_REPEATABLE},
        {"CLUSTER VERBOSE", OUTSIDE_REPEATABLE},
        {"CLUSTER (VERBOSE)", OUTSIDE_REPEATABLE},
        {"CLUSTER t USING i", OUTSIDE_NO},
        {"ALTER SYSTEM SET a = b", OUTSIDE_REPEATABLE},
        {"DISCARD ALL", OUTSIDE_REPEATABLE},
        {"DISCARD PLANS", OUTSIDE_NO},
        {"CHECKPOINT", OUTSIDE_NO},
        {"CREATE DATABASE d", OUTSIDE_CREATE},
        {"DROP DATABASE IF EXISTS d", OUTSIDE_DROP},
        {"ALTER DATABASE d SET TABLESPACE x", OUTSIDE_REPEATABLE},
        {"ALTER DATABASE d SET work_mem = '1MB'", OUTSIDE_NO},
        {"CREATE TABLESPACE x LOCATION '/x'", OUTSIDE_CREATE},
        {"DROP TABLESPACE x", OUTSIDE_DROP},
        {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", OUTSIDE_CREATE},
        {"DROP SUBSCRIPTION s", OUTSIDE_DROP},
        {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", OUTSIDE_REPEATABLE},
        {"ALTER SUBSCRIPTION s SET PUBLICATION p", OUTSIDE_REPEATABLE},
        {"ALTER SUBSCRIPTION s SET (failover = true)", OUTSIDE_REPEATABLE},
        {"ALTER SUBSCRIPTION s SET (streaming, two_phase)", OUTSIDE_REPEATABLE},
        {"ALTER SUBSCRIPTION s SET (synchronous_commit = off)", OUTSIDE_NO},
        {"ALTER SUBSCRIPTION s RENAME TO r", OUTSIDE_NO},
        {"ALTER SUBSCRIPTION s OWNER TO r", OUTSIDE_NO},
        {"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", OUTSIDE_DETACH_PARTITION},
        {"ALTER TABLE t DETACH PARTITION p FINALIZE", OUTSIDE_NO},
        {"ALTER TABLE t DETACH PARTITION p", OUTSIDE_NO},
        {"ALTER TABLE t ADD COLUMN detach int", OUTSIDE_NO},
        {"ALTER TYPE s ADD VALUE 'x'", OUTSIDE_ADD_VALUE},
        {"ALTER TYPE s RENAME VALUE 'x' TO 'y'", OUTSIDE_NO},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", OUTSIDE_NO},
        {"PRAGMA x", OUTSIDE_NO},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (classify(state, ENGINE_POSTGRESQL, rows[i].sql).outside != rows[i].outside)
            fail_msg("%s: %u", rows[i].sql,
                     classify(state, ENGINE_POSTGRESQL, rows[i].sql).outside);
}

static void names_are_those_the_server_stores(void **state)
{
    static const struct {
        const char *sql, *kind, *schema, *name, *relation_schema, *relation;
    } rows[] = {
        {"CREATE INDEX CONCURRENTLY IF NOT EXISTS Idx_A ON ONLY Public.\"My T\" (a)", "index",
         "public", "idx_a", "public", "My T"},
        {"CREATE INDEX CONCURRENTLY ON t (a)", "index", NULL, NULL, NULL, "t"},
        {"DROP INDEX CONCURRENTLY S.\"I\"\"x\", j", "index", "s", "I\"x", NULL, NULL},
        {"ALTER TABLE ONLY s.Parent DETACH PARTITION o.P CONCURRENTLY", "table", "o", "p", "s",
         "parent"},
        {"ALTER TYPE s.Mood ADD VALUE 'x'", "type", "s", "mood", NULL, NULL},
        {"CREATE DATABASE D", "database", NULL, "d", NULL, NULL},
        {"REINDEX INDEX CONCURRENTLY db.s.i", "index", "s", "i", NULL, NULL},
        {"CREATE TABLE IF NOT EXISTS U&\"d\\00E9j\\+0000e0\" (a int)", "table", NULL,
         "d\xc3\xa9j\xc3\xa0", NULL, NULL},
        {"DROP TABLE na\xc3\x8fVE", "table", NULL, "na\xc3\x8fve", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        SqlFacts facts = classify(state, ENGINE_POSTGRESQL, rows[i].sql);
        expect_same(rows[i].sql, facts.kind, rows[i].kind);
        expect_same(rows[i].sql, facts.schema, rows[i].schema);
        expect_same(rows[i].sql, facts.name, rows[i].name);
        expect_same(rows[i].sql, facts.relation, rows[i].relation);
        expect_same(rows[i].sql, facts.relation_schema, rows[i].relation_schema);
    }
}

static void long_names_are_cut_at_63_bytes(void **state)
{
    SqlFacts facts = classify(state, ENGINE_POSTGRESQL,
                              "DROP INDEX a1234567890123456789012345678901234567890123456789012345"
                              "678901\xc3\xa9_tail");
    expect_same("long", facts.name,
                "a1234567890123456789012345678901234567890123456789012345678901");
}

static void labels_are_read(void **state)
{
    SqlFacts facts = classify(state, ENGINE_POSTGRESQL,
                              "ALTER TYPE m ADD VALUE IF NOT EXISTS 'it''s' AFTER 'a'");
    expect_same("label", facts.value, "it's");
    assert_true(facts.if_exists);
    facts = classify(state, ENGINE_POSTGRESQL, "ALTER TYPE m ADD VALUE E'a\\'b\\n'''");
    expect_same("label", facts.value, "a'b\n'");
    assert_false(facts.if_exists);
}

static void mentions_are_whole_words(void **state)
{
    static const struct {
        const char *sql, *label;
        bool found;
    } rows[] = {
        {"SELECT 'new'", "new", true},
        {"SELECT 'newer', new, \"new\" -- 'new'", "new", false},
        {"SELECT '{old,new}'::s[]", "new", true},
        {"DO $$ BEGIN INSERT INTO t VALUES ('new'); END $$", "new", true},
        {"SELECT 'it''s'", "it's", true},
        {"SELECT E'e'", "E", false},
        {"SELECT 'renew'", "new", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (sql_mentions(ENGINE_POSTGRESQL, rows[i].sql, strlen(rows[i].sql), rows[i].label) !=
            rows[i].found)
            fail_msg("%s", rows[i].sql);
}

static void what_outlives_the_transaction_is_found(void **state)
{
    static const struct {
        const char *sql;
        bool sets;
    } rows[] = {
        {"SET search_path = a", true},
        {"SET SESSION work_mem = 1", true},
        {"SET LOCAL work_mem = 1", false},
        {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", false},
        {"SET CONSTRAINTS ALL DEFERRED", false},
        {"SET ROLE r", true},
        {"SET SESSION AUTHORIZATION r", true},
        {"RESET ALL", true},
        {"DISCARD TEMP", true},
        {"LISTEN c", true},
        {"PREPARE p AS SELECT 1", true},
        {"PREPARE TRANSACTION 'x'", false},
        {"LOAD 'x'", true},
        {"SELECT pg_catalog.set_config('search_path', '', false)", true},
        {"SELECT set_config('a.b', concat('x', 'y'), true)", false},
        {"SELECT 1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (classify(state, ENGINE_POSTGRESQL, rows[i].sql).sets_session != rows[i].sets)
            fail_msg("%s", rows[i].sql);
}

static void rows_returned_and_changed_are_known(void **state)
{
    static const struct {
        const char *sql;
        bool returns, changes;
    } rows[] = {
        {"SELECT 1", true, false},
        {"SHOW x", true, false},
        {"EXPLAIN SELECT 1", true, false},
        {"INSERT INTO t VALUES (1)", false, true},
        {"UPDATE t SET a = 1 RETURNING a", true, true},
        {"WITH d AS (DELETE FROM t RETURNING a) SELECT * FROM d", true, true},
        {"WITH d AS (SELECT 1) UPDATE t SET a = (SELECT 1)", false, true},
        {"SELECT 1 FOR UPDATE", true, false},
        {"MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", false, true},
        {"SELECT a INTO b FROM c", false, false},
        {"CREATE TABLE t (a int)", false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        SqlFacts facts = classify(state, ENGINE_POSTGRESQL, rows[i].sql);
        if (facts.returns_rows != rows[i].returns || facts.changes_rows != rows[i].changes)
            fail_msg("%s", rows[i].sql);
    }
}

static void transaction_control_and_copy_are_found(void **state)
{
    static const char *const control[] = {
        "BEGIN", "commit", "ROLLBACK TO a",     "SAVEPOINT a",         "RELEASE a",
        "END",   "ABORT",  "START TRANSACTION", "COMMIT PREPARED 'x'", "PREPARE TRANSACTION 'x'"};
    for (size_t i = 0; i < COUNT(control); i++)
        assert_true(classify(state, ENGINE_POSTGRESQL, control[i]).controls_transaction);
    assert_false(classify(state, ENGINE_POSTGRESQL, "PREPARE p AS SELECT 1").controls_transaction);
    assert_true(classify(state, ENGINE_POSTGRESQL, "COPY t (a, b) FROM STDIN").copies_from_client);
    assert_true(classify(state, ENGINE_POSTGRESQL, "COPY (SELECT 1) TO stdout").copies_from_client);
    assert_false(classify(state, ENGINE_POSTGRESQL, "COPY t FROM '/f'").copies_from_client);
}

static void sqlite_has_its_own_commands(void **state)
{
    SqlFacts facts = classify(state, ENGINE_SQLITE, "PRAGMA main.Foreign_Keys = off");
    assert_int_equal(facts.outside, OUTSIDE_PRAGMA);
    expect_same("pragma", facts.name, "foreign_keys");
    assert_int_equal(classify(state, ENGINE_SQLITE, "ATTACH 'x' AS y").outside, OUTSIDE_PRAGMA);
    assert_int_equal(classify(state, ENGINE_SQLITE, "DETACH y").outside, OUTSIDE_PRAGMA);
    assert_int_equal(classify(state, ENGINE_SQLITE, "VACUUM").outside, OUTSIDE_REPEATABLE);
    assert_int_equal(classify(state, ENGINE_SQLITE, "REINDEX t").outside, OUTSIDE_NO);
    assert_true(classify(state, ENGINE_SQLITE, "DROP TABLE IF EXISTS [a b]").drops_table);
    expect_same("drop", classify(state, ENGINE_SQLITE, "DROP TABLE [A b]").name, "A b");
    assert_true(classify(state, ENGINE_SQLITE, "REPLACE INTO t VALUES (1)").changes_rows);
    assert_true(classify(state, ENGINE_SQLITE, "END TRANSACTION").controls_transaction);
    expect_same("trigger", classify(state, ENGINE_SQLITE, "CREATE TEMP TRIGGER t AFTER").command,
                "CREATE TRIGGER");
}

static void broken_text_does_no_harm(void **state)
{
    static const char *const broken[] = {
        "CREATE INDEX 'x", "DROP TABLE \"",      "ALTER TYPE a.", "WITH", "(((",
        "REINDEX (",       "SELECT set_config(", "U&\"\\00",      "\\"};
    for (size_t i = 0; i < COUNT(broken); i++) {
        classify(state, ENGINE_POSTGRESQL, broken[i]);
        classify(state, ENGINE_SQLITE, broken[i]);
    }
    SqlFacts facts;
    Error error;
    assert_int_equal(sql_classify(*state, ENGINE_POSTGRESQL, "DROP \0TABLE", 11, &facts, &error),
                     RUNG_OK);
    assert_false(facts.drops_table);
}

RUN_TESTS(TEST(commands_have_their_tags), TEST(what_cannot_run_in_a_transaction_is_found),
          TEST(names_are_those_the_server_stores), TEST(long_names_are_cut_at_63_bytes),
          TEST(labels_are_read), TEST(mentions_are_whole_words),
          TEST(what_outlives_the_transaction_is_found), TEST(rows_returned_and_changed_are_known),
          TEST(transaction_control_and_copy_are_found), TEST(sqlite_has_its_own_commands),
          TEST(broken_text_does_no_harm))
