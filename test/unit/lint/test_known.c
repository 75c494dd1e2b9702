/* A history replayed: what its statements leave behind. */
#include "check.h"
#include "lint/known.h"

static Known *history(Arena *arena, const char *sql)
{
    Error error = {0};
    size_t unread = 0;
    Known *known = known_new(arena);
    if (known_replay_sql(known, sql, strlen(sql), &unread, &error) != RUNG_OK)
        fail_msg("%s", error.message);
    assert_int_equal(unread, 0);
    return known;
}

static KnownRelation *table_of(const Known *known, const char *schema, const char *name)
{
    KnownRelation *table = known_find(known, schema, name);
    if (!table)
        fail_msg("%s is not known", name);
    return table;
}

static void columns_have_types(void **state)
{
    Known *known = history(*state, "CREATE TABLE t (id bigserial PRIMARY KEY, n numeric(10, 2),"
                                   " v varchar(20)[] NOT NULL, w text COLLATE \"C\" DEFAULT '',"
                                   " g int GENERATED ALWAYS AS (1) STORED);");
    const KnownRelation *t = table_of(known, NULL, "t");
    const KnownColumn *id = known_column(t, "id"), *n = known_column(t, "n");
    const KnownColumn *v = known_column(t, "v"), *w = known_column(t, "w");
    assert_true(id->not_null && id->has_default && id->type.serial);
    assert_string_equal(id->type.name, "int8");
    assert_int_equal(n->type.modifiers[1], 2);
    assert_true(v->type.array && v->not_null);
    assert_string_equal(w->collation, "C");
    assert_true(known_column(t, "g")->generated);
    assert_ptr_equal(known_find(known, NULL, "t_id_seq")->owner, t);
}

static void names_are_chosen_as_the_server_does(void **state)
{
    Known *known = history(*state, "CREATE TABLE r (id int PRIMARY KEY, k int UNIQUE);"
                                   "CREATE TABLE t (a int CHECK (a > 0), b int REFERENCES r,"
                                   " CHECK (a < b), CHECK (b > 0), UNIQUE (a, b));"
                                   "CREATE INDEX ON t (a); CREATE INDEX ON t (a);"
                                   "CREATE INDEX ON t (lower(a::text), (a + b));");
    const KnownRelation *t = table_of(known, NULL, "t");
    static const char *const constraints[] = {"t_a_check", "t_check", "t_b_check", "t_b_fkey",
                                              "t_a_b_key"};
    for (size_t i = 0; i < COUNT(constraints); i++)
        assert_non_null(known_constraint(t, constraints[i]));
    static const char *const indexes[] = {"r_pkey",  "r_k_key",  "t_a_b_key",
                                          "t_a_idx", "t_a_idx1", "t_lower_expr_idx"};
    for (size_t i = 0; i < COUNT(indexes); i++)
        assert_non_null(known_find_index(known, NULL, indexes[i]));
}

static void long_names_are_cut(void **state)
{
    Known *known =
        history(*state, "CREATE TABLE a_table_with_a_name_that_is_nearly_as_long_as_it_may_be "
                        "(a_column_with_a_long_name_too int UNIQUE);");
    const KnownRelation *t =
        table_of(known, NULL, "a_table_with_a_name_that_is_nearly_as_long_as_it_may_be");
    assert_int_equal(strlen(t->constraints.at[0]->name), 63);
    assert_string_equal(t->constraints.at[0]->name,
                        "a_table_with_a_name_that_is_n_a_column_with_a_long_name_too_key");
}

static void what_is_dropped_takes_along(void **state)
{
    Known *known = history(*state, "CREATE TABLE r (id int PRIMARY KEY);"
                                   "CREATE TABLE t (id serial, r_id int REFERENCES r, b int);"
                                   "CREATE INDEX i ON t (b) WHERE r_id > 0;"
                                   "CREATE VIEW v AS SELECT id FROM t;"
                                   "CREATE VIEW w AS SELECT * FROM v;"
                                   "ALTER TABLE t DROP COLUMN r_id;");
    assert_null(known_find_index(known, NULL, "i"));
    assert_int_equal(table_of(known, NULL, "t")->constraints.count, 0);
    known = history(*state, "CREATE TABLE r (id int PRIMARY KEY);"
                            "CREATE TABLE t (id serial, r_id int REFERENCES r, b int);"
                            "CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT * FROM v;"
                            "DROP TABLE r CASCADE; DROP TABLE t CASCADE;");
    assert_int_equal(known_relations(known)->count, 0);
}

static void renames_are_followed(void **state)
{
    Known *known =
        history(*state, "CREATE SCHEMA a; CREATE TABLE a.t (x int CHECK (x IS NOT NULL));"
                        "CREATE INDEX i ON a.t (x);"
                        "ALTER TABLE a.t RENAME x TO \"Y\"; ALTER TABLE a.t RENAME TO u;"
                        "ALTER INDEX a.i RENAME TO j; ALTER SCHEMA a RENAME TO \"B\";"
                        "CREATE SCHEMA c; ALTER TABLE \"B\".u SET SCHEMA c;"
                        "ALTER TABLE c.u RENAME CONSTRAINT t_x_check TO chk;");
    const KnownRelation *u = table_of(known, "c", "u");
    const KnownColumn *y = known_column(u, "Y");
    assert_non_null(y);
    assert_true(known_proves_not_null(u, y));
    assert_non_null(known_constraint(u, "chk"));
    assert_ptr_equal(known_find_index(known, "c", "j")->keys.at[0], y);
    assert_null(known_find(known, NULL, "t"));
}

static void if_exists_is_honoured(void **state)
{
    Known *known =
        history(*state, "CREATE TABLE t (a int);"
                        "CREATE TABLE IF NOT EXISTS t (b int);"
                        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a text;"
                        "CREATE INDEX i ON t (a); CREATE INDEX IF NOT EXISTS i ON t (a);"
                        "DROP TABLE IF EXISTS nowhere; ALTER TABLE IF EXISTS no ADD a int;");
    const KnownRelation *t = table_of(known, NULL, "t");
    assert_int_equal(t->columns.count, 1);
    assert_string_equal(known_column(t, "a")->type.name, "int4");
    assert_int_equal(t->indexes.count, 1);
}

static void partitions_have_what_their_parent_has(void **state)
{
    Known *known = history(*state, "CREATE TABLE r (id int PRIMARY KEY);"
                                   "CREATE TABLE p (id int PRIMARY KEY, r_id int REFERENCES r)"
                                   " PARTITION BY RANGE (id);"
                                   "CREATE INDEX p_r ON p (r_id);"
                                   "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9);"
                                   "CREATE TABLE p2 (id int NOT NULL, r_id int);"
                                   "CREATE INDEX own ON p2 (r_id);"
                                   "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (9) TO (19);"
                                   "ALTER TABLE p ADD COLUMN c text;");
    const KnownRelation *p1 = table_of(known, NULL, "p1"), *p2 = table_of(known, NULL, "p2");
    assert_non_null(known_column(p1, "c"));
    assert_non_null(known_find_index(known, NULL, "p1_pkey"));
    assert_non_null(known_find_index(known, NULL, "p1_r_id_idx"));
    assert_int_equal(p2->indexes.count, 2); /* its own served, the key was made */
    assert_ptr_equal(known_find_index(known, NULL, "own")->parent,
                     known_find_index(known, NULL, "p_r"));
    assert_true(known_constraint(p1, "p_r_id_fkey")->inherited);
}

static void new_is_what_the_transaction_made(void **state)
{
    Error error = {0};
    Known *known = history(*state, "CREATE TABLE t (a int);");
    assert_false(known_is_new(known, table_of(known, NULL, "t")));
    known_begin_transaction(known);
    assert_int_equal(known_replay_sql(known, "CREATE TABLE u ()", 17, NULL, &error), RUNG_OK);
    assert_false(known_is_new(known, table_of(known, NULL, "t")));
    assert_true(known_is_new(known, table_of(known, NULL, "u")));
    known_begin_transaction(known);
    assert_false(known_is_new(known, table_of(known, NULL, "u")));
}

static void what_the_text_does_not_tell_stays_unknown(void **state)
{
    Error error = {0};
    size_t unread = 0;
    Known *known = known_new(*state);
    const char *sql = "CREATE TABLE t AS SELECT a, b + 1 AS c, d::date FROM elsewhere;"
                      "CREATE TABLE u AS SELECT * FROM elsewhere; CREATE TABLE v (LIKE elsewhere);"
                      "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;";
    assert_int_equal(known_replay_sql(known, sql, strlen(sql), &unread, &error), RUNG_OK);
    assert_int_equal(unread, 1);
    const KnownRelation *t = table_of(known, NULL, "t");
    assert_null(known_column(t, "c")->type.name);
    assert_string_equal(known_column(t, "d")->type.name, "date");
    assert_true(t->complete);
    assert_false(table_of(known, NULL, "u")->complete);
    assert_false(table_of(known, NULL, "v")->complete);
    assert_null(known_find(known, NULL, "elsewhere"));
}

static void the_search_path_is_followed(void **state)
{
    Error error = {0};
    Known *known = history(*state, "CREATE SCHEMA a; CREATE SCHEMA \"B\";"
                                   "SELECT pg_catalog.set_config('search_path', 'a, \"B\"', false);"
                                   "CREATE TABLE t (x int); CREATE TABLE \"B\".u (y int);");
    assert_non_null(known_find(known, "a", "t"));
    assert_non_null(known_find(known, NULL, "u"));
    assert_null(known_find(known, "public", "t"));
    const char *sql = "SET LOCAL search_path = \"B\"; CREATE TABLE v (z int);";
    known_begin_transaction(known);
    assert_int_equal(known_replay_sql(known, sql, strlen(sql), NULL, &error), RUNG_OK);
    assert_non_null(known_find(known, "B", "v"));
    assert_null(known_find(known, NULL, "t"));
    known_begin_transaction(known);
    assert_non_null(known_find(known, NULL, "t"));
}

static void texts_no_server_would_take_end(void **state)
{
    Known *known = history(*state, "CREATE VIEW a AS SELECT 1 AS x;"
                                   "CREATE VIEW b AS SELECT x FROM a;"
                                   "CREATE OR REPLACE VIEW a AS SELECT x FROM b;"
                                   "CREATE TABLE p (k int) PARTITION BY LIST (k);"
                                   "ALTER TABLE p ATTACH PARTITION p DEFAULT;"
                                   "CREATE TABLE q (k int) PARTITION BY LIST (k);"
                                   "ALTER TABLE p ATTACH PARTITION q DEFAULT;"
                                   "ALTER TABLE q ATTACH PARTITION p DEFAULT;"
                                   "DROP VIEW a CASCADE; DROP TABLE p;");
    assert_int_equal(known_relations(known)->count, 0);
}

RUN_TESTS(TEST(columns_have_types), TEST(names_are_chosen_as_the_server_does),
          TEST(long_names_are_cut), TEST(what_is_dropped_takes_along), TEST(renames_are_followed),
          TEST(if_exists_is_honoured), TEST(partitions_have_what_their_parent_has),
          TEST(new_is_what_the_transaction_made), TEST(what_the_text_does_not_tell_stays_unknown),
          TEST(the_search_path_is_followed), TEST(texts_no_server_would_take_end))
