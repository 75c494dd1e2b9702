"""Schemas as a whole: dump, diff, apply, revisions by autogenerate, and check against a schema file."""
import glob
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import tempfile

from harness import (RUNG, Case, Postgresql, Sqlite, judge, main, on_each_engine, psql, Result,
                     server_url, wait_until)

BEFORE = """
CREATE TABLE users (id integer PRIMARY KEY, mail text NOT NULL);
CREATE TABLE posts (id integer PRIMARY KEY, author integer REFERENCES users (id), title text);
CREATE INDEX posts_author ON posts (author);
CREATE VIEW titles AS SELECT id, title FROM posts;
"""
AFTER = """
CREATE TABLE users (id integer PRIMARY KEY, mail text NOT NULL, seen text);
CREATE TABLE posts (id integer PRIMARY KEY, author integer REFERENCES users (id), title text);
CREATE INDEX posts_title ON posts (title);
CREATE TABLE tags (post integer NOT NULL REFERENCES posts (id), tag text NOT NULL);
CREATE VIEW titles AS SELECT id, title FROM posts;
"""
ROWS = "INSERT INTO users VALUES (1, 'a'), (2, 'b'); INSERT INTO posts VALUES (1, 1, 't');"


class CatalogCase(Case):
    """A project whose scratch databases stand on the test's own server: starting a server for each
    test takes its time."""

    def setUp(self):
        super().setUp()
        self.other = self.engine(os.path.join(self.folder, "other"))
        if self.sqlite:
            os.makedirs(os.path.join(self.folder, "other"))
        self.addCleanup(self.other.drop)
        self.settings("schema: schema.sql\n")

    def settings(self, text=""):
        self.project.config((f'scratch: {{ url: "{server_url("postgres")}" }}\n'
                             if not self.sqlite else "") + text)

    def schema(self, text):
        """The schema file, in the engine's own dialect."""
        dialect = "-- rung:dialect sqlite\n" if self.sqlite else ""
        return self.project.write("schema.sql", dialect + text)

    def revisions(self):
        return sorted(glob.glob(self.project.path("migrations", "*.sql")))

    def run_diff(self, *words):
        """What diff prints, run by the engine's own program."""
        script = self.ok("diff", *words).out
        self.db.run_script(script)
        return script

    def at_terminal(self, answer, *words, meanwhile=None):
        """`meanwhile` is called while the question waits for its answer."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([RUNG, *words], cwd=self.project.folder, stdin=theirs,
                                   stdout=theirs, stderr=theirs,
                                   env=self.project.env | {"TERM": "xterm"})
        os.close(theirs)
        text = b""
        answered = False
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                break
            if not data:
                break
            text += data
            if not answered and b"[y/N]" in text:
                answered = True
                if meanwhile:
                    meanwhile()
                os.write(ours, answer)
        os.close(ours)
        code = process.wait(60)
        judge(Result(process.args, code, text, b""))
        return code, text.decode()


@on_each_engine
class Diff(CatalogCase):
    def test_leads_from_one_to_the_other_and_back(self):
        self.db.execute(BEFORE + ROWS)
        self.other.execute(AFTER)
        before = self.db.schema()
        between = ("--from", self.db.url, "--to", self.other.url)
        back = self.ok("diff", *between, "--down").out
        self.assertIn("loses data", back)
        self.run_diff(*between)
        self.assertEqual(self.db.schema(), self.other.schema())
        self.assertEqual(self.ok("diff", *between).out, "")
        self.assertEqual(self.value("SELECT count(*) FROM posts"), "1")
        self.db.run_script(back)
        self.assertEqual(self.db.schema(), before)
        self.assertEqual(self.value("SELECT count(*) FROM users"), "2")

    def test_equal_schemas_print_nothing(self):
        self.db.execute(BEFORE)
        self.other.execute(BEFORE)
        for more in ((), ("--down",), ("--format", "summary")):
            result = self.ok("diff", "--from", self.db.url, "--to", self.other.url, *more)
            self.assertEqual((result.out, result.err), ("", ""))

    def test_formats(self):
        self.db.execute(BEFORE)
        self.other.execute(AFTER)
        between = ("--from", self.db.url, "--to", self.other.url)
        lines = self.ok("diff", *between, "--format", "summary").out.splitlines()
        place = "" if self.sqlite else "public."
        self.assertIn(f"+ table {place}tags", lines)
        self.assertIn(f"+ index {place}posts_title", lines)
        self.assertIn(f"- index {place}posts_author", lines)
        document = self.ok("diff", *between, "--json").json()
        self.assertEqual(document, self.ok("diff", *between, "--format", "json").json())
        self.assertFalse(document["equal"])
        self.assertEqual(document["engine"], self.db.name)
        self.assertTrue(any("tags" in step["sql"] for step in document["steps"]))
        self.assertTrue(all(step["sql"] for step in document["steps"]))

    def test_sides_may_be_files_folders_snapshots_revisions_and_nothing(self):
        self.db.execute(BEFORE)
        path = self.schema(BEFORE)
        self.project.revision("1", ("-- rung:up sqlite\n" if self.sqlite else "") + BEFORE,
                              "-- rung:notice nothing")
        for number, text in enumerate(BEFORE.strip().splitlines()):
            dialect = "-- rung:dialect sqlite\n" if self.sqlite else ""
            self.project.write(f"folder/{number}/x.sql", dialect + text)
        self.project.write("old.json", self.ok("dump", "--format", "json").out)
        sides = [self.db.url, path, "folder", "old.json", "head", "1", "target:dev"]
        for side in sides:
            for down in ((), ("--down",)):
                result = self.ok("diff", "--from", side, "--to", self.db.url, *down)
                self.assertEqual(result.out, "", side)
        whole = self.ok("diff", "--from", "empty", "--to", path).out
        self.assertEqual(whole, self.ok("diff", "--from", "base", "--to", "head").out)
        self.other.run_script(whole)
        self.assertEqual(self.other.schema(), self.db.schema())

    def test_the_default_is_the_target_against_the_schema_file(self):
        self.db.execute(BEFORE)
        self.schema(AFTER)
        self.assertIn("tags", self.ok("diff").out)
        self.run_diff()
        self.assertEqual(self.ok("diff").out, "")

    def test_loss_may_be_refused(self):
        self.db.execute(AFTER)
        self.other.execute(BEFORE)
        between = ("--from", self.db.url, "--to", self.other.url)
        self.assertIn("loses data", self.ok("diff", *between, "--data-loss", "allow").out)
        result = self.fails(1, "diff", *between, "--data-loss", "refuse")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"warning: table \S*tags: ")
        self.assertRegex(result.err, r"error: \d+ differences? cannot be turned into SQL")

    def test_names_can_be_left_out(self):
        self.db.execute(BEFORE)
        self.other.execute(BEFORE + "CREATE TABLE tmp_a (a integer);")
        between = ("--from", self.db.url, "--to", self.other.url)
        self.assertNotEqual(self.ok("diff", *between).out, "")
        self.assertEqual(self.ok("diff", *between, "--exclude", "tmp_*").out, "")
        self.settings("")
        with open(self.project.path("rung.yaml"), encoding="utf-8") as file:
            text = file.read().replace('    url: "', '    exclude: [tmp_*]\n    url: "')
        self.project.write("rung.yaml", text)
        self.assertEqual(self.ok("diff", *between).out, "")

    def test_checks_before_the_first_step_are_queries(self):
        self.db.execute("CREATE TABLE t (a integer);")
        self.other.execute("CREATE TABLE t (a integer NOT NULL);")
        result = self.ok("diff", "--from", self.db.url, "--to", self.other.url, "--json").json()
        self.assertEqual(len(result["prechecks"]), 1)
        query = result["prechecks"][0]["sql"]
        self.assertEqual(self.value(query), "0")
        self.db.execute("INSERT INTO t VALUES (NULL), (NULL);")
        self.assertEqual(self.value(query), "2")

    def test_what_is_wrong_is_said(self):
        self.schema(BEFORE)
        self.db.execute(BEFORE)
        for words, code, said in (
                (("--from", "nix"), 2, "no file, no revision and no URL"),
                (("--from", "nix.sql"), 1, "nix.sql"),
                (("--from", "target:nix"), 2, 'no target "nix"'),
                (("--from", "mysql://h/d"), 1, "mysql"),
                (("--format", "xml"), 2, "--format does not know \"xml\""),
                (("--data-loss", "maybe"), 2, "--data-loss"),
                (("--column-order", "maybe"), 2, "--column-order"),
                (("--ignore", "tabel"), 2, 'no kind of object "tabel"'),
                (("--rename", "a"), 2, "OLD=NEW"),
                (("--rename", "users=nix"), 2, "has no nix"),
                (("--rename", "nix=users"), 2, "has no nix"),
        ):
            result = self.refused(code, "diff", *words, hint=code == 2 and "has no" not in said
                                  and "target" not in said)
            self.assertIn(said, result.err)
            self.assertEqual(result.out, "")
        self.project.write("rung.yaml", f'targets: {{ dev: "{self.db.url}" }}\n')
        self.assertIn("schema: schema.sql", self.refused(2, "diff").err)

    def test_an_error_in_a_schema_file_has_its_place(self):
        self.schema("CREATE TABLE a (x integer);\n\nCREATE TABLE b (\n  y integer,\n  z nix.nix.nix(\n);")
        self.assertRegex(self.fails(2, "diff").err, r"at \S*schema\.sql:\d+")
        self.db.execute(BEFORE)
        self.schema("CREATE TABLE a (x integer);\n\nCREATE INDEX i ON nix (x);")
        result = self.refused(1, "diff", hint=False, file="schema.sql",
                              line=4 if self.sqlite else 3)
        self.assertIn("CREATE INDEX i ON nix", result.err)


@on_each_engine
class Dump(CatalogCase):
    def setUp(self):
        super().setUp()
        self.db.execute(BEFORE)

    def test_rebuilds_the_database(self):
        text = self.ok("dump").out
        self.assertRegex(text, r"^-- rung:dialect " + self.db.name)
        self.other.run_script(text)
        self.assertEqual(self.other.schema(), self.db.schema())
        self.assertEqual(self.ok("dump", "--url", self.other.url).out, text)
        self.project.write("dump.sql", text)
        self.assertEqual(self.ok("diff", "--to", "dump.sql").out, "")

    def test_a_snapshot_loses_nothing(self):
        text = self.ok("dump", "--format", "json").out
        self.assertEqual(text, self.ok("dump", "--json").out)
        self.project.write("old.json", text)
        self.assertEqual(self.ok("diff", "--to", "old.json").out, "")
        self.db.execute("CREATE TABLE more (a integer);")
        self.assertIn("more", self.ok("diff", "--to", "old.json").out)

    def test_a_broken_snapshot_is_refused_by_name(self):
        document = self.ok("dump", "--format", "json").json()

        def broken(change):
            copy = json.loads(json.dumps(document))
            change(copy)
            self.project.write("bad.json", json.dumps(copy))
            return self.refused(1, "diff", "--to", "bad.json", hint=False).err
        self.assertIn("its format is 99", broken(lambda d: d.update(rung_snapshot=99)))
        self.assertIn('no such field: "nix"', broken(lambda d: d["objects"][-1]["fields"].update(nix=1)))
        self.assertIn("engine", broken(lambda d: d.update(engine="mysql")))
        self.assertIn("listed twice", broken(lambda d: d["objects"].append(d["objects"][-1])))
        self.assertIn("does not stand before it",
                      broken(lambda d: d["objects"][-1].update(parent="table/nix")))
        self.assertIn("which is not listed",
                      broken(lambda d: d["objects"][-1].update(needs=["table/nix"])))
        self.project.write("bad.json", "{")
        self.assertIn("not JSON", self.refused(1, "diff", "--to", "bad.json", hint=False).err)

    def test_a_folder_has_a_file_for_each_object(self):
        result = self.ok("dump", "--dir", "out")
        self.assertTrue(result.out.startswith("wrote out/index.sql\n"))
        self.assertEqual(self.ok("diff", "--to", "out").out, "")
        include = f".read {self.project.path('out')}/index.sql" if self.sqlite else \
            f"\\i {self.project.path('out')}/index.sql"
        if not self.sqlite:  # sqlite3 reads below its own folder
            self.other.run_script(include)
            self.assertEqual(self.other.schema(), self.db.schema())
        self.db.execute("DROP VIEW titles;")
        self.ok("dump", "--dir", "out", "--quiet")
        self.assertFalse(glob.glob(self.project.path("out", "views", "*")))
        self.assertEqual(self.ok("diff", "--to", "out").out, "")

    def test_a_folder_with_something_else_is_left_alone(self):
        self.project.write("out/notes.txt", "mine")
        result = self.refused(2, "dump", "--dir", "out")
        self.assertIn("holds something else", result.err)
        self.assertEqual(os.listdir(self.project.path("out")), ["notes.txt"])

    def test_an_index_names_every_file(self):
        self.ok("dump", "--dir", "out")
        self.project.write("out/tables/new.sql", "CREATE TABLE n (a integer);")
        self.assertIn("it does not name out/tables/new.sql", self.refused(2, "diff", "--to", "out").err)

    def test_markdown_is_for_people(self):
        text = self.ok("dump", "--format", "markdown").out
        self.assertRegex(text, r"^# Schema of ")
        self.assertIn("## Tables", text)
        self.assertIn("posts_author", text)
        self.assertIn("## Views", text)


@on_each_engine
class Apply(CatalogCase):
    def test_makes_the_database_what_the_file_says(self):
        self.db.execute(BEFORE + ROWS)
        self.schema(AFTER)
        self.other.execute(AFTER)
        result = self.ok("apply", "--yes")
        self.assertRegex(result.out, r"^\d+ statements applied in ")
        self.assertEqual(self.db.schema(), self.other.schema())
        self.assertEqual(self.value("SELECT count(*) FROM posts"), "1")
        self.assertEqual(self.log(), [("apply", None)])
        self.assertIn("nothing to do", self.ok("apply", "--yes").out)
        self.assertEqual(self.log(), [("apply", None)])
        self.assertEqual(self.current(), [])

    def test_creates_what_is_not_there(self):
        self.schema(AFTER)
        self.ok("apply", "--yes")
        self.other.execute(AFTER)
        self.assertEqual(self.db.schema(), self.other.schema())

    def test_a_dry_run_changes_nothing(self):
        self.db.execute(AFTER)
        self.schema(BEFORE)
        before = self.db.everything()
        result = self.ok("apply", "--dry-run")
        self.assertIn("DROP TABLE", result.out)
        self.assertEqual(self.db.everything(), before)

    def test_nobody_to_ask_means_no(self):
        self.schema(AFTER)
        self.db.execute(BEFORE)
        self.assertIn("--yes", self.refused(2, "apply").err)

    def test_loss_needs_a_word(self):
        self.db.execute(AFTER)
        self.schema(BEFORE)
        result = self.refused(1, "apply", "--yes")
        self.assertIn("--allow-loss", result.err)
        self.assertIn("tags", result.err)
        self.ok("apply", "--yes", "--allow-loss")
        self.assertEqual(self.tables(), ["posts", "users"])

    def test_rows_in_the_way_are_counted_first(self):
        self.db.execute("CREATE TABLE t (a integer); INSERT INTO t VALUES (NULL), (NULL), (1);")
        self.schema("CREATE TABLE t (a integer NOT NULL); CREATE TABLE u (a integer);")
        before = self.db.schema()
        result = self.fails(1, "apply", "--yes")
        self.assertRegex(result.err, r"error: .*NULL: 2")
        self.assertEqual(self.db.schema(), before)
        self.assertEqual(self.value("SELECT count(*) FROM t"), "3")
        self.assertEqual(self.log(), [("failed", None)])
        self.db.execute("DELETE FROM t WHERE a IS NULL;")
        self.ok("apply", "--yes")

    def test_answers_as_json(self):
        self.schema(AFTER)
        self.db.execute(BEFORE)
        document = self.ok("apply", "--yes", "--json").json()
        self.assertEqual(document["statements"], len(document["steps"]))

    def test_is_asked_at_a_terminal(self):
        self.schema(AFTER)
        self.db.execute(BEFORE)
        self.assertIn("[y/N]", self.at_terminal(b"n\n", "apply")[1])
        self.assertEqual(self.tables(), ["posts", "users"])
        code, text = self.at_terminal(b"y\n", "apply")
        self.assertEqual(code, 0, text)
        self.assertIn("tags", self.tables())

    def test_what_changed_while_it_asked_is_seen_under_the_lock(self):
        self.schema(AFTER)
        self.db.execute(BEFORE)
        code, text = self.at_terminal(
            b"y\n", "apply", meanwhile=lambda: self.db.execute("ALTER TABLE users ADD COLUMN seen text;"))
        self.assertEqual(code, 1, text)
        self.assertIn("changed after these statements were planned", text)
        self.assertEqual(self.tables(), ["posts", "users"])
        self.ok("apply", "--yes")
        self.assertIn("tags", self.tables())


@on_each_engine
class Autogenerate(CatalogCase):
    def generate(self, message="change", *more):
        return self.ok("revision", "-m", message, "--autogenerate", *more)

    def test_writes_up_down_and_checks(self):
        self.schema(BEFORE)
        self.generate("first", "--id", "1")
        self.ok("upgrade")
        self.db.execute(ROWS)
        first = self.db.schema()
        self.schema(AFTER)
        self.generate("second", "--id", "2")
        self.ok("upgrade")
        self.other.execute(AFTER)
        self.assertEqual(self.db.schema(), self.other.schema())
        self.assertEqual(self.value("SELECT count(*) FROM posts"), "1")
        self.assertGreater(self.ok("validate", "2", "--json").json()["passed"], 2)
        self.ok("check")
        self.ok("downgrade", "1")
        self.assertEqual(self.db.schema(), first)
        self.ok("upgrade")

    def test_nothing_to_do_writes_nothing(self):
        self.schema(BEFORE)
        self.generate()
        files = self.revisions()
        result = self.generate()
        self.assertIn("nothing to do", result.out)
        self.assertEqual(self.revisions(), files)
        document = self.ok("revision", "-m", "x", "--autogenerate", "--json").json()
        self.assertEqual(document["written"], [])

    def test_loss_is_marked(self):
        self.schema(AFTER)
        self.generate("first", "--id", "1")
        self.schema(BEFORE)
        self.generate("second", "--id", "2")
        text = self.project.read("migrations/2_second.sql")
        self.assertRegex(text, r"-- loses data: .*\nDROP TABLE \S*tags;")

    def test_needs_a_schema_file(self):
        self.assertIn("schema.sql", self.refused(1, "revision", "-m", "x", "--autogenerate").err)
        self.assertEqual(self.revisions(), [])

    def test_a_rename_is_said_or_is_none(self):
        self.schema("CREATE TABLE t (id integer PRIMARY KEY, old text);")
        self.generate("first", "--id", "1")
        self.ok("upgrade")
        self.db.execute("INSERT INTO t VALUES (1, 'kept');")
        self.schema("CREATE TABLE t (id integer PRIMARY KEY, new text);")
        if not self.sqlite:
            self.assertIn("--rename", self.generate("second", "--id", "2").err)
            self.assertIn("loses data", self.project.read("migrations/2_second.sql"))
            os.remove(self.project.path("migrations/2_second.sql"))
        self.generate("second", "--id", "2", "--rename", "t.old=t.new")
        text = self.project.read("migrations/2_second.sql")
        self.assertIn("RENAME COLUMN", text)
        self.assertNotIn("loses data", text)
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT new FROM t"), "kept")
        self.ok("downgrade", "1")
        self.assertEqual(self.value("SELECT old FROM t"), "kept")

    def test_a_rename_is_asked_for_at_a_terminal(self):
        self.schema("CREATE TABLE t (id integer PRIMARY KEY, a text);")
        self.generate("first", "--id", "1")
        self.schema("CREATE TABLE s (id integer PRIMARY KEY, a text);")
        for answer, found in ((b"n\n", "DROP TABLE"), (b"y\n", "RENAME TO")):
            code, text = self.at_terminal(answer, "revision", "-m", "second", "--autogenerate",
                                          "--id", "2")
            self.assertEqual(code, 0, text)
            self.assertIn("of the same shape. Is it the same, renamed? [y/N]", text)
            self.assertIn(found, self.project.read("migrations/2_second.sql"))
            os.remove(self.project.path("migrations/2_second.sql"))

    def test_a_rename_stands_in_the_schema_file(self):
        self.schema("CREATE TABLE t (id integer PRIMARY KEY, old text);")
        self.generate("first", "--id", "1")
        self.schema("-- rung:renamed from=t\nCREATE TABLE s (\n    id integer PRIMARY KEY,\n"
                    "    -- rung:renamed from=old\n    new text\n);")
        self.generate("second", "--id", "2")
        text = self.project.read("migrations/2_second.sql")
        self.assertNotIn("loses data", text)
        self.assertIn("RENAME", text)
        self.ok("upgrade")
        self.ok("check")
        self.assertIn("nothing to do", self.generate().out)
        self.ok("downgrade", "1")
        self.db.execute("INSERT INTO t (id, old) VALUES (1, 'x');")


@on_each_engine
class Check(CatalogCase):
    def test_agreement_of_file_revisions_and_database(self):
        self.schema(BEFORE)
        self.ok("revision", "-m", "first", "--autogenerate", "--id", "1")
        self.assertEqual(self.rung("check").code, 3)
        self.ok("upgrade")
        self.assertIn("agree", self.ok("check").out)
        self.schema(AFTER)
        result = self.rung("check", "--json")
        self.assertEqual(result.code, 3)
        kinds = {finding["kind"] for finding in result.json()["findings"]}
        self.assertEqual(kinds, {"schema"})
        self.assertIn("tags", result.out)
        self.schema(BEFORE)
        self.db.execute("CREATE TABLE hand (a integer);")
        result = self.rung("check")
        self.assertEqual(result.code, 3)
        self.assertRegex(result.out, r"^drift +\+ table \S*hand ")

    def test_without_a_schema_file_nothing_is_replayed(self):
        self.project.config()
        self.project.tables("1")
        self.ok("upgrade")
        self.db.execute("CREATE TABLE hand (a integer);")
        self.ok("check")


class Engines(CatalogCase):
    """One schema for both."""
    engine = Postgresql

    def setUp(self):
        super().setUp()
        self.lite = Sqlite(self.folder)
        self.project.write("rung.yaml", f"""
schema: schema.sql
scratch: {{ url: "{server_url("postgres")}" }}
targets:
  dev: "{self.db.url}"
  lite: "{self.lite.url}"
""")

    def test_one_schema_file_serves_both(self):
        self.schema("""
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mail varchar(100) NOT NULL UNIQUE,
    mood mood NOT NULL DEFAULT 'good',
    about jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE);
COMMENT ON TABLE posts IS 'what they say';
""")
        self.ok("revision", "-m", "first", "--autogenerate", "--id", "1")
        for target in ("dev", "lite"):
            self.ok("upgrade", "--target", target)
            self.ok("validate", "--target", target)
            self.ok("check", "--target", target)
        self.lite.execute("INSERT INTO users (mail) VALUES ('a');")
        self.assertEqual(self.lite.query("SELECT length(id), mood FROM users"), [("36", "good")])
        with self.assertRaisesRegex(sqlite3.IntegrityError, "CHECK"):
            self.lite.execute("INSERT INTO users (mail, mood) VALUES ('b', 'other');")

    def test_an_enum_has_a_section_for_each(self):
        self.schema("CREATE TYPE m AS ENUM ('a', 'b'); CREATE TABLE t (x m);")
        self.ok("revision", "-m", "first", "--autogenerate", "--id", "1")
        for target in ("dev", "lite"):
            self.ok("upgrade", "--target", target)
            self.ok("check", "--target", target)

    def test_a_section_serves_both_where_it_can(self):
        self.schema("CREATE TABLE t (a integer);")
        self.ok("revision", "-m", "first", "--autogenerate", "--id", "1")
        self.schema("CREATE TABLE t (a integer, b timestamptz);")
        self.ok("revision", "-m", "second", "--autogenerate", "--id", "2")
        text = self.project.read("migrations/2_second.sql")
        self.assertIn("\n-- rung:up\n", text)
        self.assertNotIn("rung:up sqlite", text)
        for target in ("dev", "lite"):
            self.ok("upgrade", "--target", target)
            self.ok("check", "--target", target)

    def test_what_sqlite_cannot_be_is_named(self):
        self.db.execute("CREATE TABLE t (a integer, tags text[]);"
                        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
                        "CREATE TABLE u (a integer);")
        self.lite.execute("CREATE TABLE u (a integer);")
        result = self.ok("diff", "--from", self.db.url, "--to", self.lite.url)
        self.assertRegex(result.err, r"warning: function public\.f\(\): CREATE FUNCTION")
        self.assertRegex(result.err, r"warning: table public\.t: .*tags")
        self.assertEqual(result.out, "")

    def test_sqlite_text_is_not_for_postgresql(self):
        self.project.write("lite.sql", "-- rung:dialect sqlite\nCREATE TABLE t (a);")
        self.project.write("schema.sql", "-- rung:dialect sqlite\nCREATE TABLE t (a);")
        result = self.refused(2, "revision", "-m", "x", "--autogenerate", file="schema.sql")
        self.assertIn("SQLite's dialect", result.err)
        self.assertEqual(self.ok("diff", "--from", "empty", "--to", "lite.sql").out.count("CREATE"), 1)

    def test_text_that_is_neither_says_how_to_say_it(self):
        self.schema("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);")
        result = self.fails(2, "diff", "--target", "lite", "--from", "empty")
        self.assertIn("-- rung:dialect sqlite", result.err)


class PostgresqlAlone(CatalogCase):
    engine = Postgresql

    def scratch_databases(self):
        return psql(server_url("postgres"), "SELECT datname FROM pg_database"
                    " WHERE datname LIKE 'rung\\_scratch\\_%'").split()

    def test_the_dump_of_pg_dump_is_a_schema_file(self):
        self.db.execute(BEFORE)
        from harness import clean_environment, program
        done = subprocess.run([program("pg_dump"), "--schema-only", "-d", self.db.url],
                              capture_output=True, env=clean_environment("/"), check=True)
        self.project.write("schema.sql", done.stdout)
        self.assertEqual(self.ok("diff").out, "")
        self.db.execute(ROWS)
        done = subprocess.run([program("pg_dump"), "-d", self.db.url], capture_output=True,
                              env=clean_environment("/"), check=True)
        self.project.write("schema.sql", done.stdout)
        self.assertIn("--schema-only", self.refused(2, "diff", file="schema.sql").err)
        self.project.write("schema.sql", "CREATE TABLE a (x int);\n\\connect other\n")
        self.assertIn("one database", self.refused(2, "diff", file="schema.sql", line=2).err)

    def test_privileges_count_where_the_text_speaks_of_them(self):
        role = f"rung_role_{os.getpid()}"
        psql(server_url("postgres"), f"CREATE ROLE {role}")
        self.addCleanup(lambda: (self.db.drop(), self.other.drop(),
                                 psql(server_url("postgres"), f"DROP ROLE {role}")))
        self.db.execute(f"CREATE TABLE t (a integer); GRANT SELECT ON t TO {role};")
        self.schema("CREATE TABLE t (a integer);")
        self.assertEqual(self.ok("diff").out, "")
        self.schema(f"CREATE TABLE t (a integer); GRANT INSERT ON t TO {role};")
        out = self.ok("diff").out
        self.assertIn("GRANT INSERT", out)
        self.assertIn("REVOKE SELECT", out)

    def test_the_order_of_columns_is_reported_or_rebuilt(self):
        self.db.execute("CREATE TABLE t (a integer PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x');"
                        " CREATE VIEW v AS SELECT b FROM t;")
        self.schema("CREATE TABLE t (b text, n integer, a integer PRIMARY KEY);\nCREATE VIEW v AS SELECT b FROM t;")
        self.assertEqual(self.ok("diff").out, "ALTER TABLE public.t ADD COLUMN n integer;\n")
        result = self.fails(1, "diff", "--column-order", "report")
        self.assertIn("public.t: its columns stand in another order", result.err)
        self.run_diff("--column-order", "rebuild")
        self.assertEqual(self.db.query("TABLE t"), [("x", None, "1")])
        self.assertEqual(self.ok("diff", "--column-order", "report").out, "")

    def test_the_online_form_takes_no_long_lock(self):
        self.db.execute("CREATE TABLE p (id integer NOT NULL); CREATE TABLE c (p_id integer, n text);"
                        " CREATE INDEX c_n ON c (n); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 'x');")
        self.schema("CREATE TABLE p (id integer PRIMARY KEY);\n"
                    "CREATE TABLE c (p_id integer NOT NULL REFERENCES p, n text UNIQUE, CHECK (n <> ''));\n"
                    "CREATE INDEX c_n ON c (n, p_id);")
        script = self.run_diff("--online")
        for words in ("CREATE UNIQUE INDEX CONCURRENTLY p_pkey", "PRIMARY KEY USING INDEX p_pkey",
                      "UNIQUE USING INDEX c_n_key", "FOREIGN KEY (p_id) REFERENCES public.p(id) NOT VALID",
                      "-- rung:commit\nALTER TABLE public.c VALIDATE CONSTRAINT c_p_id_fkey",
                      "CHECK (p_id IS NOT NULL) NOT VALID", "CREATE INDEX CONCURRENTLY c_n ON public.c (n, p_id)",
                      "DROP INDEX CONCURRENTLY public.c_n_before"):
            self.assertIn(words, script)
        self.assertLess(script.index("CREATE INDEX CONCURRENTLY c_n "), script.index("c_n_before;", script.index("DROP INDEX")))
        self.assertEqual(self.ok("diff").out, "")

    def test_scratch_databases_are_dropped(self):
        self.schema(BEFORE)
        before = self.scratch_databases()
        self.ok("diff")
        self.schema("CREATE TABLE t (a nix);")
        self.fails(1, "diff")
        self.assertEqual(self.scratch_databases(), before)

    def test_leftovers_of_dead_runs_are_dropped_and_those_in_use_are_not(self):
        self.schema("SELECT pg_sleep(60);")
        running = self.project.start("diff")
        wait_until(self.scratch_databases)
        mine = self.scratch_databases()
        self.project.write("quick.sql", "CREATE TABLE t (a integer);")
        self.ok("diff", "--to", "quick.sql")
        self.assertEqual(self.scratch_databases(), mine)
        running.process.kill()
        running.process.wait()
        for reader in running.readers:
            reader.join()
        psql(server_url("postgres"), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
             " WHERE application_name = 'rung scratch' OR datname LIKE 'rung\\_scratch\\_%'")
        self.ok("diff", "--to", "quick.sql")
        self.assertEqual(self.scratch_databases(), [])

    def test_a_shared_scratch_server_keeps_its_roles(self):
        self.schema("CREATE TABLE t (a integer);\nGRANT SELECT ON t TO nobody_of_this_name;")
        self.assertIn("create the role", self.refused(1, "diff", file="schema.sql", line=2).err)
        self.schema("CREATE ROLE nobody_of_this_name;")
        self.assertIn("roles belong to the server", self.refused(2, "diff", file="schema.sql").err)
        for text in ("CREATE DATABASE x;", "ALTER SYSTEM SET work_mem = '1MB';",
                     "CREATE SUBSCRIPTION s CONNECTION 'host=h' PUBLICATION p;"):
            self.schema(text)
            self.refused(2, "diff", file="schema.sql", line=1)

    def alone(self):
        """A folder for private servers that no other test uses; returns the pattern of theirs."""
        folder = tempfile.mkdtemp(prefix="rs-", dir="/tmp")
        os.chmod(folder, 0o777)
        self.addCleanup(shutil.rmtree, folder, True)
        self.project.env["TMPDIR"] = folder
        return folder + "/rung-scratch-*"

    def test_a_private_server_is_started_and_is_gone(self):
        servers = self.alone()
        self.project.config("schema: schema.sql\n")
        self.schema("CREATE TABLE t (a integer);\nGRANT SELECT ON t TO nobody_of_this_name;\n"
                    "CREATE TABLE u (a integer);\nALTER TABLE u OWNER TO someone_else;")
        result = self.ok("diff", "--verbose")
        self.assertRegex(result.err, r"note: scratch: a private PostgreSQL \d+\.\d+\S*, started in ")
        self.assertIn("GRANT SELECT", result.out)
        self.assertIn("OWNER TO someone_else", result.out)
        self.assertEqual(glob.glob(servers + "/data"), [])

    def test_a_private_server_ends_with_a_killed_run(self):
        servers = self.alone()
        self.project.config("schema: schema.sql\n")
        self.schema("SELECT pg_sleep(60);")
        running = self.project.start("diff")
        wait_until(lambda: glob.glob(servers + "/data/postmaster.pid"), 30)
        (path,) = glob.glob(servers + "/data/postmaster.pid")
        with open(path, encoding="ascii") as file:
            server = int(file.readline())
        running.process.kill()
        running.process.wait()
        for reader in running.readers:
            reader.join()
        wait_until(lambda: not os.path.exists(f"/proc/{server}"))
        self.schema("CREATE TABLE t (a integer);")
        self.ok("diff")
        self.assertEqual(glob.glob(servers), [])


if __name__ == "__main__":
    main()
