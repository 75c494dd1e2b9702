"""The dashboard in Chromium, on each engine: dashboard.mjs is what a user does. MODULES is a folder with
playwright-core and axe-core, which scripts/check-all installs from npm; CHROMIUM is the browser's program."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "live"))

from harness import RUNG, main, on_each_engine
from service import PASSWORD
from test_dashboard import HOSTILE, DashboardCase

TABLES = """CREATE TABLE comments (id bigint PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts (id)
    ON DELETE CASCADE, answers bigint REFERENCES comments (id) ON DELETE SET NULL);
CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE SET NULL);
"""
RELATIONS = "posts.user_id: cascade, comments.post_id: cascade, comments.answers: set_null, invoices.user_id: set_null"
SECONDS = 900  # also where others work


@on_each_engine
class Browser(DashboardCase):
    def test_what_a_user_does(self):
        rows = ",".join(f"({i}, 'm{i}')" for i in range(100, 165))
        self.serve(extra=TABLES + f"INSERT INTO users (id, email) VALUES {rows};", init=False,
                   section=self.section.replace("posts.user_id: cascade", RELATIONS))
        self.db.execute("UPDATE users SET deletion_requested_at = '2026-01-01 00:00:00' WHERE id >= 100")
        self.ok("erase", "init")
        self.ok("erase", "request", "users:1")
        self.ok("erase", "request", "users:2")
        self.ok("hold", "add", "users:101", "--reason", HOSTILE)
        self.db.execute("INSERT INTO sessions VALUES (1, '2020-01-01 00:00:00')")
        for id, parents in (("r1", []), ("r2", ["r1"]), ("r3", ["r1"]), ("r4", ["r2", "r3"]), ("r5", ["r4"])):
            self.project.revision(id, f"CREATE TABLE {id} (id integer);", parents=parents,
                                  message=HOSTILE if id == "r1" else "what " + id + " does")
        self.ok("upgrade", "r4")
        done = subprocess.run(
            ["node", str(HERE / "dashboard.mjs")], cwd=self.project.folder, timeout=SECONDS, check=False,
            capture_output=True, text=True,
            env=os.environ | self.project.env | {"BASE": self.origin, "RUNG": RUNG, "PASSWORD": PASSWORD})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?m)^all of it$")
        for action in ("hold add", "hold release", "cancel"):
            self.assertTrue([a for a in self.actors(action) if a.startswith("admin by ")], action)
        self.ok("audit", "verify")


if __name__ == "__main__":
    main()
