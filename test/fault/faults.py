"""What the fault tests share: the program, its projects, databases of both engines, and pictures of
what is in them.

RUNG names the program (a build with the option `faults`); test/with-postgresql provides the server.
"""
import collections
import ctypes
import ctypes.util
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

RUNG = os.environ.get("RUNG", "build/src/rung")
# for SQLite files: a kill leaves the memory of the system alone, so no disk needs to be waited for
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
DONE, FAILED, USAGE, FOUND, LOCKED, INVALID = 0, 1, 2, 3, 5, 6


# ---- the program ----

Outcome = collections.namedtuple("Outcome", "code out err seconds")


def environment(extra=None):
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env["NO_COLOR"] = "1"
    env.update({k: str(v) for k, v in (extra or {}).items()})
    return env


def start(project, database, *words, env=None, **options):
    """The program as a process; its group is its own, so that a signal meets nobody else."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen(
        [RUNG, *words], cwd=project.folder, env=environment({"FAULT_URL": database.url} | (env or {})),
        stdin=subprocess.DEVNULL, start_new_session=True, **options)


def finish(process, timeout=120, since=None):
    """Waits for the program; one that hangs is killed and fails the test."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"rung hung for {timeout} s\n{text(out)}\n{text(err)}") from None
    seconds = time.monotonic() - since if since else 0.0
    outcome = Outcome(process.returncode, text(out), text(err), seconds)
    assert "Sanitizer" not in outcome.err and "runtime error" not in outcome.err, outcome.err
    return outcome


def rung(project, database, *words, env=None, timeout=120, **options):
    since = time.monotonic()
    return finish(start(project, database, *words, env=env, **options), timeout, since)


def must(project, database, *words, env=None, code=DONE):
    outcome = rung(project, database, *words, env=env)
    assert outcome.code == code, f"rung {' '.join(words)}: {outcome}"
    return outcome


def text(data):
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data or ""


def stopped(process):
    """Whether the process is stopped by a signal (proc(5), field 3 of stat)."""
    try:
        stat = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


def wait_until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.01)


# ---- projects ----

class Project:
    """A folder with rung.yaml and revisions, removed with `close`."""

    def __init__(self, settings=""):
        self.folder = tempfile.mkdtemp(prefix="rung-fault-", dir="/tmp")
        self.revisions = []
        os.mkdir(os.path.join(self.folder, "migrations"))
        self.configure(settings)

    def configure(self, settings):
        """`settings` of the one target, as YAML pairs: "retries: 1, lock_wait: 0"."""
        with open(os.path.join(self.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write("migrations: migrations\ntargets:\n"
                       f"  main: {{ url: \"${{FAULT_URL}}\"{', ' if settings else ''}{settings} }}\n")

    def path(self, revision):
        return os.path.join(self.folder, "migrations", f"{revision}_r.sql")

    def write(self, revision, parent, body):
        with open(self.path(revision), "w", encoding="utf-8") as file:
            file.write(f"-- rung:revision {revision}\n"
                       + (f"-- rung:parents {parent}\n" if parent else "")
                       + f"-- rung:message revision {revision}\n\n{body}")

    def add(self, body, revision=None):
        revision = revision or f"{len(self.revisions) + 1:03d}"
        self.write(revision, self.revisions[-1] if self.revisions else None, body)
        self.revisions.append(revision)
        return revision

    def rewrite(self, revision, body):
        at = self.revisions.index(revision)
        self.write(revision, self.revisions[at - 1] if at else None, body)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- PostgreSQL ----

class SqlError(Exception):
    def __init__(self, state, message):
        super().__init__(f"{state}: {message}")
        self.state = state


def load_libpq():
    pq = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    pointer, number, chars = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for name, result, arguments in (
            ("PQconnectdb", pointer, [chars]), ("PQstatus", number, [pointer]),
            ("PQerrorMessage", chars, [pointer]), ("PQexec", pointer, [pointer, chars]),
            ("PQsendQuery", number, [pointer, chars]), ("PQgetResult", pointer, [pointer]),
            ("PQresultStatus", number, [pointer]), ("PQntuples", number, [pointer]),
            ("PQnfields", number, [pointer]), ("PQgetvalue", chars, [pointer, number, number]),
            ("PQgetisnull", number, [pointer, number, number]), ("PQclear", None, [pointer]),
            ("PQresultErrorField", chars, [pointer, number]), ("PQfinish", None, [pointer]),
            ("PQbackendPID", number, [pointer]), ("PQisBusy", number, [pointer]),
            ("PQconsumeInput", number, [pointer])):
        function = getattr(pq, name)
        function.restype, function.argtypes = result, arguments
    return pq


class Session:
    """A connection to PostgreSQL, by libpq itself; simple queries, rows of text."""
    pq = None

    def __init__(self, url):
        Session.pq = Session.pq or load_libpq()
        self.conn = self.pq.PQconnectdb(url.encode())
        if self.pq.PQstatus(self.conn) != 0:
            raise SqlError("08001", text(self.pq.PQerrorMessage(self.conn)))
        self.pid = self.pq.PQbackendPID(self.conn)

    def read(self, result):
        """The rows of a result; 1, 2: done without and with rows (libpq-fe.h, ExecStatusType)."""
        pq = self.pq
        if not result:
            raise SqlError("08006", text(pq.PQerrorMessage(self.conn)))
        try:
            if pq.PQresultStatus(result) not in (0, 1, 2):
                raise SqlError(text(pq.PQresultErrorField(result, ord("C"))) or "08006",
                               text(pq.PQresultErrorField(result, ord("M"))
                                    or pq.PQerrorMessage(self.conn)))
            return [tuple(None if pq.PQgetisnull(result, row, column)
                          else text(pq.PQgetvalue(result, row, column))
                          for column in range(pq.PQnfields(result)))
                    for row in range(pq.PQntuples(result))]
        finally:
            pq.PQclear(result)

    def query(self, sql):
        return self.read(self.pq.PQexec(self.conn, sql.encode()))

    def value(self, sql):
        return self.query(sql)[0][0]

    def send(self, sql):
        """Begins a statement; `receive` waits for it."""
        assert self.pq.PQsendQuery(self.conn, sql.encode()), text(self.pq.PQerrorMessage(self.conn))

    def busy(self):
        self.pq.PQconsumeInput(self.conn)
        return bool(self.pq.PQisBusy(self.conn))

    def receive(self):
        rows = self.read(self.pq.PQgetResult(self.conn))
        while (more := self.pq.PQgetResult(self.conn)):
            self.pq.PQclear(more)
        return rows

    def close(self):
        if self.conn:
            self.pq.PQfinish(self.conn)
        self.conn = None


def server_url(database="postgres"):
    """The test server's URL for one of its databases."""
    parts = urllib.parse.urlsplit(os.environ["RUNG_TEST_POSTGRESQL"])
    return f"postgresql://{parts.netloc}/{database}?{parts.query}"


class Postgres:
    """A database of its own on the test server."""
    engine = "postgresql"
    numbers = iter(range(1, 1 << 30))

    def __init__(self, before=""):
        self.name = f"fault_{os.getpid()}_{next(self.numbers)}"
        self.url = server_url(self.name)
        self.before = before
        self.admin(f"CREATE DATABASE {self.name}")
        self.session = None
        self.connect()
        self.query(before or "SELECT 1")

    @staticmethod
    def admin(sql):
        session = Session(server_url())
        try:
            return session.query(sql)
        finally:
            session.close()

    def connect(self):
        if self.session:
            self.session.close()
        self.session = Session(self.url)

    def query(self, sql):
        return self.session.query(sql)

    def fresh(self):
        """Back to what `before` makes of nothing."""
        self.wait_alone()
        self.query("SET client_min_messages = warning; DROP SCHEMA IF EXISTS rung CASCADE;"
                   "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + self.before)

    def wait_alone(self, seconds=60):
        """Until the server has noticed that killed clients are gone."""
        wait_until(lambda: self.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")[0][0] == "0",
            "the sessions of dead clients to end", seconds)

    def picture(self):
        """Everything that a revision could leave behind, but for rung's own tables."""
        things = self.query("""
            SELECT 'relation', c.relkind::text, c.relname::text, coalesce(pg_get_viewdef(c.oid), '')
              FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
               AND c.relkind NOT IN ('i', 'c')
            UNION ALL SELECT 'column', a.attrelid::regclass::text,
                   row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) || ' ' || a.attname,
                   format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
                   || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
              FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
               AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT 'index', i.indexrelid::regclass::text, i.indisvalid::text,
                   pg_get_indexdef(i.indexrelid)
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text,
                   pg_get_constraintdef(oid) || convalidated
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'enum', enumtypid::regtype::text, enumlabel::text, enumsortorder::text
              FROM pg_enum
            UNION ALL SELECT 'function', oid::regprocedure::text, '', prosrc
              FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text,
                   pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            ORDER BY 1, 2, 3, 4""")
        tables = [row[2] for row in things if row[:2] == ("relation", "r")]
        return things, {table: self.query(f"SELECT t::text FROM {table} t ORDER BY 1")
                        for table in tables if table}

    def history(self):
        """Heads, half-done steps, and the events of the log."""
        return (self.query("SELECT revision FROM rung.heads ORDER BY 1"),
                self.query("SELECT revision, step FROM rung.journal"),
                self.query("SELECT event, revision FROM rung.log WHERE event <> 'failed' ORDER BY id"))

    def close(self):
        self.session.close()
        self.admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


# ---- SQLite ----

class Sqlite:
    """A database file in a folder of its own."""
    engine = "sqlite"

    def __init__(self, before="", folder=None):
        self.folder = tempfile.mkdtemp(prefix="rung-fault-", dir=folder or FAST)
        self.path = os.path.join(self.folder, "app.db")
        self.url = "sqlite:" + self.path
        self.before = before
        self.fresh()

    def connect(self, **options):
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, **options)

    def query(self, sql):
        conn = self.connect(timeout=30)
        try:
            return conn.execute(sql).fetchall()
        finally:
            conn.close()

    def fresh(self):
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        conn = self.connect()
        conn.executescript(self.before)
        conn.close()

    def wait_alone(self):
        """Nothing of a killed process goes on."""

    def picture(self):
        conn = self.connect(timeout=30)
        try:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
            things = conn.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_schema"
                " WHERE tbl_name NOT LIKE 'rung^_%' ESCAPE '^' ORDER BY 1, 2").fetchall()
            things += conn.execute("PRAGMA user_version").fetchall()
            things += conn.execute("PRAGMA journal_mode").fetchall()
            rows = {}
            for kind, name, _, _ in (thing for thing in things if len(thing) == 4):
                if kind == "table":
                    rows[name] = sorted(conn.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            return things, rows
        finally:
            conn.close()

    def history(self):
        return (self.query("SELECT revision FROM rung_heads ORDER BY 1"),
                self.query("SELECT revision, step FROM rung_journal"),
                self.query("SELECT event, revision FROM rung_log WHERE event <> 'failed' ORDER BY id"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


ENGINES = {"postgresql": Postgres, "sqlite": Sqlite}


# ---- comparing ----

def difference(found, wanted):
    """The first differences of two pictures, in words."""
    lines = []
    for part in (0, 1):
        a = found[0] if part == 0 else [(t, r) for t, rows in found[1].items() for r in rows]
        b = wanted[0] if part == 0 else [(t, r) for t, rows in wanted[1].items() for r in rows]
        more = collections.Counter(map(repr, a)) - collections.Counter(map(repr, b))
        less = collections.Counter(map(repr, b)) - collections.Counter(map(repr, a))
        lines += [f"  too much ({n}): {thing[:300]}" for thing, n in list(more.items())[:5]]
        lines += [f"  missing  ({n}): {thing[:300]}" for thing, n in list(less.items())[:5]]
    return "\n".join(lines) or "  the order differs"


def say(words):
    print(words, flush=True)


def kill(process):
    """Kills it, if it still runs, and forgets what it said."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def main(module):
    """Runs the tests of `module`; a build without fault points is a mistake, not a reason to skip."""
    import unittest
    if subprocess.run([RUNG, "--version"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
        sys.exit(f"{RUNG} does not run: set RUNG to the program")
    unittest.main(module=module, verbosity=2)
