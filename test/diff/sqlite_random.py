#!/usr/bin/env python3
"""Random SQLite schemas and random changes of them, with rows. Many pairs share a database; a pair that
fails is made smaller before it is shown. usage: sqlite_random.py [--pairs N] [--seed S] [--batch N] [--exact]"""
import argparse
import copy
import os
import random
import sys

import sqlite_observer as observer

NAMES = ["a", "b", "c", "name", "order", "Mixed Case", 'qu"ote', "naïve", "group", "it's", "rowid", "x.y"]
KEYS = ["rowid", "auto", "descending", "int", "table", "two", "none", "unique"]
LOOSE = {"int": ["INTEGER", "INT", "BIGINT", "TEXT", "REAL", "NUMERIC", "", "BOOLEAN", "DECIMAL(10, 2)"],
         "text": ["TEXT", "VARCHAR(20)", "VARCHAR(99)", "CLOB", "BLOB", "", "NUMERIC", "INTEGER"]}
STRICT = {"int": ["INTEGER", "INT", "TEXT", "REAL", "ANY"], "text": ["TEXT", "ANY", "BLOB"]}
DEFAULTS = {"int": ["0", "-1", "(1 + 2)", "+7", "1e3"], "text": ["'x'", "'it''s'", "(lower('X'))", "CURRENT_DATE", '"dq"']}


def quote(name):
    return '"' + name.replace('"', '""') + '"'


class Maker:
    def __init__(self, chance):
        self.chance = chance
        self.serial = 0

    def maybe(self, one_in):
        return self.chance.randrange(one_in) == 0

    def column(self, table, name=None):
        holds = self.chance.choice(["int", "text"])
        return {"name": name or self.fresh(table), "holds": holds, "type": self.chance.randrange(99),
                "not_null": False, "default": None, "collate": None, "unique": False, "check": False,
                "conflict": None, "reference": None, "generated": None, "label": False}

    def fresh(self, table):
        used = {column["name"].lower() for column in table["columns"]} | {"id"}
        free = [name for name in NAMES if name not in used]
        self.serial += 1
        return self.chance.choice(free) if free and not self.maybe(3) else f"c{self.serial}"

    def decorate(self, column, tables, added):
        """Changes one thing about a column; `added`: the rows have no value for it."""
        pick = self.chance.randrange(9)
        if pick == 0:
            column["type"] = self.chance.randrange(99)
        elif pick == 1 and not (added and column["reference"]):
            column["default"] = None if column["default"] else self.chance.choice(DEFAULTS[column["holds"]])
        elif pick == 2 and not (added and not column["default"]):
            column["not_null"] = not column["not_null"]
        elif pick == 3:
            column["collate"] = self.chance.choice([None, "NOCASE", "RTRIM"])
        elif pick == 4 and not (added and column["default"]):
            column["unique"] = not column["unique"]
        elif pick == 5:
            column["check"] = not column["check"]
        elif pick == 6 and column["holds"] == "int" and not (added and column["default"]):
            column["reference"] = self.chance.choice([None] + [
                (table["name"], action) for table in tables
                for action in ("", " ON DELETE CASCADE", " ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED")])
        elif pick == 7:
            column["conflict"] = self.chance.choice([None, "REPLACE", "IGNORE", "FAIL"])
        elif pick == 8:
            column["label"] = not column["label"]

    def table(self, unit, tables):
        self.serial += 1
        table = {"name": f"{unit} t{self.serial}" if self.maybe(4) else f"{unit}_t{self.serial}", "columns": [],
                 "key": self.chance.choice(KEYS), "strict": self.maybe(4), "without": self.maybe(6), "rules": [],
                 "indexes": [], "triggers": [], "views": []}
        for _ in range(self.chance.randint(1, 5)):
            column = self.column(table)
            for _ in range(self.chance.randrange(3)):
                self.decorate(column, tables, False)
            table["columns"].append(column)
        if self.maybe(4):
            table["columns"].append(self.generated(table))
        for _ in range(self.chance.randrange(3)):
            self.change_parts(table)
        return table

    def generated(self, table):
        column = dict(self.column(table), holds="int")
        column["generated"] = (self.chance.choice(["VIRTUAL", "STORED", ""]), self.chance.randrange(5))
        return column

    def change_parts(self, table):
        names = [column["name"] for column in table["columns"]]
        pick = self.chance.randrange(4)
        self.serial += 1
        if pick == 0 and table["indexes"] and self.maybe(2):
            table["indexes"].pop(self.chance.randrange(len(table["indexes"])))
        elif pick == 0:
            some = self.chance.sample(names, min(len(names), self.chance.randint(1, 2)))
            table["indexes"].append({"name": f"i {self.serial}", "columns": some, "style": self.chance.randrange(5)})
        elif pick == 1 and table["triggers"] and self.maybe(2):
            table["triggers"].pop(self.chance.randrange(len(table["triggers"])))
        elif pick == 1:
            table["triggers"].append({"name": f"tr{self.serial}", "other": self.chance.randrange(9),
                                      "column": self.chance.choice(names)})
        elif pick == 2 and table["views"] and self.maybe(2):
            table["views"].pop(self.chance.randrange(len(table["views"])))
        elif pick == 2:
            table["views"].append({"name": f"v{self.serial}", "columns": self.chance.sample(names, 1),
                                   "on": self.chance.randrange(9), "instead": self.maybe(3)})
        elif table["rules"] and self.maybe(2):
            table["rules"].pop(self.chance.randrange(len(table["rules"])))
        else:
            table["rules"].append((self.chance.choice(["unique", "check", "self"]), self.chance.choice(names),
                                   self.chance.choice([None, f"rule {self.serial}"])))

    def unit(self, name):
        tables = []
        for _ in range(self.chance.randint(1, 3)):
            tables.append(self.table(name, tables))
        return {"name": name, "tables": tables}

    def mutate(self, unit):
        tables = unit["tables"]
        pick = self.chance.randrange(14)
        table = self.chance.choice(tables) if tables else None
        if pick == 0 or not table:
            tables.insert(self.chance.randint(0, len(tables)), self.table(unit["name"], tables))
        elif pick == 1:
            tables.remove(table)
        elif pick in (2, 3):
            column = self.column(table)
            for _ in range(self.chance.randrange(3)):
                self.decorate(column, tables, True)
            if not column["default"]:
                column["not_null"] = False
            if column["default"]:
                column["unique"] = False
            column["added"] = True
            place = len(table["columns"]) if self.maybe(2) else self.chance.randint(0, len(table["columns"]))
            table["columns"].insert(place, column)
        elif pick == 4 and len(table["columns"]) > 1:
            table["columns"].pop(self.chance.randrange(len(table["columns"])))
        elif pick in (5, 6, 7):
            column = self.chance.choice(table["columns"])
            self.decorate(column, tables, column.get("added", False))
        elif pick == 8:
            table["key"] = self.chance.choice(KEYS)
        elif pick == 9:
            table["strict"] = not table["strict"]
        elif pick == 10:
            table["without"] = not table["without"]
        elif pick == 11 and self.maybe(2):
            table["columns"].append(dict(self.generated(table), added=True))
        elif pick == 11:
            self.chance.shuffle(table["columns"])
        else:
            self.change_parts(table)


# ---- as SQL

def column_sql(table, column):
    types = (STRICT if table["strict"] else LOOSE)[column["holds"]]
    parts = [quote(column["name"]), types[column["type"] % len(types)]]
    if column["generated"]:
        stored, number = column["generated"]
        return f"{' '.join(parts)} AS (id + {number}) {stored}"
    conflict = f" ON CONFLICT {column['conflict']}" if column["conflict"] else ""
    if column["not_null"]:
        parts.append("NOT NULL" + conflict)
    if column["default"]:
        default = column["default"]
        if table["strict"] and column["holds"] == "int" and default == "1e3":
            default = "1000"
        parts.append(f"DEFAULT {default}")
    if column["collate"]:
        parts.append(f"COLLATE {column['collate']}")
    if column["unique"]:
        parts.append("UNIQUE" + conflict)
    if column["label"]:
        parts.append("CONSTRAINT " + quote("label of " + column["name"]))
    if column["check"]:
        parts.append(f"CHECK (length({quote(column['name'])}) < 100)")
    elif column["label"]:
        parts.append("CHECK (id IS NOT NULL)")
    if column["reference"]:
        parts.append(f"REFERENCES {quote(column['reference'][0])} (id){column['reference'][1]}")
    return " ".join(part for part in parts if part)


def table_sql(table):
    without = table["without"] and table["key"] not in ("auto", "none", "unique")
    integer = "INT" if table["key"] == "int" else "INTEGER"
    tail = {"rowid": " PRIMARY KEY", "auto": " PRIMARY KEY AUTOINCREMENT", "descending": " PRIMARY KEY DESC",
            "int": " PRIMARY KEY", "unique": " UNIQUE"}.get(table["key"], "")
    names = {column["name"] for column in table["columns"]}
    lines = [f"id {integer}{tail}"] + [column_sql(table, column) for column in table["columns"]]
    plain = [column["name"] for column in table["columns"] if not column["generated"]]
    if table["key"] == "table":
        lines.append("PRIMARY KEY (id)")
    if table["key"] == "two":
        lines.append(f"PRIMARY KEY (id{''.join(', ' + quote(name) for name in plain[:1])})")
    for kind, name, label in table["rules"]:
        if name in names:
            lines.append((f"CONSTRAINT {quote(label)} " if label else "") + {
                "unique": f"UNIQUE (id, {quote(name)})", "check": f"CHECK ({quote(name)} IS NOT 'never')",
                "self": f"FOREIGN KEY (id) REFERENCES {quote(table['name'])} (id)"}[kind])
    options = ["STRICT"] * table["strict"] + ["WITHOUT ROWID"] * without
    return f"CREATE TABLE {quote(table['name'])} ({', '.join(lines)}) {', '.join(options)};"


def parts_sql(unit, table):
    names = {column["name"] for column in table["columns"]}
    for index in table["indexes"]:
        columns = [quote(name) for name in index["columns"] if name in names]
        if not columns:
            continue
        shape = ["({})", "({} DESC)", "({}) WHERE id > 3", "(lower({}), id)", "({} COLLATE NOCASE)"][index["style"]]
        body = shape.format((" DESC, " if index["style"] == 1 else ", ").join(columns) if index["style"] < 3 else columns[0])
        yield f"CREATE INDEX {quote(index['name'])} ON {quote(table['name'])} {body};"
    for view in table["views"]:
        columns = [quote(name) for name in view["columns"] if name in names]
        earlier = [other["name"] for other in table["views"] if other["name"] < view["name"]]
        source = quote(table["name"]) if view["on"] % 2 or not earlier else earlier[0]
        listed = ", ".join(["id"] + (columns if source == quote(table["name"]) else []))
        yield f"CREATE VIEW {view['name']} AS SELECT {listed} FROM {source} WHERE id > {view['on']};"
        if view["instead"]:
            yield (f"CREATE TRIGGER {view['name']}_into INSTEAD OF INSERT ON {view['name']} BEGIN "
                   f"INSERT INTO {quote(table['name'])} (id) VALUES (new.id); END;")
    for trigger in table["triggers"]:
        other = unit["tables"][trigger["other"] % len(unit["tables"])]
        if trigger["column"] in names:
            yield (f"CREATE TRIGGER {trigger['name']} AFTER UPDATE ON {quote(other['name'])} BEGIN "
                   f"UPDATE {quote(table['name'])} SET {quote(trigger['column'])} = NULL WHERE id = new.id; END;")


def unit_sql(unit):
    yield from (table_sql(table) for table in unit["tables"])
    for table in unit["tables"]:
        yield from parts_sql(unit, table)


def rows_sql(connection, unit):
    for table in unit["tables"]:
        plain = [column for column in table["columns"] if not column["generated"]]
        names = ", ".join(["id"] + [quote(column["name"]) for column in plain])
        for number in (3, 11, 12, 40):
            values = [number] + [number if column["holds"] == "int" else f"v{number}" for column in plain]
            marks = ", ".join("?" * len(values))
            if observer.columns(connection, table["name"])[1] and hidden_rowid(connection, table["name"]):
                name = hidden_rowid(connection, table["name"])
                connection.execute(f"INSERT INTO {quote(table['name'])} ({name}, {names}) VALUES (?, {marks})",
                                   [number * 10] + values)
            else:
                connection.execute(f"INSERT INTO {quote(table['name'])} ({names}) VALUES ({marks})", values)


def hidden_rowid(connection, table):
    """The name of a rowid that is no column, or None."""
    used = observer.columns(connection, table)[1]
    free = [name for name in ("rowid", "_rowid_", "oid") if name not in used]
    without = connection.execute("SELECT wr FROM pragma_table_list(?)", [table]).fetchone()[0]
    keys = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk", [table]).fetchall()
    index = connection.execute("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", [table]).fetchall()
    return free[0] if free and not without and not (keys and not index) else None


# ---- one database

def facts(connection, table, names):
    listed = ", ".join(quote(name) for name in names)
    result = {"rows": connection.execute(f"SELECT {listed} FROM {quote(table)} ORDER BY id").fetchall()}
    rowid = hidden_rowid(connection, table)
    if rowid:
        result["rowids"] = connection.execute(f"SELECT {rowid}, id FROM {quote(table)} ORDER BY id").fetchall()
    return result


def expected(wanted, table, names, rows, end="ROLLBACK"):
    listed, marks = ", ".join(quote(name) for name in names), ", ".join("?" * len(names))
    wanted.execute("PRAGMA foreign_keys = OFF")
    wanted.execute("BEGIN")
    types = dict(wanted.execute("SELECT lower(name), type FROM pragma_table_info(?)", [table]).fetchall())
    strict = wanted.execute("SELECT strict FROM pragma_table_list(?)", [table]).fetchone()[0]
    for row in rows:
        row = [value.encode() if strict and types[name] == "BLOB" and isinstance(value, str) else
               value.decode() if strict and types[name] == "TEXT" and isinstance(value, bytes) else value
               for name, value in zip(names, row)]
        wanted.execute(f"INSERT OR ABORT INTO {quote(table)} ({listed}) VALUES ({marks})", row)
    result = wanted.execute(f"SELECT {listed} FROM {quote(table)} ORDER BY id").fetchall()
    wanted.execute(end)
    return result


def tables_of(connection):
    return [row[0] for row in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")]


def build(path, units, rows):
    if os.path.exists(path):
        os.remove(path)
    connection = observer.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript("BEGIN;\n" + "\n".join(line for unit in units for line in unit_sql(unit)) + "\nCOMMIT;")
    connection.execute("PRAGMA foreign_keys = OFF")
    if rows:
        connection.execute("BEGIN")
        for unit in units:
            rows_sql(connection, unit)
        connection.execute("COMMIT")
    return connection


def compare_rows(before, connection, wanted):
    for table, (names, old) in before.items():
        new = facts(connection, table, names)
        rows = expected(wanted, table, names, old["rows"])
        if new["rows"] != rows:
            return f"rows of {table}: {new['rows']} wanted {rows}"
        if "rowids" in old and "rowids" in new and old["rowids"] != new["rowids"]:
            return f"rowids of {table}: {new['rowids']} before {old['rowids']}"
    return None


ORDER = []  # options of rung diff


def run(folder, olds, news, rows):
    """None, or what is wrong with the change of all these pairs at once."""
    old_path, new_path = os.path.join(folder, "old.db"), os.path.join(folder, "new.db")
    connection, wanted = build(old_path, olds, rows), build(new_path, news, False)
    before, sequence = {}, []
    for table in set(tables_of(connection)) & set(tables_of(wanted)):
        there = set(observer.columns(wanted, table)[0])
        names = [name for name in observer.columns(connection, table)[0] if name in there]
        before[table] = (names, facts(connection, table, names))
    broken = observer.broken_keys(connection)
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").fetchone():
        sequence = connection.execute("SELECT * FROM sqlite_sequence").fetchall()
    connection.close()
    script, error = observer.diff(old_path, new_path, *ORDER)
    error = error or observer.apply(old_path, script)
    if error:
        wanted.close()
        return f"{error}\n{script}"
    connection = observer.connect(old_path)
    problem = observer.first_difference(observer.schema(connection, bool(ORDER)),
                                        observer.schema(wanted, bool(ORDER)))
    problem = problem or observer.healthy(connection) or compare_rows(before, connection, wanted)
    if not problem and isinstance(broken, int) and isinstance(observer.broken_keys(connection), int) \
            and rows and observer.broken_keys(connection) > broken:
        problem = "more broken foreign keys"
    now = dict(connection.execute("SELECT * FROM sqlite_sequence").fetchall()) if not problem and sequence and \
        connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").fetchone() else {}
    for name, number in sequence:
        if not problem and name in now and now[name] != number:
            problem = f"sequence of {name}: {now[name]} before {number}"
    connection.close()
    wanted.close()
    again = observer.diff(old_path, new_path, *ORDER)
    if not problem and again != ("", None):
        problem = f"the second diff is not empty: {again}"
    return f"{problem}\n{script}" if problem else None


# ---- smaller

def smaller(old, new):
    """Pairs with one thing less on both sides."""
    for name in {table["name"] for unit in (old, new) for table in unit["tables"]}:
        yield [dict(unit, tables=[t for t in unit["tables"] if t["name"] != name]) for unit in (old, new)]
    for name in {table["name"] for unit in (old, new) for table in unit["tables"]}:
        for part in ("indexes", "triggers", "views", "rules"):
            pair = copy.deepcopy([old, new])
            found = [table for unit in pair for table in unit["tables"] if table["name"] == name and table[part]]
            for table in found:
                table[part] = []
            if found:
                yield pair
        columns = {column["name"] for unit in (old, new) for table in unit["tables"] if table["name"] == name
                   for column in table["columns"]}
        for column in columns:
            pair = copy.deepcopy([old, new])
            for unit in pair:
                for table in unit["tables"]:
                    if table["name"] == name and len(table["columns"]) > 1:
                        table["columns"] = [c for c in table["columns"] if c["name"] != column]
            if pair != [old, new]:
                yield pair


def shrink(folder, old, new, rows):
    problem, steps, again = run(folder, [old], [new], rows), 0, True
    while again and steps < 300:
        again = False
        for pair in smaller(old, new):
            steps += 1
            try:
                found = run(folder, [pair[0]], [pair[1]], rows)
            except observer.sqlite3.Error:
                continue
            if found:
                (old, new), problem, again = pair, found, True
                break
    return old, new, problem


def show(folder, old, new, rows, seed):
    old, new, problem = shrink(folder, old, new, rows)
    print(f"---- seed {seed}, pair {old['name']}{' with rows' if rows else ''}\n" + "\n".join(unit_sql(old)))
    print("-- to\n" + "\n".join(unit_sql(new)) + f"\n-- {problem}\n")


def usable(maker, name, folder):
    """A pair that SQLite can hold, and whose rows fit into both sides."""
    while True:
        old = maker.unit(name)
        new = copy.deepcopy(old)
        for _ in range(maker.chance.randint(1, 4)):
            maker.mutate(new)
        try:
            connection, wanted = build(os.path.join(folder, "old.db"), [old], True), build(
                os.path.join(folder, "new.db"), [new], False)
            for table in set(tables_of(connection)) & set(tables_of(wanted)):
                there = set(observer.columns(wanted, table)[0])
                names = [n for n in observer.columns(connection, table)[0] if n in there]
                expected(wanted, table, names, facts(connection, table, names)["rows"], "COMMIT")
            broken, more = observer.broken_keys(connection), observer.broken_keys(wanted)
            connection.close()
            wanted.close()
            if not isinstance(more, int) or more <= (broken if isinstance(broken, int) else 0):
                return old, new
        except observer.sqlite3.Error:
            continue


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("--exact", action="store_true", help="the order of columns counts")
    arguments = parser.parse_args()
    ORDER.extend(["--column-order", "rebuild"] if arguments.exact else [])
    done = failed = 0
    with observer.folder() as folder:
        seed = arguments.seed
        while done < arguments.pairs:
            maker = Maker(random.Random(seed))
            pairs = [usable(maker, f"u{i}", folder) for i in range(min(arguments.batch, arguments.pairs - done))]
            for rows, a, b in ((True, 0, 1), (False, 1, 0)):
                together = run(folder, [pair[a] for pair in pairs], [pair[b] for pair in pairs], rows)
                if not together:
                    continue
                wrong = [pair for pair in pairs if run(folder, [pair[a]], [pair[b]], rows)]
                failed += len(wrong) or 1
                if not wrong:
                    print(f"---- seed {seed}: the pairs fail together and none of them alone\n{together}")
                for pair in wrong[:3]:
                    show(folder, pair[a], pair[b], rows, seed)
            done += len(pairs)
            seed += 1
    print(f"sqlite random: {done} pairs with rows and back, {failed} failed")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
