"""rung isolation: what is apart is proven, each fault is found, and nothing stays behind."""
import itertools
import os
import re

from harness import Case, Postgresql, Sqlite, main, on_each_engine, psql, server_url

NOTES = """
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE notes (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    body text NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done'))
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (user_id = nullif(current_setting('app.user', true), '')::integer);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO app;
"""
ME = "nullif(current_setting('app.user', true), '')"
ALL = ("select", "insert", "update", "delete")


class Policies(Case):
    engine = Postgresql
    numbers = itertools.count(1)

    def setUp(self):
        number = next(self.numbers)
        self.app, self.boss = (f"{name}_{os.getpid()}_{number}" for name in ("app", "boss"))
        for role in (self.app, self.boss):
            psql(server_url("postgres"), f"CREATE ROLE {role}")
            # behind the end of the database in which it has rights
            self.addCleanup(psql, server_url("postgres"), f"DROP ROLE {role}")
        super().setUp()

    def run_sql(self, script):
        script = re.sub(r"\bTO app\b", f"TO {self.app}", script)
        self.db.execute(re.sub(r"\bTO boss\b", f"TO {self.boss}", script))

    def isolation(self, code, *words, role=None, column="user_id"):
        """The document; the database is as it was."""
        before = self.db.everything(), self.sequences()
        words = ["isolation", "--tenant-column", column, "--role", role or self.app, *words]
        result = self.rung(*words, "--json")
        self.assertEqual(result.code, code, str(result))
        self.assertEqual((self.db.everything(), self.sequences()), before)
        text = self.rung(*words)
        self.assertEqual(text.code, code, str(text))
        self.assertIn("nothing was kept", text.out)
        document = result.json()
        self.assertEqual(document["proven"], code == 0, str(result))
        return document

    def sequences(self):
        return self.db.query("SELECT schemaname, sequencename, last_value FROM pg_sequences"
                             " ORDER BY 1, 2")

    def cells(self, document, table):
        found = [one for one in document["tables"] if one["table"] == table]
        self.assertEqual(len(found), 1, (table, document))
        return {verb: found[0][verb]["state"] for verb in ALL if verb in found[0]}

    def all_ok(self, document, table="public.notes"):
        self.assertEqual(self.cells(document, table), dict.fromkeys(ALL, "ok"), document)

    def kinds(self, document, counts=True):
        return sorted({one["kind"] for one in document["findings"] if one["counts"] == counts})

    def leaks(self, script, *verbs, table="public.notes"):
        """This makes the table leak by these verbs, and by no other."""
        self.run_sql(NOTES + script)
        document = self.isolation(3)
        cells = self.cells(document, table)
        self.assertEqual([verb for verb in ALL if cells[verb] == "LEAK"], list(verbs), document)
        return document

    # ---- what is right ----

    def test_what_is_apart_is_proven(self):
        self.run_sql(NOTES + "INSERT INTO users VALUES (1, 'ada'), (2, 'bob');"
                             "INSERT INTO notes (user_id, body) VALUES (1, 'a'), (2, 'b');")
        document = self.isolation(0)
        self.all_ok(document)
        self.assertEqual(document["settings"], {"app.user": "{tenant}"})
        self.assertEqual((document["leaks"], document["findings"]), (0, []))

    def test_an_owner_who_is_forced_is_proven_too(self):
        """Also when it is the one that connects."""
        self.run_sql(NOTES + f"ALTER TABLE notes FORCE ROW LEVEL SECURITY; ALTER ROLE {self.app} LOGIN;"
                     f"ALTER TABLE users OWNER TO {self.app}; ALTER TABLE notes OWNER TO {self.app};"
                     f"ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
                     f"CREATE POLICY own ON users USING (id = {ME}::integer);")
        self.all_ok(self.isolation(0))
        result = self.ok("isolation", "--tenant-column", "user_id", "--json", "--url",
                         server_url(self.db.database, user=self.app))
        self.all_ok(result.json())

    def test_the_tenants_themselves_are_asked_where_the_role_has_a_right(self):
        self.run_sql(NOTES + "GRANT SELECT, INSERT, UPDATE (email) ON users TO app;")
        self.assertEqual(self.cells(self.isolation(3), "public.users"),
                         {"select": "LEAK", "update": "LEAK", "delete": "no right"})
        self.run_sql("ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
                     f"CREATE POLICY own ON users USING (id = {ME}::integer);")
        self.assertEqual(self.cells(self.isolation(0), "public.users"),
                         {"select": "ok", "update": "ok", "delete": "no right"})

    def test_tenants_are_uuids_and_texts_too(self):
        for number, (type, cast) in enumerate((("uuid", "::uuid"), ("text", ""), ("varchar(6)", ""),
                                               ("bigint", "::bigint"), ("smallint", "::int2"))):
            table = f"t{number}"
            self.run_sql(f"""
                CREATE TABLE {table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                                      owner_{number} {type} NOT NULL UNIQUE, at timestamptz DEFAULT now());
                ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON {table} USING (owner_{number} = {ME}{cast});
                GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO app;""")
            self.all_ok(self.isolation(0, column=f"owner_{number}"), f"public.{table}")

    def test_composite_keys_and_odd_names(self):
        self.run_sql(f"""
            CREATE SCHEMA "Größe";
            CREATE TABLE "Größe"."ta""ble" ("mandant é" uuid, "select" integer, "order" text NOT NULL,
                PRIMARY KEY ("mandant é", "select"));
            CREATE TABLE "Größe".child ("mandant é" uuid, n integer, parent integer NOT NULL,
                PRIMARY KEY ("mandant é", n), FOREIGN KEY ("mandant é", parent)
                REFERENCES "Größe"."ta""ble" ON DELETE CASCADE);
            ALTER TABLE "Größe"."ta""ble" ENABLE ROW LEVEL SECURITY;
            ALTER TABLE "Größe".child ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON "Größe"."ta""ble" USING ("mandant é" = {ME}::uuid);
            CREATE POLICY own ON "Größe".child USING ("mandant é" = {ME}::uuid);
            GRANT USAGE ON SCHEMA "Größe" TO app;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "Größe" TO app;""")
        document = self.isolation(0, column="mandant é")
        self.all_ok(document, '"Größe"."ta""ble"')
        self.all_ok(document, '"Größe".child')

    def test_claims_of_a_token(self):
        self.run_sql(NOTES + """
            DROP POLICY own ON notes;
            CREATE SCHEMA auth;
            CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
                $$SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb$$;
            GRANT USAGE ON SCHEMA auth TO app;
            CREATE POLICY own ON notes
                USING (user_id = (auth.jwt() -> 'app_metadata' ->> 'user')::integer);""")
        document = self.isolation(0)
        self.all_ok(document)
        self.assertEqual(document["settings"],
                         {"request.jwt.claims": '{"app_metadata": {"user": "{tenant}"}}'})

    def test_a_setting_that_is_not_clear_is_asked_for(self):
        self.run_sql(NOTES + "CREATE POLICY admins ON notes"
                     " USING (current_setting('app.admin', true) = 'yes');")
        asked = self.refused(2, "isolation", "--tenant-column", "user_id", "--role", self.app)
        self.assertIn("app.user, app.admin", asked.err.replace("app.admin, app.user",
                                                               "app.user, app.admin"))
        self.all_ok(self.isolation(0, "--set", "app.user={tenant}"))
        self.refused(2, "isolation", "--tenant-column", "user_id", "--set", "app.user=1")
        self.refused(2, "isolation", "--tenant-column", "user_id", "--set", "app.user")

    def test_policies_without_a_setting_are_asked_for(self):
        self.run_sql(NOTES + "DROP POLICY own ON notes;"
                     "CREATE POLICY own ON notes USING (user_id::text = current_user);")
        self.refused(2, "isolation", "--tenant-column", "user_id", "--role", self.app)

    def test_a_tenant_that_the_policies_do_not_hear_of_proves_nothing(self):
        self.run_sql(NOTES)
        document = self.isolation(3, "--set", "app.other={tenant}")
        self.assertEqual(set(self.cells(document, "public.notes").values()), {"not proven"})

    def test_rights_that_were_never_given(self):
        self.run_sql(NOTES + f"REVOKE DELETE ON notes FROM {self.app};")
        self.assertEqual(self.cells(self.isolation(0), "public.notes")["delete"], "no right")

    def test_a_role_without_any_right_proves_nothing(self):
        self.run_sql(NOTES)
        self.assertEqual(self.kinds(self.isolation(3, role=self.boss)), ["no-right"])

    def test_rows_are_new_ones(self):
        """With defaults and NULLs, as the policies expect them; with values where they must be."""
        self.run_sql(NOTES + """
            ALTER TABLE notes ADD COLUMN hidden boolean NOT NULL DEFAULT false,
                ADD COLUMN deleted_at timestamptz, ADD COLUMN a text, ADD COLUMN b text,
                ADD CHECK (a IS NOT NULL OR b IS NOT NULL);
            CREATE POLICY visible ON notes AS RESTRICTIVE FOR SELECT USING (NOT hidden);""")
        self.assertEqual(self.cells(self.isolation(3), "public.notes")["select"], "not proven")
        self.run_sql("ALTER TABLE notes DROP COLUMN a; CREATE POLICY there ON notes AS RESTRICTIVE"
                     " FOR SELECT USING (deleted_at IS NULL);")
        self.all_ok(self.isolation(0))

    def test_keys_in_a_circle(self):
        self.run_sql(NOTES + f"""
            CREATE TABLE lists (user_id integer NOT NULL, id integer NOT NULL, first integer,
                PRIMARY KEY (user_id, id));
            CREATE TABLE items (user_id integer NOT NULL, id integer NOT NULL, list integer NOT NULL,
                PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, list) REFERENCES lists);
            ALTER TABLE lists ADD FOREIGN KEY (user_id, first) REFERENCES items;
            ALTER TABLE lists ENABLE ROW LEVEL SECURITY; ALTER TABLE items ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON lists USING (user_id = {ME}::integer);
            CREATE POLICY own ON items USING (user_id = {ME}::integer);
            GRANT SELECT, INSERT, UPDATE, DELETE ON lists, items TO app;""")
        document = self.isolation(0)
        self.all_ok(document, "public.lists")
        self.all_ok(document, "public.items")

    def test_what_is_excluded_is_not_asked(self):
        self.run_sql(NOTES + "CREATE TABLE open (user_id integer);")
        self.assertEqual(self.kinds(self.isolation(3)), ["no-policy"])
        self.all_ok(self.isolation(0, "--exclude", "public.open"))

    def test_usage(self):
        self.run_sql(NOTES)
        self.refused(2, "isolation")
        self.refused(2, "isolation", "--tenant-column", "nobody")
        self.refused(2, "isolation", "--tenant-column", "user_id", "--role", "nobody", hint=False)

    # ---- each fault ----

    def test_no_row_level_security(self):
        document = self.leaks("ALTER TABLE notes DISABLE ROW LEVEL SECURITY;", *ALL)
        self.assertEqual(self.kinds(document), ["no-policy"])

    def test_a_new_table_without_a_policy(self):
        document = self.leaks("CREATE TABLE drafts (user_id integer);"
                              "GRANT SELECT ON drafts TO app;", "select", table="public.drafts")
        self.assertEqual(self.kinds(document), ["no-policy"])

    def test_no_policy_for_a_verb(self):
        self.run_sql(NOTES + f"DROP POLICY own ON notes; CREATE POLICY own ON notes FOR SELECT"
                     f" USING (user_id = {ME}::integer);")
        self.assertEqual(self.cells(self.isolation(3), "public.notes"),
                         dict.fromkeys(ALL, "no policy") | {"select": "ok"})

    def test_using_true(self):
        self.leaks("CREATE POLICY read ON notes FOR SELECT USING (true);", "select")

    def test_an_update_or_delete_without_a_where(self):
        """Behind a policy for SELECT that is right, only a statement without WHERE shows it."""
        self.leaks("CREATE POLICY write ON notes FOR UPDATE USING (true)"
                   f" WITH CHECK (user_id = {ME}::integer);"
                   "CREATE POLICY remove ON notes FOR DELETE USING (true);", "update", "delete")

    def test_a_check_that_lets_rows_move_to_another_tenant(self):
        self.leaks("CREATE POLICY move ON notes FOR UPDATE"
                   f" USING (user_id = {ME}::integer) WITH CHECK (true);", "update")

    def test_a_check_that_lets_rows_of_others_in(self):
        self.leaks("CREATE POLICY add ON notes FOR INSERT WITH CHECK (true);", "insert")

    def test_a_trigger_that_sets_the_tenant_is_no_leak(self):
        self.run_sql(NOTES + f"""
            CREATE POLICY add ON notes FOR INSERT WITH CHECK (true);
            CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN NEW.user_id := coalesce({ME}::integer, NEW.user_id); RETURN NEW; END$$;
            CREATE TRIGGER mine BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION mine();""")
        self.all_ok(self.isolation(0))

    def test_an_owner(self):
        document = self.leaks(f"ALTER TABLE notes OWNER TO {self.app};", *ALL)
        self.assertEqual(self.kinds(document), ["owner"])

    def test_bypassrls_and_superuser(self):
        self.run_sql(NOTES)
        for word, kind in (("BYPASSRLS", "bypassrls"), ("SUPERUSER", "superuser")):
            self.run_sql(f"ALTER ROLE {self.app} {word}")
            document = self.isolation(3)
            self.assertIn(kind, self.kinds(document))
            self.assertEqual(set(self.cells(document, "public.notes").values()), {"LEAK"})
            self.run_sql(f"ALTER ROLE {self.app} NO{word}")

    def test_a_member_of_a_role_that_bypasses_is_told(self):
        self.run_sql(NOTES + f"ALTER ROLE {self.boss} BYPASSRLS; GRANT {self.boss} TO app;")
        self.assertEqual(self.kinds(self.isolation(0), counts=False), ["member"])

    def test_a_key_that_crosses_tenants(self):
        for action, code in (("CASCADE", 3), ("SET NULL", 3), ("NO ACTION", 0)):
            with self.subTest(action):
                self.run_sql("DROP TABLE IF EXISTS notes, users CASCADE;" + NOTES +
                             "ALTER TABLE notes ADD COLUMN parent integer REFERENCES notes (id)"
                             f" ON DELETE {action};")
                document = self.isolation(code)
                self.all_ok(document)
                self.assertEqual(self.kinds(document, counts=code == 3), ["key"])

    def test_a_key_with_the_tenant_in_it_is_right(self):
        self.run_sql(NOTES + "ALTER TABLE notes ADD UNIQUE (user_id, id), ADD COLUMN parent integer,"
                     " ADD FOREIGN KEY (user_id, parent) REFERENCES notes (user_id, id)"
                     " ON DELETE CASCADE;")
        self.assertEqual(self.isolation(0)["findings"], [])

    def test_a_definer_without_a_search_path(self):
        self.run_sql(NOTES + """
            CREATE FUNCTION good() RETURNS integer LANGUAGE sql SECURITY DEFINER
                SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
            CREATE FUNCTION bad(n integer) RETURNS integer LANGUAGE sql SECURITY DEFINER
                AS 'SELECT 1';""")
        document = self.isolation(3)
        self.assertEqual([one["object"] for one in document["findings"]], ["public.bad(n integer)"])

    def test_a_view_that_runs_as_its_owner(self):
        self.run_sql(NOTES + "CREATE VIEW mine AS SELECT * FROM notes;"
                     f"CREATE VIEW own AS SELECT * FROM notes WHERE user_id = {ME}::integer;"
                     "CREATE VIEW bodies AS SELECT body FROM notes;"
                     "CREATE MATERIALIZED VIEW kept AS SELECT * FROM notes;"
                     "GRANT SELECT ON mine, own, bodies, kept TO app;")
        document = self.isolation(3)
        self.assertEqual(self.cells(document, "public.mine"), {"select": "LEAK"})
        self.assertEqual(self.cells(document, "public.own"), {"select": "ok"})
        self.assertEqual({one["object"] for one in document["findings"] if one["counts"]},
                         {"public.bodies", "public.kept"})
        if int(self.value("SHOW server_version_num")) >= 150000:
            self.run_sql("ALTER VIEW mine SET (security_invoker = true);"
                         "ALTER VIEW bodies SET (security_invoker = on); DROP MATERIALIZED VIEW kept")
            self.isolation(0)

    def test_a_view_that_writes_as_its_owner(self):
        self.run_sql(NOTES + "CREATE VIEW mine AS SELECT * FROM notes;"
                     "GRANT UPDATE, DELETE, SELECT (user_id) ON mine TO app;")
        document = self.isolation(3)
        self.assertEqual(self.cells(document, "public.mine"),
                         dict.fromkeys(("select", "update", "delete"), "LEAK"))
        self.run_sql("REVOKE ALL ON mine FROM PUBLIC; DROP VIEW mine; CREATE VIEW added AS SELECT *"
                     f" FROM notes WHERE user_id = {ME}::integer; GRANT INSERT ON added TO app;")
        self.assertEqual(self.kinds(self.isolation(3)), ["view"])

    def test_rights_on_some_columns(self):
        self.run_sql(NOTES + f"REVOKE ALL ON notes FROM {self.app};"
                     "GRANT SELECT (user_id, body), INSERT (user_id, body), UPDATE (body) ON notes"
                     " TO app; GRANT USAGE ON SEQUENCE notes_id_seq TO app;")
        before = self.value("SELECT count(*) FROM notes")
        document = self.ok("isolation", "--tenant-column", "user_id", "--role", self.app, "--json")
        self.assertEqual(self.cells(document.json(), "public.notes"),
                         dict.fromkeys(ALL, "ok") | {"delete": "no right"})
        self.assertEqual(self.value("SELECT count(*) FROM notes"), before)

    def test_a_partitioned_table(self):
        self.run_sql(f"""
            CREATE TABLE logs (user_id integer NOT NULL, at date NOT NULL, PRIMARY KEY (user_id, at))
                PARTITION BY RANGE (at);
            CREATE TABLE logs_24 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE TABLE logs_25 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            ALTER TABLE logs ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON logs USING (user_id = {ME}::integer);
            GRANT SELECT, INSERT, UPDATE, DELETE ON logs TO app;""")
        self.all_ok(self.isolation(0), "public.logs")
        self.run_sql("GRANT SELECT ON logs_24 TO app")
        document = self.isolation(3)
        self.assertEqual([one["object"] for one in document["findings"]], ["public.logs_24"])

    def test_a_session_without_a_tenant(self):
        """RESET leaves '', which is no NULL."""
        self.run_sql(NOTES + "DROP POLICY own ON notes; CREATE POLICY own ON notes"
                     " USING (user_id = current_setting('app.user', true)::integer);")
        document = self.isolation(0)
        self.assertEqual(self.kinds(document, counts=False), ["error-unset"])
        self.run_sql("DROP POLICY own ON notes; CREATE POLICY own ON notes USING (user_id ="
                     f" {ME}::integer OR current_setting('app.user', true) IS NULL);")
        self.assertEqual(self.kinds(self.isolation(3)), ["unset"])
        self.run_sql("DROP POLICY own ON notes; CREATE POLICY own ON notes USING (user_id ="
                     f" {ME}::integer OR current_setting('app.user', true) = '');")
        self.assertEqual(self.kinds(self.isolation(3)), ["unset"])

    def test_a_child_without_the_column(self):
        self.run_sql(NOTES + "CREATE TABLE lines (note integer REFERENCES notes (id), text text);"
                     "GRANT SELECT ON lines TO app;")
        self.assertEqual(self.kinds(self.isolation(3)), ["child"])

    def test_truncate_is_told(self):
        self.run_sql(NOTES + "GRANT TRUNCATE ON notes TO app;")
        self.assertEqual(self.kinds(self.isolation(0), counts=False), ["truncate"])

    def test_a_table_that_gets_no_row_is_not_called_proven(self):
        self.run_sql(NOTES + "ALTER TABLE notes ADD CHECK (length(body) > 5000);")
        document = self.isolation(3)
        self.assertEqual(set(self.cells(document, "public.notes").values()), {"not proven"})


TASKS = {
    Sqlite: """
CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, email TEXT NOT NULL UNIQUE);
CREATE TABLE task (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL REFERENCES users (id)
    ON DELETE CASCADE, title TEXT NOT NULL, status TEXT NOT NULL, at TEXT NOT NULL DEFAULT
    (strftime('%Y-%m-%d %H:%M:%f', 'now')), deleted_at TEXT);
CREATE VIEW "öffene ""Tasks" AS SELECT id, title FROM task WHERE status = 'Pending';
INSERT INTO users VALUES ('u1', 'ada'), ('u2', 'bob');
INSERT INTO task (user_id, title, status) VALUES ('u1', 'a', 'Pending'), ('u2', 'b', 'Pending');
""",
    Postgresql: """
CREATE TABLE users (id text NOT NULL PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE task (id serial PRIMARY KEY, user_id text NOT NULL REFERENCES users (id) ON DELETE
    CASCADE, title text NOT NULL, status text NOT NULL, at timestamp NOT NULL DEFAULT now(),
    deleted_at timestamp);
CREATE VIEW "öffene ""Tasks" AS SELECT id, title FROM task WHERE status = 'Pending';
INSERT INTO users VALUES ('u1', 'ada'), ('u2', 'bob');
INSERT INTO task (user_id, title, status) VALUES ('u1', 'a', 'Pending'), ('u2', 'b', 'Pending');
"""}
# $1 … as PostgreSQL has them; SQLite reads them as names in that order
APART = [
    "SELECT * FROM task WHERE user_id = $1 AND status = $2",
    "SELECT * FROM task WHERE user_id = $1 AND title LIKE $2",
    "SELECT * FROM task WHERE user_id = $1 AND status IN ('Pending', 'In Progress')",
    "SELECT * FROM task t WHERE t.user_id = $1 AND t.deleted_at IS NULL ORDER BY at DESC LIMIT $2",
    "SELECT count(*) FROM task JOIN users u ON u.id = task.user_id WHERE u.id = $1",
    "INSERT INTO task (user_id, title, status) VALUES ($1, $2, 'Pending') RETURNING id",
    "UPDATE task SET status = $1 WHERE id = $2 AND user_id = $3",
    "DELETE FROM task WHERE user_id = $1 AND id = $2",
]
LEAKS = [
    "SELECT * FROM task WHERE id = $1",
    "SELECT count(*) FROM task",
    "SELECT title FROM task WHERE user_id = $1 OR status = $2",
    'SELECT title FROM "öffene ""Tasks"',
    "UPDATE task SET status = 'done' WHERE id = $1",
    "UPDATE task SET user_id = $1 WHERE id = $2",
    "DELETE FROM task WHERE status = 'Pending'",
    "INSERT INTO task (user_id, title, status) SELECT $1, title, status FROM task",
]


@on_each_engine
class Queries(Case):
    def setUp(self):
        super().setUp()
        self.db.execute(TASKS[self.engine])

    def isolation(self, code, queries, *words):
        self.project.write("queries/all.sql", "".join(query + ";\n" for query in queries))
        before = self.db.everything()
        result = self.rung("isolation", "--tenant-column", "user_id", "--queries", "queries", *words,
                           "--json")
        self.assertEqual(result.code, code, str(result))
        self.assertEqual(self.db.everything(), before)
        return {queries[one["line"] - 1]: one["state"] for one in result.json()["queries"]}

    def test_queries_that_ask_for_the_tenant_are_proven(self):
        self.assertEqual(self.isolation(0, APART), dict.fromkeys(APART, "ok"))

    def test_queries_that_do_not_are_found(self):
        self.assertEqual(self.isolation(3, LEAKS), dict.fromkeys(LEAKS, "LEAK"))

    def test_what_touches_no_such_table_is_counted_apart(self):
        self.assertEqual(self.isolation(0, ["SELECT * FROM users WHERE email = $1"]), {})

    def test_what_shows_nothing_is_not_called_proven(self):
        queries = ["SELECT * FROM task WHERE user_id = $1 AND 1 = 0", "SELECT nothing FROM task",
                   "SELECT title FROM task WHERE title = 'nobody' AND title = 'else'"]
        self.assertEqual(self.isolation(3, queries), dict.fromkeys(queries, "not proven"))

    def test_rows_that_belong_to_a_tenant_by_their_key(self):
        self.db.execute("CREATE TABLE lines (id integer PRIMARY KEY, task integer NOT NULL REFERENCES"
                        " task (id), text text)")
        good = ["SELECT lines.* FROM lines JOIN task t ON t.id = task WHERE task = $1 AND t.user_id = $2"]
        bad = ["SELECT * FROM lines WHERE task = $1", "DELETE FROM lines WHERE id = $1"]
        self.assertEqual(self.isolation(3, good + bad),
                         dict.fromkeys(good, "ok") | dict.fromkeys(bad, "LEAK"))

    def test_text_says_where_and_why(self):
        self.project.write("q.sql", "SELECT 1;\nSELECT * FROM task\n WHERE id = $1;\n")
        result = self.rung("isolation", "--tenant-column", "user_id", "--queries", "q.sql")
        self.assertEqual(result.code, 3, str(result))
        self.assertRegex(result.out, r"LEAK +q\.sql:2 .*\n +it gives rows of another tenant\n")

    def test_sqlite_needs_the_queries(self):
        if self.sqlite:
            self.refused(2, "isolation", "--tenant-column", "user_id")
            self.refused(2, "isolation", "--tenant-column", "user_id", "--role", "app")
        self.refused(1, "isolation", "--tenant-column", "user_id", "--queries", "none", hint=False)

    def test_tables_of_sqlite(self):
        """Without a rowid, STRICT, with composite keys, odd names and triggers."""
        if not self.sqlite:
            return
        self.db.execute("""
            CREATE TABLE members (USER_ID TEXT NOT NULL REFERENCES users (id), n INTEGER NOT NULL,
                "größe ""x"" y" REAL, PRIMARY KEY (USER_ID, n)) WITHOUT ROWID;
            CREATE TABLE jobs (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, member INTEGER NOT NULL,
                gone INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL CHECK (kind IN ('a', 'b')),
                FOREIGN KEY (user_id, member) REFERENCES members (USER_ID, n)) STRICT;
            CREATE TABLE audit (what TEXT, user_id TEXT);
            CREATE TRIGGER seen AFTER UPDATE ON jobs BEGIN
                INSERT INTO audit VALUES ('update', NEW.user_id); END;""")
        good = ['SELECT * FROM members WHERE user_id = ? AND "größe ""x"" y" > ?',
                "SELECT j.id FROM jobs j JOIN members m USING (user_id) WHERE m.user_id = ? AND NOT gone",
                "WITH mine AS (SELECT * FROM jobs WHERE user_id = :user_id) SELECT kind FROM mine"
                " WHERE kind = 'b' LIMIT :limit OFFSET :off",
                "REPLACE INTO members (user_id, n) VALUES (?, ?)",
                "UPDATE jobs SET kind = 'a' WHERE user_id = ? AND id = ?",
                "SELECT random(), kind FROM jobs WHERE user_id = ? ORDER BY random()"]
        bad = ["UPDATE jobs SET kind = 'a' WHERE id = ?", "SELECT max(n) FROM members"]
        self.assertEqual(self.isolation(3, good + bad),
                         dict.fromkeys(good, "ok") | dict.fromkeys(bad, "LEAK"))

    def test_placeholders_of_sqlite(self):
        if not self.sqlite:
            return
        queries = ["SELECT * FROM task WHERE user_id = ? AND status = ?",
                   "SELECT * FROM task WHERE :user_id = user_id AND title = @title",
                   "SELECT * FROM [task] WHERE status = ?2 AND user_id = ?1",
                   "SELECT * FROM task WHERE user_id IN (?) AND id BETWEEN ? AND ?"]
        self.assertEqual(self.isolation(0, queries), dict.fromkeys(queries, "ok"))


if __name__ == "__main__":
    main()
