#!/usr/bin/env python3
"""The corpus of `rung diff` on SQLite: sqlite_corpus.py [NAME]…

Every folder corpus/sqlite/NAME holds a pair: old.sql and new.sql, with rows. rung writes the migration from
old to new, and from new to old; sqlite3 applies each with foreign keys on; sqlite_observer.py says whether
the outcome is what was wanted. Rows of tables and columns that stay must be there, and a second diff must
print nothing. The first lines of a file say what more is expected when it is the older side:
    -- options: --rename a=b      of rung diff; the other way round for the other direction
    -- has: TEXT, -- lacks: TEXT  in the script
    -- fails: TEXT                the rows are in the way, and nothing changes
A pair whose name begins with `same-` has no difference: the script must be empty."""
import os
import re
import sys

import sqlite_observer as observer
from sqlite_observer import quoted

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "sqlite")


def notes(sql, kind):
    return re.findall(rf"^-- {kind}: (.*)$", sql, re.M)


def options(old, new):
    said = [word for line in notes(old, "options") for word in line.split()]
    back = [word for line in notes(new, "options") for word in line.split()]
    turned = ["=".join(reversed(word.split("="))) if "=" in word else word for word in back]
    return said or turned


def ordinary(connection):
    return {row[0].lower(): row[0] for row in connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\'")}


def read(connection, table, names):
    listed = ", ".join(quoted(name) for name in names)
    return sorted(connection.execute(f"SELECT {listed} FROM {quoted(table)}").fetchall(), key=repr)


def expected(wanted, table, names, rows):
    """What SQLite makes of the rows in the wanted table, by itself."""
    wanted.execute("BEGIN")
    for row in wanted.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        wanted.execute(f"DROP TRIGGER {quoted(row[0])}")
    wanted.execute(f"DELETE FROM {quoted(table)}")
    listed, marks = ", ".join(quoted(name) for name in names), ", ".join("?" * len(names))
    wanted.executemany(f"INSERT OR ABORT INTO {quoted(table)} ({listed}) VALUES ({marks})", rows)
    result = read(wanted, table, names)
    wanted.execute("ROLLBACK")
    return result


def new_names(arguments):
    """The names that were said to change: {"old": "new", "old.column": "column"}, in lower case."""
    said = [word.lower().split("=") for word in arguments if "=" in word]
    return {old: new.split(".")[-1] for old, new in said}


def rows_of(connection, wanted, renames):
    """{table of wanted: (columns, rows as they must be)} for all that both sides have."""
    others, found = ordinary(wanted), {}
    for key, table in ordinary(connection).items():
        key = renames.get(key, key if key not in renames.values() else None)
        if key not in others:
            continue
        there = observer.columns(wanted, others[key])[0]
        pairs = [(name, renames.get(f"{table.lower()}.{name}", name)) for name in observer.columns(connection, table)[0]]
        pairs = [pair for pair in pairs if pair[1] in there]
        if pairs:
            old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            found[others[key]] = (new, expected(wanted, others[key], new, read(connection, table, old)))
    return found


def stopped(path, script, wanted_text):
    connection = observer.connect(path)
    before = list(connection.iterdump())
    connection.close()
    error = observer.apply(path, script)
    connection = observer.connect(path)
    after = list(connection.iterdump())
    connection.close()
    if not error or wanted_text not in error:
        return f"it should have stopped with {wanted_text}: {error}"
    return None if before == after else "it stopped half-way"


def compare(path, wanted_path, rows, arguments):
    connection, wanted = observer.connect(path), observer.connect(wanted_path)
    problem = observer.first_difference(observer.schema(connection), observer.schema(wanted))
    problem = problem or "; ".join(observer.healthy(connection))
    for table, (names, wanted_rows) in rows.items():
        if not problem and read(connection, table, names) != wanted_rows:
            problem = f"rows of {table}: {read(connection, table, names)}\n  wanted {wanted_rows}"
    connection.close()
    wanted.close()
    again = observer.diff(path, wanted_path, *[a for a in arguments if "=" not in a and a != "--rename"])
    if not problem and again != ("", None):
        problem = f"the second diff is not empty: {again}"
    return problem


def run(folder, old, new, same):
    """None, or what is wrong on the way from old to new."""
    path, wanted_path = (os.path.join(folder, name) for name in ("old.db", "new.db"))
    for file, sql in ((path, old), (wanted_path, new)):
        if os.path.exists(file):
            os.remove(file)
        observer.connect(file, sql).close()
    connection, wanted = observer.connect(path), observer.connect(wanted_path)
    fails, arguments = notes(old, "fails"), options(old, new)
    rows = {} if fails else rows_of(connection, wanted, new_names(arguments))
    broken = observer.broken_keys(connection)
    connection.close()
    wanted.close()
    script, error = observer.diff(path, wanted_path, *arguments)
    if error or same:
        return error or (f"not empty:\n{script}" if script else None)
    for text in notes(old, "has"):
        if text not in script:
            return f"without {text}:\n{script}"
    for text in notes(old, "lacks"):
        if text in script:
            return f"with {text}:\n{script}"
    if not script:
        return "the script is empty"
    problem = stopped(path, script, fails[0]) if fails else \
        observer.apply(path, script) or compare(path, wanted_path, rows, arguments)
    connection = observer.connect(path)
    if not problem and isinstance(broken, int) and observer.broken_keys(connection) not in range(broken + 1):
        problem = f"broken foreign keys: {observer.broken_keys(connection)}"
    connection.close()
    return f"{problem}\n{script}" if problem else None


def main():
    names = sys.argv[1:] or sorted(os.listdir(CORPUS))
    failed = 0
    with observer.folder() as folder:
        for name in names:
            sides = []
            for side in ("old", "new"):
                with open(os.path.join(CORPUS, name, side + ".sql"), encoding="utf-8") as file:
                    sides.append(file.read())
            for old, new, way in ((*sides, "forward"), (*reversed(sides), "reverse")):
                try:
                    problem = run(folder, old, new, name.startswith("same-"))
                except observer.sqlite3.Error as error:
                    problem = f"the pair itself: {error}"
                if problem:
                    failed += 1
                    print(f"{name}, {way}: {problem}\n")
    print(f"sqlite corpus: {2 * len(names) - failed} of {2 * len(names)}, {len(names)} pairs in both directions")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
