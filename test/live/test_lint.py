"""What lint finds, leaves alone, prints and writes."""
import json
import os
import xml.etree.ElementTree

from harness import Case, Postgresql, Sqlite, main, on_each_engine

SAFE = "CREATE TABLE t_{0} (id bigint PRIMARY KEY, a text);"


class Linted(Case):
    def hazards(self, *words, code=None, **more):
        """(file's name, line, rule) of each, in order."""
        result = self.rung("lint", "--json", *words, **more)
        self.assertIn(result.code, (0, 4) if code is None else (code,), str(result))
        self.document = result.json()
        return [(os.path.basename(h["file"]), h["line"], h["rule"])
                for h in self.document["hazards"]]

    def rules(self, *words, **more):
        return [rule for _, _, rule in self.hazards(*words, **more)]

    def tables(self, *ids):
        for id in ids:
            self.project.revision(id, SAFE.format(id), f"DROP TABLE t_{id};")


@on_each_engine
class Lint(Linted):
    def test_judges_what_is_pending(self):
        self.tables("a")
        self.project.revision("b", "DROP TABLE t_a;", SAFE.format("a"))
        self.assertEqual(self.hazards("--strict", code=4), [("b_x.sql", 6, "drop-table")])
        self.ok("upgrade")
        self.assertEqual(self.hazards(code=0), [])
        self.assertEqual(self.document["files"], [])
        self.assertEqual(self.hazards("b"), [("b_x.sql", 6, "drop-table")])

    def test_changes_nothing(self):
        self.tables("a")
        self.ok("upgrade")
        self.project.revision("b", "ALTER TABLE t_a RENAME TO t_b;", "ALTER TABLE t_b RENAME TO t_a;")
        before = self.db.everything()
        self.assertEqual(self.rung("lint").code, 4)
        self.assertEqual(self.db.everything(), before)

    def test_the_exit_status_is_that_of_errors(self):
        self.tables("a")
        self.project.revision("b", "ALTER TABLE t_a DROP COLUMN a;", "ALTER TABLE t_a ADD COLUMN a text;")
        result = self.ok("lint")
        self.assertRegex(result.out, r"b_x.sql:6: warning: drop-column: the values of t_a.a are gone\n"
                                     r"    ALTER TABLE t_a DROP COLUMN a\n    why: .*\n    fix: ")
        self.assertRegex(result.out, r"\n0 errors, 1 warning, 0 notes in 2 statements of 2 files\n$")
        self.assertEqual(self.rung("lint", "--strict").code, 4)
        self.project.revision("c", "ALTER TABLE t_a RENAME TO t_b;", "ALTER TABLE t_b RENAME TO t_a;")
        self.assertEqual(self.rung("lint").code, 4)
        self.assertEqual(self.rung("lint", "b").code, 0)

    def test_what_one_revision_makes_another_one_knows(self):
        self.tables("a")
        self.project.revision("b", "CREATE TABLE x (id bigint PRIMARY KEY); DROP TABLE x; DROP TABLE t_a;",
                              SAFE.format("a"))
        self.assertEqual(self.rules("b"), ["drop-table"])

    def test_an_ignored_finding_needs_a_reason(self):
        self.tables("a", "b", "c", "d")
        for id, words in (("e", " nobody reads it"), ("f", ""), ("g", " until=2020-01-31 soon"),
                          ("h", " until=2999-01-31 later")):
            table = "t_" + chr(ord(id) - 4)
            self.project.revision(id, f"-- rung:ignore drop-table{words}\nDROP TABLE {table};",
                                  SAFE.format(table[2:]))
        self.assertEqual(self.hazards("e", "f", "g", "h"), [
            ("f_x.sql", 6, "ignore-without-reason"), ("f_x.sql", 7, "drop-table"),
            ("g_x.sql", 6, "ignore-expired"), ("g_x.sql", 7, "drop-table")])
        self.assertEqual(self.document["ignored"], 2)

    def test_an_ignore_that_ignores_nothing_is_told(self):
        self.project.revision("a", "-- rung:ignore drop-table it is empty\n" + SAFE.format("a"),
                              "DROP TABLE t_a;")
        self.project.revision("b", "-- rung:ignore drop-tabel it is empty\nDROP TABLE t_a;", SAFE.format("a"))
        self.assertEqual(self.hazards(), [("a_x.sql", 6, "ignore-unused"),
                                          ("b_x.sql", 6, "ignore-without-reason"),
                                          ("b_x.sql", 7, "drop-table")])

    def test_an_ignore_above_the_sections_holds_for_the_file(self):
        self.tables("a", "b")
        path = self.project.revision("c", "DROP TABLE t_a; DROP TABLE t_b;")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(self.rules("c"), ["down-missing", "drop-table", "drop-table"])
        self.project.write("migrations/c_x.sql", text.replace(
            "-- rung:up", "-- rung:ignore drop-table both are empty\n"
                          "-- rung:ignore down-missing there is no way back\n-- rung:up"))
        self.assertEqual(self.rules("c"), [])
        self.assertEqual(self.document["ignored"], 3)

    def test_ignore_lines_do_not_hinder_the_run(self):
        self.project.revision("a", "-- rung:ignore drop-table why not\n-- rung:notice hello\n"
                                   + SAFE.format("a"), "DROP TABLE t_a;")
        self.ok("upgrade")
        self.ok("downgrade", "base")

    def test_rules_can_be_disabled(self):
        self.tables("a")
        self.project.revision("b", "DROP TABLE t_a;", SAFE.format("a"))
        self.project.config("lint: { disable: [drop-table] }\n")
        self.assertEqual(self.rules(), [])
        self.project.config("lint: { disable: [drop-tabel] }\n")
        result = self.fails(2, "lint")
        self.assertIn("did you mean drop-table?", result.err)

    def test_text_that_cannot_be_read_is_a_finding(self):
        self.project.revision("a", "CREATE TABLE t (a text;", "DROP TABLE t;")
        self.tables("b")
        self.assertEqual(self.rules(code=4), ["unreadable"])
        self.project.revision("c", "COMMIT;", "DROP TABLE t_a;")
        self.assertIn("transaction-control", self.rules(code=4))

    def test_a_plain_file_is_judged_behind_the_revisions(self):
        self.tables("a")
        self.project.write("change.sql", "CREATE VIEW v AS SELECT 1 AS a;\nDROP VIEW v;\nDROP TABLE t_a;\n")
        self.assertEqual(self.hazards("change.sql"), [("change.sql", 3, "drop-table")])
        self.fails(1, "lint", "change.sql", "--migrations", "change.sql/x", "nothing.sql")

    def test_a_down_section_is_compared_with_up(self):
        self.project.revision("a", SAFE.format("a") + SAFE.format("b"), "DROP TABLE t_a;")
        self.project.revision("b", SAFE.format("c"), "DROP TABLE t_c; DROP TABLE t_a;")
        self.project.revision("c", SAFE.format("d"), "-- rung:notice it stays")
        self.assertEqual(self.hazards(), [("a_x.sql", 8, "down-not-reverse"),
                                          ("b_x.sql", 8, "down-not-reverse")])
        whats = [h["what"] for h in self.document["hazards"]]
        self.assertRegex(whats[0], r"^down leaves: table (public\.)?t_b$")
        self.assertRegex(whats[1], r"^down drops what up did not make: (public\.)?t_a$")

    def test_a_revision_needs_a_section_for_the_target(self):
        other = "postgresql" if self.sqlite else "sqlite"
        self.project.revision("a", f"-- rung:up {other}\nCREATE TABLE t (a text);",
                              f"-- rung:down {other}\nDROP TABLE t;")
        self.assertEqual(self.hazards(code=4), [("a_x.sql", 0, "up-missing")])
        os.remove(self.project.path("rung.yaml"))
        self.assertNotIn("up-missing", self.rules())

    def test_a_folder_that_is_wrong_is_an_error(self):
        self.project.write("migrations/a.sql", "-- rung:revision b\n-- rung:up\nSELECT 1;\n")
        self.fails(2, "lint")
        self.fails(2, "lint", "nosuch")
        self.fails(2, "lint", "--format", "yaml")


@on_each_engine
class Formats(Linted):
    def setUp(self):
        super().setUp()
        self.tables("a")
        self.project.revision("b", "ALTER TABLE t_a RENAME\n  TO \"<&>\";",
                              "ALTER TABLE \"<&>\" RENAME TO t_a;")

    def output(self, form):
        return self.fails_or_finds("lint", "--format", form)

    def fails_or_finds(self, *words):
        result = self.rung(*words)
        self.assertEqual(result.code, 4, str(result))
        return result.out

    def test_json(self):
        document = json.loads(self.output("json"))
        self.assertFalse(document["ok"])
        self.assertEqual((document["errors"], len(document["files"])), (1, 2))
        hazard = document["hazards"][0]
        self.assertEqual((hazard["rule"], hazard["severity"], hazard["revision"], hazard["line"]),
                         ("rename-table", "error", "b", 6))
        self.assertIn("TO \"<&>\"", hazard["statement"])
        for name in ("what", "why", "fix"):
            self.assertTrue(hazard[name])

    def test_junit(self):
        root = xml.etree.ElementTree.fromstring(self.output("junit"))
        suites = root.findall("testsuite")
        self.assertEqual([(s.get("tests"), s.get("failures")) for s in suites], [("1", "0"), ("1", "1")])
        failure = suites[1].find("testcase/failure")
        self.assertEqual(failure.get("type"), "rename-table")
        self.assertIn("<&>", failure.get("message"))

    def test_sarif(self):
        document = json.loads(self.output("sarif"))
        run = document["runs"][0]
        self.assertEqual(document["version"], "2.1.0")
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        self.assertEqual(len(rules), len(set(rules)))
        result = run["results"][0]
        self.assertIn(result["ruleId"], rules)
        self.assertEqual(result["level"], "error")
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["region"]["startLine"], 6)
        self.assertTrue(place["artifactLocation"]["uri"].endswith("migrations/b_x.sql"))

    def test_github(self):
        lines = self.output("github").splitlines()
        self.assertRegex(lines[0], r"^::error title=rename-table,file=\S*migrations/b_x.sql,line=6::\S*t_a is called"
                                   r" <&> .*%0Awhy: .*%0Afix: ")
        self.assertEqual(len(lines), 2)

    def test_markdown(self):
        self.assertRegex(self.output("markdown"), r"(?s)^## rung lint\n.*### error: rename-table\n.*\\<&\\> ")

    def test_the_list_of_rules(self):
        text = self.ok("lint", "--rules").out
        rules = self.ok("lint", "--rules", "--json").json()
        self.assertEqual([line.split()[0] for line in text.splitlines()], [r["name"] for r in rules])
        self.assertGreater(len(rules), 60)
        self.assertTrue(self.ok("lint", "--rules", "--format", "markdown").out.startswith("# Rules"))


class OnlyPostgresql(Linted):
    engine = Postgresql

    UP = ("CREATE TABLE p (id bigint PRIMARY KEY);\n"
          "CREATE TABLE c (id bigint PRIMARY KEY, p_id bigint, a text, n integer);\n"
          "INSERT INTO p SELECT * FROM generate_series(1, 100);\n"
          "INSERT INTO c SELECT n, n, 'a', n FROM generate_series(1, 100) n;\n"
          "CREATE INDEX c_a ON c (a); CREATE INDEX c_p ON c (p_id);")

    def setUp(self):
        super().setUp()
        self.project.revision("a", self.UP, "DROP TABLE c; DROP TABLE p;")

    def test_a_database_that_is_not_there_is_told_and_all_is_judged(self):
        self.project.config()
        url = self.db.url.replace(self.db.database, "nosuchdb")
        result = self.rung("lint", "--url", url)
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("all revisions are judged", result.err)

    def test_sections_of_the_other_target_are_judged_too(self):
        self.project.config("  small:\n    url: sqlite:small.db\n")
        self.project.revision("b", "ALTER TABLE c ALTER COLUMN n TYPE bigint;",
                              "ALTER TABLE c ALTER COLUMN n TYPE integer;")
        untranslated = ["not-translated"] * 2  # up and down
        self.assertEqual(self.rules("b"), ["type-change-rewrites"] + untranslated)
        self.assertEqual(self.rules("b", "--target", "dev"), ["type-change-rewrites"])
        self.assertEqual(self.rules("b", "--target", "small"), untranslated)

    def test_the_servers_version_counts(self):
        self.ok("upgrade")
        self.project.revision("b", "ALTER TABLE c ALTER COLUMN a SET NOT NULL;",
                              "ALTER TABLE c ALTER COLUMN a DROP NOT NULL;")
        self.assertEqual(self.rules(), ["not-null-scans"])
        version = int(self.value("SHOW server_version_num")) // 10000
        self.assertEqual("NOT NULL a NOT VALID" in self.document["hazards"][0]["fix"], version >= 18)

    def test_the_servers_time_zone_counts(self):
        self.project.revision("b", "CREATE TABLE z (at timestamp);", "DROP TABLE z;")
        self.ok("upgrade")
        self.project.revision("c", "ALTER TABLE z ALTER COLUMN at TYPE timestamptz;",
                              "ALTER TABLE z ALTER COLUMN at TYPE timestamp;")
        for zone, expected in (("UTC", []), ("Asia/Tokyo", ["type-change-rewrites"])):
            self.db.execute(f"ALTER DATABASE {self.db.database} SET TimeZone = '{zone}'")
            self.assertEqual(self.rules(), expected, zone)

    def test_syntax_that_the_parser_does_not_know_is_told(self):
        self.project.revision("b", "CREATE TABLE x (a integer, b integer GENERATED ALWAYS AS (a) VIRTUAL);",
                              "DROP TABLE x;")
        self.assertEqual(self.rules("b"), ["not-parsed"])
        self.assertIn("judged by rehearsal only", self.document["hazards"][0]["what"])

    def test_deep_and_odd_text_does_not_crash(self):
        for sql in ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT '\\'';", "ALTER TABLE c;",
                    "CREATE INDEX ON c ((a || a));", "ALTER TABLE c ADD CHECK (true);",
                    "DROP FUNCTION f(integer), g;", "ALTER TABLE c ADD FOREIGN KEY (a, n) REFERENCES p;",
                    "GRANT ALL ON c TO PUBLIC", "UPDATE c SET a = 1 WHERE (a, n) = (1, 2)",
                    "DROP OPERATOR + (integer, integer);", "COMMENT ON COLUMN c.a IS 'x';"):
            self.project.write("odd.sql", sql)
            with self.subTest(sql=sql[:60]):
                self.hazards("odd.sql")


class Fix(Linted):
    engine = Postgresql

    UP = OnlyPostgresql.UP
    RISKY = ("SET lock_timeout = 0;\n"
             "CREATE INDEX c_n ON c (n); -- by number\n"
             "DROP INDEX c_a;\n"
             "ALTER TABLE c ADD CONSTRAINT small CHECK (n < 1000), ADD FOREIGN KEY (p_id) REFERENCES p (id);\n"
             "ALTER TABLE p ADD CONSTRAINT one CHECK (id > 0) NOT VALID;\n"
             "ALTER TABLE p VALIDATE CONSTRAINT one;")

    def setUp(self):
        super().setUp()
        self.project.revision("a", self.UP, "DROP TABLE c; DROP TABLE p;")
        self.ok("upgrade")

    def files(self):
        return {name: self.project.read("migrations/" + name)
                for name in sorted(os.listdir(self.project.path("migrations")))}

    def test_writes_the_safe_form_and_it_runs(self):
        self.project.revision("b", self.RISKY, "-- rung:notice no")
        result = self.rung("lint", "--fix")
        self.assertRegex(result.err, r"note: fixed \S*b_x.sql, and wrote \S*_validate_what_b_adds.sql\n")
        text = self.project.read("migrations/b_x.sql")
        self.assertNotIn("lock_timeout", text)
        self.assertIn("CREATE INDEX CONCURRENTLY c_n ON c (n); -- by number\n", text)
        self.assertIn("DROP INDEX CONCURRENTLY c_a;\n", text)
        self.assertIn("ADD CONSTRAINT small CHECK (n < 1000) NOT VALID, ADD CONSTRAINT c_p_id_fkey "
                      "FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;\n", text)
        self.assertIn("-- rung:commit\nALTER TABLE p VALIDATE CONSTRAINT one;", text)
        before = self.files()
        self.assertEqual(len(before), 3)
        self.assertEqual(self.rung("lint", "--fix").err, "")
        self.assertEqual(self.files(), before)
        self.assertEqual([h["rule"] for h in self.rung("lint", "--json").json()["hazards"]
                          if h["severity"] != "note"], [])
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"), "0")
        self.assertEqual(self.value("SELECT count(*) FROM pg_class WHERE relname = 'c_n'"), "1")

    def test_a_revision_that_the_database_has_stays_as_it_is(self):
        before = self.files()
        self.rung("lint", "a", "--fix")
        self.project.revision("b", "CREATE INDEX c_n ON c (n);", "DROP INDEX c_n;")
        self.ok("upgrade")
        before = self.files()
        self.rung("lint", "b", "--fix")
        self.assertEqual(self.files(), before)

    def test_where_the_database_cannot_be_asked_nothing_is_changed(self):
        self.project.revision("b", "CREATE INDEX c_n ON c (n);", "DROP INDEX c_n;")
        before = self.files()
        url = self.db.url.replace(self.db.database, "nosuchdb")
        self.fails(1, "lint", "--fix", "--url", url)
        self.assertEqual(self.files(), before)

    def test_an_ignored_finding_is_not_fixed(self):
        self.project.revision("b", "-- rung:ignore index-without-concurrently small\nCREATE INDEX c_n ON c (n);",
                              "DROP INDEX c_n;")
        before = self.files()
        self.ok("lint", "--fix")
        self.assertEqual(self.files(), before)

    def test_the_second_revision_follows_the_head(self):
        self.project.revision("b", "ALTER TABLE c ADD CONSTRAINT small CHECK (n < 1000);",
                              "ALTER TABLE c DROP CONSTRAINT small;")
        self.project.revision("c", "ALTER TABLE c ADD CONSTRAINT large CHECK (n > 0);",
                              "ALTER TABLE c DROP CONSTRAINT large;")
        self.rung("lint", "--fix")
        self.assertEqual(len(self.ok("heads", "--json").json()["revisions"]), 1)
        self.assertEqual(len(self.files()), 5)
        self.ok("upgrade")
        self.assertEqual(self.value("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"), "0")

    def test_a_plain_file_has_its_second_part_beside_it(self):
        self.project.write("x.sql", "ALTER TABLE c ADD CONSTRAINT small CHECK (n < 1000);\n")
        self.ok("lint", "--fix", "x.sql")
        self.assertEqual(self.project.read("x.sql"),
                         "ALTER TABLE c ADD CONSTRAINT small CHECK (n < 1000) NOT VALID;\n")
        self.assertEqual(self.project.read("x_validate.sql"), "ALTER TABLE c VALIDATE CONSTRAINT small;\n")


class OnlySqlite(Linted):
    engine = Sqlite

    def refused_by_sqlite(self, up):
        """Lint says so, and SQLite does."""
        self.project.revision("z", "-- rung:up sqlite\n" + up, "-- rung:down sqlite\n-- rung:notice no")
        found = self.rules(code=4)
        self.fails(1, "upgrade")
        os.remove(self.project.path("migrations/z_x.sql"))
        self.project.last = "a"
        return found

    def test_what_lint_calls_an_error_sqlite_refuses(self):
        self.project.revision("a", "-- rung:up sqlite\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT) STRICT;\n"
                                   "CREATE INDEX t_a ON t (a);\nCREATE VIEW v AS SELECT b FROM t;\n"
                                   "INSERT INTO t VALUES (1, 'a', 'b');",
                              "-- rung:down sqlite\nDROP VIEW v; DROP TABLE t;")
        self.ok("upgrade")
        for up, rule in (("ALTER TABLE t ADD COLUMN c TEXT NOT NULL;", "sqlite-required-column"),
                         ("ALTER TABLE t ADD COLUMN c TEXT DEFAULT (random());", "sqlite-default-not-constant"),
                         ("ALTER TABLE t ADD COLUMN c TEXT DEFAULT CURRENT_TIMESTAMP;",
                          "sqlite-default-not-constant"),
                         ("ALTER TABLE t ADD COLUMN c TEXT UNIQUE;", "sqlite-add-column-refused"),
                         ("ALTER TABLE t DROP COLUMN a;", "sqlite-drop-column-used"),
                         ("ALTER TABLE t DROP COLUMN b;", "sqlite-drop-column-used"),
                         ("ALTER TABLE t DROP COLUMN id;", "sqlite-drop-column-used"),
                         ("CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b TEXT) STRICT;\n"
                          "INSERT INTO n SELECT * FROM t;\nDROP TABLE t;\nALTER TABLE n RENAME TO t;",
                          "sqlite-rebuild-breaks-view"),
                         ("BEGIN; SELECT 1;", "transaction-control")):
            with self.subTest(up=up):
                if rule == "transaction-control":
                    self.project.revision("z", "-- rung:up sqlite\n" + up)
                    self.assertIn(rule, self.rules(code=4))
                    self.fails(2, "upgrade")
                else:
                    self.assertIn(rule, self.refused_by_sqlite(up))


if __name__ == "__main__":
    main()
