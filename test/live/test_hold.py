"""Rows that nothing may remove: adding, releasing, listing."""
import json
import sqlite3
import threading

from harness import Postgresql, main, on_each_engine, wait_until
from lifecycle import SECTION, LifeCase

PAIRS = """
CREATE TABLE pairs (b text, a integer, "drop" text, PRIMARY KEY (a, b));
INSERT INTO pairs VALUES ('x', 1, 'r'), ('y,z', 1, 'r'), ('"q', 2, 'r'), ('ü', 3, 'r');
"""


@on_each_engine
class Holds(LifeCase):
    def add(self, row, *words):
        return self.ok("hold", "add", row, "--reason", "case 7", *words, "--json").json()

    def stored(self):
        return self.db.query(f"SELECT table_name, key FROM {self.names}hold ORDER BY id")

    def title(self, table):
        return table if self.sqlite else "public." + table

    def test_a_hold_is_added_listed_and_released(self):
        self.start()
        made = self.add("users:1")
        self.assertEqual((made["id"], made["state"], made["table"], made["key"], made["reason"]),
                         (1, "in force", self.title("users"), "1", "case 7"))
        self.assertIsNone(made["expires_at"])
        self.assertEqual(self.stored(), [(self.title("users"), '["1"]')])
        self.assertEqual([h["id"] for h in self.ok("hold", "list", "--json").json()["holds"]], [1])
        self.assertIn("hold 1", self.ok("hold", "release", "1").out)
        self.assertEqual(self.ok("hold", "list", "--json").json()["holds"], [])
        self.assertEqual(self.ok("hold", "list").out, "no holds\n")
        old = self.ok("hold", "list", "--all", "--json").json()["holds"]
        self.assertEqual([h["state"] for h in old], ["released"])
        self.refused(1, "hold", "release", "1", hint=False)
        self.refused(2, "hold", "release", "2")
        self.refused(2, "hold", "release", "one")
        actions = [(r["action"], r["detail"]) for r in self.ok("audit", "log", "--json").json()["records"]]
        self.assertEqual(actions[1:], [("hold add", "hold 1"), ("hold release", "hold 1")])
        self.assertEqual(self.value(f"SELECT number FROM {self.names}mark WHERE name = 'holds'"), "2")

    def test_expiry_is_an_age_or_a_day(self):
        self.start()
        self.assertEqual(self.add("users:1", "--expires", "2100-02-28")["expires_at"],
                         "2100-02-28T00:00:00Z")
        made = self.add("users:1", "--expires", "90d")
        self.assertEqual(self.value(
            f"SELECT count(*) FROM {self.names}hold WHERE expires_at = added_at + "
            + ("90 * 86400" if self.sqlite else "interval '2160 hours'")), "1", made)
        self.assertEqual(self.add("users:1", "--expires", "2020-01-01")["state"], "expired")
        self.assertEqual(len(self.ok("hold", "list", "--json").json()["holds"]), 2)
        for wrong in ("soon", "2026-02-30", "0d", "2026-13-01", "90", "-3d"):
            self.refused(2, "hold", "add", "users:1", "--reason", "x", "--expires=" + wrong)

    def test_a_key_of_several_columns(self):
        self.start(extra=PAIRS)
        for text, stored, shown in (("pairs:1,x", '["1","x"]', "1,x"),
                                    ('pairs:1,"y,z"', '["1","y,z"]', '1,"y,z"'),
                                    ('pairs:2,"""q"', '["2","\\"q"]', '2,"""q"'),
                                    ('"pairs":3,ü', '["3","ü"]', "3,ü")):
            made = self.add(text)
            self.assertEqual(made["key"], shown)
            self.assertEqual(json.loads(self.stored()[-1][1]), json.loads(stored))
        for wrong in ("pairs:1", "pairs:1,x,y", 'pairs:1,"x', 'pairs:1,"x"y', "pairs", "pairs:", ":1"):
            self.refused(2, "hold", "add", wrong, "--reason", "x")
        for wrong in ("pairs:9,x", "pairs:abc,x", "users:99"):
            self.refused(2, "hold", "add", wrong, "--reason", "x", hint=False)
        self.assertEqual(len(self.ok("hold", "list").out.splitlines()), 8)

    def test_a_single_key_is_the_rest_as_it_stands(self):
        self.start(extra="CREATE TABLE codes (code VARCHAR(20) PRIMARY KEY);"
                         "INSERT INTO codes VALUES ('a,b:\"c');")
        self.assertEqual(self.add('codes:a,b:"c')["key"], 'a,b:"c')

    def test_a_table_that_is_unknown_or_has_no_key(self):
        self.start(extra="CREATE TABLE notes (a integer);")
        self.refused(2, "hold", "add", "usres:1", "--reason", "x")
        if self.sqlite:
            self.db.execute("INSERT INTO notes VALUES (7)")
            self.assertEqual(self.add("notes:1")["key"], "1")  # its rowid
        else:
            self.refused(1, "hold", "add", "notes:1", "--reason", "x")
        self.refused(2, "hold", "add", "users:1")

    def test_a_row_that_is_being_erased_is_refused(self):
        self.start()
        self.ok("erase", "request", "users:1", "--now")
        self.add("users:1")
        self.ok("hold", "release", "1")
        self.state(1, "purging")
        self.assertIn("is being erased already",
                      self.refused(1, "hold", "add", "users:1", "--reason", "late").err)

    def test_policies_are_listed_and_checked(self):
        policy = SECTION + ("  holds:\n    open_inspection: { table: users, when: \"email LIKE 'a%'"
                            " -- FERPA\", reason: 34 CFR 99.10 }\n")
        self.start(policy)
        found = self.ok("hold", "list", "--json").json()
        self.assertEqual([p["policy"] for p in found["policies"]], ["open_inspection"])
        self.assertIn("34 CFR 99.10", self.ok("hold", "list").out)
        for before, after in (("email LIKE", "mail LIKE"), ("table: users", "table: usrs"),
                              ("when: \"email LIKE 'a%' -- FERPA\", ", "")):
            self.project.config(policy.replace(before, after))
            self.refused(2, "hold", "list", file="rung.yaml", hint=False)

    def test_a_hold_on_a_table_that_is_gone_is_an_error(self):
        self.start(extra="CREATE TABLE codes (code integer PRIMARY KEY); INSERT INTO codes VALUES (1);")
        self.add("codes:1")
        self.db.execute("DROP TABLE codes")
        self.refused(1, "hold", "list")
        self.ok("hold", "release", "1")
        self.ok("hold", "list")

    def test_a_hold_waits_for_the_batch_that_is_under_way(self):
        self.start()
        if self.sqlite:
            batch = sqlite3.connect(self.db.path, isolation_level=None)
            batch.execute("BEGIN IMMEDIATE")
            running = self.project.start("hold", "add", "users:1", "--reason", "x")
            self.assertFalse(running.wait_for("held", "out", 0.7))
            batch.execute("DELETE FROM rung_erasure")
            batch.execute("COMMIT")
            batch.close()
        else:
            running_batch = threading.Thread(target=self.db.execute, args=(
                "BEGIN; SELECT FROM rung.mark WHERE name = 'holds' FOR SHARE; SELECT pg_sleep(1.5);"
                " COMMIT",))
            running_batch.start()
            wait_until(lambda: self.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE"
                                          " '%pg_sleep(1.5)%' AND wait_event = 'PgSleep'") == "1")
            running = self.project.start("hold", "add", "users:1", "--reason", "x")
            self.assertFalse(running.wait_for("held", "out", 0.7))
            running_batch.join()
        self.assertEqual(running.end().code, 0)


class Schemas(LifeCase):
    engine = Postgresql

    def test_tables_stand_under_their_schema(self):
        self.start(SECTION.replace("key: id", "table: public.users, key: id"),
                   extra='CREATE SCHEMA "S 2"; CREATE TABLE "S 2"."users" (id uuid PRIMARY KEY);'
                         'INSERT INTO "S 2".users VALUES (\'0f8fad5b-d9cb-469f-a165-70867728950e\');')
        self.refused(2, "hold", "add", "users:1", "--reason", "x")  # which of the two?
        made = self.ok("hold", "add", "S 2.users:0F8FAD5B-D9CB-469F-A165-70867728950E", "--reason",
                       "x", "--json").json()
        self.assertEqual((made["table"], made["key"]),
                         ("S 2.users", "0f8fad5b-d9cb-469f-a165-70867728950e"))
        self.ok("hold", "add", "public.users:1", "--reason", "x")
        self.refused(2, "hold", "add", "S 2.users:nonsense", "--reason", "x", hint=False)

    def test_releases_and_additions_at_once(self):
        self.start()
        running = [self.project.start("hold", "add", "users:1", "--reason", str(i)) for i in range(6)]
        self.assertEqual([r.end().code for r in running], [0] * 6)
        self.ok("audit", "verify")
        self.assertEqual(self.value("SELECT count(*) FROM rung.audit"), "7")


if __name__ == "__main__":
    main()
