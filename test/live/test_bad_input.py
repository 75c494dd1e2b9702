"""Bad input: every refusal says what and where, has the right exit status, and changes nothing."""
import os
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from harness import (Case, Postgresql, Project, Sqlite, main, on_each_engine, psql,
                     require_passwords, server_url)

UP = "-- rung:revision a\n-- rung:up\n"


@on_each_engine
class RevisionFiles(Case):
    """Each is refused by every command that reads the folder, with exit status 2."""

    def file_refused(self, line, words, *texts, name="a.sql"):
        for text in texts:
            with self.subTest(text=text[:60]):
                self.project.write("migrations/" + name, text)
                result = self.refused(2, "upgrade", file=name, line=line)
                self.assertIn(words, result.err)
        os.remove(self.project.path("migrations", name))

    def test_unterminated_quotes(self):
        self.file_refused(3, "unterminated", UP + "SELECT 'it;\n", UP + 'SELECT "it;\n',
                          UP + "SELECT 'it''s;\n\n\n-- rung:down\nSELECT 1;\n")

    def test_unterminated_quotes_name_their_beginning(self):
        self.file_refused(5, "unterminated", UP + "SELECT 1;\n\nSELECT 1, 'from here\n\n\nto the end;\n")

    def test_unterminated_dollar_quotes_and_bodies(self):
        for body in ("DO $$ BEGIN NULL; END;\n", "DO $a$ x $b$;\n"):
            self.file_refused(3, "unterminated dollar" if not self.sqlite else "", UP + body)

    def test_unterminated_comments(self):
        self.file_refused(3, "unterminated", UP + "/* SELECT 1;\n", UP + "/* /* */ SELECT 1;\n"
                          if not self.sqlite else UP + "SELECT 1; /*\n")
        self.file_refused(2, "comment", "-- rung:revision a\n/* no end\n-- rung:up\nSELECT 1;\n")

    def test_nul_bytes(self):
        self.file_refused(4, "NUL byte", UP + "SELECT 1;\nSELECT '\0';\n")

    def test_bad_utf8(self):
        for bad in (b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\xe2\x82"):
            self.file_refused(3, "UTF-8", UP.encode() + b"SELECT '" + bad + b"';\n")

    def test_utf16(self):
        self.file_refused(1, "UTF-16", (UP + "SELECT 1;\n").encode("utf-16"))

    def test_empty_files(self):
        self.file_refused(1, "rung:revision", "", "\n\n", "-- a comment\n", "\ufeff")

    def test_sql_without_headings(self):
        self.file_refused(1, "rung:revision", "CREATE TABLE t (a integer);\n")
        self.file_refused(2, "outside a section", "-- rung:revision a\nCREATE TABLE t (a integer);\n")

    def test_missing_sections(self):
        self.file_refused(1, "no up section", "-- rung:revision a\n",
                          "-- rung:revision a\n-- rung:down\nSELECT 1;\n")

    def test_empty_sections(self):
        self.file_refused(None, "no statement", UP, UP + "-- nothing\n", UP + ";\n",
                          UP + "/* nothing */\n\n-- rung:down\nSELECT 1;\n")

    def test_checks_that_change_something(self):
        self.project.revision("a", "CREATE TABLE t (a integer);", "DROP TABLE t;",
                              rest="\n-- rung:check none: it is gone\nDROP TABLE t;\n")
        self.assertIn("not a query", self.fails(6, "upgrade").err)
        self.assertEqual(self.tables(), [])

    def test_sections_that_repeat(self):
        self.file_refused(4, "second up section", UP + "SELECT 1;\n-- rung:up\nSELECT 2;\n")
        self.file_refused(4, "second up section", "-- rung:revision a\n-- rung:up sqlite\nSELECT 1;\n"
                          "-- rung:up sqlite\nSELECT 2;\n")

    def test_directives_that_are_nearly_right(self):
        self.file_refused(4, "-- rung:", UP + "SELECT 1;\n--rung:down\nSELECT 1;\n",
                          UP + "SELECT 1;\n  -- rung:down\nSELECT 1;\n",
                          UP + "SELECT 1;\n-- Rung:down\nSELECT 1;\n")
        self.file_refused(4, "rung:dwon", UP + "SELECT 1;\n-- rung:dwon\nSELECT 1;\n")
        self.file_refused(2, "engine", "-- rung:revision a\n-- rung:up sqlit\nSELECT 1;\n")

    def test_ids_that_cannot_be(self):
        self.file_refused(1, "a/b", "-- rung:revision a/b\n-- rung:up\nSELECT 1;\n")
        self.file_refused(1, "head", "-- rung:revision head\n-- rung:up\nSELECT 1;\n", name="head.sql")
        self.file_refused(1, "its file b.sql", UP + "SELECT 1;\n", name="b.sql")
        long = "x" * 200
        self.file_refused(1, "too long", f"-- rung:revision {long}\n-- rung:up\nSELECT 1;\n",
                          name=f"{long}.sql")

    def test_checks_that_are_none(self):
        up = UP + "SELECT 1;\n"
        self.file_refused(4, "title", up + "-- rung:check\nSELECT 1;\n")
        bodies = ["SELECT 1; SELECT 2;\n", "COMMIT;\n", "VACUUM;\n", "DELETE FROM t RETURNING 1;\n"]
        bodies += ["ATTACH 'x.db' AS x;\n"] if self.sqlite else ["SET x.y = 1;\n"]
        for body in bodies:
            self.file_refused(None, "check", up + f"-- rung:check {self.engine.name} t\n" + body)

    def test_backfills_that_are_none(self):
        for directive in ("-- rung:backfill\n", "-- rung:backfill table=t\n",
                          "-- rung:backfill table=t key=id batch=no\n",
                          "-- rung:backfill tabel=t key=id batch=10\n",
                          "-- rung:backfill table=t key=id batch=99999999999999999999\n"):
            with self.subTest(directive=directive):
                self.project.write("migrations/a.sql", f"-- rung:revision a\n-- rung:up {self.engine.name}\n"
                                   + directive + "UPDATE t SET a = 1;\n")
                self.refused(2, "upgrade", file="a.sql", line=3)

    def test_duplicate_ids(self):
        self.project.write("migrations/a_one.sql", UP + "SELECT 1;\n")
        self.project.write("migrations/a_two.sql", UP + "SELECT 1;\n")
        error = self.refused(2, "upgrade", file="a_two.sql").err
        self.assertIn("a_one.sql", error)

    def test_unknown_parents(self):
        self.project.tables("20250101")
        self.project.revision("b", "SELECT 1;", parents=["20250110"])
        error = self.refused(2, "upgrade", file="b_x.sql", line=2).err
        self.assertIn("20250110", error)
        self.assertIn("did you mean 20250101", error)

    def test_cycles(self):
        self.project.revision("a", "SELECT 1;", parents=["c"])
        self.project.revision("b", "SELECT 1;", parents=["a"])
        self.project.revision("c", "SELECT 1;", parents=["b"])
        error = self.refused(2, "status", file="_x.sql", line=2).err
        self.assertRegex(error, "cycle")
        for id in "abc":
            self.assertRegex(error, rf"\b{id}\b")
        self.project.revision("a", "SELECT 1;", parents=["a"])
        self.refused(2, "heads", file="a_x.sql", line=2)

    def test_several_heads(self):
        self.project.tables("a")
        self.project.revision("b", "SELECT 1;", parents=[])
        self.assertIn("a and b", self.refused(2, "upgrade").err)

    def test_broken_files_are_refused_by_looking_too(self):
        self.project.write("migrations/a.sql", "nonsense")
        for command in (["status"], ["history"], ["heads"], ["check"], ["current"], ["show", "a"],
                        ["stamp", "head"], ["merge"], ["revision", "-m", "x"], ["validate"]):
            with self.subTest(command=command):
                self.refused(2, *command, file="a.sql", line=1)

    def test_an_empty_folder_is_no_error_and_a_missing_one_is(self):
        self.ok("status")
        self.refused(1, "upgrade", "--migrations", "missing")
        self.project.write("file", "")
        self.refused(1, "upgrade", "--migrations", "file", hint=False)

    def test_other_files_are_left_alone(self):
        self.project.tables("a")
        for name in ("README.md", ".hidden.sql", "a_x.sql~", "a_x.sql.bak", "sub/b.sql"):
            self.project.write("migrations/" + name, "nonsense")
        self.ok("upgrade")

    def test_a_folder_named_like_a_revision_is_left_alone(self):
        self.project.tables("a")
        os.makedirs(self.project.path("migrations/b.sql"))
        self.ok("upgrade")

    def unreadable(self, path):
        os.chmod(self.folder, 0o755)
        os.chmod(path, 0)
        words = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if os.geteuid() != 0:
            words = []
        done = subprocess.run([*words, *self.project.command("heads")], cwd=self.project.folder,
                              env=self.project.env, capture_output=True, check=False, timeout=60)
        os.chmod(path, 0o755)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"Permission denied", done.stderr)
        self.assertIn(os.path.basename(path).encode(), done.stderr)

    def test_a_file_that_may_not_be_read(self):
        self.project.tables("a")
        self.unreadable(self.project.path("migrations/a_x.sql"))

    def test_a_folder_that_may_not_be_read(self):
        self.project.tables("a")
        self.unreadable(self.project.path("migrations"))


@on_each_engine
class Mismatch(Case):
    """The database and the folder do not agree: exit status 1."""

    def test_an_edited_file_is_named(self):
        self.project.tables("a", "b")
        self.ok("upgrade")
        text = self.project.read("migrations/a_x.sql")
        self.project.write("migrations/a_x.sql", text + "-- more\n")
        self.project.tables("c")
        for command in (["upgrade"], ["downgrade", "-1"], ["upgrade", "--sql"], ["upgrade", "--dry-run"]):
            error = self.refused(1, *command, file="migrations/a_x.sql").err
            self.assertIn("revision a was edited after it ran", error)
        self.project.write("migrations/a_x.sql", text)
        self.ok("upgrade")

    def test_changed_parents_are_an_edit(self):
        self.project.tables("a", "b", "c")
        self.ok("upgrade")
        self.project.write("migrations/c_x.sql", self.project.read("migrations/c_x.sql")
                           .replace("rung:parents b", "rung:parents a"))
        self.refused(1, "upgrade", "heads")

    def test_a_revision_that_no_file_has(self):
        self.project.tables("a", "b")
        self.ok("upgrade")
        os.remove(self.project.path("migrations/b_x.sql"))
        for command in (["upgrade"], ["downgrade", "base"], ["upgrade", "--sql"], ["stamp", "a"]):
            self.assertRegex(self.refused(1, *command).err, r"revision b\b")

    def test_a_folder_of_another_project(self):
        self.project.tables("a")
        self.ok("upgrade")
        other = Project(os.path.join(self.folder, "other"), self.db.url)
        other.tables("z")
        other.config()
        self.project = other
        self.refused(1, "upgrade")


class Settings(unittest.TestCase):
    """rung.yaml and .env."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rung-live-")
        self.addCleanup(folder.cleanup)
        self.project = Project(folder.name, "sqlite:app.db")
        os.makedirs(self.project.path("migrations"))
        self.project.tables("a")

    def refused(self, text, line, *words, name="rung.yaml", command=("upgrade",)):
        with self.subTest(text=text):
            self.project.write(name, text)
            result = self.project.rung(*command)
            self.assertEqual(result.code, 2, str(result))
            if line:
                self.assertRegex(result.err, rf"at \S*{name}:{line}\b", str(result))
            for word in words:
                self.assertIn(word, result.err, str(result))
            self.assertFalse(os.path.exists(self.project.path("app.db")))
            os.remove(self.project.path(name))

    def test_unknown_keys_name_the_nearest(self):
        self.refused("migration: x\n", 1, '"migration"', 'did you mean "migrations"')
        self.refused("targets:\n  dev:\n    urll: sqlite:app.db\n", 3, 'did you mean "url"')
        self.refused("targets:\n  dev:\n    url: sqlite:app.db\n    locktimeout: 2s\n", 4,
                     'did you mean "lock_timeout"')
        self.refused("xyzzy: 1\n", 1, "xyzzy", "hint:")

    def test_values_of_the_wrong_type(self):
        target = "targets:\n  dev:\n    url: sqlite:app.db\n"
        self.refused(target + "    lock_timeout: soon\n", 4, "duration")
        self.refused(target + "    lock_timeout: -1s\n", 4, "duration")
        self.refused(target + "    lock_timeout: [1]\n", 4, "duration")
        self.refused(target + "    retries: many\n", 4, "number")
        self.refused(target + "    retries: 99999999999999999999\n", 4, "number")
        self.refused(target + "    retries: 1.5\n", 4, "number")
        self.refused(target + "    lock_timeout: 99999999999999999999s\n", 4, "duration")
        self.refused("migrations: [a, b]\n", 1, "text")
        self.refused("migrations: ''\n", 1, "text")
        self.refused("targets: dev\n", 1, "targets")
        self.refused("targets:\n  dev: [1, 2]\n", 2, "dev")
        self.refused("targets:\n  dev:\n    url: {a: b}\n", 3, "URL")
        self.refused("- a list\n", 1, "map")

    def test_broken_yaml(self):
        self.refused("targets:\n  dev: {url: sqlite:app.db\n", None, "not valid YAML", "rung.yaml:")
        self.refused("a: b: c\n", 1, "not valid YAML")
        self.refused("targets:\n\tdev: x\n", 2, "not valid YAML")
        self.refused("migrations: a\nmigrations: b\n", 2, "repeated")
        self.refused(b"migrations: \xff\xfe\n", None, "rung.yaml")
        self.refused(b"migrations: a\0b\n", None, "rung.yaml")
        self.refused("a: " + "[" * 5000 + "\n", 1)
        self.refused("a: &a [*a, *a]\n", 1)

    def test_no_targets(self):
        self.refused("", None, "rung.yaml")
        self.refused("migrations: migrations\n", None, "no database is named", "hint:")
        self.refused("targets:\n  dev: { lock_timeout: 2s }\n", None, "no database is named", "hint:")
        self.refused("targets: {}\n", None, "no database is named", "hint:")

    def test_variables_that_are_not_set(self):
        self.refused('targets:\n  dev: { url: "${NOT_SET_HERE}" }\n', 2, "NOT_SET_HERE", "hint:")
        self.refused('targets:\n  dev: { url: "${NOT" }\n', 2, "${NAME}", "hint:")
        self.refused("migrations: ${}\n", 1, "${NAME}")
        self.refused("targets:\n  dev: { url: sqlite:a.db, retries: \"${NOT_SET_HERE}\" }\n", 2, "NOT_SET_HERE")

    def test_bad_urls_name_their_line(self):
        for url in ("", "app.db", "mysql://u@h/d", "postgresql:/x", "postgresql://h:port/d",
                    "postgresql://u:a@b@h/d", "postgresql://h/d?x", "postgresql://h/%zz",
                    "sqlite:", "sqlite://host/path", "sqlite:///a?mode=ro", "sqlite:a\\u0001b",
                    "postgresql://h/d?no_such_parameter=1", "http://x/y", "jdbc:postgresql://h/d"):
            self.refused(f'targets:\n  dev:\n    retries: 1\n    url: "{url}"\n',
                         None if "no_such" in url or not url else 4)

    def test_unknown_targets_and_files(self):
        self.project.write("rung.yaml", "targets: {dev: 'sqlite:app.db', prod: 'sqlite:p.db'}\n")
        for words, expected in ((("--target", "prd"), "dev, prod"), (("--config", "other.yaml"), "other.yaml")):
            result = self.project.rung("upgrade", *words)
            self.assertEqual(result.code, 2, str(result))
            self.assertIn(expected, result.err)
            self.assertIn("hint:", result.err)
        self.assertFalse(os.path.exists(self.project.path("app.db")))

    def test_no_settings_at_all(self):
        result = self.project.rung("upgrade")
        self.assertEqual(result.code, 2)
        self.assertIn("DATABASE_URL", result.err)

    def test_env_files(self):
        self.refused("NO EQUALS\n", 1, "NAME=value", name=".env")
        self.refused("A=1\n\nB='open\n", 3, "quote", name=".env")
        self.refused(b"A=1\0\n", None, "NUL", name=".env")
        self.refused("1A=2\n", 1, "NAME=value", name=".env")

    def test_a_huge_configuration(self):
        self.project.write("rung.yaml", "# " + "x" * (5 << 20) + "\n")
        result = self.project.rung("upgrade")
        self.assertIn(result.code, (1, 2), str(result)[:300])
        self.assertIn("rung.yaml", result.err)


class CommandLine(unittest.TestCase):
    def setUp(self):
        Settings.setUp(self)
        self.project.config()

    def test_wrong_words_are_exit_2_and_change_nothing(self):
        for words in (["upgrad"], ["--no-such"], ["upgrade", "--no-such"], ["upgrade", "a", "b"],
                      ["-Z"], ["upgrade", "--limit", "3"], ["history", "--limit", "many"],
                      ["history", "--log", "--limit", "-1"], ["history", "--limit", "99999999999999999999999"],
                      ["upgrade", "--url"], ["upgrade", "--url="], ["upgrade", "--sql=yes"],
                      ["downgrade"], ["show"], ["stamp"], ["completion"], ["completion", "tcsh"],
                      ["revision", "-m"], ["upgrade", ""], ["upgrade", "+"], ["upgrade", "a+"],
                      ["upgrade", "--", "--sql"], ["upgrade", "-1"], ["upgrade", "\x01"],
                      ["upgrade", "a:b:c", "--sql"], ["upgrade", "a:b"], ["help", "nothing"], []):
            with self.subTest(words=words):
                result = self.project.rung(*words)
                self.assertEqual(result.code, 2, str(result))
                self.assertTrue(result.err)
                self.assertEqual(result.out, "")
                self.assertFalse(os.path.exists(self.project.path("app.db")))

    def test_near_names_are_offered(self):
        for words, expected in ((["upgarde"], "rung upgrade"), (["migrate"], "rung upgrade"),
                                (["rollback"], "rung downgrade"), (["upgrade", "--dryrun"], "--dry-run")):
            self.assertIn("did you mean " + expected, self.project.rung(*words).err)

    def test_bytes_that_are_no_text(self):
        for words in ([b"\xff\xfe"], [b"upgrade", b"\xff"], [b"revision", b"-m", b"\xff"],
                      [b"upgrade", b"--url", b"sqlite:\xff"], [b"--target", b"\xc3", b"status"],
                      [b"upgrade", b"--migrations", b"\xff"], [b"--config", b"\xff", b"status"]):
            with self.subTest(words=words):
                result = self.project.rung(*words)
                self.assertIn(result.code, (1, 2), str(result))
                self.assertTrue(result.err)
        self.assertEqual(os.listdir(self.project.path("migrations")), ["a_x.sql"])

    def test_long_words(self):
        for words in (["x" * 100000], ["upgrade", "x" * 100000], ["upgrade", "--url", "x" * 100000],
                      ["upgrade", "--url", "postgresql://" + "x" * 100000],
                      ["upgrade", "--migrations", "x" * 100000], ["show", "a" * 100000]):
            result = self.project.rung(*words)
            self.assertIn(result.code, (1, 2), str(result)[:300])
            self.assertLess(len(result.err), 5000)

    def test_standard_output_that_is_full(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(self.project.command("help"), env=self.project.env, stdout=full,
                                  stderr=subprocess.PIPE, check=False, cwd=self.project.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)


class FakeServer:
    """Says what an old or strange PostgreSQL would say at the start, and no more."""

    def __init__(self, answer):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client:
                while True:  # "SSLRequest", "GSSENCRequest": no
                    head = client.recv(8, socket.MSG_WAITALL)
                    if len(head) < 8:
                        break
                    length, code = struct.unpack("!II", head)
                    if code in (80877103, 80877104):
                        client.sendall(b"N")
                        continue
                    client.recv(length - 8)
                    client.sendall(self.answer)
                    client.settimeout(2)
                    try:
                        client.recv(4096)
                    except OSError:
                        pass
                    break

    def close(self):
        self.socket.close()


def message(kind, body):
    return kind + struct.pack("!I", len(body) + 4) + body


def startup_of_version(version):
    return (message(b"R", struct.pack("!I", 0))
            + message(b"S", b"server_version\0" + version.encode() + b"\0")
            + message(b"S", b"client_encoding\0UTF8\0")
            + message(b"K", struct.pack("!II", 1, 2)) + message(b"Z", b"I"))


class Connecting(Case):
    """No connection: exit status 1, the reason in words, a hint."""
    engine = Postgresql

    def setUp(self):
        super().setUp()
        self.project.tables("a")

    def no_connection(self, url, *words, commands=(["upgrade"], ["status"])):
        for command in commands:
            result = self.refused(1, *command, "--url", url)
            for word in words:
                self.assertIn(word, result.err, str(result))
            self.assertNotIn("secret", result.err + result.out)

    def role(self, name, options="LOGIN"):
        role = f"{self.db.database}_{name}"
        self.db.execute(f"CREATE ROLE {role} {options}")

        def drop():
            self.db.drop()
            psql(server_url("postgres"), f"DROP ROLE IF EXISTS {role}")
        self.addCleanup(drop)
        return role

    def test_a_wrong_password(self):
        require_passwords()
        role = self.role("p", "LOGIN PASSWORD 'right' IN ROLE rung_password")
        parts = urllib.parse.urlsplit(server_url(self.db.database, user=None))
        self.no_connection(f"postgresql://{role}:secret@{parts.path}?{parts.query}",
                           "the password is wrong", "28P01", "hint:")
        self.no_connection(f"postgresql://{role}@{parts.path}?{parts.query}",
                           "a password is needed", "hint:")
        self.ok("upgrade", "--url", f"postgresql://{role}:right@{parts.path}?{parts.query}",
                "--dry-run")

    def test_an_unknown_host(self):
        self.no_connection("postgresql://u:secret@nowhere.invalid/d", "host", "nowhere.invalid", "hint:")

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.no_connection(f"postgresql://u:secret@127.0.0.1:{port}/d", "nothing listens there", "hint:")
        self.no_connection("postgresql:///d?host=/nowhere&user=u&password=secret", "no server listens", "hint:")

    def test_an_unknown_database_or_role(self):
        self.no_connection(server_url("no_such_database"), "no such database", "3D000", "hint:")
        self.no_connection(server_url(self.db.database, user="no_such_role"), "no such role", "hint:")

    def test_a_server_that_is_too_old(self):
        for version in ("12.22", "9.6.24", "8.4.22"):
            server = FakeServer(startup_of_version(version))
            self.addCleanup(server.close)
            self.no_connection(f"postgresql://u@127.0.0.1:{server.port}/d", "PostgreSQL " + version.split(".")[0],
                               "13 or later")

    def test_a_server_that_is_none(self):
        for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"R\xff\xff\xff\xff", b"\0" * 64,
                       message(b"E", b"SFATAL\0C57P03\0Mthe database system is starting up\0\0")):
            server = FakeServer(answer)
            self.addCleanup(server.close)
            self.no_connection(f"postgresql://u@127.0.0.1:{server.port}/d?connect_timeout=3",
                               commands=(["status"],))

    def test_a_server_that_never_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"postgresql://u@127.0.0.1:{server.getsockname()[1]}/d?connect_timeout=1"
            self.no_connection(url, "no answer", "hint:", commands=(["status"],))

    def test_a_role_that_may_not_create(self):
        role = self.role("r")
        url = server_url(self.db.database, user=role)
        result = self.refused(1, "upgrade", "--url", url)
        self.assertIn("42501", result.err)
        self.assertIn("GRANT CREATE ON DATABASE", result.err)
        self.ok("status", "--url", url)

    def test_a_role_that_may_keep_a_history_and_nothing_else(self):
        role = self.role("h")
        self.db.execute(f"GRANT CREATE ON DATABASE {self.db.database} TO {role};"
                        " REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        result = self.fails(1, "upgrade", "--url", server_url(self.db.database, user=role))
        self.assertIn("42501", result.err)
        self.assertRegex(result.err, r"a_x\.sql:6\b")
        self.assertEqual(self.tables(), [])

    def test_a_role_that_may_not_see_the_history(self):
        self.ok("upgrade")
        url = server_url(self.db.database, user=self.role("n"))
        for command in ("status", "upgrade"):
            self.assertIn("42501", self.refused(1, command, "--url", url, hint=False).err)

    def test_a_database_that_is_read_only(self):
        self.db.execute(f"ALTER DATABASE {self.db.database} SET default_transaction_read_only = on")
        self.assertIn("25006", self.refused(1, "upgrade", hint=False).err)

    def test_a_history_that_is_not_rungs(self):
        self.db.execute("CREATE SCHEMA rung; CREATE TABLE rung.heads (a integer)")
        self.refused(1, "status", hint=False)
        self.refused(1, "upgrade", hint=False)


class SqliteFiles(Case):
    engine = Sqlite

    def setUp(self):
        super().setUp()
        self.project.tables("a")

    def test_a_folder_that_is_not_there(self):
        self.refused(1, "upgrade", "--url", "sqlite:/nowhere/at/all/x.db")
        self.refused(1, "upgrade", "--url", f"sqlite:{self.folder}", hint=False)

    def test_a_file_that_is_no_database(self):
        self.project.write("text.db", "this is a text, and it is longer than a header of SQLite " * 20)
        before = self.project.read("text.db")
        for command in ("status", "upgrade", "check"):
            self.refused(1, command, "--url", "sqlite:text.db")
        self.assertEqual(self.project.read("text.db"), before)

    def test_a_damaged_database(self):
        self.ok("upgrade")
        with open(self.db.path, "r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 3000)
        for command in ("status", "upgrade", "check"):
            self.refused(1, command)

    def test_a_table_in_the_place_of_the_history(self):
        self.db.execute("CREATE TABLE rung_heads (a integer)")
        self.refused(1, "status", hint=False)
        self.refused(1, "upgrade", hint=False)

    def test_a_file_that_may_not_be_written(self):
        if os.geteuid() != 0:
            words = []
        else:
            words = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        self.db.execute("CREATE TABLE mine (a integer)")
        for path in (self.folder, self.project.folder):
            os.chmod(path, 0o755)
        os.chmod(self.db.path, 0o444)
        before = self.db.everything()
        done = subprocess.run([*words, *self.project.command("upgrade")], cwd=self.project.folder,
                              env=self.project.env, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"hint: ", done.stderr)
        self.assertEqual(self.db.everything(), before)


if __name__ == "__main__":
    main()
