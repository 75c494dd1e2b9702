"""The systems of examples/, written by hand and by autogenerate: from the schema before a revision
and the one wanted after it, rung writes a revision with the same outcome, and the way back."""
import os
import re
import shutil
import unittest

from harness import SOURCE, Case, Postgresql, Project, Sqlite, main, on_each_engine, server_url

EXAMPLES = {
    "account-grace-period": ["20251201T090000", "20251215T100000", "20251216T090000"],
    "dataservice": ["phase1", "phase2", "phase3"],
    "task-db": ["0001_initial_migration"],
    "schema-alignment": ["000", "001"],
}


def plain(schema):
    """sqlite_schema without the layout of its text."""
    return [tuple(re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"--[^\n]*\n|\s+", " ", cell or ""))
                  for cell in row) if isinstance(row, tuple) else row for row in schema]


@on_each_engine
class Examples(Case):
    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.folder, "hand"))
        self.hand = self.engine(os.path.join(self.folder, "hand"))
        self.addCleanup(self.hand.drop)
        scratch = "" if self.sqlite else f'scratch: {{ url: "{server_url("postgres")}" }}\n'
        self.project.config("schema: schema.sql\n" + scratch)

    def follow(self, example):
        by_hand = Project(os.path.join(self.folder, "by-hand"), self.hand.url)
        shutil.copytree(os.path.join(SOURCE, "examples", example, "migrations"),
                        by_hand.path("migrations"))
        before, last = plain(self.db.schema()) if os.path.exists(getattr(self.db, "path", "/")) else [], "base"
        for revision in EXAMPLES[example]:
            with self.subTest(example=example, revision=revision):
                done = by_hand.rung("upgrade", revision, "--url", self.hand.url)
                self.assertEqual(done.code, 0, str(done))
                self.project.write("schema.sql", self.ok("dump", "--url", self.hand.url).out)
                self.ok("revision", "-m", revision, "--autogenerate", "--id", "auto_" + revision)
                self.ok("upgrade")
                after = plain(self.db.schema())
                self.assertEqual(after, plain(self.hand.schema()))
                self.ok("validate", "auto_" + revision)
                self.ok("check")
                self.ok("downgrade", last)
                self.assertEqual(plain(self.db.schema()), before)
                self.ok("upgrade")
                self.assertEqual(plain(self.db.schema()), after)
                self.assertIn("nothing to do",
                              self.ok("revision", "-m", "again", "--autogenerate").out)
                before, last = after, "auto_" + revision

    def test_account_grace_period(self):
        self.follow("account-grace-period")

    def test_dataservice(self):
        self.follow("dataservice")

    def test_task_db(self):
        self.follow("task-db")

    def test_schema_alignment(self):
        self.follow("schema-alignment")


if __name__ == "__main__":
    main()
