"""The cases: each writes its project, runs rung beside its peer or floor, and returns rows."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

import cascade
import lint
import measure
import projects
import proof
import schemas
import vault
from measure import Command, Failed, Row

CHAIN, MANY, LOAD_BYTES = 1000, 10000, 100 * 1000 * 1000


class Bench:
    """Where things are, and how often they run."""

    def __init__(self, rung, root, folder, tools, quick):
        self.rung, self.root, self.folder, self.tools = rung, root, folder, tools
        self.small, self.large, self.few = (5, 2, 1) if quick else (25, 5, 3)
        self.load_bytes = LOAD_BYTES // 10 if quick else LOAD_BYTES
        self.memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else folder
        self.databases = []

    def project(self, name, where=None):
        folder = os.path.join(where or self.folder, name)
        os.makedirs(folder)
        return folder

    def on(self, folder, *words):
        return Command([self.rung, *words], folder)

    def psql(self, database, *words, before=None):
        program = os.path.join(self.tools["pgbin"], "psql")
        return Command([program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, *words],
                       "/", before=before)

    def sqlite3(self, folder, *words, stdin=os.devnull, before=None):
        return Command([self.tools["sqlite3"], os.path.join(folder, "peer.db"), *words], folder,
                       stdin, before)

    def sql(self, statement):
        measure.run(self.psql("postgres", "-c", statement))

    def new_database(self, space="pg_default"):
        """None is dropped before the next run: a disk's file system that has just removed thousands
        of files is slow to create new ones."""
        name = f"bench_{len(self.databases)}"
        self.databases.append((name, space))
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0 TABLESPACE {space}")
        self.sql("CHECKPOINT")
        return name

    def drop_space(self, space):
        for name in [name for name, where in self.databases if where == space]:
            self.sql(f"DROP DATABASE {name}")
        self.sql(f"DROP TABLESPACE {space}")

    def set_server(self, **settings):
        for name, value in settings.items():
            self.sql(f"ALTER SYSTEM SET {name} = {value}")
        self.sql("SELECT pg_reload_conf()")

    def in_new_databases(self, folder, script, space="pg_default"):
        """`upgrade` and psql, each in a database of its own for every run."""
        up, psql = self.on(folder, "upgrade"), self.psql("", "-1", "-f", script)
        up.server = psql.server = self.tools["postmaster"]

        def before_up():
            projects.write_settings(folder, "postgresql:///" + self.new_database(space))

        def before_psql():
            psql.argv[psql.argv.index("-d") + 1] = self.new_database(space)

        up.before, psql.before = before_up, before_psql
        return {"upgrade": up, "psql -1 -f": psql}


def file_system(folder):
    """Its type and device, by the longest mount point above it (proc(5), mountinfo)."""
    best, found = "", "?"
    folder = os.path.realpath(folder)
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        for line in lines:
            fields, _, rest = line.partition(" - ")
            point = fields.split()[4]
            inside = folder == point or folder.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best):
                best, found = point, rest.split()[0]
    return found


def remove(*paths):
    for path in paths:
        for name in glob.glob(path + "*"):
            os.unlink(name)


# ---- 1. nothing to do, SQLite ----

def nothing_to_do_sqlite(bench):
    ours, theirs, old = (bench.project(f"noop-{name}") for name in ("rung", "dbmate", "alembic"))
    projects.write_chain(ours, "sqlite:app.db", 5)
    projects.write_dbmate(theirs, 5)
    projects.write_alembic(old, 5)

    def dbmate(*words):
        options = ("--no-dump-schema", "--url", "sqlite:app.db")
        return Command([bench.tools["dbmate"], *options, *words], theirs)

    def alembic(*words):
        return Command([bench.tools["alembic"], *words], old)

    floor = bench.sqlite3(ours, "select 1")
    floor.argv[1] = "app.db"
    for command in (bench.on(ours, "upgrade"), dbmate("up"), alembic("upgrade", "head")):
        measure.run(command)
    return [row for verb, peer, veteran in (("status", "status", ("current",)),
                                            ("upgrade", "migrate", ("upgrade", "head")))
            for row in nothing_rows(bench, f"SQLite, 5 revisions, no-op: {verb}", {
                verb: bench.on(ours, verb),
                f"dbmate {peer}": dbmate(peer),
                f"alembic {' '.join(veteran)}": alembic(*veteran),
                "sqlite3 'select 1'": floor})]


def nothing_rows(bench, case, commands):
    samples = measure.interleave(commands, bench.small, warm=2)
    ours, peer, veteran, floor = commands
    return [measure.time_row(case, samples, ours, bar=5),
            measure.time_row("", samples, ours, peer, bar=1 / 3),
            measure.time_row("", samples, ours, veteran, bar=1 / 50),
            measure.time_row("", samples, ours, floor)]


# ---- 2. nothing to do, PostgreSQL ----

def nothing_to_do_postgresql(bench):
    folder = bench.project("noop-postgresql")
    database = bench.new_database()
    projects.write_chain(folder, f"postgresql:///{database}", 5)
    measure.run(bench.on(folder, "upgrade"))
    commands = {"status": bench.on(folder, "status"), "upgrade": bench.on(folder, "upgrade"),
                "psql -c 'select 1'": bench.psql(database, "-c", "select 1")}
    samples = measure.interleave(commands, bench.small, warm=3)
    return [measure.time_row(f"PostgreSQL, 5 revisions, no-op: {verb}", samples, verb,
                             "psql -c 'select 1'", bar=1.5) for verb in ("status", "upgrade")]


# ---- 3. many files ----

def many_files(bench):
    folder = bench.project("many")
    projects.write_chain(folder, "sqlite:app.db", MANY)
    measure.run(bench.on(folder, "stamp", "head"))
    files = sorted(glob.glob(os.path.join(folder, "migrations/*.sql")))
    commands = {"upgrade": bench.on(folder, "upgrade"), "status": bench.on(folder, "status"),
                "cat of the files": Command(["/bin/cat", *files], folder)}
    samples = measure.interleave(commands, bench.small)
    case = f"SQLite, {MANY:,} files, no-op"
    return [measure.time_row(f"{case}: upgrade", samples, "upgrade", bar=100),
            measure.time_row("", samples, "upgrade", "cat of the files"),
            measure.time_row(f"{case}: status", samples, "status", bar=100)]


# ---- 4. many small revisions ----

def chain_postgresql(bench):
    folder = bench.project("chain-postgresql")
    projects.write_chain(folder, "", CHAIN)
    script = os.path.join(folder, "all.sql")
    projects.write_chain_script(script, CHAIN)
    rows = []
    with_memory = tempfile.mkdtemp(prefix="rung-bench-", dir=bench.memory)
    try:
        shutil.chown(with_memory, bench.tools["pgowner"])
        bench.sql(f"CREATE TABLESPACE bench_memory LOCATION '{with_memory}'")
        for fsync, space, where in (("off", "bench_memory", with_memory),
                                    ("on", "pg_default", bench.tools["pgdata"])):
            bench.set_server(fsync=fsync, autovacuum="off")
            commands = bench.in_new_databases(folder, script, space)
            samples = measure.interleave(commands, bench.large)
            rows.append(measure.time_row(
                f"PostgreSQL, {CHAIN:,} revisions from empty, {file_system(where)}, fsync {fsync}",
                samples, "upgrade", "psql -1 -f", bar=1.2))
        bench.drop_space("bench_memory")
    finally:
        shutil.rmtree(with_memory)
    return rows


def chain_sqlite(bench):
    rows = []
    for where in (bench.memory, bench.folder):
        with_name = tempfile.mkdtemp(prefix="rung-bench-", dir=where)
        try:
            for engine, what in (("sqlite", "own sections"), ("", "translated")):
                folder = bench.project("chain-" + engine, with_name)
                rows.append(chain_sqlite_row(bench, folder, engine, what, file_system(where)))
        finally:
            shutil.rmtree(with_name)
    return rows


def chain_sqlite_row(bench, folder, engine, what, where):
    projects.write_chain(folder, "sqlite:app.db", CHAIN, engine)
    script = os.path.join(folder, "all.sql")
    projects.write_chain_script(script, CHAIN)
    up = bench.on(folder, "upgrade")
    up.before = lambda: remove(os.path.join(folder, "app.db"))
    shell = bench.sqlite3(folder, "-bail", stdin=script + ".begin",
                          before=lambda: remove(os.path.join(folder, "peer.db")))
    shell.argv[1:] = ["-bail", "peer.db"]
    samples = measure.interleave({"upgrade": up, "sqlite3 < all.sql": shell}, bench.large)
    return measure.time_row(f"SQLite, {CHAIN:,} revisions from empty, {what}, {where}",
                            samples, "upgrade", "sqlite3 < all.sql", bar=1.5)


# ---- 5. a large data revision ----

def load_rows(case, size, samples, ours, theirs):
    """Memory first: that has the bar, if the file is larger than what any process needs (and than
    this program, whose pages a new process counts as its own until it is another program)."""
    megabytes = 1000 * 1000
    bar = 2 if size >= LOAD_BYTES else None
    peak = measure.median(samples[ours], "peak_kb") * 1024 / megabytes
    other = measure.median(samples[theirs], "peak_kb") * 1024 / megabytes
    time = measure.time_row("  its time", samples, ours, theirs)
    return [Row(case + ": peak memory", peak, "MB", beside=theirs, other=other),
            Row(f"  against the file's {size / megabytes:.0f} MB", peak, "MB", beside="the file",
                other=size / megabytes, ratio=peak * megabytes / size, bar=bar), time]


def load_postgresql(bench):
    rows = []
    bench.set_server(fsync="on", autovacuum="off")
    for giant, what in ((False, "small INSERTs"), (True, "one statement")):
        folder = bench.project(f"load-postgresql-{giant}")
        size = projects.write_load(folder, "", bench.load_bytes, giant, "postgresql")
        commands = bench.in_new_databases(folder, os.path.join(folder, "load.sql"))
        samples = measure.interleave(commands, bench.few, warm=0)
        rows += load_rows(f"PostgreSQL, data, {what}", size, samples, "upgrade", "psql -1 -f")
        shutil.rmtree(folder)
    return rows


def load_sqlite(bench):
    rows = []
    for giant, engine, what in ((False, "sqlite", "small INSERTs"),
                                (True, "sqlite", "one statement"),
                                (False, "", "small INSERTs, translated")):
        folder = bench.project(f"load-sqlite-{giant}-{engine}")
        size = projects.write_load(folder, "sqlite:app.db", bench.load_bytes, giant, engine)
        rows += load_sqlite_rows(bench, folder, size, f"SQLite, data, {what}")
        shutil.rmtree(folder)
    return rows


def load_sqlite_rows(bench, folder, size, case):
    up = bench.on(folder, "upgrade")
    up.before = lambda: remove(os.path.join(folder, "app.db"))
    shell = bench.sqlite3(folder, stdin=os.path.join(folder, "load.sql.begin"),
                          before=lambda: remove(os.path.join(folder, "peer.db")))
    samples = measure.interleave({"upgrade": up, "sqlite3 <": shell}, bench.few, warm=0)
    return load_rows(case, size, samples, "upgrade", "sqlite3 <")


# ---- 6. a large graph ----

def large_graph(bench):
    folder = bench.project("graph")
    projects.write_merges(folder, MANY)
    files = sorted(glob.glob(os.path.join(folder, "migrations/*.sql")))
    commands = {"heads": bench.on(folder, "heads"),
                "cat of the files": Command(["/bin/cat", *files], folder)}
    samples = measure.interleave(commands, bench.small)
    case = f"graph, {MANY:,} revisions, {MANY // 10:,} merges"
    return [measure.time_row(f"{case}: heads", samples, "heads", "cat of the files"),
            graph_alone(bench, f"{case}: build and path")]


def graph_alone(bench, case):
    """The figures that the unit test prints, in a build with the program's own optimisation."""
    program = os.path.join(bench.folder, "test_random")
    archives = [os.path.join(os.path.dirname(bench.rung), f"librung-{room}.a")
                for room in ("revision", "sql", "base")]
    source = os.path.join(bench.root, "test/unit/revision/test_random.c")
    built = subprocess.run(["cc", "-std=c17", "-O2", "-D_GNU_SOURCE", "-I", bench.root + "/src",
                            "-I", bench.root + "/include", "-o", program, source, *archives,
                            "-lcmocka", "-lsodium", "-lyaml", "-ljansson", "-ldl"],
                           capture_output=True, text=True, check=False)
    if built.returncode:
        raise Failed(f"cc {source}: {built.stderr[:2000]}")
    samples = []
    for _ in range(bench.large):
        said = subprocess.run([program], capture_output=True, text=True, check=False)
        found = re.search(r"built in ([0-9.]+) ms, path in ([0-9.]+) ms", said.stdout + said.stderr)
        if said.returncode or not found:
            raise Failed(f"{source}: {(said.stdout + said.stderr)[-2000:]}")
        samples.append(measure.Sample(float(found[1]) + float(found[2]), 0, 0))
    row = measure.time_row(case, {"unit test": samples}, "unit test", bar=50)
    row.cpu = None
    return row


CASES = {
    "noop-sqlite": nothing_to_do_sqlite,
    "noop-postgresql": nothing_to_do_postgresql,
    "many-files": many_files,
    "chain-postgresql": chain_postgresql,
    "chain-sqlite": chain_sqlite,
    "load-postgresql": load_postgresql,
    "load-sqlite": load_sqlite,
    "graph": large_graph,
    **schemas.CASES,
    **lint.CASES,
    **proof.CASES,
    **vault.CASES,
    **cascade.CASES,
}
