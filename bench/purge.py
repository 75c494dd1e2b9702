#!/usr/bin/python3
"""A purge beside the database's own cascade and beside the floor: bench/purge.py RUNG [OPTIONS]

The workload: users, and 100 tables that reference them ON DELETE CASCADE, each with a primary key and
an index on the reference. Half of the users are due. Run it under test/with-postgresql --own.

CPU seconds are those of the server's sessions (waited for by its main process) and of rung; the
machine's other work disturbs them less than the clock. The floor is the DELETE of the same child rows
from tables without index and key.
"""
import argparse
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = """migrations: migrations
targets: {{ main: "{url}" }}
lifecycle:
  key: 0123456789abcdef0123456789abcdef
  subjects:
    users: {{ table: users }}
  relations:
{relations}
"""


def psql(sql, database="bench"):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def server_cpu():
    """CPU seconds of the sessions that have ended: the main process has waited for them."""
    with open(os.path.join(os.environ["RUNG_TEST_PGDATA"], "postmaster.pid"), encoding="ascii") as file:
        pid = file.readline().strip()
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS


class Measured:
    """What a block takes: CPU of sessions and of children, and time."""

    def __enter__(self):
        time.sleep(0.3)
        self.own = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.server, self.since = server_cpu() if "RUNG_TEST_PGDATA" in os.environ else 0, time.monotonic()
        return self

    def __exit__(self, *_):
        self.wall = time.monotonic() - self.since
        time.sleep(0.3)  # until the session has ended
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = (own.ru_utime + own.ru_stime - self.own.ru_utime - self.own.ru_stime
                    + (server_cpu() if "RUNG_TEST_PGDATA" in os.environ else 0) - self.server)


def relations(tables):
    return "".join(f"    c{i}.user_id: cascade\n" for i in range(tables))


def make_postgresql(options):
    psql("DROP DATABASE IF EXISTS bench", "postgres")
    psql("CREATE DATABASE bench", "postgres")
    psql(f"CREATE TABLE users (id integer PRIMARY KEY, email text);"
         f"INSERT INTO users SELECT i, 'user' || i || '@example.org' FROM generate_series(1, {options.users}) i")
    for i in range(options.tables):
        psql(f"CREATE TABLE c{i} (id bigint PRIMARY KEY, user_id integer NOT NULL, payload text) WITH"
             f" (autovacuum_enabled = off);"
             f"INSERT INTO c{i} SELECT i, 1 + (i * 7919) % {options.users}, repeat('x', 80) FROM"
             f" generate_series(1, {options.users * options.rows}) i;"
             f"CREATE INDEX ON c{i} (user_id);"
             f"ALTER TABLE c{i} ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE;"
             f"CREATE TABLE f{i} WITH (autovacuum_enabled = off) AS SELECT * FROM c{i}")
    psql("VACUUM ANALYZE")
    psql("CHECKPOINT")


def copy(name):
    psql(f"DROP DATABASE IF EXISTS {name}", "postgres")
    psql(f"CREATE DATABASE {name} TEMPLATE bench", "postgres")
    psql("CHECKPOINT", "postgres")


def prepare_purge(options, folder):
    copy("purged")
    store = os.path.join(ROOT, "src/lifecycle/store_postgresql.sql")
    subprocess.run(["psql", "-X", "-q", "-d", "purged", "-f", store], check=True)
    psql("INSERT INTO rung.erasure (subject, key, subject_hash, state, requested_at, due_at, requested_by)"
         " SELECT 'users', id, md5(id::text), 'pending', now(), now() - interval '1 s', 'bench' FROM users"
         " WHERE id % 2 = 0", "purged")
    with open(os.path.join(folder, "rung.yaml"), "w", encoding="utf-8") as file:
        file.write(SETTINGS.format(url="postgresql:///purged?host=" + os.environ["PGHOST"] + "&user="
                                   + os.environ["PGUSER"], relations=relations(options.tables)))
    os.makedirs(os.path.join(folder, "migrations"), exist_ok=True)


def purge_postgresql(options, folder):
    prepare_purge(options, folder)
    with Measured() as took:
        out = subprocess.run([options.rung, "purge", "--json"], cwd=folder, capture_output=True, text=True,
                             check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    report = json.loads(out.stdout)
    assert report["subjects"] == options.users // 2, report
    children = float(psql(
        "SELECT extract(epoch FROM max(at) FILTER (WHERE table_name <> 'users') - min(at)) FROM rung.audit",
        "purged"))
    return took, report, children


def audit_cost(records):
    """CPU seconds of so many records, from ten times as many in transactions of their own."""
    call = "PERFORM rung.audit_add('a', 'delete', 'users', 'c1', 1, 0, NULL, 'run', NULL); COMMIT;"
    with Measured() as nothing:
        psql("DO $$ BEGIN FOR i IN 1..0 LOOP " + call + " END LOOP; END $$", "purged")
    with Measured() as took:
        psql(f"DO $$ BEGIN FOR i IN 1..{10 * records} LOOP {call} END LOOP; END $$", "purged")
    return max(took.cpu - nothing.cpu, 0) / 10


def native_postgresql():
    copy("cascaded")
    with Measured() as took:
        psql("DELETE FROM users WHERE id % 2 = 0", "cascaded")
    psql("DROP DATABASE cascaded", "postgres")
    return took


def floor_postgresql(options):
    copy("floored")
    with Measured() as took:
        psql("; ".join(f"DELETE FROM f{i} WHERE user_id IN (SELECT id FROM users WHERE id % 2 = 0)"
                       for i in range(options.tables)), "floored")
    psql("DROP DATABASE floored", "postgres")
    return took


def postgresql(options):
    with tempfile.TemporaryDirectory(prefix="rung-bench-") as folder:
        make_postgresql(options)
        for _ in range(options.rounds):
            floor = floor_postgresql(options)
            cascade = native_postgresql()
            purge, report, children = purge_postgresql(options, folder)
            rows = sum(table["deleted"] for table in report["tables"])
            print(f"PostgreSQL, {rows:,} rows below {options.users // 2:,} users, {options.tables} tables")
            print(f"  cascade        {cascade.cpu:7.2f} CPU s  {cascade.wall:7.2f} s, one transaction")
            print(f"  rung purge     {purge.cpu:7.2f} CPU s  {purge.wall:7.2f} s, {report['batches']} transactions,"
                  f" the longest {report['longest_us'] / 1000:.0f} ms (bar 200)")
            print(f"  faster than cascade {cascade.cpu / purge.cpu:.2f} x in CPU, {cascade.wall / purge.wall:.2f} x in"
                  f" time (bar 2.2)")
            audit = audit_cost(report["batches"])
            print(f"  audit {audit:.3f} CPU s: {100 * audit / purge.cpu:.1f} % (bar 3)")
            print(f"  children {children:.2f} s, floor {floor.wall:.2f} s: {children / floor.wall:.2f} x (bar 1.3)",
                  flush=True)
        foreground(options)
        psql("DROP DATABASE bench", "postgres")


QUERIES = """\\set id 2 * random(0, {half}) + 1
SELECT count(*) FROM c0 WHERE user_id = :id;
UPDATE users SET email = 'changed' WHERE id = :id;
"""


def p99(options, database, folder, seconds):
    """Milliseconds of the slowest hundredth of transactions of other sessions, at a steady rate."""
    for name in os.listdir(folder):
        if name.startswith("latency."):
            os.unlink(os.path.join(folder, name))
    with open(os.path.join(folder, "queries.sql"), "w", encoding="utf-8") as file:
        file.write(QUERIES.format(half=options.users // 2 - 1))
    pgbench = os.path.join(os.environ["RUNG_TEST_PGBIN"], "pgbench")
    subprocess.run([pgbench, "-n", "-f", "queries.sql", "-c", "2", "-R", "200", "-T", str(seconds), "-l",
                    "--log-prefix", "latency", database], cwd=folder, check=True, capture_output=True)
    times = []
    for name in os.listdir(folder):
        if name.startswith("latency."):
            with open(os.path.join(folder, name), encoding="ascii") as file:
                times += [int(line.split()[2]) - int(line.split()[6]) for line in file]
    times.sort()
    return times[len(times) * 99 // 100] / 1000


def foreground(options):
    """What others notice of a purge."""
    with tempfile.TemporaryDirectory(prefix="rung-bench-") as folder:
        prepare_purge(options, folder)
        before = p99(options, "purged", folder, 10)
        purge = subprocess.Popen([options.rung, "purge", "--json"], cwd=folder, stdout=subprocess.DEVNULL)
        seconds = 0
        during = []
        while purge.poll() is None:
            during.append(p99(options, "purged", folder, 3))
            seconds += 3
        print(f"  others' p99 {before:.1f} ms, during a purge {statistics.median(during):.1f} ms:"
              f" {statistics.median(during) / before:.2f} x (bar 1.3), in {seconds} s", flush=True)


def make_sqlite(options, path):
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA synchronous = off")
    conn.execute("BEGIN")
    conn.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    conn.executemany("INSERT INTO users VALUES (?, ?)", ((i, f"user{i}") for i in range(1, options.users + 1)))
    for i in range(options.tables):
        conn.execute(f"CREATE TABLE c{i} (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON"
                     " DELETE CASCADE, payload TEXT)")
        conn.executemany(f"INSERT INTO c{i} VALUES (?, ?, ?)",
                         ((n, 1 + n * 7919 % options.users, "x" * 80)
                          for n in range(1, options.users * options.rows + 1)))
        conn.execute(f"CREATE INDEX i{i} ON c{i} (user_id)")
    with open(os.path.join(ROOT, "src/lifecycle/store_sqlite.sql"), encoding="utf-8") as file:
        conn.execute("COMMIT")
        conn.executescript(file.read())
    conn.execute("INSERT INTO rung_erasure (subject, key, subject_hash, state, requested_at, due_at, requested_by)"
                 " SELECT 'users', id, 'h' || id, 'pending', 0, 1, 'bench' FROM users WHERE id % 2 = 0")
    conn.close()


def sqlite(options):
    with tempfile.TemporaryDirectory(prefix="rung-bench-") as folder:
        base, path = os.path.join(folder, "base.db"), os.path.join(folder, "app.db")
        make_sqlite(options, base)
        with open(os.path.join(folder, "rung.yaml"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(url="sqlite:app.db", relations=relations(options.tables)))
        os.makedirs(os.path.join(folder, "migrations"))
        for _ in range(options.rounds):
            subprocess.run(["cp", base, path], check=True)
            with Measured() as cascade:
                subprocess.run(["sqlite3", path, "PRAGMA foreign_keys = on; PRAGMA secure_delete = on;"
                                "DELETE FROM users WHERE id % 2 = 0"], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["cp", base, path], check=True)
            with Measured() as purge:
                out = subprocess.run([options.rung, "purge", "--json"], cwd=folder, capture_output=True, text=True,
                                     check=False)
            assert out.returncode == 0, out.stdout + out.stderr
            report = json.loads(out.stdout)
            rows = sum(table["deleted"] for table in report["tables"])
            print(f"SQLite, {rows:,} rows below {options.users // 2:,} users, {options.tables} tables")
            print(f"  cascade        {cascade.cpu:7.2f} CPU s  {cascade.wall:7.2f} s")
            print(f"  rung purge     {purge.cpu:7.2f} CPU s  {purge.wall:7.2f} s, {report['batches']} transactions,"
                  f" the longest {report['longest_us'] / 1000:.0f} ms")
            print(f"  faster than cascade {cascade.cpu / purge.cpu:.2f} x in CPU, {cascade.wall / purge.wall:.2f} x in"
                  f" time (bar 2)", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/purge.py", description=__doc__.split("\n\n")[1])
    parser.add_argument("rung", help="the program, from a release build")
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--rows", type=int, default=10, help="of a user in a table")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    options = parser.parse_args()
    options.rung = os.path.abspath(options.rung)
    if options.only != "sqlite":
        postgresql(options)
    if options.only != "postgresql":
        sqlite(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
