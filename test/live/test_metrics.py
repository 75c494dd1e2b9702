"""Figures, readiness and alerts: what they say is what is there, whoever did it and whenever."""
import http.client
import os
import re
import signal
import time

from harness import main, on_each_engine, wait_until
import lifecycle
from lifecycle import LifeCase
from service import ME, POSTS, SECRET, SERVE, Reply, admin_hash, token

SECTION = lifecycle.SECTION + """  relations: { posts.user_id: cascade }
  retention:
    logs: { age: at, keep: 30d }
"""
LOGS = {
    "sqlite": "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT);",
    "postgresql": "CREATE TABLE logs (id bigint PRIMARY KEY, at timestamptz);",
}
OLD = {"sqlite": "datetime('now', '-40 days')", "postgresql": "now() - interval '40 days'"}
SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def read(text):
    """The samples: {(name, {label: value, …} as sorted pairs): number}. The page is well-formed."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert name not in types, "twice: " + name
            types[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        found = SAMPLE.match(line)
        assert found, line
        name, labels, number = found.groups()
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in types or types.get(family) == "histogram", line
        key = (name, tuple(sorted(LABEL.findall(labels or ""))))
        assert key not in samples, "twice: " + line
        samples[key] = float(number)
    return samples


class Figures(dict):
    def __init__(self, text):
        super().__init__(read(text))
        self.text = text

    def get_number(self, name, **labels):
        return self.get((name, tuple(sorted(labels.items()))))

    def sum(self, name, **labels):
        return sum(number for (found, have), number in self.items()
                   if found == name and set(labels.items()) <= set(have))


class MetricsCase(LifeCase):
    def start(self, section=SECTION, extra="", init=True):
        super().start(section, POSTS[self.db.name] + LOGS[self.db.name] + extra, init)

    def figures(self):
        return Figures(self.ok("metrics").out)

    def fill(self, posts=50, logs=70):
        self.db.execute("INSERT INTO posts VALUES " + ", ".join(
            f"({i}, {i % 2 + 1})" for i in range(1, posts + 1)))
        self.db.execute("INSERT INTO logs VALUES " + ", ".join(
            f"({i}, {OLD[self.db.name]})" for i in range(1, logs + 1)))

    def rows(self):
        return {name: int(self.value(f"SELECT count(*) FROM {name}"))
                for name in ("users", "posts", "logs")}

    def finds(self, code, *words):
        result = self.rung(*words)
        self.assertEqual(result.code, code, str(result))
        return result

    def age_audit(self, seconds):
        """As if so much time had gone by since all that was done."""
        if self.sqlite:
            self.db.execute("DROP TRIGGER IF EXISTS rung_audit_keeps_text;"
                            f"UPDATE rung_audit SET at = strftime('%Y-%m-%dT%H:%M:%f', at, '-{seconds}"
                            f" seconds') || '000Z'; UPDATE rung_total SET at = at - {seconds};")
        else:
            self.db.execute("ALTER TABLE rung.audit DISABLE TRIGGER append_only;"
                            f"UPDATE rung.audit SET at = at - interval '{seconds} s';"
                            "ALTER TABLE rung.audit ENABLE TRIGGER append_only;"
                            f"UPDATE rung.total SET at = at - interval '{seconds} s';")

    def age_request(self, key, seconds, column="due_at"):
        self.db.execute(f"UPDATE {self.names}erasure SET {column} = {self.now(-seconds)}"
                        f" WHERE key = '{key}'")


@on_each_engine
class Metrics(MetricsCase):
    def test_what_was_deleted_is_counted(self):
        self.start()
        self.fill()
        for figures in (self.figures(),):
            self.assertEqual(figures.sum("lifecycle_rows_deleted_total"), 0)
            self.assertEqual(figures.get_number("lifecycle_last_success_timestamp_seconds",
                                                policy="users"), 0)
        before = self.rows()
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        self.ok("retain")
        after, figures = self.rows(), self.figures()
        for table in ("users", "posts", "logs"):
            gone = before[table] - after[table]
            self.assertGreater(gone, 0)
            self.assertEqual(figures.sum("lifecycle_rows_deleted_total", table=table), gone, table)
            self.assertEqual(figures.sum("lifecycle_rows_selected_total", table=table), gone, table)
        self.assertEqual(figures.get_number("lifecycle_subjects_erased_total", subject="users"), 1)
        for policy in ("users", "logs"):
            at = figures.get_number("lifecycle_last_success_timestamp_seconds", policy=policy)
            self.assertLess(abs(at - time.time()), 300)
        count = figures.get_number("lifecycle_batch_seconds_count")
        self.assertGreaterEqual(count, 3)
        self.assertEqual(figures.get_number("lifecycle_batch_seconds_bucket", le="+Inf"), count)
        self.assertGreater(figures.get_number("lifecycle_batch_seconds_sum"), 0)
        self.assertEqual(figures.get_number("lifecycle_wal_bytes_total") > 0, not self.sqlite)
        self.assertEqual(figures.get_number("lifecycle_audit_records_total"),
                         int(self.value(f"SELECT count(*) FROM {self.names}audit")))

    def test_the_sums_are_those_of_the_audit(self):
        self.start()
        self.fill()
        self.ok("erase", "request", "users:1", "--now")
        self.ok("erase", "request", "users:2")
        self.ok("erase", "cancel", "users:2")
        self.ok("purge")
        self.ok("hold", "add", "users:3", "--reason", "x")
        sums = ("SELECT action, coalesce(policy, ''), coalesce(table_name, ''), count(*),"
                f" sum(row_count), sum(subjects) FROM {self.names}audit GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        kept = ("SELECT action, policy, table_name, events, row_count, subjects FROM"
                f" {self.names}total ORDER BY action, policy, table_name")
        self.assertEqual(self.value(f"SELECT count(*) FROM ({sums}) x"),
                         self.value(f"SELECT count(*) FROM {self.names}total"))
        self.assertEqual(sorted(self.query(sums)), sorted(self.query(kept)))

    def query(self, sql):
        columns = " || '|' || ".join(f"CAST(x.{c} AS text)" for c in "abcdef")
        rows = self.value("SELECT " + ("group_concat(" if self.sqlite else "string_agg(") + columns +
                          ", ';') FROM (SELECT a1.* FROM (" + sql + ") a1) AS x(a, b, c, d, e, f)"
                          if not self.sqlite else
                          "WITH x(a, b, c, d, e, f) AS (" + sql + ") SELECT group_concat(" + columns
                          + ", ';') FROM x")
        return rows.split(";")

    def test_a_database_that_an_earlier_version_prepared(self):
        self.start()
        self.fill()
        drop = ("DROP TRIGGER rung_audit_total; DROP TABLE rung_total; DROP TABLE rung_measure;"
                if self.sqlite else
                "DROP TRIGGER total ON rung.audit; DROP FUNCTION rung.audit_total;"
                " DROP TABLE rung.total; DROP TABLE rung.measure;")
        self.db.execute(drop)
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        self.assertIn("erase init", self.fails(2, "metrics").err)
        self.assertIn("no  lifecycle", self.finds(3, "ready").out)
        alerts = self.finds(3, "status", "--lifecycle", "--json").json()["alerts"]
        self.assertEqual([alert["kind"] for alert in alerts], ["tables"])
        for _ in range(2):
            self.ok("erase", "init")
            self.assertEqual(self.figures().sum("lifecycle_rows_deleted_total", table="posts"), 25)
        self.ok("ready")
        self.ok("status", "--lifecycle")

    def test_labels_are_escaped(self):
        name = 'a\\b"c' if not self.sqlite else 'a\\b"c'
        quoted = '"' + name.replace('"', '""') + '"'
        key = "INTEGER PRIMARY KEY" if self.sqlite else "bigint PRIMARY KEY"
        self.start(SECTION.replace("relations: {", "relations: { '" + name + ".user_id': cascade,"),
                   extra=f"CREATE TABLE {quoted} (id {key}, user_id bigint REFERENCES users (id)"
                         " ON DELETE CASCADE);")
        self.db.execute(f"INSERT INTO {quoted} VALUES (1, 1)")
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        self.assertEqual(self.figures().get_number("lifecycle_rows_deleted_total", policy="users",
                                                   table='a\\\\b\\"c'), 1)

    def test_what_the_last_look_found(self):
        self.start()
        figures = self.figures()
        self.assertIsNone(figures.get_number("lifecycle_audit_chain_ok"))
        self.assertEqual(figures.get_number("lifecycle_audit_checked_timestamp_seconds"), 0)
        self.ok("audit", "verify")
        figures = self.figures()
        self.assertEqual(figures.get_number("lifecycle_audit_chain_ok"), 1)
        self.assertLess(abs(figures.get_number("lifecycle_audit_checked_timestamp_seconds")
                            - time.time()), 300)
        if self.sqlite:  # an orphan needs keys that are off
            self.db.execute("PRAGMA foreign_keys = off; INSERT INTO posts VALUES (1, 99)")
        else:
            self.db.execute("ALTER TABLE posts DISABLE TRIGGER ALL; INSERT INTO posts VALUES (1, 99);"
                            "ALTER TABLE posts ENABLE TRIGGER ALL")
        self.finds(3, "retain", "--orphans")
        self.assertEqual(self.figures().get_number("lifecycle_orphans", fk="posts.user_id"), 1)
        self.alert("orphans")
        self.db.execute("DELETE FROM posts")
        self.ok("retain", "--orphans")
        self.assertIsNone(self.figures().get_number("lifecycle_orphans", fk="posts.user_id"))
        self.ok("status", "--lifecycle")
        self.assertEqual(self.figures().get_number("lifecycle_alert", alert="orphans"), 0)

    # ---- alerts ----

    def alert(self, *kinds):
        """Exactly these fire, each says what to do, and the figures say so, too."""
        result = self.rung("status", "--lifecycle", "--json")
        alerts = result.json()["alerts"]
        self.assertEqual(sorted({alert["kind"] for alert in alerts}), sorted(kinds), str(result))
        self.assertEqual(result.code, 3 if kinds else 0)
        for alert in alerts:
            self.assertTrue(alert["hint"] and alert["description"])
        figures = self.figures()
        self.assertEqual(figures.get_number("lifecycle_alerts"), len(alerts))
        self.assertEqual(sorted(dict(labels)["alert"] for (name, labels), number in figures.items()
                                if name == "lifecycle_alert" and number), sorted(kinds))

    def test_overdue(self):
        self.start()
        self.ok("erase", "request", "users:1")
        self.age_request(1, 25 * 3600)
        self.alert()
        figures = self.figures()
        self.assertEqual(figures.get_number("lifecycle_overdue", subject="users"), 1)
        self.assertAlmostEqual(figures.get_number("lifecycle_oldest_overdue_seconds"), 25 * 3600,
                               delta=60)
        self.age_request(1, 27 * 3600)
        self.alert("overdue")
        self.ok("hold", "add", "users:1", "--reason", "x")
        self.ok("purge")
        self.alert()  # it is held: nobody has to do anything
        self.assertEqual(self.figures().get_number("lifecycle_held", subject="users"), 1)
        self.assertEqual(self.figures().get_number("lifecycle_overdue", subject="users"), 0)
        self.ok("hold", "release", "1")
        self.ok("purge")
        self.alert()

    def test_silence(self):
        self.start()
        self.ok("purge")
        self.ok("retain")
        self.age_audit(25 * 3600)
        self.alert()
        self.age_audit(2 * 3600)
        self.alert("silent")
        self.ok("purge")
        self.alert("silent")  # of logs
        self.ok("retain")
        self.alert()
        self.age_audit(49 * 3600)
        self.alert("cleanup", "silent")
        self.ok("purge")
        self.ok("retain")
        self.alert()

    def test_a_policy_that_stops_is_no_success(self):
        self.start()
        self.ok("retain")
        self.fill()
        self.age_audit(30 * 3600)
        self.ok("purge")
        if self.sqlite:
            self.db.execute("CREATE TRIGGER keep BEFORE DELETE ON logs BEGIN SELECT RAISE(ABORT, 'no'); END")
        else:
            self.db.execute("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
                            " EXCEPTION 'no'; END $$; CREATE TRIGGER keep BEFORE DELETE ON logs FOR"
                            " EACH ROW EXECUTE FUNCTION keep()")
        self.finds(3, "retain")
        self.alert("silent")
        self.db.execute("DROP TRIGGER keep" + ("" if self.sqlite else " ON logs"))
        self.ok("retain")
        self.alert()

    def test_backlog(self):
        self.start()
        self.db.execute("INSERT INTO users (id, email) VALUES " + ", ".join(
            f"({i}, 'u{i}')" for i in range(10, 20)))
        for i, hours in enumerate((23, 17, 11, 5, 1)):
            self.ok("erase", "request", f"users:{10 + i}")
            self.age_request(10 + i, hours * 3600)
        self.alert("backlog")
        self.ok("purge")
        self.alert()

    def test_cancellations(self):
        self.start(SECTION + "  alerts: { cancel_over: 1 }\n")
        for key in (1, 2):
            self.ok("erase", "request", f"users:{key}")
            self.ok("erase", "cancel", f"users:{key}")
        self.alert("cancellations")
        self.age_request(1, 3 * 86400, "finished_at")
        self.age_request(2, 3 * 86400, "finished_at")
        self.alert()

    def test_a_chain_that_is_broken(self):
        self.start()
        self.age_audit(1)
        self.finds(6, "audit", "verify")
        self.alert("chain")
        self.assertEqual(self.figures().get_number("lifecycle_audit_chain_ok"), 0)

    def test_many_requests_and_a_guard(self):
        self.start(SECTION + "  alerts: { pending_over: 1 }\n")
        self.ok("erase", "request", "users:1")
        self.alert()
        self.ok("erase", "request", "users:2")
        self.alert("pending")
        self.ok("erase", "cancel", "users:2")
        self.alert()
        guard = ("DROP TRIGGER rung_guard_erasure_users" if self.sqlite
                 else "ALTER TABLE users DISABLE TRIGGER USER")
        self.db.execute(guard)
        self.alert("guard")
        self.ok("erase", "init")
        self.alert()

    # ---- readiness ----

    def unready(self, *names):
        result = self.rung("ready", "--json")
        self.assertEqual([check["name"] for check in result.json()["checks"] if not check["ok"]],
                         list(names), str(result))
        self.assertEqual(result.code, 3 if names else 0)
        for check in result.json()["checks"]:
            self.assertTrue(check["ok"] or check["detail"])

    def test_revisions(self):
        self.start()
        self.unready()
        path = self.project.revision("a1", "CREATE TABLE t (a integer);", "DROP TABLE t;")
        self.unready("pending")
        self.ok("upgrade")
        self.unready()
        text = self.project.read("migrations/a1_x.sql")
        self.project.write("migrations/a1_x.sql", text.replace("a integer", "a bigint"))
        self.unready("edited")
        os.unlink(path)
        self.unready("unknown")
        self.project.write("migrations/a1_x.sql", text)
        self.unready()

    def test_guards_clock_and_tables(self):
        self.start()
        self.db.execute("DROP TRIGGER rung_guard_erasure_users" if self.sqlite
                        else "ALTER TABLE users DISABLE TRIGGER USER")
        self.unready("guards")
        self.ok("erase", "init")
        self.unready()
        self.ok("purge", "--force")
        self.db.execute(f"UPDATE {self.names}mark SET at = {self.now(3600)} WHERE name = 'clock'")
        self.unready("clock")
        self.ok("purge", "--force")
        self.unready()

    def test_a_scheduler_that_died(self):
        self.start()
        self.db.execute(f"INSERT INTO {self.names}mark (name, at) VALUES ('scheduler', {self.now(-600)})")
        self.unready("scheduler")
        self.db.execute(f"UPDATE {self.names}mark SET at = {self.now(0)} WHERE name = 'scheduler'")
        self.unready()

    def test_a_copy_from_before_an_erasure(self):
        self.start(SECTION + "  ledger: ledger.jsonl\n")
        self.ok("erase", "request", "users:1", "--now")
        before = self.value(f"SELECT number FROM {self.names}mark WHERE name = 'ledger'")
        self.ok("purge")
        self.unready()
        # as an older backup has it
        self.db.execute(f"DELETE FROM {self.names}erasure; UPDATE {self.names}mark SET number ="
                        f" {before}, value = NULL WHERE name = 'ledger';"
                        "INSERT INTO users (id, email) VALUES (1, 'a@x.org')")
        self.unready("ledger")
        self.ok("erase", "replay")
        self.ok("purge")
        self.unready()

    def test_drift(self):
        self.start("schema: schema.sql\n" + SECTION)
        self.project.write("schema.sql", self.ok("dump").out)
        self.project.revision("a1", self.ok("dump").out.split("\n", 1)[1], "")
        self.ok("stamp", "head")
        checks = self.ok("ready", "--json").json()["checks"]
        self.assertIn("not known", {c["name"]: c.get("detail") for c in checks}["drift"])
        self.ok("check")
        self.assertNotIn("not known", self.ok("ready").out)
        self.db.execute("CREATE TABLE stray (id integer)")
        self.assertIn("not known", self.ok("ready").out)
        self.finds(3, "check")
        self.unready("drift")
        self.assertEqual(self.figures().get_number("lifecycle_schema_drift"), 1)
        self.db.execute("DROP TABLE stray")
        self.ok("check")
        self.unready()
        self.assertEqual(self.figures().get_number("lifecycle_schema_drift"), 0)


class Instances(MetricsCase):
    def serve(self, section=SECTION, extra=""):
        self.project.env["JWT_SECRET_KEY"] = SECRET
        self.start(section + SERVE % ("127.0.0.1:0", admin_hash())
                   + '  metrics_listen: "127.0.0.1:0"\n' + extra)

    def run_service(self):
        running = self.project.start("serve")
        self.addCleanup(lambda: self.stop(running))
        if not running.wait_for("metrics on", "out"):
            self.fail(str(running.end()))
        wait_until(lambda: running.text["out"].count(b"\n") >= 2)
        running.ports = [int(port) for port in re.findall(rb"http://[^\n]*:(\d+)\n",
                                                          running.text["out"])]
        return running

    def stop(self, running):
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
        return running.end()

    def ask(self, running, method, path, auth=None, place=0):
        connection = http.client.HTTPConnection("127.0.0.1", running.ports[place], timeout=30)
        try:
            connection.request(method, path,
                               headers={"Authorization": "Bearer " + auth} if auth else {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def scrape(self, running):
        reply = self.ask(running, "GET", "/metrics", place=1)
        self.assertEqual((reply.status, reply.type),
                         (200, "text/plain; version=0.0.4; charset=utf-8"))
        return Figures(reply.body.decode())


@on_each_engine
class Service(Instances):
    def test_two_instances_a_restart_and_the_command_line(self):
        self.serve()
        self.fill()
        first, second = self.run_service(), self.run_service()
        before = self.rows()
        self.ok("erase", "request", "users:1", "--now")
        self.ok("purge")
        figures = [self.scrape(first), self.scrape(second)]
        for table in ("users", "posts"):
            for found in figures:
                self.assertEqual(found.sum("lifecycle_rows_deleted_total", table=table),
                                 before[table] - self.rows()[table])
        self.assertEqual(self.stop(first).code, 0)
        self.ok("retain")
        first = self.run_service()
        for running in (first, second):
            found = self.scrape(running)
            for key, number in figures[0].items():
                if key[0].startswith("lifecycle_") and key[0].endswith(("_total", "_bucket", "_count")):
                    self.assertGreaterEqual(found[key], number, key)
            self.assertEqual(found.sum("lifecycle_rows_deleted_total", table="logs"), 70)

    def test_what_the_service_counts_of_itself(self):
        self.serve()
        running = self.run_service()
        for _ in range(3):
            self.ask(running, "DELETE", ME, token())
        self.ask(running, "HEAD", "/livez")
        self.ask(running, "GET", "/livez")
        self.ask(running, "GET", "/nothing/" + "x" * 50)
        self.ask(running, "BREW", "/nothing")
        self.ask(running, "DELETE", ME)
        found = self.scrape(running)
        number = lambda **labels: found.get_number("rung_http_requests_total", **labels)
        self.assertEqual(number(route=ME, method="DELETE", status="202"), 3)
        self.assertEqual(number(route=ME, method="DELETE", status="401"), 1)
        self.assertEqual(number(route="/livez", method="HEAD", status="200"), 1)
        self.assertEqual(number(route="/livez", method="GET", status="200"), 1)
        self.assertEqual(number(route="none", method="any", status="404"), 2)
        self.assertNotIn("/nothing", found.text)
        self.assertEqual(found.get_number("rung_http_request_seconds_count", route=ME), 4)
        self.assertEqual(found.get_number("rung_http_requests_in_flight"), 1)
        self.assertEqual(found.get_number("rung_queue_length"), 0)
        self.assertEqual(found.get_number("rung_workers_busy"), 0)
        self.assertEqual(found.get_number("rung_workers"), 30)
        self.assertEqual(found.sum("rung_build_info"), 1)
        self.assertGreater(found.get_number("process_resident_memory_bytes"), 1e6)
        self.assertGreater(found.get_number("process_open_fds"), 3)
        self.assertLess(abs(found.get_number("process_start_time_seconds") - time.time()), 300)
        self.assertIsNotNone(found.get_number("process_cpu_seconds_total"))

    def test_the_database_is_away(self):
        self.serve()
        url = "sqlite:/nowhere/app.db" if self.sqlite else "postgresql://127.0.0.1:1/none"
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(self.db.url, url))
        running = self.run_service()
        found = self.scrape(running)
        self.assertEqual(found.get_number("lifecycle_up"), 0)
        self.assertEqual(found.get_number("rung_workers"), 30)
        reply = self.ask(running, "GET", "/readyz")
        self.assertEqual((reply.status, [i["name"] for i in reply.json()["not_ready"]]),
                         (503, ["database"]))
        self.assertEqual(self.ask(running, "HEAD", "/readyz").status, 503)
        self.assertEqual(self.scrape(running).get_number("rung_ready"), 0)

    def test_drift_is_looked_for_in_the_background(self):
        self.serve(section="schema: schema.sql\n" + SECTION)
        self.project.write("schema.sql", self.ok("dump").out)
        self.project.revision("a1", self.ok("dump").out.split("\n", 1)[1], "")
        self.ok("stamp", "head")
        self.db.execute("CREATE TABLE stray (id integer)")
        running = self.run_service()
        self.assertEqual(self.ask(running, "GET", "/readyz").status, 200)
        wait_until(lambda: self.ask(running, "GET", "/readyz").status == 503, 60)
        found = [item["name"] for item in self.ask(running, "GET", "/readyz").json()["not_ready"]]
        self.assertEqual(found, ["drift"])
        self.db.execute("DROP TABLE stray")
        self.ok("check")
        wait_until(lambda: self.ask(running, "GET", "/readyz").status == 200, 60)

    def test_it_is_cheap(self):
        self.serve()
        running = self.run_service()
        times = {}
        for path, place in (("/readyz", 0), ("/metrics", 1)):
            took = []
            for _ in range(20):
                since = time.monotonic()
                self.assertEqual(self.ask(running, "GET", path, place=place).status, 200)
                took.append(time.monotonic() - since)
            times[path] = sorted(took)[10]
        if os.environ.get("SHOW"):
            print(self.db.name, {path: f"{ms * 1000:.1f} ms" for path, ms in times.items()})
        self.assertLess(max(times.values()), 1)


if __name__ == "__main__":
    main()
