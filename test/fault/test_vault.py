"""kill -9 of rung vault at points where a key file or a value can change: the same command again
completes, every value opens to what it was, and no more keys than needed are made.

    RUNG_FAULT_RUNS  from 1000 on every point is tried, else about fifty a command: a statement for
                     each row is a point
"""
import os
import pathlib
import signal
import sys
import unittest

import faults

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "live"))
import vault_reader  # noqa: E402

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "200"))
ROWS = 250  # two batches
SETTINGS = "vault: { columns: { keys.secret: { lookup: found } } }\n"
TABLE = ("CREATE TABLE keys (id integer PRIMARY KEY, secret text, found text);"
         "INSERT INTO keys (id, secret) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM"
         f" n WHERE i < {ROWS}) SELECT i, 'secret ' || i FROM n;")


class Kill(unittest.TestCase):
    def setUp(self):
        self.project = faults.Project()
        self.addCleanup(self.project.close)
        with open(self.path("rung.yaml"), "a", encoding="ascii") as file:
            file.write(SETTINGS)

    def path(self, name):
        return os.path.join(self.project.folder, name)

    def values(self, database):
        """How many are sealed by each key; each must open to what it was."""
        keys = {}
        if os.path.exists(self.path("vault.keys")):
            keys = vault_reader.read_keys(pathlib.Path(self.path("vault.keys")).read_text("ascii"))
        where, counts = vault_reader.place("", "keys", "secret"), {}
        rows = database.query("SELECT id, secret FROM keys ORDER BY id")
        self.assertEqual(len(rows), ROWS)
        for id, value in rows:
            key = value.split(":")[1] if value.startswith("rv1:") else None
            plain = vault_reader.unseal(keys, where, [str(id)], value) if key else value.encode()
            self.assertEqual(plain, f"secret {id}".encode())
            counts[key] = counts.get(key, 0) + 1
        return list(keys), counts

    def prepare(self, database, action):
        database.fresh()
        for name in os.listdir(self.project.folder):
            if name.startswith("vault.keys"):
                os.unlink(self.path(name))
        if action != "init":
            faults.must(self.project, database, "vault", "init")
        if action == "rotate":
            faults.must(self.project, database, "vault", "encrypt")

    def points(self, database, action):
        self.prepare(database, action)
        count = self.path("count")
        faults.must(self.project, database, "vault", action, env={"RUNG_FAULT_COUNT": count})
        return int(pathlib.Path(count).read_text("ascii"))

    def kill_everywhere(self, engine, action, least):
        database = faults.ENGINES[engine](TABLE)
        self.addCleanup(database.close)
        points = self.points(database, action)
        self.assertGreaterEqual(points, least)
        between = 0
        tried = list(range(1, points + 1, 1 if RUNS >= 1000 else points // 50 + 1))
        for point in tried + [points]:
            self.prepare(database, action)
            outcome = faults.rung(self.project, database, "vault", action,
                                  env={"RUNG_FAULT_AT": point})
            self.assertEqual(outcome.code, -signal.SIGKILL, (point, outcome))
            database.wait_alone()
            before, counts = self.values(database)
            between += len(counts) > 1
            ended = len(before) == 2 and counts == {before[-1]: ROWS}
            again = faults.rung(self.project, database, "vault", action)
            if action == "init" and before:
                self.assertEqual(again.code, faults.FAILED, (point, again))
            else:
                self.assertEqual(again.code, faults.DONE, (point, again))
            keys, counts = self.values(database)
            if action != "init":
                self.assertEqual(counts, {keys[-1]: ROWS}, point)
                faults.must(self.project, database, "vault", "check")
            if action == "rotate":  # behind its last batch it had ended: the next one begins anew
                self.assertEqual(len(keys), 3 if ended else 2, point)
        if action != "init":
            self.assertGreater(between, 1, "nothing was killed between two batches")
        faults.say(f"{engine}: vault {action} killed at {len(tried)} of {points} points, {between} between batches")

    def test_init(self):
        self.kill_everywhere("sqlite", "init", 2)

    def test_encrypt_postgresql(self):
        self.kill_everywhere("postgresql", "encrypt", 6)

    def test_encrypt_sqlite(self):
        self.kill_everywhere("sqlite", "encrypt", 6)

    def test_rotate_postgresql(self):
        self.kill_everywhere("postgresql", "rotate", 8)

    def test_rotate_sqlite(self):
        self.kill_everywhere("sqlite", "rotate", 8)


if __name__ == "__main__":
    faults.main(sys.modules[__name__])
