"""kill -9 of an export at every point where something can change: no archive with its final name is
half, what was left is settled by the next run, and the history agrees with the folder.

    RUNG_FAULT_RUNS  points that are tried on each engine (40), spread over all; from 1000 on each one
"""
import os
import pathlib
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from harness import Case, main, on_each_engine  # noqa: E402
from lifecycle import KEY  # noqa: E402

RUNS = int(os.environ.get("RUNG_FAULT_RUNS", "40"))
SETTINGS = f"lifecycle: {{ key: {KEY}, subjects: {{ users: {{ key: id }} }} }}\n"
TABLES = """
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE notes (id integer PRIMARY KEY, user_id integer REFERENCES users (id));
INSERT INTO users VALUES (1), (2);
INSERT INTO notes WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT i, 1 FROM n;
"""


@on_each_engine
class Kill(Case):
    def setUp(self):
        super().setUp()
        self.project.config(SETTINGS)
        self.db.execute(TABLES)
        self.ok("erase", "init")

    def files(self):
        folder = self.project.path("exports")
        return sorted(os.listdir(folder)) if os.path.exists(folder) else []

    def count_points(self):
        path = self.project.path("count")
        self.ok("export", "--subject", "users:1", env={"RUNG_FAULT_COUNT": path})
        return int(self.project.read("count"))

    def test_at_every_point(self):
        points = self.count_points()
        self.assertGreater(points, 5)
        step = max(1, points // RUNS) if RUNS < 1000 else 1
        for point in range(1, points + 1, step):
            run = self.project.start("export", "--subject", "users:1", env={"RUNG_FAULT_AT": str(point)})
            run.process.wait(60)
            for reader in run.readers:
                reader.join()
            self.assertEqual(run.process.returncode, -9, f"point {point} of {points}")
            for name in self.files():
                if name.endswith(".tar"):
                    with tarfile.open(self.project.path("exports", name)) as tar:
                        self.assertIn("SHA256SUMS", tar.getnames(), f"point {point}")
            listed = self.rung("export", "--list", "--json")
            self.assertEqual(listed.code, 0, f"point {point}: {listed}")
            exports = listed.json()["exports"]
            self.assertLessEqual({row["status"] for row in exports}, {"completed", "failed"}, f"point {point}")
            done = sorted(os.path.basename(row["path"]) for row in exports if row["status"] == "completed")
            self.assertEqual([name for name in self.files() if name.endswith(".tar")], done, f"point {point}")
        self.ok("export", "--subject", "users:1")


main()
