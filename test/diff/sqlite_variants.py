#!/usr/bin/env python3
"""One aspect of one table at a time: every ordered pair of variants, with rows, foreign keys on, views,
triggers of its own and of other tables. usage: sqlite_variants.py [--only OLD NEW] [--every N]

With --every 3 each variant is left and reached still, by a third of the pairs."""
import os
import sys

import sqlite_observer as observer

COLUMNS = ["id INTEGER PRIMARY KEY", "name TEXT", "qty INTEGER", "price REAL", "pid INTEGER", "note TEXT"]


def table(tail="", more=(), **changed):
    """The base table with some columns written differently; None leaves one out."""
    listed = [changed.pop(column.split()[0], column) for column in COLUMNS]
    assert not changed
    return f"CREATE TABLE t ({', '.join([c for c in listed if c] + list(more))}){tail};"


ONLY = {"id": "id INTEGER PRIMARY KEY"}
VARIANTS = {
    "base": table(),
    "type text": table(qty="qty TEXT"),
    "type numeric": table(price="price NUMERIC"),
    "type varchar 255": table(name="name VARCHAR(255)"),
    "type varchar 100": table(name="name VARCHAR(100)"),
    "type blob": table(name="name BLOB"),
    "type real": table(qty="qty REAL"),
    "no type": table(qty="qty"),
    "not null": table(name="name TEXT NOT NULL"),
    "not null on conflict": table(name="name TEXT NOT NULL ON CONFLICT IGNORE"),
    "default": table(note="note TEXT DEFAULT 'none'"),
    "default expression": table(note="note TEXT DEFAULT (lower('NONE') || 1)"),
    "default time": table(note="note TEXT DEFAULT CURRENT_TIMESTAMP"),
    "collate": table(name="name TEXT COLLATE NOCASE"),
    "unique": table(name="name TEXT UNIQUE"),
    "unique on conflict": table(name="name TEXT UNIQUE ON CONFLICT REPLACE"),
    "unique of two": table(more=["UNIQUE (name, qty)"]),
    "unique with a name": table(more=["CONSTRAINT one UNIQUE (name COLLATE NOCASE)"]),
    "check": table(qty="qty INTEGER CHECK (qty >= 0)"),
    "check with a name": table(qty="qty INTEGER CONSTRAINT positive CHECK (qty >= 0)"),
    "check of two": table(more=["CHECK (qty >= 0 OR price > 1.5)"]),
    "check that qualifies": table(more=["CHECK (t.qty >= 0)"]),
    "references": table(pid="pid INTEGER REFERENCES p"),
    "references on delete": table(pid="pid INTEGER REFERENCES p (id) ON DELETE CASCADE"),
    "references set default": table(pid="pid INTEGER DEFAULT 1 REFERENCES p ON DELETE SET DEFAULT"),
    "references deferred": table(pid="pid INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED"),
    "foreign key": table(more=["CONSTRAINT up FOREIGN KEY (pid) REFERENCES p (id) ON UPDATE SET NULL"]),
    "strict": table(" STRICT"),
    "strict any": table(" STRICT", qty="qty ANY"),
    "without rowid": table(" WITHOUT ROWID"),
    "strict without rowid": table(" STRICT, WITHOUT ROWID"),
    "autoincrement": table(id="id INTEGER PRIMARY KEY AUTOINCREMENT"),
    "key descending": table(id="id INTEGER PRIMARY KEY DESC"),
    "no key": table(id="id INTEGER"),
    "key of two": table(id="id INTEGER", more=["PRIMARY KEY (id, name)"]),
    "key of the table": table(id="id INTEGER", more=["PRIMARY KEY (id)"]),
    "key of int": table(id="id INT PRIMARY KEY"),
    "generated": table(more=["total AS (qty * price)"]),
    "generated stored": table(more=["total REAL GENERATED ALWAYS AS (qty * price) STORED"]),
    "column less": table(note=None),
    "column more": table(more=["extra TEXT NOT NULL DEFAULT 'x'"]),
    "column more unique": table(more=["other TEXT UNIQUE"]),
    "index": table() + "CREATE INDEX i ON t (name);",
    "index descending": table() + "CREATE INDEX i ON t (name DESC);",
    "index partial": table() + "CREATE INDEX i ON t (name) WHERE qty > 0;",
    "index expression": table() + "CREATE INDEX i ON t (lower(name), qty);",
    "index collate": table() + "CREATE UNIQUE INDEX i ON t (name COLLATE NOCASE);",
}

BEFORE = """
CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
CREATE TABLE log (text TEXT);
"""
AFTER = """
CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) ON DELETE CASCADE);
CREATE VIEW v AS SELECT id, name, qty FROM t;
CREATE VIEW vv AS SELECT name FROM v WHERE qty > 0;
CREATE TRIGGER own AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (new.name); END;
CREATE TRIGGER other AFTER DELETE ON child BEGIN UPDATE t SET qty = qty + 1 WHERE id = old.t_id; END;
CREATE TRIGGER into_view INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, name) VALUES (new.id, new.name); END;
"""
ROWS = """
INSERT INTO p VALUES (1, 'a'), (2, 'b');
INSERT INTO t (id, name, qty, price, pid) VALUES (3, 'Ann', 1, 2.5, 1), (8, '007', 0, 10, 2),
    (9, 'x', 5, 3, NULL), (20, 'gone', 1, 1, 1);
PRAGMA foreign_keys = OFF;
INSERT INTO child VALUES (1, 3), (2, 3), (3, 9);
DELETE FROM t WHERE id = 20;
"""


def create(path, name, rows):
    connection = observer.connect(path, BEFORE + VARIANTS[name] + AFTER + (ROWS if rows else ""))
    return connection


def rowids(connection):
    """(how the rowids are held, what they are)"""
    try:
        rows = connection.execute("SELECT rowid, id FROM t ORDER BY id").fetchall()
    except observer.sqlite3.OperationalError:
        return "without", None
    names = [key[0] for key in connection.execute("SELECT name FROM pragma_index_list('t') WHERE origin = 'pk'")]
    keyed = connection.execute("SELECT 1 FROM pragma_table_info('t') WHERE pk").fetchall()
    return "the key" if keyed and not names else "hidden", rows


def expected(old, wanted, names):
    """What the rows become when they are inserted into the wanted table: SQLite's own conversions."""
    rows = old.execute(f"SELECT {', '.join(names)} FROM t ORDER BY id").fetchall()
    wanted.execute("BEGIN")
    wanted.execute("PRAGMA defer_foreign_keys = ON")
    wanted.executemany(f"INSERT OR ABORT INTO t ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                       rows)
    result = wanted.execute(f"SELECT {', '.join(names)} FROM t ORDER BY id").fetchall()
    wanted.execute("ROLLBACK")
    return result


def facts(connection, names):
    result = {"rows": connection.execute(f"SELECT {', '.join(names)} FROM t ORDER BY id").fetchall(),
              "types": connection.execute(
                  f"SELECT {', '.join(f'typeof({n})' for n in names)} FROM t ORDER BY id").fetchall(),
              "child": connection.execute("SELECT * FROM child").fetchall(),
              "p": connection.execute("SELECT * FROM p").fetchall(),
              "log": connection.execute("SELECT * FROM log").fetchall()}
    held, rows = rowids(connection)
    result["held"] = held
    if rows:
        result["rowids"] = rows
    if "AUTOINCREMENT" in connection.execute("SELECT sql FROM sqlite_schema WHERE name = 't'").fetchone()[0]:
        result["sequence"] = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 't'").fetchall()
    return result


def check(folder, old_name, new_name, wanted_path):
    """None, or what is wrong."""
    path = os.path.join(folder, "old.db")
    if os.path.exists(path):
        os.remove(path)
    connection, wanted = create(path, old_name, True), observer.connect(wanted_path)
    names = [name for name in observer.columns(connection, "t")[0]
             if name in observer.columns(wanted, "t")[0]]
    before, rows = facts(connection, names), expected(connection, wanted, names)
    if observer.schema(connection) == observer.schema(wanted):
        return "the two variants do not differ"
    connection.close()
    script, error = observer.diff(path, wanted_path)
    error = error or observer.apply(path, script)
    if error:
        return error + "\n" + (script or "")
    connection = observer.connect(path)
    after, problem = facts(connection, names), observer.healthy(connection)
    problem = problem or observer.first_difference(observer.schema(connection), observer.schema(wanted))
    if not problem and after["rows"] != rows:
        problem = f"rows: {after['rows']} wanted {rows}"
    for fact in ("child", "p", "log", "rowids", "sequence"):
        if fact == "rowids" and after["held"] == "the key" and before["held"] != "the key":
            continue  # the key decides
        if not problem and fact in before and fact in after and before[fact] != after[fact]:
            problem = f"{fact}: {after[fact]} before {before[fact]}"
    if not problem and isinstance(observer.broken_keys(connection), int) and observer.broken_keys(connection):
        problem = "broken foreign keys"
    connection.close()
    wanted.close()
    again = observer.diff(path, wanted_path)
    if not problem and again != ("", None):
        problem = f"the second diff is not empty: {again}"
    return f"{problem}\n{script}" if problem else None


def main():
    every = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    pairs = [(a, b) for i, a in enumerate(VARIANTS) for k, b in enumerate(VARIANTS)
             if a != b and (i + k) % every == 0]
    if "--only" in sys.argv:
        at = sys.argv.index("--only")
        pairs = [(sys.argv[at + 1], sys.argv[at + 2])]
    failed = 0
    with observer.folder() as folder:
        wanted = {}
        for name in VARIANTS:
            wanted[name] = os.path.join(folder, name.replace(" ", "_") + ".db")
            create(wanted[name], name, False).close()
        for old, new in pairs:
            problem = check(folder, old, new, wanted[new])
            if problem:
                failed += 1
                print(f"{old} -> {new}: {problem}\n")
    print(f"sqlite variants: {len(pairs) - failed} of {len(pairs)} pairs")
    return 1 if failed or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
