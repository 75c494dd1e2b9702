"""rung export: all rows of a subject in one archive, on both engines."""
import base64
import glob
import hashlib
import json
import os
import signal
import tarfile
import time

from harness import Case, main, on_each_engine, wait_until

KEY = "0123456789abcdef0123456789abcdef"
SETTINGS = f"""
lifecycle:
  key: {KEY}
  exports_keep: 30d
  subjects:
    users: {{ key: id, grace: 30d }}
"""
COMMON = '''
CREATE TABLE users (id integer PRIMARY KEY, name text, boss integer REFERENCES users (id) ON DELETE SET NULL);
CREATE TABLE posts (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    parent integer REFERENCES posts (id) ON DELETE CASCADE, body text);
CREATE TABLE notes (user_id integer REFERENCES users (id) ON DELETE SET NULL, text text);
CREATE TABLE empty (user_id integer REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE other (id integer PRIMARY KEY, text text);
CREATE TABLE "order" ("group" integer NOT NULL, "no ""1""" integer NOT NULL, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY ("group", "no ""1"""));
CREATE TABLE "lignes d'été" (g integer, n integer, "where" text,
    FOREIGN KEY (g, n) REFERENCES "order" ("group", "no ""1""") ON DELETE CASCADE);
CREATE TABLE likes (post_id integer REFERENCES posts (id) ON DELETE CASCADE, user_id integer REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE a (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE, b integer);
CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a (id) ON DELETE CASCADE);
INSERT INTO users VALUES (1, 'Ünï "q" \\ ', NULL), (2, 'two', 1), (3, NULL, 1);
INSERT INTO posts VALUES (1, 1, NULL, 'x'), (2, 1, 1, NULL), (3, 2, 2, 'an answer of another one'), (4, 2, NULL, 'not his'), (5, 1, 5, 'itself');
INSERT INTO notes VALUES (1, 'a'), (1, 'a'), (2, 'b'), (NULL, 'c');
INSERT INTO other VALUES (1, 'x');
INSERT INTO "order" VALUES (1, 1, 1), (1, 2, 2), (2, 1, 1);
INSERT INTO "lignes d'été" VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c'), (2, NULL, 'd'), (2, 1, 'c');
INSERT INTO likes VALUES (1, 1), (4, 1), (4, 2), (3, 2), (NULL, 1);
INSERT INTO a VALUES (1, 1, NULL), (2, NULL, 1), (3, 2, NULL);
INSERT INTO b VALUES (1, 1), (2, 3);
'''
CYCLE = {"sqlite": "", "postgresql": "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE;"}
TYPES = {
    "postgresql": """
CREATE DOMAIN bytes AS bytea; CREATE DOMAIN amount AS numeric(30, 4);
CREATE SCHEMA "Odd/Schema";
CREATE TABLE "Odd/Schema"."T:1" (user_id integer REFERENCES users (id) ON DELETE CASCADE, big bigint, exact numeric, price amount,
    float double precision, small real, flag boolean, at timestamptz, local timestamp, day date, raw bytea, more bytes, doc jsonb, text json,
    tags text[], token uuid, span interval, always integer GENERATED ALWAYS AS (user_id + 1) STORED);
INSERT INTO "Odd/Schema"."T:1" VALUES (1, 9223372036854775807, 12345678901234567890.123456789012345678901, 1.5, 0.1, 'NaN', true,
    '2024-02-29 23:30:00+02', '2024-02-29 23:30:00.123456', '2024-02-29', '\\x00ff10', decode(repeat('ab', 100), 'hex'),
    '{"a": [1, null, 1.10]}', E'{"a":\\n1.10, "a": 2}', '{a,NULL,"b c"}', '00000000-0000-0000-0000-000000000001', '1 day 02:00'),
    (1, NULL, 'NaN', NULL, 'Infinity', NULL, NULL, NULL, NULL, NULL, NULL, '', 'null', NULL, NULL, NULL, NULL);
CREATE TABLE parts (user_id integer REFERENCES users (id) ON DELETE CASCADE, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO parts VALUES (1, '2024-05-01'), (1, '2025-05-01'), (2, '2025-05-01');
""",
    "sqlite": """
CREATE TABLE "T:1" (user_id integer REFERENCES users (id) ON DELETE CASCADE, big integer, float real, any, raw BLOB, doc JSON, text text,
    always integer AS (user_id + 1));
INSERT INTO "T:1" (user_id, big, float, any, raw, doc, text) VALUES
    (1, 9223372036854775807, 0.1, 1e400, x'00ff10', '{"a": [1, null, 1.10]}', 'a' || char(10, 9, 34, 92) || 'ü'),
    (1, NULL, 5e-324, 0.1 + 0.2, 'text', 'no json', x'ff'),
    (1, -1, 123456789.12345678, x'', NULL, NULL, CAST(x'41004200' AS TEXT)),
    (1, 0, 1.0, CAST(x'ff41' AS TEXT), x'', '[1,' || char(10) || '2]', '');
CREATE TABLE keyed (code text PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE) WITHOUT ROWID;
INSERT INTO keyed VALUES ('a', 1), ('b', 2), ('ç', 1);
CREATE TABLE hidden (rowid text, oid text, user_id integer REFERENCES users (id) ON DELETE CASCADE);
INSERT INTO hidden VALUES ('r', 'o', 1), ('r', 'o', 1);
""",
}


class Export(Case):
    def setUp(self):
        super().setUp()
        self.project.config(SETTINGS)
        self.db.execute(COMMON + CYCLE[self.db.name] + TYPES[self.db.name])
        self.ok("erase", "init")

    def history(self, columns="status"):
        name = "rung_export_history" if self.sqlite else "rung.export_history"
        return self.db.query(f"SELECT {columns} FROM {name} ORDER BY id")

    def files(self):
        folder = self.project.path("exports")
        return sorted(os.listdir(folder)) if os.path.exists(folder) else []

    def written(self, name):
        """What a run has of a table until now."""
        found = glob.glob(self.project.path("exports", "*.work", "data", "tables", name))
        return os.path.getsize(found[0]) if found else 0

    def export(self, key="1", *words):
        return self.read(self.ok("export", "--subject", f"users:{key}", "--json", *words).json())

    def read(self, result):
        """The manifest and the rows of each table; all hashes are looked at."""
        self.assertEqual(os.stat(result["path"]).st_mode & 0o777, 0o600)
        with open(result["path"], "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), result["sha256"])
        with tarfile.open(result["path"]) as tar:
            for member in tar.getmembers():
                self.assertEqual(member.mode & 0o077, 0)
                self.assertEqual((member.uid, member.gid), (0, 0))
            data = {m.name: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}
        manifest = json.loads(data["manifest.json"])
        sums = dict(reversed(line.split("  ", 1)) for line in data["SHA256SUMS"].decode().splitlines())
        self.assertEqual(set(sums), set(data) - {"SHA256SUMS"})
        for name, digest in sums.items():
            self.assertEqual(hashlib.sha256(data[name]).hexdigest(), digest, name)
        rows = {}
        for table in manifest["tables"]:
            lines = data[table["file"]].splitlines()
            rows[table["table"]] = [json.loads(line) for line in lines]
            self.assertEqual(len(lines), table["rows"])
            self.assertEqual(len(data[table["file"]]), table["bytes"])
            for row in rows[table["table"]]:
                self.assertEqual(list(row), [c["name"] for c in table["columns"]])
        self.assertEqual(manifest["rows"], sum(map(len, rows.values())))
        self.assertEqual(manifest["rows"], result["rows"])
        return manifest, rows


@on_each_engine
class Rows(Export):
    """What belongs to a subject."""

    def test_every_row_below_is_there_once(self):
        manifest, rows = self.export()
        self.assertEqual(rows["users"], [{"id": 1, "name": 'Ünï "q" \\ ', "boss": None}])
        self.assertEqual(sorted(r["id"] for r in rows["posts"]), [1, 2, 3, 5])
        self.assertEqual([r["text"] for r in rows["notes"]], ["a", "a"])
        self.assertEqual(rows["empty"], [])
        self.assertNotIn("other", rows)
        self.assertEqual(sorted((r["group"], r['no "1"']) for r in rows["order"]), [(1, 1), (2, 1)])
        self.assertEqual(sorted(r["where"] for r in rows["lignes d'été"]), ["a", "c", "c"])
        self.assertEqual(sorted((r["post_id"] or 0, r["user_id"]) for r in rows["likes"]),
                         [(0, 1), (1, 1), (3, 2), (4, 1)])
        self.assertEqual([r["id"] for r in rows["b"]], [1])
        self.assertEqual(sorted(r["id"] for r in rows["a"]), [1] if self.sqlite else [1, 2])
        self.assertEqual(manifest["left_out"], ["users.boss"])
        self.assertEqual((manifest["format"], manifest["version"]), ("rung-export", 1))
        self.assertEqual((manifest["subject"], manifest["key"]), ("users", "1"))
        self.assertEqual(self.files(), [os.path.basename(
            self.history("path")[0][0])])

    def test_values_are_exact(self):
        manifest, rows = self.export()
        if self.sqlite:
            t = rows["T:1"]
            self.assertEqual([r["big"] for r in t], [9223372036854775807, None, -1, 0])
            self.assertEqual([r["float"] for r in t], [0.1, 5e-324, 123456789.12345678, 1.0])
            self.assertEqual([r["any"] for r in t], ["Inf", 0.1 + 0.2, {"base64": ""},
                                                     {"base64": base64.b64encode(b"\xffA").decode()}])
            self.assertEqual([r["raw"] for r in t], ["AP8Q", {"text": "text"}, None, ""])
            self.assertEqual([r["doc"] for r in t], [{"a": [1, None, 1.1]}, {"text": "no json"}, None, [1, 2]])
            self.assertEqual([r["text"] for r in t], ['a\n\t"\\ü', {"base64": "/w=="}, {"base64": "QQBCAA=="}, ""])
            self.assertEqual({r["always"] for r in t}, {2})
            self.assertEqual(sorted(r["code"] for r in rows["keyed"]), ["a", "ç"])
            self.assertEqual(len(rows["hidden"]), 2)
            return
        first, second = rows["Odd/Schema.T:1"]
        self.assertEqual(first | {"span": None}, {
            "user_id": 1, "big": 9223372036854775807, "exact": "12345678901234567890.123456789012345678901",
            "price": "1.5000", "float": 0.1, "small": "NaN", "flag": True, "at": "2024-02-29T21:30:00+00:00",
            "local": "2024-02-29T23:30:00.123456", "day": "2024-02-29", "raw": "AP8Q",
            "more": base64.b64encode(b"\xab" * 100).decode(), "doc": {"a": [1, None, 1.1]}, "text": {"a": 2},
            "tags": ["a", None, "b c"], "token": "00000000-0000-0000-0000-000000000001", "span": None, "always": 2})
        self.assertEqual((second["exact"], second["float"], second["more"], second["doc"]), ("NaN", "Infinity", "", None))
        self.assertEqual(sorted(r["at"] for r in rows["parts"]), ["2024-05-01", "2025-05-01"])
        table = next(t for t in manifest["tables"] if t["table"] == "Odd/Schema.T:1")
        self.assertEqual(table["file"], "tables/Odd%2FSchema.T%3A1.jsonl")
        coded = {c["name"]: c["values"] for c in table["columns"]}
        self.assertEqual((coded["raw"], coded["more"], coded["exact"], coded["price"], coded["doc"], coded["big"]),
                         ("base64", "base64", "text", "text", "json", "plain"))

    def test_what_is_held_or_waits_is_exported(self):
        self.ok("erase", "request", "users:1")
        self.ok("hold", "add", "users:1", "--reason", "case")
        self.assertEqual(self.export()[1]["users"][0]["id"], 1)

    def test_a_subject_that_is_not_there_is_told(self):
        self.fails(2, "export", "--subject", "users:99")
        self.fails(2, "export", "--subject", "users:x")
        self.fails(2, "export", "--subject", "people:1")
        self.fails(2, "export")
        self.fails(2, "export", "--list", "--expire")
        self.assertEqual(self.files(), [])
        self.assertEqual(self.history(), [])

    def test_a_long_chain_and_many_rows(self):
        self.db.execute("INSERT INTO posts (id, user_id, parent) VALUES (10, 1, NULL);"
                        + "".join(f"INSERT INTO posts (id, user_id, parent) VALUES ({i}, 3, {i - 1});"
                                  for i in range(11, 300)))
        numbers = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
                   " SELECT 1, 'note ' || i FROM n")
        self.db.execute(f"INSERT INTO notes {numbers};")
        rows = self.export()[1]
        self.assertEqual(len({r["id"] for r in rows["posts"]}), 4 + 290)
        self.assertEqual(len({r["text"] for r in rows["notes"]}), 30001)


    def test_it_is_one_moment_of_the_database(self):
        if self.sqlite:
            self.db.execute("PRAGMA journal_mode = wal")
        self.db.execute("INSERT INTO notes WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
                        " FROM n WHERE i < 300000) SELECT 1, 'note ' || i FROM n;")
        run = self.project.start("export", "--subject", "users:1", "--json")
        wait_until(lambda: self.written("notes.jsonl"))
        run.process.send_signal(signal.SIGSTOP)
        self.db.execute("UPDATE notes SET text = 'changed' WHERE text LIKE '%1';"
                        "DELETE FROM notes WHERE text LIKE '%2'; DELETE FROM likes;")
        if not self.sqlite:
            self.db.execute("VACUUM notes")
        run.process.send_signal(signal.SIGCONT)
        result = run.end()
        self.assertEqual(result.code, 0, str(result))
        rows = self.read(json.loads(result.out))[1]
        self.assertEqual({r["text"] for r in rows["notes"]} - {"a"}, {f"note {i}" for i in range(1, 300001)})
        self.assertEqual(len(rows["notes"]), 300002)
        self.assertEqual(len(rows["likes"]), 4)


@on_each_engine
class History(Export):
    """What was exported, and what became of it."""

    def test_a_run_is_in_the_history_and_the_audit(self):
        result = self.ok("export", "--subject", "users:1", "--json").json()
        row = self.history("status, row_count, tables, bytes, sha256, path, subject")[0]
        self.assertEqual(row, ("completed", str(result["rows"]), str(result["tables"]), str(result["bytes"]),
                               result["sha256"], result["path"], "users"))
        audit = "rung_audit" if self.sqlite else "rung.audit"
        self.assertEqual(self.db.query(f"SELECT row_count FROM {audit} WHERE action = 'export'"),
                         [(str(result["rows"]),)])
        self.ok("audit", "verify")
        listed = self.ok("export", "--list", "--json").json()["exports"][0]
        self.assertEqual((listed["status"], listed["path"]), ("completed", result["path"]))
        days = (time.mktime(time.strptime(listed["expires_at"], "%Y-%m-%dT%H:%M:%SZ"))
                - time.mktime(time.strptime(listed["finished_at"], "%Y-%m-%dT%H:%M:%SZ"))) / 86400
        self.assertEqual(round(days), 30)
        self.assertIn("completed", self.ok("export", "--list").out)

    def test_a_failure_is_in_the_history(self):
        if self.sqlite:
            os.makedirs(self.project.path("bin"))
            self.project.write("bin/tar", "#!/bin/sh\necho no space left >&2\nexit 2\n")
            os.chmod(self.project.path("bin/tar"), 0o755)
            env = {"PATH": self.project.path("bin") + ":" + os.environ["PATH"]}
            self.fails(1, "export", "--subject", "users:1", env=env)
            self.assertIn("no space left", self.history("problem")[0][0])
        else:
            role = f"reader_{os.getpid()}"
            self.db.execute(f"CREATE ROLE {role}; ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
                            f"GRANT ALL ON ALL TABLES IN SCHEMA public, rung, \"Odd/Schema\" TO {role};"
                            f"GRANT USAGE ON SCHEMA rung, \"Odd/Schema\" TO {role};"
                            f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA rung TO {role};"
                            f"ALTER ROLE {role} LOGIN")
            self.addCleanup(self.db.execute, f"DROP OWNED BY {role}; DROP ROLE {role}")
            self.project.url = self.db.url.replace("user=postgres", f"user={role}")
            self.project.config(SETTINGS)
            self.assertIn("row-level security", self.fails(1, "export", "--subject", "users:1").err)
        self.assertEqual(self.history(), [("failed",)])
        self.assertEqual(self.files(), [])

    def test_archives_expire_file_first(self):
        paths = [self.ok("export", "--subject", f"users:{i}", "--json").json()["path"] for i in (1, 2, 3)]
        name = "rung_export_history" if self.sqlite else "rung.export_history"
        self.assertIn("nothing is over", self.ok("export", "--expire").out)
        past = "0" if self.sqlite else "'2020-01-01'"
        self.db.execute(f"UPDATE {name} SET expires_at = {past} WHERE id < 3")
        os.remove(paths[1])
        self.assertEqual(self.rung("export", "--list").code, 3)
        self.assertIn("IS MISSING", self.rung("export", "--list").out)
        result = self.rung("export", "--expire", "--json")
        self.assertEqual(result.code, 3, str(result))
        self.assertEqual(result.json()["removed"], 1)
        self.assertEqual([os.path.exists(p) for p in paths], [False, False, True])
        self.assertEqual(self.history(), [("expired",), ("expired",), ("completed",)])
        self.assertIn("gone before", self.history("problem")[1][0])
        self.ok("export", "--expire")
        self.ok("export", "--list")

    def test_archives_that_nobody_knows_are_left_alone(self):
        self.export()
        self.project.write("exports/strange.tar", "x")
        self.project.write("exports/notes.txt", "x")
        result = self.rung("export", "--expire")
        self.assertEqual(result.code, 3)
        self.assertIn("strange.tar", result.out)
        self.assertNotIn("notes.txt", result.out)
        self.assertTrue(os.path.exists(self.project.path("exports/strange.tar")))

    def test_a_killed_run_leaves_nothing_with_the_final_name(self):
        numbers = ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
                   " SELECT 1, 'note ' || i FROM n")
        self.db.execute(f"INSERT INTO notes {numbers};")
        for begun in (False, True):
            run = self.project.start("export", "--subject", "users:1")
            wait_until(lambda: self.history()[-1:] == [("running",)]
                       and (not begun or self.written("notes.jsonl")))
            os.kill(run.process.pid, signal.SIGSTOP)
            self.assertEqual(self.files(), [f for f in self.files() if f.endswith(".work")])
            listed = self.ok("export", "--list", "--json").json()["exports"][0]
            self.assertEqual(listed["status"], "running")
            run.process.kill()
            run.process.wait()
            for reader in run.readers:
                reader.join()
            listed = self.ok("export", "--list", "--json").json()["exports"][0]
            self.assertEqual((listed["status"], listed["problem"]), ("failed", "it was interrupted"))
            self.assertEqual(self.files(), [])
        self.assertEqual(len(self.export()[1]["notes"]), 300002)

    def test_another_folder_is_named(self):
        path = self.ok("export", "--subject", "users:1", "--output", "there", "--json").json()["path"]
        self.assertEqual(os.path.dirname(path), self.project.path("there"))
        self.assertEqual(os.stat(self.project.path("there")).st_mode & 0o777, 0o700)
        self.assertEqual(self.files(), [])
        self.ok("export", "--list")
        self.fails(1, "export", "--subject", "users:1", "--output", "no/such")

    def test_what_a_run_without_a_row_left_is_removed(self):
        for name, lock in (("a.tar.work", True), ("b.tar.work", False), ("c.work", True)):
            os.makedirs(self.project.path("exports", name))
            if lock:
                self.project.write(f"exports/{name}/lock", "")
        self.ok("export", "--list")
        self.assertEqual(self.files(), ["b.tar.work", "c.work"])

    def test_two_runs_at_once_have_names_of_their_own(self):
        runs = [self.project.start("export", "--subject", "users:1") for _ in range(3)]
        for run in runs:
            result = run.end()
            self.assertEqual(result.code, 0, str(result))
        self.assertEqual(len(self.files()), 3)
        self.assertEqual(self.history(), [("completed",)] * 3)


del Export
main()
