"""rung retain, killed at points between its transactions and run again: what is left is what a run that
nobody disturbed leaves, and each row is in exactly one record of the audit.

RUNG_RETAIN_STEP=1 tries every point, in place of every fifth."""
import collections
import os
import pathlib
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import faults  # noqa: E402

STORE = pathlib.Path(__file__).parents[2] / "src" / "lifecycle"
SETTINGS = """targets: { main: { url: "${FAULT_URL}" } }
lifecycle:
  key: 0123456789abcdef0123456789abcdef
  relations: { c.t: cascade, n.t: set_null }
  retention:
    t: { age: at, keep: 30d }
    p: { age: at, keep: 30d, then: anonymise, columns: [mail=hmac, name=fixed:gone] }
"""
PARTS = "    e: { age: at, keep: 3mo, then: drop_partitions, ahead: 1 }\n"
TABLES = """
CREATE TABLE t (id integer PRIMARY KEY, at timestamp);
CREATE TABLE c (id integer PRIMARY KEY, t integer NOT NULL REFERENCES t (id));
CREATE TABLE n (id integer PRIMARY KEY, t integer REFERENCES t (id));
CREATE TABLE p (id integer PRIMARY KEY, at timestamp, mail text, name text);
"""
STEP = int(os.environ.get("RUNG_RETAIN_STEP", "5"))
ROWS = 300  # more than the first batch has


class Kill:
    old = young = ""

    def before(self):
        numbers = f"WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {ROWS}) "
        return (TABLES + numbers + f"INSERT INTO t SELECT n, {self.old} FROM x;"
                f"INSERT INTO t VALUES (0, {self.young});"
                + numbers + f"INSERT INTO c SELECT n, n % {ROWS + 1} FROM x;"
                "INSERT INTO n SELECT id, t FROM c;"
                + numbers + f"INSERT INTO p SELECT n, {self.old}, 'mail ' || n, 'name' FROM x;"
                f"INSERT INTO p VALUES (0, {self.young}, 'm', 'n');"
                + (STORE / f"store_{self.engine}.sql").read_text(encoding="utf-8"))

    def setUp(self):
        self.project = faults.Project()
        self.addCleanup(self.project.close)
        with open(os.path.join(self.project.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(SETTINGS + (PARTS if self.engine == "postgresql" else ""))

    def state(self):
        tables = ["t", "c", "n", "p"]
        return [sorted(self.database.query(f"SELECT * FROM {table} WHERE id >= 0"), key=repr)
                for table in tables]

    def sums(self):
        found = collections.Counter()
        for action, table, rows in self.database.query(
                f"SELECT action, table_name, row_count FROM {self.rung}audit"):
            found[action, table] += int(rows)
        return {key: rows for key, rows in found.items() if rows}

    def release(self):
        """As if the lease of the dead one had ended."""
        self.database.query(f"UPDATE {self.rung}mark SET value = NULL WHERE name = 'purge'")

    def clean_run(self):
        with tempfile.NamedTemporaryFile(mode="r", encoding="ascii") as file:
            faults.must(self.project, self.database, "retain", env={"RUNG_FAULT_COUNT": file.name})
            points = int(file.read())
        return points

    def test_each_point(self):
        points = self.clean_run()
        expected, sums = self.times(self.state()), self.sums()
        self.assertGreater(points, 20)
        self.assertEqual(sums["delete", "t"], ROWS)
        self.assertEqual(sums["anonymise", "p"], ROWS)
        for point in range(1 + os.getpid() % STEP, points + 1, STEP):
            with self.subTest(point=point):
                self.database.fresh()
                outcome = faults.rung(self.project, self.database, "retain", env={"RUNG_FAULT_AT": point})
                self.assertEqual(outcome.code, -signal.SIGKILL, outcome)
                self.settle()
                self.release()
                faults.must(self.project, self.database, "retain")
                self.assertEqual(self.times(self.state()), expected)
                self.assertEqual(self.sums(), sums)
        faults.must(self.project, self.database, "audit", "verify")

    @staticmethod
    def times(state):
        """Without the times, which differ from run to run."""
        return [[tuple(cell for cell in row if "-" not in str(cell)[4:5]) for row in table] for table in state]


class Postgresql(Kill, unittest.TestCase):
    engine, rung = "postgresql", "rung."
    old, young = "now() - interval '40 days'", "now()"

    def before(self):
        part = ("CREATE TABLE e_{0} PARTITION OF e FOR VALUES FROM (date_trunc('month', now()) - interval '{0} months')"
                " TO (date_trunc('month', now()) - interval '{1} months'); INSERT INTO e SELECT"
                " date_trunc('month', now()) - interval '{0} months' FROM generate_series(1, 3);")
        return (super().before() + "CREATE TABLE e (at timestamptz NOT NULL) PARTITION BY RANGE (at);"
                + part.format(6, 5) + part.format(5, 4) + part.format(1, 0))

    def setUp(self):
        super().setUp()
        self.database = faults.Postgres(self.before())
        self.addCleanup(self.database.close)

    def settle(self):
        self.database.wait_alone()

    def state(self):
        return super().state() + [self.database.query("SELECT relname FROM pg_class WHERE relname LIKE 'e\\_%' ORDER BY 1")]


class Sqlite(Kill, unittest.TestCase):
    engine, rung = "sqlite", "rung_"
    old, young = "datetime('now', '-40 days')", "datetime('now')"

    def setUp(self):
        super().setUp()
        self.database = faults.Sqlite("PRAGMA journal_mode = wal; BEGIN;" + self.before() + "COMMIT;")
        self.addCleanup(self.database.close)

    def settle(self):
        pass


if __name__ == "__main__":
    unittest.main()
