"""The cases of `rung vault`: sealing a column beside an UPDATE that writes as many bytes into the
same rows."""
import os
import shutil

import measure

KEYED = "vault: { columns: { keys.secret: { lookup: found } } }\n"


def fill(rows):
    return ("DROP TABLE IF EXISTS keys;"
            " CREATE TABLE keys (id integer PRIMARY KEY, secret text, found text);"
            " INSERT INTO keys (id, secret) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
            f" FROM n WHERE i < {rows}) SELECT i, 'sk-proj-abcdefghijklmnopqrstuvwxyz-' || i FROM n;")


# as long as what is sealed, and its lookup
UPDATE = ("UPDATE keys SET secret = substr(secret || secret || secret || secret, 1, 125),"
          " found = '10bbff907110ab5afa846f314e96db29'")


def project(bench, name, url):
    folder = bench.project("vault-" + name)
    with open(os.path.join(folder, "rung.yaml"), "w", encoding="ascii") as file:
        file.write(f'targets: {{ dev: {{ url: "{url}" }} }}\n{KEYED}')
    measure.run(bench.on(folder, "vault", "init"))
    return folder


def figures(title, rows, samples):
    row = measure.time_row(f"vault encrypt, {rows:,} rows, {title}", samples, "encrypt", "UPDATE")
    speed = rows * 1000 / row.rung
    return [row, measure.Row(f"vault encrypt, rows a second, {title}", speed, unit="rows/s"),
            measure.time_row(f"vault rotate, {title}", samples, "rotate", "UPDATE"),
            measure.time_row(f"vault check, {title}", samples, "check", "UPDATE")]


def on_sqlite(bench, rows):
    folder = project(bench, "sqlite", "sqlite:peer.db")
    full = os.path.join(folder, "full.db")
    measure.run(measure.Command([bench.tools["sqlite3"], full, fill(rows)], folder))

    def before():
        shutil.copyfile(full, os.path.join(folder, "peer.db"))
    encrypt = bench.on(folder, "vault", "encrypt")
    encrypt.before = before
    return figures("SQLite", rows, measure.interleave({
        "UPDATE": bench.sqlite3(folder, UPDATE, before=before), "encrypt": encrypt,
        "rotate": bench.on(folder, "vault", "rotate"), "check": bench.on(folder, "vault", "check")},
        bench.few))


def on_postgresql(bench, rows):
    database = bench.new_database()
    folder = project(bench, "postgresql", f"postgresql:///{database}")

    def before():
        measure.run(bench.psql(database, "-c", fill(rows), "-c", "VACUUM ANALYZE keys"))
    encrypt = bench.on(folder, "vault", "encrypt")
    encrypt.before = before
    return figures("PostgreSQL", rows, measure.interleave({
        "UPDATE": bench.psql(database, "-c", UPDATE, before=before), "encrypt": encrypt,
        "rotate": bench.on(folder, "vault", "rotate"), "check": bench.on(folder, "vault", "check")},
        bench.few))


def vault(bench):
    rows = 20000 if bench.few == 1 else 200000
    return on_sqlite(bench, rows) + on_postgresql(bench, rows)


CASES = {"vault": vault}
