"""What runs between "pending" and "applied": scripts, plans, transactions, failures and statements
of every kind, on both engines."""
import os
import signal
import sqlite3
import subprocess
import time

from harness import (Case, Postgresql, Sqlite, clean_environment, main, on_each_engine, program,
                     psql, server_url, wait_until)

# Names that a tool breaks when it quotes, folds or cuts them.
NAMES = ['order', 'Mixed Case', 'größe', '表', 'with"quote', 'semi;colon', "it's", '$dollar$', '--x']


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def own(engine, up, down=""):
    """Sections for one engine alone."""
    text = f"-- rung:up {engine.name}\n{up}\n"
    return text + (f"\n-- rung:down {engine.name}\n{down}\n" if down else "")


@on_each_engine
class Printed(Case):
    """--sql: what a user runs by hand must leave what rung would have left."""

    def setUp(self):
        super().setUp()
        self.project.tables("a", "b")
        self.project.revision("c", 'CREATE TABLE "größe" (a integer);\n'
                              "INSERT INTO \"größe\" VALUES (1);\nSELECT 'a;b', 'it''s';",
                              'DROP TABLE "größe";')

    def same_by_hand(self, *words):
        """Prints in this database and runs by rung in another one: the same must come of it."""
        before = self.db.everything()
        script = self.ok(*words, "--sql").out
        self.assertEqual(self.db.everything(), before)
        self.db.run_script(script)
        by_hand, log = self.db.schema(), self.log()
        status = self.ok("status").out
        self.ok("check") if "pending    none" in status else self.ok("current")
        findings = self.rung("check", "--json").json()["findings"]
        self.assertEqual([f for f in findings if f["kind"] not in ("pending", "head")], [])
        return by_hand, log

    def test_an_upgrade_from_nothing(self):
        schema, log = self.same_by_hand("upgrade")
        self.assertEqual(log, [("upgrade", "a"), ("upgrade", "b"), ("upgrade", "c")])
        self.ok("check")
        self.ok("downgrade", "base")
        self.ok("upgrade")
        self.assertEqual(self.db.schema(), schema)
        self.ok("check")

    def test_the_rest_of_an_upgrade(self):
        self.ok("upgrade", "a")
        self.same_by_hand("upgrade", "+1")
        self.assertEqual(self.current(), ["b"])
        self.same_by_hand("upgrade", "head")
        self.assertEqual(self.current(), ["c"])
        self.ok("check")

    def test_a_downgrade(self):
        self.ok("upgrade")
        self.same_by_hand("downgrade", "a")
        self.assertEqual(self.current(), ["a"])
        self.assertEqual(self.tables(), ["t_a"])
        self.ok("upgrade")
        self.ok("check")

    def test_a_range_without_a_database(self):
        script = self.ok("upgrade", ":b", "--sql").out
        self.assertEqual(self.tables(), [])
        self.db.run_script(script)
        self.assertEqual(self.current(), ["b"])
        self.assertIn("größe", self.ok("upgrade", "b:c", "--sql").out)
        self.assertIn("DROP TABLE t_b", self.ok("downgrade", "b:a", "--sql").out)

    def test_a_range_continues_the_log_of_whatever_database_it_runs_on(self):
        self.ok("upgrade", "b")
        self.db.run_script(self.ok("upgrade", "b:head", "--sql").out)
        self.ok("check")

    def test_a_range_may_name_a_server_that_is_not_there(self):
        url = "sqlite:/nowhere/x.db" if self.sqlite else "postgresql://nowhere.invalid/x"
        self.assertIn("CREATE TABLE t_a", self.ok("upgrade", "base:head", "--sql", "--url", url).out)

    def test_nothing_pending_prints_nothing_to_run(self):
        self.ok("upgrade")
        script = self.ok("upgrade", "--sql").out
        self.assertNotIn("INSERT", script.upper())
        self.db.run_script(script)
        self.ok("check")

    def test_a_merge(self):
        self.project.revision("b2", "CREATE TABLE t_b2 (a integer);", "DROP TABLE t_b2;", ["a"])
        self.ok("merge", "--id", "d")
        self.same_by_hand("upgrade")
        self.assertEqual(self.current(), ["d"])
        self.same_by_hand("downgrade", "a")
        self.assertEqual(self.current(), ["a"])

    def test_a_failing_script_leaves_the_revisions_before_it(self):
        self.project.revision("d", "CREATE TABLE t_d (a integer);\nSELECT * FROM nowhere;")
        self.assertRaises(AssertionError, self.db.run_script, self.ok("upgrade", "--sql").out)
        self.assertEqual(self.current(), ["c"])
        self.assertNotIn("t_d", self.tables())


@on_each_engine
class Planned(Case):
    def test_a_dry_run_changes_nothing(self):
        self.project.tables("a", "b")
        before = self.db.everything()
        out = self.ok("upgrade", "--dry-run").out
        self.assertRegex(out, r"(?s)run +a .*6  CREATE TABLE t_a.*run +b .*2 revisions would run")
        self.assertEqual(self.db.everything(), before)
        self.ok("upgrade", "a")
        before = self.db.everything()
        document = self.ok("upgrade", "-n", "--json").json()
        self.assertEqual([r["id"] for r in document["plan"]], ["b"])
        statement = document["plan"][0]["steps"][0]["statements"][0]
        self.assertEqual((statement["line"], statement["sql"]), (6, "CREATE TABLE t_b (a integer)"))
        self.assertIn("undo a", self.ok("downgrade", "base", "--dry-run").out)
        self.assertEqual(self.db.everything(), before)

    def test_a_dry_run_finds_what_a_run_would_refuse(self):
        self.project.tables("a")
        self.project.revision("b", "SELECT 'unterminated;")
        self.refused(2, "upgrade", "--dry-run", file="b_x.sql", line=6)


@on_each_engine
class Failing(Case):
    def test_earlier_revisions_stay_and_the_failed_one_is_gone(self):
        self.project.tables("a")
        self.project.revision("b", "CREATE TABLE t_b (a integer);\n\nINSERT INTO t_b\n"
                                   "  VALUES (1);\nINSERT INTO t_a\n  SELECT no_column FROM t_b;\n")
        self.project.tables("c")
        result = self.fails(1, "upgrade")
        self.assertEqual(self.tables(), ["t_a"])
        self.assertEqual(self.current(), ["a"])
        self.assertRegex(result.err, r"at \S*migrations/b_x\.sql:11, revision b\n")
        self.assertIn("  statement: INSERT INTO t_a SELECT no_column FROM t_b\n", result.err)
        self.assertIn("1 revision was applied before the failure", result.err)
        self.assertRegex(result.out, r"✗ b ")
        self.assertEqual(self.log(), [("upgrade", "a"), ("failed", "b")])
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.engine.journal}"), "0")

    def test_after_the_file_is_mended_the_same_command_goes_on(self):
        self.project.tables("a")
        path = self.project.revision("b", "CREATE TABLE t_b (a integer, a integer);")
        self.project.tables("c")
        self.fails(1, "upgrade")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.project.write("migrations/b_x.sql", text.replace("a integer, a", "a integer, b"))
        self.assertEqual(self.ok("upgrade", "--json").json()["applied"], ["b", "c"])
        self.ok("check")

    def test_a_failed_downgrade_leaves_everything_in_place(self):
        self.project.tables("a", "b")
        self.project.revision("c", "CREATE TABLE t_c (a integer);", "DROP TABLE t_c;\nDROP TABLE nix;")
        self.ok("upgrade")
        result = self.fails(1, "downgrade", "base")
        self.assertIn("c_x.sql:10", result.err)
        self.assertEqual(self.current(), ["c"])
        self.assertEqual(self.tables(), ["t_a", "t_b", "t_c"])
        self.assertEqual(self.log()[-1], ("failed", "c"))

    def test_json_has_the_same_facts(self):
        self.project.revision("a", "SELECT * FROM nowhere;")
        result = self.fails(1, "upgrade", "--json")
        error = result.json()["error"]
        self.assertEqual((error["code"], error["exit"], error["line"], error["revision"]),
                         ("FAILED", 1, 6, "a"))
        self.assertIn("nowhere", error["message"])
        self.assertTrue(error["file"].endswith("migrations/a_x.sql"))
        if not self.sqlite:
            self.assertEqual(error["sqlstate"], "42P01")

    def test_the_very_first_failure_is_logged_too(self):
        self.project.revision("a", "SELECT * FROM nowhere;")
        self.fails(1, "upgrade")
        self.assertEqual(self.log(), [("failed", "a")])
        self.assertEqual(self.rung("check").code, 3)

    def test_everything_is_read_before_anything_runs(self):
        self.project.tables("a")
        self.project.revision("b", "SELECT 1; /* not closed")
        self.refused(2, "upgrade", file="b_x.sql", line=6)

    def test_transaction_control_is_refused(self):
        for word in ("BEGIN", "COMMIT", "ROLLBACK", "END", "SAVEPOINT x"):
            with self.subTest(word=word):
                self.project.revision("a", own(self.engine, f"SELECT 1;\n{word};\n"), parents=[])
                self.refused(2, "upgrade", file="a_x.sql", line=7)


@on_each_engine
class Statements(Case):
    def test_names_of_any_kind(self):
        self.project.revision(
            "a", "\n".join(f"CREATE TABLE {quoted(n)} ({quoted(n)} integer);\n"
                           f"INSERT INTO {quoted(n)} VALUES (1);" for n in NAMES),
            "\n".join(f"DROP TABLE {quoted(n)};" for n in NAMES))
        self.ok("upgrade")
        self.assertEqual(sorted(self.tables()), sorted(NAMES))
        self.assertEqual(self.value(f"SELECT count(*) FROM {quoted(NAMES[4])}"), "1")
        script = self.ok("downgrade", "base", "--sql").out
        self.db.run_script(script)
        self.assertEqual(self.tables(), [])

    def test_semicolons_and_comment_signs_in_strings(self):
        self.project.revision("a", "CREATE TABLE t (a text);\n"
                                   "INSERT INTO t VALUES ('one; two'); INSERT INTO t VALUES ('it''s; -- no');\n"
                                   "-- a comment; with one\nINSERT INTO t VALUES ('/* ;'); /* ; */\n"
                                   "INSERT INTO t /* in ; between */ VALUES ('*/');;\n")
        self.ok("upgrade")
        self.assertEqual(sorted(self.db.query("SELECT a FROM t")),
                         [("*/",), ("/* ;",), ("it's; -- no",), ("one; two",)])

    def test_the_last_semicolon_may_be_missing(self):
        self.project.revision("a", "CREATE TABLE t (a integer)", "DROP TABLE t")
        self.ok("upgrade")
        self.ok("downgrade", "base")

    def test_comments_alone_around_statements(self):
        self.project.revision("a", "-- first\n/* second */ CREATE TABLE t (a integer); -- third\n-- end")
        self.ok("upgrade")
        self.assertEqual(self.tables(), ["t"])

    def test_a_query_with_many_rows_does_not_matter(self):
        self.project.revision("a", "CREATE TABLE t (a integer);\nWITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                                   " SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n;")
        self.ok("upgrade")

    def test_many_statements_in_one_revision(self):
        rows = "".join(f"INSERT INTO t VALUES ({i});\n" for i in range(3000))
        self.project.revision("a", "CREATE TABLE t (a integer);\n" + rows, "DROP TABLE t;")
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT sum(a) FROM t"), str(sum(range(3000))))
        self.assertIn("3001 statements", self.ok("history", "--log").out)

    def test_many_revisions_in_one_run(self):
        ids = [f"r{i:03}" for i in range(120)]
        self.project.tables(*ids)
        self.assertEqual(self.ok("upgrade", "--json").json()["applied"], ids)
        self.ok("check")
        self.assertEqual(len(self.tables()), 120)
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])

    def test_the_failing_one_of_many_is_named(self):
        ids = [f"r{i:03}" for i in range(60)]
        self.project.tables(*ids)
        text = self.project.read("migrations/r040_x.sql")
        self.project.write("migrations/r040_x.sql", text.replace("t_r040 (a integer)", "t_r000 (b integer)"))
        result = self.fails(1, "upgrade")
        self.assertIn("r040_x.sql:6, revision r040", result.err)
        self.assertEqual(self.current(), ["r039"])
        self.assertEqual(self.tables(), [f"t_{i}" for i in ids[:40]])
        self.assertIn("40 revisions were applied", result.err)

    def test_a_notice_of_the_script_is_shown(self):
        self.project.revision("a", "-- rung:notice nothing to do here\n")
        result = self.ok("upgrade")
        self.assertIn("nothing to do here", result.err + result.out)

    def test_statements_with_crlf_and_a_byte_order_mark(self):
        self.project.tables("a")
        text = self.project.read("migrations/a_x.sql")
        self.project.write("migrations/a_x.sql", "\ufeff" + text.replace("\n", "\r\n"))
        self.ok("upgrade")
        self.project.write("migrations/a_x.sql", text)
        self.ok("check")
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])


@on_each_engine
class Backfill(Case):
    """-- rung:backfill: one statement in batches, each its own transaction."""

    def rows(self, count):
        self.project.revision("a", "CREATE TABLE items (id integer PRIMARY KEY, name text, size integer);",
                              "DROP TABLE items;")
        self.ok("upgrade")
        self.db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                        f" i < {count}) INSERT INTO items SELECT i, 'n', NULL FROM n")
        self.project.revision("b", "CREATE TABLE before (a integer);\n"
                              "-- rung:backfill table=items key=id batch=1000\n"
                              "UPDATE items SET size = 2 WHERE size IS NULL;\n"
                              "CREATE TABLE after (a integer);")

    def test_every_row_is_done_and_counted(self):
        self.rows(4500)
        result = self.ok("upgrade")
        self.assertIn("items: 4,500 of 4,500 rows in ", result.out)
        self.assertEqual(self.value("SELECT count(*) FROM items WHERE size = 2"), "4500")
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.engine.journal}"), "0")
        self.ok("check")

    def test_after_a_failure_it_goes_on_where_it_was(self):
        self.rows(4500)
        if self.sqlite:
            self.db.execute("CREATE TRIGGER bad BEFORE UPDATE ON items WHEN NEW.id = 2500"
                            " BEGIN SELECT RAISE(ABORT, 'bad row'); END")
        else:
            self.db.execute("ALTER TABLE items ADD CONSTRAINT bad CHECK (id <> 2500 OR size IS NULL)")
        result = self.fails(1, "upgrade")
        self.assertIn("b_x.sql:8", result.err)
        self.assertEqual(self.value("SELECT count(*) FROM items WHERE size = 2"), "2000")
        self.assertRegex(self.ok("status").out, r"half-done +upgrade of b: .*\n.*step 2 of 3 started, 2000 rows, up to key 2000")
        self.assertNotIn("after", self.tables())
        self.db.execute("DROP TRIGGER bad" if self.sqlite else "ALTER TABLE items DROP CONSTRAINT bad")
        self.assertIn("resuming", self.ok("upgrade").err)
        self.assertEqual(self.value("SELECT count(*) FROM items WHERE size = 2"), "4500")
        self.ok("check")

    def test_an_empty_table_is_done_at_once(self):
        self.rows(1)
        self.db.execute("DELETE FROM items")
        self.ok("upgrade")
        self.ok("check")


@on_each_engine
class Interrupted(Case):
    def test_what_is_under_way_is_rolled_back(self):
        slow = ("CREATE TABLE s AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                " WHERE i < 1000000000) SELECT max(i) FROM n;" if self.sqlite else "SELECT pg_sleep(60);")
        self.project.tables("a")
        self.ok("upgrade")
        self.project.revision("b", own(self.engine, "CREATE TABLE t_b (a integer);\n" + slow))
        run = self.project.start("upgrade")
        if self.sqlite:
            wait_until(lambda: os.path.exists(self.db.path + "-journal") or run.process.poll() is not None)
            time.sleep(0.3)
        else:
            wait_until(lambda: self.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event ="
                                          f" 'PgSleep' AND datname = '{self.db.database}'") == "1")
        run.process.send_signal(signal.SIGINT)
        result = run.end()
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("interrupted: what was under way was rolled back", result.err)
        self.assertEqual(self.tables(), ["t_a"])
        self.assertEqual(self.log(), [("upgrade", "a"), ("failed", "b")])
        self.assertEqual(self.current(), ["a"])


class OnPostgresql(Case):
    engine = Postgresql

    def test_dollar_quotes_and_functions(self):
        body = "\n    SELECT 1;\n    SELECT CASE WHEN true THEN 2 ELSE 3 END;\n"
        atomic = int(self.value("SHOW server_version_num")) >= 140000
        body = f"BEGIN ATOMIC{body}END" if atomic else f"AS $q${body}$q$"
        self.project.revision("a", own(Postgresql, """
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
    -- a comment; $x$ not a quote $x$
    RETURN $$it's; "all" one$$;
END;
$body$;
CREATE FUNCTION g() RETURNS integer LANGUAGE sql $body_of_g$;
DO $$ BEGIN EXECUTE 'CREATE TABLE made (a integer); CREATE TABLE made_too (a integer)'; END $$;
SELECT E'\\'; still one', U&'\\0041;', $1$;$1$ FROM (SELECT 1) x;
""".replace("$1$", "$q$").replace("$body_of_g$", body)))
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT f() || g()"), "it's; \"all\" one2")
        self.assertEqual(self.tables(), ["made", "made_too"])

    def test_settings_of_a_revision_end_with_it(self):
        self.project.revision("a", own(Postgresql, """
CREATE SCHEMA other;
SET search_path TO other;
SET standard_conforming_strings = off;
SET ROLE pg_monitor;
RESET ROLE;
SET statement_timeout = 1000000;
CREATE TABLE in_other (a integer);
"""))
        self.project.revision("b", own(Postgresql, "CREATE TABLE seen AS SELECT"
                                       " current_setting('search_path') AS path,"
                                       " current_setting('statement_timeout') AS timeout,"
                                       " current_setting('lock_timeout') AS lock_timeout;"))
        self.ok("upgrade")
        self.assertEqual(self.tables(), ["seen"])
        self.assertEqual(self.db.query("SELECT * FROM seen"), [('"$user", public', "0", "2s")])
        self.assertEqual(self.value("SELECT count(*) FROM other.in_other"), "0")

    def test_a_role_of_a_revision_ends_with_it(self):
        self.db.execute(f"CREATE ROLE {self.db.database}_r; GRANT ALL ON SCHEMA public TO"
                        f" {self.db.database}_r")
        self.addCleanup(psql, server_url("postgres"), f"DROP ROLE {self.db.database}_r")
        self.addCleanup(self.db.drop)
        for id, setting in (("a", "SET ROLE"), ("b", "SET SESSION AUTHORIZATION")):
            self.project.revision(id, own(Postgresql, f"{setting} {self.db.database}_r;\n"
                                          f"CREATE TABLE t_{id} (a integer);"))
            self.project.revision(id + "2", own(Postgresql, f"CREATE TABLE t_{id}2 (a integer);"))
        self.ok("upgrade")
        owners = dict(self.db.query("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"))
        self.assertEqual(owners["t_a"], self.db.database + "_r")
        self.assertEqual(owners["t_b"], self.db.database + "_r")
        self.assertEqual({owners["t_a2"], owners["t_b2"]}, {"postgres"})

    def test_settings_hold_for_all_steps_and_for_the_rest_of_a_resumed_run(self):
        role = self.db.database + "_r"
        self.db.execute(f"CREATE ROLE {role}; CREATE SCHEMA other; GRANT ALL ON SCHEMA other TO {role}")
        self.addCleanup(psql, server_url("postgres"), f"DROP ROLE {role}")
        self.addCleanup(self.db.drop)
        self.project.revision("a", own(Postgresql, f"SET search_path TO other;\nSET ROLE {role};\n"
                                       "CREATE TABLE one (a integer);\n"
                                       "CREATE INDEX CONCURRENTLY one_a ON one (a);\n"
                                       "CREATE TABLE two (a integer);\n"
                                       "SELECT * FROM public.missing;"))
        self.fails(1, "upgrade")
        self.assertEqual(self.log(), [("failed", "a")])
        self.db.execute(f"CREATE TABLE public.missing (a integer); GRANT SELECT ON public.missing TO {role}")
        self.project.revision("b", own(Postgresql, "CREATE TABLE three (a integer);"))
        self.ok("upgrade")
        owners = self.db.query("SELECT schemaname, tablename, tableowner FROM pg_tables"
                               " WHERE schemaname IN ('other', 'public') ORDER BY 2")
        self.assertEqual(owners, [("public", "missing", "postgres"), ("other", "one", role),
                                  ("public", "three", "postgres"), ("other", "two", role)])
        self.ok("check")

    def test_a_notice_arrives_while_the_revision_still_runs(self):
        self.project.revision("a", own(Postgresql, "DO $$ BEGIN RAISE NOTICE 'halfway there'; END $$;\n"
                                       "DO $$ BEGIN RAISE WARNING 'careful'; END $$;\n"
                                       "SELECT pg_sleep(2);"))
        run = self.project.start("upgrade")
        self.assertTrue(run.wait_for("halfway there"), "the notice came too late")
        self.assertTrue(run.wait_for("warning: careful"), "the warning came too late")
        self.assertEqual(run.end().code, 0)

    def test_a_notice_inside_one_statement_arrives_at_once(self):
        self.project.revision("a", own(Postgresql, "DO $$ BEGIN RAISE NOTICE 'now'; PERFORM pg_sleep(2);"
                                       " END $$;"))
        run = self.project.start("upgrade")
        self.assertTrue(run.wait_for("now"), "the notice came too late")
        self.assertEqual(run.end().code, 0)

    def test_a_concurrent_index_is_a_step_of_its_own(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer, b integer);\n"
                                       "INSERT INTO t SELECT i, i FROM generate_series(1, 1000) i;\n"
                                       "CREATE INDEX CONCURRENTLY t_a ON t (a);\n"
                                       "CREATE TABLE after (a integer);",
                                       "DROP TABLE after;\nDROP INDEX CONCURRENTLY t_a;\nDROP TABLE t;"))
        result = self.ok("upgrade")
        self.assertRegex(result.out, r"2/3  CREATE INDEX.* t_a \(outside a transaction\)")
        self.assertEqual(self.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass"), "t")
        self.assertEqual(self.value("SELECT count(*) FROM rung.journal"), "0")
        self.ok("check")
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])
        self.assertEqual([e for e, _ in self.log()], ["upgrade", "downgrade"])

    def test_commit_begins_another_transaction(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\n"
                                       "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
                                       "-- rung:commit\n"
                                       "ALTER TABLE t VALIDATE CONSTRAINT c;\n"
                                       "CREATE TABLE first AS SELECT xmin::text AS x FROM pg_class WHERE relname = 't';\n"
                                       "CREATE TABLE second AS SELECT pg_current_xact_id()::text AS x;",
                                       "DROP TABLE second;\n-- rung:commit\nDROP TABLE first;\nDROP TABLE t;"))
        self.assertIn("1/2", self.ok("upgrade").out)
        self.assertEqual(self.value("SELECT count(*) FROM first JOIN second USING (x)"), "0")
        self.assertEqual(self.value("SELECT convalidated FROM pg_constraint WHERE conname = 'c'"), "t")
        self.ok("check")
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])

    def test_a_unique_concurrent_index_that_fails_leaves_no_invalid_one(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\nINSERT INTO t VALUES (1), (1);"))
        self.project.revision("b", own(Postgresql, "CREATE TABLE before (a integer);\n"
                                       "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);"))
        result = self.fails(1, "upgrade")
        self.assertIn("b_x.sql:7", result.err)
        self.assertEqual(self.db.query("SELECT relname FROM pg_class WHERE relname = 't_a'"), [])
        self.assertEqual(self.rung("check").code, 3)
        self.assertIn("half-done", self.rung("check").out)
        self.assertRegex(self.ok("status").out, r"half-done +upgrade of b: step 1 of 2 done")
        self.assertIn("warning: revision b is half-done", self.ok("current").err)
        self.db.execute("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t)")
        result = self.ok("upgrade")
        self.assertIn("resuming revision b", result.err)
        self.ok("check")

    def test_a_new_enum_value_can_be_used_in_the_same_file(self):
        self.project.revision("a", own(Postgresql, "CREATE TYPE mood AS ENUM ('sad', 'ok');\n"
                                       "CREATE TABLE t (m mood);"))
        self.project.revision("b", own(Postgresql, "ALTER TYPE mood ADD VALUE 'happy';\n"
                                       "INSERT INTO t VALUES ('happy');"))
        self.project.revision("c", own(Postgresql, "ALTER TYPE mood ADD VALUE 'unused';\n"
                                       "INSERT INTO t VALUES ('sad');"))
        self.ok("upgrade")
        self.assertEqual(self.db.query("SELECT m FROM t ORDER BY m"), [("sad",), ("happy",)])
        self.ok("check")

    def test_statements_that_refuse_a_transaction(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer PRIMARY KEY);"))
        self.project.revision("b", own(Postgresql, "INSERT INTO t VALUES (1);\nVACUUM t;\n"
                                       "INSERT INTO t VALUES (2);\nREINDEX TABLE CONCURRENTLY t;\n"
                                       "INSERT INTO t VALUES (3);\nREINDEX INDEX CONCURRENTLY t_pkey;\n"
                                       "VACUUM (ANALYZE) t;"))
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM t"), "3")
        self.ok("check")
        plan = self.project.rung("upgrade", "a:b", "--sql").out
        self.assertEqual(plan.count("COMMIT;"), 4)

    def test_a_failure_behind_a_committed_step_says_half_done_and_resumes(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\nVACUUM t;\n"
                                       "INSERT INTO t VALUES (1);\nINSERT INTO missing VALUES (1);"))
        self.fails(1, "upgrade")
        self.assertEqual(self.rung("check").code, 3)
        self.assertEqual(self.value("SELECT count(*) FROM t"), "0")
        self.refused(1, "stamp", "a")
        self.db.execute("CREATE TABLE missing (a integer)")
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM t"), "1")
        self.ok("check")

    def test_the_text_of_a_step_that_ran_must_not_change(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\nVACUUM t;\nSELECT * FROM nix;"))
        self.fails(1, "upgrade")
        text = self.project.read("migrations/a_x.sql")
        self.project.write("migrations/a_x.sql", text.replace("a integer", "b integer"))
        self.refused(1, "upgrade", file="a_x.sql", line=6)
        self.project.write("migrations/a_x.sql", text.replace("SELECT * FROM nix", "SELECT 1"))
        self.ok("upgrade")
        self.ok("check")

    def test_prepared_statements_end_with_the_revision(self):
        for id in ("a", "b"):
            self.project.revision(id, own(Postgresql, "PREPARE q AS SELECT 1;\nEXECUTE q;"))
        self.project.revision("c", own(Postgresql, "DEALLOCATE ALL;\nCREATE TABLE t_c (a integer);"))
        self.project.tables("d")
        self.ok("upgrade")
        self.assertEqual(self.tables(), ["t_c", "t_d"])

    def test_discard_all_would_give_up_the_lock(self):
        self.project.revision("a", own(Postgresql, "SELECT 1;\nDISCARD ALL;"))
        self.refused(2, "upgrade", file="a_x.sql", line=7)

    def test_a_constraint_that_fails_at_the_commit(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE p (id integer PRIMARY KEY);\nCREATE TABLE c"
                                       " (p integer REFERENCES p DEFERRABLE INITIALLY DEFERRED);"))
        self.project.revision("b", own(Postgresql, "INSERT INTO c VALUES (7);"))
        result = self.fails(1, "upgrade")
        self.assertIn("23503", result.err)
        self.assertRegex(result.err, r"at \S*b_x\.sql, revision b\n")
        self.assertEqual(self.current(), ["a"])

    def test_a_commit_inside_a_block_is_refused_by_the_server(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\nDO $$ BEGIN COMMIT; END $$;"))
        self.assertIn("a_x.sql:7", self.fails(1, "upgrade").err)
        self.assertEqual(self.tables(), [])

    def test_an_error_has_what_the_server_says_about_it(self):
        self.project.revision("a", own(Postgresql, "DO $$ BEGIN RAISE EXCEPTION 'oh no' USING"
                                       " HINT = 'do that', DETAIL = 'because'; END $$;"))
        error = self.fails(1, "upgrade").err
        for words in ("error: oh no (P0001)\n", "  detail: because\n", "  hint: do that\n"):
            self.assertIn(words, error)

    def test_a_lost_connection_is_told_and_nothing_is_half_done(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\n"
                                       "SELECT pg_terminate_backend(pg_backend_pid());"))
        error = self.fails(1, "upgrade").err
        self.assertIn("was not committed", error)
        self.assertEqual(self.tables(), [])

    def test_copy_from_the_client_is_refused(self):
        self.project.revision("a", own(Postgresql, "CREATE TABLE t (a integer);\nCOPY t FROM STDIN;\n1\n\\.\n"))
        self.refused(2, "upgrade", file="a_x.sql", line=7)

    def test_the_lock_timeout_names_the_blocker_and_tries_again(self):
        self.project.config("    lock_timeout: 700ms\n    retries: 1\n")
        self.project.revision("a", own(Postgresql, "ALTER TABLE busy ADD COLUMN b integer;"))
        self.db.execute("CREATE TABLE busy (a integer)")
        self.hold("LOCK TABLE busy IN ACCESS SHARE MODE; SELECT pg_sleep(30)")
        result = self.fails(1, "upgrade")
        self.assertIn("55P03", result.err)
        self.assertRegex(result.err, r"waiting for a lock held by pid \d+ \(user postgres.*LOCK TABLE busy")
        self.assertRegex(result.err, r"retry: .*lock timeout, held by pid .*; attempt 2 of 2")
        self.assertEqual(self.current(), [])
        self.db.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE"
                      " 'LOCK TABLE busy%' AND datname = current_database()")
        self.ok("upgrade")

    def hold(self, sql):
        """A session that is in the way until it is ended."""
        process = subprocess.Popen([program("psql"), "-X", "-q", "-d", self.db.url, "-c", sql],
                                   env=clean_environment("/"), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_until(lambda: self.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event ="
                                      f" 'PgSleep' AND datname = '{self.db.database}'") == "1")


class OnSqlite(Case):
    engine = Sqlite

    def setUp(self):
        super().setUp()
        self.project.revision("a", own(Sqlite, """
CREATE TABLE parents (id integer PRIMARY KEY, name text);
CREATE TABLE children (id integer PRIMARY KEY,
    parent_id integer NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children VALUES (1, 1), (2, 1), (3, 2);
CREATE INDEX children_by_parent ON children (parent_id);
"""))

    def rebuild(self, condition=""):
        return own(Sqlite, f"""
CREATE TABLE parents_new (id integer PRIMARY KEY, name text NOT NULL DEFAULT '');
INSERT INTO parents_new SELECT id, name FROM parents {condition};
DROP TABLE parents;
ALTER TABLE parents_new RENAME TO parents;
""")

    def test_a_table_rebuild_keeps_the_children(self):
        self.project.revision("b", self.rebuild())
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM children"), "3")
        self.assertEqual(self.db.query("PRAGMA foreign_key_check"), [])
        self.assertIn("REFERENCES parents", self.value(
            "SELECT sql FROM sqlite_schema WHERE name = 'children'"))
        self.ok("check")

    def test_a_rebuild_that_loses_parents_is_rolled_back(self):
        self.ok("upgrade")
        self.project.revision("b", self.rebuild("WHERE id <> 1"))
        schema = self.db.schema()
        result = self.fails(1, "upgrade")
        self.assertIn("leaves 2 rows", result.err)
        self.assertIn('"children"', result.err)
        self.assertIn("b_x.sql", result.err)
        self.assertEqual(self.value("SELECT count(*) FROM parents"), "2")
        self.assertEqual(self.db.schema(), schema)
        self.assertEqual(self.log()[-1], ("failed", "b"))

    def test_rows_that_led_nowhere_before_are_no_fault_of_the_revision(self):
        self.ok("upgrade")
        self.db.execute("INSERT INTO children VALUES (9, 99)")
        self.project.revision("b", self.rebuild())
        result = self.ok("upgrade")
        self.assertIn("warning: 1 rows had a foreign key that leads nowhere", result.err)

    def test_foreign_keys_are_enforced_otherwise(self):
        self.project.revision("b", own(Sqlite, "INSERT INTO children VALUES (9, 99);"))
        self.assertIn("FOREIGN KEY", self.fails(1, "upgrade").err)
        self.project.revision("b", own(Sqlite, "DELETE FROM parents WHERE id = 1;"), parents=["a"])
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM children"), "1")

    def test_pragma_foreign_keys_of_the_script_is_kept(self):
        self.project.revision("b", own(Sqlite, "PRAGMA foreign_keys = OFF;\n"
                                       "DELETE FROM parents WHERE id = 1;\n"
                                       "INSERT INTO parents VALUES (1, 'again');\n"
                                       "PRAGMA foreign_keys = ON;"))
        self.project.revision("c", own(Sqlite, "DELETE FROM parents WHERE id = 2;"))
        self.ok("upgrade")
        self.assertEqual(self.db.query("SELECT id FROM children ORDER BY id"), [("1",), ("2",)])
        self.ok("check")

    def test_a_printed_rebuild_keeps_the_children_too(self):
        self.project.revision("b", self.rebuild())
        self.db.run_script(self.ok("upgrade", "--sql").out)
        self.assertEqual(self.value("SELECT count(*) FROM children"), "3")
        self.ok("check")

    def test_triggers_and_views_are_one_statement(self):
        self.project.revision("b", own(Sqlite, """
CREATE TRIGGER t AFTER INSERT ON parents BEGIN
    UPDATE parents SET name = CASE WHEN name = ';' THEN 'x' ELSE name || ';' END WHERE id = NEW.id;
    INSERT INTO children SELECT 100 + NEW.id, NEW.id;
END;
CREATE VIEW v AS SELECT name AS "a;b" FROM parents;
INSERT INTO parents VALUES (7, 'seven');
""", "DROP VIEW v; DROP TRIGGER t;"))
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT \"a;b\" FROM v WHERE \"a;b\" LIKE 's%'"), "seven;")
        self.assertEqual(self.value("SELECT parent_id FROM children WHERE id = 107"), "7")
        self.ok("downgrade", "a")

    def test_vacuum_and_journal_mode_are_steps_of_their_own(self):
        self.project.revision("b", own(Sqlite, "CREATE TABLE one (a integer);\nPRAGMA journal_mode = WAL;\n"
                                       "CREATE TABLE two (a integer);\nVACUUM;\n"
                                       "INSERT INTO two VALUES (1);"))
        result = self.ok("upgrade")
        self.assertIn("VACUUM", result.out)
        self.assertEqual(self.value("PRAGMA journal_mode"), "wal")
        self.assertEqual(self.value("SELECT count(*) FROM two"), "1")
        self.assertEqual(self.value("SELECT count(*) FROM rung_journal"), "0")
        self.assertEqual(self.value("SELECT count(*) FROM rung_lock"), "0")
        self.ok("check")

    def test_pragmas_inside_the_transaction_stay_there(self):
        self.project.revision("b", own(Sqlite, "PRAGMA user_version = 7;\nPRAGMA application_id = 9;\n"
                                       "SELECT * FROM nowhere;"))
        self.fails(1, "upgrade")
        self.assertEqual(self.value("PRAGMA user_version"), "0")

    def test_a_failure_behind_a_committed_step_resumes(self):
        self.project.revision("b", own(Sqlite, "CREATE TABLE one (a integer);\nVACUUM;\n"
                                       "INSERT INTO one VALUES (1);\nINSERT INTO missing VALUES (1);"))
        self.fails(1, "upgrade")
        self.assertEqual(self.rung("check").code, 3)
        self.assertIn("half-done", self.ok("status").out)
        self.assertEqual(self.value("SELECT count(*) FROM one"), "0")
        self.db.execute("CREATE TABLE missing (a integer)")
        self.assertIn("resuming", self.ok("upgrade").err)
        self.assertEqual(self.value("SELECT count(*) FROM one"), "1")
        self.ok("check")

    def test_savepoints_of_a_script_are_refused(self):
        self.project.revision("b", own(Sqlite, "RELEASE rung;"))
        self.refused(2, "upgrade", file="b_x.sql", line=6)

    def test_virtual_tables(self):
        self.project.revision("b", own(Sqlite, "CREATE VIRTUAL TABLE words USING fts5 (word);\n"
                                       "INSERT INTO words VALUES ('x');", "DROP TABLE words;"))
        self.project.revision("c", own(Sqlite, "INSERT INTO words VALUES ('y');", "SELECT 1;"))
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM words"), "2")
        self.ok("downgrade", "a")
        self.assertEqual(self.current(), ["a"])

    def test_a_column_that_is_not_there_is_no_string(self):
        self.project.revision("b", own(Sqlite, 'UPDATE parents SET name = "no_such_column";'))
        self.assertIn("no such column", self.fails(1, "upgrade").err)

    def test_a_statement_that_ends_the_transaction_is_not_hidden(self):
        self.project.revision("b", own(Sqlite, "INSERT INTO parents VALUES (8, 'x');\n"
                                       "INSERT OR ROLLBACK INTO parents VALUES (8, 'y');"))
        self.ok("upgrade", "a")
        self.assertIn("b_x.sql:7", self.fails(1, "upgrade").err)
        self.assertEqual(self.value("SELECT count(*) FROM parents"), "2")
        self.assertEqual(self.log()[-1], ("failed", "b"))

    def test_rows_of_an_attached_database_can_be_copied(self):
        other = os.path.join(self.folder, "other.db")
        connection = sqlite3.connect(other)
        connection.executescript("CREATE TABLE names (name text); INSERT INTO names VALUES ('x')")
        connection.close()
        self.project.revision("b", own(Sqlite, f"ATTACH '{other}' AS other;\n"
                                       "INSERT INTO parents SELECT 3, name FROM other.names;\n"
                                       "DETACH other;"))
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT name FROM parents WHERE id = 3"), "x")
        self.ok("check")

    def test_memory_databases_are_gone_at_the_end(self):
        self.ok("upgrade", "--url", "sqlite::memory:")
        self.assertFalse(os.path.exists(self.db.path))


if __name__ == "__main__":
    main()
