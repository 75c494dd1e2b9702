"""rung cascade: what goes with a row, whether the keys do what is wanted, and a revision that makes
them; both engines."""
import re
import time

from harness import Case, Postgresql, Sqlite, main, on_each_engine

SHOP = """
CREATE TABLE users (id integer PRIMARY KEY, email text);
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id));
CREATE TABLE items (id integer PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE);
CREATE INDEX ix_orders_user ON orders (user_id);
CREATE INDEX ix_items_order ON items (order_id);
"""
SHOP_DOWN = "DROP TABLE items; DROP TABLE orders; DROP TABLE users;"

# What is awkward, in words that both engines know.
AWKWARD = r'''
CREATE TABLE users (id integer PRIMARY KEY, tenant integer NOT NULL, email text UNIQUE,
    boss integer REFERENCES users (id), UNIQUE (tenant, id));
CREATE TABLE pairs (id integer PRIMARY KEY, t integer, u integer, CONSTRAINT same
    FOREIGN KEY (t, u) REFERENCES users (tenant, id) ON UPDATE CASCADE);
CREATE INDEX ix_pairs ON pairs (u, t, id);
CREATE TABLE twice (id integer PRIMARY KEY, a integer NOT NULL REFERENCES users (id),
    b integer CONSTRAINT "to b" REFERENCES users (id) ON DELETE SET NULL);
CREATE INDEX part ON twice (a) WHERE a > 0;
CREATE TABLE "order" ("select" integer PRIMARY KEY, "größe ""x""" integer,
    CONSTRAINT same FOREIGN KEY ("größe ""x""") REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE egg (id integer PRIMARY KEY, user_id integer REFERENCES users (id), hen integer);
CREATE TABLE right_already (id integer PRIMARY KEY,
    user_id integer REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX ix_right ON right_already (user_id);
CREATE VIEW seen AS SELECT id, a FROM twice;
INSERT INTO users (id, tenant, email, boss) VALUES (1, 10, 'a', NULL), (2, 10, 'b', 1), (3, 11, 'c', NULL);
INSERT INTO pairs VALUES (1, 10, 1), (2, 11, 3), (3, NULL, 3);
INSERT INTO twice VALUES (1, 1, 3), (2, 3, 1), (3, 3, NULL);
INSERT INTO "order" VALUES (1, 1), (2, 3);
INSERT INTO egg VALUES (1, 1, 1), (2, 3, 2);
INSERT INTO right_already VALUES (1, 1), (2, 3);
'''
AWKWARD_DOWN = """
DROP VIEW seen; DROP TABLE right_already; DROP TABLE egg; DROP TABLE "order"; DROP TABLE twice;
DROP TABLE pairs; DROP TABLE users;
"""
RULES = {"postgresql": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), convalidated,"
                       " obj_description(oid) FROM pg_constraint"
                       " WHERE contype = 'f' AND conparentid = 0 ORDER BY 1"}


def plain(schema):
    """SQLite's rebuild quotes the name of the table."""
    return [tuple(re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", cell or "") for cell in row)
            if isinstance(row, tuple) else row for row in schema]


class CascadeCase(Case):
    def start(self, up, down):
        self.project.revision("001", up, down)
        self.ok("upgrade")

    def json(self, *words):
        return self.ok("cascade", "--json", *words).json()

    def root(self, *words):
        return self.json(*words)["roots"][0]

    def key(self, title, *words):
        return next(k for k in self.root(*words)["keys"] if k["key"] == title)

    def types(self, *words):
        return {(f["type"], f["key"] or f["table"]) for f in self.root(*words)["findings"]}

    def failing(self, *words):
        return sorted(f["type"] + " " + (f["key"] or f["table"] or "")
                      for f in self.root(*words)["findings"] if f["fails"])

    def fix(self, *words, id="002"):
        return self.ok("cascade", "--fix", "--id", id, *words)

    def written(self):
        return self.project.read("migrations/002_what_goes_with_a_row_of_users.sql")

    def both_ways(self):
        """Up, then down gives the same schema, and up again works."""
        before = plain(self.db.schema())
        self.ok("upgrade")
        after = plain(self.db.schema())
        self.ok("downgrade", "-1")
        self.assertEqual(plain(self.db.schema()), before)
        self.ok("upgrade")
        self.assertEqual(plain(self.db.schema()), after)
        self.assertNotEqual(after, before)


@on_each_engine
class Drawing(CascadeCase):
    def test_the_tree_has_depth_action_and_index(self):
        self.start(SHOP, SHOP_DOWN)
        out = self.ok("cascade", "--root", "users").out
        self.assertRegex(out, r"\n└─ orders.user_id +NO ACTION +index ix_orders_user\n"
                              r"   └─ items.order_id +CASCADE +index ix_items_order\n")
        self.assertIn("2 tables below users, 2 levels; keys: 1 CASCADE, 1 NO ACTION", out)
        self.assertRegex(out, r"1 problem\n  blocked +orders.user_id")
        self.assertEqual([(t["table"], t["depth"]) for t in self.root("--root", "users")["tables"]],
                         [("users", 0), ("orders", 1), ("items", 2)])

    def test_a_missing_index_is_told_with_what_it_costs(self):
        self.start(SHOP.replace("CREATE INDEX ix_orders_user ON orders (user_id);", ""), SHOP_DOWN)
        self.db.execute("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
        self.db.execute("INSERT INTO orders SELECT 1 + n, 1 + n % 2 FROM (WITH RECURSIVE c(n) AS "
                        "(SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 4999) SELECT n FROM c) x")
        if not self.sqlite:
            self.db.execute("ANALYZE orders")
        out = self.ok("cascade", "--root", "users").out
        self.assertIn("no index: a DELETE reads " + ("all rows" if self.sqlite else "5,000 rows, ")
                      , out)
        self.assertIn(("no-index", "orders.user_id"), self.types("--root", "users"))

    def test_diamonds_and_cycles_are_named(self):
        self.start("""
            CREATE TABLE users (id integer PRIMARY KEY);
            CREATE TABLE a (id integer PRIMARY KEY, u integer REFERENCES users (id) ON DELETE CASCADE);
            CREATE TABLE b (id integer PRIMARY KEY, u integer REFERENCES users (id) ON DELETE CASCADE);
            CREATE TABLE c (id integer PRIMARY KEY, a integer REFERENCES a (id) ON DELETE CASCADE,
                b integer REFERENCES b (id) ON DELETE RESTRICT, c integer REFERENCES c (id));
        """, "DROP TABLE c; DROP TABLE b; DROP TABLE a; DROP TABLE users;")
        types = self.types("--root", "users")
        self.assertIn(("diamond", "c"), types)
        self.assertIn(("diamond-fails", "c.b"), types)
        self.assertIn(("cycle", "c"), types)
        self.assertEqual(("deep", "c") in types, self.sqlite)
        out = self.ok("cascade", "--root", "users").out
        self.assertIn("c is reached by 3 keys: users > a > c, users > b > c, users > a > c > c", out)
        self.assertIn("(see above)", out)
        self.assertIn("(itself)", out)

    def test_the_diamond_that_is_said_to_fail_fails(self):
        """The order of the checks is that of the names of the constraints' triggers: both are tried."""
        for first, second in (("RESTRICT", "CASCADE"), ("CASCADE", "RESTRICT")):
            self.db.execute(f"""
                DROP TABLE IF EXISTS c; DROP TABLE IF EXISTS b; DROP TABLE IF EXISTS a; DROP TABLE IF EXISTS users;
                CREATE TABLE users (id integer PRIMARY KEY);
                CREATE TABLE a (id integer PRIMARY KEY, u integer REFERENCES users (id) ON DELETE CASCADE);
                CREATE TABLE b (id integer PRIMARY KEY, u integer REFERENCES users (id) ON DELETE CASCADE);
                CREATE TABLE c (id integer PRIMARY KEY, a integer REFERENCES a (id) ON DELETE {first},
                    b integer REFERENCES b (id) ON DELETE {second});
                INSERT INTO users VALUES (1); INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);
                INSERT INTO c VALUES (1, 1, 1);""")
            self.assertIn("diamond-fails c." + ("a" if first == "RESTRICT" else "b"),
                          self.failing("--root", "users"))
            try:
                self.db.execute("PRAGMA foreign_keys = ON; DELETE FROM users" if self.sqlite
                                else "DELETE FROM users")
            except Exception:
                break
        else:
            self.fail("neither order failed")

    def test_what_can_leave_rows_is_told(self):
        self.start(SHOP, SHOP_DOWN)
        if self.sqlite:
            self.db.execute("CREATE TRIGGER keep BEFORE DELETE ON orders BEGIN SELECT RAISE(IGNORE); END")
        else:
            self.db.execute("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                            "CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep();")
        self.assertIn(("swallowed", "orders"), self.types("--root", "users"))

    def test_set_null_of_a_column_that_cannot_be(self):
        self.start(SHOP.replace("NOT NULL REFERENCES users (id)",
                                "NOT NULL REFERENCES users (id) ON DELETE SET NULL"), SHOP_DOWN)
        self.assertIn("not-null orders.user_id", self.failing("--root", "users"))

    def test_diagrams(self):
        self.start(SHOP, SHOP_DOWN)
        dot = self.ok("cascade", "--root", "users", "--format", "dot").out
        self.assertIn('"orders" -> "items" [label="order_id: CASCADE"];', dot)
        mermaid = self.ok("cascade", "--root", "users", "--format", "mermaid").out
        self.assertRegex(mermaid, r't\d\["users"\] -->\|"user_id: NO ACTION"\| t\d\["orders"\]')
        self.assertEqual(self.ok("cascade", "--root", "users", "--format", "json").json(),
                         self.json("--root", "users"))

    def test_a_table_without_keys_and_one_that_is_not_there(self):
        self.start(SHOP, SHOP_DOWN)
        self.assertIn("0 tables below items", self.ok("cascade", "--root", "items").out)
        self.assertEqual(self.ok("cascade", "--root", "items", "--format", "mermaid").out.count("items"), 1)
        self.refused(2, "cascade", "--root", "user")
        self.refused(2, "cascade")
        self.refused(2, "cascade", "--root", "users", "--format", "svg")
        self.refused(2, "cascade", "--root", "users", "--fix")
        self.refused(2, "cascade", "--root", "users", "--verify", "--action", "keep")

    def test_a_thousand_tables_are_drawn_at_once(self):
        self.db.execute("BEGIN; CREATE TABLE users (id integer PRIMARY KEY);" + "".join(
            f"CREATE TABLE t{n} (id integer PRIMARY KEY, u integer REFERENCES users (id),"
            f" p integer REFERENCES {f't{n - 1}' if n else 'users'} (id));" for n in range(1000)) + "COMMIT;")
        start = time.monotonic()
        root = self.root("--root", "users")
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(len(root["tables"]), 1001)
        self.assertEqual(len(root["keys"]), 2000)
        out = self.ok("cascade", "--root", "users").out
        tree = out[:out.index("\n\n")].splitlines()
        self.assertEqual(len(tree), 2001)
        self.assertEqual(len([line for line in tree if "(see " in line]), 1000)


@on_each_engine
class Fix(CascadeCase):
    def test_every_key_of_the_root_cascades_and_nothing_else_changes(self):
        self.start(AWKWARD, AWKWARD_DOWN)
        result = self.fix("--root", "users", "--action", "cascade")
        for table in ("pairs", "twice", "order", "egg", "users"):
            self.assertIn(f"✅ Fixed {table}\n", result.out)
        self.assertIn("Skipping right_already (already cascades)", result.out)
        self.assertEqual(self.rung("cascade", "--root", "users", "--verify", "--action", "cascade").code, 6)
        self.both_ways()
        verified = self.ok("cascade", "--root", "users", "--verify", "--action", "cascade")
        self.assertEqual(verified.out.count("PASS"), 7)
        self.assertNotIn("no index", self.ok("cascade", "--root", "users").out)
        keys = {k["key"]: k for k in self.root("--root", "users")["keys"]}
        self.assertEqual(keys["pairs.t,u"]["on_update"], "CASCADE")
        self.assertEqual(keys["pairs.t,u"]["index"], "ix_pairs")
        self.assertTrue(keys['order.größe "x"']["deferred"])
        self.assertEqual(keys["twice.b"]["constraint"], "to b")
        self.assertNotIn(keys["twice.a"]["index"], ("part", None))
        self.assertEqual(self.db.query("SELECT count(*) FROM pairs"), [("3",)])

    def test_a_deletion_then_leaves_no_orphans(self):
        self.start(AWKWARD, AWKWARD_DOWN)
        self.fix("--root", "users", "--action", "cascade")
        self.ok("upgrade")
        self.db.execute(("PRAGMA foreign_keys = ON; " if self.sqlite else "") + "DELETE FROM users WHERE id = 1")
        counts = [self.db.query(f"SELECT count(*) FROM {table}")[0][0] for table in
                  ("users", "pairs", "twice", '"order"', "egg", "right_already")]
        self.assertEqual(counts, ["1", "2", "1", "1", "1", "1"])

    def test_tables_are_named_and_those_that_are_not_there_are_skipped(self):
        self.start(AWKWARD, AWKWARD_DOWN)
        result = self.fix("--root", "users", "--action", "cascade", "--table", "egg",
                          "--table", "user_health_conditions,seen,right_already")
        self.assertEqual(result.out.splitlines()[:4], [
            "✅ Fixed egg", "⏭️  Skipping right_already (already cascades)",
            "⏭️  Skipping user_health_conditions (table does not exist)",
            "⏭️  Skipping seen (table does not exist)"])
        upgraded = self.ok("upgrade")
        self.assertIn("Fixed egg", upgraded.out + upgraded.err)
        self.assertIn("Skipping user_health_conditions (table does not exist)", upgraded.out + upgraded.err)
        self.assertEqual(self.key("egg.user_id", "--root", "users")["on_delete"], "CASCADE")
        self.assertEqual(self.key("twice.a", "--root", "users")["on_delete"], "NO ACTION")

    def test_every_class(self):
        self.start(AWKWARD, AWKWARD_DOWN)
        for number, (action, rule) in enumerate((("set_null", "SET NULL"), ("restrict", "RESTRICT"),
                                                 ("retain", None), ("cascade", None))):
            self.fix("--root", "users", "--action", action, "--table", "egg,right_already", id=f"01{number}")
            self.ok("upgrade")
            keys = {k["key"]: k["on_delete"] for k in self.root("--root", "users")["keys"]}
            self.assertEqual(keys.get("egg.user_id"), rule, action)
            self.assertEqual(keys.get("right_already.user_id"), rule, action)
            if action == "retain":
                break
        self.assertEqual(self.db.query("SELECT id, user_id, hen FROM egg ORDER BY id"),
                         [("1", "1", "1"), ("2", "3", "2")])
        for _ in range(3):
            self.ok("downgrade", "-1")
        self.assertEqual(self.key("egg.user_id", "--root", "users")["on_delete"], "NO ACTION")
        self.assertEqual(self.key("right_already.user_id", "--root", "users")["on_delete"], "CASCADE")

    def test_set_null_is_refused_where_it_cannot_be(self):
        self.start(AWKWARD, AWKWARD_DOWN)
        result = self.refused(1, "cascade", "--fix", "--root", "users", "--action", "set_null")
        self.assertIn("twice.a", result.err)
        self.assertNotIn("egg", result.err)

    def test_nothing_to_do_writes_nothing(self):
        self.start(SHOP.replace("NOT NULL REFERENCES users (id)",
                                "NOT NULL REFERENCES users (id) ON DELETE CASCADE"), SHOP_DOWN)
        self.assertIn("nothing to do", self.fix("--root", "users", "--action", "cascade").out)
        self.refused(2, "cascade", "--fix", "--root", "users", "--action", "never")

    def test_a_project_without_revisions_is_told_what_to_do(self):
        self.db.execute(SHOP)
        self.refused(2, "cascade", "--fix", "--root", "users", "--action", "cascade")

    def test_one_revision_serves_both_engines(self):
        other = (Postgresql if self.sqlite else Sqlite)(self.folder)
        self.addCleanup(other.drop)
        self.project.write("rung.yaml", f'targets:\n  dev: {{ url: "{self.db.url}" }}\n'
                                        f'  other: {{ url: "{other.url}" }}\n')
        self.start(AWKWARD, AWKWARD_DOWN)
        self.ok("upgrade", "-t", "other")
        result = self.fix("--root", "users", "--action", "cascade")
        self.assertEqual(result.out.count("Fixed twice"), 1)
        self.both_ways()
        self.ok("upgrade", "-t", "other")
        for target in ("dev", "other"):
            self.ok("cascade", "--root", "users", "--verify", "--action", "cascade", "-t", target)
            self.ok("validate", "-t", target)


CLASSES = """
lifecycle:
  subjects:
    users: { table: users, key: id, grace: 30d }
  relations:
    orders.user_id: cascade
    items.order_id: cascade
"""


@on_each_engine
class Classes(CascadeCase):
    def life(self, more=""):
        self.project.config(CLASSES + more)

    def assert_keys_are_well(self):
        """What check finds besides is that nobody ran `rung erase init`."""
        found = self.rung("check").out.splitlines()
        self.assertEqual([line for line in found if "erase init" not in line and line[:1] != "o"], [])

    def test_the_classes_of_rung_yaml_are_wanted(self):
        self.life("    legacy_items.user_id: cascade\n")
        self.start(SHOP, SHOP_DOWN)
        out = self.ok("cascade").out
        self.assertRegex(out, r"orders.user_id +NO ACTION +cascade +index")
        verified = self.rung("cascade", "--verify")
        self.assertEqual(verified.code, 6, str(verified))
        self.assertRegex(verified.out, r"FAIL  orders.user_id +NO ACTION +wanted: cascade\n")
        self.assertRegex(verified.out, r"PASS  items.order_id +CASCADE +wanted: cascade\n")
        self.assertIn("2 keys: 1 passed, 1 failed", verified.out)
        fixed = self.ok("cascade", "--fix", "--id", "002", "-m", "as rung.yaml says")
        self.assertIn("✅ Fixed orders", fixed.out)
        self.assertIn("Skipping legacy_items (table does not exist)", fixed.out)
        self.both_ways()
        self.ok("cascade", "--verify")

    def test_check_finds_what_has_no_class_or_another(self):
        self.life()
        self.start(SHOP + "CREATE TABLE posts (id integer PRIMARY KEY, u integer REFERENCES users (id));",
                   "DROP TABLE posts;" + SHOP_DOWN)
        found = self.rung("check")
        self.assertEqual(found.code, 3, str(found))
        self.assertIn("posts.u: no class in lifecycle.relations", found.out)
        self.assertIn("orders.user_id: its class is cascade, the database has NO ACTION", found.out)
        self.life("    posts.u: set_null\n")
        self.fix()
        self.ok("upgrade")
        self.assert_keys_are_well()

    def test_check_finds_what_is_to_be_kept_longer(self):
        self.life("  retention:\n    items: { keep: 7y, age: id, then: delete }\n")
        self.start(SHOP.replace("NOT NULL REFERENCES users (id)",
                                "NOT NULL REFERENCES users (id) ON DELETE CASCADE"), SHOP_DOWN)
        found = self.rung("check")
        self.assertEqual(found.code, 3, str(found))
        self.assertIn("items is to be kept for 7y, but goes with users after 30d, by CASCADE", found.out)

    def test_retain_needs_no_key(self):
        self.life("    audit.user_id: retain\n")
        self.start(SHOP.replace("NOT NULL REFERENCES users (id)",
                                "NOT NULL REFERENCES users (id) ON DELETE CASCADE")
                   + "CREATE TABLE audit (id integer PRIMARY KEY, user_id integer);",
                   "DROP TABLE audit;" + SHOP_DOWN)
        self.assertRegex(self.ok("cascade").out, r"audit.user_id +- +retain +no foreign key")
        self.assertRegex(self.ok("cascade", "--verify").out, r"PASS  audit.user_id +- +wanted: retain")
        self.assert_keys_are_well()

    def test_a_relation_that_names_no_key_is_refused_with_its_line(self):
        self.life("    items.order: cascade\n")
        self.start(SHOP, SHOP_DOWN)
        self.refused(2, "cascade", file="rung.yaml", line=11)


class OnPostgresql(CascadeCase):
    engine = Postgresql

    def rules(self):
        return {row[0]: row[1:] for row in self.db.query(RULES["postgresql"])}

    def test_what_only_this_engine_has_is_kept(self):
        self.start("""
            CREATE SCHEMA shop;
            CREATE TABLE users (id integer PRIMARY KEY, tenant integer, UNIQUE (tenant, id));
            CREATE TABLE shop.users (id integer PRIMARY KEY);
            CREATE TABLE shop.orders (id integer PRIMARY KEY, u integer CONSTRAINT k REFERENCES users,
                s integer CONSTRAINT "k 2" REFERENCES shop.users);
            CREATE TABLE orders (id integer, t integer, u integer, CONSTRAINT k FOREIGN KEY (t, u)
                REFERENCES users (tenant, id) MATCH FULL ON UPDATE SET NULL);
            COMMENT ON CONSTRAINT k ON orders IS 'it''s kept';
            CREATE TABLE late (u integer);
            INSERT INTO late VALUES (7);
            ALTER TABLE late ADD CONSTRAINT late_fk FOREIGN KEY (u) REFERENCES users NOT VALID;
            CREATE TABLE events (id integer, u integer REFERENCES users, at integer) PARTITION BY RANGE (at);
            CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
            CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);
            ALTER TABLE events_2 ADD CONSTRAINT alone FOREIGN KEY (id) REFERENCES users DEFERRABLE;
        """, "DROP TABLE events; DROP TABLE late; DROP TABLE orders; DROP TABLE shop.orders; DROP TABLE shop.users;"
             "DROP TABLE users; DROP SCHEMA shop;")
        keys = {k["key"]: k for k in self.root("--root", "public.users")["keys"]}
        self.assertEqual(sorted(keys), ["events.u", "events_2.id", "late.u", "orders.t,u", "shop.orders.u"])
        self.assertEqual(keys["events_2.id"]["table"], "events")
        self.assertEqual(keys["events_2.id"]["partition"], "events_2")
        self.refused(2, "cascade", "--root", "users")
        before = self.rules()
        self.ok("cascade", "--fix", "--root", "public.users", "--action", "cascade", "--id", "002")
        self.both_ways()
        after = self.rules()
        self.assertEqual(after["shop.orders.k 2"], before["shop.orders.k 2"])
        for name, key in before.items():
            if name != "shop.orders.k 2":
                rule = re.sub(r"( MATCH FULL)?( ON UPDATE SET NULL)?( DEFERRABLE)?( NOT VALID)?$",
                              r"\1\2 ON DELETE CASCADE\3\4", key[0], count=1)
                self.assertEqual(after[name], (rule, *key[1:]), name)
        verified = self.ok("cascade", "--root", "public.users", "--verify", "--action", "cascade")
        self.assertEqual(verified.out.count("PASS"), 5)
        self.assertIn("(NOT VALID)", verified.out)

    def test_no_long_lock_is_taken(self):
        self.start(SHOP.replace("CREATE INDEX ix_orders_user ON orders (user_id);", ""), SHOP_DOWN)
        self.fix("--root", "users", "--action", "cascade")
        text = self.written()
        up = text[:text.index("-- rung:down")]
        steps = ["CREATE INDEX CONCURRENTLY", "NOT VALID;", "VALIDATE CONSTRAINT", "DROP CONSTRAINT",
                 "RENAME CONSTRAINT"]
        places = [up.index(step) for step in steps]
        self.assertEqual(places, sorted(places))
        self.ok("lint", "--strict", "002")

    def test_a_name_of_63_bytes_is_cut_between_letters(self):
        name = "ä" * 31 + "x"
        self.start(SHOP.replace("NOT NULL REFERENCES", f'NOT NULL CONSTRAINT "{name}" REFERENCES', 1),
                   SHOP_DOWN)
        self.fix("--root", "users", "--action", "cascade")
        self.both_ways()
        self.assertEqual(self.key("orders.user_id", "--root", "users")["constraint"], name)

    def test_rows_that_break_a_new_key_stop_before_the_old_one_goes(self):
        self.start("CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE o (u int);"
                   "ALTER TABLE o ADD CONSTRAINT k FOREIGN KEY (u) REFERENCES users;",
                   "DROP TABLE o; DROP TABLE users;")
        self.db.execute("ALTER TABLE o DISABLE TRIGGER ALL; INSERT INTO o VALUES (7);"
                        "ALTER TABLE o ENABLE TRIGGER ALL;")
        self.fix("--root", "users", "--action", "cascade")
        self.fails(1, "upgrade")
        self.assertEqual(self.rules()["o.k"][0], "FOREIGN KEY (u) REFERENCES users(id)")
        self.db.execute("DELETE FROM o")
        self.ok("upgrade")
        self.ok("cascade", "--root", "users", "--verify", "--action", "cascade")

    def test_inheritance_is_never_silent(self):
        self.start("CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE old_users () INHERITS (users);",
                   "DROP TABLE old_users; DROP TABLE users;")
        self.assertIn("inherited old_users", self.failing("--root", "users"))


class OnSqlite(CascadeCase):
    engine = Sqlite

    def test_a_key_that_leads_to_no_table_is_told(self):
        self.start(SHOP + "CREATE TABLE lost (u integer REFERENCES userz (id));", "DROP TABLE lost;" + SHOP_DOWN)
        self.assertIn("broken lost", self.failing("--root", "users"))
        self.assertIn("lost.u: there is no table userz", self.ok("cascade", "--root", "USERS").out)

    def test_what_hangs_on_a_table_survives_its_rebuild(self):
        self.start("-- rung:up sqlite\n" + SHOP + """
            CREATE TABLE log (n integer);
            CREATE TRIGGER on_order AFTER INSERT ON orders BEGIN INSERT INTO log VALUES (NEW.id); END;
            CREATE VIEW open_orders AS SELECT * FROM orders;
            CREATE VIRTUAL TABLE words USING fts5(body);
            INSERT INTO users VALUES (1, 'a'); INSERT INTO orders VALUES (5, 1); INSERT INTO items VALUES (6, 5);
        """, "-- rung:down sqlite\nDROP TABLE words; DROP VIEW open_orders; DROP TABLE items; DROP TABLE orders; DROP TABLE log; DROP TABLE users;")
        self.fix("--root", "users", "--action", "cascade")
        self.both_ways()
        self.db.execute("INSERT INTO orders VALUES (8, 1)")
        self.assertEqual(self.db.query("SELECT n FROM log ORDER BY n"), [("5",), ("8",)])
        self.assertEqual(self.db.query("SELECT id FROM items"), [("6",)])


if __name__ == "__main__":
    main()
