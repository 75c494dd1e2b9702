"""A backup that is restored brings nobody back: the erasure ledger, rung check, rung purge and
rung erase replay, on both engines."""
import json
import os
import shutil
import subprocess

from harness import clean_environment, main, on_each_engine, program, psql
from lifecycle import KEY, LifeCase

SECTION = """lifecycle:
  key: "${RUNG_LIFECYCLE_KEY}"
  ledger: keep/ledger.jsonl
  subjects:
    users: { key: id, requested_at: deletion_requested_at, grace: 30d }
  relations:
    posts.user_id: cascade
    users.invited_by: set_null
"""
POSTS = ("CREATE TABLE posts (id integer PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id)"
         " ON DELETE CASCADE);\nCREATE INDEX posts_user ON posts (user_id);\n"
         "ALTER TABLE users ADD COLUMN invited_by bigint REFERENCES users (id) ON DELETE SET NULL;\n"
         "CREATE INDEX users_invited_by ON users (invited_by);\n")


class ReplayCase(LifeCase):
    def setUp(self):
        super().setUp()
        os.makedirs(self.project.path("keep"))
        self.start(SECTION, POSTS)
        self.db.execute("INSERT INTO posts VALUES (10, 1), (11, 1), (20, 2), (30, 3);"
                        "UPDATE users SET invited_by = 1 WHERE id IN (2, 3)")

    def backup(self):
        path = os.path.join(self.folder, "backup")
        if self.sqlite:
            shutil.copy(self.db.path, path)
        else:
            done = subprocess.run([program("pg_dump"), "-Fc", "-f", path, "-d", self.db.url],
                                  capture_output=True, text=True,
                                  env=clean_environment(self.folder))
            if "server version mismatch" in done.stderr:  # the server is newer than pg_dump
                path = self.db.database + "_backup"
                self.copy_database(self.db.database, path)
                self.addCleanup(psql, self.server, f"DROP DATABASE {path}")
            else:
                self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def copy_database(self, source, copy):
        psql(self.server, f"CREATE DATABASE {copy} TEMPLATE {source}")

    def restore(self, path):
        if self.sqlite:
            shutil.copy(path, self.db.path)
            return
        self.db.drop()
        if not os.path.exists(path):
            self.copy_database(path, self.db.database)
            return
        psql(self.server, f"CREATE DATABASE {self.db.database}")
        subprocess.run([program("pg_restore"), "-d", self.db.url, path], check=True,
                       env=clean_environment(self.folder))

    @property
    def server(self):
        return self.db.url.replace("/" + self.db.database + "?", "/postgres?")

    def erase(self, *keys):
        for key in keys:
            self.ok("erase", "request", f"users:{key}", "--now")
        self.ok("purge")

    def users(self):
        return [int(row[0]) for row in self.db.query("SELECT id FROM users ORDER BY id")]

    def ledger(self):
        return [json.loads(line) for line in self.project.read("keep/ledger.jsonl").splitlines()]

    def findings(self):
        result = self.rung("check", "--json")
        return [f for f in result.json()["findings"] if "ledger" in f["text"]], result


@on_each_engine
class Restore(ReplayCase):
    def test_who_was_erased_stays_erased(self):
        self.erase(3)
        path = self.backup()
        self.erase(1, 2)
        self.assertEqual(self.users(), [])
        self.assertEqual(self.findings()[0], [])
        text = self.project.read("keep/ledger.jsonl")
        self.assertEqual(len(self.ledger()), 3)
        self.assertNotIn("x.org", text)

        self.restore(path)
        self.assertEqual(self.users(), [1, 2])
        found, result = self.findings()
        self.assertEqual(result.code, 3, str(result))
        self.assertIn("2 erasures", found[0]["text"])
        self.assertIn("rung erase replay", found[0]["text"])
        refused = self.fails(1, "purge")
        self.assertIn("rung erase replay", refused.err)
        self.assertEqual(self.users(), [1, 2])

        replay = self.ok("erase", "replay", "--json").json()
        self.assertEqual((replay["entries"], replay["again"], replay["absent"]), (2, 2, 0))
        self.assertEqual(self.findings()[0], [])
        self.fails(1, "erase", "cancel", "users:1")
        self.ok("purge")
        self.assertEqual(self.users(), [])
        self.assertEqual(self.db.query("SELECT * FROM posts"), [])
        self.ok("audit", "verify")
        self.assertIn("knows every erasure", self.ok("erase", "replay").out)

        self.restore(path)  # and once more
        self.ok("erase", "replay")
        self.ok("purge")
        self.assertEqual(self.users(), [])

    def test_what_was_cancelled_or_pending_in_the_backup_goes_too(self):
        self.ok("erase", "request", "users:1")
        self.ok("erase", "request", "users:2")
        self.ok("erase", "cancel", "users:2")
        path = self.backup()
        self.erase(1, 2)
        self.assertEqual(self.users(), [3])
        self.restore(path)
        out = self.ok("erase", "replay").out
        self.assertIn("2 erasures of the ledger were not carried out here: 2 rows are back, 0 are not", out)
        self.ok("purge")
        self.assertEqual(self.users(), [3])

    def test_new_rows_of_the_restored_database_stay(self):
        path = self.backup()
        self.erase(1)
        self.restore(path)
        self.db.execute("INSERT INTO users (id, email) VALUES (4, 'd@x.org')")
        self.ok("erase", "replay")
        self.ok("purge")
        self.assertEqual(self.users(), [2, 3, 4])

    def test_a_key_that_was_used_again_is_not_erased_for_what_was(self):
        self.erase(1)
        self.db.execute("INSERT INTO users (id, email) VALUES (1, 'again@x.org')")
        path = self.backup()
        self.erase(2)
        self.restore(path)
        self.ok("erase", "replay")
        self.ok("purge")
        self.assertEqual(self.users(), [1, 3])

    def test_the_ledger_that_is_lost_is_told(self):
        self.erase(1)
        name = self.project.path("keep/ledger.jsonl")
        os.rename(name, name + ".away")
        found, result = self.findings()
        self.assertEqual(result.code, 3)
        self.assertIn("0 of the 1", found[0]["text"])
        self.fails(1, "purge")
        self.fails(1, "erase", "replay")
        os.rename(name + ".away", name)
        self.assertEqual(self.findings()[0], [])

    def test_a_folder_that_is_missing_is_told_before_anything_is_claimed(self):
        os.rmdir(self.project.path("keep"))
        self.ok("erase", "request", "users:1", "--now")
        self.assertIn("no folder", self.fails(1, "purge").err)
        self.ok("erase", "cancel", "users:1")

    def test_a_ledger_that_was_changed_is_told(self):
        self.erase(1, 2)
        text = self.project.read("keep/ledger.jsonl")
        self.project.write("keep/ledger.jsonl", text.replace('"users"', '"userz"', 1))
        found, result = self.findings()
        self.assertEqual(result.code, 3, str(result))
        self.assertIn("ledger.jsonl:1", found[0]["text"])
        self.fails(1, "purge")
        self.project.write("keep/ledger.jsonl", text + text.splitlines()[0][:60])
        self.assertEqual(self.findings()[0], [])
        self.ok("erase", "request", "users:3", "--now")
        self.assertIn("not written to its end", self.ok("purge").err)
        self.assertEqual(len(self.ledger()), 3)
        self.assertEqual(self.findings()[0], [])

    def test_another_database_with_the_same_file_keeps_its_rows(self):
        self.erase(1)
        other = type(self.db)(os.path.join(self.folder, "other"))
        if self.sqlite:
            os.makedirs(os.path.join(self.folder, "other"))
        self.addCleanup(other.drop)
        mine, self.db = self.db, other
        self.project.url = other.url
        self.start(SECTION, POSTS)
        self.assertEqual(self.findings()[0], [])
        self.assertIn("other databases", self.ok("erase", "replay").out)
        self.erase(2)
        self.assertEqual(self.users(), [1, 3])
        self.db, self.project.url = mine, mine.url
        self.project.config(SECTION)
        self.assertEqual(self.findings()[0], [])
        self.assertEqual(self.users(), [2, 3])


del LifeCase, ReplayCase
main()
