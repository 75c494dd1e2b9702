"""Several runs at one database, and databases that others keep busy, that may not be written, or
that are full."""
import ctypes
import os
import resource
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import faults
import revisions

UP = ("upgrade",)
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


class Case(unittest.TestCase):
    engine, settings, before = None, "", ""

    def setUp(self):
        self.project = faults.Project(self.settings)
        self.addCleanup(self.project.close)
        self.database = faults.ENGINES[self.engine](self.before + revisions.BEFORE)
        self.addCleanup(self.database.close)

    def marks(self):
        return sorted(tuple(row) for row in self.database.query("SELECT revision, what FROM ran"))

    def start(self, *words, env=None):
        process = faults.start(self.project, self.database, *words, env=env)
        self.addCleanup(process.wait)
        self.addCleanup(faults.kill, process)
        return process

    def start_stopped(self, *words, at):
        """A run that stands still at a point, as if it had been stopped by ^Z."""
        process = self.start(*words, env={"RUNG_FAULT_AT": at, "RUNG_FAULT_ACTION": "stop"})
        faults.wait_until(lambda: faults.stopped(process) or process.poll() is not None, "the stop")
        self.assertIsNone(process.poll(), "the run ended before its fault point")
        return process


# ---- many at once ----

class Together(Case):
    def together(self, count, fill):
        fill(self.project)
        want, _ = revisions.expected(self.project, self.database)
        for attempt in range(2):
            self.database.fresh()
            processes = [self.start(*UP) for _ in range(count)]
            outcomes = [faults.finish(process) for process in processes]
            for outcome in outcomes:
                self.assertEqual(outcome.code, faults.DONE, f"{attempt}: {outcome}")
            found = self.database.picture()
            self.assertEqual(found, want[0], faults.difference(found, want[0]))
            self.assertEqual(self.database.history(), want[1])
            faults.must(self.project, self.database, "check")

    def test_two_upgrades(self):
        self.together(2, revisions.write_all)

    def test_eight_upgrades(self):
        self.together(8, revisions.write_all)

    def test_two_upgrades_that_begin_with_steps(self):
        self.together(2, lambda project: project.add(SLOW_FIRST))

    def test_eight_upgrades_that_begin_with_steps(self):
        self.together(8, lambda project: project.add(SLOW_FIRST))

    def test_eight_upgrades_that_begin_with_a_backfill(self):
        def fill(project):
            project.add(revisions.both("-- rung:backfill table=things key=id batch=3\n"
                                       "UPDATE things SET n = n + 1;\n", "SELECT 1;"))
        self.database.before += ("CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER);"
                                 "INSERT INTO things VALUES " +
                                 ", ".join(f"({i}, {i})" for i in range(40)) + ";")
        self.together(8, fill)


    def test_upgrades_and_downgrades_at_once(self):
        """Some of them find that others moved the database: they say so and leave it whole."""
        revisions.write_all(self.project)
        want, _ = revisions.expected(self.project, self.database)
        codes = []
        for _ in range(4):
            self.database.fresh()
            processes = [self.start(*words) for words in (UP, ("downgrade", "base")) * 3]
            for process in processes:
                outcome = faults.finish(process)
                codes.append(outcome.code)
                if outcome.code != faults.DONE:
                    self.assertEqual(outcome.code, faults.FAILED, outcome)
                    self.assertIn("another run moved the heads of this database", outcome.err)
            self.assertEqual(self.database.history()[1], [], "something is half-done")
            faults.must(self.project, self.database, *UP)
            marks = self.marks()
            for revision in self.project.revisions:
                ups = sum(mark[0] == revision and "up" in mark[1] for mark in marks)
                downs = sum(mark[0] == revision and "down" in mark[1] for mark in marks)
                if revision in ("001", "002", "003", "006", "008"):
                    self.assertEqual(ups, downs + 1, f"{revision}: {marks}")
            found = self.database.picture()
            found[1].pop("ran")
            self.assertEqual(found, (want[0][0], {t: r for t, r in want[0][1].items() if t != "ran"}))
            faults.must(self.project, self.database, "check")
        self.assertIn(faults.DONE, codes)


SLOW_FIRST = f"""-- rung:up postgresql
{revisions.mark('001', 'first')}
SELECT pg_sleep(0.2);
VACUUM;
{revisions.mark('001', 'second')}
-- rung:down postgresql
{revisions.mark('001', 'down')}
-- rung:up sqlite
CREATE TABLE filler (i INTEGER);
INSERT INTO filler WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100000)
  SELECT i FROM s;
{revisions.mark('001', 'first')}
VACUUM;
{revisions.mark('001', 'second')}
-- rung:down sqlite
DROP TABLE filler;
{revisions.mark('001', 'down')}
"""


class TogetherPostgresql(Together):
    engine = "postgresql"


class TogetherSqlite(Together):
    engine = "sqlite"


class TogetherSqliteWal(Together):
    engine, before = "sqlite", "PRAGMA journal_mode = WAL;"


del Together


# ---- who holds the lock ----

class Holder(Case):
    """A run that stands still somewhere, and what another one says and does then."""
    def setUp(self):
        super().setUp()
        revisions.write_all(self.project)
        self.want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()

    def held(self):
        """Whether the lock is held, and nothing but the lock keeps others out."""
        raise NotImplementedError

    def start_holder(self):
        for point in range(60, 300, 7):
            holder = self.start_stopped(*UP, at=point)
            if self.held():
                return holder
            faults.kill(holder)
            holder.wait()
            self.database.fresh()
        return self.fail("no point was found at which the lock is held")

    def complete(self):
        faults.must(self.project, self.database, *UP)
        found = self.database.picture()
        self.assertEqual(found, self.want[0], faults.difference(found, self.want[0]))
        self.assertEqual(self.database.history(), self.want[1])
        faults.must(self.project, self.database, "check")

    def name_of(self, holder):
        raise NotImplementedError

    def test_without_waiting_the_loser_names_the_holder(self):
        holder = self.start_holder()
        before = self.database.picture()
        self.project.configure("lock_wait: 0")
        since = time.monotonic()
        loser = faults.must(self.project, self.database, *UP, code=faults.LOCKED)
        self.assertLess(time.monotonic() - since, 5)
        self.assertIn(self.name_of(holder), loser.err)
        self.assertEqual(self.database.picture(), before)
        faults.kill(holder)
        holder.wait()
        self.database.wait_alone()
        self.complete()

    def test_a_stopped_holder_is_waited_for_and_named(self):
        holder = self.start_holder()
        name = self.name_of(holder)
        with tempfile.TemporaryFile() as err:
            waiting = faults.start(self.project, self.database, *UP, stderr=err)
            self.addCleanup(faults.kill, waiting)

            def said():
                err.seek(0)
                return faults.text(err.read())
            faults.wait_until(lambda: name in said(), f"{name} to be named: {said()}")
            self.assertIsNone(waiting.poll())
            holder.send_signal(signal.SIGCONT)
            self.assertEqual(faults.finish(holder).code, faults.DONE)
            self.assertEqual(faults.finish(waiting).code, faults.DONE, said())
        self.complete()

    def test_a_dead_holder_is_not_waited_for(self):
        holder = self.start_holder()
        faults.kill(holder)
        holder.wait()
        since = time.monotonic()
        self.complete()
        self.assertLess(time.monotonic() - since, 10)


class HolderPostgresql(Holder):
    engine = "postgresql"

    def held(self):
        return self.holder_pid() is not None

    def holder_pid(self):
        rows = self.database.query("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
                                   " AND database = (SELECT oid FROM pg_database WHERE datname ="
                                   " current_database())")
        return rows[0][0] if rows else None

    def name_of(self, holder):
        return f"pid {self.holder_pid()}, user postgres"


    def test_the_server_process_of_a_dead_client_is_waited_for(self):
        """The server does not notice at once that nobody waits for the answer any more."""
        self.project.add("-- rung:up postgresql\nSELECT pg_sleep(1);\n" + revisions.mark("009", "up")
                         + "-- rung:down postgresql\nSELECT 1;\n")
        self.want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        client = self.start(*UP)
        faults.wait_until(lambda: self.database.query(
            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(1)'"
            " AND datname = current_database()"), "the statement")
        faults.kill(client)
        client.wait()
        again = faults.must(self.project, self.database, *UP)
        self.assertIn("waiting for another run of rung: pid", again.err)
        self.assertEqual(self.database.picture(), self.want[0])
        self.assertEqual(self.database.history(), self.want[1])


class HolderSqlite(Holder):
    engine = "sqlite"

    def held(self):
        conn = self.database.connect(timeout=0)
        try:
            conn.execute("BEGIN IMMEDIATE")
            return conn.execute("SELECT count(*) FROM rung_lock").fetchone()[0] == 1
        except sqlite3.OperationalError:
            return False
        finally:
            conn.close()

    def name_of(self, holder):
        return f"pid {holder.pid}"

    def test_a_holder_that_only_its_parent_remembers_is_dead(self):
        """A killed process stays in the process table until its parent has asked for its status."""
        holder = self.start_holder()
        faults.kill(holder)
        since = time.monotonic()
        self.complete()
        self.assertLess(time.monotonic() - since, 10)
        holder.wait()

    def test_a_process_number_that_was_used_again_is_not_the_holder(self):
        holder = self.start_holder()
        faults.kill(holder)
        holder.wait()
        conn = self.database.connect()
        conn.execute("UPDATE rung_lock SET pid = ?", (os.getpid(),))
        conn.close()
        self.complete()

    def test_a_holder_of_another_machine_is_waited_for(self):
        holder = self.start_holder()
        faults.kill(holder)
        holder.wait()
        conn = self.database.connect()
        conn.execute("UPDATE rung_lock SET host = 'elsewhere'")
        self.project.configure("lock_wait: 0")
        faults.must(self.project, self.database, *UP, code=faults.LOCKED)
        conn.execute("UPDATE rung_lock SET expires_us = 1")  # its time is over
        conn.close()
        self.complete()

    def test_a_run_that_lost_its_lock_stops(self):
        """Stopped for so long that another run took the lock: it must not go on."""
        holder = self.start_holder()
        conn = self.database.connect()
        conn.execute("UPDATE rung_lock SET expires_us = 1")
        conn.close()
        self.complete()
        holder.send_signal(signal.SIGCONT)
        outcome = faults.finish(holder)
        self.assertIn(outcome.code, (faults.FAILED, faults.LOCKED), outcome)
        self.complete()


del Holder


# ---- SQLite files that others keep busy ----

class Busy(Case):
    engine = "sqlite"

    def setUp(self):
        super().setUp()
        revisions.write_all(self.project)
        self.want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()

    def hold(self, begin, seconds):
        """Another connection holds the file, and lets go after a while."""
        conn = self.database.connect()
        for sql in begin:
            conn.execute(sql).fetchall()
        timer = threading.Timer(seconds, conn.execute, ["ROLLBACK"])
        timer.start()
        self.addCleanup(conn.close)
        self.addCleanup(timer.join)
        return conn

    def waits(self, *begin):
        self.hold(begin, 1.3)
        outcome = faults.must(self.project, self.database, *UP)
        self.assertGreater(outcome.seconds, 1.0)
        self.assertIn("waiting", outcome.err)
        found = self.database.picture()
        self.assertEqual(found, self.want[0], faults.difference(found, self.want[0]))
        faults.must(self.project, self.database, "check")

    def gives_up(self, *begin):
        self.project.configure("lock_wait: 700ms")
        with open(self.database.path, "rb") as file:
            before = file.read()
        conn = self.hold(begin, 1.8)
        outcome = faults.must(self.project, self.database, *UP, code=faults.LOCKED)
        self.assertGreater(outcome.seconds, 0.6)
        self.assertLess(outcome.seconds, 1.7)
        self.assertIn("hint: waited 700 ms", outcome.err)
        with open(self.database.path, "rb") as file:
            self.assertEqual(file.read(), before)
        conn.execute("SELECT 1")
        self.project.configure("")
        faults.must(self.project, self.database, *UP)

    def test_a_writer_is_waited_for(self):
        self.waits("BEGIN IMMEDIATE")

    def test_a_writer_that_lets_nobody_read_is_waited_for(self):
        self.waits("BEGIN EXCLUSIVE")

    def test_a_reader_is_waited_for_at_the_commit(self):
        self.waits("BEGIN", "SELECT * FROM ran")

    def test_a_writer_that_stays_is_given_up(self):
        self.gives_up("BEGIN IMMEDIATE")

    def test_a_writer_that_lets_nobody_read_and_stays_is_given_up(self):
        self.gives_up("BEGIN EXCLUSIVE")

    def test_a_reader_that_stays_is_given_up(self):
        self.gives_up("BEGIN", "SELECT * FROM ran")

    def test_a_writer_between_the_steps_is_waited_for(self):
        """Another program gets in between two transactions of one run."""
        holder = self.start_stopped(*UP, at=200)
        conn = self.database.connect(timeout=0)
        for point in range(200, 400, 3):
            try:
                conn.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                faults.kill(holder)
                holder.wait()
                self.database.fresh()
                conn.close()
                holder = self.start_stopped(*UP, at=point)
                conn = self.database.connect(timeout=0)
        self.assertTrue(conn.in_transaction)
        holder.send_signal(signal.SIGCONT)
        time.sleep(0.7)
        self.assertIsNone(holder.poll(), "it did not wait")
        conn.execute("ROLLBACK")
        conn.close()
        self.assertEqual(faults.finish(holder).code, faults.DONE)
        found = self.database.picture()
        self.assertEqual(found, self.want[0], faults.difference(found, self.want[0]))


# ---- SQLite files that cannot be written ----

def without_override():
    """In the child: root obeys the permissions of files, too."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


class ReadOnly(Case):
    engine = "sqlite"

    def refused(self, words):
        with open(self.database.path, "rb") as file:
            before = file.read()
        outcome = faults.rung(self.project, self.database, *UP, preexec_fn=without_override)
        self.assertEqual(outcome.code, faults.FAILED, outcome)
        self.assertIn(words, outcome.err)
        self.assertIn("hint:", outcome.err)
        with open(self.database.path, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_file_and_a_folder_without_permission_to_write(self):
        revisions.write_all(self.project)
        want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        os.chmod(self.database.path, 0o444)
        self.refused("read-only")
        os.chmod(self.database.path, 0o644)
        os.chmod(self.database.folder, 0o555)
        self.refused(self.database.path)
        os.chmod(self.database.folder, 0o755)
        faults.must(self.project, self.database, *UP)
        self.assertEqual(self.database.picture(), want[0])

    def test_nothing_pending_needs_no_permission(self):
        revisions.write_all(self.project)
        faults.must(self.project, self.database, *UP)
        conn = self.database.connect()
        conn.execute("PRAGMA journal_mode = DELETE").fetchall()
        conn.close()
        os.chmod(self.database.path, 0o444)
        outcome = faults.rung(self.project, self.database, *UP, preexec_fn=without_override)
        os.chmod(self.database.path, 0o644)
        self.assertEqual(outcome.code, faults.DONE, outcome)


BIG = """CREATE TABLE big (i INTEGER, t TEXT);
INSERT INTO big WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 2000)
  SELECT i, hex(zeroblob(200)) FROM s;
"""


class Full(Case):
    engine = "sqlite"

    def fill(self):
        revisions.write_all(self.project)
        self.project.add(revisions.both(BIG + revisions.mark("009", "up"), "DROP TABLE big;"))
        self.project.add(revisions.both(
            "-- rung:backfill table=big key=i batch=500\n"
            "UPDATE big SET t = t || hex(zeroblob(300));\n", "SELECT 1;"))

    def test_a_limit_on_the_size_of_files(self):
        """setrlimit(2): a write beyond the limit fails as if the disk had said no."""
        self.fill()
        want, _ = revisions.expected(self.project, self.database)
        failures = 0
        for limit in range(40, 3200, 160):
            self.database.fresh()
            outcome = faults.rung(self.project, self.database, *UP,
                                  preexec_fn=lambda size=limit * 1024: limit_files(size))
            if outcome.code == faults.DONE:
                break
            failures += 1
            self.assertEqual(outcome.code, faults.FAILED, f"{limit}: {outcome}")
            self.assertRegex(outcome.err, "error: .*(SQLite|disk)", limit)
            faults.must(self.project, self.database, *UP)
            found = self.database.picture()
            self.assertEqual(found, want[0], faults.difference(found, want[0]))
            self.assertEqual(self.database.history(), want[1])
            faults.must(self.project, self.database, "check")
        self.assertGreater(failures, 3)

    def test_a_full_disk(self):
        """A small file system of its own; only root can have one."""
        if os.geteuid() != 0 or not mount_works():
            faults.say("no mount(2) here: the limit on the size of files stands in for a full disk")
            self.assertTrue(hasattr(resource, "RLIMIT_FSIZE"))
            return
        self.fill()
        want, _ = revisions.expected(self.project, self.database)
        folder = tempfile.mkdtemp(prefix="rung-full-", dir="/tmp")
        self.addCleanup(os.rmdir, folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        database = faults.Sqlite(revisions.BEFORE, folder)
        self.addCleanup(database.close)
        outcome = faults.must(self.project, database, *UP, code=faults.FAILED)
        self.assertRegex(outcome.err, "error: the SQLite database .* is on a full disk")
        self.assertIn("hint: make room", outcome.err)
        faults.must(self.project, database, *UP, code=faults.FAILED)
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
        faults.must(self.project, database, *UP)
        found = database.picture()
        self.assertEqual(found, want[0], faults.difference(found, want[0]))
        faults.must(self.project, database, "check")


def limit_files(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def mount_works():
    folder = tempfile.mkdtemp(dir="/tmp")
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
                                 stderr=subprocess.DEVNULL, check=False).returncode == 0
        if mounted:
            subprocess.run(["umount", folder], check=True)
        return mounted
    except OSError:
        return False
    finally:
        os.rmdir(folder)


if __name__ == "__main__":
    faults.main("__main__")
