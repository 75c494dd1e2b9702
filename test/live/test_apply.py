"""Running revisions beside others: locks, timeouts, interrupts, batches, steps that failed half-way."""
import os
import re
import signal
import sys
import threading
import time
import unittest

from harness import SOURCE, Case, Postgresql, Sqlite, main, on_each_engine, wait_until

sys.path.append(os.path.join(SOURCE, "test", "fault"))
from faults import Session  # noqa: E402


class ApplyCase(Case):
    def settings(self, text):
        """Settings of the target: "lock_timeout: 1s, retries: 3"."""
        self.project.config("".join(f"    {pair}\n" for pair in text.split(", ")))

    def session(self):
        session = Session(self.db.url)
        self.addCleanup(session.close)
        return session

    def begin(self, *words):
        """A run in the background, which does not outlive the test."""
        running = self.project.start(*words)
        self.addCleanup(self.stop, running)
        return running

    @staticmethod
    def stop(running):
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
        for reader in running.readers:
            reader.join()

    def both(self, postgresql, sqlite):
        return sqlite if self.sqlite else postgresql

    def numbers(self, rows):
        """Makes the table t (id, n) with so many rows."""
        self.db.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL);" + self.both(
            f"INSERT INTO t SELECT i, 0 FROM generate_series(1, {rows}) i;",
            "INSERT INTO t WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s"
            f" WHERE i < {rows}) SELECT i, 0 FROM s;"))

    def fill(self, options, statement="UPDATE t SET n = n + 1;", id="fill"):
        self.project.revision(id, self.section("up", f"-- rung:backfill {options}\n{statement}"),
                              self.section("down", "SELECT 1;"))

    def section(self, name, body):
        return f"-- rung:{name} {self.db.name}\n{body}"


# ---- locks ----

class Locks(ApplyCase):
    engine = Postgresql

    def setUp(self):
        super().setUp()
        self.db.execute("CREATE TABLE busy (i integer); INSERT INTO busy VALUES (1);")
        self.project.revision("001", self.section("up", "ALTER TABLE busy ADD COLUMN j integer;"))

    def hold(self, mode):
        session = self.session()
        session.query("BEGIN")
        session.query(f"LOCK TABLE busy IN {mode} MODE")
        return session

    def test_a_lock_is_waited_for_with_retries_and_its_holder_named(self):
        self.settings("lock_timeout: 400ms, retries: 20")
        holder = self.hold("ACCESS EXCLUSIVE")
        running = self.begin("upgrade")
        named = f"waiting for a lock held by pid {holder.pid} (user postgres"
        self.assertTrue(running.wait_for(named), running.text)
        self.assertTrue(running.wait_for("LOCK TABLE busy IN ACCESS EXCLUSIVE MODE"), running.text)
        self.assertTrue(running.wait_for("; attempt 3 of 21 in"), running.text)
        holder.query("COMMIT")
        result = running.end()
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("retry: canceling statement due to lock timeout", result.err)
        self.assertEqual(self.value("SELECT count(j) FROM busy"), "0")

    def test_when_the_retries_are_used_up_the_holder_is_named(self):
        self.settings("lock_timeout: 400ms, retries: 1")
        holder = self.hold("ACCESS SHARE")
        since = time.monotonic()
        result = self.fails(1, "upgrade")
        self.assertLess(time.monotonic() - since, 10)
        error = result.err[result.err.index("error:"):]
        self.assertIn("lock timeout", error)
        self.assertIn(f"pid {holder.pid}", error, "the error itself does not name the blocker")
        self.assertEqual(self.log()[-1][0], "failed")
        holder.query("ROLLBACK")
        self.ok("upgrade")

    def test_without_a_lock_timeout_it_waits_in_line(self):
        self.settings("lock_timeout: 0, retries: 0")
        holder = self.hold("ACCESS SHARE")
        running = self.begin("upgrade")
        self.assertTrue(running.wait_for(f"pid {holder.pid}"), running.text)
        time.sleep(1.5)
        holder.query("COMMIT")
        self.assertEqual(running.end().code, 0)

    def test_the_application_is_not_blocked_for_longer_than_the_timeout(self):
        self.settings("lock_timeout: 300ms, retries: 50")
        holder = self.hold("ACCESS SHARE")  # a long report; ALTER TABLE queues behind it
        running = self.begin("upgrade")
        application, slowest, behind = self.session(), 0.0, 0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            since = time.monotonic()
            application.query("SELECT i FROM busy")  # queues behind the ALTER TABLE
            slowest = max(slowest, time.monotonic() - since)
            behind += time.monotonic() - since > 0.1
            time.sleep(0.005)
        self.assertIsNone(running.process.poll(), running.text)
        holder.query("COMMIT")
        self.assertEqual(running.end().code, 0)
        self.assertGreater(behind, 0, "the application was never in the queue")
        self.assertLess(slowest, 0.3 + 1)  # the report would have held it up for 3 s

    def test_a_deadlock_is_tried_again(self):
        self.settings("lock_timeout: 20s, retries: 3")
        self.db.execute("CREATE TABLE other (i integer); INSERT INTO other VALUES (1);")
        self.project.revision("002", self.section(
            "up", "UPDATE busy SET i = i + 1;\nUPDATE other SET i = i + 1;"))
        self.ok("upgrade", "001")
        session = self.session()
        session.query("BEGIN")
        session.query("SELECT * FROM other FOR UPDATE")
        running = self.begin("upgrade")
        wait_until(lambda: self.db.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
        session.send("UPDATE busy SET i = i + 10")  # rung waited first, so the server picks rung
        session.receive()
        session.query("COMMIT")
        result = running.end()
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("retry: deadlock detected", result.err)
        self.assertEqual(self.db.query("SELECT b.i, o.i FROM busy b, other o"), [("12", "2")])

    def test_a_statement_timeout_ends_the_run(self):
        self.settings("statement_timeout: 300ms")
        self.project.revision("002", self.section(
            "up", "INSERT INTO busy VALUES (2);\nSELECT pg_sleep(20);"))
        since = time.monotonic()
        result = self.fails(1, "upgrade")
        self.assertLess(time.monotonic() - since, 5)
        self.assertIn("statement timeout", result.err)
        self.assertIn("1 revision was applied before the failure", result.err)
        self.assertNotIn("retry:", result.err)
        self.assertEqual(self.value("SELECT count(*) FROM busy"), "1")
        self.assertEqual(self.current(), ["001"])


# ---- interrupts ----

@on_each_engine
class Interrupts(ApplyCase):
    def slow(self):
        """A statement that takes a minute, and says in the database that it has begun."""
        return self.both("SELECT pg_sleep(60);",
                         "WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s)"
                         " SELECT count(*) FROM s;")

    def interrupt(self, running, signal_number=signal.SIGINT):
        running.process.send_signal(signal_number)
        since = time.monotonic()
        result = running.end()
        self.assertLess(time.monotonic() - since, 10)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("interrupted: what was under way was rolled back", result.err)
        return result

    def test_a_statement_is_stopped_and_its_revision_rolled_back(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.doCleanups()
                self.setUp()
                self.project.tables("001")
                self.project.revision("002", self.section(
                    "up", "CREATE TABLE never (i integer);\n" + self.slow()))
                self.ok("upgrade", "001")
                running = self.begin("upgrade")
                time.sleep(0.8)
                result = self.interrupt(running, number)
                self.assertEqual(self.tables(), ["t_001"])
                self.assertEqual(self.current(), ["001"])
                self.assertEqual(self.log()[-1], ("failed", "002"))
                self.assertEqual(self.rung("check").code, 3)

    def test_the_second_one_ends_it_at_once(self):
        self.project.revision("001", self.section("up", self.slow()))
        running = self.begin("upgrade")
        time.sleep(0.5)
        running.process.send_signal(signal.SIGINT)
        running.process.send_signal(signal.SIGINT)
        self.assertIn(running.process.wait(10), (1, -2))

    def test_batches_that_are_done_stay_and_the_rest_follows(self):
        self.numbers(100)
        self.fill("table=t key=id batch=10 pause=200ms")
        running = self.begin("upgrade")
        wait_until(lambda: int(self.value("SELECT count(*) FROM t WHERE n = 1")) >= 20)
        result = self.interrupt(running)
        done = int(self.value("SELECT count(*) FROM t WHERE n = 1"))
        self.assertIn(done, range(20, 100, 10))
        self.assertEqual(self.current(), [])
        self.assertIn("half-done", self.ok("status").out)
        result = self.ok("upgrade")
        self.assertIn(f"the backfill of t goes on behind key {done}, {done} rows are done", result.err)
        self.assertEqual(self.db.query("SELECT n, count(*) FROM t GROUP BY n"), [("1", "100")])
        self.ok("check")

    def test_many_revisions_are_reported_right(self):
        self.db.execute("CREATE TABLE ran (id text);")
        for number in range(60):
            rest = self.slow() if number == 40 else ""
            self.project.revision(f"{number:03d}", self.section(
                "up", f"INSERT INTO ran VALUES ('{number}');\n{rest}"))
        running = self.begin("upgrade")
        if not self.sqlite:
            wait_until(lambda: self.value("SELECT count(*) FROM ran") == "40")
        time.sleep(1)
        result = self.interrupt(running)
        stay = int(self.value("SELECT count(*) FROM ran"))
        self.assertEqual(stay, 40)
        self.assertIn("40 revisions were applied before the failure and stay so", result.err)
        self.assertEqual(self.current(), ["039"])


# ---- backfills ----

@on_each_engine
class Backfills(ApplyCase):
    def all_once(self, rows):
        self.assertEqual(self.db.query("SELECT n, count(*) FROM t GROUP BY n"), [("1", str(rows))])

    def test_it_pauses_between_batches(self):
        self.numbers(40)
        self.fill("table=t key=id batch=10 pause=300ms")
        since = time.monotonic()
        self.ok("upgrade")
        self.assertGreater(time.monotonic() - since, 0.9)
        self.all_once(40)

    def test_a_killed_one_goes_on_behind_the_last_key(self):
        self.numbers(100)
        self.fill("table=t key=id batch=7 pause=100ms")
        running = self.begin("upgrade")
        wait_until(lambda: int(self.value("SELECT count(*) FROM t WHERE n = 1")) >= 21)
        running.process.kill()
        running.process.wait()
        if not self.sqlite:
            wait_until(lambda: not self.db.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'rung'"
                " AND datname = current_database()"))
        done = int(self.value("SELECT count(*) FROM t WHERE n = 1"))
        result = self.ok("upgrade")
        self.assertIn(f"goes on behind key {done}, {done} rows are done", result.err)
        self.all_once(100)
        self.ok("check")

    def test_a_row_that_comes_behind_the_last_key_is_reached(self):
        self.numbers(30)
        self.fill("table=t key=id batch=10 pause=300ms")
        running = self.begin("upgrade")
        wait_until(lambda: self.value("SELECT count(*) FROM t WHERE n = 1") != "0")
        self.db.execute("INSERT INTO t VALUES (1000, 0);")
        self.assertEqual(running.end().code, 0)
        self.all_once(31)

    def test_keys_of_any_type(self):
        text = ["", " ", "a", "B", "b", "ä", "Z", "o'clock", "back\\slash", "1", "10", "2", "日本",
                "x:1,", "-- rung:up", "$1", "?1", "new\nline"]
        quoted = ["'" + t.replace("'", "''") + "'" for t in text]
        kinds = {
            "text": quoted,
            "bigint": ["-9223372036854775808", "-1", "0", "1", "9223372036854775807", "7", "8"],
        }
        if not self.sqlite:
            kinds["uuid"] = [f"'{n:08x}-0000-4000-8000-0123456789ab'" for n in (0, 7, 0xffffffff)]
            kinds["timestamptz"] = ["'2024-02-29 12:00:00.000001+00'", "'-infinity'", "'infinity'",
                                    "'2024-10-27 02:30:00+01'", "'0044-03-15 BC'"]
            kinds["numeric"] = ["'NaN'", "1e30", "0.1", "-0.10", "3"]
            kinds["bytea"] = ["''", "'\\x00'", "'\\xff00'"]
        else:
            kinds["blob"] = ["x''", "x'00'", "x'ff00'"]
        for kind, values in kinds.items():
            for batch in (1, 2, 100):
                with self.subTest(kind=kind, batch=batch):
                    id = f"{kind}{batch}"
                    self.db.execute("DROP TABLE IF EXISTS t;"
                                    f"CREATE TABLE t (k {kind} PRIMARY KEY, n integer NOT NULL);"
                                    "INSERT INTO t VALUES "
                                    + ", ".join(f"({value}, 0)" for value in values) + ";")
                    self.fill(f"table=t key=k batch={batch}", id=id)
                    self.ok("upgrade")
                    self.all_once(len(values))

    def test_a_key_of_several_columns(self):
        self.db.execute("CREATE TABLE t (a integer, b text, n integer NOT NULL, PRIMARY KEY (a, b));"
                        "INSERT INTO t VALUES " + ", ".join(
                            f"({a}, '{b}', 0)" for a in range(-2, 5) for b in "xyzXYZ") + ";")
        self.fill("table=t key=a,b batch=4")
        self.ok("upgrade")
        self.all_once(42)

    def test_a_key_that_is_not_unique(self):
        self.db.execute("CREATE TABLE t (k integer NOT NULL, n integer NOT NULL);"
                        "INSERT INTO t VALUES " + ", ".join(f"({k // 7}, 0)" for k in range(70)) + ";")
        self.fill("table=t key=k batch=5")
        self.ok("upgrade")
        self.all_once(70)

    def test_a_key_that_is_null_is_refused(self):
        self.db.execute("CREATE TABLE t (k integer, n integer NOT NULL);"
                        "INSERT INTO t VALUES (1, 0), (NULL, 0);")
        self.fill("table=t key=k batch=5")
        result = self.fails(1, "upgrade")
        self.assertIn("NULL", result.err)
        self.assertIn("hint: ", result.err)
        self.assertRegex(result.err, r"migrations/fill_x\.sql:\d+")
        self.assertEqual(self.db.query("SELECT n, count(*) FROM t GROUP BY n"), [("0", "2")])

    def test_a_condition_of_its_own_and_an_empty_table(self):
        self.numbers(50)
        self.db.execute("CREATE TABLE empty (id integer PRIMARY KEY, n integer);")
        self.fill("table=t key=id batch=10", "UPDATE t SET n = 5 WHERE id % 2 = 0 OR id = 1;")
        self.fill("table=empty key=id batch=10", "DELETE FROM empty;", id="none")
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM t WHERE n = 5"), "26")
        self.ok("check")

    def test_a_batch_that_fails_leaves_those_before_it(self):
        self.numbers(50)
        self.db.execute("CREATE UNIQUE INDEX only_one ON t (n) WHERE n < 0;")
        self.fill("table=t key=id batch=10",
                  "UPDATE t SET n = CASE WHEN id > 28 THEN -1 ELSE 1 END;")
        result = self.fails(1, "upgrade")
        self.assertRegex(result.err, "unique|UNIQUE")
        self.assertEqual(self.value("SELECT count(*) FROM t WHERE n = 1"), "20")
        self.db.execute("DROP INDEX only_one;")
        result = self.ok("upgrade")
        self.assertIn("goes on behind key 20, 20 rows are done", result.err)
        self.assertEqual(self.value("SELECT count(*) FROM t WHERE n = -1"), "22")


class Progress(ApplyCase):
    engine = Sqlite

    def test_progress_goes_to_a_pipe_as_lines(self):
        self.numbers(80)
        self.fill("table=t key=id batch=20 pause=5050ms")  # a pipe gets a line every ten seconds
        running = self.begin("upgrade")
        self.assertTrue(running.wait_for("    t: ", "out", 20), running.text)
        running.process.send_signal(signal.SIGINT)
        result = running.end()
        self.assertRegex(result.out, r"(?m)^    t: 60 of 80 rows \(75 %\), \d+ rows/s, ETA \d")
        self.assertRegex(result.out, r"(?m)^    t: 60 of 80 rows in \d")
        self.assertNotIn("\r", result.out)
        self.assertNotIn("\x1b", result.out)
        result = self.ok("upgrade")
        self.assertRegex(result.out, r"(?m)^    t: 80 of 80 rows in \d")
        self.assertEqual(self.db.query("SELECT n, count(*) FROM t GROUP BY n"), [("1", "80")])


# ---- steps ----

@on_each_engine
class Steps(ApplyCase):
    def outside(self):
        return self.both("VACUUM t_zero;", "VACUUM;")

    def half_done(self, third="SELECT no_such_column FROM t_zero;"):
        """A revision whose third step fails."""
        self.project.tables("zero")
        self.body = ["INSERT INTO t_zero VALUES (1);", self.outside(), third]
        self.project.revision("002", self.section("up", "\n".join(self.body)),
                              self.section("down", "DELETE FROM t_zero;"))
        self.fails(1, "upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM t_zero"), "1")

    def rewrite(self, *body):
        self.project.last = "zero"
        self.project.revision("002", self.section("up", "\n".join(body)),
                              self.section("down", "DELETE FROM t_zero;"))

    def test_steps_that_did_not_run_may_be_edited(self):
        self.half_done()
        self.rewrite(*self.body[:2], "INSERT INTO t_zero VALUES (3);\n" + self.outside(),
                     "INSERT INTO t_zero VALUES (4);")
        result = self.ok("upgrade")
        self.assertIn("resuming revision 002", result.err)
        self.assertEqual(self.db.query("SELECT a FROM t_zero ORDER BY a"), [("1",), ("3",), ("4",)])
        self.ok("check")

    def test_steps_that_ran_may_not(self):
        self.half_done()
        self.rewrite("INSERT INTO t_zero VALUES (2);", *self.body[1:])
        before = self.db.query("SELECT * FROM t_zero"), self.log()
        result = self.fails(1, "upgrade")
        self.assertIn("step 1 of revision 002 already ran, and its text has changed", result.err)
        self.assertRegex(result.err, r"  at \S*002_x\.sql:6\b")
        self.assertIn("hint: ", result.err)
        self.assertEqual((self.db.query("SELECT * FROM t_zero"), self.log()), before)
        self.rewrite(*self.body[:2], "SELECT 1;")
        self.ok("upgrade")
        self.assertEqual(self.db.query("SELECT a FROM t_zero"), [("1",)])

    def test_a_half_done_upgrade_is_finished_before_a_downgrade(self):
        self.half_done()
        result = self.refused(1, "downgrade", "base")
        self.assertIn("revision 002 is half-done: 2 of 3 steps of its upgrade", result.err)
        self.rewrite(*self.body[:2], "SELECT 1;")
        self.ok("upgrade")
        self.ok("downgrade", "base")
        self.assertEqual(self.tables(), [])

    def test_a_failure_in_the_first_step_is_logged(self):
        self.project.tables("zero")
        self.project.revision("002", self.section(
            "up", "SELECT no_such_column FROM t_zero;\n" + self.outside() + "\nSELECT 1;"))
        self.ok("upgrade", "zero")
        self.fails(1, "upgrade")
        self.assertEqual(self.log()[-1], ("failed", "002"))
        self.assertNotIn("half-done", self.ok("status").out)


class ConcurrentIndexes(ApplyCase):
    engine = Postgresql

    def invalid(self):
        return self.db.query("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
                             " WHERE NOT indisvalid")

    def test_a_unique_index_over_duplicates_leaves_nothing_behind(self):
        self.db.execute("CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (1);")
        self.project.revision("001", self.section(
            "up", "INSERT INTO t VALUES (7);\nCREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);"))
        result = self.fails(1, "upgrade")
        self.assertIn("could not create unique index \"t_n\"", result.err)
        self.assertIn("Key (n)=(1) is duplicated", result.err)
        self.assertRegex(result.err, r"001_x\.sql:\d+")
        self.assertEqual(self.invalid(), [])
        self.assertEqual(self.db.query("SELECT to_regclass('t_n')"), [(None,)])
        self.fails(1, "upgrade")  # as long as nobody mends the rows
        self.db.execute("DELETE FROM t WHERE ctid = '(0,1)';")
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT indisvalid FROM pg_index"
                                    " WHERE indexrelid = 't_n'::regclass"), "t")
        self.assertEqual(self.value("SELECT count(*) FROM t WHERE n = 7"), "1")

    def test_an_invalid_index_of_someone_else_is_not_dropped(self):
        self.db.execute("CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (1);")
        try:
            self.db.execute("CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);")
        except AssertionError:
            pass
        self.assertEqual(self.invalid(), [("t_n",)])
        self.project.revision("001", self.section(
            "up", "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);"))
        result = self.fails(1, "upgrade")
        self.assertIn("an invalid index t_n is there already", result.err)
        self.assertEqual(self.invalid(), [("t_n",)])

    def test_one_step_alone_may_not_be_edited_once_it_was_started(self):
        self.db.execute("CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (1);")
        body = "CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);"
        self.project.revision("001", self.section("up", body))
        self.fails(1, "upgrade")
        self.project.last = None
        self.project.revision("001", self.section("up", body.replace("t_n", "t_m")))
        result = self.refused(1, "upgrade")
        self.assertIn("step 1 of revision 001", result.err)

    def test_the_new_value_of_an_enum_may_be_used_by_a_later_statement_or_a_check(self):
        self.db.execute("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood);")
        self.project.revision("001", self.section(
            "up", "ALTER TYPE mood ADD VALUE 'ok';\nINSERT INTO t VALUES ('ok');"))
        self.project.revision("002", self.section("up", "ALTER TYPE mood ADD VALUE 'glad';"),
                              rest="\n-- rung:check postgresql nobody is glad\n"
                                   "SELECT count(*) = 0 FROM t WHERE m = 'glad';\n")
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM pg_enum"), "3")


# ---- commits ----

class Commits(ApplyCase):
    engine = Postgresql

    def test_all_but_the_last_are_asynchronous(self):
        self.db.execute("CREATE TABLE seen (revision text, setting text);")
        record = "INSERT INTO seen VALUES ('{}', current_setting('synchronous_commit'));"
        for number in range(30):
            self.project.revision(f"{number:03d}", self.section("up", record.format(number)))
        self.ok("upgrade")
        seen = dict(self.db.query("SELECT revision, setting FROM seen"))
        self.assertEqual({seen.pop("29")}, {"on"})
        self.assertEqual(set(seen.values()), {"off"})

    def test_a_last_revision_of_several_steps_is_synchronous_at_its_end(self):
        self.db.execute("CREATE TABLE seen (step text, setting text);")
        record = "INSERT INTO seen VALUES ('{}', current_setting('synchronous_commit'));"
        self.project.revision("001", self.section(
            "up", f"{record.format('first')}\nVACUUM seen;\n{record.format('last')}"))
        self.ok("upgrade")
        self.assertEqual(self.db.query("SELECT step, setting FROM seen ORDER BY 1"),
                         [("first", "off"), ("last", "on")])


@on_each_engine
class Many(ApplyCase):
    def many(self, count, special):
        """Revisions 1 … count; special: the bodies of some of them, or whole sections."""
        self.db.execute("CREATE TABLE ran (id integer);")
        for number in range(1, count + 1):
            body, rest = special.get(number, ("", ""))
            self.project.revision(f"{number:04d}", self.section(
                "up", f"INSERT INTO ran VALUES ({number});\n{body}"), rest=rest)

    def stays(self, count, result):
        self.assertEqual(self.value("SELECT count(*) FROM ran"), str(count))
        self.assertEqual(self.current(), [f"{count:04d}"])
        self.assertIn(f"{count} revisions were applied before the failure and stay so", result.err)
        self.assertEqual(len(re.findall("✓", result.out)), count)
        self.assertIn(f"{count + 1:04d}", result.err)
        self.assertEqual(self.log()[-1], ("failed", f"{count + 1:04d}"))

    def test_of_a_thousand_the_seven_hundredth_fails(self):
        self.many(1000, {700: ("INSERT INTO no_such_table VALUES (1);", "")})
        result = self.fails(1, "upgrade")
        self.stays(699, result)
        self.assertRegex(result.err, r"0700_x\.sql:7\b")
        self.assertIn("no_such_table", result.err)
        self.project.last = "0699"
        self.project.revision("0700", self.section("up", "INSERT INTO ran VALUES (700);"))
        self.ok("upgrade")
        self.assertEqual(self.db.query("SELECT count(*), count(DISTINCT id) FROM ran"),
                         [("1000", "1000")])

    def test_a_check_that_fails_among_many(self):
        self.many(40, {20: ("", f"\n-- rung:check {self.db.name} never\nSELECT 1 = 2;\n")})
        result = self.fails(6, "upgrade")
        self.stays(19, result)

    def test_a_failure_before_a_notice(self):
        self.many(40, {7: ("INSERT INTO no_such_table VALUES (1);", ""),
                       9: ("-- rung:notice it is the ninth\nSELECT 1;", "")})
        result = self.fails(1, "upgrade")
        self.stays(6, result)
        self.assertNotIn("it is the ninth", result.out + result.err)


del ApplyCase

if __name__ == "__main__":
    main()
