"""How long an application stands still while a revision alters its busiest table, and somebody has
forgotten a transaction on it. Figures are printed. The bound is lenient about the machine's own
stalls: those of the same load beforehand, and those of a client that uses another table meanwhile."""
import os
import random
import sys
import threading
import time

from harness import SERVER, SOURCE, Case, Postgresql, main

sys.path.append(os.path.join(SOURCE, "test", "fault"))
from faults import Session  # noqa: E402

CLIENTS, ROWS = 4, 2000
CONTROL_SECONDS, HELD_SECONDS = 4, 6
LOCK_TIMEOUT = 0.5
MARGIN = 0.1  # no stall is longer than lock_timeout + 100 ms


class Client(threading.Thread):
    """Short reads and writes, one behind the other; each is one transaction."""

    def __init__(self, url, number, table):
        super().__init__(daemon=True)
        self.table = table
        self.session, self.random = Session(url), random.Random(number)
        self.over, self.waits, self.failed = False, [], None

    def statement(self):
        id = self.random.randrange(ROWS)
        return (f"SELECT n FROM {self.table} WHERE id = {id}" if self.random.random() < 0.5 else
                f"UPDATE {self.table} SET n = n + 1 WHERE id = {id}")

    def run(self):
        try:
            while not self.over:
                since = time.monotonic()
                self.session.query(self.statement())
                end = time.monotonic()
                self.waits.append((since, end - since))
                time.sleep(0.002)
        except Exception as error:  # the test looks at it
            self.failed = error
        finally:
            self.session.close()


class Stall(Case):
    engine = Postgresql

    def setUp(self):
        super().setUp()
        self.project.config(f"    lock_timeout: {int(LOCK_TIMEOUT * 1000)}ms\n    retries: 100\n")
        for table in ("busy", "calm"):
            self.db.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, n integer NOT NULL);"
                            f" INSERT INTO {table} SELECT i, 0 FROM generate_series(0, {ROWS - 1}) i;")
        self.clients, self.calm = [], None

    def load(self):
        self.clients = [Client(self.db.url, number, "busy") for number in range(CLIENTS)]
        self.calm = Client(self.db.url, CLIENTS, "calm")
        self.addCleanup(self.end_load)
        for client in self.clients + [self.calm]:
            client.start()

    def end_load(self):
        for client in self.clients + [self.calm]:
            client.over = True
        for client in self.clients + [self.calm]:
            client.join(30)

    def longest(self, clients, since, end):
        """Of the statements that began in between, and how many there were."""
        waits = [wait for client in clients for at, wait in client.waits if since <= at < end]
        self.assertGreater(len(waits), 20 * len(clients), "there was no load")
        return max(waits), len(waits)

    def hold(self):
        session = Session(self.db.url)
        self.addCleanup(session.close)
        session.query("BEGIN")
        session.query("SELECT count(*) FROM busy")
        return session

    def measure(self, up, down, title, looks=0):
        """`looks`: how many looks of rung, one every 100 ms, the bound allows for."""
        self.project.revision("001", up, down)
        self.load()
        start = time.monotonic()
        time.sleep(CONTROL_SECONDS)
        holder = self.hold()  # it disturbs nobody by itself
        time.sleep(CONTROL_SECONDS / 2)
        begun = time.monotonic()
        running = self.project.start("upgrade")
        time.sleep(HELD_SECONDS)
        self.assertIsNone(running.process.poll(), running.text)
        holder.query("COMMIT")
        result = running.end()
        self.assertEqual(result.code, 0, str(result))
        time.sleep(0.5)
        end = time.monotonic()
        self.end_load()
        self.assertEqual([client.failed for client in self.clients], [None] * CLIENTS)
        control, before = self.longest(self.clients, start, begun)
        calm, _ = self.longest([self.calm], begun, end)
        stall, during = self.longest(self.clients, begun, end)
        queued = sum(wait > LOCK_TIMEOUT / 2 for client in self.clients
                     for at, wait in client.waits if begun <= at)
        print(f"\n{title}: longest stall {1000 * stall:.0f} ms in {during} statements, {queued} of them"
              f" queued; lock_timeout {1000 * LOCK_TIMEOUT:.0f} ms; without rung {1000 * control:.0f} ms"
              f" in {before}, on another table {1000 * calm:.0f} ms; attempts {result.err.count('retry:') + 1}", file=sys.stderr)
        self.assertGreater(queued, 0, "nobody ever waited behind the revision")
        self.assertIn("waiting for a lock held by pid", result.err)
        self.assertLessEqual(stall, LOCK_TIMEOUT + MARGIN + looks * 0.1 + max(control, calm))

    def test_one_statement(self):
        self.measure("ALTER TABLE busy ADD COLUMN seen text;", "ALTER TABLE busy DROP COLUMN seen;",
                     "ALTER TABLE")
        self.assertEqual(self.value("SELECT count(seen) FROM busy"), "0")

    def test_a_lock_that_is_held_while_another_is_waited_for(self):
        """The lock on `busy` is there; what is waited for is another table's."""
        self.db.execute("CREATE TABLE quiet (id integer);")
        hold, self.hold = self.hold, lambda: self.hold_quiet(hold)
        self.measure("ALTER TABLE busy ADD COLUMN seen text;\nALTER TABLE quiet ADD COLUMN seen text;",
                     "ALTER TABLE quiet DROP COLUMN seen;\nALTER TABLE busy DROP COLUMN seen;",
                     "two tables")

    def hold_quiet(self, hold):
        session = hold()
        session.query("COMMIT")
        session.query("BEGIN")
        session.query("SELECT count(*) FROM quiet")
        return session

    def test_several_locks_of_one_transaction(self):
        """Each statement has its lock_timeout: their sum must not be the stall."""
        self.db.execute("CREATE TABLE second (id integer); CREATE TABLE third (id integer);")
        holders = []

        def hold():
            for table, seconds in (("second", 0.3), ("third", 30)):
                session = Session(self.db.url)
                self.addCleanup(session.close)
                holders.append((session, table, seconds))
            stop = threading.Event()
            self.addCleanup(stop.set)

            def blink():  # holds `second` for less than the timeout, again and again
                session = holders[0][0]
                while not stop.is_set():
                    session.query("BEGIN")
                    session.query("SELECT count(*) FROM second")
                    time.sleep(0.35)
                    session.query("COMMIT")
                    time.sleep(0.01)
            threading.Thread(target=blink, daemon=True).start()
            third = holders[1][0]
            third.query("BEGIN")
            third.query("SELECT count(*) FROM third")
            return third
        self.hold = hold
        self.measure("".join(f"ALTER TABLE {table} ADD COLUMN seen text;\n"
                             for table in ("busy", "second", "third")),
                     "".join(f"ALTER TABLE {table} DROP COLUMN seen;\n"
                             for table in ("third", "second", "busy")), "three tables",
                     looks=1)  # a wait may begin just behind one


if __name__ == "__main__":
    assert SERVER, "run it through test/with-postgresql"
    main()
