"""The server goes away: stopped at once, one session terminated, or the connection cut at a COMMIT.

It needs a server of its own: test/with-postgresql --own.
"""
import os
import pwd
import random
import signal
import subprocess
import time
import unittest

import faults
import proxy
import revisions

UP, DOWN = ("upgrade",), ("downgrade", "base")
SEED = int(os.environ.get("RUNG_FAULT_SEED", "1"))
STOPS = int(os.environ.get("RUNG_FAULT_RUNS", "200")) // 20
GIVE_UP = 4  # at each of so many stops the server is not back before rung gives up
DATA, BIN = os.environ.get("RUNG_TEST_PGDATA", ""), os.environ.get("RUNG_TEST_PGBIN", "")


def pg_ctl(*words):
    """As the user that the server runs as."""
    owner = pwd.getpwnam(os.environ["RUNG_TEST_PGOWNER"])

    def become():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(owner.pw_gid)
            os.setuid(owner.pw_uid)
    subprocess.run([os.path.join(BIN, "pg_ctl"), "-D", DATA, "-w", "-t", "60", *words], check=True,
                   cwd=DATA, preexec_fn=become, stdout=subprocess.DEVNULL)


def start_server():
    pg_ctl("start", "-l", os.path.join(DATA, "log-of-the-test"))


def stop_server():
    """As `pg_ctl stop -m immediate`, but without the time that it needs to begin."""
    with open(os.path.join(DATA, "postmaster.pid"), encoding="utf-8") as file:
        pid = int(file.readline())
    os.kill(pid, signal.SIGQUIT)
    faults.wait_until(lambda: not os.path.exists(os.path.join(DATA, "postmaster.pid")), "the stop")


class Case(unittest.TestCase):
    settings = ""

    def setUp(self):
        self.project = faults.Project(self.settings)
        self.addCleanup(self.project.close)
        self.database = faults.Postgres(revisions.BEFORE)
        self.addCleanup(self.database.close)

    def start(self, database=None):
        process = faults.start(self.project, database or self.database, *UP)
        self.addCleanup(process.wait)
        self.addCleanup(faults.kill, process)
        return process

    def complete(self, want, story, words=UP):
        """The plain command completes, and what is there then is `want`."""
        faults.must(self.project, self.database, *words)
        found = self.database.picture()
        self.assertEqual(found, want[0], f"{story}:\n{faults.difference(found, want[0])}")
        self.assertEqual(self.database.history(), want[1], story)
        faults.must(self.project, self.database, "check",
                    code=faults.FOUND if words == DOWN else faults.DONE)

    def wait_for_query(self, pattern):
        """The pid of the session whose statement is like `pattern`."""
        found = []

        def there():
            found[:] = self.database.query(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'rung' AND state ="
                f" 'active' AND datname = current_database() AND query LIKE '{pattern}'")
            return found
        faults.wait_until(there, f"a statement like {pattern}")
        return found[0][0]

    def terminate(self, pid):
        self.database.query(f"SELECT pg_terminate_backend({pid}, 10000)")


class Stopped(Case):
    def test_an_immediate_stop_in_mid_run(self):
        revisions.write_all(self.project)
        randoms = random.Random(SEED)
        want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        length = faults.must(self.project, self.database, *UP).seconds
        hits, since = 0, time.monotonic()
        for number in range(STOPS):
            self.database.fresh()
            self.database.query("CHECKPOINT")  # what is not rung's is on the disk
            delay = length * randoms.random()
            process = self.start()
            time.sleep(delay)
            stop_server()
            if number % GIVE_UP == 0:
                outcome = faults.finish(process)
            start_server()
            self.database.connect()
            if number % GIVE_UP:
                outcome = faults.finish(process)
            self.assertIn(outcome.code, (faults.DONE, faults.FAILED), outcome)
            hits += outcome.code == faults.FAILED
            if outcome.code == faults.FAILED:
                self.assertRegex(outcome.err, "error: .*(lost|cannot connect)")
            self.complete(want, f"stop {number}, seed {SEED}, after {delay:.4f} s")
        self.assertGreater(hits, 0)
        faults.say(f"{STOPS} immediate stops, {hits} of them in mid-run, "
                   f"in {time.monotonic() - since:.1f} s")

    def test_what_was_reported_as_done_survives_an_immediate_stop(self):
        revisions.write_all(self.project)
        for revision in ("+1", "+3", "head"):
            faults.must(self.project, self.database, "upgrade", revision)
            before = self.database.picture(), self.database.history()
            pg_ctl("stop", "-m", "immediate")
            start_server()
            self.database.connect()
            self.assertEqual((self.database.picture(), self.database.history()), before, revision)

    def test_what_stays_after_a_failure_survives_an_immediate_stop(self):
        for _ in range(40):
            self.project.add(revisions.both(revisions.mark("x", "up"), "SELECT 1;"))
        self.project.add(revisions.both("SELECT 1 / 0;", "SELECT 1;"))
        outcome = faults.must(self.project, self.database, *UP, code=faults.FAILED)
        pg_ctl("stop", "-m", "immediate")
        self.assertIn("40 revisions were applied before the failure", outcome.err)
        start_server()
        self.database.connect()
        self.assertEqual(self.database.query("SELECT count(*) FROM ran"), [("40",)])
        self.assertEqual(self.database.history()[0], [("040",)])


class Terminated(Case):
    def test_in_the_middle_of_a_statement(self):
        self.project.add(revisions.both(revisions.mark("001", "up"), "SELECT 1;"))
        self.project.add(revisions.both(
            revisions.mark("002", "up") + "SELECT pg_sleep(1.5);", "SELECT 1;"))
        want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        process = self.start()
        self.terminate(self.wait_for_query("%pg_sleep(1.5)%"))
        outcome = faults.finish(process)
        self.assertEqual(outcome.code, faults.FAILED, outcome)
        self.assertIn("terminating connection due to administrator command", outcome.err)
        self.assertIn("not committed", outcome.err)
        self.assertEqual(self.database.history()[0], [("001",)])
        self.complete(want, "terminated")

    def test_in_the_middle_of_a_step(self):
        self.project.add(f"""-- rung:up postgresql
{revisions.mark('001', 'first')}
CREATE TABLE wide (i integer);
VACUUM wide;
{revisions.mark('001', 'second')}
SELECT pg_sleep(1.5);
VACUUM wide;
{revisions.mark('001', 'third')}
-- rung:down postgresql
DROP TABLE wide;
""")
        want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        process = self.start()
        self.terminate(self.wait_for_query("%pg_sleep(1.5)%"))
        outcome = faults.finish(process)
        self.assertEqual(outcome.code, faults.FAILED, outcome)
        status = faults.must(self.project, self.database, "status")
        self.assertIn("half-done", status.out + status.err)
        self.complete(want, "terminated")

    def test_while_an_index_is_built(self):
        self.project.add("""-- rung:up postgresql
CREATE TABLE wide (i integer);
INSERT INTO wide SELECT i FROM generate_series(1, 1000) i;
CREATE INDEX CONCURRENTLY wide_i ON wide (i);
INSERT INTO ran VALUES ('001', 'up');
-- rung:down postgresql
DROP TABLE wide;
""")
        want, _ = revisions.expected(self.project, self.database)
        self.database.fresh()
        blocker = faults.Session(self.database.url)  # an old snapshot keeps the build waiting
        self.addCleanup(blocker.close)
        blocker.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
        blocker.query("SELECT count(*) FROM ran")
        process = self.start()
        pid = self.wait_for_query("CREATE INDEX%")
        faults.wait_until(lambda: self.database.query(  # it is there before it is valid
            "SELECT FROM pg_class WHERE relname = 'wide_i'"), "the index")
        self.terminate(pid)
        outcome = faults.finish(process)
        self.assertEqual(outcome.code, faults.FAILED, outcome)
        self.assertEqual(self.database.query(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('wide_i')"), [("f",)])
        blocker.query("COMMIT")
        again = faults.must(self.project, self.database, *UP)
        self.assertIn("dropping the invalid index wide_i", again.err)
        self.complete(want, "terminated")

    def committing(self, body, committed):
        """Terminates the session while it commits the last revision."""
        self.project.add(revisions.both(revisions.mark("001", "up"), "SELECT 1;"))
        self.project.add(body)
        self.database.query("CREATE TABLE late (i integer);"
                            "CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS"
                            " $$ BEGIN PERFORM pg_sleep(5); RETURN NULL; END $$;"
                            "CREATE CONSTRAINT TRIGGER rest AFTER INSERT ON late DEFERRABLE"
                            " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rest()")
        process = self.start()
        pid = self.wait_for_query("COMMIT")
        time.sleep(0.1)
        self.terminate(pid)
        outcome = faults.finish(process)
        heads = self.database.history()[0]
        if committed:
            self.assertEqual(outcome.code, faults.DONE, outcome)
            self.assertIn("the history says that it was", outcome.err)
            self.assertEqual(heads, [("002",)])
        else:
            self.assertEqual(outcome.code, faults.FAILED, outcome)
            self.assertIn("not committed", outcome.err)
            self.assertEqual(heads, [("001",)])
        return outcome

    STEPS = "SELECT 1;\nVACUUM;\n"

    def test_in_a_commit_that_fails_by_it(self):
        for number, steps in enumerate(("", self.STEPS)):
            with self.subTest(steps=bool(steps)):
                if number:
                    self.project.close()
                    self.project, self.database = faults.Project(), faults.Postgres(revisions.BEFORE)
                    self.addCleanup(self.database.close)
                    self.addCleanup(self.project.close)
                self.committing(revisions.both(
                    steps + revisions.mark("002", "up") + "INSERT INTO late VALUES (1);",
                    "SELECT 1;"), committed=False)
                self.database.query("DROP TRIGGER rest ON late")
                faults.must(self.project, self.database, *UP)
                self.assertEqual(self.database.query("SELECT * FROM ran ORDER BY 1"),
                                 [("001", "up"), ("002", "up")])

    def test_in_a_commit_that_took_effect(self):
        """A commit that waits for a standby has been written already."""
        self.addCleanup(self.set_standby, "")
        for number, steps in enumerate(("", self.STEPS)):
            with self.subTest(steps=bool(steps)):
                if number:
                    self.project.close()
                    self.project, self.database = faults.Project(), faults.Postgres(revisions.BEFORE)
                    self.addCleanup(self.database.close)
                    self.addCleanup(self.project.close)
                self.set_standby("nobody")
                self.database.query("SET synchronous_commit = local")
                self.committing(revisions.both(steps + revisions.mark("002", "up"), "SELECT 1;"),
                                committed=True)
                self.set_standby("")
                self.assertEqual(self.database.query("SELECT * FROM ran ORDER BY 1"),
                                 [("001", "up"), ("002", "up")])
                faults.must(self.project, self.database, "check")

    def set_standby(self, name):
        session = faults.Session(faults.server_url())
        session.query("SET synchronous_commit = local")
        session.query(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        session.query("SELECT pg_reload_conf()")
        faults.wait_until(lambda: session.value("SHOW synchronous_standby_names") == name,
                          "the setting")
        session.close()


class Cut(Case):
    """The connection is lost at a COMMIT: at each one of a run."""

    def cut_everywhere(self, before, linger=0.0, words=UP, every=1):
        revisions.write_all(self.project)
        want = dict(zip((UP, DOWN), revisions.expected(self.project, self.database)))[words]
        number, counts = 1 - every, {faults.DONE: 0, faults.FAILED: 0}
        while True:
            number += every
            self.database.fresh()
            if words == DOWN:
                faults.must(self.project, self.database, *UP)
            between = proxy.Proxy(self.database.url, number, before, linger)
            try:
                outcome = faults.rung(self.project, between, *words)
            finally:
                between.close()
            if not between.cut:
                self.assertEqual(outcome.code, faults.DONE, outcome)
                break
            story = f"cut {'before' if before else 'behind'} COMMIT {number}"
            self.judge(outcome, story)
            counts[outcome.code] += 1
            self.database.wait_alone()
            self.complete(want, f"{story}: {outcome}", words)
        faults.say(f"{sum(counts.values())} COMMITs of {words[0]} cut {'before' if before else 'behind'}: {counts}")
        self.assertGreater(number, 12)

    def judge(self, outcome, story):
        raise NotImplementedError

    def test_before_it_reached_the_server(self):
        def judge(outcome, story):
            if outcome.code == faults.DONE:  # the history itself: it was simply created again
                self.assertEqual(story, "cut before COMMIT 1", outcome)
                return
            self.assertEqual(outcome.code, faults.FAILED, f"{story}: {outcome}")
            self.assertRegex(outcome.err, "the connection to the database was lost", story)
            self.assertRegex(outcome.err, "revision [0-9]+ was not committed", story)
        self.judge = judge
        self.cut_everywhere(before=True)

    def judge_behind(self, outcome, story):
        self.assertEqual(outcome.code, faults.DONE, f"{story}: {outcome}")
        if story != "cut behind COMMIT 1" or "downgrade" in self.id():
            self.assertRegex(outcome.err, "while (a step of )?revision [0-9]+ was being committed; "
                             "the history says that it was", story)

    def test_behind_it(self):
        self.judge = self.judge_behind
        self.cut_everywhere(before=False)

    def test_behind_it_in_a_downgrade(self):
        self.judge = self.judge_behind
        self.cut_everywhere(before=False, words=DOWN)

    def test_behind_it_when_the_server_notices_late(self):
        self.judge = self.judge_behind
        self.cut_everywhere(before=False, linger=0.2, every=4)

    def test_in_a_pipeline_of_many_revisions(self):
        """COMMIT 1 is the history's; those of many small revisions travel together."""
        for number in range(40):
            self.project.add(revisions.both(revisions.mark(number, "up"), "SELECT 1;"))
        want, _ = revisions.expected(self.project, self.database)
        for before in (True, False):
            for number in (2, 3, 17, 18, 25, 41):
                story = f"{'before' if before else 'behind'} COMMIT {number}"
                self.database.fresh()
                between = proxy.Proxy(self.database.url, number, before)
                try:
                    outcome = faults.rung(self.project, between, *UP)
                finally:
                    between.close()
                self.assertTrue(between.cut, story)
                applied = number - 2 if before else number - 1
                if outcome.code == faults.DONE:
                    self.assertFalse(before, story)
                    self.assertIn("40 revisions applied", outcome.out, story)
                elif applied:
                    self.assertEqual(outcome.code, faults.FAILED, f"{story}: {outcome}")
                    self.assertRegex(outcome.err, f"{applied} revisions? (was|were) applied before",
                                     story)
                self.database.wait_alone()
                if outcome.code == faults.FAILED:
                    self.assertEqual(self.database.query("SELECT count(*) FROM ran"),
                                     [(str(applied),)], f"{story}: {outcome}")
                self.complete(want, f"{story}: {outcome}")


if __name__ == "__main__":
    faults.main("__main__")
