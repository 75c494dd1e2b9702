"""`rung rehearse`: what revisions do, seen on a scratch copy of the target's schema."""
import json
import os

from harness import Case, Postgresql, Sqlite, main, on_each_engine, server_url

USERS = "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, age integer);"


class RehearseCase(Case):
    """Scratch databases stand on the test's own server: starting one for each test takes its time."""

    def setUp(self):
        super().setUp()
        self.settings()

    def settings(self, text=""):
        self.project.config((f'scratch: {{ url: "{server_url("postgres")}" }}\n'
                             if not self.sqlite else "") + text)

    def applied(self, up, down):
        self.project.revision("001", self.section("up", up), self.section("down", down))
        self.ok("upgrade")

    def pending(self, up, down=None, id="002"):
        self.project.revision(id, self.section("up", up), self.section("down", down) if down else "")

    def section(self, name, body):
        return f"-- rung:{name} {self.engine.name}\n{body}"

    def rehearse(self, *words, exit=None):
        result = self.project.rung("rehearse", "--json", *words)
        self.assertIn(result.code, (0, 4) if exit is None else (exit,), result)
        return result.json()

    def rules(self, document):
        return sorted(hazard["rule"] for hazard in document["hazards"])


@on_each_engine
class Rehearse(RehearseCase):
    def test_nothing_pending_needs_no_rehearsal(self):
        self.applied(USERS, "DROP TABLE users;")
        self.assertIn("nothing is pending", self.ok("rehearse").out)

    def test_a_clean_revision_has_a_proven_down(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users ADD COLUMN seen text;", "ALTER TABLE users DROP COLUMN seen;")
        document = self.rehearse(exit=0)
        revision, = document["revisions"]
        self.assertEqual(revision["left_by_down"], [])
        self.assertEqual(revision["lost_by_down"], [])
        self.assertEqual(revision["differs_after_up_again"], [])
        self.assertEqual(document["hazards"], [])
        self.assertEqual(document["tables_with_rows"], document["tables"])

    def test_the_target_is_only_read(self):
        self.applied(USERS, "DROP TABLE users;")
        self.db.execute("INSERT INTO users VALUES (1, 'a', 3);")
        self.pending("DROP TABLE users;", USERS)
        before = self.db.everything()
        self.rehearse()
        self.assertEqual(self.db.everything(), before)

    def test_values_that_down_does_not_bring_back_are_counted(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users DROP COLUMN age;", "ALTER TABLE users ADD COLUMN age integer;")
        document = self.rehearse(exit=0)
        loss, = document["revisions"][0]["lost_by_down"]
        self.assertEqual((loss["column"], loss["lost"], loss["of"]), ("age", 4, 4))
        self.assertIn("down-loses-rows", self.rules(document))

    def test_a_down_that_leaves_something_is_an_error(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users ADD COLUMN seen text; CREATE TABLE extra (a integer);",
                     "ALTER TABLE users DROP COLUMN seen;")
        document = self.rehearse(exit=4)
        self.assertIn("down-incomplete", self.rules(document))
        self.assertTrue(any("extra" in line for line in document["revisions"][0]["left_by_down"]))

    def test_a_revision_without_down(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users ADD COLUMN seen text;")
        self.assertEqual(self.rules(self.rehearse(exit=0)), ["down-missing"])

    def test_an_up_that_fails_says_where(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users ADD COLUMN seen text;\nALTER TABLE nobody ADD COLUMN x text;",
                     "SELECT 1;")
        document = self.rehearse(exit=4)
        hazard, = document["hazards"]
        self.assertEqual(hazard["rule"], "up-fails")
        self.assertIn("nobody", hazard["what"])
        self.assertEqual(hazard["line"], 7)

    def test_what_fails_only_on_rows_fails_here(self):
        self.applied(USERS, "DROP TABLE users;")
        body = ("ALTER TABLE users ADD COLUMN must integer NOT NULL DEFAULT (random());" if self.sqlite
                else "ALTER TABLE users ADD COLUMN must integer NOT NULL;")
        self.pending(body, "ALTER TABLE users DROP COLUMN must;")
        self.assertEqual(self.rules(self.rehearse(exit=4)), ["up-fails"])

    def test_queries_that_break_are_named_with_the_statement(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users ADD COLUMN seen text;\nALTER TABLE users DROP COLUMN age;",
                     "SELECT 1;")
        self.project.write("queries/a.sql", "SELECT id FROM users;\n\nSELECT age FROM users;\n")
        document = self.rehearse("--queries", "queries", exit=4)
        broken, = [h for h in document["hazards"] if h["rule"] == "query-broken"]
        self.assertEqual(broken["line"], 3)
        self.assertRegex(broken["why"], r"002_x.sql:7$")

    def test_an_applied_revision_is_rehearsed_from_the_beginning(self):
        self.applied(USERS, "DROP TABLE users;")
        document = self.rehearse("001", exit=0)
        self.assertEqual([r["revision"] for r in document["revisions"]], ["001"])

    def test_a_snapshot_stands_for_a_target_out_of_reach(self):
        self.applied(USERS, "DROP TABLE users;")
        self.project.write("prod.json", self.ok("dump", "--format", "json").out)
        self.pending("ALTER TABLE users DROP COLUMN age;", "ALTER TABLE users ADD COLUMN age integer;")
        nowhere = "sqlite:nowhere.db" if self.sqlite else "postgresql://localhost:1/nowhere"
        document = self.rehearse("002", "--from", "prod.json", "--url", nowhere)
        self.assertEqual(document["revisions"][0]["lost_by_down"][0]["lost"], 4)
        self.refused(2, "rehearse", "--from", "prod.json")

    def test_rows_are_made_for_what_constraints_ask(self):
        self.applied(
            "CREATE TABLE parents (a integer, b text CHECK (b IN ('x', 'y')), PRIMARY KEY (a, b));"
            "CREATE TABLE children (id integer PRIMARY KEY, a integer NOT NULL, b text NOT NULL,"
            " mail text NOT NULL CHECK (mail LIKE '%@%.%'), age integer CHECK (age >= 18 AND age < 130),"
            " parent integer REFERENCES children (id), FOREIGN KEY (a, b) REFERENCES parents (a, b));",
            "DROP TABLE children; DROP TABLE parents;")
        self.pending("ALTER TABLE children ADD COLUMN seen text;",
                     "ALTER TABLE children DROP COLUMN seen;")
        document = self.rehearse()
        self.assertEqual(document["tables_with_rows"], 2)

    def test_made_up_rows_are_no_reason_to_refuse(self):
        self.applied("CREATE TABLE t (a integer);", "DROP TABLE t;")
        self.pending("CREATE TABLE u (a integer CHECK (a > 7000)); INSERT INTO u SELECT a FROM t;"
                     if self.sqlite else "ALTER TABLE t ADD CHECK (a > 7000);",
                     "DROP TABLE u;" if self.sqlite else "ALTER TABLE t DROP CONSTRAINT t_a_check;")
        self.assertEqual(self.rules(self.rehearse(exit=0)), ["rows-not-tried"])
        if not self.sqlite:
            self.db.execute("INSERT INTO t VALUES (1);")
            self.assertIn("rows-in-the-way", self.rules(self.rehearse(exit=4)))

    def test_as_text_and_markdown(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users DROP COLUMN age;", "ALTER TABLE users ADD COLUMN age integer;")
        text = self.ok("rehearse").out
        self.assertIn("4 of 4 values lost", text)
        self.assertIn("0 errors, 1 warning, 0 notes", text)
        self.assertIn("| line | statement | locks and work |", self.ok("rehearse", "--format", "markdown").out)

    def test_as_pipelines_read_it(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("ALTER TABLE users DROP COLUMN age;", "ALTER TABLE users ADD COLUMN age integer;")
        sarif = json.loads(self.ok("rehearse", "--format", "sarif").out)
        self.assertEqual(sarif["runs"][0]["results"][0]["ruleId"], "down-loses-rows")
        self.assertIn("<testsuite", self.ok("rehearse", "--format", "junit").out)

    def test_a_database_that_is_not_there(self):
        if self.sqlite:
            self.project.revision("001", USERS, "DROP TABLE users;")
            self.rehearse(exit=0)
            self.assertFalse(os.path.exists(self.db.path))


class Touched(RehearseCase):
    """What a statement does to tables that were there, by SQLite's authorizer."""
    engine = Sqlite

    def test_work_of_each_statement(self):
        self.applied(USERS, "DROP TABLE users;")
        self.pending("""CREATE INDEX users_age ON users (age);
DROP INDEX users_age;
ALTER TABLE users DROP COLUMN age;
UPDATE users SET email = 'x' || id;
CREATE TABLE fresh (id integer);
INSERT INTO fresh SELECT id FROM users;
CREATE VIEW v AS SELECT id FROM users;
""")
        revision, = self.rehearse()["revisions"]
        effects = [{e["relation"]: sorted(k for k, v in e.items() if v is True)
                    for e in statement["effects"]} for statement in revision["up"]]
        self.assertEqual(effects[0], {"users": ["builds_index"]})
        self.assertEqual(effects[2], {"users": ["rewrites"]})
        self.assertEqual(effects[3], {"users": ["scans"]})
        self.assertEqual(effects[5], {"users": ["scans"]})
        self.assertEqual(effects[6], {})


class Locks(RehearseCase):
    """What the server did, statement by statement."""
    engine = Postgresql

    def setUp(self):
        super().setUp()
        self.applied(USERS + " CREATE TABLE orders (id integer PRIMARY KEY, user_id integer);",
                     "DROP TABLE orders, users;")

    def effects(self, up, *words):
        self.pending(up)
        revision, = self.rehearse(*words)["revisions"]
        return [{e["relation"]: (e["lock"], *sorted(k for k, v in e.items() if v is True))
                 for e in statement["effects"]} for statement in revision["up"]]

    def test_locks_and_work(self):
        effects = self.effects("""ALTER TABLE users ADD COLUMN a integer;
ALTER TABLE users ALTER COLUMN age TYPE bigint;
ALTER TABLE users ADD CHECK (age > -1000);
CREATE INDEX ON users (age);
ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);
CREATE TABLE fresh (id integer);
CREATE INDEX ON fresh (id);
""")
        self.assertEqual(effects[0]["public.users"], ("ACCESS EXCLUSIVE",))
        self.assertEqual(effects[1]["public.users"], ("ACCESS EXCLUSIVE", "rewrites"))
        self.assertEqual(effects[2]["public.users"], ("ACCESS EXCLUSIVE", "scans"))
        self.assertEqual(effects[3]["public.users"], ("ACCESS EXCLUSIVE", "builds_index"))
        self.assertEqual(effects[4]["public.orders"], ("SHARE ROW EXCLUSIVE", "validates_keys"))
        self.assertEqual(effects[6], {})

    def test_a_referenced_table_is_locked_too(self):
        effects = self.effects("CREATE TABLE fresh (user_id integer REFERENCES users (id));")
        self.assertEqual(effects[0], {"public.users": ("SHARE ROW EXCLUSIVE",)})

    def test_concurrently_is_seen_while_it_waits(self):
        effects = self.effects("CREATE INDEX CONCURRENTLY users_age ON users (age);")
        self.assertEqual(effects[0]["public.users"], ("SHARE UPDATE EXCLUSIVE", "builds_index"))

    def test_work_in_dynamic_sql_is_seen(self):
        effects = self.effects(
            "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE bigint'; END $$;")
        self.assertEqual(effects[0]["public.users"], ("ACCESS EXCLUSIVE", "rewrites"))

    def test_work_under_an_earlier_lock_is_the_commonest_mistake(self):
        self.db.execute("INSERT INTO users SELECT i, i || '@x', i FROM generate_series(1, 300000) i;"
                        " ANALYZE users;")
        self.pending("ALTER TABLE users ADD COLUMN a integer;\nCREATE INDEX ON users (age, email);",
                     "ALTER TABLE users DROP COLUMN a; DROP INDEX users_age_email_idx;")
        document = self.rehearse("--budget", "1ms", exit=4)
        hazard, = document["hazards"]
        self.assertEqual(hazard["rule"], "work-under-earlier-lock")
        self.assertIn("ACCESS EXCLUSIVE on public.users", hazard["what"])
        self.assertEqual(hazard["severity"], "error")
        blocked = document["revisions"][0]["blocked"][0]
        self.assertEqual(blocked["relation"], "public.users")
        self.assertGreater(blocked["estimated_us"], 1000)
        self.rehearse("--budget", "100s", exit=0)

    def test_a_small_table_is_no_hazard(self):
        self.pending("CREATE INDEX users_age ON users (age);", "DROP INDEX users_age;")
        self.assertEqual(self.rehearse(exit=0)["hazards"], [])

    def test_the_target_is_asked_for_rows_in_the_way(self):
        self.db.execute("INSERT INTO users VALUES (1, 'a', NULL), (2, 'a', 5);")
        self.pending("ALTER TABLE users ALTER COLUMN age SET NOT NULL;"
                     " ALTER TABLE users ADD UNIQUE (email);",
                     "ALTER TABLE users ALTER COLUMN age DROP NOT NULL;"
                     " ALTER TABLE users DROP CONSTRAINT users_email_key;")
        document = self.rehearse(exit=4)
        self.assertEqual(self.rules(document),
                         ["column-tightened", "rows-in-the-way", "rows-in-the-way"])

    def test_hostile_statements_stay_in_scratch(self):
        self.pending("DROP DATABASE postgres;")
        document = self.rehearse(exit=4)
        self.assertEqual(document["hazards"][0]["rule"], "up-fails")
        self.ok("current")

    def test_programs_are_not_run(self):
        mark = self.project.path("mark")
        self.pending(f"COPY users FROM PROGRAM 'touch {mark}';")
        document = self.rehearse(exit=4)
        self.assertIn("reaches beyond", document["hazards"][0]["what"])
        self.assertFalse(os.path.exists(mark))

    def test_who_may_only_read_can_rehearse(self):
        self.db.execute("CREATE ROLE rung_reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public, rung"
                        " TO rung_reader; GRANT USAGE ON SCHEMA rung TO rung_reader;")
        self.addCleanup(self.db.execute, "DROP OWNED BY rung_reader; DROP ROLE rung_reader;")
        self.pending("ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
                     "ALTER TABLE users ALTER COLUMN age DROP NOT NULL;")
        url = self.db.url.replace("user=postgres", "user=rung_reader")
        result = self.project.rung("rehearse", "--json", "--url", url)
        self.assertIn(result.code, (0, 4), result)


if __name__ == "__main__":
    main()
