"""Random graphs of foreign keys, with rows: what a purge removes is what a model says, to the row.

The model is written here, apart from rung: rows that go are those that reference rows that go by a
key of the class cascade; a subject stays when a row that stays restricts one of them. Where the
database's own DELETE gives an answer (one subject, its own actions), it is compared, too.

RUNG_GRAPHS is how many graphs for each engine, RUNG_GRAPH_SEED the first seed.
"""
import collections
import json
import os
import pathlib
import random
import sqlite3
import unittest

import faults

GRAPHS = int(os.environ.get("RUNG_GRAPHS", "1000"))
SEED = int(os.environ.get("RUNG_GRAPH_SEED", "1"))
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "src" / "lifecycle"
CLASSES = {"CASCADE": "cascade", "SET NULL": "set_null", "NO ACTION": "restrict", "RESTRICT": "restrict"}

Key = collections.namedtuple("Key", "source columns target action deferrable nullable indexed")
Table = collections.namedtuple("Table", "name key")  # key: columns of the primary key
# values: column -> value; keys are columns of the row, too


class Graph:
    """Tables, keys and rows, made from one seed."""

    def __init__(self, seed):
        self.random = rand = random.Random(seed)
        self.tables, self.keys, self.rows = [], [], {}
        for i in range(rand.randint(1, 7)):
            composite = i > 0 and rand.random() < 0.15
            self.tables.append(Table(f"t{i}", ("a", "b") if composite else ("id",)))
        for i, table in enumerate(self.tables):
            for _ in range(rand.choice((0, 1, 1, 1, 2, 2, 3)) if i else rand.choice((0, 0, 0, 1))):
                j = rand.randrange(i) if i and rand.random() < 0.8 else rand.randrange(len(self.tables))
                back = j >= i
                target = self.tables[j]
                action = rand.choice(("CASCADE",) * 6 + ("SET NULL",) * 2 + ("NO ACTION", "RESTRICT"))
                nullable = back or action == "SET NULL" or rand.random() < 0.5
                number = len(self.keys)
                columns = tuple(f"k{number}_{name}" for name in target.key)
                deferrable = rand.random() < 0.2 and action != "RESTRICT"
                self.keys.append(Key(table, columns, target, action, deferrable, nullable,
                                     rand.random() < 0.7))
        for i, table in enumerate(self.tables):
            count = rand.randint(2, 5) if i == 0 else rand.choice((0, 1, 3, 6, 10))
            self.rows[table.name] = [
                {name: n + 1 if name != "b" else n % 3 for name in table.key} for n in range(count)]
        for table in self.tables:
            for row in self.rows[table.name]:
                for key in self.keys_of(table):
                    self.fill(row, key)
        for table in self.tables:  # a key that cannot be filled leaves no row
            self.rows[table.name] = [row for row in self.rows[table.name]
                                     if all(key.nullable or row[key.columns[0]] is not None
                                            for key in self.keys_of(table))]
        self.settle()
        subjects = [row["id"] for row in self.rows["t0"]]
        self.due = sorted(rand.sample(subjects, rand.randint(0, len(subjects)))) if subjects else []

    def keys_of(self, table):
        return [key for key in self.keys if key.source == table]

    def fill(self, row, key):
        targets = self.rows[key.target.name]
        chosen = self.random.choice(targets) if targets else None
        if key.nullable and self.random.random() < 0.3:
            chosen = None
        for column, name in zip(key.columns, key.target.key):
            row[column] = chosen[name] if chosen else None

    def settle(self):
        """Rows whose target went are made NULL or go, until nothing changes."""
        changed = True
        while changed:
            changed = False
            for key in self.keys:
                there = {self.identity(key.target, row) for row in self.rows[key.target.name]}
                for row in list(self.rows[key.source.name]):
                    value = self.reference(key, row)
                    if value is None or value in there:
                        continue
                    changed = True
                    if key.nullable:
                        row.update({column: None for column in key.columns})
                    else:
                        self.rows[key.source.name].remove(row)

    @staticmethod
    def identity(table, row):
        return tuple(row[name] for name in table.key)

    @staticmethod
    def reference(key, row):
        value = tuple(row[column] for column in key.columns)
        return None if None in value else value

    # ---- the model ----

    def doomed(self, roots):
        """{table: {identity}}, and for each of them the roots that reach it."""
        reach = {("t0", (root,)): {root} for root in roots}
        changed = True
        while changed:
            changed = False
            for key in self.keys:
                if key.action != "CASCADE":
                    continue
                for row in self.rows[key.source.name]:
                    value = self.reference(key, row)
                    above = reach.get((key.target.name, value), set())
                    mine = reach.setdefault((key.source.name, self.identity(key.source, row)), set())
                    if not above <= mine:
                        mine |= above
                        changed = True
        return {node: roots for node, roots in reach.items() if roots}

    def expected(self):
        """The subjects that go, and what goes and is set to NULL with them."""
        roots = set(self.due)
        while True:
            reach, blocked = self.doomed(roots), set()
            for key in self.keys:
                if CLASSES[key.action] != "restrict":
                    continue
                for row in self.rows[key.source.name]:
                    target = (key.target.name, self.reference(key, row))
                    if target in reach and (key.source.name, self.identity(key.source, row)) not in reach:
                        blocked |= reach[target]
            for (name, identity), above in reach.items():
                if name == "t0" and identity[0] not in roots:
                    blocked |= above
            if not blocked:
                break
            roots -= blocked
        gone = collections.Counter(name for name, _ in reach)
        nulled = collections.Counter()
        for key in self.keys:
            if key.action != "SET NULL":
                continue
            for row in self.rows[key.source.name]:
                if ((key.target.name, self.reference(key, row)) in reach
                        and (key.source.name, self.identity(key.source, row)) not in reach):
                    nulled[key.source.name] += 1
        return roots, reach, gone, nulled

    def after(self, reach):
        """The rows that are left, as the database prints them."""
        left = {}
        for table in self.tables:
            rows = []
            for row in self.rows[table.name]:
                if (table.name, self.identity(table, row)) in reach:
                    continue
                row = dict(row)
                for key in self.keys_of(table):
                    if key.action == "SET NULL" and (key.target.name, self.reference(key, row)) in reach:
                        row.update({column: None for column in key.columns})
                rows.append(tuple(None if value is None else str(value) for value in row.values()))
            left[table.name] = sorted(rows, key=repr)
        return left

    # ---- as SQL ----

    def schema(self, sqlite):
        """Keys stand in the tables on SQLite, behind them on PostgreSQL."""
        out = []
        for table in self.tables:
            parts = [f"{name} integer NOT NULL" for name in table.key]
            for key in self.keys_of(table):
                parts += [f"{column} integer{'' if key.nullable else ' NOT NULL'}" for column in key.columns]
            parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
            if sqlite:
                parts += [self.constraint(key) for key in self.keys_of(table)]
            out.append(f"CREATE TABLE {table.name} ({', '.join(parts)});")
        for number, key in enumerate(self.keys):
            if not sqlite:
                out.append(f"ALTER TABLE {key.source.name} ADD {self.constraint(key)};")
            if key.indexed:
                out.append(f"CREATE INDEX i{number} ON {key.source.name} ({', '.join(key.columns)});")
        return "\n".join(out)

    @staticmethod
    def constraint(key):
        return (f"FOREIGN KEY ({', '.join(key.columns)}) REFERENCES {key.target.name}"
                f" ({', '.join(key.target.key)}) ON DELETE {key.action}"
                + (" DEFERRABLE INITIALLY DEFERRED" if key.deferrable else ""))

    def inserts(self):
        out, updates = [], []
        for table in self.tables:
            later = [key for key in self.keys_of(table)
                     if self.tables.index(key.target) >= self.tables.index(table)]
            for row in self.rows[table.name]:
                first = dict(row)
                for key in later:
                    first.update({column: None for column in key.columns})
                    if self.reference(key, row):
                        updates.append(
                            f"UPDATE {table.name} SET " + ", ".join(f"{c} = {row[c]}" for c in key.columns)
                            + " WHERE " + " AND ".join(f"{n} = {row[n]}" for n in table.key) + ";")
                out.append(f"INSERT INTO {table.name} ({', '.join(first)}) VALUES ("
                           + ", ".join("NULL" if v is None else str(v) for v in first.values()) + ");")
        return "\n".join(out + updates)

    def requests(self, rung, past):
        return "\n".join(
            f"INSERT INTO {rung}erasure (subject, key, subject_hash, state, requested_at, due_at,"
            f" requested_by) VALUES ('people', '{key}', 'hash of {key}', 'pending', {past}, {past}, 'test');"
            for key in self.due)

    def settings(self):
        relations = "".join(f"    {key.source.name}.{','.join(key.columns)}: {CLASSES[key.action]}\n"
                            for key in self.keys)
        return ("targets: { main: \"${FAULT_URL}\" }\nlifecycle:\n  key: 0123456789abcdef0123456789abcdef\n"
                "  subjects:\n    people: { table: t0 }\n"
                + (f"  relations:\n{relations}" if relations else ""))


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.project = faults.Project()
        cls.store = (SOURCE / f"store_{cls.engine}.sql").read_text(encoding="utf-8")

    @classmethod
    def tearDownClass(cls):
        cls.project.close()

    def run_graph(self, seed):
        graph = Graph(seed)
        self.fill(graph)
        with open(os.path.join(self.project.folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(graph.settings())
        roots, reach, gone, nulled = graph.expected()
        self.compare_native(graph)
        for words in (("purge", "--dry-run", "--json"), ("purge", "--json")):
            outcome = faults.rung(self.project, self.database, *words)
            self.assertIn(outcome.code, (faults.DONE,), outcome)
            found = json.loads(outcome.out)
            self.assertEqual(found["subjects"], len(roots), outcome)
            self.assertEqual({t["table"]: t["deleted"] for t in found["tables"] if t["deleted"]},
                             dict(gone), outcome)
            self.assertEqual({t["table"]: t["set_null"] for t in found["tables"] if t["set_null"]},
                             dict(nulled), outcome)
            self.assertEqual({p["key"] for p in found["problems"]}, {str(k) for k in set(graph.due) - roots})
        self.assertEqual(self.left(graph), graph.after(reach))
        self.check_records(sum(gone.values()) + sum(nulled.values()), len(roots))

    def check_records(self, rows, subjects):
        """One record for each batch, and their sums are what happened."""
        records = self.database.query(
            f"SELECT action, row_count, subjects FROM {self.rung}audit ORDER BY seq")
        changes = [(int(r[1]), int(r[2])) for r in records if r[0] in ("delete", "set null")]
        self.assertEqual(sum(change[0] for change in changes), rows)
        self.assertEqual(sum(change[1] for change in changes), subjects)

    def run_graphs(self):
        for seed in range(SEED, SEED + GRAPHS):
            with self.subTest(seed=seed, engine=self.engine):
                self.run_graph(seed)
        self.assertGreater(self.compared, GRAPHS // 4, "the server's own DELETE was hardly asked")


class PostgreSQL(Case):
    engine, rung, compared = "postgresql", "rung.", 0

    def test_graphs(self):
        self.run_graphs()

    def setUp(self):
        self.database = faults.Postgres()
        self.addCleanup(self.database.close)

    def fill(self, graph):
        self.database.query(
            "SET client_min_messages = warning; SET synchronous_commit = off;"
            "DROP SCHEMA IF EXISTS rung CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            + graph.schema(False) + graph.inserts() + self.store
            + graph.requests(self.rung, "now() - interval '1 day'"))

    def left(self, graph):
        return {table.name: sorted(self.database.query(f"SELECT * FROM {table.name}"), key=repr)
                for table in graph.tables}

    def compare_native(self, graph):
        """The database's own DELETE of all who go, where it has the same meaning, leaves the same."""
        roots, reach, _, _ = graph.expected()
        if not roots:
            return
        self.database.query("BEGIN")
        try:
            self.database.query("DELETE FROM t0 WHERE id IN (" + ",".join(map(str, roots)) + ");"
                                "SET CONSTRAINTS ALL IMMEDIATE")
            self.assertEqual(self.left(graph), graph.after(reach), "the model and the server differ")
            self.compared += 1
        except faults.SqlError as error:
            self.assertIn(error.state, ("23503", "23001"))
        finally:
            self.database.query("ROLLBACK")


class SQLite(Case):
    engine, rung, compared = "sqlite", "rung_", 0

    def test_graphs(self):
        self.run_graphs()

    def setUp(self):
        self.database = faults.Sqlite()
        self.addCleanup(self.database.close)

    def fill(self, graph):
        self.database.before = (
            "PRAGMA journal_mode = memory; BEGIN;" + graph.schema(True) + graph.inserts() + self.store
            + graph.requests(self.rung, "CAST(strftime('%s', 'now') AS INTEGER) - 86400") + "COMMIT;")
        self.database.fresh()

    def left(self, graph, conn=None):
        def rows(table):
            found = (conn.execute(f"SELECT * FROM {table}").fetchall() if conn
                     else self.database.query(f"SELECT * FROM {table}"))
            return sorted((tuple(None if v is None else str(v) for v in row) for row in found), key=repr)
        return {table.name: rows(table.name) for table in graph.tables}

    def compare_native(self, graph):
        roots, reach, _, _ = graph.expected()
        if not roots:
            return
        conn = self.database.connect()
        try:
            conn.execute("PRAGMA foreign_keys = on")
            conn.execute("BEGIN")
            conn.execute("DELETE FROM t0 WHERE id IN (" + ",".join(map(str, roots)) + ")")
            self.assertEqual(self.left(graph, conn), graph.after(reach), "the model and SQLite differ")
            self.compared += 1
        except sqlite3.IntegrityError:
            pass
        finally:
            conn.close()


if __name__ == "__main__":
    unittest.main()
