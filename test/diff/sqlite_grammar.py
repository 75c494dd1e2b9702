#!/usr/bin/env python3
"""CREATE TABLE in every form that SQLite's grammar knows: each is equal to itself, and leads to other tables
and back. usage: sqlite_grammar.py"""
import os
import sys

import sqlite_observer as observer

TABLES = [
    "CREATE TABLE t (a TEXT DEFAULT 'x' NOT NULL, b INT DEFAULT(1), c DEFAULT -1, d DEFAULT + 2)",
    'CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, b)',
    'CREATE TABLE t (a INTEGER, b, PRIMARY KEY(a AUTOINCREMENT))',
    'CREATE TABLE t (a UNSIGNED BIG INT, b NATIVE CHARACTER(70), c DOUBLE PRECISION, d DECIMAL(10,-5))',
    r"""CREATE TABLE t (a 'weird type' DEFAULT 3, b "other type"(7), c [third])""",
    'CREATE TABLE t (a NOT NULL NOT NULL UNIQUE UNIQUE, b NULL, c NULL ON CONFLICT IGNORE)',
    'CREATE TABLE t (a REFERENCES t(a) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE, b)',
    'CREATE TABLE t (a REFERENCES t DEFERRABLE, b REFERENCES x(y) ON DELETE SET DEFAULT)',
    'CREATE TABLE t (key, value, action, abort, row, of, temp, "index", replace, first, last, text TEXT, match, no, plan, query, view, virtual, without)',
    'CREATE TABLE t (a GENERATED ALWAYS AS (b+1), b, c INT GENERATED ALWAYS AS (b) STORED UNIQUE, d AS (a) VIRTUAL NOT NULL)',
    r"""CREATE TABLE t (a CHECK (a IN (1,2,(3))) CHECK(a like '%,%' escape '\'), b CHECK (CASE WHEN b THEN 1 ELSE 0 END))""",
    'CREATE TABLE t (a, CONSTRAINT x CHECK (a > 0) CONSTRAINT y UNIQUE (a) PRIMARY KEY (a), CONSTRAINT z FOREIGN KEY (a) REFERENCES t)',
    'CREATE TABLE t (a CONSTRAINT foo, b CONSTRAINT bar NOT NULL CONSTRAINT baz)',
    'CREATE TABLE t (a INT, b INT, UNIQUE(a COLLATE nocase, b DESC) ON CONFLICT ROLLBACK, CHECK(a<b) ON CONFLICT FAIL)',
    'CREATE TABLE t (a--c1,\n,b/*c2,)*/,c)',
    'CREATE TABLE t(a INT PRIMARY KEY,b ANY)WITHOUT ROWID,STRICT',
    r"""CREATE TABLE t AS SELECT 1 AS a, 'x' AS "b c", 2.5""",
    r"""CREATE TABLE t (a COLLATE "NOCASE", b COLLATE 'rtrim', c TEXT COLLATE [binary])""",
    'CREATE TABLE t ("" , b)',
    'CREATE TABLE t (a, generated, always)',
    'CREATE TABLE t (a integer primary key on conflict replace, b)',
    "CREATE TABLE t (a DEFAULT (CASE WHEN 1 THEN ')' ELSE '(' END), b DEFAULT current_timestamp, c DEFAULT x'0aff', d DEFAULT 0x10, e DEFAULT .5, f DEFAULT 1e-3)",
    "CREATE TABLE t (a JSON, b DATETIME DEFAULT (strftime('%Y-%m-%d', 'now')), c BOOLEAN NOT NULL DEFAULT FALSE CHECK (c IN (0,1)))",
    'CREATE TABLE t (a$b, _c, d1, été, "d.e", "f;g", "h--i", "j/*k")',
    'CREATE TABLE t (rowid INTEGER PRIMARY KEY, oid, _rowid_)',
    'CREATE TABLE t (a INT, FOREIGN KEY(a) REFERENCES p("x y") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)',
    "CREATE TABLE t (a, b AS (a -> '$.x'), c AS (a ->> '$.y'), d AS (a || b))",
    "CREATE TABLE t (a, b CHECK (b GLOB '[a-z]*' OR b IS NOT NULL AND b NOTNULL))"
]
OTHERS = ["CREATE TABLE t (zz)", "CREATE TABLE t (a UNIQUE, b)"]


def build(path, sql):
    if os.path.exists(path):
        os.remove(path)
    observer.connect(path, sql).close()


def change(old, new, source, target):
    """None, or what is wrong."""
    build(old, source)
    build(new, target)
    script, error = observer.diff(old, new)
    error = error or observer.apply(old, script)
    if error:
        return f"{error}\n{script}"
    connection, wanted = observer.connect(old), observer.connect(new)
    problem = observer.first_difference(observer.schema(connection), observer.schema(wanted))
    connection.close()
    wanted.close()
    again = observer.diff(old, new)
    return problem or (None if again == ("", None) else f"the second diff is not empty: {again}")


def main():
    done = failed = 0
    with observer.folder() as folder:
        old, new = os.path.join(folder, "old.db"), os.path.join(folder, "new.db")
        for table in TABLES:
            ways = [(table, table)] + [way for other in OTHERS for way in ((table, other), (other, table))]
            for source, target in ways:
                done += 1
                problem = change(old, new, source, target)
                if problem:
                    failed += 1
                    print(f"{source}\n-> {target}: {problem}\n")
    print(f"sqlite grammar: {done - failed} of {done} changes of {len(TABLES)} tables")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
