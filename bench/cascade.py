"""The case of `rung cascade`: a thousand tables with two foreign keys each, drawn below one."""
import os
import sqlite3

import measure

TABLES = 1000


def tables_sql():
    lines = ["CREATE TABLE users (id integer PRIMARY KEY, email text);"]
    for number in range(TABLES - 1):
        above = f"t{number - 1}" if number else "users"
        lines.append(f"CREATE TABLE t{number} (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id),"
                     f" up integer REFERENCES {above} (id), a text, b text, c text, d text, e text);"
                     f" CREATE INDEX t{number}_user ON t{number} (user_id);")
    return "\n".join(lines)


def cascade(bench):
    folder = bench.project("cascade")
    script = os.path.join(folder, "tables.sql")
    with open(script, "w", encoding="ascii") as file:
        file.write(tables_sql())
    with sqlite3.connect(os.path.join(folder, "bench.db")) as connection:
        connection.executescript(f"BEGIN; {tables_sql()} COMMIT;")
    database = bench.new_database()
    measure.run(bench.psql(database, "-1", "-f", script))
    bench.sql("VACUUM")
    rows = []
    for title, url in (("SQLite", "sqlite:bench.db"), ("PostgreSQL", f"postgresql:///{database}")):
        samples = measure.interleave(
            {"cascade": bench.on(folder, "--url", url, "cascade", "--root", "users")}, bench.small)
        rows.append(measure.time_row(f"cascade of 1,000 tables, {title}", samples, "cascade", bar=100))
    return rows


CASES = {"cascade": cascade}
