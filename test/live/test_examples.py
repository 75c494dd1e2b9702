"""The five systems of examples/: up, down and up again leave what they should on both engines, and
every check of theirs fails when what it looks at is broken."""
import os
import shutil
import unittest

from harness import SOURCE, Case, Postgresql, Sqlite, main, on_each_engine

BOTH = ("sqlite", "postgresql")
ENGINES = {"account-grace-period": BOTH, "user-cascade": BOTH, "dataservice": BOTH,
           "schema-alignment": BOTH, "task-db": BOTH}

# (engines, what breaks, the checks that must find it), one after the other in one database: each
# check passes before its fault.
FAULTS = {
    "account-grace-period": [
        (BOTH, "INSERT INTO users (email, is_deleted) VALUES ('bob@example.com', TRUE);",
         ["every account with the old flag has a date"]),
        (("postgresql",), "COMMENT ON COLUMN users.deletion_requested_at IS 'something';",
         ["the column says what it is for"]),
        (BOTH, "DROP INDEX idx_users_deletion_requested;"
               "CREATE INDEX idx_users_deletion_requested ON users(deletion_requested_at);",
         ["the index holds pending requests only"]),
        (BOTH, "DROP INDEX idx_users_deletion_requested;",
         ["the daily cleanup uses the index"]),
        (("postgresql",),
         "ALTER TABLE users ALTER deletion_requested_at TYPE timestamp without time zone;",
         ["deletion_requested_at is a nullable timestamp with time zone"]),
        (("sqlite",), "ALTER TABLE users DROP COLUMN deletion_requested_at;"
                      "ALTER TABLE users ADD COLUMN deletion_requested_at INTEGER;",
         ["deletion_requested_at is a nullable timestamp with time zone"]),
        (("postgresql",), "ALTER TABLE users DROP CONSTRAINT users_pkey;",
         ["the sign-in check uses the primary key"]),
        (("sqlite",), "ALTER TABLE users RENAME TO people;"
                      "CREATE TABLE users AS SELECT * FROM people;",
         ["the sign-in check uses the primary key"]),
        (("sqlite",), "INSERT INTO users SELECT * FROM people;",
         ["an e-mail address belongs to one account"]),
        (("postgresql",), "ALTER TABLE users DROP CONSTRAINT users_email_key;"
                          "INSERT INTO users SELECT * FROM users;",
         ["an e-mail address belongs to one account"]),
        (BOTH, "DROP INDEX idx_deletion_audit_user;", ["one account's trail is found by index"]),
        (("postgresql",), "ALTER TABLE user_deletion_audit ADD FOREIGN KEY (id)"
                          " REFERENCES user_deletion_audit ON DELETE CASCADE;",
         ["no foreign key lets a deletion reach the audit trail"]),
        (("sqlite",), "DROP TABLE user_deletion_audit;"
                      "CREATE TABLE user_deletion_audit (user_id REFERENCES users ON DELETE CASCADE);",
         ["no foreign key lets a deletion reach the audit trail"]),
    ],
    "user-cascade": [
        (("postgresql",),
         "ALTER TABLE vitals DROP CONSTRAINT vitals_user_id_fkey,"
         " ADD CONSTRAINT vitals_user_id_fkey FOREIGN KEY (user_id) REFERENCES users;",
         ["Every key to users has ON DELETE CASCADE", "Keys that cascade"]),
        (("sqlite",), "DROP TABLE vitals;"
                      "CREATE TABLE vitals (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);",
         ["Every key to users has ON DELETE CASCADE", "Keys that cascade"]),
        (BOTH, "DROP TABLE vitals;", ["Tables Created"]),
    ],
    "dataservice": [
        (BOTH, "DROP INDEX ix_ds_inspection_requests_open;", ["an open request of a user is found by index"]),
        (BOTH, "DROP INDEX ix_ds_ledger_entries_ledger_id;",
         ["Indexes Created", "the lines of a ledger are found by index"]),
        (BOTH, "DROP INDEX ix_ds_events_entity;", ["the history of a record is found by index"]),
        (BOTH, "ALTER TABLE ds_users DROP COLUMN display_name;", ["Columns"]),
        (("postgresql",), "ALTER TABLE ds_ledger_entries"
                          " DROP CONSTRAINT ds_ledger_entries_ledger_id_fkey,"
                          " ADD FOREIGN KEY (ledger_id) REFERENCES ds_ledgers;",
         ["Foreign Keys"]),
        (("sqlite",), "DROP TABLE ds_ledger_entries; CREATE TABLE ds_ledger_entries"
                      " (id, ledger_id REFERENCES ds_ledgers(id));",
         ["Foreign Keys"]),
        (BOTH, "DROP TABLE ds_providers;", ["Tables Created"]),
    ],
    "schema-alignment": [
        (("postgresql",), "CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql"
                          " AS 'SELECT gen_random_uuid()';",
         ["auth.uid() reads the token's subject"]),
        (("postgresql",), "ALTER TABLE user_api_keys DISABLE ROW LEVEL SECURITY;",
         ["RLS Enabled"]),
        (("postgresql",), "DROP POLICY export_history_delete_own ON export_history;",
         ["RLS Policies"]),
        (("postgresql",), "DROP TRIGGER sessions_completed ON sessions;", ["Triggers Created"]),
        (("sqlite",), "DROP TRIGGER sessions_completed;", ["Triggers Created"]),
        (("postgresql",), "DROP FUNCTION progress_level(integer);", ["Functions Created"]),
        (BOTH, "DROP INDEX idx_export_history_open;", ["Indexes Created"]),
        (("postgresql",), "WITH a AS (INSERT INTO auth.users (email) VALUES ('eve@example.com')"
                          " RETURNING id) INSERT INTO users (id) SELECT id FROM a;",
         ["Initial Data"]),
        (("sqlite",), "INSERT INTO users (id) VALUES ('eve');", ["Initial Data"]),
        (("postgresql",), "ALTER TABLE user_api_keys DROP CONSTRAINT user_api_keys_user_id_fkey,"
                          " ADD FOREIGN KEY (user_id) REFERENCES users;",
         ["Foreign Keys"]),
        (("postgresql",), "ALTER TABLE user_api_keys DROP CONSTRAINT user_api_keys_user_id_key;",
         ["Unique Constraints"]),
        (("sqlite",), "DROP TABLE user_api_keys; CREATE TABLE user_api_keys"
                      " (id, user_id REFERENCES users (id));",
         ["Foreign Keys", "Unique Constraints", "All columns present"]),
        (("postgresql",), "ALTER TABLE user_progress RENAME COLUMN level TO rank;",
         ["All columns present"]),
        (BOTH, "DROP TABLE export_history;", ["Tables Created"]),
    ],
    "task-db": [
        (BOTH, "DROP INDEX ix_user_email;", ["1. User Authentication", "Indexes Created"]),
        (BOTH, "DROP INDEX ix_task_user_status;",
         ["2. Load User Dashboard", "4. Kanban Board View"]),
        (BOTH, "DROP INDEX ix_task_created_at;",
         ["5. Task Timeline", "tasks by date, without a sort"]),
        (BOTH, "DROP INDEX ix_task_user_id;", ["3. Task Search", "all tasks of a user"]),
        (BOTH, "DROP INDEX ix_task_title;", ["titles by prefix"]),
        (BOTH, "DROP INDEX ix_task_status;", ["tasks by status"]),
        (BOTH, "ALTER TABLE task DROP COLUMN description;", ["Columns"]),
        (("postgresql",), "ALTER TABLE task DROP CONSTRAINT task_user_id_fkey,"
                          ' ADD FOREIGN KEY (user_id) REFERENCES "user";',
         ["tasks go with their user"]),
        (("sqlite",), "DROP TABLE task; CREATE TABLE task (user_id REFERENCES user (id));",
         ["tasks go with their user"]),
    ],
}


@on_each_engine
class Examples(Case):
    def begin(self, name):
        """In the example's own files; False if it is not for this engine."""
        if self.engine.name not in ENGINES[name]:
            return False
        shutil.rmtree(self.project.path("migrations"))
        shutil.copytree(os.path.join(SOURCE, "examples", name, "migrations"),
                        self.project.path("migrations"))
        return True

    def up_and_down(self, name):
        if not self.begin(name):
            self.fails(2, "upgrade", "--migrations",
                       os.path.join(SOURCE, "examples", name, "migrations"))
            return
        self.ok("current")
        before = self.db.schema() if os.path.exists(getattr(self.db, "path", "/")) else []
        script = self.ok("upgrade", "--sql").out
        self.ok("upgrade")
        after = self.db.schema()
        self.assertNotEqual(after, before)
        self.assertIn(" 0 failed", self.ok("validate").out)
        self.ok("check")
        self.ok("downgrade", "base")
        self.assertEqual(self.db.schema(), before)
        self.ok("upgrade")
        self.assertEqual(self.db.schema(), after)
        self.assertIn(" 0 failed", self.ok("validate").out)
        self.check_script(script, after)

    def check_script(self, script, after):
        """What --sql prints does the same in the hands of psql or sqlite3."""
        other = self.engine(os.path.join(self.folder, "project"))
        self.addCleanup(other.drop)
        other.run_script(script)
        self.assertEqual(other.schema(), after)
        self.assertIn("nothing to do", self.ok("upgrade", "--url", other.url).out)

    def failing(self):
        """(titles of failing checks, titles of all)"""
        checks = self.rung("validate", "--json").json()["checks"]
        return ({check["title"] for check in checks if not check["passed"]},
                {check["title"] for check in checks})

    def checks_can_fail(self, name):
        self.begin(name)
        self.ok("upgrade")
        failing, titles = self.failing()
        self.assertEqual(failing, set())
        found = set()
        for engines, fault, expected in FAULTS[name]:
            if self.engine.name not in engines:
                continue
            with self.subTest(fault=fault):
                self.assertEqual(failing & set(expected), set(), "failed before its fault")
                self.db.execute(fault)
                failing, _ = self.failing()
                self.assertEqual(set(expected) - failing, set(), "not found")
                found |= set(expected)
        self.assertEqual(found, titles, "a check that no fault was made for")


def add_tests():
    for name in ENGINES:
        for engine in (Sqlite, Postgresql):
            case = globals()["Examples" + engine.__name__]
            word = name.replace("-", "_")
            setattr(case, f"test_{word}_goes_up_and_down",
                    lambda self, name=name: self.up_and_down(name))
            if engine.name in ENGINES[name]:
                setattr(case, f"test_every_check_of_{word}_can_fail",
                        lambda self, name=name: self.checks_can_fail(name))


add_tests()

if __name__ == "__main__":
    main()
