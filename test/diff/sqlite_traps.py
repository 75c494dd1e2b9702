#!/usr/bin/env python3
"""What goes wrong when an SQLite table is rebuilt by hand, each as a test. usage: sqlite_traps.py"""
import os
import unittest

import sqlite_observer as observer


class Traps(unittest.TestCase):
    def setUp(self):
        self.kept = observer.folder()
        self.addCleanup(self.kept.cleanup)

    def path(self, name):
        return os.path.join(self.kept.name, name)

    def script(self, old, new, *options):
        observer.connect(self.path("old.db"), old).close()
        observer.connect(self.path("new.db"), new).close()
        script, error = observer.diff(self.path("old.db"), self.path("new.db"), *options)
        self.assertIsNone(error)
        return script

    def run_script(self, script):
        self.assertIsNone(observer.apply(self.path("old.db"), script), script)

    def changed(self, old, new, *options):
        """The old database after the change, which must have arrived."""
        script = self.script(old, new, *options)
        self.run_script(script)
        connection, wanted = observer.connect(self.path("old.db")), observer.connect(self.path("new.db"))
        self.assertIsNone(observer.first_difference(observer.schema(connection), observer.schema(wanted)), script)
        self.assertEqual(observer.healthy(connection), [])
        self.assertEqual(observer.diff(self.path("old.db"), self.path("new.db")), ("", None))
        self.addCleanup(connection.close)
        self.addCleanup(wanted.close)
        return connection

    def refused(self, old, new, message):
        """The change stops before the first write: nothing is different afterwards."""
        script = self.script(old, new)
        before = observer.connect(self.path("old.db"))
        dump = list(before.iterdump())
        before.close()
        error = observer.apply(self.path("old.db"), script)
        self.assertIsNotNone(error, script)
        self.assertIn(message, error)
        after = observer.connect(self.path("old.db"))
        self.assertEqual(list(after.iterdump()), dump)
        after.close()

    # 1: DROP TABLE of a parent deletes child rows by cascade, and the pragma has no effect in a transaction

    PARENT = """CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT%s);
        CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE);"""
    PARENT_ROWS = "INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1), (1);"

    def test_child_rows_survive_the_rebuild_of_their_parent(self):
        connection = self.changed(self.PARENT % "" + self.PARENT_ROWS, self.PARENT % " UNIQUE")
        self.assertEqual(connection.execute("SELECT count(*) FROM c").fetchone(), (2,))

    def test_the_script_refuses_to_run_inside_a_transaction(self):
        script = self.script(self.PARENT % "" + self.PARENT_ROWS, self.PARENT % " UNIQUE")
        error = observer.apply(self.path("old.db"), "BEGIN;\n" + script)
        self.assertIn("within a transaction", error)
        connection = observer.connect(self.path("old.db"))
        self.assertEqual(connection.execute("SELECT count(*) FROM c").fetchone(), (2,))
        connection.close()

    def test_rows_whose_key_would_lead_nowhere_stop_the_script(self):
        self.refused(self.PARENT % "" + self.PARENT_ROWS,
                     "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE q (id INTEGER PRIMARY KEY);"
                     "CREATE TABLE c (p INTEGER REFERENCES q ON DELETE CASCADE);", "c: rows without their row of q")

    def test_rows_that_led_nowhere_before_do_not_stop_it(self):
        old = self.PARENT % "" + self.PARENT_ROWS + "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (9);"
        connection = self.changed(old, self.PARENT % " UNIQUE")
        self.assertEqual(connection.execute("SELECT count(*) FROM c").fetchone(), (3,))

    def test_a_key_that_does_not_match_its_parent_elsewhere_does_not_stop_it(self):
        extra = "CREATE TABLE m (a REFERENCES p (a)); CREATE TABLE n (x REFERENCES nowhere);"
        self.changed(self.PARENT % ", b" + extra, self.PARENT % ", b NOT NULL" + extra)

    # 2: views and triggers that name the table make RENAME fail; the old table renamed away takes keys along

    def test_views_and_triggers_of_other_tables_survive(self):
        table = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT%s); CREATE TABLE o (x);"
        rest = """CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
            CREATE TRIGGER tr AFTER INSERT ON o BEGIN INSERT INTO t (a) VALUES (new.x); END;
            CREATE VIEW broken AS SELECT * FROM nowhere;"""
        connection = self.changed(table % "" + rest, table % " NOT NULL" + rest)
        connection.execute("INSERT INTO o VALUES ('x')")
        self.assertEqual(connection.execute("SELECT a FROM w").fetchall(), [("x",)])

    def test_foreign_keys_of_other_tables_keep_their_text(self):
        connection = self.changed(self.PARENT % "", self.PARENT % " UNIQUE")
        sql = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'c'").fetchone()[0]
        self.assertIn("REFERENCES p ON DELETE CASCADE", sql)

    # 3: indexes, triggers and the sequence go with the table

    def test_indexes_triggers_and_the_sequence_come_again(self):
        table = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT%s); CREATE TABLE log (a);"
        rest = """CREATE INDEX i ON t (a DESC) WHERE a > 'b';
            CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END;"""
        rows = "INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id = 3; DELETE FROM log;"
        connection = self.changed(table % "" + rest + rows, table % " NOT NULL" + rest)
        connection.execute("INSERT INTO t (a) VALUES ('w')")
        self.assertEqual(connection.execute("SELECT max(id) FROM t").fetchone(), (4,))
        self.assertEqual(connection.execute("SELECT * FROM log").fetchall(), [(4,)])

    def test_the_sequence_of_an_empty_table_is_kept(self):
        table = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT%s);"
        rows = "INSERT INTO t VALUES (7, 'x'); DELETE FROM t;"
        connection = self.changed(table % "" + rows, table % " NOT NULL")
        self.assertEqual(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall(), [("t", 7)])

    def test_the_sequence_follows_a_new_name(self):
        table = "CREATE TABLE %s (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT%s);"
        rows = "INSERT INTO t VALUES (7, 'x'); DELETE FROM t;"
        connection = self.changed(table % ("t", "") + rows, table % ("u", " NOT NULL"), "--rename", "t=u")
        self.assertEqual(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall(), [("u", 7)])

    # 4: rowids that have no name are numbered anew

    def test_rowids_that_an_fts_table_refers_to_stay(self):
        table = "CREATE TABLE t (a TEXT%s); CREATE VIRTUAL TABLE f USING fts5 (a, content='t');"
        rows = """INSERT INTO t (rowid, a) VALUES (3, 'apple'), (7, 'pear');
            INSERT INTO f (f) VALUES ('rebuild');"""
        connection = self.changed(table % "" + rows, table % " NOT NULL")
        found = "SELECT t.a FROM f JOIN t ON t.rowid = f.rowid WHERE f MATCH 'pear'"
        self.assertEqual(connection.execute(found).fetchall(), [("pear",)])
        self.assertEqual(connection.execute("SELECT rowid FROM t").fetchall(), [(3,), (7,)])

    def test_rowids_stay_when_a_column_is_called_rowid(self):
        table = "CREATE TABLE t (rowid TEXT, oid TEXT, a TEXT%s);"
        rows = "INSERT INTO t (_rowid_, rowid, oid, a) VALUES (5, 'r', 'o', 'a');"
        connection = self.changed(table % "" + rows, table % " NOT NULL")
        self.assertEqual(connection.execute("SELECT _rowid_, * FROM t").fetchall(), [(5, "r", "o", "a")])

    # 5: only the text has all of it

    def test_the_wanted_text_is_kept_as_it_was_written(self):
        new = """CREATE TABLE t (
                -- the key
                id INTEGER PRIMARY KEY ON CONFLICT ABORT, a VARCHAR(255) COLLATE NOCASE DEFAULT 'x',
                CONSTRAINT "it's" CHECK (a <> ')' /* not this */), UNIQUE (a COLLATE RTRIM DESC) ON CONFLICT FAIL)"""
        connection = self.changed("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);", new)
        sql = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 't'").fetchone()[0]
        self.assertEqual(sql.replace('TABLE "t"', "TABLE t"), new)

    # 6: virtual tables own tables that are none of the schema

    def test_shadow_tables_are_left_alone(self):
        old = "CREATE VIRTUAL TABLE f USING fts5 (a); INSERT INTO f VALUES ('x');"
        connection = self.changed(old, "CREATE VIRTUAL TABLE f USING fts5 (a); CREATE TABLE t (a);")
        self.assertEqual(connection.execute("SELECT count(*) FROM f WHERE f MATCH 'x'").fetchone(), (1,))

    def test_a_new_index_of_another_tables_rows_is_filled(self):
        old = "CREATE TABLE t (a, b); INSERT INTO t VALUES ('apple', 1);"
        new = "CREATE TABLE t (a, b UNIQUE); CREATE VIRTUAL TABLE f USING fts5 (a, content = 't');"
        connection = self.changed(old, new)
        self.assertEqual(connection.execute("SELECT count(*) FROM f WHERE f MATCH 'apple'").fetchone(), (1,))

    def test_a_table_that_becomes_virtual_takes_no_child_rows_along(self):
        child = "CREATE TABLE c (t INTEGER REFERENCES t ON DELETE CASCADE);"
        old = "CREATE TABLE t (id INTEGER PRIMARY KEY, a);" + child
        rows = "INSERT INTO t VALUES (1, 'x'); INSERT INTO c VALUES (1);"
        script = self.script(old + rows, "CREATE VIRTUAL TABLE t USING fts5 (a);" + child)
        self.assertIn("PRAGMA foreign_keys = OFF", script)
        self.run_script(script)
        connection = observer.connect(self.path("old.db"))
        self.assertEqual(connection.execute("SELECT count(*) FROM c").fetchone(), (1,))
        connection.close()

    def test_what_is_only_laid_out_in_another_way_is_equal(self):
        old = """CREATE TABLE t (id integer primary key, "a" text not null /* x */, FOREIGN KEY(a) REFERENCES t(id));
            CREATE INDEX [i] ON t(a desc);"""
        new = """CREATE TABLE "T" (  id INTEGER PRIMARY KEY,
            a TEXT NOT NULL, foreign key (`a`) references "t" ("id"));
            CREATE INDEX i ON "t" ("a" DESC)"""
        self.assertEqual(self.script(old, new), "")

    # what the rows refuse is found before the first write

    def test_rows_that_are_null_stop_it(self):
        self.refused("CREATE TABLE t (a); INSERT INTO t VALUES (1), (NULL);", "CREATE TABLE t (a NOT NULL);",
                     "t.a: rows that are NULL")

    def test_a_column_without_a_value_stops_it(self):
        self.refused("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "CREATE TABLE t (a, b NOT NULL);",
                     "t.b: rows, which would have no value")
        os.remove(self.path("old.db")), os.remove(self.path("new.db"))
        self.changed("CREATE TABLE t (a);", "CREATE TABLE t (a, b NOT NULL);")

    def test_duplicates_stop_it(self):
        old = "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('X');"
        self.refused(old, "CREATE TABLE t (a TEXT COLLATE NOCASE UNIQUE);", "several rows")
        os.remove(self.path("old.db")), os.remove(self.path("new.db"))
        self.refused(old, "CREATE TABLE t (a TEXT); CREATE UNIQUE INDEX i ON t (lower(a));", "several rows of i")

    def test_an_on_conflict_clause_does_not_eat_rows(self):
        self.refused("CREATE TABLE t (a); INSERT INTO t VALUES (1), (1);",
                     "CREATE TABLE t (a UNIQUE ON CONFLICT REPLACE);", "several rows")

    def test_a_key_that_would_be_numbered_stops_it(self):
        self.refused("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (NULL);",
                     "CREATE TABLE t (a INTEGER PRIMARY KEY);", "t.a: rows that are NULL")

    def test_values_of_another_type_stop_it(self):
        self.refused("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('7'), ('abc');",
                     "CREATE TABLE t (a INTEGER) STRICT;", "t.a: values that are no integer")

    def test_integers_that_a_real_number_cannot_hold_stop_it(self):
        self.refused("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (9007199254740993);",
                     "CREATE TABLE t (a REAL);", "a real number cannot hold")

    def test_rows_that_a_check_refuses_stop_it(self):
        self.refused("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (-1);",
                     "CREATE TABLE t (a INTEGER CHECK (a > 0));", "rows that CHECK (a > 0) refuses")

    def test_text_and_bytes_change_places_in_a_strict_table(self):
        connection = self.changed("CREATE TABLE t (a TEXT, b BLOB) STRICT; INSERT INTO t VALUES ('x', x'79');",
                                  "CREATE TABLE t (a BLOB, b TEXT) STRICT;")
        self.assertEqual(connection.execute("SELECT * FROM t").fetchall(), [(b"x", "y")])


if __name__ == "__main__":
    unittest.main()
