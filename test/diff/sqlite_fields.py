#!/usr/bin/env python3
"""Each kind of SQLite's objects, field by field: what one changes is one difference, by its name, and a
snapshot in JSON holds all of it. usage: sqlite_fields.py"""
import json
import os
import subprocess
import unittest

import sqlite_observer as observer

TABLE, REST = "CREATE TABLE t (a TEXT, b INTEGER, CHECK (b > 0));", "CREATE TABLE other (x);"
INDEX, VIEW = "CREATE INDEX i ON t (a);", "CREATE VIEW v AS SELECT a FROM t;"
TRIGGER = "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;"
FTS = "CREATE VIRTUAL TABLE f USING fts5 (a);"

FIELDS = [  # kind, field, before, after
    ("lite_table", "columns", TABLE, TABLE.replace("a TEXT", "a TEXT NOT NULL")),
    ("lite_table", "columns", TABLE, TABLE.replace("a TEXT", "a TEXT COLLATE NOCASE")),
    ("lite_table", "columns", TABLE, TABLE.replace("b INTEGER", "b INTEGER DEFAULT 7")),
    ("lite_table", "columns", TABLE, TABLE.replace("b INTEGER", "b INTEGER, c AS (b) STORED")),
    ("lite_table", "constraints", TABLE, TABLE.replace("b > 0", "b > 1")),
    ("lite_table", "constraints", TABLE, TABLE.replace("CHECK", "CONSTRAINT c CHECK")),
    ("lite_table", "constraints", TABLE, TABLE.replace("CHECK", "UNIQUE (a) ON CONFLICT FAIL, CHECK")),
    ("lite_table", "options", TABLE, TABLE.replace(";", " STRICT;")),
    ("lite_table", "options", TABLE.replace("a TEXT", "a TEXT PRIMARY KEY"),
     TABLE.replace("a TEXT", "a TEXT PRIMARY KEY").replace(";", " WITHOUT ROWID;")),
    ("lite_table", "module", FTS, FTS.replace("(a)", "(a, tokenize = 'porter')")),
    ("lite_index", "form", TABLE + INDEX, TABLE + INDEX.replace("(a)", "(a DESC)")),
    ("lite_index", "form", TABLE + INDEX, TABLE + INDEX.replace("INDEX", "UNIQUE INDEX")),
    ("lite_index", "form", TABLE + INDEX, TABLE + INDEX.replace(";", " WHERE b > 3;")),
    ("lite_view", "form", TABLE + VIEW, TABLE + VIEW.replace("SELECT a", "SELECT b")),
    ("lite_trigger", "form", TABLE + TRIGGER, TABLE + TRIGGER.replace("AFTER", "BEFORE")),
]


class Fields(unittest.TestCase):
    def setUp(self):
        kept = observer.folder()
        self.addCleanup(kept.cleanup)
        self.old, self.new = (os.path.join(kept.name, name) for name in ("old.db", "new.db"))
        self.snapshot = os.path.join(kept.name, "snapshot.json")

    def build(self, old, new):
        for path, sql in ((self.old, old), (self.new, new)):
            if os.path.exists(path):
                os.remove(path)
            observer.connect(path, sql + REST).close()

    def one_way(self, old, new, kind, field):
        self.build(old, new)
        text, error = observer.diff(self.old, self.new, "--format", "json")
        self.assertIsNone(error)
        changes = [change for change in json.loads(text)["changes"] if not change["caused"]]
        self.assertEqual([(change["kind"], change["fields"]) for change in changes], [(kind, [field])])
        script, error = observer.diff(self.old, self.new)
        self.assertIsNone(error or observer.apply(self.old, script), script)
        connection, wanted = observer.connect(self.old), observer.connect(self.new)
        self.assertIsNone(observer.first_difference(observer.schema(connection, True), observer.schema(wanted, True)))
        connection.close(), wanted.close()
        self.assertEqual(observer.diff(self.old, self.new), ("", None))

    def test_each_is_one_difference_and_back(self):
        for kind, field, before, after in FIELDS:
            for old, new in ((before, after), (after, before)):
                with self.subTest(kind=kind, field=field, old=old, new=new):
                    self.one_way(old, new, kind, field)

    def test_a_virtual_table_is_another_kind_of_table(self):
        self.build(FTS, "CREATE TABLE f (a);")
        text, _ = observer.diff(self.old, self.new, "--format", "json")
        self.assertIn("is_virtual", json.loads(text)["changes"][0]["fields"])

    def test_a_snapshot_holds_all_of_it(self):
        for _, _, before, after in FIELDS:
            self.build(before, after)
            dump = subprocess.run([observer.RUNG, "dump", "--url", f"sqlite:{self.new}", "--format", "json"],
                                  capture_output=True, text=True)
            self.assertEqual(dump.returncode, 0, dump.stderr)
            with open(self.snapshot, "w", encoding="utf-8") as file:
                file.write(dump.stdout)
            run = subprocess.run([observer.RUNG, "diff", "--from", self.snapshot, "--to", f"sqlite:{self.new}"],
                                 capture_output=True, text=True)
            self.assertEqual((run.stdout, run.returncode), ("", 0), run.stderr)
            run = subprocess.run([observer.RUNG, "diff", "--from", f"sqlite:{self.old}", "--to", self.snapshot],
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIsNone(observer.apply(self.old, run.stdout), run.stdout)
            self.assertEqual(observer.diff(self.old, self.new), ("", None))


if __name__ == "__main__":
    unittest.main()
