/* What statements do, judged from a short history: the awkward cases. That the model is that of the
 * servers is looked at in test/lint/. */
#include "check.h"
#include "lint/effects.h"

static Known *history(Arena *arena, const char *sql)
{
    Error error = {0};
    size_t unread = 0;
    Known *known = known_new(arena);
    if (known_replay_sql(known, sql, strlen(sql), &unread, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    assert_int_equal(unread, 0);
    known_begin_transaction(known);
    return known;
}

static Effects judge_on(Arena *arena, const Known *known, const char *sql, int version, bool utc)
{
    Error error = {0};
    Effects effects;
    const PgQuery__Node *statement;
    if (sql_parse(arena, sql, strlen(sql), &statement, &error) != RUNG_OK ||
        effects_of(arena, known, statement, version, utc, &effects, &error) != RUNG_OK)
        fail_msg("%s: %s", sql, error.message);
    return effects;
}

static Effects judge(Arena *arena, const Known *known, const char *sql)
{
    return judge_on(arena, known, sql, 16, true);
}

static void assert_effect(const EffectList *list, const char *relation, LockMode mode,
                          unsigned work)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i].relation, relation) == 0) {
            assert_int_equal(list->at[i].mode, mode);
            assert_int_equal(list->at[i].work, work);
            return;
        }
    fail_msg("nothing is said of %s", relation);
}

/* The only effect there is. */
static void assert_only(const EffectList *list, const char *relation, LockMode mode, unsigned work)
{
    assert_int_equal(list->count, 1);
    assert_effect(list, relation, mode, work);
}

static void names_are_quoted_where_they_must_be(void **state)
{
    Known *known = history(*state, "CREATE SCHEMA \"Straße\";"
                                   "CREATE TABLE \"Straße\".\"Tür\" (\"Größe\" int);");
    Effects effects =
        judge(*state, known, "ALTER TABLE \"Straße\".\"Tür\" ALTER \"Größe\" TYPE bigint");
    assert_only(&effects.list, "\"Straße\".\"Tür\"", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
}

static void one_name_in_two_schemas(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a int NOT NULL); CREATE SCHEMA s;"
                                   "CREATE TABLE s.t (a int);");
    Effects effects = judge(*state, known, "ALTER TABLE s.t ALTER a SET NOT NULL");
    assert_only(&effects.list, "s.t", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
    effects = judge(*state, known, "ALTER TABLE t ALTER a SET NOT NULL");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, 0);
    known = history(*state, "CREATE TABLE t (a int NOT NULL); CREATE SCHEMA s;"
                            "CREATE TABLE s.t (a int); SET search_path = s, public;");
    effects = judge(*state, known, "ALTER TABLE t ALTER a SET NOT NULL");
    assert_only(&effects.list, "s.t", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
}

static void the_strongest_subcommand_counts(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a int, b varchar(10), c int);");
    Effects effects = judge(*state, known,
                            "ALTER TABLE t ALTER a SET STATISTICS 100, ADD CHECK (c > 0),"
                            " ALTER b TYPE varchar(20), ADD UNIQUE (c)");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN | WORK_INDEX);
    effects = judge(*state, known, "ALTER TABLE t ALTER a SET STATISTICS 100, CLUSTER ON x");
    assert_only(&effects.list, "public.t", LOCK_SHARE_UPDATE_EXCLUSIVE, 0);
}

static void a_rewrite_contains_lesser_work(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a int, b int);");
    Effects effects = judge(
        *state, known, "ALTER TABLE t ALTER a TYPE bigint, ADD CHECK (b > 0), ADD PRIMARY KEY (b)");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
}

static void a_new_table_is_nobodys(void **state)
{
    Error error = {0};
    Known *known = history(*state, "CREATE TABLE old (id int PRIMARY KEY);");
    const char *sql = "CREATE TABLE t (id int, old_id int REFERENCES old);";
    assert_int_equal(known_replay_sql(known, sql, strlen(sql), NULL, &error), RUNG_OK);
    Effects effects = judge(*state, known, "CREATE INDEX ON t (id)");
    assert_int_equal(effects.list.count, 0);
    assert_only(&effects.fresh, "public.t", LOCK_SHARE, WORK_INDEX);
    effects = judge(*state, known, "DROP TABLE t");
    assert_only(&effects.list, "public.old", LOCK_ACCESS_EXCLUSIVE, 0);
    known_begin_transaction(known);
    effects = judge(*state, known, "CREATE INDEX ON t (id)");
    assert_only(&effects.list, "public.t", LOCK_SHARE, WORK_INDEX);
}

static void foreign_keys_of_partitions(void **state)
{
    Known *known = history(*state, "CREATE TABLE r (id int PRIMARY KEY);"
                                   "CREATE TABLE p (id int, k int, r_id int) PARTITION BY LIST (k);"
                                   "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
                                   "CREATE TABLE p2 PARTITION OF p DEFAULT;");
    Effects effects = judge(*state, known, "ALTER TABLE p ADD FOREIGN KEY (r_id) REFERENCES r");
    assert_int_equal(effects.list.count, 4);
    assert_effect(&effects.list, "public.p", LOCK_SHARE_ROW_EXCLUSIVE, 0);
    assert_effect(&effects.list, "public.p1", LOCK_SHARE_ROW_EXCLUSIVE, WORK_KEYS);
    assert_effect(&effects.list, "public.p2", LOCK_SHARE_ROW_EXCLUSIVE, WORK_KEYS);
    assert_effect(&effects.list, "public.r", LOCK_SHARE_ROW_EXCLUSIVE, 0);
}

static void the_default_partition_is_read(void **state)
{
    const char *sql = "CREATE TABLE p (k int NOT NULL) PARTITION BY RANGE (k);"
                      "CREATE TABLE d PARTITION OF p DEFAULT;";
    Known *known = history(*state, sql);
    const char *create = "CREATE TABLE n PARTITION OF p FOR VALUES FROM (10) TO (20)";
    Effects effects = judge(*state, known, create);
    assert_effect(&effects.list, "public.p", LOCK_ACCESS_EXCLUSIVE, 0);
    assert_effect(&effects.list, "public.d", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
    known = history(*state, arena_print(*state, "%s%s", sql,
                                        "ALTER TABLE d ADD CHECK (NOT (k >= 10 AND k < 20));"));
    effects = judge(*state, known, create);
    assert_effect(&effects.list, "public.d", LOCK_ACCESS_EXCLUSIVE, 0);
    known = history(*state, arena_print(*state, "%s%s", sql,
                                        "ALTER TABLE d ADD CHECK (NOT (k >= 12 AND k < 20));"));
    effects = judge(*state, known, create);
    assert_effect(&effects.list, "public.d", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
}

static void domains_over_domains(void **state)
{
    Known *known = history(*state, "CREATE DOMAIN base AS int CHECK (VALUE > 0);"
                                   "CREATE DOMAIN over AS base;"
                                   "CREATE TABLE t (a over, b int); CREATE TABLE u (a int);");
    Effects effects = judge(*state, known, "ALTER DOMAIN base ADD CHECK (VALUE < 100)");
    assert_only(&effects.list, "public.t", LOCK_SHARE, WORK_SCAN);
    effects = judge(*state, known, "ALTER DOMAIN base ADD CHECK (VALUE < 100) NOT VALID");
    assert_int_equal(effects.list.count, 0);
    effects = judge(*state, known, "ALTER TABLE u ADD COLUMN c over");
    assert_only(&effects.list, "public.u", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
    effects = judge(*state, known, "ALTER TABLE u ADD COLUMN c over[]");
    assert_only(&effects.list, "public.u", LOCK_ACCESS_EXCLUSIVE, 0);
    effects = judge(*state, known, "ALTER TABLE t ALTER a TYPE int");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, 0);
}

static void timestamps_by_time_zone(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a timestamp);");
    const char *sql = "ALTER TABLE t ALTER a TYPE timestamptz";
    Effects effects = judge_on(*state, known, sql, 16, true);
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, 0);
    effects = judge_on(*state, known, sql, 16, false);
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
    known = history(*state, "CREATE TABLE t (a timestamp); SET TimeZone = 'Europe/Oslo';");
    effects = judge_on(*state, known, sql, 16, true);
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
}

static void lengths_may_grow(void **state)
{
    static const struct {
        const char *type;
        unsigned work;
    } rows[] = {{"varchar(30)", 0},
                {"varchar", 0},
                {"text", 0},
                {"varchar(10)", WORK_REWRITE},
                {"char(30)", WORK_REWRITE},
                {"text USING v::text", 0},
                {"text USING lower(v)", WORK_REWRITE},
                {"varchar(20) COLLATE \"C\"", WORK_INDEX}};
    Known *known = history(*state, "CREATE TABLE t (v varchar(20)); CREATE INDEX t_v ON t (v);");
    for (size_t i = 0; i < COUNT(rows); i++) {
        Effects effects = judge(*state, known,
                                arena_print(*state, "ALTER TABLE t ALTER v TYPE %s", rows[i].type));
        assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, rows[i].work);
    }
}

static void not_null_is_proved(void **state)
{
    const char *table = "CREATE TABLE t (a int);";
    static const struct {
        const char *check, *then;
        unsigned work;
    } rows[] = {
        {"CHECK (a IS NOT NULL)", "", 0},
        {"CHECK (a IS NOT NULL AND a > 0)", "", 0},
        {"CHECK (a IS NOT NULL OR a > 0)", "", WORK_SCAN},
        {"CHECK (a > 0)", "", WORK_SCAN},
        {"CHECK (a IS NOT NULL) NOT VALID", "", WORK_SCAN},
        {"CHECK (a IS NOT NULL) NOT VALID", "ALTER TABLE t VALIDATE CONSTRAINT c;", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Known *known = history(*state, arena_print(*state, "%sALTER TABLE t ADD CONSTRAINT c %s;%s",
                                                   table, rows[i].check, rows[i].then));
        Effects effects = judge(*state, known, "ALTER TABLE t ALTER a SET NOT NULL");
        assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, rows[i].work);
    }
    Known *known = history(*state, "CREATE TABLE t (a int CONSTRAINT c CHECK (a IS NOT NULL));"
                                   "ALTER TABLE t RENAME a TO b;");
    Effects effects = judge(*state, known, "ALTER TABLE t ALTER b SET NOT NULL");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, 0);
    effects = judge(*state, known, "ALTER TABLE t ALTER b SET NOT NULL, DROP CONSTRAINT c");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN);
}

static void what_is_not_known_is_doubted(void **state)
{
    Known *known = history(*state, "CREATE TABLE t AS SELECT now() AS a;"
                                   "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS "
                                   "'begin return 1; end';");
    Effects effects = judge(*state, known, "ALTER TABLE t ALTER a TYPE text");
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, 0);
    assert_int_equal(effects.doubts.count, 1);
    assert_int_equal(effects.doubts.at[0].work, WORK_REWRITE);
    assert_string_equal(effects.doubts.at[0].why, "the type of column \"a\" is not known");
    effects = judge(*state, known, "ALTER TABLE t ADD b int DEFAULT elsewhere()");
    assert_int_equal(effects.doubts.count, 1);
    effects = judge(*state, known, "ALTER TABLE t ADD b int DEFAULT f()");
    assert_int_equal(effects.doubts.count, 0);
    assert_only(&effects.list, "public.t", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE);
    effects = judge(*state, known, "ALTER TABLE nowhere ALTER a TYPE text");
    assert_only(&effects.list, "public.nowhere", LOCK_ACCESS_EXCLUSIVE, 0);
    assert_int_equal(effects.doubts.count, 1);
}

static void code_is_opaque(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a int);");
    assert_true(judge(*state, known, "DO 'begin drop table t; end'").opaque);
    assert_true(judge(*state, known, "CALL p()").opaque);
    assert_false(judge(*state, known, "UPDATE t SET a = 1").opaque);
}

static void concurrently_waits(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (a int); CREATE INDEX i ON t (a);");
    Effects effects = judge(*state, known, "CREATE INDEX CONCURRENTLY ON t (a)");
    assert_true(effects.waits);
    assert_only(&effects.list, "public.t", LOCK_SHARE_UPDATE_EXCLUSIVE, WORK_INDEX);
    effects = judge(*state, known, "DROP INDEX CONCURRENTLY i");
    assert_true(effects.waits);
    assert_only(&effects.list, "public.t", LOCK_SHARE_UPDATE_EXCLUSIVE, 0);
    effects = judge(*state, known, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)");
    assert_false(effects.waits);
}

static void versions_differ(void **state)
{
    Known *known = history(*state, "CREATE TABLE p (k int) PARTITION BY LIST (k);"
                                   "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);");
    const char *sql = "ALTER TABLE p DETACH PARTITION p1";
    Effects effects = judge_on(*state, known, sql, 13, true);
    assert_effect(&effects.list, "public.p1", LOCK_SHARE_UPDATE_EXCLUSIVE, 0);
    effects = judge_on(*state, known, sql, 14, true);
    assert_effect(&effects.list, "public.p1", LOCK_ACCESS_EXCLUSIVE, 0);
}

RUN_TESTS(TEST(names_are_quoted_where_they_must_be), TEST(one_name_in_two_schemas),
          TEST(the_strongest_subcommand_counts), TEST(a_rewrite_contains_lesser_work),
          TEST(a_new_table_is_nobodys), TEST(foreign_keys_of_partitions),
          TEST(the_default_partition_is_read), TEST(domains_over_domains),
          TEST(timestamps_by_time_zone), TEST(lengths_may_grow), TEST(not_null_is_proved),
          TEST(what_is_not_known_is_doubted), TEST(code_is_opaque), TEST(concurrently_waits),
          TEST(versions_differ))
