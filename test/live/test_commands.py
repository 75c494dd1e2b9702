"""What each command promises, on both engines."""
import os
import re
import unittest

from harness import Case, Postgresql, Project, Sqlite, main, on_each_engine


@on_each_engine
class Init(Case):
    def setUp(self):
        super().setUp()
        self.project = Project(os.path.join(self.folder, "fresh"), self.db.url)
        os.makedirs(self.project.folder)

    def test_writes_a_configuration_and_a_folder(self):
        result = self.ok("init", "--url", self.db.url)
        self.assertEqual(result.out, "wrote rung.yaml\n")
        self.assertTrue(os.path.isdir(self.project.path("migrations")))
        self.assertIn(self.db.url, self.project.read("rung.yaml"))
        self.assertEqual(self.tables(), [])
        self.ok("status")

    def test_without_a_url_the_default_is_a_sqlite_file(self):
        self.ok("init")
        self.ok("check")
        self.assertIn("sqlite:dev.db", self.project.read("rung.yaml"))

    def test_keeps_a_configuration_that_is_there(self):
        self.project.write("rung.yaml", "migrations: elsewhere\n")
        self.refused(2, "init", "--url", self.db.url)
        self.assertEqual(self.project.read("rung.yaml"), "migrations: elsewhere\n")

    def test_any_url_survives_the_file(self):
        for name in ('a "b" \\ $c ${D}.db', "a'b#c: d.db"):
            url = "sqlite:" + os.path.join(self.folder, name)
            self.ok("init", "--url", url)
            self.assertIn(name, self.ok("status", "--json").json()["url"])
            os.remove(self.project.path("rung.yaml"))
        self.refused(2, "init", "--url", "mysql://h/d")
        self.assertFalse(os.path.exists(self.project.path("rung.yaml")))

    def test_keeps_revisions_that_are_there(self):
        self.project.tables("a")
        self.ok("init", "--url", self.db.url)
        self.ok("upgrade")
        self.assertEqual(self.tables(), ["t_a"])

    def test_a_baseline_stamps_and_changes_nothing_else(self):
        self.db.execute("CREATE TABLE old (a integer); INSERT INTO old VALUES (1);")
        before = self.db.schema()
        result = self.ok("init", "--from-database", "--url", self.db.url)
        self.assertRegex(result.out, r"wrote rung.yaml\nwrote schema.sql\n"
                                     r"wrote migrations/\S+_baseline.sql\nstamped \S+ as applied\n")
        self.assertEqual(self.db.schema(), before)
        self.assertEqual(self.value("SELECT count(*) FROM old"), "1")
        self.ok("check", "--url", self.db.url)
        self.assertEqual([event for event, revision in self.log() if revision], ["stamp"])
        self.ok("revision", "-m", "nothing", "--autogenerate")
        self.ok("downgrade", "base")
        self.assertEqual(self.db.schema(), before)
        self.db.execute("DROP TABLE old;")
        self.ok("upgrade")
        self.assertEqual(self.db.schema(), before)

    def test_a_baseline_is_the_first_revision_or_none(self):
        self.project.tables("a")
        self.refused(2, "init", "--from-database", "--url", self.db.url)

    def test_a_baseline_can_say_what_it_stands_for(self):
        self.ok("init", "--from-database", "--url", self.db.url, "-m", "as of release 7")
        self.assertIn("as of release 7", self.ok("history").out)

    def test_a_password_is_not_written_into_the_file(self):
        for url in ("postgresql://u:hunter2@h/d", "postgresql://h/d?password=hunter2",
                    "postgresql://h/d?user=u&%70assword=hunter2"):
            with self.subTest(url=url):
                self.ok("init", "--url", url)
                self.assertNotIn("hunter2", self.project.read("rung.yaml"))
                os.remove(self.project.path("rung.yaml"))


@on_each_engine
class Revision(Case):
    def new(self, *words):
        self.ok("revision", *words)
        return self.ok("heads", "--json").json()["revisions"]

    def test_prints_the_path_of_a_file_that_follows_the_head(self):
        first = self.ok("revision", "-m", "Add E-Mail, to users!").out
        self.assertRegex(first, r"^wrote migrations/\d{8}T\d{6}_add_e_mail_to_users\.sql\n$")
        head = self.new("-m", "second")[0]
        self.assertEqual(len(head["parents"]), 1)
        self.assertIn(head["parents"][0], first)
        self.assertEqual(head["message"], "second")

    def test_ids_of_one_second_differ(self):
        for i in range(5):
            self.ok("new", "-m", f"change {i}")
        ids = [r["id"] for r in self.ok("history", "--json").json()["revisions"]]
        self.assertEqual(ids, sorted(set(ids), reverse=True))
        self.assertEqual(len(ids), 5)

    def test_json_names_path_and_id(self):
        made = self.ok("revision", "-m", "x", "--json").json()
        self.assertTrue(os.path.exists(self.project.path(made["written"][0])))
        self.assertIn(made["revision"], made["written"][0])

    def test_messages_in_any_script_are_kept(self):
        for message in ("Größe ändern", "ユーザーを追加", "naïve – café", "''; DROP TABLE x; --", "!!!"):
            with self.subTest(message=message):
                head = self.new("-m", message)[0]
                self.assertEqual(head["message"], message)
                self.assertRegex(os.path.basename(head["path"]), r"^[0-9T]+(_[a-z0-9_]+)?\.sql$")
        self.assertEqual(self.ok("history").out.count("\n"), 5)

    def test_a_long_message_makes_a_short_name(self):
        head = self.new("-m", "long " * 60)[0]
        self.assertLess(len(os.path.basename(head["path"])), 80)

    def test_a_revision_needs_one_line_of_message(self):
        self.refused(2, "revision")
        self.refused(2, "revision", "-m", "")
        self.refused(2, "revision", "-m", "two\nlines")
        self.refused(2, "revision", "-m", b"\xff")
        self.assertEqual(os.listdir(self.project.path("migrations")), [])

    def test_takes_an_id_and_refuses_a_bad_or_used_one(self):
        self.assertEqual(self.new("-m", "x", "--id", "0001")[0]["id"], "0001")
        self.refused(2, "revision", "-m", "y", "--id", "0001", hint=False)
        for bad in ("a/b", "../x", "head", "a b", "x" * 200):
            self.refused(2, "revision", "-m", "y", "--id", bad)

    def test_parents_make_a_fork_and_a_merge(self):
        self.project.tables("a", "b")
        heads = self.new("-m", "other", "--id", "c", "--parents", "a")
        self.assertEqual([h["id"] for h in heads], ["b", "c"])
        self.refused(2, "revision", "-m", "which")
        heads = self.new("-m", "both", "--id", "d", "--parents", "b,c")
        self.assertEqual(heads[0]["parents"], ["b", "c"])
        heads = self.new("-m", "alone", "--id", "e", "--parents", "base")
        self.assertEqual(heads[1]["parents"], [])
        self.refused(2, "revision", "-m", "x", "--parents", "nothing")
        self.refused(2, "revision", "-m", "x", "--parents", "b,b", hint=False)

    def test_an_unwritten_revision_does_not_run(self):
        path = self.ok("revision", "-m", "todo", "--json").json()["written"][0]
        self.refused(2, "upgrade", file=path)
        self.assertEqual(self.current(), [])


@on_each_engine
class Upgrade(Case):
    def test_runs_everything_in_order_and_then_nothing(self):
        self.project.tables("a", "b", "c")
        result = self.ok("upgrade")
        self.assertRegex(result.out, r"(?s)✓ a .*✓ b .*✓ c .*3 revisions applied in .*: now at c \(head\)")
        self.assertEqual(self.tables(), ["t_a", "t_b", "t_c"])
        before = self.db.everything()
        self.assertEqual(self.ok("upgrade").out, "nothing to do: at c (head)\n")
        self.assertEqual(self.db.everything(), before)

    def test_goes_as_far_as_it_is_told(self):
        self.project.tables("a1", "b1", "c1", "d1", "e1")
        for target, expected in (("+1", "a1"), ("b1", "b1"), ("c", "c1"), ("a1+3", "d1"),
                                 ("heads", "e1")):
            self.ok("upgrade", target)
            self.assertEqual(self.current(), [expected], target)

    def test_a_revision_below_is_nothing_to_do(self):
        self.project.tables("a", "b")
        self.ok("upgrade")
        self.assertIn("nothing to do", self.ok("upgrade", "a").out)
        self.assertEqual(self.current(), ["b"])

    def test_too_many_steps_are_refused(self):
        self.project.tables("a", "b")
        self.refused(2, "upgrade", "+3")
        self.refused(2, "upgrade", "a+2")
        self.refused(2, "upgrade", "+99999999999999999999999")

    def test_unknown_and_ambiguous_revisions_are_named(self):
        self.project.tables("20250101", "20250102")
        self.assertIn("20250101", self.refused(2, "upgrade", "2025").err)
        self.assertIn("did you mean", self.refused(2, "upgrade", "20250109").err)

    def test_json_says_what_was_done(self):
        self.project.tables("a", "b")
        document = self.ok("upgrade", "--json").json()
        self.assertEqual(document["applied"], ["a", "b"])
        self.assertEqual(document["current"], ["b"])
        self.assertFalse(document["resumed"])
        self.assertGreater(document["elapsed_us"], 0)
        document = self.ok("downgrade", "base", "--json").json()
        self.assertEqual((document["undone"], document["current"]), (["b", "a"], []))

    def test_aliases_and_quiet(self):
        self.project.tables("a")
        self.assertEqual(self.ok("up", "-q").out, "")
        self.assertEqual(self.ok("down", "base", "--quiet").out, "")
        self.assertEqual(self.tables(), [])

    def test_an_empty_folder_is_nothing_to_do(self):
        self.assertIn("nothing to do: at base", self.ok("upgrade", "heads").out)

    def test_a_section_of_one_engine_serves_it_alone(self):
        own, other = (("sqlite", "postgresql") if self.sqlite else ("postgresql", "sqlite"))
        self.project.revision("a", f"-- rung:up {own}\nCREATE TABLE mine (a integer);\n"
                                   f"-- rung:up {other}\nnot even SQL;\n")
        self.ok("upgrade")
        self.assertEqual(self.tables(), ["mine"])
        self.project.revision("b", f"-- rung:up {other}\nSELECT 1;\n")
        self.assertIn(self.db.title, self.refused(2, "upgrade", file="b_x.sql").err)


@on_each_engine
class Downgrade(Case):
    def setUp(self):
        super().setUp()
        self.project.tables("a1", "b1", "c1", "d1", "e1")
        self.ok("upgrade", "-q")

    def test_goes_back_as_far_as_it_is_told(self):
        for target, expected in (("-1", ["d1"]), ("e1-2", ["c1"]), ("b", ["b1"]), ("-1", ["a1"]),
                                 ("base", [])):
            self.ok("downgrade", target)
            self.assertEqual(self.current(), expected, target)
        self.assertEqual(self.tables(), [])
        self.assertIn("nothing to do: at base", self.ok("downgrade", "base").out)

    def test_undoes_the_newest_first(self):
        out = self.ok("downgrade", "a1").out
        self.assertEqual(re.findall(r"✓ (\S+)", out), ["e1", "d1", "c1", "b1"])
        self.assertRegex(out, "4 revisions undone in .*: now at a1")

    def test_needs_a_target_that_is_applied(self):
        self.refused(2, "downgrade")
        self.refused(2, "downgrade", "-6")
        self.refused(2, "downgrade", "+1")
        self.refused(2, "downgrade", "nothing")
        self.ok("downgrade", "-1")
        self.refused(2, "downgrade", "e1")

    def test_a_revision_without_down_stays(self):
        self.project.revision("f1", "CREATE TABLE f (a integer);")
        self.ok("upgrade")
        self.refused(2, "downgrade", "base", file="f1_x.sql")
        self.assertEqual(self.current(), ["f1"])

    def test_up_and_down_and_up_is_up(self):
        before = self.db.schema()
        self.ok("downgrade", "base")
        self.ok("upgrade")
        self.assertEqual(self.db.schema(), before)


@on_each_engine
class Graph(Case):
    """a - b1 - c1 and a - b2"""

    def setUp(self):
        super().setUp()
        self.project.tables("a", "b1", "c1")
        self.project.revision("b2", "CREATE TABLE t_b2 (a integer);", "DROP TABLE t_b2;", ["a"])

    def test_head_is_refused_while_there_are_several(self):
        error = self.refused(2, "upgrade").err
        self.assertIn("c1", error)
        self.assertIn("b2", error)
        self.assertIn("rung merge", error)

    def test_heads_and_ids_reach_a_branch(self):
        self.ok("upgrade", "b2")
        self.assertEqual(self.tables(), ["t_a", "t_b2"])
        self.ok("upgrade", "heads")
        self.assertEqual(self.current(), ["b2", "c1"])
        self.assertEqual(self.tables(), ["t_a", "t_b1", "t_b2", "t_c1"])

    def test_after_a_merge_there_is_one_head(self):
        self.ok("merge", "-m", "join", "--id", "d")
        self.ok("upgrade")
        self.assertEqual(self.current(), ["d"])
        self.ok("check")
        self.assertRegex(self.ok("show", "d").out, r"parents +(b2 c1|c1 b2)")

    def test_a_merge_is_undone_into_its_parents(self):
        self.ok("merge", "--id", "d")
        self.ok("upgrade")
        self.ok("downgrade", "-1")
        self.assertEqual(self.current(), ["b2", "c1"])
        self.refused(2, "downgrade", "-1")
        self.ok("upgrade")
        self.ok("downgrade", "a")
        self.assertEqual(self.tables(), ["t_a"])
        self.ok("upgrade", "d")
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])

    def test_a_merge_may_hold_statements(self):
        self.project.revision("d", "CREATE TABLE joined (a integer);", "DROP TABLE joined;",
                              ["c1", "b2"])
        self.ok("upgrade")
        self.assertIn("joined", self.tables())
        self.ok("downgrade", "c1")
        self.assertNotIn("joined", self.tables())

    def test_one_head_is_nothing_to_merge(self):
        self.ok("merge")
        self.refused(2, "merge")
        self.refused(2, "merge", "a")

    def test_branches_shows_forks_and_merges(self):
        self.ok("merge", "--id", "d")
        ids = [r["id"] for r in self.ok("branches", "--json").json()["revisions"]]
        self.assertEqual(sorted(ids), ["a", "d"])
        text = self.ok("branches").out
        self.assertIn("fork", text)
        self.assertIn("merge", text)

    def test_a_branch_that_arrives_late_is_applied(self):
        self.ok("upgrade", "c1")
        self.ok("merge", "--id", "d")
        self.assertEqual(self.ok("upgrade", "--json").json()["applied"], ["b2", "d"])


@on_each_engine
class Looking(Case):
    def setUp(self):
        super().setUp()
        self.project.tables("a", "b")
        self.project.revision("c", "CREATE TABLE t_c (a integer);", "DROP TABLE t_c;",
                              message="größer als b")
        self.ok("upgrade", "b", "-q")

    def test_current_names_the_newest_applied_revision(self):
        self.assertRegex(self.ok("current").out, r"^b  revision b \(current\)\n$")
        self.ok("downgrade", "base")
        self.assertEqual(self.ok("current").out, "nothing is applied\n")
        self.assertEqual(self.ok("current", "--json").json(), {"revisions": []})

    def test_history_lists_the_newest_first(self):
        lines = self.ok("history").out.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["c", "b", "a"])
        self.assertIn("größer als b (head)", lines[0])
        self.assertIn("(base)", lines[2])
        self.assertEqual(self.ok("history", "--limit", "1").out.splitlines(), lines[:1])

    def test_json_has_stable_keys(self):
        keys = ["children", "hash", "head", "id", "message", "parents", "path"]
        for command in (["history"], ["heads"], ["current"]):
            first = self.ok(*command, "--json").json()["revisions"][0]
            self.assertTrue(set(keys) <= set(first), first)
        document = self.ok("status", "--json").json()
        self.assertEqual(list(document), ["target", "url", "server", "current", "applied", "files",
                                          "pending", "half_done", "edited", "unknown", "heads"])
        self.assertEqual([r["id"] for r in document["pending"]], ["c"])
        self.assertEqual((document["applied"], document["files"]), (2, 3))
        self.assertEqual(document["pending"][0]["message"], "größer als b")

    def test_status_says_where_and_what_is_pending(self):
        text = self.ok("status").out
        self.assertRegex(text, r"target +dev, ")
        self.assertIn(self.db.title, text)
        self.assertRegex(text, r"current +b ")
        self.assertIn("applied    2 of 3", text)
        self.assertRegex(text, r"pending +c ")

    def test_status_of_an_untouched_database_creates_nothing(self):
        other = self.engine(os.path.join(self.folder, "project"))
        self.addCleanup(other.drop)
        before = other.everything()
        for command in (["status"], ["current"], ["check"], ["history", "--log"], ["validate"],
                        ["upgrade", "--sql"], ["upgrade", "--dry-run"]):
            self.assertIn(self.rung(*command, "--url", other.url).code, (0, 3), command)
        self.assertEqual(other.everything(), before)

    def test_show_prints_the_file(self):
        out = self.ok("show", "c").out
        self.assertTrue(out.endswith(self.project.read("migrations/c_x.sql")))
        self.assertEqual(self.ok("show", "head").out, out)
        document = self.ok("show", "c", "--json").json()
        self.assertEqual(document["text"], self.project.read("migrations/c_x.sql"))
        self.refused(2, "show", "nothing")
        self.refused(2, "show")

    def test_the_log_tells_everything_that_happened(self):
        self.ok("upgrade")
        self.ok("downgrade", "b")
        self.ok("stamp", "head")
        self.assertEqual(self.log(), [("upgrade", "a"), ("upgrade", "b"), ("upgrade", "c"),
                                      ("downgrade", "c"), ("stamp", "c"), ("heads", None)])
        entry = self.ok("history", "--log", "--json").json()["log"][0]
        self.assertEqual(set(entry), {"id", "at", "actor", "event", "revision", "file_hash", "run",
                                      "duration_us", "statements", "tool", "detail", "hash"})
        self.assertRegex(entry["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertEqual(entry["statements"], 1)
        self.assertGreater(entry["duration_us"], 0)
        text = self.ok("history", "--log", "--limit", "2").out.splitlines()
        self.assertEqual(len(text), 2)
        self.assertIn("stamp", text[0])


@on_each_engine
class Check(Case):
    def setUp(self):
        super().setUp()
        self.project.tables("a", "b")

    def finds(self, *kinds):
        result = self.rung("check", "--json")
        self.assertEqual(result.code, 3, str(result))
        document = result.json()
        self.assertFalse(document["ok"])
        self.assertEqual([f["kind"] for f in document["findings"]], list(kinds))
        text = self.rung("check")
        self.assertEqual((text.code, text.err), (3, ""))
        return text.out

    def test_pending(self):
        self.finds("pending", "pending")
        self.ok("upgrade", "a")
        self.assertRegex(self.finds("pending"), r"^pending +b ")

    def test_all_applied(self):
        self.ok("upgrade")
        self.assertIn("ok", self.ok("check").out)
        self.assertEqual(self.ok("check", "-q").out, "")
        self.assertEqual(self.ok("check", "--json").json(), {"ok": True, "findings": []})

    def test_a_file_edited_after_it_ran(self):
        self.ok("upgrade")
        self.project.write("migrations/a_x.sql", self.project.read("migrations/a_x.sql")
                           .replace("CREATE TABLE t_a", "CREATE  TABLE t_a"))
        self.assertRegex(self.finds("edited"), r"edited +a .*migrations/a_x\.sql")
        self.assertRegex(self.ok("status").out, r"edited +a ")
        self.project.tables("c")
        self.refused(1, "upgrade", file="migrations/a_x.sql")
        self.ok("stamp", "b")
        self.ok("upgrade")
        self.ok("check")

    def test_line_ends_and_trailing_blanks_are_no_edit(self):
        self.ok("upgrade")
        text = self.project.read("migrations/a_x.sql").replace("\n", "  \r\n") + "\r\n\r\n"
        self.project.write("migrations/a_x.sql", "\ufeff" + text)
        self.ok("check")

    def test_a_revision_that_no_file_has(self):
        self.ok("upgrade")
        os.remove(self.project.path("migrations/b_x.sql"))
        self.assertIn("b", self.finds("unknown", "pending"))
        self.assertRegex(self.ok("status").out, r"unknown +b ")
        self.assertIn("warning: ", self.ok("current").err)
        self.refused(1, "upgrade")
        self.refused(1, "downgrade", "base")

    def test_several_heads(self):
        self.ok("upgrade")
        self.project.revision("c", "SELECT 1;", parents=["a"])
        self.ok("upgrade", "heads")
        self.finds("head", "head")

    def test_a_log_entry_that_was_changed_moved_or_removed(self):
        self.project.tables("c")
        self.ok("upgrade")
        log = self.engine.log
        for entry, sql in (
                (2, f"UPDATE {log} SET actor = 'nobody' WHERE id = 2"),
                (1, f"UPDATE {log} SET duration_us = duration_us + 1 WHERE id = 1"),
                (2, f"DELETE FROM {log} WHERE id = 2")):
            with self.subTest(sql=sql):
                self.assertRaises(Exception, self.db.execute, sql)
                self.ok("check")
        self.db.unlock_log()
        for entry, sql, undo in (
                (2, "actor = 'x' || actor", "actor = substr(actor, 2)"),
                (1, "duration_us = duration_us + 1", "duration_us = duration_us - 1"),
                (3, "detail = ''", "detail = NULL")):
            with self.subTest(sql=sql):
                self.db.execute(f"UPDATE {log} SET {sql} WHERE id = {entry}")
                self.assertRegex(self.finds("log"), rf"log +entry {entry} ")
                self.db.execute(f"UPDATE {log} SET {undo} WHERE id = {entry}")
                self.ok("check")
        self.db.execute(f"DELETE FROM {log} WHERE id = 2")
        self.assertRegex(self.finds("log"), r"log +entry 2 ")


@on_each_engine
class Stamp(Case):
    def setUp(self):
        super().setUp()
        self.project.tables("a", "b", "c")

    def test_marks_and_runs_nothing(self):
        for target, expected in (("b", ["b"]), ("head", ["c"]), ("a", ["a"]), ("base", []),
                                 ("heads", ["c"])):
            self.ok("stamp", target)
            self.assertEqual(self.current(), expected)
        self.assertEqual(self.tables(), [])
        self.ok("check")

    def test_upgrade_goes_on_from_the_mark(self):
        self.ok("stamp", "b")
        self.assertEqual(self.ok("upgrade", "--json").json()["applied"], ["c"])
        self.assertEqual(self.tables(), ["t_c"])

    def test_needs_a_revision_that_is_there(self):
        self.refused(2, "stamp")
        self.refused(2, "stamp", "nothing")

    def test_force_forgets_what_no_file_has(self):
        self.ok("upgrade")
        os.remove(self.project.path("migrations/c_x.sql"))
        self.refused(1, "stamp", "b")
        self.ok("stamp", "b", "--force")
        self.assertEqual(self.current(), ["b"])
        self.ok("check")

    def test_the_log_has_an_entry_for_each_mark(self):
        self.ok("stamp", "b")
        self.ok("stamp", "a")
        self.assertEqual([e for e in self.log() if e[1]],
                         [("stamp", "a"), ("stamp", "b"), ("unstamp", "b")])

    def test_a_stamp_that_is_true_already_changes_nothing(self):
        self.ok("stamp", "c")
        before = self.db.query(f"SELECT count(*) FROM {self.engine.log}")
        self.ok("stamp", "c")
        self.assertEqual(self.db.query(f"SELECT count(*) FROM {self.engine.log}"), before)

    def test_stamp_can_be_printed(self):
        before = self.db.everything()
        script = self.ok("stamp", "b", "--sql").out
        self.assertEqual(self.db.everything(), before)
        self.db.run_script(script)
        self.assertEqual(self.current(), ["b"])
        self.assertEqual(self.tables(), [])


@on_each_engine
class Validate(Case):
    def checks(self, text):
        self.project.revision("a", "CREATE TABLE items (id integer PRIMARY KEY, name text);\n"
                                   "CREATE INDEX items_by_name ON items (name);",
                              "DROP TABLE items;", rest=text)

    def test_prints_what_passed_and_how_much_was_found(self):
        self.checks("\n-- rung:check there are no rows\nSELECT count(*) = 0, count(*), 0 FROM items;\n"
                    "-- rung:check none: names are unique\n"
                    "SELECT name FROM items GROUP BY name HAVING count(*) > 1;\n"
                    "-- rung:check uses-index=items_by_name look up\n"
                    "SELECT id FROM items WHERE name = 'x';\n")
        self.ok("upgrade")
        out = self.ok("validate").out
        self.assertIn("  PASS  there are no rows: 0/0\n", out)
        self.assertIn("  PASS  names are unique\n", out)
        self.assertIn("  PASS  look up\n", out)
        self.assertTrue(out.endswith("3 passed, 0 failed\n"), out)

    def test_what_fails_later_is_told_with_exit_6(self):
        self.checks("\n-- rung:check there are no rows\nSELECT count(*) = 0, count(*), 0 FROM items;\n"
                    "-- rung:check none: names are unique\n"
                    "SELECT name FROM items GROUP BY name HAVING count(*) > 1;\n")
        self.ok("upgrade")
        self.db.execute("INSERT INTO items VALUES (1, 'x'), (2, 'x')")
        result = self.rung("validate")
        self.assertEqual((result.code, result.err), (6, ""), str(result))
        self.assertIn("  FAIL  there are no rows: 2/0 (", result.out)
        self.assertRegex(result.out, r"  FAIL  names are unique \(1 row .*x")
        self.assertTrue(result.out.endswith("0 passed, 2 failed\n"), result.out)
        document = self.rung("validate", "--json").json()
        self.assertEqual((document["passed"], document["failed"]), (0, 2))
        self.assertEqual(document["checks"][0]["found"], "2")
        self.assertEqual(document["checks"][0]["expected"], "0")
        self.assertFalse(document["checks"][0]["passed"])

    def test_an_index_that_is_gone_fails_its_check(self):
        self.checks("\n-- rung:check uses-index=items_by_name look up\n"
                    "SELECT id FROM items WHERE name = 'x';\n")
        self.ok("upgrade")
        self.db.execute("DROP INDEX items_by_name")
        result = self.rung("validate")
        self.assertEqual(result.code, 6)
        self.assertRegex(result.out, r"FAIL  look up \(the plan does not use it: .*items")

    def test_a_check_that_cannot_run_fails_and_the_next_still_runs(self):
        self.checks("\n-- rung:check one\nSELECT count(*) = 0 FROM items;\n"
                    "-- rung:check two\nSELECT 1 = 1;\n")
        self.ok("upgrade")
        self.db.execute("DROP TABLE items")
        result = self.rung("validate")
        self.assertEqual(result.code, 6)
        self.assertRegex(result.out, r"FAIL  one \(.*items")
        self.assertIn("PASS  two", result.out)

    def test_one_revision_can_be_named(self):
        self.checks("\n-- rung:check one\nSELECT 1 = 1;\n")
        self.project.revision("b", "SELECT 1;", rest="\n-- rung:check two\nSELECT 1 = 1;\n")
        self.ok("upgrade")
        self.assertNotIn("one", self.ok("validate", "b").out)
        self.assertIn("2 passed", self.ok("validate").out)
        self.ok("stamp", "a")
        self.refused(1, "validate", "b")
        self.assertIn("1 passed", self.ok("validate").out)

    def test_checks_change_nothing(self):
        before = None
        self.checks("\n-- rung:check one\nSELECT 1 = 1;\n")
        self.ok("upgrade")
        before = self.db.everything()
        self.ok("validate")
        self.assertEqual(self.db.everything(), before)

    def test_a_failing_check_rolls_its_revision_back(self):
        self.project.tables("0")
        self.checks("\n-- rung:check there is a row\nSELECT count(*) = 1 FROM items;\n")
        result = self.fails(6, "upgrade")
        self.assertIn("there is a row", result.err)
        self.assertRegex(result.err, r"at \S*migrations/a_x\.sql:13\b")
        self.assertEqual(self.tables(), ["t_0"])
        self.assertEqual(self.current(), ["0"])
        self.assertEqual(self.log()[-1], ("failed", "a"))


if __name__ == "__main__":
    main()
