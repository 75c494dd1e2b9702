"""rung retain: rows that end by themselves, on both engines."""
import hashlib
import hmac
import os
import signal
import threading
import time

from harness import SOURCE, Case, Postgresql, Sqlite, main, on_each_engine

SECRET = "0123456789abcdef0123456789abcdef"
LIFE = f"lifecycle:\n  key: {SECRET}\n"


class Retention(Case):
    def setUp(self):
        super().setUp()
        self.store = "rung_" if self.sqlite else "rung."

    def life(self, text, purge=""):
        """rung.yaml with this under lifecycle, and rung's own tables."""
        lines = "".join(f"  {line}\n" for line in text.strip("\n").splitlines())
        self.project.config(LIFE + lines + purge)

    def make(self, schema):
        """Tables written for both engines, and those of rung."""
        name = "sqlite" if self.sqlite else "postgresql"
        with open(f"{SOURCE}/src/lifecycle/store_{name}.sql", encoding="utf-8") as file:
            self.db.execute(schema + file.read())

    def ago(self, text):
        """A time as the database writes it: "100 days", "7 years"."""
        return f"datetime('now', '-{text}')" if self.sqlite else f"now() - interval '{text}'"

    def policy(self, *words, code=0):
        result = self.rung("retain", "--json", *words)
        self.assertEqual(result.code, code, str(result))
        return {p["policy"]: p for p in result.json()["policies"]}

    @staticmethod
    def deleted(policy):
        return {t["table"]: t["deleted"] for t in policy["tables"] if t["deleted"]}

    def ids(self, table, column="id"):
        return [int(row[0]) for row in self.db.query(f"SELECT {column} FROM {table} ORDER BY 1")]

    def audit(self, *actions):
        words = ", ".join(f"'{action}'" for action in actions)
        return [(r[0], r[1], r[2], int(r[3])) for r in self.db.query(
            f"SELECT action, policy, table_name, row_count FROM {self.store}audit"
            f" WHERE action IN ({words}) ORDER BY seq")]

    def both(self, expected, policy="t"):
        """The dry run counts what the run then does, and changes nothing."""
        before = self.db.everything() if not self.sqlite else None
        dry = self.policy("--dry-run")
        if before:
            self.assertEqual(self.db.everything(), before)
        self.assertEqual(self.deleted(dry[policy]), expected)
        wet = self.policy()
        self.assertEqual(self.deleted(wet[policy]), expected)
        again = self.policy()
        self.assertEqual(self.deleted(again[policy]), {})
        return wet[policy]


@on_each_engine
class Delete(Retention):
    def test_rows_that_are_old_go_and_no_others(self):
        self.make("CREATE TABLE t (id integer PRIMARY KEY, at timestamp);"
                  "INSERT INTO t VALUES "
                  f"(1, {self.ago('31 days')}), (2, {self.ago('29 days')}), (3, NULL);")
        self.life("retention: { t: { age: at, keep: 30d } }")
        found = self.both({"t": 1})
        self.assertEqual(self.ids("t"), [2, 3])
        self.assertEqual(found["undated"], 1)
        self.assertEqual(self.audit("delete"), [("delete", "t", "t", 1)])
        self.assertEqual(self.audit("retain run"), [("retain run", "t", "t", 0)] * 2)
        text = self.ok("retain").out
        self.assertIn("t: 30d after at, which is before ", text)
        self.assertIn("  1 row has no at that can be read, and stays\n", text)

    def test_what_is_below_goes_as_its_class_says(self):
        self.make(
            "CREATE TABLE t (id integer PRIMARY KEY, at timestamp NOT NULL);"
            "CREATE TABLE c (id integer PRIMARY KEY, t integer REFERENCES t (id));"
            "CREATE TABLE n (id integer PRIMARY KEY, t integer REFERENCES t (id));"
            "CREATE TABLE r (id integer PRIMARY KEY, t integer REFERENCES t (id));"
            f"INSERT INTO t VALUES (1, {self.ago('9 years')}), (2, {self.ago('8 years')}),"
            f" (3, {self.ago('1 years')});"
            "INSERT INTO c VALUES (1, 1), (2, 1), (3, 2), (4, 3); INSERT INTO n VALUES (1, 1), (2, 3);"
            "INSERT INTO r VALUES (1, 2), (2, NULL);")
        self.life("relations: { c.t: cascade, n.t: set_null, r.t: restrict }\n"
                  "retention: { t: { age: at, keep: 7y } }")
        found = self.both({"t": 1, "c": 2})
        self.assertEqual(self.ids("t"), [2, 3])
        self.assertEqual(self.ids("c"), [3, 4])
        self.assertEqual(self.db.query("SELECT id, t FROM n ORDER BY 1"), [("1", None), ("2", "3")])
        self.assertEqual([h["rows"] for h in found["held"]], [1])
        self.assertIn("restrict", found["held"][0]["reason"])

    def test_a_key_without_a_class_is_refused_by_name(self):
        self.make("CREATE TABLE t (id integer PRIMARY KEY, at timestamp);"
                  "CREATE TABLE c (id integer PRIMARY KEY, t integer REFERENCES t (id));")
        self.life("retention: { t: { age: at, keep: 7y } }")
        result = self.refused(1, "retain")
        self.assertIn("c.t", result.err)

    def test_only_the_policy_that_is_asked(self):
        self.make("CREATE TABLE t (id integer PRIMARY KEY, at timestamp);"
                  "CREATE TABLE u (id integer PRIMARY KEY, gone boolean);"
                  f"INSERT INTO t VALUES (1, {self.ago('9 days')}); INSERT INTO u VALUES (1, true), (2, false);")
        self.life('retention:\n  t: { age: at, keep: 1d }\n  u: { when: "gone" }\n  "v": { age: at }')
        self.refused(2, "retain")
        self.life('retention:\n  t: { age: at, keep: 1d }\n  u: { when: "gone" }')
        self.assertEqual(list(self.policy("--policy", "u")), ["u"])
        self.assertEqual((self.ids("t"), self.ids("u")), ([1], [2]))
        self.refused(2, "retain", "--policy", "w", hint=False)

    def test_tables_of_any_form(self):
        """No primary key, composite keys, quoted and non-ASCII names, another schema."""
        more = "" if self.sqlite else (
            "CREATE SCHEMA \"Büro\"; CREATE TABLE \"Büro\".t (id integer PRIMARY KEY, at timestamptz);"
            f"INSERT INTO \"Büro\".t VALUES (1, {self.ago('9 days')}), (2, {self.ago('1 days')});")
        self.make(
            "CREATE TABLE plain (at timestamp, x integer);"
            'CREATE TABLE "o""x" ("größe" integer, "from" integer, "at" timestamp, PRIMARY KEY ("größe", "from"));'
            'CREATE TABLE child (id integer PRIMARY KEY, a integer, b integer,'
            ' FOREIGN KEY (a, b) REFERENCES "o""x" ("größe", "from"));'
            f"INSERT INTO plain VALUES ({self.ago('9 days')}, 1), ({self.ago('9 days')}, 1), ({self.ago('1 days')}, 2);"
            f"""INSERT INTO "o""x" VALUES (1, 1, {self.ago('9 days')}), (1, 2, {self.ago('1 days')});"""
            "INSERT INTO child VALUES (1, 1, 1), (2, 1, 2), (3, 1, NULL);" + more)
        self.life("relations: { 'child.a,b': cascade }\nretention:\n  plain: { age: at, keep: 2d }\n"
                  "  'o\"x': { age: at, keep: 2d }" + ("" if self.sqlite else "\n  Büro.t: { age: at, keep: 2d }"))
        for words in (("--dry-run",), ()):
            found = self.policy(*words)
            self.assertEqual(self.deleted(found["plain"]), {"plain": 2})
            self.assertEqual(self.deleted(found['o"x']), {"child": 1, 'o"x': 1})
            if not self.sqlite:
                self.assertEqual(self.deleted(found["Büro.t"]), {"Büro.t": 1})
        self.assertEqual(self.ids("child"), [2, 3])
        self.assertEqual(self.ids("plain", "x"), [2])

    def test_each_way_to_write_a_time(self):
        if self.sqlite:
            rows = ["strftime('%s', 'now') - 8 * 86400", "CAST(strftime('%s', 'now') AS INTEGER) - 6 * 86400",
                    "datetime('now', '-8 days')", "datetime('now', '-6 days')", "date('now', '-9 days')",
                    "date('now', '-7 days')", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-8 days')",
                    "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-7 days', '+1 hour') || '+02:00'",
                    "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-7 days', '+1 hour') || '-02:00'", "'yesterday'", "x'00'",
                    "julianday('now') - 100"]
            self.make("CREATE TABLE t (id INTEGER PRIMARY KEY, at);" + "".join(
                f"INSERT INTO t (at) VALUES ({row});" for row in rows))
            self.db.execute("UPDATE t SET at = CAST(at AS INTEGER) WHERE id = 1")
            self.life("retention: { t: { age: at, keep: 7d } }")
            found = self.both({"t": 5})
            self.assertEqual(self.ids("t"), [2, 4, 6, 9, 10, 11, 12])
            self.assertEqual(found["undated"], 3)
            return
        for kind, old, young in (
                ("timestamptz", "now() - interval '8 days'", "now() - interval '6 days'"),
                ("timestamp", "(now() AT TIME ZONE 'UTC') - interval '7 days 1 minute'",
                 "(now() AT TIME ZONE 'UTC') - interval '6 days 23 hours'"),
                ("date", "(now() AT TIME ZONE 'UTC')::date - 8", "(now() AT TIME ZONE 'UTC')::date - 7"),
                ("bigint", "extract(epoch FROM now())::bigint - 8 * 86400", "extract(epoch FROM now())::bigint - 6 * 86400")):
            self.db.execute(f"DROP SCHEMA IF EXISTS rung CASCADE; DROP TABLE IF EXISTS t;")
            self.make(f"CREATE TABLE t (id integer, at {kind}); INSERT INTO t VALUES (1, {old}), (2, {young}), (3, NULL);")
            self.life("retention: { t: { age: at, keep: 7d } }")
            self.assertEqual(self.both({"t": 1})["undated"], 1)
            self.assertEqual(self.ids("t"), [2, 3])

    def test_the_zone_of_the_role_does_not_matter(self):
        """A timestamp without zone is UTC, in the age and in conditions, whatever a session has."""
        if self.sqlite:
            os.environ.pop("TZ", None)
            self.project.env["TZ"] = "Pacific/Kiritimati"
            utc = "datetime('now', '{}')".format
        else:
            self.db.execute("ALTER DATABASE " + self.db.database + " SET TimeZone = 'America/New_York'")
            utc = "(now() AT TIME ZONE 'UTC') + interval '{}'".format
        self.make(f"CREATE TABLE t (id integer PRIMARY KEY, at timestamp); INSERT INTO t VALUES (1, {utc('-49 hours')}),"
                  f" (2, {utc('-47 hours')});")
        self.life("retention: { t: { age: at, keep: 48h } }")
        self.both({"t": 1})
        self.assertEqual(self.ids("t"), [2])

    def test_holds_of_both_sorts(self):
        self.make(
            "CREATE TABLE t (id integer PRIMARY KEY, at timestamp); CREATE TABLE c (id integer PRIMARY KEY,"
            " t integer REFERENCES t (id), open boolean);"
            + "".join(f"INSERT INTO t VALUES ({i}, {self.ago('9 days')});" for i in range(1, 6))
            + "INSERT INTO c VALUES (1, 1, false), (2, 2, true), (3, 3, NULL), (4, 4, false);")
        columns = "(table_name, key, reason, added_at, added_by)"
        now = "CAST(strftime('%s', 'now') AS INTEGER)" if self.sqlite else "now()"
        name = "" if self.sqlite else "public."
        self.db.execute(f"INSERT INTO {self.store}hold {columns} VALUES ('{name}c', '[\"1\"]', 'court', {now}, 'ada'),"
                        f" ('{name}t', '[\"5\"]', 'tax', {now}, 'ada')")
        self.life('relations: { c.t: cascade }\nretention: { t: { age: at, keep: 7d } }\n'
                  'holds: { inspection: { table: c, when: "open", reason: asked } }')
        found = self.both({"t": 2, "c": 2})
        self.assertEqual(self.ids("t"), [1, 2, 5])
        self.assertEqual(sorted((h["reason"], h["rows"]) for h in found["held"]), [
            ('hold "inspection" on c: asked', 1), ("hold 1 on c: court", 1), ("hold 2 on t: tax", 1)])
        self.assertIn('  1 row is due and kept: hold "inspection" on c: asked', self.ok("retain").out)

    def test_what_is_deleted_softly_takes_along_what_cascades(self):
        self.make(
            "CREATE TABLE u (id integer PRIMARY KEY, deleted_at timestamp);"
            "CREATE TABLE d (id integer PRIMARY KEY, u integer REFERENCES u (id), deleted_at timestamp);"
            "CREATE TABLE e (id integer PRIMARY KEY, d integer REFERENCES d (id), deleted_at timestamp);"
            "CREATE TABLE k (id integer PRIMARY KEY, u integer REFERENCES u (id), deleted_at timestamp);"
            f"INSERT INTO u VALUES (1, {self.ago('100 days')}), (2, NULL), (3, {self.ago('10 days')});"
            f"INSERT INTO d VALUES (1, 1, NULL), (2, 2, NULL), (3, 3, NULL), (4, 2, {self.ago('91 days')}),"
            f" (5, 2, {self.ago('9 days')}); INSERT INTO e VALUES (1, 1, NULL), (2, 2, NULL);"
            "INSERT INTO k VALUES (1, 1, NULL), (2, 2, NULL), (3, NULL, NULL);")
        self.life("relations: { d.u: cascade, e.d: cascade, k.u: set_null }\nretention:\n"
                  "  u: { age: deleted_at }\n  d: { age: deleted_at, keep: 90d }\n"
                  "  e: { age: deleted_at, keep: 90d }\n  k: { age: deleted_at, keep: 90d }")
        loose = self.rung("retain", "--orphans", "--json")
        self.assertEqual(loose.code, 3)
        self.assertEqual({k["key"]: (k["zombies"], k["zombie_keys"]) for k in loose.json()["keys"]},
                         {"d.u": (2, ["1", "3"]), "k.u": (1, ["1"])})
        found = self.policy()
        self.assertEqual(self.deleted(found["d"]), {"d": 2, "e": 1})
        self.assertEqual((found["u"]["then"], found["d"]["undated"]), ("keep", 0))
        self.assertEqual((self.ids("u"), self.ids("d"), self.ids("e"), self.ids("k")),
                         ([1, 2, 3], [2, 3, 5], [2], [1, 2, 3]))
        self.life("relations: { d.u: cascade, e.d: cascade, k.u: set_null }\nretention:\n"
                  "  u: { age: deleted_at, keep: 120d }\n  k: { age: deleted_at }")
        text = self.ok("retain").out
        self.assertIn("u: 120d after deleted_at, which is before ", text)
        self.assertIn("  1 row of k lives below deleted ones (k.u): 1\n", text)
        self.assertIn("k: kept\n", text)

    def test_what_must_not_be_is_refused(self):
        self.make("CREATE TABLE people (id integer PRIMARY KEY, at timestamp, org integer);"
                  "CREATE TABLE org (id integer PRIMARY KEY, at timestamp);"
                  "CREATE TABLE book (id integer PRIMARY KEY, org integer REFERENCES org (id), at timestamp);")
        subject = "subjects: { people: { table: people } }\n"
        for text, code, words in (
                (subject + "retention: { people: { age: at, keep: 1y } }", 2, "erased on request"),
                ("retention: { people: { keep: 1y } }", 2, "not from when on"),
                ("retention: { people: { age: at, keep: 1y, then: shred } }", 2, "nothing that rung does"),
                ("retention: { people: { age: nope, keep: 1y } }", 2, "no column"),
                ("retention: { people: { when: 'nope = 1' } }", 2, "refused"),
                ("retention: { nobody: { age: at, keep: 1y } }", 2, "no such table"),
                ("relations: { book.org: cascade }\nretention: { org: { age: at, keep: 1y }, book: {} }", 1, "keeps them")):
            self.life(text)
            self.assertIn(words, self.refused(code, "retain", hint=False).err)
        self.life(subject + "retention: { people: {} }")
        self.assertIn("people: kept", self.ok("retain").out)

    def test_nothing_is_done_without_rungs_tables(self):
        self.db.execute("CREATE TABLE t (id integer, at timestamp)")
        self.life("retention: { t: { age: at, keep: 1d } }")
        self.assertIn("rung erase init", self.refused(2, "retain").err)

    def test_a_policy_that_fails_holds_no_other_up(self):
        trigger = ("CREATE TRIGGER no BEFORE DELETE ON a BEGIN SELECT RAISE(ABORT, 'never'); END;" if self.sqlite else
                   "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never''; END';"
                   "CREATE TRIGGER no BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION no();")
        self.make("CREATE TABLE a (id integer PRIMARY KEY, at timestamp); CREATE TABLE b (id integer PRIMARY KEY,"
                  f" at timestamp); INSERT INTO a VALUES (1, {self.ago('9 days')});"
                  f"INSERT INTO b VALUES (1, {self.ago('9 days')});" + trigger)
        self.life("retention: { a: { age: at, keep: 1d }, b: { age: at, keep: 1d } }")
        found = self.policy(code=3)
        self.assertIn("never", found["a"]["problem"])
        self.assertEqual(self.deleted(found["b"]), {"b": 1})
        self.assertEqual(self.ids("a"), [1])

    def test_killed_in_the_middle_and_run_again(self):
        count = 150000
        numbers = f"WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {count})"
        self.make("CREATE TABLE t (id integer PRIMARY KEY, at timestamp NOT NULL); CREATE TABLE c (id integer PRIMARY"
                  " KEY, t integer NOT NULL REFERENCES t (id)); CREATE INDEX c_t ON c (t);"
                  f"{numbers} INSERT INTO t SELECT n, {self.ago('9 days')} FROM x;"
                  f"{numbers} INSERT INTO c SELECT n, 1 + n % {count} FROM x;"
                  f"INSERT INTO t VALUES (0, {self.ago('1 hours')});")
        self.life("relations: { c.t: cascade }\nretention: { t: { age: at, keep: 1d } }\npurge: { lease: 2s }")
        kills = 0
        for wait in (0.4, 0.7, 1.0, 1.3):
            running = self.project.start("retain")
            time.sleep(wait)
            running.process.send_signal(signal.SIGKILL)
            kills += running.process.wait() == -signal.SIGKILL
            for reader in running.readers:
                reader.join()
            time.sleep(3.1)
        self.assertGreater(kills, 0)
        self.policy()
        self.assertEqual((self.ids("t"), self.ids("c")), ([0], []))
        sums = {}
        for _, _, table, rows in self.audit("delete"):
            sums[table] = sums.get(table, 0) + rows
        self.assertEqual(sums, {"t": count, "c": count})


@on_each_engine
class Orphans(Retention):
    def test_what_no_key_holds_is_found(self):
        off = "PRAGMA foreign_keys = off;" if self.sqlite else ""
        key = "REFERENCES p (id)" if self.sqlite else ""
        self.make(off + "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (a integer, b integer, p integer "
                  + key + ", PRIMARY KEY (a, b)); CREATE TABLE l (id integer PRIMARY KEY, who integer);"
                  "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, 1), (2, 7, 9), (3, 7, 9), (4, 7, 8), (5, 7, 8),"
                  " (6, 1, NULL); INSERT INTO l VALUES (1, 1), (2, 5), (3, NULL);"
                  + ("" if self.sqlite else "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID;"))
        self.life("subjects: { p: { table: p } }\nrelations: { l.who: retain, c.p: cascade }")
        found = self.rung("retain", "--orphans", "--json")
        self.assertEqual(found.code, 3, str(found))
        self.assertEqual({k["key"]: (k["orphans"], k["orphan_keys"], k["retain"]) for k in found.json()["keys"]},
                         {"c.p": (4, ["2,7", "3,7", "4,7"], False), "l.who": (1, ["2"], True)})
        text = self.rung("retain", "--orphans").out
        self.assertIn("c.p: 4 rows without p: 2,7 3,7 4,7 …\n", text)
        self.db.execute("DELETE FROM c WHERE p > 1; DELETE FROM l WHERE who = 5;")
        self.assertIn("no orphans", self.ok("retain", "--orphans").out)


class PartitionsPostgresql(Retention):
    engine = Postgresql

    def parts(self):
        return [r[0] for r in self.db.query(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid"
            " WHERE inhparent = 'ev'::regclass ORDER BY 1")]

    def month(self, back):
        return self.value(f"SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '{back} months')::date")

    def schema(self, kind="timestamptz", backs=(5, 4, 3, 0)):
        text = f"CREATE TABLE ev (id integer, at {kind} NOT NULL, held boolean, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        for back in backs:
            low, high = self.month(back), self.month(back - 1)
            text += (f"CREATE TABLE ev_{back} PARTITION OF ev FOR VALUES FROM ('{low}') TO ('{high}');"
                     f"INSERT INTO ev SELECT n, '{low} 12:00'::timestamp + n * interval '1 hour', false"
                     f" FROM generate_series({back * 10}, {back * 10 + 4}) n;")
        return text

    def test_what_is_wholly_over_goes_and_what_comes_is_made(self):
        self.make("SET TimeZone = 'UTC';" + self.schema())
        self.db.execute(f"ALTER DATABASE {self.db.database} SET TimeZone = 'America/New_York'")
        self.life("retention: { ev: { age: at, keep: 3mo, then: drop_partitions, ahead: 2 } }")
        before = self.db.everything()
        dry = self.policy("--dry-run")["ev"]
        self.assertEqual(self.db.everything(), before)
        found = self.policy()["ev"]
        self.assertEqual(dry["partitions"], found["partitions"])
        names = [f"ev_p{self.month(-i).replace('-', '_')[:7]}" for i in (1, 2)]
        self.assertEqual([(p["partition"], p["done"], p["rows"]) for p in found["partitions"]],
                         [(names[0], "create", 0), (names[1], "create", 0), ("ev_5", "drop", 5), ("ev_4", "drop", 5)])
        self.assertEqual(found["rows"], 10)
        self.assertEqual(self.parts(), sorted(["ev_0", "ev_3", *names]))
        self.assertEqual(self.audit("drop partition"), [("drop partition", "ev", "ev_5", 5), ("drop partition", "ev", "ev_4", 5)])
        concurrently = int(self.value("SHOW server_version_num")) >= 140000
        self.assertEqual(len(self.audit("detach partition")), 2 if concurrently else 0)
        again = self.policy()["ev"]
        self.assertEqual((again["partitions"], again["rows"]), ([], 0))
        self.assertEqual(self.value("SELECT count(*) FROM pg_class WHERE relname IN ('ev_4', 'ev_5')"), "0")

    def test_the_default_and_what_is_held_stay(self):
        self.make(self.schema("date") + "CREATE TABLE ev_rest PARTITION OF ev DEFAULT;"
                  "UPDATE ev SET held = true WHERE id = 50;")
        self.life('retention: { ev: { age: at, keep: 3mo, then: drop_partitions } }\n'
                  'holds: { h: { table: ev, when: "held", reason: court } }')
        found = self.policy()["ev"]
        self.assertEqual([p["partition"] for p in found["partitions"]], ["ev_4"])
        self.assertEqual([(h["reason"], h["rows"]) for h in found["held"]], [("court in partition ev_5", 1)])
        self.assertEqual(self.parts(), ["ev_0", "ev_3", "ev_5", "ev_rest"])
        self.assertEqual(self.audit("detach partition"), [])  # with a default it is one transaction

    def test_rows_in_the_default_are_in_the_way_of_a_new_one(self):
        self.make(self.schema() + "CREATE TABLE ev_rest PARTITION OF ev DEFAULT;"
                  f"INSERT INTO ev VALUES (99, '{self.month(-1)} 12:00+00');")
        self.life("retention: { ev: { age: at, then: drop_partitions, ahead: 1 } }")
        self.assertIn("ev_rest has rows from", self.policy(code=3)["ev"]["problem"])

    def test_what_cannot_be_is_refused(self):
        self.make(self.schema() + "CREATE TABLE r (id integer PRIMARY KEY, e integer, a timestamptz,"
                  " FOREIGN KEY (e, a) REFERENCES ev); CREATE TABLE plain (id integer, at timestamp);")
        self.life("relations: { 'r.e,a': cascade }\nretention: { ev: { age: at, keep: 3mo, then: drop_partitions } }")
        self.assertIn("r.e,a references ev", self.refused(1, "retain").err)
        self.life("retention: { plain: { age: at, keep: 3mo, then: drop_partitions } }")
        self.assertIn("not partitioned", self.refused(2, "retain").err)
        self.life("retention: { ev: { age: at, keep: 3mo, then: drop_partitions, period: eon } }")
        self.assertIn("no period", self.refused(2, "retain").err)

    def test_what_was_detached_and_not_dropped_is_ended(self):
        self.make(self.schema())
        self.life("retention: { ev: { age: at, keep: 3mo, then: drop_partitions } }")
        bounds = self.value("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'ev_5'")
        add = "SELECT rung.audit_add('a', 'detach partition', 'ev', '{0}', 0, 0, NULL, 'r', {1} || ' {2}');".format
        self.db.execute(add("ev_5", "'ev_5'::regclass::oid", bounds.replace("'", "''"))
                        + "ALTER TABLE ev DETACH PARTITION ev_5; CREATE TABLE mine (id integer);"
                        + add("mine", "1", "FOR VALUES"))
        found = self.policy()["ev"]
        self.assertEqual(self.value("SELECT count(*) FROM pg_class WHERE relname = 'mine'"), "1")
        self.assertEqual([p["partition"] for p in found["partitions"]], ["ev_5", "ev_4"])
        self.assertEqual(self.value("SELECT count(*) FROM pg_class WHERE relname IN ('ev_4', 'ev_5')"), "0")

    def test_a_lock_of_another_is_waited_for(self):
        self.make(self.schema())
        self.life("retention: { ev: { age: at, keep: 3mo, then: drop_partitions } }")
        self.project.write("rung.yaml", self.project.read("rung.yaml").replace(
            "    url:", "    lock_timeout: 100ms\n    url:"))
        other = threading.Thread(target=self.db.execute, args=(
            "BEGIN; LOCK TABLE ev IN ACCESS SHARE MODE; SELECT pg_sleep(2); COMMIT;",))
        other.start()
        time.sleep(0.5)
        found = self.policy()["ev"]
        other.join()
        self.assertEqual(found["rows"], 10, found)

    def test_rows_of_partitions_are_deleted_too(self):
        self.make(self.schema())
        self.life("retention: { ev: { age: at, keep: 3mo } }")
        old = int(self.value("SELECT count(*) FROM ev WHERE at <= now() - interval '3 months'"))
        self.assertGreaterEqual(old, 10)
        self.both({"ev": old}, "ev")


class PartitionsSqlite(Retention):
    engine = Sqlite

    def test_there_are_none(self):
        self.make("CREATE TABLE t (id integer, at timestamp);")
        self.life("retention: { t: { age: at, keep: 3mo, then: drop_partitions } }")
        self.assertIn("then: delete", self.refused(1, "retain").err)


def hashed(value):
    return "anon_" + hashlib.sha256(value.encode()).hexdigest()


def keyed(value, secret=SECRET):
    return "anon_" + hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()


@on_each_engine
class Anonymise(Retention):
    TABLE = ("CREATE TABLE t (id integer PRIMARY KEY, at timestamp, email varchar(80) UNIQUE, name text NOT NULL,"
             " phone text, ref text, note text, born date, short varchar(20), num integer);")

    def columns(self, columns, more=""):
        self.life(f"retention: {{ t: {{ age: at, keep: 30d, then: anonymise, columns: [{columns}]{more} }} }}")

    def test_each_method_and_again(self):
        self.make(self.TABLE + "INSERT INTO t (id, at, email, name, phone, ref, note, born) VALUES "
                  f"(1, {self.ago('31 days')}, 'a@b.c', 'Ada', 'x''y', 'käse', 'n', '2000-01-01'),"
                  f"(2, {self.ago('31 days')}, NULL, 'Bob', NULL, NULL, NULL, NULL),"
                  f"(3, {self.ago('29 days')}, 'c@b.c', 'Eve', 'p', 'r', 'n', '2000-01-01'), (4, NULL, NULL, 'N', NULL,"
                  " NULL, NULL, NULL);")
        self.columns('email=null, "name=fixed:g''one", phone=hash, ref=hmac, note=random, born=null')
        self.assertEqual(self.policy("--dry-run")["t"]["rows"], 2)
        found = self.policy()["t"]
        self.assertEqual((found["rows"], found["undated"]), (2, 1))
        rows = self.db.query("SELECT id, email, name, phone, ref, note, born FROM t ORDER BY id")
        note = rows[0][5]
        self.assertRegex(note, "^anon_[0-9a-f]{32}$")
        self.assertEqual(rows, [
            ("1", None, "gone", hashed("x'y"), keyed("käse"), note, None),
            ("2", None, "gone", None, None, None, None),
            ("3", "c@b.c", "Eve", "p", "r", "n", "2000-01-01"), ("4",) + (None, "N") + (None,) * 4])
        self.assertEqual(self.audit("anonymise"), [("anonymise", "t", "t", 2)])
        self.assertEqual(self.policy()["t"]["rows"], 0)
        self.assertEqual(self.policy("--dry-run")["t"]["rows"], 0)
        self.assertEqual(self.db.query("SELECT note FROM t WHERE id = 1"), [(note,)])
        self.db.execute("UPDATE t SET email = 'new@b.c' WHERE id = 1")
        self.assertEqual(self.policy()["t"]["rows"], 1)
        self.assertEqual(self.db.query("SELECT email, phone FROM t WHERE id = 1"), [(None, hashed("x'y"))])

    def test_secrets_of_any_length(self):
        self.make(self.TABLE)
        for length in (32, 63, 64, 65, 200):
            self.db.execute("DELETE FROM t; INSERT INTO t (id, at, name, ref) VALUES "
                            f"(1, {self.ago('31 days')}, 'n', 'grüße ''x'' \\'), (2, {self.ago('31 days')}, 'n', '');")
            self.columns("ref=hmac")
            secret = ("sécret" * 40).encode()[:length].decode("utf-8", "ignore").ljust(length - 1, "x")
            self.project.write("rung.yaml", self.project.read("rung.yaml").replace(SECRET, f'"{secret}"'))
            self.assertEqual(self.policy()["t"]["rows"], 2)
            self.assertEqual(self.db.query("SELECT ref FROM t ORDER BY id"),
                             [(keyed("grüße 'x' \\", secret),), (keyed("", secret),)])

    def test_what_cannot_be_is_refused_first(self):
        self.make(self.TABLE + "CREATE TABLE c (id integer PRIMARY KEY, t integer NOT NULL REFERENCES t (id));")
        for columns, words in (
                ("name=null", "NOT NULL"), ("email=fixed:x", "unique"), ("id=null", "primary key"),
                ("at=null", "counted from"), ("born=hash", "holds no text"), ("num=random", "holds no text"),
                ("nope=null", "no column"), ("email=magic", "names no method"), ("email", "COLUMN=METHOD"),
                ("email=null, email=hash", "named twice")):
            if self.sqlite and "born" in columns:
                continue
            self.columns(columns)
            result = self.refused(2, "retain", file="rung.yaml", hint=False)
            self.assertIn(words, result.err)
        self.columns("short=hash")
        if not self.sqlite:
            self.assertIn("too short", self.refused(2, "retain").err)
            self.columns("num=fixed:many")
            self.assertIn("refused", self.refused(2, "retain", hint=False).err)
        self.columns("num=fixed:0")
        self.ok("retain")

    def test_many_rows_composite_keys_and_holds(self):
        self.make('CREATE TABLE "Kühe ""x""" ("a b" integer, "select" text, "größe" text, at timestamp,'
                  ' PRIMARY KEY ("a b", "select"));'
                  "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 60000)"
                  'INSERT INTO "Kühe ""x""" SELECT n, \'k\', \'v\' || n, ' + self.ago("40 days") + " FROM x;")
        self.life("""retention:
  'Kühe "x"': { age: at, keep: 30d, then: anonymise, columns: ["größe=hmac"] }
holds:
  h: { table: 'Kühe "x"', when: '"a b" <= 3', reason: because }""")
        found = self.policy()['Kühe "x"']
        self.assertEqual(found["rows"], 59997)
        self.assertEqual([h["rows"] for h in found["held"]], [3])
        self.assertEqual(self.value('SELECT count(*) FROM "Kühe ""x""" WHERE "größe" LIKE \'anon%\''), "59997")
        self.assertEqual(self.value('SELECT "größe" FROM "Kühe ""x""" WHERE "a b" = 777'), keyed("v777"))
        self.assertEqual(sum(r[3] for r in self.audit("anonymise")), 59997)


if __name__ == "__main__":
    main()
