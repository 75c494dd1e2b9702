"""Requests to be erased: their states, what guards them in the database, what is taken over."""
import datetime
import os
import time

from harness import Postgresql, Sqlite, main, on_each_engine, wait_until
from lifecycle import INDEX, KEY, SECTION, LifeCase

DAY = datetime.timedelta(days=1)
NOT_DUE = "not due for erasure"
ONLY_RUNG = "says when the erasure was requested"


def read(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


@on_each_engine
class Requests(LifeCase):
    def test_a_request_has_the_keys_of_the_api_and_a_repeat_changes_nothing(self):
        self.start()
        first = self.ok("erase", "request", "users:1", "--json").json()
        self.assertEqual(first["days_remaining"], 30)
        self.assertEqual(first["message"],
                         "Account deletion requested. You have 30 days to cancel.")
        self.assertEqual((first["state"], first["subject"], first["key"]), ("pending", "users", "1"))
        self.assertEqual(read(first["deletion_date"]) - read(first["requested_at"]), 30 * DAY)
        again = self.ok("erase", "request", "users:1", "--json")
        self.assertEqual(again.json(), first)
        self.assertIn("asked for before", again.err)
        self.assertEqual(self.ok("erase", "status", "users:1", "--json").json(), first)
        stamp = read(first["requested_at"]).strftime("%Y-%m-%d %H:%M:%S")
        self.assertTrue(self.column().startswith(stamp), self.column())

    def test_text_has_dates_in_utc_and_the_days_that_remain(self):
        self.start()
        text = self.ok("erase", "request", "users:1").out
        self.assertRegex(text, r"^users 1  pending, requested \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, due "
                               r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(30 days\)\n")
        self.assertIn("You have 30 days to cancel.", text)

    def test_cancel_takes_it_back_once(self):
        self.start()
        self.ok("erase", "request", "users:1")
        done = self.ok("erase", "cancel", "users:1", "--json").json()
        self.assertEqual(done["message"], "Account deletion cancelled. Your account is safe.")
        self.assertEqual(done["state"], "cancelled")
        self.assertIsNone(self.column())
        self.refused(2, "erase", "cancel", "users:1")
        self.assertEqual(self.ok("erase", "status", "users:1", "--json").json()["state"], "cancelled")
        # and it may be asked for again
        self.assertEqual(self.ok("erase", "request", "users:1", "--json").json()["state"], "pending")
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "2")

    def test_cancel_after_the_claim_is_refused(self):
        self.start()
        self.ok("erase", "request", "users:1", "--now")
        self.state(1, "purging")
        result = self.refused(1, "erase", "cancel", "users:1")
        self.assertIn("has begun", result.err)
        self.assertIn("begun", self.ok("erase", "request", "users:1").out)

    def test_what_is_not_there_is_unknown(self):
        self.start()
        self.refused(2, "erase", "request", "users:99", hint=False)
        self.refused(2, "erase", "request", "users:abc", hint=False)
        self.refused(2, "erase", "request", "people:1")
        self.refused(2, "erase", "request", "users")
        self.refused(2, "erase", "cancel", "users:2")
        self.refused(2, "erase", "cancel", "users:abc" if self.sqlite else "users:99")
        self.refused(2, "erase", "status", "users:99", hint=False)
        self.refused(2, "erase", "status", "users:'; DROP TABLE users; --", hint=False)
        self.assertEqual(self.ok("erase", "status", "users:3", "--json").json()["state"], "none")

    def test_a_command_line_that_is_wrong(self):
        self.start()
        self.refused(2, "erase", "forget", "users:1")
        self.refused(2, "erase", "request", hint=False)
        self.refused(2, "erase", "init", "users:1", hint=False)
        self.refused(2, "erase")

    def test_now_has_no_grace(self):
        self.start()
        first = self.ok("erase", "request", "users:1", "--now", "--json").json()
        self.assertEqual(first["days_remaining"], 0)
        self.assertEqual(first["requested_at"], first["deletion_date"])
        self.ok("erase", "request", "users:2")
        hurried = self.ok("erase", "request", "users:2", "--now", "--json").json()
        self.assertEqual(hurried["days_remaining"], 0)
        actions = [r["action"] for r in self.ok("audit", "log", "--json").json()["records"]]
        self.assertEqual(actions, ["init", "request at once", "request", "request at once"])

    def test_the_purge_rests_between_its_transactions(self):
        self.start(SECTION + "  relations: { posts.user_id: cascade }\n  purge: { rest: 20000 }\n",
                   "CREATE TABLE posts (id integer PRIMARY KEY, user_id bigint REFERENCES users (id)"
                   " ON DELETE CASCADE); CREATE INDEX posts_user ON posts (user_id);")
        rows = ", ".join(f"({i}, 1)" for i in range(500))
        self.db.execute(f"INSERT INTO posts VALUES {rows}")
        self.ok("erase", "request", "users:1", "--now")
        began = time.monotonic()
        found = self.ok("purge", "--json").json()
        self.assertEqual(found["subjects"], 1)
        self.assertGreater((time.monotonic() - began) * 1e6, 20 * found["longest_us"])

    def test_list_shows_what_is_open_and_all_the_rest(self):
        self.start()
        for key in (1, 2, 3):
            self.ok("erase", "request", f"users:{key}")
        self.ok("erase", "cancel", "users:2")

        def keys(*words):
            return [(r["key"], r["state"]) for r in
                    self.ok("erase", "list", *words, "--json").json()["requests"]]
        self.assertEqual(keys(), [("1", "pending"), ("3", "pending")])
        self.assertEqual(keys("users", "--limit", "1"), [("1", "pending")])
        self.assertEqual(len(keys("--all")), 3)
        self.assertEqual(len(self.ok("erase", "list").out.splitlines()), 2)
        self.refused(2, "erase", "list", "people")

    def test_without_a_section_or_tables_or_secret(self):
        self.start(init=False)
        self.refused(2, "erase", "request", "users:1")
        self.project.config()
        self.refused(2, "erase", "init", hint=True)
        self.project.config(SECTION)
        self.refused(2, "erase", "init", env={"RUNG_LIFECYCLE_KEY": "short"})
        self.project.config(SECTION.replace('key: "${RUNG_LIFECYCLE_KEY}"', "key_file: secret"))
        self.refused(1, "erase", "init")
        self.project.write("secret", KEY + "\n")
        self.refused(1, "erase", "init")  # others may read it
        os.chmod(self.project.path("secret"), 0o600)
        self.ok("erase", "init")
        self.ok("erase", "request", "users:1")
        # the same secret gives the same hash, wherever it stands
        hash1 = self.ok("erase", "status", "users:1", "--json").json()["subject_hash"]
        self.project.config(SECTION)
        self.ok("erase", "request", "users:2")
        self.assertRegex(hash1, "^[0-9a-f]{64}$")
        self.ok("erase", "cancel", "users:1")
        self.ok("erase", "request", "users:1")
        self.assertEqual(self.ok("erase", "status", "users:1", "--json").json()["subject_hash"], hash1)

    def test_a_subject_that_the_database_does_not_have(self):
        for wrong, words in (("{ table: people }", "there is no table people"), ("{ key: nr }", "no column"),
                             ("{ key: email }", "not the table's primary key"),
                             ("{ requested_at: gone }", "no column")):
            with self.subTest(wrong):
                if wrong == "{ table: people }":
                    self.start(init=False)
                self.project.config(SECTION.split("    users:")[0] + f"    users: {wrong}\n")
                self.assertIn(words, self.refused(2, "erase", "init", file="rung.yaml", hint=False).err)
        self.db.execute("CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b));")
        self.project.config(SECTION + "    pairs: { key: a }\n")
        self.refused(2, "erase", "init", hint=False)
        self.project.config(SECTION + "    people: { table: users }\n")
        self.assertIn("already", self.refused(2, "erase", "init", hint=False).err)

    def test_odd_names_and_keys(self):
        table, key, at = 'Ünï "x" {now} $1 \'y', 'select $2', 'from {erasure}'
        quoted = table.replace('"', '""')
        text = "TEXT" if self.sqlite else "text"
        self.db.execute(f'CREATE TABLE "{quoted}" ("{key}" {text} PRIMARY KEY, "{at}" '
                        f'{"INTEGER" if self.sqlite else "timestamp"});'
                        f' INSERT INTO "{quoted}" ("{key}") VALUES (\'a:b,"c\'), (\'ключ {{now}}\');')
        yaml = table.replace('\\', '\\\\').replace('"', '\\"')
        self.project.config(SECTION.split("    users:")[0] +
                            f'    odd: {{ table: "{yaml}", key: "{key}", requested_at: "{at}",'
                            f' grace: 1mo }}\n')
        self.ok("erase", "init")
        for value in ('a:b,"c', 'ключ {now}'):
            made = self.ok("erase", "request", "odd:" + value, "--json").json()
            self.assertEqual(made["key"], value)
        self.db_refuses(f'DELETE FROM "{quoted}"', NOT_DUE)
        self.db_refuses(f'UPDATE "{quoted}" SET "{at}" = NULL', ONLY_RUNG)
        self.ok("erase", "cancel", 'odd:a:b,"c')
        self.assertEqual(self.ok("erase", "list", "--json").json()["requests"][0]["key"], 'ключ {now}')
        self.check_finds(None)

    # ---- guards ----

    def check_finds(self, words):
        result = self.rung("check")
        found = [line for line in result.out.splitlines() if line.startswith("lifecycle")]
        if words is None:
            self.assertEqual(found, [], str(result))
        else:
            self.assertEqual(result.code, 3, str(result))
            self.assertTrue(any(words in line for line in found), str(result))

    def test_no_client_changes_the_column_or_deletes_too_early(self):
        self.start()
        self.ok("erase", "request", "users:1")
        now = "'2020-01-01 00:00:00'"
        for sql, words in (
                ("DELETE FROM users WHERE id = 1", NOT_DUE), ("DELETE FROM users WHERE id = 2", NOT_DUE),
                ("DELETE FROM users", NOT_DUE),
                (f"UPDATE users SET deletion_requested_at = {now}", ONLY_RUNG),
                ("UPDATE users SET deletion_requested_at = NULL WHERE id = 1", ONLY_RUNG),
                (f"INSERT INTO users (id, deletion_requested_at) VALUES (9, {now})", ONLY_RUNG),
                ("UPDATE users SET id = 10 WHERE id = 1", "stays")):
            with self.subTest(sql):
                self.db_refuses(sql, words)
        self.db.execute("UPDATE users SET email = 'new@x.org' WHERE id = 1;"
                        "UPDATE users SET id = 20 WHERE id = 2;"
                        "INSERT INTO users (id, email) VALUES (4, 'd@x.org');")
        if not self.sqlite:
            self.db_refuses("TRUNCATE users", "refused")
            self.db_refuses("TRUNCATE users CASCADE", "refused")

    def test_what_the_purge_has_claimed_can_be_deleted(self):
        self.start()
        self.ok("erase", "request", "users:1", "--now")
        self.db_refuses("DELETE FROM users WHERE id = 1", NOT_DUE)
        self.state(1, "purging")
        self.db.execute("DELETE FROM users WHERE id = 1")
        self.assertEqual(self.value("SELECT count(*) FROM users"), "2")

    def test_init_again_changes_nothing(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.ok("erase", "init")
        self.assertEqual(self.value(f"SELECT count(*) FROM {self.names}erasure"), "1")
        self.check_finds(None)

    def test_dump_and_diff_and_check_do_not_see_what_rung_keeps(self):
        self.start(init=False)
        before = self.ok("dump").out
        self.project.write("schema.sql", before)
        self.project.revision("1", "SELECT 1;")
        self.ok("erase", "init")
        self.assertEqual(self.ok("dump").out, before)
        self.assertNotIn("rung", self.ok("diff", "--to", "schema.sql", "--format", "summary").out)
        self.assertEqual(self.ok("diff", "--to", "schema.sql", "--json").json()["steps"], [])

    def test_check_and_status_say_that_a_guard_is_missing(self):
        self.start()
        self.check_finds(None)
        if self.sqlite:
            self.db.execute("DROP TRIGGER rung_guard_erasure_users")
        else:
            self.db.execute("ALTER TABLE users DISABLE TRIGGER rung_guard_erasure")
        self.check_finds("rung_guard_erasure")
        alerts = self.status(3)["alerts"]
        self.assertEqual([a["kind"] for a in alerts], ["guard"])
        self.ok("erase", "init")
        self.check_finds(None)
        self.status(0)

    def test_guards_of_what_is_no_subject_any_more_go(self):
        self.start(extra="CREATE TABLE staff (id integer PRIMARY KEY); INSERT INTO staff VALUES (1);")
        self.project.config(SECTION.replace(" requested_at: deletion_requested_at,", "")
                            + "    staff: { key: id, grace: 1d }\n")
        self.ok("erase", "init")
        self.db.execute("UPDATE users SET deletion_requested_at = '2020-01-01 00:00:00' WHERE id = 3")
        self.db_refuses("DELETE FROM users", NOT_DUE)
        self.db_refuses("DELETE FROM staff", NOT_DUE)
        self.project.config(SECTION.split("  subjects:")[0])
        self.ok("erase", "init")
        self.db.execute("DELETE FROM users; DELETE FROM staff; DROP INDEX idx_users_deletion_requested;"
                        "ALTER TABLE users DROP COLUMN deletion_requested_at;")

    def test_unguard_removes_them_until_init(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.assertIn("not guarded", self.ok("erase", "unguard").out)
        self.check_finds("rung_guard_erasure")
        self.db.execute("DELETE FROM users WHERE id = 2")
        self.ok("erase", "init")
        self.db_refuses("DELETE FROM users WHERE id = 3", NOT_DUE)
        self.assertEqual([r["action"] for r in self.ok("audit", "log", "--json").json()["records"]],
                         ["init", "request", "unguard", "init"])

    def test_check_says_that_a_guard_was_replaced(self):
        self.start()
        if self.sqlite:
            self.db.execute("DROP TRIGGER rung_guard_key_users; CREATE TRIGGER rung_guard_key_users"
                            " BEFORE UPDATE OF id ON users BEGIN SELECT 1; END;")
        else:
            self.db.execute("CREATE OR REPLACE FUNCTION rung.guard_users() RETURNS trigger LANGUAGE"
                            " plpgsql AS 'BEGIN IF TG_OP = ''DELETE'' THEN RETURN OLD; END IF; RETURN"
                            " NEW; END'")
        self.check_finds("not what rung made")

    def test_check_without_tables_is_a_finding(self):
        self.start(init=False)
        self.check_finds("rung erase init")
        self.project.config("lifecycle:\n  key: \"${RUNG_LIFECYCLE_KEY}\"\n")
        self.check_finds(None)

    def test_check_says_that_a_row_went_around_the_guards(self):
        self.start()
        self.ok("erase", "request", "users:1")
        if self.sqlite:
            self.db.execute("DROP TRIGGER rung_guard_erasure_users; DELETE FROM users WHERE id = 1")
        else:
            self.db.execute("ALTER TABLE users DISABLE TRIGGER rung_guard_erasure;"
                            "DELETE FROM users WHERE id = 1;"
                            "ALTER TABLE users ENABLE TRIGGER rung_guard_erasure")
        self.check_finds("1 row of users")
        self.ok("erase", "cancel", "users:1")
        self.ok("erase", "init")
        self.check_finds(None)

    # ---- what stood there before ----

    def test_values_that_stand_there_are_taken_over(self):
        self.start(init=False)
        self.db.execute("UPDATE users SET deletion_requested_at = '2025-12-15 10:00:00"
                        + ("" if self.sqlite else "+00") + "' WHERE id IN (1, 2)")
        self.assertEqual(self.ok("erase", "init", "--json").json(), {"subjects": 1, "adopted": 2})
        made = self.ok("erase", "status", "users:1", "--json").json()
        self.assertEqual(made["requested_at"], "2025-12-15T10:00:00Z")
        self.assertEqual(made["deletion_date"], "2026-01-14T10:00:00Z")
        self.assertEqual(self.ok("erase", "init", "--json").json()["adopted"], 0)
        self.ok("erase", "cancel", "users:2")
        self.assertIsNone(self.column(2))

    # ---- calendar ----

    def due(self, grace, requested):
        self.db.execute("DELETE FROM users; DROP TABLE users;" if self.sqlite else "DROP TABLE users")
        self.db.execute("CREATE TABLE users (id integer PRIMARY KEY, deletion_requested_at "
                        + ("TEXT" if self.sqlite else "timestamptz") + ");"
                        "INSERT INTO users VALUES (1, '" + requested + ("" if self.sqlite else "+00")
                        + "');" + INDEX)
        self.project.config(SECTION.replace("30d", grace))
        self.db.execute(f"DELETE FROM {self.names}erasure")
        self.ok("erase", "init")
        return self.ok("erase", "status", "users:1", "--json").json()["deletion_date"]

    def test_due_dates_are_those_of_the_calendar_in_utc(self):
        if not self.sqlite:  # clocks change there on 8 March and 1 November 2026
            self.db.execute(f"ALTER DATABASE {self.db.database} SET TimeZone = 'America/New_York'")
        self.start()
        self.state(1, "purging")
        self.db.execute("DROP TABLE users" if not self.sqlite else "DROP TRIGGER rung_guard_erasure_users")
        if not self.sqlite:
            self.db.execute("CREATE TABLE users (id integer)")
        for grace, requested, due in (
                ("30d", "2026-02-15 12:30:00", "2026-03-17T12:30:00Z"),
                ("30d", "2026-10-20 01:30:00", "2026-11-19T01:30:00Z"),
                ("720h", "2026-02-15 12:30:00", "2026-03-17T12:30:00Z"),
                ("7y", "2024-02-29 08:00:00", "2031-02-28T08:00:00Z"),
                ("4y", "2024-02-29 08:00:00", "2028-02-29T08:00:00Z"),
                ("1mo", "2026-01-31 23:59:59", "2026-02-28T23:59:59Z"),
                ("1mo", "2026-02-28 00:00:00", "2026-03-28T00:00:00Z"),
                ("1d", "2028-02-28 12:00:00", "2028-02-29T12:00:00Z")):
            with self.subTest(f"{requested} + {grace}"):
                if self.sqlite:
                    self.db.execute("DROP TRIGGER IF EXISTS rung_guard_erasure_users")
                self.assertEqual(self.due(grace, requested), due)

    # ---- status ----

    def status(self, code):
        result = self.rung("status", "--lifecycle", "--json")
        self.assertEqual(result.code, code, str(result))
        return result.json()

    def test_status_counts_and_is_quiet(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.ok("erase", "request", "users:2", "--now")
        found = self.status(0)
        self.assertEqual((found["pending_deletions"], found["ready_to_delete"]), (2, 1))
        self.assertAlmostEqual(found["avg_days_remaining"], 15, delta=0.1)
        self.assertIsNone(found["last_purge_at"])
        text = self.ok("status", "--lifecycle").out
        self.assertIn("requests   2 pending, 1 ready, 15.0 days remain on average", text)
        self.ok("hold", "add", "users:3", "--reason", "case")
        self.assertEqual(self.status(0)["holds"], 1)

    def test_status_alerts(self):
        self.start(SECTION + "  alerts: { pending_over: 1, cleanup_silent: 1s }\n")
        self.ok("erase", "request", "users:1")
        self.ok("erase", "request", "users:2")
        self.db.execute("DROP INDEX idx_users_deletion_requested")
        time.sleep(2.1)
        kinds = [a["kind"] for a in self.status(3)["alerts"]]
        self.assertEqual(kinds, ["pending", "cleanup", "index"])
        text = self.rung("status", "--lifecycle").out
        self.assertIn("alert      2 requests are pending, more than 1", text)


class Application(LifeCase):
    engine = Postgresql

    def alerts(self):
        return [a["kind"] for a in self.rung("status", "--lifecycle", "--json").json()["alerts"]]

    def test_an_index_that_nobody_uses_is_told_on_a_large_table(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.db.execute("INSERT INTO users (id) SELECT generate_series(10, 11000); ANALYZE users;")
        self.assertEqual(self.alerts(), [])  # the request is young
        self.db.execute("UPDATE rung.erasure SET requested_at = requested_at - interval '2 days'")
        self.assertEqual(self.alerts(), ["index"])
        self.db.execute("SET enable_seqscan = off; SELECT id FROM users WHERE deletion_requested_at <"
                        " now() - interval '30 days'")
        wait_until(lambda: self.alerts() == [])

    def test_a_role_without_rights_on_what_rung_keeps_is_guarded_too(self):
        self.start()
        role = f"app_{self.db.database}"
        self.db.execute(f"CREATE ROLE {role} LOGIN; GRANT ALL ON users TO {role};")
        self.addCleanup(self.drop_role, role)
        self.ok("erase", "request", "users:1", "--now")
        as_app = f"SET SESSION AUTHORIZATION {role}; "
        for sql, words in (("DELETE FROM users WHERE id = 1", NOT_DUE), ("TRUNCATE users", "refused"),
                           ("UPDATE users SET deletion_requested_at = now()", ONLY_RUNG),
                           ("COPY users FROM STDIN;\n7\tx\t2020-01-01\n\\.\n", ONLY_RUNG),
                           ("SELECT * FROM rung.erasure", "permission denied"),
                           ("UPDATE rung.erasure SET state = 'purging'", "permission denied"),
                           ("SELECT rung.audit_add('a','b','c','d',1,1,'e','f','g')", "permission denied")):
            with self.subTest(sql):
                self.db_refuses(as_app + sql, words)
        self.db.execute(as_app + "INSERT INTO users (id) VALUES (50); UPDATE users SET email = 'q'"
                                 " WHERE id = 1; SELECT deletion_requested_at FROM users")
        self.state(1, "purging")
        self.db.execute(as_app + "DELETE FROM users WHERE id = 1")

    def drop_role(self, role):
        self.db.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")

    def test_keys_of_any_type_are_written_as_the_database_does(self):
        for type_, value, key in (("uuid", "0F8FAD5B-D9CB-469F-A165-70867728950E",
                                   "0f8fad5b-d9cb-469f-a165-70867728950e"),
                                  ("bigint", " 007", "7"), ("varchar(20)", "Zoë", "Zoë"),
                                  ("numeric", "1.50", "1.50")):
            with self.subTest(type_):
                self.db.execute(f"DROP SCHEMA IF EXISTS rung CASCADE; DROP TABLE IF EXISTS users;"
                                f"CREATE TABLE users (id {type_} PRIMARY KEY, deletion_requested_at"
                                f" date); INSERT INTO users VALUES ('{value}')")
                self.project.config(SECTION)
                self.ok("erase", "init")
                self.assertEqual(self.ok("erase", "request", "users:" + value, "--json").json()["key"], key)
                self.assertEqual(self.ok("erase", "status", "users:" + value, "--json").json()["key"], key)
                self.db_refuses("DELETE FROM users", NOT_DUE)
                self.ok("erase", "cancel", "users:" + value)
                self.refused(2, "erase", "request", "users:zz", hint=False)

    def test_schemas_and_partitions(self):
        self.db.execute("CREATE SCHEMA s2; CREATE TABLE s2.people (id integer PRIMARY KEY,"
                        " deletion_requested_at timestamptz) PARTITION BY RANGE (id);"
                        "CREATE TABLE s2.p1 PARTITION OF s2.people FOR VALUES FROM (0) TO (10);"
                        "INSERT INTO s2.people VALUES (1), (2); CREATE TABLE people (id integer PRIMARY KEY)")
        self.project.config(SECTION.split("    users:")[0] +
                            "    p: { table: s2.people, requested_at: deletion_requested_at }\n")
        self.ok("erase", "init")
        self.ok("erase", "request", "p:1")
        self.db_refuses("DELETE FROM s2.people", NOT_DUE)
        self.db_refuses("DELETE FROM s2.p1", NOT_DUE)
        self.db_refuses("UPDATE s2.p1 SET deletion_requested_at = now()", ONLY_RUNG)
        self.assertEqual(self.rung("check").out.count("lifecycle"), 0)

    def test_an_old_session_time_zone_or_date_style_changes_nothing(self):
        self.db.execute(f"ALTER DATABASE {self.db.database} SET DateStyle = 'German, DMY';"
                        f"ALTER DATABASE {self.db.database} SET TimeZone = 'Asia/Kolkata'")
        self.start()
        made = self.ok("erase", "request", "users:1", "--json").json()
        self.assertEqual(read(made["deletion_date"]) - read(made["requested_at"]), 30 * DAY)
        self.ok("audit", "verify")
        self.ok("status", "--lifecycle")
        self.ok("hold", "add", "users:1", "--reason", "x", "--expires", "2100-01-01")
        self.ok("hold", "list")


class Lite(LifeCase):
    engine = Sqlite

    def test_replace_does_not_shake_off_a_request(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.db_refuses("INSERT OR REPLACE INTO users (id, email) VALUES (1, 'x')", ONLY_RUNG)
        self.db_refuses("REPLACE INTO users (id, email) VALUES (1, 'x')", ONLY_RUNG)
        self.db.execute("INSERT INTO users (id, email) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE"
                        " SET email = excluded.email")
        self.assertEqual(self.value("SELECT email FROM users WHERE id = 1"), "x")
        # what is left: by another unique key, and without the pragma
        self.db_refuses("PRAGMA recursive_triggers = on; REPLACE INTO users (id, email) VALUES (9, 'x')",
                        NOT_DUE)

    def test_a_rebuild_drops_the_guards_and_check_says_so(self):
        self.start(init=False)
        self.project.write("schema.sql", self.ok("dump").out)
        self.project.revision("1", "SELECT 1;", "SELECT 1;")
        self.ok("upgrade")
        self.ok("erase", "init")
        self.project.revision("2", "CREATE TABLE u2 (id INTEGER PRIMARY KEY, email TEXT UNIQUE,"
                              " deletion_requested_at TEXT); INSERT INTO u2 SELECT * FROM users;"
                              " DROP TABLE users; ALTER TABLE u2 RENAME TO users;")
        self.ok("upgrade")
        result = self.rung("check")
        self.assertEqual(result.code, 3, str(result))
        self.assertRegex(result.out, r"lifecycle +the guard rung_guard_erasure_users of users is missing")
        self.ok("erase", "init")
        self.assertEqual(self.rung("check").code, 0)

    def test_keys_without_a_type_are_found(self):
        self.db.execute("CREATE TABLE users (id PRIMARY KEY, deletion_requested_at INTEGER);"
                        "INSERT INTO users (id) VALUES (5), ('x');")
        self.project.config(SECTION)
        self.ok("erase", "init")
        for key in ("5", "x"):
            self.ok("erase", "request", "users:" + key)
        self.assertRegex(self.value("SELECT deletion_requested_at FROM users WHERE id = 5"), r"^\d{10}$")
        self.ok("erase", "cancel", "users:5")

    def test_a_time_that_is_none_is_not_taken_over(self):
        self.start(init=False)
        self.db.execute("UPDATE users SET deletion_requested_at = 'yesterday' WHERE id = 1")
        self.refused(1, "erase", "init")


if __name__ == "__main__":
    main()
