"""What is written about a revision: artifacts, guide, and the checks of validate beside its own."""
import glob
import os
import shutil

from harness import SOURCE, Case, Postgresql, main, on_each_engine, program, run_client, server_url

# The guide in each example is that of this revision, on PostgreSQL.
GUIDES = {"account-grace-period": "20251215T100000", "dataservice": "phase2",
          "task-db": "0001_initial_migration", "user-cascade": "067", "schema-alignment": "001"}

UP = """CREATE TABLE notes (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES users (id), body text);
CREATE INDEX notes_owner ON notes (owner);
"""
DOWN = "DROP TABLE notes;"
CHECKS = """
-- rung:check notes is there
SELECT count(*) >= 0, count(*), 0 FROM notes;

-- rung:check none: notes without an owner
SELECT id FROM notes WHERE owner IS NULL;

-- rung:check uses-index=notes_owner notes of one owner
SELECT body FROM notes WHERE owner = 1;
"""


@on_each_engine
class Pack(Case):
    def setUp(self):
        super().setUp()
        if not self.sqlite:
            self.project.config(f'scratch: {{ url: "{server_url("postgres")}" }}\n')
        self.project.revision("001", "CREATE TABLE users (id integer PRIMARY KEY, mail text);",
                              "DROP TABLE users;")
        self.project.revision("002", UP, DOWN, message="notes of users", rest=CHECKS)

    def client(self, path):
        """A script, run by the engine's own program."""
        with open(path, encoding="utf-8") as file:
            script = file.read()
        if self.sqlite:
            return run_client([program("sqlite3"), "-bail", self.db.path], script)
        return run_client([program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.db.url], script)

    def test_the_scripts_of_a_pack_do_what_rung_does(self):
        self.ok("artifacts", "002", "--dir", "pack")
        self.ok("upgrade", "001")
        before = self.db.schema()
        self.ok("upgrade", "002")
        after = self.db.schema()
        self.ok("downgrade", "001")
        self.client(self.project.path("pack", "up.sql"))
        self.assertEqual(self.db.schema(), after)
        lines = self.client(self.project.path("pack", "validate.sql")).splitlines()
        self.assertEqual([line for line in lines if line.startswith("FAIL")], [])
        self.assertIn("PASS  notes is there: 0/0", lines)
        self.assertIn("PASS  notes without an owner", lines)
        self.client(self.project.path("pack", "rollback.sql"))
        self.assertEqual(self.db.schema(), before)

    def test_validation_without_rung_finds_what_is_missing(self):
        self.project.write("v.sql", self.ok("validate", "002", "--sql").out)
        self.ok("upgrade")
        self.db.execute("DROP INDEX notes_owner;")
        lines = self.client(self.project.path("v.sql")).splitlines()
        self.assertEqual(len([line for line in lines if line.startswith("FAIL") and "index" in line]), 1)

    def test_what_a_revision_made_must_be_there(self):
        self.ok("upgrade")
        result = self.ok("validate", "002")
        self.assertRegex(result.out, r"PASS  all as planned: 1 table, .*1 index")
        self.db.execute("DROP INDEX notes_owner;")
        result = self.project.rung("validate", "002")
        self.assertEqual(result.code, 6, result)
        self.assertRegex(result.out, r"FAIL  index .*notes_owner is there")

    def test_the_plans_of_queries(self):
        self.ok("upgrade")
        self.assertIn("notes_owner", self.ok("validate", "002", "--explain").out)

    def test_nothing_is_written_to_the_target(self):
        self.ok("upgrade")
        before = self.db.everything()
        self.ok("artifacts", "002")
        self.ok("guide", "002")
        self.ok("validate", "002")
        self.assertEqual(self.db.everything(), before)

    def test_the_summary_counts(self):
        self.ok("artifacts", "002")
        text = self.project.read("artifacts/002/summary.txt")
        self.assertIn("Tables created: 1", text)
        self.assertIn("notes (3 columns)", text)
        self.assertIn("down: restores the schema", text)

    def test_a_guide_is_current_or_not(self):
        self.ok("guide", "002", "-o", "guide.md")
        self.ok("guide", "002", "-o", "guide.md", "--check")
        self.project.write("guide.md", self.project.read("guide.md") + "\n")
        self.assertEqual(self.project.rung("guide", "002", "-o", "guide.md", "--check").code, 3)

    def test_a_guide_as_a_page(self):
        page = self.ok("guide", "002", "--format", "html").out
        self.assertIn("<title>notes of users</title>", page)
        self.assertIn('<input type="checkbox"', page)
        self.assertIn("<table>", page)


class Examples(Case):
    engine = Postgresql

    def test_each_guide_is_current(self):
        folders = sorted(os.path.basename(os.path.dirname(path))
                         for path in glob.glob(SOURCE + "/examples/*/rung.yaml"))
        self.assertEqual(folders, sorted(GUIDES))
        for name, revision in GUIDES.items():
            folder = self.project.path(name)
            shutil.copytree(os.path.join(SOURCE, "examples", name), folder)
            result = self.project.rung("guide", revision, "--target", "prod", "-o", "guide.md", "--check",
                                       cwd=folder, env={"PROD_DATABASE_URL": server_url("postgres")})
            self.assertEqual(result.code, 0, f"{result}\nexamples/{name}/guide.md is stale: in that folder run"
                                             f" `rung guide {revision} --target prod -o guide.md`")


if __name__ == "__main__":
    main()
