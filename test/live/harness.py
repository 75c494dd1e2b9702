"""What the live tests share: a project in a folder of its own, a database of its own on either
engine, and runs of rung whose every output is looked at.

    @on_each_engine
    class Upgrade(Case):
        def test_runs_what_is_pending(self): ...

becomes UpgradeSqlite and UpgradePostgresql. The program is named by RUNG, the server by
RUNG_TEST_POSTGRESQL (test/with-postgresql).
"""
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

RUNG = os.path.abspath(os.environ.get("RUNG", "build/src/rung"))
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN_SECONDS = 60

# A report of AddressSanitizer, LeakSanitizer or UBSan, or a crash that none of them saw.
SANITIZER = re.compile(rb"Sanitizer|runtime error:|SUMMARY: |DEADLYSIGNAL")


def program(name):
    """The server's own client programs: `psql` on Debian's PATH is a wrapper in Perl."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name),
                   key=lambda path: int(path.split("/")[4]) if path.split("/")[4].isdigit() else 0)
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise RuntimeError(f"{name} is missing: install Debian's postgresql-15")
    return path


def clean_environment(folder):
    """Nothing of the caller's settings, and nothing of the server's, reaches rung by itself."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("PG", "DATABASE_URL", "RUNG"))}
    env.update(HOME=folder, LC_ALL="C.UTF-8", NO_COLOR="1", TERM="dumb")
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
    return env


class Result:
    """What one run left: code, out and err (text)."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.raw_out, self.raw_err = command, code, out, err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        words = " ".join(str(word) for word in self.command)
        return f"$ {words}\n{self.out}{self.err}[exit {self.code}]"


def judge(result):
    """No run may crash, whatever else the test expects of it."""
    if SANITIZER.search(result.raw_err) or SANITIZER.search(result.raw_out):
        raise AssertionError(f"a sanitizer's report:\n{result}")
    if result.code < 0 or result.code > 6:
        raise AssertionError(f"rung has no such exit status:\n{result}")
    return result


class Running:
    """A run in the background, whose lines can be waited for while it runs."""

    def __init__(self, command, cwd, env):
        self.process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.command, self.text = command, {"out": b"", "err": b""}
        self.changed = threading.Condition()
        self.readers = [threading.Thread(target=self.read, args=(name, stream))
                        for name, stream in (("out", self.process.stdout),
                                             ("err", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def read(self, name, stream):
        while data := os.read(stream.fileno(), 65536):
            with self.changed:
                self.text[name] += data
                self.changed.notify_all()
        stream.close()

    def wait_for(self, words, stream="err", seconds=20):
        """True if the words came while the program was still running."""
        with self.changed:
            self.changed.wait_for(lambda: words.encode() in self.text[stream], seconds)
            return words.encode() in self.text[stream] and self.process.poll() is None

    def end(self, seconds=RUN_SECONDS):
        code = self.process.wait(seconds)
        for reader in self.readers:
            reader.join()
        return judge(Result(self.command, code, self.text["out"], self.text["err"]))


class Project:
    """A folder with rung.yaml, revisions and whatever else a test writes into it."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.env = clean_environment(folder)
        self.last = None

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def config(self, extra=""):
        self.write("rung.yaml", f'targets:\n  dev:\n    url: "{self.url}"\n{extra}')

    def revision(self, id, up="", down="", parents=None, message=None, rest=""):
        """Writes a revision file. It follows the one written before it unless `parents` says
        something else; up and down are bodies, or whole sections if they begin with a heading."""
        if parents is None:
            parents = [self.last] if self.last else []
        lines = [f"-- rung:revision {id}", "-- rung:parents" + "".join(" " + p for p in parents),
                 f"-- rung:message {message or 'revision ' + id}", ""]
        for name, body in (("up", up), ("down", down)):
            if body:
                lines += [body if body.startswith(f"-- rung:{name}") else f"-- rung:{name}\n{body}", ""]
        self.last = id
        return self.write(f"migrations/{id}_x.sql", "\n".join(lines) + rest)

    def tables(self, *ids):
        """One revision after the other, each with a table t_ID."""
        for id in ids:
            self.revision(id, f"CREATE TABLE t_{id} (a integer);", f"DROP TABLE t_{id};")

    def command(self, *words):
        return [RUNG, *words]

    def rung(self, *words, env=None, cwd=None, input=None):
        done = subprocess.run(self.command(*words), cwd=cwd or self.folder, input=input,
                              env=self.env | (env or {}), capture_output=True, check=False,
                              timeout=RUN_SECONDS, **({} if input else {"stdin": subprocess.DEVNULL}))
        return judge(Result(self.command(*words), done.returncode, done.stdout, done.stderr))

    def start(self, *words, env=None):
        return Running(self.command(*words), self.folder, self.env | (env or {}))


def run_client(command, script, cwd="/", env=None):
    """A client program on a script; its error ends the test."""
    done = subprocess.run(command, input=script.encode("utf-8"), capture_output=True, cwd=cwd,
                          env=env, check=False, timeout=RUN_SECONDS)
    if done.returncode:
        raise AssertionError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace')}\n{script}")
    return done.stdout.decode("utf-8")


class Sqlite:
    name, title = "sqlite", "SQLite"
    log, heads, journal = "rung_log", "rung_heads", "rung_journal"

    def __init__(self, folder):
        self.path = os.path.join(folder, "app.db")
        self.url = "sqlite:" + self.path

    def drop(self):
        pass

    def query(self, sql):
        """Rows of text; what was never created has no rows."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            return [tuple(None if cell is None else str(cell) for cell in row)
                    for row in connection.execute(sql)]
        finally:
            connection.close()

    def execute(self, script):
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.executescript(script)
        finally:
            connection.close()

    def run_script(self, script):
        """As a user runs what --sql printed."""
        return run_client([shutil.which("sqlite3") or "sqlite3", "-bail", self.path], script)

    def schema(self):
        return self.query("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'rung%'"
                          " AND tbl_name NOT LIKE 'rung%' AND name NOT LIKE 'sqlite%'"
                          " ORDER BY type, name")

    def everything(self):
        """Equal before and after whatever changed nothing."""
        found = []
        for name in sorted(glob.glob(glob.escape(self.path) + "*")):
            with open(name, "rb") as file:
                found.append((name, hashlib.sha256(file.read()).hexdigest()))
        return found

    def tables(self):
        return [row[0] for row in self.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'rung%'"
            " AND name NOT LIKE 'sqlite%' ORDER BY name")] if os.path.exists(self.path) else []

    def unlock_log(self):
        self.execute("DROP TRIGGER rung_log_keeps_text; DROP TRIGGER rung_log_keeps_rows;")


SERVER = os.environ.get("RUNG_TEST_POSTGRESQL", "")


def server_url(database, **more):
    """The test server's URL with another database, and parameters changed or added."""
    parts = urllib.parse.urlsplit(SERVER)
    values = dict(urllib.parse.parse_qsl(parts.query)) | more
    query = urllib.parse.urlencode({k: v for k, v in values.items() if v is not None},
                                   quote_via=urllib.parse.quote)
    return f"postgresql://{parts.netloc}/{database}?{query}"


def psql(url, script, separator="\x1f"):
    if not SERVER:
        raise RuntimeError("RUNG_TEST_POSTGRESQL is not set: run the tests through "
                           "test/with-postgresql")
    return run_client([program("psql"), "-X", "-q", "-A", "-t", "-F", separator, "-v",
                       "ON_ERROR_STOP=1", "-P", "null=\\N", "-d", url, "-f", "-"], script,
                      env=clean_environment("/"))


# Each object as (schema.name, definition).
OWN = ("nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' AND NOT EXISTS"
       " (SELECT FROM pg_depend e WHERE e.objid = o.oid AND e.deptype = 'e')")
CATALOG = f"""
WITH objects (schema, name, oid, definition) AS (
    SELECT relnamespace, relname, oid, concat_ws(' ', 'relation', relkind, relowner::regrole, relacl,
        CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END, obj_description(oid, 'pg_class'))
        FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'S', 'p', 'f')
    UNION ALL SELECT relnamespace, relname || '.' || attname, c.oid, concat_ws(' ',
        format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
        FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE relkind IN ('r', 'p', 'f')
    UNION ALL SELECT connamespace, conname, conrelid, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid <> 0
    UNION ALL SELECT relnamespace, relname, indrelid, concat_ws(' ',
        pg_get_indexdef(indexrelid), indisvalid)
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    UNION ALL SELECT pronamespace, proname, oid, pg_get_functiondef(oid) FROM pg_proc
        WHERE prokind IN ('f', 'p')
    UNION ALL SELECT relnamespace, tgname, tgrelid, concat_ws(' ',
        pg_get_triggerdef(t.oid), tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL SELECT typnamespace, typname, t.oid, (SELECT string_agg(enumlabel, ',' ORDER BY
        enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) FROM pg_type t WHERE typtype = 'e'
    UNION ALL SELECT oid, 'schema', oid, coalesce(nspacl::text, '') FROM pg_namespace
)
SELECT nspname || '.' || o.name, replace(o.definition, E'\\n', ' ')
FROM objects o JOIN pg_namespace n ON n.oid = o.schema WHERE {OWN}"""
TABLES = """
SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class c JOIN pg_namespace n
ON n.oid = relnamespace WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""


class Postgresql:
    name, title = "postgresql", "PostgreSQL"
    log, heads, journal = "rung.log", "rung.heads", "rung.journal"
    count = 0

    def __init__(self, folder):
        Postgresql.count += 1
        self.database = f"live_{os.getpid()}_{Postgresql.count}"
        psql(server_url("postgres"), f"CREATE DATABASE {self.database}")
        self.url = server_url(self.database)

    def drop(self):
        psql(server_url("postgres"), f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def query(self, sql):
        lines = psql(self.url, sql).splitlines()
        return [tuple(None if cell == "\\N" else cell for cell in line.split("\x1f"))
                for line in lines]

    def execute(self, script):
        psql(self.url, script)

    def run_script(self, script):
        return psql(self.url, script)

    def schema(self):
        """As pg_dump has it, or, where the server is newer than it, as the catalog has it."""
        done = subprocess.run([program("pg_dump"), "--no-owner", "--schema-only",
                               "--exclude-schema=rung", "-d", self.url], capture_output=True,
                              env=clean_environment("/"), check=False, timeout=RUN_SECONDS)
        if done.returncode:
            if b"server version mismatch" not in done.stderr:
                raise AssertionError(done.stderr.decode("utf-8", "replace"))
            return sorted(row for row in self.query(CATALOG) if not row[0].startswith("rung."))
        return [line for line in done.stdout.decode("utf-8").splitlines()
                if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))]

    def everything(self):
        """All objects and all rows, those of the history too."""
        selects = [f"SELECT $t${name}$t$, replace(t::text, E'\\n', ' ') FROM {name} t"
                   for (name,) in self.query(TABLES)]
        return self.query(" UNION ALL ".join([CATALOG, *selects]) + " ORDER BY 1, 2")

    def tables(self):
        return [row[0] for row in self.query(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = 'public' ORDER BY relname")]

    def unlock_log(self):
        self.execute("ALTER TABLE rung.log DISABLE TRIGGER append_only")


def require_passwords():
    """Members of the role `rung_password` must give theirs from now on; the others are trusted."""
    rule = "local all +rung_password scram-sha-256\nhost all +rung_password all scram-sha-256\n"
    with open(os.path.join(os.environ["RUNG_TEST_PGDATA"], "pg_hba.conf"), "r+",
              encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several test programs share the server
        psql(server_url("postgres"),
             "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rung_password') THEN"
             " CREATE ROLE rung_password; END IF; END $$")
        text = file.read()
        if rule not in text:
            file.seek(0)
            file.write(rule + text)
            file.flush()
        psql(server_url("postgres"), "SELECT pg_reload_conf()")
    wait_until(lambda: psql(
        server_url("postgres"), "SELECT count(*) FROM pg_hba_file_rules"
        " WHERE user_name = '{+rung_password}'").strip() == "2")


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


class Case(unittest.TestCase):
    """A test with a project and a database of its own."""
    engine = None
    maxDiff = 4000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="rung-live-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.db = self.engine(self.folder)
        self.addCleanup(self.db.drop)
        self.project = Project(os.path.join(self.folder, "project"), self.db.url)
        os.makedirs(self.project.path("migrations"))
        self.project.config()

    @property
    def sqlite(self):
        return self.engine is Sqlite

    # ---- running ----

    def rung(self, *words, **more):
        return self.project.rung(*words, **more)

    def ok(self, *words, **more):
        result = self.rung(*words, **more)
        self.assertEqual(result.code, 0, str(result))
        return result

    def fails(self, code, *words, **more):
        """An error with this exit status, in words on stderr."""
        result = self.rung(*words, **more)
        self.assertEqual(result.code, code, str(result))
        self.assertRegex(result.err, r"^error: \S|\nerror: \S", str(result))
        return result

    def refused(self, code, *words, file=None, line=None, hint=True, **more):
        """The same, with a hint and the place, and nothing changed in the database."""
        before = self.db.everything()
        result = self.fails(code, *words, **more)
        if hint:
            self.assertIn("  hint: ", result.err, str(result))
        if file:
            place = re.escape(file) + (f":{line}\\b" if line else "")
            self.assertRegex(result.err, r"at \S*" + place, str(result))
        self.assertEqual(self.db.everything(), before, str(result))
        return result

    # ---- looking ----

    def tables(self):
        return self.db.tables()

    def current(self):
        return [r["id"] for r in self.ok("current", "--json").json()["revisions"]]

    def value(self, sql):
        rows = self.db.query(sql)
        self.assertEqual(len(rows), 1, sql)
        return rows[0][0]

    def log(self):
        """(event, revision) of each entry, oldest first."""
        return [(e["event"], e.get("revision")) for e in
                self.ok("history", "--log", "--json").json()["log"]]


def on_each_engine(case):
    """Puts one test class an engine into the module, in place of `case`."""
    module = sys.modules[case.__module__]
    for engine in (Sqlite, Postgresql):
        name = case.__name__ + engine.__name__.capitalize()
        made = type(name, (case,), {"engine": engine, "__module__": case.__module__,
                                    "__doc__": case.__doc__})
        setattr(module, name, made)


def main():
    unittest.main(verbosity=1, buffer=False)
