"""The cases of `rung diff`: databases with many tables, beside pg_dump and the peers that run here."""
import os
import re
import sqlite3
import subprocess

import measure
from measure import Command, Failed, Row

TABLES, MANY_TABLES, CHANGES = 1000, 10000, 1000
PEERS = ["@supabase/pg-delta@1.0.0-alpha.34", "@pgkit/migra@0.6.1"]


def tables(count, start=0):
    """10 columns, 3 indexes and 2 keys each."""
    for i in range(start, start + count):
        key = f" REFERENCES t{i - 1}" if i else ""
        yield (f"CREATE TABLE t{i} (id bigint PRIMARY KEY, a integer NOT NULL, b text DEFAULT 'x', c varchar(20),"
               f" d timestamptz DEFAULT now(), e numeric(10,2), f boolean, g uuid, h jsonb, ref bigint{key});\n"
               f"CREATE INDEX t{i}_a ON t{i} (a); CREATE INDEX t{i}_b ON t{i} (b, c);"
               f" CREATE INDEX t{i}_d ON t{i} (d) WHERE f;\n")


def changes(count):
    for i in range(count):
        yield (f"ALTER TABLE t{i} ADD COLUMN z text;\n", f"ALTER TABLE t{i} ALTER COLUMN a DROP NOT NULL;\n",
               f"DROP INDEX t{i}_a;\n", f"COMMENT ON TABLE t{i} IS 'changed';\n")[i % 4]


def load(bench, database, lines):
    path = os.path.join(bench.folder, database + ".sql")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(lines)
    measure.run(bench.psql(database, "-f", path))
    os.unlink(path)


def diff(bench, source, target):
    return Command([bench.rung, "diff", "--from", f"postgresql:///{source}", "--to", f"postgresql:///{target}"], "/")


def pg_dump(bench, database):
    return Command([os.path.join(bench.tools["pgbin"], "pg_dump"), "--schema-only", "-d", database], "/")


def peers(bench, source, target):
    """What npm has; nothing where npm has nothing."""
    folder = os.path.join(bench.root, "build-bench/schema-peers")
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", *PEERS],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"left out: npm install {' '.join(PEERS)} failed", flush=True)
        return {}
    host = os.environ["PGHOST"].replace("/", "%2F")
    urls = [f"postgresql://postgres@/{name}?host={host}" for name in (source, target)]
    program = os.path.join(folder, "node_modules/.bin/")
    return {"pg-delta diff": Command([program + "pgdelta", "diff", "--source", urls[0], "--desired", urls[1]], "/"),
            "migra": Command([program + "migra", *urls, "--unsafe"], "/")}


def schema_postgresql(bench):
    rows = []
    for count in (TABLES, MANY_TABLES):
        database = bench.new_database()
        load(bench, database, tables(count))
        samples = measure.interleave({"diff": diff(bench, database, database), "pg_dump -s": pg_dump(bench, database)},
                                     bench.large if count > TABLES else bench.small)
        rows.append(measure.time_row(f"PostgreSQL, {count:,} tables: diff against itself", samples, "diff",
                                     "pg_dump -s", bar=1))
        rows.append(Row("  its memory", measure.median(samples["diff"], "peak_kb") / 1000, "MB", bar=200))
    return rows


def schema_changes(bench):
    before, after = bench.new_database(), bench.new_database()
    load(bench, before, tables(TABLES))
    load(bench, after, [*tables(TABLES), *changes(CHANGES)])
    commands = {"diff of changes": diff(bench, before, after), "diff of nothing": diff(bench, before, before)}
    samples = measure.interleave(commands, bench.small)
    ours = measure.median(samples["diff of changes"]) - measure.median(samples["diff of nothing"])
    rows = [measure.time_row(f"PostgreSQL, {TABLES:,} tables, {CHANGES:,} changes: diff", samples, "diff of changes"),
            Row("  more than a diff of nothing", ours, bar=200)]
    for name, command in peers(bench, before, after).items():
        try:
            samples = measure.interleave({"diff of changes": commands["diff of changes"], name: command}, bench.few, 0)
        except Failed as failure:
            print(f"left out: {name}: {str(failure)[:200]}", flush=True)
            continue
        rows.append(measure.time_row("", samples, "diff of changes", name))
    return rows


def schema_sqlite(bench):
    folder = bench.project("schema-sqlite")
    database = sqlite3.connect(os.path.join(folder, "app.db"))
    text = "".join(tables(TABLES)).replace("timestamptz DEFAULT now()", "text")
    database.executescript("BEGIN;" + text + "COMMIT;")
    database.close()
    ours = Command([bench.rung, "diff", "--from", "sqlite:app.db", "--to", "sqlite:app.db"], folder)
    floor = Command([bench.tools["sqlite3"], "app.db", ".schema"], folder)
    samples = measure.interleave({"diff": ours, "sqlite3 .schema": floor}, bench.small)
    return [measure.time_row(f"SQLite, {TABLES:,} tables: diff against itself", samples, "diff", "sqlite3 .schema"),
            measure.time_row("  in all", samples, "diff", bar=100)]


def scratch(bench):
    """What the private server of a schema file costs."""
    folder = bench.project("scratch")
    with open(os.path.join(folder, "schema.sql"), "w", encoding="ascii") as file:
        file.writelines(tables(1))
    command = Command([bench.rung, "diff", "-v", "--from", "empty", "--to", "schema.sql", "--url",
                       "postgresql:///postgres"], folder)
    samples = measure.interleave({"diff": command}, bench.few)
    said = subprocess.run(command.argv, cwd=folder, capture_output=True, text=True, env=measure.environment(),
                          check=False).stderr
    found = re.search(r"scratch.*", said)
    print(found[0] if found else "no word of scratch", flush=True)
    return [measure.time_row("PostgreSQL, a schema file of one table: diff from empty", samples, "diff")]


CASES = {
    "schema-postgresql": schema_postgresql,
    "schema-changes": schema_changes,
    "schema-sqlite": schema_sqlite,
    "schema-scratch": scratch,
}
