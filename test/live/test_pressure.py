"""A purge gives way: it pauses while a standby is behind, while sessions wait for locks, while slots keep
WAL, and goes on when that is over.

It needs a server of its own: test/with-postgresql --own.
"""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

RUNG = os.environ.get("RUNG", "build/src/rung")
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
DATA, BIN = os.environ.get("RUNG_TEST_PGDATA", ""), os.environ.get("RUNG_TEST_PGBIN", "")
SCHEMA = """
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE notes (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users ON DELETE CASCADE, t text);
CREATE INDEX ON notes (user_id);
INSERT INTO users SELECT generate_series(1, 400);
INSERT INTO notes SELECT i, 1 + i % 400, repeat('x', 200) FROM generate_series(1, 40000) i;
"""
SETTINGS = """targets: {{ main: {{ url: "{url}", lock_timeout: 0 }} }}
lifecycle:
  key: 0123456789abcdef0123456789abcdef
  subjects:
    users: {{ table: users }}
  relations:
    notes.user_id: cascade
{more}  purge: {{ batch_time: {batch}, {limits} }}
"""


def server_url(database):
    parts = urllib.parse.urlsplit(os.environ["RUNG_TEST_POSTGRESQL"])
    return f"postgresql://{parts.netloc}/{database}?{parts.query}"


def psql(sql, database, **options):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", server_url(database), "-c", sql],
                          capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def as_owner():
    """What makes a child process the user that the server runs as."""
    owner = pwd.getpwnam(os.environ["RUNG_TEST_PGOWNER"])

    def become():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(owner.pw_gid)
            os.setuid(owner.pw_uid)
    return become


def wait_until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


class Pressure(unittest.TestCase):
    def setUp(self):
        self.database = f"pressure_{os.getpid()}_{self._testMethodName[-8:]}".lower()
        psql(f"CREATE DATABASE {self.database}", "postgres")
        self.folder = tempfile.mkdtemp(prefix="rung-pressure-", dir="/tmp")
        os.mkdir(os.path.join(self.folder, "migrations"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(psql, f"DROP DATABASE {self.database} WITH (FORCE)", "postgres")
        psql(SCHEMA, self.database)
        for script in ("store", "total"):
            psql((SOURCE / f"src/lifecycle/{script}_postgresql.sql").read_text(encoding="utf-8"), self.database)
        psql("INSERT INTO rung.erasure (subject, key, subject_hash, state, requested_at, due_at, requested_by)"
             " SELECT 'users', id, 'h' || id, 'pending', now(), now(), 't' FROM users", self.database)

    relations = ""

    def start(self, limits, batch="20ms"):
        with open(os.path.join(self.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(url=server_url(self.database), limits=limits, more=self.relations,
                                       batch=batch))
        process = subprocess.Popen([RUNG, "purge", "-v"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(iter(process.stdout.readline, "")),
                         daemon=True).start()
        return process

    def left(self):
        return int(psql("SELECT count(*) FROM users", self.database))

    def pauses_and_goes_on(self, process, word, release):
        """It says why it pauses, does nothing meanwhile, and ends when it may."""
        wait_until(lambda: any(word in line for line in self.lines) or process.poll() is not None, word)
        self.assertIsNone(process.poll(), self.lines)
        before = psql("SELECT count(*) FROM rung.audit", self.database)
        time.sleep(2.5)
        self.assertIsNone(process.poll(), self.lines)
        self.assertEqual(psql("SELECT count(*) FROM rung.audit", self.database), before)
        self.assertGreater(self.left(), 0)
        release()
        self.assertEqual(process.wait(timeout=60), 0, self.lines)
        self.assertEqual(self.left(), 0)

    def test_sessions_that_wait_for_locks(self):
        holder, waiters = self.locked(3)
        process = self.start("max_waiters: 2")

        def release():
            holder.stdin.write("COMMIT;\n")
            holder.stdin.close()
            holder.wait()
            for waiter in waiters:
                waiter.wait()
        self.pauses_and_goes_on(process, "sessions wait for locks", release)
        self.was_counted("lock_waiters")

    def was_counted(self, reason):
        """How long it paused, for this reason alone."""
        found = psql("SELECT label, number >= 1000000 FROM rung.measure WHERE name = 'throttle_us'",
                     self.database)
        self.assertEqual(found, f"{reason}|t")

    def locked(self, count):
        """A table that one session has locked, and others that wait for it."""
        psql("CREATE TABLE busy (i integer)", self.database)
        url = server_url(self.database)
        holder = self.lock("busy")
        locked = "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass AND {}granted"
        waiters = [subprocess.Popen(["psql", "-XAtq", url, "-c", "SELECT 1 FROM busy"],
                                    stdout=subprocess.DEVNULL) for _ in range(count)]
        wait_until(lambda: psql(locked.format("NOT "), self.database) == str(count), "the waiters")
        return holder, waiters

    def test_a_worker_that_lists_for_long_keeps_its_lease(self):
        psql("CREATE TABLE a (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users);"
             "CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a);"
             "CREATE TABLE c (id integer PRIMARY KEY, b_id integer NOT NULL REFERENCES b);"
             "INSERT INTO a SELECT i, i FROM generate_series(1, 400) i; INSERT INTO b SELECT id, id FROM a;"
             "INSERT INTO c SELECT id, id FROM b", self.database)
        holders = [self.lock(table) for table in ("a", "b")]
        self.relations = "    a.user_id: cascade\n    b.a_id: cascade\n    c.b_id: cascade\n"
        process = self.start("lease: 2s")
        for holder in holders:
            time.sleep(1.5)
            self.assertIsNone(process.poll(), self.lines)
            second = subprocess.run([RUNG, "purge"], cwd=self.folder, capture_output=True, text=True, check=False)
            self.assertEqual(second.returncode, 5, second)
            holder.communicate("COMMIT;\n")
        self.assertEqual(process.wait(timeout=60), 0, self.lines)
        self.assertEqual(self.left(), 0)

    def test_one_subject_with_more_rows_than_a_transaction_takes(self):
        psql("DELETE FROM rung.erasure WHERE key <> '7'; DELETE FROM notes;"
             "INSERT INTO notes SELECT i, 7, repeat('x', 100) FROM generate_series(1, 60000) i;"
             "CREATE TABLE tags (id integer PRIMARY KEY, user_id integer REFERENCES users, ref text);"
             "INSERT INTO tags SELECT i, 7 FROM generate_series(1, 40000) i; CREATE INDEX ON tags (user_id);"
             "CREATE TABLE bare (user_id integer REFERENCES users ON DELETE CASCADE, t text);"
             "INSERT INTO bare SELECT 7 FROM generate_series(1, 40000); CREATE INDEX ON bare (user_id);"
             "ANALYZE", self.database)
        self.relations = ("    tags.user_id: { set_null: true, pseudonym: ref }\n"
                          "    bare.user_id: cascade\n")
        process = self.start("max_lag: 0", "2ms")
        self.assertEqual(process.wait(timeout=120), 0, self.lines)
        self.assertEqual(self.left(), 399)
        self.assertEqual(psql("SELECT (SELECT count(*) FROM notes), (SELECT count(*) FROM bare), count(user_id),"
                              " count(DISTINCT ref), count(ref) FROM tags", self.database), "0|0|0|1|40000")
        changes = psql("SELECT table_name, sum(row_count), count(*) > 1 FROM rung.audit WHERE action IN"
                       " ('delete', 'set null') GROUP BY 1 ORDER BY 1", self.database)
        self.assertEqual(changes, "bare|40000|t\nnotes|60000|t\ntags|40000|t\nusers|1|f")

    def lock(self, table):
        holder = subprocess.Popen(["psql", "-XAtq", server_url(self.database)], stdin=subprocess.PIPE, text=True)
        self.addCleanup(holder.kill)
        holder.stdin.write(f"BEGIN; LOCK {table};\n")
        holder.stdin.flush()
        wait_until(lambda: psql(f"SELECT count(*) FROM pg_locks WHERE relation = '{table}'::regclass AND granted",
                                self.database) == "1", "the lock")
        return holder

    def test_slots_that_keep_wal(self):
        psql("SELECT pg_create_physical_replication_slot('kept', true)", "postgres")
        self.addCleanup(lambda: psql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                                     " WHERE slot_name = 'kept'", "postgres"))
        psql("CREATE TABLE filler AS SELECT repeat('x', 1000) AS t FROM generate_series(1, 3000)", self.database)
        process = self.start("max_wal: 1")
        self.pauses_and_goes_on(process, "slots keep too much WAL",
                                lambda: psql("SELECT pg_drop_replication_slot('kept')", "postgres"))
        self.was_counted("wal_kept")

    def test_a_standby_that_is_behind(self):
        standby = self.standby()
        psql_standby = ["psql", "-XAtq", "-h", standby, "-U", os.environ["PGUSER"], "-d", "postgres", "-c"]
        subprocess.run([*psql_standby, "SELECT pg_wal_replay_pause()"], check=True, stdout=subprocess.DEVNULL)

        def behind():
            psql("INSERT INTO users VALUES (100000) ON CONFLICT DO NOTHING; DELETE FROM users WHERE id = 100000",
                 self.database)
            return psql("SELECT replay_lag > interval '1 s' FROM pg_stat_replication", "postgres") == "t"
        wait_until(behind, "the standby to be behind")
        process = self.start("max_lag: 500ms")
        self.pauses_and_goes_on(
            process, "a standby is behind",
            lambda: subprocess.run([*psql_standby, "SELECT pg_wal_replay_resume()"], check=True,
                                   stdout=subprocess.DEVNULL))
        self.was_counted("standby_lag")

    def standby(self):
        """A streaming standby; gives the folder of its socket."""
        folder = tempfile.mkdtemp(prefix="rung-standby-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder, True)
        owner = pwd.getpwnam(os.environ["RUNG_TEST_PGOWNER"])
        if os.geteuid() == 0:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = os.path.join(folder, "data")
        subprocess.run([os.path.join(BIN, "pg_basebackup"), "-h", os.environ["PGHOST"], "-U",
                        os.environ["PGUSER"], "-D", data, "-R", "-X", "stream", "-c", "fast"],
                       check=True, preexec_fn=as_owner(), cwd=folder)
        with open(os.path.join(data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.write(f"unix_socket_directories = '{folder}'\nwal_receiver_status_interval = 1\n")
        subprocess.run([os.path.join(BIN, "pg_ctl"), "-D", data, "-w", "-l", os.path.join(folder, "log"), "start"],
                       check=True, preexec_fn=as_owner(), cwd=folder, stdout=subprocess.DEVNULL)
        self.addCleanup(subprocess.run, [os.path.join(BIN, "pg_ctl"), "-D", data, "-m", "immediate", "stop"],
                        check=True, preexec_fn=as_owner(), cwd=folder, stdout=subprocess.DEVNULL)
        wait_until(lambda: psql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'",
                                "postgres") == "1", "the standby")
        return folder


if __name__ == "__main__":
    unittest.main()
